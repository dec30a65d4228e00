"""An estimate is a function of its project and its catalogue: swap a constant and the figures move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from isocost.catalog import Catalog
from isocost.catalog.constants.physics.efficiency import EfficiencyFacts
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate
from isocost.plan.answer.warnings.badges import badges
from isocost.plan.inputs.defaults import default_of, new_stage
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.programme import Site
from isocost.plan.project.project import Data, Hardware, ModelChoice, PretrainStage, Price, Project, Scenario
from tests.plan.programmes import CATALOG

KNOWN = CATALOG.constants
PRETRAIN = PretrainStage(name="Pre-training", data=Data(tokens=1e12))


def scenario(stage: Any = PRETRAIN, **parts: Any) -> Scenario:
    return Scenario(
        name="Base",
        model=ModelChoice(parameters=8e9),
        hardware=Hardware("h100-sxm", 64),
        price=Price(2.0),
        stages=(stage,),
        **parts,
    )


def found(catalog: Catalog, stage: Any = PRETRAIN, **parts: Any) -> Estimate:
    return estimate(Project(name="Plan", scenarios=(scenario(stage, **parts),)), catalog)


def slower_matmuls() -> EfficiencyFacts:
    halved = tuple(
        replace(each, value=each.value / 2.0) if each.name.startswith("matmul.Hopper") else each
        for each in KNOWN.efficiency.constants
    )
    return replace(KNOWN.efficiency, constants=halved)


def drawing(share: float) -> Any:
    return replace(
        KNOWN.economics, power_over_nameplate=replace(KNOWN.economics.power_over_nameplate, value=share)
    )


def wider() -> Any:
    ranges = {name: replace(each, low=each.low / 2.0) for name, each in KNOWN.spreads.by_class.items()}
    return replace(KNOWN.accuracy, spreads=ranges)


def failing(rate: float) -> Any:
    fleets = tuple(replace(each, failures_per_year=rate) for each in KNOWN.reliability.fleets)
    return replace(KNOWN.reliability, fleets=fleets)


def slower_memory() -> Any:
    profile = KNOWN.serving.serving["vendor"]
    halved = replace(profile.weight_bandwidth, value=profile.weight_bandwidth.value / 2.0)
    return replace(
        KNOWN.serving, serving={**KNOWN.serving.serving, "vendor": replace(profile, weight_bandwidth=halved)}
    )


def unmodelled() -> Any:
    profile = KNOWN.serving.rl["open"]
    more = replace(profile.unmodelled, central=2.0 * profile.unmodelled.central)
    return replace(KNOWN.serving, rl={**KNOWN.serving.rl, "open": replace(profile, unmodelled=more)})


def hungrier() -> Any:
    more = {name: replace(each, reserve_bytes=40e9) for name, each in KNOWN.memory.profiles.items()}
    return replace(KNOWN.memory, profiles=more)


def larger_batches() -> Any:
    laws = tuple(
        replace(law, batch=replace(law.batch, scale=2.0 * law.batch.scale)) for law in KNOWN.laws.batch
    )
    return replace(KNOWN.laws, batch=laws)


def dearer_texas() -> Any:
    return {**KNOWN.regions, "us-tx": replace(KNOWN.regions["us-tx"], grid_kg_per_kwh=1.0)}


GENERATION = new_stage("generation", CATALOG)
RL = new_stage("rl", CATALOG)


@pytest.mark.parametrize(
    ("swapped", "figure", "direction"),
    [
        ({"economics": drawing(1.56)}, lambda c: found(c).total.energy_kwh, +1),
        ({"economics": drawing(0.39)}, lambda c: found(c).total.energy_kwh, -1),
        ({"efficiency": slower_matmuls()}, lambda c: found(c).total.gpu_hours, +1),
        ({"accuracy": wider()}, lambda c: found(c).range.cost_usd.p90, +1),
        ({"reliability": failing(100.0)}, lambda c: found(c).stages[0].goodput, -1),
        ({"memory": hungrier()}, lambda c: found(c).total.gpu_hours, +1),
        ({"laws": larger_batches()}, lambda c: found(c).stages[0].batch_tokens, +1),
        ({"serving": slower_memory()}, lambda c: found(c, GENERATION).total.gpu_hours, +1),
        ({"serving": unmodelled()}, lambda c: found(c, RL).total.gpu_hours, +1),
        ({"regions": dearer_texas()}, lambda c: found(c, site=Site(region="us-tx")).total.co2_kg, +1),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_swapped_constant_moves_the_figure(
    swapped: dict[str, Any], figure: Callable[[Catalog], float], direction: int
) -> None:
    before, after = figure(CATALOG), figure(CATALOG.with_constants(**swapped))
    assert direction * (after - before) > 0.0
    assert figure(CATALOG) == before


def test_a_swapped_template_changes_what_a_new_stage_starts_with() -> None:
    own = {
        **KNOWN.templates,
        "sft": replace(KNOWN.templates["sft"], values={"data": {"tokens": 5e6}}, source="own"),
    }
    catalog = CATALOG.with_constants(templates=own)
    stage = new_stage("sft", catalog)
    assert stage.data.tokens == 5e6
    assert default_of(stage, NUMBERS["data.tokens"], catalog).source == "own"
    assert new_stage("sft", CATALOG).data.tokens != 5e6


def test_a_swapped_rule_is_the_one_that_is_named() -> None:
    rule = replace(KNOWN.thresholds[0], id="ours", flops=1e20, counts="all")
    catalog = CATALOG.with_constants(thresholds=(rule,))
    said = badges(scenario(), found(catalog).stages, catalog)
    assert [each.key for each in said if each.key.startswith("threshold")] == ["threshold-ours"]

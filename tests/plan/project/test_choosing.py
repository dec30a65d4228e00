"""Which prices compete in a comparison, and what is said of one that prices no cluster."""

from __future__ import annotations

import msgspec
import pytest

from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.choosing import is_too_many, names, price_from, price_on, with_hardware
from isocost.plan.project.project import Data, Hardware, ModelChoice, PretrainStage, Price, Project, Scenario
from tests.plan.programmes import CATALOG


def plan(count: int, accelerator: str = "h100-sxm") -> Project:
    chosen = Scenario(
        name="Base",
        model=ModelChoice(parameters=1e9),
        hardware=Hardware(accelerator, count),
        price=Price(2.0),
        stages=(PretrainStage(name="Pre-training", data=Data(tokens=1e11)),),
    )
    return Project(name="Test", scenarios=(chosen,))


def compared(project: Project) -> set[str]:
    return {curve.accelerator for curve in other_curves(project, CATALOG)}


def test_prices_of_single_accelerators_are_compared_within_a_server_only():
    for name in ("gh200", "b300"):
        assert CATALOG.default_price(name).commitment == "single"
    assert "b300" in compared(plan(8))
    assert "gh200" not in compared(plan(8))
    assert not {"b300", "gh200"} & compared(plan(256))
    assert {"h200-sxm", "b200"} <= compared(plan(256))


def test_the_curve_of_a_price_of_single_accelerators_ends_with_the_server():
    curves = {curve.accelerator: curve for curve in other_curves(plan(8), CATALOG)}
    assert max(curves["b300"].counts) == 8
    assert max(curves["b200"].counts) > 1000


def test_a_claim_is_never_a_default_and_never_compared():
    claim = CATALOG.default_price("h800-sxm", "claim")
    assert CATALOG.default_price("h800-sxm").commitment != "claim"
    frozen = msgspec.structs.replace(plan(256), prices=(claim,))
    assert "h800-sxm" not in compared(frozen)
    offer = msgspec.structs.replace(claim, commitment="typed")
    assert "h800-sxm" in compared(msgspec.structs.replace(plan(256), prices=(offer,)))


@pytest.mark.parametrize(("count", "said"), [(8, False), (16, True)])
def test_the_price_of_single_accelerators_is_said_to_be_no_clusters(count, said):
    project = with_hardware(plan(8), "b300", count, CATALOG)
    codes = {each.code for each in estimate(project, CATALOG).warnings}
    assert ("single-price" in codes) is said
    assert is_too_many(count, "single", CATALOG.accelerator("b300")) is said
    assert not is_too_many(count, "specialist", CATALOG.accelerator("b300"))


def test_where_no_price_is_known_the_number_stays_and_is_nobodys():
    held = price_from(CATALOG.default_price("h100-sxm"))
    assert price_on(plan(8), "h20", held, CATALOG) == Price(held.usd_per_gpu_hour, supplier="no price known")


def test_a_project_names_the_accelerators_of_its_plans_stages_and_quotes():
    project = plan(64)
    (scenario,) = project.scenarios
    assert names(project, "h100-sxm")
    assert not names(project, "mi300x")
    own = msgspec.structs.replace(scenario.stages[0], hardware=Hardware("mi300x", 8))
    beside = msgspec.structs.replace(scenario, stages=(own,))
    assert names(msgspec.structs.replace(project, scenarios=(beside,)), "mi300x")
    quoted = msgspec.structs.replace(project, prices=(CATALOG.default_price("mi300x"),))
    assert names(quoted, "mi300x")

"""What an input left empty comes to: a law, a price list, a site, or the newest answer fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.engine.generation.rl import default_mfu, round_overhead_seconds
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import Estimate, StageEstimate
from isocost.plan.inputs.programme_rows import LASTING
from isocost.plan.kinds import RlStage, data_of, kind_of
from isocost.plan.money.energy import SiteFacts, site_facts
from isocost.plan.money.ownership import purchase_price
from isocost.plan.physics.resolve import batch_tokens, transformer_of
from isocost.plan.project.project import Place, Project, Scenario, Stage, model_of
from isocost.quantities import format_duration
from isocost.quantities.units import DAYS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Filled:
    """What an input left empty comes to, and where that comes from."""

    value: float | None
    """None = not known: the estimate is still to come, or nobody says."""
    source: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """All a filled-in value may follow from."""

    scenario: Scenario
    stage: Stage
    catalog: Catalog
    answer: Answer | None
    result: StageEstimate | None
    """The stage's part of the estimate."""


def automatic(
    project: Project, path: str, *, at: Place, catalog: Catalog, answer: Answer | None = None
) -> Filled | None:
    """What the input at a path comes to when it is left empty; None when nothing fills it in.

    ``answer`` is the newest one of the scenario; values that follow from it are not known without.
    """
    fill = _FILLS.get(path)
    if fill is None:
        return None
    scenario = project.scenarios[at.scenario]
    result = result_at(answer.estimate if answer is not None else None, scenario, at.stage)
    return fill(_Asked(scenario, scenario.stages[at.stage], catalog, answer, result))


def result_at(estimate: Estimate | None, scenario: Scenario, stage: int) -> StageEstimate | None:
    """A stage's part of an estimate; None where the estimate is of an older list of stages."""
    if estimate is None or stage >= len(estimate.stages):
        return None
    found = estimate.stages[stage]
    return found if found.kind == kind_of(scenario.stages[stage]).tag else None


def _mfu(asked: _Asked) -> Filled:
    result = asked.result
    return Filled(result.mfu, result.mfu_source) if result is not None else Filled(None, "")


def _goodput(asked: _Asked) -> Filled:
    value = asked.result.goodput if asked.result is not None else None
    return Filled(value, "usual at this count; the rest is failures and restarts")


def _batch(asked: _Asked) -> Filled:
    data = data_of(asked.stage)
    value = batch_tokens(data, asked.catalog) if data is not None else None
    return Filled(value, "from the batch-size scaling law")


def _rl_mfu(asked: _Asked) -> Filled | None:
    """The utilization of scoring and update that the recipe's software usually reaches."""
    if not isinstance(asked.stage, RlStage):
        return None
    stack, serving = asked.stage.rl.stack, asked.catalog.constants.serving
    policy = transformer_of(model_of(asked.scenario, asked.stage), asked.catalog)
    value, profile = default_mfu(serving.rl_stack(stack), policy), serving.rl[stack]
    figures = (profile.mfu_moe, profile.mfu_dense, profile.mfu_small)
    return Filled(value, next(figure.source for figure in figures if figure.value == value))


def _rl_overhead(asked: _Asked) -> Filled | None:
    """The seconds a round of the recipe takes beside generation and arithmetic."""
    if not isinstance(asked.stage, RlStage):
        return None
    stack, serving = asked.stage.rl.stack, asked.catalog.constants.serving
    policy = transformer_of(model_of(asked.scenario, asked.stage), asked.catalog)
    value = round_overhead_seconds(serving.rl_stack(stack), policy)
    return Filled(value, f"{serving.rl[stack].overhead_seconds.source}, scaled to this size")


def _lasting(asked: _Asked) -> Filled:
    """Months from the start of preparation to the end of the wrap-up."""
    answer = asked.answer
    if answer is None or len(answer.estimate.stages) != len(asked.scenario.stages):
        return Filled(None, LASTING)
    days = answer.reckoning["programme_days"]
    return Filled(days / DAYS_PER_MONTH, f"{LASTING}: {format_duration(days)}")


def _purchase(asked: _Asked) -> Filled:
    entry = asked.catalog.accelerator(asked.scenario.hardware.accelerator)
    return Filled(*purchase_price(entry, asked.scenario.ownership, asked.catalog))


def _site(value: Callable[[SiteFacts], float], source: Callable[[SiteFacts], str]) -> Fill:
    def fill(asked: _Asked) -> Filled:
        facts = site_facts(asked.scenario.site, asked.catalog)
        return Filled(value(facts), source(facts))

    return fill


Fill = Callable[[_Asked], Filled | None]

_FILLS: dict[str, Fill] = {
    "efficiency.mfu": _mfu,
    "efficiency.goodput": _goodput,
    "data.batch_tokens": _batch,
    "rl.mfu": _rl_mfu,
    "rl.overhead": _rl_overhead,
    "people.months": _lasting,
    "storage.months": _lasting,
    "ownership.usd_per_accelerator": _purchase,
    "site.pue": _site(lambda facts: facts.pue, lambda facts: facts.pue_source),
    "site.usd_per_kwh": _site(lambda facts: facts.usd_per_kwh, lambda facts: facts.usd_per_kwh_source),
    "site.grid_kg_per_kwh": _site(lambda facts: facts.grid_kg_per_kwh, lambda facts: facts.grid_source),
    "site.market_kg_per_kwh": _site(lambda facts: facts.market_kg_per_kwh, lambda facts: facts.market_source),
}

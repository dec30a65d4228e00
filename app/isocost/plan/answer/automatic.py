"""What an input left empty comes to: a law, a price list, a site, or the newest answer fills it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isocost.catalog import Catalog, CatalogError
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import StageEstimate, result_of
from isocost.plan.inputs.programme_rows import LASTING
from isocost.plan.kinds import data_of, kind_of
from isocost.plan.kinds.kind import Filled
from isocost.plan.money.energy import SiteFacts, site_facts
from isocost.plan.money.ownership import PURCHASE, purchase_price
from isocost.plan.physics.resolve import batch_tokens, precision_on
from isocost.plan.physics.throughput import usual_matmul
from isocost.plan.project.project import Place, Project, Scenario, Stage, efficiency_of, hardware_of, model_of
from isocost.quantities import format_duration
from isocost.quantities.units import DAYS_PER_MONTH, TERA


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
    scenario = project.scenarios[at.scenario]
    stage = scenario.stages[at.stage]
    if (own := kind_of(stage).filled.get(path)) is not None:
        try:
            return own(stage, model_of(scenario, stage), catalog)
        except CatalogError:  # no model is known that it could follow from, which the estimate says
            return Filled(None, "")
    fill = _FILLS.get(path)
    if fill is None:
        return None
    result = result_of(scenario.stages, answer.estimate if answer is not None else None, at.stage)
    return fill(_Asked(scenario, stage, catalog, answer, result))


def _mfu(asked: _Asked) -> Filled:
    result = asked.result
    return Filled(result.mfu, result.mfu_source) if result is not None else Filled(None, "")


def _goodput(asked: _Asked) -> Filled:
    value = asked.result.goodput if asked.result is not None else None
    return Filled(value, tr("usual at this count; the rest is failures and restarts"))


def _waste(asked: _Asked) -> Filled:
    result = asked.result
    return Filled(result.waste, result.waste_source) if result is not None else Filled(None, "")


def _document(asked: _Asked) -> Filled:
    data = data_of(asked.stage)
    value = float(data.sequence) if data is not None else None
    return Filled(value, tr("attention goes across the whole sequence"))


def _matmul(asked: _Asked) -> Filled:
    """The rate that a measured one stands in for."""
    spec = asked.catalog.accelerator(hardware_of(asked.scenario, asked.stage).accelerator).spec
    data, stack = data_of(asked.stage), efficiency_of(asked.scenario, asked.stage).stack
    precision = precision_on(spec, data.precision if data is not None else "bf16")
    rate = usual_matmul(spec, precision, stack, asked.catalog)
    return Filled(
        rate / TERA,
        tr(
            "{precision}, as runs on {architecture} reach with this software",
            precision=precision.upper(),
            architecture=spec.architecture,
        ),
    )


def _batch(asked: _Asked) -> Filled:
    data = data_of(asked.stage)
    value = batch_tokens(data, asked.catalog) if data is not None else None
    return Filled(value, tr("from the batch-size scaling law"))


def _lasting(asked: _Asked) -> Filled:
    """Months from the start of preparation to the end of the wrap-up."""
    answer = asked.answer
    if answer is None or len(answer.estimate.stages) != len(asked.scenario.stages):
        return Filled(None, LASTING)
    days = answer.reckoning["programme_days"]
    return Filled(days / DAYS_PER_MONTH, f"{LASTING}: {format_duration(days)}")


def _purchase(asked: _Asked) -> Filled:
    entry = asked.catalog.accelerator(asked.scenario.hardware.accelerator)
    return Filled(*purchase_price(entry, asked.scenario, asked.catalog))


def _site(value: Callable[[SiteFacts], float], source: Callable[[SiteFacts], str]) -> Fill:
    def fill(asked: _Asked) -> Filled:
        facts = site_facts(asked.scenario.site, asked.catalog)
        return Filled(value(facts), source(facts))

    return fill


Fill = Callable[[_Asked], Filled]

_FILLS: dict[str, Fill] = {
    "efficiency.mfu": _mfu,
    "efficiency.goodput": _goodput,
    "efficiency.waste": _waste,
    "efficiency.matmul_tflops": _matmul,
    "data.batch_tokens": _batch,
    "data.document": _document,
    "people.months": _lasting,
    "storage.months": _lasting,
    PURCHASE: _purchase,
    "site.pue": _site(lambda facts: facts.pue, lambda facts: facts.pue_source),
    "site.usd_per_kwh": _site(lambda facts: facts.usd_per_kwh, lambda facts: facts.usd_per_kwh_source),
    "site.grid_kg_per_kwh": _site(lambda facts: facts.grid_kg_per_kwh, lambda facts: facts.grid_source),
    "site.market_kg_per_kwh": _site(lambda facts: facts.market_kg_per_kwh, lambda facts: facts.market_source),
}

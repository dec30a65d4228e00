"""The bill of a programme: the rent of each stage and what surrounds it, line by line in whole cents."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from isocost.catalog import Catalog
from isocost.plan.answer.results import LedgerGroup, LedgerLine, StageEstimate
from isocost.plan.inputs.table import OFF, origin
from isocost.plan.money.arithmetic import Factor, amount, product
from isocost.plan.money.supply import hourly_usd, price_words
from isocost.plan.money.surroundings import (
    CENTS,
    DATA_KINDS,
    DAYS_PER_MONTH,
    EXPERIMENT_KINDS,
    GB_PER_TB,
    HOURS_PER_DAY,
    MEGA,
    Basis,
    basis,
    cents,
    programme_cost,
    programme_days,
    rent_only,
    stored_gb,
    surroundings,
    unused_days,
)
from isocost.plan.project.project import Scenario

_Product = tuple[str, *tuple[Factor, ...]]
"""The words of a product, and its factors."""

GROUPS: tuple[LedgerGroup, ...] = get_args(LedgerGroup)
"""From the final run outwards."""


@dataclass(frozen=True, slots=True)
class WaterfallBar:
    """One group of the bill, standing on the groups before it."""

    group: LedgerGroup
    start_usd: float
    end_usd: float
    lines: tuple[LedgerLine, ...]

    @property
    def cost_usd(self) -> float:
        """Its own height."""
        return cents(self.end_usd - self.start_usd)


def ledger(scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog) -> tuple[LedgerLine, ...]:
    """Every line of the bill: the rent of each stage that counts, in order, then what surrounds them.

    Args:
        results: the estimate of each of the scenario's stages, those switched off included.
    """
    rents = tuple(
        LedgerLine(
            line=f"{result.name}: {result.accelerator_name} {_verb(scenario)}",
            cost_usd=cents(result.cost_usd),
            source=result.price_source,
            key=f"stage.{index}",
            group=_stage_group(result.kind),
            how=product(
                "{} GPU-hours x {}",
                Factor(result.gpu_hours),
                Factor(result.usd_per_gpu_hour, "usd"),
            ),
        )
        for index, result in enumerate(results)
        if result.enabled
    )
    return rents + _surrounding_lines(scenario, basis_of(scenario, results, catalog))


def basis_of(
    scenario: Scenario,
    results: Sequence[StageEstimate],
    catalog: Catalog,
    factor: Callable[[StageEstimate], float] = lambda result: 1.0,
) -> Basis:
    """What the surroundings are reckoned on; ``factor`` scales each stage's rent and time."""
    pairs = [(s, r) for s, r in zip(scenario.stages, results, strict=True) if r.enabled]
    entry = catalog.accelerator(scenario.hardware.accelerator)
    shared = [r.count for s, r in pairs if s.hardware is None]
    return basis(
        scenario,
        [s for s, _ in pairs],
        [r.cost_usd * factor(r) for _, r in pairs],
        [r.wall_days * factor(r) for _, r in pairs],
        float(max(shared, default=scenario.hardware.count)),
        hourly_usd(scenario, scenario.price.usd_per_gpu_hour, entry),
        catalog,
    )


def cost_range(scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog) -> tuple[float, float]:
    """USD of the programme when every stage is fast, and when every stage is slow."""
    fast = basis_of(scenario, results, catalog, lambda result: result.fast)
    slow = basis_of(scenario, results, catalog, lambda result: result.slow)
    return float(programme_cost(scenario, fast)), float(programme_cost(scenario, slow))


def programme_total(lines: Iterable[LedgerLine]) -> float:
    """The sum of the lines, exact to the cent."""
    return sum(round(line.cost_usd * CENTS) for line in lines) / CENTS


def waterfall(lines: Iterable[LedgerLine]) -> tuple[WaterfallBar, ...]:
    """A bar for each group that costs something; the last one ends at the programme's total."""
    bars: list[WaterfallBar] = []
    known = tuple(lines)
    for group in GROUPS:
        own = tuple(line for line in known if line.group == group and line.cost_usd)
        if own:
            start = bars[-1].end_usd if bars else 0.0
            bars.append(WaterfallBar(group, start, cents(start + programme_total(own)), own))
    return tuple(bars)


def _stage_group(kind: str) -> LedgerGroup:
    if kind in EXPERIMENT_KINDS:
        return "experiments"
    return "data" if kind in DATA_KINDS else "final run"


def _verb(scenario: Scenario) -> str:
    return {"own": "owned", "mixed": "owned and rented"}.get(scenario.supply.mode, "rent")


_LINES: dict[str, tuple[str, LedgerGroup, tuple[str, ...]]] = {
    "failed-runs": ("Failed runs", "failures", ("programme.failed_runs",)),
    "interruptions": ("Work done again on spot", "failures", ("supply.rework",)),
    "unused": ("Reserved and unused", "infrastructure", ()),
    "licences": ("Data licences", "data", ("dataset.licences_usd",)),
    "annotations": ("Annotation", "data", ("dataset.annotations", "dataset.usd_per_annotation")),
    "synthetic": ("Synthetic text", "data", ("dataset.synthetic_tokens", "dataset.usd_per_synthetic_mtok")),
    "people": ("People", "people", ("people.heads", "people.months", "people.usd_per_month")),
    "storage": (
        "Storage",
        "infrastructure",
        ("storage.terabytes", "storage.checkpoints", "storage.usd_per_gb_month", "storage.months"),
    ),
    "egress": (
        "Egress",
        "infrastructure",
        ("storage.egress_terabytes", "storage.usd_per_egress_gb"),
    ),
    "support": ("Support", "infrastructure", ("programme.support",)),
    "setup": ("Setup", "infrastructure", ("programme.setup_usd",)),
    "contingency": ("Contingency", "contingency", ("programme.contingency",)),
}
"""Label, group and inputs of each line that is not a stage."""


def _surrounding_lines(scenario: Scenario, on: Basis) -> tuple[LedgerLine, ...]:
    """The lines that are not stages and cost something."""
    if rent_only(scenario):
        return ()
    lines: list[LedgerLine] = []
    arithmetic = _arithmetic(scenario, on)
    for key, exact in surroundings(scenario, on).items():
        usd = cents(float(exact))
        if usd:
            label, group, paths = _LINES[key]
            source = _sources(scenario, paths) or price_words(scenario.price) or "your input"
            how = product(*arithmetic[key]) if key in arithmetic else f"As set = {amount(usd)}"
            lines.append(LedgerLine(label, usd, source, key, group, how))
    return tuple(lines)


def _sources(scenario: Scenario, paths: Sequence[str]) -> str:
    """Where the inputs of a line come from, those left at their default named with their source."""
    said = {}
    for path in paths:
        section, name = path.split(".")
        words = origin(path, getattr(getattr(scenario, section), name))
        if words != OFF:
            said[name] = words
    defaults = [f"{name.replace('_', ' ')}: {words}" for name, words in said.items() if words != "your input"]
    return "; ".join((["your input"] if len(defaults) < len(said) else []) + defaults)


def _arithmetic(scenario: Scenario, on: Basis) -> dict[str, _Product]:
    """The words and factors of each line that is a product."""
    p, data, people, store = scenario.programme, scenario.dataset, scenario.people, scenario.storage
    lasting = float(programme_days(scenario, on)) / DAYS_PER_MONTH
    worked = lasting if people.months is None else people.months
    stored = lasting if store.months is None else store.months
    rent = Factor(float(on.rent), "usd")
    around = surroundings(scenario, on)
    others = float(on.rent) + math.fsum(float(usd) for key, usd in around.items() if key != "contingency")
    resold = scenario.supply.resold > 0.0
    idle = Factor(float(unused_days(scenario, on)) * HOURS_PER_DAY)
    held = Factor(float(on.count)), Factor(float(on.rate), "usd")
    return {
        "failed-runs": (
            "{} of the main run's {}", Factor(p.failed_runs, "share"), Factor(float(on.main_rent), "usd"),
        ),
        "interruptions": ("{} of {} rent", Factor(scenario.supply.rework, "share"), rent),
        "unused": (
            "{} of {} h x {} GPUs x {}" if resold else "{1} h x {2} GPUs x {3}",
            Factor(1.0 - scenario.supply.resold, "share"), idle, *held,
        ),
        "annotations": ("{} x {}", Factor(data.annotations), Factor(data.usd_per_annotation, "usd")),
        "synthetic": (
            "{} million tokens x {}", Factor(data.synthetic_tokens / MEGA),
            Factor(data.usd_per_synthetic_mtok, "usd"),
        ),
        "people": (
            "{} people x {} months x {}", Factor(people.heads), Factor(worked),
            Factor(people.usd_per_month, "usd"),
        ),
        "storage": (
            "{} GB x {} months x {}", Factor(stored_gb(scenario, on)), Factor(stored),
            Factor(store.usd_per_gb_month, "usd"),
        ),
        "egress": (
            "{} GB x {}", Factor(store.egress_terabytes * GB_PER_TB), Factor(store.usd_per_egress_gb, "usd"),
        ),
        "support": ("{} of {} rent", Factor(p.support, "share"), rent),
        "contingency": (
            "{} of everything else, {}", Factor(p.contingency, "share"), Factor(others, "usd"),
        ),
    }  # fmt: skip

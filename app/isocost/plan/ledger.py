"""The bill of a programme: the rent of each stage and what surrounds it, line by line in whole cents."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from isocost.catalog import Catalog
from isocost.plan.ledger_fields import OFF, origin
from isocost.plan.project import Scenario
from isocost.plan.results import LedgerGroup, LedgerLine, StageEstimate
from isocost.plan.supply import hourly_usd, price_words
from isocost.plan.surroundings import (
    CENTS,
    DATA_KINDS,
    DAYS_PER_MONTH,
    EXPERIMENT_KINDS,
    GIGA,
    Basis,
    basis,
    in_cents,
    programme_cost,
    programme_days,
    rent_only,
    stored_gb,
    surroundings,
    unused_days,
)
from isocost.quantities import format_bytes, format_count, format_money, format_quantity, format_share

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
            how=f"{format_count(result.gpu_hours)} GPU-hours x {format_money(result.usd_per_gpu_hour)}",
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


def cents(usd: float) -> float:
    """Rounded to the cent."""
    return float(in_cents(usd))


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
    arithmetic = _arithmetic(scenario, on)
    lines = []
    for key, usd in surroundings(scenario, on).items():
        label, group, paths = _LINES[key]
        source = _sources(scenario, paths) or price_words(scenario.price) or "your input"
        lines.append(LedgerLine(label, cents(float(usd)), source, key, group, arithmetic.get(key, "")))
    return tuple(line for line in lines if line.cost_usd)


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


def _arithmetic(scenario: Scenario, on: Basis) -> dict[str, str]:
    """The arithmetic of each line with its values in it."""
    p, data, people, store = scenario.programme, scenario.dataset, scenario.people, scenario.storage
    lasting = float(programme_days(scenario, on)) / DAYS_PER_MONTH
    worked = format_quantity(lasting if people.months is None else people.months, "number")
    stored = format_quantity(lasting if store.months is None else store.months, "number")
    rent = format_money(float(on.rent))
    idle = format_quantity(float(unused_days(scenario, on)), "number")
    held = f"{format_count(float(on.count))} x {format_money(float(on.rate))}"
    heads, bytes_held = format_quantity(people.heads, "number"), format_bytes(stored_gb(scenario, on) * GIGA)
    pairs, tokens = (format_quantity(n, "number") for n in (data.annotations, data.synthetic_tokens))
    moved = format_quantity(store.egress_terabytes, "number")
    return {
        "failed-runs": f"{format_share(p.failed_runs)} of the main run's {format_money(float(on.main_rent))}",
        "interruptions": f"{format_share(scenario.supply.rework)} of {rent} rent",
        "unused": f"{idle} days x 24 h x {held}",
        "annotations": f"{pairs} x {format_money(data.usd_per_annotation)}",
        "synthetic": f"{tokens} tokens x {format_money(data.usd_per_synthetic_mtok)} per million",
        "people": f"{heads} people x {worked} months x {format_money(people.usd_per_month)}",
        "storage": f"{bytes_held} x {stored} months x {format_money(store.usd_per_gb_month)} per GB-month",
        "egress": f"{moved} TB x {format_money(store.usd_per_egress_gb)} per GB",
        "support": f"{format_share(p.support)} of {rent} rent",
        "contingency": f"{format_share(p.contingency)} of everything else",
    }

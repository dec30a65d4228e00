"""What the Plan page compares, and what there is to say about it in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from isocost.plan.curves import CostCurve, RankedChoice, pareto_front, ranking
from isocost.plan.results import Estimate
from isocost.quantities import format_count, format_duration, format_money
from isocost.ui.charts.table import Column, Table

FASTER, SLOWER = 40.0, 12.0
"""How many times faster and slower than the plan the chart looks."""

DEARER = 5.0
"""How many times the cheapest cost the chart shows at least, when there is something to show."""

JUST = 1.0 + 1e-6
"""A deadline holds plans that end on it, rounding aside."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The plan, its own curve and the other accelerators' curves."""

    estimate: Estimate
    active: CostCurve
    others: tuple[CostCurve, ...]
    count: int
    """Accelerators the plan runs on."""
    deadline_days: float | None = None
    """Days the user can wait; None = accelerators are compared at the plan's count."""

    @property
    def curves(self) -> tuple[CostCurve, ...]:
        """Every curve, the plan's own first."""
        return (self.active, *self.others)

    @property
    def depends_on_hardware(self) -> bool:
        """Whether another count would change anything; not so when every stage names its own hardware."""
        days = self.active.days
        return len(days) > 1 and float(np.ptp(days)) > 1e-9 * float(days.max())


@dataclass(frozen=True, slots=True)
class View:
    """The part of the plane worth showing: days and USD."""

    days: tuple[float, float]
    cost: tuple[float, float]

    def holds(self, curve: CostCurve) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which points of a curve lie inside."""
        inside: np.ndarray[tuple[int], np.dtype[np.bool_]] = (
            (curve.days >= self.days[0])
            & (curve.days <= self.days[1])
            & (curve.cost_usd >= self.cost[0])
            & (curve.cost_usd <= self.cost[1])
        )
        return inside


def worth_showing(comparison: Comparison) -> View:
    """The plan, what is around it in time, and what costs up to a dozen times the cheapest."""
    total = comparison.estimate.total
    days = max(total.wall_days, 1e-6)
    fitting = [c for c in comparison.curves if c.fits.any()] or [comparison.active]
    every = np.concatenate([c.days[c.fits] if c.fits.any() else c.days for c in fitting])
    first = min(days, max(float(every.min()), days / FASTER))
    last = max(days, min(float(every.max()), days * SLOWER))
    costs = np.concatenate([c.cost_usd[(c.days >= first) & (c.days <= last)] for c in fitting])
    plan = max(total.cost_usd, 1e-6)
    spread = comparison.estimate.range
    low = min(plan, float(costs.min()) if len(costs) else plan, spread.cost_usd.p10 if spread else plan)
    high = max(
        plan, spread.cost_usd.p90 if spread else plan, min(low * DEARER, float(costs.max(initial=plan)))
    )
    return View((first, last), (max(low, 1e-6), max(high, 2e-6)))


def featured(comparison: Comparison, view: View, most: int) -> tuple[str, ...]:
    """Accelerators that get a colour and a name: the plan's, those on the front, then the cheapest."""
    names = [comparison.active.accelerator]
    names += [segment.accelerator for segment in front(comparison, view)]
    seen = [c for c in comparison.curves if bool((view.holds(c) & c.fits).any())]
    names += [
        c.accelerator for c in sorted(seen, key=lambda c: float(c.cost_usd[view.holds(c) & c.fits].min()))
    ]
    return tuple(dict.fromkeys(names))[:most]


@dataclass(frozen=True, slots=True)
class FrontSegment:
    """A stretch of the Pareto front held by one accelerator, in rising days."""

    accelerator: str
    label: str
    days: tuple[float, ...]
    cost_usd: tuple[float, ...]


def front(comparison: Comparison, view: View) -> tuple[FrontSegment, ...]:
    """The plans in view that no other there beats on both cost and time, joined by accelerator."""
    labels = {c.accelerator: c.label for c in comparison.curves}
    seen = tuple(_within(curve, view.days) for curve in comparison.curves)
    days, cost, owners = pareto_front(seen)
    segments: list[FrontSegment] = []
    at = 0
    for owner, members in groupby(owners):
        part = slice(at, at := at + len(list(members)))
        segments.append(
            FrontSegment(owner, labels[owner], tuple(days[part].tolist()), tuple(cost[part].tolist()))
        )
    return tuple(segments)


def _within(curve: CostCurve, days: tuple[float, float]) -> CostCurve:
    """The part of a curve between two times, ends included."""
    part = (curve.days >= days[0] / JUST) & (curve.days <= days[1] * JUST)
    return replace(
        curve,
        counts=curve.counts[part],
        days=curve.days[part],
        cost_usd=curve.cost_usd[part],
        mfu=curve.mfu[part],
        fits=curve.fits[part],
    )


def cheapest_finding(segments: Sequence[FrontSegment]) -> str:
    """Which accelerator is cheapest for those who can wait, and what to take otherwise."""
    if not segments:
        return "No accelerator here can hold this model"
    last = segments[-1]
    if len({segment.accelerator for segment in segments}) == 1:
        return f"{last.label} is cheapest at any pace"
    wait = format_duration(last.days[0])
    return f"{last.label} is cheapest while you can wait {wait}, else {segments[-2].label}"


def time_summary(comparison: Comparison, segments: Sequence[FrontSegment]) -> str:
    """The cost and time chart in sentences, for those who cannot see it."""
    total = comparison.estimate.total
    words = [
        f"{cheapest_finding(segments)}.",
        f"The plan: {format_count(comparison.count)} {comparison.active.label},"
        f" {format_duration(total.wall_days)}, {format_money(total.cost_usd)}.",
    ]
    for segment in segments:
        words.append(
            f"{segment.label}: {format_money(segment.cost_usd[0])} in {format_duration(segment.days[0])}"
            f" to {format_money(segment.cost_usd[-1])} in {format_duration(segment.days[-1])}."
        )
    return " ".join(words)


def time_table(comparison: Comparison) -> Table:
    """Every point of every curve."""
    columns = (
        Column("accelerator"),
        Column("count", format_count, right=True),
        Column("days", format_duration, right=True),
        Column("cost_usd", format_money, right=True),
        Column("usd_per_gpu_hour", format_money, right=True),
        Column("mfu", lambda share: f"{share:.1%}", right=True),
        Column("fits", lambda fits: "fits" if fits else "does not fit"),
    )
    rows = tuple(
        (
            curve.label,
            int(curve.counts[i]),
            float(curve.days[i]),
            float(curve.cost_usd[i]),
            curve.price.usd_per_gpu_hour,
            None if math.isnan(curve.mfu[i]) else float(curve.mfu[i]),
            bool(curve.fits[i]),
        )
        for curve in comparison.curves
        for i in range(len(curve.counts))
    )
    return Table(columns, rows)


def ranked(comparison: Comparison) -> tuple[RankedChoice, ...]:
    """Accelerators at the plan's count, or at their cheapest within the deadline; cheapest first."""
    if comparison.deadline_days is not None:
        return ranking(comparison.curves, deadline_days=comparison.deadline_days * JUST)
    return ranking(comparison.curves, count=comparison.count)


def ranking_finding(comparison: Comparison, choices: Sequence[RankedChoice]) -> str:
    """The first two, at what they are compared at."""
    usable = [choice.label for choice in choices if choice.fits and choice.in_time]
    if comparison.deadline_days is not None:
        place = f"Within {format_duration(comparison.deadline_days)}"
    else:
        place = f"At {format_count(comparison.count)} accelerators"
    if not usable:
        return f"{place}: none will do"
    return f"{place}: {usable[0]}, then {usable[1]}" if len(usable) > 1 else f"{place}: only {usable[0]}"


def verdict(choice: RankedChoice) -> str:
    """Why a choice is out, in a few words; empty when it is in."""
    if not choice.fits:
        return "does not fit"
    return "" if choice.in_time else "too slow"


def ranking_table(choices: Sequence[RankedChoice]) -> Table:
    """The ranking as drawn."""
    columns = (
        Column("accelerator"),
        Column("count", format_count, right=True),
        Column("days", format_duration, right=True),
        Column("cost_usd", format_money, right=True),
        Column("verdict", lambda text: text or "possible"),
    )
    rows = tuple((c.label, c.count, c.days, c.cost_usd, verdict(c)) for c in choices)
    return Table(columns, rows)

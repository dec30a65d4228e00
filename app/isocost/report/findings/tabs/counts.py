"""What more of the plan's accelerators bring: time, MFU and cost against their count."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.constants.palette import LineStyle
from isocost.language import capital, listed, tr
from isocost.plan.answer.across.comparison import styles
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.physics.counts import obtained, units_of
from isocost.plan.physics.records import Array
from isocost.plan.solve.knee import PAYS, Knee
from isocost.quantities import (
    format_count,
    format_counted,
    format_duration,
    format_money,
    format_share,
    format_significant,
    without_idle_cents,
)
from isocost.report.decisions.doubting.doubt import ends_said
from isocost.report.findings.header import trained_at
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.plan_offers import less_time, next_doubling, price_of_it
from isocost.report.table import Column, Table

TITLE = tr("Time, MFU and cost against count")
SAME = tr("Another count changes nothing here: every stage has hardware of its own, or takes no time.")
BEYOND = 4.0
"""Times the knee, and the plan's count, up to which counts are drawn."""
KEYS = tr("Left and right arrows walk over the counts, Enter takes one.")
ALONE = 0.02
"""Share by which days must differ over the counts for the count to matter."""

Kind = Literal["days", "mfu", "cost"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One quantity over the counts."""

    kind: Kind
    name: str
    values: Array = field(repr=False)
    show: Callable[[float], str] = field(repr=False)
    factors: tuple[float, float] | None = None
    """Times a value that 1 and 9 chances in 10 stay at or below; None = not in doubt, or not shown."""

    def told(self, at: int) -> str:
        """The value at a count, with its range."""
        value = float(self.values[at])
        words = f"{self.name} {self.show(value)}"
        if self.factors is None:
            return words
        return f"{words} ({ends_said(*(self.show(value * factor) for factor in self.factors))})"


@dataclass(frozen=True)
class CountsView:
    """The panels, which share their counts."""

    label: str
    noun: str
    accelerator: str
    style: LineStyle
    counts: NDArray[np.int64] = field(repr=False)
    fits: NDArray[np.bool_] = field(repr=False)
    panels: tuple[Panel, ...]
    plan: int
    """Place of the plan's count."""
    knee: int | None
    """Place of the last count whose doublings all pay; None = not known, or beyond what is drawn."""

    @property
    def ranged(self) -> bool:
        """Whether any of them shows its range."""
        return any(panel.factors is not None for panel in self.panels)

    @property
    def dearest(self) -> str:
        """The longest label of the axis of costs, for the room it is to have."""
        dearest = max(float(np.nanmax(panel.values)) for panel in self.panels if panel.kind == "cost")
        return without_idle_cents(format_money(dearest * 1.1))

    def words(self, at: int) -> str:
        """One count in a sentence."""
        told = ", ".join(panel.told(at) for panel in self.panels if math.isfinite(panel.values[at]))
        unfit = "" if self.fits[at] else tr("; the model does not fit")
        return f"{format_counted(int(self.counts[at]), self.noun)}: {told}{unfit}."


def view(
    answer: Answer, knee: Knee | None, ranges: FigureRanges | None = None, *, ranged: bool = False
) -> CountsView | None:
    """Doublings of the plan's accelerator, its own count among them; None where no count changes anything.

    Args:
        ranged: whether ranges are shown; ``ranges``: those of figures, where they have come.
    """
    curve, scenario, catalog = answer.curve, answer.scenario, answer.reckoning.catalog
    entry = catalog.accelerator(curve.accelerator)
    units = units_of(entry, scenario.supply.owns)
    own = obtained(scenario.hardware.count, units)
    if len(curve.counts) < 2 or float(np.ptp(curve.days)) <= ALONE * float(curve.days.max()):
        return None
    turning = knee.knee if knee is not None and next_doubling(knee) is not None else None
    most = BEYOND * max(own, turning or own)
    nodes = curve.counts / units[-1]
    doubled = (nodes <= 1) | (np.log2(np.maximum(nodes, 1)) % 1 == 0)
    named = (curve.counts == own) | (curve.counts == turning)  # the knee is a doubling of the fewest that fit
    kept = ((doubled & (curve.counts <= most)) | named) & (curve.fits | (curve.counts == own))
    counts = curve.counts[kept]
    if len(counts) < 2:
        return None
    panels: list[Panel] = [
        Panel("days", tr("time"), curve.days[kept], format_duration),
        Panel("mfu", "MFU", curve.mfu[kept], lambda value: format_share(value, decimals=0)),
        Panel("cost", tr("cost"), curve.cost_usd[kept], format_money),
    ]
    if ranged:
        factors = _factors(answer, ranges)
        panels = [replace(panel, factors=factors[panel.kind]) for panel in panels]
    at = np.flatnonzero(counts == turning) if turning is not None else np.empty(0, int)
    return CountsView(
        entry.short_name,
        entry.noun,
        entry.spec.id,
        styles(catalog)[entry.spec.id],
        counts,
        curve.fits[kept],
        tuple(panel for panel in panels if np.isfinite(panel.values).any()),
        int(np.argmin(np.abs(counts - own))),
        int(at[0]) if len(at) else None,
    )


def _factors(answer: Answer, ranges: FigureRanges | None) -> dict[Kind, tuple[float, float] | None]:
    """What doubt of the plan itself makes of each panel: other counts are as much in doubt as its own."""
    estimate, span = answer.estimate, answer.estimate.range
    days, trained = estimate.total.wall_days, trained_at(estimate)
    time = None
    if span is not None and days > 0.0:
        time = span.wall_days.p10 / days, span.wall_days.p90 / days
    mfu = None if ranges is None or trained is None else ranges.factors.get(f"stages.{trained}.mfu")
    return {
        "days": time,
        "mfu": mfu,
        "cost": answer.comparison.spread,
    }


LIKELY = tr("8 chances in 10")
"""What is shaded."""


def said(shown: CountsView, knee: Knee | None) -> Said:
    """Where more of them stop paying, and what a day less costs on both sides of that."""
    head, foot = _finding(shown, knee), _subtitle(shown, knee)
    shaded = (tr("In brackets and shaded: {likely}.", likely=LIKELY),) if shown.ranged else ()
    told = (f"{head}.", f"{foot}", tr("The plan: {words}", words=shown.words(shown.plan)), *shaded, KEYS)
    return Said(head, foot, " ".join(told))


def _finding(shown: CountsView, knee: Knee | None) -> str:
    own = int(shown.counts[shown.plan])
    if knee is None:
        return f"{format_counted(own, shown.noun)}: {_own(shown)}"
    if knee.knee is None:
        return f"{format_count(own)} {shown.label}: {_own(shown)}"
    last = next_doubling(knee) is None  # no more fit, or can be had: nothing stopped paying
    if own > knee.knee and last:
        return f"{format_count(own)} {shown.label}: {_own(shown)}"
    if own > knee.knee:
        return tr(
            "{count} {label} are past the knee at {count_2}",
            count=format_count(own),
            label=shown.label,
            count_2=format_count(knee.knee),
        )
    if last:
        return tr("Doubling pays up to {count} at least", count=format_count(knee.knee))
    return tr("Knee at {count}: up to there doubling pays", count=format_count(knee.knee))


def _own(shown: CountsView) -> str:
    days, cost = (next(p for p in shown.panels if p.kind == kind) for kind in ("days", "cost"))
    return listed(panel.show(float(panel.values[shown.plan])) for panel in (days, cost))


def _subtitle(shown: CountsView, knee: Knee | None) -> str:
    if knee is None or knee.knee is None:
        return tr("Doublings of {label}. Click a count to take it.", label=shown.label)
    at = next(i for i, each in enumerate(knee.doublings) if each.choice.count == knee.knee)
    past = knee.doublings[at + 1] if at + 1 < len(knee.doublings) else None
    into = knee.doublings[at]
    if past is None:
        return tr("Doublings of {label}. Click a count to take it.", label=shown.label)
    if into.usd_per_day is None or past.usd_per_day is None or past.usd_more <= 0.0:
        return tr(
            "Past it, twice as many are less than {significant} times as fast.",
            significant=format_significant(PAYS),
        )
    # Of a doubling, not of every count past it: a count between may be both faster and cheaper.
    less, after = capital(less_time(past)), price_of_it(past, past)
    if into.usd_more > 0.0:
        money = price_of_it(into, past)
        return tr(
            "{less}: {money} by that doubling, {after} by the next.", less=less, money=money, after=after
        )
    return tr("{less}: nothing by that doubling, {after} by the next.", less=less, after=after)


def table(shown: CountsView | None) -> Table:
    """Every count drawn."""
    columns = (
        Column(tr("Accelerators"), format_count, right=True, key="count"),
        Column(tr("Time"), format_duration, right=True, key="wall_days"),
        Column("MFU", format_share, right=True, key="mfu"),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Can run"), lambda fits: tr("yes") if fits else tr("no"), key="fits"),
    )
    if shown is None:
        return Table(columns, ())
    values = {panel.kind: panel.values for panel in shown.panels}

    def cell(kind: Kind, at: int) -> Any:
        value = float(values[kind][at]) if kind in values else math.nan
        return value if math.isfinite(value) else None

    rows = (
        (int(count), cell("days", at), cell("mfu", at), cell("cost", at), bool(shown.fits[at]))
        for at, count in enumerate(shown.counts)
    )
    return Table(columns, tuple(rows))

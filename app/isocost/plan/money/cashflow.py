"""When the stages of a programme run, and what it pays each month."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isocost.language import tr
from isocost.plan.money.arithmetic import CENTS
from isocost.plan.money.figure import GROUPS, LedgerGroup, Paid
from isocost.plan.money.ledger import LedgerLine
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.money.supply import PAID_WHEN_IDLE
from isocost.plan.project.project import Scenario
from isocost.quantities import format_count
from isocost.quantities.units import DAYS_PER_MONTH, DAYS_PER_WEEK

LONGEST_MONTHS = 1200
"""What a plan pays later falls in its last month, which says so: more than a century is no calendar."""
ONWARD = "+"
"""What the name of a month ends with in which all falls that is paid later too."""

Span = tuple[float, float, float]
"""First day, last day, weight; the days may be arrays of samples."""
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TimelineBar:
    """One thing that takes time, in days from the programme's start."""

    name: str
    kind: Literal["preparation", "stage", "wrap-up"]
    start_day: float
    end_day: float
    start: date | None = None
    """None when the programme has no start date."""
    end: date | None = None
    stage: int | None = None
    """A stage's place in the scenario."""
    accelerators: str = ""
    """Count and name, for a stage."""


def start_date(scenario: Scenario) -> date | None:
    """The day the programme starts; None when none is given or it is no ISO day."""
    try:
        return date.fromisoformat(scenario.schedule.start)
    except ValueError:
        return None


def timeline(on: Reckoning) -> tuple[TimelineBar, ...]:
    """Preparation, the stages that count one after another, and the wrap-up."""
    begins = start_date(on.scenario)
    return tuple(_dated(bar, begins) for bar in lasting(on, on.by_stage("stage.days")))


def lasting(on: Reckoning, days: Sequence[Any]) -> list[TimelineBar]:
    """The same without dates, of stages that last ``days``: each a number, or an array of samples."""
    schedule = on.scenario.schedule
    bars: list[TimelineBar] = []
    day: Any = schedule.preparation_weeks * DAYS_PER_WEEK
    if schedule.preparation_weeks:
        bars.append(TimelineBar(tr("Preparation"), "preparation", 0.0, day))
    for place, (index, run, long) in enumerate(zip(on.stages, on.runs, days, strict=True)):
        day = day + schedule.gap_weeks * DAYS_PER_WEEK if place else day
        name = on.catalog.accelerator(run.accelerator).short_name
        where = f"{format_count(int(run.counts[0]))} {name}"
        stage = on.scenario.stages[index].name
        bars.append(TimelineBar(stage, "stage", day, day + long, stage=index, accelerators=where))
        day = day + long
    if schedule.wrap_up_weeks:
        bars.append(TimelineBar(tr("Wrap-up"), "wrap-up", day, day + schedule.wrap_up_weeks * DAYS_PER_WEEK))
    return bars


def _dated(bar: TimelineBar, begins: date | None) -> TimelineBar:
    if begins is None:
        return bar
    return replace(bar, start=_day(begins, bar.start_day), end=_day(begins, bar.end_day))


def _day(begins: date, days: float) -> date | None:
    """A day of the calendar; None beyond its end."""
    try:
        return begins + timedelta(days=days)
    except OverflowError:
        return None


@dataclass(frozen=True, slots=True)
class CashMonth:
    """What is paid in one month."""

    label: str
    """"2026-11", or "Month 1" without a start date; with :data:`ONWARD` at its end all that is later too."""
    start_day: float
    by_group: Mapping[LedgerGroup, float]
    total_usd: float
    committed_usd: float
    """Owed whatever is used: contracts, people, licences."""
    cumulative_usd: float


def cash_by_month(on: Reckoning, lines: Sequence[LedgerLine]) -> tuple[CashMonth, ...]:
    """The bill spread over months; every line's months add up to the line, to the cent.

    Months are those of the calendar from the start date, or of 730 hours without one. Owned accelerators are
    paid as they are written off, not when they are bought.
    """
    held_back = {line.key for line in lines if paid_of(on, line).when == "as the rest"}
    bars = timeline(on)
    spans = {line.key: spans_of(on, line, bars) for line in lines}
    last = _last_day(spans.values())
    edges = _month_edges(start_date(on.scenario), last)
    paid: dict[str, list[int]] = {
        line.key: _apportioned(line.cost_usd, in_months(spans[line.key], edges).tolist())
        for line in lines
        if line.key not in held_back
    }
    # The reserve is spent as the rest is: it has no calendar of its own.
    rest = [float(sum(row[m] for row in paid.values())) for m in range(len(edges) - 1)]
    paid |= {line.key: _apportioned(line.cost_usd, rest) for line in lines if line.key in held_back}
    return _cash_months(on, lines, paid, edges, onward=last > edges[-1])


def edges_of(on: Reckoning, lines: Sequence[LedgerLine]) -> list[float]:
    """First days of the months in which a bill is paid, in days from the start, and the end of the last."""
    bars = timeline(on)
    return _month_edges(start_date(on.scenario), _last_day(spans_of(on, line, bars) for line in lines))


def _last_day(spans: Iterable[Sequence[Span]]) -> float:
    """The day on which all of a bill is paid, from the spans of its lines."""
    return max((end for each in spans for _, end, _ in each), default=0.0)


def paid_of(on: Reckoning, line: LedgerLine) -> Paid:
    """When a line is paid; the rent of a stage with the stage."""
    row = on.values.sheet.rows.get(line.key)
    return row.paid if row is not None else Paid("stages")


def _cash_months(
    on: Reckoning,
    lines: Sequence[LedgerLine],
    paid: Mapping[str, Sequence[int]],
    edges: Sequence[float],
    *,
    onward: bool,
) -> tuple[CashMonth, ...]:
    begins = start_date(on.scenario)
    bound = on.scenario.supply.mode in PAID_WHEN_IDLE
    owed_lines = {line.key for line in lines if _committed(on, line, bound)}
    result: list[CashMonth] = []
    so_far = 0
    for m in range(len(edges) - 1):
        groups: dict[LedgerGroup, int] = dict.fromkeys(GROUPS, 0)
        for line in lines:
            groups[line.group] += paid[line.key][m]
        owed = sum(paid[key][m] for key in owed_lines)
        total = sum(groups.values())
        so_far += total
        shown = {group: amount / CENTS for group, amount in groups.items() if amount}
        label = _month_label(begins, m) + (ONWARD if onward and m == len(edges) - 2 else "")
        result.append(CashMonth(label, edges[m], shown, total / CENTS, owed / CENTS, so_far / CENTS))
    return tuple(result)


def _committed(on: Reckoning, line: LedgerLine, bound: bool) -> bool:
    """Whether a line is owed whatever is used; rents are where the contract binds."""
    row = on.values.sheet.rows.get(line.key)
    return row.committed if row is not None else bound


def spans_of(on: Reckoning, line: LedgerLine, bars: Sequence[TimelineBar]) -> list[Span]:
    """When a line is paid."""
    stages = [bar for bar in bars if bar.kind == "stage"]
    length = bars[-1].end_day if bars else 0.0
    if line.key not in on.values.sheet.rows:
        return [(b.start_day, b.end_day, 1.0) for b in stages if line.key == f"stage.{b.stage}"]
    paid = paid_of(on, line)
    if paid.when in ("stages", "main stages"):
        key = "stage.rent" if paid.when == "stages" else "stage.main_rent"
        weighed = zip(stages, on.by_stage(key), on.by_stage("stage.main"), strict=True)
        return [(b.start_day, b.end_day, usd) for b, usd, main in weighed if paid.when == "stages" or main]
    if paid.when == "after":
        end = stages[-1].end_day if stages else length
        return [(end, end + on[paid.lasting], 1.0)]
    if paid.when == "throughout":
        return [(0.0, on[paid.lasting] * DAYS_PER_MONTH, 1.0)]
    if paid.when == "end":
        return [(length, length, 1.0)]
    if paid.when == "before":
        return [(0.0, stages[0].start_day if stages else 0.0, 1.0)]
    return [(0.0, 0.0, 1.0)]


def _month_edges(begins: date | None, last: float) -> list[float]:
    """First days of the months, in days from the start, up to one past ``last``."""
    count = min(int(last / DAYS_PER_MONTH) + 2, LONGEST_MONTHS)
    if begins is None:
        edges = [DAYS_PER_MONTH * m for m in range(count + 1)]
    else:
        firsts = [date(min(y, 9999), m + 1, 1) for y, m in (_month(begins, k) for k in range(count + 1))]
        edges = [0.0, *(float((day - begins).days) for day in firsts[1:])]
    while len(edges) > 2 and edges[-2] >= last > 0.0:
        edges.pop()
    return edges if last > 0.0 else edges[:2]


def _month(begins: date, after: int) -> tuple[int, int]:
    """Year, and month counted from 0, some months after the first one."""
    return divmod(begins.year * 12 + begins.month - 1 + after, 12)


NUMBERED = "Month "
"""What the name of a month begins with that has a number and no year."""


def _month_label(begins: date | None, after: int) -> str:
    if begins is None:
        return f"{NUMBERED}{after + 1}"
    year, month = _month(begins, after)
    return f"{year:04d}-{month + 1:02d}"


def in_months(spans: Sequence[Span], edges: Sequence[float], *, closed: bool = False) -> Array:
    """(..., months) share of the spans in each month; their days may be arrays of samples.

    What lies beyond the last edge falls in the last month, unless that is ``closed``.
    """
    low, high = np.array(edges[:-1]), np.array(edges[1:])
    if not closed:
        high[-1] = math.inf
    found = np.zeros(len(low))
    for start, end, weight in spans:
        begins, long = np.asarray(start)[..., None], np.asarray(end - start)[..., None]
        inside = np.maximum(np.minimum(np.asarray(end)[..., None], high) - np.maximum(begins, low), 0.0)
        at_once = (low <= begins) & (begins < high)
        lasts = long > 0.0
        found = found + np.where(lasts, weight * inside / np.where(lasts, long, 1.0), weight * at_once)
    return found


def _apportioned(usd: float, weights: Sequence[float]) -> list[int]:
    """Cents split by weights without losing one: cumulative shares are rounded, their differences paid."""
    # Rounding each month by itself loses cents; rounding where the sum stands after it loses none.
    whole, sums = round(usd * CENTS), list(accumulate(weights))
    if sums[-1] <= 0.0:
        return [whole, *([0] * (len(weights) - 1))]
    bounds = [round(whole * so_far / sums[-1]) for so_far in sums]
    bounds[-1] = whole
    return [high - low for low, high in zip([0, *bounds], bounds, strict=False)]

"""What a programme pays each month."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from isocost.catalog import Catalog
from isocost.plan.answer.results import LedgerGroup, LedgerLine, StageEstimate
from isocost.plan.money.ledger import GROUPS, basis_of
from isocost.plan.money.surroundings import CENTS, DATA_KINDS, EXPERIMENT_KINDS, unused_days
from isocost.plan.money.timeline import TimelineBar, start_date, timeline
from isocost.plan.project.project import Scenario
from isocost.quantities.units import DAYS_PER_MONTH

LONGEST_MONTHS = 1200
"""What a plan pays later falls in its last month: more than a century is no calendar."""

COMMITTED = frozenset({"unused", "people", "licences", "setup", "support"})
"""Lines that are owed once agreed, whatever is then used."""

Span = tuple[float, float, float]
"""First day, last day, weight."""


@dataclass(frozen=True, slots=True)
class CashMonth:
    """What is paid in one month."""

    label: str
    """"2026-11", or "Month 1" without a start date."""
    start_day: float
    by_group: Mapping[LedgerGroup, float]
    total_usd: float
    committed_usd: float
    """Owed whatever is used: contracts, people, licences."""
    cumulative_usd: float


def cash_by_month(
    scenario: Scenario, results: Sequence[StageEstimate], lines: Sequence[LedgerLine], catalog: Catalog
) -> tuple[CashMonth, ...]:
    """The bill spread over months; every line's months add up to the line, to the cent.

    Months are those of the calendar from the start date, or of 730 hours without one. Owned accelerators are
    paid as they are written off, not when they are bought.
    """
    bars = timeline(scenario, results)
    length = max((bar.end_day for bar in bars), default=0.0)
    spans = {line.key: _spans(scenario, results, line, bars, length, catalog) for line in lines}
    last = max((end for each in spans.values() for _, end, _ in each), default=0.0)
    edges = _month_edges(start_date(scenario), last)
    months = len(edges) - 1
    paid: dict[str, list[int]] = {}
    for line in lines:
        if line.key != "contingency":
            paid[line.key] = _apportioned(line.cost_usd, _weights(spans[line.key], edges))
    for line in lines:
        if line.key == "contingency":
            weights = [float(sum(row[m] for row in paid.values())) for m in range(months)]
            paid[line.key] = _apportioned(line.cost_usd, weights)
    return _cash_months(scenario, lines, paid, edges)


def _cash_months(
    scenario: Scenario, lines: Sequence[LedgerLine], paid: Mapping[str, Sequence[int]], edges: Sequence[float]
) -> tuple[CashMonth, ...]:
    begins = start_date(scenario)
    bound = scenario.supply.mode in ("reserved", "block", "own", "mixed")
    result: list[CashMonth] = []
    so_far = 0
    for m in range(len(edges) - 1):
        groups: dict[LedgerGroup, int] = dict.fromkeys(GROUPS, 0)
        owed = 0
        for line in lines:
            amount = paid[line.key][m]
            groups[line.group] += amount
            owed += amount if line.key in COMMITTED or (bound and line.key.startswith("stage.")) else 0
        total = sum(groups.values())
        so_far += total
        shown = {group: amount / CENTS for group, amount in groups.items() if amount}
        label = _month_label(begins, m)
        result.append(CashMonth(label, edges[m], shown, total / CENTS, owed / CENTS, so_far / CENTS))
    return tuple(result)


def _spans(
    scenario: Scenario,
    results: Sequence[StageEstimate],
    line: LedgerLine,
    bars: Sequence[TimelineBar],
    length: float,
    catalog: Catalog,
) -> list[Span]:
    """When a line is paid."""
    stages = [bar for bar in bars if bar.kind == "stage"]
    first = stages[0].start_day if stages else 0.0
    end = stages[-1].end_day if stages else length
    if line.key.startswith("stage."):
        return [(b.start_day, b.end_day, 1.0) for b in stages if line.key == f"stage.{b.stage}"]
    if line.key in ("failed-runs", "interruptions", "support"):
        every = line.key != "failed-runs"
        chosen = [b for b in stages if every or _is_main(results[b.stage or 0])]
        return [(b.start_day, b.end_day, results[b.stage or 0].cost_usd) for b in chosen]
    if line.key == "unused":
        return [(end, end + float(unused_days(scenario, basis_of(scenario, results, catalog))), 1.0)]
    if line.key == "people":
        months = scenario.people.months
        return [(0.0, length if months is None else months * DAYS_PER_MONTH, 1.0)]
    if line.key == "storage":
        months = scenario.storage.months
        return [(0.0, length if months is None else months * DAYS_PER_MONTH, 1.0)]
    if line.key == "egress":
        return [(length, length, 1.0)]
    if line.key in ("annotations", "synthetic"):
        return [(0.0, first, 1.0)]
    return [(0.0, 0.0, 1.0)]


def _is_main(result: StageEstimate) -> bool:
    return result.kind not in EXPERIMENT_KINDS | DATA_KINDS


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


def _month_label(begins: date | None, after: int) -> str:
    if begins is None:
        return f"Month {after + 1}"
    year, month = _month(begins, after)
    return f"{year:04d}-{month + 1:02d}"


def _weights(spans: Sequence[Span], edges: Sequence[float]) -> list[float]:
    """Share of the spans in each month; what lies beyond the last edge falls in the last month."""
    months = len(edges) - 1
    weights = [0.0] * months
    for start, end, weight in spans:
        for m in range(months):
            low = edges[m]
            high = edges[m + 1] if m < months - 1 else math.inf
            inside = min(end, high) - max(start, low)
            if end > start:
                weights[m] += weight * max(inside, 0.0) / (end - start)
            elif low <= start < high:
                weights[m] += weight
    return weights


def _apportioned(usd: float, weights: Sequence[float]) -> list[int]:
    """Cents split by weights without losing one: cumulative shares are rounded, their differences paid."""
    whole, total = round(usd * CENTS), math.fsum(weights)
    if total <= 0.0:
        return [whole, *([0] * (len(weights) - 1))]
    bounds = [round(whole * math.fsum(weights[: m + 1]) / total) for m in range(len(weights))]
    bounds[-1] = whole
    return [high - low for low, high in zip([0, *bounds], bounds, strict=False)]

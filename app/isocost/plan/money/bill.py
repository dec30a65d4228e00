"""The bill as it is drawn: every bar with where it stands, its share of the programme and its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isocost.plan.answer.results import LedgerGroup, LedgerLine
from isocost.plan.money.ledger import GROUPS, programme_total, waterfall
from isocost.plan.money.surroundings import cents


@dataclass(frozen=True, slots=True)
class BillBar:
    """One line or one group of the bill, standing on those before it."""

    name: str
    group: LedgerGroup
    start_usd: float
    end_usd: float
    cost_usd: float
    """Its own height."""
    share: float
    """Of the programme's total, 0..1."""
    lines: tuple[LedgerLine, ...]


def bars_by_line(lines: Iterable[LedgerLine]) -> tuple[BillBar, ...]:
    """A bar for each line that costs something, from the final run outwards; they end at the total."""
    known = tuple(lines)
    total = programme_total(known)
    ordered = [line for group in GROUPS for line in known if line.group == group and line.cost_usd]
    bars: list[BillBar] = []
    for line in ordered:
        start = bars[-1].end_usd if bars else 0.0
        end = cents(start + line.cost_usd)
        share = part_of(line.cost_usd, total)
        bars.append(BillBar(line.line, line.group, start, end, line.cost_usd, share, (line,)))
    return tuple(bars)


def bars_by_group(lines: Iterable[LedgerLine]) -> tuple[BillBar, ...]:
    """A bar for each group that costs something, from the final run outwards; they end at the total."""
    known = tuple(lines)
    total = programme_total(known)
    return tuple(
        BillBar(
            each.group.capitalize(),
            each.group,
            each.start_usd,
            each.end_usd,
            each.cost_usd,
            part_of(each.cost_usd, total),
            each.lines,
        )
        for each in waterfall(known)
    )


def part_of(usd: float, total: float) -> float:
    """A sum's share of a whole, 0..1; 0 of a whole that costs nothing."""
    return usd / total if total else 0.0


def only_the_run(bars: Sequence[BillBar]) -> bool:
    """Whether nothing surrounds the final run."""
    return all(bar.group == "final run" for bar in bars)

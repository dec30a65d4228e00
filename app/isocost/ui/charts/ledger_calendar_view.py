"""What the calendar draws: bars in days, months with their cash, and a delay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isocost.plan.cashflow import CashMonth
from isocost.plan.results import LedgerGroup
from isocost.plan.surroundings import DAYS_PER_MONTH, DAYS_PER_WEEK
from isocost.plan.timeline import TimelineBar


@dataclass(frozen=True, slots=True)
class CalendarView:
    """What the calendar draws."""

    bars: tuple[TimelineBar, ...] = ()
    months: tuple[CashMonth, ...] = ()
    groups: Mapping[int, LedgerGroup] | None = None
    """The group of the bill that each stage belongs to, by its place."""
    late_weeks: float = 0.0

    @property
    def rows(self) -> int:
        """Rows above the cash: a bar each, and the delay."""
        return len(self.bars) + 1

    @property
    def finish(self) -> float:
        """Day everything ends when on time."""
        return max((bar.end_day for bar in self.bars), default=0.0)

    @property
    def dearest(self) -> float:
        """USD of the dearest month."""
        return max((month.total_usd for month in self.months), default=0.0)

    @property
    def month_edges(self) -> list[float]:
        """First day of every month, and the end of the last."""
        starts = [month.start_day for month in self.months]
        return [*starts, starts[-1] + DAYS_PER_MONTH] if starts else []

    @property
    def last(self) -> float:
        """Day the axis ends on."""
        return max(1e-6, self.finish + self.late_weeks * DAYS_PER_WEEK, *self.month_edges)

"""When the stages of a programme run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from isocost.plan.answer.results import StageEstimate
from isocost.plan.project.project import Scenario
from isocost.quantities import format_count
from isocost.quantities.units import DAYS_PER_WEEK


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


def timeline(scenario: Scenario, results: Sequence[StageEstimate]) -> tuple[TimelineBar, ...]:
    """Preparation, the stages that count one after another, and the wrap-up."""
    schedule = scenario.schedule
    begins = start_date(scenario)
    bars: list[TimelineBar] = []

    day = schedule.preparation_weeks * DAYS_PER_WEEK
    if day:
        bars.append(TimelineBar("Preparation", "preparation", 0.0, day))
    counted = [(index, result) for index, result in enumerate(results) if result.enabled]
    for place, (index, result) in enumerate(counted):
        day += schedule.gap_weeks * DAYS_PER_WEEK if place else 0.0
        where = f"{format_count(result.count)} {result.accelerator_name}"
        bars.append(
            TimelineBar(result.name, "stage", day, day + result.wall_days, stage=index, accelerators=where)
        )
        day += result.wall_days
    if schedule.wrap_up_weeks:
        bars.append(TimelineBar("Wrap-up", "wrap-up", day, day + schedule.wrap_up_weeks * DAYS_PER_WEEK))
    return tuple(_dated(bar, begins) for bar in bars)


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

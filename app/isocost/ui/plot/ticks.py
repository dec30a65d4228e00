"""Ticks people read on logarithmic axes: $300K, $1M, 2 weeks, 3 months; never crowded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from isocost.language import tr
from isocost.quantities import (
    duration_unit,
    format_count,
    format_duration,
    format_money,
    format_quantity,
    shown_money,
    without_idle_cents,
)
from isocost.quantities.units import DAYS_PER_MONTH, DAYS_PER_WEEK, DAYS_PER_YEAR

ENOUGH = 3
"""Ticks below which round numbers serve better than those of a logarithmic scale."""

Extent = Callable[[str], float]
"""Pixels a label takes along its axis."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled value of an axis."""

    value: float
    label: str


@dataclass(frozen=True, slots=True)
class Level:
    """Ticks of one rank; a ``whole`` level is shown complete or not at all, so that steps stay even.

    A level that stands ``alone`` takes the place of all others where those give fewer than three ticks.
    """

    ticks: tuple[Tick, ...]
    whole: bool = True
    alone: bool = False


Scale = Callable[[float, float], Iterator[Level]]
"""Levels of a quantity between two values, the most important first."""


def fit_ticks(
    scale: Scale, low: float, high: float, length: float, extent: Extent, gap: float
) -> tuple[Tick, ...]:
    """The ticks of a logarithmic axis from ``low`` to ``high`` that have room on ``length`` pixels.

    Labels are centred on their ticks, keep ``gap`` pixels between them and stay within the axis. Important
    levels go first; a level that does not fit gives way to the next.
    """
    if not (0 < low < high and length > 0):
        return ()
    axis = _Axis(math.log10(low), length / (math.log10(high) - math.log10(low)), length, extent, gap)
    placed: list[Tick] = []
    few = False
    for level in scale(low, high):
        candidates = [t for t in level.ticks if low <= t.value <= high and axis.inside(t)]
        if level.alone:
            # Counted once, before any round number came: those take each other's place from then on.
            few = few or len(placed) < ENOUGH
            if few and len(candidates) > len(placed) and axis.free(candidates, ()):
                placed = candidates
        elif level.whole:
            if axis.free(candidates, placed):
                placed += candidates
        else:
            for tick in candidates:
                if axis.free([tick], placed):
                    placed.append(tick)
    return tuple(sorted(placed, key=lambda tick: tick.value))


@dataclass(frozen=True, slots=True)
class _Axis:
    start: float
    pixels_per_decade: float
    length: float
    extent: Extent
    gap: float

    def span(self, tick: Tick) -> tuple[float, float]:
        centre = (math.log10(tick.value) - self.start) * self.pixels_per_decade
        half = self.extent(tick.label) / 2
        return centre - half, centre + half

    def inside(self, tick: Tick) -> bool:
        begin, end = self.span(tick)
        return begin >= 0 and end <= self.length

    def free(self, candidates: Sequence[Tick], placed: Sequence[Tick]) -> bool:
        """Whether the candidates keep the gap from each other and from what is there."""
        spans = sorted(self.span(tick) for tick in (*candidates, *placed))
        return all(b[0] - a[1] >= self.gap for a, b in pairwise(spans))


def money_scale(low: float, high: float) -> Iterator[Level]:
    """USD: powers of ten, then 2 and 5 (else 3), then finer; round steps where the axis is short.

    They are round in the currency shown.
    """
    unit = shown_money()
    ends = unit.shown(low), unit.shown(high)
    decades = range(math.floor(math.log10(ends[0])), math.ceil(math.log10(ends[1])) + 1)

    def of(*mantissas: float) -> Level:
        return Level(tuple(money_tick(m * 10.0**k) for k in decades for m in mantissas))

    # 3 is about half a decade, and comes into its own where 2 and 5 have no room together.
    for mantissas in ((1,), (2, 5), (3,), (7,), (1.5,)):
        yield of(*mantissas)
    for level in _round_steps(*ends, lambda amount: money_tick(amount).label):
        ticks = tuple(replace(tick, value=unit.usd(tick.value)) for tick in level.ticks)
        yield replace(level, ticks=ticks)


def money_tick(amount: float) -> Tick:
    """The place, in USD, of an amount of the currency shown."""
    usd = shown_money().usd(amount)
    return Tick(usd, money_label(usd))


def money_label(usd: float) -> str:
    """USD on an axis, without idle cents: "$20", "$0.50", "$300K"."""
    return without_idle_cents(format_money(usd))


_TIMES: tuple[tuple[tuple[float, str], ...], ...] = (
    (
        (1 / 24, tr("1 hour")), (1, tr("1 day")), (DAYS_PER_WEEK, tr("1 week")), (DAYS_PER_MONTH,
        tr("1 month")),
        (DAYS_PER_YEAR, tr("1 year")), (10 * DAYS_PER_YEAR, tr("10 years")), (100 * DAYS_PER_YEAR,
        tr("100 years")),
        (1 / 1440, "1 min"),
    ),
    (
        (10 / 1440, "10 min"), (6 / 24, tr("6 hours")), (3, tr("3 days")), (2 * DAYS_PER_WEEK, tr("2 weeks")),
        (3 * DAYS_PER_MONTH, tr("3 months")), (3 * DAYS_PER_YEAR, tr("3 years")), (30 * DAYS_PER_YEAR,
        tr("30 years")),
    ),
    (
        (3 / 1440, "3 min"), (30 / 1440, "30 min"), (3 / 24, tr("3 hours")), (12 / 24, tr("12 hours")), (2,
        tr("2 days")),
        (2 * DAYS_PER_MONTH, tr("2 months")), (6 * DAYS_PER_MONTH, tr("6 months")), (2 * DAYS_PER_YEAR,
        tr("2 years")),
        (5 * DAYS_PER_YEAR, tr("5 years")), (20 * DAYS_PER_YEAR, tr("20 years")), (50 * DAYS_PER_YEAR,
        tr("50 years")),
    ),
    (
        (2 / 1440, "2 min"), (5 / 1440, "5 min"), (20 / 1440, "20 min"), (2 / 24, tr("2 hours")), (4,
        tr("4 days")),
        (5, tr("5 days")), (3 * DAYS_PER_WEEK, tr("3 weeks")), (4 * DAYS_PER_MONTH, tr("4 months")),
        (4 * DAYS_PER_YEAR, tr("4 years")), (7 * DAYS_PER_YEAR, tr("7 years")),
    ),
)  # fmt: skip


LONGEST_TIMES = (tr("12 hours"), tr("3 months"))
"""The longest labels of times, for the room that an axis has beside it."""


def time_scale(low: float, high: float) -> Iterator[Level]:
    """Days: hours, days, weeks, months and years as people say them; round steps where the axis is short."""
    for row in _TIMES:
        yield Level(tuple(Tick(days, label) for days, label in row), whole=False)
    if high / low < 6 or low > 30 * DAYS_PER_YEAR or high < 10 / 1440:
        yield from _round_steps(low, high, format_duration)


def count_scale(low: float, high: float) -> Iterator[Level]:
    """Accelerators: powers of eight, then all of two, as clusters are built."""
    powers = [2.0**k for k in range(max(0, math.floor(math.log2(low))), math.ceil(math.log2(high)) + 1)]
    for eighth in (True, False):
        yield Level(tuple(Tick(p, format_count(p)) for p in powers if (math.log2(p) % 3 == 0) is eighth))


def number_scale(low: float, high: float) -> Iterator[Level]:
    """Parameters, tokens and other plain numbers: powers of ten, then 3; round steps where the axis is
    short."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for mantissas in ((1,), (3,)):
        values = (float(f"{m}e{k}") for k in decades for m in mantissas)
        yield Level(tuple(Tick(value, format_quantity(value, "number")) for value in values))
    yield from _round_steps(low, high, lambda value: format_quantity(value, "number"))


def _round_steps(low: float, high: float, label: Callable[[float], str]) -> Iterator[Level]:
    """Evenly spaced round numbers, for axes too short to hold two ticks of a logarithmic scale.

    Coarse steps come first. A label that two neighbours would share says too little and is left out.
    """
    if high / low > 6:
        return
    exponent = math.floor(math.log10(high - low))
    for step in (m * 10.0**k for k in (exponent, exponent - 1) for m in (5, 2, 1)):
        first, last = math.ceil(low / step), math.floor(high / step)
        # Steps only get finer from here, and so many labels fit nowhere.
        if last - first > 40:
            return
        ticks = [Tick(n * step, label(n * step)) for n in range(first, last + 1) if n > 0]
        if len({tick.label for tick in ticks}) == len(ticks):
            yield Level(tuple(ticks), alone=True)


def even_ticks(
    low: float, high: float, length: float, extent: Extent, gap: float, tick: Callable[[float], Tick]
) -> tuple[Tick, ...]:
    """Round values at even steps of an axis that is not logarithmic, as many as have room.

    ``tick`` gives a value of the axis its label, and its place where that is another. A label that two
    neighbours would share says too little: the steps are then wider.
    """
    if not (high > low and length > 0):
        return ()
    per_pixel = (high - low) / length
    exponent = math.floor(math.log10(high - low)) - 1
    for step in (m * 10.0**k for k in (exponent, exponent + 1) for m in (1, 2, 5)):
        # Labels take room: steps of less than the gap need none to be made.
        if gap * per_pixel > step:
            continue
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        ticks = [tick(n * step) for n in range(first, last + 1)]
        widest = max((extent(each.label) for each in ticks), default=0.0)
        if len({each.label for each in ticks}) == len(ticks) and (widest + gap) * per_pixel <= step:
            return tuple(ticks)
    return ()


def even_times(low: float, high: float, length: float, extent: Extent, gap: float) -> tuple[Tick, ...]:
    """Days at even steps, round in the unit that the last of them is shown in: 20 years, not 10,000 days."""
    unit, _ = duration_unit(high)

    def tick(many: float) -> Tick:
        return Tick(many * unit, format_duration(many * unit) if many > 0.0 else "0")

    return even_ticks(low / unit, high / unit, length, extent, gap, tick)

"""Ticks stay readable whatever the range and the room."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.quantities import duration_unit, plain_spaces
from isocost.ui.plot.ticks import (
    count_scale,
    even_ticks,
    even_times,
    fit_ticks,
    money_scale,
    money_tick,
    time_scale,
)

SCALES = {"money": money_scale, "time": time_scale, "count": count_scale}

HUMAN = {
    "money": re.compile(r"\$[0-9][0-9.,]*[KMBT]?"),
    "time": re.compile(r"[0-9.,]+[KM]? (min|h|hours?|days?|weeks?|months?|years?)"),
    "count": re.compile(r"[0-9,]+"),
}


def width(label: str) -> float:
    return 7.0 * len(label)


def labels(scale, low, high, length=500.0, gap=12.0) -> list[str]:
    return [plain_spaces(tick.label) for tick in fit_ticks(scale, low, high, length, width, gap)]


@given(
    kind=st.sampled_from(sorted(SCALES)),
    low=st.floats(-2, 8.9),
    decades=st.floats(0.05, 6),
    length=st.floats(60, 2000),
    gap=st.floats(4, 40),
)
def test_labels_are_in_words_and_never_touch(kind, low, decades, length, gap):
    start, end = 10.0**low, 10.0 ** (low + decades)
    ticks = fit_ticks(SCALES[kind], start, end, length, width, gap)
    spans = []
    for tick in ticks:
        assert HUMAN[kind].fullmatch(plain_spaces(tick.label)), tick.label
        centre = (math.log10(tick.value) - low) / decades * length
        spans.append((centre - width(tick.label) / 2, centre + width(tick.label) / 2))
    assert all(begin >= -1e-6 and end <= length + 1e-6 for begin, end in spans)
    assert all(second[0] - first[1] >= gap - 1e-6 for first, second in pairwise(spans))
    assert len({tick.label for tick in ticks}) == len(ticks)


@given(low=st.floats(0, 9), decades=st.floats(0.3, 5))
def test_a_roomy_money_axis_has_at_least_two_ticks(low, decades):
    assert len(labels(money_scale, 10.0**low, 10.0 ** (low + decades))) >= 2


@given(low=st.floats(-1.5, 3.5), decades=st.floats(0.6, 4))
def test_a_roomy_time_axis_has_at_least_two_ticks(low, decades):
    assert len(labels(time_scale, 10.0**low, 10.0 ** (low + decades))) >= 2


@given(low=st.floats(0, 3), decades=st.floats(0.5, 4), length=st.floats(80, 500))
def test_counts_stand_at_even_steps(low, decades, length):
    shown = fit_ticks(count_scale, 10.0**low, 10.0 ** (low + decades), length, width, 12.0)
    steps = {round(math.log2(second.value / first.value)) for first, second in pairwise(shown)}
    assert len(steps) <= 1, [tick.label for tick in shown]


def test_money_reads_as_people_say_it():
    assert labels(money_scale, 2.5e5, 6e6) == ["$300K", "$500K", "$700K", "$1M", "$1.5M", "$2M", "$3M", "$5M"]
    assert labels(money_scale, 2.5e5, 6e6, length=300.0, gap=30.0) == ["$500K", "$1M", "$2M", "$5M"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (5, 500, ["1 week", "1 month", "3 months", "1 year"]),
        (0.1, 30, ["6 hours", "1 day", "3 days", "1 week"]),
        (200, 80_000, ["1 year", "10 years", "100 years"]),
    ],
)
def test_times_are_hours_days_weeks_months_and_years(low, high, expected):
    assert set(expected) <= set(labels(time_scale, low, high))


def test_a_short_money_axis_falls_back_to_round_steps():
    shown = labels(money_scale, 5.1e6, 5.9e6)
    assert len(shown) >= 3
    assert all(re.fullmatch(r"\$5\.\d+M", label) for label in shown)


def test_less_room_means_fewer_ticks():
    roomy, tight = (labels(money_scale, 1e5, 1e8, length) for length in (900.0, 120.0))
    assert len(tight) < len(roomy)
    assert tight == [label for label in roomy if label in tight]


@pytest.mark.parametrize(("low", "high", "length"), [(1.0, 1.0, 100.0), (0.0, 5.0, 100.0), (1.0, 5.0, 0.0)])
def test_an_axis_without_a_range_or_room_has_no_ticks(low, high, length):
    assert fit_ticks(money_scale, low, high, length, width, 10.0) == ()


@given(
    low=st.floats(0.0, 1e9),
    span=st.floats(1e-3, 1e9),
    length=st.integers(60, 1500),
)
def test_even_ticks_are_even_have_room_and_differ(low, span, length):
    high = low + max(span, 1e-3 * low)
    found = even_ticks(low, high, float(length), lambda label: 7.0 * len(label), 20.0, money_tick)
    per_pixel = (high - low) / length
    assert all(low - 1e-6 * span <= tick.value <= high + 1e-6 * span for tick in found)
    assert len({tick.label for tick in found}) == len(found)
    for one, other in pairwise(found):
        assert (other.value - one.value) / per_pixel >= 20.0 + 7.0 * min(
            len(one.label), len(other.label)
        ) - 1.0


@given(low=st.floats(0.0, 3e4), span=st.floats(0.01, 3e4))
def test_times_at_even_steps_are_round_in_the_unit_they_are_shown_in(low, span):
    high = low + max(span, 1e-2 * low)
    found = even_times(low, high, 300.0, lambda label: 7.0 * len(label), 14.0)
    unit, _ = duration_unit(high)
    for one, other in pairwise(found):
        step = (other.value - one.value) / unit
        first = step / 10.0 ** math.floor(math.log10(step) + 1e-6)
        assert min(abs(first - round_one) for round_one in (1.0, 2.0, 5.0)) < 1e-3


def test_decades_are_told_in_whole_tens_of_years():
    found = even_times(0.0, 70 * 365.25, 300.0, lambda label: 7.0 * len(label), 14.0)
    assert [plain_spaces(tick.label) for tick in found] == ["0", "20 years", "40 years", "60 years"]

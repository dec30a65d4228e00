"""Where values sit on a slider and which ones its steps reach."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.plan.inputs.table import NUMBERS
from isocost.quantities import MoneyUnit
from isocost.ui.widgets.fields.scale import Scale

TOKENS = Scale(1e8, 1e14)
COUNT = Scale(1, 131_072, integer=True)
NODES = Scale(1, 131_072, integer=True, stops=(1, 2, 4, 8))
GOODPUT = Scale(0.5, 1.0, kind="linear")


EVERY = dict.fromkeys(Scale(f.low, f.high, f.scale, f.integer) for f in NUMBERS.values())
"""The scales of all inputs, many of which share one."""


@pytest.mark.parametrize("scale", EVERY)
@settings(max_examples=40)  # of each of many scales
@given(share=st.floats(0, 1))
def test_a_place_and_its_value_are_the_same_point(scale, share):
    assert scale.position(scale.value(share)) == pytest.approx(share, abs=1e-9)


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [
        (1e9, 1, 2e9),
        (2e9, 1, 5e9),
        (5e9, 1, 1e10),
        (14.8e12, 1, 20e12),
        (14.8e12, -1, 10e12),
        (1e9, -1, 5e8),
        (1e9, 3, 1e10),
    ],
)
def test_arrows_follow_one_two_five(start, steps, end):
    assert TOKENS.stepped(start, steps) == pytest.approx(end)


def test_fine_steps_change_the_second_digit():
    assert TOKENS.stepped(14e12, 1, fine=True) == pytest.approx(15e12)
    assert TOKENS.stepped(1e12, -1, fine=True) == pytest.approx(0.99e12)
    assert COUNT.stepped(3, 1, fine=True) == 4


def test_pages_are_decades_on_a_log_scale_and_five_steps_on_a_linear_one():
    assert TOKENS.stepped(3e9, 1, page=True) == pytest.approx(3e10)
    assert TOKENS.stepped(3e13, 1, page=True) == 1e14
    assert GOODPUT.stepped(0.7, 1, page=True) == pytest.approx(0.7 + 5 * (GOODPUT.stepped(0.7, 1) - 0.7))


@given(value=st.floats(1e-3, 1e18), steps=st.integers(-40, 40))
def test_steps_never_leave_the_track_but_a_typed_value_beyond_it_stays(value, steps):
    moved = TOKENS.stepped(value, steps)
    assert TOKENS.low <= moved <= TOKENS.high or moved == value


@given(value=st.floats(1e8, 1e14))
def test_a_step_up_is_larger_and_a_step_down_smaller(value):
    assert TOKENS.stepped(value, 1) > value or value == TOKENS.high
    assert TOKENS.stepped(value, -1) < value or value == TOKENS.low


@given(share=st.floats(0, 1))
def test_dragging_stops_at_round_values(share):
    value = TOKENS.snapped(TOKENS.value(share), 1 / 240)
    assert float(f"{value:.3g}") == value


@given(share=st.floats(0, 1))
def test_dragging_a_count_stops_at_whole_nodes(share):
    count = NODES.snapped(NODES.value(share), 1 / 240)
    assert count in (1, 2, 4) or count % 8 == 0


@given(
    start=st.sampled_from([1, 2, 4, 8, 16, 64, 104, 131_072]),
    steps=st.sampled_from([-2, -1, 1, 2]),
    fine=st.booleans(),
)
def test_stepping_a_count_goes_on_to_what_one_can_have(start, steps, fine):
    count = NODES.stepped(start, steps, fine=fine)
    assert count in (1, 2, 4) or count % 8 == 0
    assert (count - start) * steps > 0 or count in (NODES.low, NODES.high)


def test_values_beyond_the_ends_pin_the_thumb():
    assert TOKENS.position(1e20) == 1.0
    assert TOKENS.position(0.0) == 0.0
    assert not math.isnan(TOKENS.position(-5.0))


CURRENCIES = [
    MoneyUnit("EUR", "€", 2, 0.8637, "2026-11-27"),
    MoneyUnit("JPY", "¥", 0, 155.84, "2026-11-27"),
    MoneyUnit("CHF", "CHF", 2, 0.8061, "2026-11-27"),
]
PRICES = [field for field in NUMBERS.values() if field.quantity == "money"]


def digits_of(amount: float) -> str:
    """Significant digits: "25" of 0.25 and of 2500."""
    return f"{amount:.11e}".partition("e")[0].replace(".", "").rstrip("0")


@given(st.sampled_from(PRICES), st.sampled_from(CURRENCIES), st.floats(0, 1), st.integers(80, 600))
def test_a_slider_of_money_stops_at_round_amounts_of_its_currency(field, unit, share, pixels):
    scale = Scale(field.low, field.high, field.scale, field.integer, money=unit)
    value = scale.value(share)
    stop = scale.snapped(value, 1 / pixels)
    assert field.low <= stop <= field.high
    assert stop in (field.low, field.high) or len(digits_of(unit.shown(stop))) <= 3 or scale.kind == "linear"
    # Three digits are no coarser than a two-hundredth of the value.
    assert abs(scale.position(stop) - scale.position(value)) <= max(1 / pixels, 0.02)


@given(
    st.sampled_from([field for field in PRICES if field.scale == "log"]), st.sampled_from(CURRENCIES),
    st.floats(0, 1), st.sampled_from([1, -1]),
)  # fmt: skip
def test_arrows_lead_to_one_two_or_five_of_the_currency(field, unit, share, direction):
    scale = Scale(field.low, field.high, field.scale, field.integer, money=unit)
    start = scale.value(share)
    end = scale.stepped(start, direction)
    assert end == start or (end > start) == (direction > 0)
    assert end in (field.low, field.high) or digits_of(unit.shown(end)) in ("1", "2", "5")


@given(st.sampled_from(PRICES), st.sampled_from(CURRENCIES), st.sampled_from([1, -1]))
def test_a_value_at_an_end_of_its_track_stays_exactly_there(field, unit, direction):
    scale = Scale(field.low, field.high, field.scale, field.integer, money=unit)
    end = field.high if direction > 0 else field.low
    assert scale.stepped(end, direction) == end
    assert scale.stepped(scale.value(0.5), 60 * direction) == end


def test_the_price_of_an_hour_stops_at_round_euros():
    price, euro = NUMBERS["price.usd_per_gpu_hour"], CURRENCIES[0]
    scale = Scale(price.low, price.high, price.scale, money=euro)
    assert scale.snapped(euro.usd(2.5037), 1 / 170) == euro.usd(2.5)
    assert scale.stepped(euro.usd(2.9), 1, fine=True) == euro.usd(3.0)
    assert scale.stepped(euro.usd(2.5), 1) == euro.usd(5.0)

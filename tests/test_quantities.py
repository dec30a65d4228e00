"""Numbers as people write them: what is read, what is shown, and that nothing is lost between."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isocost.quantities import (
    SPACE,
    QuantityError,
    format_bytes,
    format_carbon,
    format_cents,
    format_count,
    format_counted,
    format_duration,
    format_energy,
    format_exact,
    format_memory,
    format_memory_of,
    format_power,
    format_quantity,
    format_share,
    parse,
    plain_spaces,
)

QUANTITIES = ("number", "count", "length", "money", "share", "hours")


@pytest.mark.parametrize(
    ("text", "quantity", "value"),
    [
        ("7B", "number", 7e9),
        ("15T", "number", 15e12),
        ("14.8 T", "number", 14.8e12),
        ("2.5e23", "number", 2.5e23),
        ("2.5x10^23", "number", 2.5e23),
        ("3.15×10²³", "number", 3.15e23),
        ("7 billion", "number", 7e9),
        ("500m", "number", 5e8),
        ("2,788K", "number", 2_788_000),
        ("1,5", "number", 1.5),
        ("1,500", "number", 1500),
        ("0,125", "number", 0.125),
        ("1.500", "number", 1.5),
        ("1,000,000", "number", 1e6),
        ("1.000.000", "number", 1e6),
        ("1 000", "number", 1000),
        ("1\u202f000\u00a0000", "number", 1e6),
        ("1'000'000", "number", 1e6),
        ("1_000", "number", 1000),
        ("1.000,5", "number", 1000.5),
        ("1,000.5", "number", 1000.5),
        (".5", "number", 0.5),
        (",5", "number", 0.5),
        ("−3", "number", -3),
        ("2,048", "count", 2048),
        ("16K", "count", 16_000),
        ("8K", "length", 8192),
        ("128k", "length", 131_072),
        ("1M", "length", 1_048_576),
        ("8000", "length", 8000),
        ("4K*2", "length", 8192),
        ("2^14", "length", 16_384),
        ("$3.99", "money", 3.99),
        ("$ 3,99", "money", 3.99),
        ("3.99 USD", "money", 3.99),
        ("$3.99/GPU-h", "money", 3.99),
        ("2 per hour", "money", 2),
        ("$1.2M", "money", 1.2e6),
        ("-$3", "money", -3),
        ("40 %", "share", 0.4),
        ("40%", "share", 0.4),
        ("0.4", "share", 0.4),
        ("0,4", "share", 0.4),
        ("40", "share", 0.4),
        ("34.6%", "share", 0.346),
        ("1", "share", 1),
        ("198", "hours", 198),
        ("198 h", "hours", 198),
        ("1,5 hours", "hours", 1.5),
        ("54 days", "hours", 1296),
        ("3 weeks", "hours", 504),
        ("2 d 5 h", "hours", 53),
        ("1 week, 2 days", "hours", 216),
        ("1 month", "hours", 730),
        ("90 min", "hours", 1.5),
        ("10K h", "hours", 10_000),
    ],
)
def test_reads_what_people_type(text: str, quantity, value: float) -> None:
    assert parse(text, quantity) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("64 nodes", 512),
        ("1 node", 8),
        ("64-node", 512),
        ("8 servers", 64),
        ("2 boxes + 4", 20),
        ("2 racks", 144),
        ("8 nodes of 4", 32),
        ("8 nodes x 4 GPUs", 32),
        ("1.5 nodes", 12),
    ],
)
def test_what_holds_several_is_counted_by_what_it_holds(text, value):
    several = {"node": 8, "server": 8, "box": 8, "rack": 72}
    assert parse(text, "count", unit="GPUs", several=several) == value
    with pytest.raises(QuantityError):
        parse(text.replace(" of 4", "").replace(" x 4 GPUs", ""), "count", unit="GPUs")


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("", "number"),
        ("   ", "number"),
        ("lots", "number"),
        ("nan", "number"),
        ("inf", "number"),
        ("-Infinity", "number"),
        ("1e400", "number"),
        ("1e-400", "number"),
        ("1e999999999", "number"),
        ("--5", "number"),
        ("1,,000", "number"),
        ("12,34,567", "number"),
        ("1.2.3", "number"),
        ("1 00", "number"),
        ("0x10", "number"),
        ("٣", "number"),
        ("7B B", "number"),
        ("7 GPUs", "number"),
        ("$5", "number"),
        ("40 %", "number"),
        ("9" * 5000, "number"),
        ("2.5", "count"),
        ("€3", "money"),
        ("3 EUR", "money"),
        ("$", "money"),
        ("%", "share"),
        ("5m", "hours"),
        ("5 parsecs", "hours"),
        ("5 h h", "hours"),
    ],
)
def test_refuses_the_rest_in_one_sentence(text: str, quantity) -> None:
    with pytest.raises(QuantityError) as caught:
        parse(text, quantity)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 250


def test_unit_words_of_the_field_may_follow() -> None:
    assert parse("2,048 GPUs", "count", unit="GPUs") == 2048
    assert parse("1 gpu", "count", unit="GPUs") == 1
    assert parse("7B parameters", "number", unit=("tokens", "parameters")) == 7e9
    assert parse("2Ktokens", "number", unit="tokens") == 2000
    with pytest.raises(QuantityError):
        parse("7 bananas", "count", unit="GPUs")


@pytest.mark.parametrize(
    ("text", "quantity", "current", "value"),
    [
        ("*1.2", "number", 10.0, 12.0),
        ("×1,5", "number", 10.0, 15.0),
        ("1.5x", "number", 10.0, 15.0),
        ("/2", "money", 3.0, 1.5),
        ("/2", "count", 256.0, 128.0),
        ("*1.2", "count", 256.0, 307.0),
        ("+10%", "number", 100.0, 110.0),
        ("-10 %", "share", 0.4, 0.36),
        ("8", "number", 100.0, 8.0),
    ],
)
def test_edits_relative_to_the_current_value(text: str, quantity, current: float, value: float) -> None:
    assert parse(text, quantity, current=current) == value


@pytest.mark.parametrize(("text", "current"), [("*2", None), ("/0", 1.0), ("*1e300", 1e300), ("*lots", 1.0)])
def test_refuses_edits_that_lead_nowhere(text: str, current: float | None) -> None:
    with pytest.raises(QuantityError):
        parse(text, "number", current=current)


@pytest.mark.parametrize(
    ("value", "quantity", "text"),
    [
        (7e9, "number", "7B"),
        (14.8e12, "number", "14.8T"),
        (405.853e9, "number", "406B"),
        (999.96e9, "number", "1T"),
        (3.15e23, "number", "3.15e23"),
        (0, "number", "0"),
        (2048, "count", "2,048"),
        (5.33e6, "money", "$5.33M"),
        (294_672, "money", "$295K"),
        (7500, "money", "$7,500"),
        (9999.6, "money", "$10K"),
        (999.999, "money", "$1,000"),
        (2, "money", "$2.00"),
        (0.42, "money", "$0.42"),
        (0.125, "money", "$0.125"),
        (0, "money", "$0"),
        (-5e6, "money", "-$5M"),
        (0.346, "share", "34.6 %"),
        (1, "share", "100 %"),
        (198, "hours", "198 h"),
        (1240, "hours", "1,240 h"),
        (2_788_000, "hours", "2.79M h"),
        (math.inf, "money", "∞"),
        (math.nan, "number", "unknown"),
    ],
)
def test_shows_short_text(value: float, quantity, text: str) -> None:
    assert plain_spaces(format_quantity(value, quantity)) == text


def test_number_and_unit_never_part() -> None:
    assert SPACE == "\u00a0"
    assert format_quantity(0.4, "share") == f"40{SPACE}%"
    assert format_duration(54) == f"54{SPACE}days"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "0 h"),
        (0.01, "14 min"),
        (59.7 / 1440, "1 h"),
        (7 / 24, "7 h"),
        (1.5, "36 h"),
        (3.2, "3.2 days"),
        (9.97, "10 days"),
        (54, "54 days"),
        (729.6, "2 years"),
        (2.1 * 365, "2.1 years"),
        (365e9, "1B years"),
        (math.inf, "∞"),
    ],
)
def test_shows_durations(days: float, text: str) -> None:
    assert plain_spaces(format_duration(days)) == text


def test_shows_bytes_cents_counts_and_shares() -> None:
    assert plain_spaces(format_bytes(80e9)) == "80 GB"
    assert plain_spaces(format_bytes(1.342e12)) == "1.34 TB"
    assert plain_spaces(format_bytes(12)) == "12 B"


GIB = 2.0**30


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (79.6 * GIB, "79.6 GiB"),
        (80e9, "74.5 GiB"),
        (691.7 * GIB, "692 GiB"),
        (1000 * GIB, "1,000 GiB"),
        (1023.9 * GIB, "1 TiB"),
        (6.2 * 1024 * GIB, "6.2 TiB"),
        (0.5 * GIB, "512 MiB"),
        (0.0, "0 B"),
        (math.inf, "∞"),
    ],
)
def test_memory_of_an_accelerator_is_in_binary_units(size, text):
    assert plain_spaces(format_memory(size)) == text


def test_memory_held_is_in_the_unit_of_what_there_is_unless_far_more():
    assert plain_spaces(format_memory_of(71.34 * GIB, 79.6 * GIB)) == "71.3 of 79.6 GiB"
    assert plain_spaces(format_memory_of(6200 * GIB, 79.6 * GIB)) == "6.05 TiB of 79.6 GiB"
    assert plain_spaces(format_memory_of(0.25 * GIB, 79.6 * GIB)) == "0.25 of 79.6 GiB"
    assert plain_spaces(format_memory_of(math.nan, 79.6 * GIB)) == "unknown of 79.6 GiB"
    assert format_cents(294_672) == "$294,672.00"
    assert format_cents(-0.5) == "-$0.50"
    assert format_count(6144) == "6,144"
    assert plain_spaces(format_share(294_672 / 5_870_672)) == "5.0 %"


def test_one_of_a_thing_is_no_more_than_one():
    assert [format_counted(n, "layer") for n in (0, 1, 2, 2048)] == [
        "0 layers",
        "1 layer",
        "2 layers",
        "2,048 layers",
    ]


MAGNITUDES = st.floats(min_value=1e-12, max_value=1e30, allow_nan=False)


@given(
    value=MAGNITUDES, quantity=st.sampled_from(["number", "money", "share", "hours"]), negative=st.booleans()
)
def test_exact_text_is_read_back_as_the_same_float(value: float, quantity, negative: bool) -> None:
    assume(quantity != "share" or value <= 1)
    signed = -value if negative else value
    assert parse(format_exact(signed, quantity), quantity) == signed


@given(count=st.integers(-(10**18), 10**18))
def test_exact_counts_are_read_back(count: int) -> None:
    assert parse(format_exact(float(count), "count"), "count") == float(count)
    if abs(count) < 2**53:
        assert parse(format_count(count), "count") == count


@given(value=MAGNITUDES, quantity=st.sampled_from(["number", "money", "share", "hours"]))
def test_shown_text_is_within_three_significant_digits(value: float, quantity) -> None:
    shown = parse(format_quantity(value, quantity), quantity)
    assert shown == pytest.approx(value, rel=0.00501)


@given(
    mantissa=st.integers(100, 999), power=st.integers(-9, 20), quantity=st.sampled_from(["number", "share"])
)
def test_three_significant_digits_survive_display(mantissa: int, power: int, quantity) -> None:
    value = float(f"{mantissa}e{power}")
    assert parse(format_quantity(value, quantity), quantity) == value


@given(text=st.text(max_size=30), quantity=st.sampled_from(QUANTITIES))
def test_any_text_is_a_finite_number_or_a_sentence(text: str, quantity) -> None:
    try:
        value = parse(text, quantity, current=1.0, unit="GPUs")
    except QuantityError:
        return
    assert math.isfinite(value)


@given(
    text=st.text(alphabet="0123456789.,'_ +-*/x%$eEkKMBTdhw", max_size=16),
    quantity=st.sampled_from(QUANTITIES),
)
def test_any_arithmetic_noise_is_a_finite_number_or_a_sentence(text: str, quantity) -> None:
    try:
        value = parse(text, quantity, current=1.0)
    except QuantityError:
        return
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("kwh", "text"), [(0.5, "0.5 kWh"), (850, "850 kWh"), (74_700, "74.7 MWh"), (3.02e6, "3.02 GWh")]
)
def test_energy_is_written_in_fitting_units(kwh, text):
    assert plain_spaces(format_energy(kwh)) == text


@pytest.mark.parametrize(
    ("kg", "text"), [(640, "640 kg CO₂"), (27_600, "27.6 t CO₂"), (1.11e6, "1,110 t CO₂")]
)
def test_carbon_is_written_in_fitting_units(kg, text):
    assert plain_spaces(format_carbon(kg)) == text


@pytest.mark.parametrize(("kw", "text"), [(0.7, "0.7 kW"), (850, "850 kW"), (3_020, "3.02 MW")])
def test_power_is_written_in_fitting_units(kw, text):
    assert plain_spaces(format_power(kw)) == text


@pytest.mark.parametrize(
    ("text", "quantity", "unit", "value"),
    [
        ("7B*2", "number", "", 14e9),
        ("=3e9+4e9", "number", "", 7e9),
        ("=7B", "number", "", 7e9),
        ("1e12/3", "number", "", 333333333333.0),
        ("1e-3 + 2", "number", "", 2.001),
        ("2 + 3 * 4", "number", "", 14),
        ("(2 + 3) * 4", "number", "", 20),
        ("-(2 - 5)", "number", "", 3),
        ("$20 - 5%", "money", "", 19),
        ("$20 + 5%", "money", "", 21),
        ("$3.50 * 2", "money", "$/GPU-h", 7),
        ("2 * $3.50", "money", "", 7),
        ("$4 * 50%", "money", "", 2),
        ("$3 + 0.5", "money", "", 3.5),
        ("20% - 5%", "share", "", 0.15),
        ("40 + 2", "share", "", 0.42),
        ("1/4", "share", "", 0.25),
        ("3 weeks * 2", "hours", "", 1008),
        ("2 days + 5 h", "hours", "", 53),
        ("1 week / 2", "hours", "", 84),
        ("8*256", "count", "GPUs", 2048),
        ("1000/3", "count", "", 333),
        ("4x8", "count", "GPUs", 32),
        ("2^20", "number", "tokens", 1048576),
        ("2**12 tokens", "count", "tokens", 4096),
        ("512 * 2^13", "number", "", 4194304),
        ("40 percent", "share", "", 0.4),
        ("40 per cent", "share", "", 0.4),
        ("16 x 8 GPUs", "count", "GPUs", 128),
        ("2K X 8", "count", "", 16000),
        ("1.5T x 4", "number", "tokens", 6e12),
        ("3 weeks", "number", "days", 21),
        ("2 years", "number", "months", 24),
        ("2 years - 3 months", "number", "months", 21),
        ("18", "number", "months", 18),
    ],
)
def test_expressions_are_worked_out(text, quantity, unit, value):
    assert parse(text, quantity, unit=unit) == pytest.approx(value, rel=1e-11)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("7B*", "number"),
        ("7B/0", "number"),
        ("(7B", "number"),
        ("7B)", "number"),
        ("$3 * $4", "money"),
        ("3 / $4", "money"),
        ("5% - $20", "money"),
        ("3 weeks * 2 weeks", "hours"),
        ("__import__('os')", "number"),
        ("1e300*1e300", "number"),
        ("€20 - 5%", "money"),
        ("2 +", "share"),
    ],
)
def test_what_is_no_expression_is_refused_in_a_sentence(text, quantity):
    with pytest.raises(QuantityError) as refused:
        parse(text, quantity)
    assert str(refused.value).endswith(".")


@given(
    st.floats(1, 1e6),
    st.floats(1, 1e6),
    st.sampled_from("+-*/"),
    st.sampled_from(("number", "money", "hours")),
)
def test_two_numbers_are_joined_as_arithmetic_has_it(one, other, sign, quantity):
    one, other = float(f"{one:.9g}"), float(f"{other:.9g}")
    expected = {"+": one + other, "-": one - other, "*": one * other, "/": one / other}[sign]
    written = f"{one!r} {sign} {other!r}"
    assert parse(written, quantity) == pytest.approx(expected, rel=1e-9, abs=1e-5)


@given(st.text(alphabet="0123456789.,eE+-*/()%$ kMBx=", max_size=30), st.sampled_from(QUANTITIES))
def test_whatever_is_typed_is_a_number_or_a_sentence(text, quantity):
    try:
        value = parse(text, quantity, current=3.0)
    except QuantityError as error:
        value = float(bool(str(error)))
    assert math.isfinite(value)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("60", 60), ("60+1", 61), ("100-10", 90), ("100 - 10", 90), ("10 days + 5", 15), ("5 + 10 days", 15),
        ("2 weeks - 3 days", 11), ("2 d 12 h", 2.5), ("1 day, 12 hours", 1.5),
    ],
)  # fmt: skip
def test_bare_terms_of_a_sum_take_the_fields_unit(text, days):
    assert parse(text, "number", unit="days") == pytest.approx(days)


@given(st.integers(1, 500), st.integers(1, 500))
def test_a_sum_of_bare_numbers_is_the_sum_in_any_unit(one, other):
    for unit in ("days", "months", "years", "weeks"):
        assert parse(f"{one}+{other}", "number", unit=unit) == one + other
        assert parse(f"{one} - {other}", "number", unit=unit) == one - other


@pytest.mark.parametrize("text", ["2026-12-31", "31.12.2026", "12/31/2026", "2026/1/5"])
@pytest.mark.parametrize("unit", ["days", "months", "", "tokens"])
def test_a_day_of_the_calendar_is_no_number(text, unit):
    with pytest.raises(QuantityError, match="is a day of the calendar"):
        parse(text, "number", unit=unit)


def test_a_bare_number_beside_a_time_is_of_no_unit():
    with pytest.raises(QuantityError):
        parse("2 d 5", "number", unit="days")


def test_spaces_within_the_rent_of_an_hour():
    assert parse("$ 3.10 / GPU / h", "money") == 3.1

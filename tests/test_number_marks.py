"""Decimal comma, narrow spaces, Swiss apostrophes, Indian groups: what is written is read as it is meant."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from isocost.quantities import (
    DOLLAR,
    MINUS,
    PLAIN,
    PRINTED,
    MoneyUnit,
    NumberMarks,
    QuantityError,
    format_bytes,
    format_cents,
    format_count,
    format_duration,
    format_exact,
    format_fixed,
    format_money,
    format_quantity,
    format_rounded,
    format_share,
    format_significant,
    mark_numbers,
    money_shown_in,
    number_marks,
    numbers_marked,
    parse,
    plain_spaces,
    remembered_words,
    without_idle_cents,
)
from isocost.quantities.ranges import parse_range

GERMAN = NumberMarks(",", ".")
FRENCH = NumberMarks(",", "\u202f")
SWISS = NumberMarks(".", "’")
HINDI = NumberMarks(".", ",", higher=2)
SPANISH = NumberMarks(",", ".", most_ungrouped=4)
SWEDISH = NumberMarks(",", "\u202f", minus=MINUS)
MARKS = st.sampled_from([PLAIN, PRINTED, GERMAN, FRENCH, SWISS, HINDI, SPANISH, SWEDISH])

UNITS = st.sampled_from(
    [
        DOLLAR,
        MoneyUnit("EUR", "€", 2, 0.8637, "2026-11-27", ("euro",)),
        MoneyUnit("JPY", "¥", 0, 155.84, "2026-11-27", ("yen",)),
        MoneyUnit("CHF", "CHF", 2, 0.8061, "2026-11-27", ()),
    ]
)
QUANTITIES = st.sampled_from(["number", "count", "money", "share", "hours"])
VALUES = st.one_of(
    st.floats(1e-9, 1e25).map(lambda x: float(f"{x:.12g}")),
    st.integers(1, 10**9).map(lambda n: n / 1000),
    st.integers(-(10**7), 10**7).map(float),
)


@pytest.mark.parametrize(
    ("marks", "count", "money", "exact", "share", "cents"),
    [
        (PLAIN, "1,234,567", "$5.33M", "$1,234.50", "34.6 %", "$294,672.00"),
        (GERMAN, "1.234.567", "$5,33M", "$1.234,50", "34,6 %", "$294.672,00"),
        (FRENCH, "1\u202f234\u202f567", "$5,33M", "$1\u202f234,50", "34,6 %", "$294\u202f672,00"),
        (SWISS, "1’234’567", "$5.33M", "$1’234.50", "34.6 %", "$294’672.00"),
        (HINDI, "12,34,567", "$5.33M", "$1,234.50", "34.6 %", "$2,94,672.00"),
        (SPANISH, "1.234.567", "$5,33M", "$1234,50", "34,6 %", "$294.672,00"),
    ],
)
def test_numbers_are_written_in_the_marks_shown(marks, count, money, exact, share, cents):
    with numbers_marked(marks):
        assert format_count(1_234_567) == count
        assert format_quantity(5.33e6, "money") == money
        assert format_exact(1234.5, "money") == exact
        assert format_share(0.346).replace("\u00a0", " ") == share
        assert format_cents(294_672.0) == cents


def test_every_writer_follows():
    with numbers_marked(GERMAN):
        shown = (
            format_bytes(1.25e12), format_duration(5.4), format_fixed(1234.5, 2), format_significant(0.86),
            format_rounded(45.62), format_rounded(2048.3), format_quantity(2.5e23, "number"),
            format_exact(2.5e23), format_count(-2048), format_quantity(1234.5, "hours"),
        )  # fmt: skip
    assert [each.replace("\u00a0", " ") for each in shown] == [
        "1,25 TB", "5,4 days", "1.234,50", "0,86", "45,6", "2.048", "2,5e23", "2,5e23", "-2.048", "1.234 h",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("marks", "text", "value"),
    [
        (GERMAN, "1,500", 1.5),
        (GERMAN, "1.500", 1500),
        (GERMAN, "1.5", 1.5),
        (GERMAN, "1.50", 1.5),
        (GERMAN, "0.125", 0.125),
        (GERMAN, "1.234,5", 1234.5),
        (GERMAN, "1,234.5", 1234.5),
        (GERMAN, "1.234.567", 1_234_567),
        (GERMAN, "1,234,567", 1_234_567),
        (GERMAN, "2,5e23", 2.5e23),
        (GERMAN, "14,8T", 14.8e12),
        (GERMAN, "7,5B*2", 15e9),
        (GERMAN, "=3,5e9 + 1.500", 3_500_001_500),
        (FRENCH, "1 500", 1500),
        (FRENCH, "1\u202f234\u202f567,25", 1_234_567.25),
        (FRENCH, "1\u00a0234,5", 1234.5),
        (FRENCH, "1,500", 1.5),
        (SWISS, "1’234.5", 1234.5),
        (SWISS, "1'234'567", 1_234_567),
        (SWISS, "1,500", 1500),
        (HINDI, "12,34,567", 1_234_567),
        (HINDI, "1,234,567.5", 1_234_567.5),
        (HINDI, "1,500", 1500),
        (SPANISH, "1500", 1500),
        (SPANISH, "1.500", 1500),
    ],
)
def test_numbers_are_read_in_the_marks_shown(marks, text, value):
    with numbers_marked(marks):
        assert parse(text, "number") == value


@pytest.mark.parametrize(
    ("text", "quantity", "ends"),
    [
        ("1,5..2,5", "number", (1.5, None, 2.5)),
        ("1.500..2.500", "count", (1500, None, 2500)),
        ("1,5...2,5", "number", (1.5, None, 2.5)),
        ("1,5-2,5", "number", (1.5, None, 2.5)),
        ("1,5..2,5B", "number", (1.5e9, None, 2.5e9)),
        ("2 ± 0,5", "number", (1.5, 2, 2.5)),
        ("2 ± 12,5 %", "number", (1.75, 2, 2.25)),
        ("$1,50 to $2,25", "money", (1.5, None, 2.25)),
        ("37,5-42,5 %", "share", (0.375, None, 0.425)),
    ],
)
def test_ranges_are_read_with_a_decimal_comma(text, quantity, ends):
    with numbers_marked(GERMAN):
        assert parse_range(text, quantity) == ends


def test_one_end_in_swiss_groups_has_the_suffix_of_the_other():
    with numbers_marked(SWISS):
        assert parse_range("1’500..2’500 M", "number") == (1.5e9, None, 2.5e9)


@pytest.mark.parametrize(
    "change", [("*1,2", 12.0), ("1,5x", 15.0), ("+12,5 %", 11.25), ("$20,50 - 10 %", 18.45)]
)
def test_edits_and_arithmetic_have_a_decimal_comma(change):
    with numbers_marked(GERMAN):
        assert parse(change[0], "money", current=10.0) == change[1]


def test_what_would_be_right_is_said_in_the_same_marks():
    with (
        numbers_marked(GERMAN),
        pytest.raises(QuantityError, match=r"example 7B, 2,5e23 or 1\.000\.000"),
    ):
        parse("much", "number")
    with numbers_marked(GERMAN), pytest.raises(QuantityError, match="must be a whole number, got 1,5"):
        parse("1,5", "count")


@given(VALUES, QUANTITIES, MARKS, UNITS)
def test_edited_text_is_read_as_the_same_float(value, quantity, marks, unit):
    # Of a currency there need not be a sum for every float of USD in more digits than these.
    assume(not (quantity == "money" and abs(value) > 1e13))
    with numbers_marked(marks), money_shown_in(unit):
        text = format_exact(round(value) if quantity == "count" else value, quantity)
        assert parse(text, quantity, money=(unit,)) == (round(value) if quantity == "count" else value)


@given(VALUES, QUANTITIES, MARKS, UNITS)
def test_shown_text_is_read_to_within_its_digits(value, quantity, marks, unit):
    # A share above 1 without a percent sign is per cent; in yen there are no hundredths to show.
    assume(abs(value) >= 0.02)
    with numbers_marked(marks), money_shown_in(unit):
        text = format_quantity(value, quantity)
        if quantity == "count":
            assert parse(text, quantity) == round(value)
        else:
            assert math.isclose(parse(text, quantity, money=(unit,)), value, rel_tol=0.0051)


@given(VALUES, QUANTITIES, MARKS)
def test_a_line_never_breaks_inside_a_number(value, quantity, marks):
    with numbers_marked(marks):
        for text in (format_exact(value, quantity), format_quantity(value, quantity), format_cents(value)):
            assert " " not in text


@given(VALUES, MARKS)
def test_in_other_marks_nothing_but_the_marks_differs(value, marks):
    plain = format_fixed(value, 3)
    with numbers_marked(marks):
        shown = format_fixed(value, 3)
    whole, _, part = shown.rpartition(marks.decimal)
    alike = whole.replace(marks.group, "").replace(marks.minus, "-")
    assert f"{alike}.{part}" == plain.replace(",", "")


def test_marks_of_the_process_reach_threads_that_a_block_does_not():
    mark_numbers(GERMAN)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(format_count, 2048).result() == "2.048"
        with numbers_marked(PLAIN):
            assert format_count(2048) == "2,048"
            assert pool.submit(format_count, 2048).result() == "2.048"
    assert number_marks() == GERMAN


def test_words_that_are_remembered_are_those_of_their_marks():
    made = []

    @remembered_words(8)
    def words(value: float) -> str:
        made.append(value)
        return format_fixed(value, 1)

    assert words(2.5) == words(2.5) == "2.5"
    with numbers_marked(GERMAN):
        assert words(2.5) == words(2.5) == "2,5"
    assert words(2.5) == "2.5"
    assert made == [2.5, 2.5]


def test_idle_cents_go_under_any_marks():
    for marks, price in ((PLAIN, "$2.50"), (GERMAN, "$2,50")):
        with numbers_marked(marks):
            assert without_idle_cents(format_quantity(20.0, "money")) == "$20"
            assert without_idle_cents(format_quantity(2.5, "money")) == price


def test_text_for_terminals_has_no_narrow_spaces():
    with numbers_marked(FRENCH):
        assert plain_spaces(format_quantity(2_048, "count")) == "2 048"


def test_what_is_shown_has_a_minus_sign_and_what_is_stored_a_hyphen():
    shown = [format_money(-1234.5), format_share(-0.17), format_count(-2048), format_cents(-1.5)]
    assert [each[0] for each in shown] == ["-"] * 4
    with numbers_marked(PRINTED):
        shown = [format_money(-1234.5), format_share(-0.17), format_count(-2048), format_cents(-1.5)]
        assert [each[0] for each in shown] == [MINUS] * 4
        assert parse(format_exact(-2.5), "number") == -2.5

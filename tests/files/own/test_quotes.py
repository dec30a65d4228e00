"""Quotes as people paste them: what each says, and why one cannot be read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from isocost.catalog import load
from isocost.files import FileError
from isocost.files.own.quotes import EDITABLE, MOST_ROWS, QuoteError, edited, load_quotes, read_quotes
from isocost.plan.project.currency import typed_in
from isocost.plan.values import Currency

TODAY = date(2026, 11, 29)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    return load(tmp_path_factory.mktemp("none"))


def read(catalog, text, code="USD", **named):
    return read_quotes(text, catalog, typed_in(Currency(code), catalog), TODAY, **named)


def one(catalog, text, **named):
    (row,) = read(catalog, text, **named).rows
    assert row.card is not None, row.problem
    return row.card, row.notes


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "H100 SXM $2.10/h, 64 GPUs, 1 year reserved, Lambda, 2026-11-01",
            ("h100-sxm", 2.10, "Lambda", "one-year", "2026-11-01", "64 GPUs"),
        ),
        (
            "B200 at $4,49 per GPU-hour from CoreWeave, on-demand, 1 Nov 2026, InfiniBand",
            ("b200", 4.49, "CoreWeave", "on demand", "2026-11-01", "InfiniBand"),
        ),
        (
            "Nebius: 8x H200, 3.20 USD/GPU/hr, spot, Nov 3, 2026",
            ("h200-sxm", 3.20, "Nebius", "spot", "2026-11-03", "8 GPUs"),
        ),
        (
            "GB200 NVL72 $6.50/GPU-h Oracle 36 months 03.11.2026",
            ("gb200", 6.50, "Oracle", "3 years", "2026-11-03", ""),
        ),
        (
            "H100\t2.10 USD per hour\tLambda\t18 months\t2026/11/01",
            ("h100-sxm", 2.10, "Lambda", "18 months", "2026-11-01", ""),
        ),
        ("TPU v6e $1.20/chip-hour Google 2026-11-01", ("tpu-v6e", 1.2, "Google", None, "2026-11-01", "")),
        ("H100 $2/h, Acme, 3 weeks, 2026-11-01", ("h100-sxm", 2.0, "Acme", "3 weeks", "2026-11-01", "")),
        ("H100 $2/h, Acme, one week, 2026-11-01", ("h100-sxm", 2.0, "Acme", "one week", "2026-11-01", "")),
        ("H100 $2/h, Acme, a month, 2026-11-01", ("h100-sxm", 2.0, "Acme", "one month", "2026-11-01", "")),
        (
            "H100 $2/h, Acme, annual contract, 2026-11-01",
            ("h100-sxm", 2.0, "Acme", "one-year", "2026-11-01", ""),
        ),
        ("H100 $2/h, Acme, reserved, 2026-11-01", ("h100-sxm", 2.0, "Acme", "reserved", "2026-11-01", "")),
        ("H100 $2/h, Acme, 2k GPUs, 2026-11-01", ("h100-sxm", 2.0, "Acme", None, "2026-11-01", "2,000 GPUs")),
        (
            "H100 $2/h, Acme, 31 Feb 2026, 1 Nov 2026",
            ("h100-sxm", 2.0, "Acme", None, "2026-11-01", "31 Feb 2026"),
        ),
    ],
)
def test_a_sentence_is_read_whatever_its_order(catalog, text, said):
    card, _ = one(catalog, text)
    accelerator, usd, supplier, terms, day, includes = said
    assert card.accelerator == accelerator
    assert card.usd_per_gpu_hour == pytest.approx(usd)
    assert (card.supplier, card.date, card.includes) == (supplier, day, includes)
    assert card.commitment == (terms or "terms not stated")
    assert card.source == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "usd", "note"),
    [
        ("p5.48xlarge $55.04/h AWS on-demand 2026-11-10", 55.04 / 8, "divided by 8"),
        ("H100 $16.80 per node hour Foo 2026-11-10", 2.1, "divided by 8"),
        ("H100 $1,460 per month per GPU, Acme, 2026-11-10", 2.0, ""),
        ("H100 $2.10 Acme 2026-11-10", 2.1, "taken for an hour of one"),
        ("H100 $2.10/h 2026-11-10", 2.1, "No supplier"),
        ("H100 $2.10/h Acme", 2.1, "today is taken"),
        ("GPU;Monthly price per node in USD;Vendor;Date\nH100;11680;Acme;2026-11-10", 2.0, "divided by 8"),
        ("GPU;Price;Currency;Vendor;Date\nH100;$2.00;usd;Acme;2026-11-10", 2.0, ""),
    ],
)
def test_what_is_taken_for_granted_is_said(catalog, text, usd, note):
    card, notes = one(catalog, text)
    assert card.usd_per_gpu_hour == pytest.approx(usd, abs=1e-6)
    assert note in " ".join(notes)


def test_other_currencies_come_to_dollars_at_the_catalogues_rate(catalog):
    euro = catalog.constants.currencies["EUR"].unit
    card, _ = one(catalog, "H100 €2.00/h Acme 2026-11-10")
    assert card.usd_per_gpu_hour == pytest.approx(euro.usd(2.0), abs=1e-6)
    bare = "gpu,price,provider\nH100,2.00,Acme\n"
    assert read(catalog, bare, "EUR").cards[0].usd_per_gpu_hour == pytest.approx(euro.usd(2.0), abs=1e-6)
    dollars = "gpu,usd_per_gpu_hour,provider\nH100,2.00,Acme\n"
    assert read(catalog, dollars, "EUR").cards[0].usd_per_gpu_hour == 2.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("hello world", "No price"),
        ("$2.10/h Lambda", "No accelerator"),
        ("H100 $2/h 2027-01-01", "still to come"),
        ("H100 $0/h Acme", "no price"),
        ("H100 $9,000,000/h Acme", "no price"),
        ("x" * 600, "Longer than"),
        ("GPU,price\nH1000,2", "H1000"),
        ("GPU,price\n,2", "accelerator is missing"),
        ("GPU,price\nH100,", "price is missing"),
        ("GPU,price\nH100,free", "no price"),
        ("GPU,price,date\nH100,2,soon", "is no day"),
        ("GPU,price\nH100,1..2", "are ambiguous"),
        ("The GPU $2/h from Acme", "No accelerator is named"),
        ("RTX 6000 $2/h Acme", "RTX PRO 6000"),
    ],
)
def test_a_bad_row_says_what_is_wrong(catalog, text, says):
    (row,) = read(catalog, text).rows
    assert row.card is None
    assert says in row.problem
    assert row.problem.endswith((".", "?"))


EDITS = {
    "accelerator": ("B200", "accelerator", "b200"),
    "price": ("$16 per node hour", "usd_per_gpu_hour", 2.0),
    "terms": ("2 years reserved", "commitment", "2 years"),
    "supplier": ("  Ours   and  sons ", "supplier", "Ours and sons"),
    "date": ("3 Nov 2026", "date", "2026-11-03"),
    "includes": ("InfiniBand, support", "includes", "InfiniBand, support"),
}


@pytest.mark.parametrize("what", EDITABLE)
def test_any_cell_of_a_quote_can_be_typed_over(catalog, what):
    card, _ = one(catalog, "H100 $2.10/h, Acme, 2026-11-01")
    text, name, value = EDITS[what]
    changed = edited(card, what, text, catalog, typed_in(Currency(), catalog), TODAY)
    assert getattr(changed, name) == value
    assert replace(changed, **{name: getattr(card, name)}) == card


@pytest.mark.parametrize(
    ("what", "text", "said"),
    [
        ("accelerator", "Warp9", "Warp9"),
        ("price", "", "The price is missing."),
        ("price", "free", "is no price"),
        ("price", "$0", "no price"),
        ("date", "31 Feb 2026", "is no day"),
        ("date", "2027-01-01", "still to come"),
    ],
)
def test_what_is_typed_over_wrongly_is_said(catalog, what, text, said):
    card, _ = one(catalog, "H100 $2.10/h, Acme, 2026-11-01")
    with pytest.raises(QuoteError, match=said):
        edited(card, what, text, catalog, typed_in(Currency(), catalog), TODAY)


def test_what_is_emptied_says_that_nothing_is_told(catalog):
    card, _ = one(catalog, "H100 $2.10/h, Acme, spot, 2026-11-01")
    money = typed_in(Currency(), catalog)
    assert edited(card, "supplier", " ", catalog, money, TODAY).supplier == "your quote"
    assert edited(card, "terms", "", catalog, money, TODAY).commitment == "terms not stated"
    assert edited(card, "terms", "as agreed", catalog, money, TODAY).commitment == "as agreed"
    assert edited(card, "date", "", catalog, money, TODAY).date == TODAY.isoformat()


TABLE = """\
GPU;Price (USD/GPU-h);Provider;Terms;Date;GPUs;Notes;Colour
H100 SXM;2,10;Lambda;1 year;2026-11-01;64;InfiniBand;red

H1000;2,00;Nobody;;;;;
MI300X;1.95;Crusoe;on demand;2026-11-02;1;;
"""


def test_a_table_is_read_by_its_columns_and_its_bad_rows_are_named(catalog, tmp_path):
    path = tmp_path / "offers.csv"
    path.write_text(TABLE, encoding="utf-8")
    found = load_quotes(path, catalog, typed_in(Currency(), catalog), TODAY)
    assert [(card.accelerator, card.usd_per_gpu_hour, card.supplier) for card in found.cards] == [
        ("h100-sxm", 2.1, "Lambda"),
        ("mi300x", 1.95, "Crusoe"),
    ]
    assert [card.includes for card in found.cards] == ["64 GPUs; InfiniBand", ""]
    assert {card.source for card in found.cards} == {"offers.csv"}
    assert [row.line for row in found.wrong] == [4]
    assert found.unused == ("Colour",)


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_columns_are_told_apart_by_any_usual_mark(catalog, mark):
    text = "\n".join(mark.join(cells) for cells in (("price per node hour", "gpu"), ("$16", "H100")))
    assert read(catalog, text).cards[0].usd_per_gpu_hour == 2.0


def test_more_lines_than_a_plan_holds_are_counted(catalog):
    found = read(catalog, "\n".join(["H100 $2/h"] * (MOST_ROWS + 7)))
    assert (len(found.rows), found.dropped) == (MOST_ROWS, 7)


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"a\x00b"])
def test_a_file_that_is_no_text_is_a_sentence(catalog, tmp_path, data):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(FileError, match=r"x\.csv"):
        load_quotes(path, catalog, typed_in(Currency(), catalog), TODAY)


PARTS = st.sampled_from(
    ["H100", "A100", "$2", "€1", "/h", "per", "node", "1 year", "2026-11-01", "64 GPUs", ",", ";", "\t", "\n",
     '"', "GPU", "price", "NaN", "1e9", "()", "×", " "]
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(PARTS | st.text(max_size=6), max_size=25).map(" ".join))
def test_whatever_is_pasted_is_read_or_said(catalog, text):
    for row in read(catalog, text).rows:
        assert (row.card is None) == bool(row.problem)
        assert row.card is None or 0.0 < row.card.usd_per_gpu_hour <= 1e6

"""A bad row of a CSV file is named by file, row and field."""

from __future__ import annotations

import csv

import pytest

from isocost.catalog import CatalogError
from isocost.catalog.entries.accelerators import AcceleratorRow
from isocost.catalog.entries.models import ModelRow
from isocost.catalog.entries.prices import PriceQuote
from isocost.catalog.records import PublishedRun
from isocost.catalog.table import read_rows
from isocost.paths import resource

KINDS = {
    "accelerators.csv": AcceleratorRow,
    "models.csv": ModelRow,
    "prices.csv": PriceQuote,
    "runs.csv": PublishedRun,
}


def spoiled(tmp_path, file, row, **changes):
    """A copy of a shipped file with cells of one row (2 = the first below the header) changed."""
    with resource(file).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    for name, cell in changes.items():
        assert name in rows[0]
        rows[row - 2][name] = cell
    path = tmp_path / file
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("file", KINDS)
def test_shipped_rows_are_valid(file):
    assert len(list(read_rows(resource(file), KINDS[file]))) > 50


@pytest.mark.parametrize(
    ("file", "row", "changes", "said"),
    [
        (
            "accelerators.csv",
            12,
            {"memory_gb": "lots"},
            "accelerators.csv row 12, memory_gb: expected a number, got 'lots'.",
        ),
        (
            "accelerators.csv",
            3,
            {"bf16_tflops": "-5"},
            "accelerators.csv row 3, bf16_tflops: expected a positive number, got '-5'.",
        ),
        (
            "accelerators.csv",
            4,
            {"scaleup_domain": "8.5"},
            "accelerators.csv row 4, scaleup_domain: expected a whole number, got '8.5'.",
        ),
        (
            "accelerators.csv",
            5,
            {"source_power": ""},
            "accelerators.csv row 5, source_power: is missing; give it a value.",
        ),
        (
            "models.csv",
            9,
            {"attention": "rwkv"},
            "models.csv row 9, attention: expected one of mha, mla, hybrid, got 'rwkv'.",
        ),
        (
            "prices.csv",
            7,
            {"date": "last May"},
            "prices.csv row 7, date: expected a date such as 2026-11-23, got 'last May'.",
        ),
        (
            "prices.csv",
            8,
            {"tier": "cheap"},
            "prices.csv row 8, tier: expected one of marketplace, specialist, hyperscaler, index, claim, "
            "got 'cheap'.",
        ),
        (
            "runs.csv",
            20,
            {"trusted": "mostly"},
            "runs.csv row 20, trusted: expected true or false, got 'mostly'.",
        ),
        (
            "runs.csv",
            20,
            {"reported_mfu": "41"},
            "runs.csv row 20, reported_mfu: expected a number in range, got '41'.",
        ),
    ],
)
def test_a_bad_cell_is_named(tmp_path, file, row, changes, said):
    with pytest.raises(CatalogError) as caught:
        list(read_rows(spoiled(tmp_path, file, row, **changes), KINDS[file]))
    assert str(caught.value) == said


def test_an_unknown_column_and_a_short_row_are_named(tmp_path):
    path = tmp_path / "prices.csv"
    path.write_text("acelerator,supplier\na,b\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="row 2, acelerator: not a known field; did you mean accelerator"):
        list(read_rows(path, PriceQuote))
    path.write_text("accelerator,supplier\na\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="row 2: expected 2 cells as in the header, got 1"):
        list(read_rows(path, PriceQuote))


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(CatalogError, match=r"^gone\.csv: cannot be read"):
        list(read_rows(tmp_path / "gone.csv", PriceQuote))
    with pytest.raises(CatalogError, match="cannot be read"):
        list(read_rows(tmp_path, PriceQuote))

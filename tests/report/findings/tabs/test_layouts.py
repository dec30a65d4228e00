"""What the table of layouts says: which wins, why others do not, what is pinned."""

from __future__ import annotations

from dataclasses import replace

import pytest

from isocost.report.findings.tabs.layouts import (
    LAYOUT_COLUMNS,
    UNPINNED,
    cell_in_words,
    degrees,
    layout_cells,
    layout_tip,
    layouts_finding,
    layouts_said,
    layouts_subtitle,
    layouts_table,
    not_searched,
    pins_line,
    why_behind,
)
from tests.report.findings.plans import reported


def test_the_finding_the_subtitle_and_every_row_are_read_out(catalog):
    report = reported("startup-7b", catalog)
    said = layouts_said(report)
    assert said.finding == layouts_finding(report)
    assert said.subtitle == layouts_subtitle(report)
    for row in report.rows:
        assert f"{degrees(row)}: {why_behind(row)}" in said.summary


def test_a_plan_that_no_layout_fits_says_so(catalog):
    report = reported("llama-3.1-405b", catalog, ("hardware.count", 64))
    assert layouts_finding(report) == "No layout fits 64 H100"
    assert "least memory first" in layouts_subtitle(report)


@pytest.mark.parametrize("name", ["qlora-8b-on-a-4090", "startup-7b", "lora-70b-one-node"])
def test_nothing_pinned_is_never_called_pinned(catalog, name):
    report = reported(name, catalog)
    assert "pinned" not in layouts_finding(report).lower()
    assert pins_line(report) == UNPINNED
    assert UNPINNED.startswith("Nothing is pinned")


def test_pins_are_named_and_what_they_cost_is_said(catalog):
    report = reported("startup-7b", catalog, ("layout.tp", 8))
    assert pins_line(report).startswith("Pinned: TP8")
    assert "slower than" in layouts_finding(report)


def test_an_impossible_pin_is_said(catalog):
    assert "impossible" in layouts_finding(reported("startup-7b", catalog, ("layout.ep", 8)))


def test_a_typed_utilization_is_told_beside_the_predicted_layouts(catalog):
    report = reported("startup-7b", catalog, ("efficiency.mfu", 0.31))
    assert "the plan itself uses your MFU of 31" in layouts_subtitle(report)


def test_tpus_are_counted_in_chips(catalog):
    assert "GPU" not in layouts_subtitle(reported("palm-540b", catalog))


def test_two_layouts_of_the_same_degrees_are_told_apart(catalog):
    report = reported("startup-7b", catalog)
    best = next(row for row in report.rows if row.reason == "best")
    other = replace(best, chosen=True, reason="kernels", behind=0.1, microbatch=best.microbatch + 1)
    pinned = replace(report, rows=(replace(best, chosen=False), other), pinned=other.pins)
    words = layouts_finding(pinned)
    assert words.startswith("The pinned layout is 10")
    assert words.endswith(f"{degrees(best)} of microbatch {best.microbatch}")


def test_cells_of_the_table_are_read_with_their_column(catalog):
    rows = reported("startup-7b", catalog).rows
    assert cell_in_words(rows[0], 0).startswith("TP ")
    out = next(row for row in rows if not row.fits)
    assert cell_in_words(out, 11).endswith("does not fit")
    assert "fit" not in cell_in_words(rows[0], 11)


def test_a_row_tells_why_it_is_not_the_best_and_what_a_click_does(catalog):
    row = next(row for row in reported("startup-7b", catalog).rows if row.reason == "best")
    assert layout_tip(row) == f"{degrees(row)}: fastest. Click to hold the plan to it."
    assert " idle: " in layout_tip(replace(row, idle=3))
    assert why_behind(replace(row, reason="memory")) == "does not fit"
    assert why_behind(replace(row, reason="kernels", behind=0.0)) == "as fast"


def test_the_table_has_a_value_for_every_column(catalog):
    report = reported("startup-7b", catalog)
    table = layouts_table(report.rows)
    assert len(table.rows) == len(report.rows)
    for row in range(len(table.rows)):
        assert all(table.shown(row, at) for at in range(len(LAYOUT_COLUMNS)))
    assert table.rows[0] == layout_cells(report.rows[0])


def test_a_failure_is_said_in_words():
    assert not_searched("no room") == "The layouts could not be compared: no room"

"""Every row of a ranking and every winner of a map carries its range, or says why not, and the same mark."""

from __future__ import annotations

from datetime import date

import pytest

from isocost import paths
from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.plan.answer.across.comparison import ranked
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import answer
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.ranks import ranking, sureness_of
from isocost.plan.solve.hardware.wins import Span, wins
from isocost.report.decisions.solving.rank import ranked as ranked_said
from isocost.report.decisions.solving.wins import mapped
from isocost.report.findings.tabs import plan as plan_said
from isocost.report.findings.tabs.wins import said, view

PRESETS = ("smollm3-programme", "startup-7b", "rent-or-buy-64-h100", "distil-instead-of-rl")
TODAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load(paths.presets() / "no-such-folder")


def case_of(name: str, catalog: Catalog, at: int = 0) -> Case:
    return Case(load_project(paths.presets() / f"{name}.yaml", catalog), catalog, at, TODAY)


@pytest.mark.parametrize("name", PRESETS)
def test_every_row_of_a_ranking_has_a_range_or_says_why_not(name, catalog):
    case = case_of(name, catalog)
    sure = sureness_of(ranking(case))
    plan = answer(case.project, catalog, case.at)
    comparison = plan.comparison.with_curves(other_curves(case.project, catalog, case.at))
    rows = ranked(comparison)
    assert len(rows) > 5
    for row in rows:
        assert plan_said.why_out(row) or plan_said.range_of(row, sure)
        assert plan_said.range_of(row, {}) == ""  # nobody has asked yet
        marked = plan_said.row_name(row, sure).endswith("*")
        assert marked == bool(plan_said.why_marked(row, sure))
        assert plan_said.why_marked(row, sure) in plan_said.in_words(row, sure)
    told = plan_said.ranking_said(comparison, rows, sure)
    assert ("*" in told.subtitle) == any(plan_said.why_marked(row, sure) for row in rows)


def test_those_that_the_batch_cannot_feed_evenly_have_a_range_too(catalog):
    case = case_of("smollm3-programme", catalog)
    sure = sureness_of(ranking(case))
    plan = answer(case.project, catalog)
    comparison = plan.comparison.with_curves(other_curves(case.project, catalog))
    rows = {row.accelerator: row for row in ranked(comparison)}
    for name in ("gb200", "tpu-v7"):
        assert rows[name].count == 384
        assert " to " in plan_said.range_of(rows[name], sure)


@pytest.mark.parametrize("name", PRESETS)
def test_a_winner_is_marked_as_its_row_of_the_ranking(name, catalog):
    case = case_of(name, catalog)
    rows = {row.choice.price: row for row in ranking(case).rows}
    found = wins(case, Span("price"), Span("count"), size=12, ranged=True)
    assert found.winners
    told = mapped(found, case)
    letters = [row[1] for row in told.sections[-1].table.rows]
    shown = view(found, case)
    text = said(shown, ranged=True)
    for at, winner in enumerate(found.winners):
        assert winner.spread is not None
        assert (letters[at] == f"{winner.label} *") == bool(winner.caveats) == shown.name(at).endswith("*")
        if winner.card in rows:
            row = rows[winner.card]
            assert (winner.only, winner.stale) == (row.only, row.stale)
    assert ("*" in text.subtitle) == any(each.caveats for each in found.winners)
    cell = shown.words(*shown.cell)
    assert "8 in 10: " in cell


def test_a_ranking_told_as_text_marks_and_ranges_every_row(catalog):
    case = case_of("smollm3-programme", catalog)
    found = ranking(case)
    table = ranked_said(found, case).sections[1].table
    for row, cells in zip(found.rows, table.rows, strict=True):
        assert str(cells[0]).endswith(" *") == bool(row.caveats)
        assert cells[2]

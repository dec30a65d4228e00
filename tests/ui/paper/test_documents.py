"""The page as a PDF of one sheet and as HTML with charts, whatever the plan."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from isocost import paths
from isocost.cli import main
from isocost.plan.answer.chances import chances
from isocost.plan.answer.curves import other_curves
from isocost.plan.answer.estimate import answer
from isocost.report.paper.content import paper, sampled_beside
from isocost.ui.paper.charts import pictures
from isocost.ui.paper.documents import SIZES, html, paper_theme, pdf
from tests.report.findings.plans import shipped

PLANS = ("deepseek-chain", "minimax-m1-rl", "rent-or-buy-64-h100", "deepseek-r1", "qlora-8b-on-a-4090")


def page_of(name, catalog):
    """An answered preset beside the other accelerators, with its chances and its page."""
    found = answer(shipped(name, catalog), catalog)
    found = replace(found, others=other_curves(found.project, catalog))
    sampled = chances(found)
    return (
        found,
        sampled,
        paper(found, sampled, sampled_beside(found, sampled), 0.8, f"{name}.yaml", date(2026, 11, 29)),
    )


@pytest.mark.parametrize("name", PLANS)
def test_a_pdf_is_one_sheet_with_fonts_inside(qapp, name, catalog):
    data = pdf(*page_of(name, catalog))
    assert data.startswith(b"%PDF")
    assert re.findall(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)", data, re.S) == [b"1"]
    assert b"/FontFile" in data


def test_sheets_are_a4_or_letter(qapp, catalog):
    page = page_of("startup-7b", catalog)
    for name, points in (("A4", (595, 842)), ("Letter", (612, 792))):
        box = re.search(rb"/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)", pdf(*page, name))
        assert [round(float(each)) for each in box.groups()] == list(points)
        assert SIZES[name][1].width() == pytest.approx(points[0] * 96 / 72, abs=2)


def test_charts_say_what_they_show_and_a_plan_without_doubt_has_no_dots(qapp, catalog):
    theme = paper_theme()
    for name, count in (("startup-7b", 4), ("deepseek-r1", 3)):
        found = page_of(name, catalog)
        drawn = list(pictures(*found, theme))
        assert len(drawn) == count
        assert all(each.title and each.how for each in drawn)


def test_html_holds_its_charts(qapp, catalog):
    text = html(*page_of("startup-7b", catalog))
    assert text.count("<figure><svg") == 4
    assert "<?xml" not in text


def test_the_command_writes_a_pdf(qapp, tmp_path):
    out = tmp_path / "plan.pdf"
    assert main(["report", str(paths.presets() / "startup-7b.yaml"), "-o", str(out)]) == 0
    assert out.read_bytes().startswith(b"%PDF")

"""The page as a PDF of one sheet and as HTML with charts, whatever the plan."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QFontMetricsF

from isocost import paths
from isocost.cli import main
from isocost.plan.answer.chances import chances
from isocost.plan.answer.curves import other_curves
from isocost.plan.answer.estimate import answer
from isocost.report.paper.content import paper, sampled_beside
from isocost.ui.paper import sheet
from isocost.ui.paper.charts import pictures
from isocost.ui.paper.documents import SIZES, html, paper_theme, pdf
from isocost.ui.widgets.rows import LEFT, write_text
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


PRINTED = (
    "deepseek-chain",
    "distil-instead-of-rl",
    "rent-or-buy-64-h100:1",
    "deepseek-r1",
    "qlora-8b-on-a-4090",
)
"""Of several stages, of rollouts, owned, a claim, and a tiny one."""


def printed(language, folder, python, environment):
    """The plans as PDF, and what has to stand in each."""
    folder.mkdir()
    run = subprocess.run(
        [python, str(Path(__file__).parent / "printed.py"), language, str(folder), *PRINTED],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout.splitlines()[-1])


def words_of(file):
    """The text of a PDF with single spaces."""
    run = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    return " ".join(run.stdout.split())


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_every_sum_and_date_can_be_read_from_the_paper(tmp_path, python, isocost_environment):
    """On both sheets and in both languages, where the sums are the same."""
    told = {each: printed(each, tmp_path / each, python, isocost_environment) for each in ("en", "de")}
    for language, plans in told.items():
        for name, facts in plans.items():
            assert facts["usd"] == told["en"][name]["usd"]
            for size in SIZES:
                words = words_of(tmp_path / language / f"{name}-{size}.pdf")
                for fact in (
                    facts["ask"],
                    facts["plan"],
                    facts["range"],
                    *facts["dates"],
                    *facts["headings"],
                ):
                    assert " ".join(fact.split()) in words, (language, name, size, fact)
                assert "Evidence" not in words or language == "en"


@pytest.mark.parametrize(
    "name", ["minimax-m1-rl", "rent-or-buy-64-h100", "deepseek-r1", "qlora-8b-on-a-4090"]
)
def test_no_text_of_a_table_is_cut(qapp, name, catalog, monkeypatch):
    cut = []

    def noted(painter, room, text, font, colour, side=LEFT):
        if QFontMetricsF(font).horizontalAdvance(text) > room.width() + 1.0:
            cut.append(text)
        write_text(painter, room, text, font, colour, side)

    monkeypatch.setattr(sheet, "write_text", noted)
    for size in SIZES:
        pdf(*page_of(name, catalog), size)
    assert not cut


def test_nothing_on_paper_looks_as_if_it_could_be_dragged(qapp, catalog):
    """Handles of a budget and a deadline that a plan does not have stand on the screen alone."""
    text = html(*page_of("startup-7b", catalog))
    assert ">Budget<" not in text
    assert ">Deadline<" not in text

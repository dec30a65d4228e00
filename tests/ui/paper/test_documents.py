"""The page as a PDF of one sheet and as HTML with charts, whatever the plan."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF, QImage, QPainter

from isocost import paths
from isocost.cli import main
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.chances import chances
from isocost.plan.answer.estimate import answer
from isocost.report.paper.content import paper
from isocost.report.paper.tables import sampled_beside
from isocost.ui.paper import sheet
from isocost.ui.paper.charts import pictures
from isocost.ui.paper.documents import SIZES, html, paper_theme, pdf
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
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
        paper(found, sampled, sampled_beside(found, sampled), f"{name}.yaml", date(2026, 11, 29)),
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
    for name, count in (("api-or-own", 4), ("startup-7b", 2), ("deepseek-r1", 3)):
        found = page_of(name, catalog)
        drawn = list(pictures(*found, theme))
        assert len(drawn) == count
        assert all(each.title and each.how for each in drawn)


def test_html_holds_its_charts(qapp, catalog):
    text = html(*page_of("api-or-own", catalog))
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


def test_charts_of_one_page_name_their_parts_apart(qapp, catalog):
    text = html(*page_of("api-or-own", catalog))
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) > 1
    assert len(names) == len(set(names))
    assert set(re.findall(r"url\(#([^)]+)\)", text)) <= set(names)


def test_addresses_are_links_of_the_pdf(qapp, catalog):
    data = pdf(*page_of("api-or-own", catalog))
    assert {b"https://www.runpod.io/pricing", b"https://arxiv.org/abs/2412.19437"} <= set(
        re.findall(rb"/URI \(([^)]*)\)", data)
    )


def words_on_paper(page, folder, size="A4"):
    """The text of a page's PDF with single spaces."""
    file = folder / "page.pdf"
    file.write_bytes(pdf(*page, size))
    return words_of(file)


needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")


@needs_poppler
def test_warnings_stand_on_paper(qapp, catalog, tmp_path):
    assert "OpenAI withdraws gpt-5-mini" in words_on_paper(page_of("api-or-own", catalog), tmp_path)


@needs_poppler
@pytest.mark.parametrize("length", [60, 120, 400])
def test_a_long_name_never_takes_the_ask_off_the_title(qapp, catalog, tmp_path, length):
    found, sampled, page = page_of("startup-7b", catalog)
    name = ("Programme of a department " * 40)[:length]
    words = words_on_paper((found, sampled, replace(page, project=name)), tmp_path)
    assert f"we ask for {page.asked}" in words
    assert ("…" in words) is (length > 100)


@needs_poppler
@pytest.mark.parametrize("name", ["deepseek-r1", "minimax-m1-rl"])
def test_a_claim_compared_says_what_it_supposes(qapp, catalog, tmp_path, name):
    words = words_on_paper(page_of(name, catalog), tmp_path)
    assert "at equal utilization" in words
    assert "hours taken as claimed" in words


@needs_poppler
@pytest.mark.parametrize("name", [*PLANS, "api-or-own"])
def test_every_source_on_paper_is_whole(qapp, catalog, tmp_path, name):
    page = page_of(name, catalog)
    for size in SIZES:
        words = words_on_paper(page, tmp_path, size).replace(" ", "")
        for row in page[2].prices.table.rows:
            assert row[-1].rstrip(".").replace(" ", "") in words


@pytest.mark.parametrize("name", ["deepseek-v3", "startup-7b", "qlora-8b-on-a-4090", "minimax-m1-rl"])
def test_what_is_said_of_the_plan_does_not_cover_its_own_curve(qapp, catalog, monkeypatch, name):
    painted = []

    def noted(plot, painter):
        line = plot.lines.get(plot.comparison.active.accelerator)
        x, y = line.x[line.seen], line.y[line.seen]
        order, fine = np.argsort(x), np.linspace(x.min(), x.max(), 3000)
        painted.append((plot.labels.plan.box, plot.pixels(fine, np.interp(fine, x[order], y[order]))))

    monkeypatch.setattr(CostTimePlot, "_paint_layers", noted)
    theme = paper_theme()
    drawn = [each.drawing for each in pictures(*page_of(name, catalog), theme)]
    plot = next(each for each in drawn if isinstance(each, CostTimePlot))
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    for height in (216, 276, 350):
        plot.paint(painter, QRectF(0, 0, 441, height), theme)
    painter.end()
    assert len(painted) == 3
    for box, points in painted:
        across = (points[:, 0] > box.left) & (points[:, 0] < box.right)
        assert not (across & (points[:, 1] > box.top) & (points[:, 1] < box.bottom)).any()

"""The page for whoever decides: its sums are the plan's, its prices dated, its forms whole and safe."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost import paths
from isocost.cli import main
from isocost.plan.answer.chances import chances
from isocost.plan.answer.estimate import answer
from isocost.quantities import format_money, plain_spaces
from isocost.report.paper.content import paper, sampled_beside
from isocost.report.paper.forms import figures_table, html_text, markdown_text, sheets
from isocost.report.paper.workbook import workbook
from isocost.report.table import Column, Table
from tests.report.findings.plans import shipped

TODAY = date(2026, 11, 29)
PLANS = ("deepseek-chain", "minimax-m1-rl", "rent-or-buy-64-h100", "deepseek-r1", "qlora-8b-on-a-4090")
"""Of several stages, of rollouts, rented or owned, a claim, and a tiny one."""


def page_of(name, catalog, level=0.8, change=lambda project: project):
    """An answered preset with its chances and its page."""
    found = answer(change(shipped(name, catalog)), catalog)
    sampled = chances(found)
    return found, sampled, paper(found, sampled, sampled_beside(found, sampled), level, f"{name}.yaml", TODAY)


@pytest.mark.parametrize("name", PLANS)
def test_the_page_tells_the_plan_its_ask_and_every_price_with_its_date(name, catalog):
    found, sampled, page = page_of(name, catalog)
    words = markdown_text(page).replace("\\", "")
    ask = float(np.quantile(sampled.risk.outcomes.cost_usd, 0.8))
    assert page.ask_usd == pytest.approx(ask)
    for usd in (ask, sampled.risk.cost_usd.base):
        assert plain_spaces(format_money(usd)) in words
    for stage in found.scenario.stages:
        price = stage.price or found.scenario.price
        if stage.enabled and not found.scenario.supply.owns:
            assert price.date in words
            assert price.supplier in words
    for omission in found.omissions:
        if omission.path:
            assert omission.name in page.not_in


def test_the_level_of_the_ask_is_the_authors_and_printed(catalog):
    asks = [page_of("startup-7b", catalog, level)[2] for level in (0.5, 0.8, 0.95)]
    assert asks[0].ask_usd < asks[1].ask_usd < asks[2].ask_usd
    assert [page.figures[0].note for page in asks] == [f"enough in {n} of 100" for n in (50, 80, 95)]


def test_a_budget_is_held_against_the_chances(catalog):
    def with_budget(project):
        goal = msgspec.structs.replace(project.scenarios[0].goal, budget_usd=300_000.0)
        held = msgspec.structs.replace(project.scenarios[0], goal=goal)
        return msgspec.structs.replace(project, scenarios=(held, *project.scenarios[1:]))

    _, sampled, page = page_of("startup-7b", catalog, change=with_budget)
    over = sampled.risk.chance_over(300_000.0)
    assert page.figures[2].value == f"{round(100 * over)} in 100"
    assert "$300K" in page.lead


def test_where_to_stop_is_where_the_plan_alone_takes_the_whole_ask(catalog):
    found, sampled, page = page_of("rent-or-buy-64-h100", catalog)
    mfu = float(re.search(r"MFU turns out at ([\d.]+)", page.stop).group(1)) / 100.0
    doubts = sampled.risk.programme.doubts
    place = next(i for i, doubt in enumerate(doubts) if doubt.path == "efficiency.mfu")
    scores = np.linspace(doubts[place].low, doubts[place].high, 4001)
    at = scores[np.argmin(np.abs(doubts[place].shown(scores) - mfu))]
    values = [np.array([at if i == place else doubt.base]) for i, doubt in enumerate(doubts)]
    assert sampled.risk.programme.at(values).cost_usd[0] == pytest.approx(page.ask_usd, rel=0.01)
    assert found.estimate.stages[0].mfu > mfu


def test_a_plan_without_doubt_says_so_and_asks_for_what_it_costs(catalog):
    found, _, page = page_of("deepseek-r1", catalog)
    assert page.ask_usd == pytest.approx(found.estimate.total.cost_usd)
    assert "taken as known" in page.lead
    assert not page.stop


def test_other_scenarios_stand_beside_the_plan(catalog):
    found, _, page = page_of("rent-or-buy-64-h100", catalog)
    assert len(page.others.rows) == len(found.project.scenarios)
    assert page.others.rows[0][0].endswith(", this plan")
    assert [row[1] for row in page.others.rows] == pytest.approx(
        [answer(found.project, catalog, at).estimate.total.cost_usd for at in range(len(page.others.rows))]
    )


def test_html_is_one_file_and_names_are_text(catalog):
    name = "<script>alert(1)</script> & Co"
    _, _, page = page_of("startup-7b", catalog, change=lambda p: msgspec.structs.replace(p, name=name))
    text = html_text(page, {"Chart": "<?xml version='1.0'?><svg><text>x</text></svg>"})
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in text
    assert "<svg><text>x</text></svg>" in text
    assert not re.search(r"(src|href)=|@import|url\(", text)


def cells(sheet: bytes) -> list[list[str]]:
    """The cells of a sheet of a workbook, as text."""
    space = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    rows = ElementTree.fromstring(sheet).findall(".//m:row", space)
    return [["".join(cell.itertext()) for cell in row.findall("m:c", space)] for row in rows]


def test_the_workbook_holds_the_bill_and_every_figure(catalog):
    found, _, page = page_of("api-or-own", catalog)
    archive = zipfile.ZipFile(io.BytesIO(workbook(sheets(page, found))))
    names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    bill = cells(archive.read(f"xl/worksheets/sheet{names.index('Bill') + 1}.xml"))
    assert [float(row[1]) for row in bill[1:-1]] == pytest.approx(
        [line.cost_usd for line in found.estimate.ledger]
    )
    assert float(bill[-1][1]) == pytest.approx(found.estimate.total.cost_usd)
    figures = cells(archive.read(f"xl/worksheets/sheet{names.index('Figures') + 1}.xml"))
    total = next(row for row in figures if row[4] == "total")
    assert float(total[2]) == pytest.approx(found.estimate.total.cost_usd)
    assert total[3] == "USD"


@given(st.lists(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()), max_size=6))
def test_any_text_and_number_makes_a_workbook_that_reads_back(row):
    table = Table(tuple(Column(f"c{i}") for i in range(len(row))), (tuple(row),))
    archive = zipfile.ZipFile(io.BytesIO(workbook({"A/B:C": table, "x" * 40: table})))
    for member in archive.namelist():
        ElementTree.fromstring(archive.read(member))  # XML, whatever stands in it
    assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("suffix", ["md", "xlsx", "csv"])
def test_the_command_writes_each_form(suffix, tmp_path, capsys):
    out = tmp_path / f"page.{suffix}"
    assert main(["report", str(paths.presets() / "startup-7b.yaml"), "-o", str(out)]) == 0
    data = out.read_bytes()
    assert data[:2] == b"PK" if suffix == "xlsx" else b"7B" in data or b"total" in data
    assert main(["report", str(paths.presets() / "startup-7b.yaml")]) == 0
    assert "we ask for" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["-o", "page.txt"], ".pdf, .html, .md, .xlsx, .csv"),
        (["--level", "2"], "--level"),
        (["--level", "much"], "'much'"),
        (["--level", "nan"], "'nan'"),
        (["--budget", "-3"], "--budget"),
    ],
)
def test_what_cannot_be_written_is_a_sentence(options, named, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["report", str(paths.presets() / "startup-7b.yaml"), *options]) == 2
    assert named in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_figure_of_the_csv_is_the_one_of_the_estimate(catalog, tmp_path, capsys):
    name = str(paths.presets() / "api-or-own.yaml")
    assert main(["estimate", name, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)["total"]["cost_usd"]
    found = answer(shipped("api-or-own", catalog), catalog)
    rows = {row[4]: row[2] for row in figures_table(found).rows if not row[1]}
    assert rows["total"] == pytest.approx(told)


def test_warnings_of_the_plan_stand_on_the_page(catalog):
    found, _, page = page_of("api-or-own", catalog)
    assert len(page.notes) == len(found.estimate.warnings) > 0
    assert page.notes[0] in markdown_text(page).replace("\\", "")

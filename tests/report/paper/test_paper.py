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
from isocost.files import load_project
from isocost.language import capital
from isocost.plan.answer.chances import chances
from isocost.plan.answer.estimate import answer
from isocost.plan.project.programme import Goal
from isocost.plan.values import Currency
from isocost.quantities import format_duration, format_money, plain_spaces
from isocost.report.decisions.doubting.doubt import chance_said
from isocost.report.findings.tabs.risk import dots_view
from isocost.report.paper.content import note_words, paper
from isocost.report.paper.forms import figures_table, html_text, markdown_text
from isocost.report.paper.links import linked
from isocost.report.paper.sheets import sheets
from isocost.report.paper.tables import sampled_beside
from isocost.report.paper.workbook import Cell, Page, column_letters, workbook
from tests.report.findings.plans import shipped

TODAY = date(2026, 11, 29)
PLANS = ("deepseek-chain", "minimax-m1-rl", "rent-or-buy-64-h100", "deepseek-r1", "qlora-8b-on-a-4090")
"""Of several stages, of rollouts, rented or owned, a claim, and a tiny one."""


def page_of(name, catalog, level=0.8, change=lambda project: project):
    """An answered preset with its chances and its page."""
    return page_of_plan(change(shipped(name, catalog)), catalog, level)


def page_of_plan(project, catalog, level=0.8):
    """The same of a plan."""
    found = answer(project, catalog)
    sampled = chances(found, level)
    return found, sampled, paper(found, sampled, sampled_beside(found, sampled), "plan.yaml", TODAY)


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
    assert plain_spaces(page.figures[2].value) == f"{round(100 * over)} in 100"
    assert "$300K" in page.lead


def test_where_to_stop_is_where_the_plan_alone_takes_the_whole_ask(catalog):
    found, sampled, page = page_of("rent-or-buy-64-h100", catalog)
    told = re.search(r"whole-run waste turns out at ([\d.]+)", page.next[1])
    waste = float(told.group(1)) / 100.0
    doubts = sampled.risk.programme.doubts
    place = next(i for i, doubt in enumerate(doubts) if doubt.path == "efficiency.waste")
    # It is sought beyond the ends of the range too.
    scores = np.linspace(2.0 * doubts[place].low, 2.0 * doubts[place].high, 8001)
    at = scores[np.argmin(np.abs(doubts[place].shown(scores) - waste))]
    values = [np.array([at if i == place else doubt.base]) for i, doubt in enumerate(doubts)]
    assert sampled.risk.programme.at(values).cost_usd[0] == pytest.approx(page.ask_usd, rel=0.01)
    assert found.scenario.efficiency.waste in (None, 0.0) or found.scenario.efficiency.waste < waste


def test_a_plan_without_doubt_says_so_and_asks_for_what_it_costs(catalog):
    found, _, page = page_of("deepseek-r1", catalog)
    assert page.ask_usd == pytest.approx(found.estimate.total.cost_usd)
    assert "taken as known" in page.lead
    assert len(page.next) == 1  # no value at which to stop


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
    assert not re.search(r"src=|@import|url\(", text)
    assert all(to.startswith("https://") for to in re.findall(r'href="([^"]*)"', text))


def test_every_chart_of_a_page_names_its_parts_apart(catalog):
    """A browser takes the first of a name: two charts of one clip path were cut by the first's."""
    svg = '<svg><clipPath id="clip1"/><g clip-path="url(#clip1)"/><use xlink:href="#clip1"/></svg>'
    text = html_text(page_of("startup-7b", catalog)[2], {"One": svg, "Two": svg})
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) == len(set(names)) == 2
    for each in names:
        assert text.count(f"url(#{each})") == text.count(f'href="#{each}"') == 1


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
    assert bill[-1][1].startswith(f"SUM(B2:B{len(bill) - 1})")
    assert float(bill[-1][1].partition(")")[2]) == pytest.approx(found.estimate.total.cost_usd)
    figures = cells(archive.read(f"xl/worksheets/sheet{names.index('Figures') + 1}.xml"))
    total = next(row for row in figures if row[4] == "total")
    assert float(total[2]) == pytest.approx(found.estimate.total.cost_usd)
    assert total[3] == "USD"


@given(st.lists(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans()), max_size=6))
def test_any_text_and_number_makes_a_workbook_that_reads_back(row):
    table = Page(tuple(f"c{i}" for i in range(len(row))), (tuple(row),))
    archive = zipfile.ZipFile(io.BytesIO(workbook({"A/B:C": table, "x" * 40: table})))
    for member in archive.namelist():
        ElementTree.fromstring(archive.read(member))  # XML, whatever stands in it
    assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def with_currency(code):
    return lambda project: msgspec.structs.replace(project, currency=Currency(code))


def numbers_in(archive, name):
    """The cells of a named sheet, its formulas left out."""
    names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode())
    sheet = archive.read(f"xl/worksheets/sheet{names.index(name) + 1}.xml")
    return cells(re.sub(rb"<f>.*?</f>", b"", sheet))


def test_a_workbook_is_in_the_currency_of_the_plan_and_says_so(catalog):
    found, _, page = page_of("api-or-own", catalog, change=with_currency("EUR"))
    archive = zipfile.ZipFile(io.BytesIO(workbook(sheets(page, found))))
    summary, rate = numbers_in(archive, "Summary"), found.money.per_usd
    assert next(row for row in summary if row[0] == "Currency")[1].startswith("in EUR at")
    ask = next(row for row in summary if row[0] == "The ask")
    assert (float(ask[1]), ask[2]) == (pytest.approx(page.ask_usd * rate), "EUR")
    for name in ("Bill", "Cash by month"):
        heads, *rows = numbers_in(archive, name)
        assert any(head.endswith("(EUR)") for head in heads)
        assert not any("USD" in head or "$" in head for head in heads)
        at = 1 if name == "Bill" else next(i for i, head in enumerate(heads) if head.startswith("Total"))
        total = found.estimate.total.cost_usd * rate
        assert float(rows[-1][at]) == pytest.approx(total)
        assert sum(float(row[at]) for row in rows[:-1]) == pytest.approx(total)
    assert not any("$" in row[3] for row in numbers_in(archive, "Bill")[1:-1])


def test_a_workbook_has_no_empty_sheet_and_headings_in_words(catalog):
    found, _, page = page_of("startup-7b", catalog)
    made = sheets(page, found)
    assert "Other plans" not in made
    assert all(each.rows for each in made.values())
    assert not any("_" in head for each in made.values() for head in each.heads)


def test_columns_have_letters():
    assert [column_letters(at) for at in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_formulas_are_only_where_they_are_asked_for():
    rows = (("=1+1", 1.0), ("", Cell(1.0, "sum", "SUM(B2:B2)")))
    page = workbook({"A": Page(("One", "Two"), rows)})
    sheet = zipfile.ZipFile(io.BytesIO(page)).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall("<f>(.*?)</f>", sheet) == ["SUM(B2:B2)"]


@pytest.mark.parametrize("name", ["api-or-own", "deepseek-r1"])
def test_no_figure_of_the_csv_is_without_its_unit(name, catalog):
    found, sampled, page = page_of(name, catalog)
    rows = figures_table(page, found).rows
    assert all(row[3] for row in rows)
    assert {row[3] for row in rows if row[4].endswith(".yearly")} == {"USD/year"}
    by_key = {row[4]: row[2] for row in rows if not row[1]}
    assert by_key["ask"] == page.ask_usd
    assert by_key["plan"] == pytest.approx(by_key["total"])
    assert (by_key["cost_p10"], by_key["cost_p90"]) == (sampled.risk.cost_usd.p10, sampled.risk.cost_usd.p90)
    assert by_key["gpu_hours"] == pytest.approx(found.estimate.total.gpu_hours)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95])
def test_one_ask_stands_everywhere(level, catalog):
    """The legend and the next step told the ask of four in five whatever level was chosen."""
    _, sampled, page = page_of("startup-7b", catalog, level)
    ask = format_money(page.ask_usd)
    view = dots_view(sampled, page.ask_usd)
    assert next(mark for mark in view.marks if mark.name == "ask").usd == page.ask_usd
    assert sampled.experiment.ask_usd == page.ask_usd
    lowered = re.findall(r"the ask for (.*?) from (\S+) to", page.next[0])
    assert lowered == [(chance_said(level), ask)] or "would free little" in page.next[0]
    assert re.findall(r"the ask for (.*?)(?: from|,)", page.next[0]) == [chance_said(level)]
    assert page.figures[0].value == ask
    assert page.title.endswith(ask)


def test_a_level_may_be_chosen_after_sampling(catalog):
    found = answer(shipped("startup-7b", catalog), catalog)
    late, soon = chances(found).asking(0.9), chances(found, 0.9)
    assert late.risk.ask_usd == soon.risk.ask_usd
    assert late.experiment.ask_after_usd == soon.experiment.ask_after_usd


def against(days=None, usd=None):
    """A plan held against a deadline and a budget."""

    def held(project):
        goal = Goal(budget_usd=usd, deadline_days=days)
        scenario = msgspec.structs.replace(project.scenarios[0], goal=goal)
        return msgspec.structs.replace(project, scenarios=(scenario, *project.scenarios[1:]))

    return held


@pytest.mark.parametrize("days", [20.0, 40.0, 60.0])
def test_the_chance_of_a_deadline_stands_in_every_form(days, catalog):
    found, sampled, page = page_of("startup-7b", catalog, change=against(days))
    late = sampled.risk.chance_late(days)
    words = markdown_text(page).replace("\\", "")
    assert f"{format_duration(days).replace(chr(160), ' ')}" in words
    assert f"{round(100 * late)} in 100" in words
    assert capital(chance_said(late)) + " that it takes longer than the deadline" in words
    assert "that it takes longer than" in html_text(page, {})
    by_key = {row[4]: row[2] for row in figures_table(page, found).rows if not row[1]}
    assert (by_key["deadline"], by_key["chance_late"]) == (days, late)
    archive = zipfile.ZipFile(io.BytesIO(workbook(sheets(page, found))))
    assert ["Deadline", str(int(days)), "days"] in [row[:3] for row in numbers_in(archive, "Summary")]


@pytest.mark.parametrize(("days", "usd", "said"), [(5.0, 1e5, "longer beyond"), (60.0, 1e9, "within within")])
def test_goals_of_a_plan_without_doubt_are_held_or_not(days, usd, said, catalog):
    _, _, page = page_of("deepseek-r1", catalog, change=against(days, usd))
    assert "claimed" in page.lead
    assert all(word in page.lead for word in said.split())


def test_one_total_and_its_reserve(catalog):
    """The plan was told without its reserve, and drawn with it."""
    found, _, page = page_of("api-or-own", catalog)
    total = found.estimate.total.cost_usd
    assert page.figures[1].value == format_money(total)
    reserve = next(line.cost_usd for line in found.estimate.ledger if line.key == "contingency")
    assert f"comes to {format_money(total)}, {format_money(reserve)} of it reserve" in page.lead
    assert "without its reserve" in page.figures[1].note


IMPOSSIBLE = """isocost: 1
name: Does not fit
scenarios:
  - name: base
    model: {parameters: 70e9}
    hardware: {accelerator: rtx4090, count: 8}
    stages:
      - {kind: pretrain, name: Pre-training, data: {tokens: 1e10}}
  - name: other
    model: {parameters: 7e9}
    hardware: {accelerator: h100-sxm, count: 64}
    stages:
      - {kind: pretrain, name: Pre-training, data: {tokens: 1e10}}
"""


@pytest.fixture
def impossible(tmp_path, catalog):
    """A plan whose first scenario does not fit."""
    file = tmp_path / "plan.yaml"
    file.write_text(IMPOSSIBLE)
    return load_project(file, catalog)


def test_nothing_is_asked_for_a_plan_that_cannot_run(impossible, catalog):
    found, _, page = page_of_plan(impossible, catalog)
    assert page.title == "Does not fit: nothing to ask for yet"
    assert page.lead.startswith("Does not fit 8 RTX 4090")
    assert not page.figures
    assert not page.numbers
    words = markdown_text(page)
    total = format_money(found.estimate.total.cost_usd)
    for form in (words, html_text(page, {})):
        assert "we ask for" not in form
        assert total.replace("$", "") not in form
    assert "Pre-training does not fit on 8 RTX 4090" in words
    assert [row[4] for row in figures_table(page, found).rows] == ["stopped"]
    assert {"Bill", "Figures", "Cash by month"}.isdisjoint(sheets(page, found))


def test_a_scenario_that_cannot_run_has_no_sum_beside_the_plan(impossible, catalog):
    turned = msgspec.structs.replace(impossible, scenarios=impossible.scenarios[::-1])
    _, _, page = page_of_plan(turned, catalog)
    assert page.ask_usd > 0.0
    assert page.others.rows[1] == ("base: cannot run", "", "", "")


def test_a_plan_of_which_nothing_counts_asks_for_nothing(catalog):
    def off(project):
        stages = tuple(msgspec.structs.replace(each, enabled=False) for each in project.scenarios[0].stages)
        scenario = msgspec.structs.replace(project.scenarios[0], stages=stages)
        return msgspec.structs.replace(project, scenarios=(scenario,))

    _, _, page = page_of("startup-7b", catalog, change=off)
    assert page.title.endswith("nothing to ask for yet")
    assert page.lead.startswith("Every stage is switched off")


@given(
    st.text(max_size=80), st.lists(st.sampled_from(["https://a.org/x_(y", "arXiv 2410.21680", "http://b"]))
)
def test_a_text_with_links_is_still_the_text(text, addresses):
    whole = " ".join((text, *addresses))
    parts = list(linked(whole))
    assert "".join(words for words, _ in parts) == whole
    assert sum(bool(to) for _, to in parts) >= len(addresses)


def test_addresses_are_links_of_the_html(catalog):
    text = html_text(page_of("api-or-own", catalog)[2], {})
    assert '<a href="https://www.runpod.io/pricing">' in text
    assert '<a href="https://arxiv.org/abs/2412.19437">arXiv 2412.19437</a>' in text


def test_a_stale_price_stands_out(catalog):
    _, _, page = page_of("qlora-8b-on-a-4090", catalog)
    assert page.prices.gravity == ("care",)
    assert 'class="care">' in html_text(page, {})
    assert page_of("api-or-own", catalog)[2].prices.gravity == (None,)


def test_a_claim_rests_on_what_is_claimed(catalog):
    _, _, page = page_of("deepseek-r1", catalog)
    assert page.figures[-1].value == "claimed"
    assert {row[4] for row in page.assumptions.rows} == {"claimed"}


def test_no_risk_says_its_name_twice(catalog):
    _, _, page = page_of("startup-7b", catalog)
    assert any(said.startswith("Whole-run waste at") for said in page.wrong)
    assert any(said.startswith("Step model: MFU at") for said in page.wrong)


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
    found, _, page = page_of("api-or-own", catalog)
    rows = {row[4]: row[2] for row in figures_table(page, found).rows if not row[1]}
    assert rows["total"] == pytest.approx(told)


def test_warnings_of_the_plan_stand_on_the_page(catalog):
    found, _, page = page_of("api-or-own", catalog)
    assert len(page.notes) == len(found.estimate.warnings) > 0
    assert note_words(page.notes[0]) in markdown_text(page).replace("\\", "")

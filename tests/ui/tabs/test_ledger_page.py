"""The Ledger page draws the bill to the cent, answers its questions live and edits what surrounds the run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QSlider, QWidget

from isocost.files import load_project
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.ledger import bars_by_group
from isocost.plan.project.programme import Demand, Schedule
from isocost.plan.project.project import Project, Scenario, replace_scenario
from isocost.quantities import format_duration, format_money, plain_spaces
from isocost.report.findings.tabs.ledger import bill_view, row_in_words, row_tip, slip_words
from isocost.report.table import write_csv
from isocost.ui.look.theme import Theme, ThemeManager
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.calendar_plot import Places
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.labels import ElidedLabel
from tests.declared import PROGRAMME
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

KEY = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def compute(qtbot, session: Session) -> None:
    """Wait for the answer to what was just changed."""
    session.refresh()
    qtbot.waitUntil(lambda: answered_anew(session), timeout=20_000)
    QApplication.processEvents()


def answered_anew(session: Session) -> bool:
    """Whether the newest answer is that of the newest project."""
    return session.answer is not None and session.answer.project is session.project


def open_plan(qtbot, session: Session, name: str, **sections: object) -> None:
    """Open a preset with some sections of its first scenario replaced."""
    project = load_project(preset(name), session.catalog)
    session.open(_with(project, **sections), None)
    compute(qtbot, session)


def _with(project: Project, **sections: object) -> Project:
    chosen: Scenario = msgspec.structs.replace(project.scenarios[0], **sections)
    return replace_scenario(project, chosen)


@pytest.fixture
def page(qtbot, theme: Theme, session: Session) -> Iterator[LedgerPage]:
    """The page as wide as in a window of 1280 pixels, with a programme of many lines.

    It is gone before the themes put the application's style back: Qt loses track of widgets that outlive
    their style sheet.
    """
    made = dressed(LedgerPage(session, theme), theme)
    made.resize(988, 640)
    made.show()
    qtbot.waitExposed(made)
    open_plan(qtbot, session, "api-or-own")
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def bare(qtbot, page: LedgerPage, session: Session) -> LedgerPage:
    """The page on a single run with nothing around it."""
    open_plan(qtbot, session, "startup-7b")
    return page


def click(widget: QWidget, at: QPoint | None = None) -> None:
    QTest.mouseClick(widget, LEFT, pos=at or widget.rect().center())


def field(page: LedgerPage, path: str) -> QWidget:
    """An input, unfolded."""
    assert page.inputs.reveal(path)
    QApplication.processEvents()
    return page.findChild(QWidget, path)


def type_in(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)
    QTest.keyClick(edit, KEY.Key_Return)


# The bill


@pytest.mark.parametrize(
    ("scale", "long"),
    [(1.0, "Continued pre-training on Japanese, with replay"), (2.0, "Continued pre-training")],
)
def test_names_of_lines_are_read_whole_however_long_and_large(
    page: LedgerPage, session: Session, qtbot, painted, themes: ThemeManager, scale, long
):
    """Bars go beneath names that leave them no room beside."""
    scenario = session.project.scenarios[0]
    stages = (*scenario.stages[:-1], msgspec.structs.replace(scenario.stages[-1], name=long))
    session.apply(
        lambda project: replace_scenario(project, msgspec.structs.replace(scenario, stages=stages)), ""
    )
    themes.set_scale(scale)
    dressed(page, themes.theme)
    page.resize(700 if scale > 1.0 else 988, 1200)
    compute(qtbot, session)
    painted.clear()
    shown = page.waterfall.list
    shown.grab()
    assert long in painted
    assert not [each for each in painted if "…" in each]
    last = shown.visualRect(shown.model().index(shown.model().rowCount() - 1, 0))
    assert shown.viewport().rect().contains(last)


def test_the_bars_stand_on_each_other_and_end_at_the_total_to_the_cent(page: LedgerPage, session: Session):
    rows = page.waterfall.rows.rows
    bars, total = [row.bar for row in rows[:-1]], rows[-1].bar
    assert bars[0].start_usd == 0.0
    assert all(a.end_usd == b.start_usd for a, b in pairwise(bars))
    assert bars[-1].end_usd == total.cost_usd == session.estimate.total.cost_usd
    assert sum(round(bar.cost_usd * 100) for bar in bars) == round(total.cost_usd * 100)


def test_the_card_says_what_is_found_of_the_bill(page: LedgerPage, session: Session):
    card = page.waterfall
    said = bill_view(session.estimate, ranges=session.ranges.value).said
    assert (card.title.text(), card.subtitle.text(), card.accessibleDescription()) == said


def test_every_row_is_read_and_explained(page: LedgerPage, session: Session):
    rows = page.waterfall.rows
    for index, row in enumerate(bill_view(session.estimate, ranges=session.ranges.value).rows[:-1]):
        assert rows.index(index).data(int(Qt.ItemDataRole.DisplayRole)) == row_in_words(row)
        assert rows.index(index).data(int(Qt.ItemDataRole.ToolTipRole)) == row_tip(row)


def test_pointing_at_a_row_and_stepping_to_it_explain_it(page: LedgerPage, session: Session):
    view, rows = page.waterfall.list, page.waterfall.rows
    people = next(i for i, row in enumerate(rows.rows) if row.bar.name == "People")
    QTest.mouseMove(view.viewport(), view.visualRect(rows.index(people - 1)).center())
    QTest.mouseMove(view.viewport(), view.visualRect(rows.index(people)).center())
    assert page.waterfall.how.text().startswith("People: 6 people x ")
    assert "your input" in page.waterfall.source.text()
    view.setFocus()
    view.setCurrentIndex(rows.index(people))
    QTest.keyClick(view, KEY.Key_Down)
    assert page.waterfall.how.text().startswith(rows.rows[people + 1].bar.name)


def test_groups_come_to_the_same_total(page: LedgerPage, session: Session):
    click(page.waterfall.by_group)
    names = [row.bar.name for row in page.waterfall.rows.rows]
    assert names[0] == "Final run"
    assert names[-1] == "Programme total"
    assert len(names) == len(bars_by_group(session.estimate.ledger)) + 1
    assert page.waterfall.rows.rows[-2].bar.end_usd == session.estimate.total.cost_usd


def test_no_row_is_hidden(page: LedgerPage):
    view, rows = page.waterfall.list, page.waterfall.rows
    last = view.visualRect(rows.index(rows.rowCount() - 1))
    assert view.viewport().rect().contains(last)


def test_a_plan_of_a_run_alone_says_what_is_missing(bare: LedgerPage, session: Session):
    assert (
        bare.waterfall.title.text()
        == f"The run is the whole bill: {format_money(session.estimate.total.cost_usd)}"
    )
    assert "people" in bare.waterfall.subtitle.text()
    assert "11 costs" in bare.scope.title.text()
    assert bare.rent_or_buy.plot.isVisible()


def test_the_bill_exports_every_line_with_its_source(page: LedgerPage, session: Session, tmp_path: Path):
    out = tmp_path / "bill.csv"
    write_csv(out, page.waterfall.table())
    with out.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["Line"] for row in rows] == [line.line for line in session.estimate.ledger]
    assert all(row["Source"] for row in rows)
    assert sum(round(float(row["USD"]) * 100) for row in rows) == round(session.estimate.total.cost_usd * 100)


# The calendar


def test_the_months_add_up_to_the_bill(page: LedgerPage, session: Session):
    months = page.calendar.plot.view.months
    assert sum(round(month.total_usd * 100) for month in months) == round(
        session.estimate.total.cost_usd * 100
    )
    assert "Month 1" in page.calendar.accessibleDescription()


@pytest.mark.parametrize("count", [1, 2])
def test_ranges_of_very_many_months_do_not_hide_their_bars(qtbot, bare: LedgerPage, session: Session, count):
    session.set_value("hardware.count", count, "count")
    compute(qtbot, session)
    plot = bare.calendar.plot
    places = Places(plot.view, plot.width(), bare.calendar.theme)
    boxes = [places.month(at) for at in range(len(plot.view.months) - 1)]
    assert len(boxes) > 10
    image = plot.grab().toImage()

    def tinted(x: int, y: int) -> bool:
        """Of a bar, which is blue; paper and whiskers are grey."""
        colour = QColor(image.pixel(x, y))
        return colour.blue() - colour.red() > 40

    seen = [
        any(tinted(x, round(box.bottom()) - 3) for x in range(int(box.left()), int(box.right()) + 1))
        for box in boxes
    ]
    late = seen[-len(seen) // 4 :]  # their ranges begin at nothing
    assert sum(late) > 0.4 * len(late)


def test_a_start_date_names_the_months(qtbot, page: LedgerPage, session: Session):
    open_plan(qtbot, session, "api-or-own", schedule=Schedule(start="2027-01-15", preparation_weeks=6))
    assert page.calendar.title.text().startswith("Done on ")
    assert "2027" in page.calendar.title.text()
    assert "Jan 2027" in page.calendar.accessibleDescription()


def test_the_slip_slider_prices_a_delay_while_it_moves(page: LedgerPage, session: Session):
    before = session.project
    slider = page.calendar.slip
    assert page.calendar.words.whole == "On time: nothing more to pay."
    assert page.calendar.plot.view.late_weeks == 0.0
    slider.setFocus()
    for _ in range(5):
        QTest.keyClick(slider, KEY.Key_Right)
    assert page.calendar.weeks == 5.0
    wanted = session.answer.slip(5.0)
    assert page.calendar.words.whole == slip_words(wanted)
    assert format_money(wanted.total_usd) in page.calendar.words.whole
    assert page.calendar.plot.view.late_weeks == 5.0
    QTest.keyClick(slider, KEY.Key_Home)
    assert page.calendar.words.whole == "On time: nothing more to pay."
    assert session.project == before


@pytest.mark.parametrize("name", ["palm-540b", "deepseek-chain", "smollm3-programme"])
def test_no_delay_is_drawn_uninvited(qtbot, page: LedgerPage, session: Session, name: str):
    open_plan(qtbot, session, name)
    assert (page.calendar.weeks, page.calendar.plot.view.late_weeks) == (0.0, 0.0)


def test_the_first_third_of_the_slip_slider_is_a_month(page: LedgerPage):
    slider = page.calendar.slip
    start, third, end = (slider.x_of(weeks) for weeks in (0.0, 4.0, 52.0))
    assert third - start == pytest.approx((end - start) / 3, abs=1.0)


def test_a_run_of_hours_is_first_shown_on_time(qtbot, page: LedgerPage, session: Session):
    open_plan(qtbot, session, "lora-70b-one-node")
    assert page.calendar.weeks == 0.0
    assert page.calendar.words.whole == "On time: nothing more to pay."
    assert page.calendar.slip.quantity == 0.0
    page.calendar.slip.setFocus()
    QTest.keyClick(page.calendar.slip, KEY.Key_Right)
    assert page.calendar.words.whole.startswith("+1 week: ")
    months = field(page, "people.months")
    assert months.edit.text() == "auto <0.01"
    lasts = plain_spaces(format_duration(session.estimate.total.wall_days))
    assert lasts.endswith(" h")
    assert plain_spaces(months.context.whole).startswith(f"as long as the programme lasts: {lasts}")


def test_dragging_the_slip_slider_moves_it(page: LedgerPage):
    slider = page.calendar.slip
    page.area.ensureWidgetVisible(slider)
    start = QPoint(int(slider.x_of(slider.quantity)), 8)
    QTest.mousePress(slider, LEFT, pos=start)
    QTest.mouseMove(slider, start + QPoint(60, 0))
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(60, 0))
    assert page.calendar.weeks > 5
    assert page.calendar.words.whole.startswith(f"+{page.calendar.weeks:.0f} weeks: ")


def test_bars_of_the_calendar_are_read_by_mouse_and_keys(page: LedgerPage):
    plot = page.calendar.plot
    QTest.mouseMove(plot, QPoint(300, 5))
    QTest.mouseMove(plot, QPoint(305, 8))
    assert page.calendar.pointed.text().startswith("Preparation: 84")
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(plot, KEY.Key_Right)
    assert page.calendar.pointed.text().startswith("Ablations: ")
    for _ in range(30):
        QTest.keyClick(plot, KEY.Key_Right)
    assert page.calendar.pointed.text().startswith("Month 5: ")
    assert plot.accessibleDescription() == page.calendar.pointed.text()


def test_nothing_is_read_above_the_calendar(page: LedgerPage):
    plot = page.calendar.plot
    QTest.mouseMove(plot, QPoint(300, 5))
    QTest.mousePress(plot, LEFT, pos=QPoint(305, 8))
    QTest.mouseMove(plot, QPoint(305, -30))
    assert plot.hover is None
    QTest.mouseRelease(plot, LEFT, pos=QPoint(305, -30))


# Questions


def test_rent_or_buy_says_when_buying_pays_and_how_long_the_plan_is(page: LedgerPage, session: Session):
    card = page.rent_or_buy
    days = sum(stage.wall_days for stage in session.estimate.stages) / 0.8
    wanted = f"Rent: this plan fills {days:.0f} days, buying pays after 28 months"
    assert plain_spaces(card.title.text()) == wanted
    assert {mark.label for mark in card.plot.view.marks} == {"this plan", "month 28"}
    assert "breaks even at 47.3" in card.note.whole
    assert [line.name for line in card.plot.view.lines] == ["Rent", "Buy", "Buy, then sell"]
    card.plot.setFocus()
    QTest.keyClick(card.plot, KEY.Key_Right)
    assert card.pointed.text().startswith("By month 0: rented $0, bought ")
    QTest.keyClick(card.plot, KEY.Key_Right)
    assert card.pointed.text().startswith("By month 1: ")


def test_that_buying_never_pays_is_drawn_for_all_the_years_it_is_said_of(qtbot, page, session):
    open_plan(qtbot, session, "deepseek-v3")
    assert plain_spaces(page.rent_or_buy.title.text()).endswith("buying does not pay within 5 years")
    assert page.rent_or_buy.plot.view.x[-1] == 60


def test_an_accelerator_without_a_price_asks_for_one(qtbot, page: LedgerPage, session: Session):
    without = next(
        e.spec.id for e in session.catalog.accelerators.values() if e.purchase_usd is None and not e.announced
    )
    session.choose_hardware(without, 256)
    compute(qtbot, session)
    assert not page.rent_or_buy.plot.isVisible()
    page.area.ensureWidgetVisible(page.rent_or_buy.ask)
    click(page.rent_or_buy.ask)
    QApplication.processEvents()
    target = page.findChild(QWidget, "ownership.usd_per_accelerator.edit")
    assert target.isVisible()
    assert page.focusWidget() is target


def test_api_or_own_draws_the_options_and_where_training_pays(page: LedgerPage):
    card = page.api_or_own
    assert card.title.text() == "Fine-tuning is cheapest at 10B tokens a day"
    assert {line.name for line in card.plot.view.lines} == {"API", "Fine-tune", "Train"}
    assert "Training beats the API from " in card.note.whole
    assert card.plot.view.here == 10e9
    assert len(card.plot.view.marks) == 2
    card.plot.setFocus()
    QTest.keyClick(card.plot, KEY.Key_Right)
    assert card.pointed.text().startswith("At 10B tokens a day: API ")


def test_without_a_demand_the_card_leads_to_it(qtbot, page: LedgerPage, session: Session):
    open_plan(qtbot, session, "api-or-own", demand=Demand())
    assert not page.api_or_own.plot.isVisible()
    page.area.ensureWidgetVisible(page.api_or_own.ask)
    click(page.api_or_own.ask)
    edit = page.findChild(QLineEdit, "demand.tokens_per_day.edit")
    assert page.focusWidget() is edit
    QTest.keyClicks(edit, "2B")
    QTest.keyClick(edit, KEY.Key_Return)
    compute(qtbot, session)
    assert page.api_or_own.plot.isVisible()
    assert "2B tokens a day" in page.api_or_own.title.text()


# What is left out, energy, badges


def test_what_is_left_out_leads_to_its_input_and_leaves_when_counted(
    qtbot, page: LedgerPage, session: Session
):
    chip = page.findChild(QWidget, "scope.programme.support")
    page.area.ensureWidgetVisible(chip)
    click(chip)
    edit = page.findChild(QLineEdit, "programme.support.edit")
    assert page.focusWidget() is edit
    QTest.keyClick(edit, KEY.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(edit, "5")
    QTest.keyClick(edit, KEY.Key_Return)
    assert session.current_scenario.programme.support == 0.05
    compute(qtbot, session)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert page.findChild(QWidget, "scope.programme.support") is None
    assert any(row.bar.name == "Support" for row in page.waterfall.rows.rows)
    assert "serving" in page.scope.never.whole


def test_energy_says_power_energy_price_and_both_emissions(qtbot, page: LedgerPage, session: Session):
    notes = {block.label.text(): (block.value.text(), block.note.text()) for block in page.energy.blocks}
    assert notes["Electricity"][1] == "within the rent"
    assert notes["Emissions"][1] == "no contracts claimed"
    site = msgspec.structs.replace(session.current_scenario.site, market_kg_per_kwh=0.0)
    open_plan(qtbot, session, "rent-or-buy-64-h100", site=site)
    assert page.energy.blocks[3].note.text().endswith("market-based")
    assert "your input" not in page.energy.sources.whole


def test_energy_stands_in_one_line(qtbot, page: LedgerPage, session: Session):
    """Two of the figures have a range below them, and two have none."""
    settle(session)
    QApplication.processEvents()
    assert {bool(block.spread.text()) for block in page.energy.blocks} == {True, False}
    assert len({block.y() for block in page.energy.blocks}) == 1


def test_no_card_goes_on_estimating_what_is_as_it_was(qtbot, bare: LedgerPage, session: Session):
    """What the bill leaves out and where a run stands may be the same of another plan."""
    for card in (bare.scope, bare.badges):
        card.say(card.title.text(), "Estimating…", "Estimating…")
    session.refresh()
    compute(qtbot, session)
    settle(session)
    for card in (bare.scope, bare.badges):
        assert "Estimating" not in card.subtitle.text()


def test_a_month_s_sum_is_clear_of_its_whisker(qtbot, page: LedgerPage, session: Session):
    """Of a few months it stands beside it, of many there is no room for any."""
    open_plan(qtbot, session, "deepseek-v3")
    found = set()
    for tokens in (14.8e12, 70e12):
        session.set_value("data.tokens", tokens, "Tokens")
        settle(session)
        QApplication.processEvents()
        plot = page.calendar.plot
        places = Places(plot.chart.view, float(plot.width()), plot.theme)
        wide = 52.0
        for index in places.whiskered():
            if plot.chart.view.ends(index) is not None:
                x, cap = places.whisker(index)
                left = places.amount(index, wide)
                found.add(left is None)
                assert left is None or left + wide <= x - cap
    assert found == {True, False}


def test_questions_about_what_does_not_fit_are_answered_as_if_it_did(
    qtbot, page: LedgerPage, session: Session
):
    cards = (page.waterfall, page.calendar, page.rent_or_buy, page.api_or_own, page.energy)
    assert not any("if it fitted" in card.title.text() for card in cards)
    session.choose_hardware("h100-sxm", 1)
    compute(qtbot, session)
    assert session.answer is not None
    assert not session.answer.estimate.runs
    for card in cards:
        assert card.title.text().endswith(", if it fitted")


def test_badges_stand_with_their_sources(page: LedgerPage):
    chips = {chip.objectName(): chip for chip in page.badges.findChildren(QLabel) if chip.property("tone")}
    assert "badge.threshold-eu-gpai" in chips
    assert "over-trained" in chips["badge.tokens-per-parameter"].text()
    assert "2025" in chips["badge.threshold-eu-gpai"].toolTip()


# Inputs


def test_every_input_of_the_ledger_is_named_after_its_path(page: LedgerPage):
    for path in PROGRAMME:
        if path.startswith("goal."):
            continue
        assert page.inputs.reveal(path), path
        assert page.findChild(QWidget, path) is not None, path
        edit, slider = page.findChild(QLineEdit, f"{path}.edit"), page.findChild(QSlider, f"{path}.slider")
        told = QAccessible.queryAccessibleInterface(slider)
        assert NUMBERS[path].label in told.text(QAccessible.Text.Name), path
        assert QAccessible.queryAccessibleInterface(edit).text(QAccessible.Text.Name) == NUMBERS[path].label


def test_every_choice_of_the_ledger_is_named_after_its_path(page: LedgerPage):
    for path in (
        "supply.mode",
        "site.region",
        "site.operator",
        "schedule.keep_reserved",
        "api.model",
        "finetune.supplier",
    ):
        assert page.inputs.reveal(path), path
        picker = page.findChild(QComboBox, path)
        assert picker.accessibleName(), path
        assert picker.accessibleDescription(), path


def test_a_number_at_its_default_says_where_that_comes_from(bare: LedgerPage):
    people = field(bare, "people.usd_per_month")
    assert "$300K a year" in people.context_line()
    assert not people.reset_button.isVisible()
    assert field(bare, "people.heads").context_line().startswith("Off.")
    assert "Epoch" in field(bare, "ownership.network_share").context_line()
    assert "GPU cloud" in field(bare, "site.pue").context_line()
    assert field(bare, "site.pue").edit.text() == "auto 1.25"


def test_typing_people_is_one_undo_step_and_reset_brings_the_default_back(
    qtbot, bare: LedgerPage, session: Session
):
    people = field(bare, "people.heads")
    type_in(people.edit, "6")
    assert session.current_scenario.people.heads == 6.0
    assert session.undo_stack.count() == 1
    compute(qtbot, session)
    assert people.context_line() == "your input"
    assert any(row.bar.name == "People" for row in bare.waterfall.rows.rows)
    click(people.reset_button)
    assert session.current_scenario.people.heads == 0.0
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert not session.dirty


def test_a_drag_of_an_input_is_one_undo_step(bare: LedgerPage, session: Session):
    slider = field(bare, "people.heads").slider
    start = QPoint(int(slider.x_of(slider.quantity)), 8)
    QTest.mousePress(slider, LEFT, pos=start)
    for step in range(10, 100, 10):
        QTest.mouseMove(slider, start + QPoint(step, 0))
    QTest.mouseRelease(slider, LEFT, pos=start + QPoint(90, 0))
    assert session.current_scenario.people.heads > 1
    assert session.undo_stack.count() == 1


def test_an_impossible_value_is_refused_in_words(bare: LedgerPage, session: Session):
    discount = field(bare, "ownership.utilization")
    edit = discount.edit
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "300 %")
    QTest.keyClick(edit, KEY.Key_Return)
    assert "must lie between" in discount.context.whole
    assert session.undo_stack.count() == 0


def choose(picker: QComboBox, text: str) -> None:
    """Pick an entry with the keys, as people do."""
    picker.setFocus()
    at = picker.findText(text)
    assert at >= 0
    picker.setCurrentIndex(at)
    picker.activated.emit(at)


def test_terms_show_the_inputs_that_matter_under_them(qtbot, bare: LedgerPage, session: Session):
    picker = field(bare, "supply.mode")
    term = bare.findChild(QWidget, "supply.term_months")
    assert not term.isVisible()
    choose(picker, "Reserved for a term")
    QApplication.processEvents()
    assert session.current_scenario.supply.mode == "reserved"
    assert session.undo_stack.count() == 1
    assert term.isVisible()
    assert not bare.findChild(QWidget, "supply.owned_share").isVisible()
    compute(qtbot, session)
    assert any(row.bar.name == "Reserved and unused" for row in bare.waterfall.rows.rows)


def test_a_region_sets_energy_and_its_source(qtbot, bare: LedgerPage, session: Session):
    before = bare.energy.title.text()
    choose(field(bare, "site.region"), "Norway")
    compute(qtbot, session)
    assert session.current_scenario.site.region == "no"
    assert bare.energy.title.text() != before
    assert "Norway" in field(bare, "site.grid_kg_per_kwh").context_line()


def test_an_api_brings_its_prices_and_a_typed_price_is_ones_own(page: LedgerPage, session: Session):
    picker = field(page, "api.model")
    assert picker.currentText() == "gpt-5-mini"
    choose(picker, "gpt-5.5")
    api = session.current_scenario.api
    assert (api.usd_per_mtok_in, api.usd_per_mtok_out, api.supplier) == (5.0, 30.0, "OpenAI")
    assert session.undo_stack.count() == 1
    type_in(field(page, "api.usd_per_mtok_in").edit, "4")
    assert session.current_scenario.api.supplier == "your input"
    assert picker.currentText() == "Your own price"


def test_a_host_of_fine_tunes_brings_its_price(page: LedgerPage, session: Session):
    picker = field(page, "finetune.supplier")
    text = next(picker.itemText(i) for i in range(picker.count()) if "Crusoe" in picker.itemText(i))
    choose(picker, text)
    assert session.current_scenario.finetune.supplier == "Crusoe"
    assert session.current_scenario.finetune.usd_per_mtok_trained == 0.4


def test_a_start_day_is_typed_and_nonsense_is_refused(bare: LedgerPage, session: Session):
    start = field(bare, "schedule.start")
    type_in(start, "2027-02-30")
    assert session.current_scenario.schedule.start == ""
    assert start.property("wrong")
    QTest.keyClick(start, KEY.Key_Escape)
    assert start.text() == ""
    type_in(start, "2027-03-01")
    assert session.current_scenario.schedule.start == "2027-03-01"
    assert session.undo_stack.count() == 1
    type_in(start, " ")
    session.undo_stack.undo()
    assert start.text() == "2027-03-01"


def test_folded_groups_say_what_they_hold(page: LedgerPage):
    said = {name: group.fold.text() for name, group in page.inputs.groups.items()}
    assert said["people"] == "6 at $25K a month"
    assert said["supply"] == "on demand"
    assert said["demand"] == "10B tokens a day"
    fold = page.inputs.groups["ownership"].fold
    # Inputs are made when they are unfolded first.
    assert page.findChild(QWidget, "ownership.years") is None
    fold.setFocus()
    QTest.keyClick(fold, KEY.Key_Space)
    QApplication.processEvents()
    assert page.findChild(QWidget, "ownership.years").isVisible()


# Manners


def test_nothing_is_drawn_while_the_page_is_hidden(qtbot, page: LedgerPage, session: Session):
    before = page.waterfall.title.text()
    page.hide()
    open_plan(qtbot, session, "startup-7b")
    assert page.waterfall.title.text() == before
    page.show()
    assert page.waterfall.title.text() != before


def test_a_plan_without_an_estimate_says_why(theme: Theme, session: Session):
    made = dressed(LedgerPage(session, theme), theme)
    made.show()
    session.failed.emit("Model Nemo is not in the catalogue.")
    assert made.waterfall.subtitle.text() == "Model Nemo is not in the catalogue."
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def place(widget: QWidget, within: QWidget) -> QRect:
    return QRect(widget.mapTo(within, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", ["startup-7b", "api-or-own", "deepseek-chain"])
def test_nothing_is_cut_or_covered(
    qtbot, page: LedgerPage, session: Session, themes: ThemeManager, scale, name
):
    themes.set_scale(scale)
    dressed(page, themes.theme)
    page.resize(988, 640)
    open_plan(qtbot, session, name)
    QApplication.processEvents()
    cards = [place(card, page.area.widget()) for card in page.cards if card.isVisible()]
    for index, card in enumerate(cards):
        assert page.area.widget().rect().contains(card)
        assert card.width() <= page.area.viewport().width()
        assert not any(card.intersects(other) for other in cards[index + 1 :])
    for label in page.findChildren(QLabel):
        if label.isVisible() and label.text() and not isinstance(label, ElidedLabel):
            widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().split("\n"))
            assert widest <= label.width() + 1, label.text()


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_every_input_shows_its_label_and_value_whole(page: LedgerPage, themes: ThemeManager, scale):
    themes.set_scale(scale)
    dressed(page, themes.theme)
    for group in page.inputs.groups.values():
        group.fold.setChecked(True)
    for _ in range(3):  # the scroll bar comes after the first layout
        QApplication.processEvents()
    body = page.inputs.area.widget()
    assert body.width() <= page.inputs.area.viewport().width()
    for each in (e for group in page.inputs.groups.values() for e in group.fields.values()):
        if not each.isVisible():
            continue
        assert each.label.fontMetrics().horizontalAdvance(each.label.text()) <= each.label.width(), (
            each.field.path
        )
        edit: QuantityEdit = each.edit
        room = edit.width() - edit.textMargins().right() - 18
        assert edit.fontMetrics().horizontalAdvance(edit.text()) <= room, each.field.path


def test_nothing_that_takes_focus_is_without_a_name(page: LedgerPage):
    for group in page.inputs.groups.values():
        group.fold.setChecked(True)
    QApplication.processEvents()
    takers = [
        each
        for each in page.findChildren(QWidget)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        if isinstance(each, QAbstractButton | QComboBox | QLineEdit | QSlider)
        or each.objectName().endswith((".plot", ".list"))
    ]
    assert len(takers) > 80
    nameless = [
        each.objectName()
        for each in takers
        if not QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_cards_describe_themselves_in_words_and_tables(page: LedgerPage):
    for card in page.cards:
        assert card.accessibleName() == card.title.text()
        assert len(card.accessibleDescription()) > 20
        assert card.table().rows


def test_a_wide_window_gets_two_columns_and_a_narrow_one_its_inputs_below(page: LedgerPage):
    page.resize(1600, 800)
    QApplication.processEvents()
    assert page.calendar.x() > page.waterfall.x()
    page.resize(720, 800)
    QApplication.processEvents()
    assert page.calendar.x() == page.waterfall.x()
    assert place_of(page.inputs, page).y() >= place_of(page.badges, page).y() + page.badges.height()
    page.resize(988, 640)
    QApplication.processEvents()
    assert place_of(page.inputs, page).x() >= place_of(page.badges, page).x() + page.badges.width()


def place_of(part: QWidget, page: LedgerPage) -> QPoint:
    return part.mapTo(page, QPoint(0, 0))


def test_where_the_inputs_stand_below_the_cards_one_bar_scrolls_both(page: LedgerPage):
    page.resize(720, 600)
    QApplication.processEvents()
    assert page.area.verticalScrollBar().maximum() == 0
    page.around.verticalScrollBar().setValue(page.around.verticalScrollBar().maximum())
    bottom = place_of(page.inputs, page).y() + page.inputs.height()
    assert page.height() - 20 <= bottom <= page.height()
    page.resize(988, 640)
    QApplication.processEvents()
    assert page.around.verticalScrollBar().maximum() == 0
    assert page.area.verticalScrollBar().maximum() > 0


def test_a_window_made_narrower_leaves_what_is_being_typed(page: LedgerPage):
    field(page, "site.pue")
    edit = page.findChild(QLineEdit, "site.pue.edit")
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, "1.3")
    page.resize(720, 600)
    QApplication.processEvents()
    assert page.focusWidget() is edit
    QTest.keyClicks(edit, "7")
    assert edit.text() == "1.37"


def ledger_of(window) -> LedgerPage:
    return next(view for view in window.views if isinstance(view, LedgerPage))


def test_a_warning_about_the_ledger_leads_to_its_input(window):
    window.reveal("site.region")
    QApplication.processEvents()
    assert window.pages.currentWidget() is ledger_of(window)
    assert window.focusWidget() is window.findChild(QComboBox, "site.region")
    window.reveal("data.tokens")
    assert window.focusWidget() is window.findChild(QLineEdit, "data.tokens.edit")


def test_both_themes_draw(page: LedgerPage, themes: ThemeManager):
    def grounds() -> list[int]:
        """Of the cards, and of what surrounds the run."""
        parts = (*page.cards, page.inputs)
        return [each.grab().toImage().pixelColor(12, 5).lightness() for each in parts]

    assert min(grounds()) > 200
    themes.choose("dark")
    dressed(page, themes.theme)
    assert max(grounds()) < 60

"""Every figure opens: its formula, its inputs, their sources; by mouse and by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from isocost.plan.answer.estimate import answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.project.editing import duplicate_scenario
from isocost.plan.project.project import set_value
from isocost.quantities import format_cents, format_duration
from isocost.report.decisions.explain import value_said
from isocost.report.decisions.explain_card import card
from isocost.ui.explain.panel import ExplainPanel
from isocost.ui.inputs.stage.commands import StageCommands
from isocost.ui.screenshot import settle
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.cards.figures import FIGURE, ShowsFigures
from isocost.ui.widgets.cards.side import LEAST_PAGE
from tests.ui.conftest import preset

LEFT = Qt.MouseButton.LeftButton
ALT = Qt.KeyboardModifier.AltModifier


def panel(window) -> ExplainPanel:
    return window.findChild(ExplainPanel)


def opened(window, key: str = "total.cost_usd") -> ExplainPanel:
    window.activateWindow()
    window.explain(key)
    QApplication.processEvents()
    return panel(window)


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def row(shown: ExplainPanel, label: str) -> int:
    return next(at for at, each in enumerate(shown.tree.rows.rows) if each.label == label)


def test_a_click_on_the_cost_of_the_headline_opens_it(window, qtbot):
    sentence = window.headline.sentence
    qtbot.mouseClick(sentence, LEFT, pos=sentence.figure_rects[0].center().toPoint())
    shown = panel(window)
    assert shown.isVisible()
    assert shown.value.text() == format_cents(window.session.estimate.total.cost_usd)
    assert shown.formula.whole == "accelerator-hours x price of an hour"
    assert "$3.99" in shown.values.whole
    price = shown.tree.rows.rows[row(shown, "Price of an hour")]
    assert price.provenance == "looked up"
    assert "RunPod" in price.how
    assert "2026-11-09" in price.how


def test_the_keyboard_opens_a_figure_of_the_headline_and_comes_back(window, qtbot):
    window.activateWindow()
    QApplication.processEvents()
    window.inputs.fields["data.tokens"].edit.setFocus()  # a window that opens points at no figure
    sentence = window.headline.sentence
    sentence.setFocus(Qt.FocusReason.TabFocusReason)
    press(qtbot, Qt.Key.Key_Right)
    days = format_duration(window.session.answer.estimate.total.wall_days)
    assert days in sentence.accessibleDescription()
    press(qtbot, Qt.Key.Key_Return)
    shown = panel(window)
    assert shown.shown.key == "total.wall_days"
    assert shown.tree.hasFocus()
    press(qtbot, Qt.Key.Key_Escape)
    assert not shown.isVisible()
    assert sentence.hasFocus()


def test_a_figure_beside_the_headline_opens_by_click_and_by_enter(window, qtbot):
    blocks = [each for each in window.headline.blocks if each.isVisible()]
    assert [each.figure_at(None) for each in blocks] == [
        "total.gpu_hours", "stages.0.mfu", "stages.0.tokens_per_s", "total.energy_kwh",
    ]  # fmt: skip
    qtbot.mouseClick(blocks[1], LEFT)
    shown = panel(window)
    mfu = window.session.answer.estimate.stages[0].mfu
    assert shown.value.text().startswith(f"{100 * mfu:.3g}")
    window.activateWindow()
    blocks[3].setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert "kWh" in shown.value.text()


def test_inputs_of_a_formula_open_in_turn_and_back_leads_through_them(window, qtbot):
    shown = opened(window)
    hours = shown.tree.rows.index(row(shown, "Accelerator-hours"), 0)
    qtbot.mouseClick(shown.tree.viewport(), LEFT, pos=shown.tree.visualRect(hours).center())
    assert shown.value.text().endswith(" h")
    shown.tree.setCurrentIndex(shown.tree.rows.index(row(shown, "Goodput"), 0))
    press(qtbot, Qt.Key.Key_Return)
    assert "Daly 2006" in shown.source.whole
    press(qtbot, Qt.Key.Key_Left, ALT)
    assert shown.value.text().endswith(" h")
    assert shown.tree.rows.rows[shown.tree.currentIndex().row()].label == "Goodput"
    qtbot.mouseClick(shown.back_button, LEFT)
    assert shown.shown.key == "total.cost_usd"
    press(qtbot, Qt.Key.Key_Right, ALT)
    assert shown.value.text().endswith(" h")


def test_rows_fold_by_the_arrow_keys_and_by_a_click_on_their_sign(window, qtbot):
    shown = opened(window)
    every = len(shown.tree.rows.rows)
    shown.tree.setCurrentIndex(shown.tree.rows.index(0, 0))
    press(qtbot, Qt.Key.Key_Left)
    folded = len(shown.tree.rows.rows)
    assert folded < every
    press(qtbot, Qt.Key.Key_Right)
    assert len(shown.tree.rows.rows) == every
    sign = shown.tree.visualRect(shown.tree.rows.index(0, 0)).topLeft() + QPoint(8, 12)
    qtbot.mouseClick(shown.tree.viewport(), LEFT, pos=sign)
    assert len(shown.tree.rows.rows) == folded


def test_change_puts_the_cursor_there_and_the_panel_follows_what_is_typed(window, qtbot):
    shown = opened(window)
    shown.tree.setCurrentIndex(shown.tree.rows.index(row(shown, "Price of an hour"), 0))
    press(qtbot, Qt.Key.Key_E)
    edit = window.inputs.fields["price.usd_per_gpu_hour"].edit
    assert edit.hasFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "2.00")
    press(qtbot, Qt.Key.Key_Return)
    settle(window.session)
    assert "$2.00" in shown.values.whole
    assert shown.value.text() == format_cents(window.session.estimate.total.cost_usd)
    assert shown.tree.rows.rows[row(shown, "Price of an hour")].provenance == "typed"


class Unfolded(dict[str, bool]):
    """Every row of a tree is open."""

    def get(self, key: object, default: object = None) -> bool:
        return not str(key).startswith("/range.")


@pytest.mark.parametrize("name", ["api-or-own", "smollm3-programme"])
def test_whatever_can_be_changed_leads_to_its_input(window, name):
    """Of every value of the tree, in whichever stage and on whichever page."""
    window.documents.open(preset(name))
    settle(window.session)
    shown, told = opened(window), window.session.answer
    whole = card(Explainer(told, 1.0), "total.cost_usd", "total.cost_usd", told, Unfolded())
    places = {each.input.path: each.input for each in whole.rows if each.input is not None}
    assert {"data.tokens", "price.usd_per_gpu_hour", "ablations.share"} <= set(places)
    for path, place in places.items():
        shown.input_wanted.emit(place)
        QApplication.processEvents()
        holder = QApplication.focusWidget()
        while holder is not None and not holder.objectName().startswith(path):
            holder = holder.parentWidget()
        assert holder is not None, path


def test_rows_of_the_bill_open_by_click_enter_and_menu(window, qtbot):
    window.documents.open(preset("api-or-own"))
    settle(window.session)
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    window.activateWindow()
    rows = window.findChild(QWidget, "waterfall.list")
    model = rows.model()
    keys = [model.index(at, 0).data(FIGURE) for at in range(model.rowCount())]
    assert "people" in keys
    assert keys[-1] == "total.cost_usd"
    at = model.index(keys.index("people"), 0)
    qtbot.mouseClick(rows.viewport(), LEFT, pos=rows.visualRect(at).center())
    shown = panel(window)
    assert shown.shown.key == "people"
    rows.setFocus()
    rows.setCurrentIndex(model.index(len(keys) - 1, 0))
    press(qtbot, Qt.Key.Key_Return)
    assert shown.shown.key == "total.cost_usd"


def test_a_wide_window_keeps_the_page_beside_the_panel_and_a_small_one_lies_under_it(window):
    width = window.pages.width()
    shown = opened(window)
    assert window.pages.width() == width
    window.resize(1920, 1000)
    QApplication.processEvents()
    beside = window.pages.width()
    assert beside >= LEAST_PAGE
    assert not shown.geometry().intersects(
        QRect(window.pages.mapTo(window.workspace, QPoint()), window.pages.size())
    )
    shown.leave()
    QApplication.processEvents()
    assert window.pages.width() == beside + shown.width()


def test_a_figure_that_is_gone_is_said_to_be(window):
    shown = opened(window, "stages.0.mfu")
    window.session.set_value("efficiency.mfu", 0.4, "MFU")
    settle(window.session)
    assert shown.shown.value == "40\N{NO-BREAK SPACE}%"
    window.session.undo_stack.setClean()  # else it is asked whether to save
    window.documents.open(preset("deepseek-r1"))
    settle(window.session)
    assert shown.shown.value == ""
    assert "no such figure" in shown.value.text()


@pytest.mark.parametrize("key", ["stages.1.gpu_hours", "stage.1"])
def test_a_figure_stays_its_stages_when_one_before_it_is_switched_off(window, key):
    window.documents.open(preset("deepseek-chain"))
    settle(window.session)
    commands = StageCommands(window.session)
    shown = opened(window, key)
    before = shown.shown.label, shown.shown.value
    commands.switch(0, False)
    settle(window.session)
    assert (shown.shown.label, shown.shown.value) == before
    commands.switch(1, False)
    settle(window.session)
    assert "no such figure" in shown.value.text()
    window.session.undo_stack.undo()
    settle(window.session)
    assert (shown.shown.label, shown.shown.value) == before
    window.session.select_stage(0)
    commands.remove()
    settle(window.session)
    assert (shown.shown.label, shown.shown.value) == before


def test_the_figure_is_copied_with_its_sources(window, qtbot):
    shown = opened(window)
    press(qtbot, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QGuiApplication.clipboard().text()
    assert format_cents(window.session.estimate.total.cost_usd) in copied
    assert "https://www.runpod.io/pricing" in copied
    assert "arXiv 2407.21783" in copied
    assert shown.isVisible()


def keys_shown(window) -> set[str]:
    """The key of every figure that the page on screen says it can open."""
    found = set()
    for each in window.findChildren(QWidget):
        if isinstance(each, ShowsFigures) and each.isVisible():
            found.add(each.figure_at(None))
        if isinstance(each, QAbstractItemView) and each.isVisible() and each.model() is not None:
            model = each.model()
            found |= {model.index(at, 0).data(FIGURE) or "" for at in range(model.rowCount())}
    return found - {""}


@pytest.mark.parametrize("name", ["api-or-own", "deepseek-r1-with-base"])
def test_whatever_says_it_opens_can_be_explained(window, name):
    window.documents.open(preset(name))
    settle(window.session)
    found = set()
    for at, title in enumerate(window.page_titles):
        if title == "Claims":  # its figures are of the claim's own plan
            continue
        window.show_page(at)
        settle(window.session)
        found |= keys_shown(window)
    assert len(found) > 8
    trees = Explainer(window.session.answer, 1.0)
    for key in found:
        trees.of(key)


def test_the_menu_of_a_card_opens_the_figure_under_the_mouse(window, qtbot):
    window.show_page(window.page_titles.index("Fit"))
    settle(window.session)
    chart = window.findChild(ChartCard, "fit.memory")
    centre = chart.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, chart.mapToGlobal(centre))
    QApplication.sendEvent(chart, event)
    menu = chart.menu
    qtbot.waitUntil(menu.isVisible)
    assert menu.actions()[0].text() == "Explain"
    menu.setActiveAction(menu.actions()[0])
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert panel(window).shown.key == "stages.0.memory_bytes"
    assert panel(window).value.text().endswith("GiB")


def test_the_title_of_a_card_opens_by_click_and_by_enter(window, qtbot):
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    title = window.findChild(ChartCard, "energy").title
    qtbot.mouseClick(title, LEFT, pos=QPoint(20, title.height() // 2))
    assert panel(window).shown.key == "energy.kwh"
    window.activateWindow()
    title = window.findChild(ChartCard, "waterfall").title
    title.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert panel(window).shown.key == "total.cost_usd"


def test_the_titles_of_the_scale_page_open_the_bill_and_the_time(window, qtbot):
    window.show_page(window.page_titles.index("Scale"))
    settle(window.session)
    for name, key in (("scale.isocost", "total.cost_usd"), ("scale.counts", "total.wall_days")):
        title = window.findChild(ChartCard, name).title
        qtbot.mouseClick(title, LEFT, pos=QPoint(20, title.height() // 2))
        assert panel(window).shown.key == key
    assert window.findChild(ChartCard, "scale.wins").title.figure_at(None) == ""


def test_a_figure_of_a_compared_scenario_opens_as_that_scenarios(window, qtbot):
    copied = duplicate_scenario(window.session.project, 0)
    window.session.apply(
        lambda _: set_value(copied, "price.usd_per_gpu_hour", 2.0, scenario=1), "A cheaper copy"
    )
    window.show_page(window.page_titles.index("Compare"))
    settle(window.session)
    QApplication.processEvents()
    page = window.pages.currentWidget()
    table = page.findChild(QTableView)
    row = next(
        at for at in range(table.model().rowCount()) if table.model().row(at) and table.model().row(at).figure
    )
    place = table.visualRect(table.model().index(row, 1)).center()
    qtbot.mouseClick(table.viewport(), LEFT, pos=place)
    settle(window.session)
    assert window.session.scenario == 1
    shown = panel(window)
    assert shown.value.text() == format_cents(window.session.estimate.total.cost_usd)
    assert "$2.00" in shown.values.whole


def test_our_estimate_of_a_claim_opens_without_changing_the_plan(window, qtbot):
    before = window.session.project
    window.show_page(window.page_titles.index("Claims"))
    settle(window.session)
    ours = window.findChild(ChartCard, "claims.ours")
    view = ours.chart.view
    qtbot.mouseClick(ours.title, LEFT, pos=QPoint(20, ours.title.height() // 2))
    settle(window.session)
    shown = panel(window)
    node = Explainer(answer(view.plan, window.session.catalog), 1.0).of(view.figure)
    assert node.value == pytest.approx(view.span.p50, rel=1e-6)
    assert shown.shown.value == value_said(node)
    assert "another plan" in shown.name.whole
    assert not any(each.change for each in shown.tree.rows.rows)
    assert window.session.project == before
    visit = shown.visit
    qtbot.mouseClick(ours.title, LEFT, pos=QPoint(20, ours.title.height() // 2))
    settle(window.session)
    assert shown.visit is visit, "the same figure of the same plan is no step"

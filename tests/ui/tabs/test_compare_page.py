"""The Compare tab by real events: scenarios made, pinned, renamed, moved, removed, opened; prices adopted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit, QWidget

from isocost.files import load_project, save_project
from isocost.plan.inputs.starting import new_project
from isocost.ui.look.theme import Theme, ThemeManager
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.compare.columns import ScenarioTable
from isocost.ui.tabs.compare.model import NAME, STATUS
from isocost.ui.tabs.compare.page import ComparePage
from isocost.ui.widgets.rows import ROW
from isocost.ui.window import Window
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

KEY, LEFT = Qt.Key, Qt.MouseButton.LeftButton
ALT, CONTROL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@dataclass
class Shown:
    """A page with its session, and the inputs it led to."""

    session: Session
    page: ComparePage
    led_to: list[str] = field(default_factory=list)


@pytest.fixture
def compared(qtbot, theme: Theme, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shown]:
    """The page as wide as in a window of 1280 pixels, on three scenarios: rented, owned, reserved."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    page = dressed(ComparePage(session, theme), theme)
    shown = Shown(session, page)
    page.field_wanted.connect(shown.led_to.append)
    page.resize(988, 640)
    page.show()
    qtbot.waitExposed(page)
    session.open(load_project(preset("rent-or-buy-64-h100"), session.catalog), None)
    wait(qtbot, shown)
    page.activateWindow()
    table(shown).setFocus()
    yield shown
    page.close()
    page.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def wait(qtbot, shown: Shown) -> None:
    """Until the chances and the shares have come."""
    QApplication.processEvents()
    qtbot.waitUntil(lambda: not shown.page.pending and not shown.session.busy)
    QApplication.processEvents()


def table(shown: Shown) -> ScenarioTable:
    return shown.page.columns.table_view


def names(shown: Shown) -> list[str]:
    """What the table shows in its first row, which is what the plan holds."""
    model = table(shown).model()
    said = [model.index(NAME, column).data() for column in range(model.columnCount())]
    assert said == [each.name for each in shown.session.project.scenarios]
    return said


def press(shown: Shown, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(table(shown), key, held)


def cell(shown: Shown, row: int, column: int) -> QPoint:
    """A place in a cell, near its left end."""
    view = table(shown)
    return view.visualRect(view.model().index(row, column)).topLeft() + QPoint(24, 8)


def row_of(shown: Shown, label: str) -> int:
    model = table(shown).model()
    vertical = Qt.Orientation.Vertical
    return next(row for row in range(model.rowCount()) if model.headerData(row, vertical) == label)


def click(shown: Shown, row: int, column: int) -> None:
    QTest.mouseClick(table(shown).viewport(), LEFT, pos=cell(shown, row, column))


def test_columns_take_the_room_there_is_and_labels_are_read_whole(compared, qtbot, painted):
    view = table(compared)
    narrow = view.columnWidth(0)
    compared.page.resize(1900, 700)
    QApplication.processEvents()
    assert view.columnWidth(0) > 1.3 * narrow
    compared.session.open(load_project(preset("distil-instead-of-rl"), compared.session.catalog), None)
    compared.page.resize(988, 640)
    wait(qtbot, compared)
    painted.clear()
    view.grab()
    assert "Answers and training on them" in painted
    row = row_of(compared, "MFU of the main stage")
    assert view.columns.row(row).cells[0].words == "–"  # reinforcement learning has none
    painted.clear()
    compared.page.why.grab()
    assert {"left out", "added"} <= set(painted)  # the stages that only one of both has


# Changing the list of scenarios


def test_a_key_duplicates_and_the_copy_is_on_screen_everywhere(compared, qtbot):
    before = compared.session.project
    press(compared, KEY.Key_D, CONTROL)
    assert names(compared) == ["Rented", "Rented 2", "Owned", "Reserved for a year"]
    assert compared.session.scenario == 1
    assert table(compared).currentIndex().column() == 1
    wait(qtbot, compared)
    assert compared.page.why.title.text() == "B is a copy of A so far"
    compared.session.undo_stack.undo()
    assert compared.session.project == before
    assert compared.session.scenario == 0


def test_a_key_pins_the_base_and_every_change_is_then_against_it(compared, qtbot):
    press(compared, KEY.Key_Right)
    press(compared, KEY.Key_P)
    assert names(compared) == ["Owned", "Rented", "Reserved for a year"]
    assert compared.session.current_scenario.name == "Rented"
    wait(qtbot, compared)
    shown = compared.page.columns.table().rows[0]
    assert "(" not in shown[1]
    assert "(+" in shown[2]
    compared.session.undo_stack.undo()
    assert names(compared) == ["Rented", "Owned", "Reserved for a year"]


def test_keys_move_a_scenario_and_undo_puts_it_back(compared):
    press(compared, KEY.Key_Right, ALT)
    press(compared, KEY.Key_Right, ALT)
    assert names(compared) == ["Owned", "Reserved for a year", "Rented"]
    assert compared.session.scenario == 2
    press(compared, KEY.Key_Right, ALT)
    assert compared.session.undo_stack.count() == 2
    press(compared, KEY.Key_Left, ALT)
    assert names(compared) == ["Owned", "Rented", "Reserved for a year"]
    for _ in range(3):
        compared.session.undo_stack.undo()
    assert names(compared) == ["Rented", "Owned", "Reserved for a year"]
    assert compared.session.scenario == 0


def test_a_key_removes_and_undo_brings_back(compared, qtbot):
    before = compared.session.project
    press(compared, KEY.Key_Right)
    press(compared, KEY.Key_Delete)
    assert names(compared) == ["Rented", "Reserved for a year"]
    press(compared, KEY.Key_Delete)
    assert [each.name for each in compared.session.project.scenarios] == ["Rented"]
    wait(qtbot, compared)
    assert compared.page.alone.isVisible()
    assert not compared.page.columns.isVisible()
    compared.session.undo_stack.undo()
    compared.session.undo_stack.undo()
    assert compared.session.project == before
    wait(qtbot, compared)
    assert names(compared) == ["Rented", "Owned", "Reserved for a year"]


def test_the_one_on_screen_can_be_removed(compared, qtbot):
    press(compared, KEY.Key_End)
    press(compared, KEY.Key_Return)
    assert compared.session.current_scenario.name == "Reserved for a year"
    press(compared, KEY.Key_Delete)
    assert compared.session.current_scenario.name == "Owned"
    wait(qtbot, compared)
    assert compared.session.estimate.scenario == "Owned"


def type_name(shown: Shown, name: str) -> None:
    press(shown, KEY.Key_F2)
    line = next(each for each in table(shown).findChildren(QLineEdit, "compare.name") if each.isVisible())
    assert line.accessibleName()
    line.selectAll()
    QTest.keyClicks(line, name)
    QTest.keyClick(line, KEY.Key_Return)
    QApplication.processEvents()


def test_a_name_is_edited_in_place(compared):
    press(compared, KEY.Key_Right)
    type_name(compared, "Bought <b>outright</b>")
    assert names(compared)[1] == "Bought <b>outright</b>"
    assert compared.session.undo_stack.count() == 1


def test_a_name_that_is_taken_is_refused_in_words(compared):
    told = compared.page.columns.told
    press(compared, KEY.Key_Right)
    type_name(compared, "Rented")
    assert names(compared)[1] == "Owned"
    assert told.isVisible()
    assert told.whole == "Another scenario is called Rented; choose a name of its own."
    type_name(compared, "Bought")
    assert not told.isVisible()
    assert names(compared)[1] == "Bought"


def test_dragging_a_name_moves_its_scenario_in_one_step(compared):
    view = table(compared).viewport()
    start, end = cell(compared, NAME, 0), cell(compared, NAME, 2)
    QTest.mousePress(view, LEFT, pos=start)
    for part in (0.3, 0.6, 1.0):
        QTest.mouseMove(view, start + (end - start) * part)
        QApplication.processEvents()
    QTest.mouseRelease(view, LEFT, pos=end)
    assert names(compared) == ["Owned", "Reserved for a year", "Rented"]
    assert compared.session.undo_stack.count() == 1
    compared.session.undo_stack.undo()
    assert names(compared) == ["Rented", "Owned", "Reserved for a year"]


def tools_at(shown: Shown, column: int) -> list[QWidget]:
    """The buttons that come up under a name."""
    QTest.mouseMove(table(shown).viewport(), cell(shown, NAME, column))
    QApplication.processEvents()
    tools = table(shown).tools
    assert tools.isVisible()
    place = table(shown).visualRect(table(shown).model().index(STATUS, column))
    assert place.contains(tools.geometry().center())
    return list(tools.buttons)


def test_pointing_at_a_scenario_brings_its_buttons(compared):
    pin, copy, edit, trash = tools_at(compared, 2)
    called = [each.accessibleName() for each in (pin, copy, edit, trash)]
    assert called == [f"{verb} Reserved for a year" for verb in ("Pin", "Duplicate", "Rename", "Remove")]
    QTest.mouseClick(copy, LEFT)
    assert names(compared)[3] == "Reserved for a year 2"
    QTest.mouseClick(tools_at(compared, 3)[3], LEFT)
    assert len(names(compared)) == 3
    QTest.mouseClick(tools_at(compared, 2)[0], LEFT)
    assert names(compared)[0] == "Reserved for a year"
    assert not tools_at(compared, 0)[0].isEnabled()
    QTest.mouseClick(tools_at(compared, 0)[2], LEFT)
    assert table(compared).findChild(QLineEdit, "compare.name").isVisible()


def test_the_buttons_are_reached_by_keys(compared, qtbot):
    press(compared, KEY.Key_Right)
    assert table(compared).tools.isVisible()
    qtbot.keyClick(table(compared), KEY.Key_Tab)
    assert QApplication.focusWidget().accessibleName() == "Pin Owned"
    qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Space)
    assert names(compared)[0] == "Owned"


# Opening


def test_enter_and_a_click_open_a_scenario(compared, qtbot):
    press(compared, KEY.Key_Right)
    assert compared.session.scenario == 0
    press(compared, KEY.Key_Return)
    assert compared.session.scenario == 1
    wait(qtbot, compared)
    click(compared, NAME, 2)
    assert compared.session.current_scenario.name == "Reserved for a year"
    wait(qtbot, compared)
    assert not compared.session.dirty


def test_a_click_on_what_differs_opens_the_scenario_at_that_input(compared, qtbot):
    compared.session.select_scenario(1)
    compared.session.set_value("hardware.count", 128, "Count")
    wait(qtbot, compared)
    compared.session.select_scenario(0)
    wait(qtbot, compared)
    click(compared, row_of(compared, "Count"), 1)
    assert compared.session.current_scenario.name == "Owned"
    assert compared.led_to == ["hardware.count"]


def test_what_is_the_same_leads_nowhere(compared):
    click(compared, row_of(compared, "Region"), 2)
    assert compared.session.scenario == 0
    click(compared, row_of(compared, "Alike in all"), 2)
    assert compared.session.scenario == 0


# Why


def test_the_current_scenario_is_explained_and_a_step_leads_to_its_input(compared, qtbot):
    why = compared.page.why
    assert why.title.text().startswith("Why B costs ")
    press(compared, KEY.Key_End)
    wait(qtbot, compared)
    assert why.title.text().startswith("Why C costs ")
    steps = why.steps.rows
    session = compared.session
    totals = [side.answer.estimate.total.cost_usd for side in compared.page.found.sides]
    assert (steps[0].end, steps[-1].end) == (totals[0], totals[2])
    assert sum(step.usd for step in steps[1:-1]) == pytest.approx(totals[2] - totals[0], abs=0.006)
    at = next(place for place, step in enumerate(steps) if step.path == "supply.discount")
    compared.page.area.ensureWidgetVisible(why.list)
    where = why.list.visualRect(why.steps.index(at)).center()
    QTest.mouseClick(why.list.viewport(), LEFT, pos=where)
    assert session.scenario == 2
    assert compared.led_to == ["supply.discount"]


def test_the_figures_on_screen_follow_an_edit(compared, qtbot):
    shown = compared.page.columns
    before = shown.table().rows[0]
    compared.session.set_value("data.tokens", 2e12, "Tokens")
    wait(qtbot, compared)
    after = shown.table().rows[0]
    assert after[1] != before[1]
    assert after[2].split(" (")[0] == before[2].split(" (")[0]
    assert row_of(compared, "Tokens")


# Suppliers


def test_a_click_on_a_card_adopts_its_price_in_one_step(compared, qtbot):
    card = compared.page.suppliers
    session = compared.session
    cards = card.cards.rows
    held = next(each.total_usd for each in cards if each.own)
    at = next(place for place, each in enumerate(cards) if each.total_usd > held)
    wanted = cards[at]
    compared.page.area.ensureWidgetVisible(card.list)
    where = card.list.visualRect(card.cards.index(at)).center()
    QTest.mouseClick(card.list.viewport(), LEFT, pos=where)
    wait(qtbot, compared)
    price = session.current_scenario.price
    assert (price.supplier, price.usd_per_gpu_hour) == (wanted.card.supplier, wanted.card.usd_per_gpu_hour)
    assert session.estimate.total.cost_usd == pytest.approx(wanted.total_usd, abs=0.01)
    assert session.undo_stack.count() == 1
    assert wanted.card.supplier in session.undo_stack.undoText()
    assert next(each for each in card.cards.rows if each.own).card.supplier == wanted.card.supplier


def test_a_scenario_s_cards_go_by_its_letter(compared, qtbot):
    compared.session.select_scenario(2)
    wait(qtbot, compared)
    assert compared.page.suppliers.title.text().startswith("C at ")


def test_where_no_price_changes_the_bill_no_bar_is_drawn_and_no_price_offered(compared, qtbot):
    card, session = compared.page.suppliers, compared.session
    session.select_scenario(1)
    wait(qtbot, compared)
    assert session.current_scenario.supply.mode == "own"
    assert card.title.text() == "The H100 are owned: no rent changes this plan"
    assert not card.list.isVisible()
    assert "click" not in card.subtitle.text()
    assert "Blue" not in card.subtitle.text()
    assert not card.notes.isVisible()
    session.select_scenario(0)
    wait(qtbot, compared)
    assert card.list.isVisible()


# One scenario


def test_a_plan_of_one_scenario_offers_a_copy(compared, qtbot):
    compared.session.open(load_project(preset("startup-7b"), compared.session.catalog), None)
    wait(qtbot, compared)
    page = compared.page
    assert page.alone.isVisible()
    assert not page.columns.isVisible()
    assert not page.why.isVisible()
    assert page.suppliers.isVisible()
    assert page.alone.copy.text() == "Duplicate this plan to compare"
    page.alone.copy.setFocus()
    qtbot.keyClick(page.alone.copy, KEY.Key_Space)
    wait(qtbot, compared)
    assert not page.alone.isVisible()
    assert page.columns.isAncestorOf(QApplication.focusWidget())  # where the copy now stands
    assert names(compared)[1] == f"{names(compared)[0]} 2"
    assert compared.session.scenario == 1


# Look and access


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_table_is_as_high_as_its_rows_and_the_current_scenario_is_seen_whole(
    compared, qtbot, themes: ThemeManager, scale
):
    themes.set_scale(scale)
    dressed(compared.page, themes.theme)
    for _ in range(2):
        press(compared, KEY.Key_D, CONTROL)
    wait(qtbot, compared)
    shown = table(compared)
    last = shown.visualRect(shown.model().index(shown.model().rowCount() - 1, 0))
    assert shown.viewport().rect().contains(QRect(4, last.top(), 4, last.height()))
    assert shown.verticalScrollBar().maximum() == 0
    for card in (compared.page.columns, compared.page.why, compared.page.suppliers):
        right = card.mapTo(compared.page.area.viewport(), card.rect().topRight()).x()
        assert right <= compared.page.area.viewport().width()
    press(compared, KEY.Key_End)
    current = shown.visualRect(shown.currentIndex())
    assert shown.viewport().rect().left() <= current.left()
    assert current.right() <= shown.viewport().rect().right() + 1


def test_figures_alike_in_all_are_said_once_and_all_stand_in_the_table(compared, qtbot, painted):
    """So that in a window of 1280 by 800 why one costs more is seen whole."""
    session, page = compared.session, compared.page
    shown = table(compared).model()
    said = shown.index(row_of(compared, "Alike in all"), 1).data(Qt.ItemDataRole.DisplayRole)
    for label in ("On the accelerators", "Start to finish", "Accelerator-hours", "MFU", "Memory"):
        assert label in said
        assert any(str(row[0]).startswith(label) for row in page.columns.table().rows)
    painted.clear()
    table(compared).grab()
    assert any(said.split(" · ")[0] in each for each in painted)
    page.resize(988, 633)  # what the page has in a window of 1280 by 800
    wait(qtbot, compared)
    bottom = page.why.list.mapTo(page.area.viewport(), page.why.list.rect().bottomLeft()).y()
    assert bottom <= page.area.viewport().height()
    session.select_scenario(1)
    session.set_value("hardware.count", 128, "Count")
    wait(qtbot, compared)
    for label in ("On the accelerators", "Start to finish"):
        assert row_of(compared, label)


def test_each_figure_alike_in_all_opens_by_click_and_by_enter(compared):
    """They stand on one line, below the outline of the scenario on screen, which is whole."""
    opened: list[str] = []
    compared.page.explain = lambda key, of=None: opened.append(key)
    shown, at = table(compared), row_of(compared, "Alike in all")
    assert at == shown.columns.rowCount() - 1
    row = shown.columns.row(at)
    places = shown.delegate.alike_places(row, QRectF(0, 0, shown.viewport().width(), shown.rowHeight(at)))
    top = shown.rowViewportPosition(at)
    for place in places:
        QTest.mouseClick(shown.viewport(), LEFT, pos=place.center().toPoint() + QPoint(0, top))
    keys = [part.figure(compared.session.scenario) for part in row.parts]
    assert all(keys)
    assert opened == keys
    opened.clear()
    shown.setCurrentIndex(shown.columns.index(at, 1))
    for _ in keys:
        press(compared, KEY.Key_Left)
    for _ in keys:
        press(compared, KEY.Key_Return)
        press(compared, KEY.Key_Right)
    assert opened == keys


def test_in_a_low_window_why_one_costs_more_begins_in_sight(compared, qtbot):
    session, page = compared.session, compared.page
    session.select_scenario(1)
    session.set_value("hardware.count", 128, "Count")
    page.resize(988, 540)  # what the page has in a window of 1280 by 720
    wait(qtbot, compared)
    title = page.why.title
    assert title.mapTo(page.area.viewport(), title.rect().bottomLeft()).y() < page.area.viewport().height()


def test_a_copy_beyond_the_right_edge_comes_into_sight_whole(compared, qtbot):
    for _ in range(3):
        press(compared, KEY.Key_End)
        press(compared, KEY.Key_D, CONTROL)
        wait(qtbot, compared)
        view = table(compared)
        place = view.visualRect(view.currentIndex())
        assert compared.session.scenario == view.currentIndex().column() == len(names(compared)) - 1
        assert view.viewport().rect().left() <= place.left()
        assert place.right() <= view.viewport().rect().right() + 1


def test_a_long_name_takes_two_lines(compared, qtbot, painted):
    compared.session.open(load_project(preset("distil-instead-of-rl"), compared.session.catalog), None)
    wait(qtbot, compared)
    painted.clear()
    table(compared).grab()
    assert not [each for each in painted if "…" in each]
    assert any(each.replace("\n", " ") == names(compared)[2] for each in painted)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("width", [680, 988, 1140])
def test_the_title_and_its_buttons_show_whole_at_any_size_of_text(
    compared, qtbot, themes: ThemeManager, scale, width
):
    themes.set_scale(scale)
    dressed(compared.page, themes.theme)
    compared.page.resize(width, 640)
    wait(qtbot, compared)
    card = compared.page.columns
    assert not card.title.shortened
    places = [QRect(each.mapTo(card, QPoint()), each.size()) for each in (card.title, card.copy, card.add)]
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert all(card.rect().contains(each) for each in places)
    for button in (card.copy, card.add):
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())


@pytest.mark.parametrize("width", [988, 1140, 1600])
def test_no_word_of_the_bars_is_shortened_where_there_is_room(compared, qtbot, painted, width):
    compared.page.resize(width, 900)
    wait(qtbot, compared)
    painted.clear()
    for card in (compared.page.why, compared.page.suppliers):
        card.list.grab()
    assert any("Virginia" in each for each in painted)
    assert any(each.startswith("RunPod, secure cloud") for each in painted)
    assert not [each for each in painted if each.endswith("…")]


@pytest.mark.parametrize("width", [695, 760])
def test_at_twice_the_text_the_bars_go_beneath_words_that_need_the_row(
    compared, qtbot, painted, themes: ThemeManager, width
):
    themes.set_scale(2.0)
    dressed(compared.page, themes.theme)
    compared.page.resize(width, 1200)
    wait(qtbot, compared)
    painted.clear()
    for card in (compared.page.why, compared.page.suppliers):
        card.list.grab()
        assert card.list.verticalScrollBar().maximum() == 0
        last = card.list.visualRect(card.list.model().index(card.list.model().rowCount() - 1, 0))
        assert card.list.viewport().rect().contains(last)
    assert any(each.startswith("RunPod, secure cloud") for each in painted)
    assert {"Virginia, US", "Owned"} <= {each.rpartition("-> ")[2] for each in painted if "->" in each}
    assert not [each for each in painted if "…" in each]
    low = compared.page.suppliers.list.height()
    compared.page.resize(1600, 1200)
    QApplication.processEvents()
    assert compared.page.suppliers.list.height() < low


def test_every_cell_says_what_it_is(compared):
    shown = table(compared).model()
    role = Qt.ItemDataRole.AccessibleTextRole
    assert shown.index(NAME, 0).data(role).startswith("A, Rented: pinned")
    programme = shown.index(row_of(compared, "Programme"), 1).data(role)
    assert programme.startswith("Owned, Programme: $")
    assert programme.endswith("against Rented")
    terms = shown.index(row_of(compared, "Terms"), 1).data(role)
    assert terms == "Owned, Terms: Owned, differs from Rented"
    told = QAccessible.queryAccessibleInterface(table(compared))
    assert told.text(QAccessible.Text.Name) == "Scenarios"
    assert "P pins" in told.text(QAccessible.Text.Description)


def test_every_card_has_a_table_and_a_summary(compared):
    page = compared.page
    for card in (page.columns, page.why, page.suppliers):
        assert len(card.table().rows) > 1
        assert card.title.text() == card.accessibleName()
        assert len(card.accessibleDescription()) > len(card.title.text())
    assert [row[0] for row in page.columns.table().rows[:2]] == ["Programme", "8 chances in 10"]


def test_rows_of_the_lists_are_read(compared):
    page = compared.page
    for shown in (page.why.steps, page.suppliers.cards):
        role, rows = Qt.ItemDataRole.AccessibleTextRole, range(shown.rowCount())
        said = [str(shown.index(row).data(role)) for row in rows]
        assert said
        assert all("$" in each for each in said)
        assert shown.data(QModelIndex(), ROW) is None


# In the window


@pytest.fixture
def tab(qtbot, window: Window) -> Shown:
    """The tab of a window, opened by its key, on a plan of three scenarios."""
    window.documents.open(preset("rent-or-buy-64-h100"))
    settle(window.session)
    place = window.page_titles.index("Compare")
    page = window.views[place]
    assert isinstance(page, ComparePage)
    qtbot.wait(100)
    assert not page.pending
    assert page.found is None, "computed while nobody looks"
    qtbot.keyClick(window, KEY(KEY.Key_1.value + place), CONTROL)
    assert window.pages.currentWidget() is page
    shown = Shown(window.session, page)
    wait(qtbot, shown)
    window.activateWindow()
    table(shown).setFocus()
    return shown


def test_the_picker_keeps_in_step_with_the_table(tab, window, qtbot):
    picker = window.findChild(QComboBox, "scenario")

    def picked() -> str:
        assert [picker.itemText(i) for i in range(picker.count())] == names(tab)
        assert picker.currentIndex() == tab.session.scenario
        return picker.currentText()

    press(tab, KEY.Key_D, CONTROL)
    assert picked() == "Rented 2"
    type_name(tab, "Bought <b>outright</b>")
    assert picked() == "Bought <b>outright</b>"
    press(tab, KEY.Key_P)
    assert names(tab)[0] == picked() == "Bought <b>outright</b>"
    press(tab, KEY.Key_Right, ALT)
    assert names(tab)[1] == picked() == "Bought <b>outright</b>"
    press(tab, KEY.Key_Delete)
    assert picked() == "Rented"
    while tab.session.undo_stack.canUndo():
        tab.session.undo_stack.undo()
    assert picked() == "Rented"
    picker.setFocus()
    qtbot.keyClick(picker, KEY.Key_End)
    wait(qtbot, tab)
    assert table(tab).currentIndex().column() == 2


def test_what_differs_leads_to_its_input_wherever_that_is(tab, window, qtbot):
    click(tab, row_of(tab, "Discount"), 2)
    settle(window.session)
    assert window.session.scenario == 2
    assert window.page_titles[window.tabs.currentIndex()] == "Ledger"
    assert window.focusWidget().objectName() == "supply.discount.edit"
    window.session.set_value("hardware.count", 128, "Count")
    window.show_page(window.page_titles.index("Compare"))
    wait(qtbot, tab)
    click(tab, row_of(tab, "Count"), 2)
    assert window.focusWidget().objectName() == "hardware.count.edit"


def test_a_plan_of_another_file_is_added_under_a_name_of_its_own(tab, window, qtbot, tmp_path, monkeypatch):
    other = new_project(window.session.catalog)
    file = tmp_path / "other.yaml"
    save_project(other, file)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    before = window.session.project
    QTest.mouseClick(tab.page.columns.add, LEFT)
    wait(qtbot, tab)
    assert names(tab)[3] == other.scenarios[0].name
    qtbot.keyClick(window, KEY.Key_O, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    wait(qtbot, tab)
    assert names(tab)[4] == f"{other.name}: {other.scenarios[0].name}"
    assert window.documents.add_scenario(file)
    wait(qtbot, tab)
    assert names(tab)[5] == f"{other.name}: {other.scenarios[0].name} 2"
    assert window.session.scenario == 5
    for _ in range(3):
        window.session.undo_stack.undo()
    assert window.session.project == before


def test_a_file_of_several_scenarios_is_added_whole_in_one_step(window):
    session = window.session
    before, held = session.project, len(session.project.scenarios)
    other = load_project(preset("rent-or-buy-64-h100"), session.catalog)
    assert len(other.scenarios) > 1
    assert window.documents.add_scenario(preset("rent-or-buy-64-h100"))
    assert [each.name for each in session.project.scenarios[held:]] == [each.name for each in other.scenarios]
    assert session.scenario == held
    assert session.undo_stack.undoText() == f"Add {len(other.scenarios)} scenarios of {other.name}"
    assert window.documents.add_scenario(preset("rent-or-buy-64-h100"))
    assert session.project.scenarios[-1].name == f"{other.name}: {other.scenarios[-1].name}"
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.project == before


def test_where_one_plan_is_left_the_keyboard_is_on_what_makes_a_second(tab, window, qtbot):
    table = tab.page.columns.table_view
    table.setFocus()
    while len(window.session.project.scenarios) > 1:
        assert table.hasFocus()
        qtbot.keyClick(table, KEY.Key_Delete)
        wait(qtbot, tab)
    assert tab.page.alone.copy.hasFocus()


def test_a_file_that_is_no_plan_is_refused_in_words(window, tmp_path: Path, monkeypatch):
    file = tmp_path / "no plan.yaml"
    file.write_text("just words")
    said: list[str] = []
    monkeypatch.setattr("isocost.ui.session.documents.show_error", lambda _, sentence: said.append(sentence))
    before = window.session.project
    assert not window.documents.add_scenario(file)
    assert window.session.project == before
    assert len(said) == 1

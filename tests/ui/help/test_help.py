"""Help by its keys: F1 opens the page on what has the keyboard; links, the way back, search, themes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from isocost.plan.inputs.table import INPUTS
from isocost.report.help.pages import INDEX, manual
from isocost.report.help.topics import input_place, place_of
from isocost.ui.dialogs.about import KeyboardMap
from isocost.ui.help.page import HelpPage
from isocost.ui.help.window import HelpWindow
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.look.theme import DARK, LIGHT, ThemeManager
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.window import Window
from tests.ui.hand import ALT, CONTROL, Hand


def shown(window: Window) -> HelpWindow:
    """The window of help, open."""
    found = window.findChild(HelpWindow)
    assert found is not None
    assert found.isVisible()
    return found


def activate(window: Window) -> None:
    window.activateWindow()
    QApplication.processEvents()


def press_f1(window: Window) -> HelpWindow:
    QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F1)
    QApplication.processEvents()
    return shown(window)


@pytest.fixture
def opened(qtbot) -> Iterator[HelpWindow]:
    """The window of help at its index, above a window that holds nothing."""
    themes = ThemeManager("light")
    parent = QWidget()
    made = HelpWindow(manual(), themes.theme, parent)
    qtbot.addWidget(parent)
    made.bring(INDEX)
    qtbot.waitExposed(made)
    yield made  # the window around it is to live as long
    parent.close()


def path_of(part: QWidget | None) -> str:
    """The input a part of the window belongs to."""
    while part is not None and part.objectName() not in INPUTS:
        part = part.parentWidget()
    return part.objectName() if part is not None else ""


def test_f1_on_an_input_opens_its_entry(window: Window):
    hand, reached = Hand(window), set()
    hand.page("Ledger")
    for path in [*INPUTS][::5]:  # tests/report/help holds all to their entries; here is the way by keys
        activate(window)
        window.reveal(path)
        QApplication.processEvents()
        if path_of(QApplication.focusWidget()) == path:
            assert press_f1(window).place == input_place(path)
            reached.add(path)
    assert len(reached) > 12
    hand.key(Qt.Key.Key_Escape)
    assert not window.findChild(HelpWindow).isVisible()


def test_every_input_there_is_has_the_name_that_help_knows_it_by(window: Window):
    Hand(window).page("Ledger")
    fields = window.findChildren(FieldInput)
    assert len(fields) > 15
    for each in fields:
        names, part = [], each.edit
        while part is not None:
            names.append(part.objectName())
            part = part.parentWidget()
        assert place_of(names) == input_place(each.field.path)


def test_f1_on_a_chart_a_tab_and_nothing(window: Window):
    hand = Hand(window)
    hand.page("Fit")
    window.pages.currentWidget().findChild(ChartCard, "fit.memory").seek()
    assert press_f1(window).place == "window.md#memory"
    hand.key(Qt.Key.Key_Escape)
    activate(window)
    window.tabs.setFocus()
    assert press_f1(window).place == "window.md#fit"
    hand.key(Qt.Key.Key_Escape)
    activate(window)
    window.tabs.clearFocus()
    assert press_f1(window).place == INDEX


def test_f1_in_a_dialog_explains_it(window: Window):
    Hand(window)
    window.open_own("quotes")
    QApplication.processEvents()
    assert press_f1(window).place == "catalog.md#quotes-of-a-plan"


def test_the_keys_are_listed_from_the_window_and_from_help(window: Window):
    activate(window)
    window.asides.help_on(INDEX)
    listed = []

    def close() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, KeyboardMap)
        listed.append(dialog)
        dialog.reject()

    QTimer.singleShot(0, close)
    QTest.mouseClick(shown(window).keys_button, Qt.MouseButton.LeftButton)
    activate(window)
    QTimer.singleShot(0, close)
    QTest.keyClick(window, Qt.Key.Key_F1, CONTROL)
    assert len(listed) == 2


def test_a_link_is_followed_and_one_comes_back_to_where_one_was(opened: HelpWindow):
    page = opened.page
    page.setFocus()
    QTest.keyClick(page, Qt.Key.Key_Tab)  # the first link
    QTest.keyClick(page, Qt.Key.Key_Return)
    assert opened.place == "start.md"
    opened.turn_to("glossary.md#mfu")
    down = page.verticalScrollBar().value()
    assert down > 0
    opened.turn_to("questions/cost.md")
    assert page.verticalScrollBar().value() == 0
    QTest.keyClick(page, Qt.Key.Key_Left, ALT)
    assert (opened.place, page.verticalScrollBar().value()) == ("glossary.md#mfu", down)
    QTest.keyClick(page, Qt.Key.Key_Right, ALT)
    assert opened.place == "questions/cost.md"
    assert not opened.forward_button.isEnabled()
    assert opened.back_button.isEnabled()


def test_a_link_is_of_the_folder_of_its_page(opened: HelpWindow):
    opened.turn_to("questions/cost.md")
    assert opened.page.resolved("doubt.md") == "questions/doubt.md"
    assert opened.page.resolved("../accuracy.md#ranges") == "accuracy.md#ranges"
    assert opened.page.resolved("#on-what-it-rests") == "questions/cost.md#on-what-it-rests"


def test_an_address_of_the_web_is_for_the_system_and_no_page_is_left(opened: HelpWindow, monkeypatch):
    asked = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toString()))
    opened.page.wanted.emit("https://arxiv.org/abs/2404.10102")
    opened.page.wanted.emit("../CONTRIBUTING.md")
    assert asked == ["https://arxiv.org/abs/2404.10102"]
    assert opened.place == INDEX


def test_a_search_lists_places_and_enter_opens_the_first(opened: HelpWindow):
    QTest.keyClick(opened, Qt.Key.Key_F, CONTROL)
    line = opened.line
    assert line.hasFocus()
    QTest.keyClicks(line, "break even utilization")
    assert opened.contents.entries[0].title == "Found"
    first = opened.contents.entries[1]
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert opened.place == first.place
    QTest.keyClicks(line, "zzz")
    assert [each.title for each in opened.contents.entries] == ["Nothing is found."]
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == ""
    assert opened.isVisible()
    assert len(opened.contents.entries) > 20
    QTest.keyClick(line, Qt.Key.Key_Escape)
    assert not opened.isVisible()


def test_the_list_is_walked_by_keys_past_its_headings(opened: HelpWindow):
    opened.line.setFocus()
    QTest.keyClick(opened.line, Qt.Key.Key_Down)
    assert opened.contents.hasFocus()
    QTest.keyClick(opened.contents, Qt.Key.Key_Down)
    QTest.keyClick(opened.contents, Qt.Key.Key_Return)
    assert opened.place == "start.md"
    QTest.keyClick(opened.contents, Qt.Key.Key_Up)
    QTest.keyClick(opened.contents, Qt.Key.Key_Up)
    assert opened.line.hasFocus()


def test_pictures_are_those_of_the_theme_and_as_wide_as_the_page(opened: HelpWindow):
    opened.turn_to("questions/cost.md")
    page = opened.page

    def picture():
        return page.loadResource(2, "../screenshots/plan-light.png")

    light = picture()
    assert 0 < light.width() <= page.viewport().width()
    opened.apply_theme(DARK)
    dark = picture()
    assert dark.pixelColor(2, dark.height() // 2).lightness() < 80 < light.pixelColor(2, 9).lightness()
    assert page.document().toPlainText().startswith("What will it cost")
    assert page.loadResource(2, "../../README.md") is None


def at_the_top(page: HelpPage) -> str:
    """The words at the top of what is shown."""
    return page.cursorForPosition(QPoint(40, 2)).block().text()


def test_larger_text_is_larger_on_the_page_and_keeps_its_place(opened: HelpWindow):
    opened.turn_to("glossary.md#mfu")
    assert at_the_top(opened.page).startswith("MFU")
    opened.apply_theme(replace(LIGHT, scale=1.5))
    QApplication.processEvents()
    assert opened.page.document().defaultFont().pixelSize() == pytest.approx(13 * 1.5, abs=1)
    assert at_the_top(opened.page).startswith("MFU")


@pytest.mark.parametrize("share", [0.03, 0.4, 1.0])
def test_a_long_page_keeps_its_place_in_another_theme(opened: HelpWindow, share):
    opened.turn_to("constants.md")
    page = opened.page
    page.document().documentLayout().documentSize()  # all of it is laid out, so that its end can be gone to
    bar = page.verticalScrollBar()
    bar.setValue(round(share * bar.maximum()))
    before = at_the_top(page)
    opened.apply_theme(DARK)
    page.document().documentLayout().documentSize()
    assert at_the_top(page) == before


def test_closed_it_holds_no_page_and_leads_back_to_where_one_was(opened: HelpWindow):
    opened.turn_to("glossary.md#mfu")
    opened.reject()
    assert opened.page.document().isEmpty()
    opened.apply_theme(DARK)
    assert opened.page.document().isEmpty()
    opened.bring("start.md")
    assert opened.page.document().toPlainText()
    opened.back()
    assert opened.place == "glossary.md#mfu"
    assert at_the_top(opened.page).startswith("MFU")

"""The inputs folded away: the page has their room, and whatever leads to an input brings them back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from isocost.ui.screenshot import settle
from isocost.ui.window import Window
from tests.ui.hand import CONTROL, Hand


@pytest.fixture
def hand(window: Window) -> Hand:
    return Hand(window)


def left_of_page(window: Window) -> int:
    return window.pages.mapTo(window, QPoint(0, 0)).x()


def strip(window: Window) -> QWidget:
    found = window.findChild(QWidget, "inputs.unfold")
    assert found is not None
    return found


def test_its_key_gives_the_inputs_room_to_the_page_and_back(window: Window, hand: Hand):
    before = left_of_page(window), window.pages.width()
    assert not strip(window).isVisible()
    hand.key(Qt.Key.Key_B, CONTROL)
    assert not window.inputs.isVisible()
    hand.sees(strip(window))
    assert left_of_page(window) <= strip(window).width() + 1
    assert window.pages.width() > before[1] + 200
    hand.key(Qt.Key.Key_B, CONTROL)
    assert window.inputs.isVisible()
    assert (left_of_page(window), window.pages.width()) == before


def test_the_strip_in_their_place_brings_them_back(window: Window, hand: Hand):
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.click(strip(window))
    assert window.inputs.isVisible()
    assert not strip(window).isVisible()


def test_what_is_typed_is_taken_and_the_keyboard_does_not_stay_behind(window: Window, hand: Hand):
    window.reveal("data.tokens")
    QTest.keyClicks(QApplication.focusWidget(), "3T")
    hand.key(Qt.Key.Key_B, CONTROL)
    assert window.session.value("data.tokens") == 3e12
    assert QApplication.focusWidget() is strip(window)
    hand.key(Qt.Key.Key_Return)
    assert window.inputs.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert window.inputs.isAncestorOf(focused)


def test_what_leads_to_an_input_brings_them_back(window: Window, hand: Hand):
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.find("Tokens")
    assert window.inputs.isVisible()
    assert window.inputs.fields["data.tokens"].isAncestorOf(QApplication.focusWidget())


def test_a_value_changed_elsewhere_is_there_when_they_come_back(window: Window, hand: Hand):
    hand.key(Qt.Key.Key_B, CONTROL)
    hand.find("Tokens 5T")
    assert window.session.value("data.tokens") == 5e12
    assert not window.inputs.isVisible()
    hand.key(Qt.Key.Key_B, CONTROL)
    assert window.inputs.fields["data.tokens"].edit.text() == "5T"


def test_an_opened_figure_stands_beside_the_page_that_has_their_room(window: Window, hand: Hand):
    window.resize(1440, 800)
    window.explain("total.cost_usd")
    settle(window.session)
    taken = window.pages.width()
    hand.key(Qt.Key.Key_B, CONTROL)
    panel = next(each for each in window.findChildren(QWidget) if each.property("role") == "side")
    assert panel.geometry().right() == window.workspace.rect().right()
    assert left_of_page(window) + window.pages.width() <= panel.mapTo(window, QPoint(0, 0)).x()
    assert window.pages.width() != taken


def test_they_stay_away_at_the_next_start(window: Window, hand: Hand, make, qtbot):
    hand.key(Qt.Key.Key_B, CONTROL)
    again = make()
    again.show()
    qtbot.waitExposed(again)
    assert again.inputs.isHidden()
    assert not strip(again).isHidden()
    assert next(a for _, a in again.menus.given if "inputs away" in a.text().replace("&", "")).isChecked()

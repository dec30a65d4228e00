"""The window by keyboard alone: a plan made from start to end, and the keyboard seen wherever it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from isocost.files import load_project
from isocost.plan.answer.estimate import answer
from isocost.quantities import format_money
from isocost.ui.explain.panel import ExplainPanel
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import settle
from isocost.ui.window import Window
from tests.ui.hand import ALT, CONTROL, PLAIN, SHIFT, Hand

AROUND = 6
"""Pixels around a widget in which it may show that it has the keyboard."""


def takers(part: QWidget) -> Iterator[QWidget]:
    """Everything in a part of a window that the Tab key leads to."""
    for each in part.findChildren(QWidget):
        takes = each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        if takes and each.isVisible() and each.focusProxy() is None:
            yield each


def bring_into_sight(widget: QWidget) -> None:
    part = widget.parentWidget()
    while part is not None and not isinstance(part, QScrollArea):
        part = part.parentWidget()
    if part is not None:
        part.ensureWidgetVisible(widget)
    QApplication.processEvents()


def picture(widget: QWidget) -> QImage:
    """The widget and what is around it, as the window shows them."""
    top = widget.window()
    room = QRect(widget.mapTo(top, QPoint()), widget.size())
    return top.grab(room.adjusted(-AROUND, -AROUND, AROUND, AROUND)).toImage()


def unseen(part: QWidget) -> list[str]:
    """What looks the same with the keyboard as without it."""
    found = []
    for each in list(takers(part)):
        if (focused := QApplication.focusWidget()) is not None:
            focused.clearFocus()
        bring_into_sight(each)
        without = picture(each)
        each.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        if picture(each) == without:
            found.append(each.objectName() or f"{type(each).__name__} of {each.parentWidget().objectName()}")
    return found


@pytest.mark.parametrize("page", [each.title for each in PAGES])
def test_where_the_keyboard_is_can_be_seen(window: Window, page: str, monkeypatch: pytest.MonkeyPatch):
    catalog = window.session.catalog
    monkeypatch.setitem(vars(catalog), "claims", {"deepseek-v3": catalog.claims["deepseek-v3"]})
    hand = Hand(window)
    hand.page(page)
    part = window if page == PAGES[0].title else window.pages  # what is around the pages stays
    assert len(list(takers(part))) > 3
    assert unseen(part) == []


def test_where_the_keyboard_is_can_be_seen_among_the_presets(window: Window, qtbot):
    window.show_gallery()
    settle(window.gallery)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QApplication.processEvents()
    assert unseen(window) == []


class Keys(Hand):
    """A hand that has no mouse."""

    def tab_to(self, name: str, *, back: bool = False) -> QWidget:
        """Press Tab until something is reached; wherever it leads on the way is in sight."""
        for _ in range(200):
            self.key(Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab, SHIFT if back else PLAIN)
            reached = QApplication.focusWidget()
            assert reached is not None
            shown = reached.viewport() if isinstance(reached, QAbstractScrollArea) else reached
            assert not shown.visibleRegion().isEmpty(), f"{reached.objectName()} is out of sight"
            if reached.objectName() == name:
                return reached
        raise AssertionError(f"Tab does not lead to {name}")

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        raise AssertionError("no mouse")

    def drag(self, widget: QWidget, *places: QPoint) -> None:
        raise AssertionError("no mouse")


@pytest.fixture
def keys(window: Window, monkeypatch: pytest.MonkeyPatch) -> Keys:
    """On a window that shows the presets; the library has one claim."""
    catalog = window.session.catalog
    monkeypatch.setitem(vars(catalog), "claims", {"deepseek-v3": catalog.claims["deepseek-v3"]})
    window.documents.new()
    window.show_gallery()
    settle(window.gallery)
    made = Keys(window)
    made.rest()
    return made


def sets_goal_and_takes_an_offer(keys: Keys) -> None:
    """An input, a budget and a deadline; then one of the offers that hold both."""
    session = keys.window.session
    keys.tab_to("data.tokens.edit")
    keys.enter("3T")
    keys.tab_to("goal.budget_usd.edit")
    keys.enter("600K")
    keys.tab_to("goal.deadline_days.edit")
    keys.enter("12")
    goal = session.current_scenario.goal
    assert (goal.budget_usd, goal.deadline_days) == (600e3, 12.0)
    assert session.value("data.tokens") == 3e12
    said = keys.tab_to("offers.1", back=True).accessibleName()
    keys.key(Qt.Key.Key_Return)
    total = answer(session.project, session.catalog).estimate.total
    assert total.cost_usd <= 600e3
    assert total.wall_days <= 12.0
    assert format_money(total.cost_usd) in said


def compares(keys: Keys) -> None:
    """A second scenario with another price, which is then what others are compared with."""
    project = keys.window.session.project
    keys.page("Compare")
    keys.tab_to("compare.alone.duplicate")
    keys.key(Qt.Key.Key_Space)
    keys.find("price 2.5")
    keys.tab_to("compare.table")
    keys.key(Qt.Key.Key_P)
    pinned, before = keys.window.session.project.scenarios
    assert pinned.price.usd_per_gpu_hour == 2.5
    assert before == project.scenarios[0]


def checks_a_claim(keys: Keys) -> None:
    """Typed, and judged."""
    keys.page("Claims")
    keys.tab_to("claims.search")
    keys.enter("70B from scratch, 8 H100, 18 days, $8,605")
    assert keys.window.pages.currentWidget().verdict.verdict.text().startswith("Impossible: ")


def explains(keys: Keys) -> None:
    """The cost, what it is made of, and back."""
    keys.key(Qt.Key.Key_I, CONTROL)
    panel = keys.window.findChild(ExplainPanel)
    assert panel.isVisible()
    keys.key(Qt.Key.Key_Down)
    keys.key(Qt.Key.Key_Return)
    assert panel.visit.key != "total.cost_usd"
    keys.key(Qt.Key.Key_Left, ALT)
    assert panel.visit.key == "total.cost_usd"
    keys.key(Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_a_planning_session_from_the_presets_to_the_saved_plan(keys: Keys, tmp_path, monkeypatch):
    window, session, path = keys.window, keys.window.session, tmp_path / "mine.yaml"
    keys.tab_to("gallery.startup-7b")
    keys.key(Qt.Key.Key_Return)
    first = session.project
    assert first.name == "A startup's 7B"
    keys.page("Scale")
    keys.tab_to("tabs")
    keys.key(Qt.Key.Key_Left)
    assert window.tabs.currentIndex() == 0
    sets_goal_and_takes_an_offer(keys)
    compares(keys)
    checks_a_claim(keys)
    explains(keys)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    keys.key(Qt.Key.Key_S, CONTROL)
    assert load_project(path, session.catalog) == session.project
    assert not window.isWindowModified()
    for _ in range(session.undo_stack.count()):
        keys.key(Qt.Key.Key_Z, CONTROL)
    assert session.project == first
    assert session.estimate == answer(first, session.catalog).estimate
    assert load_project(path, session.catalog) != first


def test_the_presets_come_with_the_keyboard_and_leave_it_where_it_was(window: Window):
    window.activateWindow()
    edit = window.findChild(QLineEdit, "data.tokens.edit")
    edit.setFocus()
    QTest.keyClick(edit, Qt.Key.Key_G, CONTROL)
    settle(window.gallery)
    QApplication.processEvents()
    cards = [card.objectName() for card in window.gallery.cards]
    assert QApplication.focusWidget().objectName() == cards[0]
    seen = []
    for _ in cards:
        seen.append(QApplication.focusWidget().objectName())
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert seen == cards
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert window.centre.currentWidget() is window.plan
    assert QApplication.focusWidget() is edit

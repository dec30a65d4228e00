"""Escape while something is held with the mouse: what was before comes back, and no step of undo stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from isocost.report.findings.goal import BUDGET
from isocost.ui.tabs.compare.columns import ScenarioTable
from isocost.ui.tabs.ledger.calendar import Calendar
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.tabs.risk.dots import DotsWidget
from isocost.ui.tabs.risk.ends import TornadoRows
from isocost.ui.tabs.scale.isocost_plot import IsocostPlot
from isocost.ui.widgets.fields.grips import Grip
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.window import Window
from tests.ui.conftest import open_plan
from tests.ui.hand import LEFT, Hand

Held = tuple[QWidget, QPoint, QPoint]
"""A widget, where it is pressed, and where the mouse then goes."""


def _slider(hand: Hand) -> Held:
    slider = hand.window.findChild(LogSlider, "data.tokens.slider")
    assert slider is not None
    at = QPoint(round(slider.x_of(slider.quantity)), 8)
    return slider, at, at - QPoint(40, 0)


def _automatic_slider(hand: Hand) -> Held:
    slider = hand.window.findChild(LogSlider, "efficiency.mfu.slider")
    assert slider is not None
    at = QPoint(round(slider.x_of(slider.quantity)), 8)
    return slider, at, at - QPoint(20, 0)


def _plan_point(hand: Hand) -> Held:
    hand.page("Plan")
    plot = hand.window.findChild(CostTimePlot)
    assert plot is not None
    assert plot.labels is not None
    at = QPointF(*plot.labels.plan.at).toPoint()
    return plot.viewport(), at, at - QPoint(120, 40)


def _budget_line(hand: Hand) -> Held:
    hand.page("Plan")
    plot = hand.window.findChild(CostTimePlot)
    assert plot is not None
    assert plot.goal is not None
    at = plot.goal.flag(BUDGET).room.center().toPoint()
    return plot.viewport(), at, at - QPoint(-60, 120)


def _isocost_point(hand: Hand) -> Held:
    hand.page("Scale")
    plot = hand.window.findChild(IsocostPlot)
    assert plot is not None
    at = plot.plan_at.toPoint()
    return plot, at, at + QPoint(50, 60)


def _dots(hand: Hand) -> Held:
    hand.page("Risk")
    dots = hand.window.findChild(DotsWidget)
    assert dots is not None
    assert dots.places is not None
    at = dots.places.pill.center().toPoint()
    return dots, at, at + QPoint(60, 0)


def _tornado_end(hand: Hand) -> Held:
    hand.page("Risk")
    rows = hand.window.findChild(TornadoRows)
    assert rows is not None
    places = rows.chart.places(float(rows.width()), rows.theme)
    at = places.end(0, rows.chart.rows[0].ends[1]).x()
    y = places.end(0, rows.chart.rows[0].ends[1]).y()
    pressed = QPointF(at, y).toPoint()
    return rows, pressed, pressed - QPoint(30, 0)


def _stage(hand: Hand) -> Held:
    strip = hand.window.findChild(QWidget, "stages.list")
    assert strip is not None
    first, second = (strip.visualRect(strip.rows.index(at)).center() for at in (0, 1))  # type: ignore[attr-defined]
    return strip.viewport(), first, second  # type: ignore[attr-defined]


GRIPS: dict[str, Callable[[Hand], Held]] = {
    "slider": _slider,
    "automatic": _automatic_slider,
    "plan": _plan_point,
    "budget": _budget_line,
    "isocost": _isocost_point,
    "dots": _dots,
    "stage": _stage,
}


def _move(held: Held) -> None:
    widget, pressed, to = held
    QTest.mousePress(widget, LEFT, pos=pressed)
    for share in (0.5, 1.0):
        QTest.mouseMove(widget, pressed + (to - pressed) * share)
        QApplication.processEvents()


def _escape(widget: QWidget, to: QPoint) -> None:
    focused = QApplication.focusWidget()
    QTest.keyClick(focused if focused is not None else widget.window(), Qt.Key.Key_Escape)
    QTest.mouseMove(widget, to + QPoint(7, 3))
    QApplication.processEvents()
    QTest.mouseRelease(widget, LEFT, pos=to + QPoint(7, 3))


@pytest.mark.parametrize("grip", GRIPS)
def test_escape_takes_a_drag_back(window: Window, monkeypatch: pytest.MonkeyPatch, grip: str) -> None:
    if grip == "stage":
        open_plan(window, monkeypatch, "smollm3-programme")
    hand, session = Hand(window), window.session
    hand.rest()
    before, steps = session.project, session.undo_stack.count()
    held = GRIPS[grip](hand)
    page = window.pages.currentIndex()
    _move(held)
    assert session.project != before, "the drag moved nothing"
    _escape(held[0], held[2])
    hand.rest()
    assert session.project == before
    assert session.undo_stack.count() == steps
    assert window.pages.currentIndex() == page
    # The next drag is one of its own, and stays.
    held = GRIPS[grip](hand)
    hand.drag(*held)
    assert session.project != before
    session.undo_stack.undo()
    assert session.project == before


def test_escape_leaves_an_end_of_a_bar_where_it_was(window: Window) -> None:
    hand, session = Hand(window), window.session
    held = _tornado_end(hand)
    rows = window.findChild(TornadoRows)
    assert rows is not None
    before, drawn = session.project, rows.chart.rows
    _move(held)
    assert rows.chart.rows != drawn
    _escape(held[0], held[2])
    hand.rest()
    assert session.project == before
    assert not session.undo_stack.count()
    assert rows.chart.rows == drawn


def test_escape_takes_a_grip_back(window: Window) -> None:
    hand, session = Hand(window), window.session
    slider = window.findChild(LogSlider, "data.tokens.slider")
    assert slider is not None
    slider.setFocus()
    hand.key(Qt.Key.Key_R)
    grip = window.findChild(Grip, "data.tokens.high")
    assert grip is not None
    assert grip.isVisible()
    before, steps = session.project, session.undo_stack.count()
    _move((grip, grip.rect().center(), grip.rect().center() + QPoint(20, 0)))
    assert session.project != before
    _escape(grip, grip.rect().center())
    assert session.project == before
    assert session.undo_stack.count() == steps


def test_escape_takes_a_delay_back(window: Window) -> None:
    hand = Hand(window)
    hand.page("Ledger")
    card = window.findChild(Calendar)
    assert card is not None
    slip = card.slip
    at = QPoint(round(slip.x_of(slip.quantity)), 8)
    _move((slip, at, at + QPoint(50, 0)))
    assert card.weeks > 0
    _escape(slip, at + QPoint(50, 0))
    assert card.weeks == 0.0


def test_escape_puts_a_scenario_back_in_its_place(window: Window) -> None:
    hand, session = Hand(window), window.session
    session.duplicate_scenario(0, "Other")
    hand.rest()
    hand.page("Compare")
    table = window.findChild(ScenarioTable)
    assert table is not None
    order, steps = session.project.scenarios, session.undo_stack.count()
    first, second = (table.visualRect(table.columns.index(0, at)).center() for at in (0, 1))
    _move((table.viewport(), first, second))
    assert session.project.scenarios != order
    _escape(table.viewport(), second)
    hand.rest()
    assert session.project.scenarios == order
    assert session.undo_stack.count() == steps


def test_what_was_hidden_while_it_was_held_leaves_escape_to_others(window: Window) -> None:
    hand, session = Hand(window), window.session
    held = _isocost_point(hand)
    _move(held)
    moved = session.project
    window.show_page(0)
    hand.rest()
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert session.project == moved

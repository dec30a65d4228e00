"""The slider under real keys and mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from isocost.ui.widgets.fields.scale import Scale
from isocost.ui.widgets.fields.slider import LogSlider, Tick


@pytest.fixture
def slider(qtbot):
    holder = QWidget()
    made = LogSlider(Scale(1e8, 1e14))
    column = QVBoxLayout(holder)
    column.addWidget(QLineEdit())
    column.addWidget(made)
    made.show_value(1e12)
    made.moves, made.holder = [], holder
    made.moved.connect(lambda value, gesture: made.moves.append((value, gesture)))
    made.moved.connect(lambda value, _: made.show_value(value))
    qtbot.addWidget(holder)
    holder.resize(280, 80)
    holder.show()
    qtbot.waitExposed(holder)
    return made


def at(slider: LogSlider, value: float) -> QPoint:
    return QPoint(round(slider.x_of(value)), 8)


def wheel(slider: LogSlider, turns: int) -> None:
    place = QPointF(20, 8)
    event = QWheelEvent(
        place,
        slider.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * turns),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(slider, event)


@pytest.mark.parametrize(
    ("key", "modifier", "end"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, 2e12),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, 5e11),
        (Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, 2e12),
        (Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier, 1.1e12),
        (Qt.Key.Key_PageUp, Qt.KeyboardModifier.NoModifier, 1e13),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.NoModifier, 1e11),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 1e8),
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, 1e14),
    ],
)
def test_keys(slider, qtbot, key, modifier, end):
    slider.setFocus()
    qtbot.keyClick(slider, key, modifier)
    assert slider.quantity == pytest.approx(end)


def test_each_key_press_is_a_gesture_of_its_own(slider, qtbot):
    for _ in range(2):
        qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.moves[0][1] is not slider.moves[1][1]


def test_a_drag_moves_in_round_values_as_one_gesture(slider, qtbot):
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=at(slider, 1e12))
    assert slider.moves == []
    for value in (2e12, 4e12, 8e12):
        qtbot.mouseMove(slider, at(slider, value))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=at(slider, 8e12))
    values = [value for value, _ in slider.moves]
    assert values == sorted(values)
    assert slider.quantity == pytest.approx(8e12, rel=0.1)
    assert all(float(f"{value:.2g}") == value for value in values)
    assert len({id(gesture) for _, gesture in slider.moves}) == 1


def test_a_click_on_the_track_jumps_there(slider, qtbot):
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=at(slider, 1e10))
    assert slider.quantity == pytest.approx(1e10, rel=0.1)


def test_a_double_click_asks_for_the_default(slider, qtbot):
    with qtbot.waitSignal(slider.reset):
        qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=at(slider, 1e12))


def test_the_wheel_needs_focus(slider):
    slider.parentWidget().findChild(QLineEdit).setFocus()
    wheel(slider, 1)
    assert slider.moves == []
    slider.setFocus()
    wheel(slider, 1)
    assert slider.quantity > 1e12


def test_a_value_beyond_the_end_is_kept_and_pins_the_thumb(slider):
    slider.show_value(5e15)
    assert slider.quantity == 5e15
    assert slider.x_of(5e15) == slider.x_of(1e14)
    assert slider.moves == []


def test_market_ticks_make_room_under_the_track(slider):
    before = slider.sizeHint().height()
    slider.set_ticks([Tick(2e12, "$2.00 somewhere")])
    assert slider.sizeHint().height() > before


def test_what_is_painted_follows_the_value(slider):
    slider.show_value(1e9)
    low = slider.grab().toImage()
    slider.show_value(1e13)
    assert slider.grab().toImage() != low

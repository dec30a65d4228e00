"""Every input has a name, a role and a way to it without a mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSlider, QWidget

from isocost.plan.inputs.table import NUMBERS
from tests.declared import RUN


@pytest.mark.parametrize("path", RUN)
def test_every_declared_input_is_named_after_its_path(window, path):
    assert window.findChild(QWidget, path) is not None
    edit = window.findChild(QWidget, f"{path}.edit")
    slider = window.findChild(QWidget, f"{path}.slider")
    told = QAccessible.queryAccessibleInterface(slider)
    assert told.role() == QAccessible.Role.Slider
    assert NUMBERS[path].label in told.text(QAccessible.Text.Name)
    assert NUMBERS[path].help in told.text(QAccessible.Text.Description)
    assert told.valueInterface() is not None
    assert QAccessible.queryAccessibleInterface(edit).text(QAccessible.Text.Name) == NUMBERS[path].label


@pytest.mark.parametrize("path", ["model.name", "hardware.accelerator", "data.precision"])
def test_every_choice_is_named_after_its_path(window, path):
    picker = window.findChild(QComboBox, path)
    assert picker.accessibleName()
    assert picker.accessibleDescription()


def test_nothing_that_takes_focus_is_without_a_name(window):
    takers = [
        each
        for each in window.findChildren(QWidget)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
        if isinstance(each, QAbstractButton | QComboBox | QLineEdit | QSlider)
    ]
    assert len(takers) > 20
    nameless = [
        each.objectName() or type(each).__name__
        for each in takers
        if not QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name)
    ]
    assert nameless == []


def test_the_slider_tells_its_value_in_words(window):
    slider = window.findChild(QWidget, "data.tokens.slider")
    assert slider.accessibleDescription().startswith("2T")


def test_assistive_technology_can_move_a_slider(window):
    slider = window.findChild(QSlider, "data.tokens.slider")
    QAccessible.queryAccessibleInterface(slider).valueInterface().setCurrentValue(750)
    assert window.session.value("data.tokens") == pytest.approx(3.2e12, rel=0.1)


def test_tab_reaches_every_visible_input(window, qtbot):
    window.activateWindow()
    window.inputs.model.setFocus()
    seen = set()
    for _ in range(80):
        qtbot.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        seen.add(focused.objectName() if focused else "")
    wanted = {f"{path}.{part}" for path in ("data.tokens", "hardware.count") for part in ("edit", "slider")}
    assert wanted <= seen

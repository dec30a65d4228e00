"""Keys while a value is typed: what belongs to the field, what to the window, and nothing is lost between."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from isocost.files import load_project
from isocost.ui.inputs.stage.notes import NoteEdit
from isocost.ui.screenshot import settle
from isocost.ui.tabs.ledger.pickers import StartEdit
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.fields.typing import window_actions

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def focused(window, path: str) -> QuantityEdit:
    edit = window.findChild(QuantityEdit, f"{path}.edit")
    edit.setFocus()
    return edit


def press(qtbot, key: Qt.Key, modifiers: Qt.KeyboardModifier = CTRL) -> None:
    """A key as the keyboard sends it: to whatever has the focus, shortcuts first."""
    qtbot.keyClick(QApplication.focusWidget() or QApplication.activeWindow(), key, modifiers)


def type_value(window, qtbot, path: str, text: str) -> QuantityEdit:
    edit = focused(window, path)
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    return edit


@pytest.mark.parametrize("back", [False, True])
def test_undo_and_redo_follow_a_typed_value_at_once(window, qtbot, back):
    edit = type_value(window, qtbot, "data.tokens", "9T")
    if back:
        edit.setFocus()
    press(qtbot, Qt.Key.Key_Z)
    assert window.session.value("data.tokens") == 2e12
    press(qtbot, Qt.Key.Key_Z, CTRL | SHIFT)
    assert window.session.value("data.tokens") == 9e12
    assert edit.text().startswith("9T")


def test_undo_belongs_to_the_text_while_it_differs_from_the_value(window, qtbot):
    type_value(window, qtbot, "data.tokens", "9T")
    edit = focused(window, "data.tokens")
    qtbot.keyClicks(edit, "4")
    press(qtbot, Qt.Key.Key_Z)
    assert window.session.value("data.tokens") == 9e12
    assert edit.text().startswith("9T")
    press(qtbot, Qt.Key.Key_Z)
    assert window.session.value("data.tokens") == 2e12


def test_the_commands_of_the_window_are_heard_in_a_field(window, qtbot, monkeypatch):
    asked = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (asked.append(1), ("", ""))[1])
    focused(window, "data.tokens")
    press(qtbot, Qt.Key.Key_E)
    assert asked


def test_enter_gives_the_focus_back_and_tab_goes_on_from_there(window, qtbot):
    edit = type_value(window, qtbot, "data.tokens", "9T")
    assert not edit.hasFocus()
    press(qtbot, Qt.Key.Key_Tab, Qt.KeyboardModifier.NoModifier)
    assert QApplication.focusWidget().objectName() == "data.tokens.lock"  # the marks of the same input


def test_a_click_on_nothing_leaves_the_field_and_applies_it(window, qtbot):
    edit = focused(window, "data.tokens")
    qtbot.keyClicks(edit, "7T")
    body = window.inputs.widget()
    qtbot.mouseClick(body, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert not edit.hasFocus()
    assert window.session.value("data.tokens") == 7e12


def test_what_is_typed_is_saved_with_the_plan(window, qtbot, tmp_path, monkeypatch):
    target = tmp_path / "mine.yaml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    edit = focused(window, "data.tokens")
    qtbot.keyClicks(edit, "7T")
    press(qtbot, Qt.Key.Key_S)
    assert load_project(target, window.session.catalog).scenarios[0].stages[0].data.tokens == 7e12


def test_closing_the_window_asks_about_what_is_typed(window, qtbot, monkeypatch):
    edit = focused(window, "data.tokens")
    qtbot.keyClicks(edit, "7T")
    monkeypatch.setattr(window.documents, "may_close", lambda: not window.session.dirty)
    assert not window.close()


@pytest.mark.parametrize("name", ["stage.group", "stage.note", "schedule.start"])
def test_the_other_texts_leave_undo_to_the_window_as_well(window, qtbot, name):
    window.inputs.notes.fold.setChecked(True)
    window.reveal("schedule.start")
    kinds = {"stage.group": QLineEdit, "stage.note": NoteEdit, "schedule.start": StartEdit}
    edit = window.findChild(kinds[name], name)
    window.session.set_value("data.tokens", 9e12, "Tokens")
    settle(window.session)
    edit.setFocus()
    press(qtbot, Qt.Key.Key_Z)
    assert window.session.value("data.tokens") == 2e12


def test_every_command_has_its_own_key(window):
    keys = [key.toString() for each in window_actions(window) for key in each.shortcuts()]
    assert len(keys) == len(set(keys))


def test_copying_stays_with_the_field(window, qtbot):
    edit = focused(window, "data.tokens")
    edit.selectAll()
    QApplication.clipboard().clear()
    press(qtbot, Qt.Key.Key_C)
    assert QApplication.clipboard().text() == "2T"


def test_k_of_a_context_is_1024_tokens_in_the_field_as_in_a_plan(window, qtbot):
    type_value(window, qtbot, "data.sequence", "32K")
    assert window.session.value("data.sequence") == 32_768

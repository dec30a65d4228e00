"""Text being typed, and the keys it leaves to the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

TextEdit = QLineEdit | QPlainTextEdit
_ACROSS = ("Ctrl+Z", "Ctrl+Shift+Z", "Ctrl+Y")
"""Undo and redo, which a text has of its own while it is being typed."""


class WindowKeys(QObject):
    """Leaves a text field's keys to the commands of the window that have them.

    Qt offers every shortcut to the field with the focus first, and a field takes undo, redo and some others
    (Ctrl+E ends a line) even when it has nothing to undo: the command would never be called.
    """

    def __init__(self, edit: TextEdit, changed: Callable[[], bool]) -> None:
        """``changed`` tells whether the text differs from what was taken: undo and redo are then its own."""
        super().__init__(edit)
        self._changed = changed
        edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
            return False
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier or not isinstance(watched, QWidget):
            return False
        keys = QKeySequence(event.keyCombination())
        if keys in [QKeySequence(each) for each in _ACROSS] and self._changed():
            return False
        if not any(keys in action.shortcuts() for action in window_actions(watched.window())):
            return False
        event.ignore()
        return True


def window_actions(window: QWidget) -> list[QAction]:
    """The commands a window hears wherever the focus is, in the order they were made."""
    everywhere = (Qt.ShortcutContext.WindowShortcut, Qt.ShortcutContext.ApplicationShortcut)
    return [
        each
        for each in window.findChildren(QAction)
        if each.shortcuts() and each.shortcutContext() in everywhere
    ]


def leave(edit: QWidget | None) -> None:
    """Take the focus from a text field, which thereby applies what was typed."""
    if isinstance(edit, TextEdit):
        edit.clearFocus()

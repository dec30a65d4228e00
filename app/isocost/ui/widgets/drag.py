"""Something held with the mouse: what it does is one gesture, which Escape takes back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget


@runtime_checkable
class TakesBack(Protocol):
    """Whoever can undo what a gesture has done so far."""

    def take_back(self, gesture: object) -> None:
        """Put back what was before a gesture, without a step of undo."""


class Drag(QObject):
    """Whether a widget is held, and the gesture that its moves are part of."""

    def __init__(self, held: QWidget, let_go: Callable[[], object]) -> None:
        """``let_go`` ends the drag of the widget, before what it did is taken back."""
        super().__init__(held)
        self._of = held
        self._let_go = let_go
        self._watched: tuple[QWidget, ...] = ()
        self.gesture: object = object()
        """Of the newest drag."""

    def begin(self) -> object:
        """A press took hold of the widget: a new gesture."""
        self.end()
        self.gesture = object()
        # The keyboard is where it was, unless the widget takes it; whoever has it might use Escape itself.
        among = (self._of, self._of.window(), QApplication.focusWidget())
        self._watched = tuple({id(each): each for each in among if each is not None}.values())
        for each in self._watched:
            each.installEventFilter(self)
        return self.gesture

    def end(self) -> None:
        """The mouse let go of it."""
        for each in self._watched:
            each.removeEventFilter(self)
        self._watched = ()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (self._watched and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape):
            return False
        if not self._of.isVisible():  # hidden while it was held, it is never told that the mouse let go
            self.end()
            return False
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()  # the press then comes as a key, not as a shortcut
        elif event.type() is QEvent.Type.KeyPress:
            self.end()
            self._let_go()
            above: QObject | None = self._of
            while above is not None and not isinstance(above, TakesBack):
                above = above.parent()
            if isinstance(above, TakesBack):
                above.take_back(self.gesture)
        else:
            return False
        return True

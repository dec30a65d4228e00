"""A panel at the right edge of the window, beside the page where that keeps its room, else over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication, QFrame, QWidget
from shiboken6 import isValid

from isocost.ui.look.theme import Theme

WIDTH, LEAST_PAGE = 476, 900
"""Pixels of the panel, and of a page that it is not laid over but stands beside."""


class SidePanel(QFrame):
    """Hidden until it appears; closed, it gives the keyboard back to where it was."""

    room_taken = Signal(int)
    """Pixels at the right edge that the page leaves to the panel; 0 = it is laid over the page, or closed."""
    appeared = Signal()

    def __init__(self, theme: Theme, within: QWidget, below: QWidget, beside: QWidget) -> None:
        """``within`` is what it stands in, under ``below`` and never over ``beside``."""
        super().__init__(within)
        self._below, self._beside = below, beside
        self._theme = theme
        self._came_from: QWidget | None = None
        self.setProperty("role", "side")
        # Opaque: Qt would paint it again with each change of the chart it lies over.
        self.setAutoFillBackground(True)
        self.hide()
        for part in (within, below):
            part.installEventFilter(self)

    def appear(self) -> None:
        """Show the panel; shown already, it comes to the front."""
        if self.isHidden():
            self._came_from = QApplication.focusWidget()
            self.show()
            self.place()
            self.appeared.emit()
        self.raise_()

    def leave(self) -> None:
        """Close; the keyboard goes back to where it was, if it is in here."""
        inside = self.isAncestorOf(QApplication.focusWidget() or self)
        self.hide()
        self.room_taken.emit(0)
        before, self._came_from = self._came_from, None
        if inside and before is not None and isValid(before) and before.isVisible():
            before.setFocus()

    def place(self) -> None:
        """Stand at the right edge, beside the page where that keeps its room."""
        within = self.parentWidget()
        if within is None or self.isHidden():
            return
        top = self._below.geometry().bottom() + 1
        page = within.width() - (0 if self._beside.isHidden() else self._beside.width())
        width = min(self._theme.px(WIDTH), page)
        self.setGeometry(within.width() - width, top, width, within.height() - top)
        self.room_taken.emit(width if page - width >= self._theme.px(LEAST_PAGE) else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.place()
        return False

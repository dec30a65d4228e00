"""Rows that are painted, read with the keys, and chosen by a click, Enter or Space."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import ReadableChart, ReadableWidget, View


class PickWidget(ReadableWidget[View]):
    """A chart of rows on screen; each is a button."""

    picked = Signal(int)
    """The row that was chosen."""

    def __init__(self, chart: ReadableChart[View], theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(chart, theme, parent)
        self._pressed: int | None = None
        self.said.connect(self.setAccessibleDescription)

    def _point_at(self, part: int | None) -> None:
        super()._point_at(part)
        self.setCursor(Qt.CursorShape.ArrowCursor if part is None else Qt.CursorShape.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = self._row_at(event.position()) if left else None
        if self._pressed is None:
            # A press that nobody takes is the window's: it leaves the field that is typed in.
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        if pressed is not None and pressed == self._row_at(event.position()):
            self.picked.emit(pressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        choosing = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        if choosing and self.hover is not None:
            self.picked.emit(self.hover)
        else:
            super().keyPressEvent(event)

    def _row_at(self, at: QPointF) -> int | None:
        return self.chart.part_at(at, QSizeF(self.size()), self.theme)

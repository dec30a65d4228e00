"""Room for a list that shows whole rows only: half a row cuts digits, and a cut comma reads as a point."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget


class WholeRows(QWidget):
    """A frame of a list or table, as high as so many of its first rows as there is room for."""

    def __init__(self, view: QAbstractItemView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        view.setParent(self)
        self.setSizePolicy(view.sizePolicy())

    def arrange(self) -> None:
        """Fit the view again, after its rows changed height."""
        view = self._view
        heading = view.horizontalHeader().sizeHint().height() if isinstance(view, QTableView) else 0
        room, used = self.height() - heading, 0
        model = view.model()
        for row in range(model.rowCount() if model is not None else 0):
            high = view.sizeHintForRow(row)
            if used + high > room:
                break
            used += high
        view.setGeometry(0, 0, self.width(), heading + (used or room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def minimumSizeHint(self) -> QSize:
        return self._view.minimumSizeHint()

    def sizeHint(self) -> QSize:
        return self._view.sizeHint()

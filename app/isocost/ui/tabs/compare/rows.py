"""A list of things that say in words what they are, for the charts of rows below the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.rows import ROW, Index, rows_replaced

Shown = TypeVar("Shown")


class Lines(QAbstractListModel, Generic[Shown]):
    """Rows of one kind."""

    def __init__(self, words: Callable[[Shown], str], parent: QObject | None = None) -> None:
        """``words`` says what a row is on one line."""
        super().__init__(parent)
        self._words = words
        self.rows: Sequence[Shown] = ()

    def show(self, rows: Sequence[Shown]) -> None:
        """Replace the rows; the one the keyboard is on stays."""
        with rows_replaced(self, len(self.rows), len(rows)):
            self.rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return self._words(row)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return plain_tip(self._words(row))
        return None

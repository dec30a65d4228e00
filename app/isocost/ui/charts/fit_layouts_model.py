"""The rows of the table of layouts, for Qt's views."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from isocost.plan.fit import LayoutRow
from isocost.quantities import format_count
from isocost.ui.charts.fit_words import HEADINGS, LAYOUT_COLUMNS, degrees, layout_cells, why
from isocost.ui.charts.rows import ROW, Index, rows_replaced


class LayoutsModel(QAbstractTableModel):
    """The rows of a report; rows are updated in place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LayoutRow, ...] = ()

    def show(self, rows: tuple[LayoutRow, ...]) -> None:
        """Replace the rows, adding and removing only at the end."""
        if rows == self.rows:
            return
        with rows_replaced(self, len(self.rows), len(rows), len(LAYOUT_COLUMNS)):
            self.rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(LAYOUT_COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        column = LAYOUT_COLUMNS[section]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return column.name
        if role in (int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return HEADINGS[section]
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return int(side_of(section) | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        column = LAYOUT_COLUMNS[index.column()]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return column.show(layout_cells(row)[index.column()])
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            shown = column.show(layout_cells(row)[index.column()])
            return f"{column.name} {shown}" + ("" if row.fits else ", does not fit")
        if role == int(Qt.ItemDataRole.ToolTipRole):
            idle = f", {format_count(row.idle)} idle" if row.idle else ""
            return f"{degrees(row)}{idle}: {why(row)}. Click to hold the plan to it."
        return None


def side_of(column: int) -> Qt.AlignmentFlag:
    """The side a column's text keeps to."""
    return Qt.AlignmentFlag.AlignRight if LAYOUT_COLUMNS[column].right else Qt.AlignmentFlag.AlignLeft

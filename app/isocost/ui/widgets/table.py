"""A chart's figures as a table: for a screen reader, for the clipboard and for other programs."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from isocost.report.table import Table


class TableDialog(QDialog):
    """The table in a window of its own, readable and copyable."""

    def __init__(self, caption: str, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(caption)
        # Else every table ever opened would live on, hidden, as a child of its card.
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = QTableWidget(len(table.rows), len(table.columns), self)
        self.table.setAccessibleName(caption)
        self.table.setHorizontalHeaderLabels([column.name for column in table.columns])
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        for row in range(len(table.rows)):
            for at, column in enumerate(table.columns):
                item = QTableWidgetItem(table.shown(row, at))
                side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, at, item)
        self.table.resizeColumnsToContents()
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        width = sum(self.table.columnWidth(at) for at in range(len(table.columns)))
        self.resize(width + 60, min(640, 90 + 30 * len(table.rows)))

"""A chart's figures as a table: for a screen reader, for the clipboard and for other programs."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading with the unit, and how a value is shown to people."""

    name: str
    show: Callable[[Any], str] = str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The figures a chart draws, as plain values; None = not known."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def shown(self, row: int, column: int) -> str:
        """One value in words."""
        value = self.rows[row][column]
        return "unknown" if value is None else self.columns[column].show(value)


def write_csv(path: Path, table: Table) -> None:
    """Write the plain values, with a heading line, as UTF-8. Raises OSError."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        writer.writerows(table.rows)


class TableDialog(QDialog):
    """The table in a window of its own, readable and copyable."""

    def __init__(self, caption: str, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(caption)
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

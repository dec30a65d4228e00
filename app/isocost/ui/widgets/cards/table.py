"""A chart's figures as a table: for a screen reader, for the clipboard and for other programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    Qt,
    QTimer,
)
from PySide6.QtGui import QFontMetrics, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QDialog, QFrame, QLayout, QTableView, QVBoxLayout, QWidget
from shiboken6 import isValid

from isocost.report.table import Table
from isocost.ui.widgets.keys import TABLE_KEY
from isocost.ui.widgets.labels import WrapLabel, plain_tip, words_tip
from isocost.ui.widgets.rows import Index

MOST_SUMMARY = 0.4
"""Share of its room that a summary takes at most."""
BETWEEN = 28
"""Pixels between two columns of text, what the style keeps around a cell included."""
MEASURED = 200
"""Rows whose texts are looked at for the width of their column."""
WIDEST = 0.8
"""Share of the screen that a table's own window takes at most: some cells hold a sentence."""
ROOT = QModelIndex()


class TableModel(QAbstractTableModel):
    """The cells of a table, put into words when they are looked at: a map has fifty thousand."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.table = Table((), ())

    def show(self, table: Table) -> None:
        """Hold another table."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.table.rows)

    def columnCount(self, parent: Index = ROOT) -> int:  # noqa: N802 - Qt's name
        return 0 if parent.isValid() else len(self.table.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.shown(index.row(), index.column())
        if role == Qt.ItemDataRole.ToolTipRole and not self.table.columns[index.column()].right:
            # A sentence that its column cuts is read whole over it.
            return plain_tip(self.table.shown(index.row(), index.column()))
        return self._side(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or not 0 <= section < len(self.table.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.columns[section].name
        if role == Qt.ItemDataRole.ToolTipRole:
            return words_tip(self.table.columns[section].name)
        return self._side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _side(self, column: int) -> Qt.AlignmentFlag:
        right = self.table.columns[column].right
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter


class TableView(QTableView):
    """The rows in words, to be read with the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = TableModel(self)
        self.setModel(self._rows)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)

    def show_table(self, caption: str, table: Table) -> None:
        """Show another table; the current cell stays."""
        self.setAccessibleName(caption)
        now = self.currentIndex()
        self._rows.show(table)
        down, across = min(now.row(), len(table.rows) - 1), min(now.column(), len(table.columns) - 1)
        if now.isValid() and down >= 0 and across >= 0:
            self.setCurrentIndex(self._rows.index(down, across))
        # Qt would ask the style sheet for the size of each cell: half a second for a few hundred rows.
        cells, heads = QFontMetrics(self.font()), QFontMetrics(self.horizontalHeader().font())
        for at, column in enumerate(table.columns):
            texts = (table.shown(row, at) for row in range(min(MEASURED, len(table.rows))))
            widest = max(map(cells.horizontalAdvance, texts), default=0)
            self.setColumnWidth(at, max(widest, heads.horizontalAdvance(column.name)) + BETWEEN)


class TableDialog(QDialog):
    """The table in a window of its own, readable and copyable; the key that opens it closes it."""

    def __init__(self, caption: str, table: Table, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(caption)
        # Else every table ever opened would live on, hidden, as a child of its card.
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = TableView(self)
        self.table.show_table(caption, table)
        QShortcut(QKeySequence(TABLE_KEY), self).activated.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        width = sum(self.table.columnWidth(at) for at in range(len(table.columns)))
        room = round(WIDEST * self.screen().availableSize().width())
        self.resize(min(width + 60, room), min(640, 90 + 30 * len(table.rows)))


class TableOver(QFrame):
    """A chart's summary and table over the chart itself, which stays where it is and cannot be reached."""

    def __init__(self, covers: QLayout, parent: QWidget) -> None:
        """``covers`` is the layout of what it stands over."""
        super().__init__(parent)
        self._covers = covers
        self._disabled: list[QWidget] = []
        self.setProperty("role", "cover")
        self.summary = WrapLabel(self)
        self.summary.setProperty("role", "small")
        self.table = TableView(self)
        self.table.setProperty("role", "read")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.summary)
        column.addWidget(self.table, 1)
        parent.installEventFilter(self)
        self.hide()

    def show_table(self, caption: str, summary: str, table: Table) -> None:
        """Cover the chart; covering it already, show another table."""
        self.summary.say(summary)
        self.table.show_table(caption, table)
        if self.isHidden():
            # Nor shall the Tab key lead to what is not seen.
            self._disabled = [each for each in _widgets(self._covers) if each.isEnabled()]
            for each in self._disabled:
                each.setEnabled(False)
            self.show()
        self._place()
        self.raise_()

    def uncover(self) -> None:
        """Leave the chart to be seen again, and go: the tables of all charts came to 10 MB."""
        for each in self._disabled:
            if isValid(each):
                each.setEnabled(True)
        self._disabled = []
        self.hide()
        self.deleteLater()

    def _place(self) -> None:
        self.setGeometry(self._covers.geometry())
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + 8)
        # The summary repeats the table: it goes where it would leave that little room.
        self.summary.setVisible(MOST_SUMMARY * self.height() >= self.summary.sizeHint().height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.LayoutRequest) and not self.isHidden():
            QTimer.singleShot(0, self, self._place)  # once the layout has moved what is covered
        return False


def _widgets(layout: QLayout) -> Iterator[QWidget]:
    """The widgets of a layout and of those inside it."""
    for at in range(layout.count()):
        item = layout.itemAt(at)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _widgets(inner)

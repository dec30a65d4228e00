"""The table of quotes: each cell can be typed over, Space uses a quote, Delete removes those chosen."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from isocost.catalog.entries.prices import PriceCard
from isocost.report.findings.own.quotes import COLUMNS, TITLE, TYPED, QuoteLine
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.rows import rows_replaced

_Index = QModelIndex | QPersistentModelIndex
ROW = 28
"""Pixels of a row."""
WIDEST = 220
"""Pixels of a column at most, but for the last, which has what is left."""


class QuoteModel(QAbstractTableModel):
    """The lines of the table; what is typed into one is told, not kept."""

    typed = Signal(object, str, str)
    """A quote, what of it was typed over, and the text."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.rows: tuple[QuoteLine, ...] = ()
        self.theme: Theme = LIGHT

    def show(self, rows: tuple[QuoteLine, ...]) -> None:
        """Replace the lines."""
        with rows_replaced(self, len(self.rows), len(rows), len(COLUMNS)):
            self.rows = rows

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return usual | Qt.ItemFlag.ItemIsEditable if index.isValid() and TYPED[index.column()] else usual

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        line, at = self.rows[index.row()], index.column()
        roles = Qt.ItemDataRole
        if role in (roles.DisplayRole, roles.EditRole):
            return line.cells[at]
        if role == roles.TextAlignmentRole:
            return _side(at)
        if role == roles.ForegroundRole and at == 0:
            return QBrush(self.theme.fine)
        if role == roles.ToolTipRole:
            return plain_tip(f"{line.cells[at]}\n{line.card.source}".strip())
        if role == roles.AccessibleTextRole and at == 0:
            return line.words
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.EditRole or value == self.data(index):
            return False
        self.typed.emit(self.rows[index.row()].card, TYPED[index.column()], str(value))
        return True

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].name
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


def _side(at: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if COLUMNS[at].right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


class QuoteTable(QTableView):
    """The lines, whole rows chosen at a time."""

    use_wanted = Signal()
    """Space was pressed, or the mark in the first column."""
    remove_wanted = Signal()

    def __init__(self, model: QuoteModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.setModel(model)
        self.setProperty("role", "read")
        self.setAccessibleName(TITLE)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)

    @property
    def chosen(self) -> tuple[PriceCard, ...]:
        """The quotes whose rows are chosen."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self._model.rows[row].card for row in rows if row < len(self._model.rows))

    def choose(self, card: PriceCard) -> None:
        """Put the keyboard on a quote."""
        at = next((row for row, line in enumerate(self._model.rows) if line.card == card), None)
        if at is not None:
            self.setCurrentIndex(self._model.index(at, 1))
            self.selectRow(at)

    def fit(self) -> None:
        """As wide as the texts, so far as there is room."""
        for at in range(len(COLUMNS) - 1):
            wanted = max(self.sizeHintForColumn(at), self.horizontalHeader().sectionSizeHint(at))
            self.setColumnWidth(at, min(wanted + 12, self._model.theme.px(WIDEST)))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours, and rows as high as its text."""
        self._model.theme = theme
        self.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # the Enter that ends a cell comes here as well
        elif event.key() == Qt.Key.Key_Space:
            self.use_wanted.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            if self.currentIndex().flags() & Qt.ItemFlag.ItemIsEditable:  # of others Qt complains
                self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

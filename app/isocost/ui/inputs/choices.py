"""A list to choose from, in columns: it opens under a line that searches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QTreeView,
    QWidget,
)

from isocost.report.table import Column
from isocost.ui.widgets.labels import plain_tip

MOST_LINES, FEW_LINES = 14, 8
"""Lines shown at once, a longer list scrolls; and those there must be room for under the line, else it opens
above it."""
NAME_LETTERS = 34
"""Widest column of names, in average letters; longer ones end in an ellipsis."""
ABOVE = 6
"""Pixels above and below a line's text."""
PADDING = 12
"""Pixels beside a cell's text: 8 of the style sheet, the rest what Qt keeps for a frame around the text."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list."""

    cells: tuple[str, ...]
    """Its texts, a column each; a single one runs through all columns."""
    sentence: str = ""
    """What is heard of it, and its tip; empty = its texts say all."""
    choose: Callable[[], object] | None = None
    """What choosing it does; None = it cannot be chosen: a heading, or something that is said."""
    shown: bool = False
    """Whether it is what the plan has."""
    heading: bool = False
    """Whether it names those after it."""
    command: bool = False
    """Whether it does something else than choose."""


class ChoiceList(QObject):
    """The list of one search line: filled at each letter, open while something is looked for.

    Qt's completer opens it, hands it the keys that move through it and the others to the line; what is found,
    and in which order, is not the completer's.
    """

    chosen = Signal(object)
    """A :class:`Line` that can be chosen was."""
    entered = Signal()
    """Enter was pressed in it."""
    escaped = Signal()
    """Closed by Escape: nothing is wanted."""

    def __init__(self, line: QLineEdit, name: str) -> None:
        super().__init__(line)
        self._line = line
        self._lines: Sequence[Line] = ()
        self._model = _Model(self)
        self.view = QTreeView()
        self._dress(name)
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setPopup(self.view)
        # The completer leaves it without a parent, and with that outside of every style sheet.
        self.view.setParent(line, self.view.windowFlags())
        # Not the line's own completer, which would write over what is typed while one moves through the list.
        self._completer.setWidget(line)
        self.view.clicked.connect(lambda index: self._choose(index.row()))
        # After the completer's, so that it is asked first.
        self.view.installEventFilter(self)

    def _dress(self, name: str) -> None:
        view, header = self.view, self.view.header()
        view.setProperty("role", "choices")
        view.setAccessibleName(name)
        view.setRootIsDecorated(False)
        view.setIndentation(0)
        view.setUniformRowHeights(True)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setTextElideMode(Qt.TextElideMode.ElideRight)
        view.setMouseTracking(True)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(0)
        header.setSectionsClickable(False)

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it holds."""
        return tuple(self._lines)

    @property
    def is_open(self) -> bool:
        """Whether it is on screen."""
        return self.view.isVisible()

    def open(self, columns: Sequence[Column], lines: Sequence[Line], beside: QWidget) -> None:
        """Show lines under (or above) a widget, at the one the plan has."""
        self._lines = lines
        for part in (self.view, self.view.header()):  # their fonts, which the lines are measured in
            part.ensurePolished()
        self._model.fill(columns, lines, self._line.palette(), self.view.font(), self.view.header().font())
        self._completer.complete(QRect(0, 0, beside.width(), beside.height()))
        for row, line in enumerate(lines):
            if len(line.cells) == 1:
                self.view.setFirstColumnSpanned(row, QModelIndex(), True)
        self._place(beside)
        at = next((row for row, line in enumerate(lines) if line.shown), None)
        if at is not None:
            self.view.setCurrentIndex(self.view.model().index(at, 0))
            self.view.scrollTo(self.view.currentIndex(), QAbstractItemView.ScrollHint.PositionAtCenter)

    def close(self) -> None:
        """Take it off the screen."""
        self.view.hide()

    def take(self) -> bool:
        """Choose the line one moved to; False = to none that can be."""
        index = self.view.currentIndex()
        if self.is_open and index.isValid() and self.view.selectionModel().isSelected(index):
            return self._choose(index.row())
        return False

    def _choose(self, row: int) -> bool:
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        if line is None or line.choose is None:
            return False
        self.chosen.emit(line)
        return True

    # Its place

    def _place(self, beside: QWidget) -> None:
        """Take the width of the columns and the height of the lines, on the side that has more room."""
        header, bar = self.view.header(), self.view.verticalScrollBar()
        frame = 2 * self.view.frameWidth()
        widths = self._widths()
        row = self._model.row_height
        around, wanted = header.sizeHint().height() + frame, min(MOST_LINES, len(self._lines))
        screen = beside.screen().availableGeometry()
        over = beside.mapToGlobal(beside.rect().topLeft())
        under = over.y() + beside.height()
        below, above = screen.bottom() + 1 - under, over.y() - screen.top()
        upwards = around + row * min(wanted, FEW_LINES) > below and above > below
        # Whole lines: the last one is not cut where the screen ends.
        height = around + row * max(1, min(wanted, ((above if upwards else below) - around) // row))
        width = min(screen.width(), max(sum(widths) + bar.sizeHint().width() + frame, beside.width()))
        left = max(screen.left(), min(over.x(), screen.right() + 1 - width))
        self.view.setGeometry(left, over.y() - height if upwards else under, width, height)
        for at, each in enumerate(widths):
            header.setSectionResizeMode(at, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(at, each)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def _widths(self) -> list[int]:
        """The columns' widths: of names a good many letters, of figures the widest."""
        metrics, small = self.view.fontMetrics(), self.view.header().fontMetrics()
        widths = [small.horizontalAdvance(column.name) for column in self._model.columns]
        told = [line.cells for line in self._lines if len(line.cells) > 1]
        # Many say the same, and to measure is what takes the time.
        for at, texts in enumerate(zip(*told, strict=True)):
            widths[at] = max(widths[at], *(metrics.horizontalAdvance(text) for text in set(texts)))
        widths[0] = min(widths[0], NAME_LETTERS * metrics.averageCharWidth())
        widths = [width + 2 * PADDING for width in widths]
        said = (metrics.horizontalAdvance(line.cells[0]) for line in self._lines if len(line.cells) == 1)
        widths[0] += max(0, max(said, default=0) + 2 * PADDING - sum(widths))
        return widths

    # Events

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The completer would close the list, which may have to say why nothing was taken.
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
            self.escaped.emit()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            # It would keep the line from hearing that it lost the focus.
            self.close()
            QApplication.sendEvent(self._line, event)
        else:
            return False
        return True


_CHOSEN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_Index = QModelIndex | QPersistentModelIndex


class _Model(QAbstractTableModel):
    """The lines as a view asks for them: those out of sight, which are most, take no time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.columns: Sequence[Column] = ()
        self._lines: Sequence[Line] = ()
        self._quiet, self._accent, self._heading = QBrush(), QBrush(), QFont()
        self.row_height = 0
        """Pixels of every line, headings in their small font too."""

    def fill(
        self, columns: Sequence[Column], lines: Sequence[Line], palette: QPalette, font: QFont, small: QFont
    ) -> None:
        """Hold other lines, drawn in the colours of a palette and in a font; headings in a small one."""
        self.beginResetModel()
        self.row_height = QFontMetrics(font).height() + 2 * ABOVE
        self.columns, self._lines = columns, lines
        self._quiet = palette.brush(QPalette.ColorRole.PlaceholderText)
        self._accent = palette.brush(QPalette.ColorRole.Accent)
        self._heading = QFont(small)
        self._heading.setWeight(QFont.Weight.DemiBold)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name and default
        return 0 if parent.isValid() else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self.columns)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        chosen = index.isValid() and self._lines[index.row()].choose is not None
        return _CHOSEN if chosen else Qt.ItemFlag.NoItemFlags

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        line, at = self._lines[index.row()], index.column()
        roles = Qt.ItemDataRole
        if role == roles.DisplayRole:
            return line.cells[at] if at < len(line.cells) else None
        if role == roles.TextAlignmentRole:
            return _side(self.columns[at])
        if role == roles.ForegroundRole:
            return self._accent if line.command else self._quiet if at or line.choose is None else None
        if role == roles.FontRole:
            return self._heading if line.heading else None
        if role == roles.SizeHintRole:
            return QSize(0, self.row_height)
        if role == roles.ToolTipRole:
            return plain_tip(line.sentence)
        if role == roles.AccessibleTextRole and at == 0:
            return line.sentence or line.cells[0]
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].name
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(self.columns[section])
        return None


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter

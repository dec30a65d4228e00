"""Rows of a list painted by hand: the look that every such list here has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.widgets.cards.figures import FIGURE, OPENING, explain
from isocost.ui.widgets.labels import plain_tip, shorten

Index = QModelIndex | QPersistentModelIndex

Shown = TypeVar("Shown")

ROW = int(Qt.ItemDataRole.UserRole)
"""Role of what a row shows."""

LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
"""Sides of its room that a text stands at."""


class RowDelegate(QStyledItemDelegate):
    """A painter of rows; holds what they share: a theme, its fonts, a height, the ground under a row."""

    def __init__(self, theme: Theme, height: int, parent: QObject | None = None) -> None:
        """``height`` is that of a row in pixels at the design's text size."""
        super().__init__(parent)
        self._height = height
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Paint from now on in this theme."""
        self.theme = theme
        self.bold = font_of(theme, "small", bold=True)
        self.small, self.quiet = font_of(theme, "small"), font_of(theme, "quiet")

    def height(self, width: float) -> int:
        """Pixels of each row of a list as wide as that."""
        return self.theme.px(self._height)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, self.height(option.rect.width()))

    def paint_ground(
        self, painter: QPainter, row: QRectF, state: QStyle.StateFlag, *, chosen: bool = False
    ) -> None:
        """The plan's row tinted, the one under the mouse lighter, the one with the keyboard outlined."""
        theme = self.theme
        inner = row.adjusted(0.5, 1.5, -0.5, -1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(mixed(theme.accent, theme.panel, 0.10))
            painter.drawRoundedRect(inner, 6, 6)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(mixed(theme.quiet, theme.panel, 0.08))
            painter.drawRoundedRect(inner, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(made_pen(theme.accent, 1.4))
            painter.drawRoundedRect(inner, 6, 6)

    def paint_spread(
        self, painter: QPainter, low: float, high: float, middle: float, *, beyond: bool = False
    ) -> None:
        """A line with ends, from the 10th to the 90th percentile; an arrow where it goes on ``beyond``."""
        painter.setPen(made_pen(self.theme.text, 1.4))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low,) if beyond else (low, high):
            painter.drawLine(QPointF(end, middle - 4), QPointF(end, middle + 4))
        if beyond:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.text))
            corners = QPointF(high + 1, middle), QPointF(high - 6, middle - 4), QPointF(high - 6, middle + 4)
            painter.drawPolygon(corners)


BENEATH = 14
"""Pixels more that a row has for a bar beneath its words."""


class BarDelegate(RowDelegate):
    """A painter of rows of words and a bar beside them, or beneath where the words need the whole row."""

    def is_beneath(self, width: float) -> bool:
        """Whether the bars stand beneath the words in rows as wide as that."""
        raise NotImplementedError

    def height(self, width: float) -> int:
        return self.theme.px(self._height + (BENEATH if self.is_beneath(width) else 0))

    def rooms(self, row: QRectF) -> tuple[QRectF, QRectF | None]:
        """Where the words of a row stand, and its bar if that is beneath them."""
        if not self.is_beneath(row.width()):
            return row, None
        words = QRectF(row.left(), row.top() + 2, row.width(), self.theme.px(self._height) - 4)
        return words, QRectF(
            row.left() + 8, words.bottom(), row.width() - 16, row.bottom() - words.bottom() - 4
        )


class RowsDrawing:
    """All rows of a list as a drawing, those scrolled out of sight as well."""

    def __init__(self, model: QAbstractItemModel, delegate: RowDelegate) -> None:
        self._model = model
        self._delegate = delegate

    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint row by row from the top; ``hover`` is the row under the mouse."""
        # A delegate is the list's own, so it is only lent: the list paints again in its own theme.
        on_screen = self._delegate.theme
        self._delegate.set_theme(theme)
        states = QStyle.StateFlag
        top = round(room.top())
        for row in range(self._model.rowCount()):
            index, option = self._model.index(row, 0), QStyleOptionViewItem()
            option.rect = QRect(0, 0, round(room.width()), 0)
            height = self._delegate.sizeHint(option, index).height()
            option.rect = QRect(round(room.left()), top, round(room.width()), height)
            option.state = states.State_MouseOver if row == hover else states.State_None
            self._delegate.paint(painter, option, index)
            top += height
        self._delegate.set_theme(on_screen)


def write_text(
    painter: QPainter,
    room: QRectF,
    text: str,
    font: QFont,
    colour: str,
    side: int = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """One line of text, shortened to its room."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    # Widths of text are rounded, and a text just as wide as its room is not to be shortened.
    painter.drawText(room, side, shortened(text, font, int(room.width()) + 1, elide))


_shortened: dict[tuple[str, str, int, Qt.TextElideMode], str] = {}
MOST_SHORTENED = 2048
"""Texts whose shortened form is remembered."""


def shortened(
    text: str, font: QFont, width: int, elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight
) -> str:
    """A text shortened to a width in pixels; remembered, as a drag paints the same words at every step."""
    key = (text, font.key(), width, elide)
    if key not in _shortened:
        if len(_shortened) >= MOST_SHORTENED:
            _shortened.clear()
        metrics, right = QFontMetrics(font), elide is Qt.TextElideMode.ElideRight
        _shortened[key] = shorten(text, metrics, width) if right else metrics.elidedText(text, elide, width)
    return _shortened[key]


class RowList(QListView):
    """A plain list of such rows, which keep their height whatever they come to say.

    A row that is a figure of the answer opens: by a click or by Enter, unless they mean something else here.
    """

    def __init__(self, name: str, model: QAbstractItemModel, delegate: RowDelegate, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self._row_height = 0
        """Pixels of each row while the list is as high as all; 0 = it scrolls."""
        self.setObjectName(name)
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        # Qt then asks one row for its height instead of all.
        self.setUniformItemSizes(True)
        # Else a row learns of the mouse above it only while a button is down.
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # The ground is the card's, whose round corners a ground of the list would cover.
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self.open_row)

    def open_row(self, index: QModelIndex) -> None:
        """Open the figure of a row, if it is one."""
        explain(self, index.data(FIGURE) or "")

    def figure_at(self, place: QPoint | None) -> str:
        """Key of the figure of the row at a place, or of the one the keyboard is on (None)."""
        index = self.currentIndex() if place is None else self.indexAt(place)
        return index.data(FIGURE) or "" if index.isValid() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in OPENING or not self.figure_at(None) or not clicked_by_key(self, event):
            super().keyPressEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        """Paint from now on in a theme, whose rows may have another height."""
        self._delegate.set_theme(theme)
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def show_all(self) -> None:
        """Be as high as the rows: what the list stands in scrolls, not the list."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        height = self._delegate.height(self.viewport().width())
        if height != self._row_height:
            self._row_height = height
            self.scheduleDelayedItemsLayout()
        self.setFixedHeight(max(1, self.model().rowCount()) * height + 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._row_height and event.size().width() != event.oldSize().width():
            self.show_all()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:  # noqa: N802
        """Paint other data where they are: a list would lay out all rows again, and paint them twice."""
        QAbstractItemView.dataChanged(self, first, last, roles)


@contextmanager
def rows_replaced(model: QAbstractItemModel, before: int, after: int, columns: int = 1) -> Iterator[None]:
    """Within, a model replaces ``before`` rows by ``after``: they are added and removed only at the end."""
    # A reset would scroll the list to its top and forget which row the keyboard is on.
    if after > before:
        model.beginInsertRows(QModelIndex(), before, after - 1)
        yield
        model.endInsertRows()
    elif after < before:
        model.beginRemoveRows(QModelIndex(), after, before - 1)
        yield
        model.endRemoveRows()
    else:
        yield
    if after:
        model.dataChanged.emit(model.index(0, 0), model.index(after - 1, columns - 1))


class Lines(QAbstractListModel, Generic[Shown]):
    """Rows of one kind, each of which says in words what it is."""

    def __init__(
        self,
        words: Callable[[Shown], str],
        parent: QObject | None = None,
        *,
        tip: Callable[[Shown], str] | None = None,
        more: Callable[[Shown], str] | None = None,
        figure: Callable[[Shown], str] | None = None,
    ) -> None:
        """``words`` says what a row is on one line, ``tip`` what is read over it (None = the same), ``more``
        what a screen reader may add, ``figure`` the key of the figure that it is."""
        super().__init__(parent)
        self._words, self._tip, self._more, self._figure = words, tip or words, more, figure
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
            return plain_tip(self._tip(row))
        if role == int(Qt.ItemDataRole.AccessibleDescriptionRole) and self._more is not None:
            return self._more(row)
        if role == FIGURE and self._figure is not None:
            return self._figure(row)
        return None


def clicked_by_key(view: QAbstractItemView, event: QKeyEvent) -> bool:
    """Whether a key was Enter or Space, which mean a click on the current row."""
    if event.key() not in OPENING:
        return False
    if view.currentIndex().isValid():
        view.clicked.emit(view.currentIndex())
    return True


class ClickList(RowList):
    """A list where Enter, Space and a click do something of their own; its figures open from the menu."""

    def open_row(self, index: QModelIndex) -> None:
        """Leave the click to whoever follows it."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not clicked_by_key(self, event):
            super().keyPressEvent(event)

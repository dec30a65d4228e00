"""The values that a figure is made of as rows: each opens in turn, folds, or leads to its input."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from isocost.language import tr
from isocost.plan.money.explain import Provenance
from isocost.report.decisions.explain_card import ValueRow
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen, text_size
from isocost.ui.widgets.cards.figures import OPENING
from isocost.ui.widgets.rows import LEFT, RIGHT, ROW, Index, Lines, RowDelegate, RowList, write_text

HEIGHT, INDENT, SIGN = 46, 18, 14
"""Pixels of a row's height, of a level, and of the sign of how a value is known."""
SIGNS: dict[Provenance, str] = {
    "computed": "explain",
    "typed": "edit",
    "looked up": "link",
    "measured": "gauge",
    "fitted": "curve",
    "assumed": "help",
    "sampled": "samples",
}
"""Icons of how a value is known; the word stands beside it."""


class TreeDelegate(RowDelegate):
    """Paints rows, and knows the places in them that can be clicked."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)

    def start(self, room: QRectF, row: ValueRow) -> float:
        """Pixel at which a row's own part begins, after its level."""
        return room.left() + 6 + row.level * self.theme.px(INDENT)

    def fold_room(self, room: QRectF, row: ValueRow) -> QRectF:
        """Where a click folds or unfolds what is beneath a row."""
        if not row.inputs:
            return QRectF()
        return QRectF(self.start(room, row) - 4, room.top(), self.theme.px(16), room.height())

    def change_room(self, room: QRectF, row: ValueRow) -> QRectF:
        """Where a click leads to a row's input."""
        if not row.change:
            return QRectF()
        width = text_size(self.quiet, row.change)[0] + 8
        return QRectF(room.right() - 8 - width, room.center().y(), width, room.height() / 2 - 3)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: ValueRow = index.data(ROW)
        room, theme = QRectF(option.rect), self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, room, option.state)
        self._paint_guides(painter, room, row)
        left = self.start(room, row)
        if row.inputs:
            self._paint_fold(painter, QPointF(left + 4, room.top() + room.height() * 0.3), row.open)
        left += theme.px(14)
        first = QRectF(left, room.top() + 4, room.right() - 10 - left, room.height() / 2 - 4)
        second = QRectF(left, room.center().y(), room.right() - 10 - left, room.height() / 2 - 4)
        width = text_size(self.bold, row.value)[0]
        write_text(painter, first, row.value, self.bold, theme.text, RIGHT)
        self._paint_name(painter, first.adjusted(0, 0, -width - 12, 0), row)
        link = self.change_room(room, row)
        if row.change:
            write_text(painter, link, row.change, self.quiet, theme.series[0].text, RIGHT)
            second.setRight(link.left() - 8)
        write_text(painter, second, row.how, self.quiet, theme.quiet)
        painter.restore()

    def _paint_name(self, painter: QPainter, room: QRectF, row: ValueRow) -> None:
        """The name, then how the value is known in a sign and a word, while there is room for that."""
        theme, size = self.theme, self.theme.px(SIGN)
        word, name = text_size(self.quiet, tr(row.provenance))[0], text_size(self.bold, row.label)[0]
        write_text(painter, room, row.label, self.bold, theme.text, LEFT)
        if name + size + word + 14 > room.width():
            return
        sign = QRectF(room.left() + name + 7, room.center().y() - size / 2, size, size)
        icon(SIGNS[row.provenance], theme.quiet, size).paint(painter, sign.toRect())
        words = QRectF(sign.right() + 3, room.top(), word + 4, room.height())
        write_text(painter, words, tr(row.provenance), self.quiet, theme.quiet, LEFT)

    def _paint_guides(self, painter: QPainter, room: QRectF, row: ValueRow) -> None:
        """A line down from each row above that this one is part of."""
        painter.setPen(made_pen(self.theme.line))
        for level in range(row.level):
            x = round(room.left() + 10 + level * self.theme.px(INDENT)) + 0.5
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))

    def _paint_fold(self, painter: QPainter, at: QPointF, opened: bool) -> None:
        half = 3.4
        corners = (
            (QPointF(-half, -half / 2), QPointF(0, half / 2), QPointF(half, -half / 2))
            if opened
            else (QPointF(-half / 2, -half), QPointF(half / 2, 0), QPointF(-half / 2, half))
        )
        painter.setPen(made_pen(self.theme.quiet, 1.5))
        painter.drawPolyline(QPolygonF([at + each for each in corners]))


class ValueTree(RowList):
    """The rows; Enter or a click opens one as the figure, Left and Right fold, E leads to the input."""

    opened = Signal(object)
    """A :class:`ValueRow` is to be opened as the figure."""
    folded = Signal(object, bool)
    """What is beneath a row is to be shown, or not."""
    change_wanted = Signal(object)
    """A :class:`ValueRow` whose input is to get the cursor; None = the figure itself."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        self.rows: Lines[ValueRow] = Lines(lambda row: row.words)
        self._tree = TreeDelegate(theme)
        super().__init__("explain.tree", self.rows, self._tree, parent)
        self.rows.setParent(self)
        self._tree.setParent(self)
        self.setAccessibleName(tr("What it is made of"))

    def row(self, index: QModelIndex) -> ValueRow | None:
        """The value of a row; None where there is none."""
        return index.data(ROW) if index.isValid() else None

    def show_rows(self, rows: tuple[ValueRow, ...]) -> None:
        """Show other rows; the one the keyboard is on stays where it is the same value."""
        before, shown = self.row(self.currentIndex()), self.rows.rows
        if [each.place for each in shown] == [each.place for each in rows]:
            # At each step of a drag few values change, and to paint one takes time.
            self.rows.rows = rows
            for at, (old, new) in enumerate(zip(shown, rows, strict=True)):
                if old != new:
                    self.rows.dataChanged.emit(self.rows.index(at, 0), self.rows.index(at, 0))
            return
        self.rows.show(rows)
        if before is not None:
            places = [each.place for each in rows]
            at = places.index(before.place) if before.place in places else min(len(rows) - 1, 0)
            self.setCurrentIndex(self.rows.index(at, 0))

    def open_row(self, index: QModelIndex) -> None:
        """Open a row as the figure."""
        if (row := self.row(index)) is not None:
            self.opened.emit(row)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place, index = event.position(), self.indexAt(event.position().toPoint())
        row, room = self.row(index), QRectF(self.visualRect(index))
        if row is None or event.button() is not Qt.MouseButton.LeftButton:
            super().mouseReleaseEvent(event)
        elif self._tree.fold_room(room, row).contains(place):
            self.folded.emit(row, not row.open)
        elif self._tree.change_room(room, row).contains(place):
            self.change_wanted.emit(row)
        else:
            super().mouseReleaseEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        on_row = self.indexAt(event.position().toPoint()).isValid()
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_row else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row, key = self.row(self.currentIndex()), event.key()
        if event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier):
            event.ignore()  # the panel's
        elif key in OPENING:
            self.open_row(self.currentIndex())
        elif key == Qt.Key.Key_E:
            self.change_wanted.emit(row)
        elif key == Qt.Key.Key_Right and row is not None and row.inputs and not row.open:
            self.folded.emit(row, True)
        elif key == Qt.Key.Key_Left and row is not None and row.open:
            self.folded.emit(row, False)
        elif key == Qt.Key.Key_Left and row is not None and row.level:
            self._climb(row)
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _climb(self, row: ValueRow) -> None:
        """Go to the row that this one is part of."""
        above = row.place.rpartition("/")[0]
        at = next((at for at, each in enumerate(self.rows.rows) if each.place == above), None)
        if at is not None:
            self.setCurrentIndex(self.rows.index(at, 0))

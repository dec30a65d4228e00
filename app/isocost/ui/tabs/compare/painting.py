"""How the cells of the scenarios are painted, and the labels before them."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from isocost.language import tr
from isocost.report.decisions.doubting.beside import Columns, Row, Strip, alike_words
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.tabs.compare.model import NAME, STATUS, ColumnsModel
from isocost.ui.widgets.cards.figures import paint_ring
from isocost.ui.widgets.labels import broken_lines
from isocost.ui.widgets.rows import LEFT, RIGHT, Index, shortened, write_text

BELOW = 4
"""Pixels that the outline of a column goes on below its last cell."""
INSET = 12
BADGE = 18
"""Pixels before the text of a cell, and across a scenario's letter."""

_HEIGHTS = {"headline": 28, "figure": 20, "strip": 24, "alike": 32, "heading": 32, "input": 22}
_DENSE = {"headline": 26, "figure": 18, "strip": 20, "alike": 28, "heading": 26, "input": 19}
_STATUS = (24, 20)
"""Pixels of the row of what a scenario is, and where the page is low."""
NAMED = (30, 44)
"""Pixels of the row of names, of one line and of two."""
LABELS = 156
"""Pixels of the labels at least."""
LABELLED = 0.22
"""Part of the table that the labels get at most, where the longest is longer than that."""

DOT = " · "
"""Between figures that all have alike."""
TINT, GROUND = 0.13, 0.07
"""Opacity of the ground under what differs, and under the base."""


def series_at(theme: Theme, column: int) -> Series:
    """The colours of a scenario, which are its letter's."""
    return theme.series[column % len(theme.series)]


def paint_badge(painter: QPainter, theme: Theme, place: QRectF, letter: str, column: int) -> None:
    """A scenario's letter on its colour."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(series_at(theme, column).text))
    painter.drawRoundedRect(place, 4, 4)
    middle = int(Qt.AlignmentFlag.AlignCenter)
    write_text(painter, place, letter, font_of(theme, "small", bold=True), theme.on_accent, middle)


class CellDelegate(QStyledItemDelegate):
    """Paints cells and edits names in place."""

    def __init__(self, theme: Theme, model: ColumnsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.theme = theme
        self.dense = False
        """Whether rows are as low as their text lets them be: what is below them is to be seen too."""
        self.covered: int | None = None
        """Column whose status is covered by its buttons."""

    def height(self, at: int, width: float, room: float) -> int:
        """Pixels of a row's height in columns as wide as that, all in a room: what has none takes more
        lines."""
        row, heights = self._model.row(at), _DENSE if self.dense else _HEIGHTS
        if at == NAME and self._model.view is not None:
            room = self._name_room(QRectF(0.0, 0.0, width, 0.0)).width()
            lines = max((len(self._name_lines(name, room)) for name in self._model.view.names), default=1)
            return self.theme.px(NAMED[min(lines, len(NAMED)) - 1])
        if row is not None and row.kind == "alike":
            more = max(line for line, *_ in self._alike_lines(row, room))
            return self.theme.px(heights[row.kind]) + more * self._line
        return self.theme.px(_STATUS[self.dense] if row is None else heights[row.kind])

    @property
    def _alike(self) -> QFont:
        return font_of(self.theme, "small")

    @property
    def _line(self) -> int:
        return math.ceil(text_size(self._alike, "X")[1])

    def _alike_lines(self, row: Row, room: float) -> list[tuple[int, float, float]]:
        """Line, left end and width of each figure that all have alike, as many to a line as have room."""
        found, line, left = [], 0, 0.0
        apart = text_size(self._alike, DOT)[0]
        for words in map(alike_words, row.parts):
            wide = min(text_size(self._alike, words)[0], room - INSET)
            if left and left + wide > room - INSET:
                line, left = line + 1, 0.0
            found.append((line, left, wide))
            left += wide + apart
        return found

    def alike_places(self, row: Row, room: QRectF) -> list[QRectF]:
        """Where each figure that all have alike is written, in the room of their row."""
        places = self._alike_lines(row, room.width())
        high = self._line * (1 + max(line for line, *_ in places))
        top = room.center().y() - high / 2
        return [
            QRectF(room.left() + INSET + left, top + line * self._line, wide, self._line)
            for line, left, wide in places
        ]

    def paint_alike(self, painter: QPainter, room: QRectF, row: Row, pointed: int | None) -> None:
        """What holds for all, across them; the figure that is pointed at in a ring."""
        places = self.alike_places(row, room)
        for at, (place, part) in enumerate(zip(places, row.parts, strict=True)):
            write_text(painter, place, alike_words(part), self._alike, self.theme.text)
            if at + 1 < len(places) and places[at + 1].top() == place.top():
                dot = QRectF(place.right(), place.top(), places[at + 1].left() - place.right(), self._line)
                write_text(painter, dot, DOT, self._alike, self.theme.quiet)
            if at == pointed:
                paint_ring(painter, place.adjusted(-4, -1, 4, 1), QColor(self.theme.accent))

    def _name_room(self, cell: QRectF) -> QRectF:
        return cell.adjusted(INSET + self.theme.px(BADGE) + 8, 0, -8, 0)

    def _name_lines(self, name: str, width: float) -> list[str]:
        """A name as it is broken; of the last line what has room."""
        font = font_of(self.theme, "body", bold=True)
        first, *rest = broken_lines(name, width, QFontMetricsF(font))
        # Copies are called alike but for the end of their names.
        middle = Qt.TextElideMode.ElideMiddle
        return [
            shortened(each, font, int(width) + 1, middle) for each in (first, *filter(None, [" ".join(rest)]))
        ]

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(160, self.height(index.row(), option.rect.width(), option.rect.width()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        view, at, column = self._model.view, index.row(), index.column()
        if view is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(option.rect).adjusted(INSET, 0, -8, 0)
        row = self._model.row(at)
        if at == NAME:
            self._paint_name(painter, QRectF(option.rect), view, column)
        elif at == STATUS:
            if column != self.covered:
                ink = self.theme.quiet if column else series_at(self.theme, 0).text
                write_text(painter, room, self._model.status(column), font_of(self.theme, "quiet"), ink)
        elif row is not None and row.strips:
            self._paint_strip(painter, room, row.strips[column], view.scale, series_at(self.theme, column))
        elif row is not None and row.cells and row.kind != "alike":
            self._paint_cell(painter, room, row, column, option)
        alike = row is not None and row.kind == "alike"  # of them the table rings one
        if option.state & QStyle.StateFlag.State_HasFocus and not alike:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(made_pen(self.theme.accent, 1.4))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(3, 1, -3, -1), 5, 5)
        painter.restore()

    def _paint_name(self, painter: QPainter, cell: QRectF, view: Columns, column: int) -> None:
        side = self.theme.px(BADGE)
        badge = QRectF(cell.left() + INSET, cell.center().y() - side / 2, side, side)
        paint_badge(painter, self.theme, badge, view.letters[column], column)
        room = self._name_room(cell)
        painter.setFont(font_of(self.theme, "body", bold=True))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(room, LEFT, "\n".join(self._name_lines(view.names[column], room.width())))

    def _paint_cell(
        self, painter: QPainter, room: QRectF, row: Row, column: int, option: QStyleOptionViewItem
    ) -> None:
        theme, cell = self.theme, row.cells[column]
        large = row.kind == "headline"
        font = font_of(theme, "figure") if large else font_of(theme, "small", bold=cell.differs)
        if cell.differs:
            wide = min(room.width(), text_size(font, cell.words)[0])
            chip = QRectF(room.left() - 6, room.top() + 1.5, wide + 12, room.height() - 3)
            pointed = bool(option.state & QStyle.StateFlag.State_MouseOver)
            painter.setPen(made_pen(theme.accent) if pointed else Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.accent, theme.panel, TINT))
            painter.drawRoundedRect(chip, 4, 4)
        ink = theme.text if row.kind != "input" or cell.differs or not column else theme.quiet
        beside = font_of(theme, "small", bold=True)
        change = text_size(beside, cell.change)[0] + 8 if cell.change else 0.0
        words = room.adjusted(0, 0, -change, 0)
        write_text(painter, words, cell.words, font, ink)
        if cell.change:
            left = min(words.right(), words.left() + text_size(font, cell.words)[0]) + 8
            tone = {"dearer": theme.care, "cheaper": theme.fine}.get(cell.tone, theme.quiet)
            write_text(painter, QRectF(left, room.top(), change, room.height()), cell.change, beside, tone)
        if cell.likely:
            quiet = font_of(theme, "quiet")
            said = text_size(font, cell.words)[0] + change
            wide = text_size(quiet, cell.likely)[0]
            if said + 10 + wide <= room.width():  # else it stands in the tip
                write_text(painter, room, cell.likely, quiet, theme.quiet, RIGHT)

    def _paint_strip(
        self,
        painter: QPainter,
        room: QRectF,
        strip: Strip | None,
        scale: tuple[float, float],
        series: Series,
    ) -> None:
        """The range as a bar, the plan as a filled diamond, with its reserve as a hollow one, the budget."""
        theme, middle = self.theme, room.center().y()
        room = room.adjusted(4, 0, -8, 0)
        painter.setPen(made_pen(theme.track, 2))
        painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))
        if strip is None or scale[1] <= scale[0]:
            return
        per_usd = room.width() / (scale[1] - scale[0])

        def at(usd: float) -> float:
            return room.left() + (usd - scale[0]) * per_usd

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(series.line, theme.panel, 0.45))
        wide = max(2.0, at(strip.high) - at(strip.low))
        painter.drawRoundedRect(QRectF(at(strip.low), middle - 4, wide, 8), 3, 3)
        if strip.budget is not None:
            painter.setPen(made_pen(theme.text, 1.6))
            painter.drawLine(QPointF(at(strip.budget), middle - 10), QPointF(at(strip.budget), middle + 10))
        painter.setPen(made_pen(series.text, 1.4))
        if strip.with_reserve > strip.plan:
            painter.setBrush(QColor(theme.panel))
            painter.drawPolygon(_diamond(at(strip.with_reserve), middle))
        painter.setBrush(QColor(series.text))
        painter.drawPolygon(_diamond(at(strip.plan), middle))

    # Editing a name

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        line = QLineEdit(parent)
        line.setObjectName("compare.name")
        line.setProperty("role", "cell")
        line.setAccessibleName(tr("Name of the scenario"))
        line.setMaxLength(120)
        return line

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        place = QRect(option.rect)
        place.setLeft(place.left() + INSET + self.theme.px(BADGE) + 2)
        editor.setGeometry(place.adjusted(0, 2, -4, -2))


def _diamond(x: float, y: float, half: float = 4.5) -> QPolygonF:
    return QPolygonF([QPointF(x - half, y), QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half)])


class LabelHeader(QHeaderView):
    """The labels before the cells: they stay where they are while the scenarios scroll."""

    def __init__(self, theme: Theme, model: ColumnsModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._shown = model
        self.theme = theme
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setHighlightSections(False)
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(8)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(self.theme.px(LABELS), 0)

    def wanted(self, room: float) -> int:
        """Pixels in a table so wide: those of the longest label, as far as the scenarios keep enough."""
        font, px = font_of(self.theme, "small"), self.theme.px
        rows = (self._shown.row(at) for at in range(self._shown.rowCount()))
        longest = max((text_size(font, row.label)[0] for row in rows if row is not None), default=0.0)
        return round(min(max(px(LABELS), longest + 8), max(px(LABELS), LABELLED * room)))

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:  # noqa: N802
        row, theme = self._shown.row(logical), self.theme
        if row is None:
            return
        painter.save()
        room = QRectF(rect).adjusted(0, 0, -6, 0)
        if row.kind == "heading":
            painter.setPen(made_pen(theme.line))
            y = room.top() + 8
            painter.drawLine(QPointF(room.left(), y), QPointF(rect.right(), y))
            font = font_of(theme, "quiet", bold=True)
            write_text(painter, room.adjusted(0, 10, 0, 0), row.label.upper(), font, theme.quiet, LEFT)
        elif row.kind == "strip":
            write_text(painter, room, row.label, font_of(theme, "quiet"), theme.quiet)
        else:
            bold = row.kind == "headline"
            font, middle = font_of(theme, "small", bold=bold), Qt.TextElideMode.ElideMiddle
            room = room.adjusted(0, BELOW if row.kind == "alike" else 0, 0, 0)
            write_text(painter, room, row.label, font, theme.text, LEFT, middle)
        painter.restore()

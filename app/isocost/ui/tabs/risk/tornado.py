"""The bars of what moves the cost: each doubt at its own low and high, with whose range it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from isocost.language import tr
from isocost.report.findings.tabs.risk import DoubtRow, End, Side
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import RowsChart
from isocost.ui.widgets.labels import broken_lines
from isocost.ui.widgets.rows import LEFT, RIGHT, shortened, write_text

ROW, HEAD = 25, 22
"""Pixels of a row and of the headings."""
WHOSE, SHARE = 64, 46
"""Pixels of the columns of text beside the names."""
NAMES = 0.3
"""Part of a row that names may take; where they need more they go without their inputs."""
FEWEST, MOST = 0.25, 0.4
"""Parts of a row that such short names may take, as the words at the ends leave it to them."""
BARS = 24
"""Pixels of both bars of the widest row, whatever stands beside them."""
SLACK = 0.2
"""Share of the room of bars left at their sides: an end can be dragged outward, the widest bar's too."""
NARROW = 480
"""Pixels below which a row has no room for whose range it is beside its bar."""
LEAST = 90
"""Pixels of both bars of the widest row at least, for whose range it is to stand beside them, and for what
their ends add to the bill."""
THICK, GAP = 12, 6
"""Pixels of a bar's height, and between it and its words."""
GRIP, REACH = 5, 6
"""Pixels of a grip's width, and from it within which it is taken hold of."""


@dataclass(frozen=True)
class Places:
    """Where the columns of some rows stand in a picture of some width, in pixels."""

    rows: tuple[DoubtRow, ...]
    width: float
    theme: Theme
    scaled_to: tuple[DoubtRow, ...] = ()
    """Rows that set the scale in their stead: while an end is dragged nothing else moves."""

    @cached_property
    def in_full(self) -> bool:
        """Whether names have room with their inputs."""
        return self._names([row.name for row in self.rows]) <= NAMES * self.width

    @cached_property
    def whose(self) -> float:
        """The right of the names, where it says whose range it is."""
        if self.in_full:
            return self._names([row.name for row in self.rows])
        ends = (max((self._words(each)[0] for each in side), default=0.0) for side in self._sides)
        left = self.width - self.theme.px(SHARE + BARS) - sum(ends)
        most = min(max(left, FEWEST * self.width), MOST * self.width)
        return min(self._names([row.short for row in self.rows]), most)

    def _names(self, names: list[str]) -> float:
        font = font_of(self.theme, "small", bold=True)
        return max((text_size(font, name)[0] for name in names), default=0.0) + self.theme.px(24)

    @cached_property
    def bars(self) -> QRectF:
        """The room of bars with their words, of no height."""
        px = self.theme.px
        beside = self.whose + px(WHOSE)
        # Bars too short to be compared are worth less than whose their ranges are, which their tip says too.
        left = beside if self.width >= px(NARROW) and self._is_room_from(beside) else self.whose
        return QRectF(left, 0.0, max(40.0, self.width - px(SHARE) - left), 0.0)

    @cached_property
    def sums(self) -> bool:
        """Whether what the ends add to the bill has room beside their values; their tip says it too."""
        return self._is_room_from(self.whose)

    @property
    def _sides(self) -> tuple[list[End], list[End]]:
        """The cheaper ends of what sets the scale, and the dearer."""
        rows = self.scaled_to or self.rows
        return [row.ends[0] for row in rows], [row.ends[1] for row in rows]

    def _is_room_from(self, left: float) -> bool:
        """Whether bars that begin here are long enough, with all the words at their ends."""
        words = sum(max((sum(self._words(each)) for each in side), default=0.0) for side in self._sides)
        return self.width - self.theme.px(SHARE) - left - words >= self.theme.px(LEAST)

    def row(self, at: int) -> QRectF:
        """A row in its whole width."""
        height = self.theme.px(ROW)
        return QRectF(0.0, self.theme.px(HEAD) + at * height, self.width, height)

    @cached_property
    def scale(self) -> tuple[float, float]:
        """(place of the plan's cost, pixels per USD): the words at all ends have room."""
        rows = self.scaled_to or self.rows
        ends = [(end.usd, self.words_width(end)) for row in rows for end in row.ends]
        room = self.bars
        cheap = [(-usd, words) for usd, words in ends if usd < 0.0] or [(0.0, 0.0)]
        dear = [(usd, words) for usd, words in ends if usd >= 0.0] or [(0.0, 0.0)]
        per = (1.0 - SLACK) * min(
            (max(0.0, room.width() - one[1] - other[1]) / (one[0] + other[0])
             for one in cheap for other in dear if one[0] + other[0] > 0.0),
            default=0.0,
        )  # fmt: skip
        side = max(usd * per + words for usd, words in cheap)
        taken = side + max(usd * per + words for usd, words in dear)
        return room.left() + side + max(0.0, room.width() - taken) / 2.0, per

    def end(self, at: int, end: End) -> QPointF:
        """The place of an end of a row's bar."""
        zero, per = self.scale
        return QPointF(zero + end.usd * per, self.row(at).center().y())

    def usd(self, x: float, end: End) -> float:
        """What is added to the cost at a place, as far as the end's words have room there."""
        zero, per = self.scale
        room, words = self.bars, self.words_width(end)
        within = min(max(x, room.left() + words), room.right() - words)
        return (within - zero) / per if per > 0.0 else end.usd

    def side_at(self, at: int, x: float) -> Side | None:
        """The end of a row's bar that is taken hold of at a place; None = neither, or it has no input."""
        row = self.rows[at]
        if not row.path:
            return None
        near, end = min(((abs(self.end(at, end).x() - x), end) for end in row.ends), key=lambda each: each[0])
        return end.side if near <= self.theme.px(REACH) else None

    def words_width(self, end: End) -> float:
        """Pixels of what stands beside an end, with its distance."""
        value, added = self._words(end)
        return value + (added if self.sums else 0.0)

    def _words(self, end: End) -> tuple[float, float]:
        """Pixels of an end's value and of what it adds, each with what it keeps from its neighbour."""
        small, quiet = font_of(self.theme, "small"), font_of(self.theme, "quiet")
        return text_size(small, end.value)[0] + 2.0 * GAP, GAP + text_size(quiet, end.added)[0]


@dataclass(frozen=True, slots=True)
class TornadoView:
    """The bars, and the end of one that is being moved."""

    rows: tuple[DoubtRow, ...] = ()
    marked: Side | None = None
    """The end of the row pointed at that the keys move; None = neither."""
    scaled_to: tuple[DoubtRow, ...] = ()
    """See :class:`Places`."""


class TornadoChart(RowsChart[TornadoView]):
    """The bars, the widest on top; a row is a button, and its ends are grips."""

    row_height = ROW

    @property
    def rows(self) -> tuple[DoubtRow, ...]:
        return self.view.rows

    def top(self, theme: Theme) -> float:
        return theme.px(HEAD)

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(250), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(480), theme.px(HEAD + max(1, len(self.rows)) * ROW))

    def places(self, width: float, theme: Theme) -> Places:
        """Where everything stands in a picture of some width."""
        return Places(self.view.rows, width, theme, self.view.scaled_to)

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if not self.rows:
            return
        places = self.places(size.width(), theme)
        zero, per = places.scale
        _paint_head(painter, places, zero)
        for at, row in enumerate(self.rows):
            _paint_row(painter, places, at, row, (zero, per), hovered=at == hover)
        painter.setPen(made_pen(theme.text, 1.4))
        bottom = places.row(len(self.rows) - 1).bottom()
        painter.drawLine(QPointF(zero, theme.px(HEAD)), QPointF(zero, bottom))
        if hover is not None and self.rows[hover].path:
            for end in self.rows[hover].ends:
                _paint_grip(painter, places.end(hover, end), theme, marked=end.side == self.view.marked)


def _paint_grip(painter: QPainter, at: QPointF, theme: Theme, *, marked: bool) -> None:
    """What an end is taken hold of by; the one that the keys move is filled."""
    wide, tall = theme.px(GRIP), theme.px(THICK + 4)
    painter.setPen(made_pen(theme.accent if marked else theme.text, 1.4))
    painter.setBrush(QColor(theme.accent if marked else theme.panel))
    painter.drawRoundedRect(QRectF(at.x() - wide / 2, at.y() - tall / 2, wide, tall), 2, 2)


def _paint_head(painter: QPainter, places: Places, zero: float) -> None:
    theme = places.theme
    quiet = font_of(theme, "quiet")
    head = QRectF(0.0, 0.0, places.width, theme.px(HEAD) - 5)
    bars = places.bars
    write_text(painter, head.adjusted(theme.px(6), 0, 0, 0), tr("Input"), quiet, theme.quiet)
    if bars.left() > places.whose:
        write_text(painter, head.adjusted(places.whose, 0, 0, 0), tr("Range"), quiet, theme.quiet)
    cheaper = QRectF(bars.left(), 0.0, max(0.0, zero - bars.left() - 10), head.height())
    write_text(painter, cheaper, tr("◀ cheaper"), quiet, theme.quiet, RIGHT)
    dearer = QRectF(zero + 10, 0.0, max(0.0, bars.right() - zero - 10), head.height())
    write_text(painter, dearer, tr("dearer ▶"), quiet, theme.quiet)
    write_text(painter, head.adjusted(0, 0, -theme.px(6), 0), tr("Share"), quiet, theme.quiet, RIGHT)
    painter.setPen(made_pen(theme.line))
    painter.drawLine(QPointF(0, head.bottom() + 2.5), QPointF(places.width, head.bottom() + 2.5))


def _paint_row(
    painter: QPainter, places: Places, at: int, row: DoubtRow, scale: tuple[float, float], *, hovered: bool
) -> None:
    theme, room = places.theme, places.row(at)
    if hovered:
        painter.setPen(made_pen(theme.accent, 1.4))
        painter.setBrush(mixed(theme.accent, theme.panel, 0.08))
        painter.drawRoundedRect(room.adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
    small, quiet, bold = font_of(theme, "small"), font_of(theme, "quiet"), font_of(theme, "small", bold=True)
    left = theme.px(6)
    name = QRectF(left, room.top(), places.whose - left - 6, room.height())
    _paint_name(painter, name, row.name if places.in_full else row.short, theme, bold=at == 0)
    bars = places.bars
    if bars.left() > places.whose:
        whose = QRectF(places.whose, room.top(), bars.left() - places.whose - 4, room.height())
        write_text(painter, whose, row.whose, quiet, theme.quiet)
    share = room.adjusted(0, 0, -theme.px(6), 0)
    write_text(painter, share, row.share, bold if at == 0 else small, theme.text, RIGHT)
    cheaper, dearer = row.ends
    # Of an input that is dearer at both its ends the smaller difference has no side of its own to be said on.
    for end, leftward in ((cheaper, True), (dearer, False)):
        _paint_end(painter, room, places, end, scale, leftward=leftward)


def _paint_name(painter: QPainter, room: QRectF, name: str, theme: Theme, *, bold: bool) -> None:
    """The name of an input; what has no room on one line stands in smaller type on two."""
    font, smaller = font_of(theme, "small", bold=bold), font_of(theme, "quiet", bold=bold)
    if text_size(font, name)[0] <= room.width():
        write_text(painter, room, name, font, theme.text)
        return
    first, *rest = broken_lines(name, room.width(), QFontMetricsF(smaller))
    lines = [shortened(each, smaller, int(room.width())) for each in (first, " ".join(rest)) if each]
    painter.setFont(smaller)
    painter.setPen(QColor(theme.text))
    painter.drawText(room, LEFT, "\n".join(lines))


def _paint_end(
    painter: QPainter, room: QRectF, places: Places, end: End, scale: tuple[float, float], *, leftward: bool
) -> None:
    theme, (zero, per) = places.theme, scale
    reach = end.usd * per
    thick = float(theme.px(THICK))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.series[2 if end.usd < 0.0 else 1].line))
    bar = QRectF(min(zero, zero + reach), room.center().y() - thick / 2, abs(reach), thick)
    painter.drawRoundedRect(bar, 2, 2)
    small, quiet = font_of(theme, "small"), font_of(theme, "quiet")
    value, added = text_size(small, end.value)[0], text_size(quiet, end.added)[0]
    tip = min(zero, zero + reach) - GAP if leftward else max(zero, zero + reach) + GAP
    start = tip - value - (GAP + added if places.sums else 0.0) if leftward else tip
    write_text(painter, QRectF(start, room.top(), value + 1, room.height()), end.value, small, theme.text)
    if not places.sums:
        return
    after = QRectF(start + value + GAP, room.top(), added + 1, room.height())
    write_text(painter, after, end.added, quiet, theme.quiet)

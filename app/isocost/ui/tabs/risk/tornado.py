"""What moves the cost most: each doubt at its own low and high, with whose range it is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.report.findings.risk import DoubtRow, End, doubt_rows, doubts_noted, doubts_said, doubts_table
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing, RowsChart
from isocost.ui.tabs.risk.picking import PickWidget
from isocost.ui.widgets.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel, plain_tip
from isocost.ui.widgets.rows import RIGHT, write_text

ROW, HEAD = 25, 22
"""Pixels of a row and of the headings."""
WHOSE, SHARE = 64, 46
"""Pixels of the columns of text beside the names."""
NAMES = 0.3
"""Part of a row that names may take; where they need more they go without their inputs."""
NARROW = 480
"""Pixels below which a row has no room for whose range it is beside its bar."""
THICK, GAP = 12, 6
"""Pixels of a bar's height, and between it and its words."""


@dataclass(frozen=True)
class Places:
    """Where the columns of some rows stand in a picture of some width, in pixels."""

    rows: tuple[DoubtRow, ...]
    width: float
    theme: Theme

    @cached_property
    def in_full(self) -> bool:
        """Whether names have room with their inputs."""
        return self._names([row.name for row in self.rows]) <= NAMES * self.width

    @cached_property
    def whose(self) -> float:
        """The right of the names, where it says whose range it is."""
        names = [row.name if self.in_full else row.short for row in self.rows]
        return min(self._names(names), NAMES * self.width)

    def _names(self, names: list[str]) -> float:
        font = font_of(self.theme, "small", bold=True)
        return max((text_size(font, name)[0] for name in names), default=0.0) + self.theme.px(24)

    @cached_property
    def bars(self) -> QRectF:
        """The room of bars with their words, of no height."""
        px = self.theme.px
        left = self.whose + (px(WHOSE) if self.width >= px(NARROW) else 0.0)
        return QRectF(left, 0.0, max(40.0, self.width - px(SHARE) - left), 0.0)

    def row(self, at: int) -> QRectF:
        """A row in its whole width."""
        height = self.theme.px(ROW)
        return QRectF(0.0, self.theme.px(HEAD) + at * height, self.width, height)

    @cached_property
    def scale(self) -> tuple[float, float]:
        """(place of the plan's cost, pixels per USD): the words at all ends have room."""
        ends = [(end.usd, self.words_width(end)) for row in self.rows for end in row.ends]
        room = self.bars
        cheap = [(-usd, words) for usd, words in ends if usd < 0.0] or [(0.0, 0.0)]
        dear = [(usd, words) for usd, words in ends if usd >= 0.0] or [(0.0, 0.0)]
        per = min(
            (max(0.0, room.width() - one[1] - other[1]) / (one[0] + other[0])
             for one in cheap for other in dear if one[0] + other[0] > 0.0),
            default=0.0,
        )  # fmt: skip
        side = max(usd * per + words for usd, words in cheap)
        taken = side + max(usd * per + words for usd, words in dear)
        return room.left() + side + max(0.0, room.width() - taken) / 2.0, per

    def words_width(self, end: End) -> float:
        """Pixels of what stands beside an end, with its distance."""
        small, quiet = font_of(self.theme, "small"), font_of(self.theme, "quiet")
        return text_size(small, end.value)[0] + GAP + text_size(quiet, end.added)[0] + 2.0 * GAP


class TornadoChart(RowsChart[tuple[DoubtRow, ...]]):
    """The bars, the widest on top; a row is a button."""

    row_height = ROW

    @property
    def rows(self) -> tuple[DoubtRow, ...]:
        return self.view

    def top(self, theme: Theme) -> float:
        return theme.px(HEAD)

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(250), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(480), theme.px(HEAD + max(1, len(self.view)) * ROW))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if not self.view:
            return
        places = Places(self.view, size.width(), theme)
        zero, per = places.scale
        _paint_head(painter, places, zero)
        for at, row in enumerate(self.view):
            _paint_row(painter, places, at, row, (zero, per), hovered=at == hover)
        painter.setPen(made_pen(theme.text, 1.4))
        bottom = places.row(len(self.view) - 1).bottom()
        painter.drawLine(QPointF(zero, theme.px(HEAD)), QPointF(zero, bottom))


def _paint_head(painter: QPainter, places: Places, zero: float) -> None:
    theme = places.theme
    quiet = font_of(theme, "quiet")
    head = QRectF(0.0, 0.0, places.width, theme.px(HEAD) - 5)
    bars = places.bars
    write_text(painter, head.adjusted(theme.px(6), 0, 0, 0), "Input", quiet, theme.quiet)
    if bars.left() > places.whose:
        write_text(painter, head.adjusted(places.whose, 0, 0, 0), "Range", quiet, theme.quiet)
    cheaper = QRectF(bars.left(), 0.0, max(0.0, zero - bars.left() - 10), head.height())
    write_text(painter, cheaper, "◀ cheaper", quiet, theme.quiet, RIGHT)
    dearer = QRectF(zero + 10, 0.0, max(0.0, bars.right() - zero - 10), head.height())
    write_text(painter, dearer, "dearer ▶", quiet, theme.quiet)
    write_text(painter, head.adjusted(0, 0, -theme.px(6), 0), "Share", quiet, theme.quiet, RIGHT)
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
    write_text(
        painter, name, row.name if places.in_full else row.short, bold if at == 0 else small, theme.text
    )
    bars = places.bars
    if bars.left() > places.whose:
        whose = QRectF(places.whose, room.top(), bars.left() - places.whose - 4, room.height())
        write_text(painter, whose, row.whose, quiet, theme.quiet)
    share = room.adjusted(0, 0, -theme.px(6), 0)
    write_text(painter, share, row.share, bold if at == 0 else small, theme.text, RIGHT)
    cheaper, dearer = row.ends
    # Of an input that is dearer at both its ends the smaller difference has no side of its own to be said on.
    for end, leftward in ((cheaper, True), (dearer, False)):
        _paint_end(painter, room, theme, end, scale, leftward=leftward)


def _paint_end(
    painter: QPainter, room: QRectF, theme: Theme, end: End, scale: tuple[float, float], *, leftward: bool
) -> None:
    zero, per = scale
    reach = end.usd * per
    thick = float(theme.px(THICK))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.series[2 if end.usd < 0.0 else 1].line))
    bar = QRectF(min(zero, zero + reach), room.center().y() - thick / 2, abs(reach), thick)
    painter.drawRoundedRect(bar, 2, 2)
    small, quiet = font_of(theme, "small"), font_of(theme, "quiet")
    value, added = text_size(small, end.value)[0], text_size(quiet, end.added)[0]
    tip = min(zero, zero + reach) - GAP if leftward else max(zero, zero + reach) + GAP
    start = tip - value - GAP - added if leftward else tip
    write_text(painter, QRectF(start, room.top(), value + 1, room.height()), end.value, small, theme.text)
    after = QRectF(start + value + GAP, room.top(), added + 1, room.height())
    write_text(painter, after, end.added, quiet, theme.quiet)


class TornadoCard(ChartCard):
    """The card; a row leads to its input."""

    field_wanted = Signal(str)
    """Path of the input that settles a doubt, with its stage where it is one stage's alone."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk.tornado", parent)
        self._chances: Chances | None = None
        self.rows = PickWidget[tuple[DoubtRow, ...]](TornadoChart(()), theme, self)
        self.rows.setObjectName("risk.tornado.rows")
        self.rows.picked.connect(self._pick)
        self.rows.said.connect(self._tell)
        self.pointed = WrapLabel(self, lines=2)
        self.pointed.setObjectName("risk.tornado.pointed")
        self.pointed.setProperty("role", "quiet")
        self.body.addWidget(self.rows)
        self.body.addSpacing(SPACE)
        self.body.addWidget(self.pointed)
        self.body.addStretch(1)
        self.setTabOrder(self.rows, self.more)
        self._noted = ""
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.rows.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the rows empty and say why."""
        self._chances = None
        self.rows.show_view(())
        self._noted = ""
        self._tell("")
        self.say("What moves the cost most", why, why)

    def show_chances(self, found: Chances, answered: Answer) -> None:
        """Draw the bars in place of the last ones."""
        self._chances = found
        said = doubts_said(found)
        self.say(*said)
        self.rows.setAccessibleName(said.finding)
        self.rows.show_view(doubt_rows(found))
        self._noted = doubts_noted(found, answered)
        if self.rows.hover is None:
            self._tell("")

    def drawing(self) -> Drawing | None:
        return self.rows.chart if self.rows.view else None

    def footnote(self) -> str:
        return self._noted

    def table(self) -> Table:
        return doubts_table(self._chances) if self._chances is not None else super().table()

    def _tell(self, words: str) -> None:
        """The row pointed at with its source; what is to be known of all while none is."""
        self.pointed.say(words or self._noted)
        self.pointed.setToolTip(plain_tip(self._noted))

    def _pick(self, at: int) -> None:
        if path := self.rows.view[at].path:
            self.field_wanted.emit(path)

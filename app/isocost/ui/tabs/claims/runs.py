"""Cost of published runs against their date, on one price, with the claim and the plan among them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.quantities import format_money, without_idle_cents
from isocost.report.decisions.claims.runs import KINDS, Dot, RunsView, runs_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing, ReadableChart, ReadableWidget
from isocost.ui.plot.placing import Box, Clutter, joined, leader, place_near
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines
from isocost.ui.widgets.rows import LEFT, RIGHT, write_text

HEIGHT, LEFT_AXIS, BELOW, LEGEND = 280, 52, 20, 20
"""Pixels of the picture, of its axes' words, and of the line that names its marks."""
NEAR = 12.0
"""Pixels within which a dot is pointed at."""
NAMED = ("claim", "plan")
"""Kinds of dots that are larger and named."""
MARK, DOT_ROOM, PAD = 8.0, 3.0, 3.0
"""Pixels that names keep from the middle of such a mark and of a dot, and of their ground beside them."""
DOT_WEIGHT = 8
"""How much names avoid a dot."""


class RunsChart(ReadableChart[RunsView | None]):
    """Dots from scratch and diamonds of tuned models; the claim and the plan are larger and named."""

    @property
    def parts(self) -> int:
        return len(self.view.dots) if self.view is not None else 0

    def words(self, part: int) -> str:
        return self.view.dots[part].words if self.view is not None else ""

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if self.view is None:
            return None
        room = _Room(self.view, size, theme)
        far = [math.dist(at.toTuple(), room.place(dot).toTuple()) for dot in self.view.dots]
        nearest = min(range(len(far)), key=far.__getitem__, default=None)
        return nearest if nearest is not None and far[nearest] <= NEAR else None

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(260), theme.px(HEIGHT))

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(520), theme.px(HEIGHT))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        view = self.view
        if view is None or not view.dots:
            return
        room = _Room(view, size, theme)
        _paint_axes(painter, room, theme)
        for dot in view.dots:
            _paint_dot(painter, dot, room.place(dot), theme)
        _paint_names(painter, named(view, size, theme), theme)
        if hover is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(made_pen(theme.text, 1.6))
            painter.drawEllipse(room.place(view.dots[hover]), 7.0, 7.0)
        _paint_legend(painter, size, theme)


class _Room:
    """Where years and powers of ten stand."""

    def __init__(self, view: RunsView, size: QSizeF, theme: Theme) -> None:
        years, costs = [dot.year for dot in view.dots], [math.log10(dot.usd) for dot in view.dots]
        self.first, self.last = math.floor(min(years)), math.ceil(max(years) + 0.1)
        self.low, self.high = math.floor(min(costs)), math.ceil(max(costs))
        left, top = float(theme.px(LEFT_AXIS)), float(theme.px(LEGEND))
        self.box = QRectF(left, top, size.width() - left - 8, size.height() - top - theme.px(BELOW))

    def place(self, dot: Dot) -> QPointF:
        """Pixel of a run."""
        across = (dot.year - self.first) / (self.last - self.first)
        return QPointF(self.box.left() + across * self.box.width(), self.y(math.log10(dot.usd)))

    def y(self, decade: float) -> float:
        """Pixel of a power of ten."""
        return self.box.bottom() - (decade - self.low) / max(1, self.high - self.low) * self.box.height()


def _paint_axes(painter: QPainter, room: _Room, theme: Theme) -> None:
    quiet, box = font_of(theme, "quiet"), room.box
    half = QFontMetricsF(quiet).height() / 2
    for decade in range(room.low, room.high + 1, 1 if room.high - room.low <= 6 else 2):
        y = room.y(decade)
        painter.setPen(made_pen(theme.grid))
        painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        words = without_idle_cents(format_money(10.0**decade))
        write_text(painter, QRectF(0, y - half, box.left() - 8, 2 * half), words, quiet, theme.quiet, RIGHT)
    each = box.width() / (room.last - room.first)
    for year in range(room.first, room.last):
        place = QRectF(box.left() + (year - room.first) * each, box.bottom() + 3, each, theme.px(BELOW) - 3)
        write_text(painter, place, str(year), quiet, theme.quiet, int(Qt.AlignmentFlag.AlignCenter))


def _paint_dot(painter: QPainter, dot: Dot, at: QPointF, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    if dot.kind == "scratch":
        painter.setBrush(mixed(theme.quiet, theme.panel, 0.6))
        painter.drawEllipse(at, 3.5, 3.5)
        return
    colour = {"tuned": theme.series[2], "claim": theme.series[1], "plan": theme.series[0]}[dot.kind].line
    painter.setBrush(QColor(colour))
    if dot.kind == "tuned":
        painter.drawPolygon(_diamond(at, 4.5))
        return
    painter.setPen(made_pen(theme.panel, 1.5))
    if dot.kind == "claim":
        painter.drawPolygon(_diamond(at, 7.5))
    else:
        painter.drawEllipse(at, 6.0, 6.0)


def _diamond(at: QPointF, half: float) -> QPolygonF:
    steps = ((0, -half), (half, 0), (0, half), (-half, 0))
    return QPolygonF([at + QPointF(x, y) for x, y in steps])


@dataclass(frozen=True, slots=True)
class Named:
    """The claim or the plan, and where its name stands."""

    dot: Dot
    words: str
    at: tuple[float, float]
    box: Box


def named(view: RunsView, size: QSizeF, theme: Theme) -> tuple[Named, ...]:
    """The names of the claim and of the plan, clear of each other and of other dots as far as can be."""
    room = _Room(view, size, theme)
    box = room.box
    clutter = Clutter(Box(box.left(), box.top(), box.width(), box.height()))
    others = np.array([room.place(dot).toTuple() for dot in view.dots if dot.kind not in NAMED])
    clutter.add_lines(joined([np.array([at - DOT_ROOM, at + DOT_ROOM]) for at in others]), DOT_WEIGHT)
    places = [(dot, room.place(dot).toTuple()) for dot in view.dots if dot.kind in NAMED]
    for _, (x, y) in places:
        clutter.take(Box(x - MARK, y - MARK, 2 * MARK, 2 * MARK))
    found = []
    for dot, at in places:
        words = f"{KINDS[dot.kind]} {format_money(dot.usd)}"
        width, height = text_size(font_of(theme, "small", bold=True), words)
        place, _ = place_near(at, (width + 2 * PAD, height), clutter, 1.5 * MARK)
        clutter.take(place)
        found.append(Named(dot, words, at, place))
    return tuple(found)


def _paint_names(painter: QPainter, names: Sequence[Named], theme: Theme) -> None:
    """On a ground that keeps them readable, joined to what they name where they stand apart from it."""
    bold = font_of(theme, "small", bold=True)
    for name in names:
        if (line := leader(name.at, name.box)) is not None:
            painter.setPen(made_pen(theme.quiet, 1.0))
            painter.drawLine(*(QPointF(*end) for end in line.tolist()))
        place = QRectF(name.box.left, name.box.top, name.box.width, name.box.height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.panel))
        painter.drawRoundedRect(place, 4, 4)
        colour = theme.series[1 if name.dot.kind == "claim" else 0].text
        write_text(painter, place.adjusted(PAD, 0, PAD, 0), name.words, bold, colour, LEFT)


def _paint_legend(painter: QPainter, size: QSizeF, theme: Theme) -> None:
    quiet = font_of(theme, "quiet")
    x, middle = float(theme.px(LEFT_AXIS)), theme.px(LEGEND) * 0.4
    for kind in ("scratch", "tuned"):
        mark = Dot("", "2020-01", 1.0, "scratch" if kind == "scratch" else "tuned")
        _paint_dot(painter, mark, QPointF(x + 5, middle), theme)
        width = QFontMetricsF(quiet).horizontalAdvance(KINDS[kind]) + 4
        place = QRectF(x + 14, middle - 10, width, 20)
        write_text(painter, place, KINDS[kind], quiet, theme.quiet)
        x += width + 32


class RunsCard(ChartCard):
    """The card around the dots; the one pointed at stands below in words."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("claims.runs", parent)
        self.chart = ReadableWidget(RunsChart(None), theme, self)
        self.chart.setObjectName("claims.runs.chart")
        self.explained = FewLines(self)
        self.explained.setProperty("role", "quiet")
        self.chart.said.connect(self.explained.say)
        self.body.addWidget(self.chart)
        self.body.addWidget(self.explained)
        self.setTabOrder(self.chart, self.more)
        self.apply_theme(theme)
        waiting = tr("They stand at the price of the plan, once it has an estimate.")
        self.say(tr("What published runs cost, on one price"), waiting, waiting)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.apply_theme(theme)

    def show_runs(self, view: RunsView) -> None:
        """Draw other dots."""
        self.say(*view.said)
        self.chart.setAccessibleName(view.said.finding)
        if view != self.chart.view:
            self.chart.show_view(view)

    def drawing(self) -> Drawing | None:
        return self.chart.chart if self.chart.view is not None else None

    def table(self) -> Table:
        return runs_table(self.chart.view)

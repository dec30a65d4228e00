"""The scan drawn: what the plan costs and takes, or how good the model is, over the input solved for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from isocost.language import capital
from isocost.report.decisions.solving.fields import ScanPanel, Solving, axis_words
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import ReadableChart, ReadableWidget
from isocost.ui.plot.frame import Array, LogFrame, path_of
from isocost.ui.plot.ticks import (
    Level,
    Scale,
    Tick,
    count_scale,
    even_ticks,
    fit_ticks,
    money_scale,
    number_scale,
    time_scale,
)

LEFT, RIGHT, HEAD, BELOW, BETWEEN = 40, 68, 18, 26, 10
"""Pixels beside the panels, above each for its name, below them, and between two."""
GAP = 12.0
"""Pixels between two labels of an axis."""
ROOM = 1.25
"""Times the least and the most of a logarithmic axis at its ends."""
THIN = 3.0
"""Pixels of a shaded stretch at least: a single count has no width."""
SHADE = 0.11
"""How much of the accent a shaded stretch has."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A scan, and which of its values is chosen; None = the answer."""

    solving: Solving
    chosen: int | None = None

    @property
    def at(self) -> int | None:
        """The place of what would be taken."""
        return self.solving.at if self.chosen is None else self.chosen


class Room:
    """Where values stand in a chart of a size."""

    def __init__(self, shown: Solving, size: QSizeF, theme: Theme) -> None:
        self.shown, self.theme = shown, theme
        self._ends = [_ends(panel) for panel in shown.panels]
        px, high = theme.px, max(40.0, size.height() - theme.px(BELOW))
        count = max(1, len(shown.panels))
        height = (high - (count - 1) * px(BETWEEN)) / count
        self._height = max(10.0, height - px(HEAD))
        metrics = QFontMetricsF(font_of(theme, "quiet"))
        labels = [
            metrics.horizontalAdvance(tick.label) for at in range(len(shown.panels)) for tick in self.up(at)
        ]
        left = max(float(px(LEFT)), max(labels, default=0.0) + 12.0)
        self.whole = QRectF(left, 0.0, max(40.0, size.width() - left - px(RIGHT)), high)
        self.areas = [
            QRectF(left, at * (height + px(BETWEEN)) + px(HEAD), self.whole.width(), self._height)
            for at in range(len(shown.panels))
        ]
        ends = float(shown.values[0]), float(shown.values[-1])
        if ends[0] == ends[1]:
            ends = ends[0] / 2.0, ends[1] * 2.0
        self.frame = LogFrame(self.whole, ends, (1.0, 2.0))

    def x(self, value: float) -> float:
        """Pixel of a value of the input."""
        return self.frame.across(value)

    def y(self, at: int, value: float) -> float:
        """Pixel of a value of a panel."""
        (low, high), area = self._ends[at], self.areas[at]
        if self.shown.panels[at].kind == "loss":
            share = (value - low) / (high - low)
        else:
            share = math.log(value / low) / math.log(high / low)
        return area.bottom() - share * area.height()

    def points(self, at: int) -> Array:
        """Pixels of a panel's curve, shape (n, 2)."""
        panel = self.shown.panels[at]
        return np.array(
            [
                (self.x(float(x)), self.y(at, float(y)) if math.isfinite(y) else math.nan)
                for x, y in zip(self.shown.values, panel.values, strict=True)
            ]
        )

    def across(self) -> tuple[Tick, ...]:
        """Labels of the input's values."""
        metrics = QFontMetricsF(font_of(self.theme, "quiet"))
        return fit_ticks(
            _scale(self.shown), *self.frame.x, self.whole.width(), metrics.horizontalAdvance, GAP
        )

    def up(self, at: int) -> tuple[Tick, ...]:
        """Labels of a panel's axis."""
        (low, high), panel = self._ends[at], self.shown.panels[at]
        height = QFontMetricsF(font_of(self.theme, "quiet")).height()
        extent: Callable[[str], float] = lambda _: height  # noqa: E731 - a line of text is as high as any other
        if panel.kind == "loss":
            return even_ticks(low, high, self._height, extent, GAP, lambda v: Tick(v, panel.show(v)))
        scale = money_scale if panel.kind == "cost" else time_scale
        return fit_ticks(scale, low, high, self._height, extent, GAP)


def _ends(panel: ScanPanel) -> tuple[float, float]:
    """Lowest and highest value of a panel's axis."""
    known = panel.values[np.isfinite(panel.values)].tolist()
    known += [panel.limit] if panel.limit else []
    if not known:
        return 1.0, 2.0
    low, high = min(known), max(known)
    if panel.kind == "loss":
        room = max(0.06 * (high - low), 0.002)
        return low - room, high + room
    return max(low, 1e-9) / ROOM, max(high, 2e-9) * ROOM


def _scale(shown: Solving) -> Scale:
    if shown.unknown in ("model", "tokens", "parameters"):
        return number_scale
    if shown.unknown == "price":
        return money_scale
    return _share_scale if shown.unknown == "mfu" else count_scale


def _share_scale(low: float, high: float) -> Iterator[Level]:
    """Shares as percents."""
    for level in number_scale(low * 100.0, high * 100.0):
        ticks = tuple(Tick(tick.value / 100.0, axis_words("mfu", tick.value / 100.0)) for tick in level.ticks)
        yield replace(level, ticks=ticks)


class ScanChart(ReadableChart[Drawn | None]):
    """The panels below each other, what is kept shaded in all, the answer marked in each."""

    @property
    def parts(self) -> int:
        # Where no value has a figure there is no panel to stand on.
        if self.view is None or not self.view.solving.panels:
            return 0
        return len(self.view.solving.points)

    @property
    def first(self) -> int:
        at = None if self.view is None else self.view.at
        return 0 if at is None else at

    def words(self, part: int) -> str:
        return self.view.solving.words(part) if self.view is not None else ""

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if self.view is None or not self.parts:
            return None
        room = Room(self.view.solving, size, theme)
        if not room.whole.adjusted(-10, 0, 10, theme.px(BELOW)).contains(at):
            return None
        values = self.view.solving.values
        return min(range(self.parts), key=lambda part: abs(room.x(float(values[part])) - at.x()))

    def place(self, part: int, size: QSizeF, theme: Theme) -> QPointF:
        """Where a value can be clicked."""
        assert self.view is not None
        room = Room(self.view.solving, size, theme)
        return QPointF(room.x(float(self.view.solving.values[part])), room.areas[0].center().y())

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(220), theme.px(170))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is None or not self.parts:
            return
        room = Room(self.view.solving, size, theme)
        _paint_shades(painter, room)
        for at in range(len(room.areas)):
            _paint_grid(painter, room, at)
        _paint_axis(painter, room, self.view.at)
        for at in range(len(room.areas)):
            _paint_curve(painter, room, at)
        _paint_own(painter, room)
        if hover is not None:
            _paint_place(painter, room, hover, mixed(theme.quiet, theme.panel, 0.8), 4.0)
        if self.view.at is not None:
            _paint_place(painter, room, self.view.at, QColor(theme.accent), 6.0, (2.0, 3.0))


def _paint_shades(painter: QPainter, room: Room) -> None:
    """Where the plan keeps what it is held against, in every panel."""
    for low, high in room.shown.shaded:
        left, right = room.x(low), room.x(high)
        if right - left < THIN:
            left, right = (left + right - THIN) / 2, (left + right + THIN) / 2
        left, right = max(left, room.whole.left()), min(right, room.whole.right())
        for area in room.areas:
            stretch = QRectF(left, area.top(), right - left, area.height())
            painter.fillRect(stretch, mixed(room.theme.accent, room.theme.panel, SHADE))


def _paint_grid(painter: QPainter, room: Room, at: int) -> None:
    """A panel's name, its labels, and the limit it is held against."""
    theme, area, panel = room.theme, room.areas[at], room.shown.panels[at]
    quiet, bold = font_of(theme, "quiet"), font_of(theme, "quiet", bold=True)
    metrics = QFontMetricsF(quiet)
    painter.setFont(bold)
    painter.setPen(QColor(theme.series[0].text))
    name = capital(panel.name)
    painter.drawText(QPointF(area.left(), area.top() - 6), name)
    limit = None if panel.limit is None else room.y(at, panel.limit)
    for tick in room.up(at):
        y = round(room.y(at, tick.value)) + 0.5
        painter.setPen(made_pen(theme.grid))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setFont(quiet)
        painter.setPen(QColor(theme.quiet))
        width = metrics.horizontalAdvance(tick.label)
        painter.drawText(QPointF(area.left() - 8 - width, y + metrics.ascent() / 2 - 1), tick.label)
    if limit is not None and panel.limit is not None:
        painter.setPen(made_pen(theme.text, 1.5, (4.0, 2.0)))
        painter.drawLine(QPointF(area.left(), limit), QPointF(area.right(), limit))
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        painter.drawText(QPointF(area.right() + 6, limit + metrics.ascent() / 2 - 1), panel.show(panel.limit))


def _paint_axis(painter: QPainter, room: Room, at: int | None) -> None:
    """The values of the input, that which would be taken written bold."""
    theme, shown, area = room.theme, room.shown, room.areas[-1]
    quiet, bold = font_of(theme, "quiet"), font_of(theme, "quiet", bold=True)
    baseline = area.bottom() + 8 + QFontMetricsF(quiet).ascent()
    painter.setPen(made_pen(theme.line))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    free = (math.inf, -math.inf)
    if at is not None:
        words = shown.label(float(shown.values[at]))
        half = text_size(bold, words)[0] / 2
        x = min(max(room.x(float(shown.values[at])), area.left() + half), area.right() - half)
        free = x - half - 8, x + half + 8
        painter.setFont(bold)
        painter.setPen(QColor(theme.series[0].text))
        painter.drawText(QPointF(x - half, baseline), words)
    painter.setFont(quiet)
    painter.setPen(QColor(theme.quiet))
    for tick in room.across():
        x, half = room.x(tick.value), text_size(quiet, tick.label)[0] / 2
        if x + half < free[0] or x - half > free[1]:
            painter.drawText(QPointF(x - half, baseline), tick.label)
    painter.drawText(QPointF(area.right() + 6, baseline), _fitting(shown.axis, theme.px(RIGHT) - 6, theme))


def _fitting(words: str, width: float, theme: Theme) -> str:
    metrics = QFontMetricsF(font_of(theme, "quiet"))
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)


def _paint_curve(painter: QPainter, room: Room, at: int) -> None:
    theme = room.theme
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(theme.series[0].line, 2.2))
    painter.drawPath(path_of(room.points(at)))


def _paint_own(painter: QPainter, room: Room) -> None:
    """The plan as it is: a hollow dot on each curve."""
    theme, own = room.theme, room.shown.own
    if own is None or not room.frame.x[0] <= own <= room.frame.x[1]:
        return
    x = room.x(own)
    for at in range(len(room.areas)):
        points = room.points(at)
        known = points[np.isfinite(points).all(axis=1)]
        if not len(known) or not known[0, 0] <= x <= known[-1, 0]:
            continue
        y = float(np.interp(x, known[:, 0], known[:, 1]))
        painter.setPen(made_pen(theme.series[1].line, 2.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawEllipse(QPointF(x, y), 4.5, 4.5)
        if at == 0:
            _paint_now(painter, room, QPointF(x, y))


def _paint_now(painter: QPainter, room: Room, at: QPointF) -> None:
    """The word beside the plan's own dot, on the side away from what would be taken."""
    theme, area = room.theme, room.areas[0]
    font = font_of(theme, "quiet", bold=True)
    width, height = text_size(font, "now")
    place = room.shown.at
    taken = math.nan if place is None else room.x(float(room.shown.values[place]))
    left = at.x() + 8 if not taken > at.x() or at.x() - 8 - width < area.left() else at.x() - 8 - width
    up = at.y() - 5 if at.y() - 5 - height > area.top() else at.y() + height
    painter.setFont(font)
    painter.setPen(QColor(theme.series[1].text))
    painter.drawText(QPointF(left, up), "now")


def _paint_place(
    painter: QPainter, room: Room, part: int, colour: QColor, radius: float, dash: tuple[float, ...] = ()
) -> None:
    """A value in every panel: a line through all, a dot on each curve."""
    x = room.x(float(room.shown.values[part]))
    painter.setPen(made_pen(colour, 1.2, dash))
    painter.drawLine(QPointF(x, room.areas[0].top()), QPointF(x, room.areas[-1].bottom()))
    for at, panel in enumerate(room.shown.panels):
        if math.isfinite(panel.values[part]):
            painter.setPen(made_pen(room.theme.panel, 1.5))
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(x, room.y(at, float(panel.values[part]))), radius, radius)


class ScanPlot(ReadableWidget[Drawn | None]):
    """The panels on screen; a click or Enter chooses the value pointed at."""

    chosen = Signal(int)

    chart: ScanChart

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(ScanChart(None), theme, parent)

    def place(self, part: int) -> QPointF:
        """Where a value can be clicked."""
        return self.chart.place(part, QSizeF(self.size()), self.theme)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        pointed = Qt.CursorShape.ArrowCursor if self.hover is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(pointed)
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._point_at(self.chart.part_at(event.position(), QSizeF(self.size()), self.theme))
        self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and self.hover is not None:
            self._choose()
            return
        super().keyPressEvent(event)
        if Qt.Key(event.key()) in self.chart.steps:
            self._choose()

    def _choose(self) -> None:
        if self.hover is not None and self.view is not None and self.hover != self.view.at:
            self.chosen.emit(self.hover)

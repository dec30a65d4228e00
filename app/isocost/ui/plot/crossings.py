"""A small plot of a few named lines over one quantity, with the places where they cross."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF

from isocost.quantities import shown_money
from isocost.report.findings.inputs.choices import LinesView, NamedLine
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import ReadableChart
from isocost.ui.plot.placing import spread
from isocost.ui.plot.ticks import Tick, fit_ticks, money_label, money_scale, money_tick

LEFT, BOTTOM, TOP = 58, 26, 22
HEIGHT = 216
BAND = 0.14
"""Strength of a line's colour in the band of its range."""
DECADES = 4.0
"""Most decades a logarithmic axis of money shows; cheaper lines leave at the bottom."""


class Axes:
    """Where values of a view that has lines stand in a picture of some size, in pixels."""

    def __init__(self, view: LinesView, size: QSizeF, theme: Theme) -> None:
        self.view = view
        self.width = size.width()
        self.theme = theme
        metrics = QFontMetricsF(font_of(theme, "small", bold=True))
        names = max(metrics.horizontalAdvance(line.name) for line in view.lines)
        left, top = theme.px(LEFT), theme.px(TOP)
        self.area = QRectF(
            left, top, max(40.0, size.width() - left - names - 18), size.height() - theme.px(TOP + BOTTOM)
        )
        """The plot inside its axes."""
        self.low, self.high = _money_shown(view)

    def x(self, value: float) -> float:
        """Horizontal pixel of a value."""
        x = self.view.x
        if self.view.logarithmic:
            share = math.log(max(value, 1e-12) / x[0]) / math.log(x[-1] / x[0])
        else:
            share = (value - x[0]) / (x[-1] - x[0])
        return self.area.left() + share * self.area.width()

    def y(self, usd: float) -> float:
        """Vertical pixel of a sum; those below the lowest shown lie on the axis."""
        if self.view.logarithmic:
            share = math.log(max(usd, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (usd - self.low) / (self.high - self.low)
        return self.area.bottom() - share * self.area.height()

    def holds(self, value: float) -> bool:
        """Whether a value is between the ends of the axis across."""
        return bool(self.view.x[0] <= value <= self.view.x[-1])


def _money_shown(view: LinesView) -> tuple[float, float]:
    """The lowest and highest money on the axis."""
    top = max(float(line.y.max()) * (line.ends or (1.0, 1.0))[1] for line in view.lines) or 1.0
    if not view.logarithmic:
        return 0.0, top * 1.04
    low = min(float(line.y.min()) for line in view.lines)
    # A line that begins at nothing has no place on a logarithmic axis.
    return max(low / 1.3, top / 10**DECADES, 1e-6), top * 1.3


class LinesChart(ReadableChart[LinesView]):
    """The picture; its parts are the places on the axis across at which the lines are known."""

    @property
    def parts(self) -> int:
        return len(self.view.x)

    @property
    def first(self) -> int:
        """The plan's own place, else the left end."""
        return int(np.argmin(np.abs(self.view.x - (self.view.here or self.view.x[0]))))

    def least(self, theme: Theme) -> QSize:
        return QSize(260, theme.px(HEIGHT))

    def wanted(self, theme: Theme) -> QSize:
        return QSize(320, theme.px(HEIGHT))

    def words(self, part: int) -> str:
        return self.view.say(part)

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if not self.parts:
            return None
        axes = Axes(self.view, size, theme)
        if not axes.area.adjusted(-8, -8, 8, 8).contains(at):
            return None
        places = np.array([axes.x(float(x)) for x in self.view.x])
        return int(np.argmin(np.abs(places - at.x())))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if not self.parts:
            return
        axes = Axes(self.view, size, theme)
        _paint_axes(painter, axes)
        for line in self.view.lines:
            _paint_ends(painter, axes, line)
        _paint_marks(painter, axes)
        for line in self.view.lines:
            _paint_line(painter, axes, line)
        _paint_names(painter, axes)
        if hover is not None:
            _paint_pointer(painter, axes, hover)


def _paint_axes(painter: QPainter, axes: Axes) -> None:
    theme, area = axes.theme, axes.area
    painter.setFont(font_of(theme, "quiet"))
    metrics = QFontMetricsF(painter.font())
    for tick in _money_ticks(axes.low, axes.high, area.height(), metrics.height(), axes.view.logarithmic):
        # A line of one pixel is sharp only in the middle of a row of pixels.
        y = round(axes.y(tick.value)) + 0.5
        painter.setPen(made_pen(theme.grid))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(theme.quiet))
        width = metrics.horizontalAdvance(tick.label)
        painter.drawText(QPointF(area.left() - 8 - width, y + metrics.ascent() / 2 - 1), tick.label)
    painter.setPen(made_pen(theme.line))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.setPen(QColor(theme.quiet))
    free = 0.0
    for value in _x_ticks(axes.view, area.width()):
        label = axes.view.ticks(value)
        width = metrics.horizontalAdvance(label)
        left = min(max(axes.x(value) - width / 2, 0.0), axes.width - width)
        if left >= free:
            painter.drawText(QPointF(left, area.bottom() + metrics.ascent() + 6), label)
            free = left + width + 12


def _x_ticks(view: LinesView, width: float) -> Iterator[float]:
    low, high = float(view.x[0]), float(view.x[-1])
    if view.logarithmic:
        for power in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1):
            yield 10.0**power
        return
    # Months: parts and multiples of a year, so that the years themselves are among the ticks.
    step = next((s for s in (1, 2, 3, 6, 12, 24) if width / ((high - low) / s) >= 54), 24)
    value = math.ceil(low / step) * step
    while value <= high:
        yield float(value)
        value += step


def _paint_ends(painter: QPainter, axes: Axes, line: NamedLine) -> None:
    """The range of a line, as a band around it."""
    if line.ends is None:
        return
    low, high = (
        [QPointF(axes.x(float(x)), axes.y(float(y) * by)) for x, y in zip(axes.view.x, line.y, strict=True)]
        for by in line.ends
    )
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(axes.theme.series[line.slot].line, axes.theme.panel, BAND))
    painter.drawPolygon(QPolygonF([*low, *reversed(high)]))


def _paint_line(painter: QPainter, axes: Axes, line: NamedLine) -> None:
    series = axes.theme.series[line.slot]
    points = [QPointF(axes.x(float(x)), axes.y(float(y))) for x, y in zip(axes.view.x, line.y, strict=True)]
    painter.setPen(made_pen(series.line, 2.6 if line.bold else 1.8, line.dash))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF(points))


def _paint_names(painter: QPainter, axes: Axes) -> None:
    """At the ends of the lines, moved apart."""
    area, theme = axes.area, axes.theme
    bold = font_of(theme, "small", bold=True)
    height = QFontMetricsF(bold).height()
    ends = [axes.y(float(line.y[-1])) for line in axes.view.lines]
    for line, y in zip(axes.view.lines, spread(ends, height, 0.0, area.bottom() + 4), strict=True):
        painter.setFont(bold if line.bold else font_of(theme, "small"))
        painter.setPen(QColor(theme.series[line.slot].text))
        room = QRectF(area.right() + 8, y - height / 2, axes.width - area.right() - 8, height)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), line.name)


def _paint_marks(painter: QPainter, axes: Axes) -> None:
    """Dashed uprights with their words above the plot; the plan's own place first."""
    theme, area, view = axes.theme, axes.area, axes.view
    marks = [(mark.x, mark.label, theme.text) for mark in view.marks if axes.holds(mark.x)]
    if view.here is not None and axes.holds(view.here):
        marks.insert(0, (view.here, "now", theme.accent))
    painter.setFont(font_of(theme, "quiet"))
    metrics = QFontMetricsF(painter.font())
    taken: list[tuple[float, float]] = []
    for value, label, colour in marks:
        x = round(axes.x(value)) + 0.5
        painter.setPen(made_pen(colour if label == "now" else theme.quiet, 1.0, (3.0, 3.0)))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        width = metrics.horizontalAdvance(label)
        # Centred, else to the left, else to the right: crossings may be close to each other and to the plan.
        for left in (x - width / 2, x - width - 4, x + 4):
            free = all(left > end + 6 or left + width < start - 6 for start, end in taken)
            if free and left >= 0.0 and left + width <= axes.width:
                painter.setPen(QColor(colour))
                painter.drawText(QPointF(left, area.top() - 7), label)
                taken.append((left, left + width))
                break


def _paint_pointer(painter: QPainter, axes: Axes, part: int) -> None:
    area, theme = axes.area, axes.theme
    x = axes.x(float(axes.view.x[part]))
    painter.setPen(made_pen(theme.quiet))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    for line in axes.view.lines:
        painter.setPen(made_pen(theme.panel, 1.5))
        painter.setBrush(QColor(theme.series[line.slot].line))
        painter.drawEllipse(QPointF(x, axes.y(float(line.y[part]))), 4, 4)


def _money_ticks(
    low: float, high: float, length: float, height: float, logarithmic: bool
) -> tuple[Tick, ...]:
    if logarithmic:
        return fit_ticks(money_scale, low, high, length, lambda label: height, 14)
    return (Tick(0.0, money_label(0.0)), *money_steps(high, length, height))


def money_steps(high: float, length: float, height: float) -> tuple[Tick, ...]:
    """Round sums up to ``high`` on an axis of ``length`` pixels for labels of a ``height``, 0 left out."""
    most = shown_money().shown(high)
    size = 10.0 ** math.floor(math.log10(most))
    step = next(
        (m * size for m in (0.1, 0.2, 0.25, 0.5, 1, 2) if most / (m * size) <= length / (2.6 * height)),
        5 * size,
    )
    return tuple(money_tick(n * step) for n in range(1, int(most / step + 1e-9) + 1))

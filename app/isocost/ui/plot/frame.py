"""Two logarithmic axes around a picture that is painted by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPolygonF

from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen
from isocost.ui.plot.ticks import Scale, Tick, fit_ticks

Array = NDArray[np.float64]
GAPS = (14.0, 24.0)
"""Pixels between labels across and up."""


@dataclass(frozen=True, slots=True)
class LogFrame:
    """Where values stand between two ends across and two up, all above 0."""

    area: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, value: float) -> float:
        """Horizontal pixel of a value."""
        low, high = self.x
        return self.area.left() + math.log(value / low) / math.log(high / low) * self.area.width()

    def up(self, value: float) -> float:
        """Vertical pixel of a value."""
        low, high = self.y
        return self.area.bottom() - math.log(value / low) / math.log(high / low) * self.area.height()

    def at(self, x: float, y: float) -> QPointF:
        """Pixel of a place."""
        return QPointF(self.across(x), self.up(y))

    def place(self, at: QPointF) -> tuple[float, float]:
        """The values at a pixel; of one outside, beyond the ends."""
        return self.x_at(at.x()), self.y_at(at.y())

    def x_at(self, pixel: float) -> float:
        """The value at a horizontal pixel."""
        low, high = self.x
        share = (pixel - self.area.left()) / max(1.0, self.area.width())
        return low * math.exp(share * math.log(high / low))

    def y_at(self, pixel: float) -> float:
        """The value at a vertical pixel."""
        low, high = self.y
        share = (self.area.bottom() - pixel) / max(1.0, self.area.height())
        return low * math.exp(share * math.log(high / low))

    def holds(self, x: float, y: float) -> bool:
        """Whether a place is within the ends."""
        return self.x[0] <= x <= self.x[1] and self.y[0] <= y <= self.y[1]

    def pixels(self, x: Array, y: Array) -> Array:
        """Pixels, shape (n, 2), of places; NaN stays NaN."""
        (left, right), (low, high) = self.x, self.y
        return np.column_stack(
            (
                self.area.left() + np.log(x / left) * (self.area.width() / math.log(right / left)),
                self.area.bottom() - np.log(y / low) * (self.area.height() / math.log(high / low)),
            )
        )


def path_of(points: Array) -> QPainterPath:
    """A line through pixels, broken where they are NaN."""
    path = QPainterPath()
    drawn = False
    for x, y in points.tolist():
        known = math.isfinite(x + y)
        if known and drawn:
            path.lineTo(x, y)
        elif known:
            path.moveTo(x, y)
        drawn = known
    return path


def polygon_of(points: Array) -> QPolygonF:
    """A polygon through pixels."""
    return QPolygonF([QPointF(x, y) for x, y in points.tolist()])


def ticks_across(frame: LogFrame, scale: Scale, theme: Theme) -> tuple[Tick, ...]:
    """Labels below a frame that have room."""
    metrics = QFontMetricsF(font_of(theme, "quiet"))
    return fit_ticks(scale, *frame.x, frame.area.width(), metrics.horizontalAdvance, GAPS[0])


def ticks_up(frame: LogFrame, scale: Scale, theme: Theme) -> tuple[Tick, ...]:
    """Labels beside a frame that have room."""
    height = QFontMetricsF(font_of(theme, "quiet")).height()
    extent: Callable[[str], float] = lambda _: height  # noqa: E731 - a line of text is as high as any other
    return fit_ticks(scale, *frame.y, frame.area.height(), extent, GAPS[1])


def paint_axes(
    painter: QPainter, frame: LogFrame, theme: Theme, across: tuple[Tick, ...], up: tuple[Tick, ...]
) -> None:
    """The two axes with their labels, without a grid."""
    area, metrics = frame.area, QFontMetricsF(font_of(theme, "quiet"))
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(made_pen(theme.line))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.topLeft(), area.bottomLeft())
    for tick in across:
        x = frame.across(tick.value)
        painter.setPen(made_pen(theme.line))
        painter.drawLine(QPointF(x, area.bottom()), QPointF(x, area.bottom() + 4))
        painter.setPen(QColor(theme.quiet))
        left = x - metrics.horizontalAdvance(tick.label) / 2
        painter.drawText(QPointF(left, area.bottom() + 7 + metrics.ascent()), tick.label)
    for tick in up:
        y = frame.up(tick.value)
        painter.setPen(made_pen(theme.line))
        painter.drawLine(QPointF(area.left() - 4, y), QPointF(area.left(), y))
        painter.setPen(QColor(theme.quiet))
        room = QRectF(0.0, y - metrics.height() / 2, area.left() - 8, metrics.height())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(room, int(flags), tick.label)

"""A small plot of a few named lines over one quantity, with the places where they cross."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from isocost.report.findings.choices import LinesView, NamedLine
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen
from isocost.ui.plot.placing import spread
from isocost.ui.plot.ticks import Tick, fit_ticks, money_label, money_scale

LEFT, BOTTOM, TOP = 58, 26, 22
HEIGHT = 216
DECADES = 4.0
"""Most decades a logarithmic axis of money shows; cheaper lines leave at the bottom."""


class LinesPlot(QWidget):
    """The picture; pointing at it, or stepping with the arrow keys, reads the lines off."""

    said = Signal(str)
    """What the lines come to where the pointer is; empty = nowhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.view = LinesView()
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Draw from now on in this theme."""
        self.theme = theme
        self.updateGeometry()
        self.update()

    def show_view(self, view: LinesView) -> None:
        """Draw other lines."""
        self.view = view
        if self._at is not None and self._at >= len(view.x):
            self._point_at(None)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(260, self.theme.px(HEIGHT))

    # Places

    def area(self) -> QRectF:
        """The plot inside its axes."""
        metrics = QFontMetricsF(font_of(self.theme, "small", bold=True))
        names = max((metrics.horizontalAdvance(line.name) for line in self.view.lines), default=0.0)
        px = self.theme.px
        return QRectF(
            px(LEFT),
            px(TOP),
            max(40.0, self.width() - px(LEFT) - names - 18),
            self.height() - px(TOP + BOTTOM),
        )

    def _money(self) -> tuple[float, float]:
        """The lowest and highest money shown."""
        top = max((float(line.y.max()) for line in self.view.lines), default=1.0) or 1.0
        if not self.view.logarithmic:
            return 0.0, top * 1.04
        low = min(float(line.y.min()) for line in self.view.lines)
        return max(low / 1.3, top / 10**DECADES, 1e-6), top * 1.3

    def x_of(self, value: float) -> float:
        """Horizontal pixel of a value."""
        area, x = self.area(), self.view.x
        if self.view.logarithmic:
            share = math.log(max(value, 1e-12) / x[0]) / math.log(x[-1] / x[0])
        else:
            share = (value - x[0]) / (x[-1] - x[0])
        return area.left() + share * area.width()

    def y_of(self, usd: float) -> float:
        """Vertical pixel of a sum; those below the lowest shown lie on the axis."""
        area, (low, high) = self.area(), self._money()
        if self.view.logarithmic:
            share = math.log(max(usd, low) / low) / math.log(high / low)
        else:
            share = (usd - low) / (high - low)
        return area.bottom() - share * area.height()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self.view.x):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter)
        self._paint_marks(painter)
        for line in self.view.lines:
            self._paint_line(painter, line)
        self._paint_names(painter)
        self._paint_pointer(painter)
        painter.end()

    def _paint_axes(self, painter: QPainter) -> None:
        theme, area, (low, high) = self.theme, self.area(), self._money()
        painter.setFont(font_of(theme, "quiet"))
        metrics = QFontMetricsF(painter.font())
        for tick in _money_ticks(low, high, area.height(), metrics.height(), self.view.logarithmic):
            y = round(self.y_of(tick.value)) + 0.5
            painter.setPen(made_pen(theme.grid))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(theme.quiet))
            width = metrics.horizontalAdvance(tick.label)
            painter.drawText(QPointF(area.left() - 8 - width, y + metrics.ascent() / 2 - 1), tick.label)
        painter.setPen(made_pen(theme.line))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(theme.quiet))
        free = 0.0
        for value in self._x_ticks(area.width()):
            label = self.view.ticks(value)
            width = metrics.horizontalAdvance(label)
            left = min(max(self.x_of(value) - width / 2, 0.0), self.width() - width)
            if left >= free:
                painter.drawText(QPointF(left, area.bottom() + metrics.ascent() + 6), label)
                free = left + width + 12

    def _x_ticks(self, width: float) -> Iterator[float]:
        low, high = float(self.view.x[0]), float(self.view.x[-1])
        if self.view.logarithmic:
            for power in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1):
                yield 10.0**power
            return
        step = next((s for s in (1, 2, 3, 6, 12, 24) if width / ((high - low) / s) >= 54), 24)
        value = math.ceil(low / step) * step
        while value <= high:
            yield float(value)
            value += step

    def _paint_line(self, painter: QPainter, line: NamedLine) -> None:
        series = self.theme.series[line.slot]
        points = [
            QPointF(self.x_of(float(x)), self.y_of(float(y)))
            for x, y in zip(self.view.x, line.y, strict=True)
        ]
        painter.setPen(made_pen(series.line, 2.6 if line.bold else 1.8, line.dash))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))

    def _paint_names(self, painter: QPainter) -> None:
        """At the ends of the lines, moved apart."""
        area, theme = self.area(), self.theme
        bold = font_of(theme, "small", bold=True)
        height = QFontMetricsF(bold).height()
        ends = [self.y_of(float(line.y[-1])) for line in self.view.lines]
        for line, y in zip(self.view.lines, spread(ends, height, 0.0, area.bottom() + 4), strict=True):
            painter.setFont(bold if line.bold else font_of(theme, "small"))
            painter.setPen(QColor(theme.series[line.slot].text))
            room = QRectF(area.right() + 8, y - height / 2, self.width() - area.right() - 8, height)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), line.name)

    def _paint_marks(self, painter: QPainter) -> None:
        """Dashed uprights with their words above the plot; the plan's own place first."""
        theme, area = self.theme, self.area()
        marks = [(mark.x, mark.label, theme.text) for mark in self.view.marks if self._inside(mark.x)]
        if self.view.here is not None and self._inside(self.view.here):
            marks.insert(0, (self.view.here, "now", theme.accent))
        painter.setFont(font_of(theme, "quiet"))
        metrics = QFontMetricsF(painter.font())
        taken: list[tuple[float, float]] = []
        for value, label, colour in marks:
            x = round(self.x_of(value)) + 0.5
            painter.setPen(made_pen(colour if label == "now" else theme.quiet, 1.0, (3.0, 3.0)))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            width = metrics.horizontalAdvance(label)
            for left in (x - width / 2, x - width - 4, x + 4):
                free = all(left > end + 6 or left + width < start - 6 for start, end in taken)
                if free and left >= 0.0 and left + width <= self.width():
                    painter.setPen(QColor(colour))
                    painter.drawText(QPointF(left, area.top() - 7), label)
                    taken.append((left, left + width))
                    break

    def _inside(self, x: float) -> bool:
        return bool(self.view.x[0] <= x <= self.view.x[-1])

    def _paint_pointer(self, painter: QPainter) -> None:
        if self._at is None:
            return
        area, theme = self.area(), self.theme
        x = self.x_of(float(self.view.x[self._at]))
        painter.setPen(made_pen(theme.quiet))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        for line in self.view.lines:
            painter.setPen(made_pen(theme.panel, 1.5))
            painter.setBrush(QColor(theme.series[line.slot].line))
            painter.drawEllipse(QPointF(x, self.y_of(float(line.y[self._at]))), 4, 4)

    # Events

    def _point_at(self, index: int | None) -> None:
        if index != self._at:
            self._at = index
            self.said.emit("" if index is None else self.view.say(index))
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not len(self.view.x):
            return
        places = np.array([self.x_of(float(x)) for x in self.view.x])
        inside = self.area().adjusted(-8, -8, 8, 8).contains(event.position())
        self._point_at(int(np.argmin(np.abs(places - event.position().x()))) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None or not len(self.view.x):
            super().keyPressEvent(event)
            return
        start = int(np.argmin(np.abs(self.view.x - (self.view.here or self.view.x[0]))))
        at = start if self._at is None else self._at + step
        self._point_at(min(len(self.view.x) - 1, max(0, at)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)


def _money_ticks(
    low: float, high: float, length: float, height: float, logarithmic: bool
) -> tuple[Tick, ...]:
    if logarithmic:
        return fit_ticks(money_scale, low, high, length, lambda label: height, 14)
    return (Tick(0.0, "$0"), *money_steps(high, length, height))


def money_steps(high: float, length: float, height: float) -> tuple[Tick, ...]:
    """Round sums up to ``high`` on an axis of ``length`` pixels for labels of a ``height``, 0 left out."""
    size = 10.0 ** math.floor(math.log10(high))
    step = next(
        (m * size for m in (0.1, 0.2, 0.25, 0.5, 1, 2) if high / (m * size) <= length / (2.6 * height)),
        5 * size,
    )
    return tuple(Tick(n * step, money_label(n * step)) for n in range(1, int(high / step + 1e-9) + 1))

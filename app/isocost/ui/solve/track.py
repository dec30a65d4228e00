"""The scan on the input's own track: it takes the slider's place while the input is solved for."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.report.decisions.solving.fields import Solving
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen, mixed
from isocost.ui.plot.frame import path_of
from isocost.ui.solve.chart import SHADE
from isocost.ui.widgets.fields.slider import LogSlider

DOT = 4.0
"""Radius of the answer's dot."""


class ScanTrack(QWidget):
    """Lies over a slider, values where the slider has them; a press chooses one, keys go to the slider."""

    chosen = Signal(int)

    def __init__(self, slider: LogSlider, theme: Theme) -> None:
        super().__init__(slider)
        self._slider = slider
        self._theme = theme
        self._shown: Solving | None = None
        self._at: int | None = None
        self.setObjectName("solve.track")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("The scan: press to choose another value that was tried"))
        slider.installEventFilter(self)
        self.setGeometry(slider.rect())
        self.show()

    def show_scan(self, shown: Solving, at: int | None, theme: Theme) -> None:
        """Draw a scan and the value that would be taken; None = there is none."""
        self._shown, self._at, self._theme = shown, at, theme
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._slider.rect())
        return False

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._choose(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # not the slider's beneath

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _choose(self, x: float) -> None:
        if self._shown is not None and len(self._shown.values):
            places = [abs(self._slider.x_of(float(value)) - x) for value in self._shown.values]
            self.chosen.emit(int(np.argmin(places)))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, shown = self._theme, self._shown
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.panel))
        foot = self.height() - 1.5
        painter.setPen(QPen(QColor(theme.line), 1.0))
        painter.drawLine(QPointF(0, foot), QPointF(self.width(), foot))
        if shown is not None and shown.panels:
            self._paint_scan(painter, shown, theme)
        painter.end()

    def _paint_scan(self, painter: QPainter, shown: Solving, theme: Theme) -> None:
        x, top, foot = self._slider.x_of, 1.5 + DOT, self.height() - 2.5
        for low, high in shown.shaded:
            room = QRectF(x(low), 0.0, max(2.0, x(high) - x(low)), self.height() - 2.0)
            painter.fillRect(room, mixed(theme.accent, theme.panel, 2 * SHADE))
        values = shown.panels[0].values
        known = np.isfinite(values)
        if not known.any():
            return
        heights = values if shown.panels[0].kind == "loss" else np.log(np.maximum(values, 1e-12))
        low, high = float(heights[known].min()), float(heights[known].max())
        level = (heights - low) / (high - low) if high > low else np.full(len(heights), 0.5)

        def y(at: int) -> float:
            return foot - float(level[at]) * (foot - top) if known[at] else math.nan

        points = np.array([(x(float(value)), y(at)) for at, value in enumerate(shown.values)])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(made_pen(theme.series[0].line, 1.5))
        painter.drawPath(path_of(points))
        if self._at is not None and known[self._at]:
            painter.setPen(made_pen(theme.panel, 1.2))
            painter.setBrush(QColor(theme.accent))
            painter.drawEllipse(QPointF(*points[self._at].tolist()), DOT, DOT)

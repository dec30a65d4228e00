"""Where a run will end, drawn: time and rent as planned, and as they come out."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from isocost.language import tr
from isocost.plan.answer.actual import Actual
from isocost.report.findings.own.actual import Bar, bars, bars_said
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.widgets.rows import LEFT, write_text

NAME, LINE, BAR, GAP = 56, 22, 12, 12
"""Pixels of the names' column, of a line, of a bar's height, and between two pairs of lines."""
WORDS = 250
"""Pixels of the words at the right."""


class ForecastBars(QWidget):
    """Two pairs of bars: the planned one grey; of the other the part that is done is full, the rest pale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme = LIGHT
        self._bars: tuple[Bar, ...] = ()
        self.setObjectName("own_actual.bars")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_run(self, found: Actual) -> None:
        """Draw another run."""
        self._bars = bars(found)
        self.setAccessibleName(bars_said(found))
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 2 * (2 * self._theme.px(LINE)) + self._theme.px(GAP))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, top = self._theme, 0.0
        line, gap = theme.px(LINE), theme.px(GAP)
        for bar in self._bars:
            most = max(bar.planned, bar.comes_to.p90) or 1.0
            self._paint_pair(painter, bar, top, most)
            top += 2 * line + gap
        painter.end()

    def _paint_pair(self, painter: QPainter, bar: Bar, top: float, most: float) -> None:
        theme = self._theme
        line, name, words = theme.px(LINE), theme.px(NAME), theme.px(WORDS)
        left, width = float(name), max(1.0, self.width() - name - words - 12.0)
        small, bold = font_of(theme, "small"), font_of(theme, "small", bold=True)
        write_text(painter, QRectF(0, top, name, line), bar.name, bold, theme.text)
        said = left + width + 12.0
        planned = tr("planned {planned_words}", planned_words=bar.planned_words)
        write_text(painter, QRectF(said, top, words, line), planned, small, theme.quiet, LEFT)
        write_text(painter, QRectF(said, top + line, words, line), bar.comes_words, bold, theme.text, LEFT)
        painter.setPen(Qt.PenStyle.NoPen)
        high, off = theme.px(BAR), (line - theme.px(BAR)) / 2.0

        def fill(end: float, row: float, colour: QColor | str) -> None:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, row + off, max(2.0, width * end / most), high), 3, 3)

        fill(bar.planned, top, theme.track)
        fill(bar.comes_to.p50, top + line, mixed(theme.accent, theme.panel, 0.35))
        fill(min(bar.so_far, bar.comes_to.p50), top + line, theme.accent)
        low, end = (left + width * each / most for each in (bar.comes_to.p10, bar.comes_to.p90))
        if end - low > 1.0:
            middle = top + line * 1.5
            painter.setPen(made_pen(theme.text, 1.4))
            painter.drawLine(QPointF(low, middle), QPointF(end, middle))
            for place in (low, end):
                painter.drawLine(QPointF(place, middle - 4), QPointF(place, middle + 4))

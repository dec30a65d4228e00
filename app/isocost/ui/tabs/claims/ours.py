"""Our estimate with its range, and the number told, on one line of powers of ten."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.report.decisions.claims.page import OursView
from isocost.report.findings.said import Said
from isocost.report.table import Column, Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import Chart, ChartWidget, Drawing
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel

HEIGHT = 92
EDGE = 74
"""Pixels kept at both sides of what is drawn, for the words beside a mark."""
LEAST_DECADES = 0.6
NO_ESTIMATE = Said(
    tr("We have no estimate of it"),
    tr("Model, tokens and accelerator would have to be told."),
    tr("We have no estimate of it: model, tokens and accelerator would have to be told."),
)


class OursChart(Chart[OursView | None]):
    """A bar from the 10th to the 90th percentile, a diamond in its middle, a line across for what is told."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(220), theme.px(HEIGHT))

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(260), theme.px(HEIGHT))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        view = self.view
        if view is None:
            return
        scale = _Scale(view, size.width(), float(theme.px(EDGE)))
        middle = size.height() * 0.61
        ours, told = theme.series[0], theme.series[1]
        painter.setPen(made_pen(theme.track, 3.0))
        painter.drawLine(QPointF(2, middle), QPointF(size.width() - 2, middle))
        low, high, centre = (scale.x(v) for v in (view.span.p10, view.span.p90, view.span.p50))
        half = theme.px(6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(ours.line, theme.panel, 0.45))
        painter.drawRoundedRect(QRectF(low, middle - half, max(2.0, high - low), 2 * half), 3, 3)
        painter.setBrush(QColor(ours.line))
        painter.setPen(made_pen(theme.panel, 1.2))
        painter.drawPolygon(_diamond(centre, middle, theme.px(7)))
        if view.told is not None:
            painter.setPen(made_pen(told.line, 2.4))
            x = scale.x(view.told)
            painter.drawLine(QPointF(x, middle - theme.px(12)), QPointF(x, middle + theme.px(9)))
        _write(painter, view, scale, size, middle, theme)


class _Scale:
    """Where values stand, the lowest and the highest of them a little inside."""

    def __init__(self, view: OursView, width: float, edge: float) -> None:
        values = [view.span.p10, view.span.p90, *([view.told] if view.told else [])]
        low, high = (math.log10(max(each, 1e-30)) for each in (min(values), max(values)))
        short = max(0.0, LEAST_DECADES - (high - low)) / 2.0
        self._low, self._high = low - short, high + short
        self._edge, self._room = edge, max(10.0, width - 2.0 * edge)

    def x(self, value: float) -> float:
        """Pixel of a value."""
        share = (math.log10(max(value, 1e-30)) - self._low) / (self._high - self._low)
        return self._edge + share * self._room


def _diamond(x: float, y: float, half: float) -> QPolygonF:
    return QPolygonF([QPointF(x, y - half), QPointF(x + half, y), QPointF(x, y + half), QPointF(x - half, y)])


def _write(
    painter: QPainter, view: OursView, scale: _Scale, size: QSizeF, middle: float, theme: Theme
) -> None:
    """Ours over its diamond, what is told beside its mark, the ends of the range below the line."""
    large, bold, quiet = font_of(theme, "figure"), font_of(theme, "small", bold=True), font_of(theme, "quiet")
    centre = scale.x(view.span.p50)
    ours = tr("ours {shown}", shown=view.shown(view.span.p50))
    _write_at(painter, ours, large, theme.series[0].text, centre, middle - theme.px(32), 0.5, size.width())
    if view.told is not None:
        told, x = tr("told {shown}", shown=view.told_words), scale.x(view.told)
        # On the side away from the diamond, clear of it and of the mark's own line.
        gap, before = (-theme.px(4), 1.0) if x < centre else (theme.px(4), 0.0)
        ink, above = theme.series[1].text, middle - theme.px(12)
        _write_at(painter, told, bold, ink, x + gap, above, before, size.width())
    painter.setFont(quiet)
    painter.setPen(QColor(theme.quiet))
    small = QFontMetricsF(quiet)
    below = middle + theme.px(16) + small.ascent() * 0.6
    low, high = view.shown(view.span.p10), view.shown(view.span.p90)
    left, right = scale.x(view.span.p10), scale.x(view.span.p90)
    low_at = max(0.0, min(left, (left + right) / 2 - 6) - small.horizontalAdvance(low) / 2)
    high_width = small.horizontalAdvance(high)
    high_at = min(size.width() - high_width, right - high_width / 2)
    high_at = max(high_at, low_at + small.horizontalAdvance(low) + 10)
    painter.drawText(QPointF(low_at, below), low)
    painter.drawText(QPointF(high_at, below), high)


def _write_at(
    painter: QPainter, text: str, font: QFont, colour: str, x: float, y: float, before: float, width: float
) -> None:
    """A text on a line of its own, ``before`` of it left of ``x``, all of it within ``width``."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    long = QFontMetricsF(font).horizontalAdvance(text)
    painter.drawText(QPointF(min(max(0.0, x - before * long), width - long), y), text)


class OursCard(ChartCard):
    """The card around the line, with what the estimate rests on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("claims.ours", parent)
        self.chart = ChartWidget(OursChart(None), theme, self)
        self.chart.setObjectName("claims.ours.chart")
        self.rests_on = WrapLabel(self)
        self.rests_on.setProperty("role", "small")
        self.body.addWidget(self.chart)
        self.body.addWidget(self.rests_on)
        self.body.addStretch(1)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.chart.apply_theme(theme)

    def show_ours(self, view: OursView | None) -> None:
        """Draw an estimate, or say that there is none."""
        self.say(*(view.said if view is not None else NO_ESTIMATE))
        self.chart.setVisible(view is not None)
        plan = view.plan if view is not None else None
        self.explains(view.figure if view is not None and plan is not None else "", of=plan)
        if view != self.chart.view:
            self.chart.show_view(view)
        words = view.rests_on if view is not None else ""
        self.rests_on.setVisible(bool(words))
        self.rests_on.say(words)

    def drawing(self) -> Drawing | None:
        return self.chart.chart if self.chart.view is not None else None

    def drawn_size(self) -> QSize:
        return QSize(self.width(), self.height() - self.rests_on.height() * self.rests_on.isVisible())

    def footnote(self) -> str:
        return self.rests_on.whole if self.rests_on.isVisibleTo(self) else ""

    def table(self) -> Table:
        view = self.chart.view
        if view is None:
            return super().table()
        columns = (Column(tr("Figure")), Column(tr("Value"), view.shown, right=True, key=view.unit))
        span = view.span
        rows = [
            (tr("Told"), view.told),
            (tr("Ours"), span.p50),
            (tr("Ours, low"), span.p10),
            (tr("Ours, high"), span.p90),
        ]
        return Table(columns, tuple(rows))

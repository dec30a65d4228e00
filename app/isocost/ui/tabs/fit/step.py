"""Where the time of an optimizer step goes, as ranked bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.fit import RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.physics.records import Breakdown, Part
from isocost.report.findings.tabs.fit import (
    NO_STEP,
    USEFUL,
    rounds_step_said,
    seconds,
    shown_parts,
    step_said,
    step_share,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, mixed
from isocost.ui.plot.chart import Chart
from isocost.ui.tabs.fit.breakdown import BreakdownCard
from isocost.ui.widgets.labels import shorten
from isocost.ui.widgets.rows import LEFT, RIGHT

NAME, TIME, SHARE = 214, 62, 54
"""Pixels of the columns beside the bars."""

ROW = 22
"""Pixels of a row at most; more parts than fit make it smaller."""


class StepChart(Chart[Breakdown | None]):
    """The breakdown of a step's time, a row for each part; None = there is none."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(TIME + SHARE + 150), theme.px(160))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is None:
            return
        parts = shown_parts(self.view)
        height = min(float(theme.px(ROW)), size.height() / max(len(parts), 1))
        longest = max(part.amount for part in parts)
        for at, part in enumerate(parts):
            room = QRectF(0, at * height, size.width(), height)
            share = step_share(part.amount, self.view.total)
            _paint_row(painter, room, theme, part, part.amount / longest, share)


def _paint_row(
    painter: QPainter, room: QRectF, theme: Theme, part: Part, of_longest: float, of_all: str
) -> None:
    time, share = float(theme.px(TIME)), float(theme.px(SHARE))
    left = min(float(theme.px(NAME)), 0.42 * room.width())
    painter.setFont(font_of(theme, "small"))
    painter.setPen(QColor(theme.text))
    metrics = QFontMetricsF(painter.font())
    shown = shorten(part.label, metrics, left - 8)
    painter.drawText(QRectF(0, room.top(), left, room.height()), LEFT, shown)
    length = (room.width() - left - time - share) * of_longest
    thick = min(12.0, room.height() - 6)
    bar = QRectF(left, room.center().y() - thick / 2, max(2.0, length), thick)
    painter.setPen(Qt.PenStyle.NoPen)
    useful = part.name in USEFUL
    painter.setBrush(QColor(theme.accent) if useful else mixed(theme.series[1].line, theme.panel, 0.55))
    painter.drawRoundedRect(bar, 3, 3)
    painter.setPen(QColor(theme.text))
    at = QRectF(room.right() - time - share, room.top(), time, room.height())
    painter.drawText(at, RIGHT, seconds(part.amount))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QRectF(room.right() - share, room.top(), share, room.height()), RIGHT, of_all)


class StepCard(BreakdownCard):
    """Where the step's time goes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.step", tr("Time of a step"), "seconds", StepChart(None), theme, parent)

    def show_stage(self, stage: StageEstimate, figure: str = "", ranges: FigureRanges | None = None) -> None:
        """Show one stage's step; ``figure`` is the key that explains it, and has its range."""
        breakdown = stage.step
        if breakdown is None or not breakdown.parts:
            self.show_nothing(NO_STEP)
            return
        self.explains(figure)
        self.say(*step_said(stage, breakdown, ranges, figure))
        self.chart.show_breakdown(breakdown)

    def show_rounds(self, found: RoundsFit) -> None:
        """Show where a round's time goes."""
        self.explains("")
        self.say(*rounds_step_said(found))
        self.chart.show_breakdown(found.round)

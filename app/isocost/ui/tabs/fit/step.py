"""Where the time of an optimizer step goes, as ranked bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from isocost.plan.answer.fit import RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.report.findings.fit import (
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
from isocost.ui.tabs.fit.bill import BillCard, BillChart
from isocost.ui.widgets.rows import LEFT, RIGHT

NAME, TIME, SHARE = 214, 62, 54
"""Pixels of the columns beside the bars."""

ROW = 22
"""Pixels of a row at most; more parts than fit make it smaller."""


class StepBars(BillChart):
    """Paints a step's bill, a row for each part."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.step.bars", theme, parent)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.px(TIME + SHARE + 150), self.theme.px(160))

    def row_height(self) -> float:
        """Pixels of each row, so that all are seen."""
        rows = len(shown_parts(self.bill)) if self.bill is not None else 0
        return min(float(self.theme.px(ROW)), self.height() / max(rows, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.bill is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.row_height()
        parts = shown_parts(self.bill)
        longest = max(part.amount for part in parts)
        for at, part in enumerate(parts):
            room = QRectF(0, at * height, self.width(), height)
            self._paint_row(painter, room, part.name, part.amount, longest, self.bill.total)
        painter.end()

    def _paint_row(
        self, painter: QPainter, room: QRectF, name: str, amount: float, longest: float, total: float
    ) -> None:
        theme = self.theme
        time, share = float(theme.px(TIME)), float(theme.px(SHARE))
        left = min(float(theme.px(NAME)), 0.42 * room.width())
        painter.setFont(font_of(theme, "small"))
        painter.setPen(QColor(theme.text))
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 8)
        painter.drawText(QRectF(0, room.top(), left, room.height()), LEFT, shown)
        length = (room.width() - left - time - share) * amount / longest
        thick = min(12.0, room.height() - 6)
        bar = QRectF(left, room.center().y() - thick / 2, max(2.0, length), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        useful = name in USEFUL
        painter.setBrush(QColor(theme.accent) if useful else mixed(theme.series[1].line, theme.panel, 0.55))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QColor(theme.text))
        at = QRectF(room.right() - time - share, room.top(), time, room.height())
        painter.drawText(at, RIGHT, seconds(amount))
        painter.setPen(QColor(theme.quiet))
        at = QRectF(room.right() - share, room.top(), share, room.height())
        painter.drawText(at, RIGHT, step_share(amount, total))


class StepCard(BillCard):
    """Where the step's time goes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.step", "Time of a step", "seconds", StepBars(theme), theme, parent)

    def show_stage(self, stage: StageEstimate) -> None:
        """Show one stage's step."""
        bill = stage.step
        if bill is None or not bill.parts:
            self.show_nothing(NO_STEP)
            return
        self.say(*step_said(stage, bill))
        self.chart.show_bill(bill)

    def show_rounds(self, found: RoundsFit) -> None:
        """Show where a round's time goes."""
        self.say(*rounds_step_said(found))
        self.chart.show_bill(found.round)

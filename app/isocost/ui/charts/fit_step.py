"""Where the time of an optimizer step goes, as ranked bars."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from isocost.plan.results import Bill, StageEstimate
from isocost.ui.charts.base import font_of, mixed
from isocost.ui.charts.card import ChartCard
from isocost.ui.charts.fit_words import (
    USEFUL,
    bill_table,
    bill_words,
    seconds,
    shown_parts,
    step_finding,
    step_subtitle,
)
from isocost.ui.charts.table import Table
from isocost.ui.theme import Theme

NAME, TIME, SHARE = 214, 62, 54
"""Pixels of the columns beside the bars."""

ROW = 22
"""Pixels of a row at most; more parts than fit make it smaller."""


class StepBars(QWidget):
    """Paints a step's bill, a row for each part."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bill: Bill | None = None
        self.setObjectName("fit.step.bars")

    def set_theme(self, theme: Theme) -> None:
        """Paint from now on in this theme."""
        self._theme = theme
        self.update()

    def show_bill(self, bill: Bill | None) -> None:
        """Paint another bill."""
        if bill != self._bill:
            self._bill = bill
            self.update()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._theme.px(TIME + SHARE + 150), self._theme.px(160))

    def row_height(self) -> float:
        """Pixels of each row, so that all are seen."""
        rows = len(shown_parts(self._bill)) if self._bill is not None else 0
        return min(float(self._theme.px(ROW)), self.height() / max(rows, 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bill is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.row_height()
        parts = shown_parts(self._bill)
        longest = max(part.amount for part in parts)
        for at, part in enumerate(parts):
            room = QRectF(0, at * height, self.width(), height)
            self._paint_row(painter, room, part.name, part.amount, longest, self._bill.total)
        painter.end()

    def _paint_row(
        self, painter: QPainter, room: QRectF, name: str, amount: float, longest: float, total: float
    ) -> None:
        theme = self._theme
        time, share = float(theme.px(TIME)), float(theme.px(SHARE))
        left = min(float(theme.px(NAME)), 0.42 * room.width())
        painter.setFont(font_of(theme, "small"))
        painter.setPen(QColor(theme.text))
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, left - 8)
        painter.drawText(QRectF(0, room.top(), left, room.height()), int(_LEFT), shown)
        length = (room.width() - left - time - share) * amount / longest
        thick = min(12.0, room.height() - 6)
        bar = QRectF(left, room.center().y() - thick / 2, max(2.0, length), thick)
        painter.setPen(Qt.PenStyle.NoPen)
        useful = name in USEFUL
        painter.setBrush(QColor(theme.accent) if useful else mixed(theme.series[1].line, theme.panel, 0.55))
        painter.drawRoundedRect(bar, 3, 3)
        painter.setPen(QColor(theme.text))
        at = QRectF(room.right() - time - share, room.top(), time, room.height())
        painter.drawText(at, int(_RIGHT), seconds(amount))
        painter.setPen(QColor(theme.quiet))
        percent = f"{100 * amount / total:.1f}\u00a0%"
        painter.drawText(QRectF(room.right() - share, room.top(), share, room.height()), int(_RIGHT), percent)


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class StepCard(ChartCard):
    """Where the step's time goes; follows every estimate."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.step", parent)
        self._bill: Bill | None = None
        self.bars = StepBars(theme, self)
        self.body.addWidget(self.bars, 1)
        self.apply_theme(theme)
        self.show_nothing("Estimating…")

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.bars.set_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the rows empty and say why."""
        self._bill = None
        self.bars.show_bill(None)
        self.say("Time of a step", why, why)

    def show_stage(self, stage: StageEstimate) -> None:
        """Show one stage's step."""
        bill = stage.step
        if bill is None or not bill.parts:
            self.show_nothing("This stage has no optimizer step of its own to show")
            return
        self._bill = bill
        finding, drawn = step_finding(bill), step_subtitle(stage)
        self.say(finding, drawn, f"{finding}. {bill_words(bill, 'seconds')}")
        self.bars.show_bill(bill)

    def table(self) -> Table:
        return bill_table(self._bill, "seconds") if self._bill is not None else super().table()

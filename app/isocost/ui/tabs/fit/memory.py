"""Memory of one accelerator: what fills it, as one bar against what can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from isocost.plan.answer.fit import RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.plan.physics.records import Breakdown
from isocost.report.findings.fit import (
    NO_MEMORY,
    memory_labels,
    memory_said,
    rounds_memory_said,
    shown_parts,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.tabs.fit.bill import BillCard, BillChart
from isocost.ui.widgets.rows import LEFT, RIGHT

BAR = 76
"""Pixels of the bar's width."""

_SLOTS = {"Weights": 0, "Gradients": 1, "Optimizer": 2, "Activations": 3, "Logits": 5, "Buffers": 4}


@dataclass(frozen=True, slots=True)
class Label:
    """A line of text beside the bar: where it would like to stand, and where it does."""

    text: str
    value: str
    colour: str
    at: float
    """Pixel of what it names."""
    y: float = 0.0
    strong: bool = False


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places at least ``gap`` apart, as near to the wanted ones (in falling order) as they come.

    From ``high`` (the bottom) upwards; where there is no room for all, they close up evenly from the top.
    """
    placed: list[float] = []
    for want in wanted:
        ceiling = placed[-1] - gap if placed else high
        placed.append(min(want, ceiling))
    if placed and placed[-1] < low:
        floor = low
        for i in reversed(range(len(placed))):
            placed[i] = max(placed[i], floor)
            floor = placed[i] + gap
    return placed


class MemoryBar(BillChart):
    """Paints a memory bill."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.memory.bar", theme, parent)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.theme.px(220), self.theme.px(150))

    def labels(self) -> list[Label]:
        """Text beside the bar, bottom first, none covering another."""
        if self.bill is None:
            return []
        theme, over = self.theme, self.bill.total > (self.bill.limit or 0.0)
        inks = {"free": theme.quiet, "limit": theme.stop if over else theme.text}
        found = [
            Label(
                each.text,
                each.value,
                inks.get(each.names) or self._ink(each.text),
                self._y(each.at),
                strong=each.names == "limit",
            )
            for each in memory_labels(self.bill)
        ]
        found.sort(key=lambda label: -label.at)
        height = QFontMetricsF(font_of(theme, "small")).height()
        ys = spread([label.at for label in found], height, height / 2, self.height() - height / 2)
        return [
            Label(label.text, label.value, label.colour, label.at, y, label.strong)
            for label, y in zip(found, ys, strict=True)
        ]

    def _y(self, size: float) -> float:
        """Pixel of a height in bytes."""
        assert self.bill is not None
        full = max(self.bill.total, self.bill.limit or 0.0) or 1.0
        margin = 7.0
        return self.height() - margin - size / full * (self.height() - 2 * margin)

    def _ink(self, name: str) -> str:
        slot = _SLOTS.get(name)
        return self.theme.quiet if slot is None else self.theme.series[slot].line

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.bill is not None:
            self._paint_bar(painter, self.bill)
            self._paint_labels(painter)
        painter.end()

    def _paint_bar(self, painter: QPainter, bill: Breakdown) -> None:
        theme, limit = self.theme, bill.limit or 0.0
        width = float(theme.px(BAR))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(theme.quiet, theme.panel, 0.14))
        painter.drawRect(QRectF(0, self._y(limit), width, self._y(0) - self._y(limit)))
        below = 0.0
        for part in shown_parts(bill):
            top, bottom = self._y(below + part.amount), self._y(below)
            room = QRectF(0, top, width, max(bottom - top - 1.0, 0.6))
            share = 0.5 if part.name == "Reserve" else 0.95
            painter.setBrush(mixed(self._ink(part.name), theme.panel, share))
            painter.drawRect(room)
            below += part.amount
        over = bill.total > limit
        if over:
            painter.setBrush(QBrush(QColor(theme.stop), Qt.BrushStyle.BDiagPattern))
            painter.drawRect(QRectF(0, self._y(bill.total), width, self._y(limit) - self._y(bill.total)))
        painter.setPen(made_pen(theme.stop if over else theme.text, 2.0))
        painter.drawLine(QLineF(0, self._y(limit), width + 6, self._y(limit)))

    def _paint_labels(self, painter: QPainter) -> None:
        theme = self.theme
        left = float(theme.px(BAR))
        start = left + theme.px(30)
        plain, bold = font_of(theme, "small"), font_of(theme, "small", bold=True)
        height = QFontMetricsF(plain).height()
        for label in self.labels():
            painter.setPen(made_pen(mixed(label.colour, theme.panel, 0.8), 1.0))
            bend = QPointF(start - 8, label.y)
            painter.drawPolyline([QPointF(left + 3, label.at), QPointF(left + 9, label.at), bend,
                                  QPointF(start - 3, label.y)])  # fmt: skip
            room = QRectF(start, label.y - height / 2, self.width() - start, height)
            painter.setFont(bold if label.strong else plain)
            painter.setPen(QColor(label.colour if label.strong else theme.text))
            painter.drawText(room, LEFT, label.text)
            painter.setPen(QColor(label.colour if label.strong else theme.quiet))
            painter.drawText(room, RIGHT, label.value)


class MemoryCard(BillCard):
    """Whether the memory of one accelerator is enough, and for what."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.memory", "Memory", "bytes", MemoryBar(theme), theme, parent)

    def show_stage(self, stage: StageEstimate) -> None:
        """Show one stage's memory."""
        bill = stage.memory
        if bill is None:
            self.show_nothing(NO_MEMORY)
            return
        self.say(*memory_said(stage, bill))
        self.chart.show_bill(bill)

    def show_rounds(self, found: RoundsFit) -> None:
        """Show the memory of an update of a stage of rounds."""
        self.say(*rounds_memory_said(found))
        self.chart.show_bill(found.memory)

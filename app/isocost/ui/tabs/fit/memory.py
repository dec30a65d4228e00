"""Memory of one accelerator: what fills it, as one bar against what can be used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.fit import TRAINER, RoundsFit
from isocost.plan.answer.results import StageEstimate
from isocost.plan.physics.records import Breakdown
from isocost.report.findings.tabs.fit import (
    NO_MEMORY,
    engine_said,
    memory_labels,
    memory_said,
    rounds_memory_said,
    shown_parts,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import Chart
from isocost.ui.tabs.fit.breakdown import BreakdownCard
from isocost.ui.widgets.rows import LEFT, RIGHT

BAR = 76
"""Pixels of the bar's width."""

_SLOTS = {
    "Weights": 0, "Gradients": 1, "Optimizer": 2, "Activations": 3, "Logits": 5, "Buffers": 4,
    TRAINER: 2, "Key-value cache": 3, "Cache to spare": 3,
}  # fmt: skip
_PALE = ("Reserve", "Cache to spare")
"""Parts that nothing is in yet."""


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


class MemoryChart(Chart[Breakdown | None]):
    """A breakdown of memory as one bar, what fills it named beside it; None = there is none."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(220), theme.px(150))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is not None:
            _paint_bar(painter, self.view, size, theme)
            _paint_labels(painter, labels(self.view, size.height(), theme), size, theme)


def labels(breakdown: Breakdown, height: float, theme: Theme) -> list[Label]:
    """Text beside a bar of a height in pixels, bottom first, none covering another."""
    over = breakdown.total > (breakdown.limit or 0.0)
    inks = {"free": theme.quiet, "limit": theme.stop if over else theme.text}
    found = [
        Label(
            each.text,
            each.value,
            inks.get(each.names) or _ink(theme, each.part),
            _y(breakdown, each.at, height),
            strong=each.names == "limit",
        )
        for each in memory_labels(breakdown)
    ]
    found.sort(key=lambda label: -label.at)
    line = QFontMetricsF(font_of(theme, "small")).height()
    ys = spread([label.at for label in found], line, line / 2, height - line / 2)
    return [replace(label, y=y) for label, y in zip(found, ys, strict=True)]


def _y(breakdown: Breakdown, size: float, height: float) -> float:
    """Pixel of a size in bytes on a bar of a height in pixels."""
    full = max(breakdown.total * breakdown.high, breakdown.limit or 0.0) or 1.0
    margin = 7.0
    return height - margin - size / full * (height - 2 * margin)


def _ink(theme: Theme, name: str) -> str:
    slot = _SLOTS.get(name)
    return theme.quiet if slot is None else theme.series[slot].line


def _paint_bar(painter: QPainter, breakdown: Breakdown, size: QSizeF, theme: Theme) -> None:
    def y(amount: float) -> float:
        return _y(breakdown, amount, size.height())

    limit, width = breakdown.limit or 0.0, float(theme.px(BAR))
    low, high = breakdown.total * breakdown.low, breakdown.total * breakdown.high
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.quiet, theme.panel, 0.14))
    painter.drawRect(QRectF(0, y(limit), width, y(0) - y(limit)))
    below = 0.0
    for part in shown_parts(breakdown):
        top, bottom = y(below + part.amount), y(below)
        room = QRectF(0, top, width, max(bottom - top - 1.0, 0.6))
        share = 0.5 if part.name in _PALE else 0.95
        painter.setBrush(mixed(_ink(theme, part.name), theme.panel, share))
        painter.drawRect(room)
        below += part.amount
    over = breakdown.total > limit
    if over:
        painter.setBrush(QBrush(QColor(theme.stop), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(QRectF(0, y(breakdown.total), width, y(limit) - y(breakdown.total)))
    painter.setPen(made_pen(theme.stop if over else theme.text, 2.0))
    painter.drawLine(QLineF(0, y(limit), width + 6, y(limit)))
    if low < high:
        _paint_likely(painter, QLineF(width / 2, y(low), width / 2, y(high)), theme)


def _paint_likely(painter: QPainter, span: QLineF, theme: Theme) -> None:
    """Where the peak is likely measured, as a whisker on the bar with an edge that sets it off any part."""
    cap = float(theme.px(7))
    for colour, broad in ((theme.panel, 4.0), (theme.text, 1.5)):
        painter.setPen(made_pen(colour, broad))
        painter.drawLine(span)
        for y in (span.y1(), span.y2()):
            painter.drawLine(QLineF(span.x1() - cap, y, span.x1() + cap, y))


def _paint_labels(painter: QPainter, placed: Sequence[Label], size: QSizeF, theme: Theme) -> None:
    left = float(theme.px(BAR))
    start = left + theme.px(30)
    plain, bold = font_of(theme, "small"), font_of(theme, "small", bold=True)
    height = QFontMetricsF(plain).height()
    for label in placed:
        painter.setPen(made_pen(mixed(label.colour, theme.panel, 0.8), 1.0))
        bend = QPointF(start - 8, label.y)
        painter.drawPolyline([QPointF(left + 3, label.at), QPointF(left + 9, label.at), bend,
                              QPointF(start - 3, label.y)])  # fmt: skip
        room = QRectF(start, label.y - height / 2, size.width() - start, height)
        painter.setFont(bold if label.strong else plain)
        painter.setPen(QColor(label.colour if label.strong else theme.text))
        painter.drawText(room, LEFT, label.text)
        painter.setPen(QColor(label.colour if label.strong else theme.quiet))
        painter.drawText(room, RIGHT, label.value)


class MemoryCard(BreakdownCard):
    """Whether the memory of one accelerator is enough, and for what."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.memory", tr("Memory"), "bytes", MemoryChart(None), theme, parent)

    def show_stage(self, stage: StageEstimate, figure: str = "") -> None:
        """Show one stage's memory; ``figure`` is the key that explains it."""
        breakdown = stage.memory
        if breakdown is None:
            self.show_nothing(NO_MEMORY)
            return
        self.explains(figure)
        self.say(*memory_said(stage, breakdown))
        self.chart.show_breakdown(breakdown)

    def show_rounds(self, stage: StageEstimate, found: RoundsFit) -> None:
        """Show the memory of an update of a stage of rounds."""
        self.explains("")
        self.say(*rounds_memory_said(stage, found))
        self.chart.show_breakdown(found.memory)


class EngineCard(BreakdownCard):
    """What the engine that generates takes of an accelerator, beside what stays of the trainer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.engine", tr("Generation engine"), "bytes", MemoryChart(None), theme, parent)

    def show_rounds(self, found: RoundsFit) -> None:
        """Show the engine of a stage of rounds."""
        self.say(*engine_said(found))
        self.chart.show_breakdown(found.engine.memory)

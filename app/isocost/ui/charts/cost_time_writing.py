"""The texts and marks of the cost and time plot, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF

from isocost.ui.charts.base import font_of, made_pen, text_size
from isocost.ui.charts.placing import Box, Clutter, Points, place_near
from isocost.ui.charts.styles import series_of
from isocost.ui.theme import Series, Theme

Placed = tuple[Box, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A curve's name beside its end, or in the margin with a leader from it."""

    accelerator: str
    text: str
    box: Box
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan's point, and the plate of text beside it."""

    at: tuple[float, float]
    visible: bool
    lines: tuple[str, str]
    box: Box

    @property
    def offset(self) -> tuple[float, float]:
        """From the point to its text, to keep it there while the point moves."""
        return self.box.left - self.at[0], self.box.top - self.at[1]


@dataclass(frozen=True, slots=True)
class Marks:
    """Count dots along the plan's curve with their numbers, and published runs."""

    dots: Points
    counts: tuple[Placed, ...]
    runs: tuple[tuple[tuple[str, ...], tuple[float, float]], ...]
    """What to say of each run, and where it is."""


@dataclass(frozen=True, slots=True)
class Writing:
    """Every text and mark of the plot with its place in pixels."""

    theme: Theme
    slots: Mapping[str, int]
    room: Box
    """Where texts may stand."""
    area: QRectF
    """The plot inside its axes."""
    plan: Plan
    names: tuple[Name, ...]
    marks: Marks
    active: str
    deadline: float | None
    deadline_name: Placed | None

    def boxes(self) -> list[Box]:
        """The places of all texts."""
        own = [self.plan.box] if self.plan.visible else []
        own += [name.box for name in self.names] + [box for box, _ in self.marks.counts]
        return own + ([self.deadline_name[0]] if self.deadline_name else [])

    def name_at(self, at: QPointF) -> str | None:
        """The accelerator whose name is at a position."""
        for name in self.names:
            if QRectF(name.box.left, name.box.top, name.box.width, name.box.height).contains(at):
                return name.accelerator
        return None

    def run_at(self, at: QPointF) -> int | None:
        """The published run at a position."""
        for index, (_, (x, y)) in enumerate(self.marks.runs):
            if math.hypot(at.x() - x, at.y() - y) <= 9:
                return index
        return None

    def series(self, accelerator: str) -> Series:
        """The accelerator's line style."""
        return series_of(self.theme, self.slots, accelerator)

    def paint(self, painter: QPainter) -> None:
        """Paint everything that does not depend on the mouse."""
        if self.deadline is not None:
            self._paint_deadline(painter)
        self._paint_names(painter)
        self._paint_dots(painter)
        self._paint_runs(painter)
        if self.plan.visible:
            self._paint_plan(painter)

    def _paint_deadline(self, painter: QPainter) -> None:
        assert self.deadline is not None
        painter.setPen(made_pen(self.theme.quiet, 1.0, (4.0, 4.0)))
        painter.drawLine(
            QPointF(self.deadline, self.area.top() - 6), QPointF(self.deadline, self.area.bottom())
        )
        if self.deadline_name is not None:
            box, text = self.deadline_name
            _text(painter, box, text, font_of(self.theme, "quiet"), self.theme.quiet)

    def _paint_names(self, painter: QPainter) -> None:
        for name in self.names:
            series = self.series(name.accelerator)
            middle = name.box.top + name.box.height / 2
            aside = name.box.left >= self.area.right()
            if aside and (abs(middle - name.end[1]) > 5 or name.box.left - name.end[0] > 14):
                painter.setPen(made_pen(series.line, 1.0, (1.0, 2.0)))
                painter.drawLine(QPointF(name.end[0] + 2, name.end[1]), QPointF(name.box.left - 3, middle))
            bold = name.accelerator == self.active
            _text(painter, name.box, name.text, font_of(self.theme, "small", bold=bold), series.text)

    def _paint_dots(self, painter: QPainter) -> None:
        colour = QColor(self.series(self.active).line)
        painter.setPen(made_pen(colour, 1.6))
        painter.setBrush(QColor(self.theme.panel))
        for x, y in self.marks.dots.tolist():
            painter.drawEllipse(QPointF(x, y), 2.6, 2.6)
        for box, text in self.marks.counts:
            _text(painter, box, text, font_of(self.theme, "quiet"), self.theme.quiet)

    def _paint_plan(self, painter: QPainter) -> None:
        box, theme = self.plan.box, self.theme
        self._paint_leader(painter)
        _plate(painter, box, theme)
        half = (box.height - 8) / 2
        first = Box(box.left + 8, box.top + 4, box.width - 16, half)
        second = Box(box.left + 8, box.top + 4 + half, box.width - 16, half)
        _text(painter, first, self.plan.lines[0], font_of(theme, "small", bold=True), theme.text)
        _text(painter, second, self.plan.lines[1], font_of(theme, "small"), theme.text)
        painter.setPen(made_pen(theme.panel, 2.5))
        painter.setBrush(QColor(self.series(self.active).line))
        painter.drawEllipse(QPointF(*self.plan.at), 7.5, 7.5)

    def _paint_leader(self, painter: QPainter) -> None:
        """A thin line from the plan's point to its text when they are far apart."""
        box, (x, y) = self.plan.box, self.plan.at
        near = QPointF(min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
        if math.hypot(near.x() - x, near.y() - y) > 26:
            painter.setPen(made_pen(self.theme.quiet, 1.0))
            painter.drawLine(QPointF(x, y), near)

    def _paint_runs(self, painter: QPainter) -> None:
        painter.setPen(made_pen(self.theme.text, 1.4))
        painter.setBrush(QColor(self.theme.panel))
        for _, (x, y) in self.marks.runs:
            corners = ((x, y - 5.0), (x + 5.0, y), (x, y + 5.0), (x - 5.0, y))
            painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))

    def paint_ring(self, painter: QPainter, point: tuple[float, float], accelerator: str) -> None:
        """Mark the point of a curve that the mouse is over."""
        painter.setPen(made_pen(self.series(accelerator).line, 2.0))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawEllipse(QPointF(*point), 5, 5)

    def paint_readout(
        self, painter: QPainter, point: tuple[float, float], lines: Sequence[str], colour: str
    ) -> None:
        """What the mouse is over, on a small plate of text beside it; the first line in its own colour."""
        theme = self.theme
        fonts = [font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")]
        sizes = [text_size(font, line) for font, line in zip(fonts, lines, strict=True)]
        size = (max(width for width, _ in sizes) + 20, sum(height + 2 for _, height in sizes) + 12)
        around = Clutter(self.room)
        around.take(Box(point[0] - 6, point[1] - 6, 12, 12))
        if self.plan.visible:
            around.take(self.plan.box)
            around.take(Box(self.plan.at[0] - 9, self.plan.at[1] - 9, 18, 18))
        box, _ = place_near(point, size, around, 12.0)
        _plate(painter, box, theme)
        top = box.top + 6
        for font, line, (_, height), ink in zip(
            fonts, lines, sizes, (colour, theme.text, theme.quiet), strict=True
        ):
            _text(painter, Box(box.left + 10, top, box.width - 20, height + 2), line, font, ink)
            top += height + 2


def _plate(painter: QPainter, box: Box, theme: Theme) -> None:
    painter.setPen(made_pen(theme.line))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(QRectF(box.left, box.top, box.width, box.height), 6, 6)


def _text(painter: QPainter, box: Box, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(QRectF(box.left, box.top, box.width, box.height), int(flags), text)

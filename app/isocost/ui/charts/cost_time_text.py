"""The texts of the cost and time plot: where each stands, and how it is painted."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from isocost.plan.curves import CostCurve
from isocost.quantities import format_count, format_duration, format_money
from isocost.ui.charts.base import LogPlot, font_of, made_pen, text_size
from isocost.ui.charts.comparison import Comparison
from isocost.ui.charts.placing import Box, Clutter, Points, joined, place_near, spread
from isocost.ui.theme import Theme

DOT_GAP = 46.0
"""Pixels between two count dots that carry a number."""

Placed = tuple[Box, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A curve's name in the margin, with a leader from the end of its curve."""

    accelerator: str
    text: str
    box: Box
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Writing:
    """Every text of the plot with its place in pixels."""

    theme: Theme
    clutter: Clutter
    area: QRectF
    plan: tuple[float, float]
    """The plan's point."""
    plan_visible: bool
    plan_lines: tuple[str, str]
    plan_box: Box
    plan_offset: tuple[float, float]
    """From the plan's point to its text, to keep it there while the point moves."""
    names: tuple[Name, ...]
    dots: Points
    counts: tuple[Placed, ...]
    active: str
    deadline: float | None
    deadline_name: Placed | None

    def boxes(self) -> list[Box]:
        """The places of all texts."""
        own = [self.plan_box] if self.plan_visible else []
        own += [name.box for name in self.names] + [box for box, _ in self.counts]
        return own + ([self.deadline_name[0]] if self.deadline_name else [])

    def name_at(self, at: QPointF) -> str | None:
        """The accelerator whose name is at a position."""
        for name in self.names:
            if QRectF(name.box.left, name.box.top, name.box.width, name.box.height).contains(at):
                return name.accelerator
        return None

    def paint(self, painter: QPainter) -> None:
        """Paint everything that does not depend on the mouse."""
        if self.deadline is not None:
            self._paint_deadline(painter)
        self._paint_names(painter)
        self._paint_dots(painter)
        if self.plan_visible:
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
            series = self.theme.series_for(name.accelerator)
            middle = name.box.top + name.box.height / 2
            if abs(middle - name.end[1]) > 5 or name.box.left - name.end[0] > 14:
                painter.setPen(made_pen(series.line, 1.0, (1.0, 2.0)))
                painter.drawLine(QPointF(name.end[0] + 2, name.end[1]), QPointF(name.box.left - 3, middle))
            bold = name.accelerator == self.active
            _text(painter, name.box, name.text, font_of(self.theme, "small", bold=bold), series.text)

    def _paint_dots(self, painter: QPainter) -> None:
        colour = QColor(self.theme.series_for(self.active).line)
        painter.setPen(made_pen(colour, 1.6))
        painter.setBrush(QColor(self.theme.panel))
        for x, y in self.dots.tolist():
            painter.drawEllipse(QPointF(x, y), 2.6, 2.6)
        for box, text in self.counts:
            _text(painter, box, text, font_of(self.theme, "quiet"), self.theme.quiet)

    def _paint_plan(self, painter: QPainter) -> None:
        box, theme = self.plan_box, self.theme
        self._paint_leader(painter)
        _plate(painter, box, theme)
        half = (box.height - 8) / 2
        first = Box(box.left + 8, box.top + 4, box.width - 16, half)
        second = Box(box.left + 8, box.top + 4 + half, box.width - 16, half)
        _text(painter, first, self.plan_lines[0], font_of(theme, "small", bold=True), theme.text)
        _text(painter, second, self.plan_lines[1], font_of(theme, "small"), theme.text)
        painter.setPen(made_pen(theme.panel, 2.5))
        painter.setBrush(QColor(theme.series_for(self.active).line))
        painter.drawEllipse(QPointF(*self.plan), 7.5, 7.5)

    def _paint_leader(self, painter: QPainter) -> None:
        """A thin line from the plan's point to its text when they are far apart."""
        box, (x, y) = self.plan_box, self.plan
        near = QPointF(min(max(x, box.left), box.right), min(max(y, box.top), box.bottom))
        if math.hypot(near.x() - x, near.y() - y) > 26:
            painter.setPen(made_pen(self.theme.quiet, 1.0))
            painter.drawLine(QPointF(x, y), near)

    def paint_readout(
        self, painter: QPainter, point: tuple[float, float], curve: CostCurve, lines: list[str]
    ) -> None:
        """What the mouse is over: a ring on the point and a small plate of text beside it."""
        theme, series = self.theme, self.theme.series_for(curve.accelerator)
        painter.setPen(made_pen(series.line, 2.0))
        painter.setBrush(QColor(theme.panel))
        painter.drawEllipse(QPointF(*point), 5, 5)
        fonts = [font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")]
        sizes = [text_size(font, line) for font, line in zip(fonts, lines, strict=True)]
        size = (max(width for width, _ in sizes) + 20, sum(height + 2 for _, height in sizes) + 12)
        plate = Clutter(self.clutter.room)
        plate.take(Box(point[0] - 6, point[1] - 6, 12, 12))
        if self.plan_visible:
            plate.take(self.plan_box)
            plate.take(Box(self.plan[0] - 9, self.plan[1] - 9, 18, 18))
        box, _ = place_near(point, size, plate, 12.0)
        _plate(painter, box, theme)
        top = box.top + 6
        colours = (series.text, theme.text, theme.quiet)
        for font, line, (_, height), colour in zip(fonts, lines, sizes, colours, strict=True):
            _text(painter, Box(box.left + 10, top, box.width - 20, height + 2), line, font, colour)
            top += height + 2


def write(
    plot: LogPlot,
    comparison: Comparison,
    named: tuple[str, ...],
    theme: Theme,
    offset: tuple[float, float] | None,
    deadline_days: float | None,
) -> Writing:
    """Place every text of the plot: names in the right margin, the plan, then counts that have room."""
    area = plot.area()
    room = Box(area.left() + 2, area.top(), area.width() - 4, area.height() - 2)
    clutter = Clutter(room)
    pixels = {c.accelerator: plot.pixels(np.log10(c.days), np.log10(c.cost_usd)) for c in comparison.curves}
    clutter.add_lines(joined(pixels.values()))
    names = _names(comparison, named, theme, area, pixels)
    total = comparison.estimate.total
    at = plot.pixels(
        np.array([math.log10(max(total.wall_days, 1e-9))]), np.array([math.log10(max(total.cost_usd, 1e-9))])
    )[0]
    plan = (float(at[0]), float(at[1]))
    visible = area.adjusted(-1, -1, 1, 1).contains(QPointF(*plan))
    deadline, deadline_name = _deadline(plot, deadline_days, theme, area)
    if deadline is not None:
        clutter.add_lines(np.array([[deadline, area.top()], [deadline, area.bottom()]]))
    lines = (
        f"{format_count(comparison.count)} {comparison.active.label}",
        f"{format_duration(total.wall_days)}, {format_money(total.cost_usd)}",
    )
    sizes = (
        text_size(font_of(theme, "small", bold=True), lines[0]),
        text_size(font_of(theme, "small"), lines[1]),
    )
    size = (max(s[0] for s in sizes) + 16, sum(s[1] for s in sizes) + 8)
    box, _ = place_near(plan, size, clutter, prefer=offset)
    if visible:
        clutter.take(box)
        clutter.take(Box(plan[0] - 9, plan[1] - 9, 18, 18))
    dots, counts = _counts(comparison, pixels[comparison.active.accelerator], plan, area, clutter, theme)
    return Writing(
        theme=theme,
        clutter=clutter,
        area=area,
        plan=plan,
        plan_visible=visible,
        plan_lines=lines,
        plan_box=box,
        plan_offset=(box.left - plan[0], box.top - plan[1]),
        names=names,
        dots=dots,
        counts=counts,
        active=comparison.active.accelerator,
        deadline=deadline,
        deadline_name=deadline_name,
    )


def _names(
    comparison: Comparison, named: tuple[str, ...], theme: Theme, area: QRectF, pixels: dict[str, Points]
) -> tuple[Name, ...]:
    """Names in one column right of the plot, pushed apart."""
    labels = {c.accelerator: c.label for c in comparison.curves}
    ends = {name: end for name in named if name in pixels and (end := visible_end(pixels[name], area))}
    if not ends:
        return ()
    sizes = {name: text_size(font_of(theme, "small", bold=True), labels[name]) for name in ends}
    height = max(size[1] for size in sizes.values()) + 1
    middles = spread([end[1] for end in ends.values()], height, area.top(), area.bottom())
    return tuple(
        Name(
            name,
            labels[name],
            Box(area.right() + 10, middle - height / 2, sizes[name][0], height),
            ends[name],
        )
        for name, middle in zip(ends, middles, strict=True)
    )


def gutter(labels: list[str], theme: Theme) -> float:
    """Pixels right of the plot that these names need, in steps so that the plot seldom changes its width."""
    widest = max((text_size(font_of(theme, "small", bold=True), label)[0] for label in labels), default=8.0)
    return math.ceil((widest + 16) / 12) * 12.0


def visible_end(points: Points, area: QRectF) -> tuple[float, float] | None:
    """Where a curve ends on the right inside the area, or leaves it there; None when it is nowhere inside."""
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order, 0], points[order, 1]
    if x[0] < area.right() < x[-1]:
        leave = float(np.interp(area.right(), x, y))
        if area.top() <= leave <= area.bottom():
            return area.right(), leave
    inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    if not inside.any():
        return None
    last = int(np.flatnonzero(inside)[-1])
    return float(x[last]), float(y[last])


def _deadline(
    plot: LogPlot, days: float | None, theme: Theme, area: QRectF
) -> tuple[float | None, Placed | None]:
    """The deadline's place across, and its name above the plot where no curve runs."""
    if days is None:
        return None, None
    x = float(plot.pixels(np.array([math.log10(days)]), np.array([0.0]))[0, 0])
    if not area.left() <= x <= area.right():
        return None, None
    text = f"deadline {format_duration(days)}"
    width, height = text_size(font_of(theme, "quiet"), text)
    left = max(area.left(), min(x - width / 2, area.right() - width))
    return x, (Box(left, area.top() - height - 7, width, height), text)


def _counts(
    comparison: Comparison,
    points: Points,
    plan: tuple[float, float],
    area: QRectF,
    clutter: Clutter,
    theme: Theme,
) -> tuple[Points, tuple[Placed, ...]]:
    """Dots at doublings of the node along the plan's curve, with their numbers where there is room."""
    if not comparison.depends_on_hardware:
        return np.empty((0, 2)), ()
    counts = comparison.active.counts
    node = int(np.gcd.reduce(counts))
    nodes = counts // node
    shown = ((nodes & (nodes - 1)) == 0) & comparison.active.fits
    font = font_of(theme, "quiet")
    dots: list[tuple[float, float]] = []
    numbers: list[Placed] = []
    last = -math.inf
    for (x, y), count in zip(points[shown].tolist(), counts[shown].tolist(), strict=True):
        away = math.hypot(x - plan[0], y - plan[1])
        if not area.contains(QPointF(x, y)) or away < 12:
            continue
        dots.append((x, y))
        if abs(x - last) < DOT_GAP:
            continue
        text = format_count(count)
        box, covered = place_near((x, y), text_size(font, text), clutter, 5.0, reach=8.0)
        if covered == 0:
            numbers.append((box, text))
            clutter.take(box)
            last = x
    return np.array(dots).reshape(-1, 2), tuple(numbers)


def _plate(painter: QPainter, box: Box, theme: Theme) -> None:
    painter.setPen(made_pen(theme.line))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(QRectF(box.left, box.top, box.width, box.height), 6, 6)


def _text(painter: QPainter, box: Box, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(QRectF(box.left, box.top, box.width, box.height), int(flags), text)

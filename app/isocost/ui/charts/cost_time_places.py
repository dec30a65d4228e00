"""The texts of the cost and time plot: where each of them stands."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from isocost.quantities import format_count, format_duration, format_money
from isocost.ui.charts.base import LogPlot, font_of, text_size
from isocost.ui.charts.comparison import Comparison
from isocost.ui.charts.cost_time_writing import Marks, Name, Placed, Plan, Writing
from isocost.ui.charts.lines import Line, Lines
from isocost.ui.charts.placing import Box, Clutter, Points, joined, place_near, spread
from isocost.ui.theme import Theme

DOT_GAP = 46.0
"""Pixels between two count dots that carry a number."""

STRONG = 40
"""How much labels avoid a curve."""


def write(
    plot: LogPlot,
    lines: Lines,
    comparison: Comparison,
    slots: Mapping[str, int],
    theme: Theme,
    offset: tuple[float, float] | None,
) -> Writing:
    """Place every text of the plot: names in the right margin, the plan, then counts that have room."""
    area = plot.area()
    clutter = Clutter(Box(area.left() + 2, area.top(), area.width() - 4, area.height() - 2))
    drawn = {name: _drawn(plot, line) for name, line in lines.shown()}
    clutter.add_lines(joined(drawn.values()), STRONG)
    for points in drawn.values():
        if len(points) == 1:  # drawn as a dash, which no label may cover
            x, y = points[0].tolist()
            clutter.take(Box(x - 7, y - 4, 14, 8))
    deadline = _deadline_at(plot, comparison.deadline_days, area)
    if deadline is not None:
        clutter.add_lines(np.array([[deadline, area.top()], [deadline, area.bottom()]]), STRONG)
    runs = _runs(plot, comparison, area)
    for _, (x, y) in runs:
        clutter.take(Box(x - 6, y - 6, 12, 12))
    plan = _plan(plot, comparison, theme, clutter, offset)
    if plan.visible:
        clutter.take(plan.box)
        clutter.take(Box(plan.at[0] - 9, plan.at[1] - 9, 18, 18))
    names = _names(comparison, slots, theme, area, drawn, clutter)
    dots, counts = _counts(plot, lines, comparison, plan.at, clutter, theme)
    return Writing(
        theme=theme,
        slots=slots,
        room=clutter.room,
        area=area,
        plan=plan,
        names=names,
        marks=Marks(dots, counts, runs),
        active=comparison.active.accelerator,
        deadline=deadline,
        deadline_name=_deadline_name(deadline, comparison.deadline_days, theme, area),
    )


def _drawn(plot: LogPlot, line: Line) -> Points:
    """What is drawn of a line: the part that fits in memory; all of it when nothing fits."""
    part = line.bends if len(line.bends) else slice(None)
    return plot.pixels(line.x[part], line.y[part])


def _plan(
    plot: LogPlot, comparison: Comparison, theme: Theme, clutter: Clutter, offset: tuple[float, float] | None
) -> Plan:
    """The plan's point, and its text beside it."""
    total = comparison.estimate.total
    at = _pixel(plot, total.wall_days, total.cost_usd)
    lines = (
        f"{format_count(comparison.rented)} {comparison.active.label}",
        f"{format_duration(total.wall_days)}, {format_money(total.cost_usd)}",
    )
    bold, plain = font_of(theme, "small", bold=True), font_of(theme, "small")
    sizes = (text_size(bold, lines[0]), text_size(plain, lines[1]))
    size = (max(width for width, _ in sizes) + 16, sum(height for _, height in sizes) + 8)
    box, _ = place_near(at, size, clutter, prefer=offset)
    room = clutter.room
    visible = room.left - 3 <= at[0] <= room.right + 3 and room.top - 1 <= at[1] <= room.bottom + 3
    return Plan(at, visible, lines, box)


def _pixel(plot: LogPlot, days: float, cost_usd: float) -> tuple[float, float]:
    decades = (np.array([math.log10(max(days, 1e-9))]), np.array([math.log10(max(cost_usd, 1e-9))]))
    x, y = plot.pixels(*decades)[0].tolist()
    return x, y


def _names(
    comparison: Comparison,
    slots: Mapping[str, int],
    theme: Theme,
    area: QRectF,
    drawn: Mapping[str, Points],
    clutter: Clutter,
) -> tuple[Name, ...]:
    """A name beside the end of a line that ends within the plot, others in one column right of it."""
    labels = {c.accelerator: c.label for c in comparison.curves}
    ends = {name: end for name in slots if name in drawn and (end := visible_end(drawn[name], area))}
    sizes = {name: text_size(font_of(theme, "small", bold=True), labels[name]) for name in ends}
    boxes: dict[str, Box] = {}
    for name, end in ends.items():
        box, covered = place_near(end, sizes[name], clutter, 6.0, reach=12.0)
        if area.right() - end[0] > sizes[name][0] and covered == 0:
            boxes[name] = box
            clutter.take(box)
    rest = [name for name in ends if name not in boxes]
    height = max((sizes[name][1] for name in rest), default=0.0) + 1
    middles = spread([ends[name][1] for name in rest], height, area.top(), area.bottom())
    for name, middle in zip(rest, middles, strict=True):
        boxes[name] = Box(area.right() + 10, middle - height / 2, sizes[name][0], height)
    return tuple(Name(name, labels[name], boxes[name], end) for name, end in ends.items())


def gutter(labels: list[str], theme: Theme) -> float:
    """Pixels right of the plot that these names need, in steps so that the plot seldom changes its width."""
    widest = max((text_size(font_of(theme, "small", bold=True), label)[0] for label in labels), default=8.0)
    return math.ceil((widest + 16) / 12) * 12.0


def visible_end(points: Points, area: QRectF) -> tuple[float, float] | None:
    """Where a curve ends on the right inside the area, or leaves it there; None when it is nowhere inside."""
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order, 0], points[order, 1]
    if len(x) and x[0] < area.right() < x[-1]:
        leave = float(np.interp(area.right(), x, y))
        if area.top() <= leave <= area.bottom():
            return area.right(), leave
    inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    if not inside.any():
        return None
    last = int(np.flatnonzero(inside)[-1])
    return float(x[last]), float(y[last])


def _deadline_at(plot: LogPlot, days: float | None, area: QRectF) -> float | None:
    """The deadline's place across, while it is in view."""
    if days is None:
        return None
    x, _ = _pixel(plot, days, 1.0)
    return x if area.left() <= x <= area.right() else None


def _deadline_name(x: float | None, days: float | None, theme: Theme, area: QRectF) -> Placed | None:
    """The deadline's name above the plot, where no curve runs."""
    if x is None or days is None:
        return None
    text = f"deadline {format_duration(days)}"
    width, height = text_size(font_of(theme, "quiet"), text)
    left = max(area.left(), min(x - width / 2, area.right() - width))
    return Box(left, area.top() - height - 7, width, height), text


def _runs(
    plot: LogPlot, comparison: Comparison, area: QRectF
) -> tuple[tuple[tuple[str, ...], tuple[float, float]], ...]:
    """Published runs in view: what to say of each, and where it is."""
    placed = ((run.lines, _pixel(plot, run.days, run.cost_usd)) for run in comparison.published)
    return tuple((lines, at) for lines, at in placed if area.contains(QPointF(*at)))


def _counts(
    plot: LogPlot,
    lines: Lines,
    comparison: Comparison,
    plan: tuple[float, float],
    clutter: Clutter,
    theme: Theme,
) -> tuple[Points, tuple[Placed, ...]]:
    """Dots at doublings of the node along the plan's curve, with their numbers where there is room."""
    line = lines.get(comparison.active.accelerator)
    if not comparison.depends_on_hardware or line is None:
        return np.empty((0, 2)), ()
    node = int(np.gcd.reduce(comparison.active.counts))
    counts = comparison.active.counts[line.points[line.bends]]
    points = plot.pixels(line.x[line.bends], line.y[line.bends])
    nodes = counts // node
    shown = (nodes & (nodes - 1)) == 0
    font = font_of(theme, "quiet")
    room = clutter.room
    dots: list[tuple[float, float]] = []
    numbers: list[Placed] = []
    last = -math.inf
    for (x, y), count in zip(points[shown].tolist(), counts[shown].tolist(), strict=True):
        inside = room.left <= x <= room.right and room.top <= y <= room.bottom
        if not inside or math.hypot(x - plan[0], y - plan[1]) < 12:
            continue
        dots.append((x, y))
        if abs(x - last) < DOT_GAP:
            continue
        text = format_count(count)
        box, covered = place_near((x, y), text_size(font, text), clutter, 5.0, reach=14.0)
        if covered < STRONG:
            numbers.append((box, text))
            clutter.take(box)
            last = x
    return np.array(dots).reshape(-1, 2), tuple(numbers)

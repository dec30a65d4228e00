"""The lines of a budget and a deadline across cost against time: where they stand, and how they move."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from isocost.plan.answer.across.comparison import Comparison
from isocost.quantities import shown_duration, shown_money
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.tabs.plan_goal import OUT_OF_REACH, flag_text
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import LogPlot, font_of, made_pen, text_size
from isocost.ui.plot.placing import Box, Clutter, Points

REACH = 5.0
"""Pixels beside a line that still take hold of it."""
FLAG, TIP, PAD = 22, 6.0, 14.0
"""Pixels of a flag's height, of its tip, and around its text."""
STEPS, FINE = 60, 300
"""About how many steps of the arrow keys an axis has, and with Shift."""
DASH = (4.0, 2.0)
"""Of the user's own lines, in pen widths: nothing else is drawn so."""
PATHS = (BUDGET, DEADLINE)
_ARROWS = {
    (BUDGET, -1): "↑ ", (BUDGET, 0): "", (BUDGET, 1): "↓ ",
    (DEADLINE, -1): "← ", (DEADLINE, 0): "", (DEADLINE, 1): "→ ",
}  # fmt: skip
"""What stands before the text of a line that lies beyond the range shown."""


@dataclass(frozen=True, slots=True)
class Flag:
    """The handle of one line, in the gutter of its axis."""

    path: str
    text: str
    room: QRectF
    at: float
    """Pixel of the line: from above, or from the left."""
    beyond: int
    """-1, 0 or 1: whether the line lies before, on or past the range shown, in pixels."""
    standing: bool
    """Whether there is such a line; else it is a flag to drag one from."""


@dataclass(frozen=True)
class GoalLines:
    """The lines of a comparison on a plot as it is now."""

    plot: LogPlot
    comparison: Comparison
    theme: Theme

    @cached_property
    def area(self) -> QRectF:
        """The plot inside its axes."""
        return self.plot.area()

    @cached_property
    def flags(self) -> tuple[Flag, ...]:
        """The handles, the budget's first."""
        return self._budget(), self._deadline()

    def flag(self, path: str) -> Flag:
        """The handle of one line."""
        return self.flags[PATHS.index(path)]

    @property
    def out(self) -> tuple[QRectF, ...]:
        """The parts of the plot beyond a line, without overlap."""
        area, (budget, deadline) = self.area, self.flags
        right = deadline.at if deadline.standing else area.right()
        rooms = []
        if deadline.standing:
            rooms.append(QRectF(right, area.top(), area.right() - right, area.height()))
        if budget.standing:
            rooms.append(QRectF(area.left(), area.top(), right - area.left(), budget.at - area.top()))
        return tuple(room for room in rooms if room.width() > 0.0 and room.height() > 0.0)

    @property
    def strokes(self) -> Mapping[str, Points]:
        """Each line that is in view, as two points."""
        area, found = self.area, {}
        for flag in self.flags:
            if flag.standing and not flag.beyond:
                across = flag.path == BUDGET
                ends = (
                    ((area.left(), flag.at), (area.right(), flag.at))
                    if across
                    else ((flag.at, area.top()), (flag.at, area.bottom()))
                )
                found[flag.path] = np.array(ends)
        return found

    def _budget(self) -> Flag:
        text, area = flag_text(BUDGET, self.comparison.goal), self.area
        height, budget = float(self.theme.px(FLAG)), self.comparison.budget_usd
        # As wide as the gutter at most: the axis of cost keeps its width whatever is typed.
        if budget is None:
            # In the corner of the axes, where no tick has its label.
            width = min(area.left() - 2.0, self._width(text))
            room = QRectF(area.left() - 2.0 - width, area.bottom() + 3.0, width, height)
            return Flag(BUDGET, text, room, area.bottom(), 0, False)
        up = self.plot.spans[1]
        y = area.bottom() - (_decades(budget) - up.low) * area.height() / up.size
        at, beyond = _clamped(y, area.top(), area.bottom())
        widest = area.left() - 1.0
        # Out of view it points there by its shape too.
        pointed = f"{_ARROWS[BUDGET, beyond]}{text}"
        text = pointed if self._width(pointed) - PAD + TIP < widest else text
        width = min(widest, self._width(text) + TIP)
        # Beside the plot at most: above it stands the axis's title, below it the flag of the deadline.
        top = max(min(at - height / 2, area.bottom() - height), area.top())
        return Flag(BUDGET, text, QRectF(area.left() - width, top, width, height), at, beyond, True)

    def _deadline(self) -> Flag:
        comparison = self.comparison
        text, area = flag_text(DEADLINE, comparison.goal, comparison.beside_days), self.area
        height, days = float(self.theme.px(FLAG)), self.comparison.deadline_days
        if days is None:
            width = self._width(text)
            left = min(area.right() + 2.0, self.plot.width() - width - 1.0)
            return Flag(
                DEADLINE, text, QRectF(left, area.bottom() + 3.0, width, height), area.right(), 0, False
            )
        across = self.plot.spans[0]
        x = area.left() + (_decades(days) - across.low) * area.width() / across.size
        at, beyond = _clamped(x, area.left(), area.right())
        text = f"{_ARROWS[DEADLINE, beyond]}{text}"
        width = self._width(text)
        # Below the plot at most: left of that is the budget's.
        left = max(min(at - width / 2, self.plot.width() - width), area.left())
        return Flag(DEADLINE, text, QRectF(left, area.bottom(), width, height + TIP), at, beyond, True)

    def _width(self, text: str) -> float:
        return text_size(font_of(self.theme, "small", bold=True), text)[0] + PAD

    # The mouse and the keys

    def handle_at(self, at: QPointF) -> str:
        """The path of the line whose flag or stroke is here; empty over none."""
        for flag in self.flags:
            if flag.room.contains(at):
                return flag.path
        for flag in self.flags:
            if not flag.standing or flag.beyond or not self.area.contains(at):
                continue
            if abs((at.y() if flag.path == BUDGET else at.x()) - flag.at) <= REACH:
                return flag.path
        return ""

    def value_at(self, path: str, at: QPointF) -> float:
        """What a line dragged here stands for, in round steps of about a pixel."""
        area, (across, up) = self.area, self.plot.spans
        if path == BUDGET:
            share = (area.bottom() - at.y()) / max(1.0, area.height())
            usd = 10.0 ** (up.low + min(1.0, max(0.0, share)) * up.size)
            return _round_usd(usd, up.size / max(1.0, area.height()))
        share = (at.x() - area.left()) / max(1.0, area.width())
        days = 10.0 ** (across.low + min(1.0, max(0.0, share)) * across.size)
        return _round_days(days + self.comparison.beside_days)

    def stepped(self, path: str, by: int, *, fine: bool) -> float:
        """A line one step further; one that does not stand begins at the plan's own cost or time."""
        total, parts = self.comparison.estimate.total, FINE if fine else STEPS
        across, up = self.plot.spans
        if path == BUDGET:
            budget = self.comparison.budget_usd
            if budget is None:
                return _round_usd(total.cost_usd, up.size / STEPS)
            unit = shown_money()
            return unit.usd(_next(unit.shown(budget), up.size / parts, by, 0.0))
        goal = self.comparison.goal.deadline_days
        if goal is None:
            return shown_duration(total.wall_days + self.comparison.beside_days)
        least = 1.0 if goal >= 2.0 else 0.0
        return _next(goal, across.size / parts, by, least)

    # Painting

    def paint_strokes(self, painter: QPainter) -> None:
        """The dashed lines."""
        painter.setPen(made_pen(self.theme.text, 1.5, DASH))
        for (x, y), (right, bottom) in (points.tolist() for points in self.strokes.values()):
            painter.drawLine(QPointF(x, y), QPointF(right, bottom))

    def paint_flags(self, painter: QPainter) -> None:
        """The flags in the gutters: those of lines filled, others as quiet outlines."""
        # What is only there to drag a line from has no place on paper.
        for flag in (each for each in self.flags if each.standing or not self.theme.printed):
            theme = self.theme
            painter.setBrush(QColor(theme.text if flag.standing else theme.panel))
            if flag.standing:
                self._clear_ticks(painter, flag)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.drawPolygon(_shape(flag))
            else:
                painter.setPen(made_pen(theme.line, 1.0))
                painter.drawRoundedRect(flag.room.adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
            painter.setFont(font_of(theme, "small" if flag.standing else "quiet", bold=flag.standing))
            painter.setPen(QColor(theme.panel if flag.standing else theme.quiet))
            room = _words_room(flag) if flag.standing else flag.room
            painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), flag.text)

    def _clear_ticks(self, painter: QPainter, flag: Flag) -> None:
        """Take away the labels of ticks that a flag would cut."""
        area, (across, up) = self.area, self.plot.spans
        for axis, span in ((self.plot.up, up), (self.plot.across, across)):
            if (axis is self.plot.up) is not (flag.path == BUDGET):
                continue
            for decades, label in axis.labels.items():
                half, share = axis.extent(label) / 2 + 2, (decades - span.low) / span.size
                if flag.path == BUDGET:
                    y = area.bottom() - share * area.height()
                    room = QRectF(0.0, y - half, area.left() - 2.0, 2 * half)
                else:
                    x = area.left() + share * area.width()
                    room = QRectF(x - half, area.bottom() + 5.0, 2 * half, self.theme.px(FLAG))
                if room.intersects(flag.room):
                    painter.fillRect(room, QColor(self.theme.panel))

    def words(self, clutter: Clutter) -> tuple[tuple[Box, str], ...]:
        """What lies beyond each line, in its part of the plot where there is room."""
        found, area, font = [], self.area, font_of(self.theme, "quiet")
        for path, points in self.strokes.items():
            text = OUT_OF_REACH[path]
            width, height = text_size(font, text)
            (x, y), (right, bottom) = points.tolist()
            if path == BUDGET:
                places = [Box(right - width - 6, y - height - 4, width, height)]
                places.append(Box(x + 6, y - height - 4, width, height))
            else:
                places = [Box(right + 6, bottom - height - 4, width, height)]
                places.append(Box(right + 6, y + 4, width, height))
            inside = Box(area.left(), area.top(), area.width(), area.height())
            for box in places:
                covered = clutter.covered(
                    np.array([box.left - 2]), np.array([box.top - 1]), width + 4, height + 2
                )
                if box.within(inside) and not covered[0]:
                    clutter.take(box)
                    found.append((box, text))
                    break
        return tuple(found)


def _shape(flag: Flag) -> QPolygonF:
    """A tag whose tip is on the axis, at the line's place; of a line out of view it points there."""
    room = flag.room
    if flag.path == BUDGET:
        tip = QPointF(room.right(), min(max(flag.at, room.top()), room.bottom()))
        right = room.right() - TIP
        return QPolygonF(
            [
                room.topLeft(),
                QPointF(right, room.top()),
                tip,
                QPointF(right, room.bottom()),
                room.bottomLeft(),
            ]
        )
    tip = QPointF(min(max(flag.at, room.left()), room.right()), room.top())
    top = room.top() + TIP
    return QPolygonF(
        [QPointF(room.left(), top), tip, QPointF(room.right(), top), room.bottomRight(), room.bottomLeft()]
    )


def _words_room(flag: Flag) -> QRectF:
    if flag.path == BUDGET:
        return flag.room.adjusted(0, 0, -TIP, 0)
    return flag.room.adjusted(0, TIP, 0, 0)


def _decades(value: float) -> float:
    return math.log10(max(value, 1e-9))


def _clamped(at: float, low: float, high: float) -> tuple[float, int]:
    """A place kept between two edges, and on which side of them it was."""
    return min(max(at, low), high), -1 if at < low - 0.5 else 1 if at > high + 0.5 else 0


def _step(value: float, decades: float) -> float:
    """The 1-2-5 step next above what so many decades are of a value."""
    wanted = value * (10.0**decades - 1.0)
    size = 10.0 ** math.floor(math.log10(wanted))
    return next((m * size for m in (1.0, 2.0, 5.0) if m * size >= wanted * (1 - 1e-9)), 10.0 * size)


def _round_usd(usd: float, decades: float) -> float:
    unit = shown_money()
    amount = unit.shown(usd)
    step = _step(amount, decades)
    return unit.usd(float(f"{max(1, round(amount / step)) * step:.12g}"))


def _round_days(days: float) -> float:
    """Whole days; of less than one as finely as it is shown."""
    return max(1.0, float(round(days))) if days >= 1.0 else shown_duration(days)


def _next(value: float, decades: float, by: int, least: float) -> float:
    """The next round step; from between two steps the first leads to the nearer one, as on a ruler."""
    step = max(_step(value, decades), least)
    steps = (math.floor(value / step + 1e-6) if by > 0 else math.ceil(value / step - 1e-6)) + by
    return float(f"{max(1, steps) * step:.12g}")

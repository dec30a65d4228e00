"""Cost against wall-clock time, drawn: curves, Pareto front, the plan; choosing with mouse and keys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QWidget

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.across.comparison import Comparison, View, next_count, next_curve
from isocost.plan.answer.across.curves import CostCurve
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.tabs.plan import LegendMark, point_lines, time_axes, time_legend
from isocost.report.findings.tabs.plan_goal import flag_tip
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import LogPlot
from isocost.ui.plot.lines import Lines
from isocost.ui.plot.ticks import money_scale, time_scale
from isocost.ui.tabs.plan.beneath import Beneath
from isocost.ui.tabs.plan.cost_time_labels import Labels, gutter, place_labels
from isocost.ui.tabs.plan.cost_time_legend import (
    TITLE,
    Entry,
    arranged,
    height_of,
    paint_legend,
    paint_titles,
)
from isocost.ui.tabs.plan.goal_lines import GoalLines
from isocost.ui.tabs.plan.marks import Beside, Mark, mark_lines
from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.labels import plain_tip

REACH = 14.0
"""Pixels within which a curve or the plan's point is meant by the mouse."""

GUTTER = 66
"""Pixels of the axis of cost, which holds the flag of the budget."""
FAR, ROOM = 2.0, 1.08
"""Times beyond the range that a budget or a deadline may lie to be shown, and the room it then gets."""

LEAST = (0.5, 0.45)
"""Decades the axes show at least: a flat curve is not to look steep."""


@dataclass(slots=True)
class _Mouse:
    """What the mouse is doing."""

    over: tuple[str, int] | None = None
    """A curve and the index of its point."""
    mark: Mark | None = None
    """An offer, the knee, another scenario or a published run."""
    drag: str = ""
    """plan, or the path of the budget or the deadline, while one of them is held."""
    pressed: QPointF | None = None
    """Where a press began; None = there is none, or it was taken back."""
    offset: QPointF = field(default_factory=QPointF)
    """From the mouse to the line it holds."""


class CostTimePlot(LogPlot):
    """The plot of :class:`~isocost.ui.tabs.plan.cost_time.CostTime`."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and the gesture it is part of (None = a step of its own)."""
    goal_moved = Signal(str, float, object)
    """Path of the budget or the deadline, its value, and the gesture it is part of."""
    goal_typing = Signal(str)
    """The same, whose value is to be typed."""
    mark_chosen = Signal(object)
    """An offer, the knee, another scenario or a published run that was clicked."""
    rearranged = Signal()
    """Lines and flags may stand elsewhere now."""
    released = Signal()
    """A drag has ended."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(time_scale, money_scale, parent)
        self.lines = Lines(self)
        self._beneath = Beneath(self, self.lines)
        self._theme = theme
        self.comparison: Comparison | None = None
        """What is drawn."""
        self._view: View | None = None
        self.beside = Beside()
        """What is drawn beside the curves."""
        self._styles: Mapping[str, LineStyle] = {}
        self._offset: tuple[float, float] | None = None
        self._labels: Labels | None = None
        self.legend: tuple[Entry, ...] = ()
        """What is explained above the plot, and where."""
        self._mouse = _Mouse()
        self._drag = Drag(self, self._let_go)
        self.apply_theme(theme)

    # What is shown

    def show_comparison(self, comparison: Comparison, view: View, beside: Beside | None = None) -> None:
        """Draw a comparison in place of the last one; ``beside`` = what else is drawn, None = what was."""
        self.comparison, self._view = comparison, view
        self.beside = self.beside if beside is None else beside
        self._styles = view.styles
        curves = (c for c in comparison.curves if c.accelerator in view.styles)
        self.lines.show(curves, comparison.active.accelerator, self.beside.through)
        self._restyle()
        if not self.dragging:
            self.hold(*held_ranges(comparison, view), LEAST)
            self._fit_margins()
        self._beneath.show(comparison, view)
        self._rewrite()

    @property
    def dragging(self) -> bool:
        """Whether something is held with the mouse: the axes then stand still."""
        return bool(self._mouse.drag)

    def twin(self, theme: Theme) -> CostTimePlot:
        made = CostTimePlot(theme, self)
        made._offset = self._offset
        if self.comparison is not None and self._view is not None:
            made.show_comparison(self.comparison, self._view, self.beside)
            # The ranges on screen depend on those before them, and the picture is to show the same.
            made.show_spans(*self.spans)
        return made

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        super().apply_theme(theme)
        self.up.apply_theme(theme, theme.px(GUTTER))
        self.lines.forget_pens()
        self._beneath.apply_theme(theme)
        self._restyle()
        self._fit_margins()
        self._rewrite()

    def _fit_margins(self) -> None:
        if self.comparison is not None:
            labels = [c.label for c in self.comparison.curves if c.accelerator in self._styles]
            keys = time_legend(self.comparison, self.marks)
            self.legend = arranged(keys, self.width() - 8.0, self._theme)
            above = height_of(self.legend, self._theme) + self._theme.px(6)
            self.set_margins(above, gutter(labels, self._theme), self._theme.px(int(TITLE)))

    @property
    def marks(self) -> tuple[LegendMark, ...]:
        """What is in view beside the lines."""
        return () if self.comparison is None else self.beside.marks(self, self.comparison)

    @property
    def goal(self) -> GoalLines | None:
        """Where the lines of budget and deadline stand; None while there is nothing to draw."""
        return self.labels.goal if self.labels is not None else None

    @property
    def labels(self) -> Labels | None:
        """Where every text of the plot stands; None while there is nothing to draw."""
        if self._labels is None and self.comparison is not None and self.area().width() > 20:
            self._labels = place_labels(
                self, self.lines, self.comparison, self._styles, self._theme, self._offset, self.beside
            )
            self._offset = self._labels.plan.offset
        return self._labels

    @property
    def hover_text(self) -> str:
        """What the mouse is over, in words; empty over nothing."""
        if self._mouse.mark is not None:
            return "\n".join(mark_lines(self._mouse.mark, dimmed=self.beside.dimmed))
        found = self._curve_over()
        if found is None or self.comparison is None:
            return ""
        return "\n".join(point_lines(self.comparison, *found))

    def _curve_over(self) -> tuple[CostCurve, int] | None:
        if self._mouse.over is None:
            return None
        name, at = self._mouse.over
        line = self.lines.get(name)
        if line is None or line.curve is None or at >= len(line.curve.counts):
            return None
        return line.curve, at

    def _restyle(self) -> None:
        if self.comparison is not None:
            hovered = self._mouse.over[0] if self._mouse.over else None
            best = self._view.front[-1].accelerator if self._view and self._view.front else None
            self.lines.style(self._theme, self._styles, hovered, best)

    def _rewrite(self) -> None:
        held, comparison = self._labels, self.comparison
        if held is not None and comparison is not None and self._mouse.drag in (BUDGET, DEADLINE):
            # While a line is dragged texts stay where they are: only the line moves, and offers as they come.
            self._labels = held.moved(self, comparison, self.beside)
        else:
            self._labels = None
        self._mouse.mark = None
        self.viewport().update()
        self.rearranged.emit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_mouse"):
            self._fit_margins()
            self._labels = None  # in a drag too: a longer finding takes room from the plot, and all moves
            self._rewrite()

    # Painting what is not a curve

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802 - Qt's name
        """What is out of reach and the range of the plan's curve, under the grid."""
        super().drawBackground(painter, rect)
        if self.comparison is not None and self.goal is not None:
            self._beneath.paint(
                painter, self.comparison, self._theme, self._styles, self.goal.out, ranged=self.beside.ranged
            )

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802 - Qt's name
        """Every text, the plan's point and what the mouse is over, above the curves."""
        labels = self.labels
        if labels is None or self.comparison is None:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        labels.paint(painter)
        paint_legend(painter, self.legend, labels.series(labels.active), self._theme)
        above = height_of(self.legend, self._theme) - self._theme.px(int(TITLE))
        paint_titles(painter, self.area(), above, time_axes(self.comparison), self._theme)
        if not self._mouse.drag:
            self._paint_hover(painter, labels)
        painter.restore()

    def _paint_hover(self, painter: QPainter, labels: Labels) -> None:
        """The point the mouse is over, and what there is to say about it."""
        words = self.hover_text.split("\n")
        found = self._curve_over()
        if self._mouse.mark is not None:
            place = labels.marks.place_of(self._mouse.mark)
            labels.paint_readout(painter, (place.x(), place.y()), words, self._theme.text)
        elif found is not None:
            curve, at = found
            x, y = self.pixels(np.log10(curve.days[at : at + 1]), np.log10(curve.cost_usd[at : at + 1]))[0]
            labels.paint_ring(painter, (float(x), float(y)), curve.accelerator)
            ink = labels.series(curve.accelerator).text
            labels.paint_readout(painter, (float(x), float(y)), words, ink)

    # Choosing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at, goal = event.position(), self.goal
        if self._mouse.drag == "plan":
            self._drag_plan(at)
        elif self._mouse.drag and goal is not None:
            if at != self._mouse.pressed:
                value = goal.value_at(self._mouse.drag, at + self._mouse.offset)
                self.goal_moved.emit(self._mouse.drag, value, self._drag.gesture)
        else:
            self._hover(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._mouse.pressed = event.position()
        self._mouse.drag = self._handle_at(event.position())
        self._drag.begin()
        if self.goal is not None and self._mouse.drag in (BUDGET, DEADLINE):
            # The line keeps its distance from the mouse, which seldom takes hold of its very middle.
            flag, at = self.goal.flag(self._mouse.drag), event.position()
            self._mouse.offset = QPointF(flag.at - at.x(), flag.at - at.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged = self._mouse.pressed, self._mouse.drag
        if event.button() is not Qt.MouseButton.LeftButton or pressed is None:
            return
        self._drag.end()
        self._mouse.pressed, self._mouse.drag = None, ""
        moved = (event.position() - pressed).manhattanLength() > 4
        if not dragged and not moved:
            self._hover(event.position())
            if self._mouse.mark is not None:
                self.mark_chosen.emit(self._mouse.mark)
            elif (found := self._curve_over()) is not None:
                self.chosen.emit(found[0].accelerator, int(found[0].counts[found[1]]), None)
        self._rewrite()
        if dragged:
            self.released.emit()

    def _let_go(self) -> None:
        self._mouse.pressed, self._mouse.drag = None, ""
        self._rewrite()
        self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        path = self.goal.handle_at(event.position()) if self.goal is not None else ""
        if path:
            self.goal_typing.emit(path)
        else:
            self.mousePressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_over(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk along the plan's curve; up and down change to the next curve at that time."""
        key = Qt.Key(event.key())
        if self.comparison is None or key not in (
            Qt.Key.Key_Left,
            Qt.Key.Key_Right,
            Qt.Key.Key_Up,
            Qt.Key.Key_Down,
        ):
            event.ignore()
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = next_count(self.comparison, 1 if key is Qt.Key.Key_Left else -1)
        else:
            step = next_curve(self.comparison, dearer=key is Qt.Key.Key_Up)
        if step is not None:
            self.chosen.emit(step[0].accelerator, int(step[0].counts[step[1]]), None)

    def _handle_at(self, at: QPointF) -> str:
        """Which handle is under the mouse: plan, the path of the budget or the deadline, or none."""
        labels = self.labels
        if labels is None:
            return ""
        if math.hypot(at.x() - labels.plan.at[0], at.y() - labels.plan.at[1]) <= REACH:
            return "plan"
        return "" if labels.marks.at(at) is not None else labels.goal.handle_at(at)

    def _drag_plan(self, at: QPointF) -> None:
        assert self.comparison is not None
        curve = self.comparison.active
        found = self.lines.nearest(at.x(), at.y(), math.inf, only=curve.accelerator)
        if found is not None and int(curve.counts[found[1]]) != self.comparison.rented:
            self.chosen.emit(curve.accelerator, int(curve.counts[found[1]]), self._drag.gesture)

    def _hover(self, at: QPointF) -> None:
        handle = self._handle_at(at)
        inside = self.area().adjusted(-4, -4, 4, 4).contains(at)
        line = handle if handle in (BUDGET, DEADLINE) else ""
        over = self.lines.nearest(at.x(), at.y(), REACH) if inside and not line else None
        named = self.labels.name_at(at) if self.labels else None
        if over is None and named is not None and (held := self.lines.get(named)) is not None:
            over = (named, int(held.points[-1]))
        mark = self.labels.marks.at(at) if self.labels and handle != "plan" else None
        self._set_over(over if mark is None else None, mark)
        other = Qt.CursorShape.PointingHandCursor if over or mark else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(_CURSORS.get(handle, other))
        tip = flag_tip(line, self.comparison.goal) if line and self.comparison is not None else ""
        self.viewport().setToolTip(plain_tip(tip))

    def _set_over(self, over: tuple[str, int] | None, mark: Mark | None = None) -> None:
        if (over, mark) != (self._mouse.over, self._mouse.mark):
            self._mouse.over, self._mouse.mark = over, mark
            self._restyle()
            self.viewport().update()


_CURSORS = {
    "plan": Qt.CursorShape.OpenHandCursor,
    BUDGET: Qt.CursorShape.SplitVCursor,
    DEADLINE: Qt.CursorShape.SplitHCursor,
}


def held_ranges(comparison: Comparison, view: View) -> tuple[tuple[float, float], tuple[float, float]]:
    """Decades of time and of cost to show at least: what is worth showing, and the lines that are near it."""
    return (
        _decades(*_with_line(view.days, comparison.deadline_days)),
        _decades(*_with_line(view.cost, comparison.budget_usd)),
    )


def _with_line(ends: tuple[float, float], line: float | None) -> tuple[float, float]:
    """A range that takes in a line with some room beyond it, unless the line is far off."""
    low, high = ends
    if line is None or not low / FAR <= line <= high * FAR:
        return ends
    return min(low, line / ROOM), max(high, line * ROOM)


def _decades(low: float, high: float) -> tuple[float, float]:
    return math.log10(low), math.log10(high)

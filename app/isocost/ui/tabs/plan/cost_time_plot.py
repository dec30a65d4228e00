"""Cost against wall-clock time, drawn: curves, Pareto front, the plan; choosing with mouse and keys."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QWidget

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.comparison import Comparison, View, next_count, next_curve
from isocost.plan.answer.curves import CostCurve
from isocost.quantities import shown_duration
from isocost.report.findings.plan import point_lines, time_legend
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import LogPlot, added_curve, made_pen, mixed
from isocost.ui.plot.lines import Line, Lines
from isocost.ui.plot.styles import series_of
from isocost.ui.plot.ticks import money_scale, time_scale
from isocost.ui.tabs.plan.cost_time_labels import Labels, gutter, place_labels
from isocost.ui.tabs.plan.cost_time_legend import (
    BAND,
    TITLE,
    Entry,
    arranged,
    front_colour,
    height_of,
    paint_legend,
    paint_titles,
)


class Beneath:
    """Draws on a plot whose lines are those given."""

    def __init__(self, plot: LogPlot, lines: Lines) -> None:
        self._plot = plot
        self._lines = lines
        self._front = added_curve(plot, -0.5)
        self._way = added_curve(plot, -0.2)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._front.setPen(made_pen(front_colour(theme), 8.0))
        self._way.setPen(made_pen(theme.quiet, 1.4, (1.0, 3.0)))

    def show(self, comparison: Comparison, view: View) -> None:
        """Draw what does not depend on the size of the plot."""
        self._show_front(view)
        self._show_way(comparison)

    def _show_front(self, view: View) -> None:
        """A broad line under the stretches of the lines that are the Pareto front."""
        x, y = [np.empty(0)], [np.empty(0)]
        for segment in view.front:
            if (line := self._lines.get(segment.accelerator)) is not None:
                part = line.stretch(math.log10(segment.days[0]), math.log10(segment.days[-1]))
                for into, values in zip((x, y), part, strict=True):
                    into += [values, np.array([np.nan])]
        self._front.draw(np.concatenate(x), np.concatenate(y))

    def _show_way(self, comparison: Comparison) -> None:
        """From the end of the plan's line to a plan of so many or so few that it only costs more."""
        line, total = self._lines.get(comparison.active.accelerator), comparison.estimate.total
        end = None if line is None else _end_before(line, comparison)
        self._way.setVisible(end is not None)
        if line is not None and end is not None:
            x = np.array([line.x[end], math.log10(total.wall_days)])
            self._way.draw(x, np.array([line.y[end], math.log10(total.cost_usd)]))

    def paint_band(
        self, painter: QPainter, comparison: Comparison, theme: Theme, styles: Mapping[str, LineStyle]
    ) -> None:
        """From the 10th to the 90th percentile of the cost along the plan's line."""
        name = comparison.active.accelerator
        line, shares = self._lines.get(name), comparison.spread
        if line is None or shares is None or not comparison.depends_on_hardware:
            return
        x, y = line.x[line.bends], line.y[line.bends]
        low, high = (self._plot.pixels(x, y + math.log10(share)) for share in shares)
        painter.save()
        painter.setClipRect(self._plot.area())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(series_of(theme, styles, name).line, theme.panel, BAND))
        painter.drawPolygon(QPolygonF([QPointF(*at) for at in np.vstack((low, high[::-1])).tolist()]))
        painter.restore()


def _end_before(line: Line, comparison: Comparison) -> int | None:
    """The end of the plan's line that its count lies beyond; None for a count among those of the line.

    Counts that do not fit in memory have a line of their own.
    """
    if not len(line.bends) or not comparison.possible:
        return None
    fastest, slowest = int(line.bends[0]), int(line.bends[-1])
    if comparison.rented > line.curve.counts[line.points[fastest]]:
        return fastest
    return slowest if comparison.rented < line.curve.counts[line.points[slowest]] else None


REACH = 14.0
"""Pixels within which a curve or the plan's point is meant by the mouse."""

LEAST = (0.5, 0.45)
"""Decades the axes show at least: a flat curve is not to look steep."""


@dataclass(slots=True)
class _Mouse:
    """What the mouse is doing."""

    over: tuple[str, int] | None = None
    """A curve and the index of its point."""
    run: int | None = None
    """A published run."""
    drag: str = ""
    """plan or deadline while one of them is held."""
    gesture: object = None
    pressed: QPointF = field(default_factory=QPointF)


class CostTimePlot(LogPlot):
    """The plot of :class:`~isocost.ui.tabs.plan.cost_time.CostTime`."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and the gesture it is part of (None = a step of its own)."""
    deadline_moved = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(time_scale, money_scale, parent)
        self.lines = Lines(self)
        self._beneath = Beneath(self, self.lines)
        self._theme = theme
        self.comparison: Comparison | None = None
        """What is drawn."""
        self._view: View | None = None
        self._styles: Mapping[str, LineStyle] = {}
        self._offset: tuple[float, float] | None = None
        self._labels: Labels | None = None
        self.legend: tuple[Entry, ...] = ()
        """What is explained above the plot, and where."""
        self._mouse = _Mouse()
        self.apply_theme(theme)

    # What is shown

    def show_comparison(self, comparison: Comparison, view: View) -> None:
        """Draw a comparison in place of the last one."""
        self.comparison, self._view = comparison, view
        self._styles = view.styles
        self.lines.show(
            (c for c in comparison.curves if c.accelerator in view.styles), comparison.active.accelerator
        )
        self._restyle()
        if not self._mouse.drag:
            days, cost = view.days, view.cost
            self.hold(_decades(*days), _decades(*cost), LEAST)
        self._fit_margins()
        self._beneath.show(comparison, view)
        self._rewrite()

    def twin(self, theme: Theme) -> CostTimePlot:
        made = CostTimePlot(theme, self)
        made._offset = self._offset
        if self.comparison is not None and self._view is not None:
            made.show_comparison(self.comparison, self._view)
            # The ranges on screen depend on those before them, and the picture is to show the same.
            made.show_spans(*self.spans)
        return made

    def apply_theme(self, theme: Theme) -> None:
        self._theme = theme
        super().apply_theme(theme)
        self.lines.forget_pens()
        self._beneath.apply_theme(theme)
        self._restyle()
        self._fit_margins()
        self._rewrite()

    def _fit_margins(self) -> None:
        if self.comparison is not None:
            labels = [c.label for c in self.comparison.curves if c.accelerator in self._styles]
            keys = time_legend(self.comparison, diamonds=self.shows_published)
            self.legend = arranged(keys, self.width() - 8.0, self._theme)
            top = 6 if self.comparison.deadline_days is None else 24
            above = height_of(self.legend, self._theme) + self._theme.px(top)
            self.set_margins(above, gutter(labels, self._theme), self._theme.px(int(TITLE)))

    @property
    def shows_published(self) -> bool:
        """Whether a published run is among what is drawn."""
        runs = self.comparison.published if self.comparison is not None else ()
        return any(self.holds(math.log10(run.days), math.log10(run.cost_usd)) for run in runs)

    @property
    def labels(self) -> Labels | None:
        """Where every text of the plot stands; None while there is nothing to draw."""
        if self._labels is None and self.comparison is not None and self.area().width() > 20:
            self._labels = place_labels(
                self, self.lines, self.comparison, self._styles, self._theme, self._offset
            )
            self._offset = self._labels.plan.offset
        return self._labels

    @property
    def hover_text(self) -> str:
        """What the mouse is over, in words; empty over nothing."""
        if self._mouse.run is not None and self.labels is not None:
            return "\n".join(self.labels.marks.runs[self._mouse.run][0])
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
        self._labels = None
        self._mouse.run = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_mouse"):
            self._fit_margins()
            self._rewrite()

    # Painting what is not a curve

    def drawBackground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802 - Qt's name
        """The range of the plan's curve, under the grid."""
        super().drawBackground(painter, rect)
        if self.comparison is not None:
            self._beneath.paint_band(painter, self.comparison, self._theme, self._styles)

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
        paint_titles(painter, self.area(), above, self._theme)
        if not self._mouse.drag:
            self._paint_hover(painter, labels)
        painter.restore()

    def _paint_hover(self, painter: QPainter, labels: Labels) -> None:
        """The point the mouse is over, and what there is to say about it."""
        words = self.hover_text.split("\n")
        found = self._curve_over()
        if self._mouse.run is not None:
            labels.paint_readout(painter, labels.marks.runs[self._mouse.run][1], words, self._theme.text)
        elif found is not None:
            curve, at = found
            x, y = self.pixels(np.log10(curve.days[at : at + 1]), np.log10(curve.cost_usd[at : at + 1]))[0]
            labels.paint_ring(painter, (float(x), float(y)), curve.accelerator)
            ink = labels.series(curve.accelerator).text
            labels.paint_readout(painter, (float(x), float(y)), words, ink)

    # Choosing

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._mouse.drag == "plan":
            self._drag_plan(at)
        elif self._mouse.drag == "deadline":
            days = 10.0 ** self.decades_across(at.x())
            self.deadline_moved.emit(max(1.0, round(days)) if days >= 1 else shown_duration(days))
        else:
            self._hover(at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._mouse.pressed = event.position()
        self._mouse.drag = self._handle_at(event.position())
        self._mouse.gesture = object()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        dragged, self._mouse.drag = self._mouse.drag, ""
        moved = (event.position() - self._mouse.pressed).manhattanLength() > 4
        if not dragged and not moved:
            self._hover(event.position())
            if (found := self._curve_over()) is not None:
                self.chosen.emit(found[0].accelerator, int(found[0].counts[found[1]]), None)
        self._rewrite()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
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
        """Which handle is under the mouse: plan, deadline or none."""
        labels = self.labels
        if labels is None:
            return ""
        if math.hypot(at.x() - labels.plan.at[0], at.y() - labels.plan.at[1]) <= REACH:
            return "plan"
        near = labels.deadline is not None and abs(at.x() - labels.deadline) <= 6
        return "deadline" if near and at.y() < self.area().bottom() else ""

    def _drag_plan(self, at: QPointF) -> None:
        assert self.comparison is not None
        curve = self.comparison.active
        found = self.lines.nearest(at.x(), at.y(), math.inf, only=curve.accelerator)
        if found is not None and int(curve.counts[found[1]]) != self.comparison.rented:
            self.chosen.emit(curve.accelerator, int(curve.counts[found[1]]), self._mouse.gesture)

    def _hover(self, at: QPointF) -> None:
        handle = self._handle_at(at)
        inside = self.area().adjusted(-4, -4, 4, 4).contains(at)
        over = self.lines.nearest(at.x(), at.y(), REACH) if inside and handle != "deadline" else None
        named = self.labels.name_at(at) if self.labels else None
        if over is None and named is not None and (line := self.lines.get(named)) is not None:
            over = (named, int(line.points[-1]))
        run = self.labels.run_at(at) if self.labels and handle != "plan" else None
        self._set_over(over if run is None else None, run)
        shapes = {"plan": Qt.CursorShape.OpenHandCursor, "deadline": Qt.CursorShape.SplitHCursor}
        other = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shapes.get(handle, other))

    def _set_over(self, over: tuple[str, int] | None, run: int | None = None) -> None:
        if (over, run) != (self._mouse.over, self._mouse.run):
            self._mouse.over, self._mouse.run = over, run
            self._restyle()
            self.viewport().update()


def _decades(low: float, high: float) -> tuple[float, float]:
    return math.log10(low), math.log10(high)

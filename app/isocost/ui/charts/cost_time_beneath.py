"""What lies under the curves of the cost and time plot: the Pareto front, the plan's range, a way to it."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from isocost.ui.charts.base import LogPlot, added_curve, curve_pen, made_pen, mixed
from isocost.ui.charts.comparison import Comparison, View
from isocost.ui.charts.lines import Line, Lines
from isocost.ui.charts.styles import series_of
from isocost.ui.theme import Theme


class Beneath:
    """Draws on a plot whose lines are those given."""

    def __init__(self, plot: LogPlot, lines: Lines) -> None:
        self._plot = plot
        self._lines = lines
        self._front = added_curve(plot, -0.5)
        self._way = added_curve(plot, -0.2)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        ratio = self._plot.devicePixelRatioF()
        self._front.setPen(curve_pen(made_pen(mixed(theme.text, theme.panel, 0.13), 8.0), ratio))
        self._way.setPen(curve_pen(made_pen(theme.quiet, 1.4, (1.0, 3.0)), ratio))

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
        self, painter: QPainter, comparison: Comparison, theme: Theme, slots: Mapping[str, int]
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
        painter.setBrush(mixed(series_of(theme, slots, name).line, theme.panel, 0.11))
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

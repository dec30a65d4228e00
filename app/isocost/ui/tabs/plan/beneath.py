"""What lies under the curves of cost against time: what is out of reach, the range, the front."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.across.comparison import Comparison, View
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import LogPlot, added_curve, made_pen, mixed
from isocost.ui.plot.lines import Line, Lines
from isocost.ui.plot.styles import BAND, series_of
from isocost.ui.tabs.plan.cost_time_legend import front_colour, reach_colour


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

    def paint(
        self,
        painter: QPainter,
        comparison: Comparison,
        theme: Theme,
        styles: Mapping[str, LineStyle],
        out: Sequence[QRectF],
        *,
        ranged: bool,
    ) -> None:
        """What is ``out`` of reach, and over it the range of the plan's own curve where that is shown."""
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        for room in out:
            painter.fillRect(room, reach_colour(theme))
        band = self._band(comparison) if ranged else None
        if band is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            line = series_of(theme, styles, comparison.active.accelerator).line
            # Opaque paints many times faster than translucent: where two grounds lie under it, it is painted
            # on each in the colour that is mixed with that.
            beyond = reach_colour(theme).name()
            for room, ground in ((self._plot.area(), theme.panel), *((each, beyond) for each in out)):
                painter.setClipRect(room)
                painter.setBrush(mixed(line, ground, BAND))
                painter.drawPolygon(band)
        painter.restore()

    def _band(self, comparison: Comparison) -> QPolygonF | None:
        """From the 10th to the 90th percentile of the cost along the plan's line."""
        line, shares = self._lines.get(comparison.active.accelerator), comparison.spread
        if line is None or shares is None or not comparison.depends_on_hardware:
            return None
        x, y = line.x[line.bends], line.y[line.bends]
        low, high = (self._plot.pixels(x, y + math.log10(share)) for share in shares)
        return QPolygonF([QPointF(*at) for at in np.vstack((low, high[::-1])).tolist()])


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

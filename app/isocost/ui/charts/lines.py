"""The curves of a plot as reused items, and which of their points the mouse is nearest to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from isocost.plan.curves import CostCurve
from isocost.ui.charts.base import LogPlot, added_curve, curve_pen, made_pen, mixed
from isocost.ui.charts.comparison import efficient
from isocost.ui.charts.placing import Points
from isocost.ui.charts.styles import series_of
from isocost.ui.theme import Series, Theme

Array = NDArray[np.float64]


@dataclass(slots=True)
class Line:
    """One accelerator's curve: a solid part that fits in memory and a faint dotted part that does not."""

    solid: pg.PlotCurveItem
    faint: pg.PlotCurveItem
    curve: CostCurve | None = None
    x: Array = field(default_factory=lambda: np.empty(0))
    y: Array = field(default_factory=lambda: np.empty(0))
    """Decades of days and of USD."""
    points: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    """Which points of the curve are drawn: the efficient counts, in rising days."""

    def show(self, curve: CostCurve) -> None:
        """Draw a curve; nothing happens when it is drawn already."""
        if curve is self.curve:
            return
        self.curve = curve
        self.points = efficient(curve)
        self.x = np.log10(curve.days[self.points])
        self.y = np.log10(np.maximum(curve.cost_usd[self.points], 1e-6))
        fits = curve.fits[self.points]
        if fits.all():
            self.solid.setData(self.x, self.y)
            self.faint.setVisible(False)
        else:
            self.solid.setData(self.x, np.where(fits, self.y, np.nan))
            beside = ~fits
            beside[1:] |= ~fits[:-1]
            beside[:-1] |= ~fits[1:]
            self.faint.setData(self.x, np.where(beside, self.y, np.nan))
            self.faint.setVisible(True)
        self.solid.setVisible(True)

    def hide(self) -> None:
        """Take the curve off the plot, keeping its items."""
        self.curve = None
        self.solid.setVisible(False)
        self.faint.setVisible(False)


class Lines:
    """Every accelerator's line on one plot."""

    def __init__(self, plot: LogPlot) -> None:
        self._plot = plot
        self._lines: dict[str, Line] = {}
        self._styles: dict[str, tuple[str, int | None]] = {}

    def shown(self) -> list[tuple[str, Line]]:
        """The lines on the plot."""
        return [(name, line) for name, line in self._lines.items() if line.curve is not None]

    def get(self, accelerator: str) -> Line | None:
        """An accelerator's line while it is shown."""
        line = self._lines.get(accelerator)
        return line if line is not None and line.curve is not None else None

    def show(self, curves: tuple[CostCurve, ...]) -> None:
        """Draw these curves and no others."""
        wanted = {curve.accelerator for curve in curves}
        for name, line in self._lines.items():
            if name not in wanted and line.curve is not None:
                line.hide()
        for curve in curves:
            if curve.accelerator not in self._lines:
                line = Line(added_curve(self._plot), added_curve(self._plot, -0.2))
                self._lines[curve.accelerator] = line
            self._lines[curve.accelerator].show(curve)

    def style(self, theme: Theme, active: str, slots: Mapping[str, int], hovered: str | None) -> None:
        """Pens by role: the plan's bold, named ones coloured, the rest grey, the one pointed at heavier."""
        for name, line in self.shown():
            role = "active" if name == active else "named" if name in slots else "rest"
            if name == hovered and role != "active":
                role = "hovered"
            if self._styles.get(name) == (role, slots.get(name)):
                continue
            self._styles[name] = (role, slots.get(name))
            ratio = self._plot.devicePixelRatioF()
            solid, faint = pens(theme, series_of(theme, slots, name), role)
            line.solid.setPen(curve_pen(solid, ratio))
            line.faint.setPen(curve_pen(faint, ratio))
            rank = {"active": 3.0, "hovered": 2.0, "named": 1.0, "rest": 0.0}[role]
            line.solid.setZValue(rank)

    def forget_pens(self) -> None:
        """Make new pens at the next styling: the theme or the screen changed."""
        self._styles.clear()

    def nearest(self, x: float, y: float, reach: float, only: str | None = None) -> tuple[str, int] | None:
        """The line closest to a pixel, within ``reach``, and which point of its curve is nearest."""
        best: tuple[float, str, int] | None = None
        for name, line in self.shown():
            if only is not None and name != only:
                continue
            points = self._plot.pixels(line.x, line.y)
            distance = distance_to(points, x, y)
            if distance <= reach and (best is None or distance < best[0]):
                at = int(np.argmin(np.hypot(points[:, 0] - x, points[:, 1] - y)))
                best = (distance, name, int(line.points[at]))
        return best[1:] if best else None


def distance_to(points: Points, x: float, y: float) -> float:
    """Pixels from a position to a polyline."""
    if len(points) == 1:
        return float(np.hypot(points[0, 0] - x, points[0, 1] - y))
    start, step = points[:-1], np.diff(points, axis=0)
    to = np.array([x, y]) - start
    along = np.clip((to * step).sum(1) / np.maximum((step * step).sum(1), 1e-9), 0.0, 1.0)
    left = to - step * along[:, None]
    return float(np.sqrt((left * left).sum(1).min()))


def pens(theme: Theme, series: Series, role: str) -> tuple[QPen, QPen]:
    """The pen of a line's possible part and of the part that does not fit in memory."""
    if role == "rest":
        colour, width = mixed(theme.quiet, theme.panel, 0.22), 1.0
        dash: tuple[float, ...] = ()
    else:
        width = {"active": 3.0, "hovered": 2.6, "named": 1.8}[role]
        colour, dash = mixed(series.line, theme.panel, 1.0), () if role == "active" else series.dash
    return made_pen(colour, width, dash), made_pen(
        mixed(colour.name(), theme.panel, 0.5), max(1.0, width * 0.6), (1.0, 3.0)
    )

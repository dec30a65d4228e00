"""The curves of a plot as reused items, and which of their points the mouse is nearest to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from isocost.plan.curves import CostCurve
from isocost.ui.charts.base import Curve, LogPlot, added_curve, curve_pen, made_pen, mixed
from isocost.ui.charts.comparison import efficient
from isocost.ui.charts.placing import Points
from isocost.ui.charts.styles import series_of
from isocost.ui.theme import Series, Theme

Array = NDArray[np.float64]


@dataclass(slots=True)
class Items:
    """What draws a line of its own: a solid part that fits in memory, a faint dotted part that does not."""

    solid: Curve
    faint: Curve
    drawn: CostCurve | None = None
    style: tuple[str, int | None] | None = None


@dataclass(slots=True)
class Line:
    """One accelerator's curve as it is drawn."""

    curve: CostCurve
    points: NDArray[np.intp]
    """Which points of the curve are drawn: the efficient counts, in rising days."""
    x: Array
    y: Array
    """Decades of days and of USD at those points."""

    @classmethod
    def of(cls, curve: CostCurve) -> Line:
        """The line of a curve."""
        points = efficient(curve)
        return cls(curve, points, np.log10(curve.days[points]), np.log10(curve.cost_usd[points]))


class Lines:
    """Every accelerator's line on one plot; those without a name are one grey item together."""

    def __init__(self, plot: LogPlot) -> None:
        self._plot = plot
        self._lines: dict[str, Line] = {}
        self._items: dict[str, Items] = {}
        self._rest = added_curve(plot, -0.1)
        self._grey: tuple[int, ...] = ()

    def shown(self) -> list[tuple[str, Line]]:
        """The lines on the plot."""
        return list(self._lines.items())

    def get(self, accelerator: str) -> Line | None:
        """An accelerator's line while it is shown."""
        return self._lines.get(accelerator)

    def show(self, curves: tuple[CostCurve, ...]) -> None:
        """Take these curves and no others; :meth:`style` draws them."""
        before = self._lines
        self._lines = {}
        for curve in curves:
            line = before.get(curve.accelerator)
            self._lines[curve.accelerator] = line if line and line.curve is curve else Line.of(curve)

    def style(self, theme: Theme, active: str, slots: Mapping[str, int], hovered: str | None) -> None:
        """Draw by role: the plan's bold, named ones coloured, the rest grey, the one pointed at heavier."""
        rest = []
        for name, line in self._lines.items():
            role = "active" if name == active else "hovered" if name == hovered else "named"
            if role == "named" and name not in slots:
                rest.append(line)
            else:
                self._draw(name, line, theme, (role, slots.get(name)), slots)
        drawn_alone = self._lines.keys() - {line.curve.accelerator for line in rest}
        for name, items in self._items.items():
            if name not in drawn_alone:
                items.solid.setVisible(False)
                items.faint.setVisible(False)
        self._draw_rest(rest, theme)

    def _draw(
        self,
        name: str,
        line: Line,
        theme: Theme,
        style: tuple[str, int | None],
        slots: Mapping[str, int],
    ) -> None:
        items = self._items.get(name)
        if items is None:
            items = self._items[name] = Items(added_curve(self._plot), added_curve(self._plot, -0.2))
        if items.drawn is not line.curve:
            items.drawn = line.curve
            fits = line.curve.fits[line.points]
            items.solid.draw(line.x, np.where(fits, line.y, np.nan))
            if not fits.all():
                beside = ~fits
                beside[1:] |= ~fits[:-1]
                beside[:-1] |= ~fits[1:]
                items.faint.draw(line.x, np.where(beside, line.y, np.nan))
        items.solid.setVisible(True)
        items.faint.setVisible(not bool(line.curve.fits[line.points].all()))
        if items.style != style:
            items.style = style
            ratio = self._plot.devicePixelRatioF()
            solid, faint = pens(theme, series_of(theme, slots, name), style[0])
            items.solid.setPen(curve_pen(solid, ratio))
            items.faint.setPen(curve_pen(faint, ratio))
            items.solid.setZValue({"active": 3.0, "hovered": 2.0, "named": 1.0}[style[0]])

    def _draw_rest(self, rest: list[Line], theme: Theme) -> None:
        grey = tuple(id(line.curve) for line in rest)
        if grey == self._grey:
            return
        self._grey = grey
        gap = np.array([np.nan])
        x = [part for line in rest for part in (line.x, gap)]
        y = [part for line in rest for part in (np.where(line.curve.fits[line.points], line.y, np.nan), gap)]
        self._rest.setVisible(bool(rest))
        if rest:
            self._rest.draw(np.concatenate(x), np.concatenate(y))
            pen = made_pen(mixed(theme.quiet, theme.panel, 0.22))
            self._rest.setPen(curve_pen(pen, self._plot.devicePixelRatioF()))

    def forget_pens(self) -> None:
        """Make new pens at the next styling: the theme or the screen changed."""
        self._grey = ()
        for items in self._items.values():
            items.style = None

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
    width = {"active": 3.0, "hovered": 2.6, "named": 1.8}[role]
    dash = () if role == "active" else series.dash
    faint = mixed(series.line, theme.panel, 0.5)
    return made_pen(series.line, width, dash), made_pen(faint, max(1.0, width * 0.6), (1.0, 3.0))

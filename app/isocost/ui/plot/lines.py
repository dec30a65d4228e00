"""The curves of a plot as reused items, and which of their points the mouse is nearest to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.across.comparison import efficient
from isocost.plan.answer.across.curves import CostCurve
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import Curve, LogPlot, added_curve, made_pen, mixed
from isocost.ui.plot.placing import Points
from isocost.ui.plot.styles import series_of

Array = NDArray[np.float64]

DASH = 0.015
"""Decades to each side of a curve that has one point only."""
HAIR = 0.002
"""Decades above a smooth line that nobody sees: half a percent."""


@dataclass(slots=True)
class Items:
    """The two curves of a line: a solid part that fits in memory, a faint dotted part that does not."""

    solid: Curve
    faint: Curve
    drawn: Line | None = None
    style: tuple[str, LineStyle | None] | None = None


@dataclass(slots=True)
class Line:
    """One accelerator's curve as it is drawn."""

    curve: CostCurve
    points: NDArray[np.intp]
    """Which points of the curve can be chosen: the efficient counts, in rising days."""
    x: Array
    y: Array
    """Decades of days and of USD at those points."""
    bends: NDArray[np.intp]
    """Which of those points the line is drawn through: they fit in memory, and others there lie above it."""
    through: frozenset[int] = frozenset()
    """Counts that the line is drawn through wherever they lie."""

    @classmethod
    def of(cls, curve: CostCurve, *, whole: bool, through: frozenset[int] = frozenset()) -> Line:
        """The line of a curve, ``whole`` with the counts that do not fit in memory."""
        points = efficient(curve)
        asked = np.flatnonzero(np.isin(curve.counts, list(through))) if through else points[:0]
        if len(asked):
            points = np.union1d(points, asked)
            points = points[np.argsort(curve.days[points], kind="stable")]
        if not whole:
            points = points[curve.fits[points]]
        x, y = np.log10(curve.days[points]), np.log10(curve.cost_usd[points])
        fits = np.flatnonzero(curve.fits[points])
        bends = fits[lower_edge(x[fits], y[fits])]
        bends = np.union1d(bends, fits[np.isin(points[fits], asked)])
        return cls(curve, points, x, y, bends, through)

    @property
    def seen(self) -> NDArray[np.intp]:
        """Which points the names stand by: those the line is drawn through; all where nothing fits."""
        return self.bends if len(self.bends) else np.arange(len(self.points))

    def drawn(self) -> tuple[Array, Array]:
        """The line as it is drawn: a single point as a dash, which can be seen."""
        x, y = self.x[self.bends], self.y[self.bends]
        return (x + np.array([-DASH, DASH]), y.repeat(2)) if len(x) == 1 else (x, y)

    def stretch(self, low: float, high: float) -> tuple[Array, Array]:
        """The line between two times in decades."""
        x, y = self.x[self.bends], self.y[self.bends]
        inner = x[(x > low) & (x < high)]
        across = np.concatenate(([low], inner, [high]))
        return across, np.interp(across, x, y)


def lower_edge(x: Array, y: Array) -> NDArray[np.intp]:
    """Points on the lower convex edge of points in rising x, those a hair above it included.

    Counts that divide a batch or a model badly stand above it, and drawn they would make a staircase.
    """
    # One side of Andrew's monotone chain: a point goes when the next one shows that it bulges out.
    edge: list[int] = []
    for i in range(len(x)):
        while len(edge) > 1 and _turns_up(edge[-2], edge[-1], i, x, y):
            edge.pop()
        edge.append(i)
    return np.flatnonzero(y <= np.interp(x, x[edge], y[edge]) + HAIR) if edge else np.empty(0, np.intp)


def _turns_up(first: int, middle: int, last: int, x: Array, y: Array) -> bool:
    """Whether the middle one of three points lies above the line between the others."""
    rise, run = y[last] - y[first], x[last] - x[first]
    # Slopes compared without dividing, as two counts may take the same time.
    return bool((y[middle] - y[first]) * run >= rise * (x[middle] - x[first]))


class Lines:
    """The lines of the accelerators that have a name on one plot."""

    def __init__(self, plot: LogPlot) -> None:
        self._plot = plot
        self._lines: dict[str, Line] = {}
        self._items: dict[str, Items] = {}
        self._active = ""

    def shown(self) -> list[tuple[str, Line]]:
        """The lines on the plot."""
        return list(self._lines.items())

    def get(self, accelerator: str) -> Line | None:
        """An accelerator's line while it is shown."""
        return self._lines.get(accelerator)

    def show(
        self, curves: Iterable[CostCurve], active: str, through: Mapping[str, frozenset[int]] | None = None
    ) -> None:
        """Take these curves and no others; :meth:`style` draws them. The plan's is shown whole.

        Args:
            through: by accelerator, counts that its line is drawn through wherever they lie.
        """
        before, was = self._lines, self._active
        self._lines, self._active = {}, active
        for curve in curves:
            name = curve.accelerator
            line = before.get(name)
            asked = (through or {}).get(name, frozenset())
            kept = line is not None and line.curve is curve and (name == active) == (name == was)
            if line and kept and line.through == asked:
                self._lines[name] = line
            else:
                self._lines[name] = Line.of(curve, whole=name == active, through=asked)

    def style(
        self, theme: Theme, styles: Mapping[str, LineStyle], hovered: str | None, best: str | None
    ) -> None:
        """Draw by role: the plan's bold, the one pointed at and the cheapest heavier than the others."""
        for name, line in self._lines.items():
            heavier = name in (hovered, best)
            role = "active" if name == self._active else "heavier" if heavier else "named"
            self._draw(name, line, theme, (role, styles.get(name)), styles)
        for name, items in self._items.items():
            if name not in self._lines:
                items.solid.setVisible(False)
                items.faint.setVisible(False)

    def _draw(
        self,
        name: str,
        line: Line,
        theme: Theme,
        style: tuple[str, LineStyle | None],
        styles: Mapping[str, LineStyle],
    ) -> None:
        items = self._items.get(name)
        if items is None:
            items = self._items[name] = Items(added_curve(self._plot), added_curve(self._plot, -0.2))
        if items.drawn is not line:
            items.drawn = line
            items.solid.draw(*line.drawn())
            # The faint part reaches one point into the solid one at both ends, or there would be a gap.
            beside = ~line.curve.fits[line.points]
            beside[1:] |= beside[:-1]
            beside[:-1] |= ~line.curve.fits[line.points][1:]
            items.faint.draw(line.x, np.where(beside, line.y, np.nan))
        items.solid.setVisible(True)
        items.faint.setVisible(not bool(line.curve.fits[line.points].all()))
        # A pen set again makes pyqtgraph drop the item's bounds and paint it anew, even where it is the same.
        if items.style != style:
            items.style = style
            solid, faint = pens(theme, series_of(theme, styles, name), style[0])
            items.solid.setPen(solid)
            items.faint.setPen(faint)
            items.solid.setZValue({"active": 3.0, "heavier": 2.0, "named": 1.0}[style[0]])

    def forget_pens(self) -> None:
        """Make new pens at the next styling: the theme changed."""
        for items in self._items.values():
            items.style = None

    def nearest(self, x: float, y: float, reach: float, only: str | None = None) -> tuple[str, int] | None:
        """The line closest to a pixel, within ``reach``, and which point of its curve is nearest."""
        best: tuple[float, str, int] | None = None
        for name, line in self.shown():
            if only is not None and name != only:
                continue
            points = self._plot.pixels(line.x, line.y)
            if not len(points):
                continue
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
    # Where on each stretch the foot of the perpendicular is; two points in one place have none.
    along = np.clip((to * step).sum(1) / np.maximum((step * step).sum(1), 1e-9), 0.0, 1.0)
    left = to - step * along[:, None]
    return float(np.sqrt((left * left).sum(1).min()))


def pens(theme: Theme, series: Series, role: str) -> tuple[QPen, QPen]:
    """The pen of a line's possible part and of the part that does not fit in memory."""
    width = {"active": 3.0, "heavier": 2.6, "named": 1.8}[role]
    dash = () if role == "active" else series.dash
    faint = mixed(series.line, theme.panel, 0.5)
    return made_pen(series.line, width, dash), made_pen(faint, max(1.0, width * 0.6), (1.0, 3.0))

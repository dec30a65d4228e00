"""Where everything of the map of size against text stands, in pixels: lines, labels, models."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF

from isocost.language import tr
from isocost.report.findings.tabs.scale import LEGEND, Ground, Line, Mark, unfit_words
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import font_of, text_size
from isocost.ui.plot.frame import Array, LogFrame
from isocost.ui.plot.placing import Box, Clutter, joined
from isocost.ui.plot.styles import series_of

LEFT, RIGHT, BELOW, ROW, TITLE = 46, 10, 44, 18, 20
"""Pixels beside the map, below it, of a row of the legend, and of the title above it."""
SAMPLE, GAP = 22, 16
"""Pixels of a sample of the legend, and between two entries."""
DOT_ROOM = 4.5
"""Pixels around the middle of a dot that words keep clear of."""
TRIES = 24
"""Places along a line at which its label is tried."""
CROWDED = 24
"""Cells of lines that a name may cover at most, the bill's counting three times and a dot's eight."""


@dataclass(frozen=True, slots=True)
class Written:
    """A text with its place."""

    text: str
    box: Box
    colour: str
    bold: bool = False


class Places:
    """Where everything that stands still is, in a picture of some size."""

    def __init__(self, ground: Ground, size: QSizeF, theme: Theme) -> None:
        self.ground = ground
        self.theme = theme
        self.width = size.width()
        px = theme.px
        self.legend = self._legend()
        top = self.legend_height + px(TITLE)
        area = QRectF(
            px(LEFT),
            top,
            max(40.0, size.width() - px(LEFT + RIGHT)),
            max(40.0, size.height() - top - px(BELOW)),
        )
        extent = ground.survey.extent
        self.frame = LogFrame(area, extent.sizes, extent.tokens)
        self.clutter = Clutter(Box(area.left(), area.top(), area.width(), area.height()))
        self.labels: list[Written] = []
        self._taken: list[Box] = []
        self.names: list[Written] = []
        """Of models, as many as have room; they give way to what moves."""
        self._write()

    @property
    def legend_height(self) -> float:
        """Pixels of the legend."""
        return (self.legend[-1][1].y() if self.legend else 0.0) + self.theme.px(ROW)

    def _legend(self) -> list[tuple[Mark, QPointF]]:
        found: list[tuple[Mark, QPointF]] = []
        font, px = font_of(self.theme, "quiet"), self.theme.px
        x, y = 0.0, 0.0
        for mark in self.ground.legend:
            width = px(SAMPLE) + 6 + text_size(font, LEGEND[mark])[0]
            if found and x + width > self.width:
                x, y = 0.0, y + px(ROW)
            found.append((mark, QPointF(x, y)))
            x += width + px(GAP)
        return found

    @cached_property
    def series(self) -> Series:
        """Of the plan's accelerator."""
        return series_of(self.theme, {self.ground.accelerator: self.ground.style}, self.ground.accelerator)

    @cached_property
    def bill(self) -> Array:
        """Pixels of the line the plan moves along."""
        return self._pixels(self.ground.bill)

    @cached_property
    def models(self) -> Array:
        """Pixels of the published models."""
        models = self.ground.models
        return self.frame.pixels(
            np.array([each.size for each in models], float), np.array([each.tokens for each in models], float)
        )

    def at(self, size: float, tokens: float) -> QPointF:
        """Pixel of a place, which may be beyond the map."""
        return self.frame.at(size, tokens)

    def _pixels(self, line: Line) -> Array:
        return self.frame.pixels(line.sizes, line.tokens)

    # Labels

    def _write(self) -> None:
        """Place the labels of lines, then the names of models where there is room."""
        ground, theme = self.ground, self.theme
        lines = [(line, self._pixels(line)) for line in ground.costs]
        for _, points in lines:
            self.clutter.add_lines(points)
        self.clutter.add_lines(self.bill, weight=3)
        # As lines, which a search for a place counts at once; a box for each would take it milliseconds.
        corner = np.array([DOT_ROOM, DOT_ROOM])
        self.clutter.add_lines(joined([np.array([at - corner, at + corner]) for at in self.models]), weight=8)
        self._taken = [
            Box(x - DOT_ROOM, y - DOT_ROOM, 2 * DOT_ROOM, 2 * DOT_ROOM) for x, y in self.models.tolist()
        ]
        self._label(ground.bill.label, self.bill, self.series.text, bold=True)
        if ground.budget is not None:
            points = self._pixels(ground.budget)
            self.clutter.add_lines(points, weight=2)
            self._label(tr("budget {label}", label=ground.budget.label), points, theme.text, bold=True)
        for line, points in lines:
            self._label(line.label, points, self.series.text, bold=True)
        for line in ground.losses:
            points = self._pixels(line)
            self.clutter.add_lines(points)
            self._label(line.label, points[::-1], theme.quiet)
        if ground.on.most is not None and ground.on.most < self.frame.x[1]:
            self._unfit_label(ground.on.most)
        for at in range(len(ground.models)):
            self._name(at)
        for label in self.labels:
            self.clutter.take(label.box)

    def _free(self, box: Box) -> bool:
        """Whether a box is inside the map and covers neither words nor a dot."""
        return box.within(self.clutter.room) and not any(box.overlaps(other) for other in self._taken)

    def _label(self, text: str, points: Array, colour: str, *, bold: bool = False) -> None:
        """On its line, near the end it begins at, where it covers no other label."""
        inside = points[self._inside(points)]
        if len(inside) < 2:
            return
        width, height = text_size(font_of(self.theme, "quiet", bold=bold), text)
        width += 8
        for at in np.linspace(0.06, 0.6, TRIES) * (len(inside) - 1):
            x, y = inside[int(at)].tolist()
            box = Box(x - width / 2, y - height / 2, width, height)
            if self._free(box):
                self.labels.append(Written(text, box, colour, bold))
                self._taken.append(box)
                return

    def _inside(self, points: Array) -> NDArray[np.bool_]:
        area, (x, y) = self.frame.area, points.T
        across = (x >= area.left()) & (x <= area.right())
        inside: NDArray[np.bool_] = across & (y >= area.top()) & (y <= area.bottom())
        return inside

    def _unfit_label(self, most: float) -> None:
        """At the left edge of what does not fit, as far up as there is room; shorter where it is narrow."""
        area, left = self.frame.area, self.frame.across(most) + 6
        for text in (unfit_words(self.ground), tr("does not fit")):
            width, height = text_size(font_of(self.theme, "quiet"), text)
            tops = np.arange(area.top() + 6, area.bottom() - height, height)
            box = next((box for top in tops if self._free(box := Box(left, float(top), width, height))), None)
            if box is not None:
                self.labels.append(Written(text, box, self.theme.quiet))
                self._taken.append(box)
                return

    def _name(self, at: int) -> None:
        """Beside its dot, on the side that covers least; not at all where every side covers a label."""
        x, y = self.models[at].tolist()
        width, height = text_size(font_of(self.theme, "quiet"), self.ground.models[at].name)
        sides = ((x + 8, y - height / 2), (x - 8 - width, y - height / 2))
        ends = ((x - width / 2, y - 7 - height), (x - width / 2, y + 7))
        boxes = [Box(left, top, width, height) for left, top in sides + ends]
        free = [box for box in boxes if self._free(box)]
        if not free:
            return
        lefts, tops = (np.array([getattr(box, side) for box in free]) for side in ("left", "top"))
        covered = self.clutter.covered(lefts, tops, width, height)
        best = int(np.argmin(covered))
        if covered[best] < CROWDED:
            self.names.append(Written(self.ground.models[at].name, free[best], self.theme.text))
            self._taken.append(free[best])

    # Pointing

    def model_at(self, at: QPointF, reach: float = 9.0) -> int | None:
        """The published model meant by pointing at a place."""
        if not len(self.models):
            return None
        away = np.hypot(self.models[:, 0] - at.x(), self.models[:, 1] - at.y())
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= reach else None

    def on_bill(self, at: QPointF) -> tuple[float, float] | None:
        """The size on the line of the bill that is next to a pixel, and how far away it is."""
        start, step = self.bill[:-1], np.diff(self.bill, axis=0)
        usable = np.flatnonzero(np.isfinite(start + step).all(axis=1))
        if not len(usable):
            return None
        start, step = start[usable], step[usable]
        to = np.array([at.x(), at.y()]) - start
        along = np.clip((to * step).sum(1) / np.maximum((step * step).sum(1), 1e-9), 0.0, 1.0)
        foot = start + step * along[:, None]
        away = np.hypot(foot[:, 0] - at.x(), foot[:, 1] - at.y())
        nearest = int(np.argmin(away))
        return self.frame.x_at(float(foot[nearest, 0])), float(away[nearest])


@lru_cache(maxsize=2)  # the window's, and that of a picture taken elsewhere: half a megabyte each
def _placed(key: _Key) -> Places:
    return Places(key.ground, QSizeF(key.width, key.height), key.theme)


@dataclass(frozen=True, eq=False)
class _Key:
    ground: Ground
    width: float
    height: float
    theme: Theme

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Key)
            and other.ground is self.ground
            and (other.width, other.height, other.theme) == (self.width, self.height, self.theme)
        )

    def __hash__(self) -> int:
        return hash((id(self.ground), self.width, self.height))


def places(ground: Ground, size: QSizeF, theme: Theme) -> Places:
    """Where everything of a ground stands, found once for a size and a theme."""
    return _placed(_Key(ground, size.width(), size.height(), theme))

"""Where to write labels so that they stay clear of each other and of the curves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
"""Pixel positions, shape (n, 2); rows of NaN separate polylines."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.top + self.height

    def overlaps(self, other: Box) -> bool:
        """Whether the insides meet; touching edges do not count."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def within(self, other: Box) -> bool:
        """Whether this box lies wholly inside the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


def joined(lines: Iterable[Points]) -> Points:
    """Several polylines as one, with rows of NaN between them."""
    gap = np.full((1, 2), np.nan)
    parts = [part for line in lines for part in (line, gap)]
    return np.vstack(parts) if parts else np.empty((0, 2))


def spread(centres: Sequence[float], height: float, low: float, high: float) -> list[float]:
    """Centres of equal labels moved apart as little as possible (least squares), all between two edges.

    Order is kept. When the labels together are taller than the room they are packed from the lower edge.
    """
    order = sorted(range(len(centres)), key=lambda i: centres[i])
    # Pool adjacent violators: labels that would overlap join a block around the mean of their places.
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = centres[index] - rank * height, 1
        while blocks and blocks[-1][0] > mean:
            before, members = blocks.pop()
            mean = (before * members + mean * size) / (members + size)
            size += members
        blocks.append((mean, size))
    flat = [mean for mean, size in blocks for _ in range(size)]
    first, last = low + height / 2, high - height / 2 - (len(flat) - 1) * height
    moved = [0.0] * len(flat)
    for rank, index in enumerate(order):
        moved[index] = max(first, min(flat[rank], last)) + rank * height
    return moved


class Clutter:
    """Lines, on a coarse grid, and labels drawn already, so that other labels can keep clear of them."""

    CELL = 3.0

    def __init__(self, room: Box) -> None:
        self.room = room
        self.taken: list[Box] = []
        # What is about to find its place may be painted while it has none.
        self._shape = (max(0, int(room.height / self.CELL)) + 2, max(0, int(room.width / self.CELL)) + 2)
        self._cells = np.zeros(self._shape, dtype=np.int32)
        self._sums: NDArray[np.int32] | None = None

    def add_lines(self, lines: Points, weight: int = 1) -> None:
        """Mark the cells that polylines run through; heavier lines are avoided more."""
        if len(lines) < 2:
            return
        start, step = lines[:-1], np.diff(lines, axis=0)
        length = np.hypot(step[:, 0], step[:, 1])
        # A curve that leaves the plot may go on for a million pixels, which nobody needs cut into cells.
        real = np.isfinite(length) & (length < 1e5)
        start, step = start[real], step[real]
        # Every stretch is walked in steps no longer than a cell, all stretches at once.
        parts = np.ceil(length[real] / self.CELL).astype(int) + 1
        segment = np.repeat(np.arange(len(parts)), parts)
        along = (np.arange(len(segment)) - np.repeat(np.cumsum(parts) - parts, parts)) / np.maximum(
            1, np.repeat(parts - 1, parts)
        )
        at = start[segment] + step[segment] * along[:, None]
        column = np.floor((at[:, 0] - self.room.left) / self.CELL).astype(int)
        row = np.floor((at[:, 1] - self.room.top) / self.CELL).astype(int)
        inside = (column >= 0) & (row >= 0) & (column < self._shape[1]) & (row < self._shape[0])
        cells = self._cells[row[inside], column[inside]]
        self._cells[row[inside], column[inside]] = np.maximum(cells, weight)
        self._sums = None

    def take(self, box: Box, labels: int = 1) -> None:
        """Reserve a box for a label; one that counts as so many is avoided more than those."""
        self.taken += [box] * labels

    def covered(self, left: Points, top: Points, width: float, height: float) -> NDArray[np.int64]:
        """How much boxes of one size would cover, for each upper left corner; 0 = clear.

        Counts cells with lines by their weight, and labels far more. ``left`` and ``top`` are broadcast: a
        row and a column of them are a grid.
        """
        # With sums over all cells up to each corner, what a box covers is four look-ups whatever its size:
        # a search tries a thousand places, in one call.
        if self._sums is None:
            # In place and in 32 bits, which a screen of cells of the heaviest lines is far from filling: a
            # third of the time, several times in each frame of a drag.
            self._sums = np.zeros((self._shape[0] + 1, self._shape[1] + 1), dtype=np.int32)
            inner = self._sums[1:, 1:]
            np.cumsum(self._cells, axis=0, dtype=np.int32, out=inner)
            np.cumsum(inner, axis=1, dtype=np.int32, out=inner)
        first_row, last_row = self._cells_of(top - self.room.top, height, self._shape[0])
        first_column, last_column = self._cells_of(left - self.room.left, width, self._shape[1])
        sums = self._sums
        covered = (
            sums[last_row, last_column]
            - sums[first_row, last_column]
            - sums[last_row, first_column]
            + sums[first_row, first_column]
        )
        if self.taken:
            each = (len(self.taken), *(1,) * covered.ndim)
            sides = np.array([(box.left, box.top, box.right, box.bottom) for box in self.taken])
            from_left, from_top, to_right, to_bottom = (side.reshape(each) for side in sides.T)
            beside = (left < to_right) & (left > from_left - width)
            meets = beside & ((top < to_bottom) & (top > from_top - height))
            covered = covered + 10_000 * np.count_nonzero(meets, axis=0)
        return covered

    def _cells_of(
        self, start: Points, size: float, cells: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first = np.floor(start / self.CELL).clip(0, cells).astype(np.int64)
        return first, np.ceil((start + size) / self.CELL).clip(first, cells).astype(np.int64)


REACH, GRAIN = 110.0, 5.0
"""How far from its point a label may stand, and how finely places are tried, in pixels."""

PENALTY = 0.4
"""Pixels further away that a label goes to cover one cell of weight one less."""

MARGIN = 3.0
"""Pixels a label keeps from what it must not touch."""

APART = 26.0
"""Pixels between a point and its label beyond which a line joins them."""

FOLLOWS = 40.0
"""Pixels from its moving point up to which a label keeps its place beside it."""


def leader(at: tuple[float, float], box: Box) -> Points | None:
    """The line from a point to its label, as two points, where that stands apart; None where it does not."""
    near = min(max(at[0], box.left), box.right), min(max(at[1], box.top), box.bottom)
    line = np.array([at, near])
    return line if float(np.hypot(*(line[1] - line[0]))) > APART else None


def place_near(
    anchor: tuple[float, float],
    size: tuple[float, float],
    clutter: Clutter,
    clearance: float = 10.0,
    reach: float = REACH,
    prefer: tuple[float, float] | None = None,
) -> tuple[Box, int]:
    """The nearest place for a label beside a point that covers least, and how much it covers (0 = clear).

    ``prefer`` is an offset of the label's corner from the point that wins when clear, so that a label does
    not jump while its point moves.
    """
    room, (x, y), (width, height) = clutter.room, anchor, size

    def judged(left: Points, top: Points) -> tuple[Points, Points, Points, NDArray[np.int64]]:
        """Corners kept in the room, how far away such labels are, and what they cover."""
        left = left.clip(room.left, max(room.left, room.right - width))
        top = top.clip(room.top, max(room.top, room.bottom - height))
        aside = np.maximum(np.maximum(left - x, x - left - width), 0.0)
        below = np.maximum(np.maximum(top - y, y - top - height), 0.0)
        covered = clutter.covered(left - MARGIN, top - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN)
        return left, top, np.hypot(aside, below), covered

    if prefer is not None:
        left, top, away, covered = judged(np.array([x + prefer[0]]), np.array([y + prefer[1]]))
        if covered[0] == 0 and clearance * 0.8 <= away[0] <= FOLLOWS:
            return Box(float(left[0]), float(top[0]), width, height), 0
    across = np.arange(x - width - reach, x + reach + GRAIN, GRAIN)
    down = np.arange(y - height - reach, y + reach + GRAIN, GRAIN)
    # A row of places across and a column down: what follows from one of the two alone is worked out once.
    left, top, away, covered = judged(across, down[:, None])
    # Between places as near and as clear as each other: centred on the point, and below rather than above.
    off_centre = np.abs(left + width / 2 - x) / (width + 2 * reach) + (top < y) * 0.3
    score = away + 6.0 * off_centre + PENALTY * covered + 1e6 * (away < clearance * 0.8)
    row, column = divmod(int(np.argmin(score)), len(across))
    return Box(float(left[column]), float(top[row, 0]), width, height), int(covered[row, column])

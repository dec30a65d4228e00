"""A grid of points cut into parts that are worked out by themselves, and the places of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

import numpy as np
from numpy.typing import NDArray

from isocost.language import tr
from isocost.plan.doubt.response import EXACT
from isocost.plan.sweep.axes import Axis, SweepError, beside_one_another
from isocost.quantities import format_count

SAME_SEARCH = ("data.tokens", "tuning.epochs", *EXACT)
"""Inputs that layouts hardly depend on: a search made for one value is remembered for the next."""
MOST_AXES = 32
MOST_POINTS = 100_000_000
MOST_ROWS = 65_536
"""Points of one part: what a worker holds at once."""
MOST_SEARCHES = 32
"""Searches of one part: a second or a few of work, so that progress shows and little is lost."""


def _cheapness(axis: Axis) -> int:
    """Searched anew for each value, hours worked out anew, or all values at once."""
    return 2 if axis.at_once else int(axis.path in SAME_SEARCH)


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of some axes; rows count the last axis fastest.

    Parts follow another order, that of the work: points that share their physics stand together.
    """

    axes: tuple[Axis, ...]
    work: tuple[int, ...] = field(init=False)
    """Places of the axes in the order of the work, those whose values cost most first."""

    def __post_init__(self) -> None:
        if not self.axes:
            raise SweepError(tr("a sweep needs an input to vary."))
        if len(self.axes) > MOST_AXES:
            raise SweepError(
                tr(
                    "a sweep may vary {most_axes} inputs, this one varies {count}.",
                    most_axes=MOST_AXES,
                    count=len(self.axes),
                )
            )
        keys = [each.key for each in self.axes]
        if len(set(keys)) < len(keys):
            raise SweepError(
                tr(
                    "{value} is varied twice.",
                    value=next((key for i, key in enumerate(keys) if key in keys[:i])),
                )
            )
        if len(self) > MOST_POINTS:
            most = format_count(MOST_POINTS)
            raise SweepError(
                tr(
                    "a sweep may have {most} points, this one has {count}.",
                    most=most,
                    count=format_count(len(self)),
                )
            )
        object.__setattr__(self, "axes", beside_one_another(self.axes))
        order = sorted(range(len(self.axes)), key=lambda i: _cheapness(self.axes[i]))
        object.__setattr__(self, "work", tuple(order))

    def __len__(self) -> int:
        return prod(self.shape)

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each axis."""
        return tuple(len(each.values) for each in self.axes)

    @cached_property
    def part_size(self) -> int:
        """Points of a part; the last may have fewer."""
        together = prod(len(each.values) for each in self.axes if each.at_once)
        if together >= MOST_ROWS:
            return MOST_ROWS
        return together * min(MOST_SEARCHES, MOST_ROWS // together)

    @property
    def parts(self) -> int:
        """How many there are."""
        return -(-len(self) // self.part_size)

    def part_length(self, part: int) -> int:
        """Points of a part."""
        return min(self.part_size, len(self) - part * self.part_size)

    def part(self, part: int) -> tuple[tuple[Axis, ...], NDArray[np.int32]]:
        """The axes with the values that a part takes, and (axes, points) places among them."""
        first = part * self.part_size
        at = np.arange(first, first + self.part_length(part))
        shape = [self.shape[i] for i in self.work]
        places: list[NDArray[np.intp]] = [at] * len(shape)
        for i, found in zip(self.work, np.unravel_index(at, shape), strict=True):
            places[i] = found
        axes, own = [], []
        for axis, found in zip(self.axes, places, strict=True):
            used, which = np.unique(found, return_inverse=True)
            axes.append(replace(axis, values=tuple(axis.values[i] for i in used.tolist())))
            own.append(which.astype(np.int32))
        return tuple(axes), np.array(own)

    def rows(self, first: int, last: int) -> tuple[Sequence[NDArray[np.intp]], NDArray[np.intp]]:
        """Places in each axis of some rows, and where in the order of the work each of them is."""
        places = np.unravel_index(np.arange(first, last), self.shape)
        shape = [self.shape[i] for i in self.work]
        return places, np.ravel_multi_index([places[i] for i in self.work], shape)

"""A grid of plans priced from Python."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.api.plans import Plan, axis_of, opened
from isocost.plan.sweep.grid import Grid
from isocost.plan.sweep.points import FIGURES, FITS, NOTE, WIDTH
from isocost.plan.sweep.running import WORKERS
from isocost.plan.sweep.running import sweep as parts_of

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sweep:
    """A plan at every point of a grid: arrays of one entry a point, the last axis changing fastest."""

    axes: Mapping[str, tuple[Any, ...]]
    """The values of each input, by its key, in the order given."""
    inputs: Mapping[str, NDArray[Any]] = field(repr=False)
    """The value of each input at each point."""
    cost_usd: Array = field(repr=False)
    """NaN where the point cannot be priced; ``note`` says why."""
    wall_days: Array = field(repr=False)
    """Days of all stages."""
    programme_days: Array = field(repr=False)
    """From the programme's first day to its last."""
    gpu_hours: Array = field(repr=False)
    energy_kwh: Array = field(repr=False)
    co2_kg: Array = field(repr=False)
    mfu: Array = field(repr=False)
    """Of the first stage that has one, as a share of 1; NaN where none has."""
    accelerators: Array = field(repr=False)
    """Held by the scenario: of those one can have."""
    fits: Array = field(repr=False)
    """1 = it fits in memory, 0 = it does not, NaN = nobody asked."""
    note: tuple[str, ...] = field(repr=False)
    """What has to be known of each point; empty = nothing."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Values of each axis: what a figure can be reshaped to."""
        return tuple(len(values) for values in self.axes.values())


def sweep(
    plan: Plan | str | os.PathLike[str],
    vary: Mapping[str, Sequence[Any] | str],
    scenario: str | None = None,
    *,
    executor: Executor | None = None,
    workers: int = WORKERS,
) -> Sweep:
    """A plan priced at every combination of some values of its inputs: ``isocost sweep``, in memory.

    >>> import isocost
    >>> found = isocost.sweep("startup-7b", {"tokens": "1T..4T:3", "price": [1.5, 2.0]})
    >>> found.shape, found.cost_usd.shape
    ((3, 2), (6,))
    >>> [float(each) for each in found.inputs["data.tokens"][::2]]
    [1000000000000.0, 2000000000000.0, 4000000000000.0]

    Args:
        plan: a :class:`Plan`, a file, or the name of a preset.
        vary: values by key, as :meth:`Plan.get` has keys; or text, ``"1T..10T:50"`` (spaced as the input's
            slider), ``"0..0.5:11:linear"``, ``"h100-sxm,b200"``.
        scenario: name of the scenario; None = the plan's own, or its first.
        executor: any of :mod:`concurrent.futures`, or of a Dask client (``client.get_executor()``); None = in
            this process. The result is the same.
        workers: how many the executor has.

    Raises:
        SweepError: an input is unknown or a value cannot be, as one sentence.
        FileError: the plan cannot be read.
    """
    of = opened(plan, scenario)
    grid = Grid(tuple(axis_of(of, key, values) for key, values in vary.items()))
    places, at = grid.rows(0, len(grid))
    figures = np.empty((len(grid), WIDTH))
    said: dict[int, tuple[str, ...]] = {}
    for part, priced in parts_of(of.project, of.catalog, grid, executor, scenario=of.at, workers=workers):
        first = part * grid.part_size
        figures[first : first + len(priced.figures)] = priced.figures
        said[part] = priced.notes
    figures = figures[at]
    codes = figures[:, NOTE].astype(int).tolist()
    notes = [
        said[where // grid.part_size][code - 1] if code else ""
        for where, code in zip(at.tolist(), codes, strict=True)
    ]
    return Sweep(
        {each.key: each.values for each in grid.axes},
        {each.key: np.array(each.values)[own] for each, own in zip(grid.axes, places, strict=True)},
        **{name: figures[:, i] for i, name in enumerate(FIGURES)},
        fits=figures[:, FITS],
        note=tuple(notes),
    )

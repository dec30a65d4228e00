"""The best layouts of one count side by side, and why the others lose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array
from isocost.engine.layout import Layouts
from isocost.engine.records import Accelerator, Pins, Transformer, Workload
from isocost.engine.search.precomputed import Constants
from isocost.engine.search.space import Cells, Space, joined
from isocost.engine.training.memory import Memory
from isocost.engine.training.step import StepSeconds

Reason = Literal["best", "memory", "bubble", "communication", "recomputation", "kernels", "optimizer"]
"""Why a layout loses: it does not fit, or this part of its step costs most beyond the best layout's."""

_PARTS: dict[Reason, tuple[str, ...]] = {
    "bubble": ("pipeline",),
    "communication": ("tensor_comm", "context_comm", "expert_comm", "data_comm"),
    "recomputation": ("recompute",),
    "kernels": ("matmul", "attention", "elementwise", "host"),
    "optimizer": ("optimizer",),
}


@dataclass(frozen=True, slots=True)
class RankedLayouts:
    """Layouts of one accelerator at one count, fastest first; a row each."""

    layouts: Layouts
    seconds: Array
    """Seconds of a step; for a layout that does not fit, those it would take."""
    breakdown: StepSeconds
    memory: Memory
    capacity: float
    """Usable bytes per accelerator."""
    fits: NDArray[np.bool_]
    reasons: tuple[Reason, ...]

    def __len__(self) -> int:
        return len(self.seconds)


def ranked_layouts(
    transformer: Transformer,
    workload: Workload,
    accelerator: Accelerator,
    count: float,
    constants: Constants,
    pins: Pins | None = None,
    keep: int = 12,
) -> RankedLayouts:
    """The ``keep`` fastest layouts that differ in tp, pp, cp, ep or sharding, each in its best variant.

    A variant is a choice of microbatch, interleaving and recomputation. Among them, up to half as many that
    would be faster with less recomputation than fits. Where nothing fits, those that need the least memory.
    Source and errors: as ``best_layouts``.
    """
    space = Space.of(
        transformer, [workload], [accelerator], [np.array([float(count)])], constants, pins or Pins()
    )
    cells, fits = _all_cells(space)
    seconds = space.seconds(cells)
    if fits.any():
        # Best first, so that the first of each combination is its best variant; those that fit go before the
        # rest.
        order = _first_of_each(space, cells, np.lexsort((seconds, ~fits)), fits)
        order = order[np.argsort(seconds[order], kind="stable")]
        last = order[fits[order]][:keep][-1]
        # What does not fit is shown only where it would have been among them.
        order = order[seconds[order] <= seconds[last]]
    else:
        cells = cells.with_mode(space.modes[-1])
        order = _first_of_each(space, cells, np.argsort(space.held(cells), kind="stable"), fits)
    cells = cells.take(_trimmed(order, fits, keep))
    chosen = space.chosen(cells)
    breakdown, memory = chosen.step(), chosen.memory()
    held = memory.fits(space.capacity[0])
    return RankedLayouts(
        layouts=chosen.layouts,
        seconds=space.seconds(cells),
        breakdown=breakdown,
        memory=memory,
        capacity=float(space.capacity[0]),
        fits=held,
        reasons=_reasons(breakdown, held),
    )


def _all_cells(space: Space) -> tuple[Cells, NDArray[np.bool_]]:
    """Every possible layout under the least recomputation that fits, and under more where that fills memory
    to the brim; and, where it does not fit so, under the least.
    """
    bounds, valid = space.bounds(0), space.valid(0)[0]
    if not valid.any():
        raise ValueError(
            "No layout splits this model over that many accelerators; change the count or a pin."
        )
    more, _ = space.alternatives(bounds)
    fitting = bounds.cells(np.flatnonzero(np.isfinite(bounds.seconds)))
    unfit = bounds.cells(np.flatnonzero(valid & (space.bytes[0, 0, 0] > space.capacity[0])))
    cells = joined([fitting, more, unfit.with_mode(space.modes[0])])
    return cells, np.arange(len(cells)) < len(fitting) + len(more)


def _first_of_each(
    space: Space, cells: Cells, order: NDArray[np.intp], fits: NDArray[np.bool_]
) -> NDArray[np.intp]:
    """The first cell in ``order`` of each combination of tp, pp, cp, ep, sharding and whether it fits."""
    layouts = space.layouts(cells.take(order))
    # One replica alone has nobody to share its states with.
    sharding = layouts.sharding * (layouts.shard_group > 1)
    key = np.stack([layouts.tp, layouts.pp, layouts.cp, layouts.ep, sharding, fits[order]])
    _, first = np.unique(key, axis=1, return_index=True)
    kept: NDArray[np.intp] = order[np.sort(first)]
    return kept


def _trimmed(order: NDArray[np.intp], fits: NDArray[np.bool_], keep: int) -> NDArray[np.intp]:
    """At most ``keep`` of ``order`` that fit (all, where some do) and half as many that do not."""
    if not fits.any():
        return order[:keep]
    rank = np.cumsum(~fits[order])
    return order[fits[order] | (rank <= keep // 2)]


def _reasons(parts: StepSeconds, fits: NDArray[np.bool_]) -> tuple[Reason, ...]:
    """Part of the step that costs each layout most beyond the fastest that fits."""
    unfit: Reason = "memory"
    if not fits.any():
        return (unfit,) * len(fits)
    best = int(np.flatnonzero(fits)[0])
    sums = {
        reason: np.sum([np.broadcast_to(getattr(parts, name), fits.shape) for name in names], axis=0)
        for reason, names in _PARTS.items()
    }
    excess = np.stack([values - values[best] for values in sums.values()])
    worst = [list(sums)[k] for k in excess.argmax(axis=0)]
    result: list[Reason] = []
    for row, reason in enumerate(worst):
        if not fits[row]:
            result.append(unfit)
        else:
            result.append("best" if row == best else reason)
    return tuple(result)

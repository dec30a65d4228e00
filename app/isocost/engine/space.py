"""What a search computes on: every (type, count, combination of degrees) of accelerators and layouts.

Memory and bounds are computed for all of them at once, with degrees and counts on axes that broadcast; full
step times only for chosen cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.engine.batch import Array, Shapes, Works
from isocost.engine.candidates import Candidates, candidates, combinations
from isocost.engine.efficiency import Efficiency, Machines, machines
from isocost.engine.layer import LayerSeconds, Split, layer_seconds
from isocost.engine.layout import RECOMPUTE_CODES, Layouts
from isocost.engine.memory import Memory, memory, peak_bytes, usable_bytes
from isocost.engine.records import Accelerator, Pins, Stack, Transformer, Workload
from isocost.engine.rows import columns, expand, pick, pick_from
from isocost.engine.shapes import working_shape
from isocost.engine.states import MemoryProfile, StateBytes
from isocost.engine.step import StepSeconds, step_seconds

IntArray = NDArray[np.intp]

PRESSURE_FROM = 0.94
PRESSURE = 0.1

CHUNK = 12_288
"""Cells whose memory is computed at once: their temporaries stay in the processor's cache."""

SLACK = 1.0 - 1e-9
"""Keeps a bound below what it bounds despite rounding."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The fitted constants a search computes with."""

    efficiency: Efficiency
    profile: MemoryProfile
    stack: Stack = "vendor"


@dataclass(frozen=True, slots=True)
class Cells:
    """Chosen cells of the space, an entry each."""

    type: IntArray
    count: IntArray
    degrees: IntArray
    mode: NDArray[np.int8]
    """Recomputation: 0 none, 1 selective, 2 full."""

    def __len__(self) -> int:
        return len(self.type)

    def take(self, rows: Any) -> Cells:
        """The cells at ``rows``."""
        return Cells(self.type[rows], self.count[rows], self.degrees[rows], self.mode[rows])

    def with_mode(self, mode: int) -> Cells:
        """The same layouts under one recomputation mode."""
        return replace(self, mode=np.full(len(self), mode, dtype=np.int8))


def joined(parts: Sequence[Cells]) -> Cells:
    """Several lists of cells as one."""
    empty = np.empty(0, dtype=np.intp)
    return Cells(
        np.concatenate([empty, *(p.type for p in parts)]),
        np.concatenate([empty, *(p.count for p in parts)]),
        np.concatenate([empty, *(p.degrees for p in parts)]),
        np.concatenate([np.empty(0, dtype=np.int8), *(p.mode for p in parts)]),
    )


def pressure(filled: Array) -> Array:
    """Share of a step lost when memory is nearly full: the allocator frees and retries, and stalls.

    Nothing up to 94 % of the usable bytes, 2.5 % at 97 %, a tenth when full. Assumed, not measured: it keeps
    the search from the brink, and lets a slider pass from one layout to the next without a jump.
    """
    over = np.clip((filled - PRESSURE_FROM) / (1.0 - PRESSURE_FROM), 0.0, 1.0)
    return PRESSURE * over * over


@dataclass(frozen=True, slots=True)
class Space:
    """All candidate layouts of one model on some accelerator types, each at its list of counts."""

    transformer: Transformer
    candidates: Candidates
    which: IntArray
    """Which list of counts and number format each type has; types that agree in both share their memory."""
    near: NDArray[np.bool_]
    """Whether the tensor-parallel group stays in the type's scale-up domain; (types, degrees)."""
    shapes: Shapes
    works: Works
    machines: Machines
    states: StateBytes
    profile: MemoryProfile
    capacity: Array
    """Usable bytes per accelerator of each type."""
    modes: tuple[int, ...]
    """Recomputation modes allowed, least first."""
    bytes: Array
    """Peak bytes of every layout: (modes, lists, counts, degrees)."""
    combination: IntArray
    """Which column of ``layer`` each combination of degrees has."""
    layer: LayerSeconds
    """Seconds of a layer: (types, distinct combinations)."""
    per_slot: Array
    """At least the seconds of a stage for one microbatch: (modes, types, degrees)."""
    slots: Array
    """Times a stage runs a microbatch or waits for one to pass: (lists, counts, degrees)."""

    @classmethod
    def of(
        cls,
        transformer: Transformer,
        works: Sequence[Workload],
        accelerators: Sequence[Accelerator],
        counts: Sequence[Array],
        constants: Constants,
        pins: Pins,
    ) -> Space:
        """Lay out the space; see ``search.best_layouts``."""
        lists, which, tasks_of_lists = _lists(_padded(counts, len(works), len(accelerators)), works)
        t = working_shape(transformer)
        shapes, tasks = Shapes.of([t]), Works.of(works)
        states = StateBytes.of([t] * len(lists), tasks_of_lists, constants.profile)
        capacity = np.array([usable_bytes(a) for a in accelerators])
        modes = (0, 1, 2) if pins.recompute is None else (RECOMPUTE_CODES[pins.recompute],)

        def held(layouts: Layouts, among: tuple[int, ...], each: StateBytes) -> Array:
            result = np.empty((len(among), *np.broadcast_shapes(layouts.dp.shape, each.weights.shape)))
            for part in _alike(rows, max(CHUNK // result[0, ..., 0].size, 1)):
                some = columns(layouts, part)
                totals = peak_bytes(shapes, tasks.sequence[:1], each, some, constants.profile, among)
                for k, total in enumerate(totals):
                    result[k, ..., part] = total
            return result

        rows = combinations(t, works[0], accelerators, float(lists.max()), pins)
        least = held(rows, modes[-1:], expand(states))[0].min(axis=0)
        possible = least <= capacity.max()
        # Where nothing can ever fit, all stay: the search then names the layout that needs the least.
        rows = rows.take(possible) if possible.any() else rows
        found = candidates(t, works[0], lists, rows)
        domains = np.array([[max(a.scaleup_domain, 1)] for a in accelerators], dtype=np.float64)
        rates = machines(
            accelerators,
            [w.precision for w in works],
            [constants.stack] * len(accelerators),
            constants.efficiency,
        )
        split, combination = _distinct(rows)
        layer = layer_seconds(shapes, expand(tasks), expand(rates), split)
        return cls(
            transformer=t,
            candidates=found,
            which=which,
            near=(rows.tp <= domains) | (pins.tp is not None),
            shapes=shapes,
            works=tasks,
            machines=rates,
            states=states,
            profile=constants.profile,
            capacity=capacity,
            modes=modes,
            bytes=held(found.layouts, modes, expand(expand(states))),
            combination=combination,
            layer=layer,
            per_slot=_per_slot(layer, shapes, modes, combination, len(accelerators)) / rows.pp,
            slots=found.layouts.microbatches + (rows.pp - 1.0) / rows.vp,
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Types, counts of each, combinations of degrees."""
        _, counts, degrees = self.candidates.valid.shape
        return len(self.which), counts, degrees

    def valid(self, a: int) -> NDArray[np.bool_]:
        """Whether each (count, degrees) is a possible layout on type ``a``."""
        valid: NDArray[np.bool_] = self.candidates.valid[self.which[a]] & self.near[a]
        return valid

    def bound(self, a: int) -> tuple[Array, NDArray[np.int8], IntArray]:
        """Seconds no step on a type can undercut, and the least recomputation that fits; (counts, degrees).

        Layers and head alone, for every microbatch and the filling of the pipeline; infinite where nothing
        fits. Everything else a step does only adds to it. Third, flat, the cells that fill memory so far that
        more recomputation may be faster.
        """
        held, capacity = self.bytes[:, self.which[a]], self.capacity[a]
        taken = np.full(held.shape[1:], np.inf)
        seconds = np.full(held.shape[1:], np.inf)
        mode = np.full(held.shape[1:], self.modes[-1], dtype=np.int8)
        valid = self.valid(a)
        # From the most recomputation to the least: the last one written is the least that fits.
        for k in reversed(range(len(self.modes))):
            fits = (held[k] <= capacity) & valid
            np.copyto(taken, held[k], where=fits)
            np.copyto(seconds, self.per_slot[k, a], where=fits)
            mode[fits] = self.modes[k]
        tight = np.flatnonzero((taken > PRESSURE_FROM * capacity) & np.isfinite(taken))
        seconds *= self.slots[self.which[a]]
        seconds.reshape(-1)[tight] *= 1.0 + pressure(taken.reshape(-1)[tight] / capacity)
        return seconds, mode, tight

    def alternatives(self, a: int, mode: NDArray[np.int8], tight: IntArray) -> tuple[Cells, Array]:
        """The cells ``tight`` on a type under each mode of more recomputation, and their bounds."""
        n, c = np.divmod(tight, self.shape[2])
        cells, bounds = [], []
        for k in range(1, len(self.modes)):
            more = np.flatnonzero(mode.reshape(-1)[tight] < self.modes[k])
            counts, degrees = n[more], c[more]
            filled = self.bytes[k, self.which[a], counts, degrees] / self.capacity[a]
            slots = self.slots[self.which[a], counts, degrees]
            recompute = np.full(len(more), self.modes[k], dtype=np.int8)
            cells.append(Cells(np.full(len(more), a), counts, degrees, recompute))
            bounds.append(self.per_slot[k, a, degrees] * slots * (1.0 + pressure(filled)))
        return joined(cells), np.concatenate([np.empty(0), *bounds])

    @property
    def _columns(self) -> int:
        return int(self.combination.max(initial=0)) + 1

    def layouts(self, cells: Cells) -> Layouts:
        """The layouts of cells, a row each."""
        index = (self.which[cells.type], cells.count, cells.degrees)
        rows = pick_from(self.candidates.layouts, self.candidates.valid.shape, index)
        return replace(rows, recompute=cells.mode)

    def memory(self, cells: Cells) -> Memory:
        """Bytes per accelerator of each cell."""
        states = pick(self.states, self.which[cells.type])
        return memory(self.shapes, self.works.sequence[:1], states, self.layouts(cells), self.profile)

    def held(self, cells: Cells) -> Array:
        """Total bytes per accelerator of each cell."""
        position = np.searchsorted(self.modes, cells.mode)
        return self.bytes[position, self.which[cells.type], cells.count, cells.degrees]

    def seconds(self, cells: Cells) -> Array:
        """Seconds of a step of each cell, with what nearly full memory costs."""
        filled = self.held(cells) / self.capacity[cells.type]
        return self.step(cells).total * (1.0 + pressure(filled))

    def step(self, cells: Cells) -> StepSeconds:
        """Seconds of a step of each cell and where they go."""
        index = (cells.type, self.combination[cells.degrees])
        return step_seconds(
            self.shapes,
            pick(self.works, cells.type),
            pick(self.machines, cells.type),
            self.layouts(cells),
            pick_from(self.layer, (len(self.which), self._columns), index),
            self.held(cells) / self.capacity[cells.type],
        )


def _per_slot(
    layer: LayerSeconds, shapes: Shapes, modes: tuple[int, ...], combination: IntArray, types: int
) -> Array:
    """Seconds of all layers and the head for one microbatch: (modes, types, degrees)."""
    forward = layer.forward.total
    once = forward + layer.backward.total
    again = {0: np.zeros(1), 1: layer.selective.total, 2: forward}
    distinct = [shapes.layers * (once + again[mode]) + layer.head.total for mode in modes]
    columns_ = int(combination.max(initial=0)) + 1
    return SLACK * np.stack([np.broadcast_to(d, (types, columns_))[:, combination] for d in distinct])


def _padded(counts: Sequence[Array], works: int, accelerators: int) -> Array:
    """Counts as (types, counts), shorter rows filled up with their last."""
    if not counts or not len(counts) == works == accelerators:
        raise ValueError("A search needs one workload and one list of counts for each accelerator type.")
    if any(len(c) == 0 or np.min(c) < 1 for c in counts):
        raise ValueError("Counts of accelerators must be one or more.")
    width = max(len(c) for c in counts)
    return np.array([np.append(c, np.full(width - len(c), c[-1])) for c in counts], dtype=np.float64)


def _alike(rows: Layouts, most: int) -> list[slice]:
    """Up to ``most`` neighbouring rows with the same sharding, all with a pipeline or all without.

    Without one there is one stage, with one no ZeRO-3: apart, each kind's memory is less work.
    """
    kind = rows.sharding + 8 * (rows.pp > 1)
    edges = [0, *(np.flatnonzero(np.diff(kind)) + 1).tolist(), len(kind)]
    return [
        slice(start, min(start + most, stop))
        for first, stop in pairwise(edges)
        for start in range(first, stop, most)
    ]


def _lists(grid: Array, works: Sequence[Workload]) -> tuple[Array, IntArray, list[Workload]]:
    """The distinct pairs of counts and workload, which pair each type has, and the pairs' workloads."""
    formats = sorted({w.precision for w in works})
    code = np.array([[formats.index(w.precision)] for w in works], dtype=np.float64)
    _, first, which = np.unique(np.hstack([code, grid]), axis=0, return_index=True, return_inverse=True)
    return grid[first], which.reshape(-1), [works[i] for i in first]


def _distinct(rows: Layouts) -> tuple[Split, IntArray]:
    """The distinct (tp, cp, ep, microbatch) of the rows as (1, distinct) arrays, and which each row has."""
    key = ((rows.tp * 4096.0 + rows.cp) * 4096.0 + rows.ep) * 4096.0 + rows.microbatch
    _, first, combination = np.unique(key, return_index=True, return_inverse=True)
    one = rows.take(first[None])
    parallel = one.sequence_parallel.astype(np.float64)
    return Split(one.tp, one.cp, one.ep, one.microbatch, parallel), combination

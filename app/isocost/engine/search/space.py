"""The space of a search: every (type, count, combination of degrees) of accelerators and layouts.

Memory and bounds are computed for all of them at once, with degrees and counts on axes that broadcast; full
step times only for chosen cells. Axes are named in this order: recomputation modes, accelerator types or
lists of counts, counts, combinations of degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import (
    Array,
    Record,
    Transformers,
    Workloads,
    map_arrays,
    take_elements,
    take_last_axis,
    take_rows,
)
from isocost.engine.layout import Layouts
from isocost.engine.records import Accelerator, Pins, Transformer, Workload
from isocost.engine.search.candidates import Candidates, candidates
from isocost.engine.search.precomputed import Constants, Precomputed, precompute
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.memory import Memory, memory, peak_bytes
from isocost.engine.training.states import MemoryProfile, StateBytes
from isocost.engine.training.step import StepSeconds, evaluate, total_seconds

IntArray = NDArray[np.intp]

PRESSURE_FROM = 0.94
"""Share of usable memory from which a step is slower. Chosen."""
PRESSURE = 0.1
"""Share of a step lost when memory is full to the last byte. Chosen."""

CHUNK = 12_288
"""Cells whose memory is computed at once."""
# Smaller chunks cost more calls, larger ones gain little and hold more memory. Measured (2 cores,
# 2026-11-29), a grid of 430,000 cells takes 107 ms in chunks of 1,024, 41 ms of 4,096, 21 ms of these and 16
# ms of 131,072.


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


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower bounds of the cells of one type, before any is evaluated; (counts, degrees in reach)."""

    type: int
    seconds: Array
    """No step can undercut these: layers and head alone, for every microbatch and the filling of the
    pipeline. Infinite where nothing fits."""
    mode: NDArray[np.int8]
    """The least recomputation that fits."""
    tight: IntArray
    """Flat positions of cells that fill memory so far that more recomputation may be faster."""

    def cells(self, flat: IntArray) -> Cells:
        """The cells at flat positions, under the least recomputation that fits."""
        n, c = np.divmod(flat, self.mode.shape[1])
        return Cells(np.full(len(flat), self.type), n, c, self.mode.reshape(-1)[flat])

    def below(self, seconds: Array) -> tuple[Cells, Array]:
        """The cells that may undercut ``seconds``, one for each count, and their bounds."""
        flat = np.flatnonzero(self.seconds < seconds[:, None])
        return self.cells(flat), self.seconds.reshape(-1)[flat]


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

    Nothing up to 94 % of the usable bytes, 2.5 % at 97 %, a tenth when full. Assumed, not measured.

    >>> pressure(np.array([0.9, 0.97, 1.0]))
    array([0.   , 0.025, 0.1  ])
    """
    # It keeps the search from the brink, where layouts that fit on paper crash, and a square starts flat, so
    # that a slider passes from one layout to the next without a jump.
    over = np.clip((filled - PRESSURE_FROM) / (1.0 - PRESSURE_FROM), 0.0, 1.0)
    return PRESSURE * over * over


@dataclass(frozen=True, slots=True)
class Chosen:
    """Chosen layouts of one type, a row each, with all that their memory and step time follow from.

    What does not depend on the layout is that of the whole search, of which rows are taken when memory or a
    step is asked for: many searches are remembered, each with every type, and few are asked.
    """

    transformers: Transformers
    workloads: Workloads
    """Of every type."""
    machines: Machines
    """Of every type."""
    states: StateBytes
    """Of every list of counts and number format."""
    profile: MemoryProfile
    type: int
    which: int
    """Which of the lists the type has."""
    layouts: Layouts
    filled: Array
    """Bytes taken over usable bytes."""

    @property
    def workload(self) -> Workloads:
        """The type's own, one row."""
        return take_rows(self.workloads, slice(self.type, self.type + 1))

    def take(self, rows: slice) -> Chosen:
        """The layouts at ``rows``."""
        return replace(self, layouts=self.layouts.take(rows), filled=self.filled[rows])

    def memory(self) -> Memory:
        """Bytes per accelerator."""
        states = take_rows(self.states, slice(self.which, self.which + 1))
        return memory(self.transformers, self.workload.sequence, states, self.layouts, self.profile)

    def step(self) -> StepSeconds:
        """Seconds of a step and where they go."""
        machines = take_rows(self.machines, slice(self.type, self.type + 1))
        return evaluate(self.transformers, self.workload, machines, self.layouts, self.filled)


@dataclass(frozen=True, slots=True)
class Space:
    """All candidate layouts of one model on some accelerator types, each at its list of counts."""

    known: Precomputed
    candidates: Candidates
    which: IntArray
    """Which list of counts and number format each type has; types that agree in both share their memory."""
    workloads: Workloads
    states: StateBytes
    profile: MemoryProfile
    bytes: Array
    """Peak bytes of every layout: (modes, lists, counts, degrees)."""
    slots: Array
    """Times a stage runs a microbatch or waits for one to pass: (lists, counts, degrees)."""

    @classmethod
    def of(
        cls,
        transformer: Transformer,
        workloads: Sequence[Workload],
        accelerators: Sequence[Accelerator],
        counts: Sequence[Array],
        constants: Constants,
        pins: Pins,
        largest: float = 0.0,
    ) -> Space:
        """The space of ``best_layouts``, which says what the arguments are and what source each part has."""
        lists, which, of_lists = _lists(_padded(counts), workloads)
        known = precompute(
            transformer, workloads, accelerators, max(largest, float(lists.max())), constants, pins
        )
        t = known.transformer
        states = StateBytes.of([t] * len(lists), of_lists, constants.profile)
        found = candidates(t, workloads[0], lists, known.degrees)
        # A bound: other schedules than 1F1B may fill all that a stage waits for.
        plain = workloads[0].schedule == "1f1b"
        least_ramp = (known.degrees.pp - 1.0) / known.degrees.vp if plain else np.zeros(1)
        formats = sorted({w.precision for w in workloads})
        own = [formats.index(w.precision) for w in of_lists]
        return cls(
            known=known,
            candidates=found,
            which=which,
            workloads=Workloads.of(workloads, constants.profile.every_second),
            states=states,
            profile=constants.profile,
            bytes=_peaks(known, found.layouts, own, constants.profile),
            slots=found.layouts.microbatches + least_ramp,
        )

    @property
    def modes(self) -> tuple[int, ...]:
        """Recomputation modes allowed, least first."""
        return self.known.modes

    @property
    def capacity(self) -> Array:
        """Usable bytes per accelerator of each type."""
        return self.known.capacity

    @property
    def shape(self) -> tuple[int, int, int]:
        """Types, counts of each, combinations of degrees."""
        _, counts, degrees = self.candidates.valid.shape
        return len(self.which), counts, degrees

    def valid(self, a: int) -> NDArray[np.bool_]:
        """Whether each (count, degrees) within ``reach`` is a possible layout on type ``a``."""
        reach = self.known.reach[a]
        valid: NDArray[np.bool_] = (
            self.candidates.valid[self.which[a], :, :reach] & self.known.near[a, :reach]
        )
        return valid

    def bounds(self, a: int) -> Bounds:
        """Bounds of every cell of a type."""
        untold, capacity, reach = self.valid(a), self.capacity[a], self.known.reach[a]
        held = self.bytes[:, self.which[a], :, :reach]
        seconds = np.full(untold.shape, np.inf)
        mode = np.full(untold.shape, self.modes[0], dtype=np.int8)
        brim = np.zeros_like(untold)
        # Less recomputation is never slower, so the first mode that fits is the one; ``untold`` cells still
        # look.
        for k in range(len(self.modes)):
            over = held[k] > capacity
            fits = untold & ~over
            seconds = np.where(fits, self.known.per_slot[k, a, :reach], seconds)
            brim |= fits & (held[k] > PRESSURE_FROM * capacity)
            untold = untold & over
            mode += untold
        # Cells that no mode fits counted one too many; their seconds are infinite.
        np.minimum(mode, self.modes[-1], out=mode)
        seconds *= self.slots[self.which[a], :, :reach]
        bounds = Bounds(a, seconds, mode, np.flatnonzero(brim))
        # The few cells near the brim alone lose to pressure; looking them up costs less than a pass over all.
        filled = self.held(bounds.cells(bounds.tight)) / capacity
        seconds.reshape(-1)[bounds.tight] *= 1.0 + pressure(filled)
        return bounds

    def alternatives(self, bounds: Bounds) -> tuple[Cells, Array]:
        """The tight cells of a type under each mode of more recomputation, and their bounds."""
        tight = bounds.cells(bounds.tight)
        cells, seconds = [], []
        for k in range(1, len(self.modes)):
            more = tight.take(tight.mode < self.modes[k]).with_mode(self.modes[k])
            cells.append(more)
            filled = self.held(more) / self.capacity[bounds.type]
            slots = self.slots[self.which[bounds.type], more.count, more.degrees]
            each = self.known.per_slot[k, bounds.type, more.degrees]
            seconds.append(each * slots * (1.0 + pressure(filled)))
        return joined(cells), np.concatenate([np.empty(0), *seconds])

    def layouts(self, cells: Cells) -> Layouts:
        """The layouts of cells, a row each."""
        index = (self.which[cells.type], cells.count, cells.degrees)
        rows = take_elements(self.candidates.layouts, self.candidates.valid.shape, index)
        return replace(rows, recompute=cells.mode)

    def _of_type(self, record: Record, cells: Cells) -> Record:
        """The rows of a record of the types that each cell is computed with."""
        # Fields of one type have length one and broadcast: nothing to copy.
        return record if len(self.which) == 1 else take_rows(record, cells.type)

    def _position(self, cells: Cells) -> IntArray:
        """Position of each cell's recomputation mode among ``modes``."""
        return cells.mode.astype(np.intp) - self.modes[0]

    def held(self, cells: Cells) -> Array:
        """Total bytes per accelerator of each cell."""
        return self.bytes[self._position(cells), self.which[cells.type], cells.count, cells.degrees]

    def chosen(self, cells: Cells) -> Chosen:
        """All that the memory and the step of each cell of one type are computed from."""
        a = int(cells.type[0])
        return Chosen(
            transformers=self.known.transformers,
            workloads=self.workloads,
            machines=self.known.machines,
            states=self.states,
            profile=self.profile,
            type=a,
            which=int(self.which[a]),
            layouts=self.layouts(cells),
            filled=self.held(cells) / self.capacity[cells.type],
        )

    def seconds(self, cells: Cells) -> Array:
        """Seconds of a step of each cell, with what nearly full memory costs."""
        passes = self.known.passes
        index = (self._position(cells), cells.type, self.known.layer_column[cells.degrees])
        filled = self.held(cells) / self.capacity[cells.type]
        total = total_seconds(
            self.known.transformers,
            self._of_type(self.workloads, cells),
            self._of_type(self.known.machines, cells),
            self.layouts(cells),
            take_elements(passes, passes.backward.shape, index),
            filled,
        )
        return total * (1.0 + pressure(filled))


def _padded(counts: Sequence[Array]) -> Array:
    """Counts as (types, counts), shorter rows filled up with their last."""
    if any(len(c) == 0 or np.min(c) < 1 for c in counts):
        raise ValueError("Counts of accelerators must be one or more.")
    width = max(len(c) for c in counts)
    return np.array([np.append(c, np.full(width - len(c), c[-1])) for c in counts], dtype=np.float64)


def _peaks(known: Precomputed, layouts: Layouts, formats: Sequence[int], profile: MemoryProfile) -> Array:
    """Peak bytes of layouts (lists, counts, degrees) in each recomputation mode, as a leading axis.

    ``formats`` says which of the precomputed number formats each list has.
    """
    group, microbatches = layouts.shard_group, layouts.microbatches
    peaks = np.empty((len(known.modes), *group.shape))
    # Slices along the combinations of degrees, all lists and counts of each, of about ``CHUNK`` cells.
    most = max(CHUNK * group.shape[-1] // group.size, 1)
    ends = [map_arrays(end, lambda v: v[formats][:, None] if v.ndim > 1 else v) for end in known.needs]
    for start in range(0, group.shape[-1], most):
        part = slice(start, start + most)
        within = [take_last_axis(end, part) for end in ends]
        totals = peak_bytes(within, group[..., part], microbatches[..., part], profile)
        for k, total in enumerate(totals):
            peaks[k, ..., part] = total
    return peaks


def _lists(grid: Array, workloads: Sequence[Workload]) -> tuple[Array, IntArray, list[Workload]]:
    """The distinct pairs of counts and workload, which pair each type has, and the pairs' workloads."""
    keys = [(work.precision, counts.tobytes()) for work, counts in zip(workloads, grid, strict=True)]
    distinct = list(dict.fromkeys(keys))
    first = [keys.index(key) for key in distinct]
    which = np.array([distinct.index(key) for key in keys], dtype=np.intp)
    return grid[first], which, [workloads[i] for i in first]

"""Groundwork of a search, before counts and batch are known: remembered while a slider moves those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array, Transformers, Workloads, add_last_axis, take_last_axis
from isocost.engine.layout import RECOMPUTE_CODES, Layouts
from isocost.engine.records import Accelerator, Habits, Pins, Precision, Stack, Transformer, Workload
from isocost.engine.search.candidates import MICROBATCH, combinations
from isocost.engine.training.constants import Efficiency
from isocost.engine.training.efficiency import Machines, machines
from isocost.engine.training.layer import layer_seconds
from isocost.engine.training.memory import Need, needs, peak_bytes, usable_bytes
from isocost.engine.training.passes import Passes, Split
from isocost.engine.training.states import MemoryProfile, StateBytes

IntArray = NDArray[np.intp]

SLACK = 1.0 - 1e-9
"""Keeps a bound below what it bounds: both add the same seconds in another order, and round differently."""

REMEMBERED = 8
"""Searches whose groundwork is kept: the scenarios and stages somebody goes back and forth between."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The fitted constants a search computes with."""

    efficiency: Efficiency
    profile: MemoryProfile
    stack: Stack = "vendor"
    habits: Habits = field(default_factory=Habits)
    """What is known of the software beside its tier, on every accelerator."""
    measured: tuple[str, float] | None = None
    """Id of an accelerator, and FLOP/s of a large product measured on it."""

    def habits_on(self, accelerator: Accelerator) -> Habits:
        """What is known of the software on an accelerator."""
        if self.measured is None or self.measured[0] != accelerator.id:
            return self.habits
        return replace(self.habits, matmul=self.measured[1])


@dataclass(frozen=True, slots=True)
class Precomputed:
    """A model on some accelerator types, whatever the counts and the batch."""

    transformer: Transformer
    transformers: Transformers
    """``transformer`` as arrays of length one."""
    machines: Machines
    capacity: Array
    """Usable bytes per accelerator of each type."""
    modes: tuple[int, ...]
    """Recomputation modes allowed, least first: one, or 0, 1, 2."""
    degrees: Layouts
    """Combinations of degrees that may fit with enough replicas, those that need the least memory first."""
    reach: IntArray
    """How many of the combinations, from the first, may fit on each type."""
    needs: tuple[Need, ...]
    """Memory of the first and the last stage: (number formats, degrees)."""
    near: NDArray[np.bool_]
    """Whether the tensor-parallel group stays in the type's scale-up domain; (types, degrees)."""
    layer_column: IntArray
    """Which column of ``passes`` each combination of degrees has."""
    passes: Passes
    """Seconds of a layer under each recomputation mode: (modes, types, distinct (tp, cp, ep, microbatch))."""
    per_slot: Array
    """At least the seconds of a stage for one microbatch: (modes, types, degrees)."""


@dataclass(frozen=True, eq=False, slots=True)
class _Same:
    """An object compared by identity, to remember what was computed from it."""

    # Accelerators and efficiencies hold mappings, which have no hash; the catalogue hands out the same
    # objects.
    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def precompute(
    transformer: Transformer,
    workloads: Sequence[Workload],
    accelerators: Sequence[Accelerator],
    largest: float,
    constants: Constants,
    pins: Pins,
) -> Precomputed:
    """Everything a search can know before counts (up to ``largest``) and batch are known.

    Remembered for the last few models and catalogues, which are compared by identity. Source: kernels, memory
    and rates as in ``engine.training``.
    """
    # The batch decides only which microbatches are possible, so batches above the largest one share an entry.
    batch = min(workloads[0].global_batch, float(max(*MICROBATCH, pins.microbatch or 1)))
    return _precompute(
        transformer,
        replace(workloads[0], global_batch=batch),
        tuple(w.precision for w in workloads),
        tuple(_Same(a) for a in accelerators),
        largest,
        _Same(constants.efficiency),
        constants.profile,
        constants.stack,
        tuple(constants.habits_on(a) for a in accelerators),
        pins,
    )


@lru_cache(maxsize=REMEMBERED)
def _precompute(
    transformer: Transformer,
    workload: Workload,
    formats: tuple[Precision, ...],
    accelerators: tuple[_Same, ...],
    largest: float,
    efficiency: _Same,
    profile: MemoryProfile,
    stack: Stack,
    habits: tuple[Habits, ...],
    pins: Pins,
) -> Precomputed:
    types: list[Accelerator] = [same.value for same in accelerators]
    distinct = [replace(workload, precision=each) for each in sorted(set(formats))]
    models = Transformers.of([transformer])
    tasks = Workloads.of([replace(workload, precision=each) for each in formats], profile.every_second)
    capacity = np.array([usable_bytes(a) for a in types])
    modes = (0, 1, 2) if pins.recompute is None else (RECOMPUTE_CODES[pins.recompute],)
    degrees = combinations(transformer, workload, types, largest, pins)
    states = add_last_axis(StateBytes.of([transformer] * len(distinct), distinct, profile))
    need = needs(models, tasks.sequence[:1], states, degrees, profile, modes)
    most_freed = [replace(end, working=end.working[-1:], stored=end.stored[-1:]) for end in need]
    least = peak_bytes(most_freed, degrees.shard_group, degrees.microbatches, profile)[0].min(axis=0)
    # Sorted by the least memory they can ever need, the combinations in reach of a type are a slice from the
    # first: no mask to apply, and types of little memory cost little.
    order = np.argsort(least, kind="stable")
    reach = np.searchsorted(least[order], capacity, side="right")
    # Where nothing can ever fit, all stay: the search then names the layout that needs the least.
    reach = np.where(reach > 0, reach, len(order))
    # What splits nothing is possible at every count: first, so that a count too small for all others has it.
    whole = (degrees.tp * degrees.pp * degrees.cp * degrees.ep)[order] == 1
    missing = np.array([int(whole[n:].sum()) for n in reach])
    order, reach = np.concatenate([order[whole], order[~whole]]), reach + missing
    order = order[: reach.max()]
    degrees = degrees.take(order)
    rates = machines(types, formats, [stack] * len(types), efficiency.value, habits=habits)
    domains = np.array([[max(a.scaleup_domain, 1)] for a in types], dtype=np.float64)
    split, layer_column = _distinct(degrees)
    layer = layer_seconds(models, add_last_axis(tasks), add_last_axis(rates), split)
    passes = layer.passes(np.array(modes)[:, None, None])
    return Precomputed(
        transformer=transformer,
        transformers=models,
        machines=rates,
        capacity=capacity,
        modes=modes,
        degrees=degrees,
        reach=reach,
        needs=tuple(take_last_axis(end, order) for end in need),
        near=(degrees.tp <= domains) | (pins.tp is not None),
        layer_column=layer_column,
        passes=passes,
        per_slot=SLACK
        * (models.layers * (passes.forward + passes.backward) + passes.head)[..., layer_column]
        / degrees.pp,
    )


def _distinct(degrees: Layouts) -> tuple[Split, IntArray]:
    """The distinct (tp, cp, ep, microbatch) as (1, distinct) arrays, and which each combination has."""
    # One number for the four: np.unique sorts plain numbers far faster than rows. Degrees that are tried stay
    # below 4,096; one that is pinned is the same everywhere.
    key = ((degrees.tp * 4096.0 + degrees.cp) * 4096.0 + degrees.ep) * 4096.0 + degrees.microbatch
    _, first, layer_column = np.unique(key, return_index=True, return_inverse=True)
    one = degrees.take(first[None])
    parallel = one.sequence_parallel.astype(np.float64)
    return Split(one.tp, one.cp, one.ep, one.microbatch, parallel), layer_column

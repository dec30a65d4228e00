"""What a search knows before it is told counts and batch: remembered while a slider moves those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array, Shapes, Works, expand
from isocost.engine.layout import RECOMPUTE_CODES, Layouts
from isocost.engine.layouts.candidates import MICROBATCH, combinations
from isocost.engine.records import Accelerator, Pins, Precision, Stack, Transformer, Workload
from isocost.engine.shapes import working_shape
from isocost.engine.training.efficiency import Efficiency, Machines, machines
from isocost.engine.training.layer import layer_seconds
from isocost.engine.training.memory import Need, needs, peak_bytes, usable_bytes
from isocost.engine.training.passes import LayerSeconds, Passes, Split
from isocost.engine.training.states import MemoryProfile, StateBytes

IntArray = NDArray[np.intp]

SLACK = 1.0 - 1e-9
"""Keeps a bound below what it bounds despite rounding."""


@dataclass(frozen=True, slots=True)
class Constants:
    """The fitted constants a search computes with."""

    efficiency: Efficiency
    profile: MemoryProfile
    stack: Stack = "vendor"


@dataclass(frozen=True, slots=True)
class Basis:
    """A model on some accelerator types, whatever the counts and the batch."""

    transformer: Transformer
    shapes: Shapes
    machines: Machines
    capacity: Array
    """Usable bytes per accelerator of each type."""
    modes: tuple[int, ...]
    """Recomputation modes allowed, least first: one, or 0, 1, 2."""
    rows: Layouts
    """Combinations of degrees that may fit with enough replicas, those that need the least memory first."""
    reach: IntArray
    """How many of the rows may fit on each type."""
    needs: tuple[Need, ...]
    """What the first and the last stage hold in memory: (number formats, degrees)."""
    near: NDArray[np.bool_]
    """Whether the tensor-parallel group stays in the type's scale-up domain; (types, degrees)."""
    combination: IntArray
    """Which column of ``layer`` each combination of degrees has."""
    layer: LayerSeconds
    """Seconds of a layer: (types, distinct combinations)."""
    passes: Passes
    """The same by pass, under each recomputation mode: (modes, types, distinct combinations)."""
    per_slot: Array
    """At least the seconds of a stage for one microbatch: (modes, types, degrees)."""


@dataclass(frozen=True, eq=False, slots=True)
class _Same:
    """An object compared by identity, to remember what was computed from it."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def basis(
    transformer: Transformer,
    works: Sequence[Workload],
    accelerators: Sequence[Accelerator],
    largest: float,
    constants: Constants,
    pins: Pins,
) -> Basis:
    """What can be computed before counts (up to ``largest``) and batch are known.

    Remembered for the last few models and catalogues, which are compared by identity.
    """
    batch = min(works[0].global_batch, float(max(*MICROBATCH, pins.microbatch or 1)))
    return _basis(
        transformer,
        replace(works[0], global_batch=batch),
        tuple(w.precision for w in works),
        tuple(_Same(a) for a in accelerators),
        largest,
        _Same(constants.efficiency),
        constants.profile,
        constants.stack,
        pins,
    )


@lru_cache(maxsize=8)
def _basis(
    transformer: Transformer,
    work: Workload,
    formats: tuple[Precision, ...],
    accelerators: tuple[_Same, ...],
    largest: float,
    efficiency: _Same,
    profile: MemoryProfile,
    stack: Stack,
    pins: Pins,
) -> Basis:
    types: list[Accelerator] = [same.value for same in accelerators]
    works = [replace(work, precision=each) for each in formats]
    distinct = [replace(work, precision=each) for each in sorted(set(formats))]
    t = working_shape(transformer)
    shapes, tasks = Shapes.of([t]), Works.of(works, profile.every_second)
    capacity = np.array([usable_bytes(a) for a in types])
    modes = (0, 1, 2) if pins.recompute is None else (RECOMPUTE_CODES[pins.recompute],)
    rows = combinations(t, work, types, largest, pins)
    states = expand(StateBytes.of([t] * len(distinct), distinct, profile))
    need = needs(shapes, tasks.sequence[:1], states, rows, profile, modes[-1:])
    least = peak_bytes(need, rows.shard_group, rows.microbatches, profile)[0].min(axis=0)
    order = np.argsort(least, kind="stable")
    reach = np.searchsorted(least[order], capacity, side="right")
    # Where nothing can ever fit, all stay: the search then names the layout that needs the least.
    reach = np.where(reach > 0, reach, len(order))
    rows = rows.take(order[: reach.max()])
    rates = machines(types, formats, [stack] * len(types), efficiency.value)
    domains = np.array([[max(a.scaleup_domain, 1)] for a in types], dtype=np.float64)
    split, combination = _distinct(rows)
    layer = layer_seconds(shapes, expand(tasks), expand(rates), split)
    passes = layer.passes(np.array(modes)[:, None, None])
    return Basis(
        transformer=t,
        shapes=shapes,
        machines=rates,
        capacity=capacity,
        modes=modes,
        rows=rows,
        reach=reach,
        needs=needs(shapes, tasks.sequence[:1], states, rows, profile, modes),
        near=(rows.tp <= domains) | (pins.tp is not None),
        combination=combination,
        layer=layer,
        passes=passes,
        per_slot=SLACK
        * (shapes.layers * (passes.forward + passes.backward) + passes.head)[..., combination]
        / rows.pp,
    )


def _distinct(rows: Layouts) -> tuple[Split, IntArray]:
    """The distinct (tp, cp, ep, microbatch) of the rows as (1, distinct) arrays, and which each row has."""
    key = ((rows.tp * 4096.0 + rows.cp) * 4096.0 + rows.ep) * 4096.0 + rows.microbatch
    _, first, combination = np.unique(key, return_index=True, return_inverse=True)
    one = rows.take(first[None])
    parallel = one.sequence_parallel.astype(np.float64)
    return Split(one.tp, one.cp, one.ep, one.microbatch, parallel), combination

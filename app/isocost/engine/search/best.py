"""The fastest parallel layout that fits, for each count of accelerators of each type.

The search is exhaustive over ``candidates`` but evaluates few of them in full. The seconds of the layers
alone, known for a handful of (tp, cp, ep, microbatch), bound a step from below; the most promising layouts of
each count are evaluated first, and one whose bound is already slower than the best of them cannot win (branch
and bound). Of the recomputation modes, the least that fits is never slower than the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from isocost.engine.architecture import training_flops_per_token
from isocost.engine.arrays import Array
from isocost.engine.layout import Layouts
from isocost.engine.peaks import matmul_peak
from isocost.engine.records import Accelerator, Pins, Transformer, Workload
from isocost.engine.search.precomputed import Constants
from isocost.engine.search.space import Bounds, Cells, Chosen, Space, joined
from isocost.engine.training.memory import Memory
from isocost.engine.training.step import StepSeconds

PROMISING = 8
"""Layouts of each count evaluated first, to know what the others must beat."""
COARSE_COUNTS = 100
"""Counts among which the smallest that fits is bracketed; steps of 12 % over 131,072 accelerators."""
TOGETHER = 6
"""Types searched at once: what stands of every candidate of every count takes some megabytes a type."""
LARGE = 100
"""Counts, over all types, from which a search is large. Each count holds some 0.1 MB of candidates."""
CHUNK = 16_384
"""Cells evaluated at once."""
# An array of them takes 128 KiB, so that a few temporaries stay in the cache. Measured (2 cores, 1 MiB of L2,
# 2026-11-29): 1.3 million layouts a second in chunks of 1,024, 3.1 in chunks of 16,384 or 32,768, 2.0 in
# chunks of 131,072 and 1.4 all at once.


@dataclass(frozen=True)
class BestLayouts:
    """The fastest layout that fits, for each count of one accelerator type; arrays over counts."""

    accelerator: str
    counts: Array
    fits: NDArray[np.bool_]
    """Whether any layout fits. Where none does, ``seconds`` is infinite and the layout is the one that needs
    the least memory of those that would fit with enough replicas."""
    seconds: Array
    """Seconds of one optimizer step."""
    would_take: Array
    """``seconds``, and where nothing fits, what the layout would take on larger accelerators."""
    tokens_per_s: Array
    """Tokens a second per accelerator, idle ones included."""
    mfu: Array
    """Model FLOPs from the true shapes over the dense peak of the matmul's number format."""
    layouts: Layouts
    capacity: float
    """Usable bytes per accelerator."""
    batch_limited: NDArray[np.bool_]
    """Whether accelerators stand idle because the batch has no sequences for them."""
    tried: NDArray[np.int64]
    """Layouts compared, recomputation modes counted apart; 0 if the pins and divisibility leave none."""
    chosen: Chosen
    """Layouts and rates from which ``memory`` and ``breakdown`` are computed when they are asked for."""

    @cached_property
    def memory(self) -> Memory:
        """Bytes per accelerator, by what they hold."""
        return self.chosen.memory()

    @cached_property
    def breakdown(self) -> StepSeconds:
        """Seconds of a step by what they are spent on, but for ``pressure``."""
        return self.chosen.step()

    def at(self, count: int) -> BestLayouts:
        """The one entry of a position in ``counts``."""
        row = slice(count, count + 1)
        kept = {f.name: getattr(self, f.name) for f in fields(self)}
        kept |= {name: value[row] for name, value in kept.items() if isinstance(value, np.ndarray)}
        return BestLayouts(**(kept | {"layouts": self.layouts.take(row), "chosen": self.chosen.take(row)}))

    @property
    def pressure(self) -> Array:
        """Seconds of a step lost because memory is nearly full."""
        return np.where(self.fits, self.would_take - self.breakdown.total, 0.0)


class _Turns:
    """Whether large searches on several threads of the process go one after another."""

    def __init__(self) -> None:
        self._lock: AbstractContextManager[object] = nullcontext()

    def take(self) -> None:
        """Let them, from now on: three at once hold 100 MB, and are no sooner done."""
        self._lock = Lock()

    def of(self, counts: int) -> AbstractContextManager[object]:
        """The turn of a search of so many counts; a small one, as a step of a drag makes, waits for none."""
        return self._lock if counts > LARGE else nullcontext()


TURNS = _Turns()


def best_layouts(
    transformer: Transformer,
    workloads: Sequence[Workload],
    accelerators: Sequence[Accelerator],
    counts: Sequence[Array],
    constants: Constants,
    pins: Pins | None = None,
    largest: float = 0.0,
) -> tuple[BestLayouts, ...]:
    """The fastest layout that fits of every accelerator type at each of its counts.

    ``workloads`` and ``counts`` hold one entry per type; the workloads may differ in number format only.
    Searches that name the same ``largest`` count share the times of a layer, whatever counts they ask for.
    Source: step and memory of ``engine.training``, constants ``resources/efficiency.yaml`` and
    ``resources/memory.yaml``.

    Raises:
        ValueError: the lists differ in length, are empty or hold counts below one, or the pins leave no
            layout.
    """
    if not accelerators or not len(workloads) == len(accelerators) == len(counts):
        raise ValueError("A search needs one workload and one list of counts for each accelerator type.")
    largest = max(largest, *(float(np.max(asked, initial=0.0)) for asked in counts))
    found: dict[int, BestLayouts] = {}

    def search(group: Sequence[int]) -> list[BestLayouts]:
        # A function, so that the space of one group is gone before that of the next is made.
        space = Space.of(
            transformer,
            [workloads[i] for i in group],
            [accelerators[i] for i in group],
            [counts[i] for i in group],
            constants,
            pins or Pins(),
            largest,
        )
        return _found(space, group, workloads, accelerators, counts)

    for group in _groups(workloads, counts):
        with TURNS.of(sum(len(counts[i]) for i in group)):
            found |= zip(group, search(group), strict=True)
    return tuple(found[i] for i in range(len(accelerators)))


def _groups(workloads: Sequence[Workload], counts: Sequence[Array]) -> list[list[int]]:
    """Types that are searched together: alike in counts and number format first, at most ``TOGETHER``."""
    keys = [
        (work.precision, np.asarray(asked).tobytes()) for work, asked in zip(workloads, counts, strict=True)
    ]
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return [order[i : i + TOGETHER] for i in range(0, len(order), TOGETHER)]


def _found(
    space: Space,
    group: Sequence[int],
    workloads: Sequence[Workload],
    accelerators: Sequence[Accelerator],
    counts: Sequence[Array],
) -> list[BestLayouts]:
    """The search of a group's types, in its order."""
    cells, best, would_take = _search(space)
    results = []
    for a, i in enumerate(group):
        accelerator, work, asked = accelerators[i], workloads[i], counts[i]
        at = slice(a * space.shape[1], a * space.shape[1] + len(asked))
        chosen = space.chosen(cells.take(at))
        seconds, own = best[at], chosen.layouts
        tokens_per_s = work.sequence * work.global_batch / (seconds * asked)
        flops = training_flops_per_token(
            space.known.transformer, work.attended, frozen=work.method != "full"
        ).total
        idle = asked - own.model_parallel * own.dp
        more = (own.dp + 1.0) * own.microbatch
        results.append(
            BestLayouts(
                accelerator=accelerator.id,
                counts=np.asarray(asked, np.float64),
                fits=np.isfinite(seconds),
                seconds=seconds,
                would_take=would_take[at],
                tokens_per_s=tokens_per_s,
                mfu=tokens_per_s * flops / matmul_peak(accelerator, work.precision),
                layouts=own,
                capacity=float(space.capacity[a]),
                batch_limited=(idle >= own.model_parallel) & (more > work.global_batch),
                tried=np.count_nonzero(space.valid(a)[: len(asked)], axis=1) * len(space.modes),
                chosen=chosen,
            )
        )
    return results


def _search(space: Space) -> tuple[Cells, Array, Array]:
    """The fastest cell of each (type, count), type by type, its seconds, and what it would take.

    Where nothing fits, seconds are infinite and the cell is the one that needs the least memory.
    """
    types, counts, _ = space.shape
    best = np.full((types, counts), np.inf)
    winner = np.zeros((types, counts), dtype=np.intp)
    mode = np.full((types, counts), space.modes[-1], dtype=np.int8)

    def evaluate(parts: Sequence[tuple[Cells, Array]]) -> None:
        cells, lower = joined([part for part, _ in parts]), np.concatenate([bound for _, bound in parts])
        for start in range(0, len(cells), CHUNK):
            chunk = cells.take(slice(start, start + CHUNK))
            # Chunks before this one may have lowered the best: the bound is asked again.
            hopeful = lower[start : start + CHUNK] < best[chunk.type, chunk.count]
            if not hopeful.any():
                continue
            chunk = chunk.take(hopeful)
            seconds, group = space.seconds(chunk), (chunk.type, chunk.count)
            # ``at`` because several cells of a chunk belong to one (type, count); plain indexing keeps the
            # last.
            np.minimum.at(best, group, seconds)
            won = chunk.take(seconds <= best[group])
            winner[won.type, won.count], mode[won.type, won.count] = won.degrees, won.mode

    known = [space.bounds(a) for a in range(types)]
    first = [_promising(bounds) for bounds in known]
    hopeless = [np.setdiff1d(np.arange(counts), cells.count) for cells, _ in first]
    # Where nothing fits the layout that needs least is evaluated along, so that its speed is known too.
    needy = [_neediest_last(space, a, n) for a, n in enumerate(hopeless)]
    evaluate([*first, *((cells, np.zeros(len(cells))) for cells in needy)])
    others = [bounds.below(best[a]) for a, bounds in enumerate(known)]
    evaluate([*others, *(space.alternatives(bounds) for bounds in known)])
    would_take = best.copy()
    for a, n in enumerate(hopeless):
        best[a, n] = np.inf
    every = np.arange(types * counts)
    cells = Cells(every // counts, every % counts, winner.reshape(-1), mode.reshape(-1))
    return cells, best.reshape(-1), would_take.reshape(-1)


def _promising(bounds: Bounds) -> tuple[Cells, Array]:
    """The lowest bound in each of ``PROMISING`` stretches of every count's degrees."""
    # Of each stretch, not the lowest of all: bounds ignore traffic, so the lowest are alike and may all be
    # wrong.
    counts, degrees = bounds.seconds.shape
    edges = np.linspace(0, degrees, min(PROMISING, degrees) + 1).astype(np.intp)
    lowest = [bounds.seconds[:, i:j].argmin(axis=1) + i for i, j in pairwise(edges)]
    flat = (np.stack(lowest, axis=1) + np.arange(counts)[:, None] * degrees).reshape(-1)
    lower = bounds.seconds.reshape(-1)[flat]
    fits = np.isfinite(lower)
    return bounds.cells(flat[fits]), lower[fits]


def _neediest_last(space: Space, a: int, counts: NDArray[np.intp]) -> Cells:
    """The cells of a type that need the least memory at some counts; the first degrees if none are valid."""
    valid = space.valid(a)[counts]
    held = space.bytes[-1, space.which[a], counts, : valid.shape[1]]
    degrees = np.where(valid, held, np.inf).argmin(axis=1)
    return Cells(np.full(len(counts), a), counts, degrees, np.full(len(counts), space.modes[-1], np.int8))


def smallest_count_that_fits(
    transformer: Transformer,
    workload: Workload,
    accelerator: Accelerator,
    constants: Constants,
    pins: Pins | None = None,
    largest: int = 131_072,
    units: tuple[int, ...] = (),
) -> int | None:
    """Fewest accelerators on which some layout fits; None if none up to ``largest``.

    Looked for among a hundred counts even on the logarithm, then node by node below the first that fits.
    Source and errors: as ``best_layouts``.

    Args:
        units: counts one can have, rising: below the last these only, then its multiples; empty = nodes.
    """
    units = units or (accelerator.node_size,)
    node = units[-1]

    def first(numbers: NDArray[np.int64]) -> int | None:
        counts = [numbers.astype(np.float64)]
        space = Space.of(transformer, [workload], [accelerator], counts, constants, pins or Pins())
        fits = (space.bytes[-1, 0] <= space.capacity[0]) & space.valid(0)
        found = np.flatnonzero(fits.any(axis=1))
        return int(found[0]) if len(found) else None

    coarse = np.unique(np.geomspace(1, max(largest // node, 1), COARSE_COUNTS).round().astype(np.int64))
    at = first(coarse * node)
    if at is None:
        return None
    if at == 0:
        return units[first(np.array(units)) or 0]
    below = np.arange(coarse[at - 1] + 1, coarse[at] + 1)
    exact = first(below * node)
    return node * int(below[exact] if exact is not None else coarse[at])

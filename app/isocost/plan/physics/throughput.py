"""How fast a model trains on each accelerator at each count: the layout search, or the MFU the user typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.layouts.basis import Constants
from isocost.engine.layouts.search import BestLayouts, best_layouts, matmul_peak, smallest_count_that_fits
from isocost.engine.records import Pins, Stack
from isocost.plan.physics.resolve import batch_tokens, transformer_of, workload_of
from isocost.plan.values import Data, Efficiency, Layout, ModelChoice, Tuning
from isocost.quantities import format_counted

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

LARGEST_COUNT = 131_072

TYPED = "your input"
"""Source of an MFU the user typed."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the layout search looks at, and nothing else, so that its answers can be remembered."""

    model: ModelChoice
    data: Data
    """With one token, and the batch of all of them."""
    stack: Stack
    layout: Layout
    tuning: Tuning


@dataclass(frozen=True, slots=True)
class Throughput:
    """Speed at each count of one accelerator type; arrays over the counts."""

    tokens_per_s_per_gpu: Array
    mfu: Array
    """Model FLOPs (true shapes) over the dense peak of the matmul precision, during a step."""
    source: str
    """Where the efficiency comes from, in words."""
    best: BestLayouts
    """The layouts the search found: memory and fit stand even when the MFU is typed."""
    question: Question
    """What it was asked."""
    slow: float = 1.0
    """Time at the 90th percentile over the central time."""
    fast: float = 1.0
    """Time at the 10th percentile over the central time."""
    problem: str = ""
    """Why the pinned layout is impossible; the figures are then those of the search left free."""
    reachable: Array | None = None
    """Beside a typed MFU, what nine in ten runs like it stay below."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search under pins gave; ``free`` is the one without them, for where pins leave no layout."""

    pinned: tuple[BestLayouts, ...] | None
    free: tuple[BestLayouts, ...] | None
    problem: str = ""


def throughputs(
    model: ModelChoice,
    data: Data,
    efficiency: Efficiency,
    layout: Layout,
    accelerators: Sequence[str],
    counts: Sequence[Counts],
    catalog: Catalog,
    tuning: Tuning,
    planned: str = "",
) -> tuple[Throughput, ...]:
    """Tokens per second per accelerator on each accelerator type at each of its counts.

    A typed MFU holds for the ``planned`` accelerator, and for others as far as their matmuls reach.
    """
    keys = tuple(tuple(int(c) for c in each) for each in counts)
    data = msgspec.structs.replace(data, tokens=1.0, batch_tokens=batch_tokens(data, catalog))
    asked = Tuning(tuning.method, tuning.rank, optimizer=tuning.optimizer)
    question = Question(model, data, efficiency.stack, layout, asked)
    alone = len(keys) == 1 and len(keys[0]) == 1
    found = _on_curve(catalog, question, accelerators[0], keys[0][0]) if alone else None
    found = found or _searched(catalog, question, tuple(accelerators), keys)
    made = []
    for i in range(len(accelerators)):
        best = found.pinned[i] if found.pinned else None
        free = found.free[i] if found.free else None
        problem = ""
        if best is None or (free is not None and not best.tried.any()):
            assert free is not None
            best, problem = replace(free, fits=np.zeros_like(free.fits)), found.problem or _UNSPLIT
        ceiling = 1.0 if best.accelerator == planned else catalog.matmul_ceiling(best.accelerator).share
        made.append(_throughput(question, efficiency, best, free, catalog, problem, ceiling))
    return tuple(made)


_UNSPLIT = "No layout with the pinned parts splits this model and batch over that many accelerators."


@lru_cache(maxsize=256)
def count_grid(node: int, keep: int) -> Counts:
    """Whole-node counts as clusters are built, from one node up; ``keep`` is among them.

    Doublings of the node with two steps between them: 8, 16, 32, 40, 48, 64, 80, 96, 128...
    """
    doublings = 2.0 ** np.arange(1 + int(np.log2(LARGEST_COUNT / node)))
    grid = np.outer(doublings, (1.0, 1.25, 1.5)).ravel()
    nodes = np.append(grid[(grid % 1 == 0) & (grid * node <= LARGEST_COUNT)], max(1, round(keep / node)))
    counts = np.unique(nodes.astype(np.int64)) * node
    counts.setflags(write=False)  # everybody is given the same
    return counts


def _on_curve(catalog: Catalog, question: Question, accelerator: str, count: int) -> _Found | None:
    """One count as a point of its accelerator's curve, so that a plan and its curve are one search.

    None where the curve does not have it or the pins leave it no layout.
    """
    grid = tuple(count_grid(catalog.accelerator(accelerator).spec.node_size, count).tolist())
    if count not in grid:
        return None
    found = _searched(catalog, question, (accelerator,), (grid,)).pinned
    at = grid.index(count)
    return _Found((found[0].at(at),), None) if found and found[0].tried[at] else None


@lru_cache(maxsize=64)
def _searched(
    catalog: Catalog,
    question: Question,
    accelerators: tuple[str, ...],
    counts: tuple[tuple[int, ...], ...],
) -> _Found:
    """The search, remembered: price and goodput move without it."""
    specs = [catalog.accelerator(each).spec for each in accelerators]

    def search(pins: Pins) -> tuple[BestLayouts, ...]:
        return best_layouts(
            transformer_of(question.model, catalog),
            [workload_of(question.data, spec, catalog, question.tuning) for spec in specs],
            specs,
            [np.array(each, dtype=np.float64) for each in counts],
            constants(question.stack, catalog),
            pins,
        )

    try:
        found = search(pins_of(question.layout))
    except ValueError as error:
        return _Found(None, search(Pins()), str(error))
    everywhere = all(best.tried.all() for best in found)
    return _Found(found, None if everywhere else search(Pins()))


@lru_cache(maxsize=256)
def smallest_count(question: Question, accelerator: str, catalog: Catalog) -> int | None:
    """The fewest accelerators, in whole nodes, on which some layout fits; None if none can."""
    spec = catalog.accelerator(accelerator).spec
    work = workload_of(question.data, spec, catalog, question.tuning)
    try:
        return smallest_count_that_fits(
            transformer_of(question.model, catalog),
            work,
            spec,
            constants(question.stack, catalog),
            pins_of(question.layout),
        )
    except ValueError:
        return None


@lru_cache(maxsize=16)
def constants(stack: Stack, catalog: Catalog) -> Constants:
    """The fitted constants for a software stack."""
    known = catalog.constants
    return Constants(known.efficiency.record(), known.memory.for_stack(stack), stack)


def pins_of(layout: Layout) -> Pins:
    """The user's fixed parts of the layout, as the search takes them."""
    return Pins(
        tp=layout.tp,
        pp=layout.pp,
        vp=layout.vp,
        cp=layout.cp,
        ep=layout.ep,
        microbatch=layout.microbatch,
        recompute=layout.recompute,
        sharding=layout.sharding,
    )


def _throughput(
    question: Question,
    efficiency: Efficiency,
    best: BestLayouts,
    free: BestLayouts | None,
    catalog: Catalog,
    problem: str,
    ceiling: float,
) -> Throughput:
    spec = catalog.accelerator(best.accelerator).spec
    transformer = transformer_of(question.model, catalog)
    work = workload_of(question.data, spec, catalog, question.tuning)
    flops = training_flops_per_token(transformer, work.sequence, frozen=work.method != "full").total
    flops_over_peak = flops / matmul_peak(spec, work.precision)
    seconds = _step_seconds(best)
    if free is not None:
        seconds = np.where(best.tried > 0, seconds, _step_seconds(free))
    source = f"best of {format_counted(int(best.tried.max(initial=0)), 'layout')}"
    factor, spreads = 1.0, catalog.constants.spreads
    low, high = spreads.factors(transformer, work, spec, question.stack)
    if own := efficiency.correction:
        factor, low, high = own.factor, own.low / own.factor, own.high / own.factor
        source += f", corrected by {own.runs} runs of yours"
    rate = factor * work.sequence * work.global_batch / (seconds * best.counts)
    mfu = rate * flops_over_peak
    if efficiency.mfu is not None:
        typed = np.full(len(best.counts), min(efficiency.mfu, ceiling))
        rate = typed / flops_over_peak
        return Throughput(rate, typed, TYPED, best, question, problem=problem, reachable=mfu * high)
    return Throughput(rate, mfu, source, best, question, slow=1.0 / low, fast=1.0 / high, problem=problem)


def _step_seconds(best: BestLayouts) -> Array:
    """Where nothing fits, those of the least hungry layout: the verdict says that it cannot run."""
    return best.would_take

"""How fast a model trains on each accelerator at each count: the layout search, or the MFU the user typed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.vocabulary import vocabulary
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.peaks import matmul_peak
from isocost.engine.records import Accelerator, Habits, Pins, Precision, Sharding, Stack, Workload
from isocost.engine.search.best import BestLayouts, best_layouts, smallest_count_that_fits
from isocost.engine.search.precomputed import Constants
from isocost.engine.training.efficiency import machines
from isocost.evidence.points import Point
from isocost.evidence.ranges import range_factors
from isocost.language import tr
from isocost.plan.physics.at_once import begin_search
from isocost.plan.physics.counts import LARGEST_COUNT, Counts, count_grid
from isocost.plan.physics.remembered import remembered
from isocost.plan.physics.resolve import batch_tokens, precision_on, transformer_of, workload_of
from isocost.plan.values import Correction, Data, Efficiency, Layout, ModelChoice, ShardingName, Tuning
from isocost.quantities import format_counted, format_significant
from isocost.quantities.units import TERA

Array = NDArray[np.float64]

MOST_HELD = 256
"""Accelerators whose speeds are remembered, at 30 kB each: twice what the largest preset asks for."""

TYPED = tr("your input")
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
    software: Efficiency
    """Kernels and overlap alone."""
    measured: tuple[str, float] | None
    """Id of the planned accelerator, and FLOP/s of a large product that the user measured on it."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Speed at each count of one accelerator type; arrays over the counts."""

    counts: Counts
    tokens_per_s_per_gpu: Array
    mfu: Array
    """Model FLOPs (true shapes) over the dense peak of the matmul precision, during a step."""
    fits: NDArray[np.bool_]
    """Whether any layout fits: stands even when the MFU is typed."""
    tried: NDArray[np.int64]
    """Layouts compared."""
    question: Question
    """What the search was asked."""
    searches: tuple[BestLayouts, ...]
    """The layouts found, in one search or two."""
    places: NDArray[np.int64]
    """Which search and which of its counts each count is, (2, counts)."""
    slow: float = 1.0
    """Time at the 90th percentile over the central time."""
    fast: float = 1.0
    """Time at the 10th percentile over the central time."""
    problem: str = ""
    """Why the pinned layout is impossible; the figures are then those of the search left free."""
    reachable: Array | None = None
    """Beside a typed MFU, what nine in ten runs like it stay below."""
    corrected: int = 0
    """Runs of the user's own that the speed is corrected by."""

    @property
    def source(self) -> str:
        """Where the efficiency comes from, in words."""
        if self.reachable is not None:
            return TYPED
        words = tr("best of {counted}", counted=format_counted(int(self.tried.max(initial=0)), "layout"))
        if told := software_words(self.question):
            words += tr(" with {told}", told=told)
        return (
            tr(
                "{words}, corrected by {corrected} of yours",
                words=words,
                corrected=format_counted(self.corrected, "run"),
            )
            if self.corrected
            else words
        )

    @property
    def best(self) -> BestLayouts:
        """The layout of the first count: memory and fit stand even when the MFU is typed."""
        which, row = self.places[:, 0]
        return _best_at(_Same(self.searches[which]), int(row))

    def at(self, count: int) -> Throughput:
        """The one entry of a position in ``counts``."""
        row = slice(count, count + 1)
        arrays = ("counts", "tokens_per_s_per_gpu", "mfu", "fits", "tried")
        reachable = None if self.reachable is None else self.reachable[row]
        kept = {name: getattr(self, name)[row] for name in arrays}
        return replace(self, **kept, places=self.places[:, row], reachable=reachable)


class _Same:
    """A search compared by identity: its arrays are not hashable, and one search is one object."""

    __slots__ = ("found",)

    def __init__(self, found: BestLayouts) -> None:
        self.found = found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.found is self.found

    def __hash__(self) -> int:
        return id(self.found)


@lru_cache(maxsize=64)
def _best_at(search: _Same, row: int) -> BestLayouts:
    """One layout of a search, remembered with its memory and its step: prices move without them.

    Each keeps its whole search alive.
    """
    return search.found.at(row)


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
    planned: tuple[str, int] | None = None,
) -> tuple[Throughput, ...]:
    """Tokens per second per accelerator on each accelerator type at each of its counts.

    A typed MFU is that of the ``planned`` accelerator and count: see :func:`_typed`. What was predicted once
    is remembered by what it depends on: tokens, prices, goodput and a typed MFU move without it.
    """
    data = msgspec.structs.replace(data, tokens=1.0, batch_tokens=batch_tokens(data, catalog))
    asked = Tuning(tuning.method, tuning.rank, tuning.targets, optimizer=tuning.optimizer)
    measured = None
    if efficiency.matmul_tflops is not None and planned:
        spec = catalog.accelerator(planned[0]).spec
        peak = matmul_peak(spec, precision_on(spec, data.precision))
        # Nothing is faster than its peak: a notice says so where more is typed.
        measured = (spec.id, min(efficiency.matmul_tflops * TERA, peak))
    software = software_of(efficiency)
    question = Question(model, data, efficiency.stack, layout, asked, software, measured)
    correction = efficiency.correction
    keys = tuple(tuple(each.tolist()) for each in counts)
    made = _predicted(catalog, question, correction, tuple(accelerators), keys)
    if efficiency.mfu is None:
        return made
    there = planned or (accelerators[0], int(counts[0][0]))
    (plan,) = _predicted(catalog, question, correction, there[:1], (there[1:],))
    return tuple(_typed(each, efficiency.mfu, there[0], float(plan.mfu[0]), catalog) for each in made)


def _typed(made: Throughput, mfu: float, planned: str, predicted: float, catalog: Catalog) -> Throughput:
    """A prediction with the MFU that was typed for the planned accelerators.

    That is what somebody knows of one cluster. On others, and on more or fewer of the same, it is as far
    above or below the model as there; but where it is above, no higher than what nine in ten runs stay below,
    or than itself on the same accelerator, nor than the matmuls of another reach.

    Args:
        planned: the accelerator it is of, by id.
        predicted: MFU the model has of the plan.
    """
    accelerator = made.searches[0].accelerator
    reachable = made.mfu / made.fast
    same = accelerator == planned
    most = np.maximum(reachable, mfu) if same else reachable
    ceiling = catalog.matmul_ceiling(accelerator).share
    found = np.minimum(made.mfu / predicted * mfu, np.minimum(most, max(ceiling, mfu) if same else ceiling))
    return replace(
        made,
        tokens_per_s_per_gpu=made.tokens_per_s_per_gpu * (found / made.mfu),
        mfu=found,
        reachable=reachable,
        slow=1.0,
        fast=1.0,
    )


def _narrowed(low: float, high: float, own: Correction) -> tuple[float, float]:
    """Factors on the corrected speed for the ends of its range.

    They are as much nearer than ``low`` and ``high``, those without own runs, as the runs brought the range
    of further ones like them; never further away.
    """
    alone = math.log(high / low)
    squares = [math.log(run.high / run.low) ** 2 for run in own.measured]
    before = math.sqrt(sum(squares) / len(squares)) if squares else alone
    after = math.log(own.high / own.low)
    reach = 0.5 * alone * (after / before if after < before else 1.0)
    return math.exp(-reach), math.exp(reach)


Keys = tuple[tuple[int, ...], ...]
"""Counts of each accelerator."""


@remembered(MOST_HELD)
def _predicted(
    catalog: Catalog,
    question: Question,
    correction: Correction | None,
    accelerators: tuple[str, ...],
    counts: Keys,
) -> tuple[Throughput, ...]:
    """Counts on the usual grid come from one search of all of it, a count beside it from a search of its own.

    So a count that moves is one count searched, and a plan is a point of its curve.
    """
    # A count that moves leaves the grid's search as it was: only the count beside it is searched anew.
    units = [catalog.accelerator(each).rent_units for each in accelerators]
    grids = [tuple(count_grid(each, each[-1]).tolist()) for each in units]
    inside = [tuple(c for c in own if c in grid) for own, grid in zip(counts, grids, strict=True)]
    beside = [tuple(c for c in own if c not in grid) for own, grid in zip(counts, grids, strict=True)]
    usual = [i for i, own in enumerate(inside) if own]
    odd = [i for i, own in enumerate(beside) if own]
    found: dict[int, list[Throughput]] = {i: [] for i in range(len(accelerators))}
    for places, keys in ((usual, grids), (odd, beside)):
        if places:
            on, at = tuple(accelerators[i] for i in places), tuple(keys[i] for i in places)
            for i, each in zip(places, _made(catalog, question, correction, on, at), strict=True):
                found[i].append(each)
    made = tuple(_joined(found[i], own) for i, own in enumerate(counts))
    if len(made) == len(made[0].counts) == 1 and not made[0].tried.any():
        # The pins split other counts of the grid but not this one: asked alone, the search says why.
        return _made(catalog, question, correction, accelerators, counts)
    return made


def _joined(parts: Sequence[Throughput], counts: tuple[int, ...]) -> Throughput:
    """The wanted counts of one or two predictions, in their order."""
    known = np.concatenate([part.counts for part in parts])
    order = np.argsort(known, kind="stable")
    rows = order[np.searchsorted(known, counts, sorter=order)]
    if len(parts) == 1 and len(rows) == len(known):
        return parts[0]

    def picked(name: str) -> Any:
        return np.concatenate([getattr(part, name) for part in parts], axis=-1)[..., rows]

    places = [part.places + np.array([[i], [0]]) for i, part in enumerate(parts)]
    arrays = ("counts", "tokens_per_s_per_gpu", "mfu", "fits", "tried")
    return replace(
        parts[0],
        **{name: picked(name) for name in arrays},
        searches=tuple(search for part in parts for search in part.searches),
        places=np.concatenate(places, axis=1)[:, rows],
        problem=next((part.problem for part in parts if part.problem), ""),
    )


@remembered(MOST_HELD)
def _made(
    catalog: Catalog,
    question: Question,
    correction: Correction | None,
    accelerators: tuple[str, ...],
    counts: Keys,
) -> tuple[Throughput, ...]:
    """Every accelerator at exactly these counts, all searched at once."""
    found = _searched(catalog, question, accelerators, counts)
    made, missed = [], []
    for i in range(len(accelerators)):
        best = found.pinned[i] if found.pinned else None
        free = found.free[i] if found.free else None
        problem = ""
        if best is None or (free is not None and not best.tried.any()):
            assert free is not None
            best, problem = replace(free, fits=np.zeros_like(free.fits)), found.problem or _UNSPLIT
        made.append(_throughput(question, correction, best, free, catalog, problem))
        untried = best.tried == 0 if free is None else (best.tried == 0) & (free.tried == 0)
        missed.append(tuple(best.counts[untried].astype(int).tolist()))
    return tuple(
        _with_few(catalog, question, correction, each, few) for each, few in zip(made, missed, strict=True)
    )


def _with_few(
    catalog: Catalog,
    question: Question,
    correction: Correction | None,
    made: Throughput,
    few: tuple[int, ...],
) -> Throughput:
    """The throughput with counts too small for any layout that could ever fit; none fits there either.

    A search leaves out early what can fit on no number of accelerators, and that is all that so few can do.
    """
    if not few:
        return made
    spec = catalog.accelerator(made.searches[0].accelerator).spec
    work = work_on(question, spec, catalog)
    transformer, known = transformer_of(question.model, catalog), constants(question, catalog)
    small = []
    for count in few:
        (found,) = best_layouts(
            transformer, [work], [spec], [np.array([count], float)], known, largest=float(count)
        )
        if question.layout != Layout():  # no layout as pinned was tried here
            found = replace(found, tried=np.zeros_like(found.tried))
        small.append(_throughput(question, correction, found, None, catalog, made.problem))
    # Of two answers to one count the first is taken.
    return _joined((*small, made), tuple(made.counts.tolist()))


_UNSPLIT = tr("No layout with the pinned parts splits this model and batch over that many accelerators.")


@lru_cache(maxsize=4)
def _searched(
    catalog: Catalog,
    question: Question,
    accelerators: tuple[str, ...],
    counts: Keys,
) -> _Found:
    """The search, remembered: a correction moves without it."""
    # The last few alone: each may be of fifty accelerators, and what is made of them is remembered above by
    # how much it holds.
    begin_search()
    specs = [catalog.accelerator(each).spec for each in accelerators]

    def search(pins: Pins) -> tuple[BestLayouts, ...]:
        return best_layouts(
            transformer_of(question.model, catalog),
            [work_on(question, spec, catalog) for spec in specs],
            specs,
            [np.array(each, dtype=np.float64) for each in counts],
            constants(question, catalog),
            pins,
            LARGEST_COUNT,  # named though fewer are asked for: the times of a layer are then shared
        )

    try:
        found = search(pins_of(question.layout))
    except ValueError as error:
        return _Found(None, search(Pins()), str(error))
    everywhere = all(best.tried.all() for best in found)
    return _Found(found, None if everywhere else search(Pins()))


@lru_cache(maxsize=256)
def smallest_count(
    question: Question, accelerator: str, units: tuple[int, ...], catalog: Catalog
) -> int | None:
    """The fewest accelerators of those one can have on which some layout fits; None if none can."""
    spec = catalog.accelerator(accelerator).spec
    work = work_on(question, spec, catalog)
    try:
        return smallest_count_that_fits(
            transformer_of(question.model, catalog),
            work,
            spec,
            constants(question, catalog),
            pins_of(question.layout),
            units=units,
        )
    except ValueError:
        return None


ATTENTION_WORDS = {"fa2": "FA2", "tuned": tr("tuned"), "masked": tr("masked"), "unfused": tr("unfused")}
"""Kernels of attention, as they are offered."""


def software_words(question: Question) -> str:
    """What a plan says of its software beside the tier, in words; empty = nothing."""
    said, words = question.software, []
    if said.attention is not None:
        words.append(tr("{attention_words} attention", attention_words=ATTENTION_WORDS[said.attention]))
    if not said.overlap:
        words.append(tr("no overlap"))
    if question.measured is not None:
        words.append(
            tr("{significant} TFLOP/s measured", significant=format_significant(question.measured[1] / TERA))
        )
    return ", ".join(words)


def software_of(efficiency: Efficiency) -> Efficiency:
    """What of an efficiency says how the software computes, beside its tier and what was measured."""
    return Efficiency(attention=efficiency.attention, overlap=efficiency.overlap)


def work_on(question: Question, accelerator: Accelerator, catalog: Catalog) -> Workload:
    """What one step of a question does on an accelerator."""
    fused = question.software.attention != "unfused"
    return workload_of(question.data, accelerator, catalog, question.tuning, question.layout, fused=fused)


def constants(question: Question, catalog: Catalog) -> Constants:
    """The fitted constants for a question's software, and what it says of that."""
    software = question.software
    habits = Habits(
        attention=None if software.attention == "unfused" else software.attention,
        # Both directions of DualPipe hide each other's all-to-all.
        overlapping=question.layout.schedule == "dualpipe",
        exposed=not software.overlap,
        # ZeRO-Offload is DeepSpeed's by name.
        host_kernel=question.layout.sharding == "zero-offload",
    )
    return replace(_constants(question.stack, catalog), habits=habits, measured=question.measured)


def usual_matmul(accelerator: Accelerator, precision: Precision, stack: Stack, catalog: Catalog) -> float:
    """FLOP/s of a large product on an accelerator where nobody measured it."""
    known = catalog.constants.efficiency.record()
    return float(machines([accelerator], [precision], [stack], known).matmul[0])


@lru_cache(maxsize=16)
def _constants(stack: Stack, catalog: Catalog) -> Constants:
    """The fitted constants for a software stack."""
    known = catalog.constants
    return Constants(known.efficiency.record(), known.memory.for_stack(stack), stack)


def computed_sharding(name: ShardingName | None) -> Sharding | None:
    """What a plan's word for sharding is computed as."""
    return None if name is None else cast(Sharding, vocabulary().computed("layout.sharding", name))


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
        sharding=computed_sharding(layout.sharding),
    )


def _throughput(
    question: Question,
    correction: Correction | None,
    best: BestLayouts,
    free: BestLayouts | None,
    catalog: Catalog,
    problem: str,
) -> Throughput:
    spec = catalog.accelerator(best.accelerator).spec
    transformer = transformer_of(question.model, catalog)
    work = work_on(question, spec, catalog)
    flops = training_flops_per_token(transformer, work.attended, frozen=work.method != "full").total
    flops_over_peak = flops / matmul_peak(spec, work.precision)
    # Where nothing fits, that of the least hungry layout: the verdict says that it cannot run.
    seconds = best.would_take
    if free is not None:
        seconds = np.where(best.tried > 0, seconds, free.would_take)
    factor = 1.0
    # One range for all counts of a curve.
    low, high = range_factors(Point(transformer, spec, 1.0, work, question.stack), catalog)
    if correction:
        factor, (low, high) = correction.factor, _narrowed(low, high, correction)
    rate = factor * work.sequence * work.global_batch / (seconds * best.counts)
    return Throughput(
        best.counts.astype(np.int64),
        rate,
        rate * flops_over_peak,
        best.fits,
        best.tried,
        question,
        (best,),
        np.array([np.zeros(len(best.counts)), np.arange(len(best.counts))], dtype=np.int64),
        slow=1.0 / low,
        fast=1.0 / high,
        problem=problem,
        corrected=correction.runs if correction else 0,
    )

"""Throughput and memory of described runs: published ones, to score the model, and a user's own."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.catalog import Catalog
from isocost.catalog.constants.physics.memory import MemoryProfiles, Reported
from isocost.engine.architecture import training_flops_per_token
from isocost.engine.arrays import Array
from isocost.engine.layout import RECOMPUTE_NAMES, SHARDING_CODES, SHARDING_NAMES
from isocost.engine.peaks import PEAK_FORMAT, dense_peak
from isocost.engine.records import Optimizer
from isocost.engine.search.candidates import is_whole
from isocost.engine.training.constants import Efficiency
from isocost.engine.training.efficiency import PRESENT, machines
from isocost.engine.training.memory import usable_bytes
from isocost.engine.training.step import StepSeconds, evaluate
from isocost.evidence.points import point_of
from isocost.evidence.ranges import range_factors
from isocost.evidence.rows.completion import Batch, complete
from isocost.evidence.rows.measured_rows import RunSpec
from isocost.quantities.units import GIGA

Fits = Literal["yes", "no", "close"]
"""Whether a run fits in memory; ``close`` where the range of what it takes holds the memory there is."""

AT_ONCE = 64
"""Runs completed and priced together: one whose layout is not stated may have had thousands."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one run; figures are None when it could not be predicted (``note`` says why)."""

    tokens_per_s: float | None
    """Per accelerator."""
    p10: float | None
    p90: float | None
    peak_memory_gb: float | None
    """As an allocator would report it."""
    layout_source: str
    """``given``, ``searched``, or empty when not predicted."""
    note: str
    layout: str = ""
    step_seconds: float | None = None
    reserved_memory_gb: float | None = None
    """As the allocator would report what it took from the device."""
    pooled_memory_gb: float = 0.0
    """Of this, what it keeps in other pools (``Memory.pooled``)."""
    memory_low_gb: float | None = None
    """End of the range of ``peak_memory_gb`` that 9 measured peaks in 10 lie in."""
    memory_high_gb: float | None = None
    fits: Fits | None = None
    evidence: str | None = None
    """The word for what the speed rests on, in tables of runs."""
    over_peak: float | None = None
    """Times the peak that the speed stated as measured would take; None = it is possible, or not stated."""


def step_seconds(batch: Batch, efficiency: Efficiency) -> StepSeconds:
    """Seconds of one optimizer step of every layout of every run."""
    specs = [batch.specs[i] for i in batch.owner]
    rates = machines(
        [s.accelerator for s in specs],
        [s.work.precision for s in specs],
        [s.stack for s in specs],
        efficiency,
        [PRESENT if s.year is None else s.year for s in specs],
        [s.habits for s in specs],
    )
    return evaluate(batch.shapes, batch.works, rates, batch.layouts, batch.filled)


def fastest(batch: Batch, seconds: Array) -> tuple[Array, NDArray[np.intp]]:
    """Tokens a second per accelerator of each run with its fastest layout, and that layout's row."""
    tokens = batch.works.global_batch * batch.works.sequence
    rate = tokens / seconds / batch.layouts.accelerators
    best = np.maximum.reduceat(rate, batch.start)
    hit = np.flatnonzero(rate >= best[batch.owner] * (1.0 - 1e-12))
    _, first = np.unique(batch.owner[hit], return_index=True)
    return best, hit[first]


def predict_specs(specs: Sequence[RunSpec], catalog: Catalog) -> list[Prediction]:
    """Predict resolved runs, in order, with the constants of the catalogue."""
    found: list[Prediction] = []
    for first in range(0, len(specs), AT_ONCE):
        found += _predicted(specs[first : first + AT_ONCE], catalog)
    return found


def _predicted(specs: Sequence[RunSpec], catalog: Catalog) -> list[Prediction]:
    known = catalog.constants
    batch = complete(specs, known.memory)
    seconds = step_seconds(batch, known.efficiency.record()).total
    rates, rows = fastest(batch, seconds)
    return [
        _prediction(batch, i, float(rates[i]), int(rows[i]), float(seconds[rows[i]]), catalog)
        for i in range(len(specs))
    ]


def _prediction(
    batch: Batch, index: int, rate: float, row: int, seconds: float, catalog: Catalog
) -> Prediction:
    spec, known = batch.specs[index], catalog.constants
    peak, reported = float(batch.memory.allocated[row]) / GIGA, known.memory.reported
    pooled = float(batch.memory.pooled[row]) / GIGA
    low, high = range_factors(point_of(spec), catalog, layout_known=spec.mapping_given)
    return Prediction(
        tokens_per_s=rate,
        p10=rate * low,
        p90=rate * high,
        peak_memory_gb=peak,
        reserved_memory_gb=reserved_gb(spec, peak, known.memory, pooled),
        pooled_memory_gb=pooled,
        memory_low_gb=peak * reported.low,
        memory_high_gb=peak * reported.high,
        fits=_fits(batch, index, row, reported),
        layout_source="given" if spec.mapping_given else "searched",
        note="; ".join(_notes(batch, index, row, known.efficiency.relatives)),
        layout=_words(batch, row),
        step_seconds=seconds,
        over_peak=over_peak(spec, spec.run.tokens_per_s),
    )


def reserved_gb(spec: RunSpec, peak_gb: float, profiles: MemoryProfiles, pooled_gb: float = 0.0) -> float:
    """GB an allocator takes from the device where its tensors fill ``peak_gb``, as it would report them.

    ``pooled_gb`` is what it keeps in other pools (``Memory.pooled``).
    What it keeps over them it frees when the device has no more (PyTorch's caching allocator does before it
    gives up), so that no more is kept than the device has.
    """
    framework, stack = spec.run.framework, spec.stack
    outside = profiles.for_framework(framework, stack).outside(spec.run.accelerators, spec.run.ep or 1.0)
    most = (usable_bytes(spec.accelerator) - outside) / GIGA
    return max(peak_gb, min(peak_gb * profiles.reserved(framework, stack) + pooled_gb, most))


def _fits(batch: Batch, index: int, row: int, reported: Reported) -> Fits:
    """Whether a run fits as it is described."""
    further = _sharded_further(batch, index, row)
    filled = float(batch.as_stated[index] if further else batch.filled[row])
    return "no" if filled * reported.low > 1.0 else "yes" if filled * reported.high <= 1.0 else "close"


def _sharded_further(batch: Batch, index: int, row: int) -> bool:
    """Whether a run is computed with its weights sharded because it does not fit as it says."""
    spec = batch.specs[index]
    stated = spec.run.sharding not in (None, "zero3")
    return bool(spec.mapping_given and stated and batch.layouts.sharding[row] == SHARDING_CODES["zero3"])


def _words(batch: Batch, row: int) -> str:
    layouts = batch.layouts
    degrees = " ".join(
        f"{n.upper()}{getattr(layouts, n)[row]:.0f}" for n in ("tp", "pp", "vp", "cp", "ep", "dp")
    )
    return (
        f"{degrees} microbatch {layouts.microbatch[row]:.0f} {SHARDING_NAMES[layouts.sharding[row]]} "
        f"recompute {RECOMPUTE_NAMES[layouts.recompute[row]]}"
    )


def _notes(batch: Batch, index: int, row: int, relatives: Mapping[str, str]) -> list[str]:
    """What was assumed in the prediction, in words."""
    spec = batch.specs[index]
    notes = list(spec.unknown)
    if not batch.fits[index]:
        notes.append("by our count of memory this run does not fit; predicted all the same")
    if spec.run.recompute is None:
        why = "the least that fits" if spec.recompute is None else "as its framework's recipes do"
        notes.append(f"recomputation not stated: {RECOMPUTE_NAMES[batch.layouts.recompute[row]]}, {why}")
    notes += _widths(spec, batch.works_list[row].optimizer)
    if spec.grouped:
        notes.append(f"hybrid sharding over {batch.layouts.shard_group[row]:.0f} accelerators assumed")
    if _sharded_further(batch, index, row):
        notes.append("does not fit as sharded: fully sharded weights assumed")
    if over := over_peak(spec, spec.run.tokens_per_s):
        notes.append(f"measured {over:.2g} times what the peak of the part allows: impossible as stated")
    held = float(batch.layouts.microbatch[row])
    if spec.run.microbatch is not None and spec.run.microbatch != held:
        notes.append(
            f"micro_batch {spec.run.microbatch:g} is more than a replica's sequences: {held:g} assumed"
        )
    notes += _idle(spec, float(batch.layouts.pp[row]))
    if spec.run.stack is None:
        notes.append(f"software tier taken as {spec.stack}")
    if spec.run.global_batch is None:
        notes.append(f"batch not stated: {batch.works.global_batch[row]:.0f} sequences assumed")
    if spec.accelerator.architecture in relatives:
        notes.append(
            f"no runs on {spec.accelerator.architecture} in the fit: "
            f"shares of {relatives[spec.accelerator.architecture]} assumed"
        )
    if spec.transformer.attention == "hybrid" and not is_whole(spec.transformer):
        notes.append("hybrid model of unknown shape: layers solved from its parameters")
    return notes


def _widths(spec: RunSpec, optimizer: Optimizer) -> Iterator[str]:
    """What was assumed of how wide states and weights are kept."""
    if spec.run.optimizer is None and optimizer != "adamw":
        usual = optimizer == spec.work.optimizer
        why = "as its framework's recipes do" if usual else "as 32-bit states do not fit"
        yield f"optimizer not stated: {optimizer}, {why}"
    if spec.work.experts_unquantised:
        yield "experts kept in 16 bits: what quantises linear layers passes over those in one tensor"


def _idle(spec: RunSpec, stages: float) -> Iterator[str]:
    """What a row says that changes nothing of its prediction."""
    if spec.work.schedule != "1f1b" and stages <= 1:
        yield f"no pipeline: the schedule {spec.work.schedule} changes nothing"
    if spec.run.document is not None and spec.run.document >= spec.run.sequence:
        yield "documents fill a sequence: attention goes across the whole of it"


def over_peak(spec: RunSpec, rate: float | None) -> float | None:
    """Times the dense peak that a measured rate would take; None where it is possible or not known."""
    if rate is None:
        return None
    frozen = spec.work.method != "full"
    seen = min(spec.work.sequence, spec.work.document)
    work = training_flops_per_token(spec.transformer, seen, frozen=frozen)
    # The products alone: what attention took depends on how documents were packed and masked.
    used = rate * work.matmul / dense_peak(spec.accelerator, PEAK_FORMAT[spec.work.precision])[0]
    return used if used > 1.0 else None


DECILE = 1.2816
"""Standard deviations from the median to the 10th or 90th percentile of a normal distribution."""


@dataclass(frozen=True, slots=True)
class OwnRuns:
    """How somebody's own runs compare with the model: measured over predicted throughput."""

    factor: float
    low: float
    """10th percentile expected of a further run, as a factor on the uncorrected prediction."""
    high: float
    """90th percentile."""
    runs: int
    source: str
    date: str


def correction(
    measured: Sequence[float | None],
    predicted: Sequence[Prediction],
    *,
    shared: float,
    source: str,
    date: str,
) -> OwnRuns:
    """The factor that centres predictions on the runs that state a speed and could be predicted.

    Logarithms of measured over predicted are normal, as their class is: one part of the variance is shared by
    all runs of a team (its software, its cluster), the rest is each run's own. The prediction, as sure as its
    class is, is what is known before; n runs tell of the shared part by its usual update (variances of b and
    w: the mean moves by n b / (n b + w) of the way, and b becomes b w / (n b + w)). Runs that scatter more
    than the class's do count as that much less certain; a further run is never less sure than without any.

    Args:
        shared: share of a class's variance that runs of one team have in common.

    Raises:
        ValueError: no row has both a measured speed and a prediction.
    """
    rows = [
        (math.log(m / p.tokens_per_s), math.log(p.p90 / p.p10))
        for m, p in zip(measured, predicted, strict=True)
        if m and p.tokens_per_s and p.p10 and p.p90
    ]
    if not rows:
        raise ValueError(
            "no row has both tokens_per_s_per_gpu, as measured, and what a prediction needs "
            "(isocost predict says what is missing)."
        )
    logs, widths = np.array(rows).T
    n, before = len(logs), float(np.mean(np.square(widths / (2.0 * DECILE))))
    between, within = shared * before, (1.0 - shared) * before
    scatter = float(np.sum(np.square(logs - logs.mean())))
    within = max(within, (within + scatter) / n)
    kept = within / (n * between + within)
    centre = (1.0 - kept) * float(logs.mean())
    reach = DECILE * math.sqrt(min(before, kept * between + within))
    factor = math.exp(centre)
    return OwnRuns(factor, factor * math.exp(-reach), factor * math.exp(reach), n, source, date)

"""Training of tokens: each goes forward and backward through the layout the search finds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from isocost.catalog import Catalog
from isocost.engine.architecture import (
    Flops,
    forward_flops_per_token,
    training_flops_per_token,
)
from isocost.engine.records import Transformer
from isocost.language import later, tr
from isocost.plan.physics.records import (
    STEP_MODEL,
    WASTE,
    Array,
    Detail,
    Doubt,
    FlopCount,
    Job,
    StageRun,
)
from isocost.plan.physics.resolve import (
    adapters_of,
    attended_tokens,
    batch_tokens,
    goodput_at,
    parameters_of,
    transformer_of,
)
from isocost.plan.physics.throughput import TYPED, Throughput, throughputs
from isocost.plan.values import Data, Efficiency, ModelChoice, Tuning
from isocost.quantities import format_count, format_fixed
from isocost.quantities.units import SECONDS_PER_HOUR

FULL = Tuning(packing=1.0)
"""Every weight is trained, once over, in batches without padding: pre-training."""

LONG_CONTEXT_SHARE = 0.2
"""Attention above this share of the FLOPs is worth saying."""


@dataclass(frozen=True, slots=True)
class Training:
    """Tokens trained on, how, and what else each of them passes through."""

    model: ModelChoice
    data: Data
    """``tokens`` are those of all epochs, padding left out."""
    tuning: Tuning = FULL
    reference_passes: float = 0.0
    """Forward passes of a frozen copy over the same tokens (DPO's reference)."""


def train(job: Job, work: Training) -> list[StageRun]:
    """Accelerator-hours of training on each accelerator at each of its counts."""
    efficiency, catalog, hardware = job.efficiency, job.catalog, job.hardware
    speeds = throughputs(
        work.model,
        work.data,
        efficiency,
        job.layout,
        job.accelerators,
        job.counts,
        catalog,
        work.tuning,
        planned=(hardware.accelerator, job.planned),
    )
    flops = flop_count(job, work)
    reference = _reference_share(job, work)
    saved = _trained_parameters(job, work)
    runs = []
    for accelerator, counts, speed in zip(job.accelerators, job.counts, speeds, strict=True):
        goodput = goodput_at(efficiency, saved, counts, catalog, job.planned)
        rate = speed.tokens_per_s_per_gpu * work.tuning.packing / (1.0 + reference)
        lost = _lost(job, work, goodput, speed)
        hours = training_hours(work.data.tokens, rate, goodput, lost.waste)
        runs.append(
            StageRun(
                accelerator,
                counts,
                hours,
                speed.fits,
                goodput=goodput,
                mfu=speed.mfu,
                mfu_source=speed.source,
                tokens_per_s_per_gpu=rate,
                speed=speed,
                flops=flops,
                batch_tokens=batch_tokens(work.data, catalog),
                waste=lost.waste,
                waste_source=lost.source,
                wasted=hours * lost.waste,
                work=work,
                doubts=lost.doubts,
                details=_details(job, work, flops, reference) if job.explained else (),
            )
        )
    return runs


def training_hours(tokens: float | Array, rate: Array, goodput: Array, waste: Array) -> Array:
    """Accelerator-hours paid for tokens trained on.

    Args:
        tokens: of all epochs.
        rate: tokens a second of one accelerator during steps.
        goodput: share of wall time that advances the run.
        waste: share of the hours paid that whole runs lose beyond goodput.
    """
    return tokens / rate / goodput / (1.0 - waste) / SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True)
class _Lost:
    """What whole runs lose beyond steps and goodput, and how sure the hours are that follow."""

    waste: Array
    """Share of the hours paid, at each count."""
    source: str
    doubts: tuple[Doubt, ...]


def _lost(job: Job, work: Training, goodput: Array, speed: Throughput) -> _Lost:
    """Whole-run waste as typed, or as published runs had it: beside a speed that is predicted, or known."""
    efficiency, catalog = job.efficiency, job.catalog
    step = (Doubt(STEP_MODEL, speed.slow, speed.fast),) if speed.slow != speed.fast else ()
    if efficiency.waste is not None:
        typed = Doubt(WASTE, 1.0, 1.0, tr("as typed"))
        return _Lost(np.full(len(goodput), efficiency.waste), TYPED, (*step, typed))
    if _frozen(work):
        return _Lost(
            np.zeros(len(goodput)), tr("no whole runs of adapters are published: none is added"), step
        )
    if efficiency.mfu is not None or speed.corrected:
        return _beside_known_speed(efficiency, goodput, step, catalog)
    known = catalog.constants.whole_runs
    seen = known.by_stack[efficiency.stack]
    # The lean of the step model's errors is in the median of whole runs: what is left lies evenly about it.
    even = math.sqrt(speed.slow / speed.fast)
    still = "" if seen.spread > 1.0 else tr("within the step model's")
    doubts = (Doubt(STEP_MODEL, even, 1.0 / even), Doubt(WASTE, seen.spread, 1.0 / seen.spread, still))
    words = tr(
        "median of {runs} published runs of {organisations} organisations over their steps",
        runs=known.runs,
        organisations=known.organisations,
    )
    return _Lost(np.full(len(goodput), seen.share), words, doubts)


def _beside_known_speed(
    efficiency: Efficiency, goodput: Array, step: tuple[Doubt, ...], catalog: Catalog
) -> _Lost:
    """What remains of the gap between published steps and runs once goodput has taken its part.

    A goodput that is typed beside the speed is the whole of that gap.
    """
    if efficiency.goodput is not None:
        return _Lost(np.zeros(len(goodput)), tr("in the goodput you typed"), step)
    seen = catalog.constants.economics.run_over_step_mfu
    waste = 1.0 - np.minimum(1.0, seen.value / goodput)
    doubt = Doubt(WASTE, seen.value / seen.low, seen.value / seen.high)
    return _Lost(waste, tr("{source}, less goodput", source=seen.source), (*step, doubt))


def flop_count(job: Job, work: Training) -> FlopCount:
    """Training FLOPs from the model's true shapes, beside the 6ND people quote."""
    t, tokens, frozen = transformer_of(work.model, job.catalog), work.data.tokens, _frozen(work)
    trained, read = _per_token(t, attended_tokens(work.data), frozen)
    active = parameters_of(work.model, job.catalog).active
    return FlopCount(
        (float(trained.matmul) + work.reference_passes * float(read.matmul)) * tokens,
        (float(trained.attention) + work.reference_passes * float(read.attention)) * tokens,
        6.0 * active * tokens,
        frozen=frozen,
        reference=work.reference_passes > 0.0,
    )


def _frozen(work: Training) -> bool:
    return work.tuning.method != "full"


def _reference_share(job: Job, work: Training) -> float:
    """Time of the reference's forward passes over that of the training, at equal utilization."""
    if not work.reference_passes:
        return 0.0
    t, sequence = transformer_of(work.model, job.catalog), attended_tokens(work.data)
    trained, read = _per_token(t, sequence, _frozen(work))
    return work.reference_passes * float(read.total / trained.total)


@lru_cache(maxsize=256)
def _per_token(t: Transformer, sequence: float, frozen: bool) -> tuple[Flops, Flops]:
    """FLOPs of a token trained on, and of one read: tokens and prices move without them."""
    return training_flops_per_token(t, sequence, frozen=frozen), forward_flops_per_token(t, sequence)


def _trained_parameters(job: Job, work: Training) -> float:
    """Parameters a checkpoint holds: all of them, or the adapters'."""
    if _frozen(work):
        return adapters_of(transformer_of(work.model, job.catalog), work.tuning)
    return parameters_of(work.model, job.catalog).total


def _details(job: Job, work: Training, flops: FlopCount, reference: float) -> tuple[Detail, ...]:
    tuning, data = work.tuning, work.data
    facts = []
    if _frozen(work):
        adapters = _trained_parameters(job, work)
        trained = format_fixed(100.0 * adapters / parameters_of(work.model, job.catalog).total, 2)
        facts.append(
            Detail(
                later("Adapter parameters"),
                adapters,
                "number",
                "",
                tr("{trained}% of the weights are trained", trained=trained),
            )
        )
    if tuning is not FULL:
        padding = tr("{packing:.0%} of each batch is padding", packing=1.0 - tuning.packing)
        facts.append(
            Detail(
                later("Tokens trained on"),
                data.tokens,
                "number",
                "",
                tr("every epoch; {padding}", padding=padding),
            )
        )
    if reference > 0.0:
        note = tr("of the time, in a pass of its own: its log-probabilities are kept, so it takes no memory")
        facts.append(Detail(later("Reference model"), reference / (1.0 + reference), "share", "", note))
    attention = flops.attention / flops.total
    if attention > LONG_CONTEXT_SHARE:
        whole = data.document is None or data.document >= data.sequence
        seen = tr(
            "{count} tokens a {word}",
            count=format_count(attended_tokens(data)),
            word=tr("sequence") if whole else tr("document"),
        )
        note = tr("of the FLOPs, at {seen}; 6ND knows nothing of it", seen=seen)
        facts.append(Detail(later("Attention"), attention, "share", "", note))
    return tuple(facts)

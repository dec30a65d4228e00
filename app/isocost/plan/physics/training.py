"""Training of tokens: each goes forward and backward through the layout the search finds."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.engine.architecture import (
    adapter_parameters,
    forward_flops_per_token,
    training_flops_per_token,
)
from isocost.plan.physics.records import Detail, FlopCount, Job, StageRun, joint_factor
from isocost.plan.physics.resolve import batch_tokens, goodput_at, parameters_of, transformer_of
from isocost.plan.physics.throughput import throughputs
from isocost.plan.values import Data, ModelChoice, Tuning
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
    efficiency, catalog = job.efficiency, job.catalog
    speeds = throughputs(
        work.model,
        work.data,
        efficiency,
        job.layout,
        job.accelerators,
        job.counts,
        catalog,
        work.tuning,
        planned=job.hardware.accelerator,
    )
    flops = flop_count(job, work)
    reference = _reference_share(job, work)
    saved = _trained_parameters(job, work)
    wasted = _whole_run_factors(catalog) if efficiency.goodput is None else (1.0, 1.0)
    runs = []
    for accelerator, counts, speed in zip(job.accelerators, job.counts, speeds, strict=True):
        goodput = goodput_at(efficiency, saved, counts, catalog)
        rate = speed.tokens_per_s_per_gpu * work.tuning.packing / (1.0 + reference)
        runs.append(
            StageRun(
                accelerator,
                counts,
                work.data.tokens / rate / goodput / SECONDS_PER_HOUR,
                speed.fits,
                goodput=goodput,
                mfu=speed.mfu,
                mfu_source=speed.source,
                tokens_per_s_per_gpu=rate,
                speed=speed,
                flops=flops,
                batch_tokens=batch_tokens(work.data, catalog),
                slow=joint_factor(speed.slow, wasted[0]),
                fast=joint_factor(speed.fast, wasted[1]),
                details=_details(job, work, flops, reference) if job.explained else (),
            )
        )
    return runs


def _whole_run_factors(catalog: Catalog) -> tuple[float, float]:
    """(slow, fast) of whole runs about their median: what steps alone do not tell, as published runs went."""
    seen = catalog.constants.economics.run_over_step_mfu
    return seen.value / seen.low, seen.value / seen.high


def flop_count(job: Job, work: Training) -> FlopCount:
    """Training FLOPs from the model's true shapes, beside the 6ND people quote."""
    t, tokens, frozen = transformer_of(work.model, job.catalog), work.data.tokens, _frozen(work)
    sequence = float(work.data.sequence)
    trained = training_flops_per_token(t, sequence, frozen=frozen)
    read = forward_flops_per_token(t, sequence)
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
    t, sequence = transformer_of(work.model, job.catalog), float(work.data.sequence)
    trained = training_flops_per_token(t, sequence, frozen=_frozen(work)).total
    return work.reference_passes * float(forward_flops_per_token(t, sequence).total / trained)


def _trained_parameters(job: Job, work: Training) -> float:
    """Parameters a checkpoint holds: all of them, or the adapters'."""
    if _frozen(work):
        return float(adapter_parameters(transformer_of(work.model, job.catalog), work.tuning.rank))
    return parameters_of(work.model, job.catalog).total


def _details(job: Job, work: Training, flops: FlopCount, reference: float) -> tuple[Detail, ...]:
    tuning, data = work.tuning, work.data
    facts = []
    if _frozen(work):
        adapters = _trained_parameters(job, work)
        share = adapters / parameters_of(work.model, job.catalog).total
        facts.append(
            Detail("Adapter parameters", adapters, "number", "", f"{share:.2%} of the weights are trained")
        )
    if tuning is not FULL:
        padding = f"{1.0 - tuning.packing:.0%} of each batch is padding"
        facts.append(Detail("Tokens trained on", data.tokens, "number", "", f"every epoch; {padding}"))
    if reference > 0.0:
        note = "of the time, in a pass of its own: its log-probabilities are kept, so it takes no memory"
        facts.append(Detail("Reference model", reference / (1.0 + reference), "share", "", note))
    attention = flops.attention / flops.total
    if attention > LONG_CONTEXT_SHARE:
        note = f"of the FLOPs, at {data.sequence:,} tokens a sequence; 6ND knows nothing of it"
        facts.append(Detail("Attention", attention, "share", "", note))
    return tuple(facts)

"""Stages that train: every token goes forward and backward through the layout the search finds."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.engine.architecture import (
    adapter_parameters,
    forward_flops_per_token,
    training_flops_per_token,
)
from isocost.plan.project import Data, ModelChoice, PretrainStage, efficiency_of, layout_of, model_of
from isocost.plan.resolve import batch_tokens, goodput_at, parameters_of, transformer_of
from isocost.plan.results import Detail, FlopCount
from isocost.plan.runs.records import SECONDS_PER_HOUR, Job, StageRun
from isocost.plan.stages import PreferenceStage, SftStage, Tuning
from isocost.plan.throughput import throughputs

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


def pretrained(job: Job) -> list[StageRun]:
    """Pre-training, mid-training and context extension: the data once over."""
    stage: PretrainStage = job.stage
    return train(job, Training(model_of(job.scenario, stage), stage.data))


def fine_tuned(job: Job) -> list[StageRun]:
    """Supervised fine-tuning, full, LoRA or QLoRA, over every epoch."""
    stage: SftStage = job.stage
    data = _with_tokens(stage.data, stage.data.tokens * stage.tuning.epochs)
    return train(job, Training(model_of(job.scenario, stage), data, stage.tuning))


def preference_tuned(job: Job) -> list[StageRun]:
    """DPO (both answers trained, both read by the reference) or a reward model (both answers trained)."""
    stage: PreferenceStage = job.stage
    wanted = stage.preference
    each = wanted.answer_tokens + wanted.prompt_tokens
    data = Data(
        tokens=2.0 * wanted.pairs * each * stage.tuning.epochs,
        sequence=max(1, round(each)),
        batch_tokens=2.0 * wanted.batch_pairs * each,
        precision=wanted.precision,
    )
    passes = 1.0 if wanted.objective == "dpo" else 0.0
    return train(job, Training(model_of(job.scenario, stage), data, stage.tuning, passes))


def train(job: Job, work: Training) -> list[StageRun]:
    """Accelerator-hours of training on each accelerator at each of its counts."""
    stage, catalog = job.stage, job.catalog
    efficiency = efficiency_of(job.scenario, stage)
    layout = layout_of(job.scenario, stage)
    speeds = throughputs(
        work.model, work.data, efficiency, layout, job.accelerators, job.counts, catalog, work.tuning
    )
    flops = flop_count(job, work)
    reference = _reference_share(job, work)
    saved = _trained_parameters(job, work)
    runs = []
    for accelerator, counts, speed in zip(job.accelerators, job.counts, speeds, strict=True):
        goodput = goodput_at(efficiency, saved, counts)
        rate = speed.tokens_per_s_per_gpu * work.tuning.packing / (1.0 + reference)
        runs.append(
            StageRun(
                accelerator,
                counts,
                work.data.tokens / rate / goodput / SECONDS_PER_HOUR,
                speed.best.fits,
                goodput=goodput,
                mfu=speed.mfu,
                mfu_source=speed.source,
                tokens_per_s_per_gpu=rate,
                speed=speed,
                flops=flops,
                batch_tokens=batch_tokens(work.data),
                slow=speed.slow,
                fast=speed.fast,
                details=_details(job, work, flops, reference) if job.explained else (),
            )
        )
    return runs


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


def _with_tokens(data: Data, tokens: float) -> Data:
    """The data with every epoch counted; the batch stays that of one epoch."""
    return Data(
        tokens=tokens, sequence=data.sequence, batch_tokens=batch_tokens(data), precision=data.precision
    )

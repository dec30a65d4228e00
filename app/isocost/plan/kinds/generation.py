"""Text written by a model: data to train on, or answers that measure it."""

from __future__ import annotations

import numpy as np

from isocost.engine.training.states import generated_for_kept
from isocost.language import tr
from isocost.plan.kinds.kind import MODEL, RENTED, InputGroup, Kind, ModelStage
from isocost.plan.physics.records import GENERATED, Doubt, Job, StageRun
from isocost.plan.physics.resolve import goodput_at
from isocost.plan.physics.serving import NOTHING_SAVED, Load, Writing, details, write
from isocost.plan.values import GenerationPrecisionName, ServingStackName, Value


class Generation(Value, frozen=True):
    """Text written by a model: synthetic data, rejection sampling, evaluation."""

    samples: float = 1_000_000.0
    """Answers kept."""
    prompt_tokens: float = 500.0
    answer_tokens: float = 1_000.0
    keep_rate: float = 1.0
    """Share of answers generated that are kept."""
    precision: GenerationPrecisionName = "fp8"
    stack: ServingStackName = "vendor"
    """Software: the vendor's tuned serving, or a frontier lab's own."""


class GenerationStage(ModelStage, frozen=True, kw_only=True, tag="generation"):
    """Pure generation of data."""

    generation: Generation = Generation()


class EvaluationStage(GenerationStage, frozen=True, kw_only=True, tag="evaluation"):
    """Generation to measure a model."""


def _run(job: Job) -> list[StageRun]:
    """Every answer written once, in a batch as large as memory allows."""
    stage: GenerationStage = job.stage
    asked = stage.generation
    load = Load(job.model, asked.precision, asked.stack, asked.prompt_tokens, asked.answer_tokens)
    tokens = generated_for_kept(asked.samples * asked.answer_tokens, asked.keep_rate)
    runs = []
    for accelerator, counts in zip(job.accelerators, job.counts, strict=True):
        done = write(load, tokens, accelerator, counts, job.catalog)
        goodput = goodput_at(job.efficiency, NOTHING_SAVED, counts, job.catalog, job.planned)
        first = done.serving[0]
        runs.append(
            StageRun(
                accelerator,
                counts,
                done.gpu_hours / goodput,
                np.array([each.fits for each in done.serving]),
                goodput=goodput,
                tokens_per_s_per_gpu=done.rate,
                doubts=(Doubt(GENERATED, first.slow, first.fast),),
                work=Writing(load, tokens),
                details=details(done, tokens, asked.keep_rate) if job.explained else (),
            )
        )
    return runs


_INPUTS = (*RENTED, *MODEL, "efficiency.goodput")
_UNSEARCHED = tr("This stage only writes text: no gradients, no optimizer, no training layout.")

ANSWERS = InputGroup(
    tr("Answers"),
    ("generation.samples", "generation.answer_tokens", "generation.keep_rate"),
    ("generation.prompt_tokens", "generation.precision", "generation.stack"),
    lambda stage: tr("{precision}, prompts", precision=stage.generation.precision.upper()),
)

GENERATION = Kind(
    record=GenerationStage,
    label=tr("Data generation"),
    help=tr("Text written by a model to train on."),
    group="data",
    run=_run,
    inputs=_INPUTS,
    groups=(ANSWERS,),
    unsearched=_UNSEARCHED,
    begins=True,
)

EVALUATION = Kind(
    record=EvaluationStage,
    label=tr("Evaluation"),
    help=tr("Answers written to measure a model."),
    group="experiments",
    run=_run,
    inputs=_INPUTS,
    groups=(ANSWERS,),
    unsearched=_UNSEARCHED,
)

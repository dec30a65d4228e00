"""Distillation: what the teacher writes or reads, and what the student learns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.architecture import parameters
from isocost.engine.generation.rl import Algorithm, RlPhase, RlPlan
from isocost.engine.training.states import generated_for_kept
from isocost.language import later, tr
from isocost.plan.kinds.kind import MODEL, RENTED, SEARCHED, TUNING, InputGroup, Kind, ModelStage, tuned
from isocost.plan.physics import serving
from isocost.plan.physics.records import GENERATED, Array, Detail, Doubt, Job, StageRun, doubts_of_sum
from isocost.plan.physics.resolve import goodput_at, transformer_of
from isocost.plan.physics.rounds import Recipe, rounds
from isocost.plan.physics.training import Training, train
from isocost.plan.values import Data, ModelChoice, PrecisionName, RlStackName, Tuning, Value
from isocost.quantities import format_count, format_rounded
from isocost.quantities.units import SECONDS_PER_HOUR


class Distillation(Value, frozen=True):
    """Teaching the stage's model, the student, from a larger one."""

    method: Literal["logits", "sequences", "on-policy"] = "sequences"
    """Teacher's logits on given text, training on text it wrote, or on the student's own text."""
    teacher: ModelChoice = ModelChoice(name="DeepSeek-R1")
    samples: float = 800_000.0
    """Answers the student learns from."""
    prompt_tokens: float = 300.0
    answer_tokens: float = 5_000.0
    keep_rate: float = 0.25
    """Share of generated answers good enough to keep (sequences)."""
    generate: bool = True
    """Whether the teacher's text is generated here or already exists (sequences)."""
    batch: float = 128.0
    """Answers of an optimizer step."""
    longest_tokens: float = 16_384.0
    """Longest answer the student may write (on-policy)."""
    stack: RlStackName = "open"
    """Software of the student's rollouts (on-policy)."""
    precision: PrecisionName = "bf16"


@dataclass(frozen=True, slots=True)
class Lessons:
    """A student's training, and what its teacher writes or reads for it."""

    student: StageRun
    teacher: serving.Writing
    teacher_hours: Array
    """Accelerator-hours at each count."""


class DistillationStage(ModelStage, frozen=True, kw_only=True, tag="distillation"):
    """Distillation: the teacher's forward passes or generation, and the student's training."""

    distillation: Distillation = Distillation()
    tuning: Tuning = Tuning(epochs=2.0)


def _on_policy(stage: DistillationStage) -> bool:
    return stage.distillation.method == "on-policy"


def _of_answers(stage: DistillationStage, student: ModelChoice) -> Training:
    """The student's training on the answers it is given."""
    wanted, tuning = stage.distillation, stage.tuning
    each = wanted.prompt_tokens + wanted.answer_tokens
    data = Data(
        tokens=wanted.samples * each * tuning.epochs,
        sequence=max(1, round(each)),
        batch_tokens=wanted.batch * each,
        precision=wanted.precision,
    )
    return Training(student, data, tuning)


def _rounds(stage: DistillationStage, model: ModelChoice, catalog: Catalog) -> Recipe | None:
    return recipe_on_policy(stage, model, catalog) if _on_policy(stage) else None


def recipe_on_policy(stage: DistillationStage, student: ModelChoice, catalog: Catalog) -> Recipe:
    """The engine's plan of a distillation on the student's own answers.

    The student writes one answer to each prompt, the teacher reads it, the student is updated.
    """
    wanted = stage.distillation
    teacher = parameters(transformer_of(wanted.teacher, catalog)).active
    relative = teacher / parameters(transformer_of(student, catalog)).active
    steps = wanted.samples * stage.tuning.epochs / wanted.batch
    plan = RlPlan(
        (RlPhase(steps, wanted.answer_tokens, wanted.answer_tokens, wanted.longest_tokens),),
        prompts=wanted.batch,
        group=1.0,
        prompt_tokens=wanted.prompt_tokens,
        algorithm=Algorithm(tr("On-policy distillation"), reward_model=float(relative)),
    )
    return Recipe(student, plan, wanted.stack)


def _run(job: Job) -> list[StageRun]:
    """Distillation by its method: texts the teacher writes, logits it gives, or the student's own texts."""
    if _on_policy(job.stage):
        return rounds(job, recipe_on_policy(job.stage, job.model, job.catalog))
    return [_with_teacher(job, run) for run in train(job, _of_answers(job.stage, job.model))]


def _with_teacher(job: Job, student: StageRun) -> StageRun:
    """The student's run with the teacher's hours on the same accelerators before or beside it."""
    teacher = _teacher(job, student)
    if teacher is None or not teacher.hours.any():
        return student
    hours = (float(student.gpu_hours[0]), float(teacher.hours[0]))
    shares: tuple[Detail, ...] = ()
    if job.explained:
        note = tr(
            "of {count} GPU-hours; the student's training takes the rest", count=format_rounded(sum(hours))
        )
        shares = (Detail(later("Teacher"), hours[1] / sum(hours), "share", "", note),)
    return replace(
        student,
        gpu_hours=student.gpu_hours + teacher.hours,
        fits=student.fits & teacher.fits,
        work=Lessons(student, teacher.work, teacher.hours),
        doubts=doubts_of_sum(hours, (student.doubts, (Doubt(GENERATED, *teacher.spread),))),
        details=(*shares, *teacher.facts, *student.details),
    )


@dataclass(frozen=True, slots=True)
class _Teacher:
    """The teacher's part, at each count."""

    work: serving.Writing
    hours: Array
    """Accelerator-hours."""
    fits: NDArray[np.bool_]
    facts: tuple[Detail, ...]
    spread: tuple[float, float]
    """Hours when slow and when fast, over the central ones."""


def _teacher(job: Job, student: StageRun) -> _Teacher | None:
    """What the teacher writes or reads; None where its text exists already."""
    stage: DistillationStage = job.stage
    wanted = stage.distillation
    load = serving.Load(wanted.teacher, "fp8", "vendor", wanted.prompt_tokens, wanted.answer_tokens)
    counts, accelerator = student.counts, student.accelerator
    facts: tuple[Detail, ...]
    if wanted.method == "logits":
        rate, fits = serving.reading_rate(load, accelerator, counts, job.catalog)
        read = wanted.samples * (wanted.prompt_tokens + wanted.answer_tokens) * stage.tuning.epochs
        hours = read / rate / SECONDS_PER_HOUR
        work = serving.Writing(load, read, reads=True)
        facts = (
            Detail(
                later("Teacher reads"), float(rate[0]), "count", "tokens/s/GPU", tr("forward passes, FP8")
            ),
        )
        spread = serving.served(job.catalog, load, accelerator, serving.power_of(int(counts[0])))
        shares = (spread.slow, spread.fast)
    elif wanted.generate:
        tokens = generated_for_kept(wanted.samples * wanted.answer_tokens, wanted.keep_rate)
        work = serving.Writing(load, tokens)
        done = serving.write(load, tokens, accelerator, counts, job.catalog)
        hours, fits = done.gpu_hours, np.array([each.fits for each in done.serving])
        facts = serving.details(done, tokens, wanted.keep_rate)
        shares = (done.serving[0].slow, done.serving[0].fast)
    else:
        return None
    goodput = goodput_at(job.efficiency, serving.NOTHING_SAVED, counts, job.catalog, job.planned)
    if job.efficiency.goodput is not None and student.goodput is not None:
        goodput = student.goodput  # one is typed for both
    return _Teacher(work, hours / goodput, fits, facts if job.explained else (), shares)


def _used(stage: DistillationStage, path: str) -> bool:
    if not _bears(stage.distillation, path):
        return False
    if _on_policy(stage):
        # Rounds have no layout to search, and their update is the recipe's own.
        return path not in SEARCHED and (path == "tuning.epochs" or path not in TUNING.every)
    return tuned(stage, path)


def _bears(wanted: Distillation, path: str) -> bool:
    """Whether an input of the recipe bears on its method."""
    method, writes = wanted.method, wanted.generate
    return {
        "distillation.generate": method == "sequences",
        "distillation.keep_rate": method == "sequences" and writes,
        "distillation.teacher": method != "sequences" or writes,
        "distillation.longest_tokens": method == "on-policy",
        "distillation.stack": method == "on-policy",
        "distillation.precision": method != "on-policy",
    }.get(path, True)


LESSONS = InputGroup(
    tr("Distillation"),
    (
        "distillation.method",
        "distillation.teacher",
        "distillation.samples",
        "distillation.answer_tokens",
        "distillation.longest_tokens",
        "distillation.generate",
        "distillation.keep_rate",
    ),
    ("distillation.prompt_tokens", "distillation.batch", "distillation.precision", "distillation.stack"),
    lambda stage: tr("batch of {count}", count=format_count(stage.distillation.batch)),
)

DISTILLATION = Kind(
    record=DistillationStage,
    label=tr("Distillation"),
    help=tr("A smaller model taught by a larger one."),
    group="final run",
    run=_run,
    inputs=(*RENTED, *MODEL, *SEARCHED),
    groups=(LESSONS, TUNING),
    used=_used,
    rounds=_rounds,
)

"""Distillation: what the teacher writes or reads, and what the student learns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.engine.training.states import generated_for_kept
from isocost.plan.project.project import efficiency_of
from isocost.plan.project.stages import DistillationStage
from isocost.plan.runs import generating
from isocost.plan.runs.records import Array, Detail, Job, StageRun, spread_of_sum
from isocost.plan.runs.reinforced import distilled_on_policy
from isocost.plan.runs.resolve import goodput_at
from isocost.plan.runs.training import trained
from isocost.quantities.units import SECONDS_PER_HOUR


def distilled(job: Job) -> list[StageRun]:
    """Distillation by its method: texts the teacher writes, logits it gives, or the student's own texts."""
    stage: DistillationStage = job.stage
    if stage.distillation.method == "on-policy":
        return distilled_on_policy(job)
    return [_with_teacher(job, run) for run in trained(job)]


def _with_teacher(job: Job, student: StageRun) -> StageRun:
    """The student's run with the teacher's hours on the same accelerators before or beside it."""
    teacher, fits, facts, spread = _teacher(job, student)
    if not teacher.any():
        return student
    hours = (float(student.gpu_hours[0]), float(teacher[0]))
    shares: tuple[Detail, ...] = ()
    if job.explained:
        note = f"of {sum(hours):,.0f} GPU-hours; the student's training takes the rest"
        shares = (Detail("Teacher", hours[1] / sum(hours), "share", "", note),)
    return replace(
        student,
        gpu_hours=student.gpu_hours + teacher,
        fits=student.fits & fits,
        slow=spread_of_sum(hours, (student.slow, spread[0])),
        fast=spread_of_sum(hours, (student.fast, spread[1])),
        details=(*shares, *facts, *student.details),
    )


def _teacher(
    job: Job, student: StageRun
) -> tuple[Array, np.ndarray, tuple[Detail, ...], tuple[float, float]]:
    """(accelerator-hours at each count, whether it fits, facts, (slow, fast)) of the teacher's part."""
    stage: DistillationStage = job.stage
    wanted = stage.distillation
    load = generating.Load(wanted.teacher, "fp8", "vendor", wanted.prompt_tokens, wanted.answer_tokens)
    counts, accelerator = student.counts, student.accelerator
    facts: tuple[Detail, ...]
    nothing = np.zeros(len(counts))
    if wanted.method == "logits":
        rate, fits = generating.reading_rate(load, accelerator, counts, job.catalog)
        read = wanted.samples * (wanted.prompt_tokens + wanted.answer_tokens) * stage.tuning.epochs
        hours = read / rate / SECONDS_PER_HOUR
        facts = (Detail("Teacher reads", float(rate[0]), "count", "tokens/s/GPU", "forward passes, FP8"),)
        spread = generating.served(job.catalog, load, accelerator, generating.power_of(int(counts[0])))
        shares = (spread.slow, spread.fast)
    elif wanted.generate:
        tokens = generated_for_kept(wanted.samples * wanted.answer_tokens, wanted.keep_rate)
        done = generating.write(load, tokens, accelerator, counts, job.catalog)
        hours, fits = done.gpu_hours, np.array([each.fits for each in done.serving])
        facts = generating.details(done, tokens, wanted.keep_rate)
        shares = (done.serving[0].slow, done.serving[0].fast)
    else:
        return nothing, np.ones(len(counts), dtype=bool), (), (1.0, 1.0)
    efficiency = efficiency_of(job.scenario, stage)
    goodput = goodput_at(efficiency, generating.NOTHING_SAVED, counts, job.catalog)
    return hours / goodput, fits, facts if job.explained else (), shares

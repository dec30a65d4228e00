"""Stages whose accelerator-hours follow from a claim or from other stages, not from physics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isocost.engine.records import Accelerator
from isocost.plan.project.project import GpuHoursStage, hardware_of
from isocost.plan.project.stages import AblationStage
from isocost.plan.runs.records import Array, Detail, Job, StageRun


def claimed(job: Job) -> list[StageRun]:
    """GPU-hours as claimed; on another accelerator, scaled by dense BF16 peak (equal utilization)."""
    stage: GpuHoursStage = job.stage
    hardware = hardware_of(job.scenario, stage)
    stated = stage.gpu_hours if stage.gpu_hours is not None else (stage.hours or 0.0) * hardware.count
    claimed_on = job.catalog.accelerator(hardware.accelerator).spec
    runs = []
    for accelerator, counts in zip(job.accelerators, job.counts, strict=True):
        other = job.catalog.accelerator(accelerator).spec
        scale = 1.0 if other.id == claimed_on.id else _training_peak(claimed_on) / _training_peak(other)
        hours = np.full(len(counts), float(stated * scale))
        runs.append(StageRun(accelerator, counts, hours, np.ones(len(counts), dtype=bool), computed=False))
    return runs


def ablated(job: Job, base: Sequence[Array], slow: float, fast: float) -> list[StageRun]:
    """A share of the scenario's training hours: ``base``, an array for each accelerator.

    They are run as well or as badly as what they prepare: ``slow`` and ``fast`` are that of the base.
    """
    stage: AblationStage = job.stage
    share = stage.ablations.share
    runs = []
    for accelerator, counts, hours in zip(job.accelerators, job.counts, base, strict=True):
        taken = np.broadcast_to(share * hours, np.broadcast_shapes(hours.shape, counts.shape)).copy()
        details: tuple[Detail, ...] = ()
        if job.explained:
            details = (
                Detail("Training they prepare", float(hours[0]), "number", "GPU-hours", "of this scenario"),
                Detail("Share of it", share, "share", "", "your input, or half of the main run"),
            )
        fits = np.ones(len(taken), dtype=bool)
        runs.append(
            StageRun(accelerator, counts, taken, fits, computed=False, slow=slow, fast=fast, details=details)
        )
    return runs


def _training_peak(accelerator: Accelerator) -> float:
    peaks = accelerator.peak_flops
    return float(peaks.get("bf16") or peaks.get("fp16") or max(peaks.values()))

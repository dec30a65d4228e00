"""Accelerator-hours taken as somebody states them."""

from __future__ import annotations

import numpy as np

from isocost.catalog import Catalog
from isocost.engine.records import Accelerator
from isocost.language import tr
from isocost.plan.kinds.kind import RENTED, Kind, StageBase
from isocost.plan.physics.records import Job, StageRun
from isocost.plan.values import Hardware


class GpuHoursStage(StageBase, frozen=True, kw_only=True, tag="gpu-hours"):
    """Accelerator-hours taken as claimed: either hours on the stage's accelerators, or their product."""

    hours: float | None = None
    gpu_hours: float | None = None


def _run(job: Job) -> list[StageRun]:
    """GPU-hours as claimed; on another accelerator, scaled by dense BF16 peak (equal utilization)."""
    runs = []
    for accelerator, counts in zip(job.accelerators, job.counts, strict=True):
        hours = np.full(len(counts), hours_on(job.stage, job.hardware, accelerator, job.catalog))
        runs.append(StageRun(accelerator, counts, hours, np.ones(len(counts), dtype=bool), computed=False))
    return runs


def hours_on(stage: GpuHoursStage, claimed_on: Hardware, accelerator: str, catalog: Catalog) -> float:
    """Accelerator-hours of a claim on another accelerator at equal utilization; on its own as claimed."""
    stated = stage.gpu_hours if stage.gpu_hours is not None else (stage.hours or 0.0) * claimed_on.count
    if accelerator == claimed_on.accelerator:
        return float(stated)
    specs = (catalog.accelerator(each).spec for each in (claimed_on.accelerator, accelerator))
    here, there = (_training_peak(spec) for spec in specs)
    return float(stated * here / there)


def _training_peak(accelerator: Accelerator) -> float:
    peaks = accelerator.peak_flops
    return float(peaks.get("bf16") or peaks.get("fp16") or max(peaks.values()))


def _used(stage: GpuHoursStage, path: str) -> bool:
    """Of the two ways of a claim the one that is taken."""
    unused = "stage.hours" if stage.hours is None else "stage.gpu_hours"
    return path != unused


def _flaw(stage: GpuHoursStage) -> str:
    if (stage.hours is None) != (stage.gpu_hours is None):
        return ""
    which = tr("neither is given") if stage.hours is None else tr("both are given")
    return tr("give either hours or gpu_hours; {which}.", which=which)


CLAIM = Kind(
    record=GpuHoursStage,
    label=tr("Hours as claimed"),
    help=tr("Hours taken as somebody states them."),
    name="Claimed stage",
    group="final run",
    run=_run,
    inputs=(*RENTED, "stage.hours", "stage.gpu_hours"),
    used=_used,
    flaw=_flaw,
    unsearched=tr("The hours of this stage are taken as claimed: no layout, memory or step is behind them."),
    claimed=True,
    begins=True,
)

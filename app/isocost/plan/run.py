"""One stage on one accelerator at many counts: the arithmetic below both the estimate and the curves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.engine.records import Accelerator
from isocost.plan.project import (
    GpuHoursStage,
    PretrainStage,
    Scenario,
    Stage,
    efficiency_of,
    hardware_of,
    model_of,
)
from isocost.plan.resolve import goodput_at, transformer_of, workload_of
from isocost.plan.throughput import Throughput, throughput

HOURS_PER_DAY = 24.0
Counts = NDArray[np.int64]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage at each of several counts of one accelerator (arrays over the counts)."""

    gpu_hours: Array
    wall_days: Array
    speed: Throughput | None
    """None for hours taken as claimed."""
    goodput: Array | None


def run_stage(
    scenario: Scenario, stage: Stage, accelerator: Accelerator, counts: Counts, catalog: Catalog
) -> StageRun:
    """Hours and days of a stage on ``accelerator`` at each count (whole nodes)."""
    if isinstance(stage, GpuHoursStage):
        return _claimed(scenario, stage, accelerator, counts, catalog)
    return _pretrained(scenario, stage, accelerator, counts, catalog)


def _pretrained(
    scenario: Scenario, stage: PretrainStage, accelerator: Accelerator, counts: Counts, catalog: Catalog
) -> StageRun:
    transformer = transformer_of(model_of(scenario, stage), catalog)
    workload = workload_of(stage.data, accelerator)
    efficiency = efficiency_of(scenario, stage)
    speed = throughput(transformer, workload, accelerator, counts, efficiency, catalog)
    goodput = goodput_at(efficiency, counts)
    gpu_hours = stage.data.tokens / speed.tokens_per_s_per_gpu / goodput / 3600.0
    return StageRun(gpu_hours, gpu_hours / counts / HOURS_PER_DAY, speed, goodput)


def _claimed(
    scenario: Scenario, stage: GpuHoursStage, accelerator: Accelerator, counts: Counts, catalog: Catalog
) -> StageRun:
    """GPU-hours as claimed; on another accelerator, scaled by dense BF16 peak (equal utilization)."""
    hardware = hardware_of(scenario, stage)
    hours = stage.gpu_hours if stage.gpu_hours is not None else (stage.hours or 0.0) * hardware.count
    claimed_on = catalog.accelerator(hardware.accelerator).spec
    if claimed_on.id != accelerator.id:
        hours *= _training_peak(claimed_on) / _training_peak(accelerator)
    gpu_hours = np.full(len(counts), float(hours))
    return StageRun(gpu_hours, gpu_hours / counts / HOURS_PER_DAY, None, None)


def _training_peak(accelerator: Accelerator) -> float:
    peaks = accelerator.peak_flops
    return float(peaks.get("bf16") or peaks.get("fp16") or max(peaks.values()))

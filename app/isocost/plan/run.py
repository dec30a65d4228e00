"""One stage on several accelerators at many counts: the arithmetic below both the estimate and the curves."""

from __future__ import annotations

from collections.abc import Sequence
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
    layout_of,
    model_of,
)
from isocost.plan.resolve import goodput_at
from isocost.plan.throughput import Counts, Throughput, throughputs

HOURS_PER_DAY = 24.0
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
    scenario: Scenario, stage: Stage, accelerators: Sequence[str], counts: Sequence[Counts], catalog: Catalog
) -> tuple[StageRun, ...]:
    """Hours and days of a stage on each accelerator (by id) at each of its counts (whole nodes)."""
    if isinstance(stage, GpuHoursStage):
        return tuple(
            _claimed(scenario, stage, a, c, catalog) for a, c in zip(accelerators, counts, strict=True)
        )
    return _pretrained(scenario, stage, accelerators, counts, catalog)


def _pretrained(
    scenario: Scenario,
    stage: PretrainStage,
    accelerators: Sequence[str],
    counts: Sequence[Counts],
    catalog: Catalog,
) -> tuple[StageRun, ...]:
    efficiency = efficiency_of(scenario, stage)
    speeds = throughputs(
        model_of(scenario, stage),
        stage.data,
        efficiency,
        layout_of(scenario, stage),
        accelerators,
        counts,
        catalog,
    )
    runs = []
    for asked, speed in zip(counts, speeds, strict=True):
        goodput = goodput_at(efficiency, asked)
        gpu_hours = stage.data.tokens / speed.tokens_per_s_per_gpu / goodput / 3600.0
        runs.append(StageRun(gpu_hours, gpu_hours / asked / HOURS_PER_DAY, speed, goodput))
    return tuple(runs)


def _claimed(
    scenario: Scenario, stage: GpuHoursStage, accelerator: str, counts: Counts, catalog: Catalog
) -> StageRun:
    """GPU-hours as claimed; on another accelerator, scaled by dense BF16 peak (equal utilization)."""
    hardware = hardware_of(scenario, stage)
    hours = stage.gpu_hours if stage.gpu_hours is not None else (stage.hours or 0.0) * hardware.count
    claimed_on = catalog.accelerator(hardware.accelerator).spec
    other = catalog.accelerator(accelerator).spec
    if claimed_on.id != other.id:
        hours *= _training_peak(claimed_on) / _training_peak(other)
    gpu_hours = np.full(len(counts), float(hours))
    return StageRun(gpu_hours, gpu_hours / counts / HOURS_PER_DAY, None, None)


def _training_peak(accelerator: Accelerator) -> float:
    peaks = accelerator.peak_flops
    return float(peaks.get("bf16") or peaks.get("fp16") or max(peaks.values()))

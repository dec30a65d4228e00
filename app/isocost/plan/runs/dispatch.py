"""Every stage of a scenario run by its kind, on shared accelerators or on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from isocost.catalog import Catalog
from isocost.plan.project.project import GpuHoursStage, PretrainStage, Scenario, Stage
from isocost.plan.project.stages import (
    AblationStage,
    ContextExtensionStage,
    DistillationStage,
    EvaluationStage,
    GenerationStage,
    MidTrainingStage,
    PreferenceStage,
    RlStage,
    SftStage,
)
from isocost.plan.runs.claimed import ablated, claimed
from isocost.plan.runs.distilling import distilled
from isocost.plan.runs.generating import generated
from isocost.plan.runs.records import Array, Job, StageRun, spread_of_sum
from isocost.plan.runs.reinforced import reinforced
from isocost.plan.runs.throughput import Counts
from isocost.plan.runs.training import trained

_RUNNERS: dict[type, Callable[[Job], list[StageRun]]] = {
    PretrainStage: trained,
    ContextExtensionStage: trained,
    MidTrainingStage: trained,
    SftStage: trained,
    PreferenceStage: trained,
    RlStage: reinforced,
    DistillationStage: distilled,
    GenerationStage: generated,
    EvaluationStage: generated,
    GpuHoursStage: claimed,
}


def run_scenario(
    scenario: Scenario, accelerators: Sequence[str], counts: Sequence[Counts], catalog: Catalog
) -> list[list[StageRun]]:
    """Every stage, in order, on each accelerator (by id) at each of its counts, rounded up to whole nodes.

    A stage with hardware of its own does not follow: its run is the same for every accelerator, and its
    arrays hold one entry. Stages switched off are run too, but count for nothing in the ablations.
    """
    jobs = [_job(scenario, stage, accelerators, counts, catalog) for stage in scenario.stages]
    runs = {i: _RUNNERS[type(job.stage)](job) for i, job in enumerate(jobs) if type(job.stage) in _RUNNERS}
    times = len(accelerators)
    spread = {i: each if len(each) == times else each * times for i, each in runs.items()}
    prepared = [each for i, each in spread.items() if _prepared_for(scenario.stages[i])]
    base = [np.sum(np.broadcast_arrays(*hours), axis=0) if (hours := _hours(prepared, a)) else np.zeros(1)
            for a in range(times)]  # fmt: skip
    slow, fast = _spread(prepared)
    for i, job in enumerate(jobs):
        if i not in runs:
            own = job if len(job.accelerators) == times else _widened(job, times)
            spread[i] = ablated(own, base, slow, fast)
    return [spread[i] for i in range(len(jobs))]


def _job(
    scenario: Scenario, stage: Stage, accelerators: Sequence[str], counts: Sequence[Counts], catalog: Catalog
) -> Job:
    own = stage.hardware
    on = tuple(accelerators) if own is None else (own.accelerator,)
    asked = tuple(counts) if own is None else (np.array([own.count], dtype=np.int64),)
    if not isinstance(stage, GpuHoursStage):
        asked = tuple(
            _whole(each, catalog.accelerator(a).spec.node_size) for a, each in zip(on, asked, strict=True)
        )
    return Job(scenario, stage, on, asked, catalog)


def _whole(counts: Counts, node: int) -> Counts:
    """The counts rounded up to whole nodes, as they are rented."""
    return np.ceil(counts / node).astype(np.int64) * node


def _widened(job: Job, times: int) -> Job:
    """A job on hardware of its own, repeated beside every accelerator the others are on."""
    return Job(job.scenario, job.stage, job.accelerators * times, job.counts * times, job.catalog)


def _prepared_for(stage: Stage) -> bool:
    """Whether ablations prepare a stage: it counts, and it trains."""
    return stage.enabled and not isinstance(stage, AblationStage | GenerationStage)


def _hours(runs: Sequence[Sequence[StageRun]], at: int) -> list[Array]:
    return [each[at].gpu_hours for each in runs]


def _spread(runs: Sequence[Sequence[StageRun]]) -> tuple[float, float]:
    """(slow, fast) of the training as a whole."""
    hours = [float(each[0].gpu_hours[0]) for each in runs]
    return (
        spread_of_sum(hours, [each[0].slow for each in runs]),
        spread_of_sum(hours, [each[0].fast for each in runs]),
    )

"""Every stage of a scenario run by its kind, on shared accelerators or on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from isocost.catalog import Catalog
from isocost.plan.kinds import Stage, kind_of
from isocost.plan.kinds.kind import Basis
from isocost.plan.physics.counts import Counts, obtainable, units_of
from isocost.plan.physics.records import Array, Job, StageRun, doubts_of_sum
from isocost.plan.project.project import Scenario, efficiency_of, hardware_of, layout_of, model_of


def run_scenario(
    scenario: Scenario,
    accelerators: Sequence[str],
    counts: Sequence[Counts],
    catalog: Catalog,
    *,
    each_count: bool = False,
) -> list[list[StageRun]]:
    """Every stage, in order, on each accelerator (by id) at each count, rounded up to those to be had.

    A stage with hardware of its own does not follow: its run is the same for every accelerator, and its
    arrays hold one entry. Stages switched off are run too, but count for nothing in the ablations. With
    ``each_count`` nothing is read off a line between counts.
    """
    times = len(accelerators)
    jobs = [
        replace(_job(scenario, stage, accelerators, counts, catalog), each_count=each_count)
        for stage in scenario.stages
    ]
    runs = {i: each for i, job in enumerate(jobs) if (each := _run(job, times)) is not None}
    basis = _basis([runs[i] for i in runs if _belongs(scenario.stages[i])], times)
    for i, job in enumerate(jobs):
        if (share := kind_of(job.stage).share) is not None:
            runs[i] = share(job if len(job.accelerators) == times else _widened(job, times), basis)
    return [runs[i] for i in range(len(jobs))]


def run_as_planned(scenario: Scenario, catalog: Catalog) -> list[StageRun]:
    """Every stage, in order, on the scenario's own accelerator at its own count."""
    shared = scenario.hardware
    counts = [np.array([shared.count], dtype=np.int64)]
    return [each[0] for each in run_scenario(scenario, [shared.accelerator], counts, catalog)]


def _job(
    scenario: Scenario, stage: Stage, accelerators: Sequence[str], counts: Sequence[Counts], catalog: Catalog
) -> Job:
    own, owned = stage.hardware, scenario.supply.owns
    on = tuple(accelerators) if own is None else (own.accelerator,)
    asked = tuple(counts) if own is None else (np.array([own.count], dtype=np.int64),)
    if not kind_of(stage).claimed:
        asked = tuple(
            obtainable(each, units_of(catalog.accelerator(a), owned))
            for a, each in zip(on, asked, strict=True)
        )
    return Job(
        stage,
        model_of(scenario, stage),
        efficiency_of(scenario, stage),
        layout_of(scenario, stage),
        hardware_of(scenario, stage),
        on,
        asked,
        owned,
        catalog,
    )


def _run(job: Job, times: int) -> list[StageRun] | None:
    """What a stage takes beside each of the accelerators the others are on; None = a share of the others."""
    run = kind_of(job.stage).run
    if run is None:
        return None
    taken = run(job)
    return taken if len(taken) == times else taken * times


def _widened(job: Job, times: int) -> Job:
    """A job on hardware of its own, repeated beside every accelerator the others are on."""
    return replace(job, accelerators=job.accelerators * times, counts=job.counts * times)


def _belongs(stage: Stage) -> bool:
    """Whether a stage is part of the final run that experiments are a share of."""
    return stage.enabled and kind_of(stage).group == "final run"


def _basis(runs: Sequence[Sequence[StageRun]], times: int) -> Basis:
    """The final run as a whole, from what its stages take."""
    hours = [_sum([each[at].gpu_hours for each in runs]) for at in range(times)]
    wasted = [_sum([lost for each in runs if (lost := each[at].wasted) is not None]) for at in range(times)]
    planned = [float(each[0].gpu_hours[0]) for each in runs]
    return Basis(
        hours,
        wasted,
        doubts_of_sum(planned, [each[0].doubts for each in runs]),
    )


def _sum(hours: Sequence[Array]) -> Array:
    total: Array = np.sum(np.broadcast_arrays(*hours), axis=0) if hours else np.zeros(1)
    return total

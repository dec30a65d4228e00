"""Memory of measured runs in exactly the layout they state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isocost.catalog.measured_training import MeasuredRun
from isocost.engine.batch import Shapes
from isocost.engine.layout import RECOMPUTE_CODES, SHARDING_CODES, Layouts
from isocost.engine.memory import Memory, memory
from isocost.engine.states import MemoryProfile, StateBytes
from isocost.plan.measured_rows import RunSpec


def stated_layouts(runs: Sequence[MeasuredRun]) -> Layouts:
    """The layouts of runs, a row each; what a run leaves out is one, and not recomputed."""
    split = np.array([run.sequence_parallel is not False and (run.tp or 1) > 1 for run in runs])
    return Layouts.of(
        accelerators=[run.accelerators for run in runs],
        global_batch=[run.global_batch or 1.0 for run in runs],
        tp=[run.tp or 1 for run in runs],
        pp=[run.pp or 1 for run in runs],
        vp=[run.vp or 1 for run in runs],
        cp=[run.cp or 1 for run in runs],
        ep=[run.ep or 1 for run in runs],
        microbatch=[run.microbatch or 1 for run in runs],
        recompute=[RECOMPUTE_CODES[run.recompute or "none"] for run in runs],
        sharding=[SHARDING_CODES[run.sharding or "none"] for run in runs],
        shard_group=_shard_groups(runs),
        sequence_parallel=split,
    )


def _shard_groups(runs: Sequence[MeasuredRun]) -> list[float]:
    """Accelerators over which the states of each run are spread: all replicas, or fewer if it says so."""
    ranks = [run.accelerators // ((run.tp or 1) * (run.pp or 1)) for run in runs]
    return [max(min(run.shard_group or n, n), 1.0) for run, n in zip(runs, ranks, strict=True)]


def stated_memory(specs: Sequence[RunSpec], profile: MemoryProfile) -> Memory:
    """Bytes per accelerator of each run, in its stated layout, under one framework's profile."""
    models, works = [s.transformer for s in specs], [s.work for s in specs]
    states = StateBytes.of(models, works, profile)
    layouts = stated_layouts([s.run for s in specs])
    return memory(Shapes.of(models), np.array([w.sequence for w in works]), states, layouts, profile)

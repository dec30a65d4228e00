"""Time the layout search and the curves the window asks for, without a window; part of ``make bench``.

The batch changes at every step, because a remembered search answers a change of tokens or price at once.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

import numpy as np
from measured import percentile

from isocost.catalog import Catalog, load
from isocost.engine.records import Pins
from isocost.engine.search.best import CHUNK, best_layouts
from isocost.engine.search.precomputed import Constants
from isocost.engine.search.space import Cells, Space
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.curves import active_curve, other_curves
from isocost.plan.kinds import PretrainStage
from isocost.plan.physics.counts import count_grid
from isocost.plan.physics.resolve import transformer_of, workload_of
from isocost.plan.project.project import Project, set_value

OWN_CURVES, CATALOGUES, SEARCHES = 60, 10, 5
FIRST_BATCH, LAST_BATCH = 1.6e7, 1.3e8


def milliseconds(work: Callable[[float], object], steps: int) -> list[float]:
    """Time of ``work`` at ``steps`` batches of tokens, one untimed call first."""
    work(FIRST_BATCH)
    times = []
    for step in range(1, steps + 1):
        batch = FIRST_BATCH * (LAST_BATCH / FIRST_BATCH) ** (step / steps)
        started = time.perf_counter()
        work(batch)
        times.append((time.perf_counter() - started) * 1e3)
    return times


def layout_rates(project: Project, catalog: Catalog) -> dict[str, float]:
    """Layouts of the plan's model a second: compared by the search, and priced in full one by one."""
    scenario = project.scenarios[0]
    stage = next(stage for stage in scenario.stages if isinstance(stage, PretrainStage))
    transformer = transformer_of(scenario.model, catalog)
    specs = [entry.spec for entry in catalog.accelerators.values() if not entry.announced]
    works = [workload_of(stage.data, spec, catalog) for spec in specs]
    counts = [count_grid((spec.node_size,), spec.node_size).astype(np.float64) for spec in specs]
    known = catalog.constants
    fitted = Constants(known.efficiency.record(), known.memory.for_stack("vendor"), "vendor")
    compared, searched = 0, []
    for _ in range(SEARCHES):
        started = time.perf_counter()
        compared = sum(
            int(best.tried.sum()) for best in best_layouts(transformer, works, specs, counts, fitted)
        )
        searched.append(time.perf_counter() - started)
    own = next(i for i, spec in enumerate(specs) if spec.id == scenario.hardware.accelerator)
    space = Space.of(transformer, [works[own]], [specs[own]], [counts[own]], fitted, Pins())
    return {
        "layouts_per_s": compared / statistics.median(searched),
        "layouts_in_full_per_s": statistics.median(price_all(space) for _ in range(SEARCHES)),
    }


def price_all(space: Space) -> float:
    """Layouts a second when every one of the first type is priced in every recomputation mode."""
    count, degrees = np.nonzero(space.valid(0))
    started = time.perf_counter()
    for mode in space.modes:
        for first in range(0, len(count), CHUNK):
            at = slice(first, first + CHUNK)
            rows = len(count[at])
            space.seconds(
                Cells(np.zeros(rows, np.intp), count[at], degrees[at], np.full(rows, mode, np.int8))
            )
    return len(count) * len(space.modes) / (time.perf_counter() - started)


def main() -> None:
    """Print the figures as one JSON line."""
    catalog = load()
    project = load_project(presets() / "deepseek-v3.yaml")

    def at(batch: float) -> Project:
        return set_value(project, "data.batch_tokens", batch)

    figures = {
        "active_curve_ms": percentile(milliseconds(lambda b: active_curve(at(b), catalog), OWN_CURVES), 0.95),
        "catalogue_ms": statistics.median(milliseconds(lambda b: other_curves(at(b), catalog), CATALOGUES)),
        **layout_rates(project, catalog),
    }
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

"""How far off each measured run is when its whole source is left out: writes ``resources/left_out.csv``.

The fit of tools/calibrate.py is a weighted least squares in logarithms of constants, so that what it would be
without a source is one Gauss-Newton step away from what it is: as exact as errors need to be, and a hundred
times as fast as fitting again. Runs of sources that are in no fit are off as they are predicted.
"""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
from calibrate import FREE, MU, PRIOR, SCALE, UPPER, WIDTH, efficiency, weights

from isocost.catalog.catalog import load
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.engine.arrays import take_rows
from isocost.engine.training.efficiency import PRESENT, machines
from isocost.engine.training.step import evaluate
from isocost.evidence.predict import fastest, step_seconds
from isocost.evidence.rows.completion import Batch, complete
from isocost.evidence.rows.measured_rows import run_spec
from isocost.paths import resource

STEP = 1e-3
"""Change of a constant's logarithm by which slopes are taken."""

Array = np.ndarray


def log_rates(batch: Batch, rows: Array) -> Callable[[Array], Array]:
    """Logarithms of predicted rates as a function of the free constants, each run in its fastest layout.

    A small change of constants does not change which layout is the fastest to first order.
    """
    shapes, works = take_rows(batch.shapes, rows), take_rows(batch.works, rows)
    layouts, filled = batch.layouts.take(rows), batch.filled[rows]
    specs = [batch.specs[i] for i in batch.owner[rows]]
    years = [PRESENT if s.year is None else s.year for s in specs]

    def rates(x: Array) -> Array:
        known = machines(
            [s.accelerator for s in specs],
            [s.work.precision for s in specs],
            [s.stack for s in specs],
            efficiency(x),
            years,
            [s.habits for s in specs],
        )
        total = evaluate(shapes, works, known, layouts, filled).total
        found: Array = np.log(works.global_batch * works.sequence / total / layouts.accelerators)
        return found

    return rates


def fitted_ratios(batch: Batch, rows: Array, x: Array) -> Array:
    """Logarithms of measured over predicted throughput of the runs in the fit, their source left out."""
    rates = log_rates(batch, rows)
    here = rates(x)
    slopes = np.stack([(rates(x + STEP * unit) - here) / STEP for unit in np.eye(len(x))], axis=1)
    measured = np.log([spec.run.tokens_per_s or np.nan for spec in batch.specs])
    u = (here - measured) / SCALE
    soft = np.sign(u) * np.sqrt(2.0 * (np.sqrt(1.0 + u * u) - 1.0))
    # The slope of the robust loss; 1 where it is a square.
    steep = np.where(np.abs(soft) < 1e-9, 1.0, u / np.sqrt(1.0 + u * u) / np.where(soft == 0.0, 1.0, soft))

    def step(weight: Array) -> Array:
        root = np.sqrt(weight)
        rows_of = np.vstack([(root * steep / SCALE)[:, None] * slopes, PRIOR * np.diag(1.0 / WIDTH)])
        left = np.concatenate([root * soft, PRIOR * (x - MU) / WIDTH])
        found: Array = -np.linalg.lstsq(rows_of, left, rcond=None)[0]
        return found

    whole = step(weights(batch.specs))
    ratios = measured - here
    sources = np.array([spec.run.source for spec in batch.specs])
    for source in sorted(set(sources.tolist())):
        own = sources == source
        # What is left of the step with all of them is no matter of this source.
        moved = np.minimum(step(weights(batch.specs, source)) - whole, UPPER - x)
        ratios[own] -= slopes[own] @ moved
    left_out: np.ndarray = ratios
    return left_out


def main() -> None:
    """Write the table and print what it comes to by source."""
    catalog = load()
    known = {each.name: each.value for each in catalog.constants.efficiency.constants}
    x = np.log([known[p.paths[0]] for p in FREE])
    table = []
    for runs, fitted in ((measured_runs(), True), (held_out_runs(), False)):
        specs = [run_spec(run, catalog) for run in runs if run.tokens_per_s]
        batch = complete(specs, catalog.constants.memory)
        rates, rows = fastest(batch, step_seconds(batch, efficiency(x)).total)
        measured = np.log([spec.run.tokens_per_s or np.nan for spec in specs])
        ratios = fitted_ratios(batch, rows, x) if fitted else measured - np.log(rates)
        table += [
            (s.run.id, s.run.source, r, m)
            for s, r, m in zip(specs, ratios, measured - np.log(rates), strict=True)
        ]
    with resource("left_out.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id", "log_ratio"))
        out.writerows((name, f"{ratio:.4f}") for name, _, ratio, _ in table)
    for source in sorted({row[1] for row in table}):
        own = np.array([row[2:] for row in table if row[1] == source])
        median, within = np.median(np.abs(own), axis=0)
        print(f"{source:40s} n {len(own):4d} left out {median:6.1%}, in the fit {within:6.1%}")


if __name__ == "__main__":
    main()

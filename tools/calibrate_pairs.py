"""How much of an error two accelerators share, from work measured on both. Part of ``make calibrate``.

Writes resources/translation.yaml. Steps are those of the measured tables, predicted with the shipped
constants; rollouts are the measured steps of reinforcement learning. What whole runs lose beyond their steps
is in none: no run is published on two accelerators, and those of one organisation share a quarter (tried).
"""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import yaml
from calibrate_generation import wall_hours

from isocost.catalog import Catalog, load
from isocost.catalog.constants.errors.spreads import Platform, platform_of
from isocost.catalog.entries.measured_generation import measured_rl
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.evidence.generation import measured_plan
from isocost.evidence.pairs import Measured, Pairing, measured_steps, pairing
from isocost.evidence.rows.measured_rows import run_spec
from isocost.evidence.validation import GRID

OUT = Path(__file__).resolve().parent.parent / "resources" / "translation.yaml"
HEAD = """\
# How much of an error runs of one piece of work on two architectures share; written by `make calibrate`.
# share: of the variance, in common, the least with any one team left out; covered: of measured ratios, inside
# 8 chances in 10 made with it, pieces of work weighing alike; width: half range of a ratio over the wider of
# its two.
"""


COVERED = 0.78
"""Of measured ratios that ranges of 8 chances in 10 are to hold at least."""
LEAST_TEAMS, LEAST_GROUPS = 2, 10
"""Below which pairs say nothing of a platform."""


def steps(catalog: Catalog) -> list[tuple[Measured, str | None]]:
    """Measured steps with their platform, all but the grid of layouts of one cluster."""
    runs = [run for run in (*measured_runs(), *held_out_runs()) if run.tokens_per_s and run.source != GRID]
    specs = [run_spec(run, catalog) for run in runs]
    platforms = [platform_of(spec.accelerator, spec.stack) for spec in specs]
    return list(zip(measured_steps(specs, catalog), platforms, strict=True))


def enough(runs: list[Measured]) -> Pairing | None:
    """What the pairs of a platform say; None where they are too few."""
    try:
        found = pairing(runs, same_team=True, covering=COVERED)
    except ValueError:
        return None
    return found if found.teams >= LEAST_TEAMS and found.groups >= LEAST_GROUPS else None


def rollouts(catalog: Catalog) -> list[Measured]:
    """Measured steps of reinforcement learning over their simulation."""
    stack = catalog.constants.serving.rl_stack("open")
    half = math.log(stack.unmodelled[2] / stack.unmodelled[0]) / 2.0
    rows = [(row, plan) for row in measured_rl() if (plan := measured_plan(row)) is not None]
    logs = []
    for row, plan in rows:
        t, a = catalog.model(row.model).transformer, catalog.accelerator(row.accelerator).spec
        hours = wall_hours(t, a, plan, replace(stack, weights=row.weights), row.gpus)
        logs.append(math.log(row.step_seconds / (hours * 3600.0)))
    logs = list(np.array(logs) - np.median(logs))
    return [
        Measured(
            float(log),
            half,
            catalog.accelerator(row.accelerator).spec.architecture,
            (row.model, row.algorithm, row.schedule),
            row.source,
        )
        for (row, _), log in zip(rows, logs, strict=True)
    ]


def record(found: Pairing) -> dict[str, float]:
    """A pairing as it is written."""
    return {
        "share": found.share,
        "pairs": found.pairs,
        "groups": found.groups,
        "teams": found.teams,
        "covered": round(found.covered, 3),
        "width": round(found.width, 2),
    }


def main() -> None:
    """Predict, pair and write."""
    catalog = load()
    tables = steps(catalog)
    platforms = {name: [run for run, of in tables if of == name] for name in get_args(Platform)}
    by_platform = {
        name: record(found) for name, runs in platforms.items() if (found := enough(runs)) is not None
    }
    across = {
        "other_code": pairing([run for run, _ in tables], same_team=False, covering=COVERED),
        "rollouts": pairing(rollouts(catalog), same_team=True, covering=COVERED),
    }
    content = {
        "date": max(run.date for run in measured_runs()),
        "source": "work measured on two accelerators (resources/measured_training.csv, measured_holdout.csv,"
        " measured_rl.csv)",
        "same_code": by_platform,
        **{name: record(each) for name, each in across.items()},
    }
    OUT.write_text(HEAD + yaml.safe_dump(content, sort_keys=False, width=110), encoding="utf-8")
    print(yaml.safe_dump(content, sort_keys=False))


if __name__ == "__main__":
    main()

"""Time questions asked backwards, without a window; part of ``make bench``. CPU of this process, one core."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from datetime import date

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.ladder import ladder, usual_plan
from isocost.plan.solve.hardware.wins import Span, wins
from isocost.plan.solve.solution import Wish
from isocost.plan.solve.solve import solve, with_goal

TIMES = 5
TODAY = date(2026, 11, 29)


def cpu_ms(work: Callable[[], object]) -> float:
    """CPU of one call."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e3


def main() -> None:
    """Print the figures as one JSON line."""
    catalog = load()
    project = load_project(presets() / "startup-7b.yaml", catalog)
    case = with_goal(Case(project, catalog, 0, TODAY), 3e5, 14.0)
    case.reach()  # catalogue and constants are read once

    def best() -> object:
        return solve(case, Wish("model"))

    def rungs() -> object:
        return ladder(usual_plan(catalog), catalog, 0, TODAY)

    figures = {
        "wins_ms": cpu_ms(lambda: wins(case, Span("parameters"), Span("deadline"))),
        "solve_cold_ms": cpu_ms(best),
    }
    figures["solve_ms"] = statistics.median(cpu_ms(best) for _ in range(TIMES))
    rungs()
    figures["ladder_ms"] = statistics.median(cpu_ms(rungs) for _ in range(TIMES))
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

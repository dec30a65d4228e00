"""Time the curves the window asks for, without a window; part of ``make bench``."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable

from measured import percentile

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.curves import active_curve, other_curves
from isocost.plan.project import set_value

STEPS = 40
FIRST_TOKENS, LAST_TOKENS = 1e12, 3e13


def milliseconds(work: Callable[[float], object], steps: int) -> list[float]:
    """Time of ``work`` at ``steps`` token counts spread over the slider, one untimed call first."""
    work(FIRST_TOKENS)
    times = []
    for step in range(steps):
        tokens = FIRST_TOKENS * (LAST_TOKENS / FIRST_TOKENS) ** (step / (steps - 1))
        started = time.perf_counter()
        work(tokens)
        times.append((time.perf_counter() - started) * 1e3)
    return times


def main() -> None:
    """Print the figures as one JSON line."""
    catalog = load()
    project = load_project(presets() / "deepseek-v3.yaml")
    own = milliseconds(lambda tokens: active_curve(set_value(project, "data.tokens", tokens), catalog), STEPS)
    every = milliseconds(lambda tokens: other_curves(set_value(project, "data.tokens", tokens), catalog), 10)
    figures = {"active_curve_ms": percentile(own, 0.95), "catalogue_ms": statistics.median(every)}
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

"""Time what a plan is answered with, without a window; part of ``make bench``.

Tokens change at every step, as while their slider moves: layouts are remembered, the bill is worked out anew.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.compare.comparing import compared_pair
from isocost.plan.doubt.risk import risk
from isocost.plan.doubt.tornado import tornado
from isocost.plan.project.project import PretrainStage, Project, set_value

PLANS = {
    "estimate_ms": "deepseek-v3",
    "estimate_seven_ms": "smollm3-programme",
    "estimate_nine_ms": "deepseek-chain",
}
STEPS, SAMPLES, REPEATS = 60, 10_000, 30


def priced(project: Project, catalog: Catalog, step: int) -> Answer:
    """The plan with a few more tokens in its first stage that has any."""
    stages = project.scenarios[0].stages
    at, tokens = next((i, s.data.tokens) for i, s in enumerate(stages) if isinstance(s, PretrainStage))
    tokens *= 1.0 + 0.001 * step
    return answer(set_value(project, "data.tokens", tokens, stage=at), catalog)


def median_ms(
    work: Callable[[int], object], steps: int, clock: Callable[[], float] = time.perf_counter
) -> float:
    """Median time of ``work`` at each step, one untimed call first."""
    work(0)
    times = []
    for step in range(1, steps + 1):
        started = clock()
        work(step)
        times.append((clock() - started) * 1e3)
    return statistics.median(times)


def samples_ms(project: Project, catalog: Catalog) -> float:
    """The whole bill of a programme on 10,000 samples of its hours, prices and surroundings."""
    values = answer(project, catalog).reckoning.values
    random = np.random.default_rng(1)

    def around(value: float) -> np.ndarray:
        return value * random.lognormal(0.0, 0.2, SAMPLES)

    given = {
        "stage.gpu_hours": values["stage.gpu_hours"] * random.lognormal(0.0, 0.1, SAMPLES),
        "stage.days": values["stage.days"] * random.lognormal(0.0, 0.1, SAMPLES),
        "stage.price": values["stage.price"] * random.lognormal(0.0, 0.2, SAMPLES),
        "programme.failed_runs": around(0.1),
        "programme.contingency": around(0.15),
        "programme.support": around(0.05),
        "people.heads": around(40.0),
        "storage.terabytes": around(500.0),
    }
    return median_ms(lambda _: values.again(**given)["total"], REPEATS)


MONEY = {
    "price.usd_per_gpu_hour": 6.155,
    "people.heads": 8.0,
    "schedule.preparation_weeks": 8.0,
    "programme.contingency": 0.15,
    "storage.terabytes": 90.0,
}
"""Inputs of a second scenario that differ from the first's: those one changes while a layout stands."""


def attribution_ms(project: Project, catalog: Catalog) -> float:
    """A difference in cost laid to five inputs: every mixture of two scenarios priced."""
    other = project
    for path, value in MONEY.items():
        other = set_value(other, path, value)
    a, b = answer(project, catalog), answer(other, catalog)
    return median_ms(lambda _: compared_pair(a, b, catalog), REPEATS)


def main() -> None:
    """Print the figures as one JSON line."""
    catalog = load()
    plans = {key: load_project(presets() / f"{name}.yaml", catalog) for key, name in PLANS.items()}
    figures = {key: median_ms(partial(priced, plan, catalog), STEPS) for key, plan in plans.items()}
    programme = load_project(presets() / "api-or-own.yaml", catalog)
    figures["attribution_ms"] = attribution_ms(programme, catalog)
    figures["samples_10k_ms"] = samples_ms(plans["estimate_nine_ms"], catalog)
    nine = answer(plans["estimate_nine_ms"], catalog)
    sampled, on_one_core = risk(nine.reckoning), time.process_time
    figures["monte_carlo_ms"] = median_ms(lambda _: risk(nine.reckoning), REPEATS, on_one_core)
    figures["tornado_ms"] = median_ms(lambda _: tornado(sampled), REPEATS, on_one_core)
    print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()

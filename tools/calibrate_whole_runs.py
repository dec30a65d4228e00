"""What whole runs pay beyond their steps, learned from published ones. Part of ``make calibrate``.

Writes resources/whole_runs.yaml. Every trusted pre-training run whose hours, tokens, size and accelerator are
published is estimated with goodput and no waste, on each kind of software; the waste is the median of what
was paid over what is predicted, one number a kind. Scale (accelerators, FLOPs) and date as further terms were
tried with each organisation left out and predicted worse. No number belongs to a run or an organisation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from isocost.catalog import Catalog, CatalogError, load
from isocost.catalog.records import PublishedRun
from isocost.engine.records import Stack
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.kinds.pretraining import PretrainStage
from isocost.plan.project.project import Price, Scenario
from isocost.plan.values import Data, Efficiency, Hardware, ModelChoice, PrecisionName

OUT = Path(__file__).resolve().parent.parent / "resources" / "whole_runs.yaml"
STACKS: tuple[Stack, ...] = ("vendor", "open", "research")
PRECISIONS: dict[str, PrecisionName] = {"FP8": "fp8", "FP16": "fp16", "FP32": "fp32"}
USUAL_COUNTS = (64, 256)
"""Accelerators of a run that does not say how many; the mean of both is taken."""
INSIDE = 0.8
HEAD = """\
# What whole runs pay beyond their steps, learned from published runs; written by `make calibrate`.
"""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Paid:
    """Runs on one kind of software: logarithms of hours over predicted, half ranges of the step model."""

    organisations: NDArray[np.str_]
    logs: Array
    halves: Array


def usable(catalog: Catalog) -> list[PublishedRun]:
    """Trusted runs of pre-training that say what they trained, on what and for how many hours."""
    return [
        run
        for run in catalog.runs
        if run.trusted
        and run.stage == "pretrain"
        and run.gpu_hours
        and run.tokens
        and run.accelerator
        and (run.params_total or known(run.model, catalog))
    ]


def known(model: str, catalog: Catalog) -> bool:
    try:
        catalog.model(model)
    except CatalogError:
        return False
    return True


def scenario(run: PublishedRun, stack: Stack, count: int, catalog: Catalog) -> Scenario:
    """A run as a plan that knows no more of it than a planner would."""
    model = (
        ModelChoice(name=run.model)
        if known(run.model, catalog)
        else ModelChoice(parameters=run.params_total, active_parameters=run.params_active)
    )
    assert run.tokens is not None
    assert run.accelerator is not None
    data = Data(tokens=run.tokens, precision=PRECISIONS.get(run.precision.upper(), "bf16"))
    return Scenario(
        name=run.label,
        model=model,
        hardware=Hardware(run.accelerator, count),
        price=Price(1.0),
        efficiency=Efficiency(stack=stack, waste=0.0),
        stages=(PretrainStage(name="Pre-training", data=data),),
    )


def paid(runs: Sequence[PublishedRun], stack: Stack, catalog: Catalog) -> Paid:
    """Every run against its prediction."""
    logs, halves = [], []
    for run in runs:
        counts = (run.count,) if run.count else USUAL_COUNTS
        found = [stage_estimates(scenario(run, stack, n, catalog), catalog)[1][0] for n in counts]
        assert run.gpu_hours is not None
        logs.append(math.log(run.gpu_hours) - float(np.mean([math.log(each.gpu_hours) for each in found])))
        halves.append(math.log(found[0].slow / found[0].fast) / 2.0)
    return Paid(np.array([run.organisation for run in runs]), np.array(logs), np.array(halves))


def residuals(of: Paid) -> Array:
    """Logarithm of each run over what the median of other organisations' runs makes of it."""
    left = np.empty(len(of.logs))
    for name in sorted(set(of.organisations.tolist())):
        own = of.organisations == name
        left[own] = of.logs[own] - np.median(of.logs[~own])
    return left


def spread(left: Array, halves: Array) -> float:
    """The least half range that, beside the step model's, holds four runs of five."""
    tried = np.arange(0.0, 1.0, 0.005)
    shares = [np.mean(np.abs(left) <= np.hypot(halves, width)) for width in tried]
    return float(tried[int(np.argmax(np.array(shares) >= INSIDE))])


def record(of: Paid) -> dict[str, float]:
    left = residuals(of)
    width = spread(left, of.halves)
    return {
        "share": round(1.0 - math.exp(-float(np.median(of.logs))), 3),
        "spread": round(math.exp(width), 3),
        "centre": round(math.exp(float(np.median(left))), 3),
        "typical": round(math.exp(float(np.median(np.abs(left)))), 3),
        "covered": round(float(np.mean(np.abs(left) <= np.hypot(of.halves, width))), 3),
    }


def main() -> None:
    """Estimate the runs and write what they wasted."""
    catalog = load()
    runs = usable(catalog)
    table = {stack: record(paid(runs, stack, catalog)) for stack in STACKS}
    makers = len({run.organisation for run in runs})
    written = {
        "runs": len(runs),
        "organisations": makers,
        "date": max(run.date for run in runs),
        "source": "published pre-training runs with stated hours (resources/runs.csv) over their steps",
        "by_stack": table,
    }
    OUT.write_text(HEAD + yaml.safe_dump(written, sort_keys=False, width=110), encoding="utf-8")
    print(yaml.safe_dump(written, sort_keys=False))


if __name__ == "__main__":
    main()

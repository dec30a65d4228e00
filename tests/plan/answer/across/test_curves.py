"""Accelerators searched side by side: each as if it were alone."""

from __future__ import annotations

import numpy as np
import pytest

from isocost.catalog import load
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.project import Hardware, PretrainStage, Price, Project, Scenario, set_value
from isocost.plan.project.runs import run_scenario
from isocost.plan.values import Data, ModelChoice

CATALOG = load()
BESIDE = ("h100-sxm", "mi300x", "tpu-v6e", "trainium2", "rtx4090", "v100-sxm2-16gb", "m2-ultra", "gaudi3")


def plan(model: ModelChoice, precision: str = "bf16") -> Scenario:
    stage = PretrainStage(name="P", data=Data(tokens=1e10, precision=precision))
    return Scenario(name="S", model=model, hardware=Hardware("b200", 32), price=Price(6.0), stages=(stage,))


@pytest.mark.parametrize("precision", ["bf16", "fp8"])
@pytest.mark.parametrize(
    "model",
    [
        # A width of a solved shape is no whole number, and only some parts round it up.
        ModelChoice(parameters=135e6),
        ModelChoice(parameters=12e9, active_parameters=2e9),
        ModelChoice("Gemma 3 4B"),
    ],
)
def test_an_accelerator_is_as_fast_alone_as_among_others(model: ModelChoice, precision: str):
    made, counts = plan(model, precision), [np.array([1, 8, 16])]
    (together,) = run_scenario(made, BESIDE, counts * len(BESIDE), CATALOG, each_count=True)
    for name, found in zip(BESIDE, together, strict=True):
        ((alone,),) = run_scenario(made, [name], counts, CATALOG, each_count=True)
        assert found.gpu_hours == pytest.approx(alone.gpu_hours, rel=1e-12)


@pytest.mark.parametrize("accelerator", ["mi300x", "h100-sxm", "tpu-v6e"])
def test_a_curve_beside_the_plan_is_to_the_cent_what_choosing_its_accelerator_gives(accelerator: str):
    made = Project(name="Beside", scenarios=(plan(ModelChoice(parameters=135e6)),))
    (curve,) = [each for each in other_curves(made, CATALOG) if each.accelerator == accelerator]
    chosen = set_value(made, "hardware.accelerator", accelerator)
    chosen = set_value(chosen, "price.usd_per_gpu_hour", curve.price.usd_per_gpu_hour)
    total = estimate(chosen, CATALOG).total
    at = curve.at_count(32)
    assert curve.cost_usd[at] == pytest.approx(total.cost_usd, abs=0.005)
    assert curve.days[at] == pytest.approx(total.wall_days, rel=1e-9)

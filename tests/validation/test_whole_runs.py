"""The default of whole-run waste against the published runs it is learned from."""

from __future__ import annotations

import math

import numpy as np
import pytest

from isocost.catalog import load
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.kinds.pretraining import PretrainStage
from isocost.plan.project.project import Price, Scenario
from isocost.plan.values import Data, Efficiency, Hardware, ModelChoice

CATALOG = load()


@pytest.fixture(scope="module")
def paid() -> np.ndarray:
    """Logarithm of the hours of trusted runs over those of a plan that knows their size, tokens and count."""
    logs = []
    for run in CATALOG.runs:
        if not (run.trusted and run.stage == "pretrain" and run.gpu_hours and run.tokens and run.accelerator):
            continue
        if not run.count or not run.params_total:
            continue
        scenario = Scenario(
            name=run.label,
            model=ModelChoice(parameters=run.params_total, active_parameters=run.params_active),
            hardware=Hardware(run.accelerator, run.count),
            price=Price(1.0),
            stages=(PretrainStage(name="Pre-training", data=Data(tokens=run.tokens)),),
        )
        logs.append(math.log(run.gpu_hours / stage_estimates(scenario, CATALOG)[1][0].gpu_hours))
    return np.array(logs)


def test_whole_runs_cost_what_plans_say_at_the_median(paid):
    assert len(paid) > 30
    assert 0.88 < math.exp(float(np.median(paid))) < 1.12
    assert math.exp(float(np.median(np.abs(paid)))) < 1.4


@pytest.mark.parametrize("stack", ["vendor", "open", "research"])
def test_left_out_by_organisation_the_default_holds(stack):
    seen = CATALOG.constants.whole_runs.by_stack[stack]
    assert 0.9 < seen.centre < 1.1
    assert seen.typical < 1.4
    assert 0.75 < seen.covered < 0.86


def test_the_default_software_is_what_most_teams_run():
    assert Efficiency().stack == "open"

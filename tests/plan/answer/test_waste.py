"""The waste that is told is the waste that is paid: in every stage, and in what is a share of others."""

from __future__ import annotations

import msgspec
import pytest

from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import estimate, stage_estimates
from isocost.plan.answer.headline import usage
from isocost.plan.kinds import AblationStage, DistillationStage, SftStage
from isocost.plan.project.project import Data, Efficiency, Project, Scenario
from isocost.plan.values import Tuning
from isocost.report.findings.header import range_rows
from tests.plan.programmes import CATALOG

PRESETS = sorted(path.stem for path in presets().glob("*.yaml"))


def without_waste(scenario: Scenario) -> Scenario:
    """The same plan, its steps and failures alone."""

    def spared(held):
        known = getattr(held, "efficiency", None)
        return held if known is None else msgspec.structs.replace(held, efficiency=_spared(known))

    stages = tuple(spared(stage) for stage in scenario.stages)
    return msgspec.structs.replace(spared(scenario), stages=stages)


def _spared(efficiency: Efficiency) -> Efficiency:
    return msgspec.structs.replace(efficiency, waste=0.0)


def paid_beyond(scenario: Scenario) -> tuple[float, float]:
    """(waste as told, hours paid beyond those of the same plan without waste)."""
    told, spared = (stage_estimates(each, CATALOG)[1] for each in (scenario, without_waste(scenario)))
    hours = [sum(stage.gpu_hours for stage in stages if stage.enabled) for stages in (told, spared)]
    return sum(stage.wasted_hours for stage in told if stage.enabled), hours[0] - hours[1]


@pytest.mark.parametrize("name", PRESETS)
def test_the_waste_of_every_preset_is_what_it_pays_beyond_the_same_plan_without(name):
    for scenario in load_project(presets() / f"{name}.yaml").scenarios:
        told, paid = paid_beyond(scenario)
        assert told == pytest.approx(paid, rel=1e-9, abs=1e-6)


def startup(*more, **efficiency) -> Scenario:
    scenario = load_project(presets() / "startup-7b.yaml").scenarios[0]
    kept = msgspec.structs.replace(scenario.efficiency, **efficiency)
    return msgspec.structs.replace(scenario, stages=(*scenario.stages, *more), efficiency=kept)


TAUGHT = DistillationStage(name="Student", tuning=Tuning(epochs=1.0))
LORA = SftStage(name="Adapters", data=Data(tokens=1e8), tuning=Tuning(method="lora"))


@pytest.mark.parametrize(
    "plan",
    [
        startup(AblationStage(name="Ablations")),
        startup(AblationStage(name="Ablations"), waste=0.1),
        startup(TAUGHT, AblationStage(name="Ablations")),
        startup(LORA, AblationStage(name="Ablations"), mfu=0.4),
    ],
    ids=["ablations", "typed", "a teacher's hours hold none", "typed speed"],
)
def test_a_share_of_hours_that_hold_waste_holds_it_too(plan):
    told, paid = paid_beyond(plan)
    assert told == pytest.approx(paid, rel=1e-9)
    assert told > 0.0


@pytest.mark.parametrize(
    ("efficiency", "words"),
    [
        ({}, "whole-run waste as usual with an open-source stack"),
        ({"stack": "research"}, "whole-run waste as usual with research code"),
        ({"mfu": 0.4}, "whole-run waste as usual"),
        ({"waste": 0.2}, "whole-run waste as typed, with an open-source stack"),
        ({"waste": 0.2, "mfu": 0.4}, "whole-run waste as typed"),
    ],
)
def test_waste_is_called_by_its_inputs_name_and_says_whose_it_is(efficiency, words):
    stages = stage_estimates(startup(AblationStage(name="Ablations"), **efficiency), CATALOG)[1]
    told = usage(stages)
    assert told[0].endswith(f" of them {words}")
    assert [len(each) for each in told] == sorted({len(each) for each in told}, reverse=True)
    hours, wasted = (sum(getattr(each, name) for each in stages) for name in ("gpu_hours", "wasted_hours"))
    assert told[-1] == f"waste {100 * wasted / hours:.0f}\N{NO-BREAK SPACE}% of hours"


def test_a_doubt_that_spreads_nothing_says_why_in_words():
    for efficiency, words in (({}, " to $"), ({"waste": 0.1}, "as typed")):
        plan = Project(name="Test", scenarios=(startup(AblationStage(name="Ablations"), **efficiency),))
        rows = dict(range_rows(estimate(plan, CATALOG).range))
        assert words in rows["Whole-run waste"]
        assert " to $" in rows["Step model"]

"""That a smaller count would be faster and cheaper, and what it takes to say so."""

from __future__ import annotations

import msgspec
import pytest

from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate
from isocost.plan.notice import Notice
from isocost.plan.project.project import (
    Data,
    Hardware,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
    set_value,
)
from tests.plan.programmes import CATALOG


def plan(count: int, **stage) -> Project:
    run = PretrainStage(name="Pre-training", data=Data(tokens=2e12), **stage)
    chosen = Scenario(
        name="Base",
        model=ModelChoice(parameters=7e9),
        hardware=Hardware("h100-sxm", count),
        price=Price(2.0),
        stages=(run,),
    )
    return Project(name="Test", scenarios=(chosen,))


def advice(result: Estimate) -> Notice | None:
    return next((each for each in result.warnings if each.code == "past-the-knee"), None)


@pytest.mark.parametrize("count", [40_960, 131_072])
def test_beyond_the_knee_the_count_named_is_faster_and_cheaper(count):
    before = estimate(plan(count), CATALOG)
    said = advice(before)
    assert said is not None
    assert said.cure.value < count
    assert f"{said.cure.value:,} H100" in said.message
    after = estimate(set_value(plan(count), said.field, said.cure.value), CATALOG)
    assert after.total.wall_days < before.total.wall_days
    assert after.total.cost_usd < before.total.cost_usd
    assert advice(after) is None


def test_where_more_accelerators_buy_time_nothing_is_said():
    assert advice(estimate(plan(256), CATALOG)) is None


def test_a_stage_on_hardware_of_its_own_is_not_the_shared_counts_doing():
    own = plan(64, hardware=Hardware("h100-sxm", 131_072))
    assert advice(estimate(own, CATALOG)) is None


def test_a_plan_that_does_not_fit_offers_the_count_that_does():
    large = msgspec.structs.replace(plan(8).scenarios[0], model=ModelChoice(parameters=405e9))
    result = estimate(Project(name="Test", scenarios=(large,)), CATALOG)
    (said,) = (each for each in result.warnings if each.code == "does-not-fit")
    assert said.cure.value == result.stages[0].smallest_count

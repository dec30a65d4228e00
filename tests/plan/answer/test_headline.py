"""The answer in one sentence: of what can run, of what cannot, and of a programme around its runs."""

from __future__ import annotations

import pytest

from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.headline import run_words
from isocost.plan.kinds import SftStage
from isocost.plan.project.programme import People
from isocost.plan.project.project import (
    Data,
    Hardware,
    Layout,
    ModelChoice,
    PretrainStage,
    Price,
    Project,
    Scenario,
    set_value,
)
from isocost.quantities import format_money, plain_spaces
from tests.plan.programmes import CATALOG, priced, scenario


def training(count: int, *more: SftStage, **parts) -> Project:
    stage = PretrainStage(name="Pre-training", data=Data(tokens=1e12))
    chosen = Scenario(
        name="Base",
        hardware=Hardware("h100-sxm", count),
        price=Price(2.0),
        **({"model": ModelChoice(parameters=405e9), "stages": (stage, *more)} | parts),
    )
    return Project(name="Test", scenarios=(chosen,))


def test_a_plan_that_does_not_fit_has_no_price_but_a_cure():
    result = estimate(training(8), CATALOG)
    smallest = result.stages[0].smallest_count
    assert result.headline == f"Does not fit 8 H100; the smallest count is {smallest:,}"
    assert result.doubt == ""
    larger = estimate(set_value(training(8), "hardware.count", smallest), CATALOG)
    assert larger.headline.startswith("$")
    assert larger.doubt.startswith("Median; 8 chances in 10: $")


def test_the_stage_that_does_not_fit_is_named_among_several():
    tune = SftStage(name="SFT", data=Data(tokens=1e9), hardware=Hardware("h100-sxm", 8))
    said = estimate(training(1024, tune), CATALOG).headline
    assert said.startswith("SFT: Does not fit 8 H100; the smallest count is ")


def test_a_stage_switched_off_need_not_fit():
    tune = SftStage(name="SFT", data=Data(tokens=1e9), hardware=Hardware("h100-sxm", 8), enabled=False)
    assert estimate(training(1024, tune), CATALOG).headline.startswith("$")


def test_an_impossible_pin_is_no_lack_of_memory():
    pinned = training(64, model=ModelChoice(parameters=7e9), layout=Layout(tp=8, pp=16))
    assert estimate(pinned, CATALOG).headline == "Impossible as pinned on 64 H100"


@pytest.mark.parametrize("heads", [0.0, 6.0])
def test_the_days_of_the_runs_stand_beside_their_own_cost(heads):
    result = priced(scenario(count=64, price=2.0, hours=(240.0,), people=People(heads=heads)))
    runs = "10 days on 64 H100"  # 64 x 240 h x $2.00
    assert plain_spaces(run_words(result.stages, result.total)) == (
        f"$30.7K of it for {runs}" if heads else runs
    )
    total = format_money(result.total.cost_usd)
    said = f"{total} in all, $30.7K of it for {runs}" if heads else f"$30.7K and {runs}"
    assert plain_spaces(result.headline) == said

"""That another count would be no slower and cheaper, and what it takes to say so."""

from __future__ import annotations

import re

import msgspec
import pytest

from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.comparison import front
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.answer.results import Estimate
from isocost.plan.notice import Notice
from isocost.plan.project.programme import People
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
from isocost.quantities import plain_spaces
from isocost.report.findings.tabs.plan import time_finding
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
    return next((each for each in result.warnings if each.code == "better-count"), None)


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


@pytest.mark.parametrize("name", sorted(path.stem for path in presets().glob("*.yaml")))
def test_the_warning_and_the_charts_title_name_the_same_better_count_or_none(name):
    shipped = load_project(presets() / f"{name}.yaml")
    for count in (shipped.scenarios[0].hardware.count, 40_960):
        found = answer(set_value(shipped, "hardware.count", count), CATALOG)
        said, comparison = advice(found.estimate), found.comparison
        title = time_finding(comparison, front(comparison))
        assert (said is not None) is ("would be no slower" in title)
        if said is not None:
            assert f"{said.cure.value:,} {comparison.active.label} would be no slower" in title
            assert said.message.startswith(title.removeprefix("Shared stages: ")[:20])


def test_a_count_of_more_accelerators_that_is_better_is_named_too():
    """People paid by the month cost less around a shorter run."""
    slow = plan(64)
    people = msgspec.structs.replace(slow.scenarios[0], people=People(heads=200.0))
    said = advice(estimate(Project(name="Test", scenarios=(people,)), CATALOG))
    assert said is not None
    assert said.cure.value > 64


def test_a_typed_mfu_says_what_becomes_of_the_waste():
    """Steps as measured have most of what whole runs lose in them: that is said, not silent."""
    project = set_value(plan(256), "efficiency.mfu", 0.3)
    told = {notice.code: notice for notice in estimate(project, CATALOG).warnings}
    words = plain_spaces(told["waste-beside-typed-mfu"].message)
    assert re.search(r"whole-run waste is \d+ % beside it, \d+ % beside a predicted one", words)
    held = set_value(project, "efficiency.waste", 0.2)
    assert "waste-beside-typed-mfu" not in {notice.code for notice in estimate(held, CATALOG).warnings}

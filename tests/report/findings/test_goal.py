"""A plan against its budget and deadline, in one line with its chance."""

from __future__ import annotations

import pytest

from isocost.plan.answer.chances import figure_ranges
from isocost.plan.answer.estimate import answer
from isocost.plan.doubt.risk import risk
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import set_section, set_value
from isocost.quantities import plain_spaces
from isocost.report.decisions.doubting.doubt import chance_said
from isocost.report.findings.goal import BUDGET, DEADLINE, goal_line
from tests.report.findings.plans import shipped

GOALS = [Goal(3e5, 14.0), Goal(4e5, 14.0), Goal(2e5, 10.0), Goal(None, 10.0), Goal(3.2e5, None)]


@pytest.mark.parametrize("goal", GOALS, ids=str)
@pytest.mark.parametrize("name", ["startup-7b", "api-or-own"])
def test_the_chance_is_that_of_the_samples(catalog, name, goal):
    plan = set_section(
        shipped(name, catalog), "goal", budget_usd=goal.budget_usd, deadline_days=goal.deadline_days
    )
    found = answer(plan, catalog)
    ranges = figure_ranges(found)
    sampled = risk(found.reckoning)
    over = float("inf") if goal.budget_usd is None else goal.budget_usd
    late = float("inf") if goal.deadline_days is None else goal.deadline_days
    cost, days = found.estimate.total.cost_usd, found.reckoning["programme_days"]
    held = sampled.chance_both(over, late)
    assert ranges.against.chance(goal, cost, days) == pytest.approx(held, abs=0.002)
    line = goal_line(found, ranges)
    assert chance_said(held) in line.words
    assert (line.broken == "") is (cost <= over and days <= late)
    assert line.broken in ("", BUDGET, DEADLINE)
    assert goal_line(found).words == line.words.partition(":")[0]


def test_by_how_much_and_nothing_without_a_goal_or_of_what_cannot_run(catalog):
    plan = shipped("startup-7b", catalog)
    assert goal_line(answer(plan, catalog)) is None
    held = set_section(plan, "goal", budget_usd=2e5, deadline_days=10.0)
    found = answer(held, catalog)
    over = f"${(found.estimate.total.cost_usd - 2e5) / 1e3:.0f}K"
    later = f"{found.estimate.total.wall_days - 10.0:.2g}"
    words = plain_spaces(goal_line(found).words)
    assert words.startswith(f"The plan is {over} over $200K and {later} days later than 10 days")
    assert goal_line(answer(set_value(held, "hardware.count", 1), catalog)) is None

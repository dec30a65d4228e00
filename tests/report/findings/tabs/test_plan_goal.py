"""What the Plan page says of a goal holds for the curves it is said of."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import Catalog, load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.across.comparison import JUST, Comparison
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.estimate import answer
from isocost.plan.project.programme import Goal
from isocost.quantities import format_count, format_duration, format_money, plain_spaces
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.tabs.plan import time_axes
from isocost.report.findings.tabs.plan_goal import flag_text, goal_finding, goal_reading

NAMES = (
    "startup-7b",
    "eight-gpu-lab",
    "rent-or-buy-64-h100",
    "lora-70b-one-node",
    "api-or-own",
    "deepseek-v3",
)


@cache
def catalogue() -> Catalog:
    return load()


@cache
def compared(name: str) -> Comparison:
    project = load_project(presets() / f"{name}.yaml", catalogue())
    found = answer(project, catalogue())
    return replace(found, others=other_curves(project, catalogue())).comparison


SHARES = st.one_of(st.none(), st.floats(0.02, 30.0))


@given(name=st.sampled_from(NAMES), money=SHARES, time=SHARES)
@settings(max_examples=80)
def test_the_title_is_true_of_every_curve(name: str, money: float | None, time: float | None):
    plan = compared(name)
    total = plan.estimate.total
    budget = None if money is None else total.cost_usd * money
    days = None if time is None else (total.wall_days + plan.beside_days) * time
    shown = plan.against(Goal(budget, days))
    title = plain_spaces(goal_finding(shown))
    if budget is None and days is None:
        assert title == ""
        return

    def holds(usd: float, wall: float) -> bool:
        paid = budget is None or usd <= budget * JUST
        return paid and (days is None or wall <= (days - plan.beside_days) * JUST)

    def counts(curve) -> list[int]:
        rows = zip(curve.counts, curve.cost_usd, curve.days, curve.fits, strict=True)
        return [int(c) for c, usd, wall, fits in rows if fits and holds(usd, wall)]

    others = sum(bool(counts(curve)) for curve in plan.others)
    own = counts(plan.active)
    inside = plan.possible and holds(total.cost_usd, total.wall_days)
    assert title.startswith("The plan stays within ") is inside
    assert title.startswith("Nothing drawn stays within ") is (not own and not others)
    if others:
        assert f"{others} other accelerator" in title
    if own and not inside:
        cheapest = min(own, key=lambda c: float(plan.active.cost_usd[plan.active.counts == c][0]))
        assert f"{plain_spaces(format_count(cheapest))} {plan.active.label} would hold" in title
    if not inside and (own or others) and plan.possible:
        over = budget is not None and total.cost_usd > budget * JUST
        assert (f" over {plain_spaces(format_money(budget or 0.0))}" in title) is over
        late = days is not None and total.wall_days > (days - plan.beside_days) * JUST
        assert (f" later than {plain_spaces(format_duration(days or 0.0))}" in title) is late


def test_a_deadline_is_held_against_the_whole_programme():
    plan = compared("api-or-own")
    assert plan.beside_days == pytest.approx(126.0)
    shown = plan.against(Goal(None, 153.0))
    assert shown.deadline_days == pytest.approx(27.0)
    assert shown.goal.deadline_days == pytest.approx(153.0)
    assert "the programme takes 126 days longer" in plain_spaces(time_axes(shown)[0])
    assert goal_reading(plan.against(Goal())) == ""


def test_a_flag_says_the_limit_or_what_it_would_be():
    goal = Goal(3e5, None)
    assert flag_text(BUDGET, goal) == "$300K"
    assert flag_text(DEADLINE, goal) == "Deadline"
    assert plain_spaces(flag_text(DEADLINE, Goal(None, 150.0), beside_days=126.0)) == "150 days in all"
    assert plain_spaces(flag_text(DEADLINE, Goal(None, 150.0))) == "150 days"

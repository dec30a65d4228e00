"""What the Risk page says holds for the samples it is said of."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from isocost.catalog import Catalog
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.chances import Chances, chances, chances_follow, figure_ranges, stage_with
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.compare.suppliers import priced_by_suppliers
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import replace_scenario, set_section
from isocost.plan.project.ranges import InputRange
from isocost.report.decisions.comparing.suppliers import cards_said
from isocost.report.decisions.doubting.doubt import capital, chance_said
from isocost.report.findings.tabs.risk import (
    deadline_said,
    dots_said,
    dots_table,
    dots_view,
    doubt_rows,
    doubts_noted,
    doubts_said,
    experiment_view,
    rounded_up,
    safer_rows,
)


@pytest.fixture(scope="module")
def answered(catalog: Catalog) -> Answer:
    return answer(load_project(presets() / "api-or-own.yaml", catalog), catalog)


@pytest.fixture(scope="module")
def found(answered: Answer) -> Chances:
    return chances(answered)


def test_a_wide_range_that_is_seldom_far_is_not_said_to_matter_most(catalog: Catalog):
    """The step model may go far, yet most of the doubt is the price's: both cards say so."""
    found = chances(answer(load_project(presets() / "lora-70b-one-node.yaml", catalog), catalog))
    widest, largest = found.tornado.bars[0], max(found.tornado.bars, key=lambda bar: bar.share)
    assert widest is not largest
    finding = doubts_said(found).finding
    assert finding.startswith("What moves the cost furthest is the step model: ")
    assert finding.endswith("the largest part of the doubt is the price of H100")
    assert "one input: the price of H100" in experiment_view(found).reasons[0]


def test_what_is_taken_of_a_price_is_said_in_words(catalog: Catalog):
    answered = answer(load_project(presets() / "llama-3.1-405b.yaml", catalog), catalog)
    noted = doubts_noted(chances(answered), answered)
    assert "Price of H100: the plan's lies below what 8 in 10 suppliers ask" in noted
    assert "usd_per_gpu_hour" not in noted


def test_the_goal_moves_no_chance_and_another_input_does(answered: Answer, catalog: Catalog):
    held = chances_follow(answered)
    goal = set_section(answered.project, "goal", budget_usd=1e6, deadline_days=90.0)
    assert chances_follow(answer(goal, catalog)) == held
    other = set_section(answered.project, "programme", contingency=0.3)
    assert chances_follow(answer(other, catalog)) != held


def test_the_dots_are_the_samples_in_a_hundred_steps(found: Chances):
    cost = found.risk.outcomes.cost_usd
    assert np.all(np.diff(found.dots) >= 0.0)
    for at in (10, 50, 90):
        assert np.mean(cost <= found.dots[at]) == pytest.approx((at + 0.5) / 100, abs=1e-3)


@pytest.mark.parametrize("budget", [1.0, 1.2e6, 1.75e6, 3e6, 1e12])
def test_the_counts_on_both_sides_are_the_chance_in_the_title(found: Chances, budget: float):
    view = dots_view(found, budget)
    over = found.risk.chance_over(budget)
    assert view.over == round(100 * over)
    beyond = found.risk.outcomes.cost_usd[found.risk.outcomes.cost_usd > budget]
    assert view.excess_usd == pytest.approx(float(beyond.mean()) - budget if len(beyond) else 0.0)
    said = dots_said(found, view)
    assert said.finding.endswith("is enough")
    assert said.summary.startswith(f"{said.finding}.")
    within = [row[2] for row in dots_table(view).rows].count("within")
    assert within == view.within


def test_a_safer_budget_is_enough_at_least_as_often_as_it_says(found: Chances):
    rows = safer_rows(found, None)
    chances_held = [1.0 - found.risk.chance_over(row.budget_usd) for row in rows]
    for chance, wanted in zip(chances_held, (1 / 2, 2 / 3, 4 / 5, 9 / 10), strict=True):
        assert wanted - 1e-9 <= chance <= wanted + 1e-3
    assert [row.is_budget for row in safer_rows(found, rows[2].budget_usd)] == [False, False, True, False]


@pytest.mark.parametrize("usd", [0.0, 0.012345678, 118.1342, 1951312.345, 9.9999999e8])
def test_a_budget_taken_from_samples_is_short_and_no_less(usd: float):
    taken = rounded_up(usd)
    assert usd <= taken <= usd * (1.0 + 1.1e-5)


def test_one_joint_chance_of_budget_and_deadline(found: Chances):
    said = deadline_said(found, Goal(budget_usd=1.75e6, deadline_days=160.0))
    both = found.risk.chance_both(1.75e6, 160.0)
    assert said[-1] == f"{capital(chance_said(both))} that it holds both budget and deadline."
    assert "Type a deadline" in deadline_said(found, Goal())[-1]
    assert not any("both" in each for each in deadline_said(found, Goal(deadline_days=160.0)))


def test_the_ends_of_a_bar_add_up_to_the_bars_of_the_tornado(found: Chances):
    for row, bar in zip(doubt_rows(found), found.tornado.bars, strict=True):
        ends = sorted((bar.cost_low_usd, bar.cost_high_usd))
        assert [found.tornado.middle_usd + end.usd for end in row.ends] == pytest.approx(ends)
        assert row.whose in ("measured", "market", "yours")
        assert row.share in doubts_said(found).summary


def test_the_experiment_says_what_it_frees_as_the_tornado_does(found: Chances):
    view, held = experiment_view(found), found.experiment
    assert held is not None
    assert view.said.finding.startswith(("3 short runs", "Knowing", "A firm quote"))
    assert len(view.changes) == 2
    assert all("→" in figures for _, figures in view.changes)


def test_what_measuring_the_only_doubt_leaves_is_nothing_and_prices_then_have_no_whiskers(catalog: Catalog):
    """No fraction of a cent that rounding left over; and nothing is said of whiskers that are not drawn."""
    plan = load_project(presets() / "startup-7b.yaml", catalog)
    plan = set_section(plan, "efficiency", mfu=0.9, goodput=0.37)
    price = InputRange(path="price.usd_per_gpu_hour", low=3.9, high=6.16)
    plan = replace_scenario(plan, msgspec.structs.replace(plan.scenarios[0], ranges=(price,)))
    answered = answer(plan, catalog)
    experiment = chances(answered).experiment
    assert experiment is not None
    assert experiment.spread_after_usd == 0.0
    assert experiment_view(chances(answered)).changes[1][1].endswith("→ $0")
    by_price = figure_ranges(answered).beside.by_price
    said = cards_said(priced_by_suppliers(answered, catalog), "The plan", by_price)
    assert "whiskers" not in said.subtitle


@pytest.mark.parametrize(("hour", "finding"), [
    (50.0, "3 short runs can free $100.00"), (150.0, "3 short runs free less than an hour of them costs"),
])  # fmt: skip
def test_an_experiment_that_costs_more_than_it_frees_is_not_praised(
    found: Chances, hour: float, finding: str
):
    held = found.experiment
    assert held is not None
    asked = replace(held, ask_usd=1_000.0, ask_after_usd=900.0, hour_usd=hour, accelerators="8 H100")
    view = experiment_view(replace(found, experiment=asked))
    assert view.said.finding == finding
    assert ("less than an hour of 8 H100 costs" in view.said.summary) is (hour > 100.0)


def test_the_stage_that_holds_the_input_of_a_doubt(answered: Answer):
    scenario = answered.scenario
    assert stage_with(scenario, "efficiency.mfu", 0) == (1, "efficiency.mfu")
    assert stage_with(scenario, "efficiency.mfu", 1) == (1, "efficiency.mfu")
    assert stage_with(scenario, "ablations.share", 1) == (0, "ablations.share")
    assert stage_with(scenario, "Pre-training/data.tokens", 0) == (1, "data.tokens")
    assert stage_with(scenario, "people.engineers", 1) == (1, "people.engineers")

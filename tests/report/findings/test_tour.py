"""The answers of the tour are the estimator's own."""

from __future__ import annotations

import msgspec
import pytest

from isocost.plan.answer.chances import chances
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.project.project import set_value
from isocost.quantities import format_money, format_share
from isocost.report.findings.tour import NO_GUESS, question
from tests.report.findings.plans import shipped


@pytest.fixture
def steps(catalog):
    """The steps by what they ask."""
    return {step.asks: step for step in catalog.constants.gallery.tour}


def asked(step, catalog, **changed):
    """The question of a step, about its plan with some values changed."""
    project = shipped(step.plan, catalog)
    for path, value in changed.items():
        project = set_value(project, path.replace("__", "."), value)
    return question(step, project, shipped(step.whole, catalog) if step.whole else None, catalog)


def test_there_are_three_steps_and_each_asks_something_else(steps, catalog):
    assert len(steps) == len(catalog.constants.gallery.tour) == 3


def test_the_share_is_that_of_the_two_plans(steps, catalog):
    step = steps["share"]
    made = asked(step, catalog)
    part, whole = (
        estimate(shipped(name, catalog), catalog).total.cost_usd for name in (step.plan, step.whole)
    )
    assert made.value == pytest.approx(part / whole)
    assert format_share(part / whole) in made.answered
    assert format_share(part / whole) not in f"{made.asked} {made.how}"
    dearer = asked(step, catalog, price__usd_per_gpu_hour=4.0)
    assert dearer.value == pytest.approx(2.0 * made.value, rel=0.01)


def test_the_cost_of_more_is_the_estimates(steps, catalog):
    step = steps["count"]
    made = asked(step, catalog)
    plan = shipped(step.plan, catalog)
    count = step.times * plan.scenarios[0].hardware.count
    assert made.count == count
    assert made.value == estimate(set_value(plan, "hardware.count", count), catalog).total.cost_usd
    assert format_money(made.value) in made.answered
    assert format_money(made.value) not in f"{made.asked} {made.how}"
    more = question(msgspec.structs.replace(step, times=4), plan, None, catalog)
    assert more.asked.startswith("4 times as many")
    assert more.value > made.value


def test_the_sum_to_ask_for_is_that_of_the_risk_page(steps, catalog):
    made = asked(steps["budget"], catalog)
    risk = chances(answer(shipped(steps["budget"].plan, catalog), catalog)).risk
    assert made.value == pytest.approx(risk.ask_usd)
    assert format_money(made.value) in made.answered


@pytest.mark.parametrize(
    ("text", "part"),
    [("", NO_GUESS), ("  ", NO_GUESS), ("lots", "lots"), ("-5%", ""), ("0", "Between"), ("140%", "Between")],
)
def test_what_is_no_guess_is_said(steps, catalog, text, part):
    said = asked(steps["share"], catalog).read(text)
    assert isinstance(said, str)
    assert part in said


@pytest.mark.parametrize("text", ["30", "30%", "30 %", "0.3", "0,3"])
def test_a_share_is_read_as_people_type_it(steps, catalog, text):
    assert asked(steps["share"], catalog).read(text) == pytest.approx(0.3)


def test_a_guess_is_held_against_the_answer(steps, catalog):
    made = asked(steps["share"], catalog)
    assert made.verdict(made.value * 1.01).endswith("that is it.")
    assert made.verdict(made.value * 1.2).endswith("close.")
    assert made.verdict(made.value * 6.0).endswith("6.0 times too much.")
    assert made.verdict(made.value / 20.0).endswith("20 times too little.")

"""Rent or buy, API or own: one sum and one verdict, whatever the plan, the price, the use and the life."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.files import load_project
from isocost.plan.answer.estimate import answer
from isocost.plan.money.options import Option, crossing
from isocost.plan.money.rent_or_buy import RentOrBuy
from isocost.plan.project.programme import Demand, Ownership, Supply
from isocost.plan.project.project import GpuHoursStage, Hardware, Price
from isocost.plan.values import NO_PRICE
from isocost.report.estimate_questions import questions
from isocost.report.estimate_text import text
from isocost.report.findings.inputs.choices import options_said, rent_note, rent_said
from tests.plan.programmes import CATALOG, answered, scenario

PRESETS = sorted(paths.presets().glob("*.yaml"))
OWNERSHIP = st.builds(
    Ownership,
    usd_per_accelerator=st.none() | st.floats(100.0, 1e5),
    years=st.floats(0.25, 12.0),
    residual=st.sampled_from([0.0, 0.0, 0.3, 1.0]),
    cost_of_capital=st.floats(0.0, 0.4),
    utilization=st.floats(0.02, 1.0),
)


def agree(question: RentOrBuy) -> None:
    """Heading, sentence and figures say one thing."""
    heading, note = rent_said(question).finding, rent_note(question)
    even, month = question.break_even_utilization, question.crossover_month
    assert ("never breaks even" in note) == (even is None)
    assert (month is not None) == (even is not None and question.utilization >= even)
    assert ("does not pay within" in heading) == (month is None)
    if month is not None:
        assert 0.0 <= month <= question.life_months
    slack = 1e-6 * max(question.planned_usd, question.planned_bought_usd)
    if question.pays:
        assert question.planned_bought_usd <= question.planned_usd + slack
        assert heading.startswith("Buy: ")
    elif question.planned_months:
        assert question.planned_bought_usd >= question.planned_usd - slack
        assert heading.startswith("Rent: ")
    # The lines drawn end with the service life, on the side of the verdict.
    gap = float(question.bought_usd[-1] - question.rented_usd[-1])
    if abs(gap) > 1e-6 * float(question.bought_usd[-1]) and question.rent_per_month > 0.0:
        assert (gap < 0.0) == (month is not None)


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_preset_has_one_verdict_and_the_sum_of_its_bill(path: Path):
    project = load_project(path, CATALOG)
    for at, chosen in enumerate(project.scenarios):
        result = answer(project, CATALOG, at)
        question = result.reckoning.rent_or_buy
        if question is None:
            continue
        agree(question)
        counted = [stage for stage in result.estimate.stages if stage.enabled]
        covered = [stage for stage in counted if stage.name not in question.left_out]
        assert question.days == pytest.approx(sum(stage.wall_days for stage in covered))
        if not chosen.supply.owns:
            assert question.planned_usd == pytest.approx(sum(stage.cost_usd for stage in covered), abs=0.1)
        if result.options is not None:
            said = options_said(result.options, chosen)
            best = result.options.totals_usd[
                [o.key for o in result.options.options].index(result.options.cheapest)
            ]
            assert best == min(result.options.totals_usd)
            for pair in result.options.crossings:
                if "train" in (pair.dearer_at_start, pair.cheaper_at_start) and pair.beats == "never":
                    assert "never beats" in said.summary


@settings(max_examples=40, deadline=None)
@given(
    OWNERSHIP,
    st.floats(0.0, 20.0),
    st.floats(0.0, 60_000.0),
    st.sampled_from(["on-demand", "reserved", "own"]),
)
def test_heading_sentence_and_figures_never_contradict(ownership, price, hours, mode):
    question = answered(
        scenario(count=64, price=price, hours=(hours,), ownership=ownership, supply=Supply(mode))
    ).reckoning.rent_or_buy
    assert question is not None
    agree(question)


def test_every_stage_is_in_the_sums_and_those_that_cannot_be_bought_are_named():
    unpriced = next(e for e in CATALOG.accelerators.values() if e.purchase_usd is None)
    stages = (
        GpuHoursStage(name="First", hours=100.0),
        GpuHoursStage(name="Second", hours=200.0, hardware=Hardware("h200-sxm", 16), price=Price(3.0)),
        GpuHoursStage(name="Third", hours=50.0, hardware=Hardware(unpriced.spec.id, 8), price=Price(1.0)),
    )
    question = answered(scenario(count=64, price=2.0, stages=stages)).reckoning.rent_or_buy
    assert [(fleet.name, fleet.count, fleet.rent) for fleet in question.fleets] == [
        ("H100", 64, 2.0),
        ("H200", 16, 3.0),
    ]
    assert question.planned_usd == pytest.approx(64 * 100 * 2.0 + 16 * 200 * 3.0)
    assert question.days * 24 == pytest.approx(300.0)
    assert question.left_out == ("Third",)
    assert "Without Third: no rent or no purchase price is known there." in rent_said(question).subtitle


@pytest.mark.parametrize("mode", ["own", "on-demand"])
def test_a_rent_nobody_asks_is_none_to_buy_against(mode):
    """A part nobody rents out was said to cost $0 an hour, at which owning never pays."""
    unrented = scenario(count=1, price=0.0, hours=(100.0,), supply=Supply(mode))
    unrented = msgspec.structs.replace(unrented, price=Price(0.0, supplier=NO_PRICE))
    answer = answered(unrented)
    assert answer.reckoning.rent_or_buy is None
    assert "No rent of H100 is known" in text(answer.estimate, questions(answer))


SUMS = st.floats(0.0, 1e8)
OPTIONS = st.builds(
    Option, st.just("one"), st.just("One"), SUMS, st.floats(0.0, 1e5), st.floats(0.0, 50.0), st.just("")
)


@given(OPTIONS, OPTIONS, st.floats(1.0, 60.0), st.floats(1e3, 1e12))
def test_where_options_cross_agrees_with_their_totals_at_every_demand(one, other, months, asked):
    pair = crossing(one, other, Demand(tokens_per_day=asked, months=months))
    low, high = sorted((one, other), key=lambda each: each.upfront_usd)
    for tokens in np.logspace(2, 13, 23):
        gap = high.total_usd(tokens, months) - low.total_usd(tokens, months)
        if abs(gap) <= 1e-6 * high.total_usd(tokens, months):
            continue
        at = pair.tokens_per_day
        near = at is not None and abs(tokens / at - 1.0) < 1e-6 if at else False
        if near:
            continue
        wins = {"always": True, "never": False, "from": at is not None and tokens > at}
        wins["until"] = at is not None and tokens < at
        assert (gap < 0.0) == wins[pair.beats]
    gap = high.total_usd(asked, months) - low.total_usd(asked, months)
    if abs(gap) > 1e-6 * high.total_usd(asked, months):
        assert (gap < 0.0) == (pair.payback_months is not None and pair.payback_months <= months)

"""Stages in time, cash by month, and the price of a delay."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.plan.money.cashflow import timeline
from isocost.plan.money.slip import slip
from isocost.plan.project.programme import Dataset, People, Programme, Schedule, Storage, Supply
from isocost.plan.project.project import Scenario
from tests.plan.programmes import SCENARIOS, answered, priced, scenario


def cash(chosen: Scenario):
    """Its payments by month."""
    return answered(chosen).cash


def late(chosen: Scenario, weeks: float):
    """What a delay costs it."""
    return slip(answered(chosen).reckoning, weeks)


def test_a_week_late_costs_the_idle_reservation_and_the_people():
    # 384 H100 at $3.99 and eight people at $20K a month: "$294K: $257K idle reservation, $37K people".
    delay = late(scenario(people=People(heads=8.0, usd_per_month=20_000.0)), 1.0)
    costs = {line.key: line.cost_usd for line in delay.lines}
    assert costs == {"idle": 257_402.88, "people": 36_821.92}
    assert delay.total_usd == 294_224.80


def test_what_can_be_given_back_costs_nothing_while_it_waits():
    assert late(scenario(schedule=Schedule(keep_reserved=False)), 4.0).total_usd == 0.0
    reserved = Supply("reserved", term_months=0.1)  # over before the 240 hours are
    held = late(scenario(schedule=Schedule(keep_reserved=False), supply=reserved), 4.0)
    assert held.total_usd == pytest.approx(4 * 168 * 384 * 3.99)


@pytest.mark.parametrize(
    ("months", "resold", "paid_hours"),
    [(12.0, 0.0, 0.0), (12.0, 0.5, 0.5 * 672.0), (1.0, 0.0, 672.0 - 490.0), (1.0, 1.0, 672.0)],
)
def test_a_delay_within_a_reservation_is_paid_already(months, resold, paid_hours):
    """Of 730 h a month 240 are used: 490 wait, paid; where they are resold a delay takes the buyers away."""
    held = late(scenario(supply=Supply("reserved", term_months=months, resold=resold)), 4.0)
    assert held.total_usd == pytest.approx(paid_hours * 384 * 3.99, abs=0.02)
    assert held.paid_hours == pytest.approx(min(672.0, 730.0 * months - 240.0))


def test_an_owned_accelerator_waits_at_its_fixed_cost():
    owned = late(scenario(supply=Supply("own")), 1.0).total_usd
    assert 384 * 168 * 1.0 < owned < 384 * 168 * 1.9


@settings(deadline=None, max_examples=40)
@given(chosen=SCENARIOS, weeks=st.floats(0.0, 100.0))
def test_no_delay_costs_nothing_and_a_longer_one_more(chosen: Scenario, weeks: float):
    assert late(chosen, 0.0).total_usd == 0.0
    assert late(chosen, 0.0).lines == ()
    delay = late(chosen, weeks)
    assert delay.total_usd == pytest.approx(math.fsum(line.cost_usd for line in delay.lines), abs=0.005)
    assert late(chosen, weeks + 1.0).total_usd >= delay.total_usd - 0.05
    assert all(line.source for line in delay.lines)


def test_stages_follow_each_other_between_preparation_and_wrap_up():
    schedule = Schedule(start="2027-01-15", preparation_weeks=8.0, gap_weeks=1.0, wrap_up_weeks=2.0)
    chosen = scenario(hours=(240.0, 120.0), schedule=schedule)
    bars = timeline(answered(chosen).reckoning)
    assert [(b.name, b.start_day, b.end_day) for b in bars] == [
        ("Preparation", 0.0, 56.0),
        ("Run 0", 56.0, 66.0),
        ("Run 1", 73.0, 78.0),
        ("Wrap-up", 78.0, 92.0),
    ]
    assert bars[1].start == date(2027, 3, 12)
    assert bars[1].accelerators == "384 H100"
    assert [b.stage for b in bars] == [None, 0, 1, None]


def test_without_a_day_to_start_months_are_numbered():
    months = cash(scenario(hours=(1460.0,), people=People(1.0)))
    assert [m.label for m in months] == ["Month 1", "Month 2"]
    assert months[0].total_usd == pytest.approx(months[1].total_usd, abs=0.02)
    assert timeline(answered(scenario()).reckoning)[0].start is None


def test_cash_falls_in_the_months_of_the_calendar():
    # Ten days from 26 January: six in January, four in February.
    chosen = scenario(schedule=Schedule(start="2027-01-26"), dataset=Dataset(licences_usd=1_000.0))
    january, february = cash(chosen)
    assert (january.label, february.label) == ("2027-01", "2027-02")
    assert january.by_group["final run"] == pytest.approx(0.6 * 367_718.40, abs=0.01)
    assert january.by_group["data"] == 1_000.0
    assert february.cumulative_usd == 368_718.40
    assert january.committed_usd == 1_000.0


def test_a_reservation_is_paid_to_its_end():
    months = cash(scenario(supply=Supply("reserved", term_months=12.0)))
    assert len(months) == 12
    assert months[-1].by_group == {"infrastructure": pytest.approx(730 * 384 * 3.99, rel=1e-6)}
    assert all(m.committed_usd == m.total_usd for m in months)


@settings(deadline=None, max_examples=60)
@given(chosen=SCENARIOS)
def test_months_add_up_to_the_bill_to_the_cent(chosen: Scenario):
    months, result = answered(chosen).cash, priced(chosen)
    assert round(100 * math.fsum(m.total_usd for m in months)) == round(100 * result.total.cost_usd)
    assert months[-1].cumulative_usd == pytest.approx(result.total.cost_usd, abs=0.001)
    for month in months:
        assert month.total_usd == pytest.approx(math.fsum(month.by_group.values()), abs=0.001)
        assert -0.01 <= month.committed_usd <= month.total_usd + 0.001
    for group in {line.group for line in result.ledger}:
        paid = math.fsum(m.by_group.get(group, 0.0) for m in months)
        owed = math.fsum(line.cost_usd for line in result.ledger if line.group == group)
        assert paid == pytest.approx(owed, abs=0.005)
    assert len({m.label for m in months}) == len(months)


def test_what_is_held_back_is_paid_as_the_rest_is():
    chosen = scenario(
        hours=(1460.0,),
        programme=Programme(contingency=0.5, setup_usd=1e6),
        storage=Storage(egress_terabytes=1.0),
    )
    for month in cash(chosen):
        others = month.total_usd - month.by_group["contingency"]
        assert month.by_group["contingency"] == pytest.approx(0.5 * others, abs=0.02)


def test_what_is_paid_after_a_century_says_that_it_is_of_all_that_time():
    months = cash(scenario(hours=(150 * 12 * 730.0,)))
    assert len(months) == 1200
    assert months[-1].label == "Month 1200+"
    before = months[-2].cumulative_usd
    assert before == pytest.approx(1199 / 1800 * months[-1].cumulative_usd, rel=1e-3)
    assert cash(scenario(hours=(99 * 12 * 730.0,)))[-1].label == "Month 1188"

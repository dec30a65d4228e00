"""What the samples of a plan make of its cash, of buying, and of other suppliers' prices."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.chances import figure_ranges
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.doubt.beside import Beside
from isocost.plan.doubt.risk import risk
from isocost.plan.project.project import set_value
from isocost.report.findings.inputs.choices import buying_words, rent_view
from isocost.report.findings.tabs.ledger import CalendarView, cash_doubt, cash_table

CATALOG = load()


@cache
def planned(name: str, **values: float) -> tuple[Answer, Beside]:
    project = load_project(presets() / f"{name}.yaml", CATALOG)
    for path, value in values.items():
        project = set_value(project, path.replace("__", "."), value)
    found = answer(project, CATALOG)
    return found, figure_ranges(found).beside


@pytest.mark.parametrize("name", ["api-or-own", "smollm3-programme"])
def test_cash_of_all_months_is_the_cost_as_far_as_it_is_paid_by_then(name):
    found, beside = planned(name)
    cash = beside.cash
    assert len(cash.month_usd) == len(found.cash)
    sampled = risk(found.reckoning).outcomes.cost_usd
    low, high = np.quantile(sampled, (0.1, 0.9))
    assert cash.so_far_usd[-1][0] <= low * 1.001
    assert cash.so_far_usd[-1][1] <= high * 1.001
    if cash.later < 0.01:  # nothing goes on past the last month: what is paid by its end is all of it
        assert cash.so_far_usd[-1] == pytest.approx((low, high), rel=0.01)
    assert cash.without_reserve is (name == "api-or-own")
    assert sum(cash.dearest) == pytest.approx(1.0)
    for (first, _), (second, _) in zip(cash.so_far_usd, cash.so_far_usd[1:], strict=False):
        assert first <= second


def test_the_planned_cash_of_a_month_lies_within_its_range_where_stages_take_their_turn():
    found, beside = planned("rent-or-buy-64-h100")
    first, (low, high) = found.cash[0], beside.cash.month_usd[0]
    assert low < first.total_usd < high
    said = cash_doubt(beside.cash, found.cash)
    assert said.endswith("that something is still paid after Month 2.")
    words = CalendarView(found.timeline, found.cash, None, 0.0, beside.cash).words(len(found.timeline))
    assert "; 8 chances in 10: " in words
    assert words.endswith(" by its end")
    assert cash_table(found.cash, beside.cash).rows[0][-4:] == (low, high, low, high)
    assert len(cash_table(found.cash).rows[0]) == len(cash_table(found.cash, beside.cash).rows[0]) - 4


def test_buying_is_asked_again_of_every_sample():
    """A plan of two months never fills the two years after which buying pays; one of four years does."""
    found, beside = planned("rent-or-buy-64-h100")
    question, buying = found.reckoning.rent_or_buy, beside.buying
    assert buying.month[0] < question.crossover_month < buying.month[1]
    assert buying.rent[0] < 1.0 < buying.rent[1]
    assert buying.pays == 0.0
    assert "less than one chance in 100 that buying is better after all" in buying_words(question, buying)
    assert rent_view(question, buying).lines[0].ends == buying.rent
    long, about = planned("rent-or-buy-64-h100", data__tokens=28e12)
    assert 0.05 < about.buying.pays < 0.95
    assert "is better after all" in buying_words(long.reckoning.rent_or_buy, about.buying)


def test_buying_at_the_median_is_as_the_plan_has_it():
    found, _ = planned("rent-or-buy-64-h100")
    question = found.reckoning.rent_or_buy
    assert float(question.crossing) == question.crossover_month
    assert float(question.filled) == question.planned_months


def test_at_the_plans_own_price_the_range_is_that_of_the_plan_with_the_price_known():
    found, beside = planned("startup-7b")
    price = found.scenario.price.usd_per_gpu_hour
    low, high = beside.by_price.ends(price)
    span = found.estimate.range.cost_usd
    assert span.p10 < low < found.estimate.total.cost_usd < high < span.p90
    twice = beside.by_price.ends(2.0 * price)
    assert twice == pytest.approx((2.0 * low, 2.0 * high))  # nothing but rent is in this bill
    assert not beside.by_price.without_reserve


def test_owned_accelerators_have_no_price_to_compare():
    project = load_project(presets() / "rent-or-buy-64-h100.yaml", CATALOG)
    owned = next(at for at, each in enumerate(project.scenarios) if each.supply.owns)
    assert figure_ranges(answer(project, CATALOG, owned)).beside.by_price is None

"""API, fine-tune or own: what each costs and where they cross."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.plan.money.options import Option, compare_options, crossing
from isocost.plan.project.programme import Api, Demand, FineTune, Serving
from tests.plan.programmes import scenario


def plan(tokens_per_day: float = 1e9):
    """Round prices: $1, $0.50 and $0.10 per million tokens of the mix."""
    return scenario(
        demand=Demand(tokens_per_day, input_share=0.5, months=20.0),
        api=Api(usd_per_mtok_in=0.5, usd_per_mtok_out=1.5),
        finetune=FineTune(1e9, 1.0, 9_000.0, 0.5, 0.5),
        serving=Serving(0.1, 0.1, 1_000.0),
    )


def test_nothing_is_compared_without_a_demand():
    assert compare_options(scenario(), 1e6) is None


def test_each_option_is_its_start_its_months_and_its_tokens():
    comparison = compare_options(plan(), 400_000.0)
    assert comparison is not None
    # A month is 730 hours: 30.4 days of a thousand million tokens.
    month = 1_000 * 730 / 24
    api, tuned, own = comparison.totals_usd
    assert api == pytest.approx(20 * month * 1.0)
    assert tuned == pytest.approx(1_000 + 9_000 + 20 * month * 0.5)
    assert own == pytest.approx(400_000 + 20 * (1_000 + month * 0.1))
    assert comparison.cheapest == "fine-tune"
    assert [option.key for option in comparison.options] == ["api", "fine-tune", "train"]


def test_they_cross_where_the_start_is_earned_back_over_the_whole_use():
    comparison = compare_options(plan(), 400_000.0)
    assert comparison is not None
    pair = next(
        c for c in comparison.crossings if {c.dearer_at_start, c.cheaper_at_start} == {"api", "train"}
    )
    # (400,000 / 20 months + 1,000 a month) / ($0.90 a million x 30.42 days)
    assert pair.tokens_per_day == pytest.approx(21_000 / (0.9 * 730 / 24) * 1e6)
    assert pair.payback_months == pytest.approx(400_000 / (0.9 * 1_000 * 730 / 24 - 1_000))


OPTIONS = st.builds(
    Option,
    st.just("one"),
    st.just("One"),
    st.floats(0.0, 1e8),
    st.floats(0.0, 1e5),
    st.floats(0.001, 100.0),
    st.just(""),
)


@given(OPTIONS, OPTIONS, st.floats(1e6, 1e12), st.floats(1.0, 60.0))
def test_at_the_crossing_both_cost_the_same(one: Option, other: Option, tokens: float, months: float):
    demand = Demand(tokens, months=months)
    met = crossing(one, other, demand)
    if met.tokens_per_day:
        left, right = (each.total_usd(met.tokens_per_day, months) for each in (one, other))
        assert left == pytest.approx(right, rel=1e-6)
    if met.payback_months is not None:
        left, right = (each.total_usd(tokens, met.payback_months) for each in (one, other))
        assert left == pytest.approx(right, rel=1e-6, abs=1e-6)


def test_what_is_never_cheaper_never_crosses():
    dear, cheap = Option("dear", "", 1e6, 0.0, 2.0, ""), Option("cheap", "", 0.0, 0.0, 1.0, "")
    met = crossing(dear, cheap, Demand(1e9))
    assert (met.tokens_per_day, met.payback_months) == (None, None)


def test_the_chart_spans_the_demand_and_agrees_with_the_table():
    comparison = compare_options(plan(), 400_000.0)
    assert comparison is not None
    middle = len(comparison.tokens_per_day) // 2
    assert comparison.tokens_per_day[middle] == pytest.approx(1e9)
    for total, curve in zip(comparison.totals_usd, comparison.curves_usd, strict=True):
        assert curve[middle] == pytest.approx(total)
        assert (curve[1:] >= curve[:-1]).all()


def test_token_prices_carry_supplier_day_and_source():
    quotes = load().constants.api_quotes
    assert len(quotes) > 100
    assert all(quote.source.startswith("http") and quote.supplier for quote in quotes)
    mini = next(q for q in quotes if q.model == "gpt-5-mini")
    assert (mini.usd_per_mtok_in, mini.usd_per_mtok_out) == (Api().usd_per_mtok_in, Api().usd_per_mtok_out)
    tuned = next(q for q in quotes if q.kind == "fine-tune" and q.supplier == "Together AI")
    assert tuned.usd_per_mtok_in == FineTune().usd_per_mtok_trained

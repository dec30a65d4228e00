"""API, fine-tune or own: what each costs and where they cross."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.plan.money.options import Option, compare_options, crossing
from isocost.plan.project.programme import Api, Demand, FineTune, Serving
from tests.plan.programmes import priced, scenario


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
    mini = next(q for q in quotes if q.model == Api().model)
    assert (mini.usd_per_mtok_in, mini.usd_per_mtok_out) == (Api().usd_per_mtok_in, Api().usd_per_mtok_out)
    tuned = next(q for q in quotes if q.kind == "fine-tune" and q.supplier == "Together AI")
    assert tuned.usd_per_mtok_in == FineTune().usd_per_mtok_trained


def test_withdrawn_models_are_no_offer_of_today():
    quotes = load().constants.api_quotes
    today = date(2026, 11, 28)
    sold = {(q.model, q.supplier) for q in quotes if q.asked_on(today)}
    for gone in ("deepseek-r1", "deepseek-v3"):
        assert (gone, "DeepSeek") not in sold
    assert ("gpt-4", "OpenAI") not in sold
    assert ("gpt-4o", "OpenAI") in sold
    assert not next(q for q in quotes if q.model == "gpt-4o").asked_on(date(2027, 1, 15))
    assert ("gemini-3.8-flash (from 2027-01-01)", "Google") not in sold
    assert (Api().model, Api().supplier) in sold


def test_deepseek_is_priced_over_the_whole_day():
    quotes = {q.model: q for q in load().constants.api_quotes if q.supplier == "DeepSeek"}
    for name in ("deepseek-v4-pro", "deepseek-v4-flash"):
        peak, off = quotes[f"{name} (peak)"], quotes[f"{name} (off-peak)"]
        even = (7 * peak.usd_per_mtok_in + 17 * off.usd_per_mtok_in) / 24
        assert quotes[name].usd_per_mtok_in == pytest.approx(even)


def test_a_plan_priced_by_a_withdrawn_model_is_told_so():
    gone = priced(scenario(api=Api(model="deepseek-r1", supplier="DeepSeek")))
    (said,) = (each for each in gone.warnings if each.code == "withdrawn-model")
    assert said.message == (
        "DeepSeek withdrew deepseek-r1 on 2026-07-24: its price is history; choose one that is sold."
    )
    assert said.severity == "care"

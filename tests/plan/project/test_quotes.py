"""Quotes in a plan: one of each supplier on the same terms, the first of an accelerator counts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.prices import PriceCard
from isocost.plan.answer.across.curves import other_cards
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.choosing import (
    price_for,
    price_from,
    with_hardware,
    with_price,
    with_quote_used,
)
from isocost.plan.project.quotes import (
    first_quote,
    offer_of,
    with_changed_quote,
    with_quotes,
    without_quotes,
)

CATALOG = load(Path("no user files"))
PLAN = new_project(CATALOG)


def card(accelerator="b200", usd=4.0, supplier="A", terms="one-year"):
    return PriceCard(accelerator, usd, supplier, terms, "mail", "2026-11-01")


CARDS = st.builds(
    card,
    st.sampled_from(["b200", "h100-sxm", "mi300x"]),
    st.sampled_from([1.0, 2.0, 3.0]),
    st.sampled_from(["A", "B"]),
    st.sampled_from(["one-year", "on demand"]),
)


@given(st.lists(CARDS), st.lists(CARDS, min_size=1))
def test_there_is_one_quote_of_each_offer_and_the_new_come_first(held, new):
    plan = with_quotes(with_quotes(PLAN, held), new)
    offers = [offer_of(each) for each in plan.prices]
    assert len(set(offers)) == len(offers)
    assert set(new) >= set(plan.prices[: len({offer_of(each) for each in new})])
    assert plan.prices[0].accelerator == new[0].accelerator
    assert with_quotes(plan, plan.prices) == plan
    assert without_quotes(plan, plan.prices).prices == ()


@given(st.lists(CARDS, min_size=1), CARDS, st.data())
def test_a_changed_quote_keeps_its_place_and_there_is_still_one_of_each(held, after, data):
    plan = with_quotes(PLAN, held)
    before = data.draw(st.sampled_from(plan.prices))
    changed = with_changed_quote(plan, before, after).prices
    assert after in changed
    assert len({offer_of(each) for each in changed}) == len(changed)
    assert set(changed) - {after} <= set(plan.prices) - {before}


def test_the_ranking_and_the_choice_take_the_first_quote():
    first, second = card(usd=4.0), card(usd=3.0, supplier="B")
    plan = with_quotes(PLAN, (first, second))
    assert first_quote(plan, "b200") == price_for(plan, "b200", CATALOG) == first
    assert first in other_cards(plan, CATALOG)
    used = with_quote_used(plan, second)
    assert second in other_cards(used, CATALOG)
    assert first not in other_cards(used, CATALOG)
    assert used.scenarios == plan.scenarios  # another accelerator's price is not the plan's
    chosen = with_hardware(used, "b200", 64, CATALOG)
    assert chosen.scenarios[0].price == price_from(second)


def test_a_quote_of_the_plans_own_accelerator_is_what_it_pays_once_it_is_used():
    own = card("h100-sxm", 2.1)
    plan = with_quotes(PLAN, (own,))
    assert plan.scenarios == PLAN.scenarios
    assert with_quote_used(plan, own).scenarios[0].price == price_from(own)


def test_leaving_an_accelerator_keeps_its_price_first_and_its_quotes():
    own, paid = card("h100-sxm", 2.1), card("h100-sxm", 2.5, "B")
    plan = with_price(with_quotes(PLAN, (own,)), paid)
    left = with_hardware(plan, "b200", 64, CATALOG)
    assert left.prices == (paid, own)
    back = with_hardware(left, "h100-sxm", 64, CATALOG)
    assert back.scenarios[0].price == price_from(paid)


def test_a_price_typed_again_takes_the_place_of_the_last_one_typed():
    typed = msgspec.structs.replace(PLAN.scenarios[0].price, usd_per_gpu_hour=9.0, supplier="your input")
    plan = msgspec.structs.replace(PLAN, scenarios=(msgspec.structs.replace(PLAN.scenarios[0], price=typed),))
    there = with_hardware(plan, "b200", 64, CATALOG)
    back = with_hardware(there, "h100-sxm", 64, CATALOG)
    assert back.scenarios[0].price.usd_per_gpu_hour == pytest.approx(9.0)
    again = with_hardware(back, "b200", 64, CATALOG)
    assert len([each for each in again.prices if each.accelerator == "h100-sxm"]) == 1

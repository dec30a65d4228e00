"""Scenarios beside each other: chances, inputs that differ, steps from one total to another."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from isocost.catalog import load
from isocost.cli.plans import open_plan
from isocost.plan.answer.estimate import answer
from isocost.plan.compare.beside import beside, differing, odds_of
from isocost.plan.compare.suppliers import priced_by_suppliers
from isocost.plan.doubt.risk import risk
from isocost.plan.kinds import ModelStage
from isocost.plan.project.choosing import with_price
from isocost.plan.project.editing import duplicate_scenario, move_scenario
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Project, set_value
from isocost.plan.values import ModelChoice
from isocost.report.decisions.comparing.suppliers import cards_said, cards_shown
from isocost.report.decisions.comparing.why import why
from isocost.report.decisions.doubting.beside import columns, input_place

CATALOG = load()
PLAN = open_plan("api-or-own", CATALOG)


def changed(*changes: tuple[str, object]) -> Project:
    """The plan with a copy of its scenario, the copy with some values of its last stage's."""
    plan = duplicate_scenario(PLAN, 0)
    for path, value in changes:
        plan = set_value(plan, path, value, scenario=1, stage=1)
    return plan


def shown(plan: Project):
    found = beside(plan, CATALOG, 1)
    return columns(plan.scenarios, found.sides, CATALOG)


def test_a_copy_differs_in_nothing():
    plan = changed()
    assert differing(plan.scenarios, CATALOG) == ()
    assert shown(plan).said.finding.startswith("Both cost the same")
    found = beside(plan, CATALOG, 1)
    steps = why(found.pair, ["a", "b"], "B", CATALOG)
    assert [each.letter for each in steps.steps] == ["A", "B"]
    assert steps.said.finding == "B is a copy of A so far"


@settings(max_examples=8, deadline=None)
@given(st.sampled_from([1e12, 3e12]), st.sampled_from([128, 256, 512]), st.sampled_from([2.0, 3.99, 9.0]))
def test_the_steps_lead_from_one_total_to_the_other_to_the_cent(tokens, count, price):
    plan = changed(
        ("data.tokens", tokens),
        ("hardware.count", count),
        ("price.usd_per_gpu_hour", price),
        ("people.heads", 9.0),
    )
    found = beside(plan, CATALOG, 1)
    first, *steps, last = why(found.pair, ["a", "b"], "B", CATALOG).steps
    level = first.end
    for step in steps:
        assert step.start == pytest.approx(level, abs=0.001)
        level = step.end
    assert level == pytest.approx(last.end, abs=0.006)
    assert first.end == answer(plan, CATALOG, 0).estimate.total.cost_usd
    assert last.end == answer(plan, CATALOG, 1).estimate.total.cost_usd
    amounts = [step.usd for step in steps]
    assert amounts == sorted(amounts, reverse=True)


def test_small_steps_between_large_totals_are_seen_and_the_bars_say_where_they_begin():
    found = beside(changed(("people.heads", 6.1)), CATALOG, 1)
    steps = why(found.pair, ["a", "b"], "B", CATALOG)
    assert steps.floor > 0.0
    assert steps.said.subtitle.startswith("Bars begin at $")
    reach = steps.ceiling - steps.floor
    assert abs(steps.steps[1].usd) > 0.3 * reach
    large = beside(changed(("data.tokens", 2e13)), CATALOG, 1)
    assert why(large.pair, ["a", "b"], "B", CATALOG).floor == 0.0


def test_only_inputs_that_differ_stand_there_each_with_what_every_scenario_holds():
    plan = duplicate_scenario(changed(("data.tokens", 3e12)), 0)
    plan = set_value(plan, "people.heads", 9.0, scenario=1)
    rows = {row.path: row for row in differing(plan.scenarios, CATALOG)}
    assert set(rows) == {"people.heads", "Pre-training/data.tokens"}
    assert [held.value for held in rows["people.heads"].held] == [6.0, 9.0, 6.0]
    assert [held.differs for held in rows["people.heads"].held] == [False, True, False]
    assert [held.value for held in rows["Pre-training/data.tokens"].held] == [2e12, 2e12, 3e12]


def test_a_scenario_whose_model_goes_by_a_name_is_not_given_the_base_s_size():
    plan = duplicate_scenario(changed(("model.parameters", 9e9)), 0)
    named = msgspec.structs.replace(plan.scenarios[1], model=ModelChoice(name="Llama 3.1 8B"))
    plan = msgspec.structs.replace(plan, scenarios=(plan.scenarios[0], named, plan.scenarios[2]))
    row = next(row for row in shown(plan).rows if row.path == "model.parameters")
    assert row.cells[1].differs
    assert row.cells[1].words == "Llama 3.1 8B"


def test_a_stage_that_is_not_there_holds_no_input():
    plan = duplicate_scenario(PLAN, 0)
    base, other = plan.scenarios
    less = msgspec.structs.replace(
        base, name="Less", stages=tuple(s for s in base.stages if isinstance(s, ModelStage))
    )
    more = set_value(plan, "ablations.share", 0.3, scenario=1, stage=0).scenarios[1]
    rows = {row.path: row for row in differing((base, more, less), CATALOG)}
    share = rows["Ablations/ablations.share"].held
    assert [held.absent for held in share] == [False, False, True]
    assert [held.differs for held in share] == [False, True, True]
    assert rows["Ablations/stage"].held[2].absent
    assert other.stages


def test_chances_are_those_of_the_risk_of_each_against_its_own_goal():
    plan = changed(("goal.budget_usd", 1.75e6), ("goal.deadline_days", 150.0))
    found = beside(plan, CATALOG, 1).sides
    expected = risk(answer(plan, CATALOG, 1).reckoning)
    assert found[0].odds.budget_held is None
    assert found[1].odds == odds_of(expected, Goal(1.75e6, 150.0))
    assert found[1].odds.budget_held == 1.0 - expected.chance_over(1.75e6)
    rows = {row.label: row for row in shown(plan).rows}
    assert rows["Budget is enough"].cells[0].words == "–"
    assert rows["Budget is enough"].cells[1].words.endswith("100")
    assert rows["Deadline is kept"].cells[1].words.endswith("100")
    assert "Budget is enough" not in {row.label for row in shown(changed()).rows}


def test_what_has_not_changed_is_not_answered_again():
    plan = changed(("data.tokens", 3e12))
    first = beside(plan, CATALOG, 1)
    turned = beside(move_scenario(plan, 1, 0), CATALOG, 1, first.sides)
    assert turned.sides[0].answer is first.sides[1].answer
    assert turned.sides[1].answer is first.sides[0].answer
    assert turned.pair.delta_usd == -first.pair.delta_usd
    edited = beside(set_value(plan, "hardware.count", 128, scenario=1, stage=1), CATALOG, 1, first.sides)
    assert edited.sides[0].answer is first.sides[0].answer
    assert edited.sides[1].answer is not first.sides[1].answer


def test_a_scenario_without_a_price_says_why_and_the_others_stand():
    plan = changed()
    broken = msgspec.structs.replace(plan.scenarios[1], model=ModelChoice(name="No such model"))
    plan = msgspec.structs.replace(plan, scenarios=(plan.scenarios[0], broken))
    found = beside(plan, CATALOG, 1)
    assert found.pair is None
    assert "No such model" in found.problem
    view = columns(plan.scenarios, found.sides, CATALOG)
    assert view.rows[0].cells[1].words == "no estimate"
    assert "No such model" in view.rows[0].cells[1].tip
    assert view.rows[0].cells[0].words.startswith("$")


def test_the_finding_holds_for_every_scenario():
    dearer = changed(("people.heads", 9.0))
    assert " more than A" in shown(dearer).said.finding
    assert " less than A" in shown(move_scenario(dearer, 1, 0)).said.finding
    three = duplicate_scenario(dearer, 1)
    assert shown(three).said.finding.startswith("None costs less than A; ")


def test_an_input_is_looked_for_at_a_stage_that_uses_it():
    scenario = PLAN.scenarios[0]
    names = [stage.name for stage in scenario.stages]
    assert names == ["Ablations", "Pre-training"]
    assert input_place(scenario, "Pre-training/data.tokens") == (1, "data.tokens")
    assert input_place(scenario, "model.parameters", 0) == (1, "model.parameters")
    assert input_place(scenario, "hardware.count", 0) == (0, "hardware.count")
    assert input_place(scenario, "price.supplier", 1) == (1, "price.usd_per_gpu_hour")
    assert input_place(scenario, "people.heads") == (None, "people.heads")
    assert input_place(scenario, "ranges.people.heads") == (None, "people.heads")
    assert input_place(scenario, "Elsewhere/data.tokens") == (None, "")
    assert input_place(scenario, "Ablations/stage") == (0, "")


def test_a_card_adopted_costs_what_the_card_said():
    found = priced_by_suppliers(answer(PLAN, CATALOG), CATALOG)
    shown_cards = cards_shown(found)
    assert all(each.own or not each.single for each in shown_cards)
    for card in (shown_cards[0], shown_cards[-1]):
        total = answer(with_price(PLAN, card.card), CATALOG).estimate.total.cost_usd
        assert total == pytest.approx(card.total_usd, abs=0.01)
        part = (card.total_usd - found.still_usd) / card.card.usd_per_gpu_hour
        own = next(each for each in shown_cards if each.own)
        assert part == pytest.approx((own.total_usd - found.still_usd) / own.card.usd_per_gpu_hour)
    said = cards_said(found, "B")
    assert said.finding.startswith(f"B at {len(shown_cards)} prices: ")
    assert all(each.card.supplier in said.summary for each in shown_cards)


def test_of_prices_that_change_nothing_nothing_is_offered():
    """Stages on hardware of their own all, and a cluster that is owned."""
    stages = tuple(
        replace(stage, hardware=PLAN.scenarios[0].hardware, price=PLAN.scenarios[0].price)
        for stage in PLAN.scenarios[0].stages
    )
    apart = replace(PLAN, scenarios=(replace(PLAN.scenarios[0], stages=stages),))
    owned = open_plan("rent-or-buy-64-h100", CATALOG)
    for plan, at, finding in ((apart, 0, "No price of H100 changes this plan"), (owned, 1, "The H100 are")):
        found = priced_by_suppliers(answer(plan, CATALOG, at), CATALOG)
        said = cards_said(found, "B")
        assert not cards_shown(found)
        assert said.finding.startswith(finding)
        assert "click" not in said.subtitle
        assert said.summary.startswith(finding)
        assert ".." not in said.summary
    rented = priced_by_suppliers(answer(owned, CATALOG, 0), CATALOG)
    assert rented.moves
    assert cards_said(rented, "A").subtitle.endswith("A click takes a price over.")

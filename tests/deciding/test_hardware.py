"""`isocost offers`, `rank` and `wins`: accelerators to choose among, and where the choice changes."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.prices import PriceCard
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.answer.across.comparison import ranked
from isocost.plan.answer.across.curves import other_curves
from isocost.plan.answer.across.deadlines import ABOUT_AS_CHEAP
from isocost.plan.answer.estimate import answer, estimate, stage_estimates
from isocost.plan.doubt.risk import risk
from isocost.plan.project.choosing import price_from
from isocost.plan.project.project import set_value
from isocost.plan.project.terms import card_on_terms
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.offers import offers
from isocost.plan.solve.hardware.ranks import ranking, sureness_of
from isocost.plan.solve.hardware.wins import NOBODY, Span, wins
from isocost.plan.solve.offered import offered, on_offer
from isocost.plan.solve.solve import with_goal
from isocost.report.decisions.choices import terms_words
from isocost.report.findings.tabs.plan import in_words, ranking_said

from .asked import CLAIMED, KNOWN, PROGRAMME, answered, plan_file, run

TODAY = date(2026, 11, 29)


def case_of(name="startup-7b", budget=None, deadline=None):
    catalog = load()
    project = load_project(find_plan(name), catalog)
    return with_goal(Case(project, catalog, 0, TODAY), budget, deadline)


def total_on(case, choice):
    there = case.on(choice.price, choice.count)
    return estimate(there.project, case.catalog).total


# Offers


def test_three_offers_each_at_least_as_likely_as_not_to_keep_both():
    case = case_of(budget=3e5, deadline=14)
    found = offers(case)
    for offer in (found.cheapest, found.fastest, found.balanced):
        total = total_on(case, offer.choice)
        assert total.cost_usd == pytest.approx(offer.choice.cost_usd)
        assert total.cost_usd <= 3e5
        assert total.wall_days <= 14
        there = case.on(offer.choice.price, offer.choice.count)
        chance = risk(stage_estimates(there.scenario, case.catalog)[0]).chance_both(3e5, 14)
        assert offer.choice.chance == pytest.approx(chance)
        assert chance >= 0.5
    cheapest, fastest, between = (o.choice for o in (found.cheapest, found.fastest, found.balanced))
    assert cheapest.cost_usd <= between.cost_usd <= fastest.cost_usd
    assert fastest.span_days <= between.span_days <= cheapest.span_days


def test_no_cheaper_offer_is_passed_over():
    """Every count of every accelerator, one by one: none that keeps the goal is cheaper than the offer."""
    case = case_of(budget=3e5, deadline=14)
    found = offers(case, frozenset({"mi355x", "mi325x"}))
    rows = [row for row in ranking(case, frozenset({"mi355x", "mi325x"})).rows if row.in_time]
    likely = [row.choice for row in rows if row.within_budget and row.choice.chance >= 0.5]
    assert found.cheapest.choice.cost_usd <= min(each.cost_usd for each in likely)


def test_what_nothing_keeps_names_the_likeliest(capsys, tmp_path):
    code, out, _ = run(capsys, "offers", plan_file(tmp_path, CLAIMED), "--budget", "1", "--deadline", "30")
    assert code == 0
    assert "No offer is as likely as not to stay within $1 and 30 days" in out


def test_a_contract_longer_than_the_run_is_no_offer_unless_the_plan_holds_it():
    case = case_of(deadline=14)
    card = PriceCard("h200-sxm", 1.0, "A cloud", "one-year", "a page", "2026-11-01")
    on = case.reach([card])
    good = on_offer(case, on)
    assert not good[on.days < 365].any()
    assert good[(on.days >= 365) & (on.days <= 3650) & on.fits & on.fed].all()
    project = case.project.__class__(name="", scenarios=case.project.scenarios, prices=(card,))
    chosen = Case(project, case.catalog, 0, TODAY)
    assert on_offer(chosen, chosen.reach([card]))[on.days < 365].any()


def test_offers_as_other_programs_read_them(capsys):
    found = answered(capsys, "offers", "startup-7b", "--budget", "300K", "--deadline", "14")
    for name in ("cheapest", "fastest", "balanced"):
        offer = found[name]
        assert {"accelerator", "count", "cost_usd", "wall_days", "supplier", "price_date", "evidence"} <= set(
            offer
        )
        assert offer["evidence"] in ("measured", "near", "extrapolated", "guessed")
        assert offer["price_age_days"] >= 0
    assert len(list(csv.reader(io.StringIO(run(capsys, "offers", "startup-7b", "--format", "csv")[1])))) == 4


def test_an_accelerator_left_out_is_not_offered(capsys):
    found = answered(capsys, "offers", "startup-7b", "--deadline", "14", "--without", "MI355X, mi325x")
    assert found["cheapest"]["accelerator"] not in ("mi355x", "mi325x")
    code, _, err = run(capsys, "offers", "startup-7b", "--without", "mi355y")
    assert (code, "mi355y" in err) == (2, True)


SMALL_STAGE = """\
isocost: 1
name: Small stage
scenarios:
  - name: Base
    model: {parameters: 3e9}
    hardware: {accelerator: h100-sxm, count: 256}
    goal: {budget_usd: 3e6, deadline_days: 120}
    stages:
      - {kind: pretrain, name: Main, data: {tokens: 1.5e12}}
      - {kind: sft, name: Adapters, data: {tokens: 2e8}, tuning: {method: lora}}
"""
"""A plan whose second stage takes minutes and has a batch of few sequences."""


def test_a_small_stage_that_leaves_accelerators_idle_rules_no_count_out(capsys, tmp_path):
    """Offers, the answer of solve and the sweep price one count alike."""
    file = plan_file(tmp_path, SMALL_STAGE)
    found = answered(capsys, "offers", file)
    solved = answered(capsys, "solve", file, "--for", "count", "--deadline", "3")
    assert solved["value"] <= 512
    for name, by in (("cheapest", "cost_usd"), ("fastest", "wall_days")):
        for other in ("cheapest", "fastest", "balanced"):
            assert found[name][by] <= found[other][by]
    assert found["fastest"]["count"] > 512  # more than its adapters' batch has sequences


@pytest.mark.parametrize("name", ["startup-7b", "smollm3-programme"])
def test_no_offer_has_a_point_of_the_curves_before_it(name):
    """The fastest is within a hundredth of the fastest there is, the cheapest the cheapest."""
    case = case_of(name, 1e9, 3000.0)
    found, on = offers(case), case.reach(offered(case))
    usable = on_offer(case, on) & (on.span_days <= 3000.0)
    assert found.cheapest.choice.cost_usd <= on.cost_usd[usable].min() * 1.0001
    assert found.fastest.choice.span_days <= on.span_days[usable].min() * 1.01


# Ranking


def test_the_cheapest_accelerator_for_a_date_by_hand(capsys, tmp_path):
    """T4: at an MFU of 40 % each, a FLOP costs price over peak; the deadline sets the count."""
    found = answered(capsys, "rank", plan_file(tmp_path, KNOWN), "--deadline", "1")
    first = found["rows"][0]
    by_hand = {"mi355x": 2516.6e12, "h100-sxm": 989.4e12, "h200-sxm": 989.4e12, "b200": 2250e12}
    rows = {row["accelerator"]: row for row in found["rows"]}
    per_flop = {name: rows[name]["usd_per_gpu_hour"] / peak for name, peak in by_hand.items() if name in rows}
    order = [row["accelerator"] for row in found["rows"] if row["accelerator"] in per_flop]
    assert order == sorted(per_flop, key=per_flop.__getitem__)
    hours = rows["h100-sxm"]["gpu_hours"]
    assert rows["h100-sxm"]["cost_usd"] == pytest.approx(2 * hours, abs=0.005)  # told in cents
    assert rows["h100-sxm"]["count"] * 24 >= hours
    assert first["in_time"]


@settings(max_examples=2, deadline=None)
@given(st.floats(0, 1))
def test_whoever_is_said_to_be_cheapest_is_so_at_every_deadline_between(share):
    case = case_of()
    for reign in ranking(case).reigns:
        until = min(reign.until, 400.0)
        deadline = reign.since * (until / reign.since) ** share
        if deadline >= until * (1 - 1e-6):  # as good as the day the next one is in time
            continue
        rows = [row for row in ranking(with_goal(case, None, deadline)).rows if row.in_time]
        own = next(row for row in rows if row.choice.accelerator == reign.accelerator)
        assert own.choice.cost_usd <= rows[0].choice.cost_usd * ABOUT_AS_CHEAP * (1 + 1e-9)


def test_the_winner_changes_at_the_price_that_is_told():
    case = case_of(deadline=14)
    rows = ranking(case).rows
    own = next(row for row in rows if row.choice.accelerator == "h100-sxm")
    for price, wins_it in ((own.wins_below * 0.999, True), (own.wins_below * 1.001, False)):
        changed = Case(set_value(case.project, "price.usd_per_gpu_hour", price), case.catalog, 0, TODAY)
        first = ranking(changed).rows[0].choice.accelerator
        assert (first == "h100-sxm") == wins_it


def test_the_winner_loses_at_the_mfu_that_is_told():
    """Cost and time of a winner that is slower everywhere go with the inverse of its MFU."""
    case = case_of()
    found = ranking(case)
    first, second = found.rows[:2]
    by_hand = first.choice.mfu * first.choice.cost_usd / second.choice.cost_usd
    assert found.mfu_lost == pytest.approx(by_hand, rel=1e-3)


def test_ranks_without_a_deadline_are_at_the_plans_count(capsys):
    rows = answered(capsys, "rank", "startup-7b")["rows"]
    assert {row["count"] for row in rows} == {256}
    assert rows == sorted(rows, key=lambda row: row["cost_usd"])


def test_a_deadline_nobody_keeps_names_the_fastest(capsys):
    code, out, _ = run(capsys, "rank", "startup-7b", "--deadline", "0.01")
    assert code == 0
    assert "No accelerator does it" in out


# Maps


def test_a_map_of_deadlines_and_budgets_is_the_ranking_at_each_place():
    case = case_of()
    found = wins(case, Span("deadline", 1, 100), Span("budget", 5e4, 1e6), size=4)
    for row, budget in enumerate(found.ys):
        for column, deadline in enumerate(found.xs):
            rows = [r for r in ranking(with_goal(case, float(budget), float(deadline))).rows if r.in_time]
            at = found.place[row, column]
            if rows and rows[0].choice.cost_usd <= budget:
                assert found.winners[at].accelerator == rows[0].choice.accelerator
                assert found.cost_usd[row, column] == pytest.approx(rows[0].choice.cost_usd)
            else:
                assert at == NOBODY
                assert math.isinf(found.cost_usd[row, column])


def test_between_searched_sizes_a_map_is_close_to_the_estimate():
    case = case_of()
    found = wins(case, Span("parameters", 3e9, 3e10), Span("tokens", 5e11, 5e12), size=3)
    for row, tokens in enumerate(found.ys):
        for column, size in enumerate(found.xs):
            at = case.put("model.parameters", float(size)).put("data.tokens", float(tokens))
            on = at.reach(offered(at), None)
            asked = on_offer(at, on) & (on.counts == 256)
            assert found.cost_usd[row, column] == pytest.approx(on.cost_usd[asked].min(), rel=0.08)


def test_a_map_of_price_and_count_by_hand(capsys, tmp_path):
    """Where the typed price is below what a FLOP costs elsewhere, the plan's own accelerator wins."""
    plan = plan_file(tmp_path, KNOWN)
    flip = next(
        row["wins_below_usd_per_gpu_hour"]
        for row in answered(capsys, "rank", plan)["rows"]
        if row["accelerator"] == "h100-sxm"
    )
    found = answered(capsys, "wins", plan, "price=0.1..10", "count=32..128", "--size", "20")
    row = int(np.argmin(np.abs(np.log(np.array(found["y"]["values"]) / 64))))
    for price, winner in zip(found["x"]["values"], found["winner"][row], strict=True):
        if abs(price / flip - 1) > 0.3:
            assert (winner == "h100-sxm") == (price < flip)


def test_stale_winners_are_marked_and_left_out_ones_win_nothing(capsys):
    found = answered(capsys, "wins", "startup-7b", "tokens", "deadline", "--without", "mi355x", "--size", "8")
    assert "mi355x" not in {each["accelerator"] for each in found["winners"]}
    stale = {each["accelerator"]: each["stale"] for each in found["winners"]}
    assert stale["mi325x"]  # its newest price is of May 2026
    text = run(capsys, "wins", "startup-7b", "tokens", "deadline", "--without", "mi355x", "--size", "8")[1]
    assert "MI325X *" in text


def test_every_form_of_a_map(capsys):
    told = {
        form: run(capsys, "wins", "startup-7b", "budget", "deadline", "--size", "5", "--format", form)[1]
        for form in ("text", "json", "markdown", "csv")
    }
    tree = json.loads(told["json"])
    rows = list(csv.DictReader(io.StringIO(told["csv"])))
    assert len(rows) == 25
    names = [name or "" for line in tree["winner"] for name in line]
    assert [row["accelerator"] for row in rows] == names


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tokens", "tokens"], "two different inputs"),
        (["tokens", "happiness"], "unknown input 'happiness'"),
        (["tokens=1T", "deadline"], "LOW..HIGH"),
        (["tokens=5T..1T", "deadline"], "must rise"),
        (["tokens=1T..x", "deadline"], "X:"),
        (["tokens", "deadline", "--size", "1.5"], "whole number"),
        (["tokens", "deadline", "--size", "100000"], "whole number"),
    ],
)
def test_a_map_that_makes_no_sense_gets_one_sentence(capsys, arguments, said):
    code, out, err = run(capsys, "wins", "startup-7b", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("command", ["offers", "rank"])
@pytest.mark.parametrize("preset", ["deepseek-r1", "rent-or-buy-64-h100", "qlora-8b-on-a-4090"])
def test_every_kind_of_plan_is_answered(capsys, command, preset):
    code, out, err = run(capsys, command, preset, "--format", "markdown")
    assert (code, err) == (0, "")
    assert out.startswith("## ")


@pytest.mark.parametrize("command", [["offers"], ["rank"], ["wins", "count", "deadline"]])
@pytest.mark.parametrize(
    ("change", "said"),
    [("enabled: false", "switched off"), ("hardware: {accelerator: b200, count: 8}", "hardware of its own")],
)
def test_a_plan_without_hardware_to_choose_gets_one_sentence(capsys, tmp_path, command, change, said):
    plan = plan_file(tmp_path, KNOWN.replace("name: Run,", f"name: Run, {change},"))
    code, out, err = run(capsys, command[0], plan, *command[1:])
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_claimed_plans_have_no_tokens_to_map(capsys, tmp_path):
    code, _, err = run(capsys, "wins", plan_file(tmp_path, CLAIMED), "tokens", "deadline")
    assert (code, "no tokens to vary" in err) == (2, True)


@pytest.mark.parametrize(("plan", "supposed"), [("deepseek-r1", True), ("startup-7b", False)])
def test_a_ranking_of_claimed_hours_says_what_it_supposes(capsys, plan, supposed):
    _, out, _ = run(capsys, "rank", plan)
    assert ("The claimed hours on each accelerator at equal utilization" in out) is supposed


@pytest.mark.parametrize("reserve", [0.0, 0.2])
@pytest.mark.parametrize(
    "command", [["rank"], ["wins", "count", "deadline", "--deadline", "60", "--size", "3"]]
)
def test_likely_costs_say_where_they_leave_out_the_reserve_that_a_cost_holds(
    capsys, tmp_path, command, reserve
):
    """A cost above all that is likely is a riddle: the range is held against the reserve."""
    plan = PROGRAMME.replace("contingency: 0.2", f"contingency: {reserve}").replace(
        "efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}", "efficiency: {}"
    )
    _, out, _ = run(capsys, command[0], plan_file(tmp_path, plan), *command[1:])
    assert ("without reserve" in out) is (reserve > 0.0)


@pytest.mark.parametrize("reserve", [0.0, 0.2])
def test_so_do_scenarios_side_by_side(capsys, tmp_path, reserve):
    plan = plan_file(tmp_path, PROGRAMME.replace("contingency: 0.2", f"contingency: {reserve}"))
    _, out, _ = run(capsys, "compare", plan, "startup-7b")
    assert ("without reserve" in out) is (reserve > 0.0)


@pytest.mark.parametrize(("budget", "chance"), [("1", "less than 1 in 100"), ("1e9", "more than 99 in 100")])
@pytest.mark.parametrize("command", ["rank", "compare"])
def test_a_chance_of_samples_is_never_one_in_a_hundred_where_none_is(
    capsys, tmp_path, command, budget, chance
):
    plan = KNOWN.replace(
        "efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}", f"goal: {{budget_usd: {budget}}}"
    )
    other = ["startup-7b"] if command == "compare" else []
    _, out, _ = run(capsys, command, plan_file(tmp_path, plan), *other)
    assert chance in out
    assert "  1 in 100" not in out
    assert "  99 in 100" not in out


def test_a_row_of_a_ranking_says_so_too():
    case = case_of("smollm3-programme")
    held = set_value(case.project, "programme.contingency", 0.2)
    apart = sureness_of(ranking(Case(held, case.catalog, 0, TODAY)))
    assert {each.without_reserve for each in apart.values()} == {True}
    comparison = answer(held, case.catalog).comparison.with_curves(other_curves(held, case.catalog))
    rows = [row for row in ranked(comparison) if "8 in 10" in in_words(row, apart)]
    assert rows
    assert all("8 in 10 without its reserve: $" in in_words(row, apart) for row in rows)


@pytest.mark.parametrize("mode", ["on-demand", "spot", "reserved"])
@pytest.mark.parametrize("command", [["offers"], ["rank"], ["wins", "count", "deadline", "--size", "3"]])
def test_a_price_on_terms_beside_prices_by_the_hour_says_so(capsys, tmp_path, command, mode):
    plan = plan_file(tmp_path, f"{KNOWN}  supply: {mode}\n")
    _, out, _ = run(capsys, command[0], plan, *command[1:], "--deadline", "30")
    assert ("on these terms they may cost less" in out) is (mode != "on-demand")


ON_TERMS = {
    "by the hour": ({}, {}, False),
    "spot": ({}, {"mode": "spot"}, True),
    "a typed price of a year": ({"usd_per_gpu_hour": 2.0}, {"mode": "reserved"}, True),
    "the price of a year on demand": ({"commitment": "one-year"}, {}, True),
    "a discount off all": ({"usd_per_gpu_hour": 4.0}, {"mode": "reserved", "discount": 0.3}, False),
    "owned": ({}, {"mode": "own"}, False),
}


@pytest.mark.parametrize("kept", ON_TERMS)
def test_terms_of_the_plan_s_price_are_told_alike_where_accelerators_are_ranked(kept):
    price, supply, told = ON_TERMS[kept]
    case = case_of("smollm3-programme")
    if supply == {"mode": "spot"}:
        price = msgspec.structs.asdict(price_from(card_on_terms(case.card, case.count, "spot", case.catalog)))
    elif "usd_per_gpu_hour" in price:
        price = {**price, "commitment": "", "supplier": "your input"}
    scenario = msgspec.structs.replace(
        case.scenario,
        price=msgspec.structs.replace(case.scenario.price, **price),
        supply=msgspec.structs.replace(case.scenario.supply, **supply),
    )
    held = msgspec.structs.replace(case.project, scenarios=(scenario,))
    comparison = answer(held, case.catalog).comparison.with_curves(other_curves(held, case.catalog))
    drawn = ranking_said(comparison, ranked(comparison)).subtitle
    assert ("Others are at their price by the hour." in drawn) is told
    assert bool(terms_words(Case(held, case.catalog, 0, TODAY))) is told

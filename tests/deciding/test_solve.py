"""`isocost solve`: the input that holds a budget and a deadline, against arithmetic and brute force."""

from __future__ import annotations

import csv
import io
import itertools
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.cli import main
from isocost.engine.scaling import optimum
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.project.project import set_value
from isocost.plan.solve.case import Case
from isocost.plan.solve.crossings import crossings
from isocost.plan.solve.solution import UNKNOWNS, Wish
from isocost.plan.solve.solve import solve, with_goal

from .asked import CLAIMED, H100_FLOPS, KNOWN, PROGRAMME, answered, plan_file, run

TODAY = date(2026, 11, 29)


def case_of(name, budget=None, deadline=None):
    catalog = load()
    project = load_project(find_plan(name), catalog)
    return with_goal(Case(project, catalog, 0, TODAY), budget, deadline)


# T2, T4, and what else people lock and solve for (research on users, by hand)


def test_the_best_model_for_300k_and_60_days_is_the_laws_optimum_of_the_flops_they_buy(capsys, tmp_path):
    """T2: at a fixed 40 % of the peak the money buys FLOPs, and the law splits them."""
    found = answered(
        capsys, "solve", plan_file(tmp_path, KNOWN), "--for", "model", "--budget", "$300K", "--deadline", "60"
    )
    hours = 300_000 / 2.0
    by_hand = optimum(load().constants.laws.law(), hours * 3600 * H100_FLOPS * 0.4)
    best = found["estimate"]
    assert found["feasible"]
    assert found["binding"] == "budget"
    # Attention, the head and norms are FLOPs beside 6 N D.
    assert 6 * best["parameters"] * best["tokens"] == pytest.approx(
        6 * by_hand.parameters * by_hand.tokens, rel=0.12
    )
    assert best["loss"] == pytest.approx(by_hand.loss, abs=0.004)
    assert best["cost_usd"] == pytest.approx(300_000, rel=1e-3)
    assert best["gpu_hours"] == pytest.approx(hours, rel=1e-3)
    assert best["count"] % 8 == 0
    assert best["count"] * 24 * 60 >= hours  # else the deadline would not hold
    assert best["wall_days"] <= 60
    assert best["parameters"] == found["value"]
    others = [each["loss"] for each in found["alternatives"]]
    assert len(others) == 3
    assert all(each > best["loss"] for each in others)


def test_a_plan_reopened_with_the_best_model_comes_to_the_budget(capsys, tmp_path):
    plan = plan_file(tmp_path, KNOWN)
    best = answered(capsys, "solve", plan, "--for", "model", "--budget", "50K", "--deadline", "14")[
        "estimate"
    ]
    again = KNOWN.replace("parameters: 1e9", f"parameters: {best['parameters']!r}")
    again = again.replace("tokens: 2e10", f"tokens: {best['tokens']!r}").replace(
        "count: 64", f"count: {best['count']}"
    )
    again = again.replace("mfu: 0.4", f"mfu: {best['mfu']!r}")  # that of 64, carried to so many
    told = answered(capsys, "estimate", plan_file(tmp_path, again))
    assert told["total"]["cost_usd"] == pytest.approx(50_000, rel=1e-3)
    assert told["total"]["wall_days"] == pytest.approx(best["wall_days"], rel=1e-6)


def test_every_size_that_was_looked_at_spends_what_is_asked_and_no_more(capsys, tmp_path):
    plan = plan_file(tmp_path, KNOWN)
    found = answered(capsys, "solve", plan, "--for", "model", "--budget", "50K", "--deadline", "14")
    paid = [point for point in found["scan"] if point["feasible"]]
    assert len(paid) > 8
    for point in paid:
        spent = max(point["cost_usd"] / 50_000, point["programme_days"] / 14)
        assert 0.97 < spent < 1.003
        assert point["loss"] >= found["estimate"]["loss"] - 1e-3


@pytest.mark.parametrize("budget", ["3000", "10K", "30K"])
def test_the_best_model_is_found_where_the_plan_s_own_cannot_be_paid(capsys, tmp_path, budget):
    """What is done to a 3B beside its text costs more than all of it: smaller models are looked for."""
    beside = """
      - {kind: ablations, name: Trials, ablations: {share: 0.5}}
      - {kind: pretrain, name: Main, data: {tokens: 2e12, sequence: 4096, batch_tokens: 4e6}}
      - {kind: context-extension, name: Long, data: {tokens: 1e11, sequence: 32768, batch_tokens: 4e6}}
"""
    head = KNOWN.partition("  stages:")[0].replace("parameters: 1e9", "parameters: 3e9")
    plan = plan_file(tmp_path, f"{head}  stages:{beside}")
    found = answered(capsys, "solve", plan, "--for", "model", "--budget", budget, "--deadline", "30")
    best = found["estimate"]["loss"]
    assert found["binding"] == "budget"
    assert len(found["alternatives"]) >= 2
    assert all(other["loss"] > best for other in found["alternatives"])
    unpaid = [point for point in found["scan"] if not point["feasible"]]
    assert unpaid
    assert all(point["tokens"] is None and point["loss"] is None for point in unpaid)


ROUNDS = """
isocost: 1
name: Rounds
scenarios:
  - name: A
    model: {name: Qwen3 8B}
    hardware: {accelerator: h100-sxm, count: 64}
    price: {usd_per_gpu_hour: 4}
    stages:
      - kind: rl
        name: RL
        rl:
          {prompts: 256, group: 8, phases: [{steps: 500, mean_start: 2000, mean_end: 6000, cap: 16384}]}
"""


def test_counts_that_are_chosen_among_are_simulated_and_not_read_off_a_line(capsys, tmp_path):
    """Reinforcement learning is simulated count by count: what a scan says is what the plan comes to."""
    plan = plan_file(tmp_path, ROUNDS)
    found = answered(capsys, "solve", plan, "--for", "count", "--budget", "5000", "--deadline", "3")
    assert found["feasible"]
    for point in found["scan"][2:12:3]:
        again = plan_file(tmp_path, ROUNDS.replace("count: 64", f"count: {point['count']}"))
        told = answered(capsys, "estimate", again)["total"]
        assert told["cost_usd"] == pytest.approx(point["cost_usd"], rel=1e-6)
        assert told["wall_days"] == pytest.approx(point["wall_days"], rel=1e-6)


@pytest.mark.parametrize("text", [ROUNDS, CLAIMED])
def test_an_input_that_moves_nothing_is_not_solved_for(capsys, tmp_path, text):
    """Rounds of rollouts are simulated and hours are claimed: no utilization decides them."""
    plan = plan_file(tmp_path, text)
    code, out, err = run(capsys, "solve", plan, "--for", "mfu", "--budget", "9000", "--deadline", "30")
    assert (code, out) == (2, "")
    assert "MFU changes neither" in err


def test_a_plan_that_is_nearest_in_two_ways_is_told_once(capsys, tmp_path):
    plan = plan_file(tmp_path, ROUNDS)
    found = answered(capsys, "solve", plan, "--for", "price", "--budget", "3000", "--deadline", "1")
    assert not found["feasible"]
    told = [(each["accelerator"], each["count"], each["cost_usd"]) for each in found["alternatives"]]
    assert len(told) == len(set(told)) >= 1


def test_hours_at_a_price_are_a_budget(capsys, tmp_path):
    """What would have to be true: 1,000 h for $1,500 is $1.50 an hour."""
    found = answered(capsys, "solve", plan_file(tmp_path, CLAIMED), "--for", "price", "--budget", "1500")
    assert found["value"] == pytest.approx(1.5, rel=1e-3)
    assert found["unit"] == "USD/h"
    assert found["binding"] == "budget"


def test_whole_servers_for_a_date(capsys, tmp_path):
    """1,000 h in 2 days are 20.8 accelerators: three servers of eight."""
    found = answered(capsys, "solve", plan_file(tmp_path, CLAIMED), "--for", "count", "--deadline", "2 days")
    assert found["value"] == 24
    assert found["binding"] == "deadline"
    assert found["estimate"]["wall_days"] == pytest.approx(1000 / 24 / 24)


def test_a_goal_of_the_plan_itself_is_held(capsys, tmp_path):
    text = CLAIMED.replace("  stages:", "  goal: {deadline_days: 2}\n  stages:")
    assert answered(capsys, "solve", plan_file(tmp_path, text), "--for", "count")["value"] == 24


def test_the_mfu_that_must_be_reached(capsys, tmp_path):
    """Twice the time is half the utilization: hours go with 1 / MFU when nothing else is lost."""
    plan = plan_file(tmp_path, KNOWN)
    days = answered(capsys, "estimate", plan)["total"]["wall_days"]
    found = answered(capsys, "solve", plan, "--for", "mfu", "--deadline", str(2 * days))
    assert found["value"] == pytest.approx(0.2, rel=1e-3)


def test_the_whole_programme_counts_against_the_budget(capsys, tmp_path):
    """(rent x 1.1 + 1,000 + 2 x 3 x 5,000) x 1.2 <= 60,000, so $17,273 of rent: 8,636 h of $2."""
    plan = plan_file(tmp_path, PROGRAMME)
    found = answered(capsys, "solve", plan, "--for", "tokens", "--budget", "60K")
    rent = (60_000 / 1.2 - 1000 - 30_000) / 1.1
    assert found["estimate"]["gpu_hours"] == pytest.approx(rent / 2, rel=1e-3)
    again = plan_file(tmp_path, PROGRAMME.replace("tokens: 2e10", f"tokens: {found['value']!r}"))
    assert answered(capsys, "estimate", again)["total"]["cost_usd"] == pytest.approx(60_000, rel=1e-3)


def test_a_deadline_is_held_against_the_programme_from_first_day_to_last(capsys, tmp_path):
    """Three weeks of preparation and wrap-up leave 9 of 30 days for the run."""
    found = answered(capsys, "solve", plan_file(tmp_path, PROGRAMME), "--for", "tokens", "--deadline", "30")
    assert found["estimate"]["wall_days"] == pytest.approx(9, rel=1e-3)
    assert found["estimate"]["programme_days"] == pytest.approx(30, rel=1e-3)
    code, out, _ = run(capsys, "solve", plan_file(tmp_path, PROGRAMME), "--for", "tokens", "--deadline", "30")
    assert code == 0
    assert "The programme takes 30 days, its stages 9 days of them" in out


def test_the_largest_model_on_what_one_owns_in_30_days(capsys, tmp_path):
    """Eight A100 of one's own for 30 days at a known 40 % are 2.59e21 FLOPs: 6 x 20 N^2 of them."""
    text = KNOWN.replace("h100-sxm, count: 64", "a100-sxm-80gb, count: 8").replace(
        "  stages:", "  supply: {mode: own}\n  stages:"
    )
    found = answered(
        capsys,
        "solve",
        plan_file(tmp_path, text),
        "--for",
        "parameters",
        "--deadline",
        "30",
        "--tokens-per-parameter",
        "20",
    )
    flops = 8 * 30 * 86_400 * 312e12 * 0.4
    assert found["value"] == pytest.approx((flops / 120) ** 0.5, rel=0.06)
    assert found["estimate"]["tokens"] == pytest.approx(20 * found["value"], rel=1e-6)
    assert found["estimate"]["count"] == 8
    assert found["estimate"]["wall_days"] == pytest.approx(30, rel=1e-3)


def test_what_cannot_be_says_by_how_much_and_what_could(capsys, tmp_path):
    """1,000 h at $2 are $2,000, whatever the count: $1,000 is half of it."""
    found = answered(
        capsys, "solve", plan_file(tmp_path, CLAIMED), "--for", "count", "--budget", "1000", "--deadline", "2"
    )
    assert found["value"] is None
    assert not found["feasible"]
    assert "budget" in found["limits"]
    code, out, _ = run(
        capsys, "solve", plan_file(tmp_path, CLAIMED), "--for", "count", "--budget", "1000", "--deadline", "2"
    )
    assert code == 0
    assert "100 % too much" in out
    more = next(each for each in found["alternatives"] if each["changed"] == "budget")
    assert more["cost_usd"] == pytest.approx(2000)
    assert more["why"] == "with $1,000 more it is possible"
    assert len(found["alternatives"]) <= 3


@pytest.mark.parametrize("changed", ["accelerator", "tokens", "budget"])
def test_the_nearest_plans_are_possible(changed):
    case = case_of("startup-7b", 2e5, 14)
    found = solve(case, Wish("count"))
    other = next(each for each in found.alternatives if each.changed == changed)
    total = estimate(other.case.project, case.catalog).total
    assert total.cost_usd == pytest.approx(other.choice.cost_usd)
    assert total.wall_days == pytest.approx(other.choice.wall_days)
    assert total.wall_days <= 14
    assert (total.cost_usd <= 2e5) == (changed != "budget")


# Agreement with the estimate and with brute force


@pytest.mark.parametrize(
    ("unknown", "path", "budget", "deadline"),
    [
        ("tokens", "data.tokens", 3e5, None),
        ("tokens", "data.tokens", None, 9.0),
        ("parameters", "model.parameters", 2e5, None),
        ("price", "price.usd_per_gpu_hour", 2e5, None),
        ("mfu", "efficiency.mfu", None, 12.0),
    ],
)
def test_solving_then_estimating_returns_the_target(unknown, path, budget, deadline):
    case = case_of("startup-7b", budget, deadline)
    found = solve(case, Wish(unknown))
    total = estimate(set_value(case.project, path, found.value), case.catalog).total
    target, reached = (budget, total.cost_usd) if budget else (deadline, total.wall_days)
    assert reached == pytest.approx(target, rel=1e-3)
    assert reached <= target * (1 + 1e-6)


def test_a_count_agrees_with_every_whole_number_of_servers():
    case = case_of("startup-7b", 3.3e5, 18)
    found = solve(case, Wish("count"))
    counts = range(128, 321, 8)
    each = [answer(set_value(case.project, "hardware.count", n), case.catalog).estimate.total for n in counts]
    good = [
        (t.cost_usd, n)
        for t, n in zip(each, counts, strict=True)
        if t.wall_days <= 18 and t.cost_usd <= 3.3e5
    ]
    assert (found.choice.cost_usd, found.value) == min(good)


def test_the_best_model_agrees_with_a_grid_of_sizes_and_counts():
    case = case_of("startup-7b", 1e5, 20)
    law = case.catalog.constants.laws.law()
    found = solve(case, Wish("model"))
    losses = []
    for size in np.geomspace(found.value / 3, found.value * 3, 4):
        for count in (96, 128):
            at = set_value(set_value(case.project, "model.parameters", float(size)), "hardware.count", count)
            fixed = Case(at, case.catalog, 0, TODAY)
            text = solve(with_goal(fixed, 1e5, 20), Wish("tokens"))
            if text.feasible:
                losses.append(text.case.loss(law))
    assert found.choice.loss <= min(losses) + 1e-3


def test_more_money_never_makes_a_worse_model():
    losses = [solve(case_of("startup-7b", budget, 30), Wish("model")).choice.loss for budget in (1e4, 1e5)]
    assert losses == sorted(losses, reverse=True)


def test_every_crossing_of_a_humped_curve_is_found():
    """|log x| <= 1 on two stretches: a hump in the middle breaks the limit again."""
    values = np.geomspace(1e-3, 1e3, 40)

    def over(x):
        return abs(abs(np.log10(x)) - 1.0) - 0.5

    found = crossings(over, values, np.array([over(x) for x in values]))
    assert [f"{np.log10(each.value):.3f}" for each in found] == ["-1.500", "-0.500", "0.500", "1.500"]
    assert [each.rising for each in found] == [False, True, False, True]
    assert all(over(each.value) <= 0.0 for each in found)


def test_a_jump_is_kept_on_its_good_side():
    def over(x):
        return 1.0 if x > 7.0 else -1.0

    values = np.geomspace(1, 100, 5)
    (found,) = crossings(over, values, np.array([over(x) for x in values]))
    assert found.value == pytest.approx(7.0, rel=1e-6)
    assert found.value <= 7.0


def test_a_stage_on_hardware_of_its_own_is_told_on_it(capsys, tmp_path):
    own = "name: Run, hardware: {accelerator: b200, count: 16}, price: {usd_per_gpu_hour: 5},"
    plan = plan_file(tmp_path, KNOWN.replace("name: Run,", own))
    found = answered(capsys, "solve", plan, "--for", "tokens", "--budget", "5K")
    assert (found["estimate"]["accelerator"], found["estimate"]["count"]) == ("b200", 16)
    assert found["estimate"]["gpu_hours"] == pytest.approx(1000, rel=1e-3)


# The knee


def test_doubling_pays_until_it_saves_less_than_half_of_the_ideal(capsys):
    """T9: the knee is read off the estimate at half and at twice its count."""
    found = answered(capsys, "solve", "startup-7b", "--for", "count")
    catalog = load()
    project = load_project(find_plan("startup-7b"), catalog)
    days = {
        n: estimate(set_value(project, "hardware.count", n), catalog).total.wall_days
        for n in (found["value"] // 2, found["value"], 2 * found["value"])
    }
    assert days[found["value"] // 2] / days[found["value"]] >= 1.5
    assert days[found["value"]] / days[2 * found["value"]] < 1.5
    assert found["binding"] == "returns"
    assert found["knee"]["batch_sequences"] == 4_194_304 // 4096


def test_a_day_saved_has_its_price(capsys):
    rows = answered(capsys, "solve", "startup-7b", "--for", "count")["knee"]["doublings"]
    for before, after in itertools.pairwise(rows):
        saved = before["programme_days"] - after["programme_days"]
        if saved > 0:
            more = after["cost_usd"] - before["cost_usd"]
            assert after["usd_per_day_saved"] == pytest.approx(more / saved)


# Forms and refusals


@pytest.mark.parametrize("unknown", UNKNOWNS)
def test_every_unknown_in_every_form(capsys, tmp_path, unknown):
    plan = plan_file(tmp_path, KNOWN)
    goal = ["--budget", "5K", "--deadline", "14"]
    told = {}
    for form in ("text", "json", "markdown", "csv"):
        code, told[form], err = run(capsys, "solve", plan, "--for", unknown, *goal, "--format", form)
        assert (code, err) == (0, "")
    tree = json.loads(told["json"])
    assert tree["for"] == unknown
    assert tree["feasible"]
    assert set(tree["estimate"]) >= {
        "cost_usd", "wall_days", "gpu_hours", "count", "accelerator", "parameters", "tokens", "loss"
    }  # fmt: skip
    assert tree["estimate"]["cost_usd"] <= 5000 * (1 + 1e-6)
    assert tree["estimate"]["programme_days"] <= 14 * (1 + 1e-6)
    assert len(list(csv.DictReader(io.StringIO(told["csv"])))) == len(tree["scan"])
    assert told["text"].splitlines()[1] in told["markdown"].replace("\\", "")


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (KNOWN, ["--for", "tokens"], "nothing to solve against"),
        (KNOWN, ["--for", "budget", "--budget", "5K"], "say by when"),
        (KNOWN, ["--for", "deadline", "--deadline", "5"], "say for how much"),
        (KNOWN, ["--for", "price", "--deadline", "5"], "say for how much"),
        (KNOWN, ["--for", "model", "--budget", "5K", "--law", "murphy"], "no law 'murphy'"),
        (KNOWN, ["--for", "model", "--budget", "-1"], "--budget"),
        (KNOWN, ["--for", "model", "--budget", "5K", "--tokens-per-parameter", "0"], "above 0"),
        (KNOWN, ["--for", "happiness", "--budget", "5K"], "invalid choice"),
        (CLAIMED, ["--for", "tokens", "--budget", "5K"], "trains on text"),
        (CLAIMED, ["--for", "model", "--budget", "5K"], "trains on text"),
        (KNOWN.replace("pretrain", "sft"), ["--for", "model", "--budget", "5K"], "laws of loss say nothing"),
        (
            KNOWN.replace("  stages:", "  supply: {mode: own}\n  stages:"),
            ["--for", "price", "--budget", "1"],
            "owns",
        ),
        (
            KNOWN.replace("name: Run,", "name: Run, enabled: false,"),
            ["--for", "count", "--deadline", "5"],
            "switched off",
        ),
    ],
)
def test_what_makes_no_sense_gets_one_sentence(capsys, tmp_path, text, arguments, said):
    code, out, err = run(capsys, "solve", plan_file(tmp_path, text), *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(UNKNOWNS),
    st.floats(0, 10).map(lambda x: 10**x),
    st.floats(-2, 4).map(lambda x: 10**x),
    st.sampled_from([CLAIMED, KNOWN, PROGRAMME]),
)
def test_no_goal_breaks_it(capsys, tmp_path, unknown, budget, deadline, text):
    """Whatever is asked, the answer keeps the goal, or there is none and it says so."""
    plan = plan_file(Path(tmp_path), text)
    arguments = ["solve", plan, "--for", unknown, f"--budget={budget:.6g}", f"--deadline={deadline:.6g}"]
    code = main([*arguments, "--format", "json"])
    told = capsys.readouterr()
    if code:
        assert told.err.startswith("isocost: ")
        return
    tree = json.loads(told.out)
    if tree["feasible"]:
        if unknown != "budget":
            assert tree["estimate"]["cost_usd"] <= float(f"{budget:.6g}") * (1 + 1e-5)
        if unknown != "deadline":
            assert tree["estimate"]["programme_days"] <= float(f"{deadline:.6g}") * (1 + 1e-5)
    else:
        assert tree["value"] is None


CARDS = """\
isocost: 1
name: Cards
scenarios:
- name: Only
  model: {parameters: 1e9}
  hardware: {accelerator: rtx4090, count: 1}
  price: {usd_per_gpu_hour: 0.5, supplier: Somebody, commitment: single, date: '2026-11-01'}
  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 2e10, sequence: 2048, batch_tokens: 1048576}}
"""


def test_single_cards_get_a_sentence_that_helps(capsys, tmp_path):
    """165.2 TFLOP/s x 40 %: one card takes 6ND / 66e12 s = 21 days; several are no single ones."""
    plan = plan_file(tmp_path, CARDS)
    code, out, err = run(capsys, "solve", plan, "--for", "count", "--deadline", "4")
    assert (code, err) == (0, "")
    assert "the nearest, 1 RTX 4090, takes 2" in out
    assert "are not for rent at the plan's price, which is that of single ones" in out
    assert "give a price for several, or own them" in out
    assert "More than 1 are not for rent at this price: nothing to double." in out
    tree = answered(capsys, "solve", plan, "--for", "count", "--deadline", "4")
    assert tree["limits"] == ["deadline", "supply"]
    code, out, _ = run(capsys, "solve", plan, "--for", "count", "--deadline", "40")
    assert "1 RTX 4090 does it within 40 days" in out


def test_owned_cards_are_solved_for(capsys, tmp_path):
    plan = plan_file(tmp_path, CARDS.replace("  efficiency:", "  supply: {mode: own}\n  efficiency:"))
    tree = answered(capsys, "solve", plan, "--for", "count", "--deadline", "4")
    days = 6 * 1e9 * 2e10 / (165.2e12 * 0.4) / 86_400
    assert tree["feasible"]
    assert tree["value"] == pytest.approx(days / 4, abs=1.5)


# Claimed hours


@pytest.mark.parametrize(
    ("unknown", "budget", "deadline"),
    [("count", None, 12.0), ("budget", None, 12.0), ("deadline", 900e3, None), ("accelerator", 900e3, 12.0)],
)
def test_claimed_hours_on_another_count_are_the_work_that_was_claimed(unknown, budget, deadline):
    """512 accelerators for 504 hours: what is taken comes to what was said, and holds the limits."""
    case = case_of("minimax-m1-rl", budget, deadline)
    found = solve(case, Wish(unknown, keep_count=False))
    assert found.feasible
    ways = [(found.choice, found.case), *((way.choice, way.case) for way in found.alternatives)]
    for choice, taken in ways:
        total = estimate(taken.project, taken.catalog, taken.at).total
        assert total.cost_usd == pytest.approx(choice.cost_usd, rel=1e-9)
        assert total.wall_days == pytest.approx(choice.wall_days, rel=1e-9)
    assert (found.choice.accelerator, found.choice.count) != (case.card.accelerator, case.count)

"""`isocost compare`: what differs, and every cent of the difference laid to it."""

from __future__ import annotations

import csv
import io
import itertools
import math
from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.prices import PriceCard
from isocost.cli import main
from isocost.cli.plans import open_plan
from isocost.files.loading import parse_project
from isocost.plan.answer.estimate import answer, estimate
from isocost.plan.compare.comparing import compared_pair
from isocost.plan.compare.corners import Move, corners_of
from isocost.plan.compare.differences import BESIDE, joined
from isocost.plan.compare.shapley import shapley
from isocost.plan.compare.suppliers import priced_by_suppliers
from isocost.plan.kinds import AblationStage, GpuHoursStage
from isocost.plan.project.project import Project, Scenario, replace_scenario, set_value
from isocost.plan.project.quotes import with_quotes
from isocost.plan.solve.case import Case
from isocost.plan.solve.offered import is_stale
from isocost.plan.values import Hardware, ModelChoice, Price
from isocost.report.decisions.comparing.compare import share_label
from tests.report.findings.plans import shipped

from .plans import CLAIMED, run, run_json, written

CATALOG = load()


def by_hand(first: dict[str, float], last: dict[str, float], cost) -> dict[str, float]:
    """Each input's mean change of the cost over every order, the slow way."""
    found = dict.fromkeys(first, 0.0)
    orders = list(itertools.permutations(first))
    for order in orders:
        held = dict(first)
        for name in order:
            before = cost(**held)
            held[name] = last[name]
            found[name] += (cost(**held) - before) / len(orders)
    return found


def test_every_cent_is_laid_to_an_input(capsys, tmp_path):
    told = run_json(capsys, "compare", written(tmp_path, CLAIMED), "Before", "After")

    expected = by_hand(
        {"hours": 1000, "price": 2, "reserve": 0.1},
        {"hours": 1500, "price": 3, "reserve": 0.2},
        lambda hours, price, reserve: hours * price * (1 + reserve),
    )
    assert (told["a"], told["b"]) == ("Before", "After")
    assert (told["total_a_usd"], told["total_b_usd"], told["delta_usd"]) == (2200.0, 5400.0, 3200.0)
    shares = {each["path"]: each["usd"] for each in told["attribution"]}
    assert shares["Run/stage.gpu_hours"] == pytest.approx(expected["hours"], abs=0.01)
    assert shares["price.usd_per_gpu_hour"] == pytest.approx(expected["price"], abs=0.01)
    assert shares["programme.contingency"] == pytest.approx(expected["reserve"], abs=0.01)
    assert shares["goal.budget_usd"] == 0.0
    assert round(sum(shares.values()), 2) == 3200.0
    differs = {each["path"]: (each["a"], each["b"]) for each in told["differs"]}
    assert differs == {
        "Run/stage.gpu_hours": (1000, 1500),
        "price.usd_per_gpu_hour": (2, 3),
        "programme.contingency": (0.1, 0.2),
        "goal.budget_usd": (None, 5000),
    }


def test_the_other_way_round_is_the_same_with_its_sign_turned(capsys, tmp_path):
    plan = written(tmp_path, CLAIMED)
    there = run_json(capsys, "compare", plan, "Before", "After")
    back = run_json(capsys, "compare", plan, "After", "Before")
    assert {each["path"]: each["usd"] for each in there["attribution"]} == {
        each["path"]: -each["usd"] for each in back["attribution"]
    }


def test_two_files_and_every_form(capsys, tmp_path):
    plan = written(tmp_path, CLAIMED)
    other = written(tmp_path, CLAIMED.replace("Claimed", "Dearer").replace("contingency: 0.1", ""), "b.yaml")

    code, out, _ = run(capsys, "compare", plan, other)
    assert code == 0
    # Without its reserve of a tenth, $2,200 are $2,000: 9.1 % less.
    assert "Dearer: Before costs $200.00 less than Claimed: Before, 9.1 %; Contingency alone saves" in out
    assert "Contingency  10 % -> 0 %  -$200.00  -9.1 %" in out

    rows = list(csv.DictReader(io.StringIO(run(capsys, "compare", plan, other, "--format", "csv")[1])))
    assert [(row["path"], row["usd"]) for row in rows] == [("programme.contingency", "-200.0")]
    code, out, _ = run(capsys, "compare", plan, other, "--scenario-b", "After", "--format", "markdown")
    assert code == 0
    assert "| Contingency | 10 % -\\> 20 % |" in out


def test_more_than_two_stand_against_the_first(capsys):
    told = run_json(capsys, "compare", "distil-instead-of-rl")
    names = [each["name"] for each in told["scenarios"]]
    assert names == ["Reinforcement learning", "On-policy distillation", "Training on the teacher's answers"]
    assert [(each["a"], each["b"]) for each in told["others"]] == [(names[0], names[2])]
    project = open_plan("distil-instead-of-rl", CATALOG)
    for at, each in enumerate(told["scenarios"]):
        assert each["cost_usd"] == estimate(project, CATALOG, at).total.cost_usd
    third = told["others"][0]
    assert third["differs"][0] == {
        "path": "Answers and training on them/stage",
        "a": None,
        "b": "distillation",
        "label": "Answers and training on them",
        "a_words": "none",
        "b_words": "distillation",
    }
    # One stage goes, one comes: each is to blame for all it costs.
    assert {each["usd"] for each in third["attribution"]} == {
        -third["total_a_usd"],
        third["total_b_usd"],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["startup-7b"], "startup-7b has one scenario; give another plan to compare it with."),
        (["distil-instead-of-rl", "On-policy distilation"], "did you mean 'On-policy distillation'?"),
        (["distil-instead-of-rl", "Reinforcement learning"], "'Reinforcement learning' is named twice"),
        (["distil-instead-of-rl", "Reinforcement learning", "x"], "unknown scenario 'x'"),
        (["startup-7b", "startup-7b", "--scenario-b", "x"], "unknown scenario 'x'"),
        (["startup-7b", "deepseek-v3", "--suppliers"], "unknown scenario 'deepseek-v3'"),
        (["startup-7b", "a", "b", "--suppliers"], "--suppliers: takes one plan and one of its scenarios."),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(capsys, arguments, said):
    code, out, err = run(capsys, "compare", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_beyond_ten_inputs_their_sections_are_compared(capsys):
    told = run_json(capsys, "compare", "api-or-own", "startup-7b")
    groups = {each["path"]: each["inputs"] for each in told["attribution"]}
    assert groups["schedule"] == ["schedule.preparation_weeks", "schedule.wrap_up_weeks"]
    assert sorted(path for inputs in groups.values() for path in inputs) == sorted(
        each["path"] for each in told["differs"]
    )
    assert round(sum(each["usd"] for each in told["attribution"]) - told["delta_usd"], 2) == 0.0


def test_beyond_ten_groups_the_stages_go_together():
    def claimed(hours: float) -> Project:
        stages = tuple(GpuHoursStage(name=f"Run {at}", gpu_hours=hours + at) for at in range(11))
        return replace_scenario(BASE, msgspec.structs.replace(BASE.scenarios[0], stages=stages))

    dearer = set_value(set_value(claimed(2000.0), "price.usd_per_gpu_hour", 3.0), "people.heads", 2.0)
    pair = compared_pair(answer(claimed(1000.0), CATALOG), answer(dearer, CATALOG), CATALOG)
    assert pair.grouped
    groups = {share.path: share for share in pair.shares}
    assert set(groups) == {"stages", "rent", "surroundings"}
    assert len(groups["stages"].differences) == 11
    assert round(sum(share.usd for share in pair.shares) - pair.delta_usd, 2) == 0.0


# Mixtures

SHARES, SUMS = st.floats(0.0, 2.0), st.floats(0.0, 1e6)
EDITS = {
    "stage.gpu_hours": st.floats(0.0, 1e6),
    "price.usd_per_gpu_hour": st.floats(0.0, 40.0),
    "hardware.count": st.sampled_from([8, 64, 4096]),
    "hardware.accelerator": st.sampled_from(["h100-sxm", "mi300x", "tpu-v5e"]),
    "model.parameters": st.sampled_from([8e9, 70e9]),
    "supply.mode": st.sampled_from(["on-demand", "reserved", "spot", "block", "own", "mixed"]),
    "supply.discount": st.floats(0.0, 0.8),
    "supply.rework": SHARES,
    "supply.resold": st.floats(0.0, 1.0),
    "supply.term_months": st.floats(0.0, 24.0),
    "ownership.utilization": st.floats(0.2, 1.0),
    "ownership.cost_of_capital": st.floats(0.0, 0.2),
    "ownership.usd_per_accelerator": st.none() | SUMS,
    "programme.failed_runs": SHARES,
    "programme.contingency": SHARES,
    "people.heads": SHARES,
    "people.months": st.none() | st.floats(0.0, 24.0),
    "storage.terabytes": SHARES,
    "storage.checkpoints": SHARES,
    "dataset.licences_usd": SUMS,
    "schedule.preparation_weeks": SHARES,
    "site.region": st.sampled_from(["", "fr"]),
    "site.pue": st.none() | st.floats(1.0, 2.0),
    "ablations.share": SHARES,
    "goal.budget_usd": SUMS,
    "demand.tokens_per_day": SUMS,
    "api.usd_per_mtok_in": SUMS,
    "serving.usd_per_month": SUMS,
    "finetune.other_usd": SUMS,
}
"""Inputs that cost no search of layouts."""
BASE = Project(
    name="Base",
    scenarios=(
        Scenario(
            name="Base",
            model=ModelChoice(parameters=8e9),
            hardware=Hardware("h100-sxm", 64),
            price=Price(2.5),
            stages=(GpuHoursStage(name="Run", gpu_hours=1000.0), AblationStage(name="Trials")),
        ),
    ),
)


def edits(most: int) -> st.SearchStrategy[Project]:
    """The base with a few inputs changed, and perhaps without its trials."""

    def made(values: dict[str, object], trials: bool) -> Project:
        project = BASE
        for path, value in values.items():
            project = set_value(project, path, value, stage=int(path == "ablations.share"))
        chosen = project.scenarios[0]
        if not trials:
            chosen = msgspec.structs.replace(chosen, stages=chosen.stages[:1])
        return replace_scenario(project, chosen)

    few = st.lists(st.sampled_from(sorted(EDITS)), max_size=most, unique=True)
    values = few.flatmap(lambda paths: st.fixed_dictionaries({path: EDITS[path] for path in paths}))
    return st.builds(made, values, st.booleans())


@settings(deadline=None, max_examples=25)
@given(edits(4), edits(4))
def test_shares_sum_to_the_cent_and_turn_with_the_direction(one: Project, other: Project):
    a, b = answer(one, CATALOG), answer(other, CATALOG)
    there, back = compared_pair(a, b, CATALOG), compared_pair(b, a, CATALOG)
    cents = {share.path: round(share.usd * 100) for share in there.shares}
    assert sum(cents.values()) == round(b.estimate.total.cost_usd * 100) - round(
        a.estimate.total.cost_usd * 100
    )
    assert cents == {share.path: -round(share.usd * 100) for share in back.shares}
    assert {each.path for each in there.differs} == {d.path for s in there.shares for d in s.differences}


@settings(deadline=None, max_examples=20)
@given(edits(3), edits(3), st.data())
def test_a_mixture_costs_what_the_estimate_says(one: Project, other: Project, data: st.DataObject):
    """Arrays of money and shared physics come to the cents of a plan of its own, inert inputs included."""
    sides = joined(one.scenarios[0], other.scenarios[0], CATALOG)
    moves = [Move(each.path, (each,)) for each in sides.differences if not each.inert]
    corners = corners_of(sides, moves, CATALOG)
    at = data.draw(st.integers(0, len(corners.cents) - 1))
    mixture = sides.mixed(move.differences[0] for i, move in enumerate(moves) if at >> i & 1)
    theirs = {name: getattr(other.scenarios[0], name) for name in BESIDE}
    project = Project(name="", scenarios=(msgspec.structs.replace(mixture, **theirs),))
    if mixture.stages:
        assert corners.cents[at] == round(estimate(project, CATALOG).total.cost_usd * 100)


def test_layouts_are_searched_once_for_all_mixtures_of_money(capsys):
    project = open_plan("startup-7b", CATALOG)
    other = project
    changed = {"data.tokens": 3e12, "price.usd_per_gpu_hour": 2.5, "people.heads": 4.0, "hardware.count": 128}
    for path, value in changed.items():
        other = set_value(other, path, value)
    a, b = answer(project, CATALOG), answer(other, CATALOG)
    pair = compared_pair(a, b, CATALOG)
    assert {share.path.rpartition("/")[2] for share in pair.shares} == set(changed)
    assert len(pair.corners.cents) == 16
    # Tokens and count alone touch the run.
    assert pair.corners.searched == 4


def test_a_model_and_its_active_parameters_go_over_together_where_apart_they_are_none():
    sparse = msgspec.structs.replace(BASE.scenarios[0], model=ModelChoice(None, 1e12, 3e10))
    dense = msgspec.structs.replace(BASE.scenarios[0], model=ModelChoice(None, 7e9, 7e9))
    near = msgspec.structs.replace(BASE.scenarios[0], model=ModelChoice(None, 1.2e12, 4e10))
    assert [each.path for each in joined(sparse, dense, CATALOG).differences] == ["model.parameters"]
    paths = [each.path for each in joined(sparse, near, CATALOG).differences]
    assert paths == ["model.parameters", "model.active_parameters"]


# Shares


def test_orders_through_a_plan_there_is_not_are_left_out():
    # Two moves, of which the first cannot be made alone: the second comes first in the one order left.
    assert shapley([0, None, 30, 100]).cents == (70, 30)
    assert shapley([0, None, None, 100]) is None


@settings(max_examples=40)
@given(st.lists(st.integers(-(10**15), 10**15), min_size=16, max_size=16))
def test_shares_are_exact(worth: list[int]):
    there = shapley(worth)
    back = shapley(worth[::-1])
    assert sum(there.cents) == worth[-1] - worth[0]
    assert there.cents == tuple(-each for each in back.cents)
    for move in range(4):
        expected = sum(
            math.factorial(len(others)) * math.factorial(3 - len(others))
            * (worth[sum(1 << i for i in others) | 1 << move] - worth[sum(1 << i for i in others)])
            for size in range(4)
            for others in itertools.combinations([i for i in range(4) if i != move], size)
        ) / 24  # fmt: skip
        assert abs(there.cents[move] - expected) <= 1.0


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10**6), min_size=8, max_size=8))
def test_a_move_that_changes_nothing_gets_nothing(half: list[int]):
    # The fourth move leaves every corner as it was.
    assert shapley([*half, *half]).cents[3] == 0


# Suppliers


def test_one_run_under_every_suppliers_price(capsys):
    told = run_json(capsys, "compare", "startup-7b", "--suppliers")
    plan = open_plan("startup-7b", CATALOG)
    hours = estimate(plan, CATALOG).total.gpu_hours
    by_name = {each["supplier"]: each for each in told["suppliers"]}
    # The bill is rent alone: hours times price, to the cent of the stage.
    aws = next(
        each for each in CATALOG.quotes("h100-sxm") if each.supplier == "AWS" and each.date == "2026-11-09"
    )
    assert by_name["AWS"]["usd_per_gpu_hour"] == aws.usd_per_gpu_hour
    assert by_name["AWS"]["total_usd"] == pytest.approx(hours * aws.usd_per_gpu_hour, abs=0.006)
    assert by_name["AWS"]["delta_usd"] == round(by_name["AWS"]["total_usd"] - told["total_usd"], 2)
    assert [each["supplier"] for each in told["suppliers"] if each["plan"]] == ["RunPod, secure cloud"]
    assert {each["term"] for each in told["suppliers"]} == {"specialist", "hyperscaler"}
    totals = [each["total_usd"] for each in told["suppliers"]]
    assert totals == sorted(totals)
    # 256 with a network between them are more than a price of one alone is for.
    assert by_name["Jarvislabs"]["single"]
    assert not by_name["CoreWeave"]["single"]


def test_quotes_the_plan_keeps_stand_among_the_suppliers():
    mine = PriceCard("h100-sxm", 2.1, "Our broker", "one-year", "mail", "2026-11-20")
    market = CATALOG.default_price("h100-sxm", "hyperscaler")
    plan = with_quotes(open_plan("startup-7b", CATALOG), (mine, market))
    found = priced_by_suppliers(answer(plan, CATALOG), CATALOG, today=date(2026, 11, 29)).prices
    assert mine in [each.card for each in found]
    assert market not in [each.card for each in found]  # the median of those who stand there


def test_ages_are_said_from_the_day_asked():
    found = answer(open_plan("startup-7b", CATALOG), CATALOG)
    prices = {
        each.card.supplier: each
        for each in priced_by_suppliers(found, CATALOG, today=date(2026, 11, 29)).prices
    }
    # GCP's price of September is replaced by other hyperscalers' of November; of GPU clouds none is newer.
    told = {name: (prices[name].age_days, prices[name].stale, prices[name].old) for name in prices}
    assert told["GCP"] == (64, True, False)
    assert told["CoreWeave"] == (70, False, False)
    assert told["AWS"] == (20, False, False)
    assert told["Together AI"] == (124, True, True)


def test_a_stale_price_is_one_everywhere():
    """What `compare --suppliers` and `offers` call stale follows one rule and the catalogue's days."""
    found = answer(open_plan("startup-7b", CATALOG), CATALOG)
    today = date(2026, 11, 29)
    case = Case(found.project, CATALOG, 0, today)
    for each in priced_by_suppliers(found, CATALOG, today=today).prices:
        assert each.stale == is_stale(each.card, case)
    days = CATALOG.constants.economics
    short = msgspec.structs.replace(
        days,
        price_stale_days=msgspec.structs.replace(days.price_stale_days, value=1.0),
        price_old_days=msgspec.structs.replace(days.price_old_days, value=10.0),
    )
    hasty = CATALOG.with_constants(economics=short)
    again = answer(open_plan("startup-7b", hasty), hasty)
    assert all(each.stale for each in priced_by_suppliers(again, hasty, today=today).prices)
    first = priced_by_suppliers(again, hasty, today=today).prices[0].card
    assert is_stale(first, Case(again.project, hasty, 0, today))


def test_the_rent_of_owned_accelerators_changes_nothing(capsys):
    plan = set_value(open_plan("startup-7b", CATALOG), "supply.mode", "own")
    found = priced_by_suppliers(answer(plan, CATALOG), CATALOG)
    assert found.owned
    assert len({each.total_usd for each in found.prices}) == 1


def test_claims_of_other_names_are_other_stages_and_kinds_are_replaced(capsys, tmp_path):
    other = CLAIMED.replace("kind: gpu-hours, name: Run, gpu_hours: 1500", "kind: rl, name: Run")
    told = run_json(capsys, "compare", written(tmp_path, other), "Before", "After")
    stage = next(each for each in told["differs"] if each["path"] == "Run/stage")
    assert (stage["a"], stage["b"]) == ("gpu-hours", "rl")
    other = CLAIMED.replace("name: Run, gpu_hours: 1500", "name: Walk, gpu_hours: 1500")
    told = run_json(capsys, "compare", written(tmp_path, other), "Before", "After")
    paths = [each["path"] for each in told["differs"]]
    assert {"Run/stage", "Walk/stage"} <= set(paths)


def test_the_name_of_a_lone_stage_is_not_repeated_in_every_row(capsys, tmp_path):
    """Both plans of the preset have one stage: rows say the input alone; beside several they say whose."""
    _, told, _ = run(capsys, "compare", "lora-70b-one-node", "LoRA on one node", "Every weight on four nodes")
    assert "LoRA fine-tuning: " not in told
    assert "; Method alone adds" in told
    assert any(line.startswith("Batch  ") for line in told.splitlines())
    project = shipped("smollm3-programme", CATALOG)
    other = set_value(project, "data.tokens", 5e12, stage=1)
    pair = compared_pair(answer(project, CATALOG), answer(other, CATALOG), CATALOG)
    assert [share_label(each) for each in pair.shares][:1] == ["Pre-training: Tokens"]
    assert not any(each.lone for each in pair.differs)
    alone = shipped("startup-7b", CATALOG)
    pair = compared_pair(
        answer(alone, CATALOG), answer(set_value(alone, "data.tokens", 3e12), CATALOG), CATALOG
    )
    assert [share_label(each) for each in pair.shares] == ["Tokens"]


CHIPS = """isocost: 1
name: t
scenarios:
- name: chips
  model: 7B
  hardware: {accelerator: v6e-256}
  stages: [{kind: pretrain, name: Run, data: {tokens: 100B}}]
- name: gpus
  model: 7B
  hardware: {accelerator: p5.48xlarge, count: 64}
  stages: [{kind: pretrain, name: Run, data: {tokens: 100B}}]
"""


def test_a_count_of_chips_is_none_of_gpus_and_a_name_is_no_input(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    path.write_text(CHIPS, encoding="utf-8")
    assert main(["compare", str(path)]) == 0
    rows = capsys.readouterr().out.splitlines()
    assert next(row.split()[:3] for row in rows if row.startswith("Count  ")) == ["Count", "256", "64"]
    assert not [row for row in rows if row.startswith("Named")]
    assert main(["compare", str(path), "--format", "json"]) == 0
    assert "hardware.named" not in capsys.readouterr().out


SHORT = """
isocost: 1
name: Short
scenarios:
  - name: Three
    model: {name: Llama 3.2 1B}
    hardware: {accelerator: rtx4090, count: 2}
    stages:
      - {kind: sft, name: S, data: {tokens: 20M, sequence: 2048, batch_tokens: 64K}}
  - name: One
    model: {name: Llama 3.2 1B}
    hardware: {accelerator: h100-sxm, count: 1}
    stages:
      - {kind: sft, name: S, data: {tokens: 20M, sequence: 2048, batch_tokens: 64K}}
"""


def test_a_few_hours_are_told_as_finely_as_the_estimate_tells_them(tmp_path, capsys):
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    assert main(["compare", str(path)]) == 0
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Accelerator-hours"))
    told = [float(word) for word in row.split()[1:3]]
    project = parse_project(SHORT, CATALOG)
    exact = [answer(project, CATALOG, at).estimate.total.gpu_hours for at in (0, 1)]
    assert max(exact) < 10
    assert told == pytest.approx(exact, rel=0.01)

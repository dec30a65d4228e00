"""``isocost tornado``: bars, shares of the doubt and the next experiment, against hand calculations."""

from __future__ import annotations

import csv
import json
import math
from statistics import NormalDist

import msgspec
import numpy as np
import pytest

from isocost.catalog import load
from isocost.cli import main
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.plan.answer.estimate import answer
from isocost.plan.doubt.experiment import RUNS, next_experiment
from isocost.plan.doubt.ranged import Held, placed, with_value
from isocost.plan.doubt.risk import risk
from isocost.plan.doubt.tornado import tornado, variance_shares
from isocost.plan.project.programme import Supply
from isocost.plan.project.ranges import InputRange
from tests.deciding.plans import run_json, written
from tests.deciding.test_risk import CLAIM, plan, refused, told


def ranged(name: str, *ranges: InputRange):
    """The project of a preset with ranges."""
    catalog = load()
    project = load_project(find_plan(name), catalog)
    scenario = msgspec.structs.replace(project.scenarios[0], ranges=ranges)
    return msgspec.structs.replace(project, scenarios=(scenario, *project.scenarios[1:])), catalog


def test_each_bar_is_the_bill_at_its_own_ends(capsys, tmp_path):
    held = "ranges: {price.usd_per_gpu_hour: 2..4, stage.gpu_hours: {low: 900, high: 1200, shape: uniform}}"
    found = told(capsys, "tornado", plan(tmp_path, held))
    assert found["base_usd"] == 3000.0
    price, hours = found["rows"]
    assert (price["path"], price["low"], price["high"]) == ("price.usd_per_gpu_hour", 2.0, 4.0)
    assert (price["cost_low_usd"], price["cost_high_usd"]) == (2000.0, 4000.0)
    assert (hours["cost_low_usd"], hours["cost_high_usd"]) == (2700.0, 3600.0)
    assert hours["days_high"] == pytest.approx(1200 / 8 / 24)
    assert price["days_low"] == price["days_high"] == pytest.approx(1000 / 8 / 24)


def test_shares_of_the_doubt_add_up_and_follow_the_variance(capsys, tmp_path):
    held = "ranges: {price.usd_per_gpu_hour: {low: 2.5, mode: 3, high: 3.6}, stage.gpu_hours: 500..2000}"
    found = told(capsys, "tornado", plan(tmp_path, held))
    shares = {row["path"]: row["share"] for row in found["rows"]}
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-5)
    # The cost is a product: log(2)^2 of its logarithm's variance is of the hours, log(1.2)^2 of the price.
    of_hours = math.log(2) ** 2 / (math.log(2) ** 2 + math.log(1.2) ** 2)
    assert shares["stage.gpu_hours"] == pytest.approx(of_hours, abs=0.02)
    assert "squared rank correlation" in found["share_measure"]


def test_shares_do_not_depend_on_the_order_of_inputs():
    first = InputRange(path="people.heads", low=4.0, high=9.0)
    second = InputRange(path="schedule.preparation_weeks", low=8.0, high=20.0)
    found = []
    for ranges in ((first, second), (second, first)):
        project, catalog = ranged("api-or-own", *ranges)
        sampled = risk(answer(project, catalog).reckoning, samples=2000)
        names = [doubt.name for doubt in sampled.programme.doubts]
        found.append(dict(zip(names, variance_shares(sampled).tolist(), strict=True)))
    assert found[0] == pytest.approx(found[1])


def test_the_speed_shows_as_the_mfu_and_less_of_it_is_dearer(capsys):
    found = told(capsys, "tornado", "startup-7b")
    step = next(row for row in found["rows"] if row["path"] == "efficiency.mfu")
    assert (step["name"], step["path"], step["whose"]) == ("Step model", "efficiency.mfu", "measured")
    assert step["low"] < step["high"]
    assert step["cost_low_usd"] > found["base_usd"] > step["cost_high_usd"]
    # Beside measured runs it is narrower than that of its class, which holds 84 % of runs left out.
    seen = load().constants.spreads.by_class["open dense-16bit"]
    assert 1.2 < step["high"] / step["low"] < seen.high / seen.low
    assert 0.75 <= load().constants.accuracy.coverage.rows <= 0.85
    # Hours go against MFU.
    base = math.sqrt(step["low"] * step["high"])
    assert step["cost_low_usd"] / found["base_usd"] == pytest.approx(base / step["low"], rel=1e-3)


INPUTS = (
    ("efficiency.mfu", 0.3, 0.5, "lognormal"),
    ("efficiency.goodput", 0.85, 0.99, "uniform"),
    ("efficiency.waste", 0.1, 0.4, "triangular"),
    ("Ablations/ablations.share", 0.0, 1.0, "uniform"),
    ("data.tokens", 1e12, 4e12, "lognormal"),
    ("price.usd_per_gpu_hour", 3.0, 5.0, "lognormal"),
    ("people.heads", 4.0, 9.0, "lognormal"),
    ("people.months", 4.0, 9.0, "lognormal"),
    ("storage.checkpoints", 5.0, 20.0, "lognormal"),
    ("schedule.preparation_weeks", 8.0, 20.0, "lognormal"),
    ("programme.contingency", 0.05, 0.2, "lognormal"),
    ("hardware.count", 128.0, 512.0, "lognormal"),
    ("model.parameters", 4e9, 16e9, "lognormal"),
)


@pytest.mark.parametrize(("path", "low", "high", "shape"), INPUTS)
def test_a_bar_equals_the_estimate_with_that_value_put_in(path, low, high, shape):
    held = InputRange(path=path, low=low, high=high, shape=shape)
    project, catalog = ranged("api-or-own", held)
    sampled = risk(answer(project, catalog).reckoning, samples=200)
    bar = next(bar for bar in tornado(sampled).bars if bar.doubt.path == path)
    (found,) = placed(sampled.programme.on).held
    for value, cost, days in (
        (low, bar.cost_low_usd, bar.days_low),
        (high, bar.cost_high_usd, bar.days_high),
    ):
        known = _estimated(project, catalog, found, value)
        assert cost == pytest.approx(known[0], rel=1e-6)
        assert days == pytest.approx(known[1], rel=1e-6)


def test_a_bar_of_what_is_bought_is_the_estimate_with_that_price_put_in():
    """Of accelerators of a stage's own too, whose price is another's."""
    path = "ownership.usd_per_accelerator"
    project, catalog = ranged("rent-or-buy-64-h100", InputRange(path=path, low=20_000.0, high=40_000.0))
    owns = msgspec.structs.replace(project.scenarios[0], supply=Supply(mode="own"))
    elsewhere = msgspec.structs.replace(owns.hardware, accelerator="b200", count=64)
    stage = msgspec.structs.replace(owns.stages[0], name="Elsewhere", hardware=elsewhere)
    for stages in (owns.stages, (*owns.stages, stage)):
        own = msgspec.structs.replace(owns, stages=stages)
        both = msgspec.structs.replace(project, scenarios=(own,))
        sampled = risk(answer(both, catalog).reckoning, samples=200)
        bar = next(bar for bar in tornado(sampled).bars if bar.doubt.path == path)
        (found,) = placed(sampled.programme.on).held
        assert bar.cost_low_usd < bar.cost_high_usd
        for value, cost in ((20_000.0, bar.cost_low_usd), (40_000.0, bar.cost_high_usd)):
            assert cost == pytest.approx(_estimated(both, catalog, found, value)[0], rel=1e-6)


def _estimated(project, catalog, held: Held, value: float) -> tuple[float, float]:
    changed = with_value(project.scenarios[0], held, value, catalog)
    changed = msgspec.structs.replace(changed, ranges=())
    found = answer(msgspec.structs.replace(project, scenarios=(changed,)), catalog)
    on = found.reckoning
    cost = on["total"] if held.range.path == "programme.contingency" else on["everything_else"]
    return cost, on["days"]


@pytest.mark.parametrize(
    ("name", "path", "low", "high"),
    [
        ("startup-7b", "model.parameters", 4e9, 14e9),
        ("startup-7b", "data.sequence", 2048.0, 8192.0),
        ("startup-7b", "data.batch_tokens", 2e6, 8e6),
        ("startup-7b", "hardware.count", 128.0, 512.0),
        ("lora-70b-one-node", "tuning.rank", 8.0, 64.0),
        ("deepseek-r1-first-principles", "R1-Zero RL/rl.group", 8.0, 32.0),
    ],
)
def test_between_its_nodes_a_layout_is_nearly_what_a_search_finds(name, path, low, high):
    """The error measured off the nodes: a median of 0.6 % of the hours at most, the worst 2.4 %."""
    project, catalog = ranged(name, InputRange(path=path, low=low, high=high))
    programme = risk(answer(project, catalog).reckoning, samples=100).programme
    (held,) = placed(programme.on).held
    values = np.geomspace(low, high, 6)[1:-1] * 1.017
    values = np.rint(values) if held.declared.integer else values
    still = [np.full(len(values), doubt.base) for doubt in programme.doubts[:-1]]
    between = programme.at([*still, values]).wall_days
    searched = [_estimated(project, catalog, held, float(value))[1] for value in values]
    errors = np.abs(between / np.array(searched) - 1.0)
    assert np.median(errors) < 0.01
    assert errors.max() < 0.03


def test_the_next_experiment_is_worth_what_bayes_says(capsys, tmp_path):
    """With one lognormal doubt, and all of it found out, the ask becomes the mean instead of four in five."""
    held = "ranges: {stage.gpu_hours: {low: 500, mode: 1000, high: 2000}}"
    found = told(capsys, "tornado", plan(tmp_path, held))["experiment"]
    sigma = math.log(2) / NormalDist().inv_cdf(0.9)
    ask = 3000 * math.exp(sigma * NormalDist().inv_cdf(0.8))
    mean = 3000 * math.exp(sigma**2 / 2)
    assert found["ask_usd"] == pytest.approx(ask, rel=5e-3)
    assert found["learned"] == 1.0
    assert found["ask_after_usd"] == pytest.approx(mean, rel=5e-3)
    assert found["chance_dearer"] == pytest.approx(0.2, abs=0.021)
    assert found["spread_after_usd"] == pytest.approx(0.0, abs=0.01)


def test_runs_of_ones_own_take_away_what_a_team_has_in_common():
    project, catalog = ranged("deepseek-v3")  # whose step model is what matters most
    sampled = risk(answer(project, catalog).reckoning)
    found = next_experiment(sampled, tornado(sampled))
    shared = catalog.constants.accuracy.shared
    left = shared * (1 - shared) / (RUNS * shared + 1 - shared) + 1 - shared
    assert found.learned == pytest.approx(1.0 - left)
    assert 0.0 < found.freed_usd < found.ask_usd - sampled.cost_usd.p50
    assert found.hour_usd == pytest.approx(2048 * 2.0)
    assert found.spread_after_usd < found.spread_usd


def test_part_of_an_error_found_out_leaves_the_rest_of_its_spread(capsys, tmp_path):
    """Of a lognormal with a share l of its variance found out, four in five is the mean of what is left."""
    text = CLAIM.partition("      - kind: gpu-hours")[0] + (
        "      - {{kind: pretrain, name: Run, data: {{tokens: 2e11, batch_tokens: 1e6}}}}\n"
    )
    file = plan(tmp_path, "efficiency: {goodput: 0.97, waste: 0.3}", text)
    found = told(capsys, "tornado", file)
    (bar,), experiment = found["rows"], found["experiment"]
    sigma = math.log(bar["cost_low_usd"] / found["base_usd"]) / NormalDist().inv_cdf(0.9)
    z80, learned = NormalDist().inv_cdf(0.8), experiment["learned"]
    after = math.exp(sigma**2 * learned / 2 + sigma * math.sqrt(1 - learned) * z80)
    assert experiment["ask_usd"] == pytest.approx(found["base_usd"] * math.exp(sigma * z80), rel=5e-3)
    assert experiment["freed_usd"] == pytest.approx(
        found["base_usd"] * (math.exp(sigma * z80) - after), rel=0.15
    )


def test_what_is_measured_can_raise_the_ask_and_the_words_say_so(capsys):
    assert main(["tornado", "deepseek-v3"]) == 0
    said = capsys.readouterr().out
    assert "that they find the programme dearer and raise the ask" in said
    assert "An hour of 2,048 H800 costs $" in said


def test_without_doubt_nothing_matters(capsys):
    found = told(capsys, "tornado", "deepseek-r1")
    assert (found["rows"], found["experiment"], found["base_usd"]) == ([], None, 294672.0)
    assert main(["tornado", "deepseek-r1"]) == 0
    assert "Nothing in this plan is in doubt" in capsys.readouterr().out


def test_every_form_holds_the_same_bars(capsys):
    tree = told(capsys, "tornado", "api-or-own")
    widths = [abs(row["cost_high_usd"] - row["cost_low_usd"]) for row in tree["rows"]]
    assert widths == sorted(widths, reverse=True)
    assert main(["tornado", "api-or-own", "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["path"] for row in rows] == [row["path"] for row in tree["rows"]]
    for form in ("text", "markdown"):
        assert main(["tornado", "api-or-own", "--format", form]) == 0
        assert tree["words"][0] in capsys.readouterr().out.replace("\\", "")


@pytest.mark.parametrize(
    "options", [("--samples", "5"), ("--seed", "x"), ("--scenario", "B"), ("--budget", "1")]
)
def test_what_cannot_be_done_is_one_sentence(options, capsys):
    refused(capsys, "tornado", "startup-7b", *options)


def test_written_bars_are_plain_numbers(capsys):
    assert main(["tornado", "deepseek-chain", "--format", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert {row["name"] for row in tree["rows"]} >= {"Step model", "Generation and rounds", "Goodput"}
    rounds = next(row for row in tree["rows"] if row["name"] == "Generation and rounds")
    assert rounds["path"] is None
    assert rounds["unit"] == "x hours"


FAST = """\
isocost: 1
name: Fast
scenarios:
- name: Only
  model: {parameters: 7e9}
  hardware: {accelerator: h100-sxm, count: 64}
  price: {usd_per_gpu_hour: 2, supplier: Somebody, date: '2026-11-01'}
  efficiency: {stack: open}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 1e11, sequence: 4096, batch_tokens: 4194304}}
"""


def test_no_error_of_ours_goes_beyond_the_best_matmul(capsys, tmp_path):
    """794.5 of 989.4 TFLOP/s is the best matmul measured on an H100 (ml-engineering): 80.3 % of the peak."""
    fastest = (
        "{stack: vendor, correction: {factor: 1.35, low: 1.1, high: 1.6, runs: 1}}"  # by a run of one's own
    )
    path = written(tmp_path, FAST.replace("{stack: open}", fastest))
    chances = run_json(capsys, "risk", path)
    assert any(
        "none is taken above 80.3 %, the best matmul measured on H100" in words for words in chances["words"]
    )
    samples = tmp_path / "samples.csv"
    assert main(["risk", path, "--csv", str(samples)]) == 0
    capsys.readouterr()
    with samples.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    mfu = [float(row["efficiency.mfu"]) for row in rows]
    assert max(mfu) == pytest.approx(794.5 / 989.4, abs=1e-3)
    assert sum(each > 0.8 for each in mfu) >= 10  # where it binds, samples are held there
    # Hours go against MFU, those of the samples held there too, and what is not wasted; goodput alone moves
    # the rest.
    base = {each["path"]: each["base"] for each in chances["doubts"]}
    for row in rows:
        hours = chances["gpu_hours"]["base"] * base["efficiency.mfu"] / float(row["efficiency.mfu"])
        hours *= (1.0 - base["efficiency.waste"]) / (1.0 - float(row["efficiency.waste"]))
        assert float(row["gpu_hours"]) == pytest.approx(hours, rel=0.02)
    bars = run_json(capsys, "tornado", path)["rows"]
    assert all(bar["high"] <= 0.8031 for bar in bars if bar["path"] == "efficiency.mfu")


def test_the_plan_beside_a_ranged_mfu_is_the_plan(capsys, tmp_path):
    """The plan's MFU is predicted and bears all waste of whole runs, whatever a range beside it bears."""
    assert main(["estimate", written(tmp_path, FAST), "--format", "json"]) == 0
    stage = json.loads(capsys.readouterr().out)["stages"][0]
    about = FAST.replace("  stages:", "  ranges: {efficiency.mfu: 30-60 %}\n  stages:")
    assert main(["tornado", written(tmp_path, about)]) == 0
    assert "The plan itself comes to" not in capsys.readouterr().out
    typed = about.replace("30-60 %", "10-15 %")
    chances = run_json(capsys, "risk", written(tmp_path, typed))
    waste = next(doubt for doubt in chances["doubts"] if doubt["path"] == "efficiency.waste")
    assert waste["base"] == pytest.approx(stage["waste"])
    assert waste["base"] > 0.15
    assert main(["tornado", written(tmp_path, typed)]) == 0
    assert "The plan itself comes to" in capsys.readouterr().out


def test_no_whole_run_is_shorter_than_its_steps(capsys, tmp_path):
    """Waste of less than nothing is no waste at all: its low end costs the hours of the steps."""
    typed = FAST.replace("{stack: open}", "{mfu: 0.4}")
    bars = run_json(capsys, "tornado", written(tmp_path, typed))
    bar = next(row for row in bars["rows"] if row["path"] == "efficiency.waste")
    assert bar["low"] == 0.0
    known = run_json(capsys, "estimate", written(tmp_path, typed))["stages"][0]
    assert bar["cost_low_usd"] == pytest.approx(known["cost_usd"] * (1 - known["waste"]), rel=1e-3)

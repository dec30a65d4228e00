"""`isocost translate`: their hours on my accelerators, and how sure the ratio is."""

from __future__ import annotations

import csv
import io
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.constants.errors.spreads import platform_of
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.cli.plans import open_plan
from isocost.evidence.pairs import Measured, half_of_ratio, measured_steps, pairing
from isocost.evidence.rows.measured_rows import run_spec
from isocost.plan.answer.estimate import stage_estimates
from isocost.plan.compare.translation import translate
from isocost.plan.project.project import set_section, set_value
from isocost.plan.values import Hardware

from .plans import run, run_json, with_waste_typed

CATALOG = load()
COMMON = CATALOG.constants.translation


def hours_of(project, **hardware):
    """Wall hours of a plan's first scenario, on other hardware where it is given."""
    changed = set_section(project, "hardware", **hardware) if hardware else project
    return sum(stage.wall_days for stage in stage_estimates(changed.scenarios[0], CATALOG)[1]) * 24


def ratio_range(told) -> float:
    """Half the range of a ratio whose errors are in part the same, as a logarithm."""
    mine, theirs = math.log(told["factor"]), math.log(told["from_factor"])
    share = COMMON.same_code["open"].share
    return math.sqrt(mine**2 + theirs**2 - 2.0 * share * mine * theirs)


def test_their_hours_times_mine_over_theirs_as_predicted(capsys, tmp_path):
    path = with_waste_typed("startup-7b", tmp_path)
    plan = open_plan(path, CATALOG)
    told = run_json(capsys, "translate", path, "--to", "a100-sxm-80gb:128", "--hours", "400")
    theirs, mine = hours_of(plan), hours_of(plan, accelerator="a100-sxm-80gb", count=128)
    assert told["from_hours"] == pytest.approx(400.0)
    assert told["hours"] == pytest.approx(400.0 * mine / theirs)
    assert told["gpu_hours"] == pytest.approx(told["hours"] * 128)
    assert told["price"]["cost_usd"] == pytest.approx(told["gpu_hours"] * 2.7, abs=0.01)

    # One doubt on each side, the step model's: with s and t its half ranges, s^2 + t^2 - 2 x share x s x t.
    of_ratio = ratio_range(told)
    assert told["p10"] == pytest.approx(told["hours"] * math.exp(-of_ratio))
    assert told["p90"] == pytest.approx(told["hours"] * math.exp(of_ratio))
    assert told["ratio_factor"] < max(told["factor"], told["from_factor"])


def test_a_fine_tune_on_ones_own_cards(capsys):
    """Convert their four A100 to my four 48 GB cards: steps of the same code, as near as an estimate."""
    options = ["--model", "Llama 3.1 8B", "--tokens", "100M", "--kind", "lora", "--hours", "3"]
    told = run_json(capsys, "translate", *options, "--from", "a100-sxm-80gb:4", "--to", "a6000:4")
    assert told["errors_in_common"]["basis"] == "same_code"
    assert math.log(told["ratio_factor"]) == pytest.approx(ratio_range(told), rel=1e-6)
    assert told["ratio_factor"] < 1.05 * told["factor"]
    # Written anew by another team, errors have less in common.
    other = run_json(
        capsys, "translate", *options, "--from", "a100-sxm-80gb:4", "--to", "a6000:4", "--other-code"
    )
    assert other["hours"] == told["hours"]
    assert other["ratio_factor"] > told["ratio_factor"]


def test_reinforcement_learning_on_other_accelerators(capsys):
    options = ["--model", "Qwen2.5 7B", "--kind", "rl", "--from", "a100-sxm-80gb:8", "--hours", "100"]
    told = run_json(capsys, "translate", *options, "--to", "h100-sxm:8")
    assert told["errors_in_common"]["basis"] == "rollouts"
    assert told["hours"] / 100.0 == pytest.approx(told["predicted_hours"] / told["predicted_from_hours"])
    assert told["p10"] < told["hours"] < 100.0


def test_claimed_hours_are_their_own_and_each_stage_has_its_ratio(capsys):
    told = run_json(capsys, "translate", "deepseek-r1", "--to", "a100-sxm-80gb:512")
    claimed = {each["name"]: each["from_hours"] for each in told["stages"]}
    # 198 and 80 hours on 512 H800, and 5,000 accelerator-hours on as many.
    assert list(claimed.values()) == [198.0, pytest.approx(5000 / 512), 80.0]
    assert told["from_hours_told"]
    for each in told["stages"]:
        ratio = each["to"]["predicted_hours"] / each["from"]["predicted_hours"]
        assert each["hours"] == pytest.approx(each["from_hours"] * ratio)
    assert told["hours"] == pytest.approx(sum(each["hours"] for each in told["stages"]))


def test_a_published_pair_lies_in_the_range(capsys):
    """MosaicML's 30B at 2,048 tokens on 32 H100 and on 32 A100 80GB, the same code."""
    rates = {}
    for row in measured_runs():
        if (row.source, row.model, row.sequence, row.accelerators) == ("llm-foundry", "MPT-30B", 2048, 32):
            rates[row.accelerator] = max(rates.get(row.accelerator, 0.0), row.tokens_per_s)
    measured = rates["h100-sxm"] / rates["a100-sxm-80gb"]
    told = run_json(
        capsys, "translate", "--model", "MPT-30B", "--tokens", "600B", "--sequence", "2048",
        "--from", "h100-sxm:32", "--hours", "100", "--to", "a100-sxm-80gb:32",
    )  # fmt: skip
    assert told["p10"] < 100.0 * measured < told["p90"]


def test_ranges_of_ratios_hold_the_published_pairs():
    """On work that a team has measured on two architectures, worked out anew from the tables."""
    # The two teams with most of the pairs on tuned software, whose layouts are stated: quick to predict.
    wanted = ("NVIDIA dgxc-benchmarking", "Megatron-Bridge")
    rows = [row for row in (*measured_runs(), *held_out_runs()) if row.source in wanted and row.tokens_per_s]
    specs = [run_spec(row, CATALOG) for row in rows]
    vendor = [spec for spec in specs if platform_of(spec.accelerator, spec.stack) == "nvidia"]
    found = pairing(measured_steps(vendor, CATALOG), same_team=True, covering=0.75)
    assert found.groups >= 30
    assert found.share == pytest.approx(COMMON.same_code["nvidia"].share, abs=0.1)
    assert found.covered >= 0.75


def test_the_shipped_shares_are_what_pairs_cover():
    for each in (*COMMON.same_code.values(), COMMON.other_code, COMMON.rollouts):
        assert each.covered >= 0.74  # with nothing in common they are as wide as ranges get
        assert each.teams >= 2
    assert COMMON.same_code["open"].width < 1.0
    assert COMMON.other_code.share < min(each.share for each in COMMON.same_code.values())


# Pairs


def of(log, accelerator, team="us", work="8B"):
    return Measured(log, 0.2, accelerator, work, team)


def test_the_share_in_common_by_hand():
    # Errors 0.3 and 0.1: apart by 0.2, so 1 - 0.04 / (0.09 + 0.01) = 0.6.
    found = pairing([of(0.3, "a"), of(0.1, "b"), of(9.0, "b", team="they")], same_team=True)
    assert (found.share, found.pairs, found.groups, found.teams) == (0.6, 1, 1, 1)
    # 8 chances in 10 reach 0.2 x sqrt(2 x 0.4) = 0.179: not as far as 0.2.
    assert found.covered == 0.0
    assert found.width == pytest.approx(math.sqrt(0.8))
    with pytest.raises(ValueError, match="two architectures"):
        pairing([of(0.3, "a"), of(0.1, "a")], same_team=True)
    # Two more teams, of which one shares all: without it the others share least.
    others = [of(0.3, "a", "they"), of(0.3, "b", "they"), of(0.2, "a", "all"), of(0.0, "b", "all")]
    assert pairing([of(0.3, "a"), of(0.1, "b"), *others], same_team=True).share == pytest.approx(
        1.0 - (0.04 + 0.04) / (0.1 + 0.04), abs=0.01
    )


@settings(max_examples=40)
@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0), st.floats(0.0, 1.0))
def test_a_ratio_is_never_less_sure_than_two_errors_apart(mine, theirs, share):
    half = half_of_ratio(mine, theirs, share)
    assert abs(mine - theirs) - 1e-6 <= half <= math.hypot(mine, theirs) + 1e-9
    if share > 0.5 and mine == theirs:
        assert half <= mine


# The plan


@settings(deadline=None, max_examples=8)
@given(st.floats(0.01, 1e6), st.sampled_from(["h100-sxm", "a100-sxm-80gb", "mi300x", "tpu-v5p"]))
def test_hours_scale_and_the_same_accelerator_changes_nothing(hours, accelerator):
    plan = open_plan("startup-7b", CATALOG)
    found = translate(plan, Hardware(accelerator, 256), CATALOG, hours=hours)
    assert found.from_hours == pytest.approx(hours)
    assert found.hours / hours == pytest.approx(found.ratio)
    low, high = found.ends
    assert low < found.hours < high
    if accelerator == "h100-sxm":
        assert found.hours == pytest.approx(hours)


def test_a_typed_mfu_is_not_taken_for_both(capsys):
    plan = set_value(open_plan("startup-7b", CATALOG), "efficiency.mfu", 0.2)
    free = translate(open_plan("startup-7b", CATALOG), Hardware("a100-sxm-80gb", 64), CATALOG)
    found = translate(plan, Hardware("a100-sxm-80gb", 64), CATALOG)
    assert found.typed_mfu
    assert found.ratio == pytest.approx(free.ratio)


def test_what_does_not_fit_and_what_cannot_be_had_are_said(capsys):
    code, out, _ = run(capsys, "translate", "lora-70b-one-node", "--to", "rtx4090:1")
    assert code == 0
    assert out.splitlines()[1].startswith("LoRA fine-tuning does not fit on 1 RTX 4090")
    assert "does not fit on 1 RTX 4090 here; it takes 8." in out
    code, out, _ = run(capsys, "translate", "startup-7b", "--to", "h100-sxm:100", "--hours", "9000")
    assert "100 cannot be had: 104 are, in whole servers." in out
    assert "what was run there is hardly what is described here" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["startup-7b"], "the following arguments are required: --to"),
        (["--to", "h100"], "--model is missing: give a plan, or --model and --from."),
        (["--to", "h100", "--model", "7B"], "--from is missing"),
        (["--to", "h100", "--model", "7B", "--from", "a100-sxm-80gb"], "Write a100-sxm-80gb:8."),
        (["--to", "h100", "--model", "nothing", "--from", "h100-sxm:8"], "No model is called 'nothing'"),
        (["startup-7b", "--to", "zzz:8"], "No accelerator is called 'zzz'; known are for example"),
        (["startup-7b", "--to", "h100-sxm:"], "a number is missing after the colon"),
        (["startup-7b", "--to", "h100-sxm:0"], "--to: Count must lie between 1 and 131,072, got 0."),
        (["startup-7b", "--to", "h100-sxm:8", "--hours", "0"], "--hours: must be more than none."),
        (["startup-7b", "--to", "h100-sxm:8", "--hours", "many"], "--hours: 'many' is not a time"),
        (["startup-7b", "--to", "h100-sxm:8", "--tokens", "1T"], "--tokens: describes a run without a plan"),
        (["startup-7b", "--to", "h100-sxm:8", "--stage", "Pretraining"], "did you mean 'Pre-training'?"),
        (["--to", "h100", "--model", "7B", "--from", "h100:8", "--precision", "fp9"], "unknown value 'fp9'"),
        (["--to", "h100", "--model", "7B", "--from", "h100:8", "--stage", "x"], "--stage: is of a plan"),
        (
            ["--to", "h100", "--model", "7B", "--from", "h100:8", "--kind", "rl", "--tokens", "1B"],
            "rl: rounds",
        ),
    ],
)
def test_what_cannot_be_translated_is_one_sentence(capsys, arguments, said):
    code, out, err = run(capsys, "translate", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_every_form_says_it(capsys):
    arguments = ["translate", "deepseek-r1", "--stage", "R1 RL", "--to", "h100-sxm:512"]
    code, out, _ = run(capsys, *arguments)
    assert code == 0
    assert "80 h (3.3 days) on 512 H100 for 80 h (3.3 days) on 512 H800; 8 chances in 10" in out
    (row,) = csv.DictReader(io.StringIO(run(capsys, *arguments, "--format", "csv")[1]))
    assert (row["stage"], row["from_hours"]) == ("R1 RL", "80.0")
    assert float(row["p10"]) < float(row["hours"]) < float(row["p90"])
    assert "| Wall hours |" in run(capsys, *arguments, "--format", "markdown")[1]
    moved = run_json(capsys, "translate", "startup-7b", "--from", "h100-sxm:8", "--to", "h100-sxm:8")
    assert moved["ratio"] == pytest.approx(1.0)
    assert moved["stages"][0]["from"]["count"] == 8


def test_experiments_of_no_share_have_no_ratio():
    plan = set_value(open_plan("api-or-own", CATALOG), "ablations.share", 0.0)
    found = translate(plan, Hardware("a100-sxm-80gb", 256), CATALOG, hours=100.0)
    assert [each.name for each in found.stages] == ["Pre-training"]
    assert found.from_hours == pytest.approx(100.0)

"""`isocost ladder`: what a sum of money buys."""

from __future__ import annotations

import csv
import io
import json

import pytest

from isocost.catalog import load

from .asked import H100_FLOPS, KNOWN, answered, plan_file, run

KINDS = ("scratch", "continue", "full", "lora", "rl")


@pytest.fixture(scope="module")
def climbed(tmp_path_factory):
    """The ladder on H100 alone, as JSON."""
    from isocost.cli import main

    with pytest.MonkeyPatch.context() as patch:
        stream = io.StringIO()
        patch.setattr("sys.stdout", stream)
        assert main(["ladder", "--on", "h100-sxm", "--format", "json"]) == 0
    return json.loads(stream.getvalue())


def test_every_sum_buys_of_every_kind(climbed):
    rungs = {(each["kind"], each["budget_usd"]): each for each in climbed["rungs"]}
    assert set(rungs) == {(kind, sum_) for kind in KINDS for sum_ in load().constants.ladder.budgets}
    for each in rungs.values():
        assert each["fits"]
        assert each["cost_usd"] <= each["budget_usd"] * (1 + 1e-6)
        assert each["wall_days"] <= climbed["longest_days"] * (1 + 1e-6)
        assert each["accelerator"] == "h100-sxm"
        assert each["count"] in (1, 2, 4) or each["count"] % 8 == 0


def test_more_money_buys_no_less(climbed):
    for kind in KINDS:
        amounts = [each["parameters"] * each["tokens"] for each in climbed["rungs"] if each["kind"] == kind]
        assert amounts == sorted(amounts)


def test_a_model_from_nothing_by_hand(climbed):
    """6 x 20 N^2 FLOPs are a tenth to three fifths of what the hours give at the peak."""
    for each in climbed["rungs"]:
        if each["kind"] == "scratch":
            assert each["tokens"] == pytest.approx(20 * each["parameters"], rel=1e-6)
            given = each["cost_usd"] / each["usd_per_gpu_hour"] * 3600 * H100_FLOPS
            assert 0.1 < 6 * each["parameters"] * each["tokens"] / given < 0.6


def test_a_rung_is_as_the_estimate_has_it(capsys, tmp_path, climbed):
    """And a size with one more in its second digit would cost more than the sum."""
    rung = next(r for r in climbed["rungs"] if r["kind"] == "scratch" and r["budget_usd"] == 10_000)
    price = rung["usd_per_gpu_hour"]
    step = 10 ** (len(str(int(rung["parameters"]))) - 2)
    costs = []
    for size in (rung["parameters"], rung["parameters"] + step):
        text = KNOWN.replace("  efficiency: {mfu: 0.4, goodput: 1.0, waste: 0.0}\n", "")
        text = text.replace("parameters: 1e9", f"parameters: {size:.6g}").replace(
            "count: 64", f"count: {rung['count']}"
        )
        text = text.replace("usd_per_gpu_hour: 2", f"usd_per_gpu_hour: {price}")
        text = text.replace(
            "{tokens: 2e10, sequence: 2048, batch_tokens: 1048576}",
            f"{{tokens: {20 * size:.6g}, sequence: 4096}}",
        )
        costs.append(answered(capsys, "estimate", plan_file(tmp_path, text))["total"]["cost_usd"])
    assert costs[0] == pytest.approx(rung["cost_usd"], rel=1e-6)
    assert costs[0] <= 10_000 < costs[1]


def test_a_plans_price_holds_and_half_the_price_buys_more(capsys, tmp_path, climbed):
    plan = plan_file(tmp_path, KNOWN)
    found = answered(capsys, "ladder", plan, "--on", "h100-sxm")
    assert found["rungs"][0]["usd_per_gpu_hour"] == pytest.approx(2, rel=1e-3)
    for cheap, usual in zip(found["rungs"], climbed["rungs"], strict=True):
        assert cheap["tokens"] >= usual["tokens"]


def test_owned_accelerators_cost_what_an_hour_of_them_costs(capsys):
    found = answered(capsys, "ladder", "--owned", "--on", "h100-sxm")
    assert found["owned"]
    assert all(0 < each["usd_per_gpu_hour"] < 10 for each in found["rungs"])
    assert {each["accelerator"] for each in found["rungs"]} == {"h100-sxm"}


def test_more_text_than_there_is_is_said(capsys, climbed):
    most = load().constants.ladder.most_text.value
    assert all(
        each["enough_text"] == (each["kind"] == "rl" or each["tokens"] <= most) for each in climbed["rungs"]
    )
    assert not all(each["enough_text"] for each in climbed["rungs"])
    out = run(capsys, "ladder", "--on", "h100-sxm")[1]
    assert "more text than there is" in out
    assert "20 tokens a parameter" in out


def test_every_form(capsys, climbed):
    code, out, _ = run(capsys, "ladder", "--on", "h100-sxm", "--format", "csv")
    assert code == 0
    assert len(list(csv.DictReader(io.StringIO(out)))) == len(climbed["rungs"])
    assert run(capsys, "ladder", "--on", "h100-sxm", "--format", "markdown")[1].startswith(
        "## What a sum buys"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on", "h101"], "h101"),
        (["--scenario", "Other"], "name the plan file"),
        (["no-such-plan"], "no-such-plan"),
    ],
)
def test_what_makes_no_sense_gets_one_sentence(capsys, arguments, said):
    code, out, err = run(capsys, "ladder", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_plan_of_machines_of_ones_own_is_climbed_on_its_own_terms(capsys, tmp_path):
    plan = plan_file(tmp_path, KNOWN.replace("  stages:", "  supply: {mode: own}\n  stages:"))
    asked = ("ladder", plan, "--on", "h100-sxm")
    assert answered(capsys, *asked) == answered(capsys, *asked, "--owned")
    assert not answered(capsys, *asked, "--rented")["owned"]

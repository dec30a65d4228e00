"""The loss a plan's model can be expected to reach, and what its size costs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.schemas import output_schema
from isocost.cli import main
from isocost.engine.scaling import loss
from isocost.plan.answer.loss import over_training
from tests.deciding.schemas import flaws

LAW = load().constants.laws.law()
E, A, B, ALPHA, BETA = 1.8172, 482.01, 2085.43, 0.3478, 0.3658
"""Besiroglu et al. 2024, as printed."""


def run(capsys, *arguments: str) -> str:
    assert main(["loss", *arguments]) == 0
    return capsys.readouterr().out


def by_hand(parameters: float, tokens: float) -> float:
    return E + A / parameters**ALPHA + B / tokens**BETA


def test_the_loss_of_a_plan_is_that_of_the_printed_law(capsys):
    tree = json.loads(run(capsys, "startup-7b", "--format", "json"))
    assert (tree["parameters"], tree["tokens"]) == (7e9, 2e12)
    assert tree["loss"] == pytest.approx(by_hand(7e9, 2e12), abs=1e-9)
    assert tree["flops"] == pytest.approx(6 * 7e9 * 2e12)
    default, *others = tree["laws"]
    assert default["high"] - default["loss"] == pytest.approx(1.2816 * 0.03)
    assert default["loss"] - default["low"] == pytest.approx(1.2816 * 0.03)
    # Nothing is said to be sure of that nobody has printed an error of.
    assert all(each["low"] is None and each["high"] is None for each in others)
    assert list(flaws(tree, output_schema("loss"), output_schema("loss"))) == []


def test_no_split_of_the_compute_beats_the_ridge(capsys):
    tree = json.loads(run(capsys, "startup-7b", "--format", "json"))
    best = tree["ridge"]
    assert 6 * best["parameters"] * best["tokens"] == pytest.approx(tree["flops"])
    for step in (0.5, 0.9, 0.99, 1.01, 1.1, 2.0):
        assert by_hand(best["parameters"] * step, best["tokens"] / step) > best["loss"]
    losses = [point["loss"] for point in best["points"]]
    assert losses == sorted(losses, reverse=True)
    assert best["points"][4]["flops"] == pytest.approx(tree["flops"])


def test_over_training_costs_what_a_brute_search_for_the_least_compute_finds(capsys):
    tree = json.loads(run(capsys, "startup-7b", "--format", "json"))
    target, found = tree["loss"], tree["over_training"]
    least = min(
        6 * size * (B / (target - E - A / size**ALPHA)) ** (1 / BETA)
        for size in (7e9 * 1.001**step for step in range(3000))
    )
    assert found["compute_over_optimal"] == pytest.approx(tree["flops"] / least, rel=1e-4)
    assert by_hand(found["optimal_parameters"], found["optimal_tokens"]) == pytest.approx(target)
    main(["estimate", "startup-7b", "--format", "json"])
    rent = json.loads(capsys.readouterr().out)["stages"][0]["cost_usd"]
    assert found["extra_usd"] == pytest.approx(rent * (1 - least / tree["flops"]), rel=1e-3)
    # A token served takes two FLOPs a parameter less; the extra compute is that many tokens' worth.
    saved = 2 * (found["optimal_parameters"] - 7e9)
    assert found["break_even_tokens"] == pytest.approx((tree["flops"] - least) / saved, rel=1e-3)


@settings(max_examples=60, deadline=None)
@given(size=st.floats(1e7, 1e13), tokens=st.floats(1e8, 1e15), served=st.floats(0.0, 1e16))
def test_the_optimal_split_reaches_the_same_loss_for_less(size, tokens, served):
    found = over_training(LAW, size, tokens, 1e6, served)
    assert loss(LAW, found.optimal.parameters, found.optimal.tokens) == pytest.approx(
        float(loss(LAW, size, tokens)), rel=1e-9
    )
    assert found.over_optimal >= 1.0 - 1e-9
    assert -1e-3 <= found.extra_usd <= 1e6
    assert (found.break_even_tokens is not None) == (found.saved_flops_per_token > 0.0)
    if found.break_even_tokens is not None:
        at_even = over_training(LAW, size, tokens, 1e6, found.break_even_tokens)
        assert at_even.demand_saved_usd == pytest.approx(at_even.extra_usd, rel=1e-6, abs=1e-6)


def test_models_of_the_same_class_are_named(capsys):
    tree = json.loads(run(capsys, "startup-7b", "--format", "json"))
    similar = {each["model"]: each for each in tree["same_class"]}
    assert similar["Llama 2 7B"]["loss"] == pytest.approx(by_hand(6.738e9, 2e12), abs=0.002)
    assert "Same class by this law: Llama 2 7B" in run(capsys, "startup-7b")


PLAN = """\
isocost: 1
name: Plan
scenarios:
- name: First
  model: {parameters: PARAMETERS}
  hardware: {accelerator: h100-sxm, count: 64}
  dataset: {unique_tokens: 2e10}
  demand: {tokens_per_day: 1e9, months: 12}
  stages:
  - kind: pretrain
    name: Work
    data: {tokens: 1e11}
"""


@pytest.mark.parametrize(
    ("parameters", "said"),
    [("5e8", "Over-training costs"), ("6e9", "The same loss takes at least"), ("7e10", "be served cheaper")],
)
def test_each_regime_has_its_sentence(capsys, tmp_path: Path, parameters: str, said: str):
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("PARAMETERS", parameters))
    text = run(capsys, str(path))
    assert said in text
    assert "With its text repeated the loss is" in text
    assert "tokens of the demand" in text


def test_a_mixture_of_experts_is_said_to_be_no_dense_model(capsys):
    assert "37B active parameters" in run(capsys, "deepseek-v3")


def test_a_plan_that_makes_no_model_has_no_loss(capsys):
    tree = json.loads(run(capsys, "lora-70b-one-node", "--format", "json"))
    assert tree == {"loss": None, "words": [tree["words"][0]]}
    assert "scaling laws say nothing" in run(capsys, "lora-70b-one-node")
    assert "scaling laws say nothing" in run(capsys, "lora-70b-one-node", "--format", "markdown")
    assert list(flaws(tree, output_schema("loss"), output_schema("loss"))) == []


def test_every_law_is_a_row(capsys):
    rows = list(csv.DictReader(io.StringIO(run(capsys, "startup-7b", "--format", "csv"))))
    assert [row["law"].split()[0] for row in rows].count("Hoffmann") == 2
    assert rows[0]["loss"]
    assert not rows[-1]["loss"]
    assert "| Law | Loss |" in run(capsys, "startup-7b", "--format", "markdown")

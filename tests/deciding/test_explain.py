"""Any figure of an answer down to what it is made of: every formula in it comes to its value."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isocost import paths
from isocost.catalog import load
from isocost.cli import main
from isocost.files import load_project
from isocost.files.loading import parse_project
from isocost.plan.answer.estimate import answer
from isocost.plan.explain.figures import Explainer
from isocost.plan.kinds import KINDS
from isocost.plan.money.arithmetic import read
from isocost.plan.money.explain import Explanation
from isocost.plan.project.programme import Supply
from isocost.plan.project.project import Project
from isocost.quantities import PRINTED, numbers_marked
from isocost.report.decisions.explain import how_said, value_said
from isocost.report.estimate_questions import LATE_WEEKS, questions
from isocost.report.estimate_tables import json_text
from tests.plan import programmes
from tests.plan.programmes import SCENARIOS

CATALOG = load()
PRESETS = sorted(paths.presets().glob("*.yaml"))
HALF_A_CENT = 0.0051


def numbers(tree: Any, at: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a JSON, by the path explanations are asked for with."""
    if isinstance(tree, dict | list):
        for name, each in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from numbers(each, f"{at}.{name}" if at else str(name))
    elif isinstance(tree, int | float) and not isinstance(tree, bool):
        yield at, tree


def nodes(node: Explanation, seen: dict[int, Explanation]) -> dict[int, Explanation]:
    if id(node) not in seen:
        seen[id(node)] = node
        for each in node.inputs:
            nodes(each, seen)
    return seen


def check(project: Project, scenario: int) -> None:
    """Every figure of the JSON has a tree of its value, and every formula in it comes to its node's."""
    found = answer(project, CATALOG, scenario)
    trees, seen = Explainer(found, LATE_WEEKS), dict[int, Explanation]()
    lines = 1 + len(found.estimate.ledger)
    for key, value in numbers(json.loads(json_text(found.estimate, questions(found)))):
        node = trees.of(key)
        cents = HALF_A_CENT * lines if node.unit == "USD" else 0.0
        assert node.value == pytest.approx(value, rel=1e-6, abs=cents), key
        nodes(node, seen)
    for node in seen.values():
        if not node.words:
            assert node.source, node.key
            assert node.provenance != "computed", node.key
            continue
        # A rent is rounded to the cent, and so is each line of the total.
        cents = HALF_A_CENT * lines if node.unit == "USD" else 0.0
        if all(math.isfinite(each.value) for each in node.inputs):
            by_value = read(node.words, {each.key: each.value for each in node.inputs})
            assert by_value == pytest.approx(node.value, rel=1e-6, abs=cents), node.key
            # What is left of a price by a discount of all of it but 1e-16 is written as nothing.
            assert read(node.formula) == pytest.approx(node.value, rel=1e-6, abs=max(cents, 1e-12)), node.key


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_figure_of_the_json_is_explained_and_every_formula_comes_to_its_value(path: Path):
    project = load_project(path, CATALOG)
    for scenario in range(len(project.scenarios)):
        check(project, scenario)


@settings(deadline=None, max_examples=25)
@example(scenario=programmes.scenario(hours=(0.0,), supply=Supply("reserved", 0.0, 1.0)))
@given(scenario=SCENARIOS)
def test_so_it_is_in_any_programme(scenario):
    check(Project(name="Any", scenarios=(scenario,)), 0)


PLAN = """\
isocost: 1
name: Plan
scenarios:
- name: First
  model: {parameters: 7e9}
  hardware: {accelerator: h100-sxm, count: 12}
  price: {usd_per_gpu_hour: 2.5}
  efficiency: {mfu: 0.4, goodput: 0.9, waste: 0.1}
  stages:
  - kind: STAGE
    name: Work
"""
DATA = "    data: {tokens: 1e11, sequence: 4096, batch_tokens: 4194304}\n"
WITH_DATA = ("pretrain", "context-extension", "mid-training", "sft")


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("given_by", ["typed", "left to the app"])
def test_every_kind_of_stage_is_explained(tmp_path: Path, kind: str, given_by: str):
    text = PLAN.replace("STAGE", kind) + (DATA if kind in WITH_DATA else "")
    text += "    hours: 100\n" if kind == "gpu-hours" else ""
    if given_by != "typed":
        text = text.replace("  efficiency: {mfu: 0.4, goodput: 0.9, waste: 0.1}\n", "")
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    check(load_project(path, CATALOG), 0)


AS = "  hardware: {accelerator: h100-sxm, count: 12}\n  price: {usd_per_gpu_hour: 2.5}\n"
OTHER_WAYS = {
    "rounds that do not fit": ("rl", "", {"model: {parameters: 7e9}": "model: {parameters: 2e12}"}),
    "rounds that overlap": ("rl", "    rl: {schedule: asynchronous}\n", {}),
    "hours of so many accelerators": ("gpu-hours", "    hours: 100\n", {}),
    "accelerator-hours as claimed": ("gpu-hours", "    gpu_hours: 5000\n", {}),
    "a teacher that reads": ("distillation", "    distillation: {method: logits, keep_rate: 1}\n", {}),
    "a student's own answers": ("distillation", "    distillation: {method: on-policy, keep_rate: 1}\n", {}),
    "a teacher whose text is there": ("distillation", "    distillation: {generate: false}\n", {}),
    "another currency": ("pretrain", DATA, {"name: Plan\n": "name: Plan\ncurrency: {code: EUR}\n"}),
    "a rate of one's own": (
        "pretrain",
        DATA,
        {
            "name: Plan\n": "name: Plan\n"
            "currency: {code: EUR, per_usd: 0.9, source: our bank, date: '2026-11-01'}\n"
        },
    ),
    "a correction by one's own runs": (
        "pretrain",
        DATA,
        {
            "{mfu: 0.4, goodput: 0.9, waste: 0.1}": "{correction: "
            "{factor: 0.9, low: 0.8, high: 1.0, runs: 12, source: runs.csv}}",
        },
    ),
    "accelerators of one's own that are never idle": (
        "pretrain",
        DATA,
        {AS: f"{AS}  supply: {{mode: own}}\n  ownership: {{usd_per_accelerator: 90000, utilization: 1}}\n"},
    ),
    "two stages at two prices": (
        "pretrain",
        f"{DATA}  - kind: sft\n    name: Tuned\n"
        "    price: {usd_per_gpu_hour: 9}\n    data: {tokens: 1e9}\n",
        {},
    ),
    "a checkpoint slower than failures come": (
        "pretrain",
        DATA,
        {"goodput: 0.9, ": "", "model: {parameters: 7e9}": "model: {parameters: 1e12}"},
    ),
}


@pytest.mark.parametrize("name", OTHER_WAYS)
def test_so_is_every_way_a_stage_may_be_worked_out(tmp_path: Path, name: str):
    kind, more, changes = OTHER_WAYS[name]
    text = PLAN.replace("STAGE", kind) + more
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "plan.yaml"
    path.write_text(text)
    check(load_project(path, CATALOG), 0)


def test_a_run_that_does_not_fit_is_explained_by_the_worst_that_was_ever_seen():
    text = PLAN.replace("STAGE", "rl").replace("7e9", "2e12")
    found = answer(parse_project(text, CATALOG), CATALOG)
    hours = Explainer(found, LATE_WEEKS).of("stages.0.gpu_hours")
    assert [each.provenance for each in hours.inputs][-2] == "assumed"
    assert "it does not fit" in [each.source for each in hours.inputs]


# The command


def run(capsys, *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


@pytest.fixture
def plan(tmp_path: Path) -> str:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("STAGE", "pretrain") + DATA)
    return str(path)


def walked(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield tree
    for each in tree["inputs"]:
        yield from walked(each)


def test_a_typed_plan_is_explained_as_by_hand(capsys, plan: str):
    """Tokens x FLOPs each over what the accelerators do; 7B parameters of a shape come to about 6 N."""
    tree = json.loads(run(capsys, plan, "total.cost_usd", "--format", "json"))
    assert list(tree) == ["key", "label", "value", "unit", "formula", "source", "provenance", "inputs"]
    found = {each["key"]: each for each in walked(tree)}
    flops = found["stages.0.flops_per_token"]["value"]
    assert flops == pytest.approx(6 * 7e9, rel=0.1)
    hours = 1e11 * flops / (0.4 * 989.4e12) / 0.9 / (1 - 0.1) / 3600
    assert found["stages.0.gpu_hours"]["value"] == pytest.approx(hours, rel=1e-3)
    assert tree["value"] == pytest.approx(hours * 2.5, rel=1e-3)
    how = {key: each["provenance"] for key, each in found.items()}
    assert how["stages.0.mfu"] == how["stages.0.goodput"] == how["stages.0.waste"] == "typed"
    assert how["stages.0.peak_flops"] == "looked up"
    assert how["stages.0.gpu_hours"] == "computed"
    assert "read 20" in found["stages.0.peak_flops"]["source"]


def test_a_predicted_speed_ends_in_the_fit_and_in_published_runs(capsys):
    tree = json.loads(run(capsys, "startup-7b", "stages.0.gpu_hours", "--format", "json"))
    found = {each["key"]: each for each in walked(tree)}
    assert found["stages.0.step.matrix_multiplies"]["provenance"] == "fitted"
    assert found["stages.0.waste"]["provenance"] == "measured"
    assert found["stages.0.failures_per_year"]["provenance"] == "measured"
    seconds = sum(each["value"] for key, each in found.items() if key.startswith("stages.0.step."))
    assert found["stages.0.step_seconds"]["value"] == pytest.approx(seconds)


def test_the_memory_of_an_accelerator_is_explained_too(capsys):
    tree = json.loads(run(capsys, "startup-7b", "stages.0.memory_bytes", "--format", "json"))
    assert tree["value"] == pytest.approx(sum(each["value"] for each in tree["inputs"]))
    assert {each["label"] for each in tree["inputs"]} >= {"Weights", "Optimizer", "Activations"}


@pytest.mark.parametrize("name", ["startup-7b", "api-or-own", "llama-3.1-405b", "smollm3-programme"])
def test_the_range_of_the_headline_is_that_of_the_chances_and_its_parts_the_bars_of_the_tornado(capsys, name):
    def said(command: str) -> dict[str, Any]:
        assert main([command, name, "--format", "json"]) == 0
        return json.loads(capsys.readouterr().out)

    span, chances, bars = said("estimate")["range"], said("risk"), said("tornado")["rows"]
    for quantity in ("cost_usd", "wall_days"):
        for end in ("p10", "p50", "p90"):
            assert span[quantity][end] == pytest.approx(chances[quantity][end])
    ends = [(bar["cost_low_usd"], bar["cost_high_usd"]) for bar in bars]
    parts = [(part["p10"], part["p90"]) for part in span["parts"].values() if part["p10"] < part["p90"]]
    assert np.sort(parts, axis=0) == pytest.approx(np.sort(np.sort(ends, axis=1), axis=0))
    # Of what samples come to, the tree shows the cost with each doubt alone at that end.
    tree = json.loads(run(capsys, name, "range.cost_usd.p90", "--format", "json"))
    assert tree["value"] == pytest.approx(span["cost_usd"]["p90"])
    assert [each["value"] for each in tree["inputs"]] == pytest.approx([high for _, high in parts])


def test_every_form_says_it(capsys):
    text = run(capsys, "deepseek-r1", "total.cost_usd")
    assert "Programme: $202,752.00 + $10,000.00 + $81,920.00 = $294,672.00" in text
    assert "· · Accelerator-hours" in text
    markdown = run(capsys, "deepseek-r1", "total.cost_usd", "--format", "markdown")
    assert "| Programme | \\$294,672.00 |" in markdown
    rows = list(csv.DictReader(io.StringIO(run(capsys, "deepseek-r1", "total.cost_usd", "--format", "csv"))))
    assert rows[0]["key"] == "total.cost_usd"
    assert float(rows[0]["value"]) == 294_672.0
    assert {row["depth"] for row in rows} >= {"0", "1", "2"}


SUFFIXES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def read_as_shown(text: str) -> float:
    """What a formula comes to as people read it."""
    plain = re.sub(
        r"(\d[\d.,]*)([KMBT])\b",
        lambda each: f"{float(each[1].replace(',', '')) * SUFFIXES[each[2]]:.6f}",
        text,
    )
    return read(re.sub(r"\be \^", f"{math.e} ^", plain).replace("\N{MINUS SIGN}", "-"))


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-r1-first-principles"])
def test_a_formula_read_as_it_is_shown_comes_to_the_figure_shown(name):
    trees = Explainer(answer(load_project(paths.presets() / f"{name}.yaml", CATALOG), CATALOG), LATE_WEEKS)
    found: dict[int, Explanation] = {}
    for key in trees.every_key():
        nodes(trees.of(key), found)
    # Memory is told in units of its own.
    told = [n for n in found.values() if n.words and not any(x.unit == "bytes" for x in (n, *n.inputs))]
    assert len(told) > 30
    with numbers_marked(PRINTED):
        for node in told:
            text = how_said(node)
            assert value_said(replace(node, value=read_as_shown(text))) == value_said(node), text


def test_depth_says_how_far_down_it_goes(capsys):
    shallow = json.loads(run(capsys, "startup-7b", "total.cost_usd", "--depth", "0", "--format", "json"))
    assert shallow["inputs"] == []
    lines = {
        depth: len(run(capsys, "startup-7b", "total.cost_usd", "--depth", depth).splitlines())
        for depth in "123"
    }
    assert lines["1"] < lines["2"] < lines["3"]
    assert run(capsys, "startup-7b", "total.cost_usd") == run(
        capsys, "startup-7b", "total.cost_usd", "--depth", "3"
    )


def test_the_list_names_every_figure_of_the_json_and_only_what_can_be_asked(capsys, plan: str):
    listed = json.loads(run(capsys, plan, "--list", "--format", "json"))["figures"]
    assert main(["estimate", plan, "--format", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert {key for key, _ in numbers(tree)} <= {each["key"] for each in listed}
    assert "total.cost_usd" in run(capsys, plan, "--list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["stages.0.mfy"], "did you mean stages.0.mfu"),
        (["people"], "no figure 'people'"),
        ([], "--list"),
        (["total.cost_usd", "--list"], "--list"),
        (["total.cost_usd", "--depth", "-1"], "--depth"),
        (["total.cost_usd", "--depth", "deep"], "whole number of levels"),
        (["total.cost_usd", "--scenario", "Other"], "unknown scenario"),
    ],
)
def test_what_cannot_be_explained_is_said_in_a_sentence(capsys, plan: str, arguments: list[str], said: str):
    assert main(["explain", plan, *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said in captured.err


@settings(max_examples=20, deadline=None)
@given(key=st.text(min_size=1).filter(lambda text: not text.startswith("-")), depth=st.text())
def test_any_key_is_explained_or_refused(key: str, depth: str):
    assert main(["explain", "deepseek-r1", key, f"--depth={depth}"]) in (0, 2)

"""The schemas of plan files and of what commands print hold for real ones."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from isocost import paths
from isocost.catalog.schemas import output_names, output_schema
from isocost.cli import main
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.plan_schema import plan_schema
from isocost.files.saving import project_text
from tests.deciding.schemas import flaws
from tests.files.strategies import projects

PRESETS = sorted(paths.presets().glob("*.yaml"))
PLAN = plan_schema()


def wrong(value: Any, schema: dict[str, Any]) -> list[str]:
    return list(flaws(value, schema, schema))


def printed(capsys, *arguments: str) -> Any:
    assert main([*arguments]) == 0
    return json.loads(capsys.readouterr().out)


# Plan files


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_preset_is_as_the_schema_says(path):
    assert wrong(yaml.safe_load(path.read_text()), PLAN) == []


@settings(max_examples=40, deadline=None)
@given(project=projects())
def test_whatever_the_app_saves_is_as_the_schema_says(project):
    assert wrong(yaml.safe_load(project_text(project)), PLAN) == []


def changed(*path: Any, value: Any = None) -> Any:
    """A preset with something else at a path."""
    tree = yaml.safe_load((paths.presets() / "startup-7b.yaml").read_text())
    held = copy.deepcopy(tree)
    at = held
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return held


STAGE = ("scenarios", 0, "stages", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("isocost",), 2),
        (("colour",), "red"),
        (("scenarios", 0, "hardware", "count"), 0),
        (("scenarios", 0, "hardware", "count"), 2.5),
        (("scenarios", 0, "hardware", "cuont"), 8),
        (("scenarios", 0, "efficiency"), {"mfu": 1.5}),
        (("scenarios", 0, "ranges"), {"efficiency.mfoo": "2..3"}),
        (("scenarios", 0, "ranges"), {"efficiency.mfu": {"low": 0.3}}),
        ((*STAGE, "kind"), "cooking"),
        ((*STAGE, "data"), {"sequence": 4096}),
        ((*STAGE, "data", "tokens"), "many"),
    ],
)
def test_what_no_plan_may_hold_is_refused_by_the_schema_and_by_the_app(path, value):
    tree = changed(*path, value=value)
    assert wrong(tree, PLAN)
    with pytest.raises(ContentError):
        parse_project(yaml.safe_dump(tree))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("scenarios", 0, "model"), "70B"),
        (("scenarios", 0, "ranges"), {"efficiency.mfu": "30-50 %", "Pre-training/data.tokens": "1..2T"}),
        (("scenarios", 0, "ranges"), {"efficiency.mfu": {"low": 0.3, "high": 0.5, "shape": "triangular"}}),
        (("scenarios", 0, "goal"), {"budget_usd": "$300K", "deadline_days": 14}),
        ((*STAGE, "data", "tokens"), "14.8T"),
    ],
)
def test_what_people_write_is_allowed(path, value):
    assert wrong(changed(*path, value=value), PLAN) == []


def test_inputs_have_their_names_limits_and_help():
    tokens = PLAN["$defs"]["Data"]["properties"]["tokens"]
    assert tokens["title"] == "Tokens"
    assert "Tokens trained on" in tokens["description"]
    assert tokens["anyOf"][0]["minimum"] == 1000


# What commands print

EXAMPLES = {
    "risk": ["risk", "startup-7b"],
    "tornado": ["tornado", "startup-7b"],
    "solve": ["solve", "startup-7b", "--for", "model", "--budget", "$300K", "--deadline", "30"],
    "offers": ["offers", "startup-7b"],
    "rank": ["rank", "startup-7b", "--deadline", "14"],
    "wins": ["wins", "startup-7b", "budget", "deadline", "--size", "5"],
    "compare": ["compare", "rent-or-buy-64-h100", "Rented", "Owned"],
    "claim": ["claim", "deepseek-r1"],
    "ladder": ["ladder"],
    "techniques": ["techniques", "startup-7b", "--on", "fp8"],
    "nearest": ["nearest", "startup-7b"],
    "translate": ["translate", "startup-7b", "--to", "b200:64"],
}
"""A command line of each command, run where there is such a command."""


@pytest.mark.parametrize("path", PRESETS, ids=lambda path: path.stem)
def test_every_estimate_is_as_its_schema_says(capsys, path):
    assert wrong(printed(capsys, "estimate", str(path), "--format", "json"), output_schema("estimate")) == []


@pytest.mark.parametrize("key", ["total.cost_usd", "stages.0.goodput", "energy.kwh"])
def test_every_explanation_is_as_its_schema_says(capsys, key):
    tree = printed(capsys, "explain", "eight-gpu-lab", key, "--format", "json")
    assert wrong(tree, output_schema("explain")) == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_a_command_prints_is_as_its_schema_says(capsys, name):
    assert wrong(printed(capsys, *EXAMPLES[name], "--format", "json"), output_schema(name)) == []


@pytest.mark.parametrize("name", output_names())
def test_every_schema_is_one_and_refuses_nothing_at_all(capsys, name):
    schema = printed(capsys, "schema", name)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["title"]
    assert wrong(None, schema)
    assert not any("holds" in flaw for flaw in wrong({}, schema))


# The command


def test_a_plan_is_the_default(capsys):
    assert printed(capsys, "schema") == printed(capsys, "schema", "plan") == json.loads(json.dumps(PLAN))


def test_the_list_names_them(capsys):
    assert main(["schema", "--list"]) == 0
    assert set(capsys.readouterr().out.split()) == {"plan", *output_names()}


def test_an_unknown_schema_is_told_with_the_nearest(capsys):
    assert main(["schema", "estimat"]) == 2
    assert "did you mean 'estimate'?" in capsys.readouterr().err

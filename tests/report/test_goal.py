"""Budget and deadline of a plan are answered in every form of its estimate."""

from __future__ import annotations

import json

import pytest

from isocost.catalog.schemas import output_schema
from isocost.cli import main
from isocost.quantities import plain_spaces
from tests.deciding.schemas import flaws

PLAN = """isocost: 1
name: A plan
scenarios:
- name: One
  model: Llama 3.1 8B
  hardware: {accelerator: h100-sxm, count: 64}
  goal: {budget_usd: 1000, deadline_days: 30}
  stages:
  - {kind: pretrain, name: Run, data: {tokens: 100B}}
"""
OVER = "More than 99 chances in 100 that it costs more than the budget, $1,000"
LATE = "Less than one chance in 100 that it takes longer than the deadline, 30 days from its first day"
DENIED = "A plan that does not fit holds no budget and no deadline"


def estimated(tmp_path, capsys, text, written):
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    assert main(["estimate", str(path), "--format", written]) == 0
    return plain_spaces(capsys.readouterr().out)


@pytest.mark.parametrize("written", ["text", "markdown"])
def test_text_and_markdown_say_how_likely_they_are_held(tmp_path, capsys, written):
    said = estimated(tmp_path, capsys, PLAN, written).replace("\\$", "$")
    assert "Budget and deadline" in said
    assert OVER in said
    assert LATE in said
    alone = estimated(tmp_path, capsys, PLAN.replace("budget_usd: 1000, ", ""), written)
    assert LATE in alone
    assert "than the budget" not in alone


def test_json_has_their_chances(tmp_path, capsys):
    found = json.loads(estimated(tmp_path, capsys, PLAN, "json"))
    assert found["goal"] == {
        "budget_usd": 1000.0,
        "deadline_days": 30.0,
        "chance_over_budget": 1.0,
        "chance_late": 0.0,
    }
    schema = output_schema("estimate")
    assert list(flaws(found, schema, schema)) == []


def test_nothing_is_said_where_no_goal_is_set(tmp_path, capsys):
    without = PLAN.replace("  goal: {budget_usd: 1000, deadline_days: 30}\n", "")
    assert "Budget and deadline" not in estimated(tmp_path, capsys, without, "text")
    assert "goal" not in json.loads(estimated(tmp_path, capsys, without, "json"))


def test_what_does_not_fit_holds_neither(tmp_path, capsys):
    large = PLAN.replace("Llama 3.1 8B", "Llama 3.1 405B").replace("count: 64", "count: 8")
    assert DENIED in estimated(tmp_path, capsys, large, "text")
    found = json.loads(estimated(tmp_path, capsys, large, "json"))["goal"]
    assert found["chance_over_budget"] is None
    assert found["chance_late"] is None

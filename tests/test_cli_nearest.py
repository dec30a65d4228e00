"""``isocost nearest``: the measured runs of a plan on the command line."""

from __future__ import annotations

import json

import pytest

from isocost.cli import main
from isocost.plan.answer.fit import fit_report


def test_the_text_lists_measured_predicted_error_and_reference(capsys):
    assert main(["nearest", "llama-3.1-405b"]) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0].startswith("Pre-training on 16,384 H100")
    heading = next(line for line in lines if line.startswith("Model"))
    assert [word for word in ("Measured", "Predicted", "Error", "Source") if word in heading]
    assert any(line.startswith("Llama 3.1 405B") and line.count("%") == 1 for line in lines)
    assert "github.com/" in said
    assert "Guessed" not in said


def test_the_json_is_the_report_of_the_window(capsys):
    from isocost.catalog import load
    from isocost.files import load_project
    from isocost.files.presets import find_plan

    assert main(["nearest", "startup-7b", "--format", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    catalog = load()
    report = fit_report(load_project(find_plan("startup-7b"), catalog), catalog)
    stage = tree["stages"][0]
    assert stage["count"] == report.count
    assert [run["id"] for run in stage["runs"]] == [near.run.id for near in report.near]
    for run in stage["runs"]:
        ratio = run["predicted_tokens_per_s_per_gpu"] / run["measured_tokens_per_s_per_gpu"]
        assert run["error"] == pytest.approx(ratio - 1)


def test_claimed_hours_compare_with_nothing(capsys):
    assert main(["nearest", "deepseek-r1"]) == 0
    assert "no measured run compares" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["nearest"], ["nearest", "no-such-plan"], ["nearest", "startup-7b", "--x"]]
)
def test_what_cannot_be_done_is_one_sentence(arguments, capsys):
    assert main(arguments) == 2
    said = capsys.readouterr().err.strip()
    assert said.startswith("isocost: ")
    assert "\n" not in said

"""``isocost model`` and configurations in the place of plans: counted, planned and priced in one command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isocost import paths
from isocost.catalog import load
from isocost.catalog.schemas import output_schema
from isocost.cli import main
from isocost.files import load_project
from tests.deciding.schemas import flaws

SAMPLES = Path(__file__).parent / "files" / "imports" / "samples"
MIXTRAL = SAMPLES / "config-mixtral.json"


def printed(capsys, *arguments: str) -> tuple[str, str]:
    code = main([*arguments])
    out, err = capsys.readouterr()
    assert code == 0, err
    return out, err


def test_a_configuration_is_counted_for_people_and_for_programs(capsys):
    out, _ = printed(capsys, "model", str(MIXTRAL))
    assert "mixtral: 34.2B parameters, 9.23B active, 28 layers of 3,072" in out
    told = json.loads(printed(capsys, "model", str(MIXTRAL), "--format", "json")[0])
    assert told["parameters"] == 34_201_562_112
    schema = output_schema("model")
    assert list(flaws(told, schema, schema)) == []
    assert json.loads(printed(capsys, "import", str(MIXTRAL), "--format", "json")[0]) == told


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("config-*.json")))
def test_every_sample_prints_what_the_schema_says(capsys, name):
    told = json.loads(printed(capsys, "model", str(SAMPLES / name), "--format", "json")[0])
    schema = output_schema("model")
    assert list(flaws(told, schema, schema)) == []
    assert set(told) == set(schema["properties"])


def test_a_folder_of_a_model_will_do(capsys, tmp_path):
    (tmp_path / "config.json").write_bytes(MIXTRAL.read_bytes())
    assert "34.2B" in printed(capsys, "model", str(tmp_path))[0]
    assert "Total:" in printed(capsys, "estimate", str(tmp_path))[0]


def test_a_configuration_is_priced_in_one_command_and_what_is_assumed_is_said(capsys):
    out, err = printed(capsys, "estimate", str(MIXTRAL), "--format", "json")
    told = json.loads(out)
    assert told["total"]["cost_usd"] > 0
    assert err.startswith("isocost: config-mixtral.json is a model, put into a new plan. Assumed")
    assert "tokens in sequences of" in err


def test_a_plan_is_made_of_it_that_costs_the_same(capsys, tmp_path):
    made = tmp_path / "plan.yaml"
    printed(capsys, "model", str(MIXTRAL), "-o", str(made))
    assert load_project(made, load()).scenarios[0].model.shape is not None
    direct, _ = printed(capsys, "estimate", str(MIXTRAL), "--format", "json")
    assert json.loads(printed(capsys, "estimate", str(made), "--format", "json")[0]) == json.loads(direct)


def test_it_goes_into_a_plan_that_stays_as_it_is_otherwise(capsys, tmp_path):
    made = tmp_path / "plan.yaml"
    printed(capsys, "model", str(MIXTRAL), "--plan", "startup-7b", "-o", str(made))
    project = load_project(made, load())
    assert project.scenarios[0].model.shape.experts == 12
    assert project.name == load_project(paths.presets() / "startup-7b.yaml", load()).name


@pytest.mark.parametrize("command", ["model", "estimate"])
def test_a_broken_configuration_is_one_sentence(capsys, tmp_path, command):
    path = tmp_path / "config.json"
    path.write_text('{"model_type": "llama", "hidden_size": 4096,', "utf-8")
    assert main([command, str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "line 1, column" in err


def test_whatever_is_no_model_is_said_so(capsys, tmp_path):
    path = tmp_path / "mine.json"
    path.write_text("[1, 2]", "utf-8")
    assert main(["model", str(path)]) == 2
    assert "expected an object of keys and values in braces" in capsys.readouterr().err
    assert main(["model", str(tmp_path / "none.json")]) == 2
    assert "there is no such file" in capsys.readouterr().err

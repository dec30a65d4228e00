"""Training settings of every framework, by samples whose figures were read by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isocost.cli import main
from isocost.files.imports import Given, read_file, read_files

SAMPLES = Path(__file__).parent / "samples" / "settings"
EXPECTED = json.loads((SAMPLES / "expect.json").read_text())
SAID_OTHERWISE = {"note": None, "kind": "task"}
"""Keys of the sheet that results have under another name, or not at all."""


@pytest.mark.parametrize("name", EXPECTED)
def test_every_field_is_what_the_file_says(name: str) -> None:
    found = read_file(SAMPLES / name).as_json()
    assert found["kind"] == "settings"
    for key, expected in EXPECTED[name].items():
        key = SAID_OTHERWISE.get(key, key)
        if key is None:
            continue
        got = found[key]
        if isinstance(expected, dict):
            assert isinstance(got, dict), key
            assert {each: got.get(each) for each in expected} == expected, key
        else:
            assert got == expected, key
    assert found["problems"] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_a_value_is_from_the_file_or_known_not_to_be(name: str) -> None:
    found = read_file(SAMPLES / name).as_json()
    origins = found["origins"]
    valued = {key for key, value in found.items() if value is not None}
    assert set(origins) <= valued
    assert set(origins.values()) <= {"file", "default", "reckoned"}


def test_accelerators_that_are_given_complete_the_batch() -> None:
    titan = read_file(SAMPLES / "torchtitan-2024-old-keys.toml", Given(gpus=32)).as_json()
    assert titan["dp"] == 16
    assert titan["global_batch_sequences"] == 32
    assert titan["batch_tokens"] == 131_072
    assert titan["tokens"] == 1_572_864_000
    hf = read_file(SAMPLES / "hf-training-args.yaml", Given(gpus=16)).as_json()
    assert hf["global_batch_sequences"] == 256
    assert hf["origins"]["gpus"] == "given"


def test_halves_of_one_run_are_one_result() -> None:
    halves = [SAMPLES / "deepspeed-zero3.json", SAMPLES / "hf-training-args.yaml"]
    (both,) = read_files(halves, Given(gpus=16))
    found = both.content.as_json()
    assert found["framework"] == "hf"
    assert (found["sharding"], found["precision"], found["global_batch_sequences"]) == ("zero3", "bf16", 256)
    assert {"learning_rate", "gradient_clipping"} <= set(found["ignored"])
    assert not any("give that file" in note for note in found["notes"])


ACCELERATE = (
    "compute_environment: LOCAL_MACHINE\ndistributed_type: FSDP\nnum_processes: 16\n"
    "mixed_precision: {precision}\n"
    "fsdp_config: {{fsdp_version: 2, fsdp_reshard_after_forward: true}}\n"
)
TRAINER = "output_dir: out\nper_device_train_batch_size: 4\nmax_steps: 100\nmax_length: 2048\nbf16: true\n"


@pytest.mark.parametrize(("precision", "problem"), [
    ("bf16", ""), ("fp16", "precision: bf16 in bf16 and fp16 in accelerate's file must agree."),
])  # fmt: skip
def test_the_launchers_half_has_the_accelerators_and_must_agree(precision, problem, tmp_path) -> None:
    launcher, trainer = tmp_path / "accelerate.yaml", tmp_path / "args.yaml"
    launcher.write_text(ACCELERATE.format(precision=precision), "utf-8")
    trainer.write_text(TRAINER, "utf-8")
    (both,) = read_files([launcher, trainer], Given())
    found = both.content.as_json()
    assert (found["gpus"], found["sharding"], found["precision"]) == (16, "zero3", "bf16")
    assert (found["global_batch_sequences"], found["tokens"]) == (64, 64 * 2048 * 100)
    assert found["problems"] == ([problem] if problem else [])


def test_the_command_prints_one_object_for_a_file_and_a_list_for_two_runs(capsys) -> None:
    one = [str(SAMPLES / "megatron-dense.sh"), "--format", "json"]
    assert main(["import", *one]) == 0
    assert json.loads(capsys.readouterr().out)["framework"] == "megatron-lm"
    assert main(["import", str(SAMPLES / "nanochat.sh"), *one]) == 0
    assert [each["framework"] for each in json.loads(capsys.readouterr().out)] == ["nanochat", "megatron-lm"]


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - {"deepspeed-zero3.json"}))
def test_settings_become_a_plan_that_is_priced(name: str, tmp_path: Path, capsys) -> None:
    plan = tmp_path / "plan.yaml"
    assert main(["import", str(SAMPLES / name), "-o", str(plan)]) == 0
    capsys.readouterr()
    assert main(["estimate", str(plan), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["total"]["cost_usd"] > 0


def test_half_of_a_run_is_no_plan(tmp_path: Path, capsys) -> None:
    assert main(["import", str(SAMPLES / "deepspeed-zero3.json"), "-o", str(tmp_path / "plan.yaml")]) == 2
    assert "together with the trainer's arguments" in capsys.readouterr().err

"""Logs as each program writes them, with figures that were found by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isocost.files.imports import Given, SourceFile, read_file
from isocost.files.imports.logs import LogReader

SAMPLES = Path(__file__).parents[1] / "samples"
EXPECTED = json.loads((SAMPLES / "expect_logs.json").read_text(encoding="utf-8"))["logs"]
NEEDS = {
    "megatron-lm.log": [],
    "megatron-bridge.log": ["gpus", "sequence"],
    "torchtitan-colours.log": ["gpus", "sequence", "batch"],
    "hf-trainer_state.json": ["gpus"],
    "hf-stdout.log": ["gpus", "sequence", "batch"],
    "deepspeed.log": ["gpus", "sequence", "batch"],
    "nanogpt.log": ["gpus", "sequence", "batch"],
    "nanochat.log": ["gpus"],
    "llm.c.log": ["gpus"],
    "olmo-core.log": ["gpus", "sequence", "batch"],
    "mlperf.log": [],
    "maxtext.log": [],
    "wandb-chart-verl.csv": [],
    "tensorboard_iteration-time.csv": ["gpus", "sequence", "batch"],
    "passport.json": [],
    "nemo2.log": ["gpus", "sequence"],
    "ms-swift-logging.jsonl": ["gpus", "sequence", "batch"],
}


def given_of(told) -> Given:
    """What is said beside a log; a batch that is told in tokens is told in sequences of a thousand."""
    if "batch_tokens" in told:
        return Given(told.get("gpus"), 1024, told["batch_tokens"] // 1024)
    return Given(told.get("gpus"), told.get("sequence"), told.get("global_batch_sequences"))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_field_is_what_was_found_by_hand(name):
    expected = EXPECTED[name]
    found = read_file(SAMPLES / name, given_of(expected["given"])).as_json()
    assert found["kind"] == "log"
    assert found["format"] == expected["format"]
    assert found["memory_kind"] == expected["memory_kind"]
    for field in ("tokens_per_s_per_gpu", "step_seconds", "memory_gib", "memory_gb", "mfu"):
        wanted = expected[field]
        assert found[field] == (None if wanted is None else pytest.approx(wanted, rel=0.002)), field
    layout = found["layout"]
    assert {name: layout[name] for name in expected.get("layout", {})} == expected.get("layout", {})
    assert not set(found["needs"])


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_needed_and_not_in_the_log_is_asked_and_its_figures_are_null(name):
    found = read_file(SAMPLES / name).as_json()
    assert found["needs"] == NEEDS[name]
    if {"gpus", "sequence", "batch"} <= set(found["needs"]) and found["format"] not in (
        "torchtitan",
        "olmo-core",
    ):
        assert found["tokens_per_s_per_gpu"] is None


@pytest.mark.parametrize("name", EXPECTED)
def test_the_way_a_file_was_copied_changes_nothing(name):
    given = given_of(EXPECTED[name]["given"])
    text = (SAMPLES / name).read_text(encoding="utf-8")
    plain = LogReader().read(SourceFile(name, text), given).as_json()
    for copied in (
        text.replace("\n", "\r\n"),
        text + "\n\n",
        "".join(f"\x1b[32m{line}\x1b[0m\n" for line in text.splitlines()) if name.endswith(".log") else text,
        "".join(f"[rank0]:{line}\n" for line in text.splitlines()) if name.endswith(".log") else text,
    ):
        file = SourceFile(name, copied)
        assert LogReader().knows(file)
        assert LogReader().read(file, given).as_json() == plain


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.endswith(".log")])
def test_a_log_cut_short_still_tells_its_speed(name):
    expected = EXPECTED[name]
    text = (SAMPLES / name).read_text(encoding="utf-8")
    file = SourceFile(name, text[: int(len(text) * 0.83)])
    found = LogReader().read(file, given_of(expected["given"])).as_json()
    assert found["tokens_per_s_per_gpu"] == pytest.approx(expected["tokens_per_s_per_gpu"], rel=0.01)


@pytest.mark.parametrize("name", EXPECTED)
def test_it_is_shown_with_where_each_value_is_from(name):
    log = read_file(SAMPLES / name)
    shown = {line.label: line for line in log.lines()}
    assert log.finding().startswith("A log of ")
    assert (shown["Tokens/s per accelerator"].origin == "file") == (
        log.as_json()["tokens_per_s_per_gpu"] is not None
    )
    assert {line.origin for line in shown.values()} <= {"file", "given", "reckoned", "not said"}

# ruff: noqa: E501 - files stand here as people write them
"""Lines as collectors, launchers, crashes and older programs leave them, beside those that are records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from isocost.files import FileError
from isocost.files.imports import Given, NotUnderstoodError, SourceFile
from isocost.files.imports.logs import LogReader
from isocost.files.imports.own import record_in
from tests.files.imports.logs.test_steady import (
    ALL,
    BATCH,
    GPUS,
    SEQUENCE,
    SPEED,
    STEP,
    litgpt,
    megatron,
    mllog,
    nanochat,
    nanogpt,
    read,
    swift,
    times,
    titan,
)


def event(key: str, value: object = None, time_ms: object = 0, **metadata: object) -> str:
    return f":::MLLOG {json.dumps({'key': key, 'value': value, 'time_ms': time_ms, 'metadata': metadata})}\n"


def blocks(*, ended: bool = True, stepped: bool = False, length: float = 10 * STEP * 1e3) -> str:
    """Ten blocks of ten steps each."""
    text, at = event("global_batch_size", BATCH), 0.0
    for block in range(10):
        place = {"step": block * 10} if stepped else {}
        text += event("block_start", None, int(at), samples_count=block * 10 * BATCH, **place)
        at += length
        place = {"step": block * 10 + 10} if stepped else {}
        if ended:
            text += event("block_stop", None, int(at), samples_count=(block + 1) * 10 * BATCH, **place)
    return text


class Case(NamedTuple):
    """A log, and what of its result is expected."""

    text: str
    expected: dict[str, Any]
    note: str = ""
    name: str = "run.log"
    given: Given = ALL


def objects(*held: dict[str, Any]) -> str:
    return "\n".join(map(json.dumps, held)) + "\n"


def history(*held: dict[str, Any]) -> str:
    return json.dumps({"log_history": list(held)})


def seen(count: int, **more: Any) -> list[dict[str, Any]]:
    """Records of a trainer that counts its time and its tokens."""
    tokens = BATCH * SEQUENCE
    return [
        {"step": at, "loss": 1.0, "train_runtime": at * STEP, "num_input_tokens_seen": at * tokens, **more}
        for at in range(1, count + 1)
    ]


DASHBOARD = '"Step","run-1 - iteration-time"\n'
FACTS = "seq-length: 2048\n"
RIGHT = {"step_seconds": STEP, "tokens_per_s_per_gpu": SPEED}
NONE = {"step_seconds": None, "tokens_per_s_per_gpu": None}
LOGS = {
    "a collector's objects around each line": Case(
        "".join(json.dumps({"log": f"{line}\n", "stream": "stdout"}) + "\n" for line in megatron(times(30)).splitlines()),
        RIGHT,
    ),
    "a collector's objects under another key": Case(
        "".join(json.dumps({"n": 1, "message": line}) + "\n" for line in nanogpt(times(30)).splitlines()), RIGHT
    ),
    "a collector's object cut short": Case(
        '{"log": " iteration 7/ 10 | elapsed time per iteration (ms): 900.0\n' + megatron(times(30)), RIGHT
    ),
    "a collector's object without a line in it": Case(
        '{"log": 7, "said": " iteration 3/ 9 | elapsed time per iteration (ms): soon"}\n' + megatron(times(30)), RIGHT
    ),
    "colours": Case("".join(f"\x1b[32m{line}\x1b[0m\n" for line in megatron(times(30)).splitlines()), RIGHT),
    "MLPerf's lines cut short, and of other kinds": Case(
        ':::MLLOG {"key": "tracked_stats", "val\n:::MLLOG [1]\n' + mllog(times(30)) + event("eval_accuracy", 0.9), RIGHT
    ),
    "MLPerf's speed instead of times": Case(
        event("submission_platform", f"{GPUS}xNVIDIA B300") + event("submission_benchmark", "llama2_70b_lora")
        + event("global_batch_size", BATCH)
        + "".join(event("tracked_stats", {"throughput": BATCH / STEP}, step=at * BATCH) for at in range(20)),
        {"step_seconds": STEP, "tokens_per_s_per_gpu": BATCH * 8192 / STEP / GPUS},
        "The sequence is 8,192 tokens by the rules of llama2_70b_lora.",
        given=Given(),
    ),
    "MLPerf's figures that are none": Case(
        event("submission_platform", 8) + event("submission_benchmark", "bert") + event("max_sequence_length", "long")
        + event("global_batch_size", BATCH)
        + "".join(event("tracked_stats", {"reduced_train_loss": 1.0}, step=at) for at in range(20)),
        NONE,
    ),
    "MLPerf's blocks with their steps": Case(blocks(stepped=True), {"step_seconds": STEP}),
    "MLPerf's blocks that end at once": Case(blocks(length=0.0), NONE),
    "MLPerf's blocks that never end": Case(blocks(ended=False), NONE),
    "MLPerf's blocks that never began": Case(
        event("global_batch_size", BATCH) + event("block_stop", None, 4000, samples_count=99) + event("block_start", None, "late"),
        NONE,
    ),
    "a chart without its rows": Case(DASHBOARD, NONE, name="x.csv"),
    "a chart cut short": Case(
        DASHBOARD + "".join(f"{at},{each}\n" for at, each in enumerate(times(30))) + '"31', {"step_seconds": STEP}, name="x.csv"
    ),
    "a chart with a cell that never ends": Case(
        DASHBOARD + "".join(f"{at},{each}\n" for at, each in enumerate(times(30))) + '31,"' + "x" * 200_000, {"step_seconds": STEP}, name="x.csv"
    ),
    "a chart with an average since the start": Case(
        '"Step","run-1 - train/train_tokens_per_second"\n1,100\n', NONE,
        "train_tokens_per_second is an average since the start, which holds the warm-up.", "x.csv",
    ),
    "a chart of spreads alone": Case('"Step","a - iteration-time__MIN"\n1,4.0\n', NONE, name="x.csv"),
    "a chart of reinforcement learning": Case(
        '"Step","a - perf/throughput"\n' + "".join(f"{at},{1500 + at % 2}\n" for at in range(20)),
        {"tokens_per_s_per_gpu": 1500.5},
        "The speed is of a step of reinforcement learning, text written in it as well.", "x.csv",
    ),
    "a history with its own speed and memory": Case(
        "_step,_runtime,train/global_step,throughput(tps),memory/max_reserved(GiB)\n"
        + "".join(f"{at},{at * 9.0},{at},{SPEED + at % 2},40.5\n" for at in range(20)),
        {"tokens_per_s_per_gpu": SPEED, "memory_gib": 40.5, "memory_kind": "max reserved"},
        name="history.csv",
    ),
    "a history with gaps and a restart": Case(
        "_step,_runtime,train/global_step,train/loss\n"
        + "".join(f"{at},{at * STEP},{'' if at == 5 else at},2.0\n" for at in range(1, 20))
        + "20,1.0,1,2.0\n21,5.0,2,2.0\n22,5.0,2,2.0\n",
        {"step_seconds": STEP},
        name="history.csv",
    ),
    "a curve of TensorBoard's without a value": Case(
        "Wall time,Step,Value\nsoon,1,2.0\n", NONE, name="tensorboard_loss.csv"
    ),
    "one point of TensorBoard's": Case(
        "Wall time,Step,Value\n1790000000.0,1,2.0\n", NONE,
        "The curve is no speed: the time between its points is taken for that of steps.", "tensorboard_loss.csv",
    ),
    "one object alone": Case(objects({"step": 4, "loss": 1.0, "train_runtime": 16.0, "train_steps_per_second": 1 / STEP}), {"step_seconds": STEP}),
    "lines of JSON that are no objects": Case("{1, 2}\n[{\"a\": 1}]\n" + swift(times(30)) + '{"global_step/max_steps": "', {"step_seconds": STEP}),
    "lines of JSON behind a rank": Case("".join(f"[rank0]: {line}\n" for line in swift(times(30)).splitlines()), {"step_seconds": STEP}),
    "an export that a table begins": Case("\ufeff" + DASHBOARD + "".join(f"{at},{each}\n" for at, each in enumerate(times(30))), {"step_seconds": STEP}, name="x.csv"),
    "a trainer that counts its time": Case(history(*seen(30)), RIGHT, name="trainer_state.json"),
    "a trainer that evaluates, and logs twice": Case(
        history(*(each for record in seen(30) for each in (record, record, {"step": record["step"], "eval_loss": 1.0, "eval_runtime": 9.0}))),
        RIGHT, name="trainer_state.json",
    ),
    "a trainer without steps": Case(history({"loss": 1.0, "train_runtime": 3.0}, {"step": 0, "loss": 1.0}), NONE, name="trainer_state.json"),
    "a trainer's summary without sequences": Case(
        history({"step": 1, "loss": 2.0}, {"train_runtime": 400.0, "train_steps_per_second": 1 / STEP}),
        {"step_seconds": STEP},
        "Only the average of the whole run is told: warm-up, evaluation and saving are in it.", "trainer_state.json",
    ),
    "a trainer's summary of nothing": Case(
        history({"step": 1, "loss": 2.0}, {"train_runtime": 400.0, "train_steps_per_second": 0.0}), NONE, name="trainer_state.json"
    ),
    "a trainer's clock in days": Case(
        objects(*({"current_steps": at, "loss": 1.0, "throughput": 0, "elapsed_time": f"1 day, 0:{at * 4 // 60:02d}:{at * 4 % 60:02d}"} for at in range(1, 60))),
        {"step_seconds": STEP},
    ),
    "a trainer's clock in words": Case(
        objects(*({"iteration": f"{at}/90", "loss": 1.0, "elapsed_time": f"{at * 4 // 60}m {at * 4 % 60}s"} for at in range(1, 60))),
        {"step_seconds": STEP},
    ),
    "a clock nobody reads": Case(objects(*({"current_steps": at, "loss": 1.0, "elapsed_time": "soon"} for at in range(1, 9))), NONE),
    "printed dictionaries cut short": Case(
        "{'loss': 2.0, 'learning_rate': [\n{'loss': f(2)}\nno brace 'loss'\n"
        + "".join(f"{{'loss': 2.0, 'global_step/max_steps': '{at}/90', 'train_speed(s/it)': {STEP}}}\n" for at in range(1, 40)),
        {"step_seconds": STEP},
    ),
    "bars of another thing, and of a stand": Case(
        "{'loss': 2.0, 'epoch': 0.1}\nLoading weights:  50%|##   | 1/2 [00:01<00:01, 0.90s/it]\n"
        + "".join(
            f"  1%|#    | {at}/900 [{at * 4 // 60:02d}:{at * 4 % 60:02d}<59:00, {STEP:.2f}s/it]\r" for at in range(1, 30)
        )
        + "\n 50%|##   | 8/16 [00:02<00:02, 4.00it/s]\n  1%|#    | 30/900 [::<1:00, 4.0s/it]\n  0%|     | 0/900 [00:00<?, 0.0s/it]\n",
        {"step_seconds": STEP},
    ),
    "a bar in steps a second": Case(
        "".join(f"  1%|#    | {at}/900 [{at // 4:02d}:00<59:00, 0.25it/s]\n{{'loss': 2.0, 'epoch': 0.1}}\n" for at in range(1, 30)), {"step_seconds": STEP}
    ),
    "litgpt's log from its middle, started twice": Case(litgpt(times(20))[200:] + litgpt(times(20, seed=3)), {"step_seconds": STEP}),
    "ranks that write the same line": Case(
        "".join(f"[rank{rank}]:{line}\n" for line in titan([SPEED] * 30, rank="").splitlines() for rank in (3, 0)), {"tokens_per_s_per_gpu": SPEED}
    ),
    "a passport of an odd kind": Case(
        json.dumps(
            {
                "training": {"tokens_per_s": 0.0, "tokens_seen": 5}, "hardware": {}, "efficiency": {"goodput": 1.5, "mfu": 0.4}, "model": 3,
                "topology": {"dp": {"value": 8, "source": "assumed"}},
            }
        ),
        {**NONE, "goodput": None},
        "How many copies of the model trained is assumed, so its tokens are doubtful.", "passport.json",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOGS)
def test_a_log_tells_what_it_told_its_program(name: str) -> None:
    case = LOGS[name]
    found = read(case.text, case.given, case.name)
    for key, expected in case.expected.items():
        wanted = pytest.approx(expected, rel=0.01) if isinstance(expected, float) else expected
        assert found[key] == wanted, key
    assert case.note in "\n".join(found["notes"])


@pytest.mark.parametrize(
    "text", ["We met at noon.\n", "[]", "{}", '{"loss": 1}', "a,b\n1,2\n", '"' + "x" * 200_000]
)
def test_other_texts_are_no_logs_and_are_refused_in_a_sentence(text: str) -> None:
    file = SourceFile("notes.txt", text)
    assert not LogReader().knows(file)
    if not text.startswith(("{", "[")):
        with pytest.raises(NotUnderstoodError, match="no line of this log tells a speed"):
            LogReader().read(file, Given())


HEAD = "Total batch size 524,288 => gradient accumulation steps: 1\n"
MLPERF_RATES = event("global_batch_size", BATCH) + "".join(
    event("tracked_stats", {"throughput": BATCH / STEP}, step=at) for at in range(1, 41)
)
RECORDS = {
    "its own times": (megatron([STEP] * 40), 40, None, ""),
    "its tokens a second": (HEAD + nanochat([STEP] * 41), 40, BATCH * SEQUENCE, ""),
    "its sequences a second": (MLPERF_RATES, 40, None, ""),
    "a second start, whose work is done again": (
        megatron([STEP] * 20) + megatron([STEP] * 20, first=11), 30, None,
        "A log tells no time between a stop and the next start: it is left out of the pace.",
    ),
    "its middle": (megatron([STEP] * 20, first=1001), 20, None, "The log begins at step 1,000: its readings count from there."),
}  # fmt: skip


@pytest.mark.parametrize("name", RECORDS)
def test_a_log_tells_how_far_its_run_was_by_when(name: str, tmp_path: Path) -> None:
    text, steps, tokens, said = RECORDS[name]
    path = tmp_path / "run.log"
    path.write_text(text, "utf-8")
    record = record_in(path)
    last = record.readings[-1]
    assert last.step == pytest.approx(steps)
    if tokens is not None:
        assert last.tokens == pytest.approx(tokens * steps)
    assert last.hours == pytest.approx((40 if "second start" in name else steps) * STEP / 3600, rel=0.04)
    assert said in "\n".join(record.problems)
    assert [each.hours for each in record.readings] == sorted(each.hours for each in record.readings)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (titan([SPEED] * 30), r"does not tell how long its steps took \(.* would have to be known\)"),
        (
            "{'loss': '1.9', 'learning_rate': '2e-05', 'epoch': '0.1'}\n" * 3,
            "does not tell how long its steps took",
        ),
    ],
)
def test_a_log_without_times_is_no_record(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "run.log"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError, match=said):
        record_in(path)

"""What counts as the steady state, in logs written here with a speed that is known."""

from __future__ import annotations

import json
import math
import random

import pytest

from isocost.files import FileError
from isocost.files.imports import Given, SourceFile, read_file
from isocost.files.imports.logs import LogReader

STEP, BATCH, SEQUENCE, GPUS = 4.0, 256, 2048, 32
SPEED = BATCH * SEQUENCE / STEP / GPUS
ALL = Given(GPUS, SEQUENCE, BATCH)


def read(text: str, given: Given = ALL, name: str = "run.log"):
    file = SourceFile(name, text)
    assert LogReader().knows(file)
    return LogReader().read(file, given).as_json()


def times(count: int, *, first: float = 60.0, stalls: dict[int, float] | None = None, seed: int = 1):
    """Seconds of steps: a slow start, a little noise, a stall here and there."""
    noise = random.Random(seed)
    found = [STEP * (1.0 + 0.004 * noise.uniform(-1.0, 1.0)) for _ in range(count)]
    found[0] = first
    for at, seconds in (stalls or {}).items():
        found[at] = seconds
    return found


def megatron(seconds, *, first: int = 1, every: int = 1, batch: int = BATCH) -> str:
    lines = [
        f" [2026-05-01 10:00:00] iteration {first + at * every:8d}/  100000 | consumed samples: "
        f"{(first + at * every) * batch:12d} | elapsed time per iteration (ms): {each * 1e3:.1f} | "
        f"throughput per GPU (TFLOP/s/GPU): 300.1 | learning rate: 1.0E-05 | global batch size: {batch:5d} | "
        f"lm loss: 2.5E+00 | loss scale: 1.0 |"
        for at, each in enumerate(seconds)
    ]
    return "\n".join(lines) + "\n"


def titan(speeds, *, first: int = 1, every: int = 10, rank: str = "[rank0]:") -> str:
    return "".join(
        f"{rank}[titan] 2026-05-01 10:00:00,000 - root - INFO - "
        f"step: {1 if not at else at * every + first - 1:2d}  loss: 7.1  grad_norm: 1.5  "
        f"memory: 40.00GiB(50.00%)  tps: {round(each):,}  tflops: 1.0  mfu: 30.00%\n"
        for at, each in enumerate(speeds)
    )


def nanochat(seconds) -> str:
    return "".join(
        f"step {at:05d}/20000 (0.1%) | loss: 3.1 | lrm: 1.00 | dt: {each * 1e3:.2f}ms | tok/sec: "
        f"{BATCH * SEQUENCE / each:,.0f} | mfu: 41.00 | epoch: 1\n"
        for at, each in enumerate(seconds)
    )


def nanogpt(seconds, *, first: int = 0) -> str:
    return "".join(
        f"iter {first + at}: loss 3.1, time {each * 1e3:.2f}ms, mfu {-100 if at < 5 else 38.5:.2f}%\n"
        for at, each in enumerate(seconds)
    )


def llmc(seconds) -> str:
    return "".join(
        f"step {at + 1:4d}/9000 | loss 3.1 (+0.1z)| norm 0.3 (-0.1z)| lr 1e-04 | {each * 1e3:.2f} ms | "
        f"48.0% bf16 MFU | {BATCH * SEQUENCE / each:.0f} tok/s\n"
        for at, each in enumerate(seconds)
    )


def nemo(seconds) -> str:
    return "".join(
        f"Training epoch 0, iteration {at}/999 | lr: 2e-06 | global_batch_size: {BATCH} | "
        f"global_step: {at} | reduced_train_loss: 3.1 | train_step_timing in s: {each:.4g} | "
        f"consumed_samples: {(at + 1) * BATCH}\n"
        for at, each in enumerate(seconds)
    )


def maxtext(seconds) -> str:
    return "".join(
        f"completed step: {at}, seconds: {each:.3f}, TFLOP/s/device: 100.0, Tokens/s/device: "
        f"{BATCH * SEQUENCE / each / GPUS:.3f}, total_weights: {BATCH * SEQUENCE}, loss: 3.1\n"
        for at, each in enumerate(seconds)
    )


def deepspeed(seconds) -> str:
    return "".join(
        f"[2026-05-01 10:00:00,000] [INFO] [timer.py:264:stop] epoch=0/micro_step={80 * at}/"
        f"global_step={10 * at}, RunningAvgSamplesPerSec=11.0, CurrSamplesPerSec={BATCH / each}, "
        "MemAllocated=9.0GB, MaxMemAllocated=40.0GB\n"
        for at, each in enumerate(seconds, 1)
    )


def olmo(seconds) -> str:
    return "".join(
        f"2026-02-03 04:05:06\tnode:0\tolmo_core.train:63\tINFO\t[step={10 * at}/20000,epoch=1,eta=3d]\n"
        f"    train/CE loss=3.1\n    throughput/device/TPS={BATCH * SEQUENCE / each / GPUS:,.0f}\n"
        "    throughput/device/TPS (actual avg)=1\n    gpu_memory/GPU reserved mem (GiB)=41\n"
        for at, each in enumerate(seconds, 1)
    )


def mllog(seconds) -> str:
    def line(key, value, **metadata):
        return ":::MLLOG " + json.dumps(
            {
                "namespace": "",
                "time_ms": 1,
                "event_type": "",
                "key": key,
                "value": value,
                "metadata": metadata,
            }
        )

    head = [
        line("submission_platform", f"{GPUS}xNVIDIA B300"),
        line("global_batch_size", BATCH),
        line("max_sequence_length", SEQUENCE),
    ]
    body = [
        line("tracked_stats", {"train_step_time": each}, step=32 * at, samples_count=1)
        for at, each in enumerate(seconds)
    ]
    return "\n".join([*head, *body]) + "\n"


def automodel(seconds) -> str:
    return "".join(
        f"2026-05-01 | INFO | root | step {at} | epoch 0 | loss 2.02 | grad_norm 1.0 | lr 1e-05 | "
        f"mem 40.00 GiB | tps {BATCH * SEQUENCE / each:.2f}(99.00/gpu) | num_label_tokens 162000\n"
        for at, each in enumerate(seconds)
    )


def prime(seconds) -> str:
    return "".join(
        f"10:00:00 SUCCESS Step {at} | Time: {each:.2f}s | Loss: 1.1 | "
        f"Throughput {BATCH * SEQUENCE / each:.0f} tokens/s | MFU 38.2% | Peak Mem. 40.0/79.1 GiB (77.1%)\n"
        for at, each in enumerate(seconds)
    )


def litgpt(seconds) -> str:
    lines = []
    for at, each in enumerate(seconds):
        for micro in range(4):
            end = " (step)" if micro == 3 else ""
            lines.append(
                f"Epoch 1 | iter {at * 4 + micro + 1} step {at + (micro == 3)} | loss train: 9.8, val: n/a | "
                f"iter time: {each * 1e3 / 4:.2f} ms{end}\n"
            )
    return "".join(lines)


def swift(seconds) -> str:
    past, lines = 0.0, []
    for at, each in enumerate(seconds, 1):
        past += each
        lines.append(
            json.dumps(
                {"global_step/max_steps": f"{at}/900", "train_speed(s/it)": past / at, "memory(GiB)": 40.0}
            )
        )
    return "\n".join(lines) + "\n"


def factory(seconds) -> str:
    past, lines = 0.0, []
    for at, each in enumerate(seconds, 1):
        past += each
        tokens = at * BATCH * SEQUENCE
        lines.append(
            json.dumps(
                {
                    "current_steps": at,
                    "total_steps": 900,
                    "loss": 1.1,
                    "elapsed_time": "0:00:01",
                    "throughput": tokens / past,
                    "total_tokens": tokens,
                }
            )
        )
    return "\n".join(lines) + "\n"


WRITERS = {
    "megatron-lm": megatron,
    "nemo2": nemo,
    "maxtext": maxtext,
    "deepspeed": deepspeed,
    "olmo-core": olmo,
    "nanochat": nanochat,
    "llm.c": llmc,
    "nanogpt": nanogpt,
    "mlperf": mllog,
    "automodel": automodel,
    "prime-rl": prime,
    "litgpt": litgpt,
    "ms-swift": swift,
    "llama-factory": factory,
    "torchtitan": lambda seconds: titan([BATCH * SEQUENCE / each / GPUS for each in seconds]),
}


@pytest.mark.parametrize("form", WRITERS)
def test_warm_up_and_stalls_leave_the_speed_as_it_is(form):
    seconds = times(60, stalls={1: 7.0, 2: 5.0, 20: 31.0, 21: 9.0, 40: 400.0})
    found = read(WRITERS[form](seconds))
    assert found["format"] == form
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert 40 <= found["steps_used"] <= 57
    assert found["needs"] == []
    if found["memory_gib"] is not None:
        assert found["memory_gib"] == pytest.approx(41.0 if form == "olmo-core" else 40.0)


@pytest.mark.parametrize("form", ["megatron-lm", "nanogpt", "llm.c", "nemo2", "maxtext", "torchtitan"])
def test_every_restart_warms_up_anew(form):
    again = [WRITERS[form](times(25, first=90.0 + at, stalls={1: 12.0}, seed=at)) for at in range(6)]
    found = read("".join(again))
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert any("started 6 times" in note for note in found["notes"])


def test_a_batch_that_grows_is_left_out_until_it_has_grown():
    text = megatron(times(80, seed=2)[:80], batch=64).replace("60000.0", "1000.0")
    grown = megatron(times(20, first=STEP, seed=3), first=81)
    found = read(
        text.replace("elapsed time per iteration (ms): 4", "elapsed time per iteration (ms): 1") + grown
    )
    assert found["layout"]["global_batch_sequences"] == BATCH
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert any("another batch" in note for note in found["notes"])


def test_of_two_runs_of_different_layout_the_later_is_read():
    head = "using world size: {}, data-parallel size: 1, tensor-model-parallel size: 4\n"
    text = (
        head.format(64) + megatron([each / 2 for each in times(40)]) + head.format(GPUS) + megatron(times(30))
    )
    found = read(text, Given(sequence=SEQUENCE))
    assert found["layout"]["gpus"] == GPUS
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    short = head.format(64) + megatron(times(40)) + head.format(8) + megatron(times(2))
    assert read(short, Given(sequence=SEQUENCE))["layout"]["gpus"] == 64


def test_ranks_that_repeat_a_line_count_once_and_the_fullest_memory_counts():
    speeds = [BATCH * SEQUENCE / each / GPUS for each in times(30)]
    zero, one = (
        titan(speeds),
        titan([each * 0.5 for each in speeds], rank="[rank1]:").replace("40.00", "44.50"),
    )
    mixed = "\n".join(line for pair in zip(zero.splitlines(), one.splitlines(), strict=True) for line in pair)
    found = read(mixed + "\n")
    assert found["records"] == 30
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    assert found["memory_gib"] == pytest.approx(44.5)


def test_lines_that_a_collector_put_into_objects_are_taken_out_of_them():
    wrapped = "".join(
        json.dumps({"log": f"\x1b[31m{line}\n", "stream": "stdout", "time": "2026-05-01T10:00:00Z"}) + "\n"
        for line in megatron(times(30)).splitlines()
    )
    assert read(wrapped)["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)


def test_a_bar_drawn_over_itself_is_read_record_by_record():
    bar = "".join(
        f"\r {at:3d}%|{'█' * (at // 10)}| {at}/100 "
        f"[{at * 4 // 60:02d}:{at * 4 % 60:02d}<06:00,  {each:.2f}s/it]"
        for at, each in enumerate(times(99), 1)
    )
    evaluation = "".join(f"\r{at * 10}%|█| {at}/10 [00:0{at % 10}<00:01,  9.00it/s]" for at in range(1, 10))
    loading = "Loading checkpoint shards: 100%|██████████| 4/4 [09:05<00:00, 99.3s/it]\n"
    text = f"{loading}{bar}\n{{'loss': 1.93, 'learning_rate': 2e-05, 'epoch': 0.4}}\n{evaluation}\n"
    found = read(text)
    assert found["format"] == "hf-stdout"
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)


def test_a_fast_bar_tells_iterations_a_second():
    bar = "".join(f"\r {at}%|#| {at}/100 [00:{at // 4:02d}<00:20,  4.00it/s]" for at in range(1, 99))
    found = read("{'loss': '1.9', 'epoch': '0.1'}\n" + bar)
    assert found["step_seconds"] == pytest.approx(0.25)


def test_an_average_since_the_start_is_differenced():
    past, history = 0.0, []
    for at, each in enumerate(times(40, first=300.0), 1):
        past += each * 10
        history.append(
            {
                "step": at * 10,
                "loss": 2.0,
                "num_input_tokens_seen": at * 10 * BATCH * SEQUENCE,
                "train_runtime": past,
                "train_tokens_per_second": at * 10 * BATCH * SEQUENCE / past,
            }
        )
        if not at % 7:
            history.append({"step": at * 10, "eval_loss": 2.0, "eval_runtime": 100.0})
            past += 100.0
    text = json.dumps({"log_history": history, "global_step": 400})
    found = read(text, Given(GPUS), "trainer_state.json")
    assert found["format"] == "hf-trainer"
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)


def test_the_summary_of_a_whole_run_says_that_it_is_one():
    history = [
        {"step": 10, "loss": 2.0},
        {
            "step": 100,
            "train_runtime": 100 * STEP,
            "train_steps_per_second": 1 / STEP,
            "train_samples_per_second": BATCH / STEP,
        },
    ]
    found = read(json.dumps({"log_history": history}), Given(GPUS, SEQUENCE), "trainer_state.json")
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED)
    assert any("average of the whole run" in note for note in found["notes"])


def test_only_the_warm_up_tells_no_speed():
    found = read(megatron([71.0]))
    assert found["tokens_per_s_per_gpu"] is None
    assert found["step_seconds"] is None
    assert any("warm-up" in note for note in found["notes"])
    tail = read(megatron(times(3, first=STEP), first=5000))
    assert tail["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert any("Only 2 records" in note for note in tail["notes"])


def test_axolotl_counts_tokens_that_are_trained_on_alone():
    lines = "".join(
        str(
            {
                "loss": "1.1",
                "tokens/train_per_sec_per_gpu": str(SPEED / 4 if at else 10.0),
                "tokens/total": str(4000 * (at + 1)),
                "tokens/trainable": str(1000 * (at + 1)),
                "memory/max_allocated (GiB)": "31.5",
                "epoch": str(at),
            }
        )
        + "\n"
        for at in range(20)
    )
    found = read(lines, Given())
    assert found["format"] == "axolotl"
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED)
    assert (found["memory_gib"], found["memory_kind"]) == (pytest.approx(31.5), "max allocated")


def test_verl_tells_its_own_speed_and_no_training_speed():
    text = "".join(
        f"(TaskRunner pid=7) step:{at} - actor/pg_loss:0.1 - perf/throughput:{800.0 if at < 3 else 1500.0} - "
        f"perf/time_per_step:{98.0} - perf/total_num_tokens:9400000 - perf/max_memory_allocated_gb:61.2\n"
        for at in range(1, 20)
    )
    log = LogReader().read(SourceFile("verl.log", text), Given())
    found = log.as_json()
    assert (found["format"], found["tokens_per_s_per_gpu"]) == ("verl", 1500.0)
    assert found["memory_gib"] == pytest.approx(61.2)
    assert not log.series.trains


def test_nemo_rl_is_read_block_by_block():
    text = "".join(
        f"========== Step {at}/100 ==========\n  • Total step time: {90 + at % 3:.2f}s\n"
        f"  • policy_training: 40.10s (41.0%)\n    - E2E (Tokens/sec/gpu): {1450.0 + at % 2}\n"
        for at in range(1, 20)
    )
    found = read(text, Given())
    assert found["format"] == "nemo-rl"
    assert found["tokens_per_s_per_gpu"] == pytest.approx(1450.5, rel=0.001)
    assert found["step_seconds"] == pytest.approx(91.0, abs=0.6)


@pytest.mark.parametrize(
    ("platform", "gpus"),
    [("128xNVIDIA GB200", 128), ("8xB200", 8), ("4xXE9680x8H100-SXM", 32), ("2xDGX-H100x8", 16)],
)
def test_mlperf_platforms_name_their_accelerators(platform, gpus):
    text = mllog(times(20)).replace(f"{GPUS}xNVIDIA B300", platform)
    assert read(text, Given())["layout"]["gpus"] == gpus


@pytest.mark.parametrize("running", [True, False])
def test_mlperf_blocks_lie_between_evaluations(running):
    lines, at, steps = [f':::MLLOG {{"key": "global_batch_size", "value": {BATCH}, "time_ms": 0}}'], 0.0, 0

    def line(key, samples):
        told = {"key": key, "value": None, "time_ms": int(at), "metadata": {"samples_count": samples}}
        lines.append(f":::MLLOG {json.dumps(told)}")

    for block in range(12):
        line("block_start", steps * BATCH if running else 10 * BATCH)
        at += 10 * STEP * 1e3 * (4.0 if not block else 1.0)
        steps += 10
        line("block_stop", steps * BATCH if running else 10 * BATCH)
        at += 9e5
    found = read("\n".join(lines), Given(GPUS, SEQUENCE))
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)


def curve(values, axis="Step", run="pale-fox-3", tag="throughput(tps)"):
    head = f'"{axis}","{run} - {tag}","{run} - {tag}__MIN","{run} - {tag}__MAX"\n'
    return head + "".join(f'"{at}","{each}","{each}","{each}"\n' for at, each in enumerate(values))


def test_a_chart_of_weights_and_biases_is_read_by_its_tag():
    speeds = [BATCH * SEQUENCE / each / GPUS for each in times(40)]
    assert read(curve(speeds), name="x.csv")["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    found = read(curve(times(40), tag="iteration-time"), name="x.csv")
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    total = [each * GPUS for each in speeds]
    found = read(curve(total, tag="train/tok_per_sec"), name="x.csv")
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    unknown = read(curve(speeds, tag="throughput"), name="x.csv")
    assert unknown["tokens_per_s_per_gpu"] is None
    assert unknown["needs"] == []
    assert any("known" in note for note in unknown["notes"])


def test_of_runs_side_by_side_the_one_with_the_most_values_is_read_and_said():
    head = '"Step","a - iteration-time","a - iteration-time__MIN","b - iteration-time"\n'
    rows = [f'"{at}","{"" if at % 3 else 9.0}","","{each}"' for at, each in enumerate(times(40))]
    found = read(head + "\n".join(rows), name="x.csv")
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert any("b is read" in note for note in found["notes"])


def test_a_history_tells_the_time_between_its_steps():
    past, rows = 0.0, []
    for at, each in enumerate(times(50), 1):
        past += each
        rows.append(f"{at * 3},{past},{1.7e9 + past},{at},2.0,{50e9 + at}")
    head = "_step,_runtime,_timestamp,train/global_step,train/loss,system/gpu.0.memoryAllocatedBytes\n"
    found = read(head + "\n".join(rows), name="history.csv")
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert found["memory_kind"] is None or found["memory_kind"] == "driver"
    no_step = read("_step,_runtime,loss\n0,1.0,2\n1,2.0,2\n2,3.0,2\n", name="history.csv")
    assert no_step["step_seconds"] is None


@pytest.mark.parametrize("name", ["loss.csv", "run_iteration-time.csv", "x.csv"])
def test_tensorboard_tells_the_time_of_steps_whatever_its_curve(name):
    past, rows = 1.79e9, []
    for at, each in enumerate(times(50)):
        past += each * 5
        rows.append(f"{past:.4f},{at * 5},{each if 'loss' not in name else 2.5}")
    found = read("Wall time,Step,Value\n" + "\n".join(rows), name=name)
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)


def test_a_passport_needs_nothing_but_its_own_figures():
    held = {
        "schema": 2,
        "training": {"tokens_per_step": {"value": BATCH * SEQUENCE}, "tokens_per_s": SPEED * GPUS},
        "hardware": {"n_gpus": {"value": GPUS}},
        "efficiency": {"mfu": {"range": [0.3, 0.4]}, "goodput": 0.9},
    }
    found = read(json.dumps(held), Given(), "passport.json")
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED)
    assert found["step_seconds"] == pytest.approx(STEP)
    assert (found["mfu"], found["goodput"], found["steps_used"]) == (None, 0.9, None)
    del held["hardware"]["n_gpus"]
    assert read(json.dumps(held), Given(), "passport.json")["needs"] == ["gpus"]


def test_arguments_that_a_log_prints_need_not_be_typed():
    text = (
        "tokens per iteration will be: 524,288\n" + nanogpt(times(40)),
        "Tokens / micro-batch / rank: 8 x 2048 = 16,384\nTotal batch size 524,288 => gradient accumulation "
        "steps: 1\n" + nanochat(times(40)),
        "| sequence length T     | 2048   |\n| total batch size      | 524288  |\n| num_processes    | 32 |\n"
        + llmc(times(40)),
    )
    for each in text:
        assert read(each, Given(GPUS))["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    assert read(text[2], Given())["needs"] == []


@pytest.mark.parametrize("value", ["nan", "inf", "-4000.0", "0.0", "1e400", "9" * 400, "", "oom", "4,000.0"])
def test_a_figure_that_is_none_is_no_record(value):
    lines = megatron(times(30)).splitlines()
    lines[12] = lines[12].replace(lines[12].split("(ms): ")[1].split(" |")[0], value)
    found = read("\n".join(lines) + "\n")
    assert found["step_seconds"] == pytest.approx(STEP, rel=0.01)
    assert math.isfinite(found["tokens_per_s_per_gpu"])


def test_a_log_without_any_time_is_a_log_that_tells_no_speed():
    found = read("{'loss': '1.9', 'learning_rate': '2e-05', 'epoch': '0.1'}\n" * 3)
    assert found["format"] == "hf-stdout"
    assert found["tokens_per_s_per_gpu"] is None
    assert any("No record" in note for note in found["notes"])


def test_older_names_are_read_as_well():
    speeds = [BATCH * SEQUENCE / each / GPUS for each in times(40)]
    assert read(titan(speeds).replace("tps:", "wps:"))["tokens_per_s_per_gpu"] == pytest.approx(
        SPEED, rel=0.01
    )
    old = "".join(f"[timer.py:157:stop] 0/{10 * at}, SamplesPerSec={BATCH / STEP}\n" for at in range(1, 20))
    assert read(old)["step_seconds"] == pytest.approx(STEP)
    past, lines = 0.0, []
    for at, each in enumerate(times(40), 1):
        past += each
        lines.append(json.dumps({"iteration": f"{at}/900", "loss": 1.0, "train_speed(iter/s)": at / past}))
    assert read("\n".join(lines))["step_seconds"] == pytest.approx(STEP, rel=0.01)


@pytest.mark.parametrize("way", ["utf-16", "cut", "blocks"])
def test_a_file_that_a_shell_or_a_crash_left_is_read(tmp_path, way):
    text = megatron(times(60)) + " 10%|█"
    path = tmp_path / "train.log"
    data = text.encode("utf-16" if way == "utf-16" else "utf-8")
    path.write_bytes(data[:-1] if way == "cut" else data + b"\0" * 60 if way == "blocks" else data)
    found = read_file(path, ALL).as_json()
    assert found["tokens_per_s_per_gpu"] == pytest.approx(SPEED, rel=0.01)
    path.write_bytes(bytes(range(256)) * 50)
    with pytest.raises(FileError, match="not a text file"):
        read_file(path)


@pytest.mark.parametrize(
    ("curve", "rate", "of_all"),
    [
        ("throughput/tokens_per_sec", None, True),
        ("train/tokens/s", None, True),
        ("speed/tokens_per_second_per_gpu", 51_234.0, False),
        ("perf/device_tps", 51_234.0, False),
        ("train/https_latency", None, False),
    ],
)
def test_a_curve_of_tokens_a_second_is_told_by_its_own_name(curve, rate, of_all):
    lines = [f'"Step","run-1 - {curve}","run-1 - {curve}__MIN"']
    lines += [f"{10 * step},{51_234 + step % 2},50000" for step in range(30)]
    file = SourceFile("chart.csv", "\n".join(lines))
    alone = LogReader().read(file, Given())
    assert alone.as_json()["tokens_per_s_per_gpu"] == (
        None if rate is None else pytest.approx(rate, rel=1e-3)
    )
    if of_all:
        assert "gpus" in alone.as_json()["needs"]
        shared = LogReader().read(file, Given(gpus=16)).as_json()
        assert shared["tokens_per_s_per_gpu"] == pytest.approx(51_234 / 16, rel=1e-3)

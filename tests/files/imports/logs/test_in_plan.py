"""A log beside a plan: the stage it is of, what it corrects, and the command that does it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from isocost.catalog import load
from isocost.cli import main
from isocost.files import load_project, save_project
from isocost.files.imports import Given, NotUnderstoodError, SourceFile, read_file
from isocost.files.imports.logs import LogReader
from isocost.plan.inputs.starting import new_project
from isocost.plan.kinds import PretrainStage
from isocost.plan.project.editing import add_stage
from isocost.plan.project.project import Place, replace_scenario, replace_stage, set_value
from isocost.plan.project.underway import with_underway
from isocost.plan.values import Correction, Data, Underway

SAMPLES = Path(__file__).parents[1] / "samples"
CATALOG = load()


def megatron(gpus: int, seconds: float, batch: int = 512, name: str = "run.log"):
    text = f"using world size: {gpus}, data-parallel size: 1, tensor-model-parallel size: 1\n" + "".join(
        f" iteration {at:8d}/ 9000 | elapsed time per iteration (ms): {seconds * 1e3:.1f} | "
        f"global batch size:   {batch} | lm loss: 2.0 |\n"
        for at in range(1, 60)
    )
    return LogReader().read(SourceFile(name, text), Given())


def plan():
    return new_project(CATALOG)


def correction(project, stage: int | None = None):
    scenario = project.scenarios[0]
    held = scenario.efficiency if stage is None else scenario.stages[stage].efficiency
    return None if held is None else held.correction


def test_what_the_log_does_not_say_is_the_plans_and_its_speed_corrects_it():
    log = megatron(256, 20.0)
    beside = log.beside(plan(), CATALOG, Place())
    assert beside.taken == ("sequence",)
    assert beside.figures.tokens_per_s_per_gpu == pytest.approx(512 * 4096 / 20.0 / 256)
    after = log.change(plan(), CATALOG, Place())
    held = correction(after)
    assert held.runs == 1
    assert held.source == "run.log"
    (run,) = held.measured
    assert run.measured == pytest.approx(512 * 4096 / 20.0 / 256)
    assert held.low < held.factor < held.high
    assert held.factor < 1.0


def test_further_logs_add_runs_and_the_same_one_again_does_not():
    once = megatron(256, 4.0, name="a.log").change(plan(), CATALOG, Place())
    again = megatron(256, 4.4, name="a.log").change(once, CATALOG, Place())
    assert correction(again).runs == 1
    assert correction(again).factor < correction(once).factor
    two = megatron(256, 4.0, name="b.log").change(again, CATALOG, Place())
    assert [each.source for each in correction(two).measured] == ["a.log", "b.log"]
    assert correction(two).runs == 2


def test_a_correction_whose_runs_are_not_kept_is_replaced_and_that_is_said():
    project = set_value(plan(), "efficiency.correction", Correction(0.9, 0.8, 1.0, 12, "runs.csv"))
    found = megatron(256, 4.0).beside(project, CATALOG, Place()).found
    assert found.replaced == 12
    assert found.after.runs == 1


def test_of_several_stages_the_one_that_fits_is_corrected():
    longer = PretrainStage(
        name="Longer", data=Data(tokens=1e11, sequence=32_768, batch_tokens=32_768 * 128.0)
    )
    project = add_stage(plan(), longer, 1)
    text = (
        "Trainer is initialized with local batch size 1, global batch size 128, sequence length 32768\n"
        + "".join(
            f"step: {at * 10}  loss: 2.0  memory: 40.0GiB(50.00%)  tps: 5,000  tflops: 1  mfu: 30.00%\n"
            for at in range(20)
        )
    )
    after = LogReader().read(SourceFile("t.log", text), Given()).change(project, CATALOG, Place())
    assert correction(after) is None
    assert correction(after, 0) is None
    assert correction(after, 1).runs == 1


def test_what_cannot_have_been_is_refused_in_words():
    with pytest.raises(NotUnderstoodError, match="times the peak"):
        megatron(256, 0.05).change(plan(), CATALOG, Place())
    log = LogReader().read(SourceFile("hf.log", "{'loss': '1.9', 'epoch': '0.1'}\n" * 3), Given())
    with pytest.raises(NotUnderstoodError, match="no steady speed"):
        log.change(plan(), CATALOG, Place())


def test_a_speed_of_reinforcement_learning_corrects_no_training():
    with pytest.raises(NotUnderstoodError, match="reinforcement learning"):
        read_file(SAMPLES / "wandb-chart-verl.csv").change(plan(), CATALOG, Place())


def test_a_passports_goodput_is_taken_where_none_is_typed():
    held = {
        "training": {"tokens_per_step": {"value": 2**21}, "tokens_per_s": 1.9e6},
        "hardware": {"n_gpus": {"value": 256}},
        "model": {"seq_len": {"value": 4096}},
        "efficiency": {"goodput": 0.91},
    }
    log = LogReader().read(SourceFile("passport.json", json.dumps(held)), Given())
    assert log.change(plan(), CATALOG, Place()).scenarios[0].efficiency.goodput == 0.91
    typed = set_value(plan(), "efficiency.goodput", 0.8)
    assert log.change(typed, CATALOG, Place()).scenarios[0].efficiency.goodput == 0.8


def test_the_command_says_before_and_after_and_the_plan_keeps_the_run(tmp_path, capsys):
    out = tmp_path / "plan.yaml"
    log = str(SAMPLES / "megatron-lm.log")
    assert main(["import", log, "--plan", "startup-7b", "-o", str(out)]) == 0
    said = capsys.readouterr().out
    assert "measured 3,344 tokens/s per accelerator, predicted" in said
    assert "Corrected before: not at all; now: " in said
    held = load_project(out, CATALOG)
    runs = [c.measured for c in (correction(held), correction(held, 0)) if c is not None]
    assert runs[0][0].source == "megatron-lm.log"
    assert main(["import", log, "--plan", str(out), "-o", str(tmp_path / "b.yaml")]) == 0
    assert "Corrected before: " in capsys.readouterr().out
    assert main(["import", log, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["kind"] == "log"


def test_a_log_is_a_record_of_a_run_under_way(tmp_path, capsys):
    record = str(SAMPLES / "megatron-lm.log")
    assert main(["actual", "startup-7b", record, "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    # 36 steps of 9.8 s, a slow start and a validation.
    assert found["elapsed_hours"] == pytest.approx((58.8 + 15.68 + 11.27 + 37 * 9.8) / 3600, rel=0.1)
    assert main(["actual", "startup-7b", str(SAMPLES / "wandb-chart-verl.csv")]) != 0


def test_the_command_takes_what_the_plan_itself_tells(tmp_path, capsys):
    path = tmp_path / "plan.yaml"
    project = plan()
    save_project(project, path)
    assert main(["actual", str(path)]) == 2
    assert "tells nothing of a run under way" in capsys.readouterr().err
    told = Underway(share=0.25, hours=100.0, spent_usd=50_000.0)
    save_project(with_underway(project, told), path)
    assert load_project(path, CATALOG).scenarios[0].stages[0].actual == told
    assert main(["actual", str(path), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["share"], found["elapsed_hours"], found["spent_usd"]) == (0.25, 100.0, 50_000.0)
    assert main(["actual", str(path), "--spent", "$60K", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["spent_usd"] == 60_000.0
    save_project(with_underway(project, Underway(hours=3.0)), path)
    assert main(["actual", str(path)]) == 2
    assert with_underway(project, Underway()) == project


def test_a_stage_without_a_run_is_named():
    project = plan()
    off = replace(project.scenarios[0].stages[0], enabled=False)
    with pytest.raises(NotUnderstoodError, match="no stage of this plan"):
        megatron(256, 4.0).change(replace_stage(project, off), CATALOG, Place())
    renamed = replace(project.scenarios[0], name="Other")
    assert megatron(256, 4.0).change(replace_scenario(project, renamed), CATALOG, Place()) != project

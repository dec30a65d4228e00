"""Launch settings say a layout so that reading them back gives the same one, for every framework."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.cli import main
from isocost.engine.records import Transformer
from isocost.files import load_project, save_project
from isocost.files.imports import Given
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile
from isocost.files.presets import preset_paths
from isocost.plan.answer.fit import fit_report
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import Layout, ModelChoice, set_section
from isocost.plan.values import Tuning
from isocost.report.launch import TARGETS, Wanted, wanted, written

CATALOG = load(Path("no user files"))
PARTS = ("tp", "pp", "cp", "ep", "microbatch", "recompute", "sharding", "offload", "precision", "sequence")
DENSE = Transformer("", 48.0, 6144.0, 48.0, 8.0, 128.0, 16384.0, 128256.0)
MIXTURE = Transformer(
    "", 61.0, 7168.0, 128.0, 128.0, 128.0, 18432.0, 129280.0, moe_layers=58.0, experts=256.0, top_k=8.0,
    shared_experts=1.0, expert_ffn=2048.0,
)  # fmt: skip


def read_back(made, gpus: int):
    return SettingsReader().read(SourceFile(made.name, made.text), Given(gpus=gpus))


def assert_the_same(run: Wanted, target: str) -> None:
    found = read_back(written(run, target), run.gpus)
    assert {name: found.get(name) for name in PARTS} == {name: getattr(run, name) for name in PARTS}
    assert (found.get("vp") or 1) == run.vp
    assert found.get("dp") == run.dp
    assert found.get("global_batch_sequences") == run.batch
    assert found.problems == ()


degrees = st.sampled_from([1, 2, 4, 8])


@st.composite
def runs(draw) -> Wanted:
    tp, pp, cp, dp = (draw(degrees) for _ in range(4))
    shape = draw(st.sampled_from([DENSE, MIXTURE]))
    microbatch, accumulation = draw(degrees), draw(st.integers(1, 40))
    gpus = tp * pp * cp * dp
    sharding = draw(st.sampled_from(["none", "zero1", "zero2", "zero3"]))
    tuning = draw(
        st.sampled_from(
            [
                None,
                Tuning(),
                Tuning(method="lora"),
                Tuning(method="lora", targets="attention"),
                Tuning(method="qlora", targets="query-value", packing=0.35),
            ]
        )
    )
    return Wanted(
        title=draw(st.text(max_size=30)),
        stage="Stage",
        accelerator="H100",
        gpus=gpus,
        per_node=min(gpus, 8),
        tp=tp,
        pp=pp,
        vp=draw(st.sampled_from([1, 2, 3, 4])) if pp > 1 else 1,
        cp=cp,
        ep=draw(degrees) if shape.is_moe else 1,
        dp=dp,
        microbatch=microbatch,
        batch=microbatch * dp * accumulation,
        sequence=draw(st.sampled_from([512, 4096, 8192, 131072, 1000])),
        tokens=draw(st.sampled_from([None, 1e9, 15e12])),
        precision=draw(st.sampled_from(["fp32", "fp16", "bf16", "fp8", "mxfp8", "nvfp4", "tf32"])),
        recompute=draw(st.sampled_from(["none", "selective", "full"])),
        sharding=sharding,
        offload=draw(st.sampled_from(["none", "optimizer", "parameters"])),
        model=draw(st.sampled_from([ModelChoice(name="Llama 3.1 70B"), ModelChoice(parameters=7e9)])),
        shape=shape,
        tuning=tuning,
    )


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=25, deadline=None)
@given(run=runs())
def test_any_layout_comes_back(target: str, run: Wanted) -> None:
    assert_the_same(run, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("preset", [path.stem for path in preset_paths()])
def test_the_layout_of_every_preset_comes_back(preset: str, target: str) -> None:
    path = next(each for each in preset_paths() if each.stem == preset)
    project = load_project(path, CATALOG)
    for place in range(len(project.scenarios[0].stages)):
        run = wanted(fit_report(project, CATALOG, 0, place), project.name, CATALOG)
        if run is not None:
            assert_the_same(run, target)


def base(**changed) -> Wanted:
    values = {
        "title": "Plan", "stage": "Pre-training", "accelerator": "H100", "gpus": 64, "per_node": 8,
        "tp": 4, "pp": 4, "vp": 2, "cp": 1, "ep": 1, "dp": 4, "microbatch": 1, "batch": 512,
        "sequence": 8192, "tokens": 1e12, "precision": "bf16", "recompute": "selective",
        "sharding": "zero1", "offload": "none", "model": ModelChoice(name="Llama 3.1 70B"), "shape": DENSE,
    }  # fmt: skip
    return Wanted(**{**values, **changed})


def test_megatron_says_all_of_a_usual_layout_in_its_own_words() -> None:
    made = written(base(), "megatron")
    assert made.unsaid == ()
    assert "not expressible" not in made.text
    for words in (
        "torchrun --nproc-per-node 8 --nnodes 8 pretrain_gpt.py", "--tensor-model-parallel-size 4",
        "--num-virtual-stages-per-pipeline-rank 2", "--sequence-parallel", "--use-distributed-optimizer",
        "--recompute-granularity selective", "--global-batch-size 512", "--num-query-groups 8", "--bf16",
    ):  # fmt: skip
        assert words in made.text


def test_what_a_framework_cannot_say_is_said() -> None:
    made = written(base(), "deepspeed")
    assert "# isocost: pp 4 not expressible here" in made.text
    assert "pipeline parallel 4" in made.unsaid
    assert "# isocost: sharding zero1 not expressible here" in written(base(), "torchtitan").text
    assert written(base(vp=1, sharding="zero3"), "torchtitan").unsaid == ()
    assert written(base(tp=1, pp=1, vp=1, dp=64, recompute="full", sharding="zero3"), "verl").unsaid == ()


def test_a_line_break_in_a_plans_name_stays_within_its_comment() -> None:
    made = written(base(title="Plan\n--tensor-model-parallel-size 64\r\u2028rm -rf /"), "megatron")
    comments = [line for line in made.text.splitlines() if "rm -rf" in line]
    assert comments
    assert all(line.startswith("#") for line in comments)


def test_pinned_layout_goes_out_and_comes_back_as_pins(tmp_path: Path, capsys) -> None:
    plan = new_project(CATALOG)
    plan = set_section(plan, "model", name="Llama 3.1 70B", parameters=None)
    plan = set_section(plan, "layout", tp=8, pp=4, vp=2, microbatch=1, recompute="full", sharding="zero2")
    file, out, again = tmp_path / "plan.yaml", tmp_path / "launch.toml", tmp_path / "again.yaml"
    save_project(plan, file)
    assert main(["launch", str(file), "--for", "torchtitan"]) == 0
    out.write_text(capsys.readouterr().out)
    assert main(["import", str(out), "--gpus", "256", "-o", str(again)]) == 0
    read = load_project(again, CATALOG).scenarios[0].layout
    assert read == Layout(tp=8, pp=4, vp=2, cp=1, ep=1, microbatch=1, recompute="full", sharding="zero2")


def test_the_command_names_a_stage_it_does_not_know(capsys) -> None:
    assert main(["launch", "startup-7b", "--for", "megatron", "--stage", "Pre-trainin"]) == 2
    assert "Pre-training" in capsys.readouterr().err
    assert main(["launch", "startup-7b", "--for", "verl", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["framework"] == "verl"
    assert found["text"].startswith("#!/bin/bash")

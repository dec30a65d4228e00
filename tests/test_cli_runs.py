"""The commands on tables of runs: predict, validate, calibrate."""

from __future__ import annotations

import csv
import json
from functools import cache

import pytest

from isocost.cli import main
from isocost.evidence import validation
from isocost.evidence.validation import validate_shipped
from isocost.files import load_project, save_project
from isocost.paths import presets
from isocost.plan.project.project import set_value
from isocost.quantities import plain_spaces

TRAINING = """model,gpu,n_gpus,seq_len,precision,tp,pp,micro_batch,global_batch_seqs,framework,\
tokens_per_s_per_gpu
Llama 3 8B,H100,64,8192,bf16,1,1,1,256,NeMo,9000
Llama 3 8B,H100,64,8192,bf16,,,,256,NeMo,
No such model,H100,64,8192,bf16,1,1,1,256,NeMo,9000
Llama 3 70B,H100,lots,8192,bf16,4,4,1,256,NeMo,1200
Llama 3 70B,H100,64,8192,bf16,4,4,1,256,NeMo,1200
"""
GENERATION = """model,precision,gpu,n_gpus,parallelism,isl,osl,batch_or_concurrency,metric
Llama 3.1 8B,FP8,H100,1,TP1,128,2048,max load,output
Unheard-of,FP8,H100,1,TP1,128,2048,max load,output
"""


@pytest.fixture
def table(tmp_path):
    def write(text: str):
        path = tmp_path / "runs.csv"
        path.write_text(text)
        return path

    return write


def rows_of(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_predicted_or_says_why_not(table, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(TRAINING)), "-o", str(out)]) == 0
    assert "3 of 5 rows" in capsys.readouterr().out
    rows = rows_of(out)
    assert [row["model"] for row in rows] == [line.split(",")[0] for line in TRAINING.splitlines()[1:]]
    given, searched, unknown, wrong, large = rows
    assert (given["layout_source"], searched["layout_source"]) == ("given", "searched")
    for row in (given, searched, large):
        low, middle, high = (
            float(row[name]) for name in ("predicted_p10", "predicted_tokens_per_s_per_gpu", "predicted_p90")
        )
        assert low < middle < high
        assert float(row["predicted_peak_memory_gb"]) > 1
    assert float(given["predicted_tokens_per_s_per_gpu"]) > 4 * float(large["predicted_tokens_per_s_per_gpu"])
    assert unknown["predicted_tokens_per_s_per_gpu"] == ""
    assert "No such model" in unknown["note"]
    assert "n_gpus" in wrong["note"]


def test_an_unfused_attention_is_slower(table, tmp_path):
    head = "model,gpu,n_gpus,seq_len,tp,pp,micro_batch,global_batch_seqs,attention_kernel\n"
    body = "".join(f"Llama 3 8B,H100,8,8192,1,1,1,64,{kernel}\n" for kernel in ("flash", "unfused"))
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(head + body)), "-o", str(out)]) == 0
    flash, unfused = (float(row["predicted_tokens_per_s_per_gpu"]) for row in rows_of(out))
    assert unfused < flash


def test_generation_rows_are_predicted_too(table, tmp_path):
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(GENERATION)), "-o", str(out), "--kind", "generation"]) == 0
    known, unknown = rows_of(out)
    low, rate, high = (float(known[k]) for k in ("predicted_p10", "predicted_tok_s_per_gpu", "predicted_p90"))
    assert low < rate < high
    assert unknown["predicted_tok_s_per_gpu"] == ""
    assert "Unheard-of" in unknown["note"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("model,gpu\nA,B\n", "missing are n_gpus, seq_len"),
        ("model,gpu,n_gpus,seq_len\n", "no rows"),
        ("model,gpu,n_gpus,seq_len\n\0", "UTF-8"),
    ],
)
def test_a_bad_table_is_one_sentence(table, tmp_path, capsys, text, said):
    assert main(["predict", str(table(text)), "-o", str(tmp_path / "out.csv")]) == 2
    message = capsys.readouterr().err
    assert said in message
    assert message.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_own_runs_correct_a_plan_and_nothing_else(table, tmp_path, capsys):
    out = tmp_path / "plan.yaml"
    # Physics alone: whole runs waste less beside a speed that is known.
    base = set_value(load_project(presets() / "startup-7b.yaml"), "efficiency.waste", 0.0)
    save_project(base, plan := tmp_path / "base.yaml")
    assert main(["calibrate", str(table(TRAINING)), str(plan), "-o", str(out)]) == 0
    assert "2 of 5 runs" in capsys.readouterr().out
    stored = load_project(out).scenarios[0].efficiency.correction
    assert stored.runs == 2
    assert stored.low < stored.factor < stored.high
    costs = []
    for each in (str(plan), str(out)):
        assert main(["estimate", each, "--format", "json"]) == 0
        costs.append(json.loads(capsys.readouterr().out)["total"]["cost_usd"])
    # Failures fall with a shorter run, so the cost follows the speed closely but not exactly.
    assert costs[0] / costs[1] == pytest.approx(stored.factor, rel=0.01)


def test_a_wrong_measurement_names_its_line(table, tmp_path, capsys):
    text = TRAINING.replace(",9000", ",fast", 1)
    assert main(["calibrate", str(table(text)), "startup-7b", "-o", str(tmp_path / "p.yaml")]) == 2
    assert "line 2, tokens_per_s_per_gpu" in capsys.readouterr().err


def test_own_runs_are_scored_by_source(table, capsys):
    assert main(["validate", str(table(TRAINING)), "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [source["source"] for source in found["sources"]] == ["your runs"]
    assert found["runs"] == 2
    assert len(found["skipped"]) == 3
    assert found["never_fitted"] is None


SCORED = cache(validate_shipped)
"""A thousand runs, scored once for all tests."""


def test_the_shipped_runs_are_scored_in_a_table(capsys, monkeypatch):
    monkeypatch.setattr(validation, "validate_shipped", SCORED)
    assert main(["validate", "--format", "csv"]) == 0
    text = capsys.readouterr().out
    assert "llm-foundry" in text
    assert "Megatron-Bridge" in text
    assert "InternEvo" in text


def test_the_text_says_how_far_off_sources_never_fitted_are(capsys, monkeypatch):
    monkeypatch.setattr(validation, "validate_shipped", SCORED)
    assert main(["validate"]) == 0
    fitted, _, apart = capsys.readouterr().out.partition("Sources never fitted:")
    assert "llm-foundry" in fitted
    assert "Megatron-Bridge" in fitted
    assert "InternEvo" in apart
    assert "llm-foundry" not in apart


def test_a_table_is_never_replaced_by_what_is_made_of_it(table, capsys):
    path = table(TRAINING)
    before = path.read_text()
    assert main(["predict", str(path), "-o", str(path)]) == 2
    assert "is the table itself" in capsys.readouterr().err
    assert main(["calibrate", str(path), "startup-7b", "-o", str(path)]) == 2
    assert path.read_text() == before


def test_columns_of_the_table_with_our_names_are_kept(table, tmp_path):
    out = tmp_path / "out.csv"
    text = "Model, gpu ,n_gpus,seq_len,note,,note\nLlama 3 8B,H100,8,8192,mine,x,again\n"
    assert main(["predict", str(table(text)), "-o", str(out)]) == 0
    (row,) = rows_of(out)
    assert row["note (given)"] == "mine"
    assert row["column 6"] == "x"
    assert row["note (7)"] == "again"
    assert "recomputation not stated" in row["note"]
    assert float(row["predicted_tokens_per_s_per_gpu"]) > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("model;gpu;n_gpus;seq_len\nx;y;1;2\n", "by commas, not semicolons"),
        ("model\tgpu\tn_gpus\tseq_len\nx\ty\t1\t2\n", "by commas, not tabs"),
        ("model,gpu,n_gpus,seq_len\nLlama 3 8B,H100,8,8192,more\n", "line 2 has 5 cells; there are 4"),
        ('model,gpu,n_gpus,seq_len\n"Llama 3 8B,H100,8,8192\n', "is not CSV"),
    ],
)
def test_a_table_that_is_not_one_is_explained(table, tmp_path, capsys, text, said):
    assert main(["predict", str(table(text)), "-o", str(tmp_path / "out.csv")]) == 2
    assert said in capsys.readouterr().err


def test_one_odd_row_spoils_no_other(table, tmp_path):
    """Layouts that cannot be, and ones that do not fit, beside a row that can."""
    head = "model,gpu,n_gpus,seq_len,tp,pp,ep,precision,global_batch_seqs\n"
    odd = [
        "Llama 3.1 70B,H100,4,8192,1,1,8,bf16,64",
        "Mixtral 8x22B,H100,8,4096,1,1,16,bf16,64",
        "Llama 3.1 70B,H100,8,8192,8,4,,bf16,64",
        "Llama 3.1 8B,H100,8.5,8192,2,2,,bf16,64",
        "Llama 3.1 8B,TPU v5p,8,8192,,,,fp32,64",
        "Llama 3.1 405B,TPU v5e,4096,8192,,,,bf16,2048",
    ]
    good = "Llama 3.1 8B,H100,8,8192,1,1,,bf16,64"
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(head + "\n".join([*odd, good]) + "\n")), "-o", str(out)]) == 0
    dense, mixture, too_many, halves, wide, huge, alone = rows_of(out)
    assert float(dense["predicted_tokens_per_s_per_gpu"]) > 0
    assert "ep is 16, more than the 8 experts" in mixture["note"]
    assert "tp 8 x pp 4 is 32, more than n_gpus, 8" in too_many["note"]
    assert "whole numbers" in halves["note"]
    assert "precision is fp32" in wide["note"]
    assert "does not fit" in huge["note"]
    assert float(huge["predicted_peak_memory_gb"]) < 300
    single = tmp_path / "single.csv"
    assert main(["predict", str(table(head + good + "\n")), "-o", str(single)]) == 0
    figure = "predicted_tokens_per_s_per_gpu"
    assert rows_of(single)[0][figure] == alone[figure]


def test_a_shape_the_row_states_wins_over_a_name(table, tmp_path):
    head = "model,gpu,n_gpus,seq_len,n_layers,d_model,n_heads,d_ff,vocab\n"
    body = "GPT-2,A100,8,1024,12,768,12,3072,50257\nGPT-2,A100,8,1024,48,1600,25,6400,50257\n"
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(head + body)), "-o", str(out)]) == 0
    small, large = (float(row["predicted_tokens_per_s_per_gpu"]) for row in rows_of(out))
    assert small > 4.0 * large


def test_a_server_with_fewer_accelerators_joins_fewer(table, tmp_path):
    head = "model,gpu,n_gpus,seq_len,tp,pp,micro_batch,global_batch_seqs,framework,gpus_per_node\n"
    body = "".join(f"Llama 3 70B,A100,32,4096,8,4,1,256,NeMo,{size}\n" for size in (8, 4))
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(head + body)), "-o", str(out)]) == 0
    eight, four = (float(row["predicted_tokens_per_s_per_gpu"]) for row in rows_of(out))
    assert four < 0.9 * eight


def test_unnamed_code_that_splits_the_model_is_taken_for_a_tuned_stack(table, tmp_path):
    head = "model,gpu,n_gpus,seq_len,tp,pp,vp,global_batch_seqs,framework\n"
    body = "".join(
        f"Llama 3.1 405B,H100,16384,8192,8,16,8,2048,{name}\n" for name in ("", "Megatron-Core", "torchtitan")
    )
    out = tmp_path / "out.csv"
    assert main(["predict", str(table(head + body)), "-o", str(out)]) == 0
    unnamed, megatron, torchtitan = rows_of(out)
    figure = "predicted_tokens_per_s_per_gpu"
    # Megatron reduces gradients in 32 bits, of which nothing is known of the other.
    assert float(unnamed[figure]) == pytest.approx(float(megatron[figure]), rel=0.02)
    assert float(torchtitan[figure]) < float(megatron[figure])
    assert "software tier taken as vendor" in unnamed["note"]


def test_a_plan_without_predicted_stages_is_not_calibrated(table, tmp_path, capsys):
    out = tmp_path / "plan.yaml"
    assert main(["calibrate", str(table(TRAINING.replace("lots", "64"))), "deepseek-r1", "-o", str(out)]) == 2
    assert "nothing is corrected" in capsys.readouterr().err
    assert not out.exists()


def test_rows_left_out_for_one_reason_are_told_together_and_steps_are_scored(table, capsys):
    head = "model,gpu,n_gpus,seq_len,tp,pp,global_batch_seqs,framework,step_time_s,tokens_per_s_per_gpu\n"
    good = "Llama 3 8B,H100,64,8192,1,1,256,NeMo,3.6,\n"
    body = good + "".join("Llama 3 8B,H100,64,8192,1,1,256,NeMo,,OOM\n" for _ in range(7))
    assert main(["validate", str(table(head + body))]) == 0
    said = capsys.readouterr().out
    assert "1 run" in said
    assert said.count("Not scored") == 1
    assert "lines 3, 4, 5, 6, 7 and 2 more: tokens_per_s_per_gpu is 'OOM', no number" in said


def test_one_run_that_agrees_is_told_as_it_was_measured_and_so_is_what_it_moves(table, tmp_path, capsys):
    run = "model,gpu,n_gpus,seq_len,tokens_per_s_per_gpu\nLlama 3.1 8B,H100,8,4096,9000\n"
    assert main(["calibrate", str(table(run)), "startup-7b", "-o", str(tmp_path / "out.yaml")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    predicted = next(
        each.predicted
        for each in load_project(tmp_path / "out.yaml").scenarios[0].efficiency.correction.measured
    )
    assert f"measured is {9000 / predicted * 100:.1f}" in plain_spaces(said)
    assert "whole-run waste is" in said
    assert main(["estimate", str(tmp_path / "out.yaml")]) == 0
    assert "corrected by 1 run of yours" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("command", ["predict", "validate", "calibrate"])
def test_columns_that_are_not_read_are_said(command, table, tmp_path, capsys):
    head, body = TRAINING.splitlines()[:2]
    path = table(f"{head},sharding\n{body},ZeRO-3\n")
    rest = {"predict": ["-o", "out.csv"], "calibrate": [str(presets() / "startup-7b.yaml"), "-o", "out.yaml"]}
    more = [str(tmp_path / each) if each.startswith("out") else each for each in rest.get(command, [])]
    assert main([command, str(path), *more]) == 0
    assert capsys.readouterr().err == "isocost: runs.csv: columns that are not read: sharding.\n"


def test_a_speed_that_cannot_be_read_is_not_called_empty(table, capsys):
    head, good, blank = TRAINING.splitlines()[:3]
    odd = good.rsplit(",", 1)[0] + ",76K tokens/s"
    assert main(["validate", str(table("\n".join((head, good, blank, odd)) + "\n"))]) == 0
    told = capsys.readouterr().out
    assert "Not scored: line 3: tokens_per_s_per_gpu is empty: nothing was measured." in told
    assert "Not scored: line 4: tokens_per_s_per_gpu is '76K tokens/s', no number above 0" in told

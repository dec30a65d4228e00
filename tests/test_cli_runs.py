"""The commands on tables of runs: predict, validate, calibrate."""

from __future__ import annotations

import csv
import json

import pytest

from isocost.cli import main
from isocost.files import load_project

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
    assert main(["calibrate", str(table(TRAINING)), "startup-7b", "-o", str(out)]) == 0
    assert "2 of 5 runs" in capsys.readouterr().out
    stored = load_project(out).scenarios[0].efficiency.correction
    assert stored.runs == 2
    assert stored.low < stored.factor < stored.high
    costs = []
    for plan in ("startup-7b", str(out)):
        assert main(["estimate", plan, "--format", "json"]) == 0
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


def test_the_shipped_runs_are_scored_in_a_table(capsys):
    assert main(["validate", "--format", "csv"]) == 0
    text = capsys.readouterr().out
    assert "llm-foundry" in text
    assert "Megatron-Bridge" in text
    assert "InternEvo" in text


def test_the_text_says_how_far_off_sources_never_fitted_are(capsys):
    assert main(["validate"]) == 0
    fitted, _, apart = capsys.readouterr().out.partition("Sources never fitted:")
    assert "llm-foundry" in fitted
    assert "Megatron-Bridge" in fitted
    assert "InternEvo" in apart
    assert "llm-foundry" not in apart

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.evidence import predict as predict_module
from isocost.evidence.rows.measured_rows import run_from_row
from isocost.evidence.table import predict

ROW = {
    "model": "Llama3-70B",
    "gpu": "H100-SXM-80GB",
    "n_gpus": "64",
    "seq_len": "8192",
    "precision": "bf16",
    "framework": "NeMo",
    "date": "2025-02",
    "tp": "4",
    "pp": "4",
    "vp": "5",
    "cp": "2",
    "ep": "",
    "zero_or_fsdp": "DDP + distributed optimizer",
    "recompute": "",
    "micro_batch": "1",
    "global_batch_seqs": "128",
    "kind": "pretrain",
}


@pytest.fixture(scope="module")
def catalog():
    return load()


def one(catalog, **changes):
    return predict([ROW | changes], catalog)[0]


def test_a_published_row_is_predicted_near_its_measurement(catalog):
    found = one(catalog)
    assert found.tokens_per_s == pytest.approx(1113, rel=0.15)
    assert found.p10 < found.tokens_per_s < found.p90
    assert 30 < found.peak_memory_gb < 86
    assert found.layout_source == "given"
    assert "recomputation not stated" in found.note


def test_a_row_without_a_layout_is_searched(catalog):
    found = one(catalog, tp="", pp="", vp="", cp="", micro_batch="", zero_or_fsdp="")
    assert found.layout_source == "searched"
    assert found.tokens_per_s >= 0.9 * one(catalog).tokens_per_s


def test_rows_keep_their_place_and_say_why_they_fail(catalog):
    rows = [ROW | {"gpu": "Abacus"}, ROW, ROW | {"n_gpus": ""}, ROW | {"seq_len": "long"}]
    found = predict(rows, catalog)
    assert [p.tokens_per_s is None for p in found] == [True, False, True, True]
    assert "Abacus" in found[0].note
    assert "n_gpus" in found[2].note
    assert "seq_len" in found[3].note
    assert found[1] == one(catalog)


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("stack", "mine", "stack"),
        ("attention_kernel", "magic", "attention_kernel"),
        ("schedule", "gpipe", "zero-bubble"),
        ("optimizer", "rmsprop", "adamw-8bit"),
    ],
)
def test_words_that_mean_nothing_are_left_out_and_named(catalog, column, value, complaint):
    found = one(catalog, **{column: value})
    assert found.tokens_per_s == one(catalog).tokens_per_s
    assert f"left out: {column} is {value}" in found.note
    assert complaint in found.note


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("matmul_tflops", "1979", "above the dense bf16 peak"),
        ("precision", "int3", "int3"),
    ],
)
def test_words_that_mean_nothing_are_refused(catalog, column, value, complaint):
    found = one(catalog, **{column: value})
    assert found.tokens_per_s is None
    assert complaint in found.note


def test_a_model_the_catalogue_does_not_know_is_built_from_its_row(catalog):
    shape = {"n_layers": "80", "d_model": "8192", "n_heads": "64", "n_kv_heads": "8", "d_ff": "28672"}
    unknown = one(catalog, model="Nobody-70B", vocab="128256", ffn_type="swiglu", **shape)
    assert unknown.tokens_per_s == pytest.approx(one(catalog).tokens_per_s, rel=1e-6)
    assert one(catalog, model="Nobody-70B").tokens_per_s is None


def test_unfused_attention_and_research_code_are_slower(catalog):
    usual = one(catalog).tokens_per_s
    assert one(catalog, attention_kernel="unfused").tokens_per_s < 0.8 * usual
    assert one(catalog, attention_kernel="memory-efficient, padded").tokens_per_s < 0.95 * usual
    assert one(catalog, stack="research").tokens_per_s < 0.9 * usual


def test_superchips_sold_one_by_one_are_linked_where_four_share_a_node(catalog):
    split = {"gpu": "GH200", "n_gpus": "64", "tp": "4", "cp": "1", "pp": "1", "global_batch_seqs": "64"}
    quad, alone = (one(catalog, **split, gpus_per_node=each) for each in ("4", "1"))
    assert quad.tokens_per_s > 1.1 * alone.tokens_per_s
    assert one(catalog, **split).tokens_per_s == quad.tokens_per_s


def test_a_schedule_overlap_and_a_measured_product_are_columns(catalog):
    piped = {"cp": "1", "vp": ""}
    plain = one(catalog, **piped)
    assert one(catalog, schedule="interleaved 1F1B", overlap="on", **piped).tokens_per_s == plain.tokens_per_s
    filled, waiting = (one(catalog, cp="1", vp="1", schedule=each) for each in ("ZB-V", ""))
    assert filled.tokens_per_s > waiting.tokens_per_s
    assert one(catalog, overlap="off", **piped).tokens_per_s < plain.tokens_per_s
    slower, faster = (one(catalog, matmul_tflops=each, **piped) for each in ("400", "800"))
    assert slower.tokens_per_s < plain.tokens_per_s <= faster.tokens_per_s
    assert "changes nothing" in one(catalog, schedule="zbv", **{**piped, "pp": "1"}).note
    assert "documents fill" in one(catalog, document_len="1e6").note
    assert "chunks of its own" in one(catalog, schedule="zbv", **{**piped, "vp": "2"}).note


def test_more_replicas_than_sequences_share_the_sequences(catalog):
    found = one(catalog, n_gpus="256", global_batch_seqs="4")
    assert found.tokens_per_s > 0
    assert "CP4" in found.layout


def test_an_accelerator_without_measured_runs_says_so_and_gets_a_wider_range(catalog):
    guess = one(catalog, gpu="MI355X")
    usual = one(catalog)
    assert "no runs on CDNA4 in the fit" in guess.note
    assert guess.p90 / guess.p10 > usual.p90 / usual.p10


TUNED = ROW | {
    "model": "Llama3.2-3B",
    "gpu": "A100-80GB",
    "n_gpus": "1",
    "seq_len": "4096",
    "framework": "torchtune + compile",
    "tp": "1",
    "pp": "1",
    "vp": "",
    "cp": "",
    "zero_or_fsdp": "none",
    "recompute": "full",
    "micro_batch": "2",
    "global_batch_seqs": "2",
    "kind": "sft",
}


def test_a_frameworks_own_optimizer_is_taken_unless_the_row_says_another(catalog):
    """torchtune trains in 16 bits: 24.9 GiB measured, and 4 to 8 more or fewer a parameter otherwise."""
    peaks = [
        found.peak_memory_gb
        for found in predict([TUNED, *(TUNED | {"optimizer": o} for o in ("adamw", "adamw-8bit"))], catalog)
    ]
    assert peaks[0] == pytest.approx(24.9 * 1.0737, rel=0.05)
    assert peaks[1] - peaks[0] == pytest.approx(8 * 3.21, rel=0.02)
    assert peaks[0] - peaks[2] == pytest.approx(2 * 3.21, rel=0.02)


def test_what_a_frameworks_recipes_do_is_said_where_the_row_does_not(catalog):
    silent, told = predict([TUNED | {"recompute": ""}, TUNED | {"optimizer": "adamw-bf16"}], catalog)
    assert silent.peak_memory_gb == told.peak_memory_gb
    assert "recomputation not stated: full, as its framework's recipes do" in silent.note
    assert "optimizer not stated: adamw-bf16" in silent.note
    assert "not stated" not in told.note


ODD = {
    "model": st.sampled_from(["Llama 3.1 8B", "Mixtral 8x7B", "DeepSeek-V3", "Nemotron 3 Nano 30B-A3B", "?"]),
    "gpu": st.sampled_from(["H100", "TPU v5p", "RTX 4090", "MI300X", "H100 80GB SXM5"]),
    "n_gpus": st.sampled_from(["1", "7", "8", "64", "1,024", "0", "8.5", "many"]),
    "seq_len": st.sampled_from(["2048", "32k", "131072", "-1", ""]),
    "precision": st.sampled_from(["", "bf16", "fp8", "fp32", "nvfp4", "bf16, no fp8", "int3"]),
    "tp": st.sampled_from(["", "1", "8", "16", "0.5", "1e9"]),
    "pp": st.sampled_from(["", "1", "3", "64"]),
    "ep": st.sampled_from(["", "0", "4", "512"]),
    "micro_batch": st.sampled_from(["", "1", "256"]),
    "global_batch_seqs": st.sampled_from(["", "1", "7", "4096"]),
    "zero_or_fsdp": st.sampled_from(["", "DDP", "FSDP", "HSDP", "ZeRO-1 (no FSDP)", "?"]),
    "recompute": st.sampled_from(["", "full", "no AC", "core_attn"]),
    "kind": st.sampled_from(["", "LoRA", "full (no LoRA)", "inference"]),
    "framework": st.sampled_from(["", "NeMo", "Nanotron", "torchtitan", "HAI-LLM (DualPipe)"]),
    "gpus_per_node": st.sampled_from(["", "1", "4", "8"]),
}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.fixed_dictionaries(ODD), min_size=1, max_size=4))
def test_whatever_rows_say_each_is_predicted_or_explained_and_none_touches_another(rows):
    catalog = load()
    together = predict([*rows, ROW], catalog)
    assert len(together) == len(rows) + 1
    for found in together:
        if found.tokens_per_s is None:
            assert found.note
        else:
            assert 0.0 < found.p10 <= found.tokens_per_s <= found.p90 < math.inf
            assert 0.0 < found.peak_memory_gb < math.inf
    assert together[-1] == predict([ROW], catalog)[0]


def test_a_run_that_cannot_be_priced_costs_its_own_row_alone(monkeypatch, catalog):
    whole = predict_module.complete

    def complete(specs, profiles):
        if any(spec.run.id == "bad" for spec in specs):
            raise IndexError("index 3 is out of bounds")
        return whole(specs, profiles)

    monkeypatch.setattr(predict_module, "complete", complete)
    row = {"model": "Llama 3 8B", "gpu": "H100", "n_gpus": "64", "seq_len": "8192"}
    found = predict([{**row, "id": each} for each in ("a", "b", "bad", "c", "bad", "d")], catalog)
    assert [each.tokens_per_s is not None for each in found] == [True, True, False, True, False, True]
    assert "no layout of this run can be priced" in found[2].note
    assert len({each.tokens_per_s for each in found if each.tokens_per_s}) == 1


@pytest.mark.parametrize(
    ("framework", "precision", "notes", "cast"),
    [
        ("PyTorch FSDP", "bf16", "", False),
        ("PyTorch FSDP", "bf16_amp", "", True),
        ("PyTorch FSDP", "bf16", "autocast over 32-bit weights", True),
        ("PyTorch FSDP", "bf16 mixed", "no autocast", False),
        ("ATorch (HF Transformers)", "bf16", "", True),
        ("ATorch (DeepSpeed 3D, HF Transformers)", "bf16", "", False),
        ("Megatron-LM", "bf16 AMP", "", False),
    ],
)
def test_weights_that_are_cast_for_every_product_take_32_bits(catalog, framework, precision, notes, cast):
    row = {
        "model": "Llama 2 7B", "gpu": "A100 80GB", "n_gpus": "8", "seq_len": "4096", "micro_batch": "1",
        "zero_or_fsdp": "FSDP", "recompute": "full", "kind": "lora", "global_batch_seqs": "8",
        "framework": framework, "precision": precision, "notes": notes,
    }  # fmt: skip
    assert run_from_row(row, catalog).work.autocast is cast
    usual = {**row, "framework": "PyTorch FSDP", "precision": "bf16", "notes": ""}
    wide, plain = predict([row, usual], catalog)
    if cast:
        assert wide.peak_memory_gb > plain.peak_memory_gb + 2 * 6.7 / 8


def test_published_peaks_of_autocast(catalog):
    """github.com/intelligent-machine-learning/dlrover, atorch/examples/llama2: what is filled of 8 and 64."""
    row = {
        "model": "Llama 2 7B", "gpu": "A100 80GB", "seq_len": "4096", "micro_batch": "4",
        "zero_or_fsdp": "FSDP", "framework": "ATorch (PyTorch FSDP, HF Transformers)", "date": "2023-11",
        "recompute": "full", "tp": "1", "pp": "1",
    }  # fmt: skip
    measured = {("8", "lora"): 34.97, ("64", "lora"): 32.0, ("8", "sft"): 41.52, ("64", "sft"): 32.68}
    for (count, kind), peak in measured.items():
        stated = {"n_gpus": count, "kind": kind, "global_batch_seqs": str(4 * int(count))}
        found = predict([{**row, **stated}], catalog)[0]
        assert found.peak_memory_gb == pytest.approx(peak, rel=0.2)


def test_plain_fsdp_gathers_16_bits_and_casts_them_in_every_pass(catalog):
    """What torchao's FSDP does unless enable_fsdp_float8_all_gather is set."""
    row = {
        "model": "Llama 3.1 8B", "gpu": "H100", "n_gpus": "64", "seq_len": "4096", "micro_batch": "1",
        "global_batch_seqs": "64", "zero_or_fsdp": "FSDP", "recompute": "full", "kind": "pretrain",
        "network_gbit_s": "100",
    }  # fmt: skip

    def rate(framework: str, precision: str) -> float:
        return predict([{**row, "framework": framework, "precision": precision}], catalog)[0].tokens_per_s

    plain, narrow = "PyTorch FSDP", "PyTorch FSDP, float8 all-gather"
    assert rate(plain, "bf16") == pytest.approx(rate(narrow, "bf16"))
    assert rate(plain, "fp8") < 0.95 * rate(narrow, "fp8")
    assert rate(plain, "fp8") > 0.9 * rate(plain, "bf16")

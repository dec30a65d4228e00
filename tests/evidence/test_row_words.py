"""The spellings of precision, sharding, recomputation, names and numbers that tables of runs come with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.catalog.entries.measured_training import year_of
from isocost.evidence.rows import words
from isocost.evidence.table import predict

ROW = {
    "model": "Llama 3.1 8B",
    "gpu": "H100",
    "n_gpus": "8",
    "seq_len": "8192",
    "precision": "bf16",
    "tp": "1",
    "micro_batch": "1",
    "global_batch_seqs": "8",
    "recompute": "full",
    "zero_or_fsdp": "FSDP",
}


@pytest.fixture(scope="module")
def catalog():
    return load()


def one(catalog, **changes):
    return predict([ROW | changes], catalog)[0]


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("", "bf16"),
        ("bfloat16", "bf16"),
        ("bf16-mixed", "bf16"),
        ("amp", "bf16"),
        ("16-mixed", "fp16"),
        ("TF32", "tf32"),
        ("float8", "fp8"),
        ("FP8_full", "fp8"),
        ("amp_fp8", "fp8"),
        ("bf16+fp8", "fp8"),
        ("FP8 MX", "mxfp8"),
        ("mxfp8_cublas", "mxfp8"),
        ("fp4", "nvfp4"),
        ("bf16, no fp8", "bf16"),
        ("bf16 (fp8 all-gather)", "bf16"),
        ("nf4", "bf16"),
        ("4bit", "bf16"),
    ],
)
def test_number_formats_are_read_as_the_narrowest_named(text, format_):
    assert words.precision(text) == format_


@pytest.mark.parametrize("text", ["int3", "mxfp4", "fast"])
def test_formats_nobody_multiplies_in_here_are_refused(text):
    with pytest.raises(ValueError, match="precision"):
        words.precision(text)


@pytest.mark.parametrize(
    ("text", "stage", "group"),
    [
        ("", None, None),
        ("n/a", None, None),
        ("DDP", "none", None),
        ("NO_SHARD", "none", None),
        ("zero-0", "none", None),
        ("DDP + distributed optimizer", "zero1", None),
        ("ZeRO-1 (8)", "zero1", 8),
        ("ZeRO-1 (BF16Optimizer)", "zero1", None),
        ("zero stage 2", "zero2", None),
        ("FSDP SHARD_GRAD_OP", "zero2", None),
        ("zero3", "zero3", None),
        ("3", "zero3", None),
        ("FULL_SHARD", "zero3", None),
        ("FSDP2", "zero3", None),
        ("FSDP 192", "zero3", 192),
        ("FSDP (shard 64)", "zero3", 64),
        ("HSDP", "zero3", words.SERVERS_APART),
        ("HYBRID_SHARD (16)", "zero3", 16),
    ],
)
def test_sharding_is_read_with_its_group(text, stage, group):
    assert words.sharding(text) == (stage, group)


def test_sharding_that_means_nothing_is_refused():
    with pytest.raises(ValueError, match="zero_or_fsdp"):
        words.sharding("some")


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("", None),
        ("False", "none"),
        ("none", "none"),
        ("True", "full"),
        ("gradient checkpointing", "full"),
        ("full", "full"),
        ("selective layer", "selective"),
        ("norm, act", "selective"),
        ("core_attn", "selective"),
        ("activation checkpointing", "full"),
        ("no activation checkpointing", "none"),
        ("No AC", "none"),
        ("none; CPU offload", "none"),
        ("not used", "none"),
    ],
)
def test_recomputation_is_read(text, mode):
    assert words.recompute(text) == mode


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("recompute full, 21 of 80 layers", 21 / 80),
        ("full recomputation of 16/32 layers; FP8", 0.5),
        ("recompute full", None),
        ("recompute full, uniform, 1 layer", None),
        ("chunked attention in 36 of 48 layers", None),
        ("recompute 90 of 80 layers", None),
    ],
)
def test_some_layers_recomputed_are_a_share_of_them(text, share):
    assert words.recompute_share(text) == share


def test_recomputing_a_quarter_of_the_layers_costs_and_saves_a_quarter(catalog):
    none, some, full = (
        one(catalog, gpu="MI325X", recompute=each) for each in ("none", "full, 8 of 32 layers", "full")
    )
    slower, saved = (
        (at(none) - at(some)) / (at(none) - at(full))
        for at in (lambda p: -p.step_seconds, lambda p: p.peak_memory_gb)
    )
    assert slower == pytest.approx(0.25, abs=0.05)
    assert saved == pytest.approx(0.25, abs=0.05)
    noted = one(catalog, gpu="MI325X", recompute="full", notes="recomputed: 8 of 32 layers")
    assert noted.tokens_per_s == some.tokens_per_s


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("pretrain", "full"),
        ("SFT", "full"),
        ("LoRA", "lora"),
        ("PEFT", "lora"),
        ("QLoRA sft", "qlora"),
        ("full (no LoRA)", "full"),
        ("DoRA", "lora"),
    ],
)
def test_what_is_trained_is_read(text, method):
    assert words.method(text) == method


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,024", 1024), ("4 096", 4096), ("8k", 8192), ("128K", 131072), ("2048", 2048), ("-", None)],
)
def test_sequences_are_read(text, value):
    assert words.number(text, "seq_len") == value


@given(st.integers(1, 10**12))
def test_thousands_may_be_apart(value):
    assert words.number(f"{value:,}", "n_gpus") == value


@pytest.mark.parametrize("text", ["1,02", "many", "-3", "0", "1e30", "8k"])
def test_other_numbers_are_refused(text):
    with pytest.raises(ValueError, match="n_gpus"):
        words.number(text, "n_gpus")


@pytest.mark.parametrize(
    ("label", "identifier"),
    [
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("8x NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"),
        ("NVIDIA A100 (80GB)", "a100-sxm-80gb"),
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
        ("AMD Instinct MI300X", "mi300x"),
        ("AWS Trainium2", "trainium2"),
        ("Google TPU v5p", "tpu-v5p"),
        ("tpu7x", "tpu-v7"),
        ("Huawei Ascend 910B", "ascend-910b"),
    ],
)
def test_accelerators_are_known_by_what_drivers_and_clouds_call_them(catalog, label, identifier):
    assert one(catalog, gpu=label) == one(catalog, gpu=identifier)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("meta-llama/Llama-3.1-8B", "Llama 3.1 8B"),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "Llama 3.1 8B"),
        ("mistralai/Mixtral-8x7B-v0.1", "Mixtral 8x7B"),
        ("Qwen/Qwen3-30B-A3B-Instruct-2507", "Qwen3-30B-A3B"),
        ("Qwen2-7B", "Qwen2.5 7B"),
        ("google/gemma-2-9b-it", "Gemma 2 9B"),
        ("deepseek-ai/DeepSeek-V3-Base", "DeepSeek-V3"),
    ],
)
def test_models_are_known_by_their_repositories(catalog, name, model):
    assert one(catalog, model=name) == one(catalog, model=model)


def test_a_smaller_sibling_is_not_taken_for_the_model(catalog):
    assert one(catalog, model="BLOOM-7B").tokens_per_s is None


@pytest.mark.parametrize(("network", "batch"), [("400", "256"), ("50", "64")])
def test_hybrid_sharding_gathers_within_a_node(catalog, network, batch):
    # It pays where weights are gathered often or slowly: each microbatch of a step, or over a slow network.
    shared = {"n_gpus": "64", "global_batch_seqs": batch, "network_gbit_s": network}
    wide, node = one(catalog, **shared), one(catalog, **shared, zero_or_fsdp="HSDP")
    assert node.tokens_per_s > wide.tokens_per_s
    assert node.peak_memory_gb > wide.peak_memory_gb


def test_a_slower_network_is_taken_from_the_row(catalog):
    usual = one(catalog, n_gpus="64", global_batch_seqs="64")
    assert one(catalog, n_gpus="64", global_batch_seqs="64", network_gbit_s="50").tokens_per_s < (
        0.9 * usual.tokens_per_s
    )
    assert one(catalog, n_gpus="64", global_batch_seqs="64", network_gbit_s="400") == usual


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("Fully Sharded Data Parallel", "zero3"),
        ("no FSDP", "none"),
        ("FSDP off", "none"),
        ("ZeRO-1 (no FSDP)", "zero1"),
        ("False", "none"),
        ("MiCS", "zero3"),
    ],
)
def test_what_is_denied_is_not_taken_for_said(text, stage):
    assert words.sharding(text)[0] == stage


def test_nodes_are_no_size_of_a_group():
    assert words.sharding("FSDP (8 nodes)") == ("zero3", None)
    assert words.sharding("FSDP (8)") == ("zero3", 8.0)


@pytest.mark.parametrize("name", ["ep", "n_experts", "vp"])
@pytest.mark.parametrize("text", ["0", "None", "null", "0.0"])
def test_nothing_may_be_written_as_zero_where_there_need_be_none(name, text):
    assert words.number(text, name) is None


def test_what_stands_in_brackets_after_a_number_is_no_part_of_it():
    assert words.number("16 (2 nodes)", "n_gpus") == 16


def test_a_vocabulary_may_be_given_in_thousands():
    assert words.number("128k", "vocab") == 128_000


@pytest.mark.parametrize("kind", ["inference", "GRPO", "rollout generation"])
def test_work_that_is_no_training_step_is_refused(kind):
    with pytest.raises(ValueError, match="only steps of training"):
        words.method(kind)


@pytest.mark.parametrize(
    ("text", "gated"),
    [
        ("", True),
        ("SwiGLU", True),
        ("GeGLU", True),
        ("gelu", False),
        ("GeLU (non-gated)", False),
        ("squared ReLU", False),
        ("mlp", False),
    ],
)
def test_gates_are_read(text, gated):
    assert words.gated(text) is gated


@pytest.mark.parametrize(
    ("label", "identifier"),
    [
        ("H100 80GB SXM5", "h100-sxm"),
        ("H100-80G", "h100-sxm"),
        ("DGX H100", "h100-sxm"),
        ("64 H100", "h100-sxm"),
        ("H100 x8", "h100-sxm"),
        ("NVIDIA H100 Tensor Core GPU", "h100-sxm"),
        ("H200 SXM5 141GB", "h200-sxm"),
        ("HGX B200", "b200"),
        ("TPU v6e (Trillium)", "tpu-v6e"),
        ("A100 40GB (p4d.24xlarge)", "a100-sxm-40gb"),
        ("MI300X OAM", "mi300x"),
        ("GB200 NVL72", "gb200"),
    ],
)
def test_accelerators_are_known_whatever_stands_beside_their_name(catalog, label, identifier):
    assert one(catalog, gpu=label) == one(catalog, gpu=identifier)


def test_another_memory_than_the_catalogues_is_refused(catalog):
    assert "has 80 GB" in one(catalog, gpu="H100 120GB").note


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024-06", 2024.458),
        ("20240615", 2024.458),
        ("2024/06", 2024.458),
        ("July 2024", 2024.5),
        ("24-06", None),
        ("", None),
    ],
)
def test_dates_are_read_as_they_are_written(text, year):
    assert year_of(text) == (year if year is None else pytest.approx(year, abs=0.001))


def test_hybrid_sharding_takes_as_many_servers_as_its_states_need(catalog):
    small = one(catalog, n_gpus="64", global_batch_seqs="256", zero_or_fsdp="HSDP", network_gbit_s="100")
    assert "hybrid sharding over 8 accelerators assumed" in small.note
    large = one(
        catalog,
        model="Qwen2.5 32B",
        n_gpus="1024",
        global_batch_seqs="1024",
        zero_or_fsdp="HSDP",
        recompute="",
    )
    assert "hybrid sharding over 8 accelerators" not in large.note
    assert "recompute none" in large.layout or "recompute selective" in large.layout
    held = one(catalog, n_gpus="64", global_batch_seqs="64", zero_or_fsdp="FSDP (8)")
    assert "hybrid" not in held.note


def test_a_row_of_maxtext_that_says_nothing_recomputes_layers_as_its_defaults_do(catalog):
    unsaid = dict.fromkeys(("tp", "pp", "cp", "zero_or_fsdp", "recompute", "micro_batch"), "")
    small = unsaid | {"gpu": "TPU v7", "n_gpus": "64", "framework": "MaxText", "global_batch_seqs": "256"}
    plain, repeated, kept = (one(catalog, **small | {"recompute": text}) for text in ("", "full", "none"))
    assert "zero3 recompute full" in plain.layout
    assert "recomputation not stated: full, as its framework's recipes do" in plain.note
    assert plain.tokens_per_s == repeated.tokens_per_s < kept.tokens_per_s
    stated = one(catalog, **small | {"zero_or_fsdp": "FSDP"})
    assert "recompute none" in stated.layout


def test_a_row_of_pax_recomputes_layers_unless_it_says_otherwise(catalog):
    row = {"gpu": "A100 80GB", "n_gpus": "64", "framework": "Pax (JAX)", "zero_or_fsdp": "FSDP"}
    assert "recompute full" in one(catalog, **row).layout
    assert "recompute selective" in one(catalog, **row, recompute="selective").layout


@pytest.mark.parametrize(
    ("text", "matrices"),
    [
        ("q_proj v_proj", {"query", "value"}),
        ("['q_proj', 'k_proj', 'v_proj', 'o_proj']", {"query", "key", "value", "output"}),
        ("attention", {"query", "key", "value", "output"}),
        ("linear_qkv,linear_proj", {"query", "key", "value", "output"}),
        ("query_key_value; dense", {"query", "key", "value", "output"}),
        ("gate_up_proj down_proj", {"up", "down"}),
        ("all-linear", {"query", "key", "value", "output", "up", "down"}),
        ("c_attn, c_proj, w1, w3", {"query", "key", "value", "output", "up", "down"}),
        ("kv_a_proj_with_mqa q_b_proj", {"query", "key", "value"}),
        ("q_proj and lm_head", {"query"}),
    ],
)
def test_modules_with_adapters_are_known_by_their_names(text, matrices):
    assert words.lora_targets(text) == matrices


def test_no_modules_named_are_none():
    assert words.lora_targets("") is None
    with pytest.raises(words.UnknownWordError, match="wibble is no module known"):
        words.lora_targets("q_proj wibble")


@pytest.mark.parametrize(
    ("gpu", "precision", "kind", "said"),
    [
        ("A100 80GB", "fp8", "", "A100 SXM4 80GB has none, bf16 is taken"),
        ("L40S", "nvfp4", "", "has none, fp8 is taken"),
        ("H100", "nvfp4", "lora", "has none, fp8 is taken"),
        ("H100", "fp8", "", ""),
        ("B200", "mxfp8", "", ""),
        ("H100", "int4", "lora", "weights are in 4 bits where kind is qlora alone"),
        ("H100", "4-bit", "sft", "weights are in 4 bits where kind is qlora alone"),
        ("H100", "nf4", "qlora", ""),
    ],
)
def test_a_number_format_that_is_not_computed_in_is_said(catalog, gpu, precision, kind, said):
    note = one(catalog, gpu=gpu, precision=precision, kind=kind).note
    assert said in note if said else "precision" not in note

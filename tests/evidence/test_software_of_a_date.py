"""What frameworks did until a date, and what their names and notes tell, each beside a published figure."""

from __future__ import annotations

import pytest

from isocost.catalog import load
from isocost.catalog.entries.frameworks import frameworks
from isocost.evidence.table import predict


@pytest.fixture(scope="module")
def catalog():
    return load()


def run(catalog, model, gpu, count, length, **changes):
    row = {"model": model, "gpu": gpu, "n_gpus": str(count), "seq_len": str(length), "kind": "sft"}
    row |= {"precision": "bf16", "recompute": "none", "micro_batch": "1", "zero_or_fsdp": "none"}
    return predict([row | changes], catalog)[0]


LITGPT = {"kind": "qlora", "lora_rank": "8", "lora_targets": "q_proj v_proj", "framework": "LitGPT"}


@pytest.mark.parametrize(("model", "measured"), [("Llama 2 7B", 14.14), ("Llama 2 13B", 23.14)])
def test_products_of_4_bit_weights_kept_their_inputs(catalog, model, measured):
    """LitGPT's tables of 2023-10; a third too low where they do not (bitsandbytes, pull request 1270)."""
    before = run(catalog, model, "A100-SXM4-40GB", 1, 1304, date="2023-10", **LITGPT)
    after = run(catalog, model, "A100-SXM4-40GB", 1, 1304, date="2026-01", **LITGPT)
    assert before.peak_memory_gb == pytest.approx(measured, rel=0.08)
    assert after.peak_memory_gb < 0.9 * measured


def test_quantised_inputs_are_of_qlora_and_of_bitsandbytes_alone(catalog):
    def peaks(**changes):
        stated = LITGPT | changes
        return [
            run(catalog, "Llama 2 7B", "A100-SXM4-80GB", 1, 2048, date=date, **stated).peak_memory_gb
            for date in ("2024-03", "2024-12")
        ]

    early, late = peaks(framework="HF Transformers + PEFT")
    assert early > 1.05 * late
    for changes in ({"kind": "lora"}, {"framework": "torchtune"}):
        early, late = peaks(**changes)
        assert early == late


def test_an_update_operator_by_operator_takes_a_third_of_a_short_step(catalog):
    """Llama 3.2 3B in full on one L40S, 4 x 210 tokens a step: 2,310 tokens/s (PEFT's method_comparison)."""
    stated = {"framework": "PEFT", "precision": "bf16-true", "micro_batch": "4", "global_batch_seqs": "4"}
    found = run(catalog, "Llama 3.2 3B", "L40S", 1, 210, date="2025-06", **stated)
    assert found.tokens_per_s == pytest.approx(2310, rel=0.12)
    trained = stated | {"framework": "HF TRL"}
    early, late = (
        run(catalog, "Llama 3.2 3B", "L40S", 1, 210, date=date, **trained) for date in ("2025-06", "2025-12")
    )
    assert early.tokens_per_s == pytest.approx(found.tokens_per_s, rel=0.02)
    assert late.tokens_per_s > 1.3 * early.tokens_per_s


def test_trl_computes_its_loss_in_chunks_by_default_since_the_middle_of_2026(catalog):
    """Qwen3-8B on 8 H100, a million tokens a sequence: 56.2 GB (github.com/huggingface/trl/pull/6845)."""
    stated = {"framework": "TRL", "zero_or_fsdp": "FSDP2", "recompute": "full, offload", "cp": "8"}
    early, late = (
        run(catalog, "Qwen3-8B", "H100 SXM", 8, 1048576, global_batch_seqs="1", date=date, **stated)
        for date in ("2026-05", "2026-08")
    )
    assert late.peak_memory_gb == pytest.approx(56.2, rel=0.1)
    assert early.peak_memory_gb > 3 * late.peak_memory_gb


def test_litgpt_runs_operator_by_operator(catalog):
    """TinyLlama 1.1B on one A100, four sequences at once: 18,300 tokens/s, 21,941 compiled (its README)."""
    habits = frameworks().habits
    assert habits("LitGPT").eager
    assert not habits("LitGPT + torch.compile").eager
    assert not habits("LitGPT + Thunder").eager
    eager, compiled = (
        run(
            catalog,
            "TinyLlama 1.1B",
            "A100-SXM4-40GB",
            1,
            2048,
            framework=framework,
            kind="pretrain",
            precision="bf16-true",
            micro_batch="4",
            global_batch_seqs="4",
            date="2024-05",
        ).tokens_per_s
        for framework in ("LitGPT", "LitGPT + compile")
    )
    assert eager == pytest.approx(18300, rel=0.16)
    assert compiled == pytest.approx(21941, rel=0.1)


def test_a_note_of_compilation_is_as_good_as_a_name(catalog):
    def speed(**changes):
        stated = {"recompute": "selective", "zero_or_fsdp": "FSDP2", "date": "2025-03"} | changes
        return run(catalog, "Llama 3.1 8B", "H100", 8, 8192, **stated).tokens_per_s

    named = speed(framework="torchtitan + compile")
    assert speed(framework="torchtitan", notes="compile") == named
    assert speed(framework="torchtitan", notes="no compile") == speed(framework="torchtitan") < named


def test_replicas_whose_gradients_are_not_shared_keep_them_in_buckets_too(catalog):
    """TinyLlama on 8 A100 beside one: 2.2 GB more of its 1.1e9 parameters' 16-bit gradients (LitGPT)."""
    stated = {"kind": "pretrain", "precision": "bf16-true", "micro_batch": "4", "date": "2024-05"}

    def held(framework, count):
        changes = stated | {"framework": framework, "global_batch_seqs": str(4 * count)}
        changes |= {"zero_or_fsdp": "DDP" if count > 1 else "none"}
        return run(catalog, "TinyLlama 1.1B", "A100-SXM4-40GB", count, 2048, **changes).peak_memory_gb

    assert held("LitGPT", 8) - held("LitGPT", 1) == pytest.approx(2.2, abs=0.1)
    assert held("Megatron-LM", 8) == held("Megatron-LM", 1)


def test_torchtitans_experts_wait_for_the_host_unless_something_captures_launches(catalog):
    """DeepSeek's 16B on 8 B200, experts over all: 20,654 tokens/s (pytorch/torchtitan, issue 1789)."""
    stated = {"kind": "pretrain", "ep": "8", "tp": "1", "pp": "1", "micro_batch": "4", "date": "2025-10"}
    stated |= {"zero_or_fsdp": "FSDP2", "global_batch_seqs": "32"}

    def speed(framework):
        return run(catalog, "DeepSeek-V2-Lite", "B200", 8, 4096, framework=framework, **stated).tokens_per_s

    assert speed("torchtitan") == pytest.approx(20654, rel=0.15)
    assert speed("torchtitan + CUDA graph") > 1.2 * speed("torchtitan")
    assert speed("torchtitan + DeepEP") > 1.2 * speed("torchtitan")


def test_paddle_splits_matrices_without_sequence_parallelism(catalog):
    """LLaMA 7B on 8 A100, TP2, ZeRO-1: 3,888 tokens/s (FlagPerf, llama1_7B-paddle)."""
    stated = {"framework": "PaddleNLP", "kind": "pretrain", "precision": "fp16", "tp": "2", "pp": "1"}
    stated |= {"zero_or_fsdp": "ZeRO-1", "micro_batch": "4", "global_batch_seqs": "2048", "date": "2023-10"}

    def speed(**changes):
        return run(catalog, "Llama 2 7B", "A100-SXM4-80GB", 8, 2048, **(stated | changes)).tokens_per_s

    assert speed() == pytest.approx(3888, rel=0.15)
    assert speed(seq_parallel="yes") > speed()


@pytest.mark.parametrize(("gpu", "faster"), [("RTX 4090", True), ("A6000", False)])
def test_products_at_half_rate_are_as_fast_under_any_software(catalog, gpu, faster):
    """Llama 3.1 8B with adapters on one RTX 4090: 3,083 tokens/s (torchtune)."""
    stated = {"kind": "lora", "micro_batch": "2", "recompute": "full", "framework": "torchtune + compile"}
    stated |= {"date": "2025-02", "global_batch_seqs": "16"}
    found = {
        stack: run(catalog, "Llama 3.1 8B", gpu, 1, 2048, stack=stack, **stated).step_seconds
        for stack in ("open", "vendor")
    }
    # The rest of the difference is what fused kernels save between the products.
    assert (found["open"] / found["vendor"] < 1.07) == faster


def test_litgpt_widens_its_logits(catalog):
    """TinyLlama on one A100: 29.8 GB, 22.2 compiled; each of 8,192 x 32,000 logits takes 8 bytes, not 2."""
    stated = {"kind": "pretrain", "precision": "bf16-true", "micro_batch": "4", "date": "2024-05"}

    def held(model, framework):
        found = run(catalog, model, "A100-SXM4-40GB", 1, 2048, framework=framework, **stated)
        return found.peak_memory_gb

    assert held("TinyLlama 1.1B", "LitGPT") == pytest.approx(29.84, rel=0.12)
    assert held("TinyLlama 1.1B", "LitGPT + compile") == pytest.approx(22.19, rel=0.1)


def test_transformers_recomputed_layers_to_their_end_until_2026(catalog):
    """Its checkpoints were reentrant (pull request 43203); those of PyTorch's FSDP never were."""

    def faster(recompute="full", **changes):
        stated = {"micro_batch": "8", "global_batch_seqs": "8", "recompute": recompute} | changes
        early, late = (
            run(catalog, "Llama 3.1 8B", "H200", 1, 4096, date=date, **stated).tokens_per_s
            for date in ("2025-12", "2026-02")
        )
        return late / early

    assert 1.03 < faster(framework="TRL") < 1.07
    assert faster("none", framework="TRL") == pytest.approx(1.0, abs=0.01)
    for framework in ("TRL + FSDP", "LLaMA-Factory", "Megatron-LM"):
        assert faster(framework=framework) == pytest.approx(1.0, abs=0.01)


def test_a_compiler_drops_what_no_gradient_needs():
    """XLA's recomputation is cut as PyTorch's is, Megatron-LM's and DeepSpeed's run a layer to its end."""
    habits = frameworks().habits
    assert habits("MaxText (JAX)").stops_early
    assert habits("Megatron-LM").stops_early is habits("DeepSpeed").stops_early is False
    assert habits("torchtitan").stops_early is habits("PyTorch FSDP + Transformers").stops_early is None


def test_notes_tell_of_power(catalog):
    """Llama 3.1 8B on 8 B200 of 750 W: 8,308 tokens/s (torchao's MX formats)."""
    stated = {"framework": "torchtitan + compile", "recompute": "selective", "zero_or_fsdp": "FSDP2"}
    stated |= {"date": "2025-08", "global_batch_seqs": "8", "kind": "pretrain"}
    rated, held, denied = (
        run(catalog, "Llama 3.1 8B", "B200", 8, 8192, notes=notes, **stated).tokens_per_s
        for notes in ("", "power-limited B200", "not power-limited")
    )
    assert 0.82 < held / rated < 0.9
    assert denied == rated


def test_flagscale_hides_no_traffic_unless_told_to(catalog):
    """Llama 2 70B on 32 H800, TP8 PP4: 642 tokens/s (FlagPerf, llama2_70B-flagscale)."""
    stated = {"kind": "pretrain", "tp": "8", "pp": "4", "global_batch_seqs": "44", "date": "2024-03"}
    found, hidden = (
        run(catalog, "Llama 2 70B", "H800", 32, 4096, framework=framework, **stated).tokens_per_s
        for framework in ("FlagScale (Megatron)", "FlagScale (Megatron), tp_comm_overlap, overlapped")
    )
    assert found == pytest.approx(642, rel=0.1)
    assert hidden > 1.15 * found


TITAN = {"zero_or_fsdp": "FSDP2", "kind": "pretrain", "framework": "torchtitan + compile", "tp": "1"}


@pytest.mark.parametrize(
    ("part", "date", "seconds"),
    [
        ("H100-SXM-80GB", "2025-03", 4.7),
        ("A100-SXM4-80GB", "2025-03", 9.7),
        ("RTX PRO 6000", "2025-10", 10.9),
    ],
)
def test_attention_of_a_padded_batch_computes_what_its_mask_hides(catalog, part, date, seconds):
    """Llama 3.1 8B, two sequences of 8,192 (github.com/ljm565/universal-llm-trainer, docs/gpu_test.md)."""
    stated = {"framework": "Transformers", "date": date, "micro_batch": "2", "global_batch_seqs": "2"}
    stated |= {"recompute": "full", "optimizer": "adamw_bf16"}
    masked, plain = (
        run(catalog, "Llama 3.1 8B", part, 1, 8192, attention_kernel=kernel, **stated).step_seconds
        for kernel in ("memory-efficient, padding mask", "flash")
    )
    assert masked == pytest.approx(seconds, rel=0.2)
    assert plain < 0.75 * masked


@pytest.mark.parametrize(("precision", "measured"), [("bf16", 21919), ("mxfp8", 28084), ("nvfp4", 30040)])
def test_nvfp4_leaves_its_last_layers_in_16_bits(catalog, precision, measured):
    """Llama 3.1 8B on four GB200 (torchtitan's components/quantization/nvfp4.md)."""
    stated = TITAN | {"date": "2026-06", "micro_batch": "32", "global_batch_seqs": "128"}
    stated |= {"precision": precision, "recompute": "selective"}
    found = run(catalog, "Llama 3.1 8B", "GB200", 4, 2048, **stated)
    assert found.tokens_per_s == pytest.approx(measured, rel=0.2)


def test_tokens_sorted_operator_by_operator_wait_longer_for_their_experts(catalog):
    """Qwen3-30B-A3B on eight B200: 14,796 tokens/s with DeepEP, 9,930 without (torchtitan, pull 2078)."""
    stated = TITAN | {"date": "2025-11", "micro_batch": "8", "global_batch_seqs": "64", "ep": "8"}
    kernels, plain = (
        run(catalog, "Qwen3-30B-A3B", "B200", 8, 4096, **stated | {"recompute": "full", "framework": name})
        for name in ("torchtitan + compile + DeepEP", "torchtitan + compile")
    )
    assert kernels.tokens_per_s == pytest.approx(14796, rel=0.1)
    assert plain.tokens_per_s < 0.9 * kernels.tokens_per_s


def test_operators_run_one_by_one_pass_memory_as_often_as_they_are(catalog):
    """Llama 2 7B by Accelerate on four A100: 3,159 tokens/s (its FSDP concept guide, 2024-06)."""
    stated = {"zero_or_fsdp": "FSDP", "date": "2024-06", "micro_batch": "8", "global_batch_seqs": "32"}
    eager, fused = (
        run(
            catalog,
            "Llama 2 7B",
            "A100-SXM4-80GB",
            4,
            4096,
            **stated | {"recompute": "full", "framework": name},
        )
        for name in ("HF Transformers + Accelerate", "HF Transformers + Accelerate + Liger")
    )
    assert eager.tokens_per_s == pytest.approx(3159, rel=0.08)
    assert fused.tokens_per_s > 1.05 * eager.tokens_per_s


def test_selective_recomputation_of_pytorch_repeats_experts(catalog):
    """Qwen3-30B-A3B on eight B200 by torchtitan: 19,500 tokens/s in 152 GB (mlc-ai/pith-train, issue 79)."""
    stated = TITAN | {"date": "2026-07", "micro_batch": "8", "global_batch_seqs": "64", "ep": "1"}
    kept, repeated = (
        run(catalog, "Qwen3-30B-A3B", "B200", 8, 8192, **stated | {"recompute": mode})
        for mode in ("selective", "full")
    )
    assert kept.tokens_per_s == pytest.approx(19500, rel=0.1)
    assert kept.peak_memory_gb == pytest.approx(152, rel=0.3)
    assert repeated.tokens_per_s < kept.tokens_per_s
    assert repeated.peak_memory_gb < kept.peak_memory_gb

"""Megatron-LM: a line of torchrun."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.language import tr
from isocost.report.launch.body import WIDEST, Body, divisions
from isocost.report.launch.wanted import Wanted


def megatron(run: Wanted) -> Body:
    """A line of torchrun for pretrain_gpt.py."""
    groups = [
        [f"--nproc-per-node {run.per_node}", f"--nnodes {run.nodes}", "pretrain_gpt.py"],
        _megatron_layout(run),
        _megatron_model(run) if run.exact else [],
        [
            f"--micro-batch-size {run.microbatch}", f"--global-batch-size {run.batch}",
            f"--seq-length {run.sequence}", f"--max-position-embeddings {run.sequence}",
            *([] if run.tokens is None else [f"--train-samples {max(round(run.tokens / run.sequence), 1)}"]),
        ],
        _megatron_numbers(run),
        _megatron_states(run),
        _megatron_recompute(run),
    ]  # fmt: skip
    lines = " \\\n  ".join(line for group in groups for line in _wrapped(group))
    assumed = [tr("the tokenizer, data, learning rate and checkpoints are yours to add")]
    if not run.exact:
        assumed.append(
            tr("the plan has the model's size alone: its shape is yours to add (--num-layers and so on)")
        )
    if run.shape.attention == "hybrid" or run.shape.state_width:
        assumed.append(tr("the hybrid's layer pattern is yours to add (--hybrid-layer-pattern)"))
    if run.tuning is not None and run.tuning.method != "full":
        assumed.append(
            tr("adapters ({method}) are Megatron-Bridge's, not pretrain_gpt.py's", method=run.tuning.method)
        )
    assumed += divisions(run, "--decoder-first-pipeline-num-layers")
    first = "export CUDA_DEVICE_MAX_CONNECTIONS=1" if _wants_one_queue(run) else None
    body = f"torchrun {lines}"
    if first:
        assumed.append("CUDA_DEVICE_MAX_CONNECTIONS=1 is for Hopper and before")
        body = f"{first}\n{body}"
    return Body("launch.sh", body, tuple(assumed), "#!/bin/bash")


def _wrapped(flags: Sequence[str]) -> list[str]:
    """Flags in lines that fit a page."""
    lines: list[str] = []
    for flag in flags:
        if lines and len(lines[-1]) + len(flag) < WIDEST:
            lines[-1] += f" {flag}"
        else:
            lines.append(flag)
    return lines


def _wants_one_queue(run: Wanted) -> bool:
    return (run.tp > 1 or run.cp > 1) and run.sharding not in ("zero2", "zero3")


def _megatron_layout(run: Wanted) -> list[str]:
    flags = [f"--tensor-model-parallel-size {run.tp}", f"--pipeline-model-parallel-size {run.pp}"]
    if run.pp > 1 and run.vp > 1:
        flags.append(f"--num-virtual-stages-per-pipeline-rank {run.vp}")
    flags.append(f"--context-parallel-size {run.cp}")
    if run.tp > 1:
        flags.append("--sequence-parallel")
    if run.shape.is_moe:
        flags += [f"--expert-model-parallel-size {run.ep}", "--expert-tensor-parallel-size 1"]
        flags += ["--moe-token-dispatcher-type alltoall", "--moe-grouped-gemm"]
    return flags


def _megatron_model(run: Wanted) -> list[str]:
    shape = run.shape
    flags = [f"--num-layers {shape.layers:.0f}", f"--hidden-size {shape.hidden:.0f}"]
    flags += [f"--num-attention-heads {shape.heads:.0f}", f"--ffn-hidden-size {shape.ffn:.0f}"]
    if shape.attention == "mla":
        flags += ["--multi-latent-attention", f"--kv-lora-rank {shape.kv_lora_rank:.0f}"]
        flags += [f"--q-lora-rank {shape.q_lora_rank:.0f}"] if shape.q_lora_rank else []
        flags += [f"--qk-head-dim {shape.qk_nope_dim:.0f}", f"--qk-pos-emb-head-dim {shape.qk_rope_dim:.0f}"]
        flags.append(f"--v-head-dim {shape.v_head_dim:.0f}")
    else:
        flags.append(f"--kv-channels {shape.head_dim:.0f}")
        if shape.kv_heads < shape.heads:
            flags += ["--group-query-attention", f"--num-query-groups {shape.kv_heads:.0f}"]
    flags += ["--swiglu"] if shape.gated else []
    flags += ["--normalization RMSNorm", "--disable-bias-linear"]
    flags.append("--position-embedding-type " + ("learned_absolute" if shape.learned_positions else "rope"))
    flags += [] if round(shape.tied_embeddings) else ["--untie-embeddings-and-output-weights"]
    flags.append(f"--vocab-size {shape.vocabulary:.0f}")
    if shape.is_moe:
        flags += [f"--num-experts {shape.experts:.0f}", f"--moe-router-topk {shape.top_k:.0f}"]
        flags.append(f"--moe-ffn-hidden-size {shape.expert_ffn:.0f}")
        dense = round(shape.layers - shape.moe_layers)
        if dense > 0:
            flags.append(f"--moe-layer-freq '([0]*{dense}+[1]*{shape.moe_layers:.0f})'")
        if shape.shared_experts:
            flags.append(
                f"--moe-shared-expert-intermediate-size {shape.shared_experts * shape.expert_ffn:.0f}"
            )
    return flags


def _megatron_numbers(run: Wanted) -> list[str]:
    return {
        "fp32": [],
        "fp16": ["--fp16"],
        "fp8": ["--bf16", "--fp8-format hybrid", "--fp8-recipe tensorwise"],
        "mxfp8": ["--bf16", "--fp8-format e4m3", "--fp8-recipe mxfp8"],
        "nvfp4": ["--bf16", "--fp4-format e2m1", "--fp4-recipe nvfp4"],
    }.get(run.precision, ["--bf16"])


def _megatron_states(run: Wanted) -> list[str]:
    if run.sharding in ("zero2", "zero3"):
        strategy = "optim_grads" if run.sharding == "zero2" else "optim_grads_params"
        flags = ["--use-megatron-fsdp", "--use-distributed-optimizer"]
        flags += [f"--data-parallel-sharding-strategy {strategy}", "--ckpt-format fsdp_dtensor"]
    elif run.sharding == "zero1":
        flags = ["--use-distributed-optimizer", "--overlap-grad-reduce", "--overlap-param-gather"]
    else:
        flags = ["--overlap-grad-reduce"]
    if run.offload == "optimizer":
        flags += ["--optimizer-cpu-offload", "--use-precision-aware-optimizer"]
    return flags


def _megatron_recompute(run: Wanted) -> list[str]:
    if run.recompute == "full":
        return ["--recompute-granularity full", "--recompute-method uniform", "--recompute-num-layers 1"]
    if run.recompute == "selective":
        return ["--recompute-granularity selective", "--recompute-modules core_attn"]
    return []

"""Fit the step-time model's constants to the measured runs and record how far off it is on runs left out.

Run with ``make calibrate``; deterministic. Writes resources/efficiency.yaml and accuracy.yaml.

Method: least squares on the logarithm of predicted over measured tokens per second, with a soft-L1 loss (a
few broken runs must not pull), every source weighing alike whatever its number of rows (three large trusted
sources weigh twice, research grids and single snapshots a quarter or less), and each constant drawn weakly
to a physical prior. Constants marked ``assumed`` come from measurements of the part alone (best measured
matmul, link tests) and are not fitted. No constant belongs to a model, a source or a row.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from ranges import UNMEASURED, UNSTATED, Residuals, coverage, residuals, shared_of, spreads_of
from scipy.optimize import least_squares

from isocost.catalog.catalog import Catalog, load
from isocost.catalog.constants.physics.efficiency import efficiency_of
from isocost.catalog.entries.measured_training import held_out_runs, measured_runs
from isocost.engine.arrays import take_rows
from isocost.engine.training.constants import Efficiency
from isocost.evidence.accuracy import macro_average, score_sources
from isocost.evidence.predict import fastest, step_seconds
from isocost.evidence.rows.completion import Batch, complete
from isocost.evidence.rows.measured_rows import RunSpec, run_spec

RESOURCES = Path(__file__).resolve().parent.parent / "resources"

SCALE = 0.06
"""Error (log) from which the loss grows linearly."""
PRIOR = 0.5
"""Weight of one prior standard deviation against one weighted row."""
LARGE = ("llm-foundry", "Megatron-Bridge", "NVIDIA dgxc-benchmarking")
LARGE_WEIGHT, TRUSTED_WEIGHT, RANK_WEIGHT, CHECK_WEIGHT = 16.0, 8.0, 2.0, 0.3
GRID = "Ultra-Scale Playbook (Nanotron)"
GRID_WEIGHT = 8.0


@dataclass(frozen=True)
class Parameter:
    """One constant: where it goes, what it was expected to be, and how firmly (0 = assumed, not fitted)."""

    paths: tuple[str, ...]
    prior: float
    width: float
    unit: str
    rows: str
    upper: float = math.inf
    doubt: float = 0.02
    """Standard error of the logarithm of what is assumed."""


def _shares(architecture: str, formats: str) -> tuple[str, ...]:
    return tuple(f"matmul.{architecture}.{name}" for name in formats.split())


MATMUL = "share of the dense peak, very large matmul"
ATTENTION = "share of the 16-bit dense peak, forward"
MASKED = "times the peak of 32-bit arithmetic, forward"
MEASURED = "best measured matmul of the part (ml-engineering, 2026-08), not fitted"
MEASURED_PARTS = "best matmul of the part (github.com/zzc0721/torch-performance-test-data, 2026), not fitted"
PARTS = (
    ("rtx3090", 1.08, "76.6 TFLOPS"),
    ("rtx4090", 0.98, "162 TFLOPS"),
    ("rtx5090", 1.13, "237 TFLOPS"),
    ("rtx5080", 0.91, "103 TFLOPS"),
    ("rtxpro6000", 0.82, "415 TFLOPS"),
    ("rtxpro6000-server", 0.83, "417 TFLOPS"),
    ("a6000", 0.797, "123 TFLOPS"),
    ("a40", 0.817, "122 TFLOPS"),
    ("a10g", 0.99, "69.5 TFLOPS"),
    ("l4", 0.48, "58 TFLOPS, 72 W"),
)
POWER_LIMITED = (
    "0.86 of the 700 W part's: 1,126 and 1,305 TFLOPS of one product in PyTorch's FP8 "
    "(github.com/pytorch/FBGEMM/pull/2546, pytorch/pytorch/issues/143465), not fitted"
)
OWN_PRODUCTS = (
    "956 TFLOPS of 1,153.5 on each of a chip's two devices: Google's own "
    "(github.com/AI-Hypercomputer/accelerator-microbenchmarks, Ironwood), not fitted"
)
SHARED_POWER = (
    "0.92 of the 700 W part's: of the superchip's 680 W some 580 are left to the GPU, and 500 W make 0.86 of "
    "it, not fitted"
)
STARVED = (
    "a seventh of H100's products a second beside the same memory: whole runs reach 0.75-0.84, not fitted"
)
INDEPENDENT = "990 TFLOPS: large products without AMD's tuning (SemiAnalysis, 2024-12), not fitted"
UNTUNED = "45 % of the peak in FP8 and BF16 without AMD's tuning (arXiv 2510.27583), not fitted"
"""Parts without runs in the fit whose matmuls are measured to differ from their architecture's."""
VENDOR_MEASURED = "max-achievable FLOPs on random data (rocm.blogs.amd.com, 2025-02), not fitted"
MEASURED_SHARES = (
    ("CDNA2.bf16", 0.768, f"MI250X 147 TFLOPS a die: {MEASURED}"),
    ("CDNA4.bf16", 0.626, f"MI355X 1,565 TFLOPS: {MEASURED}"),
    ("mi300x.bf16", 0.541, f"708 TFLOPS: {VENDOR_MEASURED}"),
    ("mi300x.fp8", 0.487, f"1,273 TFLOPS: {VENDOR_MEASURED}"),
    ("mi325x.bf16", 0.645, f"843 TFLOPS: {VENDOR_MEASURED}"),
    ("mi325x.fp8", 0.581, f"1,519 TFLOPS: {VENDOR_MEASURED}"),
    ("gaudi2.bf16", 0.969, f"418.7 TFLOPS: {MEASURED}"),
    ("gaudi2.fp8", 0.955, f"826.5 TFLOPS: {MEASURED}"),
    ("gaudi3.bf16", 0.741, f"1,243 TFLOPS: {MEASURED}"),
    ("gaudi3.fp8", 0.769, f"1,289.5 TFLOPS: {MEASURED}"),
    ("mi300x-open.bf16", 0.45, UNTUNED),
    ("mi300x-open.fp8", 0.379, INDEPENDENT),
    *((f"{part}.{kind}", 0.95, STARVED) for part in ("h20", "h20-141gb") for kind in ("bf16", "fp8")),
    ("gh200-quad.bf16", 0.738, SHARED_POWER),
    ("gh200-quad.fp8", 0.675, SHARED_POWER),
    ("tpu-v7.bf16", 0.829, OWN_PRODUCTS),
    ("h100-sxm-96gb-500w.bf16", 0.693, POWER_LIMITED),
    ("h100-sxm-96gb-500w.fp8", 0.633, POWER_LIMITED),
)
"""Architectures and parts other than NVIDIA's of which the best matmul is published by itself."""
EXPONENTIALS_HIDDEN = (
    *("rtx4090", "rtx4090d", "rtx4080super", "rtx4080", "rtx4070tisuper", "rtx4070ti", "rtx4070super"),
    *("rtx4070", "rtx4060ti", "l40", "l20", "rtx5090", "rtx5080", "rtx5070ti", "rtx5070", "rtx5060ti"),
    *("h20", "h20-141gb"),
)
"""Parts whose products are so slow that attention's exponentials hide behind them."""
AMPERE_INSTRUCTIONS = (
    *("rtxpro6000", "rtxpro6000-server", "rtxpro6000-maxq", "rtxpro5000", "rtxpro4500", "gb10"),
)
"""Blackwell parts without the instructions of B200: FlashAttention-2's, Ampere's, are their own
(github.com/Dao-AILab/flash-attention/pull/2634)."""
PARAMETERS = (
    Parameter(_shares("Ampere", "bf16 tf32"), 0.869, 0.0, MATMUL, MEASURED),
    Parameter(_shares("Hopper", "bf16 tf32"), 0.803, 0.0, MATMUL, MEASURED),
    Parameter(_shares("Hopper", "fp8 mxfp8"), 0.734, 0.0, MATMUL, MEASURED),
    Parameter(_shares("Blackwell", "bf16 tf32"), 0.74, 0.04, MATMUL, "B200 and GB200 runs in BF16", 0.776),
    Parameter(_shares("Blackwell", "fp8 mxfp8"), 0.73, 0.05, MATMUL, "B200 and GB200 runs in FP8", 0.763),
    Parameter(
        (*_shares("Blackwell", "fp4"), *_shares("Blackwell Ultra", "fp4")), 0.5, 0.2, MATMUL, "runs in NVFP4"
    ),
    Parameter(_shares("Blackwell Ultra", "bf16 tf32"), 0.786, 0.0, MATMUL, MEASURED),
    Parameter(_shares("Blackwell Ultra", "fp8 mxfp8"), 0.763, 0.0, MATMUL, "as B200: " + MEASURED),
    Parameter(
        _shares("Ada", "bf16 tf32 fp8 mxfp8"), 0.77, 0.0, MATMUL, "between Ampere and Hopper; L40S runs agree"
    ),
    Parameter(
        _shares("CDNA3", "bf16 tf32 fp8 mxfp8"), 0.54, 0.0, MATMUL, "MI300X 0.51, MI325X 0.60: " + MEASURED
    ),
    Parameter(
        _shares("Gaudi", "bf16 tf32 fp8 mxfp8"), 0.9, 0.0, MATMUL, "Gaudi2 0.97, Gaudi3 0.74: " + MEASURED
    ),
    Parameter(
        _shares("TPU", "bf16 tf32 fp8 mxfp8"), 0.95, 0.0, MATMUL, "MaxText reaches 0.8 with recomputation"
    ),
    *(
        Parameter((f"matmul.{part}.bf16",), share, 0.0, MATMUL, f"{measured}: {MEASURED_PARTS}")
        for part, share, measured in PARTS
    ),
    *(Parameter((f"matmul.{name}",), share, 0.0, MATMUL, where) for name, share, where in MEASURED_SHARES),
    Parameter(
        tuple(f"matmul.NeuronCore-v{n}.bf16" for n in (2, 3, 4)),
        0.47,
        0.0,
        MATMUL,
        "no matmul is published: the middle, by ratio, of the 0.9 of kernels written by hand (AWS Neuron's "
        "guide) and the 0.2-0.3 of whole models",
        doubt=0.3,
    ),
    Parameter(("matmul_stack.vendor",), 1.0, 0.0, "factor", "the reference"),
    Parameter(
        ("matmul_stack.open", "matmul_stack.research"),
        0.95,
        0.05,
        "factor",
        "llm-foundry and the Nanotron grid against vendor runs",
        1.0,
    ),
    Parameter(
        tuple(f"attention.{part}" for part in ("Ampere", *AMPERE_INSTRUCTIONS)),
        0.6,
        0.15,
        ATTENTION,
        "llm-foundry long sequences on A100",
    ),
    Parameter(("attention.Hopper", "attention.Ada"), 0.6, 0.15, ATTENTION, "H100 and H200 runs", 0.8),
    Parameter(("attention.Blackwell",), 0.6, 0.15, ATTENTION, "B200 and GB200 runs", 0.8),
    Parameter(
        ("attention.Blackwell Ultra",),
        0.85,
        0.0,
        ATTENTION,
        "twice the exponentials of Blackwell; earlier fits stopped at this bound",
        doubt=0.15,
    ),
    Parameter(("attention.CDNA3",), 0.4, 0.0, ATTENTION, "half of Hopper's, as for matmuls"),
    Parameter(("attention.Gaudi", "attention.TPU"), 0.5, 0.0, ATTENTION, "no runs tell it apart"),
    Parameter(
        tuple(f"attention.{part}" for part in EXPONENTIALS_HIDDEN),
        0.98,
        0.0,
        ATTENTION,
        "half-rate products hide the exponentials; 340 TOPS over 2.1 (arXiv 2410.02367), 1,038 over 5 "
        "(2505.11594)",
    ),
    Parameter(
        ("attention_backward",), 0.85, 0.0, "backward rate over forward", "FlashAttention-2 and 3 papers"
    ),
    Parameter(
        ("attention_early.vendor",),
        0.8,
        0.15,
        "factor before mid-2024",
        "NeMo 24.03-24.07, MLPerf v3-v4",
        1.0,
    ),
    Parameter(
        ("attention_early.open", "attention_early.research"),
        0.6,
        0.2,
        "factor before mid-2024",
        "llm-foundry",
        1.0,
    ),
    Parameter(
        tuple(f"head_overhead.{part}" for part in ("Ampere", "Ada", *AMPERE_INSTRUCTIONS)),
        18.0,
        0.0,
        "columns",
        "exponentials against products",
    ),
    Parameter(
        ("head_overhead.Hopper", "head_overhead.CDNA3", "head_overhead.Blackwell Ultra"),
        30.0,
        0.0,
        "columns",
        "exponentials against products (arXiv 2407.08608)",
    ),
    Parameter(
        ("head_overhead.Blackwell",), 60.0, 0.0, "columns", "twice the products of Hopper, same exponentials"
    ),
    Parameter(("head_overhead.TPU", "head_overhead.Gaudi"), 20.0, 0.0, "columns", "assumed"),
    Parameter(
        ("attention_fa2.Hopper",),
        0.6,
        0.0,
        "factor",
        "FlashAttention-2 against kernels of the architecture (arXiv 2407.08608, figures 5 and 6: 1.5-2.0 "
        "times forward, a quarter of the work, 1.5-1.75 backward)",
        doubt=0.1,
    ),
    Parameter(
        ("attention_fa2.Blackwell",),
        0.28,
        0.0,
        "factor",
        "0.20 of the 16-bit peak forward and 0.16 backward, over 0.71 and 0.60: it has no instructions of "
        "the architecture",
        doubt=0.2,
    ),
    Parameter(("attention_fa2.Blackwell Ultra",), 0.235, 0.0, "factor", "as Blackwell", doubt=0.2),
    Parameter(
        ("attention_fa2.CDNA3-open",),
        0.35,
        0.0,
        "factor",
        "Triton kernels against AMD's own: 0.7 forward (midiareshadi.github.io/blog/attn-dsl-bench), "
        "0.3 backward, where it reaches 24 % of the best (arXiv 2511.08083), by their time",
        doubt=0.2,
    ),
    Parameter(
        ("attention_masked.Hopper",),
        1.94,
        0.0,
        MASKED,
        "memory-efficient attention under a mask, heads of 64: 92 TFLOPS forward and 94 backward on H100 "
        "(github.com/pytorch/pytorch/pull/137036, sliding_window)",
        doubt=0.1,
    ),
    Parameter(
        ("attention_masked.Ampere",),
        3.7,
        0.0,
        MASKED,
        "the same without a mask, 103 TFLOPS forward on A100 "
        "(github.com/facebookresearch/xformers/issues/712), less what a mask takes on H100: 0.66 of it "
        "forward, 0.9 backward; half as many 32-bit lanes as H100",
        doubt=0.2,
    ),
    Parameter(
        ("attention_masked.narrow",),
        0.44,
        0.0,
        MASKED,
        "the same, 31 TFLOPS forward and 12 backward on RTX 3090 "
        "(github.com/Dao-AILab/flash-attention/issues/416)",
        doubt=0.2,
    ),
    Parameter(("batched_matmul",), 0.3, 0.2, "share of the 16-bit dense peak", "runs before FlashAttention"),
    Parameter(("grouped",), 0.95, 0.0, "factor on the matmul share", "grouped kernels of 2025-26"),
    Parameter(("memory",), 0.88, 0.0, "share of memory bandwidth", "STREAM-like tests reach 0.85-0.93"),
    Parameter(("elementwise.vendor",), 1.0, 0.2, "times the fused traffic", "all vendor runs"),
    Parameter(("elementwise.open",), 1.3, 0.3, "times the fused traffic", "llm-foundry"),
    Parameter(
        ("elementwise.research",), 2.5, 0.0, "times the fused traffic", "unfused activations and norms"
    ),
    Parameter(
        ("elementwise.eager",),
        3.7,
        0.0,
        "times the fused traffic",
        "counted in transformers/models/llama/modeling_llama.py for Llama 3.1 8B: forward and backward a "
        "norm is 6 and 13 operators in 32 bits of 36 and 84 bytes an element, a rotation 20 and 30, a gate "
        "10 and 18",
        doubt=0.15,
    ),
    Parameter(("host.vendor",), 3e-4, 0.0, "s per layer and forward pass", "graphs replay most launches"),
    Parameter(("host.open",), 4e-4, 0.0, "s per layer and forward pass", "about 40 launches of 10 us"),
    Parameter(
        ("host.eager",),
        7.7e-4,
        0.0,
        "s per layer and forward pass",
        "Transformers writing one token at a time: 0.76 to 0.78 ms a layer of Qwen's 1.8B, 7B and 14B alike "
        "(A100, its README)",
        doubt=0.3,
    ),
    Parameter(
        ("adapter_host",),
        1.3e-4,
        0.0,
        "s per adapted matrix and forward pass",
        "six operators of PEFT; 4.7 to 5.2 ms a layer of 256 tokens with adapters of five matrices, "
        "recomputed (Qwen's 1.8B, 7B and 14B, A100, its README)",
        doubt=0.3,
    ),
    Parameter(
        ("host_pace.Da Vinci",),
        2.5,
        0.0,
        "times the seconds of a launch",
        "torch_npu: Transformers writing Llama 2 7B take 1.8 to 2.0 ms a layer for one token and for four at "
        "once (hwcomputing.csdn.net/695f56f10846ec2c4c5ad0fb.html), over 0.77 on A100",
        doubt=0.3,
    ),
    Parameter(("host.research",), 1.5e-3, 0.4, "s per layer and forward pass", "Nanotron grid, microbatch 1"),
    Parameter(
        ("pipelined_host",),
        0.55,
        0.0,
        "share of host.research per TP rank",
        "Nanotron grid, microbatch 1: 4.6 ms a layer; 10, 15, 25 in pipelines across nodes at TP 2, 4, 8",
    ),
    Parameter(("step_overhead.vendor",), 0.005, 0.7, "s per step", "MLPerf fine-tuning steps"),
    Parameter(("step_overhead.open", "step_overhead.research"), 0.006, 0.0, "s per step", "as vendor"),
    Parameter(("cast_bytes.vendor",), 4.0, 0.3, "bytes per operand element", "8-bit runs"),
    Parameter(
        ("cast_bytes.open", "cast_bytes.research"),
        6.0,
        0.0,
        "bytes per operand element",
        "4-8 by kernels of their own (github.com/pytorch/ao, testing/training/roofline_utils.py)",
        doubt=0.3,
    ),
    Parameter(
        ("block_casts.vendor",), 0.3, 0.0, "extra share for block scales", "MXFP8 beside per-tensor FP8"
    ),
    Parameter(
        ("block_casts.open", "block_casts.research"),
        0.54,
        0.0,
        "extra share for block scales",
        "casts along rows at 5.5, along columns at 3.9 TB/s of B200's 8, where others have 0.88 of it "
        "(torchao/prototype/mx_formats/README.md)",
        doubt=0.2,
    ),
    Parameter(
        ("row_casts",),
        1.0 / 3.0,
        0.0,
        "extra share for scales of rows and columns",
        "8 bytes against 6 (torchao/testing/training/roofline_utils.py)",
    ),
    Parameter(
        ("row_products",),
        0.9,
        0.0,
        "factor",
        "CUTLASS's against cuBLAS's: most shapes 0.9-1.0, a tail down to 0.5 "
        "(github.com/pytorch/pytorch/issues/147971)",
        doubt=0.1,
    ),
    Parameter(("dequantise",), 10.0, 0.0, "bytes per weight and pass", "LitGPT 8-10, torchtune 4-14"),
    Parameter(
        ("inside.fabric",), 0.75, 0.0, "share of link bandwidth", "NCCL rings 0.78-0.82, less in small calls"
    ),
    Parameter(("inside.pcie",), 0.4, 0.0, "share of link bandwidth", "shared host bridges; L40S runs agree"),
    Parameter(
        ("outside.vendor", "outside.open"), 0.9, 0.0, "share of network bandwidth", "NCCL tests, large calls"
    ),
    Parameter(
        ("outside.research",), 0.4, 0.4, "share of network bandwidth", "Nanotron grid across nodes", 0.9
    ),
    Parameter(("rails",), 0.6, 0.3, "exponent", "groups across nodes", 1.0),
    Parameter(("inside_latency",), 8e-6, 0.0, "s per doubling", "NCCL 1 MiB test on one node"),
    Parameter(
        ("outside_latency.vendor", "outside_latency.open"),
        8e-6,
        0.0,
        "s per hop",
        "NCCL 1 MiB test on four nodes",
    ),
    Parameter(("outside_latency.research",), 2e-5, 0.5, "s per hop", "Nanotron grid across nodes"),
    Parameter(("tensor_exposed.vendor",), 0.3, 0.3, "share not hidden", "tensor-parallel vendor runs", 1.0),
    Parameter(("tensor_exposed.open",), 1.0, 0.0, "share not hidden", "nothing overlaps"),
    Parameter(
        ("tensor_exposed.research",),
        0.5,
        0.0,
        "share not hidden",
        "asynchronous linears hide gathers, not scatters (Nanotron's tp_linear_async_communication)",
        doubt=0.3,
    ),
    Parameter(
        ("tensor_exposed.asynchronous",),
        0.45,
        0.0,
        "share not hidden",
        "torchtitan with and without asynchronous tensor parallel: 8-16 % of a step",
        doubt=0.3,
    ),
    Parameter(("context_exposed",), 0.1, 0.0, "share not hidden", "long-context runs do not tell it from 0"),
    Parameter(("data_exposed.vendor",), 0.2, 0.0, "share not hidden", "scaling tables to 2,048 H100"),
    Parameter(("data_exposed.open",), 0.3, 0.0, "share not hidden", "scaling tables to 512 H100"),
    Parameter(("data_exposed.research",), 0.2, 0.0, "share not hidden", "as vendor: backward hooks"),
    Parameter(("sharded_exposed.vendor",), 0.2, 0.0, "share not hidden", "as data_exposed"),
    Parameter(("sharded_exposed.open",), 0.3, 0.0, "share not hidden", "as data_exposed"),
    Parameter(("sharded_exposed.research",), 1.0, 0.0, "share not hidden", "Nanotron grid, ZeRO-1 by pairs"),
    Parameter(
        ("contention",),
        0.25,
        0.0,
        "share of hidden traffic that slows compute",
        "Galvatron 0.13, llm-foundry",
    ),
    Parameter(("pipeline_exposed",), 0.25, 0.0, "share not hidden", "deep pipelines"),
    Parameter(("exchange",), 1.0, 0.3, "times the ideal all-to-all", "experts across nodes"),
    Parameter(("exchange_exposed",), 0.1, 0.0, "share not hidden", "Megatron-Core: up to 93 % hidden"),
    Parameter(("dispatch_passes.fused",), 12.0, 0.3, "passes over routed tokens", "mixtures of experts"),
    Parameter(
        ("dispatch_passes.plain",),
        15.0,
        0.0,
        "passes over routed tokens",
        "counted: torchtitan/models/moe/moe.py gathers, weighs, pads, sorts, unsorts and adds up, 17 forward "
        "and 21 backward, which is 1.5 times its own; Megatron-Core's unfused permute and unpermute 15",
        doubt=0.2,
    ),
    Parameter(
        ("fused_experts",),
        0.45,
        0.0,
        "factor",
        "MXFP8 mixtures since release 26.06: too few to fit; 0.43 where they were",
        doubt=0.4,
    ),
    Parameter(("routed_seconds",), 3e-4, 0.5, "s per routed layer and pass", "mixtures of experts"),
    Parameter(
        ("routed_host.captured",),
        4.0,
        0.0,
        "times a dense layer's launches",
        "sorting, counting, grouped calls",
    ),
    Parameter(
        ("routed_host.plain",),
        10.0,
        0.0,
        "times a dense layer's launches",
        "9 ms a layer of 4,096 tokens on B200 and H100 alike (Qwen3-30B-A3B, Megatron-Bridge 25.11 to 26.06)",
        doubt=0.3,
    ),
    Parameter(
        ("routed_decline",),
        0.33,
        0.0,
        "per year",
        "the same mixture in releases 25.09 to 26.08, too alike to fit",
        doubt=0.5,
    ),
    Parameter(("straggler",), 0.004, 0.0, "per doubling of nodes", "scaling tables to 11,616 H100"),
    Parameter(
        ("host_update.vendor",),
        5e-10,
        0.0,
        "s per parameter and server",
        "one run of Megatron-Core with its optimizer in the host's memory, less its computation",
        doubt=0.5,
    ),
    Parameter(
        ("host_update.open", "host_update.research"),
        1e-9,
        0.0,
        "s per parameter and server",
        "PyTorch's fused AdamW, 4.06 s for 4.02B (github.com/PrimeIntellect-ai/prime-rl/pull/3210); operator "
        "by operator 5.1 (the same)",
        doubt=0.5,
    ),
    Parameter(
        ("host_update.deepspeed",),
        6e-10,
        0.0,
        "s per parameter and server",
        "median of what is published of its kernel: 0.25 (arXiv 2101.06840, table 4), 0.55 (72B on four "
        "servers, github.com/deepspeedai/DeepSpeed/issues/6834), 0.7 (11.6B, its pull request 735), 0.9 at "
        "most (3B, 7474)",
        doubt=0.5,
    ),
    Parameter(
        ("host_update.trainer",),
        5.5e-9,
        0.0,
        "s per parameter and server",
        "two runs of TRL with ZeRO's optimizer in the host's memory, less their computation: 4.7 and 6.5",
        doubt=0.5,
    ),
    Parameter(
        ("host_link",), 2.5e10, 0.0, "bytes/s", "16 lanes of PCIe 4 carry 25e9 of their 32e9", doubt=0.5
    ),
    Parameter(("hybrid",), 8.0, 0.5, "times the fused traffic", "state-space layers of Nemotron-H and 3"),
    Parameter(
        ("stall",), 0.6, 0.2, "s per microbatch and neighbour", "blocked pipelines of the Nanotron grid"
    ),
    Parameter(
        ("power_limited.Hopper",),
        0.86,
        0.0,
        "factor",
        "products of H100 at 500 of 700 W in PyTorch's FP8 (github.com/pytorch/FBGEMM/pull/2546, "
        "pytorch/pytorch/issues/143465)",
        doubt=0.1,
    ),
    Parameter(
        ("power_limited.Blackwell", "power_limited.Blackwell Ultra"),
        0.82,
        0.0,
        "factor",
        "B100 has 1,750 of B200's 2,250 TFLOPS at 700 of its 1,000 W (NVIDIA's data sheets), by the same "
        "power at the 750 W that B200 are limited to (github.com/pytorch/ao/pull/3566)",
        doubt=0.1,
    ),
    Parameter(
        ("young",), 0.2, 0.5, "extra time, fading within a year", "first releases on Hopper and Blackwell"
    ),
)
INTRODUCED = {
    "Volta": 2017.5,
    "Pascal": 2016.5,
    "Turing": 2018.7,
    "Ampere": 2020.4,
    "Ada": 2022.8,
    "Hopper": 2022.8,
    "Blackwell": 2024.9,
    # Blackwell's instructions, and so its software.
    "Blackwell Ultra": 2024.9,
    "Rubin": 2026.8,
    "CDNA2": 2021.9,
    "CDNA3": 2023.9,
    "CDNA4": 2025.5,
    "CDNA5": 2026.8,
    "Gaudi": 2022.4,
    "gaudi3": 2024.8,
    "TPU": 2021.4,
    "NeuronCore-v2": 2022.8,
    "NeuronCore-v3": 2024.9,
    "NeuronCore-v4": 2025.9,
    "Da Vinci": 2022.8,
    "Apple GPU": 2023.5,
    "WSE-3": 2024.3,
}
RELATIVES = {
    "Pascal": "Ampere",
    "Volta": "Ampere",
    "Turing": "Ampere",
    "Rubin": "Blackwell Ultra",
    "CDNA2": "CDNA3",
    "CDNA4": "CDNA3",
    "CDNA5": "CDNA3",
    "NeuronCore-v2": "TPU",
    "NeuronCore-v3": "TPU",
    "NeuronCore-v4": "TPU",
    "Da Vinci": "CDNA3",
    "Apple GPU": "CDNA3",
    "WSE-3": "TPU",
}
FREE = [p for p in PARAMETERS if p.width > 0]
MU = np.log([p.prior for p in FREE])
WIDTH = np.array([p.width for p in FREE])
UPPER = np.log([p.upper for p in FREE])


NEAR = 0.75
"""Share of the fastest layout's speed below which a layout that a run may have had is left out of the fit."""


def likely(batch: Batch, x: np.ndarray) -> Batch:
    """The runs with the layouts that may be their fastest by constants near these: a fifth of all."""
    seconds = step_seconds(batch, efficiency(x)).total
    rate = batch.works.global_batch / seconds
    rows = np.flatnonzero(rate >= NEAR * np.maximum.reduceat(rate, batch.start)[batch.owner])
    owner = batch.owner[rows]
    return replace(
        batch,
        start=np.searchsorted(owner, np.arange(len(batch))),
        owner=owner,
        works_list=tuple(batch.works_list[row] for row in rows),
        shapes=take_rows(batch.shapes, rows),
        works=take_rows(batch.works, rows),
        layouts=batch.layouts.take(rows),
        memory=take_rows(batch.memory, rows),
        filled=batch.filled[rows],
    )


def constants_of(x: np.ndarray) -> dict[str, float]:
    """Every constant by path, the free ones from their logarithms."""
    free = dict(zip((p.paths for p in FREE), np.exp(x), strict=True))
    values = {path: float(free.get(p.paths, p.prior)) for p in PARAMETERS for path in p.paths}
    return values | {f"introduced.{name}": year for name, year in INTRODUCED.items()}


def efficiency(x: np.ndarray) -> Efficiency:
    """The engine's record for a vector of free constants."""
    return efficiency_of(constants_of(x), RELATIVES)


def weights(specs: Sequence[RunSpec], left_out: str = "") -> np.ndarray:
    """Weight of each run: every source alike within its class, none for the source left out."""
    sources = [spec.run.source for spec in specs]
    uses = {spec.run.source: spec.run.use for spec in specs if spec.run.use != "skip"}

    def of_source(source: str) -> float:
        if source in LARGE:
            return LARGE_WEIGHT
        if source == GRID:
            return GRID_WEIGHT
        return {"fit": TRUSTED_WEIGHT, "rank": RANK_WEIGHT}.get(uses[source], CHECK_WEIGHT)

    share = {source: of_source(source) / sources.count(source) for source in uses}
    result = np.array([share[source] for source in sources])
    unknown = np.array(["mapping not stated" in s.run.notes or s.run.use == "skip" for s in specs])
    out = np.array([source == left_out for source in sources])
    return np.where(unknown | out, 0.0, result)


def fit(batch: Batch, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Logarithms of the free constants, and their standard errors, from a first guess."""
    weight = np.sqrt(weights(batch.specs))
    measured = np.log([spec.run.tokens_per_s or math.nan for spec in batch.specs])

    def residuals(x: np.ndarray) -> np.ndarray:
        rates, _ = fastest(batch, step_seconds(batch, efficiency(x)).total)
        u = (np.log(rates) - measured) / SCALE
        soft = np.sign(u) * np.sqrt(2.0 * (np.sqrt(1.0 + u * u) - 1.0))
        return np.concatenate([weight * soft, PRIOR * (x - MU) / WIDTH])

    first = np.minimum(start, UPPER - 1e-3)
    found = least_squares(residuals, first, x_scale=WIDTH, bounds=(-np.inf, UPPER), max_nfev=60)
    covariance = np.linalg.inv(found.jac.T @ found.jac)
    rows = np.count_nonzero(weight)
    variance = 2.0 * found.cost / max(rows, 1) * rows / weight.sum() if rows else 1.0
    return found.x, np.sqrt(np.diag(covariance) * variance)


def left_out_rates(batch: Batch, x: np.ndarray) -> np.ndarray:
    """Each run as predicted when its whole source is left out of the fit, one Gauss-Newton step from it."""
    from left_out import fitted_ratios  # it takes what is fitted from this module

    _, rows = fastest(batch, step_seconds(batch, efficiency(x)).total)
    measured = np.array([spec.run.tokens_per_s or math.nan for spec in batch.specs])
    found: np.ndarray = measured / np.exp(fitted_ratios(batch, rows, x))
    return found


def write_efficiency(x: np.ndarray, errors: np.ndarray) -> None:
    """Write every constant with unit, spread and what determines it."""
    spread = dict(zip((p.paths for p in FREE), errors, strict=True))
    values = constants_of(x)
    entries = [
        {
            "name": path,
            "value": float(f"{values[path]:.4g}"),
            "unit": p.unit,
            "kind": "fitted" if p.width else "assumed",
            "spread": float(f"{min(spread[p.paths], p.width) if p.width else p.doubt:.2g}"),
            "rows": p.rows,
        }
        for p in PARAMETERS
        for path in p.paths
    ]
    entries += [
        {
            "name": f"introduced.{name}",
            "value": year,
            "unit": "year",
            "kind": "assumed",
            "spread": 0.0,
            "rows": "first customers",
        }
        for name, year in INTRODUCED.items()
    ]
    head = (
        "# Constants of the step-time model. Written by `make calibrate`: change tools/calibrate.py.\n"
        f"# {len(FREE)} are fitted to resources/measured_training.csv; spread is the standard error of the\n"
        "# logarithm. The rest are assumed, from what is named. Architectures under `relatives` have no\n"
        "# measured training runs: they borrow the shares of the relative and get a wider range.\n"
    )
    body = yaml.safe_dump(
        {"constants": entries, "relatives": RELATIVES}, sort_keys=False, width=110, allow_unicode=True
    )
    (RESOURCES / "efficiency.yaml").write_text(head + body, encoding="utf-8")


def write_accuracy(batch: Batch, rates: np.ndarray, apart: Residuals) -> None:
    """Write left-out errors by source and the 10-90 % ranges by class."""
    scored = np.array([s.run.use == "fit" or s.run.source == GRID for s in batch.specs])
    used = np.array([s.run.use != "skip" for s in batch.specs])
    kept = [s for s, k in zip(batch.specs, used, strict=True) if k]
    own = residuals(kept, rates[used], tuple(RELATIVES))
    every = own.joined(apart)
    known = np.array(["mapping not stated" not in s.run.notes for s in batch.specs])
    rows = np.concatenate([(scored & known)[used], np.zeros(len(apart.logs), dtype=bool)])
    held = np.arange(len(every.logs)) >= len(own.logs)
    scores = score_sources([s for s, k in zip(batch.specs, scored, strict=True) if k], rates[scored])
    content = {
        "spreads": spreads_of(every),
        "unmeasured": UNMEASURED,
        "unstated": UNSTATED,
        "shared": shared_of(every),
        "left_out": {
            s.source: {
                "runs": s.runs,
                "median": round(s.median, 4),
                "p90": round(s.p90, 4),
                "bias": round(s.bias, 4),
            }
            for s in scores
        },
        "macro": {key: round(value, 4) for key, value in macro_average(batch.specs, rates).items()},
        "coverage": coverage(every, rows, held),
    }
    head = (
        "# How far off the step-time model is on sources left out of its fit; written by `make calibrate`.\n"
        "# spreads: measured over predicted throughput, ends of the 10-90 %\n"
        "# range; unmeasured architectures and unstated layouts raise it to a power.\n"
    )
    text = head + yaml.safe_dump(content, sort_keys=False, width=110)
    (RESOURCES / "accuracy.yaml").write_text(text, encoding="utf-8")


def never_fitted(catalog: Catalog, x: np.ndarray) -> Residuals:
    """Errors of the runs kept out of every fit."""
    specs = [run_spec(run, catalog) for run in held_out_runs() if run.tokens_per_s]
    batch = complete(specs, catalog.constants.memory)
    rates, _ = fastest(batch, step_seconds(batch, efficiency(x)).total)
    return residuals(specs, rates, tuple(RELATIVES))


def main() -> None:
    """Fit, leave sources out one by one, write both files and print the table."""
    catalog = load()
    specs = [run_spec(run, catalog) for run in measured_runs() if run.tokens_per_s]
    batch = complete(specs, catalog.constants.memory)
    known = {each.name: each.value for each in catalog.constants.efficiency.constants}
    start = np.log([known.get(p.paths[0], p.prior) for p in FREE])
    batch = likely(batch, start)
    x, errors = fit(batch, start)
    write_efficiency(x, errors)
    rates, _ = fastest(batch, step_seconds(batch, efficiency(x)).total)
    left_out = left_out_rates(batch, x)
    write_accuracy(batch, left_out, never_fitted(catalog, x))
    for p, value, error in zip(FREE, np.exp(x), errors, strict=True):
        print(f"{p.paths[0]:28s} {p.prior:10.4g} -> {value:10.4g}  +- {error:.2f}")
    out = {score.source: score for score in score_sources(specs, left_out)}
    for score in score_sources(specs, rates):
        other = out[score.source]
        print(
            f"{score.source:34s} n {score.runs:4d}  fitted {score.median:6.1%} bias {score.bias:+6.1%}"
            f"   left out {other.median:6.1%} p90 {other.p90:6.1%} bias {other.bias:+6.1%}"
        )
    print("fitted  ", {k: f"{v:.1%}" for k, v in macro_average(specs, rates).items()})
    print("left out", {k: f"{v:.1%}" for k, v in macro_average(specs, left_out).items()})


if __name__ == "__main__":
    main()

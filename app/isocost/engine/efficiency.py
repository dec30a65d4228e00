"""What fraction of its peaks an accelerator sustains under a software stack, and the rates that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isocost.engine.batch import Array, column
from isocost.engine.network import Links
from isocost.engine.records import Accelerator, Precision, Stack


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Fitted constants of the step-time model; ``resources/efficiency.yaml`` documents each."""

    matmul: Mapping[str, Mapping[str, float]]
    """Share of the dense peak a large matmul reaches, by architecture and number format."""
    matmul_stack: Mapping[str, float]
    """Matmul share of a software stack beside the vendor's."""
    attention: Mapping[str, float]
    """Share of the 16-bit peak FlashAttention's forward reaches, by architecture."""
    attention_backward: float
    head_overhead: Mapping[str, float]
    batched_matmul: float
    grouped: float
    memory: float
    elementwise: Mapping[str, float]
    """Memory passes beside the fully fused count, by software stack."""
    host: Mapping[str, float]
    """Seconds the host takes to launch one layer's forward pass, by software stack."""
    step_overhead: Mapping[str, float]
    cast_bytes: float
    block_casts: float
    dequantise: float
    inside: float
    outside: Mapping[str, float]
    rails: float
    inside_latency: float
    outside_latency: float
    tensor_exposed: Mapping[str, float]
    context_exposed: float
    data_exposed: Mapping[str, float]
    contention: float
    hybrid: float
    attention_early: Mapping[str, float]
    """Attention share of the kernels before 2024.5 (FlashAttention 1 and 2), by stack, on newer architectures."""
    introduced: Mapping[str, float]
    """Year each architecture reached customers."""
    young: float
    """Extra compute time of an architecture's first software; fades with ``MATURING`` years."""
    routed_decline: float
    stall: float
    pipeline_exposed: float
    exchange: float
    dispatch_passes: float
    routed_seconds: float
    routed_host: float
    straggler: float


PRESENT = 2026.5
"""Year of the newest measured software; what a plan made today runs."""
MATURING = 1.0
FUSED_ATTENTION_YEAR = 2024.5
"""From the middle of 2024 vendor libraries and open stacks ship kernels written for the newer architectures."""

ELEMENT = {"fp32": "tf32", "fp16": "bf16", "bf16": "bf16", "fp8": "fp8", "mxfp8": "fp8", "nvfp4": "fp4"}


@dataclass(frozen=True, slots=True)
class Machines:
    """Sustained rates of each row's accelerator under its stack: arrays of one length."""

    matmul: Array
    bf16: Array
    batched_matmul: Array
    attention: Array
    attention_backward: Array
    head_overhead: Array
    grouped: Array
    memory: Array
    elementwise: Array
    host: Array
    step_overhead: Array
    cast_bytes: Array
    block_casts: Array
    dequantise: Array
    gradient_traffic: Array
    gradient_bytes: Array
    links: Links
    tensor_exposed: Array
    context_exposed: Array
    data_exposed: Array
    contention: Array
    hybrid: Array
    pipelined_host: Array
    stall: Array
    pipeline_exposed: Array
    exchange: Array
    dispatch_passes: Array
    routed_seconds: Array
    routed_host: Array
    straggler: Array
    capacity: Array


def machines(
    accelerators: Sequence[Accelerator], precisions: Sequence[Precision], stacks: Sequence[Stack], e: Efficiency,
    years: Sequence[float] | None = None,
) -> Machines:
    """Rates of each row."""
    n = len(accelerators)
    rows = list(zip(accelerators, precisions, stacks, strict=True))

    def full(value: float) -> Array:
        return np.full(n, value)

    def peak(a: Accelerator, f: str) -> float:
        for name in (f, "fp8", "bf16", "fp16", "fp32"):
            if name in a.peak_flops:
                return a.peak_flops[name]
        raise ValueError(f"{a.name} has no matrix peak.")

    def rate(a: Accelerator, p: Precision) -> float:
        f = ELEMENT[p]
        key = f
        if f not in a.peak_flops:
            f = "bf16" if "bf16" in a.peak_flops else "fp16"
            key = "bf16"
        if p == "mxfp8":
            key = "mxfp8"
        return peak(a, f) * e.matmul[a.architecture][key]

    links = Links(
        inside=column(accelerators, lambda a: a.scaleup_bandwidth * e.inside),
        outside=column(rows, lambda r: r[0].scaleout_bandwidth * e.outside[r[2]]),
        rails=full(e.rails),
        domain=column(accelerators, lambda a: a.scaleup_domain),
        inside_latency=full(e.inside_latency),
        outside_latency=full(e.outside_latency),
    )
    year = full(PRESENT) if years is None else np.array(years, dtype=np.float64)
    age = np.exp(e.routed_decline * np.maximum(PRESENT - year, 0.0))
    since = year - column(accelerators, lambda a: e.introduced[a.architecture])
    immature = 1.0 + e.young * np.exp(-np.maximum(since, 0.0) / MATURING)
    ampere = np.array([a.architecture == "Ampere" for a in accelerators])
    early = (year < FUSED_ATTENTION_YEAR) & ~(ampere & np.array([k == "vendor" for k in stacks]))
    vendor = np.array([stack == "vendor" for stack in stacks])
    return Machines(
        matmul=column(rows, lambda r: rate(r[0], r[1]) * e.matmul_stack[r[2]]) / immature,
        bf16=column(rows, lambda r: rate(r[0], "bf16") * e.matmul_stack[r[2]]) / immature,
        batched_matmul=column(rows, lambda r: peak(r[0], "bf16") * e.batched_matmul),
        attention=column(rows, lambda r: peak(r[0], "bf16") * e.attention[r[0].architecture])
        * np.where(early, column(rows, lambda r: e.attention_early[r[2]]), 1.0)
        / immature,
        attention_backward=full(e.attention_backward),
        head_overhead=column(accelerators, lambda a: e.head_overhead[a.architecture]),
        grouped=full(e.grouped),
        memory=column(accelerators, lambda a: a.memory_bandwidth * e.memory),
        elementwise=column(stacks, lambda k: e.elementwise[k]),
        host=column(stacks, lambda k: e.host[k]),
        step_overhead=column(stacks, lambda k: e.step_overhead[k]),
        cast_bytes=full(e.cast_bytes),
        block_casts=full(e.block_casts),
        dequantise=full(e.dequantise),
        gradient_traffic=np.where(vendor, 8.0, 4.0),
        gradient_bytes=np.where(vendor, 2.0, 4.0),
        links=links,
        tensor_exposed=column(stacks, lambda k: e.tensor_exposed[k]),
        context_exposed=full(e.context_exposed),
        data_exposed=column(stacks, lambda k: e.data_exposed[k]),
        contention=full(e.contention),
        hybrid=full(e.hybrid),
        pipelined_host=column(stacks, lambda k: k == "research"),
        stall=column(stacks, lambda k: e.stall if k == "research" else 0.0),
        pipeline_exposed=full(e.pipeline_exposed),
        exchange=full(e.exchange),
        dispatch_passes=full(e.dispatch_passes),
        routed_seconds=e.routed_seconds * age,
        routed_host=e.routed_host * age,
        straggler=full(e.straggler),
        capacity=column(accelerators, lambda a: a.memory_bytes),
    )

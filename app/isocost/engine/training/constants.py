"""Constants of the step-time model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Constants of the step-time model; ``resources/efficiency.yaml`` documents each."""

    matmul: Mapping[str, Mapping[str, float]]
    """Share of the dense peak a very large matmul reaches, by architecture and number format. A part measured
    to differ from its architecture's (half-rate tensor cores, low power limits) has its own, by id, and one
    whose vendor's libraries do better than others' by id and stack (``mi300x-open``)."""
    matmul_stack: Mapping[str, float]
    """Factor on ``matmul`` under each software stack; 1 for the vendor's."""
    attention: Mapping[str, float]
    """Share of the 16-bit peak FlashAttention's forward reaches, by architecture or part."""
    attention_backward: float
    """Rate of its backward pass over the forward's."""
    attention_early: Mapping[str, float]
    """Factor on attention before ``FUSED_ATTENTION_YEAR``, by stack; not for the vendor's stack on Ampere,
    and to this day for the others on ``PLAIN_ATTENTION``."""
    attention_fa2: Mapping[str, float]
    """Factor on attention computed by FlashAttention-2, by architecture, or by what a stack runs instead
    (``CDNA3-open``: Triton's); 1 where it was written for it."""
    attention_masked: Mapping[str, float]
    """Rate of the kernel of attention that takes a mask over the peak of 32-bit arithmetic, by architecture,
    or ``narrow`` for parts with less memory a multiprocessor (``NARROW``)."""
    head_overhead: Mapping[str, float]
    """Columns of a head the exponentials are worth, by architecture."""
    batched_matmul: float
    """Share of the 16-bit peak of the products of unfused attention."""
    grouped: float
    """Matmul share of grouped expert products over that of a plain one."""
    memory: float
    """Share of memory bandwidth."""
    elementwise: Mapping[str, float]
    """Memory passes beside the fully fused count, by stack."""
    host: Mapping[str, float]
    """Seconds the host takes to launch one layer's forward pass, by stack, or ``eager``."""
    adapter_host: float
    """Seconds it takes to launch what an adapter of one matrix adds to that, operator by operator."""
    host_pace: Mapping[str, float]
    """Times as long as beside NVIDIA's parts a launch takes, by architecture; 1 where none is named."""
    step_overhead: Mapping[str, float]
    """Seconds a step, by stack."""
    cast_bytes: Mapping[str, float]
    """Traffic of casting one operand element below 16 bits, by stack."""
    block_casts: Mapping[str, float]
    """Extra share of it for block scales, by stack."""
    row_casts: float
    """Extra share of it for scales of rows and columns."""
    row_products: float
    """Rate of a product of operands with such scales over that of one with a scale each."""
    dequantise: float
    """Traffic of unpacking one 4-bit weight."""
    inside: Mapping[str, float]
    """Share of link bandwidth within a domain: ``fabric`` or ``pcie``."""
    outside: Mapping[str, float]
    """Share of network bandwidth, by stack."""
    rails: float
    """Exponent with which network cards of one domain add up."""
    inside_latency: float
    outside_latency: Mapping[str, float]
    """Seconds a hop across the network takes, by stack."""
    tensor_exposed: Mapping[str, float]
    """Share of tensor-parallel traffic that nothing hides, by stack."""
    context_exposed: float
    data_exposed: Mapping[str, float]
    """Share of the traffic of data parallel that nothing hides, by stack."""
    sharded_exposed: Mapping[str, float]
    """``data_exposed`` where states are sharded."""
    pipelined_host: float
    """Launches a research code's pipeline across nodes adds to a layer, per tensor-parallel rank."""
    contention: float
    """Share of hidden traffic that slows what hides it."""
    pipeline_exposed: float
    exchange: float
    """Expert all-to-all over the ideal one."""
    exchange_exposed: float
    """Share of it that nothing hides where the stack overlaps it."""
    dispatch_passes: Mapping[str, float]
    """Passes over routed tokens to sort, copy, cast and combine them, by kernels that are ``fused``, or
    operator by operator, ``plain``."""
    fused_experts: float
    """Share of these passes, and of the experts' casts, left where experts are one kernel."""
    routed_seconds: float
    """Fixed seconds of a routed layer and pass today."""
    routed_host: Mapping[str, float]
    """Launches of a routed layer over a dense one's today: ``captured`` in graphs in part, or ``plain``."""
    routed_decline: float
    """Yearly rate at which both fall."""
    hybrid: float
    """Memory passes of a state-space layer over its fused traffic."""
    young: float
    """Extra compute time of an architecture's first software."""
    power_limited: Mapping[str, float]
    """Rate of products and attention where a part is held below its rated power, and nobody says how far, by
    architecture."""
    introduced: Mapping[str, float]
    """Year each architecture reached customers."""
    stall: float
    """Seconds a blocked microbatch of a research code's pipeline waits for each neighbour of its stage."""
    straggler: float
    """Waiting per doubling of nodes, a share of the step."""
    host_update: Mapping[str, float]
    """Seconds a server's host takes to update one parameter whose states it holds, by stack, ``deepspeed``,
    or ``trainer``: what no computation hides, moving the gradient and the weight included."""
    host_link: float
    """Bytes/s between the host and one accelerator."""

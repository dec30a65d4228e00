"""Seconds of one step of a generating transformer: prefill, decode and both together.

A replica is the group of accelerators that holds one copy of the model. Dense parts are tensor parallel over
``tp`` of them; experts are spread over ``ep``. With ``ep`` > ``tp`` attention is data parallel over the
``ep`` / ``tp`` groups and tokens travel to their experts by all-to-all (wide expert parallelism). Batches,
contexts and degrees are numbers or arrays that broadcast; seconds and bytes are per replica step and per
accelerator. Shares and fixed times of a serving stack are fitted: ``resources/serving.yaml``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np

from isocost.engine.architecture import (
    MTP_PROJECTION,
    ParameterCount,
    forward_flops_per_token,
    full_head_ratio,
    index_flops,
    own_kv_share,
    parameters,
    state_layers,
)
from isocost.engine.arrays import Number
from isocost.engine.generation.deployment import (
    NO_DRAFTS,
    Format,
    GenerationPrecision,
    Replica,
    ServingConstants,
    Speculation,
    StepTime,
)
from isocost.engine.peaks import dense_peak
from isocost.engine.records import Accelerator, Transformer
from isocost.engine.training.memory import LABEL_BYTES
from isocost.engine.training.network import mesh_share

WEIGHT_BYTES: Mapping[str, float] = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0, "fp4": 0.5625, "int4": 0.52}
"""Bytes of a stored weight. Four-bit formats keep an 8-bit scale for every 16 weights (NVFP4), or a 16-bit
scale and a 4-bit zero for every 128 (AWQ, arXiv 2306.00978)."""

CACHE_BYTES: Mapping[str, float] = {"bf16": 2.0, "fp16": 2.0, "fp8": 1.0}
"""Bytes of a number in the key-value cache."""

WIDE_BYTES = 2.0
"""Embedding, output head and activations stay at 16 bits whatever the matmul precision."""

HOST_LINK = 1e11
"""Bytes/s below which a scale-up link is PCIe, through switches or the host: x16 of its fifth generation
carries 63 GB/s, the slowest NVLink of two bridged cards 300."""

FIRST_VENDOR = "NVIDIA"
"""Whose accelerators the kernels of engines are written for first."""

HOST_BANDWIDTH = 3.2e10
"""Bytes/s between cards of a node that no faster link joins: PCIe 4.0 x16."""

REACHED = 0.78
"""Share of the dense peak a large product reaches where nobody measured it: the median of the accelerators
that were (``resources/accelerators.csv``)."""

STATE_DIM = 128.0
"""Numbers a state-space layer keeps for each channel of its inner width (Gated DeltaNet of Qwen3-Next and
Qwen3.5, Mamba-2 of Nemotron-H: 128)."""

STATE_BYTES = 4.0
"""Bytes of each: engines keep recurrent states in 32 bits (``mamba_ssm_dtype`` of the models' settings)."""

SLOWEST_LINK = 1e8
"""Bytes/s assumed where the catalogue knows no link. Chosen: slow enough that no layout takes it."""

DISPATCH_BYTES = 3.0
"""All-to-all bytes per hidden element and expert: 8-bit on the way out, 16-bit on the way back
(arXiv 2412.19437, section 3.2.2)."""


@lru_cache(maxsize=128)
def counted(t: Transformer) -> ParameterCount:
    """Parameters of a shape of plain numbers, remembered."""
    # A simulation of rollouts asks for the same ones hundreds of times.
    return parameters(t)


def generating_peak(a: Accelerator, precision: GenerationPrecision) -> tuple[float, str]:
    """Dense peak in FLOP/s a matmul of ``precision`` runs at, and the format it really multiplies in.

    Weights in a format the chip cannot multiply are widened to 16 bits on the fly, as activations were never
    narrowed: they save memory, not arithmetic (MXFP4 on Hopper: arXiv 2508.10925, section 2.1).

    Raises:
        ValueError: the accelerator has no 16-bit peak.
    """
    peak, name = dense_peak(a, precision if precision in a.peak_flops else "bf16")
    if name == "fp32":
        raise ValueError(f"{a.name} has no 16-bit peak: generation cannot be estimated on it.")
    return peak, name


def wide_peak(a: Accelerator) -> float:
    """Dense 16-bit peak, FLOP/s: attention runs in it whatever the weights."""
    return generating_peak(a, "bf16")[0]


def reached(a: Accelerator, name: str) -> float:
    """Share of the dense peak of format ``name`` that a large product reaches on the accelerator.

    Clocks fall under load and libraries differ, so that parts of one peak are not alike. Source: products
    measured, ``resources/accelerators.csv``; in another format than was measured as in 16 bits.
    """
    for kind in (name, "bf16"):
        if kind in a.measured_flops and kind in a.peak_flops:
            return a.measured_flops[kind] / a.peak_flops[kind]
    return REACHED


def expert_parameters(t: Transformer) -> float:
    """Parameters of all routed experts."""
    return t.moe_layers * t.experts * counted(t).per_expert


def expert_coverage(t: Transformer, tokens: Number) -> Number:
    """Share of routed experts at least one of ``tokens`` tokens is sent to: 1 - (1 - k/E)^tokens."""
    if not t.is_moe:
        return np.ones_like(np.asarray(tokens, float))
    return 1.0 - (1.0 - t.top_k / t.experts) ** np.asarray(tokens, float)


def attention_precision(t: Transformer, precision: GenerationPrecision) -> GenerationPrecision:
    """Format of attention's matrices: as the weights, but 16 bits in a mixture of experts in four bits.

    Four-bit checkpoints of mixtures narrow the feed-forward, which is nearly all of them, and leave attention
    wide (gpt-oss: arXiv 2508.10925; NVIDIA's FP4 checkpoints of DeepSeek-R1; Kimi K2 Thinking).
    """
    return "bf16" if t.is_moe and precision == "fp4" else precision


def _dense_bytes(t: Transformer, precision: GenerationPrecision) -> float:
    """Bytes of all matrices but embedding, head and routed experts."""
    count = counted(t)
    attention = t.layers * count.attention_per_layer
    others = count.total - count.embedding - count.head - expert_parameters(t) - attention
    wide = attention * WEIGHT_BYTES[attention_precision(t, precision)]
    return wide + others * WEIGHT_BYTES[precision]


def weight_bytes_held(t: Transformer, replica: Replica, precision: GenerationPrecision) -> Number:
    """Bytes of weights each accelerator holds: dense ones over tp, experts over all of a stage.

    Embedding and head stay at 16 bits. Source: counted from the shape, bytes a weight ``WEIGHT_BYTES``.
    """
    tables = counted(t).embedding + counted(t).head
    experts = expert_parameters(t) * WEIGHT_BYTES[precision]
    dense = (_dense_bytes(t, precision) + tables * WIDE_BYTES) / replica.tp
    return (dense + experts / replica.stage) / replica.pp


def weight_bytes_read(
    t: Transformer, replica: Replica, precision: GenerationPrecision, tokens: Number
) -> tuple[Number, Number]:
    """Bytes of (dense weights, experts) each accelerator reads in a step of ``tokens`` tokens of the replica.

    Every dense matrix and the head, and the experts that any token reached; the embedding is looked up.
    Source: counted as ``weight_bytes_held``, experts as ``expert_coverage`` if tokens choose independently.
    """
    dense = _dense_bytes(t, precision) + counted(t).head * WIDE_BYTES
    experts = expert_parameters(t) * WEIGHT_BYTES[precision] * expert_coverage(t, tokens)
    return dense / replica.tp, experts / replica.stage


def weight_seconds(
    t: Transformer, a: Accelerator, replica: Replica, precision: GenerationPrecision, tokens: Number,
    c: ServingConstants,
) -> Number:  # fmt: skip
    """Seconds the weights of a step of ``tokens`` tokens take to stream in.

    Experts are read by grouped products, each in pieces of its own. Source: shares of the memory bandwidth
    ``resources/serving.yaml``.
    """
    dense, experts = weight_bytes_read(t, replica, precision, tokens)
    return (dense / c.weight_bandwidth + experts / c.expert_bandwidth) / a.memory_bandwidth


def windowed_tokens(t: Transformer, context: Number) -> Number:
    """Cached positions a new token attends to in a windowed layer.

    The window at most; of a chunk that begins anew every ``window`` tokens half, on average.
    """
    if t.window is None:
        return np.zeros_like(np.asarray(context, float))
    within = np.minimum(context, t.window)
    return np.where(np.asarray(context) > t.window, 0.5 * within, within) if t.chunked else within


def layer_tokens(t: Transformer, context: Number) -> Number:
    """Cached positions a new token attends to, summed over layers, in heads of the windowed layers' width."""
    full = (t.layers - t.windowed_layers) * full_head_ratio(t) * np.asarray(context, float)
    return full + t.windowed_layers * windowed_tokens(t, context)


def cache_bytes_per_sequence(t: Transformer, context: Number, cache: GenerationPrecision) -> Number:
    """Bytes of one sequence's key-value cache at ``context`` tokens, over all accelerators without copies.

    2 a_kv d per token and layer, or the latent and rotary vectors (arXiv 2405.04434); windowed layers keep
    their window, but all positions where an indexer chooses among them, and its keys beside. Source: counted,
    bytes a number ``CACHE_BYTES``.
    """
    everything = np.asarray(context, float)
    kept = everything if t.index_layers or t.window is None else np.minimum(everything, t.window)
    return _cached(t, everything, kept) * CACHE_BYTES[cache] + state_bytes(t)


def cache_bytes_read(t: Transformer, context: Number, cache: GenerationPrecision) -> Number:
    """Bytes of one sequence's cache that decoding one token reads: of windowed layers what they attend to.

    Source: as ``cache_bytes_per_sequence``.
    """
    read = _cached(t, np.asarray(context, float), windowed_tokens(t, context)) * CACHE_BYTES[cache]
    # A recurrent state is written back in every step.
    return read + 2.0 * state_bytes(t)


def state_bytes(t: Transformer) -> float:
    """Bytes of one sequence's recurrent states, over all state-space layers.

    Source: inner width x ``STATE_DIM`` numbers a layer (arXiv 2412.06464, 2405.21060).
    """
    return state_layers(t) * t.state_width * STATE_DIM * STATE_BYTES


def _cached(t: Transformer, full: Number, windowed: Number) -> Number:
    """Numbers in a cache of ``full`` positions a layer without a window, ``windowed`` one with."""
    unwindowed = t.layers - t.windowed_layers
    index = t.index_layers * t.index_dim * full
    if t.attention == "mla":
        return (t.kv_lora_rank + t.qk_rope_dim) * (unwindowed * full + t.windowed_layers * windowed) + index
    if t.state_width:
        windowed = np.zeros_like(windowed)  # its window stands for the work of a state, not for a cache
    own = 2.0 * own_kv_share(t)
    wide = (t.full_kv_heads or t.kv_heads) * (t.full_head_dim or t.head_dim)
    narrow = t.kv_heads * t.head_dim
    return own * (unwindowed * wide * full + t.windowed_layers * narrow * windowed) + index


def cache_split(t: Transformer, tp: Number) -> Number:
    """Ways one sequence's cache divides over ``tp`` ranks: whole heads only, latent vectors not at all."""
    return np.ones_like(np.asarray(tp, float)) if t.attention == "mla" else np.minimum(tp, t.kv_heads)


def decode_attention_flops(t: Transformer, context: Number) -> Number:
    """Attention FLOPs of one decoded token at ``context``; latent attention in its absorbed form.

    Grouped-query: 4 x heads x head width x positions. Latent: 2 x heads x (2 x latent + rotary) x positions
    (arXiv 2405.04434, section 2.1: the up-projections absorbed into queries and output).
    """
    index = index_flops(t, 1.0) * np.asarray(context, float)
    if t.attention == "mla":
        return 2.0 * t.heads * (2.0 * t.kv_lora_rank + t.qk_rope_dim) * layer_tokens(t, context) + index
    return 4.0 * t.heads * t.head_dim * layer_tokens(t, context) + index


def by_host(a: Accelerator) -> bool:
    """Whether accelerators of a server reach each other over PCIe only, ``HOST_LINK`` or slower."""
    return a.scaleup_bandwidth < HOST_LINK


def linked(a: Accelerator) -> int:
    """Accelerators a scale-up link joins: the NVLink domain, or the cards of one server over PCIe."""
    return max(a.scaleup_domain, a.node_size, 1)


def group_bandwidth(a: Accelerator, group: Number, c: ServingConstants) -> Number:
    """Sustained bytes/s per accelerator and direction in a group: its links, or the network beyond.

    Source: nominal bandwidths of the catalogue times shares of ``resources/serving.yaml``.
    """
    group = np.asarray(group)
    host = max((a.scaleup_bandwidth if by_host(a) else HOST_BANDWIDTH) * c.host_efficiency, SLOWEST_LINK)
    inside = host if by_host(a) else max(a.scaleup_bandwidth * c.link_efficiency, SLOWEST_LINK)
    outside = max(a.scaleout_bandwidth * c.network_efficiency, SLOWEST_LINK)
    meshed = mesh_share(group, a.scaleup_domain) if a.scaleup_meshed else 1.0
    within = np.where(group <= a.scaleup_domain, inside * meshed, host)
    return np.where(group <= linked(a), within, outside)


def reducing_bandwidth(a: Accelerator, group: Number, c: ServingConstants) -> Number:
    """The same of an all-reduce, which beyond a server runs in as many rings as that has network cards.

    Each ring takes its share of the buffer; none is faster than the links inside. Source: as
    ``group_bandwidth``.
    """
    inside, ranks = group_bandwidth(a, linked(a), c), np.minimum(group, linked(a))
    rings = np.where(np.asarray(group) > linked(a), ranks, 1.0)
    return np.minimum(group_bandwidth(a, group, c) * rings, inside)


def exchanged_copies(t: Transformer, a: Accelerator, gpus: Number) -> Number:
    """Times a prompt token crosses the network on its way to ``top_k`` experts spread over ``gpus``.

    Prefill kernels send one copy to each domain that holds any of the experts: n (1 - (1 - 1/n)^k) of n
    domains, less the token's own share (arXiv 2412.19437, section 3.2.2). Within one domain every copy moves.
    """
    domains = np.asarray(gpus, float) / linked(a)
    n = np.maximum(domains, 1.0)
    reached = n * (1.0 - (1.0 - 1.0 / n) ** t.top_k)
    return np.where(domains > 1.0, reached * (n - 1.0) / n, t.top_k)


def communication_seconds(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    c: ServingConstants,
    *,
    decoded: Number,
    prompt_tokens: Number,
) -> tuple[Number, Number]:
    """Seconds an accelerator communicates in a step: by volume, and fixed.

    Tensor parallel: an all-reduce of 16-bit activations after attention and after the feed-forward. Wide
    expert parallel: the second gives way to a dispatch and a combine of ``DISPATCH_BYTES`` per copy; decoded
    tokens send each expert its own copy (low-latency kernels), prompt tokens as ``exchanged_copies``. Source:
    arXiv 1909.08053 and 2412.19437, section 3.4; shares and fixed seconds ``resources/serving.yaml``.
    """
    tp, gpus = np.asarray(replica.tp, float), np.asarray(replica.stage, float)
    wide = (gpus > tp) & t.is_moe
    reduces = 2.0 * t.layers - np.where(wide, t.moe_layers, 0.0)
    per_group = (decoded + prompt_tokens) / replica.attention_groups
    # A ring all-reduce moves 2 (n-1)/n of the buffer over every link.
    reduced = reduces * 2.0 * (tp - 1.0) / tp * per_group * t.hidden * WIDE_BYTES
    copies = decoded * t.top_k + prompt_tokens * exchanged_copies(t, a, gpus)
    exchanged = np.where(wide, t.moe_layers * copies / gpus * t.hidden * DISPATCH_BYTES, 0.0)
    volume = reduced / reducing_bandwidth(a, tp, c) + exchanged / group_bandwidth(a, gpus, c)
    fixed = np.where(tp > 1.0, reduces * collective_latency(a, tp, c, c.reduce_seconds), 0.0)
    exchange = collective_latency(a, gpus, c, c.network_seconds)
    return volume, fixed + np.where(wide, 2.0 * t.layers * exchange, 0.0)


def collective_latency(a: Accelerator, group: Number, c: ServingConstants, beyond: float) -> Number:
    """Seconds a collective of no bytes takes: within the scale-up links, over PCIe, or ``beyond`` the node.

    Source: ``resources/serving.yaml``.
    """
    group = np.asarray(group)
    inside = c.host_seconds if by_host(a) else c.collective_seconds
    within = np.where(group <= a.scaleup_domain, inside, c.host_seconds)
    return np.where(group <= linked(a), within, beyond)


def unpacks(a: Accelerator, fmt: Format) -> bool:
    """Whether weights are stored narrower than the accelerator multiplies them in."""
    return WEIGHT_BYTES[fmt.weights] < WEIGHT_BYTES[generating_peak(a, fmt.arithmetic or fmt.weights)[1]]


def layer_latency(t: Transformer, a: Accelerator, fmt: Format, c: ServingConstants) -> float:
    """Fixed seconds of all layers in a step: launches of kernels that wait for each other.

    Layers have more of them for experts, for latent attention and for an indexer; for experts whose weights
    are unpacked on the way; and where activations are scaled by groups of 128 to meet 8-bit weights of
    blocks, as mixtures are released (arXiv 2412.19437, section 3.3.2) and some dense models
    (``Format.blocks``). Source: ``resources/serving.yaml``.
    """
    experts, dense = c.expert_layer_seconds, 0.0
    if unpacks(a, fmt):
        experts += c.unpacked_layer_seconds
    elif fmt.weights == "fp8":
        experts += c.scaled_layer_seconds
        dense = c.scaled_layer_seconds if fmt.blocks else 0.0
    latent = c.latent_layer_seconds if t.attention == "mla" else 0.0
    own = t.moe_layers * experts + (t.layers - t.moe_layers) * dense + t.index_layers * c.index_layer_seconds
    return t.layers * (c.layer_seconds + latent) + own


def draft_seconds(
    t: Transformer, a: Accelerator, replica: Replica, precision: GenerationPrecision, c: ServingConstants
) -> Number:
    """Seconds to stream the weights of one draft: a layer, its 2h x h projection and the head.

    Source: multi-token-prediction modules, arXiv 2412.19437, section 2.2; bandwidth
    ``resources/serving.yaml``.
    """
    count = counted(t)
    dense = count.attention_per_layer + MTP_PROJECTION * t.hidden * t.hidden
    experts = t.experts * count.per_expert if t.is_moe else 0.0
    dense = dense + (count.ffn_per_moe_layer - experts if t.is_moe else count.ffn_per_dense_layer)
    read = (dense / replica.tp + experts / replica.stage) * WEIGHT_BYTES[precision]
    return (read + count.head * WIDE_BYTES / replica.tp) / (a.memory_bandwidth * c.weight_bandwidth)


def matmul_seconds(
    t: Transformer, a: Accelerator, replica: Replica, fmt: Format, c: ServingConstants, *, tokens: Number
) -> Number:
    """Seconds of all products with weights for ``tokens`` tokens over the replica, arithmetic only.

    2 N FLOPs a token over the sustained peak; grouped products of experts are slower. Source: shares of the
    peak ``resources/serving.yaml``.
    """
    count = counted(t)
    routed = t.moe_layers * t.top_k * count.per_expert
    attention = t.layers * count.attention_per_layer
    narrow = fmt.arithmetic or fmt.weights
    wide = attention_precision(t, narrow)
    rate = matmul_rate(a, narrow, c)
    if unpacks(a, fmt):
        rate *= c.unpacking
    dense = (count.active_matmul - routed - attention) / rate + attention / matmul_rate(a, wide, c)
    experts = routed / (rate * c.expert_efficiency)
    return 2.0 * tokens / replica.stage * (dense + experts)


def matmul_rate(a: Accelerator, precision: GenerationPrecision, c: ServingConstants) -> float:
    """FLOP/s an accelerator sustains in products of ``precision``. Source: ``resources/serving.yaml``."""
    peak, name = generating_peak(a, precision)
    return peak * reached(a, name) * c.matmul_efficiency[name] * c.matmul_factor


def step_time(
    t: Transformer,
    a: Accelerator,
    replica: Replica,
    fmt: Format,
    c: ServingConstants,
    *,
    sequences: Number = 0.0,
    context: Number = 1.0,
    prompt_tokens: Number = 0.0,
    prompt: Number = 1.0,
    speculation: Speculation = NO_DRAFTS,
) -> StepTime:
    """Seconds of one step that decodes ``sequences`` sequences and prefills ``prompt_tokens`` prompt tokens.

    Of a pipeline they are those of one microbatch on its way through all stages.

    Args:
        sequences: sequences decoding in the replica; each gains ``speculation.tokens_per_step`` tokens.
        context: tokens each of them has in its cache.
        prompt_tokens: prompt tokens processed in the step, over the replica.
        prompt: length of the prompts they come from.
        speculation: drafts verified in the same step.

    Returns:
        Seconds per step by cause. Without ``overlap`` each operation waits for the slower of its memory
        traffic and its arithmetic; with it the whole step's traffic hides the whole step's arithmetic, or
        the reverse. Communication and fixed times add. Source: constants ``resources/serving.yaml``;
            overlap of
        two half batches, arXiv 2412.19437, section 3.4.
    """
    running = np.asarray(sequences, float)
    decoded = running * (1.0 + speculation.drafts)
    tokens = decoded + prompt_tokens
    # Experts are reached by drafts and prompts as well, so all tokens of the step count.
    weights = weight_seconds(t, a, replica, fmt.weights, tokens, c)
    groups = replica.attention_groups
    cache = cache_bytes_read(t, context, fmt.cache) / cache_split(t, replica.tp)
    cache = running / groups * cache / (a.memory_bandwidth * c.cache_bandwidth)
    matmul = matmul_seconds(t, a, replica, fmt, c, tokens=tokens)
    attending = wide_peak(a) * reached(a, "bf16") * c.attention_efficiency * replica.stage
    decoding = decoded * decode_attention_flops(t, context) / attending
    prefilling = prompt_tokens * forward_flops_per_token(t, cast(float, prompt)).attention / attending
    volume, fixed = communication_seconds(t, a, replica, c, decoded=decoded, prompt_tokens=prompt_tokens)
    fixed = fixed + layer_latency(t, a, fmt, c) + c.step_seconds
    own = t.moe_layers * c.token_layer_seconds + state_layers(t) * c.state_token_seconds
    per_token = tokens / replica.stage * own
    bookkeeping = running / groups * c.sequence_seconds + per_token
    if speculation.drafts:
        # A draft is a layer more: its weights stream, its cache is read, its launches wait, all in turn.
        weights = weights + speculation.drafts * draft_seconds(t, a, replica, fmt.weights, c)
        fixed = fixed * (1.0 + speculation.drafts / t.layers)
        cache = cache * (1.0 + speculation.drafts / t.layers)
    if c.overlap:
        busy = np.maximum(weights + cache, matmul + decoding) + prefilling
    else:
        busy = np.hypot(weights, matmul) + np.hypot(cache, decoding) + prefilling
    longer = c.ported if a.vendor != FIRST_VENDOR else 1.0
    if t.is_moe:
        longer *= math.exp(c.maturing * c.age)
    busy, fixed = busy * longer, fixed * longer
    # What reads prompts is launched kernel by kernel, ahead of the accelerator: the slower of both sets it.
    launched = np.where(np.asarray(prompt_tokens) > 0.0, t.layers * c.prompt_layer_seconds, 0.0)
    return StepTime(
        weights=weights,
        cache=cache,
        matmul=matmul,
        attention=decoding + prefilling,
        communication=volume,
        fixed=fixed,
        sequences=bookkeeping,
        total=np.maximum(busy + volume + fixed, launched) + bookkeeping,
    )


@dataclass(frozen=True, slots=True)
class EngineMemory:
    """Bytes that a serving engine takes of one accelerator of a replica."""

    weights: Number
    cache: Number
    """Key-value cache of the sequences that run."""
    spare: Number
    """Of what is set apart for the cache, the part that stays empty."""
    runtime: Number


def engine_memory(
    t: Transformer, a: Accelerator, replica: Replica, fmt: Format, c: ServingConstants, *, sequences: Number,
    context: Number,
) -> EngineMemory:  # fmt: skip
    """Memory of a replica that runs ``sequences``, each with ``context`` tokens in its cache.

    Source: as ``sequences_that_fit``, whose room is taken at once and for as long as the engine runs.
    """
    weights = weight_bytes_held(t, replica, fmt.weights)
    cache = sequences / replica.attention_groups * cache_bytes_held(t, replica, context, fmt.cache)
    spare = np.maximum(cache_room(a, weights, c) - cache, 0.0)
    return EngineMemory(weights, cache, spare, c.runtime_bytes)


def cache_room(a: Accelerator, weights: Number, c: ServingConstants) -> Number:
    """Bytes of an accelerator that a key-value cache may take beside ``weights``.

    Source: share of the memory and runtime of ``resources/serving.yaml``.
    """
    return np.maximum(a.memory_bytes * LABEL_BYTES * c.memory_share - weights - c.runtime_bytes, 0.0)


def cache_bytes_held(t: Transformer, replica: Replica, context: Number, cache: GenerationPrecision) -> Number:
    """Bytes of one sequence's cache on each accelerator of the group that attends to it.

    Source: as ``cache_bytes_per_sequence``; heads that do not divide over tp are copied: each rank holds more
    than its share.
    """
    return cache_bytes_per_sequence(t, context, cache) / cache_split(t, replica.tp) / replica.pp


def sequences_that_fit(
    t: Transformer, a: Accelerator, replica: Replica, fmt: Format, context: Number, c: ServingConstants
) -> Number:
    """Sequences of ``context`` tokens a replica can hold at once, by memory and scheduler; 0 = no fit.

    Source: share of the memory, runtime and scheduler's limit of ``resources/serving.yaml``.
    """
    room = cache_room(a, weight_bytes_held(t, replica, fmt.weights), c)
    by_memory = room / cache_bytes_held(t, replica, context, fmt.cache)
    return np.minimum(by_memory, c.max_sequences) * replica.attention_groups

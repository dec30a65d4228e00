"""Seconds of one optimizer step of each layout, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from isocost.engine.arrays import Array, Transformers, Workloads
from isocost.engine.layout import Layouts, rank_parameters
from isocost.engine.training import network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.layer import layer_seconds
from isocost.engine.training.passes import LayerSeconds, Passes, Split
from isocost.engine.training.products import cast_traffic
from isocost.engine.training.schedules import COPIES, FOLDED, SENDS, ramp_seconds

HIDING_SHARE = 0.8
"""Share of a pass that the traffic of data parallel can hide behind. Chosen, not fitted: the first bucket of
gradients is ready only some way into the backward pass, and the last is left over at its end."""

ADAPTER_SHARE = 0.01
"""Trained parameters of LoRA and QLoRA over all, in what is reduced and updated: 0.5 % of Llama 3.1 8B at
rank 16, 2 % at 64 (arXiv 2106.09685). Too little to matter beside the rest, so that one figure serves all."""

LIVE_PARAMETERS = 1e9
"""Parameters DeepSpeed's ZeRO-3 holds whole at most, and between two uses of them (its defaults,
``stage3_max_live_parameters`` and ``stage3_max_reuse_distance``)."""

NODE = 8.0
"""Accelerators of a server; the spread of a step grows with each doubling of servers."""

STALL_FROM = 0.92
"""Share of memory above which a pipeline of research code is nearly always blocked (this and the next three:
H100 runs of the Nanotron grid, see ``_stall``)."""
STALL_COUNT = 512.0
"""Accelerators at which it nearly always is."""
STALL_POWER = 10
"""How steeply that comes with the count: at half of ``STALL_COUNT`` a thousandth of microbatches wait."""
UNSHARDED_STALL = 0.5
"""Share of blocked runs where data parallel of more than two keeps all states, over more than two domains."""


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Seconds of an optimizer step by what they are spent on; arrays of one length, a row per layout."""

    matmul: Array
    attention: Array
    """Attention itself, and what mixes tokens in state-space layers."""
    elementwise: Array
    recompute: Array
    tensor_comm: Array
    context_comm: Array
    expert_comm: Array
    pipeline: Array
    """Bubble, imbalance of stages and sends between them."""
    data_comm: Array
    """Gradient reduction and weight gathering that nothing hides."""
    host: Array
    """Launch floor of the host, beyond what the device needs."""
    optimizer: Array
    straggler: Array
    """Waiting for the slowest of many accelerators."""

    @property
    def total(self) -> Array:
        """Seconds of the whole step."""
        result: Array = sum(getattr(self, f.name) for f in fields(StepSeconds))
        return result


def _smooth_maximum(a: Array, b: Array) -> Array:
    """Seconds of two things at once, (a^8 + b^8)^(1/8): the longer, and 9 % more when they are equal."""
    # A plain maximum holds if neither ever waits for the other, and has a corner that a slider would show.
    # Fourth powers (19 % at equality) came first: runs of research code (Nanotron grid) turn more sharply.
    # Squares and roots take half the time of ** on arrays; 1e-30 keeps rows of zeros from dividing by zero.
    longer = np.maximum(a, b)
    ratio = np.minimum(a, b) / np.maximum(longer, 1e-30)
    square = ratio * ratio
    fourth = square * square
    return longer * np.sqrt(np.sqrt(np.sqrt(1.0 + fourth * fourth)))


@dataclass(frozen=True, slots=True)
class _Weights:
    """Parameters one rank holds, split by who replicates them."""

    dense: Array
    """Parameters of the layers, replicated over dp x cp."""
    routed: Array
    """Routed experts, replicated over tp x cp x dp / ep."""
    tables: Array
    """Embedding and head, on the first and last stages."""


def _rank_weights(t: Transformers, w: Workloads, layouts: Layouts) -> _Weights:
    """Parameters of an average rank."""
    dense, routed = rank_parameters(t, layouts, t.layers / layouts.pp)
    return _Weights(
        dense=dense,
        routed=routed,
        # Embedding and head sit at the two ends of a pipeline, and all wait for the ranks that hold one; a
        # folded one has both ends on one rank.
        tables=t.tables / layouts.tp / np.where(FOLDED[w.schedule] > 0, 1.0, np.minimum(layouts.pp, 2.0)),
    )


def _stage_seconds(
    per_layer: Array, head: Array, t: Transformers, m: Machines, layouts: Layouts
) -> tuple[Array, Array]:
    """Seconds of the slowest and of the average stage for one microbatch.

    Layers are dealt in chunks of one size; where the last chunks are not full, the last stage takes the
    missing layer in exchange for the head. Stacks that balance weigh the head as the layers its parameters
    are worth. The fractional layers of a slider's shape are dealt evenly.
    """
    chunks = np.maximum(layouts.vp * (layouts.pp > 1), 1.0)
    # Named models have whole layers to deal; shapes of a slider would jump if theirs were rounded.
    whole = t.layers == np.floor(t.layers)
    weighed = t.layers + m.balanced * t.hidden * t.vocabulary / t.layer_parameters
    full = np.ceil(weighed / (layouts.pp * chunks) - 1e-9) * chunks
    full = np.where(whole, np.minimum(full, t.layers), t.layers / layouts.pp)
    # Fewer layers on the last stage when the head would otherwise make it the slowest.
    last = np.maximum(t.layers - full * (layouts.pp - 1.0), 0.0) * per_layer + head
    slowest = np.maximum(full * per_layer, last)
    average = (t.layers * per_layer + head) / layouts.pp
    return slowest, average


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A step before it is told apart by what it is spent on; seconds, a row per layout."""

    passes: Array
    """Layers a rank computes in a step: those of its stage for every microbatch."""
    gathering: Array
    """Seconds per layer that gathering sharded weights adds to both passes."""
    host: Array
    """Seconds per layer that waiting for the host's launches adds."""
    pipeline: Array
    """Beyond the work of an average stage: bubble, imbalance, stalls and sends."""
    data: Array
    optimizer: Array
    everything: Array
    """All but waiting for stragglers."""
    spread: Array
    """Share of ``everything`` the slowest of many accelerators adds."""


def _timeline(
    t: Transformers, w: Workloads, m: Machines, layouts: Layouts, passes: Passes, filled: Array | None
) -> _Timeline:
    """Seconds of a step in order: layers, launches, pipeline, gradients, optimizer, stragglers."""
    weights, replicas = _rank_weights(t, w, layouts), _replicas(m, layouts)
    forward, backward = passes.forward, passes.backward
    forward_gathered, backward_gathered = _sharded(t, w, m, layouts, weights, replicas, forward, backward)
    # Research code launches ever slower the more ranks a pipeline across servers splits its layers over: 4.6
    # ms a layer became 10, 15 and 25 at tp of 2, 4 and 8 (Nanotron grid, one sequence a microbatch).
    crossing = (layouts.pp > 1) & (layouts.accelerators > m.links.domain)
    slowed = 1.0 + m.pipelined_host * (layouts.tp * crossing)
    # The host launches kernels ahead of the device; whichever is slower sets the pace of a pass.
    forward_floor = _smooth_maximum(forward_gathered, slowed * passes.host)
    backward_floor = _smooth_maximum(backward_gathered, slowed * passes.host_backward)
    gathered = forward_gathered + backward_gathered
    per_layer = forward_floor + backward_floor
    head = passes.head * (1.0 + t.mtp_layers) + t.mtp_layers * per_layer
    slowest, average = _stage_seconds(per_layer, head, t, m, layouts)
    count = layouts.microbatches
    held = t.layers / layouts.pp
    # Filling and draining the pipeline; chunks of an interleaved stage are vp times shorter.
    ramp = ramp_seconds(
        w.schedule, layouts.pp, layouts.vp, average, held * backward_floor, held * passes.weights
    )
    pipelined = count * (slowest + _stall(m, layouts, filled)) + ramp + _sends(t, w, m, layouts)
    # What hides the reduction is the time a pass really takes, the host's launches included.
    data, optimizer = _update(w, m, layouts, weights, replicas, forward_floor * held, backward_floor * held)
    return _Timeline(
        passes=count * (t.layers + t.mtp_layers) / layouts.pp,
        gathering=gathered - forward - backward,
        host=per_layer - gathered,
        pipeline=pipelined - count * average,
        data=data,
        optimizer=optimizer,
        everything=pipelined + data + optimizer + m.step_overhead,
        spread=m.straggler * np.log2(np.maximum(layouts.accelerators / NODE, 1.0)),
    )


def total_seconds(
    t: Transformers, w: Workloads, m: Machines, layouts: Layouts, passes: Passes, filled: Array | None = None
) -> Array:
    """Seconds of a whole step from what a layer's passes take in each layout's recomputation mode.

    The total of ``step_seconds`` without its parts, for searches. ``filled`` is the share of memory each
    layout takes, where known. Source: as ``step_seconds``.
    """
    line = _timeline(t, w, m, layouts, passes, filled)
    return line.everything * (1.0 + line.spread)


def step_seconds(
    t: Transformers,
    w: Workloads,
    m: Machines,
    layouts: Layouts,
    layer: LayerSeconds,
    filled: Array | None = None,
) -> StepSeconds:
    """Seconds of a whole step from those of a layer (a row per layout), part by part.

    m (slowest stage + stalls) + (pp - 1) / vp average stages + sends, then what gradients and weights take
    beyond what hides them, the optimizer's pass over its states, fixed seconds, and waiting for stragglers.

    Source: pipeline arXiv 2104.04473, section 2.2; sharding arXiv 1910.02054; constants
    ``resources/efficiency.yaml``.
    """
    line = _timeline(t, w, m, layouts, layer.passes(layouts.recompute), filled)
    heads = layouts.microbatches / layouts.pp * (1.0 + t.mtp_layers)
    parts = (layer.forward + layer.backward).scaled(line.passes) + layer.head.scaled(heads)
    return StepSeconds(
        matmul=parts.matmul,
        attention=parts.attention,
        elementwise=parts.elementwise,
        recompute=layer.recomputed(layouts.recompute) * line.passes,
        tensor_comm=parts.tensor_comm,
        context_comm=parts.context_comm,
        expert_comm=parts.expert_comm,
        pipeline=line.pipeline,
        data_comm=line.data + line.gathering * line.passes,
        host=line.host * line.passes + m.step_overhead,
        optimizer=line.optimizer,
        straggler=line.everything * line.spread,
    )


def _stall(m: Machines, layouts: Layouts, filled: Array | None) -> Array:
    """Seconds a microbatch of a research code's pipeline waits where its allocator or its sends block.

    Measured on one grid (H100, Nanotron): about 0.6 s for each neighbour a stage exchanges with. Nearly
    always near the end of memory, with tensor parallel over more than two domains and as the count approaches
    512; in half of the runs with unsharded data parallel of more than two over more than two domains.
    """
    if not np.any(m.stall):
        return np.zeros(1)
    full = np.zeros(1) if filled is None else filled
    two_domains = 2.0 * m.links.domain
    unsharded = (layouts.sharding == 0) & (layouts.dp > 2) & (layouts.accelerators > two_domains)
    often = np.minimum(layouts.accelerators / STALL_COUNT, 1.0) ** STALL_POWER
    share = np.maximum(often, np.where(unsharded, UNSHARDED_STALL, 0.0))
    share = np.where((full > STALL_FROM) | (layouts.tp > two_domains), 1.0, share)
    # The ends of a pipeline have one neighbour, stages between them two.
    neighbours = np.minimum(layouts.pp - 1.0, 2.0)
    return m.stall * neighbours * share


def _sends(t: Transformers, w: Workloads, m: Machines, layouts: Layouts) -> Array:
    """Seconds spent handing activations to the next stage and gradients back, less what overlaps."""
    tokens = layouts.microbatch * w.sequence / layouts.cp
    volume = 2.0 * tokens * t.hidden / np.maximum(layouts.tp * layouts.sequence_parallel, 1.0)
    # Stages are the outermost ranks: the next stage is as far as a whole stage is wide.
    distance = layouts.tp * layouts.cp * layouts.dp
    once = network.point_to_point_seconds(volume, distance, m.links)
    # Activations forward, gradients back, between chunks as between stages.
    chunks = layouts.vp * SENDS[w.schedule]
    return 2.0 * once * layouts.microbatches * chunks * m.pipeline_exposed * (layouts.pp > 1)


@dataclass(frozen=True, slots=True)
class _Replicas:
    """Ranks that hold the same dense weights, and what gathering among them takes."""

    ranks: Array
    group: Array
    """Ranks of these over which states are spread; all where none are."""
    per_byte: Array
    """Seconds per byte gathered over the group."""
    latency: Array


def _replicas(m: Machines, layouts: Layouts) -> _Replicas:
    ranks = layouts.dp * layouts.cp
    group = np.where(layouts.sharding > 0, np.minimum(layouts.shard_group, ranks), ranks)
    return _Replicas(ranks, group, *network.gather_cost(group, layouts.tp, m.links))


def _sharded(
    t: Transformers,
    w: Workloads,
    m: Machines,
    layouts: Layouts,
    weights: _Weights,
    replicas: _Replicas,
    forward: Array,
    backward: Array,
) -> tuple[Array, Array]:
    """Forward and backward seconds of a layer whose weights are gathered and gradients scattered (ZeRO-3)."""
    per_layer = (weights.dense + weights.routed) * layouts.pp / t.layers
    # QLoRA's weights travel as they are stored, in 4 bits; gradients in 16.
    stored = np.where(w.quantised > 0, 0.5, _gathered_bytes(w, m))
    if np.any(w.wide_experts):
        apart = weights.routed / (weights.dense + weights.routed)
        stored = np.where(w.wide_experts > 0, stored + (2.0 - stored) * apart, stored)
    shards, each = layouts.sharding == 3, per_layer * replicas.per_byte
    latency = replicas.latency
    if np.any(m.looped):
        # Experts that are modules of their own are fetched when they are called, matrix by matrix: nothing is
        # fetched ahead, and each call takes the host as long as launching a layer. So little goes round a
        # ring of all ranks, hop by hop (NCCL gathers by rings alone until its version 2.23).
        apart = (m.looped > 0) * t.matrices * t.experts / layouts.ep * t.moe_layers / t.layers
        around = m.links.outside_latency * (replicas.group - 1.0) * (replicas.group > m.links.domain)
        latency = latency + apart * (np.maximum(latency, around) + m.host)
    gather = (stored * each + latency) * shards
    if np.any(w.host_weights):
        # Each rank first fetches its own part from the host.
        gather = gather + w.host_weights * shards * stored * per_layer / replicas.group / m.host_link
    scatter = np.where(w.frozen > 0, 0.0, ((2.0 + 2.0 * w.autocast) * each + latency) * shards)
    if np.any(m.copied_gradients):
        # To and from the buffers of collectives: copies run among the kernels, not beside them
        # (foreach_all_gather_copy_out and foreach_reduce_scatter_copy_in of PyTorch's fully_shard).
        copied = shards * (replicas.group > 1.0) * per_layer / m.memory
        forward = forward + m.copied_weights * copied
        backward = backward + (m.copied_weights + m.copied_gradients * (w.frozen <= 0)) * copied
    if np.any(m.module_fetches):
        # Of a layer that is more than may be held nothing comes ahead, and what is recomputed comes again.
        late = gather * (m.module_fetches > 0) * (per_layer > LIVE_PARAMETERS)
        gather = gather - late
        forward, backward = forward + late, backward + late * (1.0 + (layouts.recompute == 2))

    def together(compute: Array, comm: Array) -> Array:
        # Collectives take multiprocessors and bandwidth from the kernels they hide behind.
        hidden = np.maximum(compute, comm) + m.contention * np.minimum(compute, comm)
        return hidden + m.unhidden * (compute + comm - hidden)

    return together(forward, gather), together(backward, gather + scatter)


def _gathered_bytes(w: Workloads, m: Machines) -> Array:
    """Bytes of a weight on its way to its replicas: 2, 1 where products take 8 bits or fewer, or 4 where each
    product casts its own.

    Source: what is sharded is cast before it is gathered (``fp8_param_gather`` of Megatron-Core,
    ``enable_fsdp_float8_all_gather`` of torchao).
    """
    return np.where((w.low_precision > 0) & (m.wide_gathers <= 0), 1.0, 2.0 + 2.0 * w.autocast)


def _update(
    w: Workloads,
    m: Machines,
    layouts: Layouts,
    weights: _Weights,
    replicas: _Replicas,
    forward: Array,
    backward: Array,
) -> tuple[Array, Array]:
    """Exposed seconds of gradient reduction and weight gathering, and of the optimizer's own pass."""
    trained = np.where(w.frozen > 0, ADAPTER_SHARE, 1.0)
    ranks, group = replicas.ranks, replicas.group
    expert_replicas = layouts.expert_replicas
    dense = (weights.dense + weights.tables) * trained
    routed = weights.routed * trained
    sharded = layouts.sharding > 0
    routed_per_byte, routed_latency = network.gather_cost(expert_replicas, layouts.ep, m.links)
    copies = np.where(layouts.pp > 1, COPIES[w.schedule], 1.0)
    each = copies * (dense * replicas.per_byte + routed * routed_per_byte)
    latency = replicas.latency + routed_latency
    # Interleaved chunks finish one after another while the pipeline drains, and fill it likewise.
    window = HIDING_SHARE * (1.0 + (layouts.pp - 1.0) * (1.0 - 1.0 / layouts.vp))
    # ZeRO-3 gathers and scatters layer by layer (``_sharded``). Below, the two halves of an all-reduce:
    # gradients are scattered, then they, or the weights that sharded optimizers made of them, are gathered.
    apart = layouts.sharding < 3
    gradients = (m.gradient_bytes * each + latency) * apart
    gather = (np.where(sharded, _gathered_bytes(w, m), m.gradient_bytes) * each + latency) * apart
    if np.any(group < ranks):
        # Groups that hold replicas of the shards add up their gradients, each its own part.
        across, added = network.gather_cost(ranks / group, layouts.tp * group, m.links)
        gradients = gradients + 2.0 * (m.gradient_bytes * dense / group * across + added)
    # Without shards the all-reduce hides behind the backward pass; a research code's shards wait for its end.
    gradients, gather = np.where(sharded, gradients, gradients + gather), np.where(sharded, gather, 0.0)
    # However long the pass, a share stays exposed: the last bucket has nothing left to hide behind.
    late = np.where(sharded, m.sharded_exposed, m.data_exposed)
    exposed = np.maximum(gradients * late, gradients - window * backward)
    exposed = exposed + np.maximum(gather * late, gather - window * forward)
    # The update reads and writes states alone, and casts what it has written: bytes over bandwidth.
    held = dense / np.where(sharded, group, 1.0)
    held = held + routed / np.where(sharded, np.maximum(expert_replicas * group / ranks, 1.0), 1.0)
    # Of two copies each rank updates its half, where the states are shared at all.
    held = held * np.where(sharded, 1.0, copies)
    here = held * (w.state_bytes + cast_traffic(w, m)) / m.memory
    if np.any(w.host_updates):
        # A host updates what all accelerators of its server hold, one after the other.
        in_server = np.minimum(m.node, layouts.accelerators)
        here = here + w.host_updates * held * in_server * m.host_update
    return exposed, here


def evaluate(
    t: Transformers, w: Workloads, m: Machines, layouts: Layouts, filled: Array | None = None
) -> StepSeconds:
    """Seconds of a step of each layout, the seconds of its layers computed row by row.

    ``filled`` is the share of memory each layout takes, where known. Source: as ``step_seconds``.
    """
    split = Split(
        tp=layouts.tp,
        cp=layouts.cp,
        ep=layouts.ep,
        microbatch=layouts.microbatch,
        sequence_parallel=layouts.sequence_parallel.astype(float),
    )
    return step_seconds(t, w, m, layouts, layer_seconds(t, w, m, split), filled)

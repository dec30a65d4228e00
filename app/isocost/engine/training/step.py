"""Seconds of one optimizer step of each layout, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from isocost.engine.arrays import Array, Shapes, Works, expert_split
from isocost.engine.layout import Layouts
from isocost.engine.training import network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.layer import layer_seconds
from isocost.engine.training.passes import LayerSeconds, Passes, Split


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Seconds of an optimizer step by what they are spent on; arrays of one length, a row per layout."""

    matmul: Array
    attention: Array
    """And what mixes tokens in state-space layers."""
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


def _softmax(a: Array, b: Array) -> Array:
    """Seconds of two things at once: the longer, and somewhat more (eighth powers) when they are alike."""
    longer = np.maximum(a, b)
    ratio = np.minimum(a, b) / np.maximum(longer, 1e-30)
    square = ratio * ratio
    fourth = square * square
    return longer * np.sqrt(np.sqrt(np.sqrt(1.0 + fourth * fourth)))


@dataclass(frozen=True, slots=True)
class _Weights:
    """Parameters one rank holds, split by who replicates them."""

    dense: Array
    """Of the layers, replicated over dp x cp."""
    routed: Array
    """Routed experts, replicated over tp x cp x dp / ep."""
    tables: Array
    """Embedding and head, on the first and last stages."""


def _rank_weights(s: Shapes, layouts: Layouts) -> _Weights:
    routed = s.moe_layers / s.layers * s.routed_parameters
    per_stage = s.layers / layouts.pp
    return _Weights(
        dense=(s.layer_parameters - routed) * per_stage / layouts.tp,
        routed=routed * per_stage / (layouts.ep * expert_split(s, layouts.tp)),
        tables=s.tables / layouts.tp / np.minimum(layouts.pp, 2.0),
    )


def _stage_seconds(
    per_layer: Array, head: Array, s: Shapes, m: Machines, layouts: Layouts
) -> tuple[Array, Array]:
    """Seconds of the slowest and of the average stage for one microbatch.

    Layers are dealt in chunks of one size; where the last chunks are not full, the last stage takes the
    missing layer in exchange for the head. Stacks that balance weigh the head as the layers its parameters
    are worth. The fractional layers of a slider's shape are dealt evenly.
    """
    chunks = np.maximum(layouts.vp * (layouts.pp > 1), 1.0)
    whole = s.layers == np.floor(s.layers)
    weighed = s.layers + m.balanced * s.hidden * s.vocabulary / s.layer_parameters
    full = np.ceil(weighed / (layouts.pp * chunks) - 1e-9) * chunks
    full = np.where(whole, np.minimum(full, s.layers), s.layers / layouts.pp)
    # Fewer layers on the last stage when the head would otherwise make it the slowest.
    last = np.maximum(s.layers - full * (layouts.pp - 1.0), 0.0) * per_layer + head
    slowest = np.maximum(full * per_layer, last)
    average = (s.layers * per_layer + head) / layouts.pp
    return slowest, average


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A step before it is told apart by what it is spent on; seconds, a row per layout."""

    passes: Array
    """Layers a rank computes in a step: those of its stage for every microbatch."""
    gathering: Array
    """Per layer, what gathering sharded weights adds to both passes."""
    host: Array
    """Per layer, what waiting for the host's launches adds."""
    pipeline: Array
    """Beyond the work of an average stage: bubble, imbalance, stalls and sends."""
    data: Array
    optimizer: Array
    everything: Array
    """All but waiting for stragglers."""
    spread: Array
    """Share of ``everything`` the slowest of many accelerators adds."""


def _timeline(
    s: Shapes, w: Works, m: Machines, layouts: Layouts, passes: Passes, filled: Array | None
) -> _Timeline:
    weights, replicas = _rank_weights(s, layouts), _replicas(m, layouts)
    forward, backward = passes.forward, passes.backward
    forward_gathered, backward_gathered = _sharded(s, w, m, layouts, weights, replicas, forward, backward)
    crossing = (layouts.pp > 1) & (layouts.accelerators > m.links.domain)
    host = passes.host * (1.0 + m.pipelined_host * (layouts.tp * crossing))
    forward_floor = _softmax(forward_gathered, host)
    backward_floor = _softmax(backward_gathered, 1.5 * host)
    gathered = forward_gathered + backward_gathered
    per_layer = forward_floor + backward_floor
    head = passes.head * (1.0 + s.mtp_layers) + s.mtp_layers * per_layer
    slowest, average = _stage_seconds(per_layer, head, s, m, layouts)
    count = layouts.microbatches
    # Interleaving deals microbatches in rounds of pp: an incomplete round leaves chunks idle.
    ramp = (layouts.pp - 1.0) / layouts.vp * average
    pipelined = count * (slowest + _stall(m, layouts, filled)) + ramp + _sends(s, w, m, layouts)
    # What hides the reduction is the time a pass really takes, the host's launches included.
    held = s.layers / layouts.pp
    data, optimizer = _update(w, m, layouts, weights, replicas, forward_floor * held, backward_floor * held)
    return _Timeline(
        passes=count * (s.layers + s.mtp_layers) / layouts.pp,
        gathering=gathered - forward - backward,
        host=per_layer - gathered,
        pipeline=pipelined - count * average,
        data=data,
        optimizer=optimizer,
        everything=pipelined + data + optimizer + m.step_overhead,
        spread=m.straggler * np.log2(np.maximum(layouts.accelerators / 8.0, 1.0)),
    )


def total_seconds(
    s: Shapes, w: Works, m: Machines, layouts: Layouts, passes: Passes, filled: Array | None = None
) -> Array:
    """Seconds of a whole step from what a layer's passes take in each layout's recomputation mode."""
    line = _timeline(s, w, m, layouts, passes, filled)
    return line.everything * (1.0 + line.spread)


def step_seconds(
    s: Shapes, w: Works, m: Machines, layouts: Layouts, layer: LayerSeconds, filled: Array | None = None
) -> StepSeconds:
    """Combine per-layer seconds (a row per layout) into the seconds of a whole step, part by part."""
    line = _timeline(s, w, m, layouts, layer.passes(layouts.recompute), filled)
    heads = layouts.microbatches / layouts.pp * (1.0 + s.mtp_layers)
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
    always above 92 % of memory, with tensor parallel over more than two domains and as the count approaches
    512; in half of the runs with unsharded data parallel of more than two over more than two domains.
    """
    if not np.any(m.stall):
        return np.zeros(1)
    full = np.zeros(1) if filled is None else filled
    two_domains = 2.0 * m.links.domain
    unsharded = (layouts.sharding == 0) & (layouts.dp > 2) & (layouts.accelerators > two_domains)
    often = np.minimum(layouts.accelerators / 512.0, 1.0) ** 10
    share = np.maximum(often, np.where(unsharded, 0.5, 0.0))
    share = np.where((full > 0.92) | (layouts.tp > two_domains), 1.0, share)
    neighbours = np.minimum(layouts.pp - 1.0, 2.0)
    return m.stall * neighbours * share


def _sends(s: Shapes, w: Works, m: Machines, layouts: Layouts) -> Array:
    """Seconds spent handing activations to the next stage and gradients back, less what overlaps."""
    tokens = layouts.microbatch * w.sequence / layouts.cp
    volume = 2.0 * tokens * s.hidden / np.maximum(layouts.tp * layouts.sequence_parallel, 1.0)
    distance = layouts.tp * layouts.cp * layouts.dp
    once = network.point_to_point_seconds(volume, distance, m.links)
    return 2.0 * once * layouts.microbatches * layouts.vp * m.pipeline_exposed * (layouts.pp > 1)


@dataclass(frozen=True, slots=True)
class _Replicas:
    """Ranks that hold the same dense weights, and what gathering among them takes."""

    ranks: Array
    group: Array
    """Of them, those over which states are spread; all where none are."""
    per_byte: Array
    """Seconds per byte gathered over the group."""
    latency: Array


def _replicas(m: Machines, layouts: Layouts) -> _Replicas:
    ranks = layouts.dp * layouts.cp
    group = np.where(layouts.sharding > 0, np.minimum(layouts.shard_group, ranks), ranks)
    return _Replicas(ranks, group, *network.gather_cost(group, layouts.tp, m.links))


def _sharded(
    s: Shapes,
    w: Works,
    m: Machines,
    layouts: Layouts,
    weights: _Weights,
    replicas: _Replicas,
    forward: Array,
    backward: Array,
) -> tuple[Array, Array]:
    """Forward and backward seconds of a layer whose weights are gathered and gradients scattered (ZeRO-3)."""
    per_layer = (weights.dense + weights.routed) * layouts.pp / s.layers
    stored = np.where(w.quantised > 0, 0.5, 2.0)
    gather = (stored * per_layer * replicas.per_byte + replicas.latency) * (layouts.sharding == 3)
    scatter = np.where(w.frozen > 0, 0.0, gather)

    def together(compute: Array, comm: Array) -> Array:
        # Collectives take multiprocessors and bandwidth from the kernels they hide behind.
        return np.maximum(compute, comm) + m.contention * np.minimum(compute, comm)

    return together(forward, gather), together(backward, gather + scatter)


def _update(
    w: Works,
    m: Machines,
    layouts: Layouts,
    weights: _Weights,
    replicas: _Replicas,
    forward: Array,
    backward: Array,
) -> tuple[Array, Array]:
    """Exposed seconds of gradient reduction and weight gathering, and of the optimizer's own pass."""
    trained = np.where(w.frozen > 0, 0.01, 1.0)
    ranks, group = replicas.ranks, replicas.group
    expert_replicas = layouts.expert_replicas
    dense = (weights.dense + weights.tables) * trained
    routed = weights.routed * trained
    sharded = layouts.sharding > 0
    routed_per_byte, routed_latency = network.gather_cost(expert_replicas, layouts.ep, m.links)
    each = dense * replicas.per_byte + routed * routed_per_byte
    latency = replicas.latency + routed_latency
    # Interleaved chunks finish one after another while the pipeline drains, and fill it likewise.
    window = 0.8 * (1.0 + (layouts.pp - 1.0) * (1.0 - 1.0 / layouts.vp))
    apart = layouts.sharding < 3
    gradients = (m.gradient_bytes * each + latency) * apart
    gather = (np.where(sharded, 2.0, m.gradient_bytes) * each + latency) * apart
    if np.any(group < ranks):
        # Groups that hold replicas of the shards add up their gradients, each its own part.
        across, added = network.gather_cost(ranks / group, layouts.tp * group, m.links)
        gradients = gradients + 2.0 * (m.gradient_bytes * dense / group * across + added)
    # Without shards the all-reduce hides behind the backward pass; a research code's shards wait for its end.
    gradients, gather = np.where(sharded, gradients, gradients + gather), np.where(sharded, gather, 0.0)
    late = np.where(sharded, m.sharded_exposed, m.data_exposed)
    exposed = np.maximum(gradients * late, gradients - window * backward)
    exposed = exposed + np.maximum(gather * late, gather - window * forward)
    held = dense / np.where(sharded, group, 1.0)
    held = held + routed / np.where(sharded, np.maximum(expert_replicas * group / ranks, 1.0), 1.0)
    return exposed, held * w.state_bytes / m.memory


def evaluate(s: Shapes, w: Works, m: Machines, layouts: Layouts, filled: Array | None = None) -> StepSeconds:
    """Step seconds of each layout, computing the per-layer seconds row by row.

    ``filled`` is the share of memory each layout takes, where known.
    """
    split = Split(
        tp=layouts.tp,
        cp=layouts.cp,
        ep=layouts.ep,
        microbatch=layouts.microbatch,
        sequence_parallel=layouts.sequence_parallel.astype(float),
    )
    return step_seconds(s, w, m, layouts, layer_seconds(s, w, m, split), filled)

"""Seconds of one optimizer step of each layout, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from isocost.engine import network
from isocost.engine.batch import Array, Shapes, Works
from isocost.engine.efficiency import Machines
from isocost.engine.layer import layer_seconds
from isocost.engine.layout import Layouts
from isocost.engine.passes import LayerSeconds, Passes, Split


@dataclass(frozen=True, slots=True)
class StepSeconds:
    """Seconds of an optimizer step by what they are spent on; arrays of one length, a row per layout."""

    matmul: Array
    attention: Array
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
    moe_share = s.moe_layers / s.layers
    dense = s.attention_parameters + (1.0 - moe_share) * s.dense_parameters
    dense = dense + moe_share * (s.moe_parameters - s.routed_parameters)
    per_stage = s.layers / layouts.pp
    expert_tp = np.where(s.expert_ffn >= s.hidden, layouts.tp, 1.0)
    return _Weights(
        dense=dense * per_stage / layouts.tp,
        routed=moe_share * s.routed_parameters * per_stage / (layouts.ep * expert_tp),
        tables=s.tables / layouts.tp / np.minimum(layouts.pp, 2.0),
    )


def _stage_seconds(per_layer: Array, head: Array, s: Shapes, layouts: Layouts) -> tuple[Array, Array]:
    """Seconds of the slowest and of the average stage for one microbatch.

    Layers are dealt in chunks of one size; where the last chunks are not full, the last stage takes the
    missing layer in exchange for the head. The fractional layers of a slider's shape are dealt evenly.
    """
    chunks = layouts.pp * layouts.vp
    even = s.layers / layouts.pp
    # One layer fewer on the last stage when the head would otherwise make it the slowest.
    full = np.ceil(s.layers / chunks - 1e-9) * layouts.vp
    spare = full * layouts.pp - s.layers
    split = (layouts.pp > 1) & (spare > 0) & (s.layers == np.floor(s.layers))
    slowest_layers = np.where(split, full, even)
    last = np.where(split, np.maximum(full - spare, 0.0), even) * per_layer + head
    slowest = np.maximum(slowest_layers * per_layer, last)
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
    weights = _rank_weights(s, layouts)
    forward, backward = passes.forward, passes.backward
    forward_gathered, backward_gathered = _sharded(s, w, m, layouts, weights, forward, backward)
    crossing = (layouts.pp > 1) & (layouts.accelerators > m.links.domain)
    host = passes.host * (1.0 + m.pipelined_host * np.where(crossing, layouts.tp, 0.0))
    forward_floor = _softmax(forward_gathered, host)
    backward_floor = _softmax(backward_gathered, 1.5 * host)
    gathered = forward_gathered + backward_gathered
    per_layer = forward_floor + backward_floor
    head = passes.head * (1.0 + s.mtp_layers) + s.mtp_layers * per_layer
    slowest, average = _stage_seconds(per_layer, head, s, layouts)
    count = layouts.microbatches
    # Interleaving deals microbatches in rounds of pp: an incomplete round leaves chunks idle.
    ramp = (layouts.pp - 1.0) / layouts.vp * average
    pipelined = count * (slowest + _stall(m, layouts, filled)) + ramp + _sends(s, w, m, layouts)
    # What hides the reduction is the time a pass really takes, the host's launches included.
    held = s.layers / layouts.pp
    data, optimizer = _update(s, w, m, layouts, weights, forward_floor * held, backward_floor * held)
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

    Measured on one grid (H100, Nanotron): above about 85 % of memory, with unsharded data parallel of more
    than two, and nearly always as the count approaches 512.
    """
    full = np.zeros(1) if filled is None else filled
    wide = layouts.accelerators > 2.0 * m.links.domain
    unsharded = (layouts.sharding == 0) & (layouts.dp > 2) & wide
    near = np.minimum(layouts.accelerators / 512.0, 1.0)
    often = near * near * near * near * near
    share = np.where(full > 0.92, 1.0, np.maximum(often, np.where(unsharded, 0.5, 0.0)))
    return np.where(layouts.pp > 1, m.stall * share, 0.0)


def _sends(s: Shapes, w: Works, m: Machines, layouts: Layouts) -> Array:
    """Seconds spent handing activations to the next stage and gradients back, less what overlaps."""
    tokens = layouts.microbatch * w.sequence / layouts.cp
    volume = 2.0 * tokens * s.hidden / np.where(layouts.sequence_parallel, layouts.tp, 1.0)
    distance = layouts.tp * layouts.cp * layouts.dp
    once = network.point_to_point_seconds(volume, distance, m.links)
    return np.where(layouts.pp > 1, 2.0 * once * layouts.microbatches * layouts.vp * m.pipeline_exposed, 0.0)


def _sharded(
    s: Shapes, w: Works, m: Machines, layouts: Layouts, weights: _Weights, forward: Array, backward: Array
) -> tuple[Array, Array]:
    """Forward and backward seconds of a layer whose weights are gathered and gradients scattered (ZeRO-3)."""
    per_layer = (weights.dense + weights.routed) * layouts.pp / s.layers
    stored = np.where(w.quantised > 0, 0.5, 2.0)
    gather = network.gather_seconds(stored * per_layer, layouts.shard_group, layouts.tp, m.links)
    scatter = np.where(w.frozen > 0, 0.0, gather)
    on = layouts.sharding == 3

    def together(compute: Array, comm: Array) -> Array:
        # Collectives take multiprocessors and bandwidth from the kernels they hide behind.
        return np.maximum(compute, comm) + m.contention * np.minimum(compute, comm)

    return (
        np.where(on, together(forward, gather), forward),
        np.where(on, together(backward, gather + scatter), backward),
    )


def _update(
    s: Shapes, w: Works, m: Machines, layouts: Layouts, weights: _Weights, forward: Array, backward: Array
) -> tuple[Array, Array]:
    """Exposed seconds of gradient reduction and weight gathering, and of the optimizer's own pass."""
    trained = np.where(w.frozen > 0, 0.01, 1.0)
    ranks = layouts.dp * layouts.cp
    replicas = layouts.expert_replicas
    dense = (weights.dense + weights.tables) * trained
    routed = weights.routed * trained
    sharded = layouts.sharding > 0
    group = np.where(sharded, np.minimum(layouts.shard_group, ranks), ranks)
    per_byte, latency = network.gather_cost(group, layouts.tp, m.links)
    routed_per_byte, routed_latency = network.gather_cost(replicas, np.maximum(layouts.ep, 1.0), m.links)
    each = dense * per_byte + routed * routed_per_byte
    latency = latency + routed_latency
    # Interleaved chunks finish one after another while the pipeline drains, and fill it likewise.
    window = 0.8 * (1.0 + (layouts.pp - 1.0) * (1.0 - 1.0 / layouts.vp))
    whole = layouts.sharding == 3
    gradients = np.where(whole, 0.0, m.gradient_bytes * each + latency)
    gather = np.where(whole, 0.0, np.where(sharded, 2.0, m.gradient_bytes) * each + latency)
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
    held = held + routed / np.where(sharded, np.maximum(replicas * group / ranks, 1.0), 1.0)
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

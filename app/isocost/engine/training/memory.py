"""Bytes each accelerator of a layout holds at the peak of a training step.

The peak falls on the first pipeline stage, which holds the most microbatches in flight, or on the last, which
holds the logits; both are computed and the larger one is reported. Activation terms follow Korthikanti et al.
(arXiv 2205.05198), written out tensor by tensor for gated, grouped-query, latent and expert layers with
FlashAttention. All arrays broadcast together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np

from isocost.engine.arrays import Array, Transformers
from isocost.engine.layout import Layouts, expert_split, rank_parameters
from isocost.engine.records import Accelerator
from isocost.engine.training.activations import LayerActivations, layer_activations
from isocost.engine.training.schedules import COPIES, FOLDED, in_flight
from isocost.engine.training.states import SIXTEEN_BIT, THIRTY_TWO_BIT, MemoryProfile, StateBytes
from isocost.quantities.units import GIGA

LABEL_BYTES = 2.0**30 / GIGA
"""Device memory labelled in GB is made of GiB (an "80 GB" H100 has 81,559 MiB)."""
USABLE = 0.995
"""Share of it a process can allocate: drivers and error correction keep the rest (that H100 shows 0.9956 of
80 GiB)."""

GATHERED_LAYERS = 2.0
"""Layers whose weights are whole at once under ZeRO-3: the one computing and the one fetched ahead (the
default prefetch of PyTorch's FSDP, arXiv 2304.11277)."""

WIDER_LOGITS = 1.0 / 3.0
"""Share a logit takes more where the head is of 32 bits: its 16-bit copy and that of its gradient, 4 of the
12 bytes of a loss that takes all at once, are twice as wide."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes per accelerator at the peak, by what they hold; a row per layout."""

    weights: Array
    gradients: Array
    optimizer: Array
    activations: Array
    logits: Array
    buffers: Array
    """Gathered weights under ZeRO-3, the head's gradient, framework workspaces."""
    reserve: Array
    """Fragmentation, device context and communication buffers: needed, but not seen by the allocator."""
    pooled: Array
    """Gradients of ``gradients_apart``: kept beside what fills the peak while the device has more; no part of
    what must fit."""

    @property
    def allocated(self) -> Array:
        """Peak as a framework reports it: everything but ``reserve``."""
        return self.total - self.reserve

    @property
    def total(self) -> Array:
        """Sum of all parts: what must fit."""
        result: Array = sum(getattr(self, f.name) for f in fields(Memory) if f.name != "pooled")
        return result

    def fits(self, capacity: Array | float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether ``total`` fits in ``capacity`` bytes (see ``usable_bytes``)."""
        return np.less_equal(self.total, capacity)


def usable_bytes(accelerator: Accelerator) -> float:
    """Bytes of an accelerator's memory that a training process can allocate."""
    return accelerator.memory_bytes * LABEL_BYTES * USABLE


def memory(
    t: Transformers, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> Memory:
    """Peak bytes per accelerator of each layout: the larger of the first and the last pipeline stage.

    ``sequence`` is tokens a sequence. Models, states and layouts broadcast together. Source: activations
    arXiv 2205.05198, sharded states arXiv 1910.02054, frameworks ``resources/memory.yaml``.
    """
    layer = layer_activations(t, sequence, states, layouts, profile)
    stored = layer.stored(layouts.recompute)
    ends = []
    shares = _shares(_distinct_experts(t, layouts), layouts.shard_group)
    for stage in _stages(t, states, layouts, profile):
        own = _states(t, states, layouts, stage, profile)
        weights, gradients, optimizer = (state.over(shares) for state in own)
        logits, head = _loss(t, sequence, states, layouts, stage, profile)
        loss = logits + head
        # The loss comes before the layers' backward passes, so the larger of what they need counts.
        reducing = _reducing(t, states, layouts, stage, profile)
        held = _held_gradients(layer, states, layouts, profile) * (layouts.recompute == 2)
        work = _at_work(layer, stored, profile) + held * stage.layers
        working = np.maximum(work + reducing - loss, 0.0)
        flying = np.minimum(stage.in_flight, layouts.microbatches)
        activations = stored * stage.layers * flying + working
        late = _gradients_not_yet(gradients, activations + loss, layouts.microbatches, profile)
        gathered = _gathered(t, states, layouts, stage, profile)
        buckets = _buckets(own[1], layouts, profile) * (layouts.shard_group > 1)
        buffers = gathered + head + buckets + profile.allocated_bytes
        if profile.update_copies:
            # The update comes when activations are gone and gradients there: the larger of the two counts.
            update = _update(t, states, layouts, stage).over(shares)
            update = np.minimum(update, profile.update_limit)
            buffers = buffers + np.maximum(update - (activations + loss + gathered - late), 0.0)
        outside = _outside(_split(layouts) * layouts.shard_group, profile) + _exchange(t, layouts, profile)
        reserve = outside + profile.fragmentation * activations
        pooled = late * profile.gradients_apart * (layouts.sharding == 3)
        parts = weights, gradients - late, optimizer, activations, logits, buffers, reserve
        ends.append(Memory(*parts, pooled))
    first, last = ends[0], ends[-1]
    choose = last.total > first.total
    return Memory(*(np.where(choose, getattr(last, f.name), getattr(first, f.name)) for f in fields(Memory)))


def _split(layouts: Layouts) -> Array:
    """Ranks a replica is split over."""
    return layouts.tp * layouts.pp * layouts.cp


def _outside(ranks: Array, profile: MemoryProfile) -> Array:
    """Bytes outside the framework's allocator: context, and buffers of communication where there is any."""
    return profile.reserve_bytes + np.where(ranks > 1, profile.communicator_bytes, 0.0)


def _exchange(t: Transformers, layouts: Layouts, profile: MemoryProfile) -> Array:
    """Bytes of the channels over which ranks exchange tokens for their experts."""
    return np.where((layouts.ep > 1) & (t.experts > 0), profile.exchange_bytes, 0.0)


@dataclass(frozen=True, slots=True)
class _Shares:
    """Shares one rank keeps of states that are sharded: one over the ranks that share them."""

    dense: Array
    routed: Array
    """Share of routed experts, which fewer ranks replicate."""


def _shares(distinct_experts: Array, shard_group: Array) -> _Shares:
    # Of a group of n ranks only n / distinct hold the same experts and can share their states.
    dense = 1.0 / np.maximum(shard_group, 1.0)
    routed = np.minimum(distinct_experts * dense, 1.0) if distinct_experts.any() else np.zeros(1)
    return _Shares(dense, routed)


def _distinct_experts(t: Transformers, layouts: Layouts) -> Array:
    """Ranks with different routed experts among those over which states are sharded; 0 without experts."""
    distinct = layouts.ep * expert_split(t, layouts.tp) / layouts.tp
    return distinct if np.any(t.routed_parameters) else np.zeros(1)


@dataclass(frozen=True, slots=True)
class Sharded:
    """Bytes of a state on a rank: what it keeps whole, and what it shares with its replicas."""

    whole: Array
    dense: Array
    routed: Array

    def over(self, shares: _Shares) -> Array:
        """Bytes kept when the shared parts are spread."""
        return self.whole + self.routed * shares.routed + self.dense * shares.dense

    def __add__(self, other: Sharded) -> Sharded:
        return Sharded(self.whole + other.whole, self.dense + other.dense, self.routed + other.routed)


@dataclass(frozen=True, slots=True)
class Need:
    """Memory of one end of the pipeline, before its replicas and microbatches are known."""

    states: Sharded
    """Weights and optimizer, and all whose size is settled; gradients too, where they live throughout."""
    gradients: Sharded
    """Gradients that only appear as activations are freed."""
    update: Sharded
    """What the optimizer's update makes."""
    loss: Array
    """Bytes of the loss and of the gradient of the output head."""
    gathered: Array
    """Bytes of the weights that are whole for the moment."""
    buckets: Array
    """Bytes of the gradients' copies for other replicas, where there are any."""
    working: tuple[Array, ...]
    """Bytes a layer's backward pass needs beyond the loss, under each recomputation mode."""
    stored: tuple[Array, ...]
    """Activations kept of each microbatch, under each recomputation mode."""
    in_flight: Array
    """Microbatches kept at most."""
    distinct_experts: Array
    """Ranks with different routed experts among those that share the states."""
    split: Array
    """Ranks a replica is split over."""


def needs(
    t: Transformers,
    sequence: Array,
    states: StateBytes,
    layouts: Layouts,
    profile: MemoryProfile,
    modes: Sequence[int],
) -> tuple[Need, ...]:
    """Memory of the first and the last pipeline stage under several recomputation modes.

    The sum of ``memory`` before replicas and microbatches are known: those of ``layouts`` are ignored,
    ``peak_bytes`` adds them. Only one stage where no layout has a pipeline. Source: as ``memory``.
    """
    layer = layer_activations(t, sequence, states, layouts, profile)
    kept = {0: layer.whole, 1: layer.selective, 2: layer.boundary + layer.cached}
    found = []
    for stage in _stages(t, states, layouts, profile):
        weights, gradients, optimizer = _states(t, states, layouts, stage, profile)
        logits, head = _loss(t, sequence, states, layouts, stage, profile)
        loss = logits + head
        reducing = _reducing(t, states, layouts, stage, profile)
        held = _held_gradients(layer, states, layouts, profile) * stage.layers
        at_work = [_at_work(layer, kept[mode], profile) + (held if mode == 2 else 0.0) for mode in modes]
        gathered = _gathered(t, states, layouts, stage, profile)
        fixed = loss + gathered + profile.allocated_bytes + _exchange(t, layouts, profile)
        none = Sharded(np.zeros(1), np.zeros(1), np.zeros(1))
        throughout = gradients if profile.persistent_gradients else none
        found.append(
            Need(
                states=weights + optimizer + throughout + Sharded(fixed, np.zeros(1), np.zeros(1)),
                gradients=none if profile.persistent_gradients else gradients,
                update=_update(t, states, layouts, stage) if profile.update_copies else none,
                loss=loss,
                gathered=gathered,
                buckets=_buckets(gradients, layouts, profile),
                working=tuple(np.maximum(each + reducing - loss, 0.0) for each in at_work),
                stored=tuple(kept[mode] * stage.layers for mode in modes),
                in_flight=stage.in_flight,
                distinct_experts=_distinct_experts(t, layouts),
                split=_split(layouts),
            )
        )
    return tuple(found)


def peak_bytes(
    ends: Sequence[Need], shard_group: Array, microbatches: Array, profile: MemoryProfile
) -> list[Array]:
    """Bytes of what ``needs`` found, an array for each recomputation mode: the same as ``memory(...).total``.

    ``shard_group`` is devices that share states; it and ``microbatches`` may have more axes than the needs.
    Source: as ``memory``.
    """
    # What varies along few axes is added up before it meets the axes of counts, so that the grid of a search
    # costs a few operations on arrays of full size instead of all of them.
    growth = 1.0 + profile.fragmentation
    peaks: list[Array] = []
    shares = _shares(ends[0].distinct_experts, shard_group)
    outside = _outside(ends[0].split * shard_group, profile)
    for need in ends:
        held = need.states.over(shares) + outside
        if profile.bucket_copies:
            held = held + need.buckets * (shard_group > 1)
        gradients = need.gradients.over(shares)
        flying = np.minimum(need.in_flight, microbatches)
        for k, (stored, beyond) in enumerate(zip(need.stored, need.working, strict=True)):
            total = (growth * stored) * flying + (held + growth * beyond)
            working = beyond + need.loss
            if not profile.persistent_gradients:
                late = _gradients_not_yet(gradients, stored * flying + working, microbatches, profile)
                total = total + gradients - late
            if profile.update_copies:
                update = np.minimum(need.update.over(shares), profile.update_limit)
                later = held + profile.fragmentation * beyond + gradients + update - need.loss - need.gathered
                total = np.maximum(total, later + profile.fragmentation * stored * flying)
            if k == len(peaks):
                peaks.append(total)
            else:
                peaks[k] = np.maximum(peaks[k], total)
    return peaks


@dataclass(frozen=True, slots=True)
class _Stage:
    """One pipeline stage: what it holds of the model and of the microbatches."""

    layers: Array
    tables: Array
    """Parameters of embedding and head on it."""
    in_flight: Array
    """Microbatches whose activations it keeps at once, where there are as many."""
    heads: Array
    """Output heads (with multi-token prediction, more than one); 0 on the first of several stages."""


def _stages(
    t: Transformers, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> tuple[_Stage, ...]:
    """The first and the last stage; only one where no layout has a pipeline."""
    pp, single = layouts.pp, layouts.pp <= 1
    whole = t.layers == np.floor(t.layers)
    table = t.hidden * t.vocabulary
    # A hair less before rounding up: 32 layers over 4 stages must not become 9 by an error in the last digit.
    balanced = (t.layers + profile.head_balanced * table / t.layer_parameters) / pp
    first_layers = np.minimum(np.where(whole, np.ceil(balanced - 1e-9), balanced), t.layers)
    even = np.where(whole, np.floor(t.layers / pp), t.layers / pp)
    rest = np.maximum(t.layers - (pp - 1.0) * first_layers, 0.0)
    last_layers = np.where(profile.head_balanced > 0, rest, even)
    heads = 1.0 + t.mtp_layers
    # A folded pipeline has its last layers, and the head, on the rank of the first.
    whole_ends = single | (FOLDED[states.schedule] > 0)
    first = _Stage(
        layers=first_layers + np.where(whole_ends, t.mtp_layers, 0.0),
        tables=np.where(whole_ends, t.tables, table),
        in_flight=in_flight(states.schedule, pp, layouts.vp),
        heads=np.where(whole_ends, heads, 0.0),
    )
    if single.all():
        return (first,)
    last = _Stage(
        layers=np.where(single, first_layers, last_layers) + t.mtp_layers,
        tables=np.where(single, t.tables, table),
        in_flight=np.ones(1),
        heads=heads,
    )
    return first, last


def _sharded(
    t: Transformers,
    layouts: Layouts,
    stage: _Stage,
    stage_from: int,
    width: Array,
    table_width: Array,
    expert_width: Array,
) -> Sharded:
    """Bytes of a state of so many bytes a parameter that ZeRO shards from one of its stages on."""
    dense, routed = rank_parameters(t, layouts, stage.layers)
    tables = stage.tables / layouts.tp
    # ZeRO's stages: 1 shards the optimizer, 2 gradients too, 3 weights as well (arXiv 1910.02054).
    on = np.where(layouts.sharding >= stage_from, 1.0, 0.0)
    whole, experts = width * dense + table_width * tables, expert_width * routed
    return Sharded((1.0 - on) * (whole + experts), on * whole, on * experts)


def _update(t: Transformers, states: StateBytes, layouts: Layouts, stage: _Stage) -> Sharded:
    """Bytes the optimizer's update makes for the moment, beside the states it changes."""
    width = states.update * states.trained * states.updated_here
    return _sharded(t, layouts, stage, 1, width, width, width)


def _states(
    t: Transformers, states: StateBytes, layouts: Layouts, stage: _Stage, profile: MemoryProfile
) -> tuple[Sharded, Sharded, Sharded]:
    """Bytes of weights, gradients and optimizer on a rank of a stage, shared as the layout says."""
    sharded = partial(_sharded, t, layouts, stage)
    gradient = np.where(layouts.sharding == 3, states.sharded_gradients, states.gradients) * states.trained
    if profile.pipeline_gradient_bytes:
        piped = np.maximum(gradient, profile.pipeline_gradient_bytes * states.trained)
        gradient = np.where(layouts.pp > 1, piped, gradient)
    # Gradients that are sharded leave for the host as they are made; a buffer of whole ones stays.
    gradient = np.where((states.updated_here > 0) | (layouts.sharding < 2), gradient, 0.0)
    optimizer = states.optimizer * states.trained * states.updated_here
    copies = np.where(layouts.pp > 1, COPIES[states.schedule], 1.0)
    # Ranks that hold two stages share the optimizer's states of both with their mirror image.
    optimizer = optimizer * np.where(layouts.sharding < 1, copies, 1.0)
    gradient = gradient * copies
    wide = states.widened * (layouts.sharding < 3)
    tables = states.table_weights + wide * (THIRTY_TWO_BIT - states.table_weights)
    kept = copies * np.where(layouts.sharding == 3, states.kept_here * states.copied, 1.0)
    return (
        sharded(3, *(each * kept for each in (states.weights, tables, states.expert_weights))),
        sharded(2, gradient, gradient, gradient),
        sharded(1, optimizer, optimizer, optimizer),
    )


def _buckets(gradients: Sharded, layouts: Layouts, profile: MemoryProfile) -> Array:
    """Bytes of the copies of gradients that whole replicas reduce."""
    return np.where(layouts.sharding == 0, profile.bucket_copies * gradients.whole, 0.0)


def _gathered(
    t: Transformers, states: StateBytes, layouts: Layouts, stage: _Stage, profile: MemoryProfile
) -> Array:
    """Bytes of the layers and the head that ZeRO-3 holds whole for the moment; buckets below it."""
    dense, routed = rank_parameters(t, layouts, stage.layers)
    fetched = GATHERED_LAYERS / np.maximum(stage.layers, 1.0)
    width = np.maximum(states.weights, THIRTY_TWO_BIT * states.autocast)
    whole = fetched * (width * dense + np.maximum(states.expert_weights, width * states.autocast) * routed)
    # The limit counts parameters, as they are kept.
    whole = np.minimum(whole, width * profile.live_parameters)
    head = np.minimum(stage.heads, 1.0) * t.hidden * t.vocabulary
    tables = np.maximum(head, profile.root_tables * stage.tables)
    buckets = np.where(layouts.sharding > 0, profile.bucket_bytes, 0.0)
    tables = np.maximum(states.table_weights, THIRTY_TWO_BIT * states.autocast) * tables
    return np.where(layouts.sharding == 3, whole + tables / layouts.tp, buckets)


def _loss(
    t: Transformers,
    sequence: Array,
    states: StateBytes,
    layouts: Layouts,
    stage: _Stage,
    profile: MemoryProfile,
) -> tuple[Array, Array]:
    """Bytes of the logits, and of what the gradient of the output head needs beyond them.

    Its product takes the logits' gradient in 16 bits; where it is reduced after it, that is gone.
    """
    tokens = layouts.microbatch * sequence / layouts.cp
    each = stage.heads * tokens * t.vocabulary / (1.0 if profile.gathered_logits else layouts.tp)
    width = np.where(layouts.tp > 1, states.split_logit_bytes, states.logit_bytes)
    width = width * (1.0 + WIDER_LOGITS * states.widened * (layouts.sharding < 3))
    head = np.minimum(stage.heads, 1.0) * t.hidden * t.vocabulary / layouts.tp
    made = np.where(states.trained < 1.0, 0.0, min(profile.whole_gradient_bytes, SIXTEEN_BIT))
    product = made * head + np.minimum(width, SIXTEEN_BIT) * each
    most = np.maximum(product, _whole_gradient(states, layouts, profile) * head)
    return width * each, np.maximum(most - width * each, 0.0)


def _reducing(
    t: Transformers, states: StateBytes, layouts: Layouts, stage: _Stage, profile: MemoryProfile
) -> Array:
    """Bytes of the whole gradient of a layer under ZeRO-3, before it is reduced."""
    dense, routed = rank_parameters(t, layouts, stage.layers)
    each = (dense + routed) / np.maximum(stage.layers, 1.0)
    return _whole_gradient(states, layouts, profile) * np.minimum(each, profile.live_parameters)


def _whole_gradient(states: StateBytes, layouts: Layouts, profile: MemoryProfile) -> Array:
    """Bytes per weight of a gradient that ZeRO-3 is about to reduce; what is frozen has none."""
    each = np.maximum(profile.whole_gradient_bytes, THIRTY_TWO_BIT * states.autocast)
    return np.where((layouts.sharding == 3) & (states.trained >= 1.0), each, 0.0)


def _at_work(layer: LayerActivations, stored: Array, profile: MemoryProfile) -> Array:
    """Bytes a layer's backward pass needs beside what is stored: what it recomputes, and gradients."""
    return layer.whole - stored + profile.working_layers * layer.gradients


def _held_gradients(
    layer: LayerActivations, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> Array:
    """Bytes of the gradient of a recomputed layer's input, where it stays until the backward pass ends."""
    held = (layouts.sharding == 3) & (states.trained < 1.0)
    return np.where(held, profile.held_inputs * layer.boundary, 0.0)


def _gradients_not_yet(
    gradients: Array, working: Array, microbatches: Array, profile: MemoryProfile
) -> Array:
    """Bytes of gradients that only appear as ``working`` bytes of activations are freed."""
    if profile.persistent_gradients:
        return np.zeros(1)
    return np.where(microbatches <= 1, np.minimum(gradients, working), 0.0)

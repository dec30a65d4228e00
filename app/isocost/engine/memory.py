"""Bytes each accelerator of a layout holds at the peak of a training step.

The peak falls on the first pipeline stage, which holds the most microbatches in flight, or on the last, which
holds the logits; both are computed and the larger one is reported. Activation terms follow Korthikanti et al.
(arXiv 2205.05198), written out tensor by tensor for gated, grouped-query, latent and expert layers with
FlashAttention. All arrays broadcast together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from isocost.engine.architecture import adapter_parameters, parameters
from isocost.engine.batch import Array, Shapes, column
from isocost.engine.layout import Layouts
from isocost.engine.records import Accelerator, Transformer, Workload

LABEL_BYTES = 2.0**30 / 1e9
"""Device memory labelled in GB is made of GiB (an "80 GB" H100 has 81,559 MiB)."""
USABLE = 0.995
"""Share of it a process can allocate: drivers and error correction keep the rest."""

SIXTEEN_BIT = 2.0
FOUR_BIT = 0.53
"""Bytes per weight in NF4 with its double-quantised scales (arXiv 2305.14314)."""

OPTIMIZER_BYTES = {"adamw": 12.0, "adamw-bf16": 4.0, "adamw-8bit": 2.0, "muon": 8.0}
"""Per trained parameter: 32-bit master weight with two moments (Muon: one), or 16- or 8-bit moments alone."""
PURE_16_BIT = ("adamw-bf16", "adamw-8bit")
"""Optimizers that update the 16-bit weights themselves and keep 16-bit gradients."""

EIGHT_BIT = ("fp8", "mxfp8", "nvfp4")
"""Formats whose matmul inputs are stored in 8 bits (NVFP4 keeps the backward pass's inputs in 8)."""

GATHERED_LAYERS = 2.0
"""Layers whose weights are whole at once under ZeRO-3: the one computing and the one fetched ahead."""


@dataclass(frozen=True, slots=True)
class MemoryProfile:
    """What a training framework keeps beyond the arithmetic; fitted to measured peaks."""

    gradient_bytes: float
    """Per trained parameter, unsharded: 4 for a 32-bit buffer, more with 16-bit gradients beside it. Training
    in fp16, or with an optimizer that updates 16-bit weights, keeps 2."""
    persistent_gradients: float
    """1 if gradient buffers live throughout, 0 if gradients appear as the backward pass frees activations
    (then they only coexist with the activations of a later microbatch)."""
    attention_copies: float
    """Times queries and keys are kept again (rotary embedding, packing) beyond the projection's output."""
    ffn_copies: float
    """Inner-width tensors an activation function keeps beyond its inputs (1 = the product only)."""
    logit_bytes: float
    """Bytes per logit of the loss: 16-bit, 32-bit copy, gradient; fused or chunked losses keep fewer."""
    working_layers: float
    """Layers' worth of activations alive besides the stored ones: gradients and recomputed tensors."""
    head_balanced: float
    """1 if layers are dealt to stages counting the output head as work, 0 if every stage gets alike."""
    allocated_bytes: float
    """Held whatever the model: workspaces of the math library, small buffers."""
    reserve_bytes: float
    """Outside the allocator: device context, communication buffers."""
    fragmentation: float
    """Share of activations lost between blocks of the allocator; counts towards fitting only."""


@dataclass(frozen=True, slots=True)
class StateBytes:
    """Bytes per parameter of the training states of each row; arrays of one length."""

    weights: Array
    """Per parameter of the layers."""
    table_weights: Array
    """Per parameter of embedding and head, which are not quantised."""
    gradients: Array
    """Per trained parameter."""
    optimizer: Array
    trained: Array
    """Trained over all parameters: 1, or the adapters' share."""
    activation_bytes: Array
    """Bytes of a stored activation."""
    input_bytes: Array
    """Bytes of a stored input of a linear layer: what its weight gradient needs. Kept in the matmul's own
    format below 16 bits; frozen weights have no gradient, only the adapters' inputs stay."""
    fused_attention: Array

    @classmethod
    def of(
        cls, models: Sequence[Transformer], works: Sequence[Workload], profile: MemoryProfile
    ) -> StateBytes:
        """States of each model trained as its workload says (sequences of one length)."""
        narrow = [w.optimizer in PURE_16_BIT or w.precision == "fp16" for w in works]
        return cls(
            weights=column(works, _weight_bytes),
            table_weights=np.full(1, SIXTEEN_BIT),
            gradients=np.where(narrow, SIXTEEN_BIT, profile.gradient_bytes),
            optimizer=column(works, lambda w: OPTIMIZER_BYTES.get(w.optimizer, OPTIMIZER_BYTES["adamw"])),
            trained=np.array([_trained_share(t, w) for t, w in zip(models, works, strict=True)]),
            activation_bytes=column(works, lambda w: 4.0 if w.precision == "fp32" else SIXTEEN_BIT),
            input_bytes=column(works, _input_bytes),
            fused_attention=column(works, lambda w: w.flash_attention),
        )


def _weight_bytes(work: Workload) -> float:
    """Bytes of a stored weight: frozen ones are kept in the format they are multiplied in."""
    if work.method == "qlora":
        return FOUR_BIT
    return 1.0 if work.method == "lora" and work.precision in EIGHT_BIT else SIXTEEN_BIT


def _input_bytes(work: Workload) -> float:
    if work.method != "full":
        return 0.5
    if work.precision in EIGHT_BIT:
        return 1.0
    return 4.0 if work.precision == "fp32" else SIXTEEN_BIT


def _trained_share(t: Transformer, work: Workload) -> float:
    if work.method == "full":
        return 1.0
    return adapter_parameters(t, work.lora_rank) / parameters(t).total


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes per accelerator at the peak, by what they hold; a row per layout."""

    weights: Array
    gradients: Array
    optimizer: Array
    activations: Array
    logits: Array
    buffers: Array
    """Gathered weights under ZeRO-3, framework workspaces."""
    reserve: Array
    """Fragmentation, device context and communication buffers: needed, but not seen by the allocator."""

    @property
    def allocated(self) -> Array:
        """What a framework reports as its peak: everything but ``reserve``."""
        return self.total - self.reserve

    @property
    def total(self) -> Array:
        """All of it: what must fit."""
        result: Array = sum(getattr(self, f.name) for f in fields(Memory))
        return result

    def fits(self, capacity: Array | float) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        """Whether ``total`` fits in ``capacity`` bytes (see ``usable_bytes``)."""
        return np.less_equal(self.total, capacity)


def usable_bytes(accelerator: Accelerator) -> float:
    """Bytes of an accelerator's memory that a training process can allocate."""
    return accelerator.memory_bytes * LABEL_BYTES * USABLE


def memory(
    shapes: Shapes, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> Memory:
    """Peak bytes per accelerator of each layout: the larger of the first and the last pipeline stage.

    ``sequence`` is tokens a sequence. Shapes, states and layouts broadcast together.
    """
    early, late = _ends(shapes, sequence, states, layouts, profile)
    choose = late.total > early.total
    return Memory(*(np.where(choose, getattr(late, f.name), getattr(early, f.name)) for f in fields(Memory)))


def peak_bytes(
    shapes: Shapes, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> Array:
    """``memory(...).total`` alone, for searches."""
    early, late = _ends(shapes, sequence, states, layouts, profile)
    return np.maximum(early.total, late.total)


def _ends(
    shapes: Shapes, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> tuple[Memory, Memory]:
    """Memory of the first and of the last pipeline stage."""
    first, last = _stages(shapes, layouts, profile)
    per_layer = _layer_activations(shapes, sequence, states, layouts, profile)
    return (
        _stage(shapes, sequence, states, layouts, profile, first, per_layer),
        _stage(shapes, sequence, states, layouts, profile, last, per_layer),
    )


@dataclass(frozen=True, slots=True)
class _Stage:
    """One pipeline stage: what it holds of the model and of the microbatches."""

    layers: Array
    tables: Array
    """Parameters of embedding and head on it."""
    in_flight: Array
    """Microbatches whose activations it keeps at once."""
    heads: Array
    """Output heads (with multi-token prediction, more than one); 0 on the first of several stages."""


def _stages(s: Shapes, layouts: Layouts, profile: MemoryProfile) -> tuple[_Stage, _Stage]:
    """The first and the last stage; the same one when there is no pipeline."""
    pp, single = layouts.pp, layouts.pp <= 1
    whole = s.layers == np.floor(s.layers)
    layer_weights = s.attention_parameters + _ffn_average(s)
    table = s.hidden * s.vocabulary
    balanced = (s.layers + profile.head_balanced * table / layer_weights) / pp
    first_layers = np.minimum(np.where(whole, np.ceil(balanced - 1e-9), balanced), s.layers)
    even = np.where(whole, np.floor(s.layers / pp), s.layers / pp)
    rest = np.maximum(s.layers - (pp - 1.0) * first_layers, 0.0)
    last_layers = np.where(profile.head_balanced > 0, rest, even)
    ramp = np.where(layouts.vp > 1, pp * (1.0 + (pp - 1.0) / (pp * layouts.vp)), pp)
    extra = np.where(single, s.mtp_layers, 0.0)
    heads = 1.0 + s.mtp_layers
    first = _Stage(
        layers=first_layers + extra,
        tables=np.where(single, s.tables, table),
        in_flight=np.minimum(ramp, layouts.microbatches),
        heads=np.where(single, heads, 0.0),
    )
    last = _Stage(
        layers=np.where(single, first_layers, last_layers) + s.mtp_layers,
        tables=np.where(single, s.tables, table),
        in_flight=np.ones(1),
        heads=heads,
    )
    return first, last


def _ffn_average(s: Shapes) -> Array:
    """Feed-forward parameters of an average layer."""
    moe = s.moe_layers / s.layers
    return (1.0 - moe) * s.dense_parameters + moe * s.moe_parameters


def _held(s: Shapes, layouts: Layouts, layers: Array) -> tuple[Array, Array]:
    """Layer parameters one rank of a stage holds: replicated over data parallel, and in routed experts."""
    moe = s.moe_layers / s.layers
    routed = moe * s.routed_parameters
    dense = s.attention_parameters + _ffn_average(s) - routed
    return layers * dense / layouts.tp, layers * routed / (layouts.ep * _expert_split(s, layouts))


def _expert_split(s: Shapes, layouts: Layouts) -> Array:
    """Tensor-parallel ranks one expert is cut into: experts at least as wide as the model are cut like dense
    feed-forwards (Mixtral, Grok), narrow ones stay whole.
    """
    return np.where(s.expert_ffn >= s.hidden, layouts.tp, 1.0)


@dataclass(frozen=True, slots=True)
class _LayerActivations:
    """Bytes a microbatch leaves on a rank in one layer."""

    stored: Array
    """Kept until the backward pass, by the layout's recompute mode."""
    whole: Array
    """Kept without recomputation: what one layer needs while it is computed."""
    boundary: Array
    """The layer's input alone."""


def _layer_activations(
    s: Shapes, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> _LayerActivations:
    """Activations of one average layer for one microbatch.

    Norm inputs and outputs are divided by tp under sequence parallelism; projections, attention and
    feed-forward tensors always are. A routed token leaves its copy, both inner tensors and the output at each
    of its ``top_k`` experts; experts are assumed evenly loaded.
    """
    tokens = layouts.microbatch * sequence / layouts.cp
    tp = layouts.tp
    split = np.where(layouts.sequence_parallel, tp, 1.0)
    unit = tokens * states.activation_bytes
    residual = unit * s.hidden / split
    queries = s.heads * s.query_key_dim
    kv = np.where(s.latent > 0, s.heads, s.kv_heads)
    keys, values = kv * s.query_key_dim, kv * s.value_dim
    kv_split = np.minimum(tp, np.maximum(kv, 1.0))
    projected = unit * ((queries + s.heads * s.value_dim) / tp + (keys + values) / kv_split)
    latents = unit * 2.0 * s.latent * (s.q_rank + s.kv_rank + s.rope_dim)
    copied = unit * (queries / tp + keys / kv_split)
    scores = np.where(states.fused_attention > 0, 0.0, 2.5 * unit * s.heads * sequence / tp)
    moe = s.moe_layers / s.layers
    shared = s.shared_experts * s.expert_ffn
    inner = unit * ((1.0 - moe) * s.ffn + moe * (shared + s.top_k * s.expert_ffn)) / tp
    routed = unit * 2.0 * moe * s.top_k * s.hidden / tp
    inputs = s.matrices - 1.0
    base = 2.0 * residual + projected + latents + routed + inputs * inner
    stored_inputs = states.input_bytes / states.activation_bytes
    # Selective recomputation also projects latents up again and keeps the activation's inputs narrow.
    outputs = unit * s.heads * s.value_dim / tp
    narrow = np.minimum(2.0 * stored_inputs, 1.0)
    selective = base - inputs * inner * (1.0 - narrow) - s.latent * (projected - outputs)
    kept = 2.0 * residual + profile.ffn_copies * inner
    whole = base + stored_inputs * kept + scores + profile.attention_copies * copied
    stored = np.where(layouts.recompute == 2, residual, np.where(layouts.recompute == 1, selective, whole))
    return _LayerActivations(stored=stored, whole=whole, boundary=residual)


def _stage(
    s: Shapes,
    sequence: Array,
    states: StateBytes,
    layouts: Layouts,
    profile: MemoryProfile,
    stage: _Stage,
    layer: _LayerActivations,
) -> Memory:
    dense, routed = _held(s, layouts, stage.layers)
    tables = stage.tables / layouts.tp
    groups = np.maximum(layouts.shard_group, 1.0)
    replicas = layouts.expert_replicas / _expert_split(s, layouts)
    expert_groups = np.maximum(replicas * groups / (layouts.dp * layouts.cp), 1.0)

    def sharded(stage_from: int, width: Array, table_width: Array) -> Array:
        on = layouts.sharding >= stage_from
        whole = width * dense + table_width * tables
        spread = np.where(on, groups, 1.0)
        return whole / spread + width * routed / np.where(on, expert_groups, 1.0)

    trained = states.trained
    gathered = states.weights * GATHERED_LAYERS * (dense + routed) / np.maximum(stage.layers, 1.0)
    activations = layer.stored * stage.layers * stage.in_flight + profile.working_layers * layer.whole
    tokens = layouts.microbatch * sequence / layouts.cp
    logits = stage.heads * tokens * s.vocabulary / layouts.tp * profile.logit_bytes
    gradients = sharded(2, states.gradients * trained, states.gradients * trained)
    late = (profile.persistent_gradients == 0) & (layouts.microbatches <= 1)
    return Memory(
        weights=sharded(3, states.weights, states.table_weights),
        gradients=np.where(late, np.maximum(gradients - activations - logits, 0.0), gradients),
        optimizer=sharded(1, states.optimizer * trained, states.optimizer * trained),
        activations=activations,
        logits=logits,
        buffers=np.where(layouts.sharding == 3, gathered, 0.0) + profile.allocated_bytes,
        reserve=profile.reserve_bytes + profile.fragmentation * activations,
    )

"""Bytes of activations a transformer layer leaves on each rank, tensor by tensor (arXiv 2205.05198)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array, Transformers
from isocost.engine.layout import Layouts, rank_parameters
from isocost.engine.training.states import SIXTEEN_BIT, THIRTY_TWO_BIT, MemoryProfile, StateBytes

UNFUSED_SCORES = 2.5
"""16-bit tensors' worth of attention scores kept without fusion: softmax and dropout outputs in 16 bits, and
the dropout's mask in 8 (the 5 a s^2 b of arXiv 2205.05198, table 1)."""


@dataclass(frozen=True, slots=True)
class LayerActivations:
    """Bytes a microbatch leaves on a rank in one layer."""

    whole: Array
    """Without recomputation; also what one layer needs while it is computed."""
    selective: Array
    """With norms, activation functions and attention recomputed, or every second product too."""
    boundary: Array
    """The layer's input alone: full recomputation. All of it in layers that are not repeated."""
    cached: Array
    """Keys and values that full recomputation leaves where they are kept as for generating text."""
    gradients: Array
    """Of the gradients of all it keeps, which are as wide as what is passed on, whatever is stored of it."""

    def stored(self, recompute: NDArray[np.int8]) -> Array:
        """Kept until the backward pass in each layout's mode."""
        least = self.boundary + self.cached
        return np.where(recompute == 2, least, np.where(recompute == 1, self.selective, self.whole))


def layer_activations(
    t: Transformers, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> LayerActivations:
    """Activations of one average layer for one microbatch: the 34 s b h of arXiv 2205.05198, part by part.

    Norm inputs and outputs are divided by tp under sequence parallelism; projections, attention and
    feed-forward tensors always are. A routed token leaves its copy and both inner tensors at each of its
    ``top_k`` experts, which are assumed evenly loaded. Source: arXiv 2205.05198, section 4; latent vectors
    arXiv 2405.04434; what frameworks keep beyond, ``resources/memory.yaml``.
    """
    tokens = layouts.microbatch * sequence / layouts.cp
    tp, read = layouts.tp, states.read
    split = np.where(layouts.sequence_parallel, tp, 1.0)
    unit = tokens * states.activation_bytes
    residual = unit * t.hidden / split
    queries = t.heads * t.query_key_dim
    kv = np.where(t.latent > 0, t.heads, t.kv_heads)
    keys, values = kv * t.query_key_dim, kv * t.value_dim
    # With fewer key-value heads than ranks each rank holds a whole head: they are copied, not cut further.
    kv_split = np.minimum(tp, np.maximum(kv, 1.0))
    projected = unit * ((queries + t.heads * t.value_dim) / tp + (keys + values) / kv_split)
    latents = unit * 2.0 * t.latent * (t.q_rank + t.kv_rank + t.rope_dim)
    # A state space keeps its projected input, what the convolution makes of it, and the scan's output.
    projected = projected + t.state_share * (2.0 * unit * t.state_projected / tp - projected)
    scores = np.where(states.fused_attention > 0, 0.0, UNFUSED_SCORES * unit * t.heads * sequence / tp)
    moe = t.moe_layers / t.layers
    inner = unit * ((1.0 - moe) * t.ffn + moe * (t.shared_experts + t.top_k) * t.expert_ffn) / tp
    inputs = t.matrices - 1.0
    stored_inputs = states.input_bytes / states.activation_bytes
    # The experts' outputs need no keeping: routing weights are applied before the last product.
    arrived = unit * moe * t.top_k * t.expert_hidden / tp
    routed = stored_inputs * arrived * read.up
    # Each side of a layer has a norm; layers of a hybrid without a feed-forward have one side.
    residual = 0.5 * (1.0 + t.fed_share) * residual
    base = 2.0 * residual + projected + latents + routed + inputs * inner
    # Selective recomputation also projects latents up again and keeps the activation's inputs narrow.
    outputs = unit * t.heads * t.value_dim / tp
    narrow = np.minimum(2.0 * stored_inputs, 1.0)
    selective = base - inputs * inner * (1.0 - narrow) - t.latent * (projected - outputs)
    if profile.every_second:
        # PyTorch's policy keeps the outputs of attention and of every other product: queries, values, one of
        # a gate's.
        attention = outputs + (1.0 - t.latent) * unit * (queries / tp + values / kv_split)
        selective = 2.0 * residual + attention + latents + _without_experts(inner, arrived, unit, t, layouts)
    kept = 2.0 * residual + profile.ffn_copies * inner
    stored = (read.attention_input + read.up) * residual + read.down * profile.ffn_copies * inner
    copied = (1.0 - t.state_share) * unit * (queries / tp + keys / kv_split)
    fused = base + scores + profile.attention_copies * copied
    whole = fused + stored_inputs * stored
    gradients = fused + kept + arrived - routed
    if np.any(states.eager):
        # A frozen norm's weight needs no gradient, so its input times the root alone is kept. LayerNorm, of
        # models without a gate, is one kernel, which keeps its input as it is.
        norms = np.where(states.trained < 1.0, 1.0 - states.autocast, 2.0) * (t.matrices > 2.0)
        apart = 2.0 * residual * norms + profile.viewed_values * copied + (t.matrices - 2.0) * inner
        whole = whole + states.eager * apart
    if profile.adapter_outputs or profile.adapter_masks:
        added = unit * (read.query * queries / tp + (read.key * keys + read.value * values) / kv_split)
        added = added + inputs * read.up * inner + (read.output + read.down) * residual
        masks = (stored + read.output * outputs) / states.activation_bytes
        more = profile.adapter_outputs * added + profile.adapter_masks * masks
        whole = whole + (states.trained < 1.0) * more
    if np.any(states.quantised_inputs):
        # Attention's output, the input of its projection, is kept as it is.
        whole = whole + states.quantised_inputs * (kept + arrived) * SIXTEEN_BIT / states.activation_bytes
    if profile.core_attention:
        selective = whole - scores
    cached = profile.cached_keys * unit * (keys + values) / kv_split
    layer = LayerActivations(whole, selective, residual * states.kept_inputs, cached, gradients)
    return _widened(layer, residual, t, layouts, states)


def _without_experts(inner: Array, arrived: Array, unit: Array, t: Transformers, layouts: Layouts) -> Array:
    """Of a feed-forward whose grouped products are not kept, but what comes from other ranks and goes is."""
    experts = unit * t.moe_layers / t.layers * t.top_k * t.expert_ffn / layouts.tp
    return inner - experts + 2.0 * arrived * (layouts.ep > 1)


def _widened(
    layer: LayerActivations, residual: Array, t: Transformers, layouts: Layouts, states: StateBytes
) -> LayerActivations:
    """A layer where some of its residual stream is of 32 bits, and where not every layer is recomputed."""
    if np.any(states.widened):
        wide = states.widened * (layouts.sharding < 3) * (THIRTY_TWO_BIT / states.activation_bytes - 1.0)
        layer = replace(layer, boundary=layer.boundary * (1.0 + wide))
    if np.any(states.autocast):
        layer = _cast(layer, residual, t, layouts, states)
    if np.any(states.repeated < 1.0):
        kept = layer.boundary + (1.0 - states.repeated) * (layer.whole - layer.boundary)
        layer = replace(layer, boundary=kept)
    return layer


def _cast(
    layer: LayerActivations, residual: Array, t: Transformers, layouts: Layouts, states: StateBytes
) -> LayerActivations:
    """A layer whose products cast what they read from 32 bits: its weights, and the residual stream.

    Queries, keys, values, gate and inner width make a 16-bit copy of their input each, and casts of weights
    wait for the backward pass, those that are a state by themselves left out. Source: ``torch.autocast``.
    """
    on, read = states.autocast, states.read
    wider = on * residual * (THIRTY_TWO_BIT / states.activation_bytes - 1.0)
    copies = read.query + read.key + read.value - read.attention_input + (t.matrices - 2.0) * read.up
    apart = on * copies * residual * states.input_bytes / states.activation_bytes
    dense, routed = rank_parameters(t, layouts, np.ones(1))
    anew = (layouts.sharding == 3) | (states.trained < 1.0)
    weights = np.where(anew, on * SIXTEEN_BIT * (dense + routed), 0.0)
    more = 2.0 * wider + apart + weights
    return LayerActivations(
        whole=layer.whole + more,
        selective=layer.selective + more,
        boundary=layer.boundary + wider * states.kept_inputs,
        cached=layer.cached,
        gradients=layer.gradients + 2.0 * wider,
    )

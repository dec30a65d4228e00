"""Bytes of activations a transformer layer leaves on each rank, tensor by tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array, Shapes
from isocost.engine.layout import Layouts
from isocost.engine.training.states import MemoryProfile, StateBytes


@dataclass(frozen=True, slots=True)
class LayerActivations:
    """Bytes a microbatch leaves on a rank in one layer."""

    whole: Array
    """Without recomputation; also what one layer needs while it is computed."""
    selective: Array
    """With norms, activation functions and attention recomputed, or every second product too."""
    boundary: Array
    """The layer's input alone: full recomputation."""

    def stored(self, recompute: NDArray[np.int8]) -> Array:
        """Kept until the backward pass in each layout's mode."""
        return np.where(recompute == 2, self.boundary, np.where(recompute == 1, self.selective, self.whole))


def layer_activations(
    s: Shapes, sequence: Array, states: StateBytes, layouts: Layouts, profile: MemoryProfile
) -> LayerActivations:
    """Activations of one average layer for one microbatch.

    Norm inputs and outputs are divided by tp under sequence parallelism; projections, attention and
    feed-forward tensors always are. A routed token leaves its copy and both inner tensors at each of its
    ``top_k`` experts, which are assumed evenly loaded.
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
    copied = (1.0 - s.state_share) * unit * (queries / tp + keys / kv_split)
    # A state space keeps its projected input, what the convolution makes of it, and the scan's output.
    mixed = unit * (2.0 * s.state_projected) / tp
    projected = projected + s.state_share * (mixed - projected)
    scores = np.where(states.fused_attention > 0, 0.0, 2.5 * unit * s.heads * sequence / tp)
    moe = s.moe_layers / s.layers
    shared = s.shared_experts * s.expert_ffn
    inner = unit * ((1.0 - moe) * s.ffn + moe * (shared + s.top_k * s.expert_ffn)) / tp
    inputs = s.matrices - 1.0
    stored_inputs = states.input_bytes / states.activation_bytes
    # The experts' outputs need no keeping: routing weights are applied before the last product.
    routed = unit * stored_inputs * moe * s.top_k * s.expert_hidden / tp
    residual = 0.5 * (1.0 + s.fed_share) * residual
    base = 2.0 * residual + projected + latents + routed + inputs * inner
    # Selective recomputation also projects latents up again and keeps the activation's inputs narrow.
    outputs = unit * s.heads * s.value_dim / tp
    narrow = np.minimum(2.0 * stored_inputs, 1.0)
    selective = base - inputs * inner * (1.0 - narrow) - s.latent * (projected - outputs)
    if profile.every_second:
        attention = outputs + (1.0 - s.latent) * unit * (queries / tp + values / kv_split)
        selective = 2.0 * residual + attention + latents + routed + inner
    kept = 2.0 * residual + profile.ffn_copies * inner
    whole = base + stored_inputs * kept + scores + profile.attention_copies * copied
    return LayerActivations(whole=whole, selective=selective, boundary=residual * states.kept_inputs)

"""Seconds of one transformer layer and of the output head for one microbatch on one rank.

These depend on few distinct (tp, cp, ep, microbatch, sequence parallel): a search computes them once per
combination and shares them between thousands of layouts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.engine.arrays import Array, Shapes, Works
from isocost.engine.training import kernels, network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.experts import overlapped, routed_seconds, second_inwards
from isocost.engine.training.passes import LayerSeconds, Seconds, Split
from isocost.engine.training.products import Product, product


def _attention_products(
    tokens: Array, s: Shapes, w: Works, m: Machines, tp: Array
) -> tuple[Product, Product, Product]:
    """The projections of an average layer, of these the latent up-projections, and every second one.

    Queries, keys, values and output; or the latent down- and up-projections and the output; or a state
    space's input and output.
    """
    if np.any(s.state_share):
        every, up, second = _attention_products(tokens, replace(s, state_share=np.zeros(1)), w, m, tp)
        output = product(tokens, s.hidden, s.state_width / tp, w, m)
        own = product(tokens, s.state_projected / tp, s.hidden, w, m) + output
        attends, share = 1.0 - s.state_share, s.state_share
        return (
            every.scaled(attends) + own.scaled(share),
            up.scaled(attends),
            second.scaled(attends) + output.scaled(share),
        )
    query = s.heads * s.query_key_dim / tp
    keys = s.kv_heads * s.query_key_dim / tp
    plain = query + keys + s.kv_heads * s.value_dim / tp
    output = product(tokens, s.hidden, s.heads * s.value_dim / tp, w, m)
    nothing = Product(*(np.zeros(1) for _ in range(4)))
    second = nothing
    if np.any(w.every_second):
        second = (product(tokens, keys, s.hidden, w, m) + output).scaled(1.0 - s.latent)
    if not np.any(s.latent):
        return product(tokens, plain, s.hidden, w, m) + output, nothing, second
    direct = np.where(s.latent > 0, 0.0, plain)
    down = np.where(s.latent > 0, s.q_rank + s.kv_rank + s.rope_dim, 0.0)
    q_up = np.where(s.latent > 0, query, 0.0)
    kv_up = np.where(s.latent > 0, s.heads * (s.query_key_dim - s.rope_dim + s.value_dim) / tp, 0.0)
    q_inner = np.where(s.q_rank > 0, s.q_rank, s.hidden)
    up = product(tokens, q_up, q_inner, w, m) + product(tokens, kv_up, s.kv_rank, w, m)
    every = product(tokens, direct, s.hidden, w, m) + product(tokens, down, s.hidden, w, m) + output + up
    return every, up, second + up


def _scores(split: Split, s: Shapes, w: Works, m: Machines) -> tuple[Array, Array]:
    """Forward and backward seconds of attention itself, fused or not."""
    tokens = split.microbatch * w.sequence / split.cp
    heads = s.heads / split.tp
    everything = kernels.visible(w.sequence, np.full(1, np.inf))
    windowed = kernels.visible(w.sequence, s.window)
    seen = (1.0 - s.windowed_share) * everything + s.windowed_share * windowed
    work = kernels.attention_flops(tokens, seen, heads, s.query_key_dim, s.value_dim, m.head_overhead)
    fused = work / m.attention
    width = s.query_key_dim + s.value_dim
    scores = tokens * w.sequence * heads
    products = 2.0 * scores * width / m.batched_matmul
    forward = np.where(
        w.fused_attention > 0, fused, products + scores * kernels.UNFUSED_FORWARD_BYTES / m.memory
    )
    backward = np.where(
        w.fused_attention > 0,
        kernels.BACKWARD_ATTENTION * fused / m.attention_backward,
        2.0 * products + scores * kernels.UNFUSED_BACKWARD_BYTES / m.memory,
    )
    return forward, backward


def _context_exchange(split: Split, s: Shapes, w: Works, m: Machines, attention: Array) -> Array:
    """Exposed seconds of passing keys and values around the context-parallel ring during one forward."""
    width = s.kv_heads * (s.query_key_dim + s.value_dim) / split.tp
    gathered = 2.0 * split.microbatch * w.sequence * width
    ring = network.ring_seconds(gathered, split.cp, split.tp, m.links)
    return np.maximum(ring * m.context_exposed, ring - attention)


def layer_seconds(s: Shapes, w: Works, m: Machines, split: Split) -> LayerSeconds:
    """Seconds of an average layer: attention, then a dense or routed feed-forward in their proportions."""
    tokens = split.microbatch * w.sequence / split.cp
    tp = split.tp
    moe_share = s.moe_layers / s.layers
    projections, up, second = _attention_products(tokens, s, w, m, tp)
    inwards = product(tokens, (s.matrices - 1.0) * s.ffn / tp, s.hidden, w, m)
    dense = inwards + product(tokens, s.hidden, s.ffn / tp, w, m)
    attention_forward, attention_backward = _scores(split, s, w, m)
    replicated = np.where(split.sequence_parallel > 0, tp, 1.0)
    norms = kernels.norm_bytes(tokens, s.hidden) / replicated
    qk = (1.0 - s.state_share) * (s.heads + s.kv_heads) * s.query_key_dim / tp
    dense_ffn = (1.0 - moe_share) * s.ffn / tp
    inner = kernels.projection_bytes(tokens, qk, dense_ffn, s.matrices)
    states = kernels.state_space_bytes(tokens, s.state_width / tp, s.state_projected / tp)
    mixed = s.state_share * m.hybrid * states * m.elementwise / m.memory
    sides = 0.5 * (1.0 + s.fed_share)
    passes = (sides * norms + inner) * m.elementwise / m.memory
    gather = network.gather_seconds(2.0 * tokens * s.hidden, tp, np.ones(1), m.links)
    tensor = 4.0 * sides * gather * m.tensor_exposed
    ring = _context_exchange(split, s, w, m, attention_forward)
    zero = np.zeros_like(tokens * tp * m.matmul)
    dense_share = 1.0 - moe_share
    forward = Seconds(
        projections.forward + dense_share * dense.forward,
        attention_forward + mixed,
        passes + projections.forward_casts + dense_share * dense.forward_casts,
        tensor,
        ring,
        zero,
    )
    backward = Seconds(
        projections.backward + dense_share * dense.backward,
        attention_backward + 1.5 * mixed,
        1.5 * passes + projections.backward_casts + dense_share * dense.backward_casts,
        tensor,
        2.0 * ring,
        zero,
    )
    unfused = np.where(w.fused_attention > 0, 0.0, attention_forward)
    kept = passes + mixed
    selective = Seconds(up.forward, unfused, 0.5 * kept + up.forward_casts, zero, zero, zero)
    second = second + inwards.scaled(dense_share * second_inwards(s))
    # Every pass over memory is repeated, and each gather of a sequence-parallel input.
    seconds = Seconds(second.forward, unfused, kept + second.forward_casts, 0.5 * tensor, zero, zero)
    if np.any(moe_share > 0):
        routed = routed_seconds(s, w, m, split, tokens)
        forward, backward, second_routed = (
            a + b.scaled(moe_share) for a, b in zip((forward, backward, seconds), routed, strict=True)
        )
        seconds = second_routed
        forward, backward = overlapped(s, m, forward, backward)
    selective = selective.scaled(1.0 - w.every_second) + seconds.scaled(w.every_second)
    return LayerSeconds(
        forward=forward,
        backward=backward,
        selective=selective,
        head=_head(tokens, s, w, m, tp),
        host=m.host * (1.0 + moe_share * m.routed_host),
    )


def _head(tokens: Array, s: Shapes, w: Works, m: Machines, tp: Array) -> Seconds:
    """Output projection in 16 bits, forward and backward, and the loss; embedding look-ups are bytes."""
    columns = s.vocabulary / tp
    flops = kernels.matmul_flops(tokens, columns, s.hidden)
    passes = np.where(w.frozen > 0, 2.0, 3.0)
    traffic = kernels.cross_entropy_bytes(tokens, columns) + 12.0 * tokens * s.hidden
    weights = passes * 2.0 * s.hidden * columns
    zero = np.zeros_like(flops * m.bf16)
    return Seconds(passes * flops / m.bf16 + weights / m.memory, zero, traffic / m.memory, zero, zero, zero)

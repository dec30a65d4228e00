"""Seconds of one transformer layer and of the output head for one microbatch on one rank.

These depend on few distinct (tp, cp, ep, microbatch, sequence parallel): a search computes them once per
combination and shares them between thousands of layouts.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.engine.architecture import visible_tokens
from isocost.engine.arrays import Array, Transformers, Workloads
from isocost.engine.training import kernels, network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.experts import overlapped, routed_seconds, second_inwards
from isocost.engine.training.passes import LayerSeconds, Seconds, Split
from isocost.engine.training.products import Product, product

COLLECTIVES = 4.0
"""All-gathers and reduce-scatters of a layer's pass under sequence parallelism: one before and one after each
of its two sides (arXiv 2205.05198, section 4.2.2); two all-reduces are worth as much."""

EMBEDDING_BYTES = 12.0
"""Traffic of embedding look-ups and their gradients, per token and hidden element: six 16-bit tensors.
Counted."""

NARROWED_BYTES = 30.0
"""Traffic of narrowing a 32-bit residual stream for the products that read it, per token and hidden element:
those of queries, keys, values, gate and inner width each read 32 bits and write 16. Counted."""

REPEATED_PASSES = 0.5
"""Passes over memory that selective recomputation repeats: norms and activations, not residual additions and
rotary embedding. Chosen: they are about half of the bytes."""


def _attention_products(
    tokens: Array, t: Transformers, w: Workloads, m: Machines, tp: Array
) -> tuple[Product, Product, Product]:
    """Cost of the projections of an average layer, of these the latent up-projections, and every second one.

    Queries, keys, values and output; or the latent down- and up-projections and the output; or a state
    space's input and output.
    """
    a = w.adapted
    # Branches on any row: a search of a plain transformer must not pay for products it does not have.
    if np.any(t.state_share):
        every, up, second = _attention_products(tokens, replace(t, state_share=np.zeros(1)), w, m, tp)
        output = product(tokens, t.hidden, t.state_width / tp, w, m, a.output)
        own = product(tokens, t.state_projected / tp, t.hidden, w, m, a.query) + output
        attends, share = 1.0 - t.state_share, t.state_share
        return (
            every.scaled(attends) + own.scaled(share),
            up.scaled(attends),
            second.scaled(attends) + output.scaled(share),
        )
    query = t.heads * t.query_key_dim / tp
    keys = t.kv_heads * t.query_key_dim / tp
    values = t.kv_heads * t.value_dim / tp
    plain = query + keys + values
    adapted = (query * a.query + keys * a.key + values * a.value) / np.maximum(plain, 1e-9)
    output = product(tokens, t.hidden, t.heads * t.value_dim / tp, w, m, a.output)
    nothing = Product(*(np.zeros(1) for _ in range(4)))
    second = nothing
    if np.any(w.every_second):
        second = (product(tokens, keys, t.hidden, w, m, a.key) + output).scaled(1.0 - t.latent)
    if not np.any(t.latent):
        return product(tokens, plain, t.hidden, w, m, adapted) + output, nothing, second
    direct = np.where(t.latent > 0, 0.0, plain)
    down = np.where(t.latent > 0, t.q_rank + t.kv_rank + t.rope_dim, 0.0)
    q_up = np.where(t.latent > 0, query, 0.0)
    kv_up = np.where(t.latent > 0, t.heads * (t.query_key_dim - t.rope_dim + t.value_dim) / tp, 0.0)
    q_inner = np.where(t.q_rank > 0, t.q_rank, t.hidden)
    up = product(tokens, q_up, q_inner, w, m, a.query) + product(tokens, kv_up, t.kv_rank, w, m, a.latent)
    lowered = t.q_rank * a.query + (t.kv_rank + t.rope_dim) * a.latent
    every = product(tokens, direct, t.hidden, w, m, adapted) + output + up
    every = every + product(tokens, down, t.hidden, w, m, lowered / np.maximum(down, 1e-9))
    return every, up, second + up


def _scores(split: Split, t: Transformers, w: Workloads, m: Machines) -> tuple[Array, Array]:
    """Forward and backward seconds of attention itself, fused or not."""
    tokens = split.microbatch * w.sequence / split.cp
    heads = t.heads / split.tp
    everything = visible_tokens(w.document, np.full(1, np.inf))
    windowed = visible_tokens(w.document, t.window, t.chunked)
    # A layer without a window may have wider heads: positions count by the width they are read with.
    seen = (1.0 - t.windowed_share) * t.full_width * everything
    seen = seen + t.windowed_share * t.windowed_width * windowed
    if np.any(m.masked):
        whole = (1.0 - t.windowed_share) * t.full_width + t.windowed_share * t.windowed_width
        seen = np.where(m.masked > 0, whole * w.sequence, seen)
    query_key, value = t.query_key_dim, t.value_dim
    if np.any(m.lanes > 1.0):
        # Of parts without lanes a width stays as it is, whatever others are searched beside them.
        query_key, value = (
            np.where(m.lanes > 1.0, np.ceil(width / m.lanes) * m.lanes, width) for width in (query_key, value)
        )
    work = kernels.attention_flops(tokens, seen, heads, query_key, value, m.head_overhead)
    # An indexer scores every position with heads of its own; the kernel is that of attention, without values.
    work = work + 2.0 * tokens * everything * t.index_width / split.tp
    fused = work / m.attention
    width = t.query_key_dim + t.value_dim
    # Unfused, the whole square of scores is computed and written, masked or not.
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


def _context_exchange(split: Split, t: Transformers, w: Workloads, m: Machines, attention: Array) -> Array:
    """Seconds of keys and values going round the context-parallel ring in a forward pass, less what hides."""
    width = t.kv_heads * (t.query_key_dim + t.value_dim) / split.tp
    gathered = 2.0 * split.microbatch * w.sequence * width
    ring = network.ring_seconds(gathered, split.cp, split.tp, m.links)
    # Blocks travel while attention computes the one before, all but a share that is always late.
    return np.maximum(ring * m.context_exposed, ring - attention)


def _memory_passes(
    tokens: Array, t: Transformers, w: Workloads, m: Machines, split: Split, sides: Array
) -> tuple[Array, Array]:
    """Forward seconds of a layer's passes over memory: norms and activations, and a state space's own."""
    tp = split.tp
    replicated = np.where(split.sequence_parallel > 0, tp, 1.0)
    norms = kernels.norm_bytes(tokens, t.hidden) / replicated
    qk = (1.0 - t.state_share) * (t.heads + t.kv_heads) * t.query_key_dim / tp
    dense_ffn = (1.0 - t.moe_layers / t.layers) * t.ffn / tp
    inner = kernels.projection_bytes(tokens, qk, dense_ffn, t.matrices)
    if np.any(w.widened):
        # Frameworks that cast as they go have widened what a norm reads already: it is the same passes.
        norms = norms * (1.0 + w.widened - w.autocast)
        inner = inner + (w.widened - w.autocast) * NARROWED_BYTES * tokens * t.hidden
    states = kernels.state_space_bytes(tokens, t.state_width / tp, t.state_projected / tp)
    # Convolution and scan are the same kernels in every stack (mamba-ssm's), whatever it does beside them.
    mixed = t.state_share * m.hybrid * states / m.memory
    passes = (sides * norms + inner) * m.elementwise
    if np.any(w.autocast):
        passes = passes + w.autocast * NARROWED_BYTES * tokens * t.hidden
    return passes / m.memory, mixed


def layer_seconds(t: Transformers, w: Workloads, m: Machines, split: Split) -> LayerSeconds:
    """Seconds of an average layer and the head for one microbatch, by pass and by what they are spent on.

    Attention, then a dense or routed feed-forward in their proportions. A rank has T = b s / cp tokens.
    Source: kernels as in ``training.kernels``, rates ``resources/efficiency.yaml``.
    """
    tokens = split.microbatch * w.sequence / split.cp
    tp = split.tp
    moe_share = t.moe_layers / t.layers
    projections, up, second = _attention_products(tokens, t, w, m, tp)
    inwards = product(tokens, (t.matrices - 1.0) * t.ffn / tp, t.hidden, w, m, w.adapted.up)
    outwards = product(tokens, t.hidden, t.ffn / tp, w, m, w.adapted.down)
    dense = inwards + outwards
    attention_forward, attention_backward = _scores(split, t, w, m)
    # Of a layer's two sides, attention and feed-forward, some layers of a hybrid lack the second.
    sides = 0.5 * (1.0 + t.fed_share)
    passes, mixed = _memory_passes(tokens, t, w, m, split, sides)
    gather = network.gather_seconds(2.0 * tokens * t.hidden, tp, np.ones(1), m.links)
    tensor = COLLECTIVES * sides * gather * m.tensor_exposed
    ring = _context_exchange(split, t, w, m, attention_forward)
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
        attention_backward + kernels.BACKWARD_BYTES * mixed,
        kernels.BACKWARD_BYTES * passes + projections.backward_casts + dense_share * dense.backward_casts,
        tensor,
        # Keys and values go round again, and their gradients with them.
        2.0 * ring,
        zero,
    )
    unfused = np.where(w.fused_attention > 0, 0.0, attention_forward)
    kept = passes + mixed
    selective = Seconds(up.forward, unfused, REPEATED_PASSES * kept + up.forward_casts, zero, zero, zero)
    second = second + inwards.scaled(dense_share * second_inwards(t))
    # Every pass over memory is repeated, and each gather of a sequence-parallel input.
    seconds = Seconds(second.forward, unfused, kept + second.forward_casts, 0.5 * tensor, zero, zero)
    if np.any(moe_share > 0):
        routed = routed_seconds(t, w, m, split, tokens)
        forward, backward, second_routed = (
            a + b.scaled(moe_share) for a, b in zip((forward, backward, seconds), routed, strict=True)
        )
        seconds = second_routed
        forward, backward = overlapped(t, m, forward, backward)
    if np.any(w.core_attention):
        core = Seconds(zero, attention_forward, zero, zero, zero, zero)
        selective = selective.scaled(1.0 - w.core_attention) + core.scaled(w.core_attention)
    selective = selective.scaled(1.0 - w.every_second) + seconds.scaled(w.every_second)
    return LayerSeconds(
        forward=forward,
        backward=backward,
        selective=selective,
        head=_head(tokens, t, w, m, tp),
        host=m.host * (1.0 + moe_share * _routed_launches(t, m, split))
        + m.adapter_host * w.adapted.count(t.matrices - 1.0),
        weights=_weight_gradients(w, forward, backward),
        repeated=w.repeated,
        unrepeated=m.stops_early * dense_share * _end(w, outwards, tensor),
    )


def _end(w: Workloads, outwards: Product, tensor: Array) -> Array:
    """Seconds of a dense layer's forward pass after the last tensor a gradient needs.

    A sum with the residual stream needs none of its terms, so that nothing needs the product out of the
    feed-forward, nor the last of a pass's collectives; the adapter on it comes after it. Products of experts
    are weighed by their tokens' scores, whose gradients need them.
    """
    return (1.0 - w.adapted.down) * (outwards.forward + outwards.forward_casts + tensor / COLLECTIVES)


def _routed_launches(t: Transformers, m: Machines, split: Split) -> Array:
    """Launches of a routed layer beyond a dense one's, over these."""
    launches = m.routed_host
    if np.any(m.dispatch_host):
        launches = launches + m.dispatch_host * (split.ep > 1)
    return launches + m.looped * t.experts / split.ep if np.any(m.looped) else launches


def _weight_gradients(w: Workloads, forward: Seconds, backward: Seconds) -> Array:
    """Seconds of products that make gradients of weights: what backward has beyond those of its inputs."""
    if not np.any(w.schedule):
        return np.zeros(1)
    # Gradients of inputs are as many products as the forward pass has; frozen weights have no others.
    return np.maximum(backward.matmul - forward.matmul, 0.0)


def _head(tokens: Array, t: Transformers, w: Workloads, m: Machines, tp: Array) -> Seconds:
    """Output projection in 16 bits, forward and backward, and the loss; embedding look-ups are bytes."""
    columns = t.vocabulary / tp
    flops = kernels.matmul_flops(tokens, columns, t.hidden)
    # One product forward, two backward; a frozen head has no gradient of its own.
    products = np.where(w.frozen > 0, 2.0, 3.0)
    traffic = kernels.cross_entropy_bytes(tokens, columns, m.fused_loss)
    traffic = traffic + EMBEDDING_BYTES * tokens * t.hidden
    weights = products * 2.0 * t.hidden * columns
    zero = np.zeros_like(flops * m.bf16)
    return Seconds(products * flops / m.bf16 + weights / m.memory, zero, traffic / m.memory, zero, zero, zero)

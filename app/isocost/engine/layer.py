"""Seconds of one transformer layer and of the output head for one microbatch on one rank.

These depend on few distinct (tp, cp, ep, microbatch, sequence parallel): a search computes them once per
combination and shares them between thousands of layouts.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from isocost.engine import kernels, network
from isocost.engine.batch import Array, Shapes, Works
from isocost.engine.efficiency import Machines
from isocost.engine.products import Product, product


@dataclass(frozen=True, slots=True)
class Split:
    """How one microbatch's layer is divided: arrays of one length (or one)."""

    tp: Array
    cp: Array
    ep: Array
    microbatch: Array
    """Sequences a microbatch."""
    sequence_parallel: Array
    """1 where norms and residuals are divided by ``tp`` too."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Seconds of one pass, by what they are spent on."""

    matmul: Array
    attention: Array
    elementwise: Array
    """Norms, activations, casts, routing and permutation: bound by memory."""
    tensor_comm: Array
    context_comm: Array
    expert_comm: Array

    @property
    def total(self) -> Array:
        """All parts together."""
        return (
            self.matmul
            + self.attention
            + self.elementwise
            + self.tensor_comm
            + self.context_comm
            + self.expert_comm
        )

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Seconds)))

    def scaled(self, factor: Array | float) -> Seconds:
        """Every part times ``factor``."""
        return Seconds(*(getattr(self, f.name) * factor for f in fields(Seconds)))


@dataclass(frozen=True, slots=True)
class LayerSeconds:
    """One average layer and the head, for one microbatch."""

    forward: Seconds
    backward: Seconds
    selective: Seconds
    """What selective recomputation adds to the backward pass."""
    head: Seconds
    """Output projection and loss, forward and backward."""
    host: Array
    """Seconds the host needs to launch a layer's forward pass."""

    def recomputed(self, mode: NDArray[np.int8] | int) -> Array:
        """Seconds a recomputation mode (0 none, 1 selective, 2 full) adds to the backward pass."""
        return np.where(
            np.equal(mode, 2), self.forward.total, np.where(np.equal(mode, 1), self.selective.total, 0.0)
        )

    def passes(self, mode: NDArray[np.int8] | int) -> Passes:
        """What each pass takes under a recomputation mode."""
        return Passes(
            forward=self.forward.total,
            backward=self.backward.total + self.recomputed(mode),
            head=self.head.total,
            host=self.host,
        )


@dataclass(frozen=True, slots=True)
class Passes:
    """What one microbatch takes of a layer and the head, all kernels and collectives together."""

    forward: Array
    backward: Array
    """Recomputation included."""
    head: Array
    """Output projection and loss, forward and backward."""
    host: Array
    """Seconds the host needs to launch a layer's forward pass."""


def _zeros(like: Array) -> Array:
    return np.zeros_like(like)


def _attention_products(
    tokens: Array, s: Shapes, w: Works, m: Machines, tp: Array
) -> tuple[Product, Product, Product]:
    """The projections of one attention layer, of these the latent up-projections, and every second one.

    Queries, keys, values and output; or the latent down- and up-projections and the output.
    """
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
    qk = (s.heads + s.kv_heads) * s.query_key_dim / tp
    dense_ffn = (1.0 - moe_share) * s.ffn / tp
    inner = kernels.projection_bytes(tokens, qk, dense_ffn, s.matrices)
    passes = (norms + inner) * m.elementwise * np.where(s.hybrid > 0, m.hybrid, 1.0) / m.memory
    gather = network.gather_seconds(2.0 * tokens * s.hidden, tp, np.ones(1), m.links)
    tensor = 4.0 * gather * m.tensor_exposed
    ring = _context_exchange(split, s, w, m, attention_forward)
    zero = _zeros(tokens * tp * m.matmul)
    dense_share = 1.0 - moe_share
    forward = Seconds(
        projections.forward + dense_share * dense.forward,
        attention_forward,
        passes + projections.forward_casts + dense_share * dense.forward_casts,
        tensor,
        ring,
        zero,
    )
    backward = Seconds(
        projections.backward + dense_share * dense.backward,
        attention_backward,
        1.5 * passes + projections.backward_casts + dense_share * dense.backward_casts,
        tensor,
        2.0 * ring,
        zero,
    )
    unfused = np.where(w.fused_attention > 0, 0.0, attention_forward)
    selective = Seconds(up.forward, unfused, 0.5 * passes + up.forward_casts, zero, zero, zero)
    second = second + inwards.scaled(dense_share * _second_inwards(s))
    # Every pass over memory is repeated, and each gather of a sequence-parallel input.
    seconds = Seconds(second.forward, unfused, passes + second.forward_casts, 0.5 * tensor, zero, zero)
    if np.any(moe_share > 0):
        routed = _routed(s, w, m, split, tokens)
        forward, backward, second_routed = (
            a + b.scaled(moe_share) for a, b in zip((forward, backward, seconds), routed, strict=True)
        )
        seconds = second_routed
        forward, backward = _overlapped(s, m, forward, backward)
    selective = selective.scaled(1.0 - w.every_second) + seconds.scaled(w.every_second)
    return LayerSeconds(
        forward=forward,
        backward=backward,
        selective=selective,
        head=_head(tokens, s, w, m, tp),
        host=m.host * (1.0 + moe_share * m.routed_host),
    )


def _second_inwards(s: Shapes) -> Array:
    """Of the products into a feed-forward, the share that is every second one: half of a gated one's."""
    return (s.matrices - 2.0) / (s.matrices - 1.0)


def _routed(
    s: Shapes, w: Works, m: Machines, split: Split, tokens: Array
) -> tuple[Seconds, Seconds, Seconds]:
    """Forward and backward of a routed feed-forward: router, dispatch, experts, combine, shared experts.

    The third is what is repeated of the forward where every second product is.

    Experts as wide as a dense layer are split over ``tp`` like one; narrower experts are kept whole and the
    tensor-parallel ranks take different tokens, as Megatron-Core does.
    """
    tp, ep = split.tp, split.ep
    expert_tp = np.where(s.expert_ffn >= s.hidden, tp, 1.0)
    sent = tokens * s.top_k * expert_tp / tp
    experts = np.maximum(s.experts / ep, 1e-9)
    rows = sent / experts
    width = s.expert_ffn / expert_tp
    # Stacks fuse the experts of transformers, not of hybrids.
    passes_left = np.where(s.hybrid > 0, 1.0, m.fused_experts)
    fused = np.where(passes_left < 1.0, 1.0, 0.0)
    up = product(rows, (s.matrices - 1.0) * width, s.hidden, w, m, experts, fused)
    down = product(rows, s.hidden, width, w, m, experts, fused)
    shared_width = s.shared_experts * s.expert_ffn / tp
    shared_up = product(tokens, (s.matrices - 1.0) * shared_width, s.hidden, w, m)
    matmuls = up + down + shared_up + product(tokens, s.hidden, shared_width, w, m)
    second = (up + shared_up).scaled(_second_inwards(s))
    router = kernels.matmul_flops(tokens / tp, s.experts, s.hidden) * 4.0 / m.bf16
    activation = 2.0 * s.matrices * (sent * width + tokens * shared_width)
    permute = 2.0 * sent * s.hidden * m.dispatch_passes * passes_left
    passes = (activation + permute) / m.memory
    stride = np.where(expert_tp > 1.0, tp, 1.0)
    domains = np.maximum(ep / network.members_inside(ep, stride, m.links), 1.0)
    # A token wanted by several experts of one domain crosses the network once.
    copies = domains * (1.0 - (1.0 - 1.0 / domains) ** s.top_k) / np.maximum(s.top_k, 1.0)
    exchange = network.exchange_seconds(2.0 * sent * s.hidden / expert_tp, ep, stride, copies, m.links)
    regroup = network.gather_seconds(2.0 * sent * s.hidden, expert_tp, np.ones(1), m.links)
    comm = m.exchange * 2.0 * exchange + 2.0 * regroup * m.tensor_exposed
    zero = _zeros(passes)
    has = np.where(s.experts > 0, 1.0, 0.0)
    fixed = m.routed_seconds
    forward = Seconds(
        matmuls.forward + router, zero, passes + matmuls.forward_casts + fixed, zero, zero, comm
    )
    backward = Seconds(
        matmuls.backward + 2.0 * router, zero, 1.5 * passes + matmuls.backward_casts + fixed, zero, zero, comm
    )
    again = Seconds(second.forward, zero, passes + second.forward_casts, zero, zero, zero)
    return forward.scaled(has), backward.scaled(has), again.scaled(has)


def _overlapped(s: Shapes, m: Machines, forward: Seconds, backward: Seconds) -> tuple[Seconds, Seconds]:
    """Both passes with the part of the expert all-to-all hidden behind another microbatch's layer left out.

    The forward pass of one microbatch runs beside the backward pass of another, so that the exchanges of both
    hide behind the kernels of both (DualPipe, arXiv 2412.19437, section 3.2.1). What is hidden still slows
    the kernels (``contention``). Stacks do this for transformers, not for hybrids.
    """
    exchanged = forward.expert_comm + backward.expert_comm
    kernels_seconds = sum(p.matmul + p.attention + p.elementwise for p in (forward, backward))
    exposed = np.where(s.hybrid > 0, 1.0, m.exchange_exposed)
    hidden = (1.0 - exposed) * np.minimum(exchanged, kernels_seconds)
    left = 1.0 - (1.0 - m.contention) * hidden / np.maximum(exchanged, 1e-30)
    return (
        replace(forward, expert_comm=forward.expert_comm * left),
        replace(backward, expert_comm=backward.expert_comm * left),
    )


def _head(tokens: Array, s: Shapes, w: Works, m: Machines, tp: Array) -> Seconds:
    """Output projection in 16 bits, forward and backward, and the loss; embedding look-ups are bytes."""
    columns = s.vocabulary / tp
    flops = kernels.matmul_flops(tokens, columns, s.hidden)
    passes = np.where(w.frozen > 0, 2.0, 3.0)
    traffic = kernels.cross_entropy_bytes(tokens, columns) + 12.0 * tokens * s.hidden
    weights = passes * 2.0 * s.hidden * columns
    zero = _zeros(flops * m.bf16)
    return Seconds(passes * flops / m.bf16 + weights / m.memory, zero, traffic / m.memory, zero, zero, zero)

"""Seconds of a routed feed-forward: router, dispatch, experts, combine, shared experts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.engine.arrays import Array, Shapes, Works, expert_split
from isocost.engine.training import kernels, network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.passes import Seconds, Split
from isocost.engine.training.products import product


def second_inwards(s: Shapes) -> Array:
    """Of the products into a feed-forward, the share that is every second one: half of a gated one's."""
    return (s.matrices - 2.0) / (s.matrices - 1.0)


def routed_seconds(
    s: Shapes, w: Works, m: Machines, split: Split, tokens: Array
) -> tuple[Seconds, Seconds, Seconds]:
    """Forward and backward of a routed feed-forward: router, dispatch, experts, combine, shared experts.

    The third is what is repeated of the forward where every second product is.
    """
    tp, ep = split.tp, split.ep
    expert_tp = expert_split(s, tp)
    sent = tokens * s.top_k * expert_tp / tp
    experts = np.maximum(s.experts / ep, 1e-9)
    rows = sent / experts
    width = s.expert_ffn / expert_tp
    # Stacks fuse the experts of transformers, not of hybrids.
    passes_left = np.where(s.hybrid > 0, 1.0, m.fused_experts)
    fused = np.where(passes_left < 1.0, 1.0, 0.0)
    up = product(rows, (s.matrices - 1.0) * width, s.expert_hidden, w, m, experts, fused)
    down = product(rows, s.expert_hidden, width, w, m, experts, fused)
    shared_width = s.shared_experts * s.expert_ffn / tp
    shared_up = product(tokens, (s.matrices - 1.0) * shared_width, s.hidden, w, m)
    matmuls = up + down + shared_up + product(tokens, s.hidden, shared_width, w, m)
    if np.any(s.expert_hidden < s.hidden):
        narrow = product(tokens / tp, s.expert_hidden, s.hidden, w, m)
        narrow = narrow + product(tokens / tp, s.hidden, s.expert_hidden, w, m)
        matmuls = matmuls + narrow.scaled(np.where(s.expert_hidden < s.hidden, 1.0, 0.0))
    second = (up + shared_up).scaled(second_inwards(s))
    router = kernels.matmul_flops(tokens / tp, s.experts, s.hidden) * 4.0 / m.bf16
    activation = 2.0 * s.matrices * (sent * width + tokens * shared_width)
    permute = 2.0 * sent * s.expert_hidden * m.dispatch_passes * passes_left
    passes = (activation + permute) / m.memory
    stride = np.where(expert_tp > 1.0, tp, 1.0)
    domains = np.maximum(ep / network.members_inside(ep, stride, m.links), 1.0)
    # A token wanted by several experts of one domain crosses the network once.
    copies = domains * (1.0 - (1.0 - 1.0 / domains) ** s.top_k) / np.maximum(s.top_k, 1.0)
    exchange = network.exchange_seconds(2.0 * sent * s.expert_hidden / expert_tp, ep, stride, copies, m.links)
    regroup = network.gather_seconds(2.0 * sent * s.expert_hidden, expert_tp, np.ones(1), m.links)
    comm = m.exchange * 2.0 * exchange + 2.0 * regroup * m.tensor_exposed
    zero = np.zeros_like(passes)
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


def overlapped(s: Shapes, m: Machines, forward: Seconds, backward: Seconds) -> tuple[Seconds, Seconds]:
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

"""Seconds of a routed feed-forward: router, dispatch, experts, combine, shared experts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isocost.engine.architecture import BACKWARD
from isocost.engine.arrays import Array, Transformers, Workloads
from isocost.engine.layout import expert_split
from isocost.engine.training import kernels, network
from isocost.engine.training.efficiency import Machines
from isocost.engine.training.passes import Seconds, Split
from isocost.engine.training.products import product

ROUTER_SLOWDOWN = 4.0
"""Time of the router's product over the same in 16 bits: it runs in 32 (selective precision, arXiv
2101.03961). Chosen."""


BIASED_INWARDS = 16.0
"""Bytes an element of the products into an expert with biases moves beside its activation, forward: its bias
added and the parts of all experts joined, read and written each time, and both halves of the gate clamped and
joined again (``_apply_bias`` of Megatron-Core's experts, ``weighted_bias_quick_geglu_impl``). Counted."""

BIASED_OUTWARDS = 28.0
"""The same of the product out of it: its bias times the token's weight in 32 bits (written), the sum (read
from 16 and 32 bits, written in 32), the parts joined, and narrowed to 16 bits. Counted."""


def second_inwards(t: Transformers) -> Array:
    """Share of the products into a feed-forward that is every second one: half of a gated one's."""
    return (t.matrices - 2.0) / (t.matrices - 1.0)


def routed_seconds(
    t: Transformers, w: Workloads, m: Machines, split: Split, tokens: Array
) -> tuple[Seconds, Seconds, Seconds]:
    """Seconds of a routed feed-forward: forward, backward, and repeated where every second product is.

    Router, dispatch, experts, combine and shared experts of T ``tokens`` a rank: each sends k copies, which
    the E / ep experts of a rank share evenly, T k ep / E rows for each. Source: arXiv 2101.03961, 2412.19437;
    passes, fixed seconds and exposure ``resources/efficiency.yaml``.
    """
    tp, ep = split.tp, split.ep
    if np.any(w.wide_experts):
        w = replace(w, quantised=w.quantised * (1.0 - w.wide_experts))
    expert_tp = expert_split(t, tp)
    # Ranks that do not cut an expert split the tokens instead: each sends its own part.
    sent = tokens * t.top_k * expert_tp / tp
    # Dense models in a table of runs have no experts: anything but zero will do, ``has`` drops the result.
    experts = np.maximum(t.experts / ep, 1e-9)
    rows = sent / experts
    width = t.expert_ffn / expert_tp
    # Stacks fuse the experts of transformers, not of hybrids.
    passes_left = np.where(t.hybrid > 0, 1.0, m.fused_experts)
    fused = np.where(passes_left < 1.0, 1.0, 0.0)
    adapted = w.adapted
    up = product(rows, (t.matrices - 1.0) * width, t.expert_hidden, w, m, adapted.up, experts, fused)
    down = product(rows, t.expert_hidden, width, w, m, adapted.down, experts, fused)
    # One kernel casts what it computes, between its products too.
    up, down = (each.with_casts(passes_left) for each in (up, down))
    shared_width = t.shared_experts * t.expert_ffn / tp
    shared_up = product(tokens, (t.matrices - 1.0) * shared_width, t.hidden, w, m, adapted.up)
    matmuls = up + down + shared_up + product(tokens, t.hidden, shared_width, w, m, adapted.down)
    if np.any(t.expert_hidden < t.hidden):
        narrow = product(tokens / tp, t.expert_hidden, t.hidden, w, m, adapted.up)
        narrow = narrow + product(tokens / tp, t.hidden, t.expert_hidden, w, m, adapted.down)
        matmuls = matmuls + narrow.scaled(np.where(t.expert_hidden < t.hidden, 1.0, 0.0))
    # What PyTorch's policy keeps has products one by one, not the grouped ones of experts.
    second = up + down + shared_up.scaled(second_inwards(t))
    router = kernels.matmul_flops(tokens / tp, t.experts, t.hidden) * ROUTER_SLOWDOWN / m.bf16
    activation = 2.0 * t.matrices * (sent * width + tokens * shared_width)
    permute = 2.0 * sent * t.expert_hidden * m.dispatch_passes * passes_left
    if np.any(t.expert_biases):
        biased = BIASED_INWARDS * (t.matrices - 1.0) * width + BIASED_OUTWARDS * t.expert_hidden
        activation = activation + t.expert_biases * passes_left * sent * biased
    passes = (activation + permute) / m.memory
    stride = np.where(expert_tp > 1.0, tp, 1.0)
    domains = np.maximum(ep / network.members_inside(ep, stride, m.links), 1.0)
    # A token wanted by several experts of one domain crosses the network once, where the stack sees to it.
    copies = domains * (1.0 - (1.0 - 1.0 / domains) ** t.top_k) / np.maximum(t.top_k, 1.0)
    copies = np.where(m.deduplicated > 0, copies, 1.0)
    exchange = network.exchange_seconds(2.0 * sent * t.expert_hidden / expert_tp, ep, stride, copies, m.links)
    regroup = network.gather_seconds(2.0 * sent * t.expert_hidden, expert_tp, np.ones(1), m.links)
    # Out and back; experts cut over tp first gather their tokens, and scatter the results.
    comm = m.exchange * 2.0 * exchange + 2.0 * regroup * m.tensor_exposed
    zero = np.zeros_like(passes)
    has = np.where(t.experts > 0, 1.0, 0.0)
    fixed = m.routed_seconds
    forward = Seconds(
        matmuls.forward + router, zero, passes + matmuls.forward_casts + fixed, zero, zero, comm
    )
    backward = Seconds(
        matmuls.backward + BACKWARD * router,
        zero,
        kernels.BACKWARD_BYTES * passes + matmuls.backward_casts + fixed,
        zero,
        zero,
        comm,
    )
    again = Seconds(second.forward, zero, passes + second.forward_casts, zero, zero, zero)
    return forward.scaled(has), backward.scaled(has), again.scaled(has)


def overlapped(t: Transformers, m: Machines, forward: Seconds, backward: Seconds) -> tuple[Seconds, Seconds]:
    """Both passes of a layer without what hides of the experts' all-to-all behind another microbatch.

    The forward pass of one microbatch runs beside the backward pass of another, so that the exchanges of both
    hide behind the kernels of both (DualPipe, arXiv 2412.19437, section 3.2.1). What is hidden still slows
    the kernels (``contention``). Stacks do this for transformers, not for hybrids.
    """
    exchanged = forward.expert_comm + backward.expert_comm
    kernels_seconds = sum(p.matmul + p.attention + p.elementwise for p in (forward, backward))
    exposed = np.where(t.hybrid > 0, 1.0, m.exchange_exposed)
    # No more can hide than there are kernels to hide behind.
    hidden = (1.0 - exposed) * np.minimum(exchanged, kernels_seconds)
    left = 1.0 - (1.0 - m.contention) * hidden / np.maximum(exchanged, 1e-30)
    return (
        replace(forward, expert_comm=forward.expert_comm * left),
        replace(backward, expert_comm=backward.expert_comm * left),
    )

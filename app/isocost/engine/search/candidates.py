"""The parallel layouts worth trying for a model on a number of accelerators.

Combinations of degrees form one axis and counts of accelerators another: what does not depend on the count is
computed once per combination, however many counts there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array
from isocost.engine.layout import RECOMPUTE_CODES, SHARDING_CODES, Layouts, expert_split
from isocost.engine.records import Accelerator, Pins, Transformer, Workload

BoolArray = NDArray[np.bool_]

# Powers of two, as published layouts have: groups then divide servers, and heads and experts of most models.
TENSOR = (1, 2, 4, 8, 16)
PIPELINE = (1, 2, 4, 8, 16, 32, 64)
UNEVEN_PIPELINE = (3, 5, 6, 7, 9, 10, 12, 14, 18, 20, 21, 24)
"""Tried besides the powers of two where they divide a model's layers."""
INTERLEAVE = (1, 2, 4)
FOLDED = ("zbv", "v-half", "dualpipe")
"""Schedules whose ranks hold two chunks, of the two arms of a V."""
CONTEXT = (1, 2, 4, 8, 16, 32, 64)
EXPERT = (1, 2, 4, 8, 16, 32, 64)
MICROBATCH = (1, 2, 4, 8, 16, 32)
FEWEST_CONTEXT_TOKENS = 4096.0
"""Tokens a context-parallel rank is given at least. Chosen: shorter sequences need not be shared."""
MOST_MICROBATCH_TOKENS = 65536.0
"""Tokens of a microbatch at most. Chosen: larger ones only slow a step."""

ENDLESS = 1e9
"""Replicas over which sharded states vanish."""

ROUNDING = 1e-9
"""Added to or taken from a ratio before it is rounded: 64 / 8 must not become 7 by an error in the last
digit."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Layouts along (counts of one list, counts, degrees); fields have length one along axes they ignore."""

    layouts: Layouts
    valid: BoolArray
    """Whether the model, the batch and the count allow the layout; (lists, counts, degrees)."""


def is_whole(t: Transformer) -> bool:
    """Whether a transformer has whole layers and heads, so that degrees must divide them."""
    return float(t.layers).is_integer() and float(t.heads).is_integer()


def combinations(
    t: Transformer, workload: Workload, accelerators: Sequence[Accelerator], largest: float, pins: Pins
) -> Layouts:
    """Every sensible combination of degrees for up to ``largest`` accelerators, a row each.

    Those without a pipeline come first. They hold one microbatch and ``ENDLESS`` replicas, so that their
    memory is the least they can take at any count. ``recompute`` is 0 unless pinned. Source: degrees as
    published layouts have them (``resources/measured_training.csv``).

    Raises:
        ValueError: the pins leave none.
    """
    pp, vp, sharding, tp, cp, ep, microbatch = _degrees(t, workload, accelerators, largest, pins)
    endless = np.full(tp.shape, ENDLESS)
    parallel = tp > 1 if pins.sequence_parallel is None else (tp > 1) & pins.sequence_parallel
    return Layouts(
        accelerators=endless,
        tp=tp,
        pp=pp,
        vp=vp,
        cp=cp,
        ep=ep,
        dp=endless,
        microbatch=microbatch,
        microbatches=np.ones(tp.shape),
        recompute=np.full(tp.shape, RECOMPUTE_CODES[pins.recompute] if pins.recompute else 0, dtype=np.int8),
        sharding=sharding.astype(np.int8),
        shard_group=endless,
        sequence_parallel=parallel,
    )


def candidates(t: Transformer, workload: Workload, counts: Array, degrees: Layouts) -> Candidates:
    """The layouts that ``degrees`` of ``combinations`` make of each of ``counts`` (lists, counts).

    Whole-number models keep heads, experts and a batch of whole sequences in whole parts, leaving
    accelerators idle where a replica does not fill them; more replicas than the batch has microbatches stand
    idle too. Source: rules of Megatron-LM (arXiv 2104.04473), fractions of slider shapes and of about so
    large a batch aside.
    """
    whole = is_whole(t)
    tp, pp, vp, cp, ep, mb = (
        a[None, None]
        for a in (degrees.tp, degrees.pp, degrees.vp, degrees.cp, degrees.ep, degrees.microbatch)
    )
    n = counts[:, :, None]
    share = np.maximum(ep * expert_split(t, tp) / (tp * cp), 1.0)
    most = workload.global_batch / mb
    if not workload.whole_batch:
        most = np.ceil(most)  # about 3.2 sequences keep four replicas at work, though not all the time
    dp = np.minimum(n / (tp * pp * cp), most)
    if whole:
        # Groups that share experts must be complete: dp in multiples of the replicas one group takes.
        dp = np.floor((dp + ROUNDING) / share) * share
    valid = dp >= share * (1.0 - ROUNDING)
    dp = np.maximum(dp, 1.0)
    shared = np.maximum(workload.global_batch / (dp * mb), 1.0)
    dealt = np.ceil(shared - ROUNDING) if whole else shared
    # Interleaved schedules deal microbatches in rounds of one per stage.
    least = np.where(vp > 1, pp, 1.0)
    if workload.schedule == "dualpipe":
        # Both ends are fed with half of the microbatches each (github.com/deepseek-ai/DualPipe).
        least = np.where(pp > 1, 2.0 * pp, least)
    valid &= dealt >= least
    microbatches = dealt if workload.whole_batch else np.maximum(shared, least)
    layouts = Layouts(
        accelerators=n,
        tp=tp,
        pp=pp,
        vp=vp,
        cp=cp,
        ep=ep,
        dp=dp,
        microbatch=mb,
        microbatches=microbatches,
        recompute=degrees.recompute[None, None],
        sharding=degrees.sharding[None, None],
        shard_group=dp * cp,
        sequence_parallel=degrees.sequence_parallel[None, None],
    )
    return Candidates(layouts, valid)


def _pinned(pin: int | None, allowed: Iterable[int]) -> list[int]:
    return list(allowed) if pin is None else [pin]


def _degrees(
    t: Transformer, workload: Workload, accelerators: Sequence[Accelerator], largest: float, pins: Pins
) -> tuple[Array, ...]:
    """Combinations of pp, vp, sharding, tp, cp, ep and microbatch, as columns.

    Raises ValueError, naming the pin, when none is left.
    """
    widest = max(a.scaleup_domain for a in accelerators)
    sequence, batch = workload.sequence, workload.global_batch
    choices = {
        "pp, vp": _schedules(t, workload, pins),
        "tp": [d for d in _pinned(pins.tp, (d for d in TENSOR if d <= max(widest, 1))) if _cuts_heads(t, d)],
        "cp": _pinned(pins.cp, (d for d in CONTEXT if d == 1 or d * FEWEST_CONTEXT_TOKENS <= sequence)),
        "ep": [d for d in _pinned(pins.ep, EXPERT if t.is_moe else (1,)) if _deals_experts(t, d)],
        "microbatch": [d for d in _pinned(pins.microbatch, MICROBATCH) if d <= max(batch, 1.0)],
    }
    for name, allowed in choices.items():
        if not allowed:
            part = name if name == "microbatch" else name.upper()
            under = "" if workload.schedule == "1f1b" or name != "pp, vp" else f" under {workload.schedule}"
            raise ValueError(
                f"No layout of {t.name or 'this model'} is possible with {part} as pinned{under}."
            )
    schedules = np.array(choices.pop("pp, vp"), dtype=np.float64)
    axes = [np.arange(len(schedules)), *choices.values()]
    at, tp, cp, ep, mb = np.array(np.meshgrid(*axes, indexing="ij"), float).reshape(len(axes), -1)
    pp, vp, sharding = schedules[at.astype(np.intp)].T
    # Ranks that share experts hold one stage of the pipeline together.
    least = pp * np.maximum(tp * cp, ep)
    keep = least <= largest
    if pins.microbatch is None:
        # One sequence is only shared when it is too much for one rank; then a microbatch is one sequence.
        small = mb * sequence <= MOST_MICROBATCH_TOKENS
        keep &= (mb == 1) | (small & ((cp == 1) | (pins.cp is not None)))
    if not keep.any():
        raise ValueError(
            f"The pinned layout needs at least {int(least.min())} accelerators; {int(largest)} were given."
        )
    return tuple(axis[keep] for axis in (pp, vp, sharding, tp, cp, ep, mb))


def _schedules(t: Transformer, workload: Workload, pins: Pins) -> list[tuple[int, int, int]]:
    """Stages, chunks a stage and sharding that go together: ZeRO-3 only without a pipeline, unless pinned."""
    stages = [*PIPELINE, *(p for p in UNEVEN_PIPELINE if is_whole(t) and t.layers % p == 0)]
    # ZeRO-1 saves memory for no more traffic than no sharding at all (arXiv 1910.02054), so that is not
    # tried.
    sharding = [1, 3] if pins.sharding is None else [SHARDING_CODES[pins.sharding]]
    # Other schedules than 1F1B have chunks of their own, or none; a folded stage has two.
    plain, folded = workload.schedule == "1f1b", workload.schedule in FOLDED
    return [
        (pp, vp, z)
        for pp in _pinned(pins.pp, stages)
        for vp in _pinned(pins.vp, INTERLEAVE if plain else (1,))
        for z in sharding
        if pp * max(vp, 2 * folded * (pp > 1)) <= max(t.layers, 1.0)
        and (plain or vp == 1)
        and not (workload.schedule == "dualpipe" and pp > 1 and pp % 2)
        and (vp == 1 or pp > 1)
        and (z != 3 or pp == 1 or pins.sharding is not None)
    ]


def _cuts_heads(t: Transformer, tp: int) -> bool:
    """Whether heads split evenly over ``tp`` ranks; slider shapes only need as many heads as ranks."""
    if not is_whole(t):
        return tp <= max(t.heads, 1.0)
    shared = t.attention == "mla" or t.kv_heads % tp == 0 or tp % max(t.kv_heads, 1.0) == 0
    return t.heads % tp == 0 and shared


def _deals_experts(t: Transformer, ep: int) -> bool:
    """Whether experts split evenly over ``ep`` ranks; slider shapes only need as many experts as ranks."""
    if not t.is_moe:
        return ep == 1
    return t.experts % ep == 0 if is_whole(t) else ep <= t.experts

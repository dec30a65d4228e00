"""Pipeline schedules: in which order stages run forward and backward passes, and what that costs and keeps.

Splitting a backward pass into the gradient of its inputs (B) and of its weights (W) lets weight gradients
fill the slots in which a stage would wait (zero bubble, arXiv 2401.10241). Folding the stages, so that a rank
holds the first and the last of a V, evens out what ranks keep of microbatches in flight (arXiv 2405.15362).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.engine.arrays import Array
from isocost.engine.records import SCHEDULE_CODES, Schedule


@dataclass(frozen=True, slots=True)
class Timing:
    """What a schedule changes of plain 1F1B, which waits (pp - 1) (F + B + W) and keeps pp microbatches.

    A stage waits (ends pp - 1) scale (F + B + W + again (B + W) - filled W).
    """

    scale: float = 1.0
    ends: float = 1.0
    """Stages a microbatch passes before all work, over all: half where both ends are fed."""
    again: float = 0.0
    """Backward passes more in what a stage waits for."""
    filled: float = 0.0
    """Weight gradients that fill what it waits for."""
    kept: float = 1.0
    """Microbatches in flight, over pp."""
    kept_more: float = 0.0
    """And beyond that share."""
    copies: float = 1.0
    """Times a rank holds the weights and gradients of a stage."""
    folded: bool = False
    """Whether the first and the last layers are on one rank, with embedding and head."""
    sends: float = 1.0
    """Traffic between stages over that of plain 1F1B."""


TIMINGS: dict[Schedule, Timing] = {
    "1f1b": Timing(),
    # ZB1P: (p - 1) (F + B - W) at the memory of 1F1B (arXiv 2401.10241, table 2).
    "zero-bubble": Timing(filled=2.0),
    # The V of two chunks: no bubble where F = B = W, and for others (p - 1) (F + B - 2 W), at the memory of
    # 1F1B and twice its traffic (github.com/sail-sg/zero-bubble-pipeline-parallelism, "Comparison").
    "zbv": Timing(filled=3.0, folded=True, sends=2.0),
    # Half the activations, half the bubble (arXiv 2405.15362; same table): p / 2 + 1 microbatches.
    "v-half": Timing(scale=0.5, kept=0.5, kept_more=1.0, folded=True, sends=2.0),
    # (p / 2 - 1) (F&B + B - 3 W), two copies of the weights, p + 1 microbatches (arXiv 2412.19437, table 2).
    "dualpipe": Timing(ends=0.5, again=1.0, filled=3.0, kept_more=1.0, copies=2.0, folded=True),
}


def _of(name: str) -> Array:
    return np.array([float(getattr(each, name)) for each in (TIMINGS[code] for code in SCHEDULE_CODES)])


_SCALE, _ENDS, _AGAIN, _FILLED = _of("scale"), _of("ends"), _of("again"), _of("filled")
_KEPT, _KEPT_MORE = _of("kept"), _of("kept_more")
COPIES, FOLDED, SENDS = _of("copies"), _of("folded"), _of("sends")
"""Fields of ``Timing`` by the code of a schedule."""

Codes = NDArray[np.int8]


def ramp_seconds(codes: Codes, pp: Array, vp: Array, passed: Array, backward: Array, weights: Array) -> Array:
    """Seconds a stage waits while a step's pipeline fills and drains.

    Args:
        passed: forward and backward seconds of an average stage for one microbatch.
        backward: the backward seconds of these, weight gradients included.
        weights: those of weight gradients alone.

    Source: 1F1B and its chunks arXiv 2104.04473, the others as ``TIMINGS``.
    """
    if not np.any(codes):
        return (pp - 1.0) / vp * passed
    wait = passed + _AGAIN[codes] * backward - _FILLED[codes] * weights
    ahead = np.maximum(_ENDS[codes] * pp - 1.0, 0.0)
    # What is filled completely leaves nothing to wait for; it cannot give time back.
    return ahead * _SCALE[codes] / vp * np.maximum(wait, 0.0)


def in_flight(codes: Codes, pp: Array, vp: Array) -> Array:
    """Microbatches whose activations the first stage keeps at once, where there are as many.

    Interleaving fills every chunk, 1 + (pp - 1) / (pp vp) times as much (arXiv 2205.05198, section 4.2.3).
    Source: others as ``TIMINGS``.
    """
    plain = np.where(vp > 1, pp * (1.0 + (pp - 1.0) / (pp * vp)), pp)
    if not np.any(codes):
        return plain
    other = np.where(pp > 1, _KEPT[codes] * pp + _KEPT_MORE[codes], 1.0)
    # V-half never keeps more than 1F1B, whatever the rounding of few stages.
    other = np.where(_KEPT[codes] < 1.0, np.minimum(other, pp), other)
    return np.where(codes > 0, other, plain)

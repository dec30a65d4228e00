"""A difference shared out over the moves that lead from one side to the other, exactly (Shapley's value)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
LARGEST = 10
"""Moves shared out at most: their corners are 2^n, and orders of ten still count in 64 bits."""
_SAFE = 2**63 // 3_628_800 // 16
"""Cents up to which the sums below stay within 64 bits; beyond it Python's whole numbers are used."""


@dataclass(frozen=True, slots=True)
class Shares:
    """What each move is to blame for, in whole cents."""

    cents: tuple[int, ...]
    orders: int
    """Orders of the moves they are the mean of: all of them, or those that pass only priced corners."""


def shapley(worth: Sequence[int | None]) -> Shares | None:
    """The mean, over every order of the moves, of what each changes when its turn comes.

    Args:
        worth: cents at each corner; bit i of its number says whether move i has been made. None = there is
            no such plan: orders that pass it are left out, which changes nothing of the properties (the sum,
            a move that changes nothing gets 0, both directions are each other's negative).

    Returns:
        Shares that sum to the difference of the last and the first corner; None where no order leads there.

    Source: L. Shapley, A value for n-person games, 1953.
    """
    corners = len(worth)
    count = corners.bit_length() - 1
    allowed = np.array([each is not None for each in worth])
    there, back = _orders(allowed.tobytes(), count)
    every = int(there[-1])
    if not every:
        return None
    known = [each or 0 for each in worth]
    big = max(map(abs, known)) > _SAFE
    cents = np.array(known, dtype=object if big else np.int64)
    numbers = np.arange(corners)
    sums = []
    for bit in range(count):
        before = numbers[numbers >> bit & 1 == 0]
        after = before | 1 << bit
        weight = there[before] * back[after]
        sums.append(int(((cents[after] - cents[before]) * weight).sum()))
    return Shares(_whole(sums, every), every)


@lru_cache(maxsize=16)
def _orders(allowed: bytes, count: int) -> tuple[Ints, Ints]:
    """Orders that lead from the first corner to each, and from each to the last, through allowed ones."""
    open_ = np.frombuffer(allowed, dtype=bool)
    numbers = np.arange(len(open_))
    made = np.array([int(number).bit_count() for number in numbers])
    there, back = np.zeros(len(open_), dtype=np.int64), np.zeros(len(open_), dtype=np.int64)
    there[0], back[-1] = int(open_[0]), int(open_[-1])
    for level in range(1, count + 1):
        to, since = numbers[(made == level) & open_], numbers[(made == count - level) & open_]
        for bit in range(count):
            on = to[to >> bit & 1 == 1]
            there[on] += there[on ^ (1 << bit)]
            off = since[since >> bit & 1 == 0]
            back[off] += back[off | (1 << bit)]
    return there, back


def _whole(sums: Sequence[int], every: int) -> tuple[int, ...]:
    """Whole cents of sums over ``every``, with the cents that rounding leaves given to the largest rests.

    Both directions round alike: towards zero first. Of equal rests the earlier move's comes first.
    """
    sign = [1 if each >= 0 else -1 for each in sums]
    cents = [s * (abs(each) // every) for s, each in zip(sign, sums, strict=True)]
    left = sum(sums) // every - sum(cents)
    step = 1 if left > 0 else -1
    rests = [each - every * whole for each, whole in zip(sums, cents, strict=True)]
    for i in sorted(range(len(sums)), key=lambda i: (-step * rests[i], i))[: abs(left)]:
        cents[i] += step
    return tuple(cents)

"""Where a figure crosses its limit: the whole range is looked at, then each crossing from both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from isocost.plan.physics.records import Array

CLOSE = 1e-4
"""How near to its limit, as a share of it, a crossing is followed."""
STEPS = 60


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value at which the limit is kept, next to values at which it is not."""

    value: float
    rising: bool
    """Whether larger values break the limit."""


def crossings(over: Callable[[float], float], values: Array, seen: Array) -> tuple[Crossing, ...]:
    """Every change between kept and broken along ``values``.

    Args:
        over: logarithm of a figure over its limit at one value; positive or infinite = broken.
        values: rising and positive.
        seen: ``over`` at them.
    """
    held = seen <= 0.0
    places = np.flatnonzero(held[1:] != held[:-1])
    return tuple(
        Crossing(
            _crossing(over, (float(values[i]), float(seen[i])), (float(values[i + 1]), float(seen[i + 1]))),
            bool(held[i]),
        )
        for i in places
    )


def _crossing(over: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]) -> float:
    """The kept side of the crossing between two values, by the secant of their logarithms or by halves."""
    kept, broken = (low, high) if low[1] <= 0.0 else (high, low)
    for step in range(STEPS):
        if -CLOSE <= kept[1] <= 0.0 or abs(np.log(broken[0] / kept[0])) < 1e-9:
            break
        share = 0.5
        # A secant that creeps along one side never closes in on the other: every third step halves.
        if np.isfinite(broken[1]) and np.isfinite(kept[1]) and step % 3 != 2:
            # Aimed a little inside the limit, so that the answer keeps it.
            share = min(max((-kept[1] - 0.5 * CLOSE) / (broken[1] - kept[1]), 1e-3), 0.999)
        middle = float(kept[0] * (broken[0] / kept[0]) ** share)
        found = over(middle)
        if found <= 0.0:
            kept = (middle, found)
        else:
            broken = (middle, found)
    return kept[0]

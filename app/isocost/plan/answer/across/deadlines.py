"""Which accelerator is the cheapest for which deadlines: the ranking at every deadline at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.plan.answer.across.curves import CostCurve, in_time
from isocost.plan.physics.records import Array

ABOUT_AS_CHEAP = 1.02
"""Costs this close are no reason to prefer one accelerator to another."""


@dataclass(frozen=True, slots=True)
class Reign:
    """An accelerator and the deadlines, in days, at which none of the ranking is notably cheaper."""

    accelerator: str
    label: str
    since: float
    """The shortest of them."""
    until: float
    """Every deadline shorter than this; infinite = however long one waits."""


class Deadlines:
    """The ranking of some curves at every deadline: it changes only where one more count is in time."""

    def __init__(self, curves: Sequence[CostCurve]) -> None:
        self._curves = [curve for curve in curves if curve.fits.any()]
        each = [curve.days[curve.fits] for curve in self._curves]
        self._days = np.unique(np.concatenate(each)) if each else np.empty(0)
        costs = np.array([_cost(curve, self._days) for curve in self._curves])
        self._cost = costs.reshape(len(self._curves), len(self._days))
        self._good = self._cost <= self._cost.min(axis=0, initial=np.inf) * ABOUT_AS_CHEAP

    @property
    def shortest(self) -> float:
        """The shortest deadline that any accelerator keeps; infinite where none holds the model."""
        return float(self._days[0]) if len(self._days) else math.inf

    def reign(self, accelerator: str, deadline: float) -> Reign | None:
        """The deadlines around this one at which the accelerator is about the cheapest; None if it is not."""
        place = next((i for i, c in enumerate(self._curves) if c.accelerator == accelerator), None)
        at = self._last(deadline)
        if place is None or at < 0 or not self._good[place, at]:
            return None
        return self._reign(place, at)

    def before(self, later: Reign) -> Iterator[Reign]:
        """Who is about the cheapest at deadlines too short for ``later``, and for those before it, and so on.

        Of each the stretch of deadlines ends where the one before it here begins, or after.
        """
        at = int(np.searchsorted(self._days, later.since)) - 1
        while at >= 0:
            found = self._reign(int(np.argmin(self._cost[:, at])), at)
            yield found
            at = int(np.searchsorted(self._days, found.since)) - 1

    def _last(self, deadline: float) -> int:
        """The last change of the ranking up to a deadline; -1 = no accelerator keeps it."""
        return int(np.searchsorted(self._days, deadline, side="right")) - 1

    def _reign(self, place: int, at: int) -> Reign:
        curve, bad = self._curves[place], np.flatnonzero(~self._good[place])
        earlier, later = bad[bad < at], bad[bad > at]
        since = self._days[earlier[-1] + 1] if len(earlier) else self._days[0]
        until = float(self._days[later[0]]) if len(later) else math.inf
        return Reign(curve.accelerator, curve.label, float(since), until)


def _cost(curve: CostCurve, deadlines: NDArray[np.float64]) -> Array:
    """USD of the cheapest count in time for each deadline; infinite where none is."""
    at = in_time(curve, deadlines)
    return np.where(at >= 0, curve.cost_usd[at], np.inf)

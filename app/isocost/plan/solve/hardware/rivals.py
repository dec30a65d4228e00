"""How sure the winners of a map are: the next best accelerator at each place, and how often it is cheaper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.plan.doubt.beside import PRICE
from isocost.plan.physics.records import Array
from isocost.plan.solve.case import Case
from isocost.plan.solve.odds import sampled_at
from isocost.plan.solve.reach import Reach

NONE = -1

Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)  # of arrays: alike if it is the same one
class Rivals:
    """The accelerator that comes next at each place of a map."""

    card: Places
    """(ys, xs) place of its price among those compared; ``NONE`` where there is no other."""
    chance: Array
    """(ys, xs) that it is cheaper than the winner, of the samples of both; 0 where there is no other."""
    labels: tuple[str, ...]
    """Of the prices compared."""


def second(by: Array, at: Places, which: Places) -> tuple[Places, Array]:
    """(point, cost) of the best of another card in each row of (rows, points) costs; infinite = none."""
    others = np.where(which[None, :] == which[at][:, None], np.inf, by)
    best = np.argmin(others, axis=1)
    return best, others[np.arange(len(by)), best]


def rivals(
    case: Case, on: Reach, won: tuple[Places, Array], next_best: tuple[Places, Array], *, priced: bool
) -> Rivals:
    """How likely each next best point is cheaper than the best, by the samples of the two plans.

    An accelerator's samples are those at the point at which it most often wins or comes next: doubts are
    factors, which hardly change along its counts. Inputs that two plans share have the same samples in both.

    Args:
        won: (ys, xs) points and their costs; ``next_best``: the same of another accelerator, infinite = none.
        priced: whether the price of the plan's own accelerator is an axis, and so is known.
    """
    (best, cost), (other, rival_cost) = won, next_best
    there = np.isfinite(cost) & np.isfinite(rival_cost)
    met = np.bincount(np.concatenate([best[there], other[there]]), minlength=len(on))
    factors: dict[int, Array] = {}
    for card in np.unique(on.which[np.flatnonzero(met)]).tolist():
        own = np.flatnonzero(on.which == card)
        factors[card] = _factors(case, on, int(own[np.argmax(met[own])]), priced=priced)
    chance = np.zeros(cost.shape)
    first, next_card = on.which[best], np.where(there, on.which[other], NONE)
    for a, b in set(zip(first[there].tolist(), next_card[there].tolist(), strict=True)):
        # What costs nothing to the cent has no factor: nobody is cheaper.
        held = factors[a] > 0.0
        ratios = np.sort(np.divide(factors[b], factors[a], out=np.full(held.shape, np.inf), where=held))
        places = there & (first == a) & (next_card == b)
        chance[places] = np.searchsorted(ratios, cost[places] / rival_cost[places]) / len(ratios)
    return Rivals(next_card, chance, on.labels)


def _factors(case: Case, on: Reach, at: int, *, priced: bool) -> Array:
    """Samples of the cost at a point, times that planned there."""
    sampled = sampled_at(case, on, at)
    programme, cost = sampled.programme, sampled.outcomes.cost_usd
    if priced and on.cards[int(on.which[at])] == case.card and sampled.values:
        held = zip(programme.doubts, sampled.values, strict=True)
        known = [np.full(len(each), doubt.base) if doubt.path == PRICE else each for doubt, each in held]
        cost = programme.at(known).cost_usd
    return np.asarray(cost / max(float(programme.base.cost_usd[0]), 1e-300))

"""How likely a programme holds its budget and its deadline, and how much slower than predicted it may run."""

from __future__ import annotations

import math

import numpy as np

from isocost.plan.physics.records import Array
from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import WITHIN
from isocost.plan.solve.reach import PERCENTILE, Reach

DEVIATIONS = np.linspace(-3.5, 3.5, 15)
"""Paces looked at, in standard deviations: between them what they cost is taken as straight."""

EVEN = 0.5


def chances(on: Reach, goal: Goal) -> Array:
    """Chance that budget and deadline both hold at each point; NaN where there is neither.

    One error of the step model moves every stage, lognormal between its own tenth and ninetieth percentile:
    slower is dearer and later, so both hold up to one pace.
    """
    if goal.budget_usd is None and goal.deadline_days is None:
        return np.full(len(on), np.nan)
    over = np.array([_over(on, goal, deviation) for deviation in DEVIATIONS])
    held = over <= 0.0
    last = held.sum(axis=0) - 1  # costs and days rise with the pace
    most = len(DEVIATIONS) - 1
    low, high = np.clip(last, 0, most - 1), np.clip(last + 1, 1, most)
    points = np.arange(len(on))
    below, above = over[low, points], over[high, points]
    rise = np.where(above > below, above - below, 1.0)
    step = np.where(above > below, np.clip(-below / rise, 0.0, 1.0), 0.0)
    at = DEVIATIONS[low] + step * (DEVIATIONS[high] - DEVIATIONS[low])
    found = np.array([0.5 * (1.0 + math.erf(z / math.sqrt(2.0))) for z in at])
    return np.where(held.all(axis=0), 1.0, np.where(last < 0, 0.0, found))


def _over(on: Reach, goal: Goal, deviation: float) -> Array:
    """Logarithm of how far the worse of the two is over, every stage as slow as that."""
    pace = (on.slow if deviation > 0.0 else on.fast) ** (abs(deviation) / PERCENTILE)
    cost, days = on.at_pace(pace)
    worst = np.zeros(len(on))
    if goal.budget_usd is not None:
        worst = np.maximum(worst, cost / max(goal.budget_usd, 1e-9))
    if goal.deadline_days is not None:
        worst = np.maximum(worst, days / max(goal.deadline_days, 1e-9))
    logarithm: Array = np.log(np.maximum(worst, 1e-300))
    return logarithm


WIDEST = 1e6
HALVINGS = 60


def pace_kept(on: Reach, goal: Goal, at: int = 0) -> float | None:
    """Times its predicted hours that a point may take within budget and deadline; None = no pace does."""

    def held(pace: float) -> bool:
        cost, days = on.at_pace(pace)
        paid = goal.budget_usd is None or cost[at] <= goal.budget_usd * WITHIN
        return bool(paid and (goal.deadline_days is None or days[at] <= goal.deadline_days * WITHIN))

    low, high = 1.0 / WIDEST, WIDEST
    if not held(low):
        return None
    if held(high):
        return high
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if held(middle) else (low, middle)
    return low

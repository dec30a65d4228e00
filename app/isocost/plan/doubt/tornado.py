"""What matters: the bill at each doubt's own low and high, and each doubt's share of the whole spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.language import tr
from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.risk import Risk
from isocost.plan.doubt.sampling import order
from isocost.plan.physics.records import Array

MEASURE = tr("squared rank correlation with the cost, scaled to add up to 100 %")
"""How a share of the doubt is measured: no order of the inputs is in it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """The programme with one doubt at its low and at its high, everything else as planned."""

    doubt: Doubtful
    low: float
    """The lower value of the input: a chance in ten below it, or the end of a range that has ends."""
    high: float
    cost_low_usd: float
    """With the lower value; more than with the higher one where more of the input is cheaper."""
    cost_high_usd: float
    days_low: float
    """Days of all stages with the lower value."""
    days_high: float
    share: float
    """Of the doubt about the cost, see ``MEASURE``; 0 where there is none."""

    @property
    def width_usd(self) -> float:
        """From one end to the other."""
        return abs(self.cost_high_usd - self.cost_low_usd)


@dataclass(frozen=True, slots=True)
class Tornado:
    """Every doubt, the one that moves the cost most first."""

    bars: tuple[Bar, ...]
    base_usd: float
    """The plan as it stands, without its reserve unless the user gives a range of it."""
    middle_usd: float
    """The same with every doubt at the plan's value, which the bars are drawn from: of a range of MFU beside
    the waste of a known speed, where the plan bears that of a predicted one."""


def tornado(of: Risk) -> Tornado:
    """The bars of a sampled programme."""
    programme, doubts = of.programme, of.programme.doubts
    base = float(programme.base.cost_usd[0])
    if not doubts:
        return Tornado((), base, base)
    found = programme.ends
    cost, days = (each.reshape(-1, 2) for each in (found.cost_usd, found.wall_days))
    shares = variance_shares(of)
    bars = []
    for i, doubt in enumerate(doubts):
        shown = doubt.shown(np.array([doubt.low, doubt.high]))
        first, last = (0, 1) if shown[0] <= shown[1] else (1, 0)
        low, high = float(shown[first]), float(shown[last])
        usd_low, usd_high = float(cost[i, first]), float(cost[i, last])
        days_low, days_high = float(days[i, first]), float(days[i, last])
        bars.append(Bar(doubt, low, high, usd_low, usd_high, days_low, days_high, float(shares[i])))
    middle = programme.at([np.array([doubt.base]) for doubt in doubts])
    ordered = tuple(sorted(bars, key=lambda bar: -bar.width_usd))
    return Tornado(ordered, base, float(middle.cost_usd[0]))


def variance_shares(of: Risk) -> Array:
    """Share of the doubt about the cost that is each input's; they add up to 1, or to 0 without doubt."""
    cost = of.outcomes.cost_usd
    if not of.values or not cost.max() > cost.min():
        return np.zeros(len(of.values))
    n = of.samples
    ranks = np.empty(n)
    ranks[np.argsort(cost, kind="stable")] = np.arange(n)
    # A sample's slice of an input is the rank of its value: Spearman's correlation needs no more sorting.
    slices = [order(doubt.key, n, of.seed) for doubt in of.programme.doubts]
    centred = ranks - (n - 1) / 2.0
    squares = np.array([float(centred @ each) for each in slices]) ** 2
    total: Array = squares / squares.sum()
    return total

"""One input along its values: how likely each is, what the programme costs there, where a range may start."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.plan.doubt.doubtful import Doubtful
from isocost.plan.doubt.ours import own_doubts
from isocost.plan.doubt.risk import Risk
from isocost.plan.doubt.sampling import shaped
from isocost.plan.inputs.input import Input
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.physics.records import Array
from isocost.plan.project.ranges import InputRange

BARS = 14
"""Of the small picture of a range."""
DRAWN, TAILS = 400, 0.02
"""Values that picture counts, and the share of them beyond either of its ends."""
POINTS = 81
"""Values at which a programme is worked out along an input."""
BEYOND = 8.0
"""How many times lower or higher than its ends an input is followed; standard scores go as far as ``FAR``."""
FAR = 4.0


def histogram(held: InputRange, value: float | None) -> tuple[float, ...]:
    """How likely the values of a range are from its low to its high, as heights of bars, the highest 1.

    Args:
        value: what the plan takes; None = nothing.
    """
    values = shaped(held.shape, held.low, held.middle(value), held.high, DRAWN)
    inside = values[int(TAILS * DRAWN) : DRAWN - int(TAILS * DRAWN)]
    counts = np.histogram(inside, BARS)[0].astype(float)
    return tuple((counts / counts.max()).tolist())


@dataclass(frozen=True, slots=True)
class Along:
    """The programme at values of one input, everything else as planned."""

    values: Array
    """As the input is written, rising."""
    cost_usd: Array
    base: float
    """What the plan takes."""

    def cost_at(self, value: float) -> float:
        """USD at a value."""
        return float(np.interp(value, self.values, self.cost_usd))

    def value_at(self, usd: float, *, upwards: bool) -> float:
        """The value nearest to the plan's, above it or below, from which on the programme costs as much.

        The last one on that side where it never does.
        """
        side = self.values > self.base if upwards else self.values < self.base
        values = np.append(self.base, self.values[side] if upwards else self.values[side][::-1])
        side_usd = self.cost_usd[side] if upwards else self.cost_usd[side][::-1]
        costs = np.append(self.cost_at(self.base), side_usd)
        beyond = costs >= usd if costs[-1] >= costs[0] else costs <= usd
        if not beyond.any():
            return float(values[-1])
        at = int(np.argmax(beyond))
        if at == 0:
            return self.base
        return float(np.interp(usd, *_rising(costs[at - 1 : at + 1], values[at - 1 : at + 1])))


def _rising(xs: Array, ys: Array) -> tuple[Array, Array]:
    return (xs, ys) if xs[0] <= xs[1] else (xs[::-1], ys[::-1])


def along(of: Risk, doubt: Doubtful) -> Along:
    """A sampled programme along one of its doubts: in closed form, a few milliseconds."""
    programme = of.programme
    at = programme.doubts.index(doubt)
    wanted = _followed(doubt)
    values = [np.array([each.base]) for each in programme.doubts]
    values[at] = wanted
    shown = doubt.shown(wanted)
    cost = np.broadcast_to(programme.at(values).cost_usd, len(wanted))
    order = np.argsort(shown, kind="stable")
    return Along(shown[order], cost[order], doubt.shown_in_plan)


def _followed(doubt: Doubtful) -> Array:
    """The values of a doubt that are worth looking at, its ends and the plan's among them."""
    marked = [doubt.low, doubt.base, doubt.high]
    if doubt.scored:
        return np.union1d(np.linspace(-FAR, FAR, POINTS), marked)
    low, high = doubt.low / BEYOND, min(doubt.high * BEYOND, doubt.maximum)
    low = max(low, doubt.minimum)
    spaced = np.geomspace(low, high, POINTS) if low > 0.0 else np.linspace(low, high, POINTS)
    found = np.union1d(spaced, marked)
    return np.unique(np.rint(found)) if doubt.whole else found


@dataclass(frozen=True, slots=True)
class Usual:
    """Ends of a range of an input that is known of others, and from where."""

    low: float
    high: float
    source: str


def usual_ends(on: Reckoning, path: str, declared: Input, value: float) -> Usual:
    """The ends at which a range of an input starts: those known of others, else a share about the plan's.

    Args:
        path: as ranges have it, with the stage where it is one stage's alone.
        value: what the plan takes.
    """
    for doubt in own_doubts(on, lambda *_: False):
        if doubt.path and path.endswith(doubt.path):
            low, high = sorted((doubt.shown_at(doubt.low), doubt.shown_at(doubt.high)))
            if low < high and low <= value <= high:
                return Usual(rounded_end(low, value), rounded_end(high, value), doubt.source)
    start = on.catalog.constants.economics.first_range
    low, high = value / (1.0 + start.value), value * (1.0 + start.value)
    if declared.integer:
        low, high = min(value - 1.0, float(np.floor(low))), max(value + 1.0, float(np.ceil(high)))
    low, high = max(declared.minimum, low), min(declared.maximum, high)
    return Usual(rounded_end(low, value), rounded_end(high, value), start.source)


def rounded_end(end: float, value: float) -> float:
    """An end of a range in three digits, unless the plan's value would then lie beyond it."""
    found = float(f"{end:.3g}")
    return found if (found <= value) == (end <= value) else end

"""How sure an estimate is: the range of its cost and time, and what each doubt alone makes of the cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.language import tr
from isocost.plan.doubt.evaluation import Programme
from isocost.plan.doubt.risk import Risk, Spread
from isocost.plan.money.arithmetic import cents, in_cents


@dataclass(frozen=True, slots=True)
class Range:
    """The values that 10, 50 and 90 % of outcomes stay at or below."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class RangePart:
    """What one doubt alone makes of the cost."""

    name: str
    """As it is shown."""
    cost_usd: Range
    identity: str
    """What it is in any language, apart from every other part."""
    still: str = ""
    """Why it makes no range, in a few words; empty where it does."""


@dataclass(frozen=True, slots=True)
class EstimateRange:
    """How sure the estimate is: what samples of everything in doubt come to, the user's ranges among it."""

    cost_usd: Range
    """Without the reserve, which is held against the spread, unless the user gives a range of it."""
    wall_days: Range
    base_usd: float
    """The same cost of the plan as it stands."""
    base_percentile: float
    """Samples in 100 that cost less."""
    parts: tuple[RangePart, ...] = ()
    """What the range of the cost is made of, widest first."""


def span_of(sampled: Risk) -> EstimateRange | None:
    """The range of a scenario, of the samples that its chances are counted in; None = nothing is in doubt."""
    if not sampled.programme.doubts:
        return None
    cost = sampled.cost_usd
    return EstimateRange(
        _range(cost), _range(sampled.wall_days), cost.base, cost.base_percentile, _parts(sampled)
    )


def _range(spread: Spread) -> Range:
    return Range(spread.p10, spread.p50, spread.p90)


def _parts(of: Risk) -> tuple[RangePart, ...]:
    """What each doubt alone gives, widest first; then those that give nothing, and why."""
    base = cents(float(of.programme.base.cost_usd[0]))
    pairs = np.sort(in_cents(of.programme.ends.cost_usd.reshape(-1, 2)), axis=1).tolist()
    parts = [
        RangePart(doubt.name, Range(low, base, high), identity)
        for doubt, identity, (low, high) in zip(
            of.programme.doubts, part_identities(of.programme), pairs, strict=True
        )
    ]
    moving = {part.identity for part in parts}
    still = {doubt.name: doubt.still for run in of.programme.on.runs for doubt in run.doubts if doubt.still}
    parts.sort(key=lambda part: part.cost_usd.p10 - part.cost_usd.p90)
    nothing = Range(base, base, base)
    return (
        *parts,
        *(RangePart(tr(name), nothing, name, why) for name, why in still.items() if name not in moving),
    )


def part_identities(of: Programme) -> list[str]:
    """What each doubt is in any language, with the input that settles it where two are called alike."""
    names = [doubt.identity for doubt in of.doubts]
    return [
        name if names.count(name) == 1 else f"{name} ({doubt.path})"
        for name, doubt in zip(names, of.doubts, strict=True)
    ]

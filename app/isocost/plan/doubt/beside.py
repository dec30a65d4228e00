"""What stands beside the bill, by the samples of a plan's chances: cash by month, buying, other prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from isocost.plan.doubt.risk import Risk
from isocost.plan.money.cashflow import edges_of, in_months, lasting, paid_of, spans_of
from isocost.plan.money.figure import Values
from isocost.plan.money.ledger import LedgerLine
from isocost.plan.physics.records import Array

PRICE = "price.usd_per_gpu_hour"
RESERVE = "contingency"
"""The line of the bill that is held against the samples, not sampled with them."""
EIGHT_IN_TEN = (0.1, 0.9)
WHOLE = 0.999
"""Share of a line from which on all of it counts as paid."""
CELLS = 200_000
"""Samples times months that are worked out at most; of a long programme every so many samples are taken."""

Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CashRanges:
    """8 chances in 10 of what is paid in each month, and by its end; without a reserve that is not ranged."""

    month_usd: tuple[Ends, ...]
    so_far_usd: tuple[Ends, ...]
    dearest: tuple[float, ...]
    """Chance that a month is the one that most is paid in."""
    later: float
    """Chance that something is paid after the last of the months."""
    without_reserve: bool


@dataclass(frozen=True, slots=True)
class Buying:
    """Rent or buy, with rent and hours as the samples have them and all that owning costs as planned."""

    month: Ends
    """8 chances in 10 of the month in which buying pays; infinite = not within the service life."""
    never: float
    """Chance that buying never pays within the service life."""
    pays: float
    """Chance that the plan alone is long enough for it."""
    rent: Ends
    """8 chances in 10 of the rent of a month, times that of the plan."""


@dataclass(frozen=True, eq=False)  # of arrays: alike if it is the same one
class ByPrice:
    """A plan's cost as a line of the price of its accelerators, sample by sample."""

    still: Array = field(repr=False)
    """USD that no price moves."""
    hours: Array = field(repr=False)
    """USD for each dollar of the price."""
    without_reserve: bool
    """Whether the plan has a reserve that is not in them."""

    def ends(self, usd_per_hour: float) -> Ends:
        """8 chances in 10 of the cost at a price."""
        low, high = np.quantile(self.still + self.hours * usd_per_hour, EIGHT_IN_TEN)
        return float(low), float(high)


@dataclass(frozen=True)
class Beside:
    """All of it; None = nothing of it is in doubt, or there is no such question."""

    cash: CashRanges | None = None
    buying: Buying | None = None
    by_price: ByPrice | None = None


def beside(of: Risk, lines: Sequence[LedgerLine]) -> Beside:
    """What the samples of a plan make of its questions; ``lines``: its bill."""
    if not of.values:
        return Beside()
    figures = of.programme.figures(of.values)
    kept = any(line.key == RESERVE and line.cost_usd > 0.0 for line in lines)
    reserve = kept and not of.programme.reserve_ranged
    return Beside(_cash(of, figures, lines, reserve), _buying(of, figures), _by_price(of, reserve))


def _by_stage(figures: Values, key: str, of: Risk) -> Array:
    """(stages, samples) of a figure by stage."""
    found = np.asarray(figures[key], dtype=np.float64)
    return np.broadcast_to(found, (len(of.programme.on.stages), of.samples))


def _cash(of: Risk, figures: Values, lines: Sequence[LedgerLine], reserve: bool) -> CashRanges | None:
    on = of.programme.on
    edges = edges_of(on, lines)
    months = len(edges) - 1
    taken = slice(None, None, max(1, of.samples * months // CELLS))
    days, rents = _by_stage(figures, "stage.days", of)[:, taken], _by_stage(figures, "stage.rent", of)
    bars = lasting(on, list(days))
    paid, later = np.zeros((days.shape[1], months)), np.zeros(days.shape[1], dtype=np.bool_)
    back = np.zeros(days.shape[1])
    for line in lines:
        if line.key == RESERVE and not of.programme.reserve_ranged:
            continue
        usd = _amounts(line, figures, on.stages, rents)[taken] + np.zeros(days.shape[1])
        if paid_of(on, line).when == "as the rest":
            back = back + usd
            continue
        spans = spans_of(on, line, bars)
        whole = max(sum(weight for _, _, weight in spans), 1e-300)
        share = in_months(spans, edges, closed=True) / whole
        paid = paid + usd[:, None] * share
        later |= (usd > 0.0) & (share.sum(axis=-1) < WHOLE)
    spent = np.maximum(paid.sum(axis=1, keepdims=True), 1e-300)
    paid = paid * (1.0 + back[:, None] / spent)
    if not paid.size or np.ptp(paid, axis=0).max() <= 0.0:
        return None
    return CashRanges(
        _ends(paid),
        _ends(np.cumsum(paid, axis=1)),
        tuple((np.bincount(paid.argmax(axis=1), minlength=months) / len(paid)).tolist()),
        float(later.mean()),
        reserve,
    )


def _amounts(line: LedgerLine, figures: Values, stages: Sequence[int], rents: Array) -> Array:
    """USD of a line of the bill by sample, or one for all of them."""
    place = line.key.removeprefix("stage.")
    of_stage = place != line.key
    found: Array = rents[list(stages).index(int(place))] if of_stage else np.asarray(figures[line.key], float)
    return found.reshape(-1)


def _ends(by_month: Array) -> tuple[Ends, ...]:
    low, high = np.quantile(by_month, EIGHT_IN_TEN, axis=0)
    return tuple(zip(low.tolist(), high.tolist(), strict=True))


def _buying(of: Risk, figures: Values) -> Buying | None:
    on = of.programme.on
    question = on.rent_or_buy
    if question is None or not on.runs:
        return None
    rate = "price" if on.scenario.supply.owns else "rate"
    rates, hours = (_by_stage(figures, f"stage.{each}", of) for each in (rate, "gpu_hours"))
    fleets = []
    for fleet in question.fleets:
        places = list(fleet.stages)
        used = hours[places].sum(axis=0)
        rent = (hours[places] * rates[places]).sum(axis=0) / np.maximum(used, 1e-300)
        fleets.append(replace(fleet, rent=rent, hours=used))
    sampled = replace(question, fleets=tuple(fleets))
    month = np.broadcast_to(sampled.crossing, of.samples)
    monthly = np.broadcast_to(
        sampled.rent_per_month / max(float(question.rent_per_month), 1e-300), of.samples
    )
    filled = np.broadcast_to(sampled.filled, of.samples)
    # Of months that may be infinite no value between two is meant.
    low, high = np.quantile(month, EIGHT_IN_TEN, method="nearest")
    least, most = np.quantile(monthly, EIGHT_IN_TEN)
    return Buying(
        (float(low), float(high)),
        float(np.isinf(month).mean()),
        float((filled >= month).mean()),
        (float(least), float(most)),
    )


def _by_price(of: Risk, reserve: bool) -> ByPrice | None:
    """None where no rent decides the cost."""
    programme, on = of.programme, of.programme.on
    if on.scenario.supply.owns:
        return None
    values = [
        np.full(len(values), doubt.base) if doubt.path == PRICE else values
        for doubt, values in zip(programme.doubts, of.values, strict=True)
    ]
    given = dict(programme.given(values))
    stages = [on.scenario.stages[at] for at in on.stages]
    follows = np.array([s.hardware is None and s.price is None for s in stages], dtype=bool).reshape(-1, 1)
    held = np.asarray(given["stage.price"])
    costs = []
    for usd in (1.0, 2.0):
        given |= {"stage.price": np.where(follows, usd, held), "held.price": usd}
        cost = np.asarray(programme.middle.values.again(**given)[programme.cost], dtype=np.float64)
        costs.append(np.broadcast_to(cost.reshape(-1), of.samples))
    return ByPrice(2.0 * costs[0] - costs[1], costs[1] - costs[0], reserve)

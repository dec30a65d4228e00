"""Which accelerator wins where, over two inputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import CatalogError
from isocost.catalog.entries.prices import PriceCard
from isocost.language import tr
from isocost.plan.doubt.evaluation import reserve_apart
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.records import Array
from isocost.plan.solve.case import WITHIN, Case, WishError, with_text
from isocost.plan.solve.hardware.rivals import Rivals, rivals, second
from isocost.plan.solve.odds import judged, spread_of
from isocost.plan.solve.offered import Caveat, OnlyOffer, caveats, is_stale, offered, on_offer, only_offer
from isocost.plan.solve.reach import Flags, Reach

Axis = Literal["tokens", "parameters", "count", "price", "budget", "deadline"]
AXES: tuple[Axis, ...] = get_args(Axis)
PATHS: dict[Axis, str] = {
    "tokens": "data.tokens",
    "parameters": "model.parameters",
    "count": "hardware.count",
    "price": "price.usd_per_gpu_hour",
    "budget": "goal.budget_usd",
    "deadline": "goal.deadline_days",
}
SIZE = 61
"""Places along an axis; odd, so that steps are equal where the plan is in the middle."""
AROUND = 10.0
"""Times below and above the plan's own value that an axis shows where no ends are given."""
NODES = {"parameters": 5, "tokens": 3}
"""Values at which layouts are searched, the plan's own among them; between them costs and times are straight
on logarithms."""
NOBODY = -1

Goal = Literal["cheapest", "fastest"]


@dataclass(frozen=True, slots=True)
class Span:
    """An axis and its ends; None = around the plan's own value."""

    axis: Axis
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Winner:
    """An accelerator that wins somewhere."""

    accelerator: str
    label: str
    stale: bool
    """Whether it wins by a price that may be gone."""
    share: float
    """Of the map."""
    price_date: str
    usd_per_gpu_hour: float
    card: PriceCard
    """The price it wins by."""
    only: OnlyOffer | None = None
    """What that rests on where it is one supplier alone."""
    evidence: str | None = None
    """What its prediction rests on, where it most often wins."""
    spread: tuple[float, float] | None = None
    """10th and 90th percentile of its cost over the planned, there; None = not asked for, or not in doubt."""

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """Why its place deserves a mark; empty = for no reason."""
        return caveats(only=self.only, stale=self.stale, evidence=self.evidence)


@dataclass(frozen=True, slots=True)
class Wins:
    """A map: at each place the accelerator that wins, what it costs and how long it takes."""

    x: Span
    y: Span
    xs: Array
    ys: Array
    place: NDArray[np.intp]
    """(ys, xs) place of the winner in ``winners``; ``NOBODY`` where no accelerator does it."""
    cost_usd: Array
    """(ys, xs) of the winner; infinite where there is none."""
    span_days: Array
    count: NDArray[np.int64]
    """(ys, xs) of the winner; 0 where there is none."""
    plan: tuple[float, float]
    """Where the plan itself is: values of the axes, unless ends were given that leave it out."""
    winners: tuple[Winner, ...]
    """By their share of the map."""
    aim: Goal
    """What winning is: the cheapest that is in time, or the fastest within a budget."""
    rivals: Rivals | None = None
    """Who comes next, with its chance to be cheaper; None = not asked for, or the fastest wins."""
    without_reserve: bool = False
    """Whether ranges leave out a reserve that costs hold."""


def wins(
    case: Case,
    x: Span,
    y: Span,
    without: frozenset[str] = frozenset(),
    size: int = SIZE,
    *,
    ranged: bool = False,
) -> Wins:
    """The winner at each place of a map over two inputs, the others as in the plan.

    Of a deadline the cheapest in time wins; where only a budget is given, the fastest within it; where
    neither is, the cheapest at the plan's count.

    Args:
        without: accelerators left out, by id.
        ranged: whether to tell how sure each winner is.

    Raises:
        WishError: the axes are one, or the plan has no such input.
    """
    _refuse(case, x, y)
    xs, ys = (_values(case, each, size) for each in (x, y))
    cards = offered(case, without)
    if not cards:
        raise WishError(tr("No accelerator is left to compare."))
    searched = {each.axis: values for each, values in ((x, xs), (y, ys)) if each.axis in NODES}
    plane = _Plane(case, cards, searched)
    shape = (len(ys), len(xs))
    best = np.full(shape, np.inf)
    which = np.full(shape, NOBODY, dtype=np.intp)
    cost_at, days_at = np.full(shape, np.inf), np.full(shape, np.inf)
    count_at = np.zeros(shape, dtype=np.int64)
    aim = _aim(case, x, y)
    points, others = np.zeros(shape, dtype=np.intp), np.zeros(shape, dtype=np.intp)
    other_cost = np.full(shape, np.inf)
    for row in range(len(ys)):
        cost, days, good = plane.row(x, xs, y, float(ys[row]))
        cost, days = (np.broadcast_to(each, (len(xs), len(plane.on))) for each in (cost, days))
        by = np.where(good, cost if aim == "cheapest" else days, np.inf)
        at = np.argmin(by, axis=1)
        columns = np.arange(len(xs))
        points[row] = at
        if ranged and aim == "cheapest":
            others[row], other_cost[row] = second(by, at, plane.on.which)
        best[row] = by[columns, at]
        which[row] = np.where(np.isfinite(best[row]), plane.on.which[at], NOBODY)
        cost_at[row], days_at[row], count_at[row] = cost[columns, at], days[columns, at], plane.on.counts[at]
    nobody = which == NOBODY
    cost_at[nobody], days_at[nobody], count_at[nobody] = np.inf, np.inf, 0
    place, winners = _winners(case, plane.on, which, points, ranged=ranged)
    own, beside = (_own(case, x.axis), _own(case, y.axis)), None
    if ranged and aim == "cheapest":
        priced = "price" in (x.axis, y.axis)
        beside = rivals(case, plane.on, (points, cost_at), (others, other_cost), priced=priced)
    apart = reserve_apart(case.scenario)
    return Wins(x, y, xs, ys, place, cost_at, days_at, count_at, own, winners, aim, beside, apart)


def _refuse(case: Case, x: Span, y: Span) -> None:
    if x.axis == y.axis:
        raise WishError(tr("A map needs two different inputs, not {axis} twice.", axis=x.axis))
    axes = {x.axis, y.axis}
    if axes & set(NODES) and not case.reads:
        raise WishError(tr("No stage of this plan trains on text of its own: it has no tokens to vary."))
    case.refuse_idle()
    if "price" in axes and case.scenario.supply.owns:
        raise WishError(tr("This plan owns its accelerators: no rent decides what they cost."))
    if "price" in axes and not case.card.usd_per_gpu_hour > 0.0:
        raise WishError(tr("The plan's accelerators cost nothing: give them a price for a map to vary."))


def _aim(case: Case, x: Span, y: Span) -> Goal:
    axes = {x.axis, y.axis}
    timed = case.goal.deadline_days is not None or "deadline" in axes
    paid = case.goal.budget_usd is not None or "budget" in axes
    return "fastest" if paid and not timed and "count" not in axes else "cheapest"


def _values(case: Case, span: Span, size: int) -> Array:
    own = _own(case, span.axis)
    low, high = span.low or own / AROUND, span.high or own * AROUND
    declared = NUMBERS[PATHS[span.axis]]
    low, high = max(low, declared.minimum, 1e-9), min(high, declared.maximum)
    if not low < high:
        raise WishError(tr("The map needs a range of {axis} that rises.", axis=span.axis))
    return through(low, own, high, size)


def through(low: float, own: float, high: float, size: int) -> Array:
    """Values that rise by nearly equal factors between two ends, ``own`` among them where it lies between.

    What a map says there is then said of the plan itself. All are above 0.
    """
    if not low < own < high or size < 3:
        return np.geomspace(low, high, size)
    at = round((size - 1) * math.log(own / low) / math.log(high / low))
    at = min(max(at, 1), size - 2)
    return np.concatenate((np.geomspace(low, own, at + 1)[:-1], np.geomspace(own, high, size - at)))


def _own(case: Case, axis: Axis) -> float:
    """The plan's own value; of a goal that is not set, what the plan itself comes to."""
    if axis in ("budget", "deadline"):
        typed = case.goal.budget_usd if axis == "budget" else case.goal.deadline_days
        if typed is None:
            on = case.reach()
            typed = float(on.cost_usd[0] if axis == "budget" else on.span_days[0])
        return typed
    values = {
        "tokens": case.tokens,
        "parameters": case.parameters,
        "count": float(case.count),
        "price": case.card.usd_per_gpu_hour,
    }
    return values[axis] or 1.0


class _Plane:
    """Every accelerator at every count, searched at a few values of what layouts depend on."""

    def __init__(self, case: Case, cards: Sequence[PriceCard], searched: dict[Axis, Array]) -> None:
        self.case = case
        self.axes = tuple(searched)
        self.nodes = {axis: _nodes(case, axis, values) for axis, values in searched.items()}
        shape = tuple(len(self.nodes[axis]) for axis in self.axes)
        self.made: dict[tuple[int, ...], Reach | None] = {}
        for index in np.ndindex(*shape):
            values = {axis: float(self.nodes[axis][i]) for axis, i in zip(self.axes, index, strict=True)}
            self.made[index] = _at(case, cards, values)
        known = [each for each in self.made.values() if each is not None]
        if not known:
            raise WishError(tr("No model of this plan's kind has such parameters."))
        self.on = known[0]
        self._row: tuple[Array, Array, Flags, Array] | None = None
        self._logs = {index: _logs(case, each) for index, each in self.made.items() if each is not None}

    def row(self, x: Span, xs: Array, y: Span, at: float) -> tuple[Array, Array, Flags]:
        """(xs, points) of cost, time and whether it may be taken, at one value of the other axis."""
        cost, days, good, share = self._looked(x, xs, y, at)
        goal = self.case.goal
        value = {x.axis: xs[:, None], y.axis: np.full((len(xs), 1), at)}
        if "price" in value:
            own = np.array([card == self.case.card for card in self.on.cards])[self.on.which]
            factor = 1.0 + share * (value["price"] / self.case.card.usd_per_gpu_hour - 1.0)
            cost = np.where(own, cost * factor, cost)
        deadline = value.get("deadline", goal.deadline_days)
        budget = value.get("budget", goal.budget_usd)
        if deadline is not None:
            good = good & (days <= deadline * WITHIN)
        if budget is not None:
            good = good & (cost <= budget * WITHIN)
        if "count" in value:
            good = good & self._counted(value["count"][:, 0])
        elif deadline is None and budget is None:
            good = good & self._counted(np.full(len(xs), float(self.case.count)))
        return cost, days, good

    def _looked(self, x: Span, xs: Array, y: Span, at: float) -> tuple[Array, Array, Flags, Array]:
        """What layouts come to along a row, worked out no more often than it changes."""
        if y.axis not in self.axes:
            if self._row is None:
                self._row = self._physics({x.axis: xs}, len(xs) if x.axis in self.axes else 1)
            return self._row
        if x.axis not in self.axes:
            return self._physics({y.axis: np.array([at])}, 1)
        return self._physics({x.axis: xs, y.axis: np.full(len(xs), at)}, len(xs))

    def _counted(self, asked: Array) -> Flags:
        """(asked, points) whether a point is what one gets of its accelerator who asks for so many."""
        found = np.zeros((len(asked), len(self.on)), dtype=np.bool_)
        for card in range(len(self.on.cards)):
            own = np.flatnonzero(self.on.which == card)
            at = np.searchsorted(self.on.counts[own], asked)
            inside = at < len(own)
            found[np.flatnonzero(inside), own[at[inside]]] = True
        return found

    def _physics(self, values: dict[Axis, Array], length: int) -> tuple[Array, Array, Flags, Array]:
        """Cost, time, fit and the share of cost that follows the price, between the searched values.

        Straight on logarithms; it fits where both ends do.
        """
        rent = np.zeros((length, len(self.on)))
        cost = np.zeros((length, len(self.on)))
        days = np.zeros((length, len(self.on)))
        good = np.ones((length, len(self.on)), dtype=np.bool_)
        places = []
        for axis in self.axes:
            nodes = np.log(self.nodes[axis])
            wanted = np.log(values[axis])
            low = np.clip(np.searchsorted(nodes, wanted, side="right") - 1, 0, len(nodes) - 2)
            places.append((low, (wanted - nodes[low]) / (nodes[low + 1] - nodes[low])))
        for corner in np.ndindex(*(2,) * len(self.axes)):
            index = [low + step for (low, _), step in zip(places, corner, strict=True)]
            weight = np.ones(length)
            for (_, share), step in zip(places, corner, strict=True):
                weight = weight * (share if step else 1.0 - share)
            for group in set(zip(*(each.tolist() for each in index), strict=True)) if index else {()}:
                rows = np.ones(length, dtype=np.bool_)
                for each, wanted_node in zip(index, group, strict=True):
                    rows &= each == wanted_node
                found = self._logs.get(tuple(group))
                used = weight[rows, None] > 1e-12
                if found is None:
                    good[rows] &= ~used
                    continue
                cost[rows] += weight[rows, None] * found[0]
                days[rows] += weight[rows, None] * found[1]
                good[rows] &= found[2] | ~used
                rent[rows] += weight[rows, None] * found[3]
        return np.exp(cost), np.exp(days), good, rent


def _nodes(case: Case, axis: Axis, values: Array) -> Array:
    """Values at which layouts are searched: the ends, the plan's own and between."""
    return through(float(values[0]), _own(case, axis), float(values[-1]), NODES[axis])


def _at(case: Case, cards: Sequence[PriceCard], values: dict[Axis, float]) -> Reach | None:
    try:
        # The plan's own model may have a shape that no other of its size is given.
        if "parameters" in values and values["parameters"] != _own(case, "parameters"):
            case = case.put("model.parameters", values["parameters"])
        if "tokens" in values:
            case = with_text(case, values["tokens"], None)
        return case.reach(cards)
    except CatalogError:
        return None


def _logs(case: Case, on: Reach) -> tuple[Array, Array, Flags, Array]:
    """Logarithms of cost and time, what may be taken, and the share of the cost that follows the price."""
    share = np.zeros(len(on))
    if not case.scenario.supply.owns:
        share = on.at_price()[1] * on.prices / np.maximum(on.cost_usd, 1e-300)
    cost, days = np.log(np.maximum(on.cost_usd, 1e-12)), np.log(np.maximum(on.span_days, 1e-12))
    return cost, days, on_offer(case, on), share


def _winners(
    case: Case, on: Reach, which: NDArray[np.intp], points: NDArray[np.intp], *, ranged: bool
) -> tuple[NDArray[np.intp], tuple[Winner, ...]]:
    """The places renumbered by accelerator, the one with most of the map first."""
    counted = {card: int((which == card).sum()) for card in range(len(on.cards))}
    held = sorted((card for card, number in counted.items() if number), key=lambda card: -counted[card])
    place = np.full(which.shape, NOBODY, dtype=np.intp)
    winners = []
    for at, card in enumerate(held):
        place[which == card] = at
        price = on.cards[card]
        # Doubts are factors, which hardly change along the counts of an accelerator.
        choice = judged(case, on, int(np.bincount(points[which == card]).argmax()))
        winners.append(
            Winner(
                price.accelerator,
                on.labels[card],
                is_stale(price, case),
                counted[card] / which.size,
                price.date,
                float(on.rates[int(np.flatnonzero(on.which == card)[0])]),
                price,
                None if choice.owned else only_offer(price, case),
                choice.evidence,
                spread_of(choice) if ranged else None,
            )
        )
    return place, tuple(winners)

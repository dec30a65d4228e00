"""Accelerators ranked for a deadline, and where the ranking changes: with the deadline, a price, an MFU."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from isocost.plan.answer.across.curves import in_time
from isocost.plan.answer.across.deadlines import Deadlines, Reign
from isocost.plan.doubt.evaluation import reserve_apart
from isocost.plan.solve.case import WITHIN, Case, Choice
from isocost.plan.solve.odds import judged, spread_of
from isocost.plan.solve.offered import Caveat, OnlyOffer, caveats, is_stale, offered, on_offer, only_offer
from isocost.plan.solve.reach import Flags, Reach

SLOWEST = 100.0
"""Times its hours that a winner is tried at before it is called safe."""
HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Ranked:
    """One accelerator's cheapest way to keep the deadline, or its fastest where none does."""

    choice: Choice
    in_time: bool
    within_budget: bool
    stale: bool
    wins_below: float | None
    """USD an hour below which it would be the cheapest; of the winner above which it no longer is. None = it
    could not win, or cannot lose."""
    only: OnlyOffer | None = None
    """What its price rests on where that is one supplier alone."""

    @property
    def caveats(self) -> tuple[Caveat, ...]:
        """Why its place deserves a mark; empty = for no reason."""
        return caveats(only=self.only, stale=self.stale, evidence=self.choice.evidence)


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every accelerator on offer, the cheapest first, and where its head changes."""

    rows: tuple[Ranked, ...]
    reigns: tuple[Reign, ...]
    """Who is about the cheapest at which deadlines (days of the whole programme), longest deadlines first."""
    mfu_lost: float | None
    """Utilization below which the winner loses its place; None = it cannot, or its speed is not predicted."""
    own_mfu: float | None = None
    """Utilization from which on the plan's own accelerator would be the cheapest; None = it is, or would at
    none, or its speed is not predicted."""
    without_reserve: bool = False
    """Whether ranges leave out a reserve that costs hold."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """How far to trust an accelerator's row, at whichever count it stands."""

    spread: tuple[float, float] | None
    """10th and 90th percentile of its cost over the planned; None = nothing is in doubt."""
    caveats: tuple[Caveat, ...]
    ranged: bool = True
    """Whether ranges are told at all."""
    without_reserve: bool = False
    """Whether they leave out a reserve that the cost holds."""


def sureness_of(found: Ranking) -> dict[str, Sureness]:
    """How far to trust each accelerator. Doubts are factors, which hardly move along its counts."""
    return {
        row.choice.accelerator: Sureness(
            spread_of(row.choice), row.caveats, without_reserve=found.without_reserve
        )
        for row in found.rows
    }


def ranking(case: Case, without: frozenset[str] = frozenset()) -> Ranking:
    """Accelerators on offer at the plan's deadline; without one, at the plan's count.

    Args:
        without: accelerators left out, by id.

    Raises:
        WishError: no accelerator can be chosen.
    """
    case.refuse_idle()
    cards = offered(case, without)
    if not cards:
        return Ranking((), (), None)
    on = case.reach(cards)
    usable = on_offer(case, on)
    allowed = usable & _asked(case, on)
    places = [place for card in range(len(cards)) if (place := _place(on, card, usable, allowed)) is not None]
    places = _one_each(on, places)
    rows = sorted((_row(case, on, at, ok) for at, ok in places), key=_order)
    rows = _with_flips(on, allowed, rows)
    winner = rows[0] if rows and rows[0].in_time else None
    lost = _mfu_lost(case, on, allowed, winner, rows) if winner is not None else None
    gained = _own_mfu(case, winner, rows) if winner is not None else None
    return Ranking(tuple(rows), _reigns(on, usable), lost, gained, reserve_apart(case.scenario))


def _asked(case: Case, on: Reach) -> Flags:
    """Points in time; without a deadline those at the plan's count, or the next one can have."""
    if case.goal.deadline_days is not None:
        timely: Flags = on.span_days <= case.goal.deadline_days * WITHIN
        return timely
    asked = np.zeros(len(on), dtype=np.bool_)
    for card in range(len(on.cards)):
        own = np.flatnonzero((on.which == card) & (on.counts >= case.count))
        if len(own):
            asked[own[0]] = True
    return asked


def _place(on: Reach, card: int, usable: Flags, allowed: Flags) -> tuple[int, bool] | None:
    """A card's cheapest point that is allowed, else its fastest that can be had; None where none can."""
    own = on.which == card
    if (own & allowed).any():
        return int(np.argmin(np.where(own & allowed, on.cost_usd, np.inf))), True
    if (own & usable).any():
        return int(np.argmin(np.where(own & usable, on.span_days, np.inf))), False
    return None


def _one_each(on: Reach, places: list[tuple[int, bool]]) -> list[tuple[int, bool]]:
    """Of several prices of one accelerator the one that serves it best."""
    best: dict[str, tuple[int, bool]] = {}
    for at, ok in places:
        name = on.cards[int(on.which[at])].accelerator
        held = best.get(name)
        if held is None or (not ok, on.cost_usd[at]) < (not held[1], on.cost_usd[held[0]]):
            best[name] = at, ok
    return list(best.values())


def _row(case: Case, on: Reach, at: int, ok: bool) -> Ranked:
    choice, budget = judged(case, on, at), case.goal.budget_usd
    within = budget is None or choice.cost_usd <= budget * WITHIN
    only = None if choice.owned else only_offer(choice.price, case)
    return Ranked(choice, ok, within, is_stale(choice.price, case), None, only)


def _order(row: Ranked) -> tuple[bool, float]:
    return not row.in_time, row.choice.cost_usd if row.in_time else row.choice.span_days


def _with_flips(on: Reach, allowed: Flags, rows: list[Ranked]) -> list[Ranked]:
    """The rows with the price at which each would take the first place, or lose it.

    A cost is a straight line of the price at every count, so this holds for every price between.
    """
    if on.scenario.supply.owns or not rows or not rows[0].in_time:
        return rows
    without, rise = on.at_price()
    least = [_least(on, allowed, row) for row in rows]
    found = []
    for i, row in enumerate(rows):
        others = min((cost for j, cost in enumerate(least) if j != i), default=math.inf)
        own = _own(on, row) & allowed & (rise > 0.0)
        highest = float(np.max((others - without[own]) / rise[own], initial=-math.inf))
        fits = math.isfinite(highest) and highest > 0.0
        found.append(replace(row, wins_below=highest if fits else None))
    return found


def _own(on: Reach, row: Ranked) -> Flags:
    flags: Flags = np.array([card == row.choice.price for card in on.cards])[on.which]
    return flags


def _least(on: Reach, allowed: Flags, row: Ranked) -> float:
    return float(np.min(np.where(_own(on, row) & allowed, on.cost_usd, np.inf), initial=math.inf))


def _mfu_lost(case: Case, on: Reach, allowed: Flags, winner: Ranked, rows: list[Ranked]) -> float | None:
    """The utilization at which the winner, slower at every count alike, is no longer the cheapest in time."""
    rivals = [row.choice.cost_usd for row in rows[1:] if row.in_time]
    if not rivals or winner.choice.mfu is None:
        return None
    pace = _winning_pace(case, winner.choice, min(rivals), 1.0, SLOWEST)
    return None if pace is None else winner.choice.mfu / pace


def _own_mfu(case: Case, winner: Ranked, rows: list[Ranked]) -> float | None:
    """The utilization from which on the plan's own accelerator is the cheapest in time, faster at every count
    alike."""
    own = next((row for row in rows if row.choice.price == case.card), None)
    if own is None or own is winner or own.choice.mfu is None:
        return None
    # No accelerator does more than the best matrix multiply that was ever measured on it.
    fastest = own.choice.mfu / case.catalog.matmul_ceiling(own.choice.accelerator).share
    pace = _winning_pace(case, own.choice, winner.choice.cost_usd, min(1.0, fastest), 1.0)
    return None if pace is None else own.choice.mfu / pace


def _winning_pace(case: Case, choice: Choice, rival_usd: float, fast: float, slow: float) -> float | None:
    """The most times its hours, between two, that an accelerator wins at; None = at none, or at both ends."""
    own = case.reach([choice.price])
    deadline = case.goal.deadline_days or math.inf
    possible = on_offer(case, own)
    if case.goal.deadline_days is None:
        possible &= own.counts == choice.count

    def wins(pace: float) -> bool:
        cost, days = own.at_pace(pace)
        return bool((possible & (days <= deadline * WITHIN) & (cost <= rival_usd)).any())

    low, high = fast, slow
    if wins(high) or not wins(low):
        return None
    for _ in range(HALVINGS):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if wins(middle) else (low, middle)
    return low


def _reigns(on: Reach, usable: Flags) -> tuple[Reign, ...]:
    """Who is about the cheapest for which deadlines of the whole programme, the longest first."""
    curves = on.chosen(usable)
    known = Deadlines(curves)
    if not curves or math.isinf(known.shortest):
        return ()
    forever = np.array([math.inf])
    cheapest = min(curves, key=lambda curve: float(curve.cost_usd[in_time(curve, forever)[0]]))
    last = known.reign(cheapest.accelerator, math.inf)
    assert last is not None
    return tuple(
        replace(each, since=each.since + on.apart_days, until=each.until + on.apart_days)
        for each in (last, *known.before(last))
    )

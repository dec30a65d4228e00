"""Three ways to get a programme done: the cheapest, the fastest, and one between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from isocost.catalog.prices import TERM_DAYS
from isocost.plan.physics.records import Array
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.odds import EVEN, chances
from isocost.plan.solve.offered import age_days, is_stale, offered, on_offer
from isocost.plan.solve.reach import Flags, Reach

PATIENCE_DAYS = 365.0
"""The longest anybody waits who sets no deadline."""
HASTE = 2.0
"""Times the cheapest that the fastest may cost where no budget is set."""

Reason = Literal["memory", "batch", "supply", "term", "time", "chance"]
"""Why an accelerator is no offer: at no count does it fit, is it fed, let so, or likely enough."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to get it done, with what to think of its price and its prediction."""

    choice: Choice
    stale: bool
    age_days: int | None
    """Days since its price was read."""
    evidence: str | None
    """How near a measured run is, in one word; None = nobody has looked."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The three, which may be one and the same; None where nothing keeps the limits."""

    cheapest: Offer | None
    fastest: Offer | None
    balanced: Offer | None
    """As near to the cheapest in cost as to the fastest in time, as shares of the way between the two."""
    passed_over: tuple[tuple[str, Reason], ...]
    """Accelerators, by their short name, of which no count is an offer."""
    nearest: Choice | None
    """Where there is no offer: what keeps the limits the likeliest."""


def offers(case: Case, without: frozenset[str] = frozenset()) -> Offers:
    """Three offers among every accelerator and count that budget and deadline hold on with an even chance.

    Args:
        without: accelerators that are not to be had, by id.
    """
    cards = offered(case, without)
    if not cards:
        return Offers(None, None, None, (), None)
    on = case.reach(cards)
    usable, chance = on_offer(case, on), chances(on, case.goal)
    likely = np.isnan(chance) | (chance >= EVEN)
    good = usable & likely
    if case.goal.deadline_days is None:
        good &= on.span_days <= PATIENCE_DAYS
    passed = _passed_over(case, on, usable, good)
    if not good.any():
        near = int(np.argmax(np.where(usable, np.nan_to_num(chance), -1.0)))
        return Offers(None, None, None, passed, _choice(case, on, near, chance) if usable.any() else None)
    cheapest = _least(on.cost_usd, good)
    most = case.goal.budget_usd or HASTE * on.cost_usd[cheapest]
    fastest = _least(on.span_days, good & (on.cost_usd <= most) | (np.arange(len(on)) == cheapest))
    balanced = _between(on, good, cheapest, fastest)
    made = [_offer(case, on, at, chance) for at in (cheapest, fastest, balanced)]
    return Offers(made[0], made[1], made[2], passed, None)


def _least(by: Array, good: Flags) -> int:
    """The first of the least, which has the fewest accelerators."""
    return int(np.argmin(np.where(good, by, np.inf)))


def _between(on: Reach, good: Flags, cheapest: int, fastest: int) -> int:
    """The point whose worse share is the least: of the way up in cost, or of the way back in time.

    The way is measured on logarithms, as doublings of the count are.
    """
    cost, days = np.log(np.maximum(on.cost_usd, 1e-300)), np.log(np.maximum(on.span_days, 1e-300))
    dearer, later = cost[fastest] - cost[cheapest], days[cheapest] - days[fastest]
    if dearer <= 0.0 or later <= 0.0:
        return fastest
    worse = np.maximum((cost - cost[cheapest]) / dearer, (days - days[fastest]) / later)
    return _least(worse, good)


def _choice(case: Case, on: Reach, at: int, chance: Array) -> Choice:
    known = float(chance[at])
    return replace(case.choice(on, at), chance=None if np.isnan(known) else known)


def _offer(case: Case, on: Reach, at: int, chance: Array) -> Offer:
    choice = _choice(case, on, at, chance)
    return Offer(choice, is_stale(choice.price, case), age_days(choice.price, case.today), None)


def _passed_over(case: Case, on: Reach, usable: Flags, good: Flags) -> tuple[tuple[str, Reason], ...]:
    """Each accelerator of which no count is an offer, and the commonest reason among its counts."""
    found: dict[str, Reason] = {}
    names = {card.accelerator: on.labels[i] for i, card in enumerate(on.cards)}
    served = {on.cards[i].accelerator for i in set(on.which[good].tolist())}
    for accelerator, label in names.items():
        if accelerator in served:
            continue
        own = np.array([card.accelerator == accelerator for card in on.cards])[on.which]
        reasons: Counter[Reason] = Counter()
        for at in np.flatnonzero(own).tolist():
            reasons[_reason(on, at, bool(usable[at]))] += 1
        # What comes near is told before what never could.
        order: tuple[Reason, ...] = ("chance", "time", "term", "batch", "supply", "memory")
        found[label] = next(reason for reason in order if reasons[reason])
    return tuple(found.items())


def _reason(on: Reach, at: int, usable: bool) -> Reason:
    if usable:
        return "chance"
    if not on.fits[at]:
        return "memory"
    if not on.sold[at]:
        return "supply"
    if not on.fed[at]:
        return "batch"
    terms = TERM_DAYS.get(on.cards[int(on.which[at])].commitment, 0.0)
    return "term" if terms > on.days[at] else "time"

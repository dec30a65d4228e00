"""Three ways to get a programme done: the cheapest, the fastest, and one between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

import numpy as np

from isocost.catalog.entries.prices import TERM_DAYS
from isocost.plan.physics.records import Array
from isocost.plan.solve.case import Case, Choice, kept, margin
from isocost.plan.solve.odds import EVEN, judged
from isocost.plan.solve.offered import age_days, is_stale, offered, on_offer
from isocost.plan.solve.reach import Flags, Reach

PATIENCE_DAYS = 365.0
"""The longest anybody waits who sets no deadline."""
HASTE = 2.0
"""Times the cheapest that the fastest may cost where no budget is set."""
AS_FAST = 1.01
"""Times as long as the fastest that counts as fast: of those the cheapest is offered."""
TRIES = 12
"""Points whose chance is worked out before an order is given up."""

Reason = Literal["memory", "batch", "supply", "term", "time", "chance"]
"""Why an accelerator is no offer: at no count does it fit, is it fed, let so, or likely enough."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to get it done, with what to think of its price and its prediction."""

    choice: Choice
    """With its chance and its evidence word."""
    stale: bool
    age_days: int | None
    """Days since its price was read."""


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

    They hold for the plan as it stands too, its reserve in the cost.

    Args:
        without: accelerators that are not to be had, by id.

    Raises:
        WishError: no accelerator can be chosen.
    """
    case.refuse_idle()
    cards = offered(case, without)
    if not cards:
        return Offers(None, None, None, (), None)
    on = case.reach(cards)
    usable = on_offer(case, on)
    good = usable & kept(on, case.goal)
    if case.goal.deadline_days is None:
        good &= on.span_days <= PATIENCE_DAYS
    seen: dict[int, Choice] = {}
    cheapest = _first(case, on, on.cost_usd, good, seen)
    passed = _passed_over(case, on, usable, good)
    if cheapest is None:
        return Offers(None, None, None, passed, _nearest(case, on, usable))
    most = case.goal.budget_usd or HASTE * on.cost_usd[cheapest]
    quick = good & (on.cost_usd <= most)
    fastest = _first(case, on, on.span_days, quick, seen)
    if fastest is not None:
        # More accelerators than the batch can feed may save a last hour of a small stage: nobody pays for it.
        alike = quick & (on.span_days <= on.span_days[fastest] * AS_FAST)
        fastest = _first(case, on, on.cost_usd, alike, seen)
    fastest = cheapest if fastest is None else fastest
    between = _first(case, on, _worse_share(on, cheapest, fastest), quick, seen)
    made = [_offer(case, seen[cheapest if at is None else at]) for at in (cheapest, fastest, between)]
    return Offers(made[0], made[1], made[2], passed, None)


def _first(case: Case, on: Reach, by: Array, good: Flags, seen: dict[int, Choice]) -> int | None:
    """The first point by an order that keeps the goal at least as likely as not; None if none of the first.

    Of equals that with the fewest accelerators.
    """
    order = np.argsort(np.where(good, by, np.inf), kind="stable")[: min(int(good.sum()), TRIES)]
    for at in order.tolist():
        if at not in seen:
            seen[at] = judged(case, on, at)
        chance = seen[at].chance
        if chance is None or chance >= EVEN:
            return int(at)
    return None


def _nearest(case: Case, on: Reach, usable: Flags) -> Choice | None:
    """What comes nearest to keeping the goal, with its chance."""
    if not usable.any():
        return None
    at = int(np.argmin(np.where(usable, margin(on, case.goal), np.inf)))
    return judged(case, on, at)


def _worse_share(on: Reach, cheapest: int, fastest: int) -> Array:
    """The worse of two shares at each point: of the way up in cost, and of the way back in time.

    The way is measured on logarithms, as doublings of the count are.
    """
    cost, days = np.log(np.maximum(on.cost_usd, 1e-300)), np.log(np.maximum(on.span_days, 1e-300))
    dearer, later = cost[fastest] - cost[cheapest], days[cheapest] - days[fastest]
    if dearer <= 0.0 or later <= 0.0:
        return on.span_days
    worse: Array = np.maximum((cost - cost[cheapest]) / dearer, (days - days[fastest]) / later)
    return worse


def _offer(case: Case, choice: Choice) -> Offer:
    return Offer(choice, is_stale(choice.price, case), age_days(choice.price, case.today))


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
        return "chance" if on.fed[at] else "batch"
    if not on.fits[at]:
        return "memory"
    if not on.sold[at]:
        return "supply"
    terms = TERM_DAYS.get(on.cards[int(on.which[at])].commitment, 0.0)
    return "term" if terms > on.days[at] else "time"

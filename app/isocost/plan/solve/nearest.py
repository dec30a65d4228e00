"""The nearest plans that are possible where a wish is not."""

from __future__ import annotations

import math

import numpy as np

from isocost.engine.scaling import ParametricLaw
from isocost.plan.physics.counts import count_grid, units_of
from isocost.plan.solve.case import Case, Choice, kept, margin, tokens_paid, with_text
from isocost.plan.solve.offered import offered, on_offer
from isocost.plan.solve.reach import Flags, Reach
from isocost.plan.solve.solution import Alternative

MOST = 3
LITTLE = 0.98
"""Of the tokens that are just paid for, so that the plan keeps its limits when its batch follows them."""


def nearest(case: Case, law: ParametricLaw) -> tuple[Alternative, ...]:
    """At most three plans that are possible, the one that gives up least first.

    Another count or accelerator that keeps both limits; else more money, more time or fewer tokens, by the
    share that each is changed.
    """
    own = case.reach() if case.apart else case.reach([case.card], [count_grid(_units(case), case.count)])
    found: list[tuple[float, Alternative]] = []
    told: list[Choice] = []  # one plan may be the nearest in more than one way

    def add(changed: str, on: Reach, good: Flags, by: object, far: float, whose: Case = case) -> None:
        if good.any():
            at = int(np.argmin(np.where(good, np.asarray(by), np.inf)))
            chosen = whose.on(on.cards[int(on.which[at])], int(on.counts[at]))
            choice = whose.choice(on, at, law)
            if choice not in told:
                told.append(choice)
                found.append((far, Alternative(changed, choice, chosen)))  # type: ignore[arg-type]

    usable = on_offer(case, own)
    budget, deadline = case.goal.budget_usd, case.goal.deadline_days
    add("count", own, usable & kept(own, case.goal), own.cost_usd, 0.0)
    every = own if case.apart else case.reach(offered(case))
    elsewhere = on_offer(case, every) & kept(every, case.goal)
    elsewhere &= np.array([card.accelerator != case.card.accelerator for card in every.cards])[every.which]
    add("accelerator", every, elsewhere, every.cost_usd, 0.01)
    if budget is not None:
        timely = usable & ((own.span_days <= deadline) if deadline is not None else True)
        add("budget", own, timely, own.cost_usd, _far(own.cost_usd, timely, budget))
    if deadline is not None:
        paid = usable & ((own.cost_usd <= budget) if budget is not None else True)
        add("deadline", own, paid, own.span_days, _far(own.span_days, paid, deadline))
    if budget is not None and deadline is not None:
        over = margin(own, case.goal)
        add("both", own, usable, over, 1.5 * _far(over, usable, 1.0))
    if case.reads and case.tokens:
        on, most = tokens_paid(case, [case.card], [count_grid(_units(case), case.count)], case.tokens)
        best = float(most.max(initial=0.0))
        if 1.0 <= best < case.tokens:
            fewer = with_text(case, float(f"{best * LITTLE:.3g}"), None)
            at = int(np.argmax(most))
            there = fewer.on(case.card, int(on.counts[at]))
            again = there.reach()
            add("tokens", again, kept(again, case.goal), again.cost_usd, math.log(case.tokens / best), there)
    found.sort(key=lambda each: each[0])
    return tuple(each for _, each in found[:MOST])


def _units(case: Case) -> tuple[int, ...]:
    entry = case.catalog.accelerator(case.scenario.hardware.accelerator)
    return units_of(entry, case.scenario.supply.owns)


def _far(by: object, good: Flags, limit: float) -> float:
    """How far the least of what is good lies beyond a limit, as a logarithm."""
    least = float(np.min(np.where(good, np.asarray(by), np.inf), initial=np.inf))
    return math.log(max(least / max(limit, 1e-9), 1.0)) if math.isfinite(least) else math.inf

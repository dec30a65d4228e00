"""What the Plan page says of the offers at the edge of a goal, of the knee, and of other scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isocost.language import capital, listed, tr
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.answer.chances import SAFER
from isocost.plan.compare.points import Ghost
from isocost.plan.project.programme import Goal
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.hardware.edge import Edge
from isocost.plan.solve.hardware.offers import Offer
from isocost.plan.solve.knee import Doubling, Knee
from isocost.plan.solve.solution import Alternative
from isocost.quantities import (
    format_budget,
    format_count,
    format_counted,
    format_duration,
    format_money,
    format_share,
)
from isocost.quantities.units import HOURS_PER_DAY
from isocost.report.decisions.choices import hardware_words, price_words, supplier_of
from isocost.report.decisions.solving.offers import finding
from isocost.report.decisions.solving.solve import over_words, why

WORKING = tr("Looking for offers…")
LIKELY = SAFER[1]
"""Chance of holding both from which an offer needs no warning: two in three."""


@dataclass(frozen=True, slots=True)
class OfferView:
    """A card of the row: an offer, or the nearest to one."""

    number: int
    """From 1; the key that takes it."""
    name: str
    choice: Choice
    price: str
    words: str
    """All of it as a sentence, for those who hear it."""
    stale: bool = False
    """Whether its price may be gone."""
    chance: str = ""
    """Large, at the right; empty where nothing is held against."""
    holds: str = ""
    """What the chance is of."""
    risky: bool = False
    evidence: str = ""
    alternative: Alternative | None = None
    """Of what is no offer: the plan that is possible."""

    @property
    def hardware(self) -> str:
        """How many of what."""
        return hardware_words(self.choice)

    @property
    def cost(self) -> str:
        """Of the programme, in words."""
        return format_money(self.choice.cost_usd)

    @property
    def time(self) -> str:
        """From first day to last, in words."""
        return format_duration(self.choice.span_days)

    @property
    def days(self) -> float:
        """Of its stages, as curves have them."""
        return self.choice.wall_days

    @property
    def cost_usd(self) -> float:
        """Of the programme."""
        return self.choice.cost_usd


@dataclass(frozen=True, slots=True)
class OffersView:
    """The row of offers."""

    cards: tuple[OfferView, ...]
    words: str
    """Why there are no offers; empty where there are."""


NOTHING = OffersView((), "")


def offers_view(found: Edge) -> OffersView:
    """The offers as cards, else what comes nearest and by how much the goal is missed."""
    if found.problem or found.offers is None:
        return OffersView((), found.problem)
    cards = tuple(
        _offer(number, names, offer, found.case)
        for number, (names, offer) in enumerate(found.distinct, start=1)
    )
    if cards:
        return OffersView(cards, "")
    near = tuple(_near(at, each, found.case) for at, each in enumerate(found.alternatives, start=1))
    return OffersView(near, f"{finding(found.offers, found.case)}.")


def _offer(number: int, names: Sequence[str], offer: Offer, case: Case) -> OfferView:
    choice = offer.choice
    name = capital(listed(tr(each) for each in names))
    chance = "" if choice.chance is None else _percent(choice.chance)
    holds = tr("to hold {held}", held=_held(case.goal))
    stale = tr("; it may be gone") if offer.stale else ""
    said = [
        _headed(name, choice),
        tr("{chance} chance {holds}", chance=chance, holds=holds) if chance else "",
        f"{price_words(choice, offer.age_days)}{stale}",
        _evidence(choice),
    ]
    return OfferView(
        number,
        name,
        choice,
        price_line(choice, offer.age_days),
        f"{'. '.join(each for each in said if each)}.",
        stale=offer.stale,
        chance=chance,
        holds=holds,
        risky=choice.chance is not None and choice.chance < LIKELY,
        evidence=tr(choice.evidence) if choice.evidence else "",
    )


def _headed(name: str, choice: Choice) -> str:
    """A choice under its name, with what it costs and how long it takes."""
    cost, time = format_money(choice.cost_usd), format_duration(choice.span_days)
    return tr(
        "{name}: {hardware_words}, {cost} in {time}",
        name=name,
        hardware_words=hardware_words(choice),
        cost=cost,
        time=time,
    )


def _percent(chance: float) -> str:
    """A chance as a share that is never certain: "88 %"."""
    return format_share(min(0.99, max(0.01, chance)), decimals=0)


def _held(goal: Goal) -> str:
    """What is to be held: "both", or the one line there is."""
    if goal.budget_usd is None:
        return format_duration(goal.deadline_days or 0.0)
    return format_budget(goal.budget_usd) if goal.deadline_days is None else tr("both")


def _evidence(choice: Choice) -> str:
    return tr("Evidence: {evidence}", evidence=tr(choice.evidence)) if choice.evidence else ""


def price_line(choice: Choice, age: int | None) -> str:
    """Who asks the price and how old that is, in a few words."""
    if choice.owned:
        return tr("your own")
    old = "" if age is None else tr(", {counted} old", counted=format_counted(age, "day"))
    return f"{supplier_of(choice)}{old}"


_CHANGED = {
    "count": tr("Another count"),
    "accelerator": tr("Another accelerator"),
    "budget": tr("More money"),
    "deadline": tr("More time"),
    "both": tr("A little of both"),
    "tokens": tr("Fewer tokens"),
    "size": tr("Another size"),
}


def _near(number: int, each: Alternative, case: Case) -> OfferView:
    choice, name, line = each.choice, _CHANGED[each.changed], why(each, case)
    said = f"{_headed(name, choice)}. {capital(line)}. "
    said += (
        tr("It {over_words}.", over_words=over_words(choice, case.goal))
        if each.changed in ("budget", "deadline", "both")
        else ""
    )
    return OfferView(number, name, choice, line, said.strip(), alternative=each)


def take_words(view: OfferView) -> str:
    """Name of the step that takes an offer, for the undo menu."""
    return tr("Take {hardware}", hardware=view.hardware)


# The knee, and other points


def next_doubling(found: Knee) -> Doubling | None:
    """The first doubling that does not pay; None where every one that was tried does."""
    counts = [each.choice.count for each in found.doublings]
    if found.knee is None or found.knee not in counts:
        return None
    at = counts.index(found.knee) + 1
    return found.doublings[at] if at < len(counts) else None


def less_time(doubled: Doubling) -> str:
    """ "a day less", or an hour of what takes no day."""
    return tr("an hour less") if _within_a_day(doubled) else tr("a day less")


def price_of_it(doubled: Doubling, told_of: Doubling) -> str:
    """What a day less costs by a doubling, or an hour, as ``less_time`` has it of another."""
    usd = doubled.usd_per_day or 0.0
    return format_money(usd / HOURS_PER_DAY if _within_a_day(told_of) else usd)


def _within_a_day(doubled: Doubling) -> bool:
    return doubled.choice.span_days < 1.0


@dataclass(frozen=True, slots=True)
class KneeView:
    """The last count of the plan's accelerator whose doublings all pay."""

    count: int
    accelerator: str
    label: str
    days: float
    cost_usd: float
    lines: tuple[str, ...]
    """Its count, and what a day saved costs by the next doubling."""
    beyond: str
    """What that doubling comes to."""


def knee_view(found: Knee | None, curve: CostCurve, *, current: bool) -> KneeView | None:
    """The knee on the plan's curve; None where every doubling that was tried pays, or none can be.

    Args:
        current: whether it is the knee of this curve; of an earlier one the count stands, without a price.
    """
    after = None if found is None else next_doubling(found)
    if found is None or found.knee is None or after is None:
        return None
    at = np.flatnonzero(curve.counts == found.knee)
    if not len(at) or after.choice.accelerator != curve.accelerator:
        return None
    more, price = format_count(after.choice.count), after.usd_per_day
    if price is None:
        past = tr("{more} are no faster", more=more)
    elif price < 0.0:
        past = tr("{more} are hardly faster", more=more)
    else:
        past = tr("doubled, {less} costs {money}", less=less_time(after), money=price_of_it(after, after))
    words = f"{more}: {format_duration(after.choice.wall_days)}, {format_money(after.choice.cost_usd)}"
    return KneeView(
        found.knee,
        curve.accelerator,
        curve.label,
        float(curve.days[at[0]]),
        float(curve.cost_usd[at[0]]),
        (tr("Knee: {count}", count=format_count(found.knee)), past)
        if current
        else (tr("Knee: {count}", count=format_count(found.knee)),),
        words if current else "",
    )


def knee_hover(view: KneeView) -> tuple[str, str, str]:
    """What the knee is, where it lies, and what a click does."""
    here = f"{format_duration(view.days)}, {format_money(view.cost_usd)}"
    return (
        tr("Up to {count} {label} doubling pays", count=format_count(view.count), label=view.label),
        "; ".join(filter(None, (here, view.beyond))),
        tr("click to plan with it"),
    )


def ghost_lines(ghost: Ghost) -> tuple[str, str, str]:
    """What another scenario's mark is, and what a click does."""
    figures = f"{ghost.hardware}, {format_duration(ghost.days)}, {format_money(ghost.cost_usd)}"
    return ghost.name, figures, tr("click to show this scenario")


def offer_lines(view: OfferView, *, dimmed: bool) -> tuple[str, str, str]:
    """What an offer's mark is, and what a click does."""
    figures = tr("{cost} in {time}", cost=view.cost, time=view.time)
    if view.chance:
        figures += tr(", {chance} chance {holds}", chance=view.chance, holds=view.holds)
    return f"{view.name}: {view.hardware}", figures, WORKING if dimmed else tr("click to take it")

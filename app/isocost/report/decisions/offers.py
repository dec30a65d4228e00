"""What the three offers say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.hardware.offers import HASTE, PATIENCE_DAYS, Offer, Offers, Reason
from isocost.quantities import format_duration, format_money, format_quantity
from isocost.report.decisions.choices import (
    chance_words,
    choice_tree,
    cost_words,
    goal_words,
    hardware_words,
    joined,
    price_date,
    price_words,
    supplier_of,
    title_of,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

NAMES = ("cheapest", "fastest", "balanced")
_REASONS: dict[Reason, str] = {
    "chance": "too unlikely to stay within it",
    "time": "too slow",
    "term": "let by the year only, for a shorter run",
    "batch": "more than the batch can feed",
    "supply": "let as single cards only",
    "memory": "no room for the model",
}


def offered(found: Offers, case: Case) -> Told:
    """The three in every form."""
    sections = [Section("", tuple(_sentences(found, case)))]
    made = [(name, offer) for name in NAMES if (offer := getattr(found, name)) is not None]
    if made:
        sections.append(Section("Offers", table=_table(made)))
        sections.append(Section("Prices", tuple(dict.fromkeys(_price(offer) for _, offer in made))))
    if found.passed_over:
        sections.append(Section("No offer", tuple(passed_words(found, case.scenario.supply.owns))))
    return Told(title_of(case), finding(found, case), tuple(sections), _tree(found, case), _table(made))


def finding(found: Offers, case: Case) -> str:
    """The three in one sentence."""
    cheapest, fastest = found.cheapest, found.fastest
    if cheapest is None or fastest is None:
        near = found.nearest
        if near is None:
            return "No accelerator on offer can do this"
        likely = chance_words(near.chance)
        return (
            f"No offer is as likely as not to stay within {goal_words(case.goal)}: the likeliest, "
            f"{hardware_words(near)}, does in {likely}"
        )
    if cheapest.choice == fastest.choice:
        return f"{_offer_words(cheapest.choice)}: the cheapest and the fastest"
    return f"Cheapest {_offer_words(cheapest.choice)}; fastest {_offer_words(fastest.choice)}"


def _offer_words(choice: Choice) -> str:
    return f"{hardware_words(choice)}, {cost_words(choice)}"


def _sentences(found: Offers, case: Case) -> Iterator[str]:
    goal = case.goal
    if found.cheapest is None:
        return
    if goal_words(goal):
        yield (
            f"Each stays within {goal_words(goal)}, reserve included; the chance is that of the programme "
            "without its reserve, which is held against the doubt, and at least even."
        )
    if goal.deadline_days is None:
        yield f"No deadline is set: what takes more than {format_duration(PATIENCE_DAYS)} is left out."
    if goal.budget_usd is None:
        times = format_quantity(HASTE, "number")
        yield f"No budget is set: the fastest may cost {times} times the cheapest."
    yield "Balanced: as near to the cheapest in cost as to the fastest in time. Nobody was asked for so many."


def _price(offer: Offer) -> str:
    stale = "; newer ones are known, or it may be gone" if offer.stale else ""
    return f"{offer.choice.label}: {price_words(offer.choice, offer.age_days)}{stale}"


def passed_words(found: Offers, owned: bool) -> Iterator[str]:
    """Why accelerators are no offer, by reason."""
    said = _REASONS | ({"supply": "not sold, or at no known price"} if owned else {})
    for reason, words in said.items():
        names = [label for label, each in found.passed_over if each == reason]
        if names:
            yield f"{joined(names)}: {words}"


def _table(made: list[tuple[str, Offer]]) -> Table:
    columns = (
        Column("Offer"),
        Column("Hardware"),
        Column("Cost", format_money, right=True, key="cost_usd"),
        Column("Time", format_duration, right=True, key="programme_days"),
        Column("Chance", chance_words, right=True, key="chance"),
        Column("Evidence", key="evidence"),
        Column("An hour", format_money, right=True, key="usd_per_gpu_hour"),
        Column("Supplier", key="supplier"),
        Column("Price of", key="price_date"),
    )
    rows = [
        (
            name,
            hardware_words(each.choice),
            each.choice.cost_usd,
            each.choice.span_days,
            each.choice.chance,
            each.choice.evidence,
            each.choice.usd_per_hour,
            supplier_of(each.choice),
            f"{price_date(each.choice)}{', stale' if each.stale else ''}",
        )
        for name, each in made
    ]
    return Table(columns, tuple(rows))


def _tree(found: Offers, case: Case) -> dict[str, Any]:
    def tree(offer: Offer | None) -> dict[str, Any] | None:
        if offer is None:
            return None
        return {
            **choice_tree(offer.choice),
            "commitment": offer.choice.price.commitment,
            "price_age_days": offer.age_days,
            "stale": offer.stale,
            "chance": offer.choice.chance,
            "evidence": offer.choice.evidence,
        }

    return {
        **{name: tree(getattr(found, name)) for name in NAMES},
        "goal": {"budget_usd": case.goal.budget_usd, "deadline_days": case.goal.deadline_days},
        "passed_over": [{"accelerator": label, "reason": reason} for label, reason in found.passed_over],
    }

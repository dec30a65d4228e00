"""What the three offers say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from isocost.language import later, listed, tr
from isocost.plan.solve.case import Case, Choice
from isocost.plan.solve.hardware.offers import HASTE, PATIENCE_DAYS, Offer, Offers, Reason
from isocost.quantities import format_duration, format_money, format_quantity
from isocost.report.decisions.choices import (
    chance_words,
    choice_tree,
    cost_words,
    goal_words,
    hardware_words,
    price_date,
    price_words,
    supplier_of,
    terms_words,
    title_of,
    typed_words,
)
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told

NAMES = (later("cheapest"), later("fastest"), later("balanced"))
_REASONS: dict[Reason, str] = {
    "chance": tr("too unlikely to stay within it"),
    "time": tr("too slow"),
    "term": tr("let by the year only, for a shorter run"),
    "batch": tr("more than the batch can feed"),
    "supply": tr("let as single cards only"),
    "memory": tr("no room for the model"),
}


def offered(found: Offers, case: Case) -> Told:
    """The three in every form."""
    sections = [Section("", tuple(_sentences(found, case)))]
    made = [(name, offer) for name in NAMES if (offer := getattr(found, name)) is not None]
    if made:
        sections.append(Section(tr("Offers"), table=_table(made)))
        sections.append(Section(tr("Prices"), tuple(dict.fromkeys(_price(offer) for _, offer in made))))
    if found.passed_over:
        sections.append(Section(tr("No offer"), tuple(passed_words(found, case.scenario.supply.owns))))
    return Told(title_of(case), finding(found, case), tuple(sections), _tree(found, case), _table(made))


def finding(found: Offers, case: Case) -> str:
    """The three in one sentence."""
    cheapest, fastest = found.cheapest, found.fastest
    if cheapest is None or fastest is None:
        near = found.nearest
        if near is None:
            return tr("No accelerator on offer can do this")
        likely = chance_words(near.chance)
        return tr(
            "No offer is as likely as not to stay within {goal_words}: the likeliest, "
            "{hardware_words}, does in {likely}",
            goal_words=goal_words(case.goal),
            hardware_words=hardware_words(near),
            likely=likely,
        )
    if cheapest.choice == fastest.choice:
        return tr("{offer_words}: the cheapest and the fastest", offer_words=_offer_words(cheapest.choice))
    return tr(
        "Cheapest {offer_words}; fastest {offer_words_2}",
        offer_words=_offer_words(cheapest.choice),
        offer_words_2=_offer_words(fastest.choice),
    )


def _offer_words(choice: Choice) -> str:
    return f"{hardware_words(choice)}, {cost_words(choice)}"


def _sentences(found: Offers, case: Case) -> Iterator[str]:
    goal = case.goal
    if found.cheapest is None:
        return
    if goal_words(goal):
        yield (
            tr(
                "Each stays within {goal_words}, reserve included; the chance is that of the "
                "programme without its reserve, which is held against the doubt, and at least even.",
                goal_words=goal_words(goal),
            )
        )
    if goal.deadline_days is None:
        yield tr(
            "No deadline is set: what takes more than {duration} is left out.",
            duration=format_duration(PATIENCE_DAYS),
        )
    if goal.budget_usd is None:
        times = format_quantity(HASTE, "number")
        yield tr("No budget is set: the fastest may cost {times} times the cheapest.", times=times)
    yield from typed_words(case)
    if words := terms_words(case):
        yield words
    yield tr(
        "Balanced: as near to the cheapest in cost as to the fastest in time. Nobody was asked for so many."
    )


def _price(offer: Offer) -> str:
    stale = tr("; newer ones are known, or it may be gone") if offer.stale else ""
    return f"{offer.choice.label}: {price_words(offer.choice, offer.age_days)}{stale}"


def passed_words(found: Offers, owned: bool) -> Iterator[str]:
    """Why accelerators are no offer, by reason."""
    said = _REASONS | ({"supply": tr("not sold, or at no known price")} if owned else {})
    for reason, words in said.items():
        names = [label for label, each in found.passed_over if each == reason]
        if names:
            yield f"{listed(names)}: {words}"


def _table(made: list[tuple[str, Offer]]) -> Table:
    columns = (
        Column(tr("Offer")),
        Column(tr("Hardware")),
        Column(tr("Cost"), format_money, right=True, key="cost_usd"),
        Column(tr("Time"), format_duration, right=True, key="programme_days"),
        Column(tr("Chance"), chance_words, right=True, key="chance"),
        Column(tr("Evidence"), key="evidence"),
        Column(tr("An hour"), format_money, right=True, key="usd_per_gpu_hour"),
        Column(tr("Supplier"), key="supplier"),
        Column(tr("Price of"), key="price_date"),
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
            price_date(each.choice) + (tr(", stale") if each.stale else ""),
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

"""Which accelerators are on offer for a programme, at which price, and for how long one must take them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from isocost.catalog.entries.prices import ON_DEMAND, TERM_DAYS, PriceCard, PriceQuote, market_of
from isocost.plan.answer.across.curves import (
    CLUSTER_LINK,
    LARGEST_PCIE_COUNT,
    LONGEST_DAYS,
    current_price,
    other_cards,
)
from isocost.plan.answer.warnings.ages import newest_price, price_age_days, staleness
from isocost.plan.physics.counts import LARGEST_COUNT
from isocost.plan.project.choosing import price_from
from isocost.plan.solve.case import Case
from isocost.plan.solve.reach import Flags, Reach

Caveat = Literal["one supplier", "old price", "guessed speed"]
"""Why the place of an accelerator among others deserves a mark."""


def offered(case: Case, without: frozenset[str] = frozenset()) -> list[PriceCard]:
    """The plan's own price, and one of every other accelerator; of a contract's also a price by the hour.

    Args:
        without: accelerators left out, by id; the plan's own too.
    """
    others = other_cards(case.project, case.catalog, case.at)
    found = [case.card, *others]
    for card in others:
        if card.commitment in TERM_DAYS and not _is_frozen(case, card):
            shorter = (
                current_price(card.accelerator, case.catalog, terms)
                for terms in ("marketplace", "capacity-block")
            )
            found += [each for each in shorter if each is not None]
    return [card for card in found if card.accelerator not in without]


def _is_frozen(case: Case, card: PriceCard) -> bool:
    """Whether the plan itself holds this price: then its user has chosen it."""
    return card in case.project.prices or card == case.card


def on_offer(case: Case, on: Reach) -> Flags:
    """Points that somebody would rent out so: no contract longer than the programme, no lifetime of waiting.

    A contract that the plan itself holds is the user's choice.
    """
    terms = np.array(
        [0.0 if _is_frozen(case, card) else TERM_DAYS.get(card.commitment, 0.0) for card in on.cards]
    )
    # Nobody rents out large clusters of PCIe cards; who has chosen such a card may know better.
    most = np.array(
        [
            LARGEST_COUNT
            if card == case.card
            or case.catalog.accelerator(card.accelerator).spec.scaleup_bandwidth >= CLUSTER_LINK
            else LARGEST_PCIE_COUNT
            for card in on.cards
        ]
    )
    sold = on.sold & (on.counts <= most[on.which]) & (terms[on.which] <= on.days)
    usable: Flags = on.fits & sold & (on.days <= LONGEST_DAYS) & (on.days > 0.0)
    return usable


def is_stale(card: PriceCard, case: Case) -> bool:
    """Whether a price may be gone: see :func:`isocost.plan.answer.warnings.ages.staleness`."""
    price = price_from(card)
    newest = newest_price(price, card.accelerator, case.catalog)
    return staleness(price, newest, case.catalog, case.today) is not None


@dataclass(frozen=True, slots=True)
class OnlyOffer:
    """A price that rests on one supplier, and what the dearest other asks for the same accelerator."""

    supplier: str
    usd_per_gpu_hour: float
    dearest: PriceQuote | None
    """None = nobody else asks anything."""


def caveats(*, only: OnlyOffer | None, stale: bool, evidence: str | None) -> tuple[Caveat, ...]:
    """What deserves a mark of a price that may be gone or odd, and of a speed nobody has measured."""
    found: dict[Caveat, bool] = {
        "one supplier": only is not None,
        "old price": stale,
        "guessed speed": evidence == "guessed",
    }
    return tuple(each for each, holds in found.items() if holds)


def only_offer(card: PriceCard, case: Case) -> OnlyOffer | None:
    """What a price of the market rests on where that is one supplier alone; None where it is more, or typed.

    The day an offer is read decides nothing of it: one that is the only one may be odd however new it is.
    """
    window = case.catalog.constants.economics.price_window_days.value
    quotes = case.catalog.quotes(card.accelerator)
    same = market_of(quotes, card.commitment, window)
    if {quote.supplier for quote in same} != {card.supplier}:
        return None
    every = (quote for each in (*ON_DEMAND, "marketplace") for quote in market_of(quotes, each, window))
    others = [quote for quote in every if quote.supplier != card.supplier]
    dearest = max(others, key=lambda quote: quote.usd_per_gpu_hour, default=None)
    return OnlyOffer(card.supplier, card.usd_per_gpu_hour, dearest)


def age_days(card: PriceCard, today: date) -> int | None:
    """Days since a price was read; None where it carries no day."""
    return price_age_days(price_from(card), today)

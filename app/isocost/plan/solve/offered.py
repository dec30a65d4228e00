"""Which accelerators are on offer for a programme, at which price, and for how long one must take them."""

from __future__ import annotations

from datetime import date

import numpy as np

from isocost.catalog.prices import TERM_DAYS, PriceCard
from isocost.plan.answer.curves import (
    CLUSTER_LINK,
    LARGEST_PCIE_COUNT,
    LONGEST_DAYS,
    current_price,
    other_cards,
)
from isocost.plan.answer.notices import newest_price, price_age_days, staleness
from isocost.plan.physics.counts import LARGEST_COUNT
from isocost.plan.project.choosing import price_from
from isocost.plan.solve.case import Case
from isocost.plan.solve.reach import Flags, Reach


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
    usable: Flags = on.fits & sold & on.fed & (on.days <= LONGEST_DAYS) & (on.days > 0.0)
    return usable


def is_stale(card: PriceCard, case: Case) -> bool:
    """Whether a price is so old that it may be gone: see :func:`isocost.plan.answer.notices.staleness`."""
    price = price_from(card)
    newest = newest_price(price, card.accelerator, case.catalog)
    return staleness(price, newest, case.catalog, case.today) is not None


def age_days(card: PriceCard, today: date) -> int | None:
    """Days since a price was read; None where it carries no day."""
    return price_age_days(price_from(card), today)

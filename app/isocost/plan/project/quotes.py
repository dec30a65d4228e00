"""Prices a plan keeps: quotes of its author's, and those of accelerators it has left.

Several of one accelerator may be kept, one of each supplier on the same terms; the first is what the
accelerator is compared at, and what it costs when it is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from isocost.catalog.entries.prices import PriceCard
from isocost.plan.project.project import Project

Offer = tuple[str, str, str]


def offer_of(card: PriceCard) -> Offer:
    """What a price is of: accelerator, supplier, terms. A newer one takes the place of an older."""
    return card.accelerator, card.supplier, card.commitment


def with_quotes(project: Project, cards: Sequence[PriceCard]) -> Project:
    """The project with prices before those it has, in their order; of one offer the last is kept."""
    newest = {offer_of(card): card for card in cards}
    others = (card for card in project.prices if offer_of(card) not in newest)
    return replace(project, prices=(*newest.values(), *others))


def without_quotes(project: Project, cards: Iterable[PriceCard]) -> Project:
    """The project without some of its prices."""
    gone = {offer_of(card) for card in cards}
    return replace(project, prices=tuple(card for card in project.prices if offer_of(card) not in gone))


def with_changed_quote(project: Project, before: PriceCard, after: PriceCard) -> Project:
    """The project with one of its prices another, in its place; one of the same offer as the new goes."""
    kept = (card for card in project.prices if card == before or offer_of(card) != offer_of(after))
    return replace(project, prices=tuple(after if card == before else card for card in kept))


def first_quote(project: Project, accelerator: str) -> PriceCard | None:
    """The price a project keeps for an accelerator and reckons with; None = none."""
    return next((card for card in project.prices if card.accelerator == accelerator), None)

"""The price of an accelerator on the terms by which a scenario obtains it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import OFFERS, PriceCard, newest_by_supplier, quoted_card, term_share
from isocost.language import tr
from isocost.plan.project.programme import Supply
from isocost.plan.values import asked_by
from isocost.quantities import format_share

OF_MODE = {
    "reserved": ("one-year",),
    "spot": ("spot",),
    "block": ("capacity-block",),
    "on-demand": ("specialist", "single", "hyperscaler", "marketplace"),
}
"""Terms of prices that are those of a mode of supply; a mode that is not here has a price of its own."""


class NoSuchTermsError(Exception):
    """Nobody's price on the terms is known; the message says so."""


def is_of_others(commitment: str, mode: str) -> bool:
    """Whether a price on offer is of other terms than a mode's; one's own or a claim's never is."""
    meant = OF_MODE.get(mode)
    return meant is not None and commitment in (*OFFERS, "spot") and commitment not in meant


def apart_from(held: PriceCard, supply: Supply, others: Iterable[PriceCard]) -> str:
    """The terms of a plan's own price, as a mode of supply, where others stand at a price by the hour.

    Empty where they are alike. A price that is typed is of the terms it is typed for. Terms that take a
    discount off a price by the hour take it off every accelerator's alike, and what is owned is bought.
    """
    if supply.owns:
        return ""
    mode = next((each for each, meant in OF_MODE.items() if held.commitment in meant), "on-demand")
    if held.commitment not in (*OFFERS, "spot") and not supply.discount:
        mode = supply.mode
    alike = mode == "on-demand" or all(card.commitment in OF_MODE[mode] for card in others)
    return "" if alike else mode


def card_on_terms(held: PriceCard, count: int, mode: str, catalog: Catalog) -> PriceCard:
    """What as many accelerators cost on the terms of a mode of supply.

    Args:
        held: the price by the hour that others are told from.

    Raises:
        NoSuchTermsError: no price on these terms is known.
    """
    own = catalog.own_prices.get(held.accelerator, ())
    mine = next((each for each in own if each.commitment in OF_MODE[mode]), None)
    if mine is not None:
        return mine
    if mode == "spot":
        return _spot(held, count, catalog)
    if mode == "reserved":
        return _one_year(held, catalog)
    name = catalog.accelerator(held.accelerator).short_name
    usual = catalog.default_price(held.accelerator)
    card = usual if mode == "on-demand" else catalog.default_price(held.accelerator, "capacity-block")
    if card is None or card.commitment not in OF_MODE[mode]:
        raise NoSuchTermsError(tr("No price of {name} on these terms is known.", name=name))
    return card


def _spot(held: PriceCard, count: int, catalog: Catalog) -> PriceCard:
    """The newest spot price of as many, the cheapest of one day; single cards are no server of several."""
    entry = catalog.accelerator(held.accelerator)
    quotes = newest_by_supplier(
        quote
        for quote in catalog.quotes(entry.spec.id)
        if quote.terms == "spot" and quote.standing == "listed"
    )
    servers = [quote for quote in quotes if quote.gpus_per_instance != 1]
    if count > entry.spec.node_size or (count > 1 and servers):
        quotes = servers
    if not quotes:
        raise NoSuchTermsError(
            tr("No spot price of as many {short_name} is known.", short_name=entry.short_name)
        )
    newest = max(quotes, key=lambda quote: (quote.date, -quote.usd_per_gpu_hour))
    return quoted_card(newest, "spot")


def _one_year(held: PriceCard, catalog: Catalog) -> PriceCard:
    """The price by the hour less what a year takes off it."""
    # Another supplier's price for a year says nothing of what a year takes off this one.
    window = catalog.constants.economics.price_window_days.value
    found = term_share(catalog.quotes(held.accelerator), "one-year", held.supplier, window)
    if found is None:
        name = catalog.accelerator(held.accelerator).short_name
        raise NoSuchTermsError(
            tr("Nobody asks both a price of {short_name} for a year and by the hour.", short_name=name)
        )
    less = tr(
        "{share} that {supplier} takes off for a year",
        share=format_share(1.0 - found.share, decimals=0),
        supplier=found.supplier,
    )
    return replace(
        held,
        usd_per_gpu_hour=held.usd_per_gpu_hour * found.share,
        supplier=tr(
            "{supplier}, less the {less} ({date})",
            supplier=asked_by(held.supplier),
            less=less,
            date=found.date[:7],
        ),
        commitment="one-year",
        source=f"{held.source}; {found.supplier}'s prices of {found.date}",
    )

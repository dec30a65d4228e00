"""Choosing accelerators for a scenario: their price comes along, and the one left is remembered."""

from __future__ import annotations

from msgspec.structs import replace

from isocost.catalog import Catalog
from isocost.catalog.entries.prices import NO_CLUSTER, PriceCard
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.project.elsewhere import same_work
from isocost.plan.project.project import Price, Project, Scenario, replace_scenario
from isocost.plan.project.quotes import first_quote, with_quotes
from isocost.plan.values import NO_PRICE


def price_from(card: PriceCard) -> Price:
    """A price card as the price a scenario carries."""
    return Price(
        usd_per_gpu_hour=card.usd_per_gpu_hour,
        supplier=card.supplier,
        commitment=card.commitment,
        includes=card.includes,
        source=card.source,
        date=card.date,
    )


def card_of(scenario: Scenario) -> PriceCard:
    """The scenario's price as a card of its accelerator."""
    price = scenario.price
    return PriceCard(
        accelerator=scenario.hardware.accelerator,
        usd_per_gpu_hour=price.usd_per_gpu_hour,
        supplier=price.supplier,
        commitment=price.commitment,
        source=price.source,
        date=price.date,
        includes=price.includes,
    )


def price_for(project: Project, accelerator: str, catalog: Catalog) -> PriceCard | None:
    """The price frozen in the project for an accelerator, else the catalogue's usual one."""
    return first_quote(project, accelerator) or catalog.default_price(accelerator)


def names(project: Project, accelerator: str) -> bool:
    """Whether anything of a project is of an accelerator: a scenario, a stage, a price."""
    held = [scenario.hardware for scenario in project.scenarios]
    held += [
        stage.hardware for each in project.scenarios for stage in each.stages if stage.hardware is not None
    ]
    priced = (card.accelerator for card in project.prices)
    return accelerator in (*(each.accelerator for each in held), *priced)


def is_too_many(count: int, terms: str, entry: AcceleratorEntry) -> bool:
    """Whether a price on these terms says nothing of so many: that of single cards prices no cluster."""
    return terms in NO_CLUSTER and count > entry.spec.node_size


def with_price(project: Project, card: PriceCard, scenario: int = 0) -> Project:
    """The project with a card's price as the scenario's; stages with prices of their own keep them."""
    changed = replace(project.scenarios[scenario], price=price_from(card))
    return replace_scenario(project, changed, scenario=scenario)


def price_on(project: Project, accelerator: str, held: Price, catalog: Catalog) -> Price:
    """The price of an accelerator; where none is known the number held before, which is nobody's price."""
    card = price_for(project, accelerator, catalog)
    return price_from(card) if card is not None else Price(held.usd_per_gpu_hour, supplier=NO_PRICE)


def with_quote_used(project: Project, card: PriceCard, scenario: int = 0) -> Project:
    """The project reckoning with a quote: compared at it, and paying it where it is of the plan's own."""
    used = with_quotes(project, (card,))
    mine = used.scenarios[scenario].hardware.accelerator == card.accelerator
    return with_price(used, card, scenario) if mine else used


def with_hardware(
    project: Project, accelerator: str, count: int, catalog: Catalog, scenario: int = 0
) -> Project:
    """The project with an accelerator and count as the scenario's own, at its frozen or usual price.

    The price of the accelerator it leaves is frozen, so that choosing that one again brings it back. A typed
    purchase price was that accelerator's alone.
    """
    chosen = project.scenarios[scenario]
    changed = replace(
        chosen, hardware=replace(chosen.hardware, accelerator=accelerator, count=count, typed=None)
    )
    if accelerator != chosen.hardware.accelerator:
        own = replace(chosen.ownership, usd_per_accelerator=None)
        price = price_on(project, accelerator, chosen.price, catalog)
        changed = replace(changed, price=price, ownership=own)
        if chosen.price.supplier != NO_PRICE:
            project = with_quotes(project, (card_of(chosen),))
    return replace_scenario(project, changed, scenario=scenario)


def with_choice(
    project: Project, accelerator: str, count: int, catalog: Catalog, scenario: int = 0
) -> Project:
    """The project with a point of the charts as its own: :func:`with_hardware`, the same work done there.

    What was told of the accelerators it leaves alone becomes what the charts show: :func:`same_work`.
    """
    same = same_work(project.scenarios[scenario], accelerator, count, catalog)
    return with_hardware(
        replace_scenario(project, same, scenario=scenario), accelerator, count, catalog, scenario
    )

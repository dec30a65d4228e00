"""What an accelerator-hour costs under the terms by which a scenario obtains it."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.money.ownership import OwnedRate, owned_rate
from isocost.plan.project.project import Scenario, Stage, hardware_of, price_of
from isocost.plan.project.values import Price

MODES_PAID_WHEN_IDLE = ("reserved", "block", "own", "mixed")


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """USD per accelerator-hour used, and why."""

    usd: float
    source: str


def rate_of(scenario: Scenario, stage: Stage, catalog: Catalog) -> HourlyRate:
    """The rate a stage's hours are charged at."""
    price = price_of(scenario, stage)
    if scenario.supply.mode == "on-demand":
        return HourlyRate(price.usd_per_gpu_hour, price_words(price))
    entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
    rented = hourly_usd(scenario, price.usd_per_gpu_hour, entry, catalog)
    return HourlyRate(rented, _words(scenario, price, entry, catalog))


def hourly_usd(scenario: Scenario, rent: float, entry: AcceleratorEntry, catalog: Catalog) -> float:
    """USD per used hour of an accelerator rented at ``rent``, under the scenario's terms.

    An accelerator without a purchase price cannot be owned: it is rented.
    """
    supply = scenario.supply
    if supply.mode in ("own", "mixed"):
        owned = owned_rate(entry, scenario.ownership, scenario.site, catalog)
        share = _owned_share(scenario, owned)
        return rent if owned is None else share * owned.per_used_hour + (1.0 - share) * rent
    if supply.mode == "on-demand":
        return rent
    return rent * (1.0 - supply.discount)


def idle_usd(scenario: Scenario, rent: float, entry: AcceleratorEntry, catalog: Catalog) -> float:
    """USD per hour of an accelerator that is kept and not used; 0 when it can be given back."""
    if scenario.supply.mode in ("own", "mixed"):
        owned = owned_rate(entry, scenario.ownership, scenario.site, catalog)
        share = _owned_share(scenario, owned)
        kept = rent if scenario.schedule.keep_reserved else 0.0
        return kept if owned is None else share * owned.fixed + (1.0 - share) * kept
    if scenario.supply.mode in MODES_PAID_WHEN_IDLE or scenario.schedule.keep_reserved:
        return hourly_usd(scenario, rent, entry, catalog)
    return 0.0


def _owned_share(scenario: Scenario, owned: OwnedRate | None) -> float:
    if owned is None:
        return 0.0
    return 1.0 if scenario.supply.mode == "own" else scenario.supply.owned_share


def price_words(price: Price) -> str:
    """Supplier, day and place of a price."""
    return ", ".join(part for part in (price.supplier, price.date, price.source) if part)


def _words(scenario: Scenario, price: Price, entry: AcceleratorEntry, catalog: Catalog) -> str:
    supply = scenario.supply
    if supply.mode in ("reserved", "spot", "block"):
        off = f", less {supply.discount * 100:g} %" if supply.discount else ""
        return f"{price_words(price)}; {supply.mode}{off}"
    owned = owned_rate(entry, scenario.ownership, scenario.site, catalog)
    if owned is None:
        return f"{price_words(price)}; rented: no purchase price is known for {entry.short_name}"
    if supply.mode == "own":
        return f"owned; {owned.capital_source}"
    return f"{supply.owned_share * 100:g} % owned ({owned.capital_source}); rest {price_words(price)}"

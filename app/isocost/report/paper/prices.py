"""Every price a plan pays: who asks it, on which terms, read when, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.answer.warnings.ages import (
    Gravity,
    newest_price,
    price_age_days,
    purchase_age,
    purchase_staleness,
    staleness,
)
from isocost.plan.money.ownership import purchase_price
from isocost.plan.project.project import Price, Scenario, hardware_of, price_of
from isocost.plan.values import asked_by
from isocost.quantities import format_counted, format_money
from isocost.report.findings.inputs.captions import SHORT_TERMS
from isocost.report.table import Column, Table

UNDATED = tr("no date")
AGE = 4
"""Column of the ages."""


@dataclass(frozen=True, slots=True)
class PricesTable:
    """The prices, and how grave the age of each is."""

    table: Table
    gravity: tuple[Gravity, ...]


def prices_table(scenario: Scenario, catalog: Catalog, today: date) -> PricesTable:
    """Prices of accelerators that the stages of a scenario pay, each once."""
    heads = (tr("Price"), tr("Of"), tr("Supplier and terms"), tr("Read on"), tr("Age"), tr("Source"))
    rows: dict[tuple[str, ...], Gravity] = {}
    for stage in scenario.stages:
        if not stage.enabled:
            continue
        entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
        usd, source = purchase_price(entry, scenario, catalog) if scenario.supply.owns else (None, "")
        if usd is not None:
            read = entry.purchase_date if scenario.ownership.usd_per_accelerator is None else ""
            bought = tr("{short_name}, bought", short_name=entry.short_name)
            age = purchase_age(entry, scenario, today)
            old = age.words if age is not None else ""
            line = (format_money(usd), bought, tr("purchase"), read or UNDATED, old, source)
            rows[line] = purchase_staleness(age, catalog)
        if usd is None or scenario.supply.mode == "mixed":
            price = price_of(scenario, stage)
            newest = newest_price(price, entry.spec.id, catalog)
            rows[_rented(price, entry.short_name, today)] = staleness(price, newest, catalog, today)
    return PricesTable(Table(tuple(map(Column, heads)), tuple(rows)), tuple(rows.values()))


def _rented(price: Price, name: str, today: date) -> tuple[str, ...]:
    short = SHORT_TERMS.get(price.commitment, price.commitment)
    terms = ", ".join(each for each in (asked_by(price.supplier), short) if each)
    age, old = price_age_days(price, today), ""
    if age is not None:
        old = tr("today") if age <= 0 else tr("{counted} old", counted=format_counted(age, "day"))
    hour = tr("{money} an hour", money=format_money(price.usd_per_gpu_hour))
    return hour, name, terms, price.date or UNDATED, old, price.source

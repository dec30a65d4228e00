"""Every price a plan pays: who asks it, on which terms, read when, and how old it is."""

from __future__ import annotations

from datetime import date

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.answer.notices import price_age_days
from isocost.plan.money.ownership import purchase_price
from isocost.plan.project.project import Scenario, hardware_of, price_of
from isocost.plan.values import asked_by
from isocost.quantities import format_counted, format_money
from isocost.report.table import Column, Table

UNDATED = tr("no date")


def prices_table(scenario: Scenario, catalog: Catalog, today: date) -> Table:
    """Prices of accelerators that the stages of a scenario pay, each once."""
    columns = tuple(
        map(Column, (tr("Price"), tr("Of"), tr("Supplier and terms"), tr("Read on"), tr("Age"), tr("Source")))
    )
    rows: dict[tuple[str, ...], None] = {}
    for stage in scenario.stages:
        if not stage.enabled:
            continue
        entry = catalog.accelerator(hardware_of(scenario, stage).accelerator)
        usd, source = purchase_price(entry, scenario, catalog) if scenario.supply.owns else (None, "")
        if usd is not None:
            read = entry.purchase_date if scenario.ownership.usd_per_accelerator is None else ""
            bought = tr("{short_name}, bought", short_name=entry.short_name)
            rows[(format_money(usd), bought, tr("purchase"), read or UNDATED, "", source)] = None
        if usd is None or scenario.supply.mode == "mixed":
            price = price_of(scenario, stage)
            terms = ", ".join(each for each in (asked_by(price.supplier), price.commitment) if each)
            age = price_age_days(price, today)
            old = (
                ""
                if age is None
                else tr("today")
                if age <= 0
                else tr("{counted} old", counted=format_counted(age, "day"))
            )
            hour = tr("{money} an hour", money=format_money(price.usd_per_gpu_hour))
            rows[(hour, entry.short_name, terms, price.date or UNDATED, old, price.source)] = None
    return Table(columns, tuple(rows))

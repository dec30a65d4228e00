"""What is unlikely or out of date in the prices of a plan, and what they pay for that takes no time in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from isocost.catalog import Catalog
from isocost.catalog.constants.economics import CurrencyRate
from isocost.catalog.entries.prices import TERM_DAYS, PriceCard
from isocost.catalog.records import AcceleratorEntry
from isocost.language import in_sentence, tr
from isocost.plan.answer.results import StageEstimate
from isocost.plan.answer.warnings.ages import (
    newest_price,
    price_age_days,
    purchase_age,
    purchase_staleness,
    staleness,
)
from isocost.plan.inputs.table import CHOICES
from isocost.plan.kinds import Stage
from isocost.plan.money.ownership import PURCHASE, purchase_price
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.notice import Notice
from isocost.plan.project.choosing import is_too_many, price_from
from isocost.plan.project.programme import Supply
from isocost.plan.project.project import Scenario, price_of
from isocost.plan.project.terms import OF_MODE, is_of_others
from isocost.plan.values import NO_PRICE, Currency, Price, asked_by
from isocost.quantities import (
    format_count,
    format_counted,
    format_duration,
    format_money,
    format_quantity,
    format_share,
    format_significant,
    shown_money,
    within_factor,
)
from isocost.quantities.units import DAYS_PER_MONTH

_FIELD = "price.usd_per_gpu_hour"
SAME_TERM = 1.1
"""Factor within which a term is that of another price: a year is 12 months of 730 hours."""
SAME_RATE = 1.1
"""Factor within which a rate is that of another year: the euro's mean of a year has moved by less, mostly."""


def rent_notices(
    scenario: Scenario, stage: Stage, result: StageEstimate, catalog: Catalog
) -> Iterator[Notice]:
    """Every warning about what an hour rests on: the purchase of what is owned, the rent of the rest."""
    price, supply = price_of(scenario, stage), scenario.supply
    entry = catalog.accelerator(result.accelerator)
    if supply.owns and purchase_price(entry, scenario, catalog)[0] is not None:
        yield from _bought(entry, scenario, catalog)
        if supply.mode == "own":
            return
    yield from price_notices(price, result, catalog)
    yield from _shared(scenario, stage, price, entry, catalog)
    yield from _twice(price, supply, entry)
    yield from _of_another_term(price, supply, entry)
    if not supply.discount and is_of_others(price.commitment, supply.mode):
        yield Notice(
            "price-of-other-terms",
            _FIELD,
            tr(
                "The price of {name}, {money} an hour ({supplier}), is not of these terms ({terms}): type "
                "what you are offered, or what the terms take off it.",
                name=result.accelerator_name,
                money=format_money(price.usd_per_gpu_hour),
                supplier=asked_by(price.supplier),
                terms=in_sentence(CHOICES["supply.mode"].options[supply.mode]),
            ),
        )


def _bought(entry: AcceleratorEntry, scenario: Scenario, catalog: Catalog) -> Iterator[Notice]:
    """Warning about the age of a purchase price."""
    age = purchase_age(entry, scenario)
    severity = purchase_staleness(age, catalog)
    if age is not None and severity is not None:
        yield Notice(
            "purchase-stale",
            PURCHASE,
            tr(
                "The purchase price of {name} is of {date}, {age}: type what you are offered.",
                name=entry.short_name,
                date=entry.purchase_date,
                age=age.words,
            ),
            severity,
        )


def price_notices(price: Price, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about the price of a stage."""
    name = result.accelerator_name
    if price.supplier == NO_PRICE:
        left = format_money(price.usd_per_gpu_hour)
        yield Notice(
            "no-price",
            _FIELD,
            tr(
                "No price of {name} is known: {left} an hour is left from another accelerator; type "
                "what you are offered.",
                name=name,
                left=left,
            ),
        )
    if price.unnamed:
        yield Notice(
            "price-from-catalogue",
            _FIELD,
            tr(
                "The plan names no price: the catalogue's for {name} is taken, {money} an hour "
                "({supplier}, {date}).",
                name=name,
                money=format_money(price.usd_per_gpu_hour),
                supplier=asked_by(price.supplier),
                date=price.date,
            ),
            "info",
        )
    if is_too_many(result.count, price.commitment, catalog.accelerator(result.accelerator)):
        yield Notice(
            "single-price",
            _FIELD,
            tr(
                "The price is that of single {name}: {count} with a network between them are quoted "
                "apart; type what you are offered.",
                name=name,
                count=format_count(result.count),
            ),
            "info",
        )
    yield from _far_off(price, result, catalog)
    yield from _undated(price)
    newest = newest_price(price, result.accelerator, catalog)
    severity = staleness(price, newest, catalog)
    if severity is not None:
        cure = tr("; one of {newest} is known: take it or", newest=newest) if newest > price.date else ":"
        age = format_counted(price_age_days(price) or 0, "day")
        message = tr("The price is {age} old{cure} type what you are offered.", age=age, cure=cure)
        yield Notice("price-stale", _FIELD, message, severity)


def _twice(price: Price, supply: Supply, entry: AcceleratorEntry) -> Iterator[Notice]:
    """Warning that a discount for its terms is taken off a price that is of these terms already."""
    bound = supply.mode != "on-demand" and price.commitment in OF_MODE.get(supply.mode, ())
    if not supply.discount or not bound:
        return
    yield Notice(
        "discount-twice",
        "supply.discount",
        tr(
            "The price of {name}, {money} an hour, is of these terms ({terms}) already, and {share} more is "
            "taken off it: set the discount to 0 where that is not meant.",
            name=entry.short_name,
            money=format_money(price.usd_per_gpu_hour),
            terms=in_sentence(CHOICES["supply.mode"].options[supply.mode]),
            share=format_share(supply.discount, decimals=0),
        ),
    )


def _of_another_term(price: Price, supply: Supply, entry: AcceleratorEntry) -> Iterator[Notice]:
    """Warning that a contract is reckoned at the price of one of another length."""
    days, length = TERM_DAYS.get(price.commitment), supply.term_months * DAYS_PER_MONTH
    if supply.mode != "reserved" or days is None:
        return
    if within_factor(length / days, SAME_TERM):
        return
    yield Notice(
        "price-of-another-term",
        _FIELD,
        tr(
            "The price of {name}, {money} an hour, is of a contract for a year, and the term is {length}: "
            "type what you are offered for it.",
            name=entry.short_name,
            money=format_money(price.usd_per_gpu_hour),
            length=format_duration(length),
        ),
    )


def _shared(
    scenario: Scenario, stage: Stage, price: Price, entry: AcceleratorEntry, catalog: Catalog
) -> Iterator[Notice]:
    """Warning that a stage on other accelerators than its scenario's is reckoned at the price of those."""
    of = catalog.accelerator(scenario.hardware.accelerator)
    if stage.price is not None or of is entry:
        return
    yield Notice(
        "price-of-another",
        _FIELD,
        tr(
            "{stage} runs on {name} at the price its plan shares, {money} an hour, which is that of {other}: "
            "give the stage a price of its own.",
            stage=stage.name,
            name=entry.short_name,
            money=format_money(price.usd_per_gpu_hour),
            other=of.short_name,
        ),
    )


def _far_off(price: Price, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Warning about a price nobody is known to ask, as where an hour of a whole server was typed."""
    known = [card.usd_per_gpu_hour for card in catalog.price_cards(result.accelerator)]
    hour = price.usd_per_gpu_hour
    if not known or not hour or price.supplier == NO_PRICE:
        return
    factor = catalog.constants.economics.odd_price_factor.value
    low, high = min(known), max(known)

    def likely(usd: float) -> bool:
        return low / factor <= usd <= high * factor

    if likely(hour):
        return
    held = catalog.accelerator(result.accelerator).spec.node_size
    of_a_server = hour > high and held > 1 and likely(hour / held)
    asked = " ".join(
        (
            tr(
                "{money} an hour is far from what one {name} is known to cost, {low} to {high}.",
                money=format_money(hour),
                name=result.accelerator_name,
                low=format_money(low),
                high=format_money(high),
            ),
            tr(
                "If it is of a server of {count}, one costs {each}.",
                count=format_count(held),
                each=format_money(hour / held),
            )
            if of_a_server
            else tr("Is it of one accelerator for one hour?"),
        )
    )
    yield Notice("price-far-off", _FIELD, asked)


def quote_notices(quotes: Iterable[PriceCard], catalog: Catalog) -> Iterator[Notice]:
    """Warnings about the prices a plan holds of accelerators beside its own."""
    for quote in quotes:
        name = catalog.accelerator(quote.accelerator).short_name
        whose = tr("price of {name} by {supplier}", name=name, supplier=asked_by(quote.supplier))
        yield from _undated(price_from(quote), "prices", whose)


def _undated(price: Price, field: str = _FIELD, whose: str = "") -> Iterator[Notice]:
    """Warning about a day a price is of that is none, or has not come."""
    age = price_age_days(price)
    if not price.date or (age is not None and age >= 0) or price.commitment == "claim":
        return
    said = {"price": whose or tr("price"), "date": price.date}
    yield Notice(
        "price-undated",
        field,
        tr("The {price} is of '{date}', a day that has not come: its age is not judged.", **said)
        if age is not None
        else tr(
            "The {price} is of '{date}', which is no day such as 2026-11-23: its age is not judged.", **said
        ),
        "info",
    )


def currency_notices(currency: Currency, catalog: Catalog) -> Iterator[Notice]:
    """That amounts are shown at a rate which is another one tomorrow, or at one that cannot be."""
    shown, known = shown_money(), catalog.constants.currencies.get(currency.code)
    if not shown.is_dollar and currency.per_usd is None:
        yield Notice(
            "rate-not-frozen",
            "currency",
            tr(
                "The plan names no rate: amounts are shown in {code} at the catalogue's, "
                "{rate_words}; choose the currency in the View menu to keep it.",
                code=shown.code,
                rate_words=shown.rate_words,
            ),
            "info",
        )
    if not shown.is_dollar and currency.per_usd is not None and known is not None:
        yield from _odd_rate(currency.per_usd, known, catalog)


def _odd_rate(typed: float, known: CurrencyRate, catalog: Catalog) -> Iterator[Notice]:
    """Warning about a rate of a plan that is the other way round, or far from any there has been of late."""
    rate, factor = known.unit.per_usd, catalog.constants.economics.odd_price_factor.value
    turned = within_factor(typed * rate, SAME_RATE) and not within_factor(typed / rate, SAME_RATE)
    if not turned and within_factor(typed / rate, factor):
        return
    said = {"code": known.code, "typed": format_significant(typed, 4), "rate": format_significant(rate, 4)}
    asked = (
        tr("it reads as dollars for one {code}; per_usd is {code} for one dollar.", code=known.code)
        if turned
        else tr("is it {code} for one dollar?", code=known.code)
    )
    yield Notice(
        "rate-far-off",
        "currency",
        tr(
            "{typed} {code} for a dollar is far from the catalogue's {rate} of {date}: {asked}",
            **said,
            date=known.date,
            asked=asked,
        ),
    )


def untimed_notices(on: Reckoning) -> Iterator[Notice]:
    """That work which is paid for as a share of the rent takes time that no day of the plan holds."""
    main = sum(
        days
        for days, is_main in zip(on.by_stage("stage.days"), on.by_stage("stage.main"), strict=True)
        if is_main
    )
    again, failed = on.scenario.supply.rework, on.scenario.programme.failed_runs
    if on.scenario.supply.mode == "spot" and again * on["days"] > 0.0:
        yield Notice(
            "rework-untimed",
            "supply.rework",
            tr(
                "What is done again on spot, {share} of the work, is in the cost and not in the time: about "
                "{duration} more.",
                share=format_quantity(again, "share"),
                duration=format_duration(again * on["days"]),
            ),
            "info",
        )
    if failed * main > 0.0:
        yield Notice(
            "failed-runs-untimed",
            "programme.failed_runs",
            tr(
                "Failed runs, {share} of the main run, are in the cost and not in the time: about {duration} "
                "more on the same accelerators.",
                share=format_quantity(failed, "share"),
                duration=format_duration(failed * main),
            ),
            "info",
        )

"""What is wrong with a price: that nobody asks it, for so many, or any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from isocost.catalog import Catalog
from isocost.plan.choosing import NO_PRICE, is_too_many
from isocost.plan.project import Price
from isocost.plan.results import Notice, StageEstimate
from isocost.quantities import format_count, format_counted, format_money

AMBER_DAYS = 30
RED_DAYS = 90
_FIELD = "price.usd_per_gpu_hour"


def price_notices(price: Price, result: StageEstimate, catalog: Catalog) -> Iterator[Notice]:
    """Every warning about the price of a stage."""
    name = result.accelerator_name
    if price.supplier == NO_PRICE:
        left = format_money(price.usd_per_gpu_hour)
        yield Notice(
            "no-price",
            _FIELD,
            f"No price of {name} is known: {left} an hour is left from another accelerator; "
            "type what you are offered.",
        )
    if is_too_many(result.count, price.commitment, catalog.accelerator(result.accelerator)):
        yield Notice(
            "single-price",
            _FIELD,
            f"The price is that of single {name}: {format_count(result.count)} with a network between them "
            "are quoted apart; type what you are offered.",
            "info",
        )
    newest = newest_price(price, result.accelerator, catalog)
    severity = staleness(price, newest)
    if severity is not None:
        cure = f"; one of {newest} is known: take it or" if newest > price.date else ":"
        age = format_counted(price_age_days(price) or 0, "day")
        message = f"The price is {age} old{cure} type what you are offered."
        yield Notice("price-stale", _FIELD, message, severity)


def price_age_days(price: Price, today: date | None = None) -> int | None:
    """Days since the price was read; None when it carries no full date."""
    try:
        return ((today or date.today()) - date.fromisoformat(price.date)).days
    except ValueError:
        return None


def newest_price(price: Price, accelerator: str, catalog: Catalog) -> str:
    """The day of the price the catalogue offers instead, on the same terms if it has such; empty = none."""
    card = catalog.default_price(accelerator, price.commitment) or catalog.default_price(accelerator)
    return card.date if card is not None else ""


def staleness(price: Price, newest: str, today: date | None = None) -> Literal["info", "care"] | None:
    """How grave the age of a price is; None = recent, or nothing newer is known.

    Older than ``AMBER_DAYS`` a price is out of date if that of the day ``newest`` can replace it, or if the
    user typed it; beyond ``RED_DAYS`` it is whatever is known. What a claim assumed is history.
    """
    age = price_age_days(price, today)
    if age is None or price.commitment == "claim":
        return None
    replaceable = newest > price.date or price.commitment == "typed"
    if age > RED_DAYS:
        return "care" if replaceable else "info"
    return "info" if age > AMBER_DAYS and replaceable else None

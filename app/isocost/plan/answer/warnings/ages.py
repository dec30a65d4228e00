"""How old prices are, and how grave that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.language import tr
from isocost.plan.project.project import Scenario
from isocost.plan.values import Price
from isocost.quantities import format_duration

Gravity = Literal["info", "care"] | None
"""Of an age; None = recent, or nothing newer is known."""


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


def staleness(price: Price, newest: str, catalog: Catalog, today: date | None = None) -> Gravity:
    """How grave the age of a price is; None = recent, or nothing newer is known.

    Older than ``price_stale_days`` a price is out of date if that of the day ``newest`` can replace it, or if
    the user typed it; beyond ``price_old_days`` it is whatever is known. What a claim assumed is history.
    """
    age = price_age_days(price, today)
    if age is None or price.commitment == "claim":
        return None
    return _gravity(age, newest > price.date or price.commitment == "typed", catalog)


def _gravity(age: int, replaceable: bool, catalog: Catalog) -> Gravity:
    days = catalog.constants.economics
    if age > days.price_old_days.value:
        return "care" if replaceable else "info"
    return "info" if age > days.price_stale_days.value and replaceable else None


@dataclass(frozen=True, slots=True)
class PurchaseAge:
    """How old a purchase price may be."""

    days: int
    """Since the first day of the time it is of."""
    exact: bool
    """Whether that is a day, not a month or a year."""

    @property
    def words(self) -> str:
        """The age: "4.2 years old"."""
        age = format_duration(self.days)
        return tr("{age} old", age=age) if self.exact else tr("up to {age} old", age=age)


def purchase_age(
    entry: AcceleratorEntry, scenario: Scenario, today: date | None = None
) -> PurchaseAge | None:
    """How old the catalogue's purchase price of an accelerator is; None where it is typed or has no date."""
    typed = scenario.ownership.usd_per_accelerator is not None
    if typed and entry.spec.id == scenario.hardware.accelerator:
        return None
    parts = [int(each) for each in entry.purchase_date.split("-") if each.isdigit()]
    if not parts:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    return PurchaseAge(((today or date.today()) - date(year, month, day)).days, len(parts) == 3)


def purchase_staleness(age: PurchaseAge | None, catalog: Catalog) -> Gravity:
    """How grave it is: nothing newer is known of any purchase price, so that it is never the gravest."""
    return None if age is None else _gravity(age.days, False, catalog)

"""The currency a plan's amounts are shown in, at the rate it froze; what a plan holds stays USD."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from isocost.catalog import Catalog, CatalogError
from isocost.language import tr
from isocost.plan.project.project import Project
from isocost.plan.values import Currency
from isocost.quantities import DOLLAR, MoneyUnit


def money_of(currency: Currency, catalog: Catalog) -> MoneyUnit:
    """How amounts are written in a plan's currency: at its own rate, else at the catalogue's.

    Raises:
        CatalogError: the plan has no rate and the catalogue does not know the currency.
    """
    known = catalog.constants.currencies.get(currency.code)
    unit = known.unit if known is not None else MoneyUnit(currency.code, currency.code, spellings=())
    if unit.is_dollar:
        return DOLLAR
    if currency.per_usd is not None:
        return MoneyUnit(unit.code, unit.symbol, unit.digits, currency.per_usd, currency.date, unit.spellings)
    if known is None:
        raise CatalogError(unknown_currency(currency.code, catalog))
    return unit


def unknown_currency(code: str, catalog: Catalog) -> str:
    """That no rate of a currency is known, and what to write instead."""
    codes = ", ".join(catalog.constants.currencies)
    return tr(
        "no rate of {code!r} is known: give its per_usd, or take one of {codes}.", code=code, codes=codes
    )


def typed_in(currency: Currency, catalog: Catalog) -> tuple[MoneyUnit, ...]:
    """Every currency amounts can be typed in, the plan's own first."""
    return _first(money_of(currency, catalog), catalog)


@lru_cache(maxsize=16)
def _first(own: MoneyUnit, catalog: Catalog) -> tuple[MoneyUnit, ...]:
    known = catalog.constants.currencies
    others = (DOLLAR, *(each.unit for code, each in known.items() if code != DOLLAR.code))
    return (own, *(unit for unit in others if unit.code != own.code))


def with_currency(project: Project, code: str, catalog: Catalog) -> Project:
    """The project with its amounts shown in another currency, at the catalogue's rate, which is frozen.

    Raises CatalogError for a currency the catalogue does not know.
    """
    known = catalog.constants.currencies.get(code)
    if known is None:
        raise CatalogError(unknown_currency(code, catalog))
    unit = known.unit
    frozen = Currency() if unit.is_dollar else Currency(unit.code, unit.per_usd, known.source, known.date)
    return msgspec.structs.replace(project, currency=frozen)

"""What an accelerator-hour costs under the terms by which a scenario obtains it.

The rows stand twice: for each stage, and for the accelerators the scenario holds, which may stand idle.
"""

from __future__ import annotations

import numpy as np

from isocost.language import tr
from isocost.plan.money.arithmetic import Number
from isocost.plan.money.figure import Figure, whose
from isocost.plan.money.ownership import OWNED
from isocost.plan.project.programme import OWNING, PREPAID
from isocost.plan.project.project import Scenario
from isocost.plan.values import Price, asked_by
from isocost.quantities import format_significant

CONTRACTS = ("reserved", "spot", "block")
PAID_WHEN_IDLE = (*PREPAID, *OWNING)


def _rented(price: Number, discount: Number) -> Number:
    return price * (1.0 - discount)


def _kept(price: Number) -> Number:
    return price


def _owned(price: Number, owned: Number) -> Number:
    """An accelerator without a purchase price (NaN) cannot be owned: it is rented."""
    return np.where(np.isnan(owned), price, owned)


def _mixed(price: Number, owned: Number, share: Number) -> Number:
    return np.where(np.isnan(owned), price, share * owned + (1.0 - share) * price)


_RATE = (
    Figure(
        "its.rate", tr("Price of an hour"), "USD/h", ("its.price", "supply.discount"),
        "{its.price} x (1 - {supply.discount})", _rented, modes=CONTRACTS,
    ),
    Figure(
        "its.rate", tr("Price of an hour"), "USD/h", ("its.price", "its.owned_rate"), "{its.owned_rate}",
        _owned,
        modes=("own",), unknown="{its.price}",
    ),
    Figure(
        "its.rate", tr("Price of an hour"), "USD/h", ("its.price", "its.owned_rate", "supply.owned_share"),
        "{supply.owned_share} x {its.owned_rate} + (1 - {supply.owned_share}) x {its.price}", _mixed,
        modes=("mixed",), unknown="{its.price}",
    ),
    Figure("its.rate", tr("Price of an hour"), "USD/h", ("its.price",), "{its.price}", _kept),
)  # fmt: skip

_IDLE = (
    Figure(
        "its.kept_rate", tr("Rent while it waits"), "USD/h", ("its.price",), "{its.price}", _kept,
        modes=OWNING,
        where=("schedule.keep_reserved",),
    ),
    Figure("its.kept_rate", tr("Rent while it waits"), "USD/h", (), "0", lambda: 0.0, modes=OWNING),
    Figure(
        "its.idle_rate", tr("An hour kept and not used"), "USD/h", ("its.kept_rate", "its.fixed"),
        "{its.fixed}",
        _owned, modes=("own",), unknown="{its.kept_rate}",
    ),
    Figure(
        "its.idle_rate", tr("An hour kept and not used"), "USD/h",
        ("its.kept_rate", "its.fixed", "supply.owned_share"),
        "{supply.owned_share} x {its.fixed} + (1 - {supply.owned_share}) x {its.kept_rate}", _mixed,
        modes=("mixed",), unknown="{its.kept_rate}",
    ),
    Figure(
        "its.idle_rate", tr("An hour kept and not used"), "USD/h", ("its.rate",), "{its.rate}", _kept,
        modes=PREPAID,
    ),
    Figure(
        "its.idle_rate", tr("An hour kept and not used"), "USD/h", ("its.rate",), "{its.rate}", _kept,
        where=("schedule.keep_reserved",),
    ),
    Figure("its.idle_rate", tr("An hour kept and not used"), "USD/h", (), "0", lambda: 0.0),
)  # fmt: skip
"""Accelerators that can be given back cost nothing while they wait."""

RATES = (*whose("stage", (*OWNED, *_RATE), over="stage"), *whose("held", (*OWNED, *_RATE, *_IDLE)))


def price_words(price: Price) -> str:
    """Supplier, day and place of a price."""
    return ", ".join(part for part in (asked_by(price.supplier), price.date, price.source) if part)


def rate_words(scenario: Scenario, price: Price, purchase: float | None, why: str) -> str:
    """Where the rate of an hour comes from.

    Args:
        purchase: price of one to own; None = it cannot be bought, so that it is rented.
        why: where that is from, or why there is none.
    """
    supply = scenario.supply
    if supply.mode == "on-demand":
        return price_words(price)
    if supply.mode in CONTRACTS:
        off = (
            tr(", less {significant} %", significant=format_significant(supply.discount * 100))
            if supply.discount
            else ""
        )
        return f"{price_words(price)}; {supply.mode}{off}"
    if purchase is None:
        return tr("{price_words}; rented: {why}", price_words=price_words(price), why=why)
    if supply.mode == "own":
        return tr("owned; {why}", why=why)
    return tr(
        "{significant} % owned ({why}); rest {price_words}",
        significant=format_significant(supply.owned_share * 100),
        why=why,
        price_words=price_words(price),
    )

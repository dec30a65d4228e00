"""What an owned accelerator costs an hour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.language import tr
from isocost.plan.money.arithmetic import Number
from isocost.plan.money.energy import facility_kw
from isocost.plan.money.figure import Figure
from isocost.plan.physics.throughput import TYPED
from isocost.plan.project.project import Scenario
from isocost.quantities import format_significant
from isocost.quantities.units import HOURS_PER_MONTH, HOURS_PER_YEAR

PURCHASE = "ownership.usd_per_accelerator"
"""Path of the typed purchase price, which stands for the price of an hour where accelerators are owned."""


def purchase_price(entry: AcceleratorEntry, scenario: Scenario, catalog: Catalog) -> tuple[float | None, str]:
    """Price of one accelerator with its share of the server, and where it comes from; None = not to be had.

    A typed price is that of the scenario's own accelerator, and of no other.
    """
    typed = scenario.ownership.usd_per_accelerator
    if typed is not None and entry.spec.id == scenario.hardware.accelerator:
        return typed, TYPED
    if entry.purchase_usd is None:
        return None, tr("no purchase price is known for {short_name}", short_name=entry.short_name)
    economics = catalog.constants.economics
    if any(word in entry.purchase_basis for word in economics.not_sold_words.value):
        return None, tr("{short_name} is not for sale", short_name=entry.short_name)
    basis = f"{entry.purchase_basis}, {entry.purchase_date}, {entry.sources['purchase']}"
    if any(word in entry.purchase_basis for word in economics.whole_system_words.value):
        return entry.purchase_usd, basis
    factor = economics.server_over_card
    server = tr(
        "x {significant} for the server ({source})",
        significant=format_significant(factor.value),
        source=factor.source,
    )
    return entry.purchase_usd * factor.value, f"{basis}; {server}"


def annuity(capital: Number, years: Number, rate: Number, residual: Number) -> Number:
    """Yearly payment [USD] that recovers the capital with interest: r P ((1+r)^n - residual) / ((1+r)^n - 1).

    Without interest it is the straight line P (1 - residual) / n. All broadcast; rate r is a share a year,
    years n the service life. Source: the capital recovery factor of any textbook of engineering economics.
    """
    # expm1 and log1p keep the digits of a rate near zero, where (1+r)^n - 1 would lose them.
    growth = np.expm1(years * np.log1p(rate))
    straight = capital * (1.0 - residual) / years
    with np.errstate(divide="ignore", invalid="ignore"):
        interest = capital * (growth + 1.0 - residual) * rate / growth
    return np.where(growth == 0.0, straight, interest)


def _hourly_write_off(capital: Number, residual: Number, years: Number) -> Number:
    return capital * (1.0 - residual) / years / HOURS_PER_YEAR


OWNED = (
    # The network is a share of the whole, so the rest is one minus it of the whole.
    Figure(
        "its.capital", tr("Price with server and network"), "USD", ("its.purchase",
        "ownership.network_share"),
        "{its.purchase} / (1 - {ownership.network_share})", lambda price, share: price / (1.0 - share),
    ),
    Figure(
        "its.write_off", tr("Price written off, an hour of its life"), "USD/h",
        ("its.capital", "ownership.residual", "ownership.years"),
        "{its.capital} x (1 - {ownership.residual}) / {ownership.years} / 8,760", _hourly_write_off,
    ),
    Figure(
        "its.yearly", tr("Price recovered with interest, a year"), "USD/year",
        ("its.capital", "ownership.years", "ownership.cost_of_capital", "ownership.residual"),
        "{its.capital} x ((1 + {ownership.cost_of_capital}) ^ {ownership.years} - {ownership.residual})"
        " x {ownership.cost_of_capital} / ((1 + {ownership.cost_of_capital}) ^ {ownership.years} - 1)",
        annuity, where=("ownership.cost_of_capital",),
    ),
    Figure(
        "its.yearly", tr("Price recovered, a year"), "USD/year",
        ("its.capital", "ownership.years", "ownership.cost_of_capital", "ownership.residual"),
        "{its.capital} x (1 - {ownership.residual}) / {ownership.years}", annuity,
    ),
    # The annuity is more than the straight line by the interest; at no rate rounding may make it less.
    Figure(
        "its.interest", tr("Cost of the capital bound, an hour of its life"), "USD/h",
        ("its.yearly", "its.write_off"), "the larger of 0 and ({its.yearly} / 8,760 - {its.write_off})",
        lambda yearly, write_off: np.maximum(yearly / HOURS_PER_YEAR - write_off, 0.0),
    ),
    Figure(
        "its.facility", tr("Space, cooling and power distribution, an hour of its life"), "USD/h",
        ("its.server_kw", "ownership.facility_usd_per_kw_month"),
        "{its.server_kw} kW x {ownership.facility_usd_per_kw_month} / 730",
        lambda kw, usd: kw * usd / HOURS_PER_MONTH,
    ),
    Figure(
        "its.upkeep", tr("Staff, spares and repairs, an hour of its life"), "USD/h",
        ("its.capital", "ownership.upkeep"), "{its.capital} x {ownership.upkeep} / 8,760",
        lambda price, share: price * share / HOURS_PER_YEAR,
    ),
    Figure(
        "its.power", tr("Energy of an hour used"), "USD/h",
        ("its.server_kw", "constants.power_over_nameplate", "site.pue", "site.usd_per_kwh"),
        "{its.server_kw} kW x {constants.power_over_nameplate} x {site.pue} x {site.usd_per_kwh}",
        lambda kw, typical, pue, usd: facility_kw(kw, typical, pue) * usd,
    ),
    Figure(
        "its.fixed", tr("An hour of its life, used or not"), "USD/h",
        ("its.write_off", "its.interest", "its.facility", "its.upkeep"),
        "{its.write_off} + {its.interest} + {its.facility} + {its.upkeep}",
        lambda write_off, interest, facility, upkeep: write_off + interest + facility + upkeep,
    ),
    Figure(
        "its.owned_rate", tr("An hour used, idle hours carried"), "USD/h",
        ("its.fixed", "ownership.utilization", "its.power"),
        "{its.fixed} / {ownership.utilization} + {its.power}",
        lambda fixed, used, power: fixed / used + power,
    ),
)  # fmt: skip
"""What owning an accelerator costs; ``its`` stands for whose it is, see ``figure.whose``."""


@dataclass(frozen=True, slots=True)
class OwnedRate:
    """One owned accelerator: what it costs to have, and to use for an hour (USD)."""

    capital: float
    """Price with server and network."""
    capital_source: str
    write_off: float
    """Price less residual, by the hour of its life."""
    interest: float
    """Cost of the capital bound, by the hour of its life."""
    facility: float
    """By the hour of its life."""
    upkeep: float
    """By the hour of its life."""
    energy: float
    """By the hour used."""
    fixed: float
    """By the hour of its life, used or not."""
    per_used_hour: float
    """By the hour used, idle hours carried."""
    utilization: float

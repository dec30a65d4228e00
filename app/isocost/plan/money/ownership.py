"""What an owned accelerator costs an hour, and whether to rent or to buy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.money.arithmetic import Number
from isocost.plan.money.energy import facility_kw
from isocost.plan.money.figure import Figure
from isocost.plan.project.programme import Ownership
from isocost.quantities.units import HOURS_PER_MONTH, HOURS_PER_YEAR, MONTHS_PER_YEAR

LONGEST_MONTHS = 120

Array = NDArray[np.float64]


def purchase_price(
    entry: AcceleratorEntry, ownership: Ownership, catalog: Catalog
) -> tuple[float | None, str]:
    """Price of one accelerator with its share of the server, and where it comes from."""
    if ownership.usd_per_accelerator is not None:
        return ownership.usd_per_accelerator, "your input"
    if entry.purchase_usd is None:
        return None, f"no purchase price is known for {entry.short_name}"
    economics = catalog.constants.economics
    basis = f"{entry.purchase_basis}, {entry.purchase_date}, {entry.sources['purchase']}"
    if any(word in entry.purchase_basis for word in economics.whole_system_words.value):
        return entry.purchase_usd, basis
    factor = economics.server_over_card
    return entry.purchase_usd * factor.value, f"{basis}; x {factor.value:g} for the server ({factor.source})"


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
        "its.capital", "Price with server and network", "USD", ("its.purchase", "ownership.network_share"),
        "{its.purchase} / (1 - {ownership.network_share})", lambda price, share: price / (1.0 - share),
    ),
    Figure(
        "its.write_off", "Price written off, an hour of its life", "USD/h",
        ("its.capital", "ownership.residual", "ownership.years"),
        "{its.capital} x (1 - {ownership.residual}) / {ownership.years} / 8,760", _hourly_write_off,
    ),
    Figure(
        "its.yearly", "Price recovered with interest, a year", "USD",
        ("its.capital", "ownership.years", "ownership.cost_of_capital", "ownership.residual"),
        "{its.capital} x ((1 + {ownership.cost_of_capital}) ^ {ownership.years} - {ownership.residual})"
        " x {ownership.cost_of_capital} / ((1 + {ownership.cost_of_capital}) ^ {ownership.years} - 1)",
        annuity, where=("ownership.cost_of_capital",),
    ),
    Figure(
        "its.yearly", "Price recovered, a year", "USD",
        ("its.capital", "ownership.years", "ownership.cost_of_capital", "ownership.residual"),
        "{its.capital} x (1 - {ownership.residual}) / {ownership.years}", annuity,
    ),
    # The annuity is more than the straight line by the interest; at no rate rounding may make it less.
    Figure(
        "its.interest", "Cost of the capital bound, an hour of its life", "USD/h",
        ("its.yearly", "its.write_off"), "the larger of 0 and ({its.yearly} / 8,760 - {its.write_off})",
        lambda yearly, write_off: np.maximum(yearly / HOURS_PER_YEAR - write_off, 0.0),
    ),
    Figure(
        "its.facility", "Space, cooling and power distribution, an hour of its life", "USD/h",
        ("its.server_kw", "ownership.facility_usd_per_kw_month"),
        "{its.server_kw} kW x {ownership.facility_usd_per_kw_month} / 730",
        lambda kw, usd: kw * usd / HOURS_PER_MONTH,
    ),
    Figure(
        "its.upkeep", "Staff, spares and repairs, an hour of its life", "USD/h",
        ("its.capital", "ownership.upkeep"), "{its.capital} x {ownership.upkeep} / 8,760",
        lambda price, share: price * share / HOURS_PER_YEAR,
    ),
    Figure(
        "its.power", "Energy of an hour used", "USD/h",
        ("its.server_kw", "constants.power_over_nameplate", "site.pue", "site.usd_per_kwh"),
        "{its.server_kw} kW x {constants.power_over_nameplate} x {site.pue} x {site.usd_per_kwh}",
        lambda kw, typical, pue, usd: facility_kw(kw, typical, pue) * usd,
    ),
    Figure(
        "its.fixed", "An hour of its life, used or not", "USD/h",
        ("its.write_off", "its.interest", "its.facility", "its.upkeep"),
        "{its.write_off} + {its.interest} + {its.facility} + {its.upkeep}",
        lambda write_off, interest, facility, upkeep: write_off + interest + facility + upkeep,
    ),
    Figure(
        "its.owned_rate", "An hour used, idle hours carried", "USD/h",
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


@dataclass(frozen=True, slots=True)
class RentOrBuy:
    """The same accelerators rented and bought, month by month (arrays over months 0, 1, 2...)."""

    count: int
    rent: float
    """USD per accelerator-hour."""
    owned: OwnedRate
    break_even_utilization: float | None
    """Share of hours used above which owning is cheaper; None = never, even when always used."""
    crossover_month: float | None
    """When the money spent on buying falls below what rent would have taken; None = not in ten years."""
    months: Array
    rented_usd: Array
    bought_usd: Array
    resold_usd: Array
    """Bought, less what the used hardware would then fetch: the cost of stopping in that month."""
    planned_hours: float = 0.0
    """Hours the plan itself uses each of them."""

    @property
    def planned_months(self) -> float:
        """Months by which owned accelerators, used as assumed, have run the plan's hours."""
        return self.planned_hours / (self.owned.utilization * HOURS_PER_MONTH)

    @property
    def pays(self) -> bool:
        """Whether the plan alone is long enough for buying to pay."""
        return self.crossover_month is not None and self.planned_months >= self.crossover_month


def break_even_utilization(owned: OwnedRate, rent: float) -> float | None:
    """Utilization at which an owned hour costs as much as a rented one: fixed / (rent - energy)."""
    saved = rent - owned.energy
    if saved <= 0.0 or owned.fixed > saved:
        return None
    return owned.fixed / saved


def rent_or_buy(
    owned: OwnedRate, count: int, rent: float, value_kept_per_year: float, hours: float = 0.0
) -> RentOrBuy:
    """Cumulative cash of renting the hours used against buying.

    Rent is paid for used hours only. Buying pays the capital at once, then facility, upkeep and the energy of
    used hours by the month; interest is left out of cash and is in the hourly rate.

    Args:
        rent: USD per accelerator-hour.
        value_kept_per_year: share of its price that used hardware still fetches a year later.
        hours: those the plan itself uses each accelerator; months beyond them suppose other work.
    """
    # Cash, not cost: what is paid at once is not written off as well, and its interest is nobody's bill.
    used = owned.utilization * HOURS_PER_MONTH
    monthly_rent = count * used * rent
    monthly_own = count * ((owned.facility + owned.upkeep) * HOURS_PER_MONTH + owned.energy * used)
    months = np.arange(LONGEST_MONTHS + 1, dtype=np.float64)
    kept = value_kept_per_year ** (months / MONTHS_PER_YEAR)
    rented = monthly_rent * months
    bought = count * owned.capital + monthly_own * months
    return RentOrBuy(
        count=count,
        rent=rent,
        owned=owned,
        break_even_utilization=break_even_utilization(owned, rent),
        crossover_month=_crossing(months, bought - rented),
        months=months,
        rented_usd=rented,
        bought_usd=bought,
        resold_usd=bought - count * owned.capital * kept,
        planned_hours=hours,
    )


def _crossing(months: Array, excess: Array) -> float | None:
    """The first month at which an excess of buying over renting is gone, between the points by a line."""
    below = np.flatnonzero(excess <= 0.0)
    if not len(below):
        return None
    at = int(below[0])
    if at == 0:
        return float(months[0])
    high, low = float(excess[at - 1]), float(excess[at])
    return float(months[at - 1] + (months[at] - months[at - 1]) * high / (high - low))

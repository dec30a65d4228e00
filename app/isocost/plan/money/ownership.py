"""What an owned accelerator costs an hour, and whether to rent or to buy."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.constants.economics import load_economics
from isocost.catalog.records import AcceleratorEntry
from isocost.plan.money.energy import SiteFacts, kw_per_accelerator, site_facts
from isocost.plan.project.programme import Ownership, Site
from isocost.quantities.units import HOURS_PER_MONTH, HOURS_PER_YEAR, KILO, MONTHS_PER_YEAR

LONGEST_MONTHS = 120

Array = NDArray[np.float64]


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
    utilization: float

    @property
    def fixed(self) -> float:
        """By the hour of its life, used or not."""
        return self.write_off + self.interest + self.facility + self.upkeep

    @property
    def per_used_hour(self) -> float:
        """USD per hour used, idle hours carried."""
        return self.fixed / self.utilization + self.energy


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


def owned_rate(entry: AcceleratorEntry, ownership: Ownership, site: Site) -> OwnedRate | None:
    """Cost of owning an accelerator; None when no purchase price is typed or known.

    Capital is recovered by an annuity over the service life, r P ((1 + r)^n - residual) / ((1 + r)^n - 1);
    ``write_off`` is its straight-line part. The network is a share of the cluster's whole price.
    """
    price, source = purchase_price(entry, ownership)
    if price is None:
        return None
    capital = price / (1.0 - ownership.network_share)
    facts = site_facts(site)
    yearly = _annuity(capital, ownership)
    write_off = capital * (1.0 - ownership.residual) / ownership.years
    kw = entry.spec.server_power_w / KILO
    return OwnedRate(
        capital=capital,
        capital_source=source,
        write_off=write_off / HOURS_PER_YEAR,
        interest=max(yearly - write_off, 0.0) / HOURS_PER_YEAR,
        facility=kw * ownership.facility_usd_per_kw_month / HOURS_PER_MONTH,
        upkeep=capital * ownership.upkeep / HOURS_PER_YEAR,
        energy=_energy(entry, facts),
        utilization=ownership.utilization,
    )


def purchase_price(entry: AcceleratorEntry, ownership: Ownership) -> tuple[float | None, str]:
    """Price of one accelerator with its share of the server, and where it comes from."""
    if ownership.usd_per_accelerator is not None:
        return ownership.usd_per_accelerator, "your input"
    if entry.purchase_usd is None:
        return None, f"no purchase price is known for {entry.short_name}"
    economics = load_economics()
    basis = f"{entry.purchase_basis}, {entry.purchase_date}, {entry.sources['purchase']}"
    if any(word in entry.purchase_basis for word in economics.whole_system_words.value):
        return entry.purchase_usd, basis
    factor = economics.server_over_card
    return entry.purchase_usd * factor.value, f"{basis}; x {factor.value:g} for the server ({factor.source})"


def _annuity(capital: float, ownership: Ownership) -> float:
    """Yearly payment that recovers the capital with interest over the service life."""
    years, rate = ownership.years, ownership.cost_of_capital
    growth = math.expm1(years * math.log1p(rate))
    if growth == 0.0:
        return capital * (1.0 - ownership.residual) / years
    return capital * (growth + 1.0 - ownership.residual) * rate / growth


def _energy(entry: AcceleratorEntry, facts: SiteFacts) -> float:
    return kw_per_accelerator(entry.spec, facts.pue) * facts.usd_per_kwh


def break_even_utilization(owned: OwnedRate, rent: float) -> float | None:
    """Utilization at which an owned hour costs as much as a rented one: fixed / (rent - energy)."""
    saved = rent - owned.energy
    if saved <= 0.0 or owned.fixed > saved:
        return None
    return owned.fixed / saved


def rent_or_buy(
    entry: AcceleratorEntry, count: int, rent: float, ownership: Ownership, site: Site, hours: float = 0.0
) -> RentOrBuy | None:
    """Cumulative cash of renting the hours used against buying; None when no purchase price is known.

    ``hours`` are those the plan itself uses each accelerator: months beyond them suppose other work.

    Rent is paid for used hours only. Buying pays the capital at once, then facility, upkeep and the energy of
    used hours by the month; interest is left out of cash and is in the hourly rate.
    """
    owned = owned_rate(entry, ownership, site)
    if owned is None:
        return None
    used = owned.utilization * HOURS_PER_MONTH
    monthly_rent = count * used * rent
    monthly_own = count * ((owned.facility + owned.upkeep) * HOURS_PER_MONTH + owned.energy * used)
    months = np.arange(LONGEST_MONTHS + 1, dtype=np.float64)
    kept = load_economics().value_kept_per_year.value ** (months / MONTHS_PER_YEAR)
    rented = monthly_rent * months
    bought = count * owned.capital + monthly_own * months
    resold = bought - count * owned.capital * kept
    return RentOrBuy(
        count=count,
        rent=rent,
        owned=owned,
        break_even_utilization=break_even_utilization(owned, rent),
        crossover_month=_crossing(months, bought - rented),
        months=months,
        rented_usd=rented,
        bought_usd=bought,
        resold_usd=resold,
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

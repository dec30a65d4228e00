"""Whether to rent a plan's accelerators or to buy them: one sum and one verdict over their service life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isocost.plan.money.ownership import OwnedRate
from isocost.plan.project.programme import Ownership
from isocost.quantities.units import HOURS_PER_MONTH, MONTHS_PER_YEAR

Array = NDArray[np.float64]
Number = Any
"""A float, or an array of samples."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """Accelerators of one type that stages of a plan run on, one stage after another."""

    name: str
    count: int
    """The most that any of the stages takes."""
    rent: Number
    """USD per accelerator-hour, on average over the hours. Rent and hours may be arrays of samples."""
    owned: OwnedRate
    hours: Number
    """Accelerator-hours the plan uses."""
    stages: tuple[int, ...] = ()
    """Those that run on them, as places among the stages that count."""

    def monthly(self, usd_per_hour: Number) -> Number:
        """USD a month of all of them, used as assumed, at a rate of an hour used."""
        return self.count * self.owned.utilization * HOURS_PER_MONTH * usd_per_hour

    @property
    def carrying(self) -> float:
        """USD a month to have and use all of them, the price itself apart."""
        owned = self.owned
        life = (owned.interest + owned.facility + owned.upkeep) * HOURS_PER_MONTH
        return float(self.count * life + self.monthly(owned.energy))


@dataclass(frozen=True)
class RentOrBuy:
    """A plan's accelerators rented and bought, month by month up to the end of their service life.

    Rent is paid for used hours only. Buying pays the price at once, then facility, upkeep, the cost of the
    capital bound and the energy of used hours by the month, and gets the residual back at the end. So the
    lines meet within the service life exactly where utilization reaches the break-even.
    """

    fleets: tuple[Fleet, ...]
    days: float
    """Days the covered stages take, one after another."""
    left_out: tuple[str, ...]
    """Stages on accelerators without a purchase price, which the sums leave out."""
    utilization: float
    """Share of hours used, by the plan and by other work."""
    residual_usd: float
    """What is got back at the end of the service life."""
    months: Array
    """0, 1, 2... and the last of the service life."""
    rented_usd: Array
    """Money spent on renting by each of ``months``."""
    bought_usd: Array
    """Money spent on buying by each of them."""
    resold_usd: Array
    """Bought, less what the used hardware would then fetch: the cost of stopping in that month."""

    @property
    def count(self) -> int:
        """Accelerators to buy."""
        return sum(fleet.count for fleet in self.fleets)

    @property
    def life_months(self) -> float:
        """The service life."""
        return float(self.months[-1])

    @property
    def capital_usd(self) -> float:
        """Their price with server and network."""
        return sum(fleet.count * fleet.owned.capital for fleet in self.fleets)

    @property
    def rent_per_month(self) -> Number:
        """USD a month rented, used as assumed."""
        return sum(fleet.monthly(fleet.rent) for fleet in self.fleets)

    @property
    def carrying_per_month(self) -> float:
        """USD a month bought, the price itself apart."""
        return sum(fleet.carrying for fleet in self.fleets)

    @property
    def break_even_utilization(self) -> float | None:
        """Share of hours used above which owning is cheaper over the service life; None = never."""
        fixed = sum(fleet.count * fleet.owned.fixed for fleet in self.fleets)
        saved = sum(fleet.count * (fleet.rent - fleet.owned.energy) for fleet in self.fleets)
        return None if saved <= 0.0 or fixed > saved else fixed / saved

    @property
    def crossover_month(self) -> float | None:
        """When the money spent on buying falls below what rent would have taken, used as assumed.

        None = not within the service life.
        """
        month = float(self.crossing)
        return month if month < np.inf else None

    @property
    def crossing(self) -> Number:
        """The same for rents that may be arrays; infinite = not within the service life."""
        fixed = sum(fleet.count * fleet.owned.fixed for fleet in self.fleets)
        by_use = np.asarray(sum(fleet.count * (fleet.rent - fleet.owned.energy) for fleet in self.fleets))
        even = np.where(by_use > 0.0, fixed / np.where(by_use > 0.0, by_use, 1.0), np.inf)
        saved = np.asarray(self.rent_per_month - self.carrying_per_month)
        # A price that only what is got back at the end pays for is earned back at the end.
        earned = np.minimum(self.capital_usd / np.where(saved > 0.0, saved, np.nan), self.life_months)
        earned = np.where(saved > 0.0, earned, self.life_months)
        return np.where(even <= min(self.utilization, 1.0), earned, np.inf)

    @property
    def planned_usd(self) -> Number:
        """Rent of the plan's own hours."""
        return sum(fleet.hours * fleet.rent for fleet in self.fleets)

    @property
    def planned_months(self) -> float:
        """Months of rent, used as assumed, that the plan's own hours come to."""
        return float(self.filled)

    @property
    def filled(self) -> Number:
        """The same of rents and hours that may be arrays."""
        monthly = np.asarray(self.rent_per_month)
        return np.where(monthly > 0.0, self.planned_usd / np.where(monthly > 0.0, monthly, 1.0), 0.0)

    @property
    def planned_bought_usd(self) -> float:
        """Money spent on buying by the time the plan's own hours are run; bought anew as lives end."""
        months, life = self.planned_months, self.life_months
        if months < life:
            return self.capital_usd + self.carrying_per_month * months
        whole = self.capital_usd - self.residual_usd + self.carrying_per_month * life
        return whole * months / life

    @property
    def pays(self) -> bool:
        """Whether the plan alone is long enough for buying to pay."""
        return self.crossover_month is not None and self.planned_months >= self.crossover_month


def rent_or_buy(
    fleets: Sequence[Fleet],
    ownership: Ownership,
    value_kept_per_year: float,
    *,
    days: float = 0.0,
    left_out: Sequence[str] = (),
) -> RentOrBuy:
    """The two lines of a plan's fleets, of which there is at least one.

    Args:
        value_kept_per_year: share of its price that used hardware still fetches a year later.
        days: those the plan itself takes on them; months beyond them suppose other work.
        left_out: names of stages the fleets do not cover.
    """
    life = ownership.years * MONTHS_PER_YEAR
    months = np.append(np.arange(np.ceil(life)), life)
    capital = sum(fleet.count * fleet.owned.capital for fleet in fleets)
    residual = capital * ownership.residual
    bought = capital + sum(fleet.carrying for fleet in fleets) * months
    kept = value_kept_per_year ** (months / MONTHS_PER_YEAR)
    resold = bought - capital * kept
    bought[-1] -= residual
    return RentOrBuy(
        fleets=tuple(fleets),
        days=days,
        left_out=tuple(left_out),
        utilization=ownership.utilization,
        residual_usd=residual,
        months=months,
        rented_usd=sum(fleet.monthly(fleet.rent) for fleet in fleets) * months,
        bought_usd=bought,
        resold_usd=resold,
    )

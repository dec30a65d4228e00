"""Whether a scenario's accelerators are better rented or bought."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.catalog import Catalog
from isocost.plan.answer.results import StageEstimate
from isocost.plan.money.ledger import basis_of
from isocost.plan.money.ownership import RentOrBuy, rent_or_buy
from isocost.plan.money.supply import hourly_usd
from isocost.plan.project.project import Scenario
from isocost.quantities.units import HOURS_PER_DAY


def rent_or_buy_of(
    scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog
) -> RentOrBuy | None:
    """The scenario's accelerators at the rent of its terms against bought ones, with the hours they work.

    For accelerators that are owned already the rent is the scenario's price. None when no purchase price is
    typed or known.
    """
    entry = catalog.accelerator(scenario.hardware.accelerator)
    rent = scenario.price.usd_per_gpu_hour
    if scenario.supply.mode not in ("own", "mixed"):
        rent = hourly_usd(scenario, rent, entry)
    hours = float(basis_of(scenario, results, catalog).shared_days) * HOURS_PER_DAY
    return rent_or_buy(entry, scenario.hardware.count, rent, scenario.ownership, scenario.site, hours)

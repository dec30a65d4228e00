"""What a delay costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.plan.ledger import basis_of, cents, programme_total
from isocost.plan.ledger_fields import origin
from isocost.plan.ownership import HOURS_PER_MONTH
from isocost.plan.project import Scenario
from isocost.plan.results import LedgerLine, StageEstimate
from isocost.plan.supply import idle_usd, rate_of
from isocost.plan.surroundings import DAYS_PER_WEEK, GIGA, HOURS_PER_DAY, stored_gb
from isocost.quantities import format_bytes, format_count, format_money, format_quantity, format_share

HOURS_PER_WEEK = DAYS_PER_WEEK * HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class Slip:
    """What a delay costs."""

    weeks: float
    lines: tuple[LedgerLine, ...]
    total_usd: float


def slip(scenario: Scenario, results: Sequence[StageEstimate], catalog: Catalog, weeks: float) -> Slip:
    """What it costs when everything ends ``weeks`` later and no more work is done.

    Accelerators that stay reserved, or are owned, stand idle; people and storage go on; support and penalties
    with them.
    """
    on = basis_of(scenario, results, catalog)
    entry = catalog.accelerator(scenario.hardware.accelerator)
    idle = idle_usd(scenario, scenario.price.usd_per_gpu_hour, entry)
    months = weeks * HOURS_PER_WEEK / HOURS_PER_MONTH
    held = float(on.count) * HOURS_PER_WEEK * weeks * idle
    people, gigabytes = scenario.people, stored_gb(scenario, on)
    storage_rate, late = scenario.storage.usd_per_gb_month, scenario.schedule.usd_per_week_late
    long, lasting = (
        f"{format_quantity(weeks, 'number')} {'week' if weeks == 1 else 'weeks'}",
        f"{format_quantity(months, 'number')} months",
    )
    salary, staff = people.heads * people.usd_per_month, format_quantity(people.heads, "number")
    where = {
        "people": f"heads: your input; rate: {origin('people.usd_per_month', people.usd_per_month)}",
        "storage": f"bytes: your input; rate: {origin('storage.usd_per_gb_month', storage_rate)}",
    }
    lines = (
        LedgerLine(
            "Idle accelerators", cents(held), _rate_source(scenario, catalog), "idle", "infrastructure",
            f"{format_count(float(on.count))} x {long} x 168 h x {format_money(idle)}",
        ),
        LedgerLine(
            "Support", cents(held * scenario.programme.support), "your input", "support", "infrastructure",
            f"{format_share(scenario.programme.support)} of that",
        ),
        LedgerLine(
            "People", cents(salary * months), where["people"], "people", "people",
            f"{staff} people x {lasting} x {format_money(people.usd_per_month)}",
        ),
        LedgerLine(
            "Storage", cents(gigabytes * months * storage_rate), where["storage"], "storage",
            "infrastructure",
            f"{format_bytes(gigabytes * GIGA)} x {lasting} x {format_money(storage_rate)} per GB-month",
        ),
        LedgerLine(
            "Late delivery", cents(late * weeks), "your input", "late", "contingency",
            f"{long} x {format_money(late)}",
        ),
    )  # fmt: skip
    counted = tuple(line for line in lines if line.cost_usd)
    return Slip(weeks, counted, programme_total(counted))


def _rate_source(scenario: Scenario, catalog: Catalog) -> str:
    shared = next((stage for stage in scenario.stages if stage.hardware is None), scenario.stages[0])
    return rate_of(scenario, shared, catalog).source or "your input"

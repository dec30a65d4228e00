"""What a delay costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from isocost.catalog import Catalog
from isocost.plan.answer.results import LedgerGroup, LedgerLine, StageEstimate
from isocost.plan.inputs.table import origin
from isocost.plan.money.arithmetic import Factor, product
from isocost.plan.money.ledger import basis_of, programme_total
from isocost.plan.money.ownership import HOURS_PER_MONTH
from isocost.plan.money.supply import idle_usd, rate_of
from isocost.plan.money.surroundings import DAYS_PER_WEEK, HOURS_PER_DAY, cents, stored_gb
from isocost.plan.project.project import Scenario

HOURS_PER_WEEK = DAYS_PER_WEEK * HOURS_PER_DAY
USUAL_SHARE, USUAL_WEEKS = 0.25, 4.0
"""A delay worth asking about first: this share of the programme, and these weeks at most."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a delay costs."""

    weeks: float
    lines: tuple[LedgerLine, ...]
    total_usd: float


def usual_slip(days: float) -> float:
    """Whole weeks of delay to ask about first, in a programme of some days; none in a short one."""
    return float(min(USUAL_WEEKS, round(USUAL_SHARE * days / DAYS_PER_WEEK)))


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
    who = f"heads: your input; rate: {origin('people.usd_per_month', people.usd_per_month)}"
    what = f"bytes: your input; rate: {origin('storage.usd_per_gb_month', storage_rate)}"
    hours = Factor(weeks * HOURS_PER_WEEK)
    lines = (
        _line(
            "Idle accelerators", "idle", held, _rate_source(scenario, catalog),
            "{} x {} h x {}", Factor(float(on.count)), hours, Factor(idle, "usd"),
        ),
        _line(
            "Support", "support", held * scenario.programme.support, "your input",
            "{} of {}", Factor(scenario.programme.support, "share"), Factor(held, "usd"),
        ),
        _line(
            "People", "people", people.heads * months * people.usd_per_month, who,
            "{} people x {} months x {}", Factor(people.heads), Factor(months),
            Factor(people.usd_per_month, "usd"),
        ),
        _line(
            "Storage", "storage", gigabytes * months * storage_rate, what,
            "{} GB x {} months x {}", Factor(gigabytes), Factor(months), Factor(storage_rate, "usd"),
        ),
        _line(
            "Late delivery", "late", late * weeks, "your input",
            "{} weeks x {}", Factor(weeks), Factor(late, "usd"),
        ),
    )  # fmt: skip
    counted = tuple(line for line in lines if line.cost_usd)
    return Slip(weeks, counted, programme_total(counted))


_GROUPS: dict[str, LedgerGroup] = {"people": "people", "late": "contingency"}
"""Those of the lines that are not infrastructure."""


def _line(name: str, key: str, usd: float, source: str, words: str, *factors: Factor) -> LedgerLine:
    group = _GROUPS.get(key, "infrastructure")
    return LedgerLine(name, cents(usd), source, key, group, product(words, *factors))


def _rate_source(scenario: Scenario, catalog: Catalog) -> str:
    shared = next((stage for stage in scenario.stages if stage.hardware is None), scenario.stages[0])
    return rate_of(scenario, shared, catalog).source or "your input"

"""What a delay costs."""

from __future__ import annotations

from dataclasses import dataclass

from isocost.plan.money.ledger import LedgerLine, late_lines, programme_total
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.project.programme import PREPAID


@dataclass(frozen=True, slots=True)
class Slip:
    """What a delay costs."""

    weeks: float
    lines: tuple[LedgerLine, ...]
    total_usd: float
    paid_hours: float = 0.0
    """Of the delay, those that are reserved and paid already."""


def slip(on: Reckoning, weeks: float) -> Slip:
    """What it costs when everything ends ``weeks`` later and no more work is done.

    Accelerators that stay reserved, or are owned, stand idle, unless hours that are reserved, unused and paid
    already take the delay; people and storage go on; support and penalties with them.
    """
    late = on.late(weeks)
    lines = late_lines(late)
    paid = late["late.paid_hours"] if on.scenario.supply.mode in PREPAID else 0.0
    return Slip(weeks, lines, programme_total(lines), paid)

"""``isocost offers``: three ways to get a plan done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isocost.cli.solving.asking import tell

if TYPE_CHECKING:
    from isocost.plan.solve.case import Case
    from isocost.report.told import Told

DESCRIPTION = (
    "Offer the cheapest, the fastest and a balanced way to get a plan done among every accelerator on offer: "
    "each stays within budget and deadline at least as likely as not, both together."
)


def run(arguments: Sequence[str]) -> int:
    """Print three offers. Raises FileError, UsageError, CatalogError."""
    return tell("offers", DESCRIPTION, arguments, _told)


def _told(case: Case, without: frozenset[str]) -> Told:
    from isocost.plan.solve.hardware.offers import offers
    from isocost.report.decisions.solving.offers import offered

    return offered(offers(case, without), case)

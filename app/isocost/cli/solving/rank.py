"""``isocost rank``: accelerators for a deadline, and where the ranking flips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isocost.cli.solving.asking import tell

if TYPE_CHECKING:
    from isocost.plan.solve.case import Case
    from isocost.report.told import Told

DESCRIPTION = (
    "Rank accelerators by what they cost to finish a plan by its deadline, and say for which deadlines, up "
    "to which price and down to which MFU that holds. Without a deadline they are ranked at the plan's count."
)


def run(arguments: Sequence[str]) -> int:
    """Print the ranking. Raises FileError, UsageError, CatalogError."""
    return tell("rank", DESCRIPTION, arguments, _told)


def _told(case: Case, without: frozenset[str]) -> Told:
    from isocost.plan.solve.hardware.ranks import ranking
    from isocost.report.decisions.solving.rank import ranked

    return ranked(ranking(case, without), case)

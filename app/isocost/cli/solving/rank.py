"""``isocost rank``: accelerators for a deadline, and where the ranking flips."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import command_parser
from isocost.cli.output import write
from isocost.cli.solving.asking import add_case, asked

DESCRIPTION = (
    "Rank accelerators by what they cost to finish a plan by its deadline, and say for which deadlines, up "
    "to which price and down to which MFU that holds. Without a deadline they are ranked at the plan's count."
)


def run(arguments: Sequence[str]) -> int:
    """Print the ranking. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("rank", DESCRIPTION)
    add_case(parser)
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import refusals
    from isocost.plan.solve.hardware.ranks import ranking
    from isocost.report.decisions.solving.rank import ranked
    from isocost.report.told import FORMS

    case, without = asked(chosen)
    with refusals(chosen.file):
        found = ranking(case, without)
    write(FORMS[chosen.format](ranked(found, case)))
    return 0

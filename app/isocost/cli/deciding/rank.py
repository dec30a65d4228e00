"""``isocost rank``: accelerators for a deadline, and where the ranking flips."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_goal, add_plan, add_scenario, add_without, command_parser
from isocost.cli.output import write

DESCRIPTION = (
    "Rank accelerators by what they cost to finish a plan by its deadline, and say for which deadlines, up "
    "to which price and down to which MFU that holds. Without a deadline they are ranked at the plan's count."
)


def run(arguments: Sequence[str]) -> int:
    """Print the ranking. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("rank", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_goal(parser)
    add_without(parser)
    add_format(parser)
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.deciding.asking import case_of, named
    from isocost.cli.errors import UsageError
    from isocost.plan.solve.case import WishError
    from isocost.plan.solve.hardware.ranks import ranking
    from isocost.report.decisions.rank import ranked
    from isocost.report.told import FORMS

    case = case_of(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    try:
        found = ranking(case, named(chosen.without, case.catalog))
    except WishError as error:
        raise UsageError(f"{chosen.file}: {error}") from error
    write(FORMS[chosen.format](ranked(found, case)))
    return 0

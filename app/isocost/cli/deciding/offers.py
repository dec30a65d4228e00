"""``isocost offers``: three ways to get a plan done."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_goal, add_plan, add_scenario, add_without, command_parser
from isocost.cli.output import write

DESCRIPTION = (
    "Offer the cheapest, the fastest and a balanced way to get a plan done among every accelerator on offer: "
    "each stays within budget and deadline at least as likely as not, both together."
)


def run(arguments: Sequence[str]) -> int:
    """Print three offers. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("offers", DESCRIPTION)
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
    from isocost.plan.solve.hardware.offers import offers
    from isocost.report.decisions.offers import offered
    from isocost.report.told import FORMS

    case = case_of(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    try:
        found = offers(case, named(chosen.without, case.catalog))
    except WishError as error:
        raise UsageError(f"{chosen.file}: {error}") from error
    write(FORMS[chosen.format](offered(found, case)))
    return 0

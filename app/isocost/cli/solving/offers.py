"""``isocost offers``: three ways to get a plan done."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import command_parser
from isocost.cli.output import write
from isocost.cli.solving.asking import add_case, asked

DESCRIPTION = (
    "Offer the cheapest, the fastest and a balanced way to get a plan done among every accelerator on offer: "
    "each stays within budget and deadline at least as likely as not, both together."
)


def run(arguments: Sequence[str]) -> int:
    """Print three offers. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("offers", DESCRIPTION)
    add_case(parser)
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import refusals
    from isocost.plan.solve.hardware.offers import offers
    from isocost.report.decisions.solving.offers import offered
    from isocost.report.told import FORMS

    case, without = asked(chosen)
    with refusals(chosen.file):
        found = offers(case, without)
    write(FORMS[chosen.format](offered(found, case)))
    return 0

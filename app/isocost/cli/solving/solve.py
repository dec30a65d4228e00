"""``isocost solve``: what a budget and a deadline allow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, add_goal, add_plan, add_scenario, command_parser
from isocost.cli.output import write

if TYPE_CHECKING:
    import argparse

    from isocost.report.told import Told

DESCRIPTION = (
    "Solve a plan for one of its inputs: the best model for a budget and a deadline, the most tokens or "
    "parameters, the cheapest count or accelerator in time, the price or the MFU that makes it work, the "
    "least budget, the soonest deadline. Everything else stays as in the plan."
)
WANTED = ("model", "tokens", "parameters", "count", "accelerator", "price", "mfu", "budget", "deadline")


def run(arguments: Sequence[str]) -> int:
    """Print the value that holds budget and deadline. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("solve", DESCRIPTION)
    add_plan(parser)
    parser.add_argument("--for", dest="unknown", choices=WANTED, required=True, help="the input to solve for")
    add_scenario(parser)
    add_goal(parser)
    parser.add_argument(
        "--law", metavar="ID", help="law of loss: hoffmann, muennighoff... (default: the usual)"
    )
    parser.add_argument(
        "--tokens-per-parameter", metavar="N", help="tokens follow the model's size: 20 for compute-optimal"
    )
    parser.add_argument("--keep-count", action="store_true", help="leave the plan's count as it is")
    parser.add_argument(
        "--any-accelerator", action="store_true", help="try every accelerator on offer, not the plan's alone"
    )
    add_format(parser)
    chosen = parser.parse_args(arguments)
    from isocost.report.told import FORMS

    write(FORMS[chosen.format](_told(chosen)))
    return 0


def _told(chosen: argparse.Namespace) -> Told:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.arguments import ratio_of
    from isocost.cli.plans import refusals
    from isocost.cli.solving.asking import case_of
    from isocost.plan.solve.knee import knee
    from isocost.plan.solve.solution import Wish
    from isocost.plan.solve.solve import solve
    from isocost.report.decisions.solving.solve import solved

    case = case_of(chosen.file, chosen.scenario, chosen.budget, chosen.deadline)
    text = chosen.tokens_per_parameter
    ratio = None if text is None else ratio_of("--tokens-per-parameter", text)
    wish = Wish(chosen.unknown, chosen.law, ratio, chosen.keep_count, chosen.any_accelerator)
    laws = case.catalog.constants.laws
    law = laws.law(chosen.law).name
    with refusals(chosen.file):
        found = solve(case, wish)
    return solved(found, case, law, knee(case) if wish.unknown == "count" else None)

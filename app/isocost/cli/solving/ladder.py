"""``isocost ladder``: what sums of money buy today."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_scenario, command_parser
from isocost.cli.output import write

DESCRIPTION = (
    "Say what $100 to $100M buy today of each kind of training: a model from nothing, more text for an 8B, a "
    "full tune, a LoRA, reinforcement learning; solved on every accelerator on offer, and checked for memory."
)


def run(arguments: Sequence[str]) -> int:
    """Print the ladder. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("ladder", DESCRIPTION)
    parser.add_argument(
        "file", metavar="FILE", nargs="?", help="a plan whose prices, terms and software hold (default: none)"
    )
    add_scenario(parser)
    terms = parser.add_mutually_exclusive_group()
    terms.add_argument(
        "--owned", action="store_true", help="on accelerators of one's own (default: the plan's terms)"
    )
    terms.add_argument("--rented", action="store_true", help="rented, whatever the plan's terms")
    parser.add_argument("--on", metavar="NAMES", help="only these accelerators, for example h100-sxm,b200")
    add_format(parser)
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from datetime import date

    from isocost.cli.errors import UsageError
    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.cli.solving.asking import named
    from isocost.plan.solve.case import WishError
    from isocost.plan.solve.hardware.ladder import ladder, usual_plan
    from isocost.report.decisions.solving.ladder import climbed
    from isocost.report.told import FORMS

    catalog = open_catalog()
    if chosen.file is None and chosen.scenario is not None:
        raise UsageError("--scenario: name the plan file too.")
    project = usual_plan(catalog) if chosen.file is None else open_plan(chosen.file, catalog, shown=False)
    index = scenario_index(project, chosen.scenario)
    only = named(chosen.on, catalog)
    owned = chosen.owned or (project.scenarios[index].supply.mode == "own" and not chosen.rented)
    try:
        found = ladder(project, catalog, index, date.today(), owned=owned, accelerators=only)
    except WishError as error:
        raise UsageError(str(error)) from error
    write(FORMS[chosen.format](climbed(found, catalog)))
    return 0

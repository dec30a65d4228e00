"""``isocost loss``: the loss a plan's model can be expected to reach."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.output import write

DESCRIPTION = (
    "Say what loss the model of a plan can be expected to reach under each scaling law, where the best split "
    "of its compute lies, which published models are like it, and what its size costs and saves."
)


def run(arguments: Sequence[str]) -> int:
    """Print the loss of a plan's model. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("loss", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_format(parser)
    chosen = parser.parse_args(arguments)
    write(_written(chosen.file, chosen.scenario, chosen.format))
    return 0


def _written(file: str, scenario: str | None, written: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered, title_of
    from isocost.plan.answer.loss import loss_report
    from isocost.report.decisions.solving.loss import told
    from isocost.report.told import FORMS

    found = answered(file, scenario)
    return FORMS[written](told(title_of(found), loss_report(found)))

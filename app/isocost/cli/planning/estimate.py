"""``isocost estimate``: what a plan costs and takes."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.output import write

DESCRIPTION = "Say what a plan costs and takes, with the same numbers as the window."


def run(arguments: Sequence[str]) -> int:
    """Print the estimate of a plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("estimate", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    add_format(parser)
    chosen = parser.parse_args(arguments)
    write(_report(chosen.file, chosen.scenario, chosen.format))
    return 0


def _report(file: str, scenario: str | None, written: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered
    from isocost.quantities import money_shown_in
    from isocost.report import estimate_tables, estimate_text
    from isocost.report.estimate_questions import questions

    found = answered(file, scenario)
    if written == "csv":
        return estimate_tables.csv_text(found.estimate)
    writers = {
        "text": estimate_text.text,
        "json": estimate_tables.json_text,
        "markdown": estimate_tables.markdown_text,
    }
    with money_shown_in(found.money):
        return writers[written](found.estimate, questions(found))

"""``isocost actual``: a run's record against its plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = (
    "Hold the record of a run against its plan: progress, pace so far, and what the rest will take and cost. "
    "The record is a CSV file with a column of time (hours, days, seconds or date) and one of progress "
    "(tokens, step, or tokens_per_s of all accelerators), and perhaps loss."
)


def run(arguments: Sequence[str]) -> int:
    """Print a run against its plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("actual", DESCRIPTION)
    add_plan(parser)
    parser.add_argument("record", metavar="RECORD.csv", type=Path, help="what the run has done so far")
    parser.add_argument(
        "--stage", metavar="NAME", help="stage it is of (default: the one that makes the model)"
    )
    parser.add_argument(
        "--spent", metavar="USD", help="spent on it so far, such as $120K (default: its hours as planned)"
    )
    add_scenario(parser)
    add_format(parser)
    chosen = parser.parse_args(arguments)
    write(_written(chosen.file, chosen.record, chosen.stage, chosen.spent, chosen.scenario, chosen.format))
    return 0


def _written(
    file: str, record: Path, stage: str | None, spent: str | None, scenario: str | None, written: str
) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered, title_of
    from isocost.files.records import load_record, progress_in
    from isocost.plan.answer.actual import NoRunError, actual, trained_stage
    from isocost.report.decisions.actual import told
    from isocost.report.told import FORMS

    found = answered(file, scenario)
    read = load_record(record)
    try:
        at = trained_stage(found, stage)
        progress = progress_in(read, found.estimate.stages[at].batch_tokens)
        against = actual(found, at, progress, read.start, None if spent is None else _usd(spent))
    except NoRunError as error:
        raise UsageError(f"{record}: {error}") from None
    return FORMS[written](told(title_of(found), against, read.problems))


def _usd(text: str) -> float:
    """An amount of money as it is typed. Raises UsageError."""
    from isocost.quantities import QuantityError, parse

    try:
        return parse(text, "money")
    except QuantityError as error:
        raise UsageError(f"--spent: {error}") from None

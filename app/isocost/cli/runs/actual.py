"""``isocost actual``: a run's record against its plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.plan.answer.actual import Progress
    from isocost.plan.answer.estimate import Answer

DESCRIPTION = (
    "Hold the record of a run against its plan: progress, pace so far, and what the rest will take and cost. "
    "The record is the log of a trainer, or a CSV file with a column of time (hours, days, seconds or date) "
    "and one of progress (tokens, step, or tokens_per_s of all accelerators), and perhaps loss."
)


def run(arguments: Sequence[str]) -> int:
    """Print a run against its plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("actual", DESCRIPTION)
    add_plan(parser)
    parser.add_argument(
        "record",
        metavar="RECORD",
        nargs="?",
        type=Path,
        help="what the run has done so far (default: what the plan itself tells of it)",
    )
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
    file: str, record: Path | None, stage: str | None, spent: str | None, scenario: str | None, written: str
) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered, title_of
    from isocost.files.imports.own import record_in
    from isocost.files.records import progress_in
    from isocost.plan.answer.actual import NoRunError, actual, trained_stage
    from isocost.report.decisions.actual import told
    from isocost.report.told import FORMS

    found = answered(file, scenario)
    usd = None if spent is None else _usd(spent)
    read = None if record is None else record_in(record)
    try:
        if read is None:
            at, progress, kept = _stored(found, stage)
            start, usd = None, kept if usd is None else usd
        else:
            at = trained_stage(found, stage)
            progress, start = progress_in(read, found.estimate.stages[at].batch_tokens), read.start
        against = actual(found, at, progress, start, usd)
    except NoRunError as error:
        raise UsageError(f"{record or file}: {error}") from None
    return FORMS[written](told(title_of(found), against, () if read is None else read.problems))


def _stored(found: Answer, stage: str | None) -> tuple[int, Progress, float | None]:
    """Place, progress and spending of the stage that the plan itself tells of. Raises NoRunError."""
    from isocost.plan.answer.actual import NoRunError, trained_stage, typed_progress
    from isocost.plan.project.underway import running_stage, tokens_done, underway_of

    at = running_stage(found.scenario) if stage is None else trained_stage(found, stage)
    told = None if at is None else underway_of(found.scenario.stages[at])
    if at is None or told is None:
        raise NoRunError(
            "the plan tells nothing of a run under way: give its record, or tell it in the window."
        )
    done = tokens_done(found.scenario.stages[at], told)
    if done is None or told.hours is None:
        raise NoRunError("the plan must tell both how much is done and after how long.")
    return at, typed_progress(done, told.hours), told.spent_usd


def _usd(text: str) -> float:
    """An amount of money as it is typed. Raises UsageError."""
    from isocost.quantities import QuantityError, parse

    try:
        return parse(text, "money")
    except QuantityError as error:
        raise UsageError(f"--spent: {error}") from None

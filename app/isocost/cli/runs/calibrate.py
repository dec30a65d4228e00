"""``isocost calibrate``: a plan corrected by the user's own measured runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_plan, add_scenario, command_parser, refuse_same
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.plan.project.project import Project

DESCRIPTION = (
    "Compare your own measured runs with the model and store the correction, with its spread, in a plan. The "
    "table has the columns of isocost predict and tokens_per_s_per_gpu, as measured."
)


def run(arguments: Sequence[str]) -> int:
    """Write the corrected plan. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("calibrate", DESCRIPTION)
    parser.add_argument("runs", metavar="RUNS.csv", type=Path, help="table of your measured runs")
    add_plan(parser)
    parser.add_argument("-o", "--output", metavar="PLAN", type=Path, required=True, help="plan to write")
    parser.add_argument("--stage", metavar="NAME", help="stage to correct alone (default: the whole plan)")
    add_scenario(parser)
    chosen = parser.parse_args(arguments)
    write(_calibrated(chosen.runs, chosen.file, chosen.output, chosen.scenario, chosen.stage))
    return 0


def _calibrated(runs: Path, file: str, output: Path, scenario: str | None, stage: str | None) -> str:
    from datetime import date

    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.cli.runs.tables import open_table
    from isocost.evidence.own_runs import NEEDED, calibrated, wrong_speeds
    from isocost.files import FileError, save_project
    from isocost.plan.answer.estimate import estimate
    from isocost.plan.project.correcting import correction_from, with_correction
    from isocost.report.decisions.calibration import applied_said, calibration_said, errors_said

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    _, rows = open_table(runs, NEEDED)
    refuse_same(runs, output)
    if wrong := wrong_speeds(rows):
        raise FileError(runs, wrong[0])
    try:
        found = calibrated(rows, catalog, source=runs.name, date=date.today().isoformat())
    except ValueError as error:
        raise FileError(runs, str(error)) from error
    at = _stage(project, index, stage, file)
    corrected = with_correction(project, correction_from(found), scenario=index, stage=at)
    before, after = (estimate(each, catalog, index) for each in (project, corrected))
    save_project(corrected, output)
    done = applied_said(corrected, index, at, before, after)
    return f"{calibration_said(found)}. {errors_said(found)} {done} Stored in {output}."


def _stage(project: Project, scenario: int, name: str | None, file: str) -> int | None:
    """The place of the stage that is meant; None = all. Raises UsageError."""
    from isocost.report.decisions.calibration import NOTHING_TO_CORRECT, stages_to_correct

    known = {named: at for at, named in stages_to_correct(project, scenario)}
    if not known:
        raise UsageError(f"{file}: {NOTHING_TO_CORRECT[0].lower()}{NOTHING_TO_CORRECT[1:]}")
    if name is not None and name not in known:
        raise UsageError(f"no stage that is predicted is called {name[:60]!r}; there are {', '.join(known)}.")
    return None if name is None else known[name]

"""``isocost calibrate``: a plan corrected by the user's own measured runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isocost.cli.arguments import add_plan, add_scenario, command_parser, refuse_same
from isocost.cli.errors import UsageError
from isocost.cli.output import write

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
    add_scenario(parser)
    chosen = parser.parse_args(arguments)
    write(_calibrated(chosen.runs, chosen.file, chosen.output, chosen.scenario))
    return 0


def _calibrated(runs: Path, file: str, output: Path, scenario: str | None) -> str:
    from dataclasses import asdict
    from datetime import date

    import msgspec

    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.cli.runs.predict import TRAINING
    from isocost.evidence.predict import correction
    from isocost.evidence.table import predict
    from isocost.files import FileError, load_runs, save_project
    from isocost.plan.kinds import kind_of
    from isocost.plan.project.project import replace_scenario
    from isocost.plan.values import Correction
    from isocost.quantities import format_share

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    _, rows = load_runs(runs, (*TRAINING, "tokens_per_s_per_gpu"))
    refuse_same(runs, output)
    measured = [_measured(runs, number, row["tokens_per_s_per_gpu"]) for number, row in enumerate(rows, 2)]
    try:
        found = correction(
            measured,
            predict(rows, catalog),
            shared=catalog.constants.accuracy.shared,
            source=runs.name,
            date=date.today().isoformat(),
        )
    except ValueError as error:
        raise FileError(runs, str(error)) from error
    held = project.scenarios[index]
    if not any(kind_of(stage).uses(stage, "efficiency.mfu") for stage in held.stages):
        raise UsageError(
            f"{file}: no stage of this plan is predicted from its model, so nothing is corrected."
        )
    efficiency = msgspec.structs.replace(held.efficiency, correction=Correction(**asdict(found)))
    changed = msgspec.structs.replace(held, efficiency=efficiency)
    save_project(replace_scenario(project, changed, scenario=index), output)
    return (
        f"{found.runs} of {len(rows)} runs used: measured is {format_share(found.factor)} of predicted, "
        f"80 % of further runs between {format_share(found.low)} and {format_share(found.high)}. "
        f"Stored in {output}."
    )


def _measured(path: Path, line: int, text: str) -> float | None:
    from isocost.evidence.row_words import number
    from isocost.files import FileError

    try:
        return number(text, "tokens_per_s_per_gpu")
    except ValueError:
        problem = f"line {line}, tokens_per_s_per_gpu: expected a number above 0, got {text.strip()[:40]!r}."
        raise FileError(path, problem) from None

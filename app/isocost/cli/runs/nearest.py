"""``isocost nearest``: the measured runs most like a plan, and how far off we are on them."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_plan, add_scenario, command_parser
from isocost.cli.output import write

DESCRIPTION = (
    "List the published runs most like each training stage of a plan: what was measured, what we predict for "
    "it, and which efficiencies behind the plan no run has determined."
)


def run(arguments: Sequence[str]) -> int:
    """Print the nearest measured runs of a plan's stages. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("nearest", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to write it (default: text)"
    )
    chosen = parser.parse_args(arguments)
    write(_written(chosen.file, chosen.scenario, chosen.format))
    return 0


def _written(file: str, scenario: str | None, written: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.plan.answer.fit import fit_report
    from isocost.report import nearest_runs

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    stages = range(len(project.scenarios[index].stages))
    reports = [fit_report(project, catalog, index, stage) for stage in stages]
    return nearest_runs.json_text(reports) if written == "json" else nearest_runs.text(reports)

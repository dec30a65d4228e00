"""``isocost launch``: the layout of a plan as launch settings of a training framework."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = (
    "Write the layout a plan uses as settings of a training framework, every assumption in a comment. What a "
    "framework has no words for is said in a comment that isocost import reads back, and on standard error."
)
TARGETS = ("megatron", "torchtitan", "deepspeed", "axolotl", "nemo-rl", "verl")


def run(arguments: Sequence[str]) -> int:
    """Print launch settings. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("launch", DESCRIPTION)
    add_plan(parser)
    parser.add_argument("--for", dest="target", choices=TARGETS, required=True, help="the framework")
    parser.add_argument(
        "--stage", metavar="NAME", help="stage of the plan (default: its first with a layout)"
    )
    add_scenario(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to write it (default: text)"
    )
    chosen = parser.parse_args(arguments)
    write(_written(chosen.file, chosen.target, chosen.stage, chosen.scenario, chosen.format))
    return 0


def _written(file: str, target: str, stage: str | None, scenario: str | None, form: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    import sys

    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.files.schema import nearest_or_all
    from isocost.plan.answer.fit import fit_report
    from isocost.report.forms import json_of
    from isocost.report.launch import wanted, written

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    names = [each.name for each in project.scenarios[index].stages]
    if stage is not None and stage not in names:
        raise UsageError(f"--stage: unknown stage {stage!r}; {nearest_or_all(stage, names)}")
    places = range(len(names)) if stage is None else [names.index(stage)]
    for place in places:
        found = wanted(fit_report(project, catalog, index, place), project.name, catalog)
        if found is None:
            continue
        made = written(found, target)
        for each in made.unsaid:
            print(f"isocost: {each}.", file=sys.stderr)
        if form == "text":
            return made.text.rstrip("\n")
        return json_of(
            {
                "framework": target,
                "stage": found.stage,
                "text": made.text,
                "not_expressible": list(made.unsaid),
                "assumed": list(made.assumed),
            }
        )
    which = f"the stage {stage!r} has" if stage is not None else "no stage of it has"
    raise UsageError(f"{file}: {which} a layout: only training and rounds of rollouts are laid out.")

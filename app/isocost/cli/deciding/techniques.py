"""``isocost techniques``: what would make a plan cheaper, each with its catch and who measured it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.report.told import Told

DESCRIPTION = (
    "List techniques with what each changes on this plan, on top of those that are on: cost, time, its catch "
    "and what others measured. Those that are on are worked out together, not added up."
)


def run(arguments: Sequence[str]) -> int:
    """Print the rack. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("techniques", DESCRIPTION)
    add_plan(parser)
    add_scenario(parser)
    parser.add_argument(
        "--on",
        metavar="NAMES",
        default="",
        help="techniques that are on, for example fp8,spot (default: none)",
    )
    add_format(parser)
    chosen = parser.parse_args(arguments)
    said = _told(chosen.file, chosen.scenario, chosen.on)
    from isocost.report.told import FORMS

    write(FORMS[chosen.format](said))
    return 0


def _told(file: str, scenario: str | None, on: str) -> Told:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import open_catalog, open_plan, refusals, scenario_index
    from isocost.plan.compare.changes import NotHereError
    from isocost.plan.compare.rack import rack
    from isocost.report.decisions.comparing import techniques

    catalog = open_catalog()
    project = open_plan(file, catalog)
    index = scenario_index(project, scenario)
    names = _known(on, catalog)
    with refusals(file):
        try:
            found = rack(project, names, catalog, index)
        except NotHereError as error:
            raise UsageError(f"--on {error.technique}: {error}") from None
    return techniques.told(f"{project.name}: {project.scenarios[index].name}", found, catalog)


def _known(on: str, catalog: Catalog) -> list[str]:
    """The techniques named. Raises UsageError for one that is none, or has no change of inputs."""
    from isocost.files.schema import nearest_or_all

    rows = {row.id: row for row in catalog.constants.techniques}
    usable = [name for name, row in rows.items() if not row.unmodelled]
    names = [name for part in on.split(",") if (name := part.strip())]
    for name in names:
        if name not in rows:
            raise UsageError(f"--on: unknown technique {name!r}; {nearest_or_all(name, usable)}")
        if rows[name].unmodelled:
            raise UsageError(f"--on {name}: it is not modelled. {rows[name].unmodelled}")
    return names

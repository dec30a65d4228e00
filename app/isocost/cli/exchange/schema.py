"""``isocost schema``: what a plan file may hold, and what commands print, as JSON Schema."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = (
    "Print the JSON Schema of plan files, for an editor or another program, or of what a command prints with "
    "--format json."
)
PLAN = "plan"


def run(arguments: Sequence[str]) -> int:
    """Print a schema. Raises UsageError."""
    parser = command_parser("schema", DESCRIPTION)
    parser.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        default=PLAN,
        help="plan (the default), or a command such as estimate",
    )
    parser.add_argument("--list", action="store_true", help="name every schema there is")
    chosen = parser.parse_args(arguments)
    write(_written(chosen.name, chosen.list))
    return 0


def _written(name: str, listed: bool) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.catalog.schemas import output_names, output_schema
    from isocost.files.plan_schema import plan_schema
    from isocost.files.schema import nearest_or_all
    from isocost.report.forms import json_of

    names = (PLAN, *output_names())
    if listed:
        return "\n".join(names)
    if name not in names:
        raise UsageError(f"no schema is called {name[:40]!r}; {nearest_or_all(name, names)}")
    return json_of(plan_schema() if name == PLAN else output_schema(name))

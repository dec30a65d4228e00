"""``isocost model``: the model that a config.json describes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isocost.cli.arguments import add_scenario, command_parser
from isocost.cli.exchange.importing import add_plan_of_import, put_into_plan
from isocost.cli.output import write

DESCRIPTION = (
    "Count the parameters of the model that a config.json of the hub or a params.json describes, layer by "
    "layer, and say what of the file is not understood. With -o it becomes the model of a plan: --plan's, or "
    "a new one. "
    "Every command that takes a plan takes such a file too: isocost estimate config.json."
)


def run(arguments: Sequence[str]) -> int:
    """Print what a configuration says. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("model", DESCRIPTION)
    parser.add_argument("file", metavar="FILE", type=Path, help="a config.json, or the folder it lies in")
    add_plan_of_import(parser)
    add_scenario(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to write what was read"
    )
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.files.imports import Brought, read_as
    from isocost.files.imports.model import ModelReader, config_in
    from isocost.report.imported import imported_json, imported_text

    path = config_in(chosen.file)
    found = Brought((path,), read_as(ModelReader(), path))
    said = put_into_plan([found], chosen)
    if chosen.format == "json":
        write(imported_json([found.content]))
    else:
        write(imported_text(found.name, found.content))
        if said:
            write(f"\n{said}")
    return 0

"""``isocost import``: what a file people already have says, and a plan made of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.files.imports import Brought

DESCRIPTION = (
    "Read a model's config.json, training settings, a log or a price catalogue, told apart by what is in it. "
    "Files of settings that are halves of one run (a DeepSpeed JSON or an accelerate YAML beside the "
    "arguments of a trainer) are joined into one; of any other files, several are a list. With -o what was "
    "read becomes a plan: --plan's, or a new one."
)
NEW = "new"


def run(arguments: Sequence[str]) -> int:
    """Print what files say, and write the plan made of it. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("import", DESCRIPTION)
    parser.add_argument(
        "files", metavar="FILE", nargs="+", help="a file to read, or with --fetch the https address of prices"
    )
    parser.add_argument(
        "--fetch",
        action="store_true",
        help="fetch the addresses given; without it nothing is asked of a network",
    )
    parser.add_argument(
        "--gpus", metavar="N", help="accelerators of the run, which settings hardly ever hold"
    )
    parser.add_argument("--sequence", metavar="N", help="tokens of a sequence, where the file does not say")
    parser.add_argument("--batch", metavar="N", help="sequences of a step, where the file does not say")
    add_plan_of_import(parser)
    add_scenario(parser)
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to write what was read"
    )
    chosen = parser.parse_args(arguments)
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.files.imports import Given, read_files
    from isocost.files.imports.fetching import is_address

    given = Given(
        gpus=_whole("--gpus", chosen.gpus),
        sequence=_whole("--sequence", chosen.sequence),
        batch=_whole("--batch", chosen.batch),
    )
    addresses = [each for each in chosen.files if is_address(each)]
    fetched = _fetched(addresses, allowed=chosen.fetch)
    found = (*read_files([Path(each) for each in chosen.files if each not in addresses], given), *fetched)
    said = put_into_plan(found, chosen)
    write(_written(found, chosen.format))
    if said and chosen.format == "text":
        write(f"\n{said}")
    return 0


def _fetched(addresses: Sequence[str], *, allowed: bool) -> tuple[Brought, ...]:
    """The prices at addresses; what is fetched, and from where, is said on standard error.

    Raises FileError, UsageError.
    """
    from isocost.files.imports import Brought
    from isocost.files.imports.fetching import FetchError, checked_address, fetch_prices

    found = []
    for address in addresses:
        try:
            checked_address(address)
            if not allowed:
                raise UsageError(
                    f"{address}: add --fetch to fetch it; nothing is asked of a network without."
                )
            print(f"isocost: fetching {address}", file=sys.stderr)
            fetched = fetch_prices(address)
        except FetchError as problem:
            raise UsageError(str(problem)) from None
        print(f"isocost: {fetched.said()}", file=sys.stderr)
        found.append(Brought((Path(fetched.prices.name),), fetched.prices))
    return tuple(found)


def add_plan_of_import(parser: argparse.ArgumentParser) -> None:
    """The plan that takes what was read, and where it is written."""
    parser.add_argument(
        "--plan", metavar="FILE", help=f"put it into this plan, a preset, or {NEW!r} (default: {NEW})"
    )
    parser.add_argument("-o", "--output", metavar="OUT", type=Path, help="write the plan here")


def put_into_plan(found: Sequence[Brought], chosen: argparse.Namespace) -> str:
    """Write the plan that the options ask for, if any, with what was read; say what changed.

    Raises FileError, UsageError.
    """
    if chosen.plan is None and chosen.output is None:
        return ""
    return _put_into_plan(found, chosen.plan or NEW, chosen.scenario, chosen.output)


def _written(found: Sequence[Brought], form: str) -> str:
    from isocost.report.imported import imported_json, imported_text

    if form == "json":
        return imported_json([each.content for each in found])
    return "\n\n".join(imported_text(each.name, each.content) for each in found)


def _put_into_plan(found: Sequence[Brought], plan: str, scenario: str | None, output: Path | None) -> str:
    """Write the plan with what was read in it; say what changed. Raises FileError, UsageError."""
    from isocost.cli.plans import open_catalog, open_plan, scenario_index
    from isocost.files import save_project
    from isocost.plan.inputs.starting import new_project
    from isocost.plan.project.project import Place
    from isocost.report.decisions.importing import put_in

    if output is None:
        raise UsageError("-o OUT is needed with --plan: where the plan is written.")
    for path in (path for each in found for path in each.paths):
        if output.exists() and path.exists() and output.samefile(path):
            raise UsageError(f"{output} is a file that is imported: give the plan another name.")
    catalog = open_catalog()
    project = new_project(catalog) if plan == NEW else open_plan(plan, catalog)
    at = Place(scenario=scenario_index(project, scenario))
    project, said = put_in(found, project, catalog, at)
    save_project(project, output)
    return "\n".join([*said, f"Stored in {output}."] if said else [])


def _whole(option: str, text: str | None) -> int | None:
    """A positive whole number typed for an option. Raises UsageError."""
    if text is None:
        return None
    from isocost.quantities import QuantityError, parse

    try:
        value = parse(text, "count")
    except QuantityError as error:
        raise UsageError(f"{option}: {error}") from None
    if not 1 <= value <= 1e12 or value != int(value):
        raise UsageError(f"{option}: a whole number of at least 1 is needed, got {text}.")
    return int(value)

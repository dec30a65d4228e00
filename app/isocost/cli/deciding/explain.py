"""``isocost explain``: where a figure of a plan comes from."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import add_format, add_plan, add_scenario, command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = (
    "Open a figure to its formula with values in it, down to inputs with their sources and dates. KEY is its "
    "place in the JSON of isocost estimate with dots between, such as total.cost_usd or stages.0.mfu."
)
LEVELS = 3
"""Levels shown to people where none are asked for."""


def run(arguments: Sequence[str]) -> int:
    """Print a figure's derivation. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("explain", DESCRIPTION)
    add_plan(parser)
    parser.add_argument("key", metavar="KEY", nargs="?", default="", help="the figure (--list names them)")
    parser.add_argument("--list", action="store_true", help="name every figure there is")
    parser.add_argument(
        "--depth", metavar="N", default="",
        help=f"levels beneath the figure (default: {LEVELS} in text and Markdown, else all)",
    )  # fmt: skip
    add_scenario(parser)
    add_format(parser)
    chosen = parser.parse_args(arguments)
    if bool(chosen.key) == chosen.list:
        raise UsageError("give the KEY of a figure, or --list to see them all.")
    write(
        _written(
            chosen.file, chosen.key, _levels(chosen.depth, chosen.format), chosen.scenario, chosen.format
        )
    )
    return 0


def _levels(text: str, written: str) -> int | None:
    """How deep to go; None = to the end."""
    if not text:
        return LEVELS if written in ("text", "markdown") else None
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise UsageError(f"--depth: expected a whole number of levels, got {text[:40]!r}.")
    return int(text)


def _written(file: str, key: str, depth: int | None, scenario: str | None, written: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.plans import answered, title_of
    from isocost.plan.explain.figures import Explainer, UnknownFigureError
    from isocost.report.decisions import explain
    from isocost.report.estimate_questions import LATE_WEEKS
    from isocost.report.told import FORMS

    found = answered(file, scenario)
    trees = Explainer(found, LATE_WEEKS)
    if not key:
        return FORMS[written](
            explain.list_said(title_of(found), [(each, trees.of(each)) for each in trees.every_key()])
        )
    try:
        node = trees.of(key)
    except UnknownFigureError as error:
        raise UsageError(f"{file}: {explain.unknown_said(error.key, error.nearest)}") from None
    return FORMS[written](explain.told(title_of(found), node, depth))

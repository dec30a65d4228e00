"""``isocost wins``: which accelerator wins where, over two inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from isocost.cli.arguments import command_parser
from isocost.cli.output import write
from isocost.cli.solving.asking import add_case, asked

if TYPE_CHECKING:
    import argparse

    from isocost.plan.solve.hardware.wins import Span
    from isocost.report.told import Told

DESCRIPTION = (
    "Map which accelerator is the cheapest in time, or the fastest within a budget, over two inputs among "
    "tokens, parameters, count, price, budget and deadline. An axis may carry its ends: deadline=5..60."
)
SMALLEST, LARGEST = 2, 200


def run(arguments: Sequence[str]) -> int:
    """Print the map. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("wins", DESCRIPTION)
    add_case(parser)
    parser.add_argument("x", metavar="X", help="input to the right, for example tokens or tokens=1T..10T")
    parser.add_argument("y", metavar="Y", help="input upwards")
    parser.add_argument("--size", metavar="N", help="places along each axis (default: 61)")
    chosen = parser.parse_args(arguments)
    from isocost.report.told import FORMS

    write(FORMS[chosen.format](_told(chosen)))
    return 0


def _told(chosen: argparse.Namespace) -> Told:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.arguments import ratio_of
    from isocost.cli.errors import UsageError
    from isocost.cli.plans import refusals
    from isocost.plan.solve.hardware.wins import SIZE, wins
    from isocost.report.decisions.solving.wins import mapped

    x, y = _span("X", chosen.x), _span("Y", chosen.y)
    size = SIZE if chosen.size is None else ratio_of("--size", chosen.size)
    if size != int(size) or not SMALLEST <= size <= LARGEST:
        raise UsageError(f"--size: a whole number from {SMALLEST} to {LARGEST} is needed, got {chosen.size}.")
    case, without = asked(chosen)
    with refusals(chosen.file):
        found = wins(case, x, y, without, int(size), ranged=True)
    return mapped(found, case)


def _span(place: str, text: str) -> Span:
    """An axis as it is typed: "tokens", "deadline=5..60". Raises UsageError."""
    from isocost.cli.arguments import number_of
    from isocost.cli.errors import UsageError
    from isocost.files.schema import nearest_or_all
    from isocost.plan.solve.hardware.wins import AXES, PATHS, Span

    name, typed, ends = text.partition("=")
    axis = next((each for each in AXES if each == name.strip()), None)
    if axis is None:
        raise UsageError(f"{place}: unknown input {name!r}; {nearest_or_all(name, list(AXES))}")
    if not typed:
        return Span(axis)
    first, dots, last = ends.partition("..")
    if not dots:
        raise UsageError(f"{place}: ends are typed as {axis}=LOW..HIGH, got {text!r}.")
    low, high = (number_of(place, each.strip(), PATHS[axis]) for each in (first, last))
    if not low < high:
        raise UsageError(f"{place}: the ends of {axis} must rise, got {ends}.")
    return Span(axis, low, high)

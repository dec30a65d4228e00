"""Reading command lines: one sentence for what is wrong instead of a page of usage."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from isocost.cli.errors import UsageError

FORMATS = ("text", "json", "markdown", "csv")


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of printing and quitting."""

    def error(self, message: str) -> NoReturn:
        """Raise UsageError; ``message`` is argparse's own, for example "unrecognized arguments: -x"."""
        raise UsageError(f"{message} ({self.prog} --help shows what is possible).")


def command_parser(name: str, description: str) -> Parser:
    """The parser of one subcommand."""
    return Parser(prog=f"isocost {name}", description=description, allow_abbrev=False)


def add_plan(parser: argparse.ArgumentParser) -> None:
    """The plan a command works on."""
    parser.add_argument(
        "file", metavar="FILE", help="a plan file, or the name of a preset such as deepseek-r1"
    )


def add_scenario(parser: argparse.ArgumentParser) -> None:
    """Which of the plan's scenarios."""
    parser.add_argument("--scenario", metavar="NAME", help="scenario of the plan (default: its first)")


def add_format(parser: argparse.ArgumentParser) -> None:
    """How the answer is written."""
    parser.add_argument("--format", choices=FORMATS, default="text", help="how to write it (default: text)")


def add_goal(parser: argparse.ArgumentParser) -> None:
    """What the plan is held against; what is not given is the plan file's own goal."""
    parser.add_argument("--budget", metavar="MONEY", help="for example $300K (default: the plan's goal)")
    parser.add_argument(
        "--deadline", metavar="TIME", help='days, or for example "3 weeks" (default: the plan\'s goal)'
    )


def add_without(parser: argparse.ArgumentParser) -> None:
    """Accelerators that are not to be had."""
    parser.add_argument(
        "--without", metavar="NAMES", help="accelerators left out, for example b200,gb200 (default: none)"
    )


def number_of(option: str, text: str, path: str) -> float:
    """A number typed for an option, as in the input at a path; money in the plan's currency or in dollars.

    Raises UsageError.
    """
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.plan.inputs.table import NUMBERS, check
    from isocost.quantities import DOLLAR, QuantityError, shown_money

    declared = NUMBERS[path]
    try:
        value = declared.read(text, money=(shown_money(), DOLLAR))
    except QuantityError as error:
        raise UsageError(f"{option}: {error}") from None
    if wrong := check(path, value):
        raise UsageError(f"{option}: {wrong}")
    return value


def ratio_of(option: str, text: str) -> float:
    """A positive number typed for an option that is no input of a plan. Raises UsageError."""
    from isocost.quantities import QuantityError, parse

    try:
        value = parse(text, "number")
    except QuantityError as error:
        raise UsageError(f"{option}: {error}") from None
    if not 0.0 < value < 1e9:
        raise UsageError(f"{option}: a number above 0 is needed, got {text}.")
    return value


def refuse_same(table: Path, output: Path) -> None:
    """Raise UsageError where the result would replace the table it is made from."""
    if output.exists() and output.samefile(table):
        raise UsageError(f"{output} is the table itself: give the output another name.")

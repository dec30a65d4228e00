"""Reading command lines: one sentence for what is wrong instead of a page of usage."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NoReturn

from isocost.cli.errors import UsageError


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


def refuse_same(table: Path, output: Path) -> None:
    """Raise UsageError where the result would replace the table it is made from."""
    if output.exists() and output.samefile(table):
        raise UsageError(f"{output} is the table itself: give the output another name.")

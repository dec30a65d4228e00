"""Write docs/commands.md: every command with its options, as ``--help`` has them."""

from __future__ import annotations

import argparse
from contextlib import suppress
from unittest.mock import patch

from docs_markdown import table

from isocost.cli import COMMANDS
from isocost.cli.arguments import Parser


class _CompleteError(Exception):
    """A parser is complete: nothing is to be done with it."""


def parser_of(command: str) -> argparse.ArgumentParser:
    """The parser of a command, as it is when the command line is read."""
    found: list[argparse.ArgumentParser] = []

    def take(self: argparse.ArgumentParser, *_: object) -> None:
        found.append(self)
        raise _CompleteError

    with patch.object(Parser, "parse_args", take), suppress(_CompleteError):
        COMMANDS[command].run([])
    return found[0]


def page() -> str:
    """The whole page."""
    rows = [(f"[`{name}`](#isocost-{name})", each.summary) for name, each in COMMANDS.items()]
    parts = [
        "# Commands\n\n*Written by `make docs` from the commands themselves: change those, not this page.*\n",
        "Every command and its options, as `isocost COMMAND --help` has them."
        " [The command line](command-line.md) shows what to use them for.\n",
        "`isocost` with no command opens the window, with a plan if one is named. A command ends with exit"
        " code 0, or with 2 after one sentence on standard error.\n",
        table(("command", "what it says"), rows),
    ]
    return "\n".join([*parts, *(_command(name) for name in COMMANDS)])


def _command(name: str) -> str:
    parser = parser_of(name)
    rows = [_row(each) for each in parser._actions if not isinstance(each, argparse._HelpAction)]
    options = [row for row in rows if row is not None]
    usage = " ".join(["isocost", name, *(_place(each) for each in parser._actions if _is_place(each))])
    if len(parser._actions) > usage.count(" "):
        usage += " [OPTIONS]"
    told = " ".join((parser.description or "").split())
    return f"## isocost {name}\n\n{told}\n\n`{usage}`\n\n{table(('', 'what it is'), options)}"


def _is_place(action: argparse.Action) -> bool:
    return not action.option_strings


def _place(action: argparse.Action) -> str:
    name = str(action.metavar or action.dest)
    return {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} ..."}.get(str(action.nargs), name)


def _row(action: argparse.Action) -> tuple[str, str] | None:
    if action.help == argparse.SUPPRESS:
        return None
    value = ""
    if action.nargs != 0:
        shown = "\\|".join(map(str, action.choices)) if action.choices else str(action.metavar or action.dest)
        value = f" {shown}"
    written = (
        ", ".join(f"`{option}{value}`".replace("\\|", "|") for option in action.option_strings)
        if action.option_strings
        else f"`{_place(action)}`"
    )
    return written, " ".join((action.help or "").split())

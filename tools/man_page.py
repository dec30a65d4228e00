"""The manual page, from the commands' own parsers: ``python tools/man_page.py > isocost.1``."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from unittest import mock

from isocost import __version__, paths
from isocost.cli import COMMANDS, main
from isocost.cli.arguments import Parser
from isocost.exit_codes import INTERRUPTED, PROBLEM

FOLDERS = (
    ("ISOCOST_DATA", paths.user_data, "accelerators, prices and models of your own"),
    ("ISOCOST_STATE", paths.user_state, "copies of plans that are not saved, and which windows are open"),
    ("ISOCOST_LOGS", paths.user_logs, "the log"),
)
"""Variable that moves a folder, the folder without it, what is in it."""


def parser_of(arguments: list[str]) -> Parser:
    """The parser that answers ``--help`` after some arguments, caught as it is about to print."""
    caught: list[Parser] = []
    with mock.patch.object(Parser, "print_help", lambda parser, file=None: caught.append(parser)):
        main([*arguments, "--help"])
    return caught[0]


def escaped(text: str) -> str:
    """Text that troff prints as it stands: no line of it is a request, no hyphen a dash."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", plain, flags=re.MULTILINE)


def one_line(text: str) -> str:
    """Text without line breaks, escaped."""
    return escaped(" ".join(text.split()))


def heads_of(action: argparse.Action) -> str:
    """How an option or argument is written, bold, its value in italics."""
    value = action.metavar or (
        "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    )
    shown = f"\\fI{escaped(str(value))}\\fR"
    if not action.option_strings:
        return shown
    names = ", ".join(f"\\fB{escaped(name)}\\fR" for name in action.option_strings)
    return names if action.nargs == 0 else f"{names} {shown}"


def actions_of(parser: Parser) -> list[argparse.Action]:
    """What may be given to a command, less what is hidden and ``--help`` itself."""
    return [
        action
        for action in parser._actions
        if action.help is not argparse.SUPPRESS and "--help" not in action.option_strings
    ]


def listed(actions: list[argparse.Action], formatter: argparse.HelpFormatter) -> list[str]:
    """Options and arguments with what is said of each."""
    lines = []
    for action in actions:
        said = formatter._expand_help(action) if action.help else ""
        lines += [".TP", heads_of(action), one_line(said)]
    return lines


def command_section(name: str) -> list[str]:
    """A command: how it is called, what it does, what it takes."""
    parser = parser_of([name])
    usage = " ".join(parser.format_usage().removeprefix("usage: ").split())
    lines = [f".SS isocost {name}", f"\\fB{escaped(usage)}\\fR", ".PP"]
    lines.append(one_line(parser.description or COMMANDS[name].summary))
    lines += listed(actions_of(parser), parser.formatter_class(prog=parser.prog))
    if parser.epilog:
        lines += [".PP", ".nf", escaped(parser.epilog), ".fi"]
    return lines


def folder_lines() -> list[str]:
    """The user's folders, as they are on this system when nothing moves them, and what moves them."""
    lines = []
    with mock.patch.dict(os.environ):
        for name in (*(variable for variable, _, _ in FOLDERS), "XDG_DATA_HOME", "XDG_STATE_HOME"):
            os.environ.pop(name, None)
        for variable, folder, held in FOLDERS:
            place = str(folder()).replace(str(Path.home()), "~", 1)
            lines += [".TP", f"\\fI{escaped(place)}\\fR"]
            lines.append(f"{escaped(held[0].upper() + held[1:])}; \\fB{variable}\\fR moves it.")
    return lines


def page() -> str:
    """The whole page, in the macros of man(7)."""
    window = parser_of([])
    lines = [
        f'.TH ISOCOST 1 "" "Isocost {__version__}" "User Commands"',
        ".SH NAME",
        "isocost \\- plan what it costs to train a language model",
        ".SH SYNOPSIS",
        "\\fBisocost\\fR [\\fIFILE\\fR]",
        ".br",
        "\\fBisocost\\fR \\fICOMMAND\\fR ...",
        ".SH DESCRIPTION",
        one_line(window.description or ""),
        *listed(actions_of(window), window.formatter_class(prog="isocost")),
        ".SH COMMANDS",
    ]
    for name in COMMANDS:
        lines += command_section(name)
    lines += [
        ".SH EXIT STATUS",
        *(".TP", "0", "Done."),
        *(".TP", str(PROBLEM), "Not done; one sentence on standard error says why."),
        *(".TP", str(INTERRUPTED), "Interrupted from the keyboard."),
        ".SH FILES",
        *folder_lines(),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(page(), end="")

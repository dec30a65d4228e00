"""``isocost [FILE]``: the window, and what every command shares."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from isocost import __version__
from isocost.cli.arguments import Parser
from isocost.cli.errors import UsageError

DESCRIPTION = "Plan what it costs to train a language model. Without a command, open the window."


def run(arguments: Sequence[str], summaries: dict[str, str]) -> int:
    """Open the window, with a plan if one is named. ``summaries`` are the commands to list under --help."""
    chosen = _parser(summaries).parse_args(arguments)
    if chosen.smoke:
        from isocost.ui.smoke import run_smoke

        return run_smoke()
    from isocost.cli.libraries import no_window

    if why := no_window():
        raise UsageError(why)
    from isocost.ui.log import start_log

    start_log()
    from isocost.ui.speaking import settings, speak

    speak(settings())
    from isocost.ui.app import run as run_window

    if chosen.file is None:
        return run_window(None)
    from isocost.files.presets import find_plan

    return run_window(find_plan(chosen.file))


def _parser(summaries: dict[str, str]) -> Parser:
    width = max(map(len, summaries))
    listed = "\n".join(f"  {name:<{width}}  {summary}" for name, summary in summaries.items())
    parser = Parser(
        prog="isocost",
        description=DESCRIPTION,
        usage="isocost [FILE]\n       isocost COMMAND ...",
        epilog=f"commands:\n{listed}\n\nisocost COMMAND --help shows the options of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="a plan file, or the name of a preset")
    parser.add_argument("--version", action="version", version=f"isocost {__version__}")
    parser.add_argument("--smoke", action="store_true", help=argparse.SUPPRESS)
    return parser

"""The same plans without a window.

Every command ends in 0, or in 2 after one sentence on standard error. Nothing heavy is imported before a
command needs it, and Qt only by those that draw.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from isocost.exit_codes import INTERRUPTED, PIPE_CLOSED, PROBLEM


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: the module of this room whose ``run(arguments)`` does it, and what --help says of it."""

    module: str
    summary: str

    def run(self, arguments: Sequence[str]) -> int:
        """Load the module and do it."""
        do: Callable[[Sequence[str]], int] = importlib.import_module(f"{__name__}.{self.module}").run
        return do(arguments)


COMMANDS = {
    "estimate": Command("planning.estimate", "what a plan costs and takes: text, JSON, CSV or Markdown"),
    "solve": Command("solving.solve", "the input that holds a budget and a deadline"),
    "offers": Command("solving.offers", "three ways to get a plan done: cheap, fast, between"),
    "rank": Command("solving.rank", "accelerators ranked for a deadline, and where that flips"),
    "wins": Command("solving.wins", "which accelerator wins where, over two inputs"),
    "ladder": Command("solving.ladder", "what sums from $100 to $100M buy today"),
    "risk": Command("deciding.risk", "what a plan may come to: chances of budget and deadline"),
    "tornado": Command("deciding.tornado", "which inputs move the cost, and what to measure next"),
    "compare": Command("deciding.compare", "plans side by side, and why one costs more"),
    "techniques": Command("deciding.techniques", "what would make a plan cheaper, and its catch"),
    "translate": Command("runs.translate", "somebody's hours on your own accelerators"),
    "claim": Command("deciding.claim", "whether a published number about a training run can be true"),
    "report": Command("planning.report", "the plan on one page for whoever decides: PDF, HTML, XLSX..."),
    "explain": Command("deciding.explain", "where any figure of a plan comes from, to its sources"),
    "loss": Command("deciding.loss", "the loss a plan's model can reach, and what its size costs"),
    "actual": Command("runs.actual", "a run under way against its plan: pace and forecast"),
    "nearest": Command("runs.nearest", "the measured runs most like a plan, our error on them"),
    "predict": Command("runs.predict", "what the model says of runs described in a table"),
    "sweep": Command("planning.sweep", "a plan priced at every point of a grid of its inputs"),
    "validate": Command("runs.validate", "how far off the model is on measured runs"),
    "calibrate": Command("runs.calibrate", "a plan corrected by your own measured runs"),
    "model": Command("exchange.model", "the model a config.json describes: parameters, layers, a plan"),
    "import": Command("exchange.importing", "what a config, settings, log or price list says; a plan of it"),
    "launch": Command("exchange.launch", "the layout of a plan as settings of a training framework"),
    "schema": Command("exchange.schema", "what plan files hold and commands print, as JSON Schema"),
    "screenshot": Command("planning.screenshot", "the window as a picture"),
    "help": Command("help", "a page of help, or what a word means"),
}
"""Every subcommand by its name."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        return _dispatch(arguments)
    except SystemExit as finished:
        return finished.code if isinstance(finished.code, int) else 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return PIPE_CLOSED
    except ImportError as error:
        from isocost.cli.libraries import missing_library

        if (said := missing_library(error)) is None:
            raise
        print(f"isocost: {said}", file=sys.stderr)
        return PROBLEM
    except Exception as error:
        if not _is_the_users(error):
            raise
        print(f"isocost: {error}", file=sys.stderr)
        return PROBLEM


def _dispatch(arguments: list[str]) -> int:
    if arguments and arguments[0] in COMMANDS:
        from isocost.quantities import DOLLAR, money_shown_in

        with money_shown_in(
            DOLLAR
        ):  # until a plan is opened; what follows the command starts from dollars too
            return COMMANDS[arguments[0]].run(arguments[1:])
    from isocost.cli import window

    if len(arguments) > 1 and arguments[0].isalpha() and not arguments[1].startswith("-"):
        # The window takes one file: a word with another after it is a command, misspelled.
        from isocost.catalog.names import suggestion
        from isocost.cli.errors import UsageError

        hint = suggestion(arguments[0], COMMANDS) or "; isocost --help shows them all."
        raise UsageError(f"no command is called {arguments[0][:40]!r}{hint}")
    return window.run(arguments, {name: command.summary for name, command in COMMANDS.items()})


def _is_the_users(error: Exception) -> bool:
    """Whether an error is a sentence about something the user can mend, not a defect of ours."""
    from isocost.cli.errors import UsageError

    if isinstance(error, UsageError):
        return True
    from isocost.catalog import CatalogError
    from isocost.files import FileError

    return isinstance(error, FileError | CatalogError)

"""``isocost help``: the pages of help and the glossary without a window."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.cli.arguments import command_parser
from isocost.cli.errors import UsageError
from isocost.cli.output import write

DESCRIPTION = "Print a page of help, what a word means, or where it is told."
FEW = 12
"""Places of a word that are named."""


def run(arguments: Sequence[str]) -> int:
    """Print a page or an entry. Raises UsageError."""
    parser = command_parser("help", DESCRIPTION)
    parser.add_argument(
        "words",
        metavar="WORD",
        nargs="*",
        help="a page such as start.md, an abbreviation, an input's path, or other words (default: the index)",
    )
    write(_told(" ".join(parser.parse_args(arguments).words)))
    return 0


def _told(words: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.plan.inputs.table import INPUTS
    from isocost.report.help.pages import INDEX, manual
    from isocost.report.help.topics import input_place

    pages = manual()
    name = words or INDEX
    if name in pages.names:
        return pages.text(name).rstrip()
    terms = {term.casefold(): each for term, each in pages.terms.items()}
    entry = terms.get(words.casefold())
    if words in INPUTS:
        place = input_place(words)
        entry = next(each for each in pages.sections if each.place == place)
    if entry is not None:
        return f"{entry.title} ({entry.place})\n\n{entry.text}"
    if not (hits := pages.find(words, FEW)):
        raise UsageError(f"no page of help has {words[:40]!r}; isocost help lists them.")
    return "\n".join(f"{hit.section.place}\n  {hit.section.title}: {hit.extract}" for hit in hits)

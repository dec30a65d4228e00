"""``isocost claim``: whether a published number about a training run can be true."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import add_format, command_parser
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.catalog import Catalog
    from isocost.plan.claims.reading import Reading
    from isocost.report.told import Told

DESCRIPTION = (
    "Check a claim about a training run: do hours and price give the dollars, does it fit, can the hours do "
    "the work, where do we put it. Any subset of model, tokens, hardware, time and money, in any units."
)

_FIELDS = (".yaml", ".yml", ".json")
_FILES = (*_FIELDS, ".txt", ".md")
"""Endings of files of claims: a sentence has none of them."""


def run(arguments: Sequence[str]) -> int:
    """Print the verdict on a claim, or the library of claims. Raises UsageError, FileError, CatalogError."""
    parser = command_parser("claim", DESCRIPTION)
    parser.add_argument(
        "claim",
        metavar="ID|FILE|SENTENCE",
        nargs="?",
        help="a claim of the library, a file with one (a sentence or YAML fields), a plan of claimed hours, "
        "or the sentence itself",
    )
    parser.add_argument(
        "--text", metavar="SENTENCE", help='for example "70B from scratch, 8 H100, 18 days, $8,605"'
    )
    parser.add_argument("--list", action="store_true", help="list the library of claims")
    add_format(parser)
    chosen = parser.parse_args(arguments)
    write(_written(chosen.claim, chosen.text, chosen.list, chosen.format))
    return 0


def _written(claim: str | None, sentence: str | None, listed: bool, form: str) -> str:
    # Imported late, so that --help and a mistyped option answer at once.
    from isocost.cli.errors import UsageError
    from isocost.cli.plans import open_catalog
    from isocost.report.told import FORMS

    if sum((claim is not None, sentence is not None, listed)) != 1:
        raise UsageError("Give a claim's id or file, or --text with a sentence, or --list.")
    catalog = open_catalog()
    if listed:
        from isocost.report.decisions.claims.verdict import library_told

        return FORMS[form](library_told(tuple(catalog.claims.values())))
    told = (
        _of_sentence("--text", sentence, catalog) if sentence is not None else _of_name(claim or "", catalog)
    )
    return FORMS[form](told)


def _of_sentence(where: str, sentence: str, catalog: Catalog) -> Told:
    from isocost.plan.claims.reading import read_claim

    return _of_reading(where, read_claim(sentence, catalog), catalog)


def _of_reading(where: str, reading: Reading, catalog: Catalog) -> Told:
    from isocost.cli.errors import UsageError
    from isocost.plan.claims.checked import check_claim
    from isocost.report.decisions.claims.page import EXAMPLE, read_nothing
    from isocost.report.decisions.claims.verdict import claim_told

    if read_nothing(reading):
        why = f" {' '.join(reading.problems)}" if reading.problems else ""
        raise UsageError(f'{where}: nothing of a claim is understood; write for example "{EXAMPLE}".{why}')
    return claim_told(check_claim(reading.claim, catalog), reading.unread, reading.problems)


def _of_name(name: str, catalog: Catalog) -> Told:
    """A claim of the library, else of a file."""
    from isocost.catalog.names import nearest_name
    from isocost.cli.errors import UsageError
    from isocost.files.claims import check_entry
    from isocost.report.decisions.claims.verdict import claim_told

    entry = catalog.claims.get(name)
    if entry is not None:
        return claim_told(check_entry(entry, catalog))
    path = Path(name)
    try:
        there = path.is_file()
    except (OSError, ValueError):
        there = False
    if not there and len(name.split()) > 2 and path.suffix.lower() not in _FILES:
        return _of_sentence("the sentence", name, catalog)  # nobody calls a claim or a file so
    if not there:
        near = nearest_name(name, list(catalog.claims))
        known = f"did you mean {near!r}?" if near else "isocost claim --list shows the claims there are."
        raise UsageError(f"No claim and no file is called {name!r}; {known}")
    return _of_file(path, catalog)


def _of_file(path: Path, catalog: Catalog) -> Told:
    """The claim in a file: YAML fields, a plan of claimed hours, or a sentence."""
    from isocost.catalog.table import read_text, yaml_content
    from isocost.plan.claims.reading import read_fields

    text = read_text(path)
    if path.suffix.lower() in _FIELDS:
        content = yaml_content(text, path.name)
        if isinstance(content, dict) and "scenarios" in content:
            return _of_plan(path, catalog)
        if isinstance(content, dict):
            return _of_reading(path.name, read_fields(content, catalog), catalog)
    return _of_sentence(path.name, text, catalog)


def _of_plan(path: Path, catalog: Catalog) -> Told:
    from isocost.cli.errors import UsageError
    from isocost.cli.plans import open_plan
    from isocost.plan.claims.checked import check_claim
    from isocost.plan.claims.claim import claim_of_plan
    from isocost.report.decisions.claims.verdict import claim_told

    claim = claim_of_plan(open_plan(str(path), catalog, shown=False).scenarios[0])
    if claim is None:
        raise UsageError(
            f"{path.name}: none of its stages takes hours as claimed; isocost estimate says what it costs."
        )
    return claim_told(check_claim(claim, catalog))

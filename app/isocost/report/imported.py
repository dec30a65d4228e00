"""What an imported file says, for people and for other programs."""

from __future__ import annotations

from collections.abc import Sequence

from isocost.files.imports import Imported
from isocost.files.imports.source import Line, Origin
from isocost.report.forms import json_of
from isocost.report.table import Column, Table
from isocost.report.told import Section, Told, text

ORIGINS: dict[Origin, str] = {
    "file": "from file",
    "given": "given",
    "default": "framework's default",
    "reckoned": "reckoned",
    "not said": "not in the file",
    "ignored": "ignored",
}
"""Where a value is from, in words."""

LINE_COLUMNS = (Column("What"), Column("Value"), Column("Where from"))


def lines_table(lines: Sequence[Line]) -> Table:
    """What was read as a table."""
    return Table(LINE_COLUMNS, tuple((each.label, each.value, ORIGINS[each.origin]) for each in lines))


def imported_text(name: str, found: Imported) -> str:
    """One file's content for a terminal."""
    table = lines_table(found.lines())
    return text(Told(name, found.finding(), (Section(table=table),), found.as_json(), table))


def imported_json(found: Sequence[Imported]) -> str:
    """JSON of what one file says, or a list for several."""
    trees = [dict(each.as_json()) for each in found]
    return json_of(trees[0] if len(trees) == 1 else trees)

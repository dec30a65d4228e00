"""Tables of measured runs: CSV files of the user's own, or published ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from isocost.files.errors import FileError
from isocost.files.text import bounded_text, csv_text
from isocost.language import tr

LARGEST_TABLE = 50_000_000
MOST_ROWS = 100_000

Row = dict[str, str]


def load_runs(path: Path, required: Sequence[str]) -> tuple[list[str], list[Row]]:
    """Column names, and rows keyed by them in small letters, of a CSV file whose first line names them.

    Raises FileError with one sentence: unreadable, too large, not a table, or without a required column.
    """
    text = bounded_text(path, LARGEST_TABLE, "a table of runs", "a CSV file")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        heading = next(reader, [])
        names = _named(heading)
        written = {name.casefold() for name in names}
        missing = [name for name in required if name not in written]
        if missing:
            raise FileError(
                path,
                tr(
                    "{heading_trouble}; missing are {list}.",
                    heading_trouble=_heading_trouble(heading),
                    list=", ".join(missing),
                ),
            )
        rows: list[Row] = []
        for cells in reader:
            if len(rows) == MOST_ROWS:
                raise FileError(path, tr("the table has more than {most_rows:,} rows.", most_rows=MOST_ROWS))
            if len(cells) > len(names):
                raise FileError(
                    path,
                    tr(
                        "line {line_num} has {count} cells; there are {count_2} columns.",
                        line_num=reader.line_num,
                        count=len(cells),
                        count_2=len(names),
                    ),
                )
            if cells:
                filled = [*cells, *[""] * (len(names) - len(cells))]
                rows.append({name.casefold(): cell for name, cell in zip(names, filled, strict=True)})
    except csv.Error as error:
        raise FileError(
            path, tr("line {line_num} is not CSV: {error}.", line_num=reader.line_num, error=error)
        ) from None
    if not rows:
        raise FileError(path, tr("the table has no rows below its column names."))
    return names, rows


def _named(heading: Sequence[str]) -> list[str]:
    """The columns' names, each once: blank ones are numbered, repeated ones too."""
    names: dict[str, str] = {}
    for number, cell in enumerate(heading, 1):
        name = cell.strip() or f"column {number}"
        if name.casefold() in names:
            name = f"{name} ({number})"
        names[name.casefold()] = name
    return list(names.values())


def _heading_trouble(heading: Sequence[str]) -> str:
    """What may be wrong with the first line of a table that lacks columns."""
    whole = heading[0] if len(heading) == 1 else ""
    for mark, name in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if mark in whole:
            return f"columns are told apart by commas, not {name}"
    return "the first line must name the columns"


def table_text(names: Sequence[str], rows: Sequence[Row]) -> str:
    """The table as CSV text."""
    return csv_text(names, ([row.get(name) for name in names] for row in rows))

"""Tables of measured runs: CSV files of the user's own, or published ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from isocost.files.errors import FileError
from isocost.files.text import bounded_text

LARGEST_TABLE = 50_000_000
MOST_ROWS = 100_000

Row = dict[str, str]


def load_runs(path: Path, required: Sequence[str]) -> tuple[list[str], list[Row]]:
    """Column names and rows of a CSV file whose first line names its columns.

    Raises FileError with one sentence: unreadable, too large, not a table, or without a required column.
    """
    reader = csv.DictReader(
        io.StringIO(bounded_text(path, LARGEST_TABLE, "a table of runs", "a CSV file"), newline="")
    )
    try:
        names = [name for name in reader.fieldnames or () if name]
        missing = [name for name in required if name not in names]
        if missing:
            columns = ", ".join(missing)
            raise FileError(path, f"the first line must name the columns; missing are {columns}.")
        rows: list[Row] = []
        for row in reader:
            if len(rows) == MOST_ROWS:
                raise FileError(path, f"the table has more than {MOST_ROWS:,} rows.")
            rows.append({name: row.get(name) or "" for name in names})
    except csv.Error as error:
        raise FileError(path, f"line {reader.line_num} is not CSV: {error}.") from None
    if not rows:
        raise FileError(path, "the table has no rows below its column names.")
    return names, rows


def table_text(names: Sequence[str], rows: Sequence[Row]) -> str:
    """The table as CSV text."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, fieldnames=list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()

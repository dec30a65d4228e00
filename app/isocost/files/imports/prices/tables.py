"""CSV files of prices, a row at a time under the names of their columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isocost.files.imports.source import one_line

MOST_LINES = 500_000
LARGEST_CELL = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """A row."""

    number: int
    """Of the file, from 1."""
    cells: Mapping[str, str]
    """By the name of the column in small letters."""

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"line {self.number}"

    def get(self, name: str) -> str:
        """A cell as one line of plain letters; empty where there is none."""
        return one_line(self.cells.get(name, ""))


def heading_of(text: str) -> list[str]:
    """The names of the columns in small letters; empty where the first line is no CSV."""
    end = text.find("\n")
    first = text[: end if end >= 0 else len(text)][:LARGEST_CELL].strip("\ufeff\r ")
    try:
        return [cell.strip().casefold() for cell in next(csv.reader([first]), [])]
    except csv.Error:
        return []


def lines_of(text: str) -> Iterator[Line]:
    """The rows below the heading; one that is no CSV ends the file, as nothing behind it can be trusted."""
    names = heading_of(text)
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        next(reader, None)
        for cells in reader:
            if reader.line_num > MOST_LINES:
                return
            if any(cell.strip() for cell in cells):
                yield Line(reader.line_num, dict(zip(names, cells, strict=False)))
    except csv.Error:
        return

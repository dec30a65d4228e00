"""A view's figures as a table: for a screen reader, for the clipboard and for other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isocost.files.keeping.writing import write_atomically
from isocost.files.text import csv_text
from isocost.language import tr


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading in words, and how a value is shown to people."""

    name: str
    show: Callable[[Any], str] = str
    right: bool = False
    key: str = ""
    """Its name for other programs, with the unit of the plain values; empty = the heading."""


@dataclass(frozen=True, slots=True)
class Table:
    """The figures a chart draws, as plain values; None = not known."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]

    def shown(self, row: int, column: int) -> str:
        """One value in words."""
        value = self.rows[row][column]
        return tr("unknown") if value is None else self.columns[column].show(value)


def csv_of(table: Table) -> str:
    """The plain values as CSV, their headings with units."""
    return csv_text([column.key or column.name for column in table.columns], table.rows)


def write_csv(path: Path, table: Table) -> None:
    """Write the plain values, with a heading line, as UTF-8. Raises OSError."""
    write_atomically(path, csv_of(table).encode("utf-8"))

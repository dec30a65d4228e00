"""The table a sweep ends in: CSV, or Parquet where pyarrow is installed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from isocost.files.errors import FileError
from isocost.files.keeping.writing import writing_atomically
from isocost.files.sweeps.part import Part
from isocost.files.text import csv_cell, os_problem
from isocost.language import tr
from isocost.plan.physics.records import Array
from isocost.plan.sweep.axes import Axis
from isocost.plan.sweep.grid import Grid
from isocost.plan.sweep.points import FIGURES, FITS

if TYPE_CHECKING:
    import pyarrow

AT_A_TIME = 65_536
"""Rows held at once."""
WHOLE = "accelerators"
"""The figure that is a whole number."""
FITS_WORDS = {1.0: "yes", 0.0: "no"}


def columns(grid: Grid) -> tuple[str, ...]:
    """Names of the columns: an axis each, the figures, whether the plan fits, and a note."""
    return (*(each.key for each in grid.axes), *FIGURES, "fits", "note")


Writer = Callable[[BinaryIO, Part], None]


def writer_for(output: Path) -> Writer:
    """How a table of a name is written. Raises FileError: by its ending, or without pyarrow, it cannot be."""
    ending = output.suffix.casefold()
    if ending == ".csv":
        return _csv
    if ending != ".parquet":
        raise FileError(output, tr("a sweep is written to a name that ends in .csv or .parquet."))
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise FileError(
            output, tr("Parquet needs pyarrow, which is not installed: pip install 'isocost[parquet]'.")
        ) from None
    return _parquet


def write_table(output: Path, part: Part) -> None:
    """Every row of a finished sweep, in the order of its axes, in one step. Raises FileError."""
    write = writer_for(output)
    try:
        with writing_atomically(output) as file:
            write(file, part)
    except OSError as error:
        raise FileError(
            output, tr("cannot be written: {os_problem}.", os_problem=os_problem(error))
        ) from None


def _csv(file: BinaryIO, part: Part) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(csv_cell(each) for each in columns(part.grid))
    for places, figures, notes in part.rows(AT_A_TIME):
        cells: list[Sequence[Any]] = [
            np.array([_cell(value) for value in axis.values], dtype=object)[at].tolist()
            for axis, at in zip(part.grid.axes, places, strict=True)
        ]
        cells += [_numbers(figures[:, i], name) for i, name in enumerate(FIGURES)]
        cells.append([FITS_WORDS.get(each, "") for each in figures[:, FITS].tolist()])
        cells.append([csv_cell(each) for each in notes])
        writer.writerows(zip(*cells, strict=True))
    text.detach()  # which would close the file, and leave nothing to flush to the disk


def _cell(value: Any) -> Any:
    """A value of an axis as plan files have it; what is left to the search is blank."""
    return str(value).lower() if isinstance(value, bool) else csv_cell(value)


def _numbers(column: Array, name: str) -> list[Any]:
    """A column's figures to the last digit; blank where there is none."""
    plain: list[Any] = column.tolist()
    known = ~np.isnan(column)
    if name == WHOLE:
        return [int(value) if is_known else "" for value, is_known in zip(plain, known, strict=True)]
    if known.all():
        return plain
    return [value if is_known else "" for value, is_known in zip(plain, known.tolist(), strict=True)]


def _parquet(file: BinaryIO, part: Part) -> None:
    import pyarrow
    import pyarrow.parquet

    writer = None
    try:
        for places, figures, notes in part.rows(AT_A_TIME):
            table = _arrow(part.grid, places, figures, notes)
            if writer is None:
                writer = pyarrow.parquet.ParquetWriter(file, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=AT_A_TIME)
    finally:
        if writer is not None:
            writer.close()


def _arrow(
    grid: Grid, places: Sequence[NDArray[np.intp]], figures: Array, notes: Sequence[str]
) -> pyarrow.Table:
    import pyarrow

    made = list(_axes(grid.axes, places))
    for i, name in enumerate(FIGURES):
        column, unknown = figures[:, i], np.isnan(figures[:, i])
        if name == WHOLE:
            column = np.where(unknown, 0, column).astype(np.int64)
        made.append(pyarrow.array(column, mask=unknown))
    unknown = np.isnan(figures[:, FITS])
    made.append(pyarrow.array(figures[:, FITS] == 1.0, mask=unknown))
    made.append(pyarrow.array([each or None for each in notes], pyarrow.string()))
    return pyarrow.table(dict(zip(columns(grid), made, strict=True)))


def _axes(axes: Sequence[Axis], places: Sequence[NDArray[np.intp]]) -> Iterator[Any]:
    import pyarrow

    for axis, at in zip(axes, places, strict=True):
        yield pyarrow.array(list(axis.values)).take(pyarrow.array(at))

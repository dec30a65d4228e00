"""Opening a table of runs for a command."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isocost.files.runs import Row


def open_table(path: Path, required: Sequence[str], kind: str = "training") -> tuple[list[str], list[Row]]:
    """Column names and rows of a table; columns nothing is read from are named on standard error.

    Raises FileError.
    """
    from isocost.evidence.rows.columns import GENERATION_READ, TRAINING_READ, unread
    from isocost.files import load_runs

    names, rows = load_runs(path, required)
    if said := unread(names, TRAINING_READ if kind == "training" else GENERATION_READ):
        print(f"isocost: {path.name}: {said}", file=sys.stderr)
    return names, rows

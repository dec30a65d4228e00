"""``isocost validate``: how far off the model is on measured runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from isocost.cli.arguments import command_parser
from isocost.cli.output import write

if TYPE_CHECKING:
    from isocost.evidence.validation import Validation

DESCRIPTION = (
    "Score predicted throughput, memory and order of layouts against measured runs: the published ones that "
    "come with the app, or a table of your own with the columns of isocost predict, source and "
    "tokens_per_s_per_gpu."
)


def run(arguments: Sequence[str]) -> int:
    """Print the scores. Raises FileError, UsageError, CatalogError."""
    parser = command_parser("validate", DESCRIPTION)
    parser.add_argument("runs", metavar="RUNS.csv", type=Path, nargs="?", help="table of measured runs")
    parser.add_argument(
        "--format", choices=("text", "json", "csv"), default="text", help="how to write it (default: text)"
    )
    chosen = parser.parse_args(arguments)
    write(_written(_validated(chosen.runs), chosen.format))
    return 0


def _validated(runs: Path | None) -> Validation:
    from isocost.cli.plans import open_catalog
    from isocost.cli.runs.predict import TRAINING
    from isocost.cli.runs.tables import open_table
    from isocost.evidence.validation import validate_rows, validate_shipped
    from isocost.files import FileError

    if runs is None:
        return validate_shipped(open_catalog())
    _, rows = open_table(runs, (*TRAINING, "tokens_per_s_per_gpu"))
    try:
        return validate_rows(rows, open_catalog())
    except ValueError as error:
        raise FileError(runs, str(error)) from error


def _written(found: Validation, written: str) -> str:
    from isocost.report import validation_tables

    writers = {
        "text": validation_tables.text,
        "json": validation_tables.json_text,
        "csv": validation_tables.csv_text,
    }
    return writers[written](found)

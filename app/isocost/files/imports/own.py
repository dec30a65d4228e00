"""Files of one's own runs, which may be tables of ours or logs: told apart by their content."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from isocost.catalog import Catalog
from isocost.evidence.own_runs import NEEDED, Calibration, calibrated
from isocost.files.errors import FileError
from isocost.files.imports.logs import LogReader, RunLog
from isocost.files.imports.logs.progress import record_of
from isocost.files.imports.prices import PriceList, PriceReader
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile
from isocost.files.own.quotes import ReadQuotes, load_quotes
from isocost.files.records import Record, load_record
from isocost.files.runs import load_runs
from isocost.plan.project.measuring import as_calibration
from isocost.plan.project.project import Place, Project
from isocost.quantities import MoneyUnit


def log_in(path: Path) -> RunLog | None:
    """The log that a file is; None = it is none. Raises FileError: it cannot be read."""
    file, reader = SourceFile.load(path), LogReader()
    if not reader.knows(file):
        return None
    try:
        return reader.read(file, Given())
    except NotUnderstoodError as problem:
        raise FileError(path, str(problem)) from None


def calibration_in(
    path: Path, project: Project, at: Place, catalog: Catalog, today: str
) -> tuple[Calibration, RunLog | None]:
    """The runs of a file beside the model, and the log it is where it is one. Raises FileError."""
    log = log_in(path)
    try:
        if log is not None:
            return as_calibration(log.beside(project, catalog, at).found), log
        _, rows = load_runs(path, NEEDED)
        return calibrated(rows, catalog, source=path.name, date=today), None
    except ValueError as problem:
        raise FileError(path, str(problem)) from problem


def quotes_in(
    path: Path, catalog: Catalog, money: Sequence[MoneyUnit], today: date
) -> ReadQuotes | PriceList:
    """The quotes of a file, or the catalogue of prices that it is. Raises FileError."""
    file, reader = SourceFile.load(path), PriceReader()
    if not reader.is_catalogue(file):
        return load_quotes(path, catalog, money, today)
    try:
        return reader.read(file, Given())
    except NotUnderstoodError as problem:
        raise FileError(path, str(problem)) from None


def record_in(path: Path) -> Record:
    """How far a run was, when: from a log, or a table of ours. Raises FileError."""
    log = log_in(path)
    if log is None:
        return load_record(path)
    try:
        return record_of(log)
    except NotUnderstoodError as problem:
        raise FileError(path, str(problem)) from None

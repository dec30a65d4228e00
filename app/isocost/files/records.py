"""The record of a run: a CSV file of how far it was, when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from isocost.evidence.rows.columns import unread
from isocost.files.errors import FileError
from isocost.files.runs import Row, load_runs
from isocost.language import capital, tr
from isocost.plan.answer.actual import Progress, progress_of
from isocost.quantities import PLAIN, QuantityError, numbers_marked, parse
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "hours": ("hours", "elapsed_hours", "wall_hours", "time_hours", "hour"),
    "days": ("days", "elapsed_days"),
    "seconds": ("seconds", "elapsed_seconds", "elapsed", "relative_time"),
    "date": ("date", "time", "timestamp", "datetime"),
    "tokens": ("tokens", "consumed_tokens", "tokens_seen", "total_tokens"),
    "step": ("step", "steps", "iteration", "iter", "global_step"),
    "tokens_per_s": ("tokens_per_s", "tokens_per_second", "throughput"),
    "loss": ("loss", "train_loss", "lm_loss"),
}
"""What a record may hold, and the names of columns that say it; the first that is there is taken."""
_TIMES = {"hours": 1.0, "days": HOURS_PER_DAY, "seconds": 1.0 / SECONDS_PER_HOUR}
_PROGRESS = ("tokens", "step", "tokens_per_s")


@dataclass(frozen=True, slots=True)
class Reading:
    """How far a run was at one time."""

    line: int
    """Of the file."""
    hours: float
    """Since the run's start; since its first reading where a date is given."""
    tokens: float | None = None
    step: float | None = None
    tokens_per_s: float | None = None
    """Of all accelerators together."""
    loss: float | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A run's readings in the order of time, and what of the file was not understood."""

    readings: tuple[Reading, ...]
    start: datetime | None
    """Of the first reading where dates are given, in UTC where they name a zone."""
    problems: tuple[str, ...]
    """Columns that are not read and rows left out, each named in a sentence."""


def load_record(path: Path) -> Record:
    """The readings of a CSV file whose first line names its columns; rows that are wrong are left out.

    Raises FileError with one sentence: no such table, no column of time or of progress, no row that is right.
    """
    _, rows = load_runs(path, ())
    found = {what: name for what, names in COLUMNS.items() for name in reversed(names) if name in rows[0]}
    when = next((what for what in (*_TIMES, "date") if what in found), None)
    if when is None:
        raise FileError(path, tr("no column says when: name one hours, days, seconds or date."))
    if not any(what in found for what in _PROGRESS):
        raise FileError(path, "no column says how far: name one tokens, step or tokens_per_s.")
    readings: list[Reading] = []
    read = {name for what, name in found.items() if what == when or what not in (*_TIMES, "date")}
    left = unread(rows[0], frozenset(read))
    problems = [capital(left)] if left else []
    start: datetime | None = None
    for line, row in enumerate(rows, 2):
        try:
            if when == "date":
                at = _date(row, found["date"])
                start = at if start is None else start
                hours = (at - start).total_seconds() / SECONDS_PER_HOUR
            else:
                hours = _number(row, found[when]) * _TIMES[when]
            reading = _reading(line, hours, row, found)
            if readings and hours < readings[-1].hours:
                raise ValueError(tr("{found} goes back; rows stand in the order of time.", found=found[when]))
        except ValueError as error:
            problems.append(f"line {line}: {error} The row is left out.")
        else:
            readings.append(reading)
    if not readings:
        raise FileError(path, tr("no row can be read; {problems}", problems=problems[0]))
    return Record(tuple(readings), start, tuple(problems))


def progress_in(record: Record, batch_tokens: float | None) -> Progress:
    """How far a record was by when, steps counted in batches of so many tokens. Raises NoRunError."""
    readings = record.readings
    return progress_of(
        [each.hours for each in readings],
        [each.tokens for each in readings],
        [each.step for each in readings],
        [each.tokens_per_s for each in readings],
        [each.loss for each in readings],
        batch_tokens,
        from_start=record.start is None,
    )


def _reading(line: int, hours: float, row: Row, found: Mapping[str, str]) -> Reading:
    """One row. Raises ValueError saying what is wrong with it."""
    values: dict[str, float | None] = {}
    for what in _PROGRESS:
        values[what] = _number(row, found[what]) if what in found and row[found[what]].strip() else None
    if all(value is None for value in values.values()):
        raise ValueError(tr("nothing says how far the run was."))
    try:
        loss = _number(row, found["loss"]) if "loss" in found else None
    except ValueError:
        loss = None  # a loss that is not one says nothing of the pace
    return Reading(line, hours, values["tokens"], values["step"], values["tokens_per_s"], loss)


def _number(row: Row, column: str) -> float:
    text = row[column].strip()
    try:
        with numbers_marked(PLAIN):
            value = parse(text, "number")
    except QuantityError:
        raise ValueError(tr("{column} is {text!r}, not a number.", column=column, text=text[:40])) from None
    if not 0.0 <= value < 1e30:
        raise ValueError(tr("{column} is {text}: it must be 0 or more.", column=column, text=text[:40]))
    return value


def _date(row: Row, column: str) -> datetime:
    text = row[column].strip()
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            tr("{column} is {text!r}, not a date such as 2026-11-29 14:30.", column=column, text=text[:40])
        ) from None
    try:
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo is not None else found
    except OverflowError:
        raise ValueError(
            tr("{column} is {text}, beyond the calendar.", column=column, text=text[:40])
        ) from None

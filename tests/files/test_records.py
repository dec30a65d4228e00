"""How far a run was, by when, in a table of one's own: what is read, and why a row is left out."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from isocost.files import FileError
from isocost.files.records import Record, load_record
from isocost.files.runs import MOST_ROWS


def record(folder: Path, text: str) -> Record:
    path = folder / "record.csv"
    path.write_text(text, "utf-8")
    return load_record(path)


@pytest.mark.parametrize(
    ("heading", "when", "hours"),
    [
        ("hours", ("1", "2.5"), (1.0, 2.5)),
        ("elapsed_days", ("1", "2"), (24.0, 48.0)),
        ("seconds", ("3600", "5400"), (1.0, 1.5)),
        ("date", ("2026-11-01", "2026-11-02 06:00"), (0.0, 30.0)),
        ("timestamp", ("2026-11-01T00:00:00+02:00", "2026-11-01T00:00:00+00:00"), (0.0, 2.0)),
    ],
)
def test_times_are_read_in_any_unit(tmp_path, heading, when, hours) -> None:
    found = record(tmp_path, f"{heading},tokens,loss\n{when[0]},1e9,2.5\n{when[1]},2e9,oom\n")
    assert [each.hours for each in found.readings] == list(hours)
    assert [each.tokens for each in found.readings] == [1e9, 2e9]
    assert [each.loss for each in found.readings] == [2.5, None]
    assert (found.start is None) == (heading not in ("date", "timestamp"))


def test_a_date_with_a_zone_is_in_utc(tmp_path) -> None:
    found = record(tmp_path, "date,step\n2026-11-01T01:00:00+02:00,10\n")
    assert found.start == datetime(2026, 10, 31, 23)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("soon,2e9", "date is 'soon', not a date such as 2026-11-29 14:30."),
        ("0001-01-01T00:00+14:00,2e9", "beyond the calendar."),
        ("2026-10-01,2e9", "goes back; rows stand in the order of time."),
        ("2026-11-02,many", "tokens is 'many', not a number."),
        ("2026-11-02,-5", "tokens is -5: it must be 0 or more."),
        ("2026-11-02,", "nothing says how far the run was."),
    ],
)
def test_a_row_that_is_wrong_is_named_and_left_out(tmp_path, row, said) -> None:
    found = record(tmp_path, f"date,tokens\n2026-11-01,1e9\n{row}\n2026-11-03,3e9\n")
    assert [each.tokens for each in found.readings] == [1e9, 3e9]
    (problem,) = found.problems
    assert problem.startswith("line 3: ")
    assert said in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tokens\n1e9\n", "no column says when"),
        ("hours,loss\n1,2.0\n", "no column says how far"),
        ("hours,tokens\nsoon,1e9\n", "no row can be read; line 2"),
        ("hours,tokens\n" + "1,1\n" * (MOST_ROWS + 1), "more than"),
    ],
)
def test_what_is_no_record_is_refused_in_a_sentence(tmp_path, text, said) -> None:
    with pytest.raises(FileError, match=said):
        record(tmp_path, text)

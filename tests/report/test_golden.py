"""Every preset and scenario says what it has said: to the cent, and word for word.

The files beside this one are what ``isocost estimate`` printed on 2026-11-29. After a change that is meant,
``python -m tests.report.test_golden`` writes them again; the commit says what changed, and why.
"""

from __future__ import annotations

import json
import math
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import Estimate
from isocost.plan.answer.warnings import ages, notices
from isocost.report.estimate_tables import json_text
from isocost.report.estimate_text import text

FOLDER = Path(__file__).parent / "golden"
LAST_DIGITS = 1e-9
"""Processors differ in the last digits of exponentials and logarithms."""


class _WrittenOn(date):
    """The day the files were written: warnings tell the age of prices."""

    @classmethod
    def today(cls) -> date:
        return date(2026, 11, 29)


def cases() -> list[tuple[str, int]]:
    """Every preset's file name and scenario."""
    catalog = load()
    return [
        (path.name, index)
        for path in sorted(presets().glob("*.yaml"))
        for index in range(len(load_project(path, catalog).scenarios))
    ]


def priced(preset: str, scenario: int) -> Estimate:
    """The estimate as of the day the files were written."""
    catalog = load()
    with patch.object(ages, "date", _WrittenOn), patch.object(notices, "date", _WrittenOn):
        return estimate(load_project(presets() / preset, catalog), catalog, scenario)


def files(preset: str, scenario: int) -> tuple[Path, Path]:
    """Where the JSON and the text of one scenario are kept."""
    stem = f"{Path(preset).stem}.{scenario}"
    return FOLDER / f"{stem}.json", FOLDER / f"{stem}.txt"


def same(said: Any, kept: Any) -> bool:
    """Whether two JSON values agree, measured figures to the last digits and everything else exactly."""
    if isinstance(kept, dict) and isinstance(said, dict):
        return list(said) == list(kept) and all(same(said[key], kept[key]) for key in kept)
    if isinstance(kept, list) and isinstance(said, list):
        return len(said) == len(kept) and all(map(same, said, kept))
    if isinstance(kept, float) and isinstance(said, float):
        return math.isclose(said, kept, rel_tol=LAST_DIGITS)
    return bool(said == kept)


@pytest.mark.parametrize(("preset", "scenario"), cases())
def test_a_preset_says_what_it_has_said(preset, scenario):
    result = priced(preset, scenario)
    kept_json, kept_text = files(preset, scenario)
    assert same(json.loads(json_text(result)), json.loads(kept_json.read_text(encoding="utf-8")))
    assert text(result) + "\n" == kept_text.read_text(encoding="utf-8")


def test_no_file_is_kept_of_a_scenario_that_is_gone():
    assert {path for case in cases() for path in files(*case)} == set(FOLDER.iterdir())


def write() -> None:
    """Write every file again."""
    for case in cases():
        result = priced(*case)
        kept_json, kept_text = files(*case)
        kept_json.write_text(json_text(result) + "\n", encoding="utf-8")
        kept_text.write_text(text(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write()

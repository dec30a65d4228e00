"""A hand that knows nothing plays with the window; the long run is ``tools/monkey.py`` by itself."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

EVENTS = 100


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is told where /proc tells it")
def test_edits_tell_what_is_held_ten_times(
    python: str, repository: Path, isocost_environment: dict[str, str], tmp_path: Path
):
    tool = str(repository / "tools" / "monkey.py")
    run = subprocess.run(
        [python, tool, "--edits", "--events", "20"],
        env=isocost_environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    told = re.findall(r"^(\d+) MB resident after (\d+) edits$", run.stdout, re.MULTILINE)
    assert [int(edits) for _, edits in told] == list(range(2, 21, 2))
    assert all(int(held) > 0 for held, _ in told)


def test_random_clicks_drags_and_texts_meet_no_fault(
    python: str, repository: Path, isocost_environment: dict[str, str], tmp_path: Path
):
    tool = str(repository / "tools" / "monkey.py")
    run = subprocess.run(
        [python, tool, "--seed", "5", "--events", str(EVENTS)],
        env=isocost_environment, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith(f"{EVENTS} events of seed 5 in ")
    assert run.stdout.rstrip().endswith("faults: none")
    assert list(tmp_path.iterdir()) == []  # it writes nothing where it is started

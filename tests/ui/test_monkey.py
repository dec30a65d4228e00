"""A hand that knows nothing plays with the window; the long run is ``tools/monkey.py`` by itself."""

from __future__ import annotations

import subprocess
from pathlib import Path

EVENTS = 100


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

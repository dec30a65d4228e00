"""The app's own check, as the build and the benchmarks run it."""

from __future__ import annotations

import json
import subprocess

from isocost.ui.screenshot import PATIENCE_MS


def test_the_app_checks_itself_without_a_word_and_without_waiting(python, isocost_environment, tmp_path):
    run = subprocess.run(
        [python, "-m", "isocost.cli", "--smoke"],
        env=isocost_environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=0.9 * PATIENCE_MS / 1e3,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["first_paint_ms"] > 0
    assert list(tmp_path.iterdir()) == []

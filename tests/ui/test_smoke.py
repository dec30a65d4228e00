"""The app's own check, as the build and the benchmarks run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from isocost.ui.screenshot import PATIENCE_MS, settle
from isocost.ui.speaking import PassingSettings


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


def test_passing_settings_are_kept_for_the_window_and_go_with_it():
    """They are no file of the null device, which root's settings would take the place of."""
    made = PassingSettings()
    made.setValue("theme", "dark")
    made.sync()
    file = Path(made.fileName())
    assert made.value("theme") == "dark"
    assert file.is_file()
    del made
    assert not file.exists()


class Twice(QObject):
    """Work that is asked for more as it says that it is done."""

    settled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.left = 2

    @property
    def busy(self) -> bool:
        return self.left > 0

    def end_one(self) -> None:
        self.left -= 1
        self.settled.emit()
        if self.left:
            QTimer.singleShot(0, self.end_one)


def test_work_that_is_asked_for_when_all_is_done_is_waited_for(qapp):
    work = Twice()
    QTimer.singleShot(0, work.end_one)
    assert settle(work, 5_000)


def test_who_is_out_of_patience_is_told(qapp):
    assert not settle(Twice(), 20)

"""Ended from outside, a window keeps what is not saved, and the next one offers it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.files import load_project, save_project
from isocost.files.keeping.autosave import copies_folder, left_copies
from tests.ui.conftest import preset

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from isocost.ui import app
from isocost.ui.window import Window
from isocost.ui.widgets.boxes import Icon, message_box

def edit():
    window = next((each for each in QApplication.topLevelWidgets() if isinstance(each, Window)), None)
    if window is None or not window.filled or window.session.path is None:
        QTimer.singleShot(20, edit)
        return
    window.session.set_value("data.tokens", 3.21e12, "Tokens")
    print("edited", flush=True)
    if len(sys.argv) > 2:
        message_box(window, "asked", Icon.Question, "Is anything open above it?").exec()

application = app.application()
QTimer.singleShot(0, edit)
sys.exit(app.run(Path(sys.argv[1])))
"""


@pytest.fixture
def edited(tmp_path: Path, isocost_environment) -> Callable[..., subprocess.Popen[str]]:
    """A window of its own process on a plan with an edit that is not saved."""
    path = tmp_path / "plan.yaml"
    save_project(load_project(preset("startup-7b")), path)

    def start(*more: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", WINDOW, str(path), *more],
            env=isocost_environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        if process.stdout.readline() != "edited\n":
            _, said = process.communicate(timeout=60)
            if "xcb" in said:
                pytest.skip("Qt's plugin for X11 has not its libraries here")
            pytest.fail(said)
        return process

    return start


def kept(tmp_path: Path) -> float:
    """The tokens of the one copy there is."""
    (copy,) = left_copies(copies_folder(), load(tmp_path / "no-user-files"))
    assert copy.project is not None
    assert copy.origin.path == tmp_path / "plan.yaml"
    assert load_project(tmp_path / "plan.yaml").scenarios[0].stages[0].data.tokens != 3.21e12
    return copy.project.scenarios[0].stages[0].data.tokens


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals")
@pytest.mark.parametrize(
    ("name", "code", "more"),
    [("SIGTERM", 0, ("a dialog",)), ("SIGHUP", 0, ()), ("SIGINT", 130, ())],
)
def test_a_signal_ends_the_window_and_keeps_the_plan(edited, tmp_path, name, code, more) -> None:
    process = edited(*more)
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert kept(tmp_path) == 3.21e12


@pytest.mark.skipif(not shutil.which("Xvfb"), reason="no display to take away")
def test_a_display_that_is_gone_takes_no_plan_with_it(edited, tmp_path) -> None:
    read, write = os.pipe()
    display = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    number = os.read(read, 16).decode().strip()
    os.close(read)
    try:
        process = edited(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb")
        display.kill()
        _, said = process.communicate(timeout=60)
    finally:
        display.kill()
        display.wait()
    assert process.returncode != 0
    assert "Traceback" not in said
    assert kept(tmp_path) == 3.21e12


def test_a_window_that_is_killed_has_kept_its_plan_within_ten_seconds(edited, tmp_path) -> None:
    process = edited()
    folder, deadline = copies_folder(), time.monotonic() + 10.0
    while not list(folder.glob("[!.]*.yaml")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    assert kept(tmp_path) == 3.21e12

"""The app's own check: open a preset, paint, save, quit, and tell how long the first paint took."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer

from isocost import paths
from isocost.language import tr
from isocost.ui.app import application
from isocost.ui.look.theme import ThemeManager
from isocost.ui.speaking import PassingSettings
from isocost.ui.window import Window

PRESET = "deepseek-v3.yaml"


def run_smoke() -> int:
    """Run the check on the platform Qt is given; prints one line of JSON and returns the exit code.

    ``ISOCOST_STARTED`` (seconds since the epoch) says when the process was started; without it time counts
    from here.
    """
    started = float(os.environ.get("ISOCOST_STARTED", time.time()))
    painted: list[float] = []
    application()
    loop = QEventLoop()  # quitting the application would close the window, and with it the session
    window = Window(PassingSettings(), ThemeManager())
    window.centre.painted.connect(lambda: painted.append((time.time() - started) * 1e3))
    window.centre.painted.connect(lambda: QTimer.singleShot(0, lambda: _fill(window)))
    window.pages_loaded.connect(loop.quit)
    window.show_workspace()
    window.show()
    loop.exec()
    from isocost.ui.screenshot import settle

    opened = window.documents.open(paths.presets() / PRESET)
    computed = settle(window.session) and bool(window.session.answer and window.session.answer.others)
    saved = _saves(window)
    window.close()
    if not (opened and computed and saved and painted):
        seen = tr(
            "opened {opened}, computed {computed}, saved {saved}, painted {bool}",
            opened=opened,
            computed=computed,
            saved=saved,
            bool=bool(painted),
        )
        print(seen, file=sys.stderr)
        return 1
    print(json.dumps({"first_paint_ms": round(painted[0], 1)}), flush=True)
    return 0


def _fill(window: Window) -> None:
    from isocost.catalog import load

    window.fill(load())


def _saves(window: Window) -> bool:
    """Whether the open plan reads back the same after saving, and its picture is not empty."""
    from isocost.files import load_project

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "plan.yaml"
        return (
            window.documents.write(path)
            and load_project(path) == window.session.project
            and not window.grab().isNull()
        )

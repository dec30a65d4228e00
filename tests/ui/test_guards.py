"""Guards against a Qt binding that breaks the app in ways no feature test shows."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QSettings
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QLabel, QSlider


def test_calling_qt_does_not_drop_references_to_none(qtbot):
    """Some PySide6 builds lose one reference to None per call and abort the interpreter after minutes."""
    label, slider, path = QLabel(), QSlider(), QPainterPath()
    qtbot.addWidget(label)
    qtbot.addWidget(slider)
    before = sys.getrefcount(None)
    for turn in range(300):
        label.setText(str(turn))
        slider.setValue(turn % 100)
        path.lineTo(turn, turn)
    assert abs(sys.getrefcount(None) - before) < 30


def test_settings_of_a_test_stay_in_its_own_home(home):
    """The trap: settings named by organisation and application ignore the default format."""
    settings = QSettings()
    settings.setValue("probe", 1)
    settings.sync()
    assert home in type(home)(settings.fileName()).parents


IMPORTING = """
import linecache
from isocost.ui.app import application
application()
import isocost.ui.tabs.ledger.page
print(len(linecache.cache))
"""


def test_no_source_is_kept_of_what_the_window_imports(python, isocost_environment):
    """PySide reads the source of each module that is imported, and Python would keep its lines."""
    environment = isocost_environment | {"QT_QPA_PLATFORM": "offscreen"}
    run = subprocess.run(
        [python, "-c", IMPORTING], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["0"]

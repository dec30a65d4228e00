"""Every test runs without a display, and with a home, settings and data folder of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QT_SCALE_FACTOR"] = "1"

from hypothesis import HealthCheck, settings
from PySide6.QtCore import QCoreApplication, QSettings, QStandardPaths

from isocost.quantities import DOLLAR, PLAIN, mark_numbers, show_money_in

# A busy machine is slow at times, which says nothing of the code.
settings.register_profile("isocost", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("isocost")

HOME_VARIABLES = {
    "HOME": ".",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_CACHE_HOME": ".cache",
    "XDG_STATE_HOME": ".local/state",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "ISOCOST_DATA": "isocost-data",
}


MOVED = pytest.StashKey[Path]()
"""The home of a process that was moved into one before its tests."""


@pytest.fixture(autouse=True)
def home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A fresh home folder; nothing a test does reaches the settings or data of the person running it."""
    if (moved := request.config.stash.get(MOVED, None)) is not None:
        return moved
    folder = tmp_path_factory.mktemp("home")
    move_into(folder, monkeypatch)
    return folder


def move_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a folder the home of this process."""
    for name, place in HOME_VARIABLES.items():
        monkeypatch.setenv(name, str(folder / place))
    QStandardPaths.setTestModeEnabled(True)
    QCoreApplication.setOrganizationName("Isocost")
    QCoreApplication.setApplicationName("Isocost")
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings"))


@pytest.fixture(autouse=True)
def in_plain_dollars() -> None:
    """Amounts are written in dollars and plain numbers, whatever the last test was shown in."""
    show_money_in(DOLLAR)
    mark_numbers(PLAIN)


@pytest.fixture
def repository() -> Path:
    """The checkout that holds these tests."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture
def isocost_environment(
    home: Path, repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Environment for a child process that imports Isocost from this checkout, in the test's own home."""
    # Compiled once for all children of a run: compiling anew took half of a child's life.
    compiled = tmp_path_factory.getbasetemp().parent / "compiled"
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(repository / "app"), "PYTHONPYCACHEPREFIX": str(compiled)}


@pytest.fixture
def python() -> str:
    """The interpreter running the tests."""
    return sys.executable

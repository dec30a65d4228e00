"""Where the app finds its shipped data and the user's own folder; the only module that knows paths."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def _shipped_root() -> Path:
    """Folder that holds ``resources`` and ``presets``: the frozen app's, the wheel's or the checkout's."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "isocost"] if frozen else []
    candidates += [package, package.parent.parent]
    for root in candidates:
        if (root / "resources").is_dir():
            return root
    raise FileNotFoundError(f"resources not found beside {package}: reinstall Isocost")


def resource(*parts: str) -> Path:
    """Path of a shipped data or art file, for example ``resource("accelerators.csv")``."""
    return _shipped_root().joinpath("resources", *parts)


def presets() -> Path:
    """Folder of the shipped preset projects."""
    return _shipped_root() / "presets"


def docs() -> Path:
    """Folder of the pages of help."""
    return _shipped_root() / "docs"


def user_data() -> Path:
    """Per-user data folder (not created): ``ISOCOST_DATA`` when set, else the platform's convention."""
    if override := os.environ.get("ISOCOST_DATA"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData/Roaming")) / "Isocost"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Isocost"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local/share")) / "isocost"


def user_logs() -> Path:
    """Per-user folder of logs (not created): ``ISOCOST_LOGS`` when set, else the platform's convention."""
    if override := os.environ.get("ISOCOST_LOGS"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "Isocost/Logs"
    if sys.platform == "darwin":
        return Path.home() / "Library/Logs/Isocost"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "isocost/log"


def user_state() -> Path:
    """Per-user folder of what windows keep between them (not created): ``ISOCOST_STATE`` when set, else the
    platform's convention."""
    if override := os.environ.get("ISOCOST_STATE"):
        return Path(override)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData/Local")) / "Isocost/State"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/Isocost/State"
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local/state")) / "isocost"

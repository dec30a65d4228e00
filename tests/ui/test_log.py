"""What the window met is on disk afterwards, whatever ended it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from isocost import paths

START = "import logging; from isocost.ui.log import log_path, start_log; start_log(); "


@pytest.fixture
def run(python, isocost_environment):
    """Runs a few lines in a process of its own, with a log."""

    def started(lines: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [python, "-c", START + lines],
            env=isocost_environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return started


def logged() -> str:
    return (paths.user_logs() / "isocost.log").read_text(encoding="utf-8")


def test_what_is_logged_is_kept_in_the_folder_of_states(run, home):
    assert run("logging.error('noted'); print(log_path())").stdout.strip() == str(
        home / ".local/state/isocost/log/isocost.log"
    )
    assert "ERROR root: noted" in logged()


def test_a_fatal_signal_leaves_a_trace_and_the_next_window_logs_it(run):
    died = run("import faulthandler; faulthandler._sigsegv()")
    assert died.returncode != 0
    trace = paths.user_logs() / "fatal.txt"
    assert "Segmentation fault" in trace.read_text(encoding="utf-8")
    assert run("pass").returncode == 0
    assert "ended by a fatal error" in logged()
    assert "Segmentation fault" in logged()
    assert trace.read_text(encoding="utf-8") == ""


def test_an_error_in_a_thread_is_logged(run):
    lines = "import threading; t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()"
    assert run(lines).returncode == 0
    assert "ZeroDivisionError" in logged()


def test_the_log_never_grows_large(run):
    run("[logging.error('x' * 10_000) for _ in range(600)]")
    files = sorted(paths.user_logs().glob("isocost.log*"))
    assert len(files) == 4
    assert max(each.stat().st_size for each in files) <= 1_000_000


def test_a_folder_that_cannot_be_made_is_said_and_nothing_else(run, home, monkeypatch, isocost_environment):
    (home / "file").write_text("")
    isocost_environment["ISOCOST_LOGS"] = str(home / "file" / "logs")
    ran = run("print(log_path())")
    assert ran.returncode == 0
    assert ran.stdout.strip() == "None"
    assert "No log is kept" in ran.stderr


@pytest.mark.parametrize(
    ("system", "expected"),
    [
        ("linux", ".local/state/isocost/log"),
        ("darwin", "Library/Logs/Isocost"),
        ("win32", "AppData/Local/Isocost/Logs"),
    ],
)
def test_each_system_has_its_own_place(system, expected, home, monkeypatch):
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr(Path, "home", lambda: home)
    assert paths.user_logs() == home / expected

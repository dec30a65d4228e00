"""A system without a library Qt needs is told which package to install."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from isocost.cli import PROBLEM, libraries, main, window


@pytest.mark.parametrize(
    ("library", "said"),
    [
        ("libEGL.so.1", "sudo apt install libegl1 (Fedora: sudo dnf install libglvnd-egl)"),
        ("libxkbcommon.so.0", "sudo apt install libxkbcommon0"),
        ("libother.so.7", "libother.so.7, which this system lacks; install the package that holds it"),
    ],
)
def test_a_missing_library_is_named_with_its_package(monkeypatch, capsys, library, said):
    monkeypatch.setattr(libraries.ctypes, "CDLL", lambda name: None)  # everything else is there

    def fail(*_: object) -> int:
        raise ImportError(f"{library}: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(window, "run", fail)
    assert main([]) == PROBLEM
    told = capsys.readouterr().err
    assert library in told
    assert said in told


def test_another_failed_import_stays_a_fault(monkeypatch):
    def fail(*_: object) -> int:
        raise ImportError("cannot import name 'x'")

    monkeypatch.setattr(window, "run", fail)
    with pytest.raises(ImportError, match="cannot import name"):
        main([])


@pytest.fixture
def lacking(monkeypatch):
    """A system whose Qt plugin for X lacks a library, as the loader says it."""
    words = "libxcb-cursor.so.0: cannot open shared object file: No such file or directory"
    found = {"xcb": words, "wayland": "", "offscreen": ""}

    def load(path: str) -> None:
        name = path.rpartition("libq")[2].removesuffix(".so")
        if words := found.get(name):
            raise OSError(words)

    monkeypatch.setattr(libraries.ctypes, "CDLL", load)
    monkeypatch.setattr(libraries.Path, "is_file", lambda path: True)
    return found


def test_what_the_plugin_of_a_display_lacks_is_said_before_qt_aborts(lacking, monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert main([]) == PROBLEM
    told = capsys.readouterr().err
    assert "needs libxcb-cursor.so.0" in told
    assert "sudo apt install libxcb-cursor0 (Fedora: sudo dnf install xcb-util-cursor)" in told


def test_one_display_that_works_is_enough(lacking):
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert libraries.no_window(both, "linux") is None
    assert "libxcb-cursor0" in str(libraries.no_window({"DISPLAY": ":0"}, "linux"))
    lacking["wayland"] = lacking["xcb"].replace("xcb-cursor.so.0", "wayland-client.so.0")
    assert "sudo apt install" in str(libraries.no_window(both, "linux"))
    assert libraries.no_window({"QT_QPA_PLATFORM": "offscreen:x"}, "linux") is None


def test_what_is_carried_is_not_to_be_installed_because_another_is(monkeypatch):
    def lack(library: str) -> None:
        if "xcb" in library:  # its own, and all that are linked to it
            raise OSError("libxcb.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(libraries.ctypes, "CDLL", lack)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    error = ImportError("libxcb.so.1: cannot open shared object file: No such file or directory")
    assert "install it with: sudo apt install libxcb1 (" in str(libraries.missing_library(error))


def test_everything_a_bare_system_lacks_is_one_line_to_install(monkeypatch, capsys):
    def lack(library: str) -> None:
        raise OSError(f"{Path(library).name}: cannot open shared object file: No such file or directory")

    def fail(*_: object) -> int:
        raise ImportError("libglib-2.0.so.0: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(libraries.ctypes, "CDLL", lack)
    monkeypatch.setattr(window, "run", fail)
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    assert main([]) == PROBLEM
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1
    assert "libglib-2.0.so.0 and" in told
    line = told.partition("sudo apt install ")[2].partition(" (Fedora")[0].split()
    assert {"libglib2.0-0", "libegl1", "libfontconfig1", "libxcb-cursor0"} <= set(line)
    assert line == sorted(set(line))
    assert "libwayland-client0" not in line, "an X display asks for nothing of Wayland's"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is one display, and it is there")
def test_a_display_that_is_not_brought_is_said_with_those_that_are(monkeypatch, capsys):
    monkeypatch.setenv("QT_QPA_PLATFORM", "teletype:7")
    assert main([]) == PROBLEM
    told = capsys.readouterr().err
    assert "asks for teletype, which Isocost does not bring" in told
    assert "offscreen" in told
    assert libraries.no_window({"QT_QPA_PLATFORM": "teletype;offscreen"}, "linux") is None
    monkeypatch.setenv("QT_PLUGIN_PATH", "/opt/plugins")  # it may be there
    assert libraries.no_window({"QT_QPA_PLATFORM": "teletype"}, "linux") is None


def test_no_display_at_all_is_said_where_there_must_be_one():
    assert libraries.no_window({}, "linux") == libraries.NO_DISPLAY
    assert libraries.no_window({}, "darwin") is None
    assert libraries.no_window({}, "win32") is None

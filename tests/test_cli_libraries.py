"""A system without a library Qt needs is told which package to install."""

from __future__ import annotations

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
        if found[name]:
            raise OSError(found[name])

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


def test_no_display_at_all_is_said_where_there_must_be_one():
    assert libraries.no_window({}, "linux") == libraries.NO_DISPLAY
    assert libraries.no_window({}, "darwin") is None
    assert libraries.no_window({}, "win32") is None

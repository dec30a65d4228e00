"""A system without a library Qt needs is told which package to install."""

from __future__ import annotations

import pytest

from isocost.cli import PROBLEM, main, window


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

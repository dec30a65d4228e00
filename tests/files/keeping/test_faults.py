"""Whatever call of a save fails, the old plan is whole or the new one is, and a sentence says so."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from isocost.files import FileError, load_project, save_project
from isocost.files.keeping import writing
from tests.files.test_saving import plan

WATCHED = (
    "open", "write", "fsync", "fstat", "fchmod", "fchown", "close", "link", "replace", "unlink", "stat",
    "access", "scandir", "listxattr",
)  # fmt: skip
FAULTS = (
    errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG, errno.ENOENT,
    errno.EPERM, errno.EMFILE, errno.ESTALE, errno.ENODEV, errno.EFBIG,
)  # fmt: skip


class Calls:
    """Every call a save makes of the system, by its number; those of ``fails`` fail instead of being made."""

    def __init__(self, fails: Callable[[int, str], int | None] = lambda at, name: None) -> None:
        self.made: list[str] = []
        self._fails = fails

    def watched(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*given: Any, **named: Any) -> Any:
            at = len(self.made)
            self.made.append(name)
            if fault := self._fails(at, name):
                if name == "close":  # of what is refused the handle is closed all the same
                    real(*given, **named)
                raise OSError(fault, os.strerror(fault))
            return real(*given, **named)

        return call


@contextmanager
def watched(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """The system as :mod:`isocost.files.keeping.writing` sees it, with each call counted."""
    made = {name: calls.watched(name) for name in WATCHED if hasattr(os, name)}
    seen = {name: getattr(os, name) for name in dir(os)} | made
    with monkeypatch.context() as patched:
        patched.setattr(writing, "os", SimpleNamespace(**seen))
        yield calls


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A folder with a plan saved twice in it."""
    path = tmp_path / "plan.yaml"
    save_project(plan("Older"), path)
    save_project(plan("Old"), path)
    return path


def of_a_save(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The calls a save makes where nothing fails."""
    with watched(Calls(), monkeypatch) as calls:
        save_project(plan("New"), path)
    save_project(plan("Old"), path)
    return calls.made


def test_every_call_of_a_save_is_seen(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = of_a_save(saved, monkeypatch)
    assert {"open", "write", "fsync", "close", "replace", "stat", "scandir"} <= set(made)
    assert made.count("fsync") == 2, "the file and its folder"
    assert made.index("replace") > made.index("fsync")


@pytest.mark.parametrize("fault", FAULTS, ids=errno.errorcode.get)
def test_each_call_may_fail(saved: Path, monkeypatch: pytest.MonkeyPatch, fault: int) -> None:
    for at, name in enumerate(of_a_save(saved, monkeypatch)):
        save_project(plan("Old"), saved)
        case = f"{name}, call {at}"
        with watched(Calls(lambda now, _, at=at: fault if now == at else None), monkeypatch):
            said = ""
            try:
                save_project(plan("New"), saved)
            except FileError as error:
                said = str(error)
        kept = load_project(saved).name
        if said:
            assert "\n" not in said, case
            assert said.endswith("."), case
            assert kept == ("New" if "was written" in said else "Old"), case
        else:
            assert kept == "New", case
        left = set(os.listdir(saved.parent)) - {"plan.yaml", "plan.yaml.bak"}
        assert not left or name == "unlink", (case, left)
        assert load_project(saved.with_name("plan.yaml.bak")).name in ("Old", "Older", "New"), case


def test_a_disk_that_stays_full_is_said_and_nothing_is_left(saved, monkeypatch) -> None:
    def full(at: int, name: str) -> int | None:
        return errno.ENOSPC if name in ("write", "fsync", "link") else None

    with (
        watched(Calls(full), monkeypatch),
        pytest.raises(FileError, match="cannot be saved: no space left on device"),
    ):
        save_project(plan("New"), saved)
    assert load_project(saved).name == "Old"
    assert sorted(os.listdir(saved.parent)) == ["plan.yaml", "plan.yaml.bak"]


def test_a_signal_between_two_calls_is_nobodys_concern(saved: Path, monkeypatch) -> None:
    for at, name in enumerate(of_a_save(saved, monkeypatch)):
        save_project(plan("Old"), saved)
        with watched(Calls(lambda now, _, at=at: errno.EINTR if now == at else None), monkeypatch):
            save_project(plan("New"), saved)
        assert load_project(saved).name == "New", (at, name)
        assert sorted(os.listdir(saved.parent)) == ["plan.yaml", "plan.yaml.bak"], (at, name)


def test_a_call_that_is_always_interrupted_ends(saved: Path, monkeypatch) -> None:
    for name in dict.fromkeys(of_a_save(saved, monkeypatch)):
        save_project(plan("Old"), saved)
        with watched(Calls(lambda _, called, n=name: errno.EINTR if called == n else None), monkeypatch):
            try:
                save_project(plan("New"), saved)
                held = "New"
            except FileError as error:
                held = "New" if "was written" in str(error) else "Old"
        assert load_project(saved).name == held, name


def test_a_disk_that_does_not_confirm_is_not_believed(saved: Path, monkeypatch) -> None:
    """The folder's own flush fails after the new file took its place."""
    last = max(at for at, name in enumerate(of_a_save(saved, monkeypatch)) if name == "fsync")
    with (
        watched(Calls(lambda at, _: errno.EIO if at == last else None), monkeypatch),
        pytest.raises(FileError, match="was written, but the disk does not confirm it"),
    ):
        save_project(plan("New"), saved)
    assert load_project(saved).name == "New"


def test_few_bytes_at_a_time_are_all_written(saved: Path, monkeypatch) -> None:
    real = os.write
    seen = {name: getattr(os, name) for name in dir(os)}
    seen["write"] = lambda handle, data: real(handle, bytes(data)[:7])
    monkeypatch.setattr(writing, "os", SimpleNamespace(**seen))
    save_project(plan("New"), saved)
    assert load_project(saved).name == "New"

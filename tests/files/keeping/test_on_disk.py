"""The file of an open plan, as its window knows it: who has it, and whether it is still what was read."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from isocost.files import save_project
from isocost.files.keeping import held
from isocost.files.keeping.held import Held
from isocost.files.keeping.on_disk import OnDisk
from isocost.files.loading import plan_text
from isocost.paths import user_state
from tests.files.test_saving import plan


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A plan in a file."""
    file = tmp_path / "plan.yaml"
    save_project(plan("Mine"), file)
    return file


def opened(path: Path) -> OnDisk:
    """A window's view of a file it has just read."""
    window = OnDisk()
    assert window.take(path)
    window.saw(path, plan_text(path))
    return window


def test_a_file_is_one_windows_until_that_lets_go(path: Path, tmp_path: Path) -> None:
    first, second = opened(path), OnDisk()
    assert first.take(path), "it has it already"
    assert not second.take(path)
    link = tmp_path / "link.yaml"
    link.symlink_to(path)
    assert not second.take(link), "another name of the same file"
    first.release()
    assert second.take(link)
    assert not first.take(path)
    second.release()
    second.release()


def test_another_file_taken_lets_go_of_the_one_before(path: Path, tmp_path: Path) -> None:
    first, second = opened(path), OnDisk()
    other = tmp_path / "other.yaml"
    save_project(plan("Other"), other)
    assert first.take(other)
    assert second.take(path)
    assert not second.take(other)
    assert second.take(path), "what could not be taken leaves what one has"
    first.release()
    second.release()


def test_a_change_from_outside_is_seen(path: Path) -> None:
    window = opened(path)
    assert not window.changed()
    save_project(plan("Theirs"), path)
    assert window.changed()
    window.saw(path, plan_text(path))
    assert not window.changed()
    path.write_bytes(b"\xff\xff")
    assert window.changed(), "no plan any more, and not what was read"
    path.unlink()
    assert not window.changed(), "what is gone holds nothing that could be lost"
    window.saw(None, "a text the plan began from")
    assert not window.changed()
    window.release()


def test_the_comments_above_a_plan_are_known(path: Path) -> None:
    path.write_text("# Ours.\n" + plan_text(path), "utf-8")
    assert "# Ours." in opened(path).head


def test_where_nothing_can_be_kept_every_window_has_every_file(path: Path) -> None:
    first = opened(path)
    folder = user_state() / "open"
    first.release()
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    folder.write_text("in the way", "utf-8")
    assert OnDisk().take(path)
    assert OnDisk().take(path)


def test_a_file_system_without_locks_keeps_nobody_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(held, "lock", refuse)
    one, two = Held.take(tmp_path / "x.held"), Held.take(tmp_path / "x.held")
    assert one is not None
    assert two is not None
    one.release()
    two.release()
    assert not (tmp_path / "x.held").exists()

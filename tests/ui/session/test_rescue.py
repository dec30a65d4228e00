"""After a crash the newest copy is offered with what differs; nothing on disk is overwritten unasked."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QMessageBox, QPushButton, QWidget

from isocost.files import load_project, save_project
from isocost.files.keeping import autosave
from isocost.files.keeping.autosave import Keeper, Origin, copies_folder
from isocost.plan.project.project import Project, set_value
from isocost.ui.dialogs.recovery import Recovery
from isocost.ui.session import keeping
from isocost.ui.session.documents import Documents, new_project
from isocost.ui.session.rescue import Rescue
from isocost.ui.session.session import Session
from tests.ui.conftest import preset
from tests.ui.test_window import answer

LEFT = Qt.MouseButton.LeftButton


class Desk(QWidget):
    """The file side of a window alone."""

    def __init__(self, session: Session, stored: QSettings) -> None:
        super().__init__()
        self.session = session
        self.documents = Documents(session, self, stored)
        self.rescue = Rescue(self.documents, self)

    def put_away(self) -> None:
        """Let go of everything."""
        self.rescue.close()
        self.documents.close()
        self.session.close()


@pytest.fixture
def desks(qtbot, catalog, stored, monkeypatch) -> Iterator[Callable[[], Desk]]:
    """Makes file sides of windows, none of which computes anything."""
    monkeypatch.setattr(Session, "refresh", lambda _: None)
    monkeypatch.setattr(keeping, "KEEP_MS", 200)
    made: list[Desk] = []

    def make() -> Desk:
        made.append(Desk(Session(new_project(catalog), catalog), stored))
        qtbot.addWidget(made[-1])
        made[-1].show()
        return made[-1]

    yield make
    for each in made:
        each.put_away()


@pytest.fixture
def desk(desks: Callable[[], Desk]) -> Desk:
    return desks()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A plan of the user's."""
    path = tmp_path / "mine.yaml"
    save_project(load_project(preset("startup-7b")), path)
    return path


def crashed(path: Path | None, tokens: float, opened: Path | None = None, head: str = "") -> Project:
    """What a window that died had not saved."""
    keeper = Keeper(copies_folder())
    base = path or opened or preset("startup-7b")
    changed = set_value(load_project(base), "data.tokens", tokens)
    keeper.keep(changed, Origin(path=path, opened=opened or path, head=head))
    keeper.leave()
    return changed


def offered(window, qtbot, many: int = 1) -> Recovery:
    """The dialog with the copies there are."""
    with qtbot.waitSignal(window.rescue.looked) as found:
        window.rescue.offer()
    assert found.args == [many]
    assert window.rescue.dialog is not None
    return window.rescue.dialog


def press(dialog: Recovery, qtbot, name: str, at: int = 0) -> None:
    """Click one of the dialog's buttons."""
    qtbot.mouseClick(dialog.findChildren(QPushButton, f"recovery.{name}")[at], LEFT)


def said(dialog: Recovery) -> list[str]:
    """What the dialog shows, line by line."""
    shown = [each for each in dialog.findChildren(QLabel) if each.isVisibleTo(dialog)]
    return [getattr(each, "whole", each.text()) for each in shown]


def copies() -> int:
    """How many copies there are."""
    return len(list(copies_folder().glob("[!.]*.yaml"))) if copies_folder().exists() else 0


def test_an_edit_is_kept_and_saving_or_undoing_it_removes_the_copy(desk, qtbot, own, monkeypatch) -> None:
    desk.documents.open(own)
    kept = desk.documents.keeping
    qtbot.waitUntil(lambda: not kept.busy, timeout=30_000)
    assert copies() == 0, "nothing was changed"
    desk.session.set_value("data.tokens", 4e12, "Tokens")
    qtbot.waitUntil(lambda: copies() == 1, timeout=30_000)
    desk.session.undo_stack.undo()
    qtbot.waitUntil(lambda: copies() == 0, timeout=30_000)
    desk.session.set_value("data.tokens", 5e12, "Tokens")
    qtbot.waitUntil(lambda: copies() == 1, timeout=30_000)
    assert desk.documents.save()
    qtbot.waitUntil(lambda: copies() == 0, timeout=30_000)


def test_a_clean_close_leaves_no_copy(window, qtbot, own) -> None:
    window.documents.open(own)
    window.session.set_value("data.tokens", 4e12, "Tokens")
    qtbot.waitUntil(lambda: copies() == 1, timeout=30_000)
    answer("Discard changes")
    window.close()
    assert os.listdir(copies_folder()) == []
    assert not list((copies_folder().parent / "open").glob("*"))


def test_the_copy_is_offered_with_what_differs_and_opens_as_one_step(desk, qtbot, own) -> None:
    lost = crashed(own, 6e12, head="# Ours.\n")
    dialog = offered(desk, qtbot)
    lines = said(dialog)
    assert "A startup's 7B" in lines
    assert f"Changes to {own}" in lines
    assert "Tokens: 2T -> 6T" in lines
    press(dialog, qtbot, "open")
    assert desk.session.project == lost
    assert desk.session.path == own
    assert desk.session.dirty
    assert desk.session.undo_stack.count() == 1
    desk.session.undo_stack.undo()
    assert desk.session.project == load_project(own)
    desk.session.undo_stack.redo()
    assert desk.documents.save()
    assert load_project(own) == lost
    qtbot.waitUntil(lambda: copies() == 0, timeout=30_000)


def test_declining_keeps_the_copy_and_a_fresh_start_does_not_touch_it(desk, qtbot, own, desks) -> None:
    crashed(own, 6e12)
    dialog = offered(desk, qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert copies() == 1
    desk.session.set_value("data.tokens", 3e12, "Tokens")
    qtbot.waitUntil(lambda: copies() == 2, timeout=30_000)
    other = desks()
    assert "Tokens: 2T -> 6T" in said(offered(other, qtbot))


def test_several_crashes_are_listed_newest_first_and_one_is_thrown_away(desk, qtbot, own) -> None:
    for tokens in (3e12, 4e12, 5e12):
        crashed(own, tokens)
    crashed(None, 7e12, opened=preset("startup-7b"))
    dialog = offered(desk, qtbot, many=4)
    lines = said(dialog)
    told = [line.rpartition(" ")[2] for line in lines if "Tokens" in line]
    assert told == ["7T", "5T", "4T", "3T"]
    assert "Never saved; begun from startup-7b" in lines
    asked = answer("Keep it")
    press(dialog, qtbot, "throw_away", at=1)
    assert asked[0] == "Throw away the copy of “A startup's 7B”?"
    assert copies() == 4
    answer("Throw it away")
    press(dialog, qtbot, "throw_away", at=1)
    assert copies() == 3
    QApplication.processEvents()
    assert [line.rpartition(" ")[2] for line in said(dialog) if "Tokens" in line] == ["7T", "4T", "3T"]
    press(dialog, qtbot, "open")
    assert desk.session.path is None
    assert desk.session.project.scenarios[0].stages[0].data.tokens == 7e12


def test_a_copy_whose_file_is_gone_is_not_lost(desk, qtbot, own) -> None:
    lost = crashed(own, 6e12)
    own.unlink()
    dialog = offered(desk, qtbot)
    assert f"Changes to {own}, which cannot be read any more" in said(dialog)
    told = answer()
    press(dialog, qtbot, "open")
    assert "there is no such file" in told[0]
    assert desk.session.project == lost
    assert desk.session.path is None
    assert desk.session.dirty


def test_a_copy_that_cannot_be_read_is_said_and_stays(desk, qtbot, own) -> None:
    crashed(own, 6e12)
    (file,) = copies_folder().glob("[!.]*.yaml")
    file.write_text("isocost: 99\n")
    dialog = offered(desk, qtbot)
    assert any("It cannot be read: needs an Isocost newer than" in line for line in said(dialog))
    assert f"It stays at {file}." in said(dialog)
    assert not dialog.findChildren(QPushButton, "recovery.open")


def test_the_menu_shows_the_copies_or_that_there_are_none(window, qtbot, own) -> None:
    action = next(
        each for each in window.findChildren(QAction) if "Unsaved plans" in each.text().replace("&", "")
    )
    with qtbot.waitSignal(window.rescue.looked):
        action.trigger()
    assert said(window.rescue.dialog)[0] == "No copy of an unsaved plan is kept."


def test_a_state_folder_that_is_full_is_said_once(desk, qtbot, own, monkeypatch) -> None:
    desk.documents.open(own)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(autosave, "write_atomically", full)
    sentences = []
    desk.documents.keeping.failed.connect(sentences.append)
    for tokens in (3e12, 4e12):
        desk.session.set_value("data.tokens", tokens, "Tokens")
        desk.documents.keeping.keep_soon()
        qtbot.waitUntil(lambda: not desk.documents.keeping.busy, timeout=30_000)
    assert sentences == [
        "No copy of unsaved changes can be kept: no space left on device. Save the plan to be safe."
    ]


# The file of the open plan


@pytest.mark.parametrize("button", ["Overwrite it", "Reload it", "Save as…", "Keep editing"])
def test_a_file_another_program_changed_is_asked_about(desk, own, tmp_path, monkeypatch, button) -> None:
    desk.documents.open(own)
    desk.session.set_value("data.tokens", 4e12, "Tokens")
    mine = desk.session.project
    theirs = set_value(load_project(own), "data.tokens", 9e12)
    save_project(theirs, own)
    elsewhere = tmp_path / "elsewhere.yaml"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(elsewhere), ""))
    asked = answer(button)
    saved = desk.documents.save()
    assert asked[0] == "mine.yaml was changed by another program since this window read it."
    assert saved is (button in ("Overwrite it", "Save as…"))
    assert load_project(own) == (mine if button == "Overwrite it" else theirs)
    if button == "Overwrite it":
        assert load_project(own.with_name("mine.yaml.bak")) == theirs
    if button == "Save as…":
        assert load_project(elsewhere) == mine
    assert desk.session.project == (theirs if button == "Reload it" else mine)
    assert desk.session.dirty is (button == "Keep editing")
    if button == "Reload it":
        desk.session.undo_stack.undo()
        assert desk.session.project == mine
    if button != "Keep editing":
        assert desk.documents.save(), "what was asked about is not asked about again"


def test_a_file_that_was_only_touched_or_removed_is_not_asked_about(desk, own) -> None:
    desk.documents.open(own)
    desk.session.set_value("data.tokens", 4e12, "Tokens")
    os.utime(own, (1, 1))
    assert desk.documents.save()
    own.unlink()
    desk.session.set_value("data.tokens", 5e12, "Tokens")
    assert desk.documents.save()
    assert load_project(own) == desk.session.project


def test_a_second_window_on_a_file_is_told_and_opens_a_copy(desk, own, desks) -> None:
    assert desk.documents.open(own)
    other = desks()
    asked = answer("Do not open it")
    before = other.session.project
    assert not other.documents.open(own)
    assert asked[0] == "mine.yaml is open in another window."
    assert other.session.project is before
    answer("Open a copy")
    assert other.documents.open(own)
    assert other.session.path is None
    assert other.session.project == desk.session.project
    said_ = answer()
    assert not other.documents.write(own)
    assert "open in another window" in said_[0]
    desk.documents.open(preset("deepseek-r1"))
    assert other.documents.open(own)
    assert other.session.path == own


def test_a_save_that_fails_leaves_the_plan_in_the_window_and_in_the_copy(
    desk, qtbot, own, monkeypatch
) -> None:
    desk.documents.open(own)
    desk.session.set_value("data.tokens", 4e12, "Tokens")
    mine, before = desk.session.project, own.read_bytes()
    own.chmod(0o444)
    told = answer()
    assert not desk.documents.save()
    assert told[0].endswith(
        "the file is read-only; save under another name. The plan in this window is as it was."
    )
    assert own.read_bytes() == before
    assert desk.session.project == mine
    assert desk.session.dirty
    qtbot.waitUntil(lambda: copies() == 1, timeout=30_000)


def test_a_save_elsewhere_that_fails_leaves_the_file_to_its_window(desk, own, desks, tmp_path) -> None:
    desk.documents.open(own)
    answer()
    assert not desk.documents.write(tmp_path / "missing" / "plan.yaml")
    answer("Do not open it")
    assert not desks().documents.open(own)


def test_comments_above_a_plan_go_with_it_and_others_are_told_of(desk, own, tmp_path, monkeypatch) -> None:
    own.write_text("# Ours, of May.\n" + own.read_text().replace("scenarios:", "scenarios: # two"))
    desk.documents.open(own)
    desk.session.set_value("data.tokens", 4e12, "Tokens")
    boxes = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: boxes.append((box.text(), box.informativeText())))
    assert desk.documents.save()
    assert own.read_text().startswith("# Ours, of May.\nisocost: 1\n")
    assert boxes == [
        (
            "mine.yaml is saved.",
            "mine.yaml: only the comments at its top were kept; mine.yaml.bak still has the others.",
        )
    ]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "other.yaml"), ""))
    assert desk.documents.save_as()
    assert (tmp_path / "other.yaml").read_text().startswith("# Ours, of May.\n")


def test_the_start_offers_what_was_left(qapp, qtbot, own, monkeypatch) -> None:
    from isocost.ui.app import FileOpener, make_frame
    from isocost.ui.speaking import settings

    crashed(own, 6e12)
    window = make_frame(settings())
    qtbot.addWidget(window, before_close_func=lambda each: each.session.undo_stack.setClean())
    window.show()
    FileOpener(window).start()
    with qtbot.waitSignal(window.rescue.looked):
        pass
    assert "Tokens: 2T -> 6T" in said(window.rescue.dialog)
    window.rescue.dialog.reject()

"""The page in the window: seen as it will be saved, at the author's level, in the form its name says."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from isocost.ui.paper.dialog import ReportDialog
from tests.ui.own.dialogs import cut_labels, opened, press, rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def dialog(window):
    made = opened(window, "report")
    rest(window)
    return made


def saved_as(monkeypatch, path):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def test_a_key_opens_the_page_drawn(window, qtbot):
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(
        window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    rest(window)
    dialog = next(each for each in window.findChildren(ReportDialog))
    assert dialog.isVisible()
    assert not dialog.preview.pixmap().isNull()
    assert "we ask for" in dialog.preview.accessibleName()
    assert cut_labels(dialog) == []


def test_another_level_asks_for_another_sum(window, qtbot, dialog):
    asked = [dialog.preview.accessibleName()]
    dialog.level.setFocus()
    QTest.keyClick(dialog.level, Qt.Key.Key_Down)
    asked.append(dialog.preview.accessibleName())
    assert asked[0] != asked[1]
    before = dialog.preview.pixmap().size()
    QTest.keyClick(dialog.sheet, Qt.Key.Key_Down)
    assert dialog.preview.pixmap().size() != before  # a sheet of another shape


def test_the_page_follows_the_plan(window, dialog):
    before = dialog.preview.accessibleName()
    window.session.set_value("data.tokens", 4e12, "Tokens")
    rest(window)
    assert dialog.preview.accessibleName() != before


def test_closed_it_holds_no_page_and_opened_again_it_is_of_the_plan_as_it_is(window, dialog):
    before = dialog.preview.accessibleName()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()
    assert dialog.preview.pixmap().isNull()
    window.session.set_value("data.tokens", 4e12, "Tokens")
    rest(window)
    assert dialog.preview.pixmap().isNull()
    assert opened(window, "report") is dialog
    rest(window)
    assert not dialog.preview.pixmap().isNull()
    assert dialog.preview.accessibleName() != before


FORMS = {
    "p.pdf": b"%PDF",
    "p": b"%PDF",
    "p.html": b"<!doctype",
    "p.md": b"# ",
    "p.xlsx": b"PK",
    "p.csv": b"Figure,",
}


@pytest.mark.parametrize(("name", "begins"), FORMS.items())
def test_the_suffix_is_the_form(window, qtbot, dialog, tmp_path, monkeypatch, name, begins):
    saved_as(monkeypatch, tmp_path / name)
    press(qtbot, window, dialog, "save")
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().startswith(begins)
    assert dialog.message.whole == f"Saved {file.name}."


def test_a_folder_that_cannot_be_written_is_a_sentence(window, qtbot, dialog, tmp_path, monkeypatch):
    saved_as(monkeypatch, tmp_path / "none" / "p.pdf")
    press(qtbot, window, dialog, "save")
    assert dialog.message.whole == "p.pdf cannot be written: no such file or directory."


def test_it_is_copied_with_its_method(window, qtbot, dialog):
    press(qtbot, window, dialog, "copy")
    copied = QApplication.clipboard().text()
    assert copied.startswith("# ")
    assert "Figures by Isocost" in copied

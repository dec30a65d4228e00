"""Starting: on a plan, on the gallery, on a file that is not one."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from isocost.catalog import CatalogError
from isocost.quantities import NumberMarks, number_marks
from isocost.ui.app import make_window, run
from isocost.ui.speaking import settings
from isocost.ui.window import Window
from tests.ui.conftest import preset


@pytest.fixture
def started(qapp, monkeypatch):
    """Runs the app until its window has been looked at."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def start(path):
        seen = []

        def look():
            box = QApplication.activeModalWidget()
            if isinstance(box, QMessageBox):
                seen.append(box.text())
                box.accept()
                QTimer.singleShot(50, look)
                return
            windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, Window)]
            window = next((each for each in windows if each.isVisible()), None)
            if window is None or not window.views:
                QTimer.singleShot(50, look)
                return
            seen.append(window.centre.currentWidget() is window.gallery)
            seen.append(window.session.project.name)
            window.close()

        QTimer.singleShot(300, look)
        assert run(path) == 0
        return seen

    return start


def test_without_a_plan_the_gallery_is_first(started):
    assert started(None)[0] is True


def test_with_a_plan_it_is_open(started):
    assert started(preset("deepseek-r1")) == [False, "DeepSeek-R1, as claimed"]


def test_with_a_bad_plan_the_gallery_follows_the_sentence(started, tmp_path):
    said, gallery, _ = started(tmp_path / "missing.yaml")
    assert "missing.yaml" in said
    assert gallery is True


def test_what_is_left_out_of_the_users_catalogue_is_said_in_a_dialog(started, tmp_path, monkeypatch):
    monkeypatch.setenv("ISOCOST_DATA", str(tmp_path))
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "mine.yaml").write_text("models:\n- {name: X, layers: !!int abc}\n")
    said, gallery, _ = started(None)
    assert "Parts of your catalogue folder are left out" in said
    assert "mine.yaml models[1], layers line 2" in said
    assert gallery is True


def test_a_catalogue_that_cannot_be_read_at_all_is_said_in_a_dialog(qapp, monkeypatch):
    def broken() -> None:
        raise CatalogError("accelerators.csv row 2, id: is missing; give it a value.")

    monkeypatch.setattr("isocost.catalog.load", broken)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    assert run(None) == 1
    assert said == ["Isocost cannot start: accelerators.csv row 2, id: is missing; give it a value."]


@pytest.mark.parametrize("wrong", ["pink", "", "12"])
def test_settings_nobody_could_have_chosen_are_ignored(qtbot, wrong):
    stored = settings()
    stored.setValue("theme", wrong)
    stored.setValue("text_size", wrong or "huge")
    window = make_window(stored)
    qtbot.addWidget(window)
    assert window.themes.choice == "system"
    assert 0.9 <= window.themes.scale <= 2.0


def test_numbers_have_the_marks_of_the_system(started, monkeypatch):
    monkeypatch.setattr("isocost.ui.app.marks_of", lambda locale: NumberMarks(",", "."))
    assert started(preset("startup-7b")) == [False, "A startup's 7B"]
    assert number_marks() == NumberMarks(",", ".")

"""Launch settings from the Fit page by real clicks: chosen, copied, saved, following the layout."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from isocost.files.imports import Given, read_file
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.source import SourceFile
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset
from tests.ui.tabs.test_fit_page import click_row, fit, settled, worse_row  # noqa: F401 - a fixture

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def dialog(window, fit, qtbot):  # noqa: F811
    """The dialog, opened by its button."""
    qtbot.mouseClick(fit.layouts.launch, LEFT)
    settle(window.session)
    assert fit.launch.isVisible()
    return fit.launch


def layout_in(text: str, name: str, gpus: int):
    return SettingsReader().read(SourceFile(name, text), Given(gpus=gpus))


def test_a_click_shows_the_plans_own_layout(window, fit, dialog):  # noqa: F811
    row = next(each for each in fit.layouts.model.rows if each.chosen)
    found = layout_in(dialog.text.toPlainText(), "launch.sh", fit.report.count)
    assert found.framework == "megatron-lm"
    assert [found.get(name) for name in ("tp", "pp", "dp")] == [row.tp, row.pp, row.dp]
    assert [found.get(name) for name in ("microbatch", "sharding")] == [row.microbatch, row.sharding]
    assert dialog.message.text()


def test_another_framework_by_click_and_by_key(window, dialog, qtbot):
    qtbot.mouseClick(dialog.choices["torchtitan"], LEFT)
    settle(window.session)
    assert "[parallelism]" in dialog.text.toPlainText()
    dialog.choices["axolotl"].setFocus()
    QTest.keyClick(dialog.choices["axolotl"], Qt.Key.Key_Space)
    settle(window.session)
    assert "micro_batch_size:" in dialog.text.toPlainText()
    assert dialog.choices["axolotl"].isChecked()
    assert not dialog.choices["torchtitan"].isChecked()


def test_copied_text_is_the_whole_text(window, dialog, qtbot):
    qtbot.mouseClick(dialog.copy, LEFT)
    assert QApplication.clipboard().text() == dialog.made.text
    assert dialog.message.text() == "Copied."


def test_saved_text_can_be_imported(window, dialog, qtbot, tmp_path, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine"), ""))
    qtbot.mouseClick(dialog.save, LEFT)
    assert read_file(tmp_path / "mine.sh").as_json()["framework"] == "megatron-lm"
    assert "mine.sh" in dialog.message.text()


def test_an_open_dialog_follows_the_layout(window, fit, dialog, qtbot):  # noqa: F811
    at = worse_row(fit)
    wanted = fit.layouts.model.rows[at]
    click_row(qtbot, fit, at)
    settled(window)
    settle(window.session)
    found = layout_in(dialog.text.toPlainText(), "launch.sh", fit.report.count)
    assert [found.get(name) for name in ("tp", "pp", "microbatch", "sharding")] == [
        wanted.tp, wanted.pp, wanted.microbatch, wanted.sharding,
    ]  # fmt: skip


def test_escape_closes_it_and_the_button_brings_it_back(window, fit, dialog, qtbot):  # noqa: F811
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    fit.layouts.launch.setFocus()
    QTest.keyClick(fit.layouts.launch, Qt.Key.Key_Space)
    assert dialog.isVisible()


def test_a_click_before_another_plans_layouts_have_come_shows_those_on_screen(window, fit, dialog, qtbot):  # noqa: F811
    window.documents.open(preset("deepseek-chain"))
    settle(window.session)
    window.session.select_stage(1)
    settled(window)
    assert fit.report.place == 1
    window.documents.open(preset("startup-7b"))  # of a single stage
    qtbot.mouseClick(fit.layouts.launch, LEFT)
    settle(window.session)
    assert dialog.text.toPlainText()

"""A chart can be taken elsewhere: as a picture, as data, as a table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from isocost.quantities import plain_spaces
from isocost.ui.tabs.plan.page import PlanPage


def test_the_picture_on_the_clipboard_is_the_whole_card_at_twice_the_size(page: PlanPage):
    card = page.cost_time
    card.copy_picture()
    image = QApplication.clipboard().image()
    assert image.size() == QSize(card.width() * 2, card.height() * 2)
    colours = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 9) for y in range(0, image.height(), 9)
    }
    assert len(colours) > 8
    assert card.more.isVisible()


def test_exported_data_are_the_plain_numbers(page: PlanPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "ranking.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    page.by_hardware.export_data()
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    choices = page.by_hardware.ranking.choices
    assert [row["accelerator"] for row in rows] == [c.label for c in choices]
    assert [float(row["cost_usd"]) for row in rows] == [c.cost_usd for c in choices]


def test_no_file_chosen_exports_nothing(page: PlanPage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("", ""))
    page.by_hardware.export_data()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_is_said_in_words(
    page: PlanPage, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    said: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path), ""))
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: said.append(words[2]))
    page.cost_time.export_data()
    assert len(said) == 1
    assert str(tmp_path) in said[0]
    assert "Traceback" not in said[0]


def test_the_table_window_shows_what_the_chart_draws(page: PlanPage):
    dialog = page.by_hardware.show_table()
    table = dialog.table
    headings = [table.horizontalHeaderItem(c).text() for c in range(table.columnCount())]
    assert headings == ["accelerator", "count", "days", "cost_usd", "verdict"]
    choices = page.by_hardware.ranking.choices
    assert table.rowCount() == len(choices)
    assert table.item(0, 0).text() == choices[0].label
    assert plain_spaces(table.item(0, 3).text()) == "$5.51M"
    assert table.accessibleName() == page.by_hardware.title.text()
    dialog.close()


def test_the_menu_offers_all_three(page: PlanPage):
    for card in (page.cost_time, page.by_hardware):
        assert [action.text() for action in card.menu.actions()] == [
            "Copy as picture",
            "Export data…",
            "Show as table",
        ]

"""A chart can be taken elsewhere: as a picture, as a drawing, as data, as a table."""

from __future__ import annotations

import csv
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QTableView, QWidget

from isocost.quantities import plain_spaces
from isocost.report.table import Column, Table
from isocost.ui.look.theme import LIGHT, ThemeManager
from isocost.ui.screenshot import settle
from isocost.ui.tabs.plan.page import PlanPage
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.cards.table import TableDialog
from tests.ui.tabs.conftest import dressed


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
    choices = page.by_hardware.ranking.rows
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
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    page.cost_time.export_data()
    assert len(said) == 1
    assert str(tmp_path) in said[0]
    assert "Traceback" not in said[0]


def test_the_table_window_shows_what_the_chart_draws(page: PlanPage):
    dialog = page.by_hardware.show_table()
    table, cells = dialog.table, dialog.table.model()
    headings = [cells.headerData(c, Qt.Orientation.Horizontal) for c in range(cells.columnCount())]
    assert headings == ["Accelerator", "How many", "Time", "Cost", "Likely, 8 in 10", "Verdict", "Mark"]
    choices = page.by_hardware.ranking.rows
    assert cells.rowCount() == len(choices)
    assert cells.index(0, 0).data() == choices[0].label
    assert plain_spaces(cells.index(0, 3).data()) == "$5.51M"
    assert table.accessibleName() == page.by_hardware.title.text()
    dialog.close()


def test_a_table_puts_into_words_what_is_looked_at_and_fits_the_screen(qtbot):
    said = []

    def show(value: int) -> str:
        said.append(value)
        return f"{value} " * 400

    table = Table((Column("One", show), Column("Other", show)), tuple((at, -at) for at in range(9_000)))
    dialog = TableDialog("Many", table)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitExposed(dialog)
    assert 0 < len(set(said)) < 2_000
    assert dialog.width() < dialog.screen().availableSize().width()


def offered(card: ChartCard) -> list[str]:
    """What the menu offers when it is opened."""
    card.menu.aboutToShow.emit()
    return [action.text() for action in card.menu.actions() if action.isVisible()]


def test_the_menu_of_a_chart_offers_all_five(page: PlanPage):
    for card in (page.cost_time, page.by_hardware):
        own = ("Explain",)  # where there is a figure
        shown = [each for each in offered(card) if each not in own]
        assert shown == [
            "Copy as picture",
            "Export as SVG…",
            "Export as PDF…",
            "Export data…",
            "Show as table",
        ]


def test_without_a_chart_the_menu_offers_no_drawing(page: PlanPage):
    page.cost_time.show_nothing("No plan")
    assert offered(page.cost_time)[:3] == ["Copy as picture", "Export data…", "Show as table"]
    assert not any("SVG" in each or "PDF" in each for each in offered(page.cost_time))
    page.cost_time.copy_picture()
    assert QApplication.clipboard().image().size() == page.cost_time.size() * 2


def choose(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))


def test_a_chart_is_exported_with_its_words_and_the_right_suffix(page: PlanPage, tmp_path, monkeypatch):
    choose(monkeypatch, tmp_path / "costs.v2")
    page.cost_time.export_svg()
    page.cost_time.export_pdf()
    assert (tmp_path / "costs.v2.pdf").read_bytes().startswith(b"%PDF")
    root = ElementTree.parse(tmp_path / "costs.v2.svg").getroot()
    title = page.cost_time.title.text()
    assert root.findtext("{*}title") == title
    assert root.findtext("{*}desc") == page.cost_time.accessibleDescription()
    written = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert " ".join(written).startswith(title)
    assert {name.text for name in page.cost_time.plot.labels.names} <= set(written)


def test_a_drawing_has_the_rows_that_are_scrolled_out_of_sight(page: PlanPage, tmp_path, monkeypatch):
    page.resize(988, 380)
    QApplication.processEvents()
    assert page.by_hardware.list.verticalScrollBar().maximum() > 0
    choose(monkeypatch, tmp_path / "hardware.svg")
    page.by_hardware.export_svg()
    root = ElementTree.parse(tmp_path / "hardware.svg").getroot()
    written = {each.text for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {choice.label for choice in page.by_hardware.ranking.rows} <= written
    assert float(root.get("viewBox").split()[3]) > page.by_hardware.height()


def test_a_drawing_follows_the_theme(page: PlanPage, themes: ThemeManager, tmp_path, monkeypatch):
    themes.choose("dark")
    dressed(page, themes.theme)
    choose(monkeypatch, tmp_path / "dark.svg")
    page.by_hardware.export_svg()
    drawn = (tmp_path / "dark.svg").read_text()
    assert f'fill="{themes.theme.panel}"' in drawn
    assert f'fill="{LIGHT.panel}"' not in drawn


@pytest.mark.parametrize("export", [ChartCard.export_svg, ChartCard.export_pdf])
def test_a_drawing_that_cannot_be_written_is_said_in_words(page: PlanPage, tmp_path, monkeypatch, export):
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda box: said.append(box.text()) or 0)
    choose(monkeypatch, tmp_path / "missing" / "costs")
    export(page.cost_time)
    assert len(said) == 1
    assert "costs" in said[0]
    assert "Choose another place" in said[0]


def test_a_chart_turns_into_its_table_and_back_by_a_key(window, qtbot):
    window.activateWindow()
    control = Qt.KeyboardModifier.ControlModifier
    plot = window.findChild(QWidget, "cost_time.plot")
    plot.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_T, control)
    card = window.findChild(ChartCard, "cost_time")
    assert card.table_shown
    table = QApplication.focusWidget()
    assert table.model().rowCount() == len(card.table().rows)
    assert table.accessibleName() == card.title.text()
    assert not plot.isEnabled()  # what is covered cannot be reached
    window.session.set_value("price.usd_per_gpu_hour", 2.0, "Price")
    settle(window.session)
    QApplication.processEvents()
    assert "$2.00" in [table.model().index(at, 4).data() for at in range(table.model().rowCount())]
    qtbot.keyClick(window, Qt.Key.Key_T, control)
    assert not card.table_shown
    assert plot.isEnabled()
    assert plot.hasFocus()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert card.findChildren(QTableView) == []  # tables once looked at would add up


def test_the_key_that_opens_the_table_of_a_list_closes_it(window, qtbot):
    control = Qt.KeyboardModifier.ControlModifier
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    window.activateWindow()
    card = window.findChild(ChartCard, "scope")
    card.seek()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_T, control)
    (dialog,) = card.findChildren(TableDialog)
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_T, control)
    assert not any(each.isVisible() for each in card.findChildren(TableDialog))


def test_without_the_keyboard_in_a_chart_the_first_of_the_page_is_meant(window, qtbot):
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    window.activateWindow()
    window.inputs.fields["data.tokens"].edit.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert window.findChild(ChartCard, "waterfall").table_shown

"""Quotes in the window: typed, pasted, imported, typed over, used, removed, and all of it undone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from isocost.files import load_project, save_project
from isocost.files.imports import Given, SourceFile, fetching
from isocost.files.imports.fetching import Fetched
from isocost.files.imports.prices import PriceReader
from isocost.report.findings.own.quotes import EXAMPLE
from isocost.ui.screenshot import settle
from tests.ui.own.dialogs import button, cut_labels, line, opened, press, rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

BLOCK = """\
GPU\tPrice\tProvider\tTerms\tDate
B200\t$4.10\tCoreWeave\t1 year\t2026-11-20
H1000\t$2\tNobody\t\t
H100\t$2.35\tNebius\ton demand\t2026-11-22
"""


@pytest.fixture
def dialog(window):
    return opened(window, "quotes")


def type_quote(qtbot, window, dialog, text, enter=True):
    dialog.box.setFocus()
    qtbot.keyClicks(dialog.box, text)
    qtbot.wait(0)
    if enter:
        qtbot.keyClick(dialog.box, Qt.Key.Key_Return)
    else:
        qtbot.waitUntil(dialog.understood.isVisible)
    rest(window)


def paste(qtbot, window, dialog, text):
    QApplication.clipboard().setText(text)
    dialog.box.setFocus()
    dialog.box.paste()
    press(qtbot, window, dialog, "add")


def prices(window):
    return [
        (card.accelerator, card.usd_per_gpu_hour, card.supplier) for card in window.session.project.prices
    ]


def cells(dialog, row):
    return [dialog.model.index(row, at).data() for at in range(dialog.model.columnCount())]


def click_row(qtbot, dialog, row, column=1, double=False):
    place = dialog.table.visualRect(dialog.model.index(row, column)).center()
    qtbot.mouseClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if double:
        qtbot.mouseDClick(dialog.table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_what_is_typed_is_understood_as_it_is_typed_and_enter_keeps_it(window, qtbot, dialog):
    assert "None yet" in dialog.nothing.whole
    type_quote(qtbot, window, dialog, EXAMPLE, enter=False)
    for part in ("H100 SXM5", "$2.10 an hour", "Committed for a year", "Lambda", "2026-11-01", "64 GPUs"):
        assert part in dialog.understood.whole
    assert window.session.project.prices == ()
    qtbot.keyClick(dialog.box, Qt.Key.Key_Return)
    rest(window)
    assert prices(window) == [("h100-sxm", 2.1, "Lambda")]
    assert dialog.box.toPlainText() == ""
    assert "still pays $3.99 for H100" in dialog.message.whole
    assert window.session.undo_stack.undoText() == "Add quote H100 $2.10, Lambda"
    qtbot.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.session.project.prices == ()


def test_using_a_quote_changes_the_price_field_its_menu_and_the_bill(window, qtbot, dialog):
    type_quote(qtbot, window, dialog, EXAMPLE)
    before = window.session.estimate.total.cost_usd
    assert not dialog.model.rows[0].use
    click_row(qtbot, dialog, 0)
    press(qtbot, window, dialog, "use")
    assert cells(dialog, 0)[0] == "plan pays it"
    assert window.session.value("price.usd_per_gpu_hour") == 2.1
    assert window.session.estimate.total.cost_usd < before
    assert "Lambda" in window.inputs.fields["price.usd_per_gpu_hour"].context.whole
    menu = window.inputs.quotes.menu()
    menu.aboutToShow.emit()
    told = [action.text() for action in menu.actions()]
    assert told[0] == "YOUR QUOTES"
    assert "Lambda" in told[1]
    assert any(tick.value == 2.1 for tick in window.inputs.quotes.ticks())
    assert told[-1] == "Quotes of your own…"


def test_a_block_of_a_spreadsheet_is_read_and_its_bad_row_is_named(window, qtbot, dialog):
    paste(qtbot, window, dialog, BLOCK)
    assert prices(window) == [("b200", 4.1, "CoreWeave"), ("h100-sxm", 2.35, "Nebius")]
    assert "H1000" in dialog.wrong.whole
    assert dialog.box.toPlainText() == "H1000, $2, Nobody"
    assert "1 line could not be read" in dialog.message.whole
    assert cells(dialog, 0)[:3] == ["ranked at it", "B200", "$4.10"]
    assert window.session.undo_stack.count() == 1


def test_a_file_is_imported_and_a_bad_one_is_a_sentence(window, qtbot, dialog, tmp_path, monkeypatch):
    path = tmp_path / "offers.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    press(qtbot, window, dialog, "import")
    assert "offers.csv: there is no such file." in dialog.message.whole
    assert dialog.message.property("role") == "stop"
    path.write_text("gpu,price,provider\nMI300X,1.85,Crusoe\nMI300X,cheap,Other\n")
    press(qtbot, window, dialog, "import")
    assert prices(window) == [("mi300x", 1.85, "Crusoe")]
    assert "'cheap' is no price" in dialog.wrong.whole
    saved = tmp_path / "plan.yaml"
    save_project(window.session.project, saved)
    assert load_project(saved, window.session.catalog).prices == window.session.project.prices


def edit_cell(qtbot, window, dialog, row, column, text):
    click_row(qtbot, dialog, row, column, double=True)
    editor = next(each for each in dialog.table.findChildren(QLineEdit) if each.isVisible())
    editor.selectAll()
    qtbot.keyClicks(editor, text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    rest(window)


def test_enter_on_the_mark_of_a_quote_edits_nothing(window, qtbot, dialog, qtlog):
    type_quote(qtbot, window, dialog, EXAMPLE)
    dialog.table.setFocus()
    dialog.table.setCurrentIndex(dialog.table.model().index(0, 0))
    qtbot.keyClick(dialog.table, Qt.Key.Key_Return)
    assert not any("editing failed" in each.message for each in qtlog.records)
    assert dialog.isVisible()
    assert not [each for each in dialog.table.findChildren(QLineEdit) if each.isVisible()]


def test_a_cell_is_typed_over_and_nonsense_leaves_it_as_it_was(window, qtbot, dialog):
    type_quote(qtbot, window, dialog, EXAMPLE)
    click_row(qtbot, dialog, 0)
    press(qtbot, window, dialog, "use")
    edit_cell(qtbot, window, dialog, 0, 2, "1.95")
    assert prices(window) == [("h100-sxm", 1.95, "Lambda")]
    assert window.session.value("price.usd_per_gpu_hour") == 1.95  # it is what the plan pays
    edit_cell(qtbot, window, dialog, 0, 2, "cheap")
    assert prices(window) == [("h100-sxm", 1.95, "Lambda")]
    assert "is no price" in dialog.message.whole
    edit_cell(qtbot, window, dialog, 0, 3, "3 years")
    assert window.session.project.prices[0].commitment == "3 years"


def test_rows_are_removed_with_the_keyboard_and_come_back(window, qtbot, dialog):
    paste(qtbot, window, dialog, BLOCK)
    dialog.table.setFocus()
    click_row(qtbot, dialog, 0)
    qtbot.keyClick(dialog.table, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert not button(dialog, "use").isEnabled()
    qtbot.keyClick(dialog.table, Qt.Key.Key_Delete)
    assert window.session.project.prices == ()
    assert window.session.undo_stack.undoText() == "Remove 2 quotes"
    window.session.undo_stack.undo()
    assert len(dialog.model.rows) == 2
    click_row(qtbot, dialog, 1)
    qtbot.keyClick(dialog.table, Qt.Key.Key_Space)
    assert window.session.value("price.usd_per_gpu_hour") == 2.35


def test_the_price_field_and_the_menu_lead_to_it(window, qtbot):
    window.activateWindow()
    qtbot.keyClick(
        window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    rest(window)
    assert "Quotes" in [each.windowTitle() for each in QApplication.topLevelWidgets() if each.isVisible()]


@pytest.mark.parametrize(("theme", "scale"), [("light", 1.0), ("dark", 1.5)])
def test_nothing_is_cut_with_larger_text(window, qtbot, theme, scale):
    window.themes.choose(theme)
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    dialog = opened(window, "quotes")
    assert cut_labels(dialog) == []
    paste(qtbot, window, dialog, BLOCK)
    assert cut_labels(dialog) == []
    assert dialog.width() <= 1280


SKYPILOT = (
    "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Region\n"
    "p5.48xlarge,H100,8,54.24,19.92,us-east-1\nm7i.x,,,0.8,,us-east-1\n"
)


def test_a_catalogue_is_opened_and_its_cheapest_prices_are_one_step(
    window, qtbot, dialog, tmp_path, monkeypatch
):
    path = tmp_path / "aws" / "vms.csv"
    path.parent.mkdir()
    path.write_text(SKYPILOT)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    steps = window.session.undo_stack.count()
    press(qtbot, window, dialog, "import")
    held = [card for card in window.session.project.prices if card.supplier == "aws"]
    assert [(card.commitment, card.usd_per_gpu_hour) for card in held] == [
        ("on demand", 6.78),
        ("spot", 2.49),
    ]
    assert window.session.undo_stack.count() == steps + 1
    assert "2 prices of 1 accelerator put into the plan." in dialog.message.whole
    assert dialog.box.toPlainText() == ""


def test_an_address_is_fetched_when_enter_is_pressed_and_a_wrong_one_is_a_sentence(
    window, qtbot, dialog, monkeypatch
):
    asked = []

    def answer(address):
        asked.append(address)
        file = SourceFile("vms.csv", SKYPILOT, "aws")
        return Fetched(address, len(SKYPILOT), PriceReader().read(file, Given()).named(address))

    monkeypatch.setattr(fetching, "fetch_prices", answer)
    edit = line(dialog, "address")
    edit.setFocus()
    qtbot.keyClicks(edit, "http://prices.example.org/aws/vms.csv")
    press(qtbot, window, dialog, "fetch")
    assert "https://" in dialog.message.whole
    assert not asked
    edit.selectAll()
    qtbot.keyClicks(edit, "https://prices.example.org/aws/vms.csv")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    rest(window)
    assert asked == ["https://prices.example.org/aws/vms.csv"]
    assert "Fetched" in dialog.message.whole
    assert "https://prices.example.org/aws/vms.csv" in dialog.message.whole
    assert window.session.project.prices[0].source == asked[0]

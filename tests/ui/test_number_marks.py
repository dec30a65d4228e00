"""The window under a decimal comma: what it shows, what is typed into it, and what it writes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QLocale, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLabel

from isocost.files.saving import project_text
from isocost.quantities import MINUS, PLAIN, PRINTED, NumberMarks, mark_numbers, plain_spaces
from isocost.ui.app import marks_of
from isocost.ui.explain.panel import ExplainPanel
from isocost.ui.screenshot import settle
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel
from tests.ui.conftest import preset

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

GERMAN = NumberMarks(",", ".")
PRICE = "price.usd_per_gpu_hour"
SAVED = [(PRICE, "2,25", "2.25"), ("data.tokens", "1,5T", "1.5T"), ("hardware.count", "1.024", "1,024")]


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("en_US", PRINTED),
        ("C", PRINTED),
        ("de_DE", replace(GERMAN, minus=MINUS)),
        ("fr_FR", NumberMarks(",", "\u202f", minus=MINUS)),
        ("sv_SE", NumberMarks(",", "\u202f", minus=MINUS)),
        ("es_ES", NumberMarks(",", ".", most_ungrouped=4, minus=MINUS)),
        ("hi_IN", NumberMarks(".", ",", higher=2, minus=MINUS)),
        ("ar_EG", PRINTED),
    ],
)
def test_marks_are_those_of_the_locale(name, marks):
    assert marks_of(QLocale(name)) == marks


def test_the_swiss_write_an_apostrophe():
    marks = marks_of(QLocale("de_CH"))
    assert (marks.decimal, marks.group in "'’") == (".", True)


@pytest.fixture
def german(window):
    """A window whose preset is shown under German marks."""
    mark_numbers(GERMAN)
    window.documents.open(preset("startup-7b"))
    settle(window.session)
    return window


def write(window, path: str, text: str):
    """Type a text over a field's value, still to be applied."""
    edit = window.inputs.fields[path].edit
    edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
    edit.selectAll()
    for sign in text:
        # Qt's test keys are those of an American keyboard.
        QApplication.sendEvent(edit, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, sign))
    return edit


def enter(window, qtbot, path: str, text: str) -> None:
    """The same, and Enter."""
    qtbot.keyClick(write(window, path, text), Qt.Key.Key_Return)
    settle(window.session)


def ends(session) -> list[tuple[float, float]]:
    """The ends of every range of the plan."""
    return [(held.low, held.high) for held in session.current_scenario.ranges]


def test_a_field_shows_and_takes_a_decimal_comma(german, qtbot):
    session, edit = german.session, german.inputs.fields[PRICE].edit
    session.set_value(PRICE, 1.5, "Price")
    settle(session)
    assert edit.text() == "$1,50"
    edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
    assert edit.text() == "$1,50"
    enter(german, qtbot, PRICE, "2,25")
    assert session.value(PRICE) == 2.25
    assert edit.text() == "$2,25"
    enter(german, qtbot, PRICE, "*1,2")
    assert session.value(PRICE) == 2.7
    enter(german, qtbot, PRICE, "1,5..2,5")
    assert ends(session) == [(1.5, 2.5)]
    enter(german, qtbot, PRICE, "2 ± 12,5 %")
    assert ends(session) == [(1.75, 2.25)]
    write(german, PRICE, "12,5/4")
    assert plain_spaces(german.inputs.fields[PRICE].context.whole) == "= $3,125 /GPU-h"
    enter(german, qtbot, "hardware.count", "1.024")
    assert session.value("hardware.count") == 1024
    assert german.inputs.fields["hardware.count"].edit.text() == "1.024"


def test_a_plan_is_saved_the_same_under_any_marks(german, qtbot):
    texts = []
    for marks, at in ((GERMAN, 1), (PLAIN, 2)):
        mark_numbers(marks)
        for typed in SAVED:
            enter(german, qtbot, typed[0], typed[at])
        texts.append(project_text(german.session.project))
        while german.session.undo_stack.canUndo():
            german.session.undo_stack.undo()
        settle(german.session)
    assert texts[0] == texts[1]
    assert "2.25" in texts[0]
    assert "1.5e+12" in texts[0]


NAMES = re.compile(r"[A-Z][A-Za-z]*[- ]?\d+\.\d+|arXiv \S+|v\d+(?:\.\d+)+")
PLAIN_NUMBER = re.compile(r"(?<![\w.,-])(?:\d+\.\d{1,2}|\d+\.\d{4,}|0\.\d+)(?![\d.,])")
"""A decimal point: what three digits follow may be thousands."""


def test_nothing_in_sight_has_a_decimal_point(german):
    models = {name for run in german.session.catalog.runs for name in (run.label, run.model)}
    for at, title in enumerate(german.page_titles):
        if title == "Claims":  # sentences of the press, in their own words
            continue
        german.show_page(at)
        settle(german.session)
        labels = [each for each in german.findChildren(QLabel) if each.isVisible()]
        texts = [each.whole if isinstance(each, WrapLabel) else each.text() for each in labels]
        for card in german.findChildren(ChartCard):
            table = card.table() if card.isVisible() else None
            if table is not None:
                texts += [
                    table.shown(r, c) for r in range(len(table.rows)) for c in range(len(table.columns))
                ]
        # Models are called what their makers call them.
        told = [text for text in texts if text not in models and PLAIN_NUMBER.search(NAMES.sub("", text))]
        # Sources are quoted as they write.
        assert not [text for text in told if "Epoch" not in text], title


def test_an_opened_figure_has_no_decimal_point(german):
    german.explain("total.cost_usd")
    shown = german.findChild(ExplainPanel)
    texts = [shown.value.text(), shown.values.whole, shown.formula.whole, shown.name.whole]
    # Where a value comes from is quoted as it is written there.
    texts += [each.value for each in shown.tree.rows.rows]
    texts += [each.how for each in shown.tree.rows.rows if each.provenance == "computed"]
    assert any("," in text for text in texts)
    assert not [text for text in texts if PLAIN_NUMBER.search(NAMES.sub("", text))]


def test_data_for_other_programs_have_plain_marks(window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("isocost.ui.widgets.cards.card.ask_where", lambda *_: tmp_path / "out.csv")
    window.show_page(window.page_titles.index("Ledger"))
    written: list[dict[str, str]] = []
    for marks in (PLAIN, GERMAN):
        mark_numbers(marks)
        window.documents.open(preset("startup-7b"))
        settle(window.session)
        # What is remarked of a run is sentences alone.
        cards = [card for card in window.findChildren(ChartCard) if card.isVisible()]
        written.append({})
        for card in cards:
            if card.table().rows and card.objectName() != "badges":
                card.export_data()
                written[-1][card.objectName()] = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert window.headline.sentence.text().startswith(f"${window.session.estimate.total.cost_usd / 1e3:.0f}K")
    assert len(written[0]) > 2
    assert written[0] == written[1]

"""Names are shown letter by letter, whatever is in them: nothing a user or a file writes is markup."""

from __future__ import annotations

import msgspec
import pytest
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QMessageBox, QTextEdit, QWidget

from isocost.catalog import load
from isocost.files import load_project, save_project
from isocost.plan.project.project import Project
from isocost.ui.app import make_frame
from isocost.ui.dialogs.errors import error_box
from isocost.ui.screenshot import settle
from isocost.ui.window import Window
from tests.ui.conftest import preset

MARKUP = '<b>x</b><img src="file:///nowhere.png"> & 1<2'
OWN = f"""
models:
- name: '{MARKUP} model'
  shape: size
  published_total: 7e9
  source: '{MARKUP} source'
  sources_read: 2026-11-01
accelerators:
- id: marked
  like: h100-sxm
  name: '{MARKUP} accelerator'
  short_name: '{MARKUP}'
  source: '{MARKUP} source'
prices:
- {{accelerator: marked, usd_per_gpu_hour: 2, supplier: '{MARKUP} supplier', commitment: '{MARKUP}',
   source: '{MARKUP} source', date: 2026-10-01}}
"""


def marked(project: Project) -> Project:
    """The plan with markup in every name."""
    scenario = project.scenarios[0]
    replace = msgspec.structs.replace
    stages = tuple(replace(s, name=f"{MARKUP} stage", group=MARKUP, note=MARKUP) for s in scenario.stages)
    price = replace(scenario.price, supplier=f"{MARKUP} supplier", source=MARKUP, commitment=MARKUP)
    changed = replace(
        scenario,
        name=f"{MARKUP} scenario",
        stages=stages,
        price=price,
        hardware=replace(scenario.hardware, accelerator="marked"),
        model=replace(scenario.model, name=f"{MARKUP} model", parameters=None, active_parameters=None),
    )
    return replace(project, name=f"{MARKUP} project", notes=MARKUP, scenarios=(changed,))


@pytest.fixture
def marked_up(qtbot, stored, tmp_path, monkeypatch) -> Window:
    """A window on a plan, a file and a catalogue full of markup."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "mine.yaml").write_text(OWN)
    catalog = load(folder)
    assert catalog.problems == ()
    file = tmp_path / "<b>x<i> & plan.yaml"
    save_project(marked(load_project(preset("startup-7b"))), file)
    made = make_frame(stored)
    made.fill(catalog)
    qtbot.addWidget(made, before_close_func=lambda each: each.session.undo_stack.setClean())
    assert made.documents.open(file)
    made.show()
    made.load_pages()
    settle(made.session)
    return made


@pytest.fixture
def full(marked_up: Window) -> Window:
    """The same, every page of it looked at."""
    for index in range(marked_up.tabs.count()):
        marked_up.show_page(index)
        settle(marked_up.session)
        marked_up.grab()
    return marked_up


def tips_of_rows(view: QAbstractItemView) -> list[str]:
    model: QAbstractItemModel | None = view.model()
    if model is None:
        return []
    cells = [
        model.index(row, column, QModelIndex())
        for row in range(model.rowCount())
        for column in range(1 if isinstance(view, QListView) else model.columnCount())
    ]
    return [str(index.data(Qt.ItemDataRole.ToolTipRole) or "") for index in cells]


def drawn(text: str) -> str:
    """What Qt draws of a text whose format it guesses."""
    if not QtGui.Qt.mightBeRichText(text):
        return text
    shown = QTextEdit()
    shown.setHtml(text)
    return shown.toPlainText()


def test_no_label_or_tip_reads_a_name_as_markup(full: Window):
    labels = [label for label in full.findChildren(QLabel) if label.textFormat() != Qt.TextFormat.PlainText]
    carrying = [label.text() for label in labels if label.text() and "<" in label.text()]
    assert [text for text in carrying if "<b>" in text or "<img" in text] == []
    tips = [widget.toolTip() for widget in full.findChildren(QWidget)]
    tips += [action.toolTip() for action in full.findChildren(QAction)]
    tips += [tip for view in full.findChildren(QAbstractItemView) for tip in tips_of_rows(view)]
    told = [tip for tip in tips if "x</b>" in tip or "&lt;b&gt;" in tip or "<b>x" in tip]
    assert told, "no tip carries a name: the test looks at nothing"
    assert [tip for tip in told if "<b>x" not in drawn(tip)] == []


def test_the_headline_shows_the_name_as_it_is_typed(marked_up: Window):
    assert marked_up.headline.title.textFormat() == Qt.TextFormat.PlainText
    assert MARKUP in marked_up.headline.title.text()
    assert MARKUP in marked_up.windowTitle()


def test_dialogs_show_names_as_they_are(marked_up: Window, qtbot, monkeypatch):
    box = error_box(marked_up, f"{MARKUP}: cannot be read.")
    assert box.textFormat() == Qt.TextFormat.PlainText
    asked: list[Qt.TextFormat] = []
    monkeypatch.setattr(QMessageBox, "exec", lambda each: asked.append(each.textFormat()) or 0)
    marked_up.session.set_value("data.tokens", 1e12, "Try it")
    marked_up.documents.may_close()
    assert asked == [Qt.TextFormat.PlainText]

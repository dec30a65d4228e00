"""What a bill leaves out is counted by a click: a sourced value, shown with its source, one step of undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from isocost.plan.inputs.starting import new_project
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.ledger import omissions
from isocost.plan.project.project import get_value
from isocost.report.findings.inputs.captions import short_source, without_address
from isocost.ui.screenshot import settle
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.window import Window


@pytest.fixture
def ledger(window: Window) -> LedgerPage:
    """The Ledger tab of a window with a new plan, which counts nothing but its stage."""
    window.session.open(new_project(window.session.catalog), None)
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    return next(view for view in window.views if isinstance(view, LedgerPage))


def click_pill(ledger: LedgerPage, path: str) -> None:
    """Click the pill of a cost where it can be seen, and let the answer come."""
    QApplication.processEvents()
    pill = ledger.scope.findChild(QPushButton, f"scope.{path}")
    assert pill is not None
    ledger.area.ensureWidgetVisible(pill)
    viewport = ledger.area.viewport()
    at = pill.mapTo(viewport, QPoint(pill.width() // 2, pill.height() // 2))
    assert viewport.rect().contains(at)
    QTest.mouseClick(pill, Qt.MouseButton.LeftButton)


def test_every_pill_fills_a_sourced_value_and_shows_both(window: Window, ledger: LedgerPage):
    session = window.session
    bare = session.project
    paths = [each.path for each in omissions(session.current_scenario, session.catalog) if "." in each.path]
    assert len(paths) == 10
    for steps, path in enumerate(paths, start=1):
        click_pill(ledger, path)
        settle(session)
        declared = NUMBERS[path]
        assert get_value(session.project, path) == declared.counted
        assert session.undo_stack.count() == steps
        edit = window.findChild(QLineEdit, f"{path}.edit")
        assert window.focusWidget() is edit
        assert edit.text()
        assert edit.isVisible()
        caption = window.findChild(WrapLabel, f"{path}.context")
        assert caption.whole == short_source(declared.counted_source) != ""
        assert path not in {each.path for each in omissions(session.current_scenario, session.catalog)}
    lines = {line.key for line in session.answer.estimate.ledger}
    assert {"people", "storage", "contingency", "licences", "egress"} <= lines
    for _ in paths:
        session.undo_stack.undo()
    assert session.project == bare


def test_experiments_add_their_stage_with_its_share_and_source(window: Window, ledger: LedgerPage):
    session = window.session
    bare = session.project
    before = session.answer.estimate.total.cost_usd
    click_pill(ledger, "stages")
    settle(session)
    added = session.current_stage
    assert added is session.current_scenario.stages[-1]
    assert added.ablations.share == 0.58
    assert session.answer.estimate.total.cost_usd == pytest.approx(1.58 * before, rel=1e-3)
    edit = window.findChild(QLineEdit, "ablations.share.edit")
    assert window.focusWidget() is edit
    assert edit.text() == "58\N{NO-BREAK SPACE}%"
    source = session.catalog.constants.templates["ablations"].source
    assert window.findChild(WrapLabel, "ablations.share.context").whole == without_address(source)
    assert "stages" not in {each.path for each in omissions(session.current_scenario, session.catalog)}
    QTest.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert session.project == bare


def test_a_pill_says_beforehand_what_it_counts_and_whose_figure_that_is(ledger: LedgerPage):
    for path, words in {
        "people.heads": ("3 people", "Smol Training Playbook"),
        "storage.terabytes": ("44 TB", "FineWeb"),
        "dataset.licences_usd": ("$300K", "assumption"),
        "programme.support": ("7 %", "AWS"),
        "stages": ("58 % of the training", "SmolLM3"),
    }.items():
        tip = (
            ledger.scope.findChild(QPushButton, f"scope.{path}").toolTip().replace("\N{NO-BREAK SPACE}", " ")
        )
        assert all(word in tip for word in words), tip

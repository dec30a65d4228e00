"""Techniques are tried on the Ledger's bill: what is shown is what the command says, and the plan stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from isocost.cli.deciding.techniques import run
from isocost.files import load_project
from isocost.plan.compare.rack import with_technique
from isocost.report.decisions.comparing.techniques import ABSENT, UNMODELLED
from isocost.report.decisions.comparing.techniques_card import RackRow
from isocost.ui.look.theme import Theme
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.tabs.ledger.rack import RackPanel
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

KEY = Qt.Key
PLAN = "startup-7b"


@pytest.fixture
def page(qtbot, theme: Theme, session: Session) -> Iterator[LedgerPage]:
    """The page as wide as in a window of 1280 pixels, the techniques shown."""
    made = dressed(LedgerPage(session, theme), theme)
    made.resize(988, 640)
    made.show()
    qtbot.waitExposed(made)
    session.open(load_project(preset(PLAN), session.catalog), None)
    settle(session)
    click(made.waterfall.by_technique)
    settle(session)
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


@pytest.fixture
def rack(page: LedgerPage) -> RackPanel:
    return page.waterfall.rack


def click(button: QAbstractButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def place(rack: RackPanel, name: str) -> int:
    return next(at for at, row in enumerate(rack.rows.rows) if row.id == name)


def row(rack: RackPanel, name: str) -> RackRow:
    return rack.rows.rows[place(rack, name)]


def switch(rack: RackPanel, session: Session, name: str) -> None:
    """Click a technique's row and let its figures come."""
    view = rack.list
    at = view.visualRect(rack.rows.index(place(rack, name))).center()
    assert view.viewport().rect().contains(at)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    settle(session)


def told(capsys: pytest.CaptureFixture[str], *on: str) -> dict[str, Any]:
    """What the command says of the same plan."""
    run([str(preset(PLAN)), "--format", "json", "--on", ",".join(on)])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize("on", [(), ("fp8",), ("fp8", "spot")])
def test_the_figures_are_the_commands_to_the_cent(rack: RackPanel, session: Session, capsys, on):
    for name in on:
        switch(rack, session, name)
    said, table = told(capsys, *on), rack.table()
    assert said["on"] == [each.id for each in rack.rows.rows if each.on] == list(on)
    for at, each in enumerate(said["techniques"]):
        shown = row(rack, each["id"])
        assert shown.delta_usd == each["delta_usd"]
        assert (table.rows[at][2] or None) == (each["delta_usd"] or None)
        assert (table.rows[at][3] or None) == (each["delta_days"] or None)
        assert shown.can == (each["applies"] and each["modelled"])
    assert session.estimate.total.cost_usd == said["base"]["cost_usd"]
    assert rack.found.value.together.total_usd == said["together"]["cost_usd"]
    assert bool(rack.delta.text()) == bool(on)


def test_trying_changes_nothing_of_the_plan_and_all_off_takes_it_back(rack: RackPanel, session: Session):
    before, total = session.project, rack.total.text()
    QApplication.processEvents()
    places = [rack.list.mapTo(rack, QPoint()), rack.head.height()]
    switch(rack, session, "fp8")
    assert rack.total.text() != total
    assert rack.note.text().startswith("Tried, not applied: ")
    assert session.project is before
    assert not session.undo_stack.count()
    assert [rack.list.mapTo(rack, QPoint()), rack.head.height()] == places
    click(rack.clear)
    settle(session)
    assert (rack.total.text(), rack.delta.text()) == (total, "")
    assert not any(button.isEnabled() for button in (rack.apply, rack.add, rack.clear))


def test_apply_makes_it_the_plan_in_one_step_of_undo(rack: RackPanel, session: Session):
    before = session.project
    switch(rack, session, "fp8")
    switch(rack, session, "fewer-tokens")
    tried = rack.found.value.together.total_usd
    click(rack.apply)
    settle(session)
    assert session.estimate.total.cost_usd == tried
    assert rack.found.value.base.total_usd == tried
    assert not any(each.on for each in rack.rows.rows)
    assert session.undo_stack.count() == 1
    assert session.undo_stack.undoText() == "Apply FP8 matmuls and A quarter fewer tokens"
    session.undo_stack.undo()
    settle(session)
    assert session.project == before
    assert row(rack, "fp8").can


def test_add_puts_it_beside_the_plan_which_stays(rack: RackPanel, session: Session):
    before = session.current_scenario
    switch(rack, session, "fp8")
    click(rack.add)
    settle(session)
    kept, added = session.project.scenarios
    assert (kept, session.scenario) == (before, 0)
    assert added.name == f"{before.name} with FP8 matmuls"
    expected = with_technique(load_project(preset(PLAN), session.catalog), "fp8", session.catalog)
    assert added.stages == expected.scenarios[0].stages
    assert added.name in rack.beside.text()
    assert row(rack, "fp8").on
    assert session.undo_stack.count() == 1


def test_keys_step_over_headings_and_space_turns_a_switch(rack: RackPanel, session: Session):
    rack.list.setFocus()
    rack.list.setCurrentIndex(rack.rows.index(place(rack, "fp8")))
    QTest.keyClick(rack.list, KEY.Key_Space)
    settle(session)
    assert row(rack, "fp8").on
    seen = []
    for _ in range(len(rack.rows.rows)):
        seen.append(rack.rows.rows[rack.list.currentIndex().row()].id)
        QTest.keyClick(rack.list, KEY.Key_Down)
    assert "" not in seen
    assert rack.rows.rows[-1].id in seen
    QTest.keyClick(rack.list, KEY.Key_Space)
    settle(session)
    assert rack.on == ("fp8",)


def test_the_tried_total_stays_in_sight_of_the_row_the_keyboard_is_on(page: LedgerPage, rack: RackPanel):
    QApplication.processEvents()
    rack.list.setFocus()
    rack.list.setCurrentIndex(rack.rows.index(place(rack, "fp8")))
    area = page.area.viewport()
    for _ in range(len(rack.rows.rows)):
        QTest.keyClick(rack.list, KEY.Key_Down)
        QApplication.processEvents()
        shown = rack.list.visualRect(rack.list.currentIndex())
        top = rack.list.viewport().mapTo(area, shown.topLeft()).y()
        head = rack.head.mapTo(area, QPoint()).y()
        assert head >= 0
        assert head + rack.head.height() <= top
        assert top + shown.height() <= area.height()
    assert page.area.verticalScrollBar().value() > 0


def test_what_is_not_possible_says_why_and_cannot_be_switched(rack: RackPanel, session: Session):
    names = [each.name for each in rack.rows.rows]
    assert names.index(ABSENT) < place(rack, "lora") < names.index(UNMODELLED) < place(rack, "muon")
    for name in ("lora", "muon"):
        switch(rack, session, name)
        assert rack.on == ()
        index = rack.rows.index(place(rack, name))
        assert row(rack, name).catch in index.data()
        assert index.data(int(Qt.ItemDataRole.CheckStateRole)) is None


def test_what_excludes_another_greys_it_where_it_stands(rack: RackPanel, session: Session):
    order = [each.id for each in rack.rows.rows]
    switch(rack, session, "spot")
    assert [each.id for each in rack.rows.rows] == order
    assert row(rack, "one-year").catch
    assert not row(rack, "one-year").can


def test_the_last_figures_stand_dimmed_until_the_next_have_come(rack: RackPanel, session: Session):
    delta = row(rack, "fp8").cost
    view = rack.list
    at = view.visualRect(rack.rows.index(place(rack, "fp8"))).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert rack.delegate.dimmed
    assert row(rack, "fp8").on
    assert row(rack, "fp8").cost == delta
    assert not rack.apply.isEnabled()
    settle(session)
    assert not rack.delegate.dimmed
    assert rack.apply.isEnabled()


def test_the_rack_follows_the_plan(rack: RackPanel, session: Session):
    switch(rack, session, "fp8")
    session.set_value("data.tokens", session.value("data.tokens") / 2, "Tokens")
    settle(session)
    assert rack.found.value.base.total_usd == session.estimate.total.cost_usd
    assert row(rack, "fp8").on
    session.set_value("data.precision", "fp8", "Precision")
    settle(session)
    assert not rack.delta.text()
    assert rack.beside.text().startswith("FP8 matmuls is not tried any more: Every stage is in FP8")
    session.undo_stack.undo()
    settle(session)
    assert row(rack, "fp8").on
    session.open(load_project(preset("eight-gpu-lab"), session.catalog), None)
    settle(session)
    assert rack.on == ()
    assert rack.found.value.base.total_usd == session.estimate.total.cost_usd


def test_switches_are_read_as_boxes_to_check(rack: RackPanel, session: Session):
    switch(rack, session, "fp8")
    found = QAccessible.queryAccessibleInterface(rack.list)
    for name, checked in (("fp8", True), ("spot", False)):
        cell = found.child(place(rack, name))
        assert cell.state().checkable
        assert bool(cell.state().checked) is checked
        assert cell.text(QAccessible.Text.Name) == row(rack, name).words
    for button in (rack.apply, rack.add, rack.clear):
        assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Description)


def test_the_card_is_taken_elsewhere_as_techniques_or_as_the_bill(page: LedgerPage, session: Session):
    card = page.waterfall
    QApplication.processEvents()
    card.toggle_table()
    assert card.table_shown
    card.toggle_table()
    assert card.table().columns[0].name == "Technique"
    assert card.drawing() is not None
    click(card.by_group)
    assert card.table().columns[0].name != "Technique"
    assert card.list.isVisible()
    assert not card.rack.isVisible()
    assert session.estimate.total.cost_usd > 0


def test_amounts_are_in_the_plans_currency(rack: RackPanel, session: Session):
    switch(rack, session, "fp8")
    session.show_in("EUR")
    settle(session)
    for words in (rack.total.text(), rack.delta.text(), row(rack, "fp8").cost, rack.said.finding):
        assert "€" in words
        assert "$" not in words


def test_a_plan_that_moved_on_is_changed_by_what_it_still_has_room_for(rack: RackPanel, session: Session):
    switch(rack, session, "fp8")
    switch(rack, session, "fewer-tokens")
    tokens = session.value("data.tokens")
    session.set_value("data.precision", "fp8", "Precision")  # not answered yet, and the buttons stand
    click(rack.apply)
    settle(session)
    assert session.value("data.tokens") == pytest.approx(0.75 * tokens)
    assert session.estimate.total.cost_usd == rack.found.value.base.total_usd


def test_what_there_is_to_know_of_a_technique_is_read_whole(page: LedgerPage, rack: RackPanel, painted):
    """On a second line where it has no room before its range; the list stays as high as its rows."""
    QApplication.processEvents()
    painted.clear()
    rack.list.grab()
    shown = " ".join(painted)
    for each in rack.rows.rows:
        if each.id and each.here:
            assert all(word in shown for word in each.catch.split(" "))
            assert f"{each.catch[:20]}" in shown
    cut = [text for text in painted if text.endswith("…")]
    catches = {each.catch for each in rack.rows.rows}
    assert not [text for text in cut if any(catch.startswith(text[:-1].rstrip()) for catch in catches)]
    last = rack.list.visualRect(rack.rows.index(len(rack.rows.rows) - 1))
    assert rack.list.viewport().rect().contains(last)

"""The strip of stages: adding, copying, moving, renaming, switching and removing, with mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtWidgets import QApplication, QLineEdit

from isocost.plan.kinds import KINDS, RlStage
from isocost.quantities import plain_spaces
from isocost.ui.inputs.stage.list import SHARE
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def programme(window):
    """Seven stages: SmolLM3's programme."""
    window.documents.open(preset("smollm3-programme"))
    settle(window.session)
    window.activateWindow()
    return window


def names(window) -> list[str]:
    return [stage.name for stage in window.session.current_scenario.stages]


def row(window, index: int) -> QPoint:
    """The middle of a row of the list."""
    stages = window.inputs.stages.list
    return stages.visualRect(stages.model().index(index, 0)).center()


def switch(window, index: int) -> QPoint:
    """The middle of a row's switch."""
    stages = window.inputs.stages.list
    return stages.delegate.switch_rect(stages.visualRect(stages.model().index(index, 0))).center()


def share(window, index: int) -> str:
    """The share of the cost a row tells."""
    return plain_spaces(window.inputs.stages.list.model().index(index, 0).data(SHARE))


def click(window, qtbot, place: QPoint) -> None:
    qtbot.mouseClick(window.inputs.stages.list.viewport(), LEFT, pos=place)


def key(window, qtbot, pressed: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier):
    window.inputs.stages.list.setFocus()
    qtbot.keyClick(window.inputs.stages.list, pressed, modifier)


def test_adding_an_rl_stage_selects_it_and_raises_the_total(window):
    before, cost = window.session.project, window.session.estimate.total.cost_usd
    window.inputs.stages.findChild(QAction, "stages.add.rl").trigger()
    settle(window.session)
    assert isinstance(window.session.current_stage, RlStage)
    assert window.session.undo_stack.undoText() == "Add Reinforcement learning"
    assert window.session.estimate.total.cost_usd > cost
    window.session.undo_stack.undo()
    settle(window.session)
    assert window.session.project == before
    assert window.session.stage == 0
    assert window.session.estimate.total.cost_usd == cost


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_added_and_is_estimated(window, kind):
    window.inputs.stages.commands.add(kind)
    settle(window.session)
    assert window.session.estimate.stages[1].kind == kind
    assert window.session.estimate.stages[1].gpu_hours > 0
    assert window.inputs.stages.told.whole.startswith(KINDS[kind].label)


def test_the_switch_takes_a_stage_out_of_the_sums_and_keeps_it(programme, qtbot):
    before, whole = programme.session.project, programme.session.estimate
    click(programme, qtbot, switch(programme, 4))
    settle(programme.session)
    after = programme.session.estimate
    assert programme.session.stage == 0  # the switch selects nothing
    assert not after.stages[4].enabled
    assert len(after.stages) == 7
    # Ablations are a share of what is trained, and shrink with it.
    spared = whole.stages[4].cost_usd + whole.stages[0].cost_usd - after.stages[0].cost_usd
    assert whole.total.cost_usd - after.total.cost_usd == pytest.approx(spared, abs=0.02)
    assert programme.session.undo_stack.undoText() == "Switch off Reasoning mid-training"
    click(programme, qtbot, switch(programme, 4))
    assert programme.session.project == before


def test_a_share_of_nothing_is_nothing_and_leaves_no_curve(window, qtbot):
    window.inputs.stages.commands.add("ablations")
    click(window, qtbot, switch(window, 0))
    settle(window.session)
    assert window.session.estimate.total.cost_usd == 0
    assert len(window.session.answer.curve.counts) == 0
    assert share(window, 1) == "0.0 %"


def test_the_keyboard_selects_switches_and_moves(programme, qtbot):
    order = names(programme)
    click(programme, qtbot, row(programme, 1))
    key(programme, qtbot, Qt.Key.Key_Down)
    assert programme.session.stage == 2
    key(programme, qtbot, Qt.Key.Key_Space)
    assert not programme.session.current_stage.enabled
    key(programme, qtbot, Qt.Key.Key_Space)
    key(programme, qtbot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert names(programme) == [order[0], order[2], order[1], *order[3:]]
    assert programme.session.stage == 1
    assert programme.inputs.stages.list.currentIndex().row() == 1
    key(programme, qtbot, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert names(programme) == order


def test_an_end_is_the_end(programme, qtbot):
    before = programme.session.project
    key(programme, qtbot, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert programme.session.project is before
    assert programme.session.undo_stack.count() == 0


def test_a_drag_moves_the_stage_as_one_step(programme, qtbot):
    before, order = programme.session.project, names(programme)
    view = programme.inputs.stages.list.viewport()
    qtbot.mousePress(view, LEFT, pos=row(programme, 1))
    for target in (2, 3, 4):
        qtbot.mouseMove(view, row(programme, target))
    qtbot.mouseRelease(view, LEFT, pos=row(programme, 4))
    assert names(programme) == [order[0], *order[2:5], order[1], *order[5:]]
    assert programme.session.stage == 4
    assert programme.session.undo_stack.count() == 1
    programme.session.undo_stack.undo()
    assert programme.session.project == before
    assert programme.session.current_stage.name == order[1]


def test_dragged_back_is_not_changed(programme, qtbot):
    view = programme.inputs.stages.list.viewport()
    qtbot.mousePress(view, LEFT, pos=row(programme, 1))
    for target in (2, 3, 2, 1):
        qtbot.mouseMove(view, row(programme, target))
    qtbot.mouseRelease(view, LEFT, pos=row(programme, 1))
    assert not programme.session.dirty


def test_a_copy_costs_as_much_and_is_selected(programme, qtbot):
    click(programme, qtbot, row(programme, 5))
    key(programme, qtbot, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    settle(programme.session)
    assert programme.session.stage == 6
    assert names(programme)[5:7] == ["Supervised fine-tuning", "Supervised fine-tuning 2"]
    stages = programme.session.estimate.stages
    assert stages[6].cost_usd == stages[5].cost_usd


def test_removing_down_to_the_last(programme, qtbot):
    before = programme.session.project
    for _ in range(9):
        key(programme, qtbot, Qt.Key.Key_Delete)
    assert len(names(programme)) == 1
    strip = programme.inputs.stages
    strip.menu.aboutToShow.emit()
    assert not strip.removing.isEnabled()
    assert programme.session.undo_stack.undoText().startswith("Remove ")
    while programme.session.undo_stack.canUndo():
        programme.session.undo_stack.undo()
    assert programme.session.project == before


def editor(window) -> QLineEdit:
    return window.inputs.stages.list.findChild(QLineEdit, "stages.name")


def test_a_name_is_edited_in_place(programme, qtbot):
    click(programme, qtbot, row(programme, 1))
    key(programme, qtbot, Qt.Key.Key_F2)
    line = editor(programme)
    assert line.text() == "Pre-training"
    line.selectAll()
    qtbot.keyClicks(line, "Main run")
    programme.session.answered.emit(programme.session.answer)  # an estimate arrives meanwhile
    assert line.text() == "Main run"
    qtbot.keyClick(line, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert names(programme)[1] == "Main run"
    assert programme.session.undo_stack.undoText() == "Rename Pre-training"


def test_a_double_click_edits_and_escape_gives_up(programme, qtbot):
    view = programme.inputs.stages.list.viewport()
    click(programme, qtbot, row(programme, 2))
    qtbot.mouseDClick(view, LEFT, pos=row(programme, 2))
    line = editor(programme)
    qtbot.keyClicks(line, "Something else")
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert names(programme)[2] == "Context to 32K"
    assert not programme.session.dirty


def test_the_menu_offers_what_can_be_done(programme, qtbot):
    strip = programme.inputs.stages
    strip.menu.aboutToShow.emit()
    assert not strip.rising.isEnabled()
    assert strip.sinking.isEnabled()
    strip.sinking.trigger()
    strip.menu.aboutToShow.emit()
    assert strip.rising.isEnabled()
    assert strip.switching.text() == "Switch off"
    strip.switching.trigger()
    strip.menu.aboutToShow.emit()
    assert strip.switching.text() == "Switch on"
    offered = [action.text() for action in strip.adding.actions() if not action.isSeparator()]
    assert offered == [kind.label for kind in KINDS.values()]


def test_shares_add_up_and_those_off_have_none(programme):
    shares = [share(programme, index) for index in range(7)]
    numbers = [float(text.split()[0]) for text in shares if not text.startswith("<")]
    assert sum(numbers) == pytest.approx(100, abs=0.5)
    programme.inputs.stages.commands.switch(0, on=False)
    settle(programme.session)
    assert share(programme, 0) == "off"


def test_the_list_is_told_to_assistive_technology(programme):
    told = QAccessible.queryAccessibleInterface(programme.inputs.stages.list)
    assert told.text(QAccessible.Text.Name) == "Stages"
    assert "F2" in told.text(QAccessible.Text.Description)
    first = told.child(0)
    assert first.text(QAccessible.Text.Name).startswith("Ablations and debugging, ")
    assert first.state().checkable
    assert first.state().checked


def test_many_stages_take_no_more_than_seven_rows(programme):
    stages = programme.inputs.stages
    seven = stages.list.height()
    for _ in range(5):
        stages.commands.duplicate()
    assert stages.list.height() == seven
    assert stages.list.viewport().rect().contains(row(programme, programme.session.stage))

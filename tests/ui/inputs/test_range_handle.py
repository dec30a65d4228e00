"""The range of an input in its field and on its slider: begun, dragged, stepped and dropped by events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import msgspec
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from isocost.files import load_project
from isocost.plan.doubt.risk import risk
from isocost.plan.inputs.table import NUMBERS
from isocost.quantities import plain_spaces
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.inputs.goal_input import GoalInput
from isocost.ui.look.theme import DARK
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from tests.ui.conftest import preset

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
PRICE = "price.usd_per_gpu_hour"


@pytest.fixture
def plan(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """A session on a programme of two stages, the second one selected."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    session.open(load_project(preset("api-or-own"), session.catalog), None)
    session.select_stage(1)
    settle(session)
    return session


@pytest.fixture
def field(plan: Session, qtbot) -> Iterator[Callable[[str], FieldInput]]:
    """Makes an input that stands alone."""
    kept = []

    def make(path: str) -> FieldInput:
        made = FieldInput(NUMBERS[path], plan)
        kept.append(made)
        qtbot.addWidget(made)
        made.resize(280, 90)
        plan.project_changed.connect(made.refresh)
        made.show()
        qtbot.waitExposed(made)
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        made.refresh()
        return made

    yield make
    settle(plan)


def ranges(session: Session) -> dict[str, tuple[float, float]]:
    return {held.path: (held.low, held.high) for held in session.current_scenario.ranges}


def begin(made: FieldInput, qtbot) -> None:
    made.slider.setFocus()
    qtbot.keyClick(made.slider, KEY.Key_R)


def test_a_plain_value_is_made_a_range_of_what_is_known_of_it_and_back(plan, field, qtbot):
    made, before = field(PRICE), plan.project
    price = plan.value(PRICE)
    assert not made.edit.pictured
    assert made.ranging.grips.low.isHidden()
    begin(made, qtbot)
    low, high = ranges(plan)[PRICE]
    market = next(doubt for doubt in risk(plan.answer.reckoning).programme.doubts if doubt.path == PRICE)
    assert (low, high) == (pytest.approx(market.low, rel=0.005), pytest.approx(market.high, rel=0.005))
    assert plan.value(PRICE) == price
    assert plain_spaces(made.context.whole) == f"8 chances in 10 lie between ${low:.2f} and ${high:.2f}"
    assert made.edit.pictured
    assert made.ranging.button.isVisible()
    qtbot.mouseClick(made.ranging.button, LEFT)
    assert ranges(plan) == {}
    assert not made.edit.pictured
    plan.undo_stack.undo()
    plan.undo_stack.undo()
    assert plan.project == before


def test_the_track_is_shaded_where_others_saw_an_input_vary_and_not_without_ranges(plan, field, qtbot):
    made, tokens = field(PRICE), field("data.tokens")
    plan.ranges.ask(plan.answer)
    settle(plan)
    shaded = made.slider.grab().toImage()
    known = tokens.slider.grab().toImage()
    plan.doubt = False
    assert made.slider.grab().toImage() != shaded
    assert tokens.slider.grab().toImage() == known
    assert made.ranging.grips.low.isHidden()


def test_what_is_known_of_no_input_begins_about_its_value(plan, field, qtbot):
    made = field("data.tokens")
    begin(made, qtbot)
    assert ranges(plan) == {"Pre-training/data.tokens": (1.6e12, 2.5e12)}


@pytest.mark.parametrize(("end", "by"), [("low", -12), ("high", 15)])
def test_a_grip_is_dragged_and_one_undo_takes_the_drag_back(plan, field, qtbot, end: str, by: int):
    made = field(PRICE)
    begin(made, qtbot)
    before, steps = ranges(plan)[PRICE], plan.undo_stack.count()
    grip = getattr(made.ranging.grips, end)
    start = grip.mapTo(made.slider, grip.rect().center())
    qtbot.mousePress(grip, LEFT, pos=grip.rect().center())
    for part in (1, 2, 3):  # the grip moves along under the mouse
        qtbot.mouseMove(grip, grip.mapFrom(made.slider, start + QPoint(part * by // 3, 0)))
    qtbot.mouseRelease(grip, LEFT, pos=grip.mapFrom(made.slider, start + QPoint(by, 0)))
    after = ranges(plan)[PRICE]
    moved, stayed = (0, 1) if end == "low" else (1, 0)
    assert after[stayed] == before[stayed]
    assert (after[moved] < before[moved]) is (by < 0)
    assert abs(made.slider.x_of(after[moved]) - (made.slider.x_of(before[moved]) + by)) <= 4
    assert plan.undo_stack.count() == steps + 1
    plan.undo_stack.undo()
    assert ranges(plan)[PRICE] == before


def test_the_tab_key_reaches_both_grips_and_the_arrows_move_them(plan, field, qtbot):
    made = field(PRICE)
    begin(made, qtbot)
    low, high = made.ranging.grips.low, made.ranging.grips.high
    seen = []
    made.slider.setFocus()
    for _ in range(2):
        qtbot.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        seen.append(QApplication.focusWidget())
    assert seen == [low, high]
    before = ranges(plan)[PRICE]
    assert f"${before[1]:.2f}" in high.accessibleName()
    qtbot.keyClick(high, KEY.Key_Right)
    after = ranges(plan)[PRICE]
    assert after[1] > before[1]
    assert f"${after[1]:.2f}" in high.accessibleName()
    assert QApplication.focusWidget() is high
    qtbot.keyClick(high, KEY.Key_Delete)
    assert ranges(plan) == {}
    assert QApplication.focusWidget() is made.slider


def test_grips_stop_at_the_plans_value_and_leave_room_to_take_its_handle(plan, field, qtbot):
    made = field(PRICE)
    begin(made, qtbot)
    price = plan.value(PRICE)
    for grip, key in ((made.ranging.grips.low, KEY.Key_Right), (made.ranging.grips.high, KEY.Key_Left)):
        for _ in range(12):
            qtbot.keyClick(grip, key)
    low, high = ranges(plan)[PRICE]
    assert low <= price <= high
    assert plan.value(PRICE) == price
    handle = QPoint(round(made.slider.x_of(price)), 8)
    assert made.slider.childAt(handle) is None
    qtbot.mousePress(made.slider, LEFT, pos=handle)
    qtbot.mouseMove(made.slider, handle + QPoint(30, 0))
    qtbot.mouseRelease(made.slider, LEFT, pos=handle + QPoint(30, 0))
    assert plan.value(PRICE) > price


def test_the_menu_of_the_field_makes_and_drops_a_range_and_still_pastes(plan, field, qtbot):
    made = field(PRICE)
    for words, held in (("Make it a range", True), ("Drop the range", False)):
        at = made.edit.rect().center()
        event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, made.edit.mapToGlobal(at))
        QApplication.sendEvent(made.edit, event)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        named = {action.text().partition("\t")[0].replace("&", ""): action for action in menu.actions()}
        assert "Paste" in named
        named[words].trigger()
        menu.close()
        assert bool(ranges(plan)) is held


def test_a_goal_is_no_doubt_and_offers_no_range(plan, qtbot):
    made = GoalInput("goal.budget_usd", plan)
    qtbot.addWidget(made)
    made.show()
    made.refresh()
    made.edit.setFocus()
    assert made.ranging.button.isHidden()
    assert not made.actions()


def test_a_range_a_file_gives_without_the_stage_is_shown_and_replaced_at_its_input(plan, field, qtbot):
    made = field("data.tokens")
    begin(made, qtbot)
    named = msgspec.structs.replace(plan.current_scenario.ranges[0], path="data.tokens")
    bare = msgspec.structs.replace(plan.current_scenario, ranges=(named,))
    plan.apply(lambda project: msgspec.structs.replace(project, scenarios=(bare,)), "As a file has it")
    assert made.edit.pictured
    qtbot.keyClick(made.ranging.grips.high, KEY.Key_Right)
    assert len(ranges(plan)) == 1


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_picture_keeps_clear_of_the_number(plan, field, qtbot, scale: float):
    made = field(PRICE)
    made.apply_theme(replace(DARK, scale=scale))
    begin(made, qtbot)
    edit = made.edit
    assert edit.pictured
    left = edit.textMargins().left()
    shot = edit.grab().toImage()
    ground = shot.pixelColor(QPointF(edit.width() / 2, 3).toPoint())
    drawn = [
        x
        for x in range(4, left + 4)
        if any(shot.pixelColor(x, y) != ground for y in range(4, shot.height() - 4))
    ]
    assert drawn
    words = edit.fontMetrics().horizontalAdvance(edit.text())
    assert left + words <= edit.width()


def test_an_input_that_a_stage_has_not_gets_no_range(plan, qtbot, field):
    plan.select_stage(0)
    settle(plan)
    share = field("ablations.share")
    share.hide()  # as the column does with what the next stage has not
    plan.select_stage(1)
    settle(plan)
    before = plan.project
    share.ranging.action.trigger()
    assert plan.project is before

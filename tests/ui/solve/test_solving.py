"""Solve by gesture: lock what is fixed, press Solve on what is not, take the answer; by mouse and by keys."""

from __future__ import annotations

import itertools

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QToolButton, QWidget

from isocost.catalog import Catalog
from isocost.files import load_project
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import replace_scenario
from isocost.report.decisions.solving.fields import solving
from isocost.ui.inputs.column import InputColumn
from isocost.ui.inputs.goal_input import GoalInput
from isocost.ui.inputs.stage.commands import StageCommands
from isocost.ui.look.theme import Dress, ThemeManager
from isocost.ui.palette.palette import Palette
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.solve.panel import SolvePanel
from isocost.ui.solve.track import ScanTrack
from tests.ui.conftest import preset

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


class Desk(QWidget):
    """The inputs and the panel, as they stand in a window, without the pages."""

    def __init__(self, session: Session, themes: ThemeManager) -> None:
        super().__init__()
        self.session, self.themes = session, themes
        self.head = QFrame(self)
        self.head.setGeometry(0, 0, 1280, 100)
        self.inputs = InputColumn(session)
        self.inputs.setParent(self)
        self.panel = SolvePanel(session, themes.theme, self, self.head, self.inputs)
        self.panel.input_wanted.connect(self.inputs.reveal)
        self.resize(1280, 800)
        self.dress()

    def dress(self) -> None:
        """Put all parts into the theme."""
        theme = self.themes.theme
        for part, restyle in ((self.inputs, self.inputs.apply_theme), (self.panel, self.panel.apply_theme)):
            Dress(part, restyle).wear(theme)
        self.inputs.setGeometry(0, 100, theme.px(292), 700)

    def solve(self, path: str) -> None:
        """What the window does."""
        self.panel.open(path)

    def mark(self, path: str, kind: str) -> QToolButton:
        """The lock or the target of an input."""
        return self.inputs.findChild(QToolButton, f"{path}.{kind}")

    def settle(self) -> None:
        """Let the answer come."""
        settle(self.session)
        QApplication.processEvents()


@pytest.fixture
def desk(qtbot, session: Session, catalog: Catalog, qapp: QApplication):
    before = (qapp.palette(), qapp.font())
    project = load_project(preset("startup-7b"), catalog)
    held = msgspec.structs.replace(project.scenarios[0], goal=Goal(400e3, 20.0))
    session.open(replace_scenario(project, held), None)
    made = Desk(session, ThemeManager("light"))
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    made.settle()
    yield made
    qapp.setPalette(before[0])
    qapp.setFont(before[1])


def goal(desk: Desk, **values: float | None) -> None:
    held = msgspec.structs.replace(desk.session.current_scenario, goal=Goal(**values))
    desk.session.apply(lambda project: replace_scenario(project, held), "Goal")
    desk.settle()


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key, modifier)


def steps(desk: Desk) -> list[str]:
    stack = desk.session.undo_stack
    return [stack.text(at) for at in range(stack.index())]


# Locks


def test_the_lock_comes_with_the_mouse_and_locks_in_one_step(desk, qtbot):
    field, lock, target = (
        desk.inputs.fields["data.tokens"],
        *(desk.mark("data.tokens", k) for k in ("lock", "solve")),
    )
    assert target.isVisible()
    assert not lock.isVisible()
    place = field.label.x()
    QApplication.sendEvent(field, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))
    assert lock.isVisible()
    assert field.label.x() == place
    qtbot.mouseClick(lock, LEFT)
    QApplication.sendEvent(field, QEvent(QEvent.Type.Leave))
    assert lock.isVisible()  # locked it stays in sight, and cannot be solved for
    assert not target.isVisible()
    assert lock.accessibleName() == "Unlock tokens"
    assert steps(desk) == ["Lock Tokens"]
    desk.session.undo_stack.undo()
    assert target.isVisible()
    assert not lock.isVisible()


def test_letters_on_a_slider_lock_and_solve(desk, qtbot):
    desk.inputs.fields["hardware.count"].slider.setFocus()
    press(qtbot, Qt.Key.Key_L)
    assert desk.session.current_scenario.locked == ("hardware.count",)
    press(qtbot, Qt.Key.Key_S)
    assert not desk.panel.isVisible()  # locked
    press(qtbot, Qt.Key.Key_L)
    press(qtbot, Qt.Key.Key_S)
    assert desk.panel.isVisible()
    assert "count" in desk.panel.caption.text()
    desk.settle()
    before = desk.session.project
    press(qtbot, Qt.Key.Key_Escape)
    assert not desk.panel.isVisible()
    assert desk.inputs.fields["hardware.count"].slider.hasFocus()
    assert desk.session.project is before


# The answer


def test_the_answer_is_drawn_and_enter_takes_it_as_one_step(desk, qtbot):
    panel, before = desk.panel, desk.session.project
    qtbot.mouseClick(desk.mark("data.tokens", "solve"), LEFT)
    assert panel.isVisible()
    assert "whole range" in panel.state.whole
    desk.settle()
    assert panel.value.whole == "2.52T tokens"
    assert desk.session.project == before  # nothing changes before it is taken
    track = desk.inputs.fields["data.tokens"].slider.findChild(ScanTrack)
    assert track.isVisible()
    assert panel.card.plot.hasFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert not panel.isVisible()
    assert steps(desk) == ["Solve for tokens: 2.52T"]
    assert desk.session.value("data.tokens") == 2.52e12
    assert desk.inputs.fields["data.tokens"].edit.hasFocus()
    desk.settle()
    assert desk.session.estimate.total.cost_usd == pytest.approx(400e3, rel=5e-3)
    assert desk.inputs.fields["data.tokens"].slider.findChild(ScanTrack) is None or not track.isVisible()
    desk.session.undo_stack.undo()
    assert desk.session.project == before


def test_another_value_of_the_scan_is_chosen_by_click_and_by_arrows(desk, qtbot):
    panel = desk.panel
    panel.open("data.tokens")
    desk.settle()
    plot, found = panel.card.plot, panel.found
    answer = panel.take_button.text()
    qtbot.mouseClick(plot, LEFT, pos=plot.place(2).toPoint())
    assert panel.value.whole == found.headline(2)
    assert panel.take_button.text() == found.take_words(2) != answer
    press(qtbot, Qt.Key.Key_Right)
    assert panel.value.whole == found.headline(3)
    qtbot.mousePress(plot, LEFT, pos=plot.place(4).toPoint())
    qtbot.mouseMove(plot, plot.place(6).toPoint())
    qtbot.mouseRelease(plot, LEFT, pos=plot.place(6).toPoint())
    assert panel.value.whole == found.headline(6)
    slider = desk.inputs.fields["data.tokens"].slider
    track, before = slider.findChild(ScanTrack), desk.session.project
    qtbot.mouseClick(track, LEFT, pos=QPoint(round(slider.x_of(float(found.values[3]))), 6))
    assert panel.value.whole == found.headline(3)
    assert desk.session.project is before  # the slider beneath does not move
    qtbot.mouseClick(panel.take_button, LEFT)
    assert desk.session.value("data.tokens") == pytest.approx(found.values[3], rel=5e-3)
    assert steps(desk) == [found.step(3)]


def test_the_answer_follows_the_plan_and_waits_for_it(desk, qtbot):
    panel = desk.panel
    panel.open("data.tokens")
    desk.settle()
    first = panel.value.whole
    edit = panel.findChild(QWidget, "solve.goal.budget_usd.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "200K")
    press(qtbot, Qt.Key.Key_Return)
    assert desk.session.current_scenario.goal.budget_usd == 200e3
    assert panel.isVisible()  # Enter applied what was typed, and took nothing
    assert not panel.take_button.isEnabled()
    assert panel.value.whole == first  # the last picture stands meanwhile
    desk.settle()
    assert panel.take_button.isEnabled()
    assert panel.value.whole == "1.26T tokens"


def test_what_moves_along_is_locked_on_the_panel(desk, qtbot):
    panel = desk.panel
    panel.open("model.parameters")
    desk.settle()
    assert "best model" in panel.caption.text()
    chips = [each for each in panel.findChildren(QPushButton) if each.objectName().startswith("solve.lock.")]
    assert [each.text() for each in chips if each.isVisible()] == ["Tokens", "Count"]
    assert panel.ways.isVisible()
    qtbot.mouseClick(panel.locks["data.tokens"], LEFT)
    assert desk.mark("data.tokens", "lock").isVisible()
    desk.settle()
    assert panel.caption.text() == "Solving for parameters  ·  not taken yet"
    assert panel.value.whole.endswith("parameters")


def test_another_way_is_taken_by_a_click(desk, qtbot):
    panel = desk.panel
    panel.open("model.parameters")
    desk.settle()
    ways = panel.ways.list
    way = panel.ways.rows.rows[1]
    ways.scrollTo(ways.model().index(1, 0))
    panel.area.ensureWidgetVisible(ways)
    qtbot.mouseClick(ways.viewport(), LEFT, pos=ways.visualRect(ways.model().index(1, 0)).center())
    assert steps(desk) == [f"Take {way.name}"]
    assert desk.session.current_scenario.stages == way.case.scenario.stages


# What is missing, what cannot be


def test_what_is_missing_is_asked_for_in_place(desk, qtbot):
    goal(desk, budget_usd=None, deadline_days=None)
    panel = desk.panel
    desk.mark("price.usd_per_gpu_hour", "solve").setFocus()
    press(qtbot, Qt.Key.Key_Space)
    assert panel.state.whole.startswith("For how much?")
    assert panel.findChild(QWidget, "solve.goal.budget_usd.edit").hasFocus()
    assert not panel.card.isVisible()
    start = panel.findChild(QPushButton, "solve.start.goal.budget_usd")
    assert start.text() == "Use $320K, as now"
    assert not panel.findChild(QPushButton, "solve.start.goal.deadline_days").isVisible()
    qtbot.mouseClick(start, LEFT)
    desk.settle()
    assert desk.session.current_scenario.goal.budget_usd == 320e3
    assert panel.value.whole.endswith("an hour")
    assert panel.take_button.isEnabled()


def test_what_cannot_be_says_why_and_what_is_possible(desk, qtbot):
    goal(desk, budget_usd=300e3, deadline_days=14.0)
    panel = desk.panel
    panel.open("hardware.count")
    desk.settle()
    assert panel.value.whole == "No count does it"
    assert panel.line.whole.startswith("The nearest, 256 H100, costs")
    assert not panel.take_button.isEnabled()
    assert panel.ways.isVisible()
    press(qtbot, Qt.Key.Key_Return)
    assert panel.isVisible()
    assert steps(desk) == ["Goal"]


def test_an_input_that_cannot_be_solved_for_says_why(desk):
    from isocost.plan.project.editing import hold_sections

    desk.session.apply(lambda project: hold_sections(project, ["hardware", "price"], 0), "Own")
    desk.settle()
    desk.panel.open("hardware.count")
    assert "hardware of its own" in desk.panel.state.whole
    assert not desk.panel.card.isVisible()
    assert not desk.panel.take_button.isEnabled()


# Looks


@pytest.mark.parametrize(("choice", "scale"), [("light", 1.0), ("dark", 1.5), ("light", 2.0)])
def test_the_panel_is_whole_in_both_themes_and_with_large_text(desk, choice, scale):
    desk.themes.choose(choice)
    desk.themes.set_scale(scale)
    desk.dress()
    panel = desk.panel
    panel.open("model.parameters")
    desk.settle()
    assert panel.geometry().bottom() <= desk.rect().bottom()
    assert panel.geometry().right() <= desk.rect().right()
    body = panel.area.widget()
    assert body.width() <= panel.area.viewport().width()
    shown = [each for each in panel.findChildren(QWidget) if each.isVisible() and each.parent() is body]
    for one in shown:
        assert body.rect().contains(one.geometry()), one.objectName()
        for other in shown:
            assert one is other or not one.geometry().intersects(other.geometry())
    for button in (panel.take_button, panel.discard_button):
        assert button.width() >= button.sizeHint().width()
        assert panel.rect().contains(button.mapTo(panel, QPoint(0, 0)))
    image = panel.card.plot.grab().toImage()
    colours = {
        image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)
    }
    assert len(colours) > 4


def test_the_chart_says_itself_and_is_a_table(desk):
    panel = desk.panel
    panel.open("data.tokens")
    desk.settle()
    card = panel.card
    assert card.title.text() == "At most 2.52T tokens within $400K and 20 days".replace("20 d", "20\xa0d")
    assert "The budget holds it there." in card.accessibleDescription()
    table = card.table()
    assert len(table.rows) == len(panel.found.points)
    card.toggle_table()
    assert card.table_shown


def test_the_scan_on_the_track_stands_where_the_slider_has_its_values(desk):
    panel = desk.panel
    panel.open("data.tokens")
    desk.settle()
    slider = desk.inputs.fields["data.tokens"].slider
    track = slider.findChild(ScanTrack)
    assert track.size() == slider.size()
    image = track.grab().toImage()
    accent = desk.themes.theme.accent
    found = [
        (x, y)
        for x in range(image.width())
        for y in range(image.height())
        if image.pixelColor(x, y).name() == accent
    ]
    assert found
    assert np.mean([x for x, _ in found]) == pytest.approx(slider.x_of(panel.found.solution.value), abs=3)


# In the window


def test_the_window_solves_by_its_keys_and_from_the_palette(window, qtbot):
    window.activateWindow()
    window.inputs.fields["data.tokens"].edit.setFocus()
    press(qtbot, Qt.Key.Key_L, CONTROL)
    assert window.session.current_scenario.locked == ("Pre-training/data.tokens",)
    window.inputs.fields["data.tokens"].edit.setFocus()
    press(qtbot, Qt.Key.Key_L, CONTROL)
    window.inputs.fields["data.tokens"].edit.setFocus()
    press(qtbot, Qt.Key.Key_Return, CONTROL)
    panel = window.findChild(SolvePanel)
    assert panel.isVisible()
    assert panel.caption.text() == "Solving for tokens"
    window.explain("total.cost_usd")  # one panel at a time
    assert not panel.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_K, CONTROL)
    settle(window.session)
    palette = window.findChild(Palette)
    qtbot.keyClicks(palette.line, "solve for mfu")
    press(qtbot, Qt.Key.Key_Return)
    assert panel.isVisible()
    assert panel.caption.text() == "Solving for MFU"


def test_the_budget_is_solved_for_from_its_field(window, qtbot):
    field = next(
        each for each in window.pages.findChildren(GoalInput) if each.field.path == "goal.budget_usd"
    )
    field.marks.target.click()
    panel = window.findChild(SolvePanel)
    assert panel.state.whole.startswith("By when?")
    settle(window.wardrobe)
    rooms = [part.geometry() for part in (field.label, field.marks, field.edit, field.reset_button)]
    assert all(a.right() < b.left() for a, b in itertools.pairwise(rooms))
    window.close()


def test_a_stage_that_is_added_meanwhile_is_asked_about_once_it_is_answered(desk, qtbot, caplog):
    """It is selected at once; the answer on screen is still of the plan without it."""
    desk.inputs.fields["price.usd_per_gpu_hour"].slider.setFocus()
    press(qtbot, Qt.Key.Key_S)
    desk.settle()
    assert desk.panel.found is not None
    StageCommands(desk.session).add("sft")
    assert desk.session.stage == 1
    desk.settle()
    assert not caplog.records
    assert desk.panel.found is not None
    assert desk.panel.is_current


def test_the_same_answer_worked_out_again_is_drawn_again(desk):
    """Both hold arrays, which cannot be told apart by their values in one word."""
    desk.solve("price.usd_per_gpu_hour")
    desk.settle()
    answered = desk.session.answer
    for _ in range(2):
        again = solving(answered, 0, "price.usd_per_gpu_hour")
        desk.panel.card.show_scan(again, None)
        assert desk.panel.card.plot.view.solving is again

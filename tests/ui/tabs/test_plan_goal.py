"""Budget and deadline on cost against time: dragged, typed and stepped; offers taken; other points opened."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from isocost.files import load_project
from isocost.plan.answer.across.comparison import Published
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import set_section
from isocost.quantities import shown_money
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.tabs.plan_offers import KneeView, OfferView
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, text_size
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.plan.goal_lines import TIP
from isocost.ui.tabs.plan.page import PlanPage
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def page(qtbot, theme: Theme, session: Session, monkeypatch: pytest.MonkeyPatch) -> PlanPage:
    """The page of a small plan without a goal; no other accelerator has a curve."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    made = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(made)
    made.resize(1100, 720)
    made.show()
    qtbot.waitExposed(made)
    session.open(load_project(preset("startup-7b"), session.catalog), None)
    settle(session)
    QApplication.processEvents()
    return made


def hold(page: PlanPage, session: Session, **goal: float | None) -> None:
    session.apply(lambda project: set_section(project, "goal", **goal), "Goal")
    settle(session)
    QApplication.processEvents()


def goal_of(session: Session) -> Goal:
    return session.current_scenario.goal


def hardware_of(session: Session) -> tuple[str, int]:
    hardware = session.current_scenario.hardware
    return hardware.accelerator, hardware.count


def flag_at(page: PlanPage, path: str) -> QPoint:
    return page.cost_time.plot.goal.flag(path).room.center().toPoint()


def drag(page: PlanPage, start: QPoint, *stops: QPoint) -> None:
    viewport = page.cost_time.plot.viewport()
    QTest.mousePress(viewport, LEFT, pos=start)
    for stop in stops:
        QTest.mouseMove(viewport, stop)
        QApplication.processEvents()
    QTest.mouseRelease(viewport, LEFT, pos=stops[-1])


def test_without_a_goal_nothing_but_quiet_flags_is_shown(page: PlanPage):
    goal = page.cost_time.plot.goal
    assert not goal.strokes
    assert not goal.out
    assert [flag.text for flag in goal.flags] == ["Budget", "Deadline"]
    assert not page.offers.isVisible()
    assert " is cheapest " in page.cost_time.title.text()


@pytest.mark.parametrize("path", [BUDGET, DEADLINE])
def test_a_flag_dragged_out_of_its_corner_sets_a_line_in_one_step(page: PlanPage, session: Session, path):
    area = page.cost_time.plot.area()
    before, spans = session.project, page.cost_time.plot.spans
    at = flag_at(page, path)
    by = QPoint(0, -round(area.height() / 3)) if path == BUDGET else QPoint(-round(area.width() / 3), 0)
    viewport = page.cost_time.plot.viewport()
    QTest.mousePress(viewport, LEFT, pos=at)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(viewport, at + by * part)
        QApplication.processEvents()
        assert page.cost_time.plot.spans == spans
        assert page.cost_time.plot.area() == area
        assert page.cost_time.plot.goal.flag(path).standing
    QTest.mouseRelease(viewport, LEFT, pos=at + by)
    goal = goal_of(session)
    assert (goal.budget_usd is not None) is (path == BUDGET)
    assert (goal.deadline_days is not None) is (path == DEADLINE)
    assert session.undo_stack.count() == 1
    settle(session)
    assert page.offers.isVisible()
    assert page.offers.view.cards
    session.undo_stack.undo()
    assert session.project == before


def test_a_line_is_dragged_by_itself_and_follows_the_mouse(page: PlanPage, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    goal, area = page.cost_time.plot.goal, page.cost_time.plot.area()
    x, y = round(area.right()) - 20, round(goal.flag(BUDGET).at)
    drag(page, QPoint(x, y), QPoint(x, y + 40))
    assert goal_of(session).budget_usd < 4e5
    assert goal_of(session).deadline_days == 20.0
    assert page.cost_time.plot.goal.flag(BUDGET).at == pytest.approx(y + 40, abs=1.5)


def test_what_lies_beyond_a_line_is_out_of_reach_and_nothing_else(page: PlanPage, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    plot = page.cost_time.plot
    goal, area = plot.goal, plot.area()
    x, y = goal.flag(DEADLINE).at, goal.flag(BUDGET).at

    def out(at: QPointF) -> bool:
        return any(room.contains(at) for room in goal.out)

    assert not out(QPointF(x - 2, y + 2))
    for across, up in ((x + 2, y + 2), (x - 2, y - 2), (x + 2, y - 2)):
        assert out(QPointF(across, up))
    rooms = goal.out
    assert sum(r.width() * r.height() for r in rooms) <= area.width() * area.height()
    assert not rooms[0].adjusted(0.01, 0.01, -0.01, -0.01).intersects(rooms[1])


def test_a_double_click_on_a_flag_leads_to_its_field_where_it_is_typed(page: PlanPage, session: Session):
    QTest.mouseDClick(page.cost_time.plot.viewport(), LEFT, pos=flag_at(page, BUDGET))
    edit = page.cost_time.field(BUDGET).edit
    assert edit.hasFocus()
    QTest.keyClicks(edit, "350K")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert goal_of(session).budget_usd == 350e3
    settle(session)
    assert page.cost_time.plot.goal.flag(BUDGET).text == "$350K"
    assert session.undo_stack.count() == 1


@pytest.mark.parametrize(
    ("path", "more", "less"),
    [(BUDGET, Qt.Key.Key_Up, Qt.Key.Key_Down), (DEADLINE, Qt.Key.Key_Right, Qt.Key.Key_Left)],
)
def test_keys_move_a_line_finely_and_remove_it(page: PlanPage, session: Session, path, more, less):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    name = path.rpartition(".")[2]
    handle = next(each for each in page.cost_time.handles if each.path == path)
    page.activateWindow()
    handle.setFocus()
    steps = []
    for key, shift in ((more, False), (less, False), (more, True), (less, True)):
        before = getattr(goal_of(session), name)
        modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(handle, key, modifier)
        QApplication.processEvents()
        steps.append(getattr(goal_of(session), name) - before)
    assert steps[0] > 0 > steps[1]
    assert 0 < steps[2] <= steps[0]
    assert steps[3] < 0
    QTest.keyClick(handle, Qt.Key.Key_Delete)
    assert getattr(goal_of(session), name) is None
    assert session.undo_stack.undoText() in ("No budget", "No deadline")
    QTest.keyClick(handle, Qt.Key.Key_Return)
    assert page.cost_time.field(path).edit.hasFocus()


def test_the_tab_key_leads_from_the_plot_over_the_lines_to_their_fields(page: PlanPage, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    page.activateWindow()
    page.cost_time.plot.setFocus()
    stops = []
    for _ in range(3):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        stops.append(QApplication.focusWidget())
    assert stops == [*page.cost_time.handles, page.cost_time.fields[0].edit]
    assert page.cost_time.handles[0].accessibleName() == "Budget $400K"


# Offers


def test_a_click_on_a_card_takes_an_offer_and_undo_gives_the_plan_back(page: PlanPage, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    before, choice = session.project, page.offers.cards[0].view.choice
    QTest.mouseClick(page.offers.cards[0], LEFT)
    settle(session)
    assert hardware_of(session) == (choice.accelerator, choice.count)
    assert session.estimate.total.cost_usd == pytest.approx(choice.cost_usd, rel=1e-6)
    session.undo_stack.undo()
    assert session.project == before


@pytest.mark.parametrize("number", [1, 2])
def test_its_number_takes_an_offer_from_the_plot_but_not_from_a_field(
    page: PlanPage, session: Session, number
):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    choice, before = page.offers.view.cards[number - 1].choice, session.project
    page.activateWindow()
    edit = page.cost_time.field(BUDGET).edit
    edit.setFocus()
    QTest.keyClicks(edit, str(number))
    assert session.project == before
    edit.undo()
    page.cost_time.plot.setFocus()
    QTest.keyClicks(page.cost_time.plot, str(number))
    assert hardware_of(session) == (choice.accelerator, choice.count)


def test_the_count_of_the_knee_stands_beside_it_once(page, session: Session):
    session.open(load_project(preset("qlora-8b-on-a-4090"), session.catalog), None)
    settle(session)
    QApplication.processEvents()
    labels = page.cost_time.plot.labels
    told = [lines[0] for _, lines, _ in labels.marks.texts if lines[0].startswith("Knee: ")]
    assert told
    assert told[0].removeprefix("Knee: ") not in [text for _, text in labels.counts]


def test_a_click_on_the_disc_of_an_offer_takes_it_and_the_knee_chooses_its_count(page, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    plot = page.cost_time.plot
    placed = [(mark, at) for mark, at in plot.labels.marks.placed if isinstance(mark, OfferView | KneeView)]
    knee = next(pair for pair in placed if isinstance(pair[0], KneeView))
    QTest.mouseClick(plot.viewport(), LEFT, pos=knee[1].toPoint())
    assert session.current_scenario.hardware.count == knee[0].count
    session.undo_stack.undo()
    settle(session)
    offer, at = next(pair for pair in placed if isinstance(pair[0], OfferView))
    QTest.mouseMove(plot.viewport(), at.toPoint())
    assert plot.hover_text.endswith("click to take it")
    QTest.mouseClick(plot.viewport(), LEFT, pos=at.toPoint())
    assert session.current_scenario.hardware.accelerator == offer.choice.accelerator


def test_while_a_line_is_dragged_the_last_offers_stay_dimmed_and_cannot_be_taken(page, session: Session):
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    cards = page.offers.view.cards
    viewport, at = page.cost_time.plot.viewport(), flag_at(page, BUDGET)
    QTest.mousePress(viewport, LEFT, pos=at)
    page.edge.request = lambda work: None  # the worker never comes to it
    QTest.mouseMove(viewport, at + QPoint(0, 20))
    QApplication.processEvents()
    moved = session.project
    assert page.offers.view.cards == cards
    assert page.offers.cards[0].dimmed
    assert page.cost_time.plot.beside.dimmed
    QTest.mouseRelease(viewport, LEFT, pos=at + QPoint(0, 20))
    QTest.mouseClick(page.offers.cards[0], LEFT)
    assert session.project == moved


def test_a_goal_nobody_keeps_says_so_and_offers_the_nearest_plans(page: PlanPage, session: Session):
    hold(page, session, budget_usd=3e4, deadline_days=2.0)
    assert page.cost_time.title.text().startswith("Nothing drawn stays within ")
    assert page.offers.words.isVisible()
    assert page.offers.words.whole.startswith("No offer is as likely as not to stay within ")
    number = next(
        at for at, card in enumerate(page.offers.view.cards) if card.alternative.changed == "tokens"
    )
    QTest.mouseClick(page.offers.cards[number], LEFT)
    settle(session)
    assert session.estimate.total.cost_usd <= 3e4
    assert page.cost_time.title.text().startswith("The plan stays within ")


def test_another_scenario_is_a_mark_that_leads_to_it(page: PlanPage, session: Session):
    twin = msgspec.structs.replace(session.current_scenario, name="Dearer")
    session.open_scenario(twin, "Duplicate")
    session.set_value("price.usd_per_gpu_hour", 4.6, "Price")
    settle(session)
    QApplication.processEvents()
    plot = page.cost_time.plot
    ghost, at = next(
        (m, p) for m, p in plot.labels.marks.placed if getattr(m, "name", "") == "256 H100 on demand"
    )
    assert ghost.at == 0
    assert "other scenario" in [entry.text for entry in plot.legend]
    QTest.mouseMove(plot.viewport(), at.toPoint())
    assert plot.hover_text.endswith("click to show this scenario")
    QTest.mouseClick(plot.viewport(), LEFT, pos=at.toPoint())
    assert session.scenario == 0


def test_another_scenario_that_costs_nothing_has_no_mark_on_axes_of_decades(page: PlanPage, session: Session):
    free = msgspec.structs.replace(session.current_scenario, name="Free")
    session.open_scenario(free, "Duplicate")
    session.set_value("price.usd_per_gpu_hour", 0.0, "Price")
    settle(session)
    assert session.estimate.total.cost_usd == 0.0
    session.select_scenario(0)
    settle(session)
    QApplication.processEvents()
    plot = page.cost_time.plot
    assert page.ghosts.value[0].cost_usd == 0.0
    assert plot.beside.ghosts == ()
    assert "other scenario" not in [entry.text for entry in plot.legend]


def test_the_range_is_drawn_or_not_as_the_session_says(page: PlanPage, session: Session):
    texts = [entry.text for entry in page.cost_time.plot.legend]
    assert "8 in 10 outcomes" in texts
    session.doubt = False
    assert "8 in 10 outcomes" not in [entry.text for entry in page.cost_time.plot.legend]
    session.doubt = True
    assert "8 in 10 outcomes" in [entry.text for entry in page.cost_time.plot.legend]


def test_a_published_run_in_view_opens_as_a_scenario_of_its_own(page: PlanPage, session: Session):
    plot = page.cost_time.plot
    mark, at = next((m, p) for m, p in plot.labels.marks.placed if isinstance(m, Published))
    QTest.mouseMove(plot.viewport(), at.toPoint())
    assert plot.hover_text.startswith(f"{mark.model} as published")
    QTest.mouseClick(plot.viewport(), LEFT, pos=at.toPoint())
    settle(session)
    assert len(session.project.scenarios) == 2
    assert session.current_scenario.name == f"{mark.run.label}, as published"
    assert session.current_scenario.price.date == mark.run.date
    assert session.estimate.total.cost_usd == pytest.approx(mark.cost_usd)
    session.undo_stack.undo()
    assert len(session.project.scenarios) == 1


def changes_said(page: PlanPage) -> list[str]:
    return [label.whole for label in page.by_hardware.changes if label.isVisible() and label.whole]


def test_what_would_change_the_winner_is_said_of_the_ranking_that_is_shown(real: PlanPage, session: Session):
    hold(real, session, deadline_days=30.0, budget_usd=9e5)
    assert real.by_hardware.at_deadline.isChecked()
    said = changes_said(real)
    assert said[0] == "What would change the winner"
    assert said[1].startswith(f"{real.by_hardware.ranking.rows[0].label} above $")
    QTest.mouseClick(real.by_hardware.at_count, LEFT)
    assert changes_said(real) == []
    QTest.mouseClick(real.by_hardware.at_deadline, LEFT)
    assert changes_said(real) == said
    hold(real, session, budget_usd=7e5)  # moves no place
    assert changes_said(real) == said


def test_every_offer_of_a_real_plan_stands_on_a_line_that_is_drawn(real: PlanPage, session: Session):
    hold(real, session, deadline_days=30.0, budget_usd=9e5)
    plot = real.cost_time.plot
    cards = real.offers.view.cards
    assert len(cards) == 3
    for card in cards:
        line = plot.lines.get(card.choice.accelerator)
        points = plot.pixels(line.x[line.bends], line.y[line.bends])
        at = plot.labels.marks.place_of(card)
        assert min(abs(x - at.x()) + abs(y - at.y()) for x, y in points.tolist()) < 0.5


@pytest.fixture
def real(qtbot, theme: Theme, session: Session) -> PlanPage:
    """The page of a plan with the curves of every accelerator."""
    made = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(made)
    made.resize(1100, 900)
    made.show()
    qtbot.waitExposed(made)
    session.open(load_project(preset("startup-7b"), session.catalog), None)
    settle(session)
    QApplication.processEvents()
    return made


def test_a_line_stops_at_round_sums_of_the_currency_shown_and_at_whole_days(page: PlanPage, session: Session):
    session.show_in("EUR")
    hold(page, session, budget_usd=4e5, deadline_days=20.0)
    drag(page, flag_at(page, BUDGET), flag_at(page, BUDGET) + QPoint(0, 23))
    euros = shown_money().shown(goal_of(session).budget_usd)
    assert euros == pytest.approx(round(euros, -3), abs=1e-6)
    assert page.cost_time.plot.goal.flag(BUDGET).text.startswith("€")
    drag(page, flag_at(page, DEADLINE), flag_at(page, DEADLINE) + QPoint(37, 0))
    assert goal_of(session).deadline_days == round(goal_of(session).deadline_days) > 20.0
    assert session.undo_stack.undoText() == f"Deadline {goal_of(session).deadline_days:g} days"


@pytest.mark.parametrize("name", ["qlora-8b-on-a-4090", "lora-70b-one-node", "deepseek-v3"])
def test_the_smallest_and_the_largest_plans_take_lines_too(page: PlanPage, session: Session, name: str):
    session.open(load_project(preset(name), session.catalog), None)
    settle(session)
    area = page.cost_time.plot.area()
    for path, by in ((BUDGET, QPoint(0, -10_000)), (DEADLINE, QPoint(-10_000, 0))):
        drag(page, flag_at(page, path), flag_at(page, path) + by)  # far beyond the plot
        settle(session)
    goal = goal_of(session)
    assert goal.budget_usd > 0 < goal.deadline_days
    for flag in page.cost_time.plot.goal.flags:
        assert flag.standing
        assert flag.room.left() >= 0
        assert flag.room.bottom() <= page.cost_time.plot.height()
    assert area.isValid()


@pytest.mark.parametrize("budget", [None, 500.0, 300e3, 1e9])
@pytest.mark.parametrize("deadline", [None, 0.01, 14.0, 3000.0])
def test_flags_stand_beside_their_axis_and_over_nothing_else(page, session, budget, deadline):
    """Off the scale as well: neither on the axis's title, nor on each other."""
    hold(page, session, budget_usd=budget, deadline_days=deadline)
    plot = page.cost_time.plot
    area, (money, time) = plot.goal.area, plot.goal.flags
    assert not money.room.intersects(time.room)
    for flag in (money, time):
        assert flag.room.left() >= 0.0
        assert flag.room.right() <= plot.width()
        assert flag.room.top() >= area.top() - 0.5
    if money.standing:
        assert money.room.bottom() <= area.bottom() + 0.5
        assert money.room.top() <= money.at <= money.room.bottom()
    if time.standing:
        assert time.room.left() <= time.at <= time.room.right()


@pytest.mark.parametrize("budget", [12.5, 500.0, 2500.0, 77.77, 999.99, 4e11])
def test_a_budget_out_of_view_is_whole_on_its_flag(page: PlanPage, session: Session, budget):
    """Above or below what is drawn, where an arrow would stand before it; no cents where it has none."""
    hold(page, session, budget_usd=budget)
    plot = page.cost_time.plot
    flag = plot.goal.flag(BUDGET)
    assert flag.beyond
    assert not flag.text.endswith(".00")
    font = font_of(plot.goal.theme, "small", bold=True)
    assert text_size(font, flag.text)[0] <= flag.room.width() - TIP


def test_a_typed_mfu_goes_with_an_offer_and_the_step_says_so(page: PlanPage, session: Session):
    """What the card promises is what the plan then costs; undone, the typed MFU is back."""
    session.set_value("efficiency.mfu", 0.3, "MFU 30 %")
    hold(page, session, budget_usd=1e6, deadline_days=60.0)
    before = session.project
    promised = [card.view for card in page.offers.cards if card.isVisible()]
    assert promised
    for at, view in enumerate(promised):
        QTest.mouseClick(page.offers.cards[at], LEFT)
        settle(session)
        assert session.undo_stack.undoText().endswith(", MFU by the model")
        assert session.estimate.total.cost_usd == pytest.approx(view.choice.cost_usd)
        assert session.current_scenario.efficiency.mfu == pytest.approx(view.choice.mfu)
        session.undo_stack.undo()
        settle(session)
        QApplication.processEvents()
        assert session.project == before


def test_a_typed_goodput_goes_with_an_offer_and_the_step_says_so(page: PlanPage, session: Session):
    """It was typed for so many: with more of them more fail, and the plan then costs what the card said."""
    session.set_value("efficiency.goodput", 0.9, "Goodput 90 %")
    hold(page, session, budget_usd=1e6, deadline_days=60.0)
    promised = [card.view for card in page.offers.cards if card.isVisible()]
    planned = hardware_of(session)[1]
    assert any(view.choice.count != planned for view in promised)
    for at, view in enumerate(promised):
        QTest.mouseClick(page.offers.cards[at], LEFT)
        settle(session)
        other = view.choice.count != planned
        assert session.undo_stack.undoText().endswith(", goodput by the model") is other
        assert session.estimate.total.cost_usd == pytest.approx(view.choice.cost_usd)
        goodput = session.current_scenario.efficiency.goodput
        assert goodput < 0.9 if view.choice.count > planned else goodput >= 0.9
        session.undo_stack.undo()
        settle(session)
        QApplication.processEvents()
        assert session.current_scenario.efficiency.goodput == 0.9


def test_all_moves_together_where_a_longer_finding_takes_room_from_the_plot(page: PlanPage, session: Session):
    """While a line is dragged too: counts stood beside their curve, and names beside its end."""
    plot = page.cost_time.plot
    start = flag_at(page, BUDGET)
    QTest.mousePress(plot.viewport(), LEFT, pos=start)
    QTest.mouseMove(plot.viewport(), start - QPoint(0, 100))
    QApplication.processEvents()
    page.resize(page.width(), page.height() - 40)
    QApplication.processEvents()
    total = session.answer.estimate.total
    here = plot.pixels(np.log10([total.wall_days]), np.log10([total.cost_usd]))[0]
    assert plot.labels.plan.at == pytest.approx(tuple(here), abs=1.0)
    QTest.mouseRelease(plot.viewport(), LEFT, pos=start - QPoint(0, 100))

"""The Risk page: the budget's line among the dots, safer budgets, the deadline, bars that lead to inputs."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from isocost.files import load_project
from isocost.plan.project.editing import switch_stage
from isocost.report.findings.next_step import RANGE
from isocost.report.findings.tabs.risk import DotsView, Mark, nothing_said
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.risk.dots_chart import LARGEST, Places, columns
from isocost.ui.tabs.risk.page import RiskPage
from isocost.ui.tabs.risk.tornado import Places as Bars
from isocost.ui.window import Window
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def risk(session: Session, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch) -> RiskPage:
    """The page with the chances of a small training, as wide as in a window of 1280 pixels."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    made = dressed(RiskPage(session, theme), theme)
    qtbot.addWidget(made)
    made.resize(988, 700)
    made.show()
    qtbot.waitExposed(made)
    show(session, "startup-7b")
    return made


def show(session: Session, name: str) -> None:
    """Open a preset and let everything be worked out."""
    session.open(load_project(preset(name), session.catalog), None)
    settle(session)
    QApplication.processEvents()


def in_window(window: Window) -> RiskPage:
    """The page of a whole window."""
    at = window.page_titles.index("Risk")
    window.show_page(at)
    settle(window.session)
    QApplication.processEvents()
    page = window.views[at]
    assert isinstance(page, RiskPage)
    return page


def budget(session: Session) -> float | None:
    return session.current_scenario.goal.budget_usd


def with_budget(risk: RiskPage, qtbot, text: str = "$600K") -> None:
    edit = risk.safer.budget.edit
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    QApplication.processEvents()


def places(risk: RiskPage) -> Places:
    found = risk.dots.plot.places
    assert found is not None
    return found


def test_without_a_budget_the_page_says_what_the_plan_may_cost_and_offers_the_line(risk, session, qtbot):
    assert risk.dots.title.text().startswith("8 chances in 10 that it costs $")
    assert places(risk).view.pill == "Set a budget"
    at = places(risk).pill.center().toPoint()
    qtbot.mouseClick(risk.dots.plot, LEFT, pos=at)
    assert budget(session) == pytest.approx(risk.sampled.value.risk.ask_usd, rel=0.02)
    session.undo_stack.undo()
    assert budget(session) is None


def test_a_typed_budget_draws_the_line_and_says_its_chance(risk, session, qtbot):
    with_budget(risk, qtbot)
    assert budget(session) == 600_000.0
    view, chance = places(risk).view, risk.sampled.value.risk.chance_over(600_000.0)
    assert view.over == round(100 * chance)
    assert view.within + view.over == len(view.dots) == 100
    assert "$600K is enough" in risk.dots.title.text()
    assert "$600K is enough" in risk.dots.accessibleDescription()


def test_an_emptied_budget_is_none_and_the_undo_menu_says_so(risk, session, qtbot):
    with_budget(risk, qtbot)
    with_budget(risk, qtbot, "\b")
    assert budget(session) is None
    assert session.undo_stack.undoText() == "No budget"


def test_a_drag_of_the_line_recolours_at_once_moves_no_dot_and_is_one_step(risk, session, qtbot):
    with_budget(risk, qtbot)
    plot, before = risk.dots.plot, places(risk)
    steps, held = session.undo_stack.count(), before.columns
    value = risk.sampled.value
    start = QPoint(round(before.line), round(before.base) - 20)
    qtbot.mousePress(plot, LEFT, pos=start)
    seen = []
    for by in (-20, -60, -120):
        qtbot.mouseMove(plot, start + QPoint(by, 0))
        seen.append((places(risk).view.within, risk.dots.title.text()))
        assert places(risk).line == pytest.approx(before.line + by, abs=2.0)
        assert places(risk).columns == held
    qtbot.mouseRelease(plot, LEFT, pos=start - QPoint(120, 0))
    assert [within for within, _ in seen] == sorted((within for within, _ in seen), reverse=True)
    assert seen[0] != seen[-1]
    assert session.undo_stack.count() == steps + 1
    settle(session)
    assert risk.sampled.value is value  # the goal moves no sample
    session.undo_stack.undo()
    assert budget(session) == 600_000.0


def test_a_click_on_the_pill_puts_the_cursor_into_the_field(risk, session, qtbot):
    with_budget(risk, qtbot)
    risk.activateWindow()
    qtbot.mouseClick(risk.dots.plot, LEFT, pos=places(risk).pill.center().toPoint())
    assert QApplication.focusWidget() is risk.safer.budget.edit
    assert budget(session) == 600_000.0


def test_arrow_keys_move_the_budget_by_round_steps(risk, session, qtbot):
    with_budget(risk, qtbot, "$601,234")
    plot = risk.dots.plot
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    first = budget(session)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    step = budget(session) - first
    assert 601_234.0 < first <= 601_234.0 + step
    assert first % step == pytest.approx(0.0, abs=1e-6)
    assert f"{step:.0f}".rstrip("0") in ("1", "2", "5")
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    assert budget(session) == pytest.approx(first - 4 * step)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() in (None, risk.safer.budget.edit)


@pytest.mark.parametrize("row", range(4))
def test_a_safer_budget_is_chosen_by_a_click_and_is_enough_as_often_as_it_says(risk, session, qtbot, row):
    rows, wanted = risk.safer.rows, (1 / 2, 2 / 3, 4 / 5, 9 / 10)[row]
    assert [each.chance for each in rows.view] == ["1 in 2", "2 in 3", "4 in 5", "9 in 10"]
    qtbot.mouseClick(rows, LEFT, pos=QPoint(40, LIGHT.px(20 + 24 * row + 12)))
    assert budget(session) == rows.view[row].budget_usd
    assert 1.0 - risk.sampled.value.risk.chance_over(budget(session)) == pytest.approx(wanted, abs=2e-4)
    assert [each.is_budget for each in rows.view] == [at == row for at in range(4)]


def test_a_safer_budget_is_chosen_by_the_keys(risk, session, qtbot):
    rows = risk.safer.rows
    for _ in range(2):
        qtbot.keyClick(rows, Qt.Key.Key_Down)
    assert rows.accessibleDescription() == rows.view[rows.hover].words
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert budget(session) == rows.view[rows.hover].budget_usd


def test_the_deadline_has_its_chance_and_the_chance_of_holding_both(risk, session, qtbot):
    with_budget(risk, qtbot)
    edit = risk.safer.deadline.edit
    edit.setFocus()
    qtbot.keyClicks(edit, "30 days")
    assert "budget and deadline" not in risk.safer.words.whole
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert session.current_scenario.goal.deadline_days == 30.0
    assert "that it takes longer" in risk.safer.words.whole
    assert "that it holds both budget and deadline" in risk.safer.words.whole
    assert risk.safer.done.view.deadline == 30.0


def test_a_bar_leads_to_its_input_and_selects_the_stage_that_holds_it(window, qtbot):
    session = window.session
    window.documents.open(preset("api-or-own"))
    risk = in_window(window)
    window.activateWindow()
    assert session.current_stage.name == "Ablations"
    rows, field = risk.tornado.rows, window.inputs.fields["efficiency.mfu"].edit
    at = [row.path for row in rows.chart.rows].index("efficiency.mfu")
    qtbot.mouseClick(rows, LEFT, pos=QPoint(60, LIGHT.px(22 + 25 * at + 12)))
    assert session.current_stage.name == "Pre-training"
    assert QApplication.focusWidget() is field
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Return)  # the first row is read as soon as the keyboard arrives
    first = rows.chart.rows[0].path.rpartition("/")[2]
    assert QApplication.focusWidget() is window.inputs.fields[first].edit
    window.reveal("goal.deadline_days")
    assert QApplication.focusWidget() is risk.safer.deadline.edit


def test_the_bars_keep_their_words_clear_of_the_other_columns(risk, session):
    rows = risk.tornado.rows
    for width in (420.0, 560.0, 720.0, 1200.0):
        bars = Bars(rows.chart.rows, width, LIGHT)
        zero, per = bars.scale
        for row in rows.chart.rows:
            for end in row.ends:
                tip = zero + end.usd * per
                reach = bars.words_width(end)
                assert tip - reach >= bars.bars.left() - 0.5 if end.usd < 0.0 else True
                assert tip + reach <= bars.bars.right() + 0.5 if end.usd >= 0.0 else True


def test_a_plan_whose_stages_are_all_off_is_drawn_and_switched_on_again(risk, session, qtbot):
    show(session, "startup-7b")
    session.apply(lambda project: switch_stage(project, 0, False), "Off")
    settle(session)
    assert not risk.grab().isNull()
    assert risk.dots.nothing.button.text() == "Switch Pre-training on"
    qtbot.mouseClick(risk.dots.nothing.button, Qt.MouseButton.LeftButton)
    settle(session)
    assert risk.dots.plot.view is not None


def test_a_plan_of_which_nothing_is_in_doubt_says_so_and_what_would_change_it(risk, session, qtbot):
    show(session, "deepseek-r1")
    assert risk.dots.title.text().startswith("Nothing in this plan is in doubt: $")
    assert risk.dots.nothing.isVisible()
    assert "Once the stage is predicted" in risk.dots.nothing.reason.whole
    assert risk.dots.drawing() is None
    assert "in four cases" not in risk.safer.title.text()
    assert not risk.tornado.rows.chart.rows
    assert not risk.tornado.isVisible()
    assert not risk.experiment.isVisible()
    qtbot.mouseClick(risk.dots.nothing.button, Qt.MouseButton.LeftButton)
    settle(session)
    assert risk.dots.plot.view is not None
    assert risk.tornado.isVisible()
    assert risk.experiment.isVisible()


def test_what_a_plan_that_does_not_fit_would_cost_is_told_as_such(risk, session, qtbot):
    session.set_value("model.parameters", 7e12, "Far too large")
    settle(session)
    QApplication.processEvents()
    for card in (risk.dots, risk.safer, risk.tornado, risk.experiment):
        assert card.title.text().endswith(", if it fitted"), card.objectName()


def test_bars_with_long_words_are_long_enough_to_be_compared(risk, session):
    show(session, "deepseek-r1-first-principles")
    bars = Bars(risk.tornado.rows.chart.rows, 577.0, LIGHT)
    first = risk.tornado.rows.chart.rows[0]
    assert sum(abs(end.usd) * bars.scale[1] for end in first.ends) > 60.0


def test_where_nothing_can_be_predicted_the_page_leads_to_the_price(risk, session, qtbot):
    show(session, "startup-7b")
    risk.dots.show_nothing(*nothing_said(risk.sampled.value, RANGE), RANGE)
    assert "has a range" in risk.dots.nothing.reason.whole
    with qtbot.waitSignal(risk.field_wanted) as led:
        qtbot.mouseClick(risk.dots.nothing.button, Qt.MouseButton.LeftButton)
    assert led.args == ["price.usd_per_gpu_hour"]


def test_the_samples_are_exported_with_their_inputs(risk, monkeypatch, tmp_path):
    out = tmp_path / "samples.csv"
    monkeypatch.setattr("isocost.ui.widgets.cards.card.ask_where", lambda *_: out)
    action = next(each for each in risk.dots.menu.actions() if each.text() == "Export samples…")
    assert action.isEnabled()
    action.trigger()
    with out.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 10_001
    assert {"efficiency.mfu", "cost_usd"} <= set(rows[0])


def test_nothing_is_sampled_while_the_page_is_hidden(risk, session):
    held = risk.sampled.value
    risk.hide()
    session.set_value("hardware.count", 128, "Count")
    settle(session)
    assert risk.sampled.value is held
    risk.show()
    settle(session)
    assert risk.sampled.value is not held


def test_another_plan_leaves_no_chances_of_the_last_one(risk, session):
    before = risk.dots.title.text()
    session.open(load_project(preset("api-or-own"), session.catalog), None)
    QApplication.processEvents()
    assert risk.dots.title.text() != before
    settle(session)
    base = risk.sampled.value.risk.cost_usd.base
    assert base == pytest.approx(session.answer.reckoning["everything_else"])


@pytest.mark.parametrize("width", [360, 700, 1000, 1500])
def test_no_card_is_cut_at_any_width(risk, width):
    risk.resize(width, 900)
    QApplication.processEvents()
    for card in risk.cards:
        right = card.mapTo(risk.viewport(), QPoint(card.width(), 0)).x()
        assert right <= risk.viewport().width(), card.objectName()
    tops = sorted((card.y(), card.y() + card.height(), card.x()) for card in risk.cards)
    assert all(low[1] <= high[0] or low[2] != high[2] for low, high in pairwise(tops))


costs = st.lists(st.floats(1e2, 1e9), min_size=100, max_size=100).map(sorted)


@settings(max_examples=20)
@given(costs=costs, share=st.floats(0.0, 2.0), width=st.integers(280, 1600), height=st.integers(200, 1000))
def test_every_dot_stands_in_the_picture_above_the_axis(qapp, costs, share, width, height):
    budget = share * costs[-1] or None
    view = made_up(costs, budget)
    found = Places(view, float(width), float(height), LIGHT)
    dots = list(found.dots())
    assert sorted(dot for dot, _ in dots) == list(range(100))
    assert 0.0 < found.columns.size <= LARGEST
    for _, room in dots:
        assert room.left() >= -0.5
        assert room.right() <= width + 0.5
        assert room.bottom() <= found.base
    assert found.pill.left() >= 0.0
    assert found.pill.right() <= max(width, found.pill.width())
    if budget is not None:  # the counts above the dots take room, wherever the budget is
        other = Places(made_up(costs, costs[50]), float(width), float(height), LIGHT)
        assert found.columns == other.columns


def made_up(costs: list[float], budget_usd: float | None) -> DotsView:
    """Dots of made-up costs with a plan in their middle."""
    marks = (Mark(costs[40], "plan", "plan"), Mark(costs[80], "ask", "ask"))
    within = 100 if budget_usd is None else sum(usd <= budget_usd for usd in costs)
    return DotsView(tuple(costs), costs[10], costs[50], costs[90], marks, costs[80], budget_usd, within, 1.0)


@settings(max_examples=20)
@given(costs=costs, x=st.floats(-50.0, 900.0))
def test_a_drag_makes_a_budget_on_the_axis_where_the_mouse_is(qapp, costs, x):
    found = Places(made_up(costs, costs[50]), 800.0, 400.0, LIGHT)
    usd = found.usd(x)
    assert usd > 0.0
    per_pixel = (found.columns.high - found.columns.low) / 784.0
    on_axis = min(792.0, max(8.0, x))
    assert abs(found.x(usd) - on_axis) <= 4.5 or usd <= per_pixel * 4.5


def test_dots_beyond_the_axis_share_the_last_column_and_it_says_how_far_they_go():
    costs = tuple([1.0 + at / 100 for at in range(98)] + [50.0, 80.0])
    held = columns(costs, (1.5,), (1.5, 1.9), 600.0, 200.0)
    assert held.high < 10.0
    assert held.last_holds == 80.0
    assert held.stacks[-1][-1] == 99


@pytest.mark.parametrize(("width", "height"), [(560, 300), (1200, 520), (1800, 800), (900, 900)])
def test_the_dots_fill_the_height_they_have(qapp, width, height):
    """Within one dot: in a larger window they grow, and from their largest on stand in taller columns."""
    costs = [math.exp(NormalDist(13.0, 0.3).inv_cdf((at + 0.5) / 100)) for at in range(100)]
    found = Places(made_up(costs, None), float(width), float(height), LIGHT)
    top = min(room.top() for _, room in found.dots())
    assert top - found.top <= 3 * found.columns.size
    assert top >= found.top


def test_the_line_is_taken_hold_of_beside_it_and_nowhere_else(risk, session, qtbot):
    with_budget(risk, qtbot)
    found = places(risk)
    near = QPoint(round(found.line) + 4, round(found.base) - 30)
    for by, taken in ((40, False), (0, True)):
        held = near + QPoint(by, 0)
        if taken:
            qtbot.mousePress(risk.dots.plot, LEFT, pos=held)
        qtbot.mouseMove(risk.dots.plot, held + QPoint(30, 0))
        if taken:
            qtbot.mouseRelease(risk.dots.plot, LEFT, pos=held + QPoint(30, 0))
        assert (budget(session) != 600_000.0) == taken


def test_a_run_alone_is_seen_whole_in_a_window_of_1280_by_800(risk, session):
    risk.resize(988, 631)
    QApplication.processEvents()
    assert len(risk.tornado.rows.chart.rows) == 4
    assert risk.verticalScrollBar().maximum() == 0


@pytest.mark.parametrize("name", ["api-or-own", "eight-gpu-lab", "smollm3-programme"])
def test_a_programme_of_five_bars_has_room_in_the_smallest_window(window, name):
    window.resize(1280, 800)
    page = in_window(window)
    window.documents.open(preset(name))
    for _ in range(3):
        settle(window.session)
        QApplication.processEvents()
    assert page.tornado.rows.chart.rows
    assert page.verticalScrollBar().maximum() == 0


def test_of_ours_a_bar_whose_ends_read_alike_is_left_out(risk, session):
    show(session, "qlora-8b-on-a-4090")
    assert len(risk.sampled.value.tornado.bars) > 1
    assert [row.short for row in risk.tornado.rows.chart.rows] == ["Step model"]


@pytest.mark.parametrize("width", [560, 633, 988])
@pytest.mark.parametrize("name", ["rent-or-buy-64-h100", "llama-3.1-405b", "deepseek-r1-first-principles"])
def test_the_words_at_the_ends_of_a_bar_run_into_nothing_at_twice_the_text(risk, session, width, name):
    show(session, name)
    rows = risk.tornado.rows.chart.rows
    for scale in (1.0, 1.5, 2.0):
        places = Bars(rows, float(width), replace(LIGHT, scale=scale))
        for row in rows:
            at = rows.index(row)
            cheaper, dearer = (places.end(at, end).x() for end in row.ends)
            words = [places.words_width(end) for end in row.ends]
            assert min(cheaper, places.scale[0]) - words[0] >= places.bars.left() - 1.0
            assert max(dearer, places.scale[0]) + words[1] <= places.bars.right() + 1.0


def test_what_the_most_is_that_measuring_can_do_is_said_once(risk, session):
    show(session, "api-or-own")
    said = f"{risk.experiment.subtitle.text()} {risk.experiment.words.whole}"
    assert said.count("the most that any measurement") == 1


def test_what_holds_for_all_bars_is_never_shortened(risk, session, theme):
    risk.resize(420, 900)
    show(session, "rent-or-buy-64-h100")
    assert "\n" in risk.tornado.pointed.text()
    assert not risk.tornado.pointed.shortened


def test_a_name_without_room_on_one_line_is_not_cut(risk, session, painted):
    show(session, "deepseek-r1-first-principles")
    chart = risk.tornado.rows.chart
    picture = QImage(633, 400, QImage.Format.Format_RGB32)
    painter = QPainter(picture)
    painted.clear()
    chart.draw(painter, QSizeF(633.0, 400.0), replace(LIGHT, scale=2.0), None)
    painter.end()
    assert "Generation\nand rounds" in painted

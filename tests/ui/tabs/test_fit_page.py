"""The Fit page on a real window: follows a drag, pins by mouse and key, says what it shows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QWidget

from isocost.files import load_project
from isocost.plan.answer.fit import fit_report
from isocost.plan.physics.records import Breakdown, Part
from isocost.plan.values import Layout
from isocost.report.findings.tabs.fit import memory_said, step_said
from isocost.report.findings.tabs.layouts import cell_in_words, layouts_said
from isocost.report.findings.tabs.nearest import near_place, near_said
from isocost.ui.inputs.stage.layout import PinPicker
from isocost.ui.look.theme import DARK, LIGHT
from isocost.ui.pages import PAGES
from isocost.ui.plot.chart import ChartWidget
from isocost.ui.screenshot import settle
from isocost.ui.tabs.fit.memory import MemoryChart, labels, spread
from isocost.ui.tabs.fit.page import FitPage
from isocost.ui.widgets.fields.slider import LogSlider
from tests.ui.conftest import preset

FIT = [page.title for page in PAGES].index("Fit")


def settled(window) -> None:
    """Wait for the estimate, the pause before the report, and the report."""
    page = fit_page(window)
    while window.session.busy or page.pending:
        settle(window.session)
        QTest.qWait(10)


def fit_page(window) -> FitPage:
    return window.views[FIT]


@pytest.fixture
def fit(window):
    """The Fit page of the smallest training preset, shown and computed."""
    window.themes.set_scale(1.0)
    settle(window.wardrobe)
    window.show_page(FIT)
    settled(window)
    return fit_page(window)


def open_preset(window, name: str) -> None:
    window.session.open(load_project(preset(name), window.session.catalog), None)
    settled(window)


def row_point(page: FitPage, row: int) -> QPoint:
    view = page.layouts.view
    return view.visualRect(view.model().index(row, 2)).center()


def click_row(qtbot, page: FitPage, row: int) -> None:
    page.layouts.view.scrollToTop()
    qtbot.mouseClick(page.layouts.view.viewport(), Qt.MouseButton.LeftButton, pos=row_point(page, row))


def worse_row(page: FitPage) -> int:
    """A row that fits and is not the plan's."""
    return next(i for i, row in enumerate(page.layouts.model.rows) if row.fits and not row.chosen)


# What it shows


def test_the_nearest_runs_are_named_whole(fit, painted):
    """The widest error of all rows takes no room from the names of the others."""
    painted.clear()
    fit.nearest.list.grab()
    shown = [f"{each.run.model}{near_place(each)}" for each in fit.nearest.model.rows]
    assert len(shown) > 3
    assert set(shown) <= set(painted)


def test_a_source_without_room_is_told_by_its_name_alone(window, fit, painted):
    """The end of what is in brackets after it would be a riddle."""
    open_preset(window, "rent-or-buy-64-h100")
    sources = [near.run.source for near in fit.nearest.model.rows]
    assert any(" (" in source for source in sources)
    painted.clear()
    fit.nearest.list.grab()
    lines = [each for each in painted if " → " in each]
    assert lines
    assert not [each for each in lines if "(" in each and ")" not in each]


def test_the_page_shows_what_the_plan_and_the_report_say(window, fit):
    session = window.session
    stage = session.estimate.stages[0]
    report, ranges = fit_report(session.project, session.catalog), session.ranges.value
    assert fit.layouts.model.rows == report.rows
    assert fit.nearest.model.rows == report.near
    said = {
        fit.memory: memory_said(stage, stage.memory),
        fit.step: step_said(stage, stage.step, ranges, "stages.0.step_seconds"),
        fit.nearest: near_said(report),
        fit.layouts: layouts_said(report, ranges.factors["stages.0.tokens_per_s"]),
    }
    for card, told in said.items():
        shown = (card.title.text(), card.subtitle.text(), card.accessibleDescription())
        assert shown == told


def test_it_rests_while_hidden_and_catches_up(window):
    page = fit_page(window)
    settled(window)
    assert page.report is None
    window.show_page(FIT)
    settled(window)
    before = page.memory.title.text()
    window.show_page(0)
    window.session.set_value("layout.tp", 8, "TP")
    settled(window)
    assert page.memory.title.text() == before
    window.show_page(FIT)
    settled(window)
    assert page.memory.title.text() != before
    assert page.report.pinned == Layout(tp=8)


def test_a_drag_moves_the_bars_and_then_the_table(window, fit, qtbot):
    slider = window.findChild(LogSlider, "model.parameters.slider")
    start = QPoint(round(slider.x_of(7e9)), 8)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    titles = set()
    for parameters in (9e9, 14e9, 25e9):
        qtbot.mouseMove(slider, QPoint(round(slider.x_of(parameters)), 8))
        settle(window.session)
        titles.add(fit.memory.title.text())
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    settled(window)
    assert len(titles) == 3
    assert fit.layouts.model.rows == fit_report(window.session.project, window.session.catalog).rows


def test_a_plan_that_does_not_fit_still_lists_layouts(window, fit):
    open_preset(window, "llama-3.1-405b")
    window.session.set_value("hardware.count", 64, "Count")
    settled(window)
    assert fit.memory.title.text().endswith("does not fit")
    assert fit.layouts.title.text() == "No layout fits 64 H100"
    assert not any(row.fits for row in fit.layouts.model.rows)


def test_guessed_efficiencies_are_named_beside_the_runs(window, fit):
    assert not fit.nearest.guessed.isVisible()
    window.session.choose_hardware("mi355x", 256)
    settled(window)
    assert fit.nearest.guessed.isVisible()
    assert "CDNA3" in fit.nearest.guessed.whole


def test_claimed_hours_have_nothing_to_fit_but_show_the_way_to_what_has(window, fit, qtbot):
    open_preset(window, "deepseek-r1")
    assert fit.empty.isVisible()
    assert "no layout" in fit.empty.title.whole
    assert "as claimed" in fit.empty.reason.whole
    assert not fit.empty.wanted.isVisible()
    assert not fit.memory.isVisible()
    open_preset(window, "startup-7b")
    assert fit.memory.isVisible()


def test_it_opens_on_the_dearest_stage_with_a_layout_where_the_first_has_none(window, fit):
    window.show_page(0)
    open_preset(window, "smollm3-programme")
    assert window.session.stage == 0
    window.show_page(FIT)
    settled(window)
    stages = window.session.estimate.stages
    dearest = max(stages, key=lambda each: each.cost_usd if each.memory else 0.0)
    assert stages[window.session.stage] == dearest
    assert fit.layouts.isVisible()
    window.session.select_stage(0)
    settled(window)
    assert window.session.stage == 0
    assert "share of the training it prepares" in fit.empty.reason.whole


def test_rounds_of_rollouts_show_their_update_and_where_the_time_goes(window, fit):
    window.show_page(0)
    open_preset(window, "deepseek-r1-first-principles")
    window.show_page(FIT)
    settled(window)
    assert window.session.stage == 0
    rounds = fit_report(window.session.project, window.session.catalog).rounds
    assert fit.memory.chart.view == rounds.memory
    assert fit.step.chart.view == rounds.round
    assert fit.engine.chart.view == rounds.engine.memory
    assert not fit.engine.geometry().intersects(fit.empty.geometry())
    assert fit.engine.table().rows[0][0] == "Weights"
    assert not fit.nearest.isVisible()
    window.themes.set_scale(1.5)
    settle(window.wardrobe)
    window.resize(1280, 800)
    QApplication.processEvents()
    assert fit.widget().width() <= fit.viewport().width(), "nothing lies beyond the right edge"
    assert "generation" in fit.step.title.text()
    assert rounds.layout in fit.empty.reason.whole
    assert not fit.layouts.isVisible()
    assert not fit.nearest.isVisible()
    assert fit.memory.title.toolTip() == ""
    fit.empty.wanted.click()
    settled(window)
    assert fit.layouts.isVisible()
    assert not fit.empty.isVisible()


def test_while_rounds_are_simulated_nothing_is_said_of_the_plan_before(window, fit, qtbot):
    """Nor can it be done: of a claim, to predict it."""
    open_preset(window, "deepseek-r1")
    assert fit.empty.predict.isVisible()
    project = load_project(preset("deepseek-r1-first-principles"), window.session.catalog)
    window.session.open(project, None)
    QApplication.processEvents()
    for known in (False, True):
        qtbot.waitUntil(lambda known=known: (window.session.answer is not None) is known, timeout=30_000)
        assert not fit.empty.predict.isVisible()
        assert fit.empty.reason.whole == "Estimating…"
    settled(window)
    assert fit.engine.isVisible()
    assert "rounds, not one layout" in fit.empty.title.whole


def test_with_every_stage_off_nothing_is_drawn(window, fit):
    window.inputs.stages.commands.switch(0, on=False)
    settled(window)
    assert not fit.memory.isVisible()
    assert fit.empty.isVisible()
    assert "switched off" in fit.empty.reason.whole


# Pinning


def test_a_click_pins_a_layout_in_one_step_and_undo_releases_it(window, fit, qtbot):
    at = worse_row(fit)
    wanted = fit.layouts.model.rows[at]
    steps = window.session.undo_stack.count()
    click_row(qtbot, fit, at)
    settled(window)
    assert window.session.undo_stack.count() == steps + 1
    assert window.session.current_scenario.layout == wanted.pins
    chosen = [row for row in fit.layouts.model.rows if row.chosen]
    assert [row.pins for row in chosen] == [wanted.pins]
    rate = window.session.estimate.stages[0].tokens_per_s_per_gpu
    assert rate == pytest.approx(wanted.tokens_per_s_per_gpu)
    assert "slower than" in fit.layouts.title.text()
    window.session.undo_stack.undo()
    settled(window)
    assert window.session.current_scenario.layout == Layout()
    assert fit.layouts.pins.text().startswith("Nothing is pinned")


def test_enter_pins_the_row_with_the_keyboard_and_the_button_releases(window, fit, qtbot):
    view = fit.layouts.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(0, 0))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    settled(window)
    assert window.session.current_scenario.layout != Layout()
    assert fit.layouts.pins.text().startswith("Pinned: TP")
    assert fit.layouts.release.isEnabled()
    qtbot.mouseClick(fit.layouts.release, Qt.MouseButton.LeftButton)
    settled(window)
    assert window.session.current_scenario.layout == Layout()
    assert not fit.layouts.release.isEnabled()


def test_each_part_can_be_pinned_in_the_inputs(window, fit, qtbot):
    window.inputs.layout_fold.click()
    picker = window.findChild(QComboBox, "layout.tp")
    picker.setFocus()
    while picker.currentText() != "4":
        qtbot.keyClick(picker, Qt.Key.Key_Down)
    settled(window)
    assert window.session.value("layout.tp") == 4
    assert window.inputs.layout_fold.text() == "TP4"
    assert window.session.estimate.stages[0].layout.startswith("TP4 ")
    qtbot.mouseClick(window.findChild(QPushButton, "layout.release"), Qt.MouseButton.LeftButton)
    settled(window)
    assert window.session.value("layout.tp") is None
    assert picker.currentText() == "auto"


def test_an_unusual_pin_of_a_file_is_shown_as_it_is(window):
    window.session.set_value("layout.pp", 7, "PP")
    window.inputs.reveal("layout.pp")
    assert window.findChild(PinPicker, "layout.pp").currentText() == "7"


def test_an_impossible_pin_leads_from_the_warning_to_its_input(window, fit):
    window.session.set_value("layout.ep", 8, "EP")
    settled(window)
    notice = next(n for n in window.session.estimate.warnings if n.code == "layout-impossible")
    window.activateWindow()
    window.inputs.reveal(notice.field)
    assert window.findChild(QComboBox, "layout.ep").isVisible()
    assert fit.memory.title.text() == "The pinned layout is impossible"
    assert "impossible" in fit.layouts.title.text()


# For every eye and hand


def test_a_cell_of_the_table_is_read_in_words(fit):
    model = fit.layouts.model
    role = int(Qt.ItemDataRole.AccessibleTextRole)
    for at in (0, 11):
        assert model.data(model.index(0, at), role) == cell_in_words(model.rows[0], at)


def test_every_card_says_in_words_what_it_draws(fit):
    for card in (fit.memory, fit.step, fit.nearest, fit.layouts):
        told = QAccessible.queryAccessibleInterface(card)
        assert told.text(QAccessible.Text.Name) == card.title.text()
        assert len(told.text(QAccessible.Text.Description)) > len(card.title.text())
        table = card.table()
        assert table.rows
        for row in range(len(table.rows)):
            assert all(table.shown(row, at) for at in range(len(table.columns)))


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-v3", "llama-3.1-405b"])
def test_the_table_shows_every_column_whole_at_the_designed_size(window, fit, name):
    open_preset(window, name)
    view = fit.layouts.view
    assert not view.horizontalScrollBar().isVisible()
    metrics = QFontMetricsF(window.themes.theme.font("small", bold=True))
    for row in range(view.model().rowCount()):
        for column in range(view.model().columnCount()):
            text = view.model().index(row, column).data()
            assert metrics.horizontalAdvance(text) <= view.columnWidth(column), text


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-v3", "llama-3.1-405b"])
def test_titles_are_shown_whole(window, fit, name):
    open_preset(window, name)
    for card in (fit.memory, fit.step, fit.nearest, fit.layouts):
        assert card.title.toolTip() == "", card.title.text()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_cards_neither_cover_each_other_nor_leave_the_page(window, fit, scale):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    settled(window)
    QApplication.processEvents()
    body = fit.widget()
    places = []
    for card in (fit.memory, fit.step, fit.nearest, fit.layouts):
        place = card.rect().translated(card.mapTo(body, QPoint(0, 0)))
        assert body.rect().contains(place)
        assert place.width() >= card.minimumSizeHint().width()
        places.append(place)
    for index, one in enumerate(places):
        assert not any(one.intersects(other) for other in places[index + 1 :])
    assert body.width() <= fit.viewport().width()


GB = 1e9
BREAKDOWNS = {
    "fits": Breakdown((Part("Weights", 14 * GB), Part("Gradients", 0.4 * GB), Part("Optimizer", 0.5 * GB),
                  Part("Activations", 0.6 * GB), Part("Logits", 0.7 * GB), Part("Buffers", 0.5 * GB),
                  Part("Reserve", 2 * GB)), 80 * GB),
    "full": Breakdown((Part("Weights", 79.5 * GB), Part("Reserve", 0.5 * GB)), 80 * GB),
    "over": Breakdown(
        (Part("Weights", 10 * GB), Part("Optimizer", 700 * GB), Part("Reserve", 4 * GB)), 80 * GB
    ),
}  # fmt: skip


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("height", [150, 190, 400])
@pytest.mark.parametrize("breakdown", BREAKDOWNS.values(), ids=BREAKDOWNS)
def test_labels_of_the_memory_bar_never_touch(qtbot, theme, height, breakdown):
    bar = ChartWidget(MemoryChart(breakdown), theme)
    qtbot.addWidget(bar)
    bar.resize(300, height)
    placed = labels(breakdown, height, theme)
    assert {part.name for part in breakdown.parts if part.amount >= 0.005 * breakdown.total} <= {
        label.text for label in placed
    }
    line = QFontMetricsF(theme.font("small")).height()
    ys = sorted(label.y for label in placed)
    assert all(upper - lower >= line - 1.5 for lower, upper in pairwise(ys))
    assert ys[0] >= line / 2 - 1
    assert ys[-1] <= height - line / 2 + 1
    assert not bar.grab().isNull()


def test_places_keep_their_distance_and_their_order():
    placed = spread([100.0, 98.0, 97.0, 20.0], gap=10.0, low=5.0, high=95.0)
    assert placed == [95.0, 85.0, 75.0, 20.0]
    assert spread([8.0, 7.0, 6.0], gap=10.0, low=5.0, high=95.0) == [25.0, 15.0, 5.0]


@pytest.mark.parametrize("name", ["fit.memory", "fit.step", "fit.nearest", "fit.layouts"])
def test_cards_can_be_found_by_name(fit, name):
    assert fit.findChild(QWidget, name) is not None


def test_the_table_and_the_runs_show_whole_rows(window, fit, qtbot):
    for height in (800, 877, 941):
        window.resize(1280, height)
        qtbot.wait(1)
        view, runs = fit.layouts.view, fit.nearest.list
        assert view.viewport().height() % view.rowHeight(0) == 0
        assert runs.viewport().height() % runs.sizeHintForRow(0) == 0


def test_the_whole_row_under_the_mouse_answers(window, fit, qtbot):
    view = fit.layouts.view
    at = worse_row(fit)
    qtbot.mouseMove(view.viewport(), row_point(fit, 0))
    qtbot.mouseMove(view.viewport(), row_point(fit, at))
    assert view.hovered == at
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.hovered == -1


def test_a_claim_can_be_predicted_instead_in_one_step(window, fit):
    open_preset(window, "deepseek-r1-with-base")
    window.session.select_stage(0)
    settled(window)
    before = window.session.project
    assert fit.empty.predict.isVisible()
    assert fit.empty.foretold.whole.startswith(
        "As pre-training on 14.8T tokens, as published for DeepSeek-V3"
    )
    QTest.mouseClick(fit.empty.predict, Qt.MouseButton.LeftButton)
    settled(window)
    stage, claim = window.session.current_stage, before.scenarios[0].stages[0]
    assert (stage.data.tokens, stage.data.precision) == (14.8e12, "fp8")
    assert (stage.name, stage.hardware, stage.price) == (claim.name, claim.hardware, claim.price)
    assert window.session.estimate.stages[0].memory is not None
    assert not fit.empty.isVisible()
    window.session.undo_stack.undo()
    assert window.session.project == before


def test_a_stage_that_is_no_claim_is_not_offered_to_be_predicted(window, fit):
    open_preset(window, "smollm3-programme")
    kinds = [stage.kind for stage in window.session.estimate.stages]
    window.session.select_stage(kinds.index("ablations"))
    settled(window)
    assert fit.empty.isVisible()
    assert not fit.empty.predict.isVisible()

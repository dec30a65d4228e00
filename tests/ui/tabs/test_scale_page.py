"""The Scale page: the plan dragged along the line of its bill, models taken, counts and winners chosen."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QApplication, QMenu

from isocost.catalog.constants.palette import LineStyle
from isocost.files import load_project
from isocost.plan.kinds import GpuHoursStage
from isocost.plan.kinds.claim import hours_on
from isocost.plan.project.editing import switch_stage
from isocost.plan.project.project import replace_scenario
from isocost.quantities import format_quantity
from isocost.ui.look.theme import DARK, LIGHT, Theme
from isocost.ui.plot.frame import ticks_up
from isocost.ui.plot.ticks import LONGEST_TIMES, time_scale
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.scale.counts import CountsChart, key_place
from isocost.ui.tabs.scale.page import ScalePage
from isocost.ui.tabs.scale.wins_chart import Cells
from isocost.ui.window import Window
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
SHIFT, PLAIN = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def scale(session: Session, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch) -> ScalePage:
    """The page with a small training, as wide as in a window of 1280 pixels."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    made = dressed(ScalePage(session, theme), theme)
    qtbot.addWidget(made)
    made.resize(988, 700)
    made.show()
    qtbot.waitExposed(made)
    show(session, made, "startup-7b", qtbot)
    return made


def show(session: Session, page: ScalePage, name: str, qtbot) -> None:
    """Open a preset and let everything be worked out."""
    session.open(load_project(preset(name), session.catalog), None)
    rest(session, page, qtbot)


def rest(session: Session, page: ScalePage, qtbot) -> None:
    """Wait for what follows a change."""
    settle(session)
    qtbot.waitUntil(lambda: not page.pending)
    settle(session)
    QApplication.processEvents()


def mouse(plot, kind: QEvent.Type, at: QPointF, held=LEFT, keys=PLAIN) -> None:
    """One real mouse event with what is held down."""
    button = NONE if kind is QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(kind, at, QPointF(plot.mapToGlobal(at)), button, held, keys)
    QApplication.sendEvent(plot, event)


def drag(plot, steps: list[QPointF], keys=PLAIN) -> None:
    """From the plan's dot over some places; not released."""
    mouse(plot, QEvent.Type.MouseButtonPress, plot.plan_at)
    for at in steps:
        mouse(plot, QEvent.Type.MouseMove, at, keys=keys)
        QApplication.processEvents()


def release(plot, at: QPointF) -> None:
    mouse(plot, QEvent.Type.MouseButtonRelease, at, held=NONE)


def on_line(plot, size: float) -> QPointF:
    """A place on the line of the bill."""
    ground = plot.view.ground
    return plot.places.at(size, ground.on.text(ground.usd, size))


def place(session: Session) -> tuple[float, float]:
    return session.value("model.parameters"), session.value("data.tokens")


def bill(session: Session) -> float:
    assert session.answer is not None
    return session.answer.estimate.total.cost_usd


def test_the_title_tells_what_else_the_bill_buys(scale, session):
    view = scale.isocost.plot.view
    best = view.point.best
    size, tokens = (format_quantity(each, "number", digits=2) for each in (best.size, best.tokens))
    assert view.point.usd == bill(session)
    assert scale.isocost.title.text() == (
        f"A {size} on {tokens} tokens costs the same: loss {best.loss:.2f}, not {view.point.loss:.2f}"
    )
    assert "Arrow keys" in scale.isocost.accessibleDescription()


def test_a_drag_along_the_line_holds_the_bill_and_is_one_step(scale, session, qtbot):
    plot, usd, before = scale.isocost.plot, bill(session), session.project
    ground, steps = plot.view.ground, session.undo_stack.count()
    stops = [on_line(plot, size) + QPointF(3, -4) for size in (9e9, 1.2e10, 1.6e10)]
    drag(plot, [])
    for stop in stops:
        mouse(plot, QEvent.Type.MouseMove, stop)
        QApplication.processEvents()
        assert bill(session) == pytest.approx(usd, rel=1e-3)
    # At once: the dot is under the mouse, the headline is of the new plan, and the ground stands still.
    assert plot.plan_at.x() == pytest.approx(stops[-1].x(), abs=6)
    assert plot.view.ground is ground
    assert session.answer.project is session.project
    release(plot, stops[-1])
    rest(session, scale, qtbot)
    assert place(session)[0] == pytest.approx(1.6e10, rel=0.03)
    assert bill(session) == pytest.approx(usd, rel=2e-4)
    assert session.undo_stack.count() == steps + 1
    assert session.undo_stack.undoText().startswith(f"{place(session)[0] / 1e9:.3g}B on ")
    session.undo_stack.undo()
    assert session.project == before


def test_a_drag_with_shift_goes_anywhere_and_the_bill_follows(scale, session, qtbot):
    plot, usd = scale.isocost.plot, bill(session)
    to = plot.places.at(2e10, 6e12)
    drag(plot, [to], keys=SHIFT)
    release(plot, to)
    rest(session, scale, qtbot)
    size, tokens = place(session)
    assert size == pytest.approx(2e10, rel=0.02)
    assert tokens == pytest.approx(6e12, rel=0.02)
    assert bill(session) > 3 * usd
    assert plot.view.ground.usd == bill(session)  # the line now runs through the plan


def test_a_drag_far_off_the_line_goes_freely_and_back_near_it_holds_the_bill(scale, session, qtbot):
    plot, usd = scale.isocost.plot, bill(session)
    far, near = plot.places.at(3e10, 1.5e13), on_line(plot, 1e10)
    drag(plot, [far])
    assert place(session)[1] == pytest.approx(1.5e13, rel=0.02)
    mouse(plot, QEvent.Type.MouseMove, near)
    release(plot, near)
    rest(session, scale, qtbot)
    assert bill(session) == pytest.approx(usd, rel=2e-4)
    assert session.undo_stack.count() == 1


def test_arrow_keys_move_along_the_line_and_with_shift_one_input(scale, session, qtbot):
    plot, usd, (size, tokens) = scale.isocost.plot, bill(session), place(session)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    rest(session, scale, qtbot)
    assert place(session)[0] == pytest.approx(size * 1.05, rel=0.01)
    assert place(session)[1] < tokens
    assert bill(session) == pytest.approx(usd, rel=2e-4)
    before = place(session)
    qtbot.keyClick(plot, Qt.Key.Key_Up, SHIFT)
    rest(session, scale, qtbot)
    assert place(session)[0] == before[0]
    assert place(session)[1] == pytest.approx(before[1] * 1.05, rel=0.01)
    assert session.undo_stack.count() == 2


def test_enter_and_a_click_on_the_ring_take_the_least_loss_for_the_bill(scale, session, qtbot):
    plot, usd, best = scale.isocost.plot, bill(session), scale.isocost.plot.view.point.best
    qtbot.mouseClick(plot, LEFT, pos=plot.ring_at.toPoint())
    rest(session, scale, qtbot)
    assert place(session)[0] == pytest.approx(best.size, rel=1e-6)
    assert bill(session) == pytest.approx(usd, rel=2e-4)
    assert "is about the best" in scale.isocost.title.text()
    session.undo_stack.undo()
    rest(session, scale, qtbot)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert place(session)[0] == pytest.approx(best.size, rel=1e-6)


def test_a_click_on_a_published_model_offers_it_and_taking_it_can_be_undone(scale, session, qtbot):
    plot = scale.isocost.plot
    names = [each.name for each in plot.view.ground.models]
    at = names.index("TinyLlama 1.1B")
    where = QPoint(*map(round, plot.places.models[at].tolist()))
    qtbot.mouseMove(plot, where)
    assert plot.hover == at
    qtbot.mouseClick(plot, LEFT, pos=where)
    menu = scale.isocost.findChild(QMenu, "scale.model_menu")
    assert [each.text() for each in menu.actions()] == [
        "Train TinyLlama 1.1B: 1.1B on 3T tokens",
        "Only its 3T tokens, for the plan's own model",
    ]
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert session.value("model.name") == "TinyLlama 1.1B"
    assert session.value("data.tokens") == 3e12
    session.undo_stack.undo()
    assert place(session) == (7e9, 2e12)


def test_the_keys_walk_over_published_models(scale, session, qtbot):
    plot = scale.isocost.plot
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    qtbot.keyClick(plot, Qt.Key.Key_PageDown)
    assert plot.hover == 1
    qtbot.keyClick(plot, Qt.Key.Key_Escape)
    assert plot.hover is None
    assert session.undo_stack.count() == 0


def test_mixtures_are_hollow_and_stand_by_their_active_parameters(scale):
    models = {each.name: each for each in scale.isocost.plot.view.ground.models}
    assert models["OLMoE-1B-7B"].mixture
    assert models["OLMoE-1B-7B"].size == 1.3e9
    assert "1.3B active" in models["OLMoE-1B-7B"].words
    assert not models["TinyLlama 1.1B"].mixture


def test_a_slider_moves_the_dot_at_once_and_the_ground_when_it_rests(scale, session, qtbot):
    plot = scale.isocost.plot
    ground = plot.view.ground
    for tokens in (2.1e12, 2.2e12, 2.3e12):
        session.set_value("data.tokens", tokens, "Tokens")
        assert plot.view.point.tokens == tokens
    rest(session, scale, qtbot)
    assert plot.view.ground is not ground
    assert plot.view.ground.usd == bill(session)
    assert plot.view.ground.survey is ground.survey  # what other places cost is as it was


def test_another_law_tells_other_losses(scale, session, qtbot):
    plot, picker = scale.isocost.plot, scale.isocost.law_picker
    before = plot.view.point.loss
    picker.setFocus()
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    rest(session, scale, qtbot)
    assert plot.view.ground.law.id == picker.currentData()
    assert plot.view.point.loss != before
    assert session.undo_stack.count() == 0


def test_no_words_of_the_map_cover_each_other_or_leave_it(scale):
    for width, height in ((988, 700), (640, 500), (1600, 950)):
        scale.resize(width, height)
        QApplication.processEvents()
        found = scale.isocost.plot.places
        boxes = [each.box for each in (*found.labels, *found.names)]
        assert len(boxes) > 15
        for at, box in enumerate(boxes):
            assert box.within(found.clutter.room)
            assert not any(box.overlaps(other) for other in boxes[at + 1 :])


def test_what_does_not_fit_is_named_at_every_width(scale, session, qtbot):
    show(session, scale, "deepseek-v3", qtbot)
    for width in (988, 1600):
        scale.resize(width, 631)
        QApplication.processEvents()
        texts = [each.text for each in scale.isocost.plot.places.labels]
        assert any(text.endswith("does not fit") for text in texts), width


def test_every_panel_over_the_counts_has_a_scale(scale, session, qtbot, painted):
    """Two values at least: one alone says nothing of the distance to it."""
    for name in ("gpt-3-175b", "palm-540b"):
        show(session, scale, name, qtbot)
        scale.resize(988, 631)
        QApplication.processEvents()
        painted.clear()
        scale.counts.plot.grab()
        assert sum(text.startswith("$") for text in painted) >= 2
        assert sum(text.endswith("%") for text in painted) >= 2


def test_the_table_tells_the_plan_its_best_and_the_models(scale):
    table = scale.isocost.table()
    names = [row[0] for row in table.rows]
    assert names[:2] == ["The plan", "Least loss for its bill"]
    assert "TinyLlama 1.1B" in names
    assert table.rows[0][3] == pytest.approx(table.rows[1][3])


def test_a_stage_without_a_map_says_why_and_leads_to_one_that_has(scale, session, qtbot):
    show(session, scale, "api-or-own", qtbot)
    assert session.stage == 1  # of another plan the page begins with what has a map
    session.select_stage(0)
    rest(session, scale, qtbot)
    card = scale.isocost
    assert card.title.text() == "Ablations: no map of size against text"
    assert card.instead.button.text() == "Show Pre-training"
    qtbot.mouseClick(card.instead.button, LEFT)
    rest(session, scale, qtbot)
    assert session.stage == 1
    assert card.plot.view is not None
    assert card.plot.isVisible()


def test_a_plan_that_makes_no_model_has_no_map_but_counts_and_winners(scale, session, qtbot):
    show(session, scale, "lora-70b-one-node", qtbot)
    assert "No stage of this plan makes a model" in scale.isocost.instead.reason.whole
    assert scale.wins.plot.view is not None
    qtbot.mouseClick(scale.isocost.instead.button, LEFT)
    rest(session, scale, qtbot)
    assert session.current_stage.name == "Pre-training"
    assert scale.isocost.plot.view is not None
    session.undo_stack.undo()
    rest(session, scale, qtbot)
    assert len(session.current_scenario.stages) == 1


def test_a_stage_that_is_off_is_switched_on_by_the_page(scale, session, qtbot):
    show(session, scale, "startup-7b", qtbot)
    session.apply(lambda project: switch_stage(project, 0, False), "Off")
    rest(session, scale, qtbot)
    assert "switched off" in scale.isocost.instead.reason.whole
    assert "makes a model" not in scale.isocost.instead.reason.whole
    assert scale.isocost.instead.button.text() == "Switch Pre-training on"
    qtbot.mouseClick(scale.isocost.instead.button, LEFT)
    rest(session, scale, qtbot)
    assert session.current_stage.enabled
    assert scale.isocost.plot.view is not None


def test_a_claimed_training_can_be_predicted_instead_and_then_has_a_map(scale, session, qtbot):
    show(session, scale, "deepseek-r1-with-base", qtbot)
    card = scale.isocost
    assert "as claimed" in card.instead.reason.whole
    assert "14.8T tokens, as published for DeepSeek-V3" in card.instead.reason.whole
    qtbot.mouseClick(card.instead.button, LEFT)
    rest(session, scale, qtbot)
    assert card.plot.view.point.tokens == 1.48e13
    session.undo_stack.undo()
    rest(session, scale, qtbot)
    assert card.plot.view is None


def test_accelerators_reserved_by_the_year_pay_for_all_the_text_they_have_time_for(scale, session, qtbot):
    session.open(load_project(preset("rent-or-buy-64-h100"), session.catalog), None)
    session.select_scenario(2)
    rest(session, scale, qtbot)
    plot, usd = scale.isocost.plot, bill(session)
    assert "costs the same" in scale.isocost.title.text()
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    rest(session, scale, qtbot)
    assert place(session)[0] > 3e9
    assert bill(session) == pytest.approx(usd, rel=2e-4)


def test_opened_on_a_stage_without_a_map_the_page_begins_with_one_that_has(window: Window):
    window.documents.open(preset("api-or-own"))
    settle(window.session)
    window.show_page(window.page_titles.index("Scale"))
    assert window.session.stage == 1


def test_ctrl_2_shows_the_page(window: Window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    assert isinstance(window.pages.currentWidget(), ScalePage)


def test_the_same_plan_opened_again_while_its_map_is_worked_out_has_one(scale, session, qtbot):
    project = load_project(preset("eight-gpu-lab"), session.catalog)
    session.open(project, None)
    QApplication.processEvents()  # it is answered, and the worker has begun
    session.open(project, None)
    rest(session, scale, qtbot)
    assert scale.isocost.plot.view.point.size == 1.1e9
    assert scale.wins.plot.view.own == session.value("hardware.accelerator")


def test_the_cards_work_out_their_figures_one_after_the_other(scale, session, qtbot):
    works, most = (scale.isocost.surveyed, scale.counts.knee, scale.wins.mapped), 0
    came: list[int] = []
    for at, each in enumerate(works):
        each.ready.connect(lambda _, at=at: came.append(at))
    session.open(load_project(preset("lora-70b-one-node"), session.catalog), None)
    session.open(load_project(preset("gpt-3-175b"), session.catalog), None)
    while session.busy or scale.pending:
        QApplication.processEvents()
        most = max(most, sum(each.awaited for each in works))
    assert most == 1
    assert list(dict.fromkeys(came)) == [0, 1, 2]


def test_every_amount_follows_the_currency(scale, session, qtbot):
    session.show_in("EUR")
    rest(session, scale, qtbot)
    for card in scale.cards:
        told = f"{card.title.text()} {card.subtitle.text()} {card.accessibleDescription()}"
        assert "$" not in told
        assert "€" in told
    found = scale.isocost.plot.places
    assert any("€" in each.text for each in found.labels)


# Counts


def test_a_click_on_a_count_takes_it(scale, session, qtbot):
    plot = scale.counts.plot
    at = plot.view.counts.tolist().index(512)
    qtbot.mouseClick(plot, LEFT, pos=plot.place(at).toPoint())
    assert session.value("hardware.count") == 512
    rest(session, scale, qtbot)
    assert plot.view.counts[plot.view.plan] == 512
    session.undo_stack.undo()
    assert session.value("hardware.count") == 256


def test_keys_walk_over_the_counts_and_enter_takes_one(scale, session, qtbot):
    plot = scale.counts.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    qtbot.keyClick(plot, Qt.Key.Key_Right)
    assert scale.counts.pointed.text().startswith("512 GPUs: time ")
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert session.value("hardware.count") == 512


def test_the_panels_tell_the_figures_of_the_plan(scale, session):
    shown = scale.counts.plot.view
    values = {panel.kind: float(panel.values[shown.plan]) for panel in shown.panels}
    total, stage = session.answer.estimate.total, session.answer.estimate.stages[0]
    assert values["cost"] == pytest.approx(total.cost_usd)
    assert values["days"] == pytest.approx(total.wall_days)
    assert values["mfu"] == pytest.approx(stage.mfu)
    assert scale.counts.title.text().startswith(f"Knee at {shown.counts[shown.knee]:,}:")
    assert len(scale.counts.table().rows) == len(shown.counts)


def test_what_is_shaded_beside_the_counts_is_said_where_nothing_else_is_drawn(scale, theme):
    shown, size = scale.counts.plot.view, QSizeF(330.0, 170.0)
    plain = replace(shown, panels=tuple(replace(panel, factors=None) for panel in shown.panels))
    said = 0
    for at in range(len(shown.counts)):
        place = key_place(replace(shown, plan=at), size, theme)
        if place is None:
            continue
        said += 1
        drawn = QImage(size.toSize(), QImage.Format.Format_RGB32)
        drawn.fill(QColor(theme.panel))
        painter = QPainter(drawn)
        CountsChart(replace(plain, plan=at, knee=None)).draw(painter, size, theme, None)
        painter.end()
        box = place.toAlignedRect()
        found = {
            drawn.pixel(x, y) for x in range(box.left(), box.right()) for y in range(box.top(), box.bottom())
        }
        assert found == {QColor(theme.panel).rgb()}, at
    assert said > len(shown.counts) / 2


# Winners


def other_than_plan(plot) -> tuple[int, int]:
    """A cell that another accelerator than the plan's wins."""
    found = plot.view.found
    for row, column in np.argwhere(found.count > 0).tolist():
        if plot.view.winner(row, column).accelerator != plot.view.own:
            return row, column
    raise AssertionError("the plan's accelerator wins everywhere")


def test_a_click_takes_the_accelerator_count_and_price_that_win_there(scale, session, qtbot):
    plot, before = scale.wins.plot, session.project
    row, column = other_than_plan(plot)
    winner, count = plot.view.winner(row, column), int(plot.view.found.count[row, column])
    qtbot.mouseClick(plot, LEFT, pos=plot.place(row, column).toPoint())
    assert session.value("hardware.accelerator") == winner.accelerator
    assert session.value("hardware.count") == count
    assert session.value("price.usd_per_gpu_hour") == winner.card.usd_per_gpu_hour
    assert session.undo_stack.undoText() == f"Choose {count:,} {winner.label}"
    session.undo_stack.undo()
    assert session.project == before


def test_claimed_hours_are_taken_along_as_the_work_they_are(scale, session, qtbot):
    """What wins in the cell is worked out with the claimed stage at equal utilization; so it is taken."""
    claimed = GpuHoursStage(name="Claimed", hours=100.0)
    session.apply(
        lambda project: replace_scenario(
            project,
            msgspec.structs.replace(project.scenarios[0], stages=(*project.scenarios[0].stages, claimed)),
        ),
        "Claim",
    )
    settle(session)
    plot, held = scale.wins.plot, session.current_scenario.hardware
    row, column = other_than_plan(plot)
    qtbot.mouseClick(plot, LEFT, pos=plot.place(row, column).toPoint())
    taken = session.current_scenario
    worked = hours_on(claimed, held, taken.hardware.accelerator, session.catalog)
    assert taken.stages[-1].gpu_hours == pytest.approx(worked)


def test_an_accelerator_that_is_left_out_wins_nowhere_until_it_is_let_in(scale, session, qtbot):
    card = scale.wins
    winner = card.plot.view.winner(*card.plot.view.cell)
    card.without.menu().aboutToShow.emit()
    action = next(a for a in card.without.menu().actions() if a.text() == f"Without {winner.label}")
    action.trigger()
    rest(session, scale, qtbot)
    assert winner.accelerator not in {each.accelerator for each in card.plot.view.found.winners}
    assert card.without.text() == f"Without {winner.label}"
    card.without.menu().aboutToShow.emit()
    action = next(a for a in card.without.menu().actions() if a.text() == f"Without {winner.label}")
    assert action.isChecked()
    action.trigger()
    rest(session, scale, qtbot)
    assert winner.accelerator in {each.accelerator for each in card.plot.view.found.winners}


def test_the_inputs_of_the_map_are_chosen_and_change_places_when_they_are_the_same(scale, session, qtbot):
    card = scale.wins
    card.up.setFocus()
    card.up.setCurrentIndex(card.up.findData("tokens"))
    card.up.activated.emit(card.up.currentIndex())
    rest(session, scale, qtbot)
    assert (card.plot.view.found.x.axis, card.plot.view.found.y.axis) == ("deadline", "tokens")
    card.across.setCurrentIndex(card.across.findData("tokens"))
    card.across.activated.emit(card.across.currentIndex())
    rest(session, scale, qtbot)
    assert (card.plot.view.found.x.axis, card.plot.view.found.y.axis) == ("tokens", "deadline")
    assert card.up.currentData() == "deadline"


def test_keys_walk_over_the_map_and_enter_takes_the_winner(scale, session, qtbot):
    plot = scale.wins.plot
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(plot, Qt.Key.Key_Left)
    assert plot.chart.cell(plot.hover) == plot.view.cell
    qtbot.keyClick(plot, Qt.Key.Key_Up)
    row, column = plot.view.cell[0] + 1, plot.view.cell[1]
    assert plot.chart.cell(plot.hover) == (row, column)
    assert scale.wins.pointed.whole == plot.view.words(row, column)
    winner = plot.view.winner(row, column)
    qtbot.keyClick(plot, Qt.Key.Key_Return)
    assert session.value("hardware.accelerator") == winner.accelerator


def test_what_cannot_be_mapped_is_said_and_the_inputs_stay(scale, session, qtbot):
    show(session, scale, "deepseek-r1", qtbot)
    card = scale.wins
    card.up.setCurrentIndex(card.up.findData("tokens"))
    card.up.activated.emit(card.up.currentIndex())
    rest(session, scale, qtbot)
    assert card.plot.view is None
    assert "no tokens to vary" in card.instead.reason.whole
    assert card.up.isVisible()


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme_of", [LIGHT, DARK])
def test_names_are_readable_on_every_ground_of_the_map(session: Session, theme_of: Theme):
    from isocost.plan.answer.across.comparison import styles
    from isocost.ui.plot.base import mixed
    from isocost.ui.plot.styles import series_of
    from isocost.ui.tabs.scale.wins_chart import STRENGTHS

    every: dict[str, LineStyle] = dict(styles(session.catalog))
    for accelerator in every:
        line = series_of(theme_of, every, accelerator).line
        for strength in STRENGTHS:
            ground = mixed(line, theme_of.panel, strength).name()
            assert contrast(theme_of.text, ground) >= 4.5, (accelerator, strength)


def test_everything_is_drawn_in_any_size_and_theme(scale, themes):
    from PySide6.QtCore import QRectF
    from PySide6.QtGui import QImage, QPainter

    for card in scale.cards:
        drawing = card.drawing()
        assert drawing is not None
        pictures = []
        for theme in (LIGHT, DARK):
            image = QImage(600, 480, QImage.Format.Format_ARGB32)
            image.fill(Qt.GlobalColor.transparent)
            painter = QPainter(image)
            drawing.paint(painter, QRectF(0, 0, 600, 480), theme)
            painter.end()
            pictures.append(image)
        assert pictures[0] != pictures[1]
        assert card.picture().width() > 0
        assert math.isfinite(card.height())


@pytest.mark.parametrize("size", [(988, 560), (988, 680), (1600, 900)])
def test_every_card_is_as_high_as_what_it_holds_and_the_reading_at_the_plan_stands_whole(scale, qtbot, size):
    scale.resize(*size)
    QApplication.processEvents()
    for card in scale.cards:
        assert card.height() >= card.layout().minimumSize().height(), card.objectName()
    wins = scale.wins
    assert wins.pointed.whole == wins.plot.view.words(*wins.plot.view.cell)
    assert not wins.pointed.shortened
    assert not wins.subtitle.shortened
    assert wins.without.width() >= wins.without.sizeHint().width()


def test_times_have_room_beside_the_map(scale, session, qtbot):
    """Cut at its left "12 hours" is another time."""
    card = scale.wins
    card.across.setCurrentIndex(card.across.findData("price"))
    card.across.activated.emit(card.across.currentIndex())
    rest(session, scale, qtbot)
    assert card.plot.view.found.y.axis == "deadline"
    for each in (1.0, 2.0):
        theme = replace(LIGHT, scale=each)
        frame = Cells(card.plot.view, QSizeF(400.0, 300.0), theme).frame
        metrics = QFontMetricsF(theme.font("quiet"))
        assert max(map(metrics.horizontalAdvance, LONGEST_TIMES)) <= frame.area.left() - 8
        ticks = ticks_up(frame, time_scale, theme)
        assert ticks
        assert all(metrics.horizontalAdvance(tick.label) <= frame.area.left() - 8 for tick in ticks)

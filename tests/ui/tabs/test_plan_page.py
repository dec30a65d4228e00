"""The page follows the session, rests while hidden, and says why when there is nothing to draw."""

from __future__ import annotations

import math
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from isocost.files import load_project
from isocost.plan.answer.across.curves import CostCurve
from isocost.plan.project.project import Project
from isocost.report.findings.tabs.plan import APART, IDLE
from isocost.ui.look.theme import Theme
from isocost.ui.plot import placing
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.plan.page import PlanPage
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed
from tests.ui.tabs.plans import FakeSession


def curve_shown(page: PlanPage, accelerator: str) -> CostCurve | None:
    line = page.cost_time.plot.lines.get(accelerator)
    return line.curve if line else None


def test_before_the_first_estimate_the_page_says_so(qtbot, theme: Theme, made_up: FakeSession):
    page = dressed(PlanPage(made_up, theme), theme)
    qtbot.addWidget(page)
    page.show()
    assert page.cost_time.nothing.isVisible()
    assert page.cost_time.nothing.reason.whole == "Estimating…"
    assert not page.by_hardware.at_deadline.isVisible()
    made_up.compute()
    assert not page.cost_time.nothing.isVisible()
    assert page.cost_time.plot.isVisible()


def test_a_plan_without_an_estimate_says_why(qtbot, theme: Theme, made_up: FakeSession):
    page = dressed(PlanPage(made_up, theme), theme)
    qtbot.addWidget(page)
    page.show()
    made_up.failed.emit("Model Nemo is not in the catalogue.")
    assert page.cost_time.nothing.reason.whole == "Model Nemo is not in the catalogue."
    assert page.by_hardware.subtitle.text() == "Model Nemo is not in the catalogue."


def test_the_plans_curve_follows_within_the_frame_and_the_others_after(page: PlanPage, made_up: FakeSession):
    before = curve_shown(page, "b200")
    made_up.compute(2.0, others=False)
    assert curve_shown(page, "h800-sxm") is made_up.answer.curve
    assert curve_shown(page, "b200") is before
    made_up.compute(2.0)
    assert curve_shown(page, "b200") is not before


def test_the_old_curve_stays_while_the_others_are_computed(page: PlanPage, made_up: FakeSession):
    made_up.current_scenario.hardware.accelerator = "b200"
    made_up.compute(others=False)
    assert curve_shown(page, "h800-sxm") is not None
    assert [row.accelerator for row in page.by_hardware.ranking.rows].count("b200") == 1


def test_no_winner_is_named_while_nothing_else_is_known(page: PlanPage, made_up: FakeSession):
    answer = made_up.answer
    made_up.answer = replace(answer, others=(), awaited=True)
    made_up.answered.emit(made_up.answer)
    assert page.cost_time.title.text() == "Cost against time"
    assert page.by_hardware.title.text() == "Comparing accelerators…"
    assert "cheapest" not in page.cost_time.accessibleDescription()
    made_up.answer = answer
    made_up.answered.emit(answer)
    assert "cheapest" in page.cost_time.title.text()
    assert "then" in page.by_hardware.title.text()


def test_nothing_is_drawn_while_the_page_is_hidden(page: PlanPage, made_up: FakeSession):
    page.hide()
    before = curve_shown(page, "h800-sxm")
    made_up.compute(3.0)
    assert curve_shown(page, "h800-sxm") is before
    page.show()
    assert curve_shown(page, "h800-sxm") is made_up.answer.curve


def test_the_page_fits_the_window_without_cutting(page: PlanPage):
    assert page.minimumSizeHint().width() <= 988
    assert page.cost_time.geometry().right() < page.by_hardware.geometry().left()
    assert page.by_hardware.geometry().right() <= page.width()


@pytest.mark.parametrize(
    ("width", "scale", "beside"), [(988, 1.0, True), (988, 2.0, False), (700, 1.0, False), (600, 2.0, False)]
)
def test_the_charts_share_a_row_only_where_both_have_room(page: PlanPage, themes, width, scale, beside):
    themes.set_scale(scale)
    dressed(page, themes.theme)
    page.resize(width, 440)
    QApplication.processEvents()
    chart, ranking = page.cost_time, page.by_hardware
    assert (ranking.geometry().top() == chart.geometry().top()) is beside
    assert (ranking.geometry().left() > chart.geometry().right()) is beside
    assert chart.width() >= (0.95 if not beside else 0.5) * (page.viewport().width() - 32)
    assert chart.plot.area().width() > 150
    assert chart.plot.area().height() > 100
    assert (page.verticalScrollBar().maximum() > 0) is not beside
    themes.set_scale(1.0)


def test_no_row_of_the_ranking_is_cut_in_half(page: PlanPage):
    view = page.by_hardware.list
    for height in (440, 457, 500, 633):
        page.resize(987, height)
        QApplication.processEvents()
        assert view.viewport().height() % view.sizeHintForRow(0) == 0


@pytest.fixture
def real(qtbot, theme: Theme, session: Session) -> PlanPage:
    """The page on a new plan of the shipped catalogue."""
    page = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(page)
    page.resize(988, 700)
    page.show()
    with qtbot.waitSignal(session.settled, timeout=20_000):
        session.refresh()
    QApplication.processEvents()
    return page


def test_choosing_a_bar_changes_the_project_in_one_undo_step(real: PlanPage, session: Session):
    before = session.project
    view = real.by_hardware.list
    row = next(
        i for i, c in enumerate(real.by_hardware.ranking.rows) if c.accelerator != real_accelerator(session)
    )
    choice = real.by_hardware.ranking.rows[row]
    view.scrollTo(real.by_hardware.ranking.index(row))
    QTest.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=view.visualRect(real.by_hardware.ranking.index(row)).center(),
    )
    assert real_accelerator(session) == choice.accelerator
    assert session.current_scenario.hardware.count == choice.count
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert session.project == before


def real_accelerator(session: Session) -> str:
    return session.current_scenario.hardware.accelerator


def test_the_plan_stands_on_its_own_curve(real: PlanPage, session: Session):
    curve = curve_shown(real, real_accelerator(session))
    total = session.estimate.total
    nearest = min(zip(curve.days, curve.cost_usd, strict=True), key=lambda p: abs(p[0] - total.wall_days))
    assert nearest == pytest.approx((total.wall_days, total.cost_usd))


@pytest.mark.parametrize("height", [551, 591, 611, 631])
def test_what_stands_apart_from_its_point_is_joined_to_it_by_a_line_that_crosses_no_text(
    qtbot, theme: Theme, session: Session, height
):
    page = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(page)
    page.resize(987, height)
    page.show()
    qtbot.waitExposed(page)
    session.open(load_project(preset("api-or-own"), session.catalog), None)
    settle(session)
    QApplication.processEvents()
    labels = page.cost_time.plot.labels
    points = dict(labels.pointed())
    assert len(points) >= 2
    joined = [*labels.joining()]
    for box, at in points.items():
        near = min(max(at[0], box.left), box.right), min(max(at[1], box.top), box.bottom)
        apart = math.dist(at, near) > placing.APART
        assert apart is any(tuple(line[0]) == pytest.approx(at) for line in joined)
    for line in joined:
        own = next(box for box, at in points.items() if at == pytest.approx(tuple(line[0])))
        along = [line[0] + (line[1] - line[0]) * part for part in np.linspace(0, 1, 200)]
        others = [box for box in labels.boxes() if box != own]
        assert not [
            box
            for box in others
            if any(box.left < x < box.right and box.top < y < box.bottom for x, y in along)
        ]


def test_the_count_compared_is_that_of_the_shared_hardware(qtbot, theme: Theme, session: Session):
    """The chain's first stages keep 2,048 accelerators of the same kind; its others share 512."""
    page = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(page)
    page.resize(988, 700)
    page.show()
    session.open(load_project(preset("deepseek-chain"), session.catalog), None)
    settle(session)
    own = next(c for c in page.by_hardware.ranking.rows if c.accelerator == "h800-sxm")
    assert own.count == 512
    assert (own.days, own.cost_usd) == pytest.approx(
        (session.estimate.total.wall_days, session.estimate.total.cost_usd)
    )
    assert page.by_hardware.title.text().startswith("Shared stages at 512 each: ")
    assert page.cost_time.title.text().startswith("Shared stages: ")
    assert page.cost_time.subtitle.text().startswith("4 of 9 stages keep their own hardware. ")


def changed_stages(project: Project, **changes: object) -> Project:
    """The project with these values in every stage of its first scenario."""
    scenario = project.scenarios[0]
    stages = tuple(msgspec.structs.replace(stage, **changes) for stage in scenario.stages)
    return msgspec.structs.replace(project, scenarios=(msgspec.structs.replace(scenario, stages=stages),))


@pytest.mark.parametrize(("changes", "why"), [({"enabled": False}, IDLE), ({}, APART)])
def test_a_plan_without_a_choice_of_hardware_says_so(real: PlanPage, session: Session, changes, why):
    shared = session.current_scenario
    own = changes or {"hardware": shared.hardware, "price": shared.price}
    session.apply(lambda project: changed_stages(project, **own), "Try it")
    settle(session)
    assert real.cost_time.nothing.isVisible()
    assert real.cost_time.nothing.reason.whole == why
    assert real.by_hardware.ranking.rowCount() == 0
    session.undo_stack.undo()
    settle(session)
    assert real.cost_time.plot.isVisible()
    assert real.by_hardware.ranking.rowCount() > 1


def test_an_accelerator_looks_the_same_in_every_plan(qtbot, session: Session, theme: Theme):
    seen: dict[str, set[object]] = {}
    page = dressed(PlanPage(session, theme), theme)
    qtbot.addWidget(page)
    page.show()
    for name in ("startup-7b", "palm-540b", "eight-gpu-lab"):
        session.open(load_project(preset(name), session.catalog), None)
        settle(session)
        plot = page.cost_time.plot
        assert len({(style.shade, style.dash) for style in plot.comparison.styles.values()}) > 20
        for accelerator, _ in plot.lines.shown():
            series = plot.labels.series(accelerator)
            seen.setdefault(accelerator, set()).add((series.line, series.dash))
    assert all(len(looks) == 1 for looks in seen.values())
    assert len(seen) > 6

"""The ends of the bars: dragged or stepped they become the range of that input, in one step to undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from isocost.files import load_project
from isocost.report.findings.tabs.risk import DoubtRow, Side
from isocost.ui.look.theme import Theme
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.risk.page import RiskPage
from tests.ui.conftest import preset
from tests.ui.tabs.conftest import dressed

LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
PRICE, MFU = "price.usd_per_gpu_hour", "efficiency.mfu"


@pytest.fixture
def risk(session: Session, theme: Theme, qtbot, monkeypatch: pytest.MonkeyPatch) -> RiskPage:
    """The page with the chances of a programme of two stages."""
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    made = dressed(RiskPage(session, theme), theme)
    qtbot.addWidget(made)
    made.resize(988, 900)
    made.show()
    qtbot.waitExposed(made)
    session.open(load_project(preset("api-or-own"), session.catalog), None)
    shown(session)
    return made


def shown(session: Session) -> None:
    settle(session)
    QApplication.processEvents()


def row_of(risk: RiskPage, path: str) -> tuple[int, DoubtRow]:
    rows = risk.tornado.rows.chart.rows
    at = [row.path for row in rows].index(path)
    return at, rows[at]


def grip(risk: RiskPage, path: str, side: Side) -> QPoint:
    """Where an end is taken hold of."""
    rows = risk.tornado.rows
    at, row = row_of(risk, path)
    return rows.chart.places(float(rows.width()), rows.theme).end(at, row.at(side)).toPoint()


def drag(risk: RiskPage, qtbot, path: str, side: Side, *by: int) -> None:
    rows, start = risk.tornado.rows, grip(risk, path, side)
    qtbot.mouseMove(rows, start)
    qtbot.mousePress(rows, LEFT, pos=start)
    for each in by:
        qtbot.mouseMove(rows, start + QPoint(each, 0))
    qtbot.mouseRelease(rows, LEFT, pos=start + QPoint(by[-1], 0))


def ranges(session: Session) -> dict[str, tuple[float, float]]:
    return {held.path: (held.low, held.high) for held in session.current_scenario.ranges}


def test_a_dragged_end_is_drawn_at_once_and_becomes_the_range_of_its_input_in_one_step(risk, session, qtbot):
    rows, before, wanted = risk.tornado.rows, session.project, []
    risk.field_wanted.connect(wanted.append)
    at, row = row_of(risk, PRICE)
    others = [each for each in rows.chart.rows if each.path != PRICE]
    zero, start = rows.chart.places(rows.width(), rows.theme).scale, grip(risk, PRICE, "high")
    qtbot.mousePress(rows, LEFT, pos=start)
    seen = []
    for by in (-4, -8, -12):
        qtbot.mouseMove(rows, start + QPoint(by, 0))
        seen.append(rows.chart.rows[at].at("high").number)
        assert abs(grip(risk, PRICE, "high").x() - (start.x() + by)) <= 2
        assert session.project == before  # nothing is searched anew while the mouse is down
    assert seen == sorted(set(seen), reverse=True)
    assert rows.chart.places(rows.width(), rows.theme).scale == zero
    assert [each for each in rows.chart.rows if each.path != PRICE] == others
    qtbot.mouseRelease(rows, LEFT, pos=start - QPoint(12, 0))
    assert wanted == []
    (low, high), price = ranges(session)[PRICE], session.value(PRICE)
    assert high == seen[-1] < row.at("high").number
    assert low == pytest.approx(row.at("low").number, rel=0.005)
    assert price == before.scenarios[0].price.usd_per_gpu_hour
    assert session.undo_stack.undoText() == f"Price ${low:.2f} to ${high:.2f}"
    shown(session)
    assert row_of(risk, PRICE)[1].whose == "yours"
    assert row_of(risk, PRICE)[1].at("high").number == high
    session.undo_stack.undo()
    assert session.project == before
    shown(session)
    assert row_of(risk, PRICE)[1].whose == "market"


def test_what_is_drawn_while_dragging_is_what_the_samples_then_say(risk, session, qtbot):
    at, _ = row_of(risk, PRICE)
    drag(risk, qtbot, PRICE, "high", 3, 6)
    drawn = risk.tornado.rows.chart.rows[at].at("high")
    shown(session)
    end = row_of(risk, PRICE)[1].at("high")
    assert end.number == drawn.number
    assert end.usd == pytest.approx(drawn.usd, rel=0.01)


@pytest.mark.parametrize("at", [0, 1])
def test_the_ends_of_the_widest_bar_can_be_dragged_outward(risk, session, qtbot, at: int):
    """It sets the scale, and has room beyond both its ends all the same."""
    widest = next(row for row in risk.tornado.rows.chart.rows if row.path)
    end = widest.ends[at]
    outward = -1 if end.usd < 0.0 else 1
    drag(risk, qtbot, widest.path, end.side, 4 * outward, 9 * outward)
    low, high = ranges(session)[widest.path]
    assert low < end.number if end.side == "low" else high > end.number
    shown(session)
    assert abs(row_of(risk, widest.path)[1].ends[at].usd) > abs(end.usd)


@pytest.mark.parametrize("side", ["low", "high"])
def test_an_end_stops_at_the_plans_value(risk, session, qtbot, side: Side):
    price, by = session.value(PRICE), -400 if side == "high" else 400
    drag(risk, qtbot, PRICE, side, by)
    low, high = ranges(session)[PRICE]
    assert low <= price <= high
    assert price == pytest.approx(high if side == "high" else low, rel=0.01)
    assert session.value(PRICE) == price


def test_a_click_on_a_bar_still_leads_to_its_input_and_a_click_on_an_end_changes_nothing(
    risk, session, qtbot
):
    wanted, before = [], session.project
    risk.field_wanted.connect(wanted.append)
    qtbot.mouseClick(risk.tornado.rows, LEFT, pos=grip(risk, PRICE, "high"))
    assert (wanted, session.project) == ([], before)
    middle = (grip(risk, PRICE, "high") + grip(risk, PRICE, "low")) / 2
    qtbot.mouseClick(risk.tornado.rows, LEFT, pos=middle)
    assert wanted == [PRICE]


def point_at(risk: RiskPage, qtbot, path: str) -> None:
    """Go to a row with the keys."""
    rows = risk.tornado.rows
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(len(rows.chart.rows)):
        qtbot.keyClick(rows, KEY.Key_Up)
    for _ in range(row_of(risk, path)[0]):
        qtbot.keyClick(rows, KEY.Key_Down)


def test_the_keys_choose_an_end_move_it_drop_the_range_and_stay_on_the_row(risk, session, qtbot):
    rows, before = risk.tornado.rows, session.project
    point_at(risk, qtbot, PRICE)
    high = row_of(risk, PRICE)[1].at("high").number
    qtbot.keyClick(rows, KEY.Key_Home)
    assert "low end" in rows.accessibleDescription()
    qtbot.keyClick(rows, KEY.Key_End)
    assert "high end" in rows.accessibleDescription()
    qtbot.keyClick(rows, KEY.Key_Right)
    first = ranges(session)[PRICE][1]
    assert first > high
    qtbot.keyClick(rows, KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert first < ranges(session)[PRICE][1] < first + (first - high) + 0.2
    shown(session)
    assert rows.hover == row_of(risk, PRICE)[0]
    qtbot.keyClick(rows, KEY.Key_Delete)
    assert ranges(session) == {}
    assert session.undo_stack.undoText() == "Price without a range"
    for _ in range(3):
        session.undo_stack.undo()
    assert session.project == before


def test_of_one_stages_input_the_range_is_kept_under_its_name(risk, session, qtbot):
    path = next(row.path for row in risk.tornado.rows.chart.rows if row.path.endswith("ablations.share"))
    drag(risk, qtbot, path, "high", -20)
    assert list(ranges(session)) == ["Ablations/ablations.share"]
    shown(session)
    drag(risk, qtbot, "Ablations/ablations.share", "high", -10)
    assert list(ranges(session)) == ["Ablations/ablations.share"]


def test_an_error_that_no_input_settles_has_no_grips_and_says_what_to_do(risk, session, qtbot):
    session.open(load_project(preset("distil-instead-of-rl"), session.catalog), None)
    shown(session)
    rows, before = risk.tornado.rows, session.project
    at, row = row_of(risk, "")
    assert "as a claim" in row.words
    places = rows.chart.places(float(rows.width()), rows.theme)
    assert all(places.side_at(at, places.end(at, end).x()) is None for end in row.ends)
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    point_at(risk, qtbot, "")
    qtbot.keyClick(rows, KEY.Key_Right)
    assert session.project == before

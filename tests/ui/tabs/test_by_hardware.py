"""Cost by hardware: ranked, chosen by mouse and keys, at a count or at a deadline."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from isocost.quantities import plain_spaces, shown_duration
from isocost.ui.plot.styles import series_of
from isocost.ui.tabs.plan.page import PlanPage
from tests.plan.curves import STYLES
from tests.ui.tabs.plans import FakeSession

LEFT = Qt.MouseButton.LeftButton


def row_text(page: PlanPage, row: int) -> str:
    model = page.by_hardware.ranking
    return plain_spaces(model.data(model.index(row), int(Qt.ItemDataRole.AccessibleTextRole)))


def click(page: PlanPage, row: int) -> None:
    view = page.by_hardware.list
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(page.by_hardware.ranking.index(row)).center())


def test_rows_are_ranked_by_cost(page: PlanPage):
    choices = page.by_hardware.ranking.rows
    assert len(choices) == 12
    assert [c.cost_usd for c in choices] == sorted(c.cost_usd for c in choices)
    assert row_text(page, 0) == "H800: $5.51M, 2,048 for 56 days"


def test_a_click_on_a_bar_plans_with_it(page: PlanPage, made_up: FakeSession):
    second = page.by_hardware.ranking.rows[1]
    click(page, 1)
    assert made_up.chosen == [(second.accelerator, second.count, None)]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_a_row_is_chosen_with_the_keyboard(page: PlanPage, made_up: FakeSession, key):
    view = page.by_hardware.list
    view.setFocus()
    view.setCurrentIndex(page.by_hardware.ranking.index(0))
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_Down)
    third = page.by_hardware.ranking.rows[2]
    QTest.keyClick(view, key)
    assert made_up.chosen == [(third.accelerator, third.count, None)]


def test_same_time_compares_at_the_plans_days_and_same_count_goes_back(page: PlanPage, made_up: FakeSession):
    days = made_up.answer.estimate.total.wall_days
    within = shown_duration(days)
    QTest.mouseClick(page.by_hardware.at_deadline, LEFT)
    assert within >= days
    assert made_up.deadline_days is None
    assert page.by_hardware.at_deadline.isChecked()
    assert plain_spaces(page.by_hardware.title.text()).startswith("Within 57 days: ")
    in_time = [c for c in page.by_hardware.ranking.rows if c.in_time]
    assert all(c.days <= within * 1.0001 for c in in_time)
    QTest.mouseClick(page.by_hardware.at_count, LEFT)
    assert page.by_hardware.title.text().startswith("At 2,048 each: ")


def test_what_is_too_slow_comes_last_and_says_so(page: PlanPage, made_up: FakeSession):
    made_up.deadline_days = 8.0
    last = len(page.by_hardware.ranking.rows) - 1
    assert row_text(page, last).endswith(", too slow")
    assert "too slow" not in row_text(page, 0)


def test_what_does_not_fit_comes_last_and_says_so(page: PlanPage, made_up: FakeSession):
    made_up.current_scenario.hardware.count = 40
    made_up.compute()
    assert row_text(page, 0).endswith(", does not fit")
    assert page.by_hardware.title.text() == "At 40 each: none will do"


def test_fewer_and_more_rows_follow_the_curves(page: PlanPage, made_up: FakeSession):
    made_up.names = ("h800-sxm", "b200")
    made_up.compute()
    assert page.by_hardware.ranking.rowCount() == 2
    made_up.names = ("h800-sxm", "b200", "h100-sxm", "gb200")
    made_up.compute()
    assert page.by_hardware.ranking.rowCount() == 4


def test_the_table_is_what_is_drawn(page: PlanPage):
    table = page.by_hardware.table()
    choices = page.by_hardware.ranking.rows
    assert [row[0] for row in table.rows] == [c.label for c in choices]
    assert [row[3] for row in table.rows] == [c.cost_usd for c in choices]
    assert plain_spaces(table.shown(0, 3)) == "$5.51M"


def test_the_description_reads_every_row(page: PlanPage):
    text = plain_spaces(page.by_hardware.accessibleDescription())
    for row in range(len(page.by_hardware.ranking.rows)):
        assert row_text(page, row) in text


def test_bars_are_painted_in_their_colours(page: PlanPage, theme):
    QApplication.processEvents()
    image = page.by_hardware.list.viewport().grab().toImage()
    choices = page.by_hardware.ranking.rows[:8]
    wanted = {series_of(theme, STYLES, choice.accelerator).line for choice in choices}
    seen = {
        image.pixelColor(x, y).name()
        for y in range(20, min(320, image.height()), 40)
        for x in range(130, 180)
    }
    assert wanted <= seen

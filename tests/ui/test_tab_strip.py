"""All seven tabs are in sight at every size of text, with the scenarios beside or below them."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QToolButton

from isocost.ui.header.ranges_switch import RangesSwitch
from isocost.ui.inputs.scenarios import ScenarioPicker
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset
from tests.ui.test_layout import type_larger


@pytest.mark.parametrize("larger", [0, 3, 4])
@pytest.mark.parametrize("page", [0, len(PAGES) - 2])
def test_every_tab_is_in_sight_beside_a_choice_of_scenarios(window, qtbot, larger, page):
    window.documents.open(preset("distil-instead-of-rl"))
    settle(window.session)
    type_larger(window, qtbot, larger)
    window.show_page(page)
    settle(window.session)
    QApplication.processEvents()
    assert window.width() == 1280
    tabs, picker = window.tabs, window.findChild(ScenarioPicker, "scenario")
    for place in range(tabs.count()):
        assert tabs.rect().contains(tabs.tabRect(place)), tabs.tabText(place)
    assert not any(each.isVisible() for each in tabs.findChildren(QToolButton))  # which scroll
    switch = window.findChild(RangesSwitch, "ranges")
    places = [QRect(each.mapTo(window, QPoint(0, 0)), each.size()) for each in (tabs, picker, switch)]
    assert picker.isVisible()
    assert switch.isVisible()
    assert not any(one.intersects(other) for one, other in combinations(places, 2))
    assert all(window.rect().contains(each) for each in places)
    assert (places[1].top() >= places[0].bottom()) == (larger == 4)


def test_a_click_on_each_tab_opens_its_page(window, qtbot):
    type_larger(window, qtbot, 3)
    for place in range(len(PAGES)):
        qtbot.mouseClick(window.tabs, Qt.MouseButton.LeftButton, pos=window.tabs.tabRect(place).center())
        assert window.pages.currentIndex() == place


def test_a_narrower_window_takes_the_choice_below(window, qtbot):
    window.documents.open(preset("distil-instead-of-rl"))
    settle(window.session)
    type_larger(window, qtbot, 3)
    picker = window.findChild(ScenarioPicker, "scenario")

    def is_below(width: int) -> bool:
        window.resize(width, 800)
        QApplication.processEvents()
        return picker.y() > window.tabs.geometry().bottom()

    assert not is_below(1280)
    assert is_below(window.minimumSizeHint().width())
    assert not is_below(1280)


def test_a_window_made_narrow_and_wide_again_has_room_for_every_name(window, qtbot):
    def rooms() -> list[int]:
        for _ in range(10):  # until what the layout asked for has come to rest
            QApplication.processEvents()
        return [window.tabs.tabRect(place).width() for place in range(window.tabs.count())]

    window.resize(1400, 900)
    wide = rooms()
    window.resize(800, 700)
    assert sum(rooms()) < sum(wide)
    window.resize(1400, 900)
    assert rooms() == wide


def test_a_long_name_is_cut_before_the_switch_loses_its_word(window, qtbot):
    window.session.duplicate_scenario(
        0, "Three trillion tokens by spring, told in a name longer than the strip is"
    )
    settle(window.session)
    QApplication.processEvents()
    picker, switch = window.findChild(ScenarioPicker, "scenario"), window.findChild(RangesSwitch, "ranges")
    assert picker.isVisible()
    assert switch.width() >= switch.wide(words=True)

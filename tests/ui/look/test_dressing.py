"""A change of theme or text size restyles what is in sight, and the rest when it is shown."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QStyledItemDelegate, QWidget

from isocost.ui.dialogs.about import AboutBox, KeyboardMap
from isocost.ui.dialogs.errors import error_box
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.inputs.pickers import _Entries as Entries
from isocost.ui.inputs.search import AcceleratorPicker, ModelPicker
from isocost.ui.look.theme import DARK, LIGHT
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import settle
from isocost.ui.widgets.cards.card import ChartCard
from tests.ui.conftest import preset

LEDGER = [page.title for page in PAGES].index("Ledger")


class StyleCount(QObject):
    """How often Qt restyled each widget."""

    def __init__(self) -> None:
        super().__init__()
        self.times: Counter[QObject] = Counter()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.StyleChange:
            self.times[watched] += 1
        return False


@pytest.fixture
def visited(window):
    """A window on its first page that has shown every other."""
    for page in (*range(len(window.views)), 0):
        window.show_page(page)
        settle(window.session)
        QApplication.processEvents()
    return window


def test_larger_text_restyles_no_widget_more_than_twice(visited):
    count = StyleCount()
    QApplication.instance().installEventFilter(count)
    visited.step_text(1)
    settle(visited.wardrobe)
    QApplication.instance().removeEventFilter(count)
    assert count.times
    assert max(count.times.values()) <= 2
    hidden = [page for page in map(visited.pages.widget, range(visited.pages.count())) if page.isHidden()]
    assert hidden
    assert not any(page is each or page.isAncestorOf(each) for page in hidden for each in count.times)


def test_closed_lists_are_not_measured_entry_by_entry(visited, monkeypatch):
    visited.show_page(LEDGER)
    inputs = visited.views[LEDGER].inputs
    for group in inputs.groups.values():
        group.fold.setChecked(True)
    QApplication.processEvents()
    lists = [each for each in inputs.findChildren(DropDown) if each.isVisible()]
    entries = sum(each.count() for each in lists)
    sized = 0
    size_hint = QStyledItemDelegate.sizeHint

    def count(delegate, option, index):
        nonlocal sized
        sized += 1
        return size_hint(delegate, option, index)

    monkeypatch.setattr(Entries, "sizeHint", count, raising=False)
    visited.step_text(1)
    settle(visited.wardrobe)
    assert entries > 200
    assert sized <= 4 * len(lists)


def test_the_longest_entry_of_a_list_has_its_room_when_it_opens(visited):
    visited.show_page(LEDGER)
    inputs = visited.views[LEDGER].inputs
    inputs.groups["site"].fold.setChecked(True)
    QApplication.processEvents()
    picker = inputs.groups["site"].choices["site.region"]
    picker.showPopup()
    view = picker.view()
    widest = max(view.sizeHintForIndex(view.model().index(row, 0)).width() for row in range(picker.count()))
    heights = {view.visualRect(view.model().index(row, 0)).height() for row in range(picker.count())}
    assert view.viewport().width() >= widest
    assert len(heights) == 1
    picker.hidePopup()


def test_a_hidden_page_is_in_the_theme_when_it_is_shown(visited):
    visited.choose_theme("dark")
    visited.step_text(1)
    settle(visited.wardrobe)
    visited.show_page(LEDGER)
    page = visited.views[LEDGER]
    assert page.waterfall.theme == visited.themes.theme
    assert page.inputs.subtitle.palette().color(QPalette.ColorRole.WindowText).name() == DARK.quiet
    assert page.inputs.subtitle.font().pixelSize() == visited.themes.theme.font("small").pixelSize()


def test_the_gallery_follows_when_it_is_shown(visited):
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    visited.show_gallery()
    settle(visited.gallery)
    QApplication.processEvents()  # the cards come after the window
    small = [each for each in visited.gallery.findChildren(QLabel) if each.property("role") == "small"]
    assert small
    assert {each.palette().color(QPalette.ColorRole.WindowText).name() for each in small} == {DARK.quiet}


def test_a_dialog_is_dressed_and_follows_while_it_is_open(visited):
    dialog = KeyboardMap(visited)
    dialog.show()
    keys = next(each for each in dialog.findChildren(QLabel) if each.property("role") == "fact")
    assert keys.font().weight() == 600
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    assert keys.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text
    visited.choose_theme("light")
    settle(visited.wardrobe)
    assert keys.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT.text
    dialog.close()


def around(widget: QWidget | None) -> list[QWidget]:
    """A widget and all it belongs to, across windows."""
    return [] if widget is None else [widget, *around(widget.parentWidget())]


def test_whatever_can_open_from_the_window_is_dressed(visited):
    visited.documents.open(preset("deepseek-chain"))  # of many kinds of stages, so that every input is seen
    for at in range(len(visited.session.current_scenario.stages)):
        visited.session.select_stage(at)
    visited.documents.open(preset("rent-or-buy-64-h100"))  # of several scenarios, the first one here
    settle(visited.session)
    visited.views[0].cost_time.show_table()
    visited.headline.doubt.wanted.emit("range")
    opening = [each for each in QApplication.allWidgets() if each.isWindow() and each is not visited]
    ours = [each for each in opening if visited in around(each)]
    assert {type(each).__name__ for each in ours} >= {"QMenu", "QTreeView", "TableDialog", "RangeCard"}
    assert [each for each in ours if not any(part.styleSheet() for part in around(each))] == []


@pytest.mark.parametrize("kind", [ModelPicker, AcceleratorPicker])
def test_a_list_to_choose_from_is_dressed_and_follows(visited, qtbot, kind):
    picker = visited.inputs.findChild(kind)
    for choice, step in (("dark", 1), ("light", 1)):
        visited.choose_theme(choice)
        visited.step_text(step)
        settle(visited.wardrobe)
        theme = visited.themes.theme
        picker.lineEdit().setFocus()
        qtbot.keyClick(picker.lineEdit(), Qt.Key.Key_Down)
        view = picker.list.view
        assert view.isVisible()
        assert view.header().font().pixelSize() == theme.px(11)
        assert view.verticalScrollBar().width() == 8
        assert view.grab().toImage().pixelColor(4, 4).name() == theme.panel
        assert view.font().pixelSize() == theme.px(13)
        qtbot.keyClick(view, Qt.Key.Key_Escape)


@pytest.mark.parametrize("kind", [AboutBox, KeyboardMap])
def test_buttons_of_dialogs_are_words_without_pictures(window, qtbot, kind):
    dialog = kind(window)
    qtbot.addWidget(dialog)
    (button,) = dialog.findChild(QDialogButtonBox).buttons()
    assert (button.text(), button.icon().isNull()) == ("Close", True)


def test_enter_closes_an_error_and_does_not_open_its_details(window, qtbot):
    box = error_box(window, "It is a folder.", "line\nline")
    qtbot.addWidget(box)
    assert box.defaultButton().text() == "Close"


class Paints(QObject):
    """Parts of a window that were painted, and whether the wardrobe was still at work."""

    def __init__(self, window) -> None:
        super().__init__()
        self._window = window
        self.seen: list[bool] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and watched.window() is self._window
        ):
            self.seen.append(self._window.wardrobe.busy)
        return False


def test_a_change_comes_part_by_part_and_is_seen_once_all_wear_it(visited):
    turns, paints = [], Paints(visited)
    QApplication.instance().installEventFilter(paints)
    visited.choose_theme("dark")
    while visited.wardrobe.busy:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
        turns.append(visited.headline.styleSheet())
    QApplication.processEvents()
    QApplication.instance().removeEventFilter(paints)
    assert len(turns) > 1
    assert paints.seen
    assert not any(paints.seen)
    picture = visited.grab().toImage()
    for part in (visited.headline, visited.inputs, visited.views[0]):
        corner = part.mapTo(visited, QPoint(3, part.height() - 3))
        assert picture.pixelColor(corner).lightness() < 60


def everything_open(window) -> None:
    """A chain whose every stage was selected, and the ledger with all its inputs unfolded."""
    window.documents.open(preset("deepseek-chain"))
    settle(window.session)
    for at in range(len(window.session.current_scenario.stages)):
        window.session.select_stage(at)
        settle(window.session)
    window.show_page(LEDGER)
    for group in window.views[LEDGER].inputs.groups.values():
        group.fold.setChecked(True)
    settle(window.session)


def test_no_turn_of_a_change_restyles_much_of_the_window(visited):
    everything_open(visited)
    count, turns = StyleCount(), []
    QApplication.instance().installEventFilter(count)
    visited.step_text(1)
    while visited.wardrobe.busy:
        count.times.clear()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
        turns.append(len(count.times))
    QApplication.instance().removeEventFilter(count)
    assert sum(turns) > 500
    assert max(turns) < 150


def test_a_large_page_that_comes_to_sight_is_dressed_part_by_part_as_well(visited):
    everything_open(visited)
    visited.show_page(0)
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    turns, paints, count = [], Paints(visited), StyleCount()
    for each in (paints, count):
        QApplication.instance().installEventFilter(each)
    visited.show_page(LEDGER)
    while visited.wardrobe.busy:
        turns.append(len(count.times))
        count.times.clear()
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 1)
    QApplication.processEvents()
    for each in (paints, count):
        QApplication.instance().removeEventFilter(each)
    assert max(turns) < 150
    assert paints.seen
    assert not any(paints.seen)
    assert visited.views[LEDGER].inputs.grab().toImage().pixelColor(12, 5).lightness() < 60


def test_inputs_of_other_stages_are_in_the_theme_when_they_come_to_sight(visited):
    everything_open(visited)
    hidden = [each for each in visited.inputs.recipe.groups.values() if not each.isVisible()]
    count = StyleCount()
    QApplication.instance().installEventFilter(count)
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    QApplication.instance().removeEventFilter(count)
    assert hidden
    assert not any(group.isAncestorOf(each) for group in hidden for each in count.times)
    told = set()
    for at in range(len(visited.session.current_scenario.stages)):
        visited.session.select_stage(at)
        shown = [each for group in hidden if group.isVisible() for each in group.findChildren(QLabel)]
        told |= {each.palette().color(QPalette.ColorRole.WindowText).name() for each in shown}
    assert told == {DARK.text, DARK.quiet}


def test_hidden_pages_are_dressed_again_while_nothing_else_is_to_be_done(window, qtbot):
    window.make_ahead()
    for choice, theme in (("dark", DARK), ("light", LIGHT)):
        window.choose_theme(choice)

        def dressed(theme=theme) -> bool:
            page = window.pages.widget(LEDGER)
            cards = [*page.findChildren(ChartCard)]
            return bool(cards) and all(
                each.title.palette().color(QPalette.ColorRole.WindowText).name() == theme.text
                and theme.panel in each.parentWidget().styleSheet()
                for each in cards
            )

        qtbot.waitUntil(dressed, timeout=20_000)
        assert window.pages.currentIndex() != LEDGER
        assert window.pages.widget(LEDGER).isHidden()


def test_a_window_that_was_about_to_paint_paints_after_a_change(visited):
    paints = Paints(visited)
    visited.update()
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    QApplication.processEvents()
    QApplication.instance().installEventFilter(paints)
    visited.update()
    QApplication.processEvents()
    QApplication.instance().removeEventFilter(paints)
    assert paints.seen


def test_what_is_made_ahead_is_dressed_before_it_is_shown(window):
    hidden = [at for at in range(len(window.page_titles)) if at != window.tabs.currentIndex()]
    while window.views.make_next():
        pass
    titles = [each.title for at in hidden for each in window.views[at].findChildren(ChartCard)]
    assert not any(part.styleSheet() for each in titles for part in around(each))
    while window.wardrobe.dress_ahead():
        pass
    assert titles
    assert all(any(part.styleSheet() for part in around(each)) for each in titles)
    window.choose_theme("dark")
    settle(window.wardrobe)
    for at in hidden:
        window.show_page(at)
        settle(window.session)
        page = window.pages.currentWidget()
        sheets = {part.styleSheet() for card in page.findChildren(ChartCard) for part in around(card.title)}
        assert sheets - {""} == {window.headline.styleSheet()}


def test_another_stage_has_its_inputs_in_the_theme(visited):
    visited.choose_theme("dark")
    settle(visited.wardrobe)
    visited.documents.open(preset("deepseek-chain"))
    settle(visited.session)
    for at in range(len(visited.session.current_scenario.stages)):
        visited.session.select_stage(at)
        settle(visited.session)
        seen = [each for each in visited.inputs.findChildren(QLabel) if each.isVisibleTo(visited)]
        assert min(each.palette().color(QPalette.ColorRole.WindowText).lightness() for each in seen) > 100


def test_what_comes_with_an_answer_is_in_the_theme(window):
    window.choose_theme("dark")
    settle(window.wardrobe)
    window.documents.open(preset("lora-70b-one-node"))  # why its stage takes what it takes is known later
    settle(window.session)
    told = [each for each in window.inputs.why.findChildren(QLabel) if each.isVisible()]
    assert told
    assert min(each.palette().color(QPalette.ColorRole.WindowText).lightness() for each in told) > 100
    assert {each.font().pixelSize() for each in told if each.property("role") == "fact"} == {
        window.themes.theme.font("body").pixelSize()
    }


def test_a_figure_and_the_palette_follow_while_they_are_open(window):
    window.explain("total.cost_usd")
    window.asides.find_anything()
    for choice, theme in (("dark", DARK), ("light", LIGHT)):
        window.choose_theme(choice)
        settle(window.wardrobe)
        for name in ("explain", "palette.card"):
            part = window.findChild(QWidget, name)
            told = [each for each in part.findChildren(QLabel) if each.isVisible()]
            colours = {each.palette().color(QPalette.ColorRole.WindowText).name() for each in told}
            assert told
            assert colours <= {theme.text, theme.quiet, theme.accent}, name
            ground = part.grab().toImage().pixelColor(part.width() // 2, 4).name()
            assert ground == theme.panel, name

"""A change of theme or text size restyles what is in sight, and the rest when it is shown."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QLabel

from isocost.ui.dialogs.about import KeyboardMap
from isocost.ui.look.theme import DARK, LIGHT
from isocost.ui.screenshot import settle

LEDGER = 2


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
    QApplication.instance().removeEventFilter(count)
    assert count.times
    assert max(count.times.values()) <= 2
    hidden = [page for page in map(visited.pages.widget, range(visited.pages.count())) if page.isHidden()]
    assert hidden
    assert not any(page is each or page.isAncestorOf(each) for page in hidden for each in count.times)


def test_a_hidden_page_is_in_the_theme_when_it_is_shown(visited):
    visited.choose_theme("dark")
    visited.step_text(1)
    visited.show_page(LEDGER)
    page = visited.views[LEDGER]
    assert page.waterfall.theme == visited.themes.theme
    assert page.inputs.subtitle.palette().color(QPalette.ColorRole.WindowText).name() == DARK.quiet
    assert page.inputs.subtitle.font().pixelSize() == visited.themes.theme.font("small").pixelSize()


def test_the_gallery_follows_when_it_is_shown(visited):
    visited.choose_theme("dark")
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
    assert keys.palette().color(QPalette.ColorRole.WindowText).name() == DARK.text
    visited.choose_theme("light")
    assert keys.palette().color(QPalette.ColorRole.WindowText).name() == LIGHT.text
    dialog.close()

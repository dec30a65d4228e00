"""Each test of an opened window has one that no test before it touched."""

from __future__ import annotations

import pytest

from isocost.ui.screenshot import settle
from isocost.ui.speaking import settings

MARK = "left-behind"


@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_leaves_behind_reaches_no_other(window, home, time):
    assert window.windowTitle() == "A startup's 7B[*] — Isocost"
    assert window.session.undo_stack.count() == 0
    assert window.tabs.currentIndex() == 0
    assert window.themes.choice == "light"
    assert settings().value(MARK) is None
    assert not (home / MARK).exists()
    window.session.set_value("data.tokens", 1e12, "More tokens")
    window.show_page(2)
    window.choose_theme("dark")
    settle(window.session)
    stored = settings()
    stored.setValue(MARK, time)
    stored.sync()
    (home / MARK).touch()

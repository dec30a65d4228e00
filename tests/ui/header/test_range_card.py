"""A click on how sure the answer is: what the range is made of."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel


def test_a_click_on_the_range_opens_its_parts(window, qtbot):
    label = window.headline.doubt
    assert "Median; 8 chances in 10: " in label.text()
    qtbot.mouseMove(label, QPoint(20, label.height() // 2))
    qtbot.mouseClick(label, Qt.MouseButton.LeftButton, pos=QPoint(20, label.height() // 2))
    qtbot.waitUntil(lambda: _card(window) is not None)
    card = _card(window)
    said = [each.text() for each in card.findChildren(QLabel)]
    assert {"Step model", "Whole-run waste", "Price of H100", "Goodput"} <= set(said)
    assert any(" to $" in each for each in said)
    qtbot.keyClick(card, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: _card(window) is None)


def _card(window):
    return next((each for each in window.findChildren(object, "headline.range") if each.isVisible()), None)

"""Inputs keep their places: while a slider is dragged, and whether or not there is something to scroll."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from isocost.ui.screenshot import settle
from isocost.ui.tabs.ledger.page import LedgerPage
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.window import Window

LEFT = Qt.MouseButton.LeftButton


def dragged(window: Window, path: str, fields: list[QWidget]) -> None:
    """Drag a slider from end to end; every field stays where it is."""
    slider = window.findChild(LogSlider, f"{path}.slider")
    middle = slider.height() // 2
    before = [each.geometry() for each in fields]
    captions = {window.findChild(WrapLabel, f"{path}.context").whole}
    QTest.mousePress(slider, LEFT, pos=QPoint(8, middle))
    for x in range(8, slider.width() - 8, 24):
        QTest.mouseMove(slider, QPoint(x, middle))
        settle(window.session)
        captions.add(window.findChild(WrapLabel, f"{path}.context").whole)
        assert [each.geometry() for each in fields] == before
    QTest.mouseRelease(slider, LEFT, pos=QPoint(slider.width() - 8, middle))
    assert len(captions) > 1


def test_nothing_moves_while_a_slider_of_the_column_is_dragged(window: Window):
    shown = [each for each in window.inputs.fields.values() if each.isVisible()]
    dragged(window, "hardware.count", shown)


def test_nothing_moves_while_a_slider_of_the_ledger_is_dragged(window: Window):
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    QApplication.processEvents()
    ledger = next(view for view in window.views if isinstance(view, LedgerPage))
    dragged(window, "people.heads", list(ledger.inputs.groups["people"].fields.values()))


def test_the_right_margin_is_the_same_with_and_without_a_scroll_bar(window: Window):
    widths = set()
    bar = window.inputs.verticalScrollBar()
    scrolled = set()
    for height in (700, 1800):
        window.resize(1280, height)
        QApplication.processEvents()
        widths.add(window.inputs.fields["hardware.count"].width())
        scrolled.add(bar.maximum() > 0)
    assert scrolled == {True, False}
    # Qt counts the column's one border twice where nothing scrolls.
    assert max(widths) - min(widths) <= 1


def test_reset_arrows_stand_at_the_end_of_their_slider_everywhere(window: Window):
    window.show_page(window.page_titles.index("Ledger"))
    settle(window.session)
    ledger = next(view for view in window.views if isinstance(view, LedgerPage))
    for field in (
        window.inputs.fields["hardware.count"],
        ledger.inputs.groups["people"].fields["people.heads"],
    ):
        arrow, slider = field.reset_button.geometry(), field.slider.geometry()
        assert arrow.left() > slider.right()
        assert abs(arrow.center().y() - slider.center().y()) <= 3


def test_a_caption_keeps_its_height_and_shows_a_whole_problem(qtbot):
    label = WrapLabel(lines=2)
    qtbot.addWidget(label)
    label.resize(120, 40)
    label.show()
    label.say("short")
    height = label.sizeHint().height()
    long = "a caption of very many words that has no room in two lines of this width"
    label.say(long)
    assert label.sizeHint().height() == height
    assert label.shortened
    assert label.text().endswith("…")
    assert label.whole == long
    label.say(long, in_full=True)
    assert label.sizeHint().height() > height
    assert not label.shortened

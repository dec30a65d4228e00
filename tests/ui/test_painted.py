"""Painted words: none runs over others, out of its room or out of its picture, at any size of text."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QApplication, QLabel, QScrollArea, QWidget

from isocost.ui.dialogs.about import KeyboardMap
from isocost.ui.look.theme import LIGHT
from isocost.ui.own.dialogs import MADE_BY
from isocost.ui.plot.base import font_of
from isocost.ui.plot.chart import ChartWidget
from isocost.ui.screenshot import settle
from isocost.ui.tabs.fit.layouts import LayoutsCard
from isocost.ui.tabs.scale import counts, wins_chart
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.window import Window
from tests.ui.conftest import preset
from tests.ui.own.dialogs import opened

Words = tuple[QWidget, str, QRectF]
PRESETS = ("rent-or-buy-64-h100", "startup-7b", "deepseek-r1-first-principles")
SLACK = 2.0
"""Pixels around letters that another's may touch."""


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[Words]:
    """What is painted from now on by our own hand, with the part it is painted on and where."""
    found: list[Words] = []
    draw = QPainter.drawText

    def painted(self: QPainter, *arguments: object) -> object:
        device, text = self.device(), next((each for each in arguments if isinstance(each, str)), "")
        if isinstance(device, QWidget) and text and (place := place_of(self, arguments, text)) is not None:
            found.append((device, text, place))
        return draw(self, *arguments)

    monkeypatch.setattr(QPainter, "drawText", painted)
    return found


def place_of(painter: QPainter, arguments: tuple[object, ...], text: str) -> QRectF | None:
    """Where letters stand on their part; None where that is not told."""
    metrics, place = QFontMetricsF(painter.font()), arguments[0]
    if isinstance(place, QRect | QRectF):
        flags = next((int(each) for each in arguments[1:] if isinstance(each, int | Qt.AlignmentFlag)), 0)
        at = metrics.boundingRect(QRectF(place), flags, text)
    elif isinstance(place, QPoint | QPointF):
        high = 0.75 * metrics.ascent()
        at = QRectF(place.x(), place.y() - high, metrics.horizontalAdvance(text), high)
    else:
        return None
    return painter.combinedTransform().mapRect(at)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", PRESETS)
def test_no_painted_words_run_over_others(make, qtbot, words, name, scale):
    window: Window = make()
    window.resize(1280, 800)
    window.themes.set_scale(scale)
    window.documents.open(preset(name))
    window.show()
    qtbot.waitExposed(window)
    window.load_pages()
    for at, title in enumerate(window.page_titles):
        window.show_page(at)
        for _ in range(3):
            settle(window.session)
            QApplication.processEvents()
        words.clear()
        window.pages.currentWidget().grab()
        for part in window.pages.currentWidget().findChildren(QWidget):
            own = [(text, place) for device, text, place in words if device is part]
            assert over_each_other(own) == [], (title, part.objectName())


def over_each_other(words: list[tuple[str, QRectF]]) -> list[tuple[str, str]]:
    """Pairs of words of which one stands on the other; what is painted twice at one place is one."""
    near = [(text, place.adjusted(1, SLACK, -1, -SLACK)) for text, place in words]
    return [
        (one, other)
        for (one, here), (other, there) in combinations(near, 2)
        if (one, here) != (other, there) and (met := here.intersected(there)).width() > 2 and met.height() > 2
    ]


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", ["lora-70b-one-node", "deepseek-r1-first-principles"])
def test_no_badge_is_cut(window, name, scale):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    window.documents.open(preset(name))
    at = window.page_titles.index("Ledger")
    window.show_page(at)
    for _ in range(3):
        settle(window.session)
        QApplication.processEvents()
    area = window.views[at].findChild(QScrollArea)
    assert area is not None
    badges = [each for each in area.findChildren(QLabel) if each.property("role") == "badge"]
    assert badges
    for badge in badges:
        wide = max(badge.fontMetrics().horizontalAdvance(line) for line in badge.text().split("\n"))
        assert wide + 22 <= badge.width(), badge.text()
        assert badge.height() >= badge.sizeHint().height()
        assert badge.text().replace("\n", " ") == badge.accessibleName()


def test_a_price_and_its_age_of_years_stand_apart(window, words):
    window.documents.open(preset("gpt-3-175b"))
    at = window.page_titles.index("Compare")
    window.show_page(at)
    for _ in range(3):
        settle(window.session)
        QApplication.processEvents()
    rows = window.views[at].suppliers.list.viewport()
    words.clear()
    rows.grab()
    said = {text: place for part, text, place in words if part is rows}
    price, age = said["$1.16"], next(place for text, place in said.items() if text.startswith("2,4"))
    assert abs(price.center().y() - age.center().y()) < 2
    assert age.left() - price.right() >= 8


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_every_key_can_be_read_on_a_small_screen(window, qtbot, scale):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    dialog = KeyboardMap(window)
    qtbot.addWidget(dialog)
    dialog.show()
    QApplication.processEvents()
    room = dialog.screen().availableSize()
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()
    viewport = dialog.area.viewport()
    for label in dialog.area.findChildren(QLabel):
        assert label.x() >= 0
        assert label.x() + label.sizeHint().width() <= viewport.width(), label.text()
    assert dialog.area.verticalScrollBar().maximum() >= dialog.area.widget().height() - viewport.height()


@pytest.mark.parametrize("name", MADE_BY)
def test_no_dialog_is_higher_than_a_small_screen_at_twice_the_text(window, qtbot, name):
    window.themes.set_scale(2.0)
    settle(window.wardrobe)
    dialog = opened(window, name)
    assert dialog.height() <= 800
    assert dialog.width() <= 1280


@pytest.mark.parametrize("plan", ["Plan", "the plan", "il piano"])
def test_the_winner_s_name_keeps_apart_from_the_plan_s(make, qtbot, words, monkeypatch, plan):
    say = wins_chart.tr
    monkeypatch.setattr(wins_chart, "tr", lambda text, **values: plan if text == "the plan" else say(text))
    window: Window = make()
    window.resize(1280, 800)
    window.documents.open(preset("api-or-own"))
    window.show()
    qtbot.waitExposed(window)
    window.load_pages()
    window.session.select_stage(1)
    at = window.page_titles.index("Scale")
    window.show_page(at)
    for _ in range(3):
        settle(window.session)
        QApplication.processEvents()
    chart = window.views[at].findChild(QWidget, "scale.wins.plot")
    words.clear()
    chart.grab()
    said = {text: place for part, text, place in words if part is chart}
    named = said.pop(plan)
    beside = [text for text, place in said.items() if place.adjusted(-6, 0, 6, 0).intersects(named)]
    assert beside == []


def test_no_label_of_an_axis_of_counts_is_cut_at_its_left(window, words, monkeypatch):
    """Half of "12 hours" is another time."""
    long = ("12 hours, long", "3 months, long")
    monkeypatch.setattr(counts, "LONGEST_TIMES", long)
    window.documents.open(preset("lora-70b-one-node"))
    at = window.page_titles.index("Scale")
    window.show_page(at)
    for _ in range(3):
        settle(window.session)
        QApplication.processEvents()
    chart = window.views[at].findChild(QWidget, "scale.counts.plot")
    words.clear()
    chart.grab()
    axis = [place for part, text, place in words if part is chart and text.startswith(("12 hours", "1 hour"))]
    assert axis
    wide = max(QFontMetricsF(font_of(LIGHT, "quiet")).horizontalAdvance(each) for each in long)
    assert min(place.right() for place in axis) >= wide


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", ["llama-3.1-405b", "palm-540b"])
def test_no_finding_is_shortened_and_what_is_pinned_is_whole(window, name, scale):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    window.documents.open(preset(name))
    for title in ("Scale", "Fit", "Risk"):
        window.show_page(window.page_titles.index(title))
        for _ in range(3):
            settle(window.session)
            QApplication.processEvents()
        shown = [each for each in window.findChildren(ChartCard) if each.isVisible()]
        assert shown
        assert [card.title.text() for card in shown if card.title.shortened] == []
        for card in shown:
            if isinstance(card, LayoutsCard):
                assert not card.pins.shortened
                assert card.release.width() >= card.release.sizeHint().width()
                assert card.rect().contains(card.launch.geometry())


@pytest.mark.parametrize("name", ["startup-7b", "deepseek-r1", "deepseek-chain"])
def test_every_chart_is_painted_at_any_size(window, name):
    """A part that is about to find its place may be painted while it has hardly any room."""
    window.documents.open(preset(name))
    charts: dict[str, ChartWidget] = {}
    for at in range(len(window.page_titles)):
        window.show_page(at)
        settle(window.session)
        QApplication.processEvents()
        charts |= {each.objectName(): each for each in window.findChildren(ChartWidget)}
    assert len(charts) > 8
    for size in product((0, 1, 7, 40, 300), repeat=2):
        picture = QImage(400, 400, QImage.Format.Format_RGB32)
        for chart in charts.values():
            painter = QPainter(picture)
            try:
                chart.chart.paint(painter, QRectF(0.0, 0.0, *size), chart.theme, None)
            finally:
                painter.end()

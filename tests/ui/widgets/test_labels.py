"""Texts without room end or break so that every number that is seen is the whole one."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from isocost.ui.look.theme import LIGHT
from isocost.ui.widgets.cards.card import TITLE_LINES, CardTitle, ChartCard
from isocost.ui.widgets.labels import WrapLabel, shorten

TITLES = (
    "Told $294K, within the range of our $297K",
    "A at 8 prices: $66.61 to $363.86; Crusoe saves $6,431",
    "RTX A5000 wins; RTX 4090 below about $0.25",
    "3.8 h, $3.89: 8 MI355X, $37.06 (TensorWave, 2026-09-28)",
    "Up to 44.1 % of 512 GPUs, 147,336 GPU-hours at €2,50",
)

NUMBERS = r"[$€]?[\d.,-]*\d[\w%]*"


@pytest.fixture
def metrics(qapp: QApplication) -> QFontMetrics:
    """Of a card's title."""
    return QFontMetrics(LIGHT.font("card"))


@pytest.mark.parametrize("text", TITLES)
def test_no_width_cuts_a_number(text, metrics):
    whole = set(re.findall(NUMBERS, text))
    for width in range(40, metrics.horizontalAdvance(text) + 2):
        shown = shorten(text, metrics, width)
        assert metrics.horizontalAdvance(shown) <= width + 1  # as Qt rounds
        assert set(re.findall(NUMBERS, shown.rstrip("…"))) <= whole, shown
        assert text.startswith(shown.removesuffix("…"))
    assert shown == text


@pytest.mark.usefixtures("qapp")
@given(st.text("ab 1.,$%", max_size=30), st.integers(0, 200))
def test_what_is_shown_is_the_beginning_of_the_text(text, width):
    metrics = QFontMetrics(LIGHT.font("card"))
    shown = shorten(text, metrics, width)
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1])) or not shown


@pytest.fixture
def title(qtbot) -> Iterator[CardTitle]:
    """A title that is as high as it asks to be, in a box of 300 pixels."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    made = CardTitle()
    made.setFont(LIGHT.font("card"))
    row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
    row.setStretch(0, 1)
    # As narrow as breaks the shortest title, whatever font the machine has.
    box.resize(min(300, min(map(made.fontMetrics().horizontalAdvance, TITLES[:3])) - 12), 80)
    qtbot.addWidget(box)
    box.show()
    qtbot.waitExposed(box)
    yield made
    box.close()


@pytest.mark.parametrize("text", TITLES[:3])
def test_a_title_takes_a_second_line_rather_than_lose_its_number(title, text):
    title.say("Short")
    QApplication.processEvents()
    low = title.height()
    title.say(text)
    QApplication.processEvents()
    metrics = title.fontMetrics()
    assert len(title.lines) == 2
    assert not title.shortened
    assert title.toolTip() == ""
    assert title.height() >= 2 * metrics.lineSpacing() > low
    lengths = [metrics.horizontalAdvance(each) for each in title.lines]
    assert max(lengths) <= title.width()
    assert min(lengths) > max(lengths) / 3  # no figure alone on a line


def test_a_title_of_two_lines_breaks_where_it_pauses_not_within_a_name(title):
    for text, first in (
        (TITLES[1], "A at 8 prices: $66.61 to $363.86;"),
        (TITLES[2], "RTX A5000 wins;"),
        ("76.9 of 79.6 GiB: probably fits, 2.7 GiB free", "76.9 of 79.6 GiB:"),
    ):
        metrics = title.fontMetrics()
        pieces = max(metrics.horizontalAdvance(each) for each in (first, text[len(first) + 1 :]))
        title.resize(pieces + 2, 80)
        title.say(text)
        assert title.lines == [first, text[len(first) + 1 :]]


def test_a_title_does_not_jump_back_while_it_changes(title, qtbot):
    title.say(TITLES[0])
    QApplication.processEvents()
    high = title.height()
    title.say("Short")
    QApplication.processEvents()
    assert title.height() == high
    qtbot.waitUntil(lambda: title.height() < high, timeout=5000)


def test_a_title_longer_than_any_finding_ends_in_an_ellipsis_and_has_a_tip(title):
    text = " and ".join((*TITLES, *TITLES))
    title.say(text)
    assert len(title.lines) == TITLE_LINES
    assert title.lines[-1].endswith("…")
    assert title.toolTip() == text


def test_how_a_chart_is_read_stands_on_two_lines_where_one_is_too_short(qtbot):
    """The star's meaning and whose price varies are at its end."""
    card = ChartCard("card")
    card.apply_theme(LIGHT)
    qtbot.addWidget(card)
    words = "Cheapest. * one supplier or guessed speed. Hatched: not certain. Only H100's price varies."
    card.say("MI355X wins", words, words)
    card.resize(card.subtitle.fontMetrics().horizontalAdvance(words) * 2 // 3, 300)
    card.show()
    qtbot.waitExposed(card)
    assert len(card.subtitle.lines) == 2
    assert not card.subtitle.shortened
    assert card.subtitle.height() >= 2 * card.subtitle.fontMetrics().lineSpacing()


@pytest.mark.parametrize("size", range(9, 50))
def test_every_line_of_a_broken_text_is_painted_whole(qtbot, size):
    """The tails of the last one too, within the height that is asked for."""
    words = " ".join(["gjpqy"] * 7)
    label = WrapLabel()
    font = LIGHT.font("body")
    font.setPixelSize(size)
    label.setFont(font)
    qtbot.addWidget(label)
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    label.say(words)
    label.show()
    label.resize(label.fontMetrics().horizontalAdvance("gjpqy") + 4, 10)
    assert label.text().count("\n") == 6
    asked = label.sizeHint().height()
    label.resize(label.width(), 2 * asked)
    seen = label.grab().toImage()
    ground = seen.pixel(0, seen.height() - 1)
    inked = [y for y in range(seen.height()) if any(seen.pixel(x, y) != ground for x in range(seen.width()))]
    assert max(inked) < asked


def test_a_word_that_has_no_room_in_a_line_is_broken_and_all_of_it_shows(qtbot):
    address = "https://web.archive.org/web/20250303170410/https://www.example.org/cloud"
    label = WrapLabel()
    qtbot.addWidget(label)
    label.resize(160, 200)
    label.say(f"read at {address} (in March)")
    label.show()
    lines = label.text().split("\n")
    assert max(label.fontMetrics().horizontalAdvance(line) for line in lines) <= label.width()
    assert address in label.text().replace("\n", "")
    assert not label.shortened
    assert label.accessibleName() == f"read at {address} (in March)"

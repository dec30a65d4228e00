"""Colours people can read, and one switch for all of them."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtGui import QColor, QFontInfo, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from isocost.ui.look.stylesheet import about
from isocost.ui.look.theme import DARK, FAMILY, LIGHT, Dress, ThemeManager


def luminance(colour: str) -> float:
    parts = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
class TestContrast:
    """WCAG 2.2 AA: 4.5:1 for text, 3:1 for what carries meaning without text."""

    @pytest.mark.parametrize("ground", ["window", "panel", "field"])
    @pytest.mark.parametrize("ink", ["text", "quiet", "fine", "care", "stop"])
    def test_text(self, theme, ground, ink):
        assert contrast(getattr(theme, ground), getattr(theme, ink)) >= 4.5

    def test_text_on_the_accent(self, theme):
        assert contrast(theme.accent, theme.on_accent) >= 4.5

    def test_labels_of_series(self, theme):
        assert all(contrast(theme.panel, each.text) >= 4.5 for each in theme.series)

    def test_the_slider_against_its_track_and_ground(self, theme):
        assert contrast(theme.accent, theme.panel) >= 3
        assert contrast(theme.accent, theme.track) >= 3

    def test_series_differ_in_colour_or_dash(self, theme):
        for one, other in itertools.combinations(theme.series, 2):
            assert (one.line, one.dash) != (other.line, other.dash)


@pytest.fixture
def themes(qapp):
    return ThemeManager("light")


def test_switching_restyles_what_exists_at_once(themes, qtbot):
    part = QWidget()
    qtbot.addWidget(part)
    plain, quiet = QLabel("7B", part), QLabel("a note", part)
    quiet.setProperty("role", "quiet")
    dress = Dress(part)
    themes.follow(dress.wear)
    part.show()
    with qtbot.waitSignal(themes.changed) as said:
        themes.choose("dark")
    assert said.args[0].name == "dark"
    for label, ink in ((plain, DARK.text), (quiet, DARK.quiet)):
        assert label.palette().color(QPalette.ColorRole.WindowText).name() == ink


def test_a_part_is_put_into_a_theme_once(themes, qtbot):
    part, drawn = QWidget(), []
    qtbot.addWidget(part)
    dress = Dress(part, drawn.append)
    assert dress.wear(LIGHT)
    assert not dress.wear(LIGHT)
    assert dress.wear(DARK)
    assert drawn == [LIGHT, DARK]


def test_a_follower_is_told_now_and_at_every_change(themes):
    seen = []
    themes.follow(lambda theme: seen.append(theme.name))
    themes.choose("dark")
    themes.choose("dark")
    themes.choose("light")
    assert seen == ["light", "dark", "light"]


def test_larger_text_scales_every_font(themes):
    small = themes.theme.font("headline").pixelSize()
    themes.set_scale(2.0)
    assert themes.theme.font("headline").pixelSize() == 2 * small


def test_the_bundled_font_is_used_with_digits_of_one_width(themes, qtbot):
    label = QLabel()
    qtbot.addWidget(label)
    font = themes.theme.font()
    assert QFontInfo(font).family() == FAMILY
    label.setFont(font)
    widths = {label.fontMetrics().horizontalAdvance(digit) for digit in "0123456789"}
    assert len(widths) == 1


@pytest.mark.parametrize("role", ["headline", "section", "quiet", "card", "badge", "verdict"])
def test_a_lone_label_looks_as_it_does_among_others(qtbot, role):
    labels, grounds = [], [QWidget(), QWidget()]
    for ground in grounds:
        qtbot.addWidget(ground)
        labels.append(QLabel("384 accelerators", ground))
        labels[-1].setProperty("role", role)
        labels[-1].resize(200, 40)
    for part in (labels[0], grounds[1]):
        Dress(part).wear(LIGHT)
    assert len(labels[0].styleSheet()) < len(grounds[1].styleSheet()) / 2
    drawn = [each.grab().toImage() for each in labels]
    assert drawn[0] == drawn[1]


def test_rules_about_some_classes_are_those_whose_last_place_names_one():
    sheet = 'QLabel[role="card"], QDialog { a: b; }\nQLabel QTableView { c: d; }\nQTableView::item { e: f; }'
    assert about(sheet, ("QLabel",)) == 'QLabel[role="card"], QDialog { a: b; }\n'
    assert about(sheet, ("QTableView",)) == "QLabel QTableView { c: d; }\nQTableView::item { e: f; }"

"""The tour asks before it tells, by keys alone; it can be skipped, and begun again."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from isocost.plan.answer.estimate import estimate
from isocost.ui.screenshot import settle
from isocost.ui.speaking import settings
from isocost.ui.tour.card import APART, beside
from isocost.ui.tour.tour import Tour
from tests.ui.conftest import preset
from tests.ui.test_layout import assert_whole, labels

KEY = Qt.Key


@pytest.fixture
def first(window, qtbot):
    """A window as it is at the first start."""
    window.motion.choose("reduced")
    window.show_first()
    come(window)
    activate(window, qtbot)
    return window


def activate(window, qtbot) -> None:
    """Let the window have the keyboard: one of another test may still be on its way out."""

    def active() -> bool:
        window.activateWindow()
        return window.isActiveWindow()

    qtbot.waitUntil(active)


def come(window) -> None:
    """Wait for all that is computed and shown."""
    settle(window.gallery)
    settle(window.session)
    QTest.qWait(80)  # until the card has looked where it is to be
    settle(window.session)


def guess(window, qtbot, text: str) -> None:
    """Type a guess where the keyboard is, and Enter."""
    qtbot.keyClicks(window.focusWidget(), text)
    qtbot.keyClick(window.focusWidget(), KEY.Key_Return)
    come(window)


def go_on(window, qtbot) -> None:
    qtbot.keyClick(window.focusWidget(), KEY.Key_Space)
    come(window)


def place(part, window) -> QRect:
    return QRect(part.mapTo(window, QPoint(0, 0)), part.size())


def assert_beside(tour: Tour, window) -> None:
    """The card is in sight, whole, and leaves what it points at free."""
    card = place(tour.card, window)
    assert tour.card.isVisible()
    assert window.rect().contains(card)
    assert not card.intersects(place(tour.target, window))
    assert place(tour.ring, window).contains(place(tour.target, window).intersected(window.rect()))
    for label in labels(tour.card):
        assert_whole(label)


def test_r1_is_computed_behind_the_presets_at_the_first_start(first):
    assert first.gallery.isVisible()
    assert first.session.project.name == "DeepSeek-R1, as claimed"
    assert first.headline.isVisible()
    assert "$295K" in first.headline.sentence.text()
    opened = [card for card in first.gallery.cards if "open behind" in card.accessibleName()]
    assert [card.preset.path.stem for card in opened] == ["deepseek-r1"]


def test_the_answer_is_nowhere_before_a_guess(first, qtbot):
    tour = first.asides.tour
    told = {card.preset.path.stem: card for card in first.gallery.cards}
    whole = told["deepseek-r1-with-base"]
    assert whole.preset.price not in " ".join(each.text() for each in labels(whole))
    assert whole.preset.price not in whole.accessibleName()
    assert whole.accessibleDescription() == whole.toolTip() == ""
    tour.banner.line.setFocus()
    qtbot.keyClick(tour.banner.line, KEY.Key_Return)  # no guess, no answer
    QTest.qWait(0)
    assert "Type a guess" in tour.banner.how.whole
    assert tour.banner.line.isVisible()
    guess(first, qtbot, "20 %")
    assert "5.0" in tour.banner.how.whole
    assert "You said 20" in tour.banner.verdict.text()
    assert whole.preset.price in " ".join(each.text() for each in labels(whole))


def test_the_whole_tour_by_keys(first, qtbot):
    tour, session = first.asides.tour, first.session
    tour.banner.line.setFocus()
    guess(first, qtbot, "20%")
    go_on(first, qtbot)
    assert first.plan.isVisible()
    assert session.project.name == "A startup's 7B"
    assert first.focusWidget() is tour.card.line
    assert_beside(tour, first)
    assert tour.target is first.inputs.fields["hardware.count"]
    before = session.project
    guess(first, qtbot, "$600K")
    assert session.value("hardware.count") == 512
    assert session.undo_stack.undoText().startswith("Tour")
    shown = estimate(session.project, session.catalog).total.cost_usd
    assert tour.target is first.headline.sentence
    assert f"{round(shown / 1e3)}K" in tour.card.how.whole
    assert_beside(tour, first)
    go_on(first, qtbot)
    assert session.project == before  # what an answer changed is taken back
    assert not session.dirty
    assert_beside(tour, first)
    guess(first, qtbot, "1M")
    assert first.page_titles[first.tabs.currentIndex()] == "Risk"
    assert_beside(tour, first)
    assert tour.card.go.text() == "Done"
    go_on(first, qtbot)
    assert not tour.card.isVisible()
    assert not tour.ring.isVisible()
    assert tour.seen


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_with_larger_text_the_card_still_leaves_its_target_free(first, qtbot, theme):
    first.themes.choose(theme)
    first.themes.set_scale(1.5)
    settle(first.wardrobe)
    tour = first.asides.tour
    tour.banner.line.setFocus()
    for label in labels(tour.banner):
        assert_whole(label)
    guess(first, qtbot, "20%")
    go_on(first, qtbot)
    assert_beside(tour, first)
    guess(first, qtbot, "$600K")
    assert_beside(tour, first)


@pytest.mark.parametrize("how", ["escape", "button"])
def test_it_is_skipped_for_good_and_begun_again_from_help(first, make, qtbot, how):
    tour = first.asides.tour
    tour.banner.line.setFocus()
    if how == "escape":
        qtbot.keyClick(tour.banner.line, KEY.Key_Escape)
        assert first.gallery.isVisible()
    else:
        qtbot.mouseClick(tour.banner.skip, Qt.MouseButton.LeftButton)
    assert not tour.banner.isVisible()
    assert not any("after your guess" in card.accessibleName() for card in first.gallery.cards)
    assert settings().value("tour/seen") in (True, "true")
    other = make()
    other.show_first()
    assert not other.asides.tour.banner.isVisibleTo(other)
    first.show_workspace()
    again = next(each for each in first.findChildren(QAction) if each.text().startswith("&Tour"))
    again.trigger()
    come(first)
    assert first.gallery.isVisible()
    assert first.focusWidget() is tour.banner.line


def test_the_palette_finds_it(first, qtbot):
    qtbot.keyClick(first, KEY.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(first.focusWidget(), "tour")
    qtbot.keyClick(first.focusWidget(), KEY.Key_Return)
    come(first)
    assert first.asides.tour.banner.isVisible()
    assert first.focusWidget() is first.asides.tour.banner.line


def test_the_presets_hide_the_card_until_the_plan_is_back(first, qtbot):
    tour = first.asides.tour
    tour.banner.line.setFocus()
    guess(first, qtbot, "20%")
    go_on(first, qtbot)
    first.show_gallery()
    come(first)
    assert not tour.card.isVisible()
    assert not tour.ring.isVisible()
    first.show_workspace()
    qtbot.waitUntil(tour.card.isVisible)
    assert_beside(tour, first)


def test_a_plan_with_changes_is_not_lost_to_the_tour(first, qtbot, monkeypatch):
    first.documents.open(preset("startup-7b"))
    first.session.set_value("data.tokens", 3e12, "Tokens")
    changed = first.session.project
    first.asides.begin_tour()
    come(first)
    guess(first, qtbot, "20%")
    monkeypatch.setattr(first.documents, "may_close", lambda: False)
    go_on(first, qtbot)
    assert first.session.project == changed


@pytest.mark.parametrize(
    "target",
    [(20, 60, 400, 40), (10, 480, 260, 90), (300, 180, 610, 390), (900, 700, 300, 80), (600, 10, 400, 60)],
)
@pytest.mark.parametrize("size", [(340, 170), (340, 200)])
def test_a_card_stands_in_the_room_and_beside(target, size):
    room, at = QRect(0, 0, 1280, 800), QRect(*target)
    found = beside(at, QSize(*size), room)
    assert room.contains(found)
    assert not found.intersects(at.adjusted(-APART + 1, -APART + 1, APART - 1, APART - 1))


def test_a_card_without_room_covers_as_little_as_it_can():
    room, at = QRect(0, 0, 800, 600), QRect(150, 100, 620, 480)
    found = beside(at, QSize(340, 300), room)
    assert room.contains(found)
    over = found.intersected(at)
    whole = found.width() * found.height()
    assert over.width() * over.height() < whole * 0.75

"""Nothing is cut off or covered: at 1280 x 800, in both themes, with larger text."""

from __future__ import annotations

import re
from html import unescape

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QFrame, QLabel, QPushButton, QWidget

from isocost.report.findings.said import KeyFigure
from isocost.ui.header.remark_line import BETWEEN
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.pages import PAGES
from isocost.ui.screenshot import render, settle
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.edit import QuantityEdit
from tests.ui.conftest import preset

PRESETS = ("startup-7b", "deepseek-v3", "deepseek-r1-with-base")


def open_preset(window, name: str, scale: float = 1.0) -> None:
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    window.documents.open(preset(name))
    settle(window.session)
    QApplication.processEvents()


def labels(area: QWidget) -> list[QLabel]:
    return [each for each in area.findChildren(QLabel) if each.isVisible() and each.text()]


def place(widget: QWidget, within: QWidget) -> QRect:
    return QRect(widget.mapTo(within, QPoint(0, 0)), widget.size())


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", PRESETS)
def test_no_label_of_the_inputs_is_cut(window, name, scale):
    open_preset(window, name, scale)
    body = window.inputs.widget()
    for label in labels(body):
        assert label.height() >= label.sizeHint().height(), label.text()
        widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().split("\n"))
        assert widest <= label.width() + 1, label.text()
        assert body.rect().contains(place(label, body)), label.text()


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("name", PRESETS)
def test_inputs_do_not_cover_each_other(window, name, scale):
    open_preset(window, name, scale)
    for field in window.inputs.fields.values():
        if field.isVisible():
            parts = [field.label, field.edit, field.slider, field.context]
            shown = [place(part, field) for part in parts if part.isVisible()]
            for index, one in enumerate(shown):
                assert not any(one.intersects(other) for other in shown[index + 1 :]), field.objectName()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_long_words_beside_a_heading_do_not_push_the_inputs_out_of_sight(window, scale):
    """As those of other languages are."""
    open_preset(window, "api-or-own", scale)
    window.session.select_stage(1)
    for picker in window.inputs.findChildren(DropDown):
        if picker.flat:
            picker.setItemText(picker.currentIndex(), "words of another language")
    settle(window.session)
    QApplication.processEvents()
    body = window.inputs.widget()
    assert body.width() <= window.inputs.viewport().width()
    for picker in window.inputs.findChildren(DropDown):
        if picker.isVisible():
            assert body.rect().contains(place(picker, body)), picker.objectName()
            assert picker.width() >= picker.minimumSizeHint().width()


@pytest.mark.parametrize("name", PRESETS)
def test_every_value_fits_its_field(window, name):
    open_preset(window, name)
    for edit in window.inputs.findChildren(QuantityEdit):
        if edit.isVisible():
            room = edit.width() - edit.textMargins().right() - 18
            assert edit.fontMetrics().horizontalAdvance(edit.text()) <= room, edit.objectName()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("name", PRESETS)
def test_the_header_shows_its_sentence_and_figures_whole(window, name, scale):
    open_preset(window, name, scale)
    header = window.headline
    texts = [header.sentence, *(part for block in header.blocks for part in labels(block))]
    for label in texts:
        if scale == 1.0 or label is not header.sentence:
            assert label.fontMetrics().horizontalAdvance(label.text()) <= label.width() + 1, label.text()
    shown = [place(block, header) for block in header.blocks if block.isVisible()]
    sentence = place(header.sentence, header)
    assert not any(sentence.intersects(block) for block in shown)
    assert all(header.rect().contains(block) for block in shown)


@pytest.mark.parametrize("name", ["startup-7b", "api-or-own", "llama-3.1-405b", "rent-or-buy-64-h100"])
def test_no_remark_is_cut_at_twice_the_text(window, name):
    open_preset(window, name, 2.0)
    line = window.headline.doubt
    ways = {way for remark in line.remarks for way in (remark.text, *remark.shorter)}
    shown = unescape(re.sub("<[^<>]*>", "", line.text())).split(BETWEEN)
    assert shown[0] in ways
    assert set(shown) <= ways | {"…"}  # that more is told in the tip


def test_figures_make_way_for_a_long_sentence(window):
    window.headline._figures = tuple(KeyFigure("Label", "1,000,000,000", "a long note" * 3) for _ in range(4))
    window.headline.sentence.setText("A sentence that is long " * 3)
    window.headline._fit()
    assert sum(block.isVisible() for block in window.headline.blocks) < 4


def test_no_card_of_the_gallery_stands_alone_below_others(make, qtbot):
    window = make()
    window.resize(1280, 800)
    window.show_gallery()
    window.show()
    qtbot.waitExposed(window)
    settle(window.gallery)
    qtbot.wait(50)
    rows: dict[tuple[int, int], int] = {}
    groups: dict[int, int] = {}
    for card in window.gallery.cards:
        group = id(card.parentWidget())
        groups[group] = groups.get(group, 0) + 1
        rows[group, card.y()] = rows.get((group, card.y()), 0) + 1
    assert len(rows) < 5  # as low as the window
    assert all(count > 1 or groups[group] == 1 for (group, _), count in rows.items())


@pytest.mark.parametrize("larger", [0, 5])
def test_the_gallery_cuts_no_card(make, qtbot, larger):
    window = make()
    window.resize(1280, 800)
    window.show_gallery()
    window.show()
    qtbot.waitExposed(window)
    settle(window.gallery)
    qtbot.wait(50)  # the cards come after the window, and find their places in several rounds
    type_larger(window, qtbot, larger)
    assert window.gallery.cards
    for card in window.gallery.cards:
        shown = labels(card)
        for label in shown:
            assert_whole(label)
            assert card.rect().contains(place(label, card)), label.text()
        places = [place(label, card) for label in shown]
        for index, one in enumerate(places):
            assert not any(one.intersects(other) for other in places[index + 1 :]), card.objectName()
    for button in window.gallery.findChildren(QPushButton):
        if button.isVisible() and button.property("role") != "card":
            assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())


def type_larger(window, qtbot, times: int) -> None:
    """Press the keys for larger text, on what has the focus."""
    for _ in range(times):
        qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    if times:
        assert window.themes.scale > 1.0
    settle(window.wardrobe)
    QApplication.processEvents()


def assert_whole(label: QLabel) -> None:
    """All of a label's words show."""
    widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().split("\n"))
    assert label.width() >= widest - 1, label.text()
    assert label.height() >= label.sizeHint().height(), label.text()


@pytest.mark.parametrize("times", [1, 5])
@pytest.mark.parametrize("page", range(len(PAGES)))
def test_larger_text_by_its_key_has_its_place_at_once(window, qtbot, page, times):
    window.show_page(page)
    settle(window.session)
    QApplication.processEvents()
    for _ in range(times):
        qtbot.keyClick(window, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    # No event is handled in between: what the next paint shows is what stands here.
    assert window.themes.scale == (1.15 if times == 1 else 2.0)
    assert_whole(window.headline.sentence)
    for field in window.inputs.fields.values():
        if field.isVisible():
            for label in (field.label, field.context):
                assert_whole(label)
            assert field.edit.height() >= field.edit.sizeHint().height(), field.objectName()
    column, tabs = place(window.inputs, window), place(window.tabs, window)
    assert not column.intersects(tabs)
    assert tabs.top() >= place(window.headline, window).bottom()
    assert window.tabs.height() >= window.tabs.sizeHint().height()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_the_cards_of_the_ledger_are_not_cut_at_the_right(window, scale):
    open_preset(window, "startup-7b", scale)
    at = window.page_titles.index("Ledger")
    window.show_page(at)
    settle(window.session)
    QApplication.processEvents()
    page = window.views[at]
    for card in page.cards:
        if card.isVisible():
            assert place(card, page.area.viewport()).right() <= page.area.viewport().width(), (
                card.objectName()
            )


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_every_page_keeps_the_same_margin_on_its_right(window, scale):
    """Whether the page scrolls or not: its scroll bar stands in the margin. Nothing is wider than that."""
    open_preset(window, "startup-7b", scale)
    for at, title in enumerate(window.page_titles):
        window.show_page(at)
        settle(window.session)
        QApplication.processEvents()
        page = window.pages.currentWidget()
        frames = [each for each in page.findChildren(QFrame) if not isinstance(each, QLabel)]
        cards = [each for each in frames if each.property("role") == "card"]
        rights = [place(each, window).right() for each in cards if each.isVisible()]
        assert max(rights) == window.width() - 17, title
        stacked = {each for each in rights if each > window.width() - 40}
        assert len(stacked) == 1, title  # one edge, whatever stands there


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("name", ["startup-7b", "deepseek-chain", "gpt-3-175b"])
def test_no_caption_and_no_line_on_how_to_read_a_chart_is_shortened(window, name, scale):
    window.resize(1280, 800)
    open_preset(window, name, scale)
    for at, title in enumerate(window.page_titles):
        window.show_page(at)
        settle(window.session)
        for _ in range(4):  # a card that finds its place asks those around it
            QApplication.processEvents()
        shown = [card for card in window.findChildren(ChartCard) if card.isVisible()]
        read = [line for card in shown for line in (card.title, card.subtitle)]
        captions = [field.context for field in window.inputs.fields.values() if field.context.isVisible()]
        assert len(read) + len(captions) > 4
        cut = [label.text() for label in (*read, *captions) if label.shortened]
        assert cut == [], title
        for card in shown:
            assert card.height() >= card.minimumSizeHint().height(), card.objectName()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_pictures_on_buttons_grow_with_the_text(window, scale):
    open_preset(window, "startup-7b", 1.0)
    buttons = [each for each in window.findChildren(QAbstractButton) if not each.icon().isNull()]
    before = {id(each): each.iconSize() for each in buttons if each.isVisible()}
    assert len(before) > 5
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    QApplication.processEvents()
    for each in buttons:
        if each.isVisible() and id(each) in before:
            wanted = round(before[id(each)].width() * scale)
            assert abs(each.iconSize().width() - wanted) <= 1, each.objectName()
            assert each.width() >= each.iconSize().width(), each.objectName()


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
def test_a_drop_down_without_a_frame_shows_its_words_whole_beside_its_arrow(window, scale):
    open_preset(window, "deepseek-v3", scale)
    window.show_page(window.page_titles.index("Scale"))
    settle(window.session)
    QApplication.processEvents()
    flat = [each for each in window.findChildren(DropDown) if each.flat and each.isVisible()]
    assert len(flat) >= 4
    for each in flat:
        words = each.fontMetrics().horizontalAdvance(each.currentText())
        assert words + each.arrow <= each.width() <= words + 2.5 * each.arrow, each.objectName()


def test_the_first_window_leaves_the_screen_room_for_its_frame(make):
    window = make()
    available = window.screen().availableSize()
    assert window.width() < available.width()
    assert window.height() < available.height()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_has_the_size_and_the_colours_asked_for(qapp, tmp_path, theme):
    out = tmp_path / "plan.png"
    render(preset("startup-7b"), out, theme=theme, size=(1280, 800))
    picture = QImage(str(out))
    assert (picture.width(), picture.height()) == (1280, 800)
    corner = picture.pixelColor(6, 790).lightness()
    assert corner > 230 if theme == "light" else corner < 50
    colours = {picture.pixel(x, y) for x in range(0, 1280, 8) for y in range(0, 800, 8)}
    assert len(colours) > 20


def test_the_gallery_is_drawn_when_no_plan_is_named(qapp, tmp_path):
    out = tmp_path / "gallery.png"
    render(None, out, theme="dark")
    assert not QImage(str(out)).isNull()

"""The Claims tab by real keys and clicks: a library to walk, a sentence to check, a plan to open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSizeF, Qt
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from isocost.catalog import Catalog
from isocost.plan.claims.claim import claim_of
from isocost.plan.inputs.starting import new_project
from isocost.quantities import format_money, without_idle_cents
from isocost.report.decisions.claims.page import NOTHING_READ, told_number
from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.plot.placing import Box
from isocost.ui.screenshot import settle
from isocost.ui.session.session import Session
from isocost.ui.tabs.claims import checker
from isocost.ui.tabs.claims import ladder as rungs
from isocost.ui.tabs.claims.ladder import GLANCE_MS, SOLVING
from isocost.ui.tabs.claims.library import LibraryDelegate
from isocost.ui.tabs.claims.page import ClaimsPage
from isocost.ui.tabs.claims.runs import named
from isocost.ui.window import Window
from tests.ui.tabs.conftest import dressed

FEW = ("deepseek-v3", "deepseek-r1-648", "gpt-3", "gpt-4-altman", "titanforge-70b")
IMPOSSIBLE = "70B from scratch, 8 H100, 18 days, $8,605"


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Catalog:
    """A catalogue with one claim of each verdict, so that all are judged at once."""
    from isocost.catalog import load

    whole = load(tmp_path_factory.mktemp("no-user-files"))
    made = replace(whole)
    vars(made)["claims"] = {key: whole.claims[key] for key in FEW}  # read when first asked for
    return made


@pytest.fixture(scope="module", autouse=True)
def judged_once() -> Iterator[None]:
    """Each claim is judged once for all tests: a verdict is a function of the claim and the catalogue."""
    with pytest.MonkeyPatch.context() as patched:
        for name in ("check_entry", "check_claim"):
            patched.setattr(checker, name, cache(getattr(checker, name)))
        # On one accelerator, which is solved at once.
        patched.setattr(rungs, "ladder", partial(rungs.ladder, accelerators=frozenset({"h100-sxm"})))
        yield


@pytest.fixture
def own(qapp, few: Catalog) -> Iterator[Session]:
    """A session on a new plan."""
    made = Session(new_project(few), few)
    yield made
    made.close()


@pytest.fixture
def page(qtbot, own: Session, theme: Theme) -> ClaimsPage:
    """The page as wide as in a window of 1280 pixels, everything judged."""
    made = dressed(ClaimsPage(own, theme), theme)
    qtbot.addWidget(made)
    made.resize(988, 640)
    made.show()
    qtbot.waitExposed(made)
    settle(own)
    QApplication.processEvents()
    return made


def words(page: ClaimsPage) -> str:
    return page.verdict.verdict.whole


def paste(page: ClaimsPage, sentence: str, on: object | None = None) -> None:
    QApplication.clipboard().setText(sentence)
    page.activateWindow()
    QTest.keyClick(on or page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settle(page._session)
    QApplication.processEvents()


def verdicts(page: ClaimsPage) -> dict[str, str]:
    return dict(page.library.model.words)


def click(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(4, button.height() // 2))


def test_names_beside_bars_and_in_the_library_show_whole_where_there_is_room(page, qtbot, painted):
    page.show_claim("deepseek-r1-648")
    settle(page._session)
    narrow = page.library.width()
    for width in (988, 1627):
        page.resize(width, 900)
        QApplication.processEvents()
        painted.clear()
        page.left_out.chart.grab()
        names = [step.name for step in page.left_out.chart.view.steps]
        assert names
        assert set(names) <= set(painted)
    assert page.library.width() > narrow


def test_claims_of_one_model_are_told_apart_in_the_library(page, painted):
    page.library.list.viewport().grab()
    assert "DeepSeek-R1 on 648 GPUs" in painted
    assert "$294K" in painted


def test_an_amount_is_painted_whole_however_long_it_is(page, painted):
    page.show_claim("gpt-4-altman")  # a hundred million, beside which nothing is priced
    settle(page._session)
    painted.clear()
    page.left_out.chart.grab()
    assert "$100,000,000" in painted


def test_what_one_looks_for_stands_out_in_our_estimate(page, monkeypatch):
    sizes: dict[str, int] = {}
    draw = QPainter.drawText

    def drawn(self, *arguments):
        sizes.update({each: self.font().pixelSize() for each in arguments if isinstance(each, str)})
        return draw(self, *arguments)

    monkeypatch.setattr(QPainter, "drawText", drawn)
    page.ours.chart.grab()
    ours = next(size for text, size in sizes.items() if text.startswith("ours "))
    assert ours > max(size for text, size in sizes.items() if not text.startswith("ours "))


def test_the_arithmetic_of_what_is_possible_is_whole_in_a_window_of_1280(page):
    for key in FEW[:4]:
        page.show_claim(key)
        settle(page._session)
        assert not any(each.words.shortened for each in page.verdict.tiles if each.isVisible()), key


def test_every_sign_of_the_library_is_explained(page):
    said = [each.text() for each in page.library.legend if isinstance(each, QLabel)]
    assert "too little told to check it" in said
    assert len([each for each in said if each]) == len(set(verdicts(page).values()))


def test_every_claim_of_the_library_has_its_verdict_in_one_word(page):
    assert verdicts(page) == {
        "deepseek-v3": "reproduces",
        "deepseek-r1-648": "doubtful",
        "gpt-3": "plausible",
        "gpt-4-altman": "untold",
        "titanforge-70b": "impossible",
    }
    rows = page.library.model
    spoken = [rows.data(rows.index(at)) for at in range(rows.rowCount())]
    assert "DeepSeek-V3, $5.58M, reproduces" in spoken
    assert "GPT-4, $100M, too little told" in spoken


def test_the_first_claim_is_on_screen_with_four_checks_in_order(page):
    assert words(page).startswith("Reproduces: ")
    assert [tile.name.text() for tile in page.verdict.tiles] == ["Money", "Memory", "Work", "Sense"]
    assert all(tile.isVisible() and tile.words.whole for tile in page.verdict.tiles)
    assert all(card.isVisible() and card.accessibleDescription() for card in page.cards)


def test_arrow_keys_walk_from_claim_to_claim_past_the_headings(page, own):
    page.library.list.setFocus()
    seen = [page.verdict.about.whole]
    for _ in range(4):
        QTest.keyClick(page.library.list, Qt.Key.Key_Down)
        settle(own)
        seen.append(page.verdict.about.whole)
    assert [each.split(":")[0] for each in seen] == [own.catalog.claims[key].name for key in FEW]
    assert words(page).startswith("Impossible: ")


def test_arrow_keys_in_the_search_field_walk_the_list_too(page, own):
    page.library.search.setFocus()
    QTest.keyClick(page.library.search, Qt.Key.Key_Down)
    settle(own)
    assert page.verdict.about.whole.startswith("DeepSeek-R1 on 648 GPUs")


def test_typing_finds_claims_and_says_when_there_is_none(page):
    QTest.keyClicks(page.library.search, "70b 8,605")
    shown = [page.library.model.data(page.library.model.index(at)) for at in range(2)]
    assert shown == ["Guides and forums", "a 70B on 8 H100, $8,605, impossible"]
    QTest.keyClicks(page.library.search, " elephants")
    assert page.library.model.rowCount() == 0
    assert page.library.none.isVisible()
    assert "elephants" in page.library.none.whole
    page.library.model.judge({})  # verdicts go on coming


@pytest.mark.parametrize("where", ["page", "list", "search"])
def test_a_pasted_sentence_is_checked_wherever_the_keyboard_is(page, where):
    on = {"page": page, "list": page.library.list, "search": page.library.search}[where]
    on.setFocus()
    paste(page, f"  {IMPOSSIBLE}\n", on)
    assert page.verdict.sentence.text() == IMPOSSIBLE
    assert page.verdict.sentence.hasFocus()
    assert words(page).startswith("Impossible: 59 times too much work")
    assert page.library.list.currentIndex().data().endswith("$8,605, impossible")
    statuses = [tile.short.text() for tile in page.verdict.tiles]
    assert statuses == ["adds up", "does not fit", "59 times short", "no model"]


def test_a_sentence_that_no_claim_has_in_it_is_checked_at_enter(page):
    page.library.search.setFocus()
    QApplication.clipboard().setText(IMPOSSIBLE)
    page.library.search.paste()  # as the field's own menu does
    QTest.keyClick(page.library.search, Qt.Key.Key_Return)
    settle(page._session)
    assert page.verdict.sentence.text() == IMPOSSIBLE
    assert words(page).startswith("Impossible: 59 times too much work")


def test_what_is_pasted_next_takes_the_place_of_the_first(page):
    paste(page, IMPOSSIBLE)
    paste(page, "7B on 2T tokens, 64 H100, 30 days", page.verdict.sentence)
    assert page.verdict.sentence.text() == "7B on 2T tokens, 64 H100, 30 days"
    assert not words(page).startswith("Impossible: 59")
    paste(page, IMPOSSIBLE, page.verdict.sentence)  # and so does the third, of the second
    assert page.verdict.sentence.text() == IMPOSSIBLE
    assert words(page).startswith("Impossible: 59")


def test_what_is_pasted_into_a_part_of_the_sentence_is_that_part(page):
    paste(page, IMPOSSIBLE)
    page.verdict.sentence.setSelection(0, 3)
    paste(page, "7B", page.verdict.sentence)
    assert page.verdict.sentence.text() == IMPOSSIBLE.replace("70B", "7B", 1)


def test_what_is_not_told_is_dashed_and_says_what_was_taken(page):
    paste(page, IMPOSSIBLE)
    told = {b.text(): b.property("tone") for b in page.verdict.chips.buttons if b.isVisible()}
    assert told["On 8 H100"] == "told"
    assert told["Tokens not told: 1.4T taken"] == "open"


def test_a_click_on_a_part_puts_the_cursor_there(page):
    paste(page, IMPOSSIBLE)
    part = next(b for b in page.verdict.chips.buttons if b.text() == "Money $8,605")
    click(part)
    assert page.verdict.sentence.hasFocus()
    assert page.verdict.sentence.selectedText() == "$8,605"


def test_a_part_that_is_let_go_of_when_its_claim_has_gone_opens_nothing(page):
    paste(page, IMPOSSIBLE)
    parts = [b for b in page.verdict.chips.buttons if b.isVisible()]
    QTest.mousePress(parts[-1], Qt.MouseButton.LeftButton)
    paste(page, "*1.2")
    assert not parts[-1].isVisible()
    asked: list[str] = []
    page.verdict.chips.wanted.connect(asked.append)
    left, here = Qt.MouseButton.LeftButton, QPointF(parts[-1].rect().center())
    held = QMouseEvent(QEvent.Type.MouseMove, here, here, left, left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(parts[-1], held)  # the hand still moves: Qt takes the button for held down again
    QTest.mouseRelease(parts[-1], left)
    assert asked == []


def test_typing_checks_again_after_a_pause_and_leaves_the_library_as_it_is(page, own, qtbot):
    page.show_claim("titanforge-70b")
    settle(own)
    sentence = page.verdict.sentence
    sentence.setFocus()
    sentence.end(False)
    QTest.keyClicks(sentence, ", 1T tokens")
    assert words(page).startswith("Impossible: 59")  # the last verdict stands meanwhile
    qtbot.waitUntil(lambda: "for 1T tokens" in words(page), timeout=10_000)
    assert sentence.text().endswith(", 1T tokens")
    assert sentence.cursorPosition() == len(sentence.text())
    assert page.library.list.currentIndex().row() == 1
    assert set(FEW) < set(verdicts(page))


def test_a_sentence_of_nothing_says_what_to_write(page):
    paste(page, "hello world")
    assert words(page) == NOTHING_READ
    assert not any(card.isVisible() for card in page.cards)
    assert not page.verdict.open.isEnabled()


def test_a_claim_opens_as_a_scenario_and_undo_takes_it_back(page, own):
    before = own.project
    paste(page, "8B on 2T tokens, 64 H100, 60 days, $300,000")
    click(page.verdict.open)
    settle(own)
    assert len(own.project.scenarios) == 2
    assert own.scenario == 1
    chosen = own.current_scenario
    assert chosen.model.parameters == 8e9
    assert (chosen.hardware.accelerator, chosen.hardware.count) == ("h100-sxm", 64)
    assert own.answer is not None
    assert own.answer.scenario == chosen
    own.undo_stack.undo()
    settle(own)
    assert own.project == before
    assert own.scenario == 0
    assert own.answer.scenario == before.scenarios[0]
    own.undo_stack.redo()
    assert own.project.scenarios[1] == chosen


def test_what_would_have_to_be_true_opens_as_a_plan_that_is_so(page, own):
    paste(page, IMPOSSIBLE)
    line = next(each for each in page.needs.lines if "fewest that hold it, 16 H100" in each.words.whole)
    page.area.ensureWidgetVisible(line)
    click(line.open)
    assert own.current_scenario.hardware.count == 16


def test_what_the_money_buys_opens_as_a_plan_of_about_that_money(page, own):
    paste(page, IMPOSSIBLE)
    click(page.buys.lines[0].open)
    settle(own)
    assert own.answer.estimate.total.cost_usd == pytest.approx(8_605, rel=0.2)


def test_the_claim_is_copied_as_markdown(page):
    click(page.verdict.copy)
    copied = QApplication.clipboard().text()
    assert copied.startswith("## DeepSeek-V3")
    assert "**Reproduces: " in copied


def test_a_hidden_page_leaves_the_library_alone(qtbot, own, theme):
    made = dressed(ClaimsPage(own, theme), theme)
    qtbot.addWidget(made)
    settle(own)
    assert verdicts(made) == {}
    assert made.outcome is None


def test_another_plan_on_screen_keeps_the_claims(page, own):
    paste(page, IMPOSSIBLE)
    own.open(new_project(own.catalog), None)
    settle(own)
    assert words(page).startswith("Impossible: ")
    assert set(FEW) < set(verdicts(page))


def test_all_of_the_arithmetic_is_shown_when_asked(page):
    paste(page, IMPOSSIBLE)
    work = page.verdict.tiles[2].words
    assert work.shortened
    click(page.verdict.more)
    assert not work.shortened
    assert "LLaMA 65B" in work.text().replace("\n", " ")


@pytest.mark.parametrize("width", [640, 988, 1600])
@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_nothing_is_cut_off_at_the_right(page, theme, width, scale):
    larger = replace(theme, scale=scale)
    dressed(page, larger)
    page.resize(round(width * scale), 700)
    paste(page, IMPOSSIBLE)
    viewport = page.area.viewport()
    for part in (page.verdict, *page.cards):
        right = part.mapTo(viewport, QPoint(part.width(), 0)).x()
        assert right <= viewport.width(), part.objectName()
    for label in page.verdict.findChildren(QLabel):
        if label.isVisible():
            assert label.mapTo(page.verdict, QPoint(label.width(), 0)).x() <= page.verdict.width()


def test_the_colour_of_a_verdict_follows_the_theme(page, themes):
    themes.choose("dark")
    dressed(page, themes.theme)
    QApplication.processEvents()
    tile = page.verdict.tiles[0]
    assert tile.short.palette().windowText().color().name() == themes.theme.fine
    assert isinstance(page.library.list.itemDelegate(), LibraryDelegate)
    assert page.library.list.itemDelegate().theme == themes.theme


def look_at_the_ladder(page: ClaimsPage) -> None:
    """Scroll down to it, and let it be solved."""
    page.area.verticalScrollBar().setValue(page.area.verticalScrollBar().maximum())
    QApplication.processEvents()
    QTest.qWait(GLANCE_MS + 20)
    settle(page._session)
    page.area.verticalScrollBar().setValue(page.area.verticalScrollBar().maximum())
    QApplication.processEvents()


def test_the_ladder_is_solved_when_it_is_looked_at_and_a_rung_opens_as_a_plan(page, own):
    assert page.ladder.subtitle.text() == SOLVING
    look_at_the_ladder(page)
    view = page.ladder.chart.view
    assert page.ladder.title.text() == view.said.finding
    assert page.ladder.subtitle.text().endswith("–: more text than there is.")  # not that money buys nothing
    assert len(view.steps) == len(view.budgets) * len(view.kinds)
    chart = page.ladder.chart
    place = next(
        QPoint(x, y)
        for x in range(0, chart.width(), 10)
        for y in range(0, chart.height(), 10)
        if chart.chart.part_at(QPointF(x, y), QSizeF(chart.size()), chart.theme) == 2
    )
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=place)
    settle(own)
    assert own.current_scenario.name == f"{view.kinds[0].partition(' (')[0]} for $10K"
    assert own.answer.estimate.total.cost_usd == pytest.approx(view.budgets[2], rel=0.15)
    assert own.answer.estimate.total.cost_usd <= view.budgets[2] * 1.001
    own.undo_stack.undo()
    assert len(own.project.scenarios) == 1


def test_the_keyboard_reads_the_ladder_and_opens_a_rung(page, own):
    look_at_the_ladder(page)
    chart = page.ladder.chart
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(2):
        QTest.keyClick(chart, Qt.Key.Key_Right)
    assert page.ladder.explained.text() == chart.view.steps[1].words
    QTest.keyClick(chart, Qt.Key.Key_Return)
    assert own.current_scenario.name == chart.view.steps[1].scenario.name


def test_delete_takes_one_s_own_claim_from_the_list_and_no_other(page, own):
    paste(page, IMPOSSIBLE)
    page.library.list.setFocus()
    rows = page.library.model.rowCount()
    QTest.keyClick(page.library.list, Qt.Key.Key_Delete)
    settle(own)
    assert page.library.model.rowCount() == rows - 2  # and its heading
    assert page.verdict.about.whole.startswith("DeepSeek-V3")
    QTest.keyClick(page.library.list, Qt.Key.Key_Delete)
    assert page.library.model.rowCount() == rows - 2


def test_amounts_follow_the_plan_s_currency(page, own, monkeypatch):
    for name in ("check_entry", "check_claim"):
        monkeypatch.setattr(checker, name, getattr(checker, name).__wrapped__)
    own.show_in("EUR")
    settle(own)
    words = page.verdict.tiles[0].words.whole
    assert "€" in words
    # Nobody told euros: a sum that is told stands in dollars, with what it is in euros behind it.
    assert re.findall(r"\$[\d,.]*\d \(€", words) == ["$5,576,000 (€"]
    assert words.count("$") == 1
    assert re.search(r", \$5,576,000 \(€[\d,]+\) are told", page.verdict.verdict.whole)
    assert "€" not in "".join(told_number(claim_of(each)) for each in own.catalog.claims.values())
    assert "$2 per GPU-hour" in page.verdict.sentence.text()  # what is read is in dollars
    assert "Told in dollars; shown in EUR at " in page.verdict.remark.whole
    own.undo_stack.undo()
    settle(own)
    assert "€" not in page.verdict.tiles[0].words.whole
    assert "Told in dollars" not in page.verdict.remark.whole


def test_a_claim_is_checked_in_two_gestures_from_another_tab(window: Window, qtbot):
    window.activateWindow()
    QApplication.clipboard().setText(IMPOSSIBLE)
    QTest.keyClick(window, Qt.Key.Key_7, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    shown = next(view for view in window.views if isinstance(view, ClaimsPage))
    qtbot.waitUntil(lambda: words(shown).startswith("Impossible: 59 times"), timeout=20_000)
    assert shown.isVisible()


def test_a_dot_says_which_run_it_is_and_the_plan_s_price_moves_them_all(page, own):
    own.refresh()
    settle(own)
    chart = page.runs.chart
    page.area.ensureWidgetVisible(chart)
    QApplication.processEvents()
    before = {dot.label: dot.usd for dot in chart.view.dots if dot.kind == "scratch"}
    chart.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert page.runs.explained.text() == chart.view.dots[0].words
    own.set_value("price.usd_per_gpu_hour", 2 * own.value("price.usd_per_gpu_hour"), "Twice the price")
    settle(own)
    after = {dot.label: dot.usd for dot in chart.view.dots if dot.kind == "scratch"}
    assert after == pytest.approx({label: 2 * usd for label, usd in before.items()})


@pytest.mark.parametrize("scale", [1.5, 2.0])
def test_with_larger_text_the_library_scrolls_away_with_what_it_opens(page, themes, qtbot, scale):
    page.resize(820, 560)
    themes.set_scale(scale)
    dressed(page, themes.theme)
    page.apply_theme(themes.theme)
    QApplication.processEvents()
    assert page.area.viewport().isAncestorOf(page.library)
    assert page.area.height() > 0.9 * page.height()
    assert page.library.list.height() > themes.theme.px(80)  # a heading with a claim
    page.resize(1600, 900)
    page.apply_theme(LIGHT)
    QApplication.processEvents()
    assert not page.area.viewport().isAncestorOf(page.library)
    assert page.library.isVisible()
    assert page.library.height() > 0.9 * page.area.height()


@pytest.mark.parametrize(("width", "scale"), [(988, 1.0), (820, 1.5), (660, 2.0)])
def test_no_figure_of_the_ladder_is_shortened(page, own, themes, painted, width, scale):
    look_at_the_ladder(page)
    themes.set_scale(scale)
    dressed(page, themes.theme)
    page.apply_theme(themes.theme)
    page.resize(width, 640)
    for _ in range(3):
        QApplication.processEvents()
    chart = page.ladder.chart
    painted.clear()
    chart.grab()
    shown = [words for each in chart.view.steps for words in (each.amount, each.time) if words]
    assert not [each for each in shown if each not in painted]
    assert all(any(text.startswith(sum_of(budget)) for text in painted) for budget in chart.view.budgets)
    assert chart.height() >= chart.chart.wanted(chart.theme).height()


def sum_of(usd: float) -> str:
    return without_idle_cents(format_money(usd))


def test_every_rung_of_a_ladder_in_several_lines_can_be_pointed_at(page, own):
    look_at_the_ladder(page)
    chart, size = page.ladder.chart.chart, QSizeF(420.0, 1200.0)
    found = {chart.part_at(QPointF(x, y), size, LIGHT) for x in range(0, 420, 9) for y in range(0, 1200, 9)}
    assert found - {None} == set(range(chart.parts))


def test_the_names_of_claim_and_plan_cover_no_mark_of_theirs_nor_each_other(page, own):
    own.refresh()
    settle(own)
    page.area.ensureWidgetVisible(page.runs.chart)
    QApplication.processEvents()
    view = page.runs.chart.view
    for width in (420.0, 560.0, 700.0):
        for scale in (1.0, 1.5, 2.0):
            theme = replace(LIGHT, scale=scale)
            names = named(view, QSizeF(width, 280.0 * scale), theme)
            assert len(names) == 2
            marks = [Box(name.at[0] - 7, name.at[1] - 7, 14, 14) for name in names]
            boxes = [name.box for name in names]
            assert not boxes[0].overlaps(boxes[1])
            assert not [(a, b) for a in marks for b in boxes if a.overlaps(b)]

"""The answer on top, and what stands against it."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextDocumentFragment
from PySide6.QtWidgets import QApplication

from isocost.plan.project.editing import switch_stage
from isocost.plan.project.project import Layout, set_section
from isocost.quantities import plain_spaces
from isocost.report.findings.header import Remark
from isocost.ui.header.remark_line import RemarkLine
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset
from tests.ui.test_layout import type_larger


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_click_copies_the_answer_with_its_doubt(window, qtbot):
    sentence = window.headline.sentence
    beside = sentence.figure_rects[0].toRect().topRight() + QPoint(12, 8)  # a figure would open
    qtbot.mouseClick(sentence, Qt.MouseButton.LeftButton, pos=beside)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(plain_spaces(window.session.estimate.headline))
    assert "8 chances in 10: $" in copied
    assert "\N{NO-BREAK SPACE}" not in copied


def test_a_warning_leads_to_the_input_at_fault(window, qtbot):
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    settle(window.session)
    line = window.headline.warnings
    assert line.notices[0].code == "mfu-above-measured"
    qtbot.mouseClick(line.first, Qt.MouseButton.LeftButton)
    assert window.inputs.fields["efficiency.mfu"].edit.hasFocus()


def test_warnings_of_folded_inputs_unfold_them(window):
    window.headline.field_wanted.emit("data.batch_tokens")
    assert window.inputs.details.isChecked()
    assert window.inputs.fields["data.batch_tokens"].edit.hasFocus()


def test_the_gravest_warning_comes_first_and_the_others_are_a_click_away(window):
    window.session.set_value("data.tokens", 1e9, "Tokens")
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    settle(window.session)
    line = window.headline.warnings
    assert [notice.severity for notice in line.notices] == sorted(
        (notice.severity for notice in line.notices), key=["stop", "care", "info"].index
    )
    assert line.more.isVisible()
    assert len(line.menu.actions()) == len(line.notices)


def test_a_budget_and_a_deadline_are_said_held_or_broken_with_their_chance_and_lead_to_the_broken_one(
    window, qtbot
):
    session, line = window.session, window.headline.warnings

    def hold(**goal: float | None) -> str:
        session.apply(lambda project: set_section(project, "goal", **goal), "Goal")
        settle(session)
        QApplication.processEvents()
        return plain_spaces(line.first.text())

    assert hold(budget_usd=4e5, deadline_days=14.0).startswith("The plan is within $400K and 14 days: ")
    assert not line.notices
    assert "over $300K: " in hold(budget_usd=3e5, deadline_days=14.0)
    assert "that it holds $300K and 14 days" in plain_spaces(line.first.text())
    assert [notice.field for notice in line.notices] == ["goal.budget_usd"]
    qtbot.mouseClick(line.first, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget().objectName() == "goal.budget_usd.edit"
    session.doubt = False
    assert "chance" not in hold(budget_usd=3e5, deadline_days=10.0)
    session.undo_stack.undo()
    session.undo_stack.undo()
    settle(session)
    assert "within $400K" in plain_spaces(line.first.text())
    session.undo_stack.undo()
    settle(session)
    assert line.first.text() == "No warnings"


def test_without_warnings_the_line_says_so_and_keeps_its_height(window):
    line = window.headline.warnings
    height = line.height()
    assert line.first.text() == "No warnings"
    window.session.set_value("efficiency.mfu", 0.99, "MFU")
    window.session.set_value("data.tokens", 1e9, "Tokens")
    settle(window.session)
    assert line.more.isVisible()
    assert line.height() == height


def test_a_refused_project_says_why_where_the_answer_would_be(window, monkeypatch):
    from isocost.ui.session import session as module

    monkeypatch.setattr(module, "answer", lambda *_: 1 / 0)
    window.session.set_value("data.tokens", 3e12, "More tokens")
    settle(window.session)
    assert window.headline.sentence.text() == "No estimate"
    assert "division by zero" in window.headline.doubt.text()
    assert not any(block.isVisible() for block in window.headline.blocks)


def test_a_plan_that_cannot_run_shows_no_figures_of_a_run(window):
    window.session.set_value("model.parameters", 405e9, "Parameters")
    window.session.set_value("hardware.count", 8, "Count")
    settle(window.session)
    assert window.headline.sentence.text().startswith("Does not fit 8 H100; the smallest count is")
    assert "GiB on each" in window.headline.text()
    assert "chance" not in window.headline.text()
    assert not any(block.isVisible() for block in window.headline.blocks)


def test_the_cure_of_a_warning_is_one_click_and_one_step_to_undo(window, qtbot):
    window.session.set_value("hardware.count", 131_072, "Count")
    settle(window.session)
    line = window.headline.warnings
    assert line.notices[0].code == "better-count"
    steps = window.session.undo_stack.count()
    qtbot.mouseClick(line.cure, Qt.MouseButton.LeftButton)
    assert window.session.value("hardware.count") == line.notices[0].cure.value < 131_072
    assert window.session.undo_stack.count() == steps + 1
    settle(window.session)
    assert not line.cure.isVisible()


def test_with_every_stage_off_the_header_says_only_that(window):
    window.session.apply(lambda project: switch_stage(project, 0, False), "Switch off")
    settle(window.session)
    assert window.headline.text() == "Every stage is switched off"
    assert not any(block.isVisible() for block in window.headline.blocks)
    assert not window.headline.doubt.text()


def test_pins_that_do_not_fit_are_released_in_one_click(window, qtbot):
    held = {"tp": 1, "pp": 1, "cp": 1, "sharding": "none", "recompute": "none"}
    window.session.set_section("layout", "Pin", None, **held)
    window.session.set_value("model.parameters", 70e9, "Parameters")
    settle(window.session)
    line = window.headline.warnings
    assert window.headline.sentence.text().startswith("Does not fit ")
    assert "as pinned" in window.headline.sentence.text()
    assert line.cure.text() == "Let the search choose"
    steps = window.session.undo_stack.count()
    qtbot.mouseClick(line.cure, Qt.MouseButton.LeftButton)
    settle(window.session)
    assert window.session.current_scenario.layout == Layout()
    assert window.session.undo_stack.count() == steps + 1
    assert not window.headline.sentence.text().endswith("as pinned")


def stale(project):
    """The plan at a price nobody asks any more."""
    scenario = project.scenarios[0]
    price = msgspec.structs.replace(scenario.price, date="2025-01-01")
    return msgspec.structs.replace(project, scenarios=(msgspec.structs.replace(scenario, price=price),))


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("fits", [True, False])
def test_what_stands_against_a_plan_is_seen_whole_and_the_rest_in_fewer_words(window, scale, fits):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    window.documents.open(preset("smollm3-programme" if fits else "startup-7b"))
    window.session.apply(stale, "An old price")
    if not fits:
        window.session.set_value("model.parameters", 405e9, "Parameters")
        window.session.set_value("hardware.count", 8, "Count")
    settle(window.session)
    window.resize(1280, 800)
    line = window.headline.doubt
    shown = shown_remarks(window)
    grave = [plain_spaces(remark.text) for remark in line.remarks if remark.tone in ("stop", "care")]
    assert len(grave) == (1 if fits else 2)
    assert shown.startswith(" · ".join(grave))
    assert ("waste" in shown) is fits
    assert "…" not in shown
    assert line.fontMetrics().horizontalAdvance(shown) <= line.contentsRect().width()
    assert all(remark.text in line.toolTip() for remark in line.remarks)


def shown_remarks(window) -> str:
    """The line under the answer as it is read."""
    return QTextDocumentFragment.fromHtml(window.headline.doubt.text()).toPlainText()


def test_a_plan_that_takes_long_is_waited_for_without_an_alarm(window):
    window.documents.open(preset("deepseek-r1-first-principles"))
    QApplication.processEvents()
    assert window.headline.sentence.text() == "Estimating…"
    assert not window.headline.doubt.text()
    assert not any(block.isVisible() for block in window.headline.blocks)
    settle(window.session)
    assert window.headline.sentence.text() == window.session.estimate.headline
    assert window.headline.doubt.text()


WORDY = ("api-or-own", "eight-gpu-lab", "lora-70b-one-node", "smollm3-programme", "startup-7b")
"""Presets of which most is to be said."""


def test_every_remark_has_its_place_at_1280_in_larger_text_too(window):
    """The waste of whole runs too, in fewer words where a plan has much to say."""
    window.resize(1280, 800)
    line, wasted = window.headline.doubt, 0
    for scale in (1.0, 1.5):
        window.themes.set_scale(scale)
        settle(window.wardrobe)
        for name in WORDY:
            window.documents.open(preset(name))
            settle(window.session)
            QApplication.processEvents()
            shown = shown_remarks(window)
            assert "…" not in shown, name
            assert shown.count(" · ") == len(line.remarks) - 1, name
            assert line.fontMetrics().horizontalAdvance(shown) <= line.contentsRect().width(), name
            wasted += "waste" in shown
    assert wasted == 8


def test_words_that_have_room_again_come_back(qtbot):
    """The fewest words of one remark leave room for all of another's."""
    said = (Remark("a very long remark", shorter=("a",)), Remark("one", shorter=("1",)))
    line = RemarkLine()
    qtbot.addWidget(line)
    line.show_remarks(said)
    line.show()
    line.resize(line.fontMetrics().horizontalAdvance("a · one") + 1, 20)
    assert QTextDocumentFragment.fromHtml(line.text()).toPlainText() == "a · one"


def test_a_wider_window_shows_more_of_the_remarks(window):
    window.documents.open(preset("smollm3-programme"))
    settle(window.session)
    seen = []
    for width in (1000, 1280, 2400):
        window.resize(width, 800)
        QApplication.processEvents()
        seen.append(shown_remarks(window))
    assert all("waste" in each for each in seen)
    widths = [len(each) for each in seen]
    assert widths[0] < widths[2]
    assert widths[0] <= widths[1] <= widths[2]
    assert seen[2].endswith("open-source stack")


def test_the_answer_is_painted_before_the_page_behind_it_is_drawn(window, qtbot):
    session, painted = window.session, []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.Paint:
                painted.append(watched.text())
            return False

    watch = Watch(window)
    window.headline.sentence.installEventFilter(watch)
    slider = window.inputs.fields["data.tokens"].slider
    shown_first = []
    session.shown.connect(lambda: shown_first.append(window.headline.sentence.text() in painted))
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    settle(session)
    assert shown_first
    assert all(shown_first)


@pytest.mark.parametrize("larger", [0, 4])
def test_the_answer_is_read_to_its_end_at_every_size_of_text(window, qtbot, larger):
    window.documents.open(preset("deepseek-chain"))
    settle(window.session)
    type_larger(window, qtbot, larger)
    settle(window.wardrobe)
    sentence = window.headline.sentence
    for width in (1280, 1100, 1600, 1280):
        window.resize(width, 720)
        for _ in range(5):
            QApplication.processEvents()
        said = sentence.fontMetrics().horizontalAdvance(sentence.text())
        assert said <= sentence.contentsRect().width(), (width, sentence.text())

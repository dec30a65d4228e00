"""The answer on top, and what stands against it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from isocost.plan.project.editing import switch_stage
from isocost.plan.project.project import Layout
from isocost.quantities import plain_spaces
from isocost.ui.screenshot import settle


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_click_copies_the_answer_with_its_doubt(window, qtbot):
    qtbot.mouseClick(window.headline.sentence, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith(plain_spaces(window.session.estimate.headline))
    assert "90 % chance at or below $" in copied
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
    window.session.refresh()
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

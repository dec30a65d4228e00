"""Inputs at their ends by keys: what cannot be is said at the field, and every plan can be edited back."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt

from isocost.files import load_project, save_project
from isocost.plan.project.project import set_section
from isocost.ui.screenshot import settle
from isocost.ui.widgets.fields.edit import QuantityEdit
from isocost.ui.widgets.fields.slider import LogSlider
from tests.ui.conftest import preset
from tests.ui.inputs.test_inputs import enter, said

ACTIVE = "model.active_parameters"


@pytest.fixture
def problems(window) -> list[str]:
    """What the window said instead of an estimate."""
    found: list[str] = []
    window.session.failed.connect(lambda sentence: found.append(sentence) if sentence else None)
    return found


def opened(window, name: str) -> None:
    window.documents.open(preset(name))
    settle(window.session)


def test_too_few_active_parameters_are_refused_at_the_field(window, qtbot, problems):
    opened(window, "deepseek-v3")
    before = window.session.project
    edit = window.findChild(QuantityEdit, f"{ACTIVE}.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "100M")
    assert "active parameters must be at least" in said(window, ACTIVE)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.project is before
    assert not problems
    qtbot.keyClick(edit, Qt.Key.Key_Escape)
    enter(window, qtbot, ACTIVE, "20B")
    settle(window.session)
    assert window.session.value(ACTIVE) == 20e9
    assert "active parameters" not in said(window, ACTIVE)
    assert not problems


def test_the_slider_stops_at_the_least_and_at_all_active_parameters(window, qtbot, problems):
    opened(window, "deepseek-v3")
    slider = window.findChild(LogSlider, f"{ACTIVE}.slider")
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Home)
    settle(window.session)
    assert 0.0 < window.session.value(ACTIVE) < 2e9
    assert window.session.estimate.total.cost_usd > 0.0
    qtbot.keyClick(slider, Qt.Key.Key_End)
    settle(window.session)
    assert window.session.value(ACTIVE) is None
    assert slider.isVisible()  # it does not go from under the hand
    assert said(window, ACTIVE) == "dense: every weight is used"
    assert not problems


def test_more_active_than_all_parameters_are_refused_at_the_field(window, qtbot):
    before = window.session.project
    enter(window, qtbot, ACTIVE, "8B")
    assert window.session.project is before
    assert said(window, ACTIVE) == "Active parameters can be no more than all 7B."


def test_a_file_of_an_impossible_model_opens_and_can_be_edited_back(window, qtbot, problems, tmp_path):
    project = load_project(preset("startup-7b"))
    impossible = set_section(
        project, "model", scenario=0, stage=0, parameters=70e9, active_parameters=100e6, name=None
    )
    file = tmp_path / "impossible.yaml"
    save_project(impossible, file)
    window.documents.open(file)
    settle(window.session)
    assert "active parameters must be at least" in problems[-1]
    assert not problems[-1].startswith("The estimate failed")
    enter(window, qtbot, "data.tokens", "1T")  # other inputs still take values
    assert window.session.value("data.tokens") == 1e12
    enter(window, qtbot, ACTIVE, "3B")
    settle(window.session)
    assert window.session.estimate.total.cost_usd > 0.0


def test_pairs_of_sliders_at_their_ends_leave_a_plan_that_is_priced(window, qtbot, problems):
    window.show_page(window.page_titles.index("Claims"))  # which asks for no more than the estimate
    opened(window, "deepseek-v3")
    sliders = [s for s in window.inputs.findChildren(LogSlider) if s.isVisible() and s.isEnabled()]
    assert len(sliders) >= 5
    counts = [slider for slider in sliders if slider.objectName().startswith("model.")]
    for first, second in itertools.product(counts, sliders):
        for key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            qtbot.keyClick(first, key)
            qtbot.keyClick(second, key)
            settle(window.session)
            assert not problems, (first.objectName(), second.objectName(), key)
        while window.session.undo_stack.canUndo():
            window.session.undo_stack.undo()

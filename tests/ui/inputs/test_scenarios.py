"""Switching between the scenarios of a plan."""

from __future__ import annotations

from PySide6.QtCore import Qt

from isocost.ui.inputs.scenarios import ScenarioPicker
from isocost.ui.screenshot import settle
from tests.ui.conftest import preset


def test_a_plan_of_one_scenario_offers_no_choice(window):
    picker = window.findChild(ScenarioPicker, "scenario")
    assert not picker.isVisible()


def test_keys_switch_the_scenario_and_every_number_follows(window, qtbot):
    window.documents.open(preset("rent-or-buy-64-h100"))
    settle(window.session)
    picker = window.findChild(ScenarioPicker, "scenario")
    assert picker.isVisible()
    assert picker.accessibleName() == "Scenario"
    rented = window.session.estimate.total.cost_usd
    picker.setFocus()
    qtbot.keyClick(picker, Qt.Key.Key_Down)
    settle(window.session)
    assert window.session.scenario == 1
    assert window.session.estimate.scenario == picker.currentText() != "Rented"
    assert window.session.estimate.total.cost_usd != rented
    assert not window.session.dirty


def test_a_change_belongs_to_the_scenario_shown_and_undo_restores_it(window):
    window.documents.open(preset("rent-or-buy-64-h100"))
    before = window.session.project
    window.session.select_scenario(1)
    window.session.set_value("hardware.count", 128, "Count")
    assert window.session.project.scenarios[0] == before.scenarios[0]
    assert window.session.project.scenarios[1].hardware.count == 128
    window.session.undo_stack.undo()
    assert window.session.project == before

"""The inputs of every kind of stage: what is shown, where it comes from, what a change does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QToolButton,
    QWidget,
)

from isocost.plan.kinds import KINDS, RolloutPhase, uses
from isocost.ui.inputs.pickers import Picker
from isocost.ui.screenshot import settle
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.fields.edit import QuantityEdit
from tests.declared import RECIPE, RECIPE_CHOICES
from tests.ui.conftest import preset

LEFT = Qt.MouseButton.LeftButton


def add(window, kind: str) -> None:
    window.inputs.stages.commands.add(kind)
    settle(window.session)
    QApplication.processEvents()


def unfold(window) -> None:
    for fold in window.inputs.findChildren(Disclosure):
        if fold.isVisible():
            fold.setChecked(True)
    # What a fold makes when it opens first asks for its room in a second round.
    for _ in range(20):
        QApplication.processEvents()


def enter(window, qtbot, name: str, text: str) -> QuantityEdit:
    edit = window.findChild(QuantityEdit, name)
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    settle(window.session)
    return edit


def choose(window, path: str, value: object) -> None:
    picker = window.findChild(QComboBox, path)
    picker.activated.emit(picker.findData(value))
    settle(window.session)


def said(window, path: str) -> str:
    return window.findChild(QLabel, f"{path}.context").whole


@pytest.mark.parametrize("kind", KINDS)
def test_every_input_a_kind_uses_is_there_with_a_name_and_where_its_value_comes_from(window, kind):
    add(window, kind)
    unfold(window)
    stage = window.session.current_stage
    used = {path for path in (*RECIPE, *RECIPE_CHOICES) if uses(stage, path)}
    wanted = {"rl.phases" if path.startswith("phases.") else path for path in used}  # in one table
    fields = {path: window.findChild(QWidget, path) for path in (*RECIPE, *RECIPE_CHOICES, "rl.phases")}
    shown = {path for path, field in fields.items() if field is not None and field.isVisible()}
    assert shown == wanted
    for path in shown.intersection(RECIPE):
        assert said(window, path) not in ("", "your input"), path
        assert not window.findChild(QToolButton, f"{path}.reset").isVisible(), path
    takers = QAbstractButton, QComboBox, QLineEdit, QSlider, QPlainTextEdit
    nameless = [
        each.objectName() or type(each).__name__
        for each in window.inputs.findChildren(QWidget)
        if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and isinstance(each, takers)
        if not QAccessible.queryAccessibleInterface(each).text(QAccessible.Text.Name)
    ]
    assert nameless == []


@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_kind_is_cut_or_reaches_beyond_its_column(window, kind, scale):
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    add(window, kind)
    unfold(window)
    body = window.inputs.widget()
    assert body.width() <= window.inputs.viewport().width()
    for label in body.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        widest = max(label.fontMetrics().horizontalAdvance(line) for line in label.text().split("\n"))
        assert widest <= label.width() + 1, label.text()
        assert label.height() >= label.sizeHint().height(), label.text()
        assert body.rect().contains(QRect(label.mapTo(body, QPoint(0, 0)), label.size())), label.text()
    for edit in body.findChildren(QuantityEdit):
        if edit.isVisible():
            padding = 10 if edit.property("role") == "cell" else 18
            room = edit.width() - edit.textMargins().right() - padding
            assert edit.fontMetrics().horizontalAdvance(edit.text()) <= room, edit.objectName()
    for picker in body.findChildren(Picker):
        if picker.isVisible():
            room = picker.width() - (16 if picker.property("role") == "flat" else 30)
            assert picker.fontMetrics().horizontalAdvance(picker.currentText()) <= room, picker.objectName()


def test_an_rl_stage_has_its_own_utilization_and_not_the_layouts(window, qtbot):
    add(window, "rl")
    unfold(window)
    assert not window.inputs.fields["efficiency.mfu"].isVisible()
    assert not window.inputs.fields["efficiency.goodput"].isVisible()
    edit = window.findChild(QuantityEdit, "rl.mfu.edit")
    assert edit.text().startswith("auto ")
    before = window.session.estimate.stages[1].gpu_hours
    enter(window, qtbot, "rl.mfu.edit", "10 %")
    assert window.session.current_stage.rl.mfu == 0.1
    assert window.session.estimate.stages[1].gpu_hours > before
    qtbot.mouseClick(window.findChild(QToolButton, "rl.mfu.reset"), LEFT)
    assert window.session.current_stage.rl.mfu is None


def test_a_number_typed_is_the_users_and_resets_to_the_kinds_default(window, qtbot):
    add(window, "sft")
    assert said(window, "data.tokens").startswith("SmolLM3")
    enter(window, qtbot, "data.tokens.edit", "5B")
    assert said(window, "data.tokens") == "your input"
    qtbot.mouseClick(window.findChild(QToolButton, "data.tokens.reset"), LEFT)
    assert window.session.current_stage.data.tokens == 1.8e9
    enter(window, qtbot, "tuning.epochs.edit", "1")
    assert said(window, "tuning.epochs") == "your input"


def test_fine_tuning_has_room_for_little_data(window, qtbot):
    add(window, "sft")
    enter(window, qtbot, "data.tokens.edit", "20M")
    slider = window.findChild(QSlider, "data.tokens.slider")
    assert slider.x_of(20e6) > slider.x_of(1e6) > slider.x_of(1e5)
    window.session.select_stage(0)
    assert slider.x_of(20e6) == slider.x_of(1e6)


def test_lora_brings_its_rank_and_takes_less(window):
    add(window, "sft")
    whole = window.session.estimate.stages[1].gpu_hours
    choose(window, "tuning.method", "lora")
    assert window.findChild(QWidget, "tuning.rank").isVisible()
    assert window.session.estimate.stages[1].gpu_hours < whole
    assert window.session.undo_stack.undoText() == "Method: LoRA"


def test_phases_are_edited_added_and_removed(window, qtbot):
    add(window, "rl")
    first = window.session.current_stage.rl.phases
    enter(window, qtbot, "rl.phases.0.steps", "2K")
    qtbot.mouseClick(window.findChild(QPushButton, "rl.phases.add"), LEFT)
    enter(window, qtbot, "rl.phases.1.cap", "65,536")
    assert window.session.current_stage.rl.phases == (
        RolloutPhase(2000, 1000, 4000, 16384),
        RolloutPhase(2000, 4000, 4000, 65536),
    )
    assert said(window, "rl.phases") == "4,000 steps"
    qtbot.mouseClick(window.findChild(QToolButton, "rl.phases.0.remove"), LEFT)
    assert window.session.current_stage.rl.phases == (RolloutPhase(2000, 4000, 4000, 65536),)
    assert not window.findChild(QToolButton, "rl.phases.0.remove").isVisible()
    for _ in range(4):
        window.session.undo_stack.undo()
    assert window.session.current_stage.rl.phases == first


def test_a_wrong_cell_says_what_would_be_right(window, qtbot):
    add(window, "rl")
    before = window.session.project
    enter(window, qtbot, "rl.phases.0.steps", "many")
    assert window.session.project is before
    label = window.findChild(QLabel, "rl.phases.context")
    assert label.property("role") == "stop"
    assert label.whole.endswith(".")


def test_the_teacher_is_chosen_from_the_catalogue(window):
    add(window, "distillation")
    picker = window.findChild(QComboBox, "distillation.teacher")
    assert picker.currentText() == "DeepSeek-R1"
    choose(window, "distillation.teacher", "Llama 3.1 405B")
    assert window.session.current_stage.distillation.teacher.name == "Llama 3.1 405B"
    assert window.session.current_scenario.model.name != "Llama 3.1 405B"
    choose(window, "distillation.generate", False)
    assert not picker.isVisible()


def holder(window, name: str) -> QComboBox:
    return window.findChild(QComboBox, f"{name}.holder")


def test_a_stage_carries_its_own_hardware_until_released(window):
    assert not holder(window, "hardware").isVisible()
    add(window, "sft")
    before = window.session.project
    picker = holder(window, "hardware")
    assert picker.currentText() == "shared"
    picker.activated.emit(picker.findText("own hardware and price"))
    accelerators = window.inputs.accelerator
    accelerators.activated.emit(accelerators.findData("b200"))
    settle(window.session)
    stage, shared = window.session.current_stage, window.session.current_scenario
    assert stage.hardware.accelerator == "b200"
    assert stage.price.usd_per_gpu_hour == window.session.catalog.default_price("b200").usd_per_gpu_hour
    assert shared.hardware.accelerator == "h100-sxm"
    assert [each.accelerator for each in window.session.estimate.stages] == ["h100-sxm", "b200"]
    window.session.select_stage(0)
    assert picker.currentText() == "shared"
    window.session.select_stage(1)
    picker.activated.emit(0)
    assert window.session.project == before


def test_an_own_accelerator_without_a_known_price_says_so(window):
    add(window, "sft")
    picker = holder(window, "hardware")
    picker.activated.emit(picker.findText("own hardware and price"))
    accelerators = window.inputs.accelerator
    accelerators.activated.emit(accelerators.findData("trainium3"))
    assert window.inputs.fields["price.usd_per_gpu_hour"].context.whole == "no price known"


def test_an_own_model_leaves_the_shared_one_alone(window):
    add(window, "rl")
    picker = holder(window, "model")
    picker.activated.emit(1)
    model = window.inputs.model
    model.activated.emit(model.findData("Qwen3 8B"))
    assert window.session.current_stage.model.name == "Qwen3 8B"
    assert window.session.current_scenario.model.name is None
    assert picker.currentText() == "own model"


def test_a_claim_changes_its_unit_and_keeps_its_product(window):
    add(window, "gpu-hours")
    picker = window.findChild(QComboBox, "stage.claim")
    hours = window.session.estimate.stages[1].gpu_hours
    picker.activated.emit(1)
    settle(window.session)
    assert window.inputs.fields["stage.hours"].isVisible()
    assert window.session.current_stage.gpu_hours is None
    assert window.session.estimate.stages[1].gpu_hours == pytest.approx(hours)
    picker.activated.emit(0)
    assert window.session.current_stage.gpu_hours == pytest.approx(hours)


def test_why_says_what_drives_reinforcement_learning(window):
    window.documents.open(preset("deepseek-r1-first-principles"))
    settle(window.session)
    told = [each.accessibleName() for each in window.inputs.why.findChildren(QWidget) if each.isVisible()]
    facts = {text.split(":")[0]: text for text in told if ":" in text}
    assert facts["Driven by"].startswith("Driven by: longest response")
    bounds = {
        each.label: each.value
        for each in window.session.estimate.stages[0].details
        if each.label in ("Throughput-bound", "Tail-bound")
    }
    for label, value in bounds.items():
        assert f"{value:,.0f} GPU-hours" in facts[label]
    assert "driven by the longest response" in window.inputs.stages.told.whole
    window.session.select_stage(2)
    assert "Driven by" not in {
        each.accessibleName().split(":")[0]
        for each in window.inputs.why.findChildren(QWidget)
        if each.isVisible()
    }


def test_group_and_note_are_taken_when_left(window, qtbot):
    unfold(window)
    group = window.findChild(QLineEdit, "stage.group")
    group.setFocus()
    qtbot.keyClicks(group, "Base model")
    qtbot.keyClick(group, Qt.Key.Key_Return)
    note = window.findChild(QPlainTextEdit, "stage.note")
    note.setFocus()
    qtbot.keyClicks(note, "A guess.")
    group.setFocus()
    stage = window.session.current_stage
    assert (stage.group, stage.note) == ("Base model", "A guess.")
    window.session.undo_stack.undo()
    assert note.toPlainText() == ""


def test_a_warning_leads_to_a_folded_input(window):
    add(window, "rl")
    window.inputs.reveal("rl.cv")
    assert window.findChild(QWidget, "rl.cv").isVisible()
    assert window.findChild(QuantityEdit, "rl.cv.edit").hasFocus()

"""Importing in the window: dropped or chosen, shown before it changes anything, one step to undo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from isocost.files import save_project
from isocost.files.imports import Brought, read_file
from isocost.plan.inputs.starting import new_project
from isocost.plan.project.project import hardware_of, replace_stage
from isocost.plan.values import ModelChoice
from isocost.report.findings.own import imports as words
from isocost.ui.own.importing import ImportDialog
from isocost.ui.screenshot import settle
from tests.ui.own.dialogs import button, cut_labels, line, opened, press, rest, type_in

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

SAMPLES = Path(__file__).parents[2] / "files" / "imports" / "samples"
GEMMA = SAMPLES / "config-gemma3-nested.json"
MIXTRAL = SAMPLES / "config-mixtral.json"
LOG = SAMPLES / "torchtitan-colours.log"
DEEPSPEED = SAMPLES / "settings" / "deepspeed-zero3.json"
TRAINER = SAMPLES / "settings" / "hf-training-args.yaml"
PRICES = SAMPLES / "skypilot-lambda.csv"


def drop(window, *paths: Path) -> None:
    """Drop files onto the window, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(5, 5), copy, data, left, none))
    rest(window)
    rest(window)


def dialog_of(window) -> ImportDialog:
    return next(each for each in window.findChildren(ImportDialog) if each.isVisible())


def shown(dialog: ImportDialog) -> dict[str, tuple[str, str]]:
    """The table as it is read: where each value is from, and the value."""
    model = dialog.table.model()
    rows = [[model.index(row, at).data() for at in range(3)] for row in range(model.rowCount())]
    return {what: (origin, value) for what, origin, value in rows}


def test_a_dropped_configuration_is_shown_first_and_then_one_step_of_the_plan(window, qtbot):
    before = window.session.project
    drop(window, GEMMA)
    dialog = dialog_of(window)
    assert window.session.project is before
    assert "8.17B parameters" in dialog.finding.whole
    told = shown(dialog)
    assert told["Hidden size"] == ("from file", "3,328")
    assert told["Embedding tables"][0] == "framework's default"
    assert told["Training tokens"][0] == "not in the file"
    assert told["Not understood"][1].startswith("vision_config")
    steps = window.session.undo_stack.count()
    press(qtbot, window, dialog, "apply")
    settle(window.session)
    assert not dialog.isVisible()
    assert window.session.undo_stack.count() == steps + 1
    assert "config-gemma3-nested.json" in window.session.undo_stack.undoText()
    assert window.session.project.scenarios[0].model.shape.hidden == 3328
    window.session.undo_stack.undo()
    assert window.session.project == before


def test_files_are_chosen_in_the_menu_as_well(window, qtbot, monkeypatch):
    dialog = opened(window, "import")
    assert "config.json" in dialog.nothing.whole
    assert not button(dialog, "apply").isEnabled()
    chosen = lambda *_: ([str(MIXTRAL)], "")  # noqa: E731
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", chosen)
    press(qtbot, window, dialog, "choose")
    rest(window)
    assert "34.2B parameters" in dialog.finding.whole
    assert cut_labels(dialog) == []
    press(qtbot, window, dialog, "apply")
    assert window.session.project.scenarios[0].model.shape.experts == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"model_type": "llama", "hidden_size": 64,', "not valid JSON"),
        ('{"model_type": "llama", "hidden_size": "x", "num_hidden_layers": 2}', "hidden_size: expected"),
        ("nothing anybody knows", "none of the files that can be imported"),
        ("", "the file is empty"),
    ],
)
def test_what_is_not_understood_is_said_and_the_plan_stays(window, tmp_path, text, said):
    before = window.session.project
    path = tmp_path / "config.json"
    path.write_text(text, "utf-8")
    drop(window, path)
    dialog = dialog_of(window)
    assert said in dialog.message.whole
    assert dialog.message.whole.startswith("config.json: ")
    assert not button(dialog, "apply").isEnabled()
    assert window.session.project is before
    drop(window, GEMMA)
    assert button(dialog, "apply").isEnabled()
    assert dialog.message.whole == ""


def test_a_model_goes_to_the_stage_that_has_one_of_its_own(window, qtbot):
    project = window.session.project
    stage = replace(project.scenarios[0].stages[0], model=ModelChoice(parameters=1e9))
    window.session.apply(lambda p: replace_stage(p, stage), "A model of its own")
    drop(window, GEMMA)
    press(qtbot, window, dialog_of(window), "apply")
    (scenario,) = window.session.project.scenarios
    assert scenario.stages[0].model.shape.hidden == 3328
    assert scenario.model == project.scenarios[0].model


def test_the_same_file_again_changes_nothing_and_says_so(window, qtbot):
    for _ in range(2):
        drop(window, GEMMA)
        dialog = dialog_of(window)
        press(qtbot, window, dialog, "apply")
    assert dialog.isVisible()
    assert dialog.message.whole == words.NOTHING
    assert window.session.undo_stack.count() == 1


def test_a_dropped_plan_opens_whatever_lies_beside_it(window, tmp_path):
    path = tmp_path / "mine.yaml"
    save_project(new_project(window.session.catalog), path)
    drop(window, GEMMA, path)
    assert window.session.path == path


def test_a_configuration_opened_as_a_plan_is_imported(window):
    assert window.documents.open(MIXTRAL)
    rest(window)
    rest(window)
    assert "34.2B" in dialog_of(window).finding.whole
    assert window.documents.recent() == []


def test_the_history_names_the_file_and_its_content(window):
    found = read_file(GEMMA)
    said = words.applied_words([Brought((GEMMA,), found)])
    assert said.startswith("Import config-gemma3-nested.json: gemma3_text: 8.17B parameters")


def test_a_name_with_markup_stays_text(window, tmp_path):
    tree = json.loads(MIXTRAL.read_text("utf-8")) | {"_name_or_path": "models/<b>bold"}
    path = tmp_path / "config.json"
    path.write_text(json.dumps(tree), "utf-8")
    drop(window, path)
    assert dialog_of(window).finding.whole.startswith("<b>bold: 34.2B")
    assert dialog_of(window).finding.textFormat() == Qt.TextFormat.PlainText


def test_what_a_log_leaves_out_is_asked_and_taken(window, qtbot):
    drop(window, LOG)
    dialog = dialog_of(window)
    assert "7,053 tokens/s" in dialog.finding.whole
    assert all(field.isVisible() for field in dialog.fields.values())
    assert dialog.fields["gpus"].edit.hasFocus()
    assert cut_labels(dialog) == []
    type_in(qtbot, line(dialog, "gpus"), "many")
    assert dialog.fields["gpus"].message.isVisible()
    assert not button(dialog, "apply").isEnabled()
    for name, text in (("gpus", "512"), ("sequence", "8,192"), ("batch", "1K")):
        type_in(qtbot, line(dialog, name), text)
    rest(window)
    assert not dialog.fields["gpus"].message.isVisible()
    assert shown(dialog)["Accelerators"] == ("given", "512")
    before = window.session.project
    press(qtbot, window, dialog, "apply")
    rest(window)
    assert "measured 7,053" in dialog.message.whole
    assert window.session.undo_stack.count() == 1
    window.session.undo_stack.undo()
    assert window.session.project == before


def test_halves_of_one_run_ask_for_what_only_the_launcher_knows(window, qtbot):
    drop(window, DEEPSPEED)
    dialog = dialog_of(window)
    press(qtbot, window, dialog, "apply")
    assert "import them together with the trainer's arguments" in dialog.message.whole
    assert window.session.undo_stack.count() == 0
    drop(window, DEEPSPEED, TRAINER)
    assert dialog.fields["gpus"].isVisible()
    type_in(qtbot, line(dialog, "gpus"), "16")
    rest(window)
    rest(window)
    assert shown(dialog)["Accelerators"] == ("given", "16")
    rest(window)
    press(qtbot, window, dialog, "apply")
    assert window.session.undo_stack.count() == 1
    (scenario,) = window.session.project.scenarios
    assert 16 in {hardware_of(scenario, each).count for each in scenario.stages}
    drop(window, GEMMA)
    assert not dialog.fields["gpus"].isVisible()


def test_several_files_are_one_step(window, qtbot):
    drop(window, GEMMA, PRICES)
    dialog = dialog_of(window)
    assert dialog.table.model().headerData(0, Qt.Orientation.Horizontal) == "File"
    press(qtbot, window, dialog, "apply")
    rest(window)
    assert window.session.undo_stack.count() == 1
    assert len(window.session.project.prices) > 0
    assert window.session.project.scenarios[0].model.shape is not None

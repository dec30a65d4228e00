"""Calibrating in the window: a file, the runs before and after, and the plan corrected."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QFileDialog

from isocost.ui.screenshot import settle
from tests.ui.conftest import preset
from tests.ui.own.dialogs import button, cut_labels, opened, press, rest

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

RUNS = """\
model,gpu,n_gpus,seq_len,precision,tp,pp,micro_batch,global_batch_seqs,framework,tokens_per_s_per_gpu
Llama 3 8B,H100,64,8192,bf16,1,1,1,256,NeMo,9000
Llama 3 8B,H100,128,8192,bf16,1,1,1,256,NeMo,8800
No such model,H100,64,8192,bf16,1,1,1,256,NeMo,9000
"""


@pytest.fixture
def runs(tmp_path, monkeypatch):
    path = tmp_path / "runs.csv"
    path.write_text(RUNS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    return path


@pytest.fixture
def dialog(window, runs):
    return opened(window, "calibrate")


def cells(dialog, row):
    cells = dialog.table.model()
    return [cells.index(row, at).data() for at in range(cells.columnCount())]


def test_runs_are_shown_before_and_after_and_applied(window, qtbot, dialog):
    assert not button(dialog, "apply").isEnabled()
    # Physics alone: whole runs waste less beside a speed that is known.
    window.session.set_value("efficiency.waste", 0.0, "No waste")
    rest(window)
    before = window.session.estimate.total.cost_usd
    press(qtbot, window, dialog, "choose")
    assert "2 of 3 runs used" in dialog.finding.whole
    assert "before" in dialog.errors.whole
    told = cells(dialog, 0)
    assert told[:2] == ["Llama 3 8B, 64 H100", "9K"]
    assert told[3].startswith("+")
    assert cells(dialog, 2)[2:6] == ["–"] * 4
    assert "No such model" in cells(dialog, 2)[6]
    assert window.session.undo_stack.count() == 1
    press(qtbot, window, dialog, "apply")
    held = window.session.value("efficiency.correction")
    assert held.runs == 2
    assert held.source == "runs.csv"
    assert window.session.estimate.total.cost_usd == pytest.approx(before / held.factor, rel=0.02)
    assert window.session.undo_stack.undoText() == "Correct the plan by 2 runs"
    assert "before" in dialog.message.whole
    press(qtbot, window, dialog, "take_off")
    assert window.session.value("efficiency.correction") is None
    window.session.undo_stack.undo()
    window.session.undo_stack.undo()
    rest(window)
    assert window.session.estimate.total.cost_usd == before


def test_one_stage_is_corrected_alone(window, qtbot, dialog):
    window.documents.open(preset("deepseek-chain"))
    rest(window)
    press(qtbot, window, dialog, "choose")
    stage = dialog.stage
    assert stage.itemText(0) == "the whole plan"
    name = stage.itemText(2)
    stage.setCurrentIndex(2)
    stage.activated.emit(2)
    press(qtbot, window, dialog, "apply")
    stages = window.session.current_scenario.stages
    own = {each.name: getattr(each, "efficiency", None) for each in stages}
    corrected = [each for each, held in own.items() if held is not None and held.correction is not None]
    assert corrected == [name]
    assert window.session.current_scenario.efficiency.correction is None
    assert name in dialog.message.whole


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "the file is empty"),
        ("model;gpu\nx;y\n", "by commas, not semicolons"),
        ("model,gpu,n_gpus,seq_len\nx,y,1,2\n", "missing are tokens_per_s_per_gpu"),
        (RUNS.replace("9000", "").replace("8800", ""), "no row has both"),
    ],
)
def test_a_bad_file_is_a_sentence(window, qtbot, dialog, runs, text, says):
    runs.write_text(text)
    press(qtbot, window, dialog, "choose")
    assert says in dialog.message.whole
    assert dialog.message.property("role") == "stop"
    assert not button(dialog, "apply").isEnabled()


def test_a_plan_of_claims_says_that_nothing_is_corrected(window, qtbot, dialog):
    window.documents.open(preset("deepseek-r1"))
    rest(window)
    press(qtbot, window, dialog, "choose")
    assert "nothing is corrected" in dialog.message.whole
    assert not button(dialog, "apply").isEnabled()


@pytest.mark.parametrize(("theme", "scale"), [("light", 1.0), ("dark", 1.5)])
def test_nothing_is_cut_with_larger_text(window, qtbot, runs, theme, scale):
    window.themes.choose(theme)
    window.themes.set_scale(scale)
    settle(window.wardrobe)
    dialog = opened(window, "calibrate")
    assert cut_labels(dialog) == []
    press(qtbot, window, dialog, "choose")
    press(qtbot, window, dialog, "apply")
    assert cut_labels(dialog) == []
    assert dialog.width() <= 1280


def test_a_log_is_opened_and_adds_to_what_the_plan_holds(window, qtbot, dialog, runs):
    press(qtbot, window, dialog, "choose")
    press(qtbot, window, dialog, "apply")
    measured = window.session.value("efficiency.correction").measured
    assert [each.source for each in measured] == ["runs.csv, line 2", "runs.csv, line 3"]
    count = window.session.value("hardware.count")
    runs.write_text(
        f"using world size: {count}, data-parallel size: 1, tensor-model-parallel size: 1\n"
        + "".join(
            f" iteration {at:8d}/ 9000 | elapsed time per iteration (ms): {90000.0 if at < 2 else 20000.0} | "
            "global batch size:   512 | lm loss: 2.0 |\n"
            for at in range(1, 60)
        )
    )
    press(qtbot, window, dialog, "choose")
    assert "3 of 3 runs used" in dialog.finding.whole
    assert cells(dialog, 2)[0] == "runs.csv"
    press(qtbot, window, dialog, "apply")
    held = window.session.value("efficiency.correction")
    assert held.runs == 3
    assert held.measured[:2] == measured
    assert "The plan is corrected" in dialog.message.whole

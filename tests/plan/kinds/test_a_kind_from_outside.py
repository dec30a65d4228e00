"""A kind of stage added from outside, as one module would: priced, saved, reopened, told and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from isocost.catalog.constants.templates import StageTemplate
from isocost.files import load_project, save_project
from isocost.files.errors import ContentError
from isocost.files.loading import parse_project
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.inputs import roads, table
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.input import Choice, Input
from isocost.plan.kinds import KINDS, GpuHoursStage
from isocost.plan.kinds.kind import RENTED, Case, InputGroup, Kind, StageBase
from isocost.plan.notice import Notice
from isocost.plan.physics.records import Detail, Job, StageRun
from isocost.plan.project.project import Hardware, Price, Project, Scenario
from isocost.plan.values import Value
from isocost.report.estimate_tables import json_text
from isocost.report.estimate_text import text
from isocost.ui.app import make_frame
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.inputs.pickers import Picker
from isocost.ui.screenshot import settle
from isocost.ui.speaking import settings
from isocost.ui.widgets.fields.edit import QuantityEdit
from tests.plan.programmes import CATALOG

# The module of the kind: record, runner, inputs and words. What a new stage starts with is a catalogue's.


class Merging(Value, frozen=True):
    """Checkpoints averaged, and each candidate measured."""

    candidates: float = 4.0
    way: Literal["linear", "spherical"] = "linear"


class MergingStage(StageBase, frozen=True, kw_only=True, tag="merging"):
    """Merging of models."""

    merging: Merging = Merging()


def _run(job: Job) -> list[StageRun]:
    """Three accelerator-hours a candidate, whatever the accelerator."""
    candidates = job.stage.merging.candidates
    return [
        StageRun(
            accelerator,
            counts,
            np.full(len(counts), 3.0 * candidates),
            np.ones(len(counts), dtype=bool),
            computed=False,
            details=(Detail("Candidates", candidates, "count"),) if job.explained else (),
        )
        for accelerator, counts in zip(job.accelerators, job.counts, strict=True)
    ]


def _many(case: Case) -> Iterator[Notice]:
    if case.stage.merging.candidates > 50:
        yield Notice("many-candidates", "merging.candidates", "More than 50 merges are rarely worth it.")


def _flaw(stage: MergingStage) -> str:
    return "a single candidate is no merge." if stage.merging.candidates == 1.0 else ""


MERGING = Kind(
    record=MergingStage,
    label="Model merging",
    help="Checkpoints averaged, and each candidate measured.",
    name="Merging",
    group="experiments",
    run=_run,
    inputs=RENTED,
    groups=(
        InputGroup(
            "Merging", ("merging.candidates",), ("merging.way",), lambda stage: f"{stage.merging.way} means"
        ),
    ),
    used=lambda stage, path: path != "merging.way" or stage.merging.candidates > 2,
    unsearched="Merging averages weights: nothing is trained.",
    notices=_many,
    flaw=_flaw,
    begins=True,
)
ROWS = (
    Input(
        "merging.candidates", "Candidates", "", "number", 1, 100, 1, 1e6, "Merges tried.", "what we tried",
        default=4.0,
    ),
    Choice(
        "merging.way", "Way", "How weights are averaged.",
        {"linear": "straight", "spherical": "on a sphere"}, "what we tried", default="linear",
    ),
)  # fmt: skip
STARTED = CATALOG.with_constants(
    templates={
        **CATALOG.constants.templates,
        "merging": StageTemplate("merging", {"merging": {"candidates": 12}}, "our last release"),
    }
)


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind in the list of kinds, and its inputs in the table of inputs."""
    monkeypatch.setitem(KINDS, "merging", MERGING)
    for row in ROWS:
        number = isinstance(row, Input)
        road = roads.NumberRoad if number else roads.Road
        monkeypatch.setitem(table.INPUTS, row.path, row)
        monkeypatch.setitem(table.NUMBERS if number else table.CHOICES, row.path, row)
        if number:
            monkeypatch.setitem(roads.NUMBER_ROADS, row.path, road(row.path))
        monkeypatch.setitem(roads.ROADS, row.path, road(row.path))


def plan(**merging: object) -> Project:
    """Merging after a claimed run, at $2 an hour."""
    claim = GpuHoursStage(name="Run", gpu_hours=1000.0)
    merge = MergingStage(name="Merge", merging=Merging(**merging))
    held = Scenario(name="Base", hardware=Hardware("h100-sxm", 64), price=Price(2.0), stages=(claim, merge))
    return Project(name="Plan", scenarios=(held,))


def answered(**merging: object) -> Answer:
    return answer(plan(**merging), STARTED)


def test_it_is_priced_in_its_part_of_the_bill():
    found = answered(candidates=10.0)
    stage, line = found.estimate.stages[1], found.estimate.ledger[1]
    assert (stage.kind, stage.gpu_hours, stage.cost_usd) == ("merging", 30.0, 60.0)
    assert (line.line, line.group, line.cost_usd) == ("Merge: H100 rent", "experiments", 60.0)
    assert found.estimate.total.cost_usd == 2060.0
    assert found.curve.at_count(64) >= 0
    assert {each.name for each in answer(plan(), STARTED).omissions}.isdisjoint({"Experiments"})


def test_it_starts_as_its_template_says():
    assert new_stage("merging", STARTED) == MergingStage(name="Merging", merging=Merging(candidates=12.0))
    assert new_stage("merging", CATALOG) == MergingStage(name="Merging")


def test_it_is_saved_and_reopened(tmp_path):
    project = plan(candidates=12.0, way="spherical")
    save_project(project, tmp_path / "plan.yaml")
    assert load_project(tmp_path / "plan.yaml", STARTED) == project
    assert "kind: merging" in (tmp_path / "plan.yaml").read_text()


def test_a_file_is_checked_by_its_types_its_inputs_and_its_own_rule():
    written = project_text(plan(candidates=12.0))
    for candidates, said in (("many", "expected a number"), ("0", "Candidates must lie"), ("1", "no merge")):
        with pytest.raises(ContentError, match=said):
            parse_project(written.replace("candidates: 12", f"candidates: {candidates}"))
    with pytest.raises(ContentError, match="did you mean 'merging'"):
        parse_project(written.replace("kind: merging", "kind: mergin"))


def test_it_is_told_in_text_and_json():
    found = answered(candidates=60.0).estimate
    assert "Merge" in text(found)
    stage = json.loads(json_text(found))["stages"][1]
    assert (stage["kind"], stage["gpu_hours"]) == ("merging", 180.0)
    assert [each.code for each in found.warnings] == ["many-candidates"]


def test_it_is_opened_added_and_shown_in_the_window(qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr("isocost.ui.session.session.other_curves", lambda *_: ())
    window = make_frame(settings())
    qtbot.addWidget(window, before_close_func=lambda each: each.session.undo_stack.setClean())
    window.fill(STARTED)
    save_project(plan(), tmp_path / "plan.yaml")
    window.documents.open(tmp_path / "plan.yaml")
    window.show()
    qtbot.waitExposed(window)
    settle(window.session)
    window.session.select_stage(1)
    strip = window.inputs.stages
    action = next(each for each in strip.adding.actions() if each.objectName() == "stages.add.merging")
    assert (action.text(), action.toolTip()) == (MERGING.label, MERGING.help)
    action.trigger()
    settle(window.session)
    QApplication.processEvents()
    # The list of stages, and what it says of the selected one
    names = [stage.name for stage in window.session.current_scenario.stages]
    assert names == ["Run", "Merge", "Merging"]
    assert strip.told.whole.startswith("Model merging · 36 GPU-hours")
    # Its own inputs, with what it starts with; none of those that do not bear on it
    field = window.findChild(FieldInput, "merging.candidates")
    assert field.isVisible()
    assert field.slider.quantity == pytest.approx(12.0, rel=0.01)
    assert field.context.whole == "our last release"
    for path in ("model.parameters", "data.tokens", "efficiency.mfu", "stage.gpu_hours"):
        assert not window.findChild(QWidget, path).isVisible()
    window.inputs.reveal("merging.way")
    assert window.findChild(Picker, "merging.way").currentText() == "straight"
    # A change through its field
    edit = window.findChild(QuantityEdit, "merging.candidates.edit")
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, "2")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    settle(window.session)
    assert window.session.current_stage.merging.candidates == 2.0
    assert window.session.estimate.stages[2].gpu_hours == 6.0
    assert not window.findChild(Picker, "merging.way").isVisible()
    assert window.session.undo_stack.undoText() == "Candidates 2"

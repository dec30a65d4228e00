"""Every kind of stage: priced, saved, reopened and explained, and its inputs are those of the table."""

from __future__ import annotations

import json

import msgspec
import pytest

from isocost.files import load_project, save_project
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.inputs.programme_rows import PROGRAMME_ROWS
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import KINDS, Stage, kind_of, uses
from isocost.plan.money.explain import explained
from isocost.plan.project.project import Hardware, ModelChoice, Price, Project, Scenario
from isocost.report.estimate_tables import json_text
from isocost.report.estimate_text import text
from tests.plan.programmes import CATALOG


def planned(tag: str) -> Project:
    """A plan of one new stage, and one of claimed hours that a share can be taken of."""
    stages: tuple[Stage, ...] = (new_stage(tag, CATALOG), new_stage("gpu-hours", CATALOG))
    held = Scenario(
        name="Base",
        model=ModelChoice(name="Llama 3.1 8B"),
        hardware=Hardware("h100-sxm", 64),
        price=Price(2.0, supplier="Lambda"),
        stages=stages,
    )
    return Project(name="Plan", scenarios=(held,))


@pytest.mark.parametrize("tag", KINDS)
def test_a_new_stage_is_priced_told_and_explained(tag):
    found = answer(planned(tag), CATALOG)
    stage, line = found.estimate.stages[0], found.estimate.ledger[0]
    assert (stage.kind, line.group) == (tag, KINDS[tag].group)
    assert stage.gpu_hours > 0.0
    assert line.cost_usd == pytest.approx(stage.gpu_hours * 2.0, abs=0.01)
    assert stage.name in text(found.estimate)
    assert json.loads(json_text(found.estimate))["stages"][0]["kind"] == tag
    assert explained(found.reckoning, "rent").inputs


@pytest.mark.parametrize("tag", KINDS)
def test_a_new_stage_is_saved_and_reopened(tag, tmp_path):
    project = planned(tag)
    save_project(project, tmp_path / "plan.yaml")
    assert load_project(tmp_path / "plan.yaml", CATALOG) == project


@pytest.mark.parametrize("tag", KINDS)
def test_every_input_a_kind_names_exists_and_has_a_place(tag):
    kind, stage = KINDS[tag], new_stage(tag, CATALOG)
    assert sorted(kind.paths - set(INPUTS)) == []
    assert set(kind.foremost) <= kind.paths
    assert set(kind.lows) <= kind.paths
    own = {path.split(".")[0] for group in kind.groups for path in group.every} - {"phases"}
    assert {section for section in own if not hasattr(stage, section)} == set()


def test_every_input_is_used_by_a_kind_or_belongs_to_the_programme():
    used = {path for kind in KINDS.values() for path in kind.paths}
    programme = {row.path for row in PROGRAMME_ROWS}
    assert sorted(set(INPUTS) - used - programme) == []
    assert used.isdisjoint(programme)


def test_every_kind_has_its_words_and_one_way_to_run():
    labels = [kind.label for kind in KINDS.values()]
    assert len(set(labels)) == len(labels)
    for tag, kind in KINDS.items():
        assert kind.tag == tag
        assert kind.help.endswith(".")
        assert kind.unsearched.endswith(".")
        assert (kind.run is None) != (kind.share is None)
        assert kind_of(new_stage(tag, CATALOG)) is kind


def test_a_plan_file_and_the_types_know_the_same_kinds():
    assert {kind.record for kind in KINDS.values()} == set(Stage.__args__)


def test_an_input_that_does_not_bear_on_a_stage_is_not_used():
    student = new_stage("distillation", CATALOG)
    own = msgspec.structs.replace(student.distillation, method="on-policy")
    alone = msgspec.structs.replace(student, distillation=own)
    for path, before, after in (
        ("distillation.generate", True, False),
        ("distillation.stack", False, True),
        ("layout.tp", True, False),
        ("efficiency.goodput", True, False),
        ("tuning.packing", True, False),
        ("tuning.epochs", True, True),
        ("hardware.count", True, True),
    ):
        assert (uses(student, path), uses(alone, path)) == (before, after), path


# What folded inputs say


def folded(tag: str, title: str, stage: Stage) -> str:
    """What a group of a kind's inputs says of those folded away."""
    return next(group.summary(stage) for group in KINDS[tag].groups if group.title == title)


@pytest.mark.parametrize(
    ("tag", "title", "said"),
    [
        ("rl", "Efficiency", "automatic"),
        ("rl", "Rollouts", ""),
        ("preference", "Pairs", "batch of "),
        ("distillation", "Distillation", "batch of "),
        ("rl", "Responses", "spread "),
        ("sft", "Fine-tuning", "packed"),
        ("generation", "Answers", ", prompts"),
    ],
)
def test_folded_inputs_say_what_they_hold(tag, title, said):
    found = folded(tag, title, new_stage(tag, CATALOG))
    assert said in found
    assert bool(found) is bool(said)


def test_what_is_typed_of_an_update_is_named():
    stage = new_stage("rl", CATALOG)
    typed = msgspec.structs.replace(stage, rl=msgspec.structs.replace(stage.rl, mfu=0.3, overhead=20.0))
    assert folded("rl", "Efficiency", typed) == "MFU and overhead"

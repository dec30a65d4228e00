"""What the list of stages says of each, and what its folded inputs hold."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from isocost.plan.answer.estimate import estimate
from isocost.plan.answer.results import result_of
from isocost.plan.inputs.defaults import new_stage
from isocost.plan.physics.records import Detail
from isocost.plan.project.editing import switch_stage
from isocost.quantities import plain_spaces
from isocost.report.findings.inputs.stages import (
    cost_share,
    detail_in_words,
    detail_value,
    notes_line,
    row_in_words,
    row_tip,
    size_line,
    steps_line,
)
from tests.plan.programmes import CATALOG
from tests.report.findings.plans import estimated, shipped


@pytest.fixture(scope="module")
def programme(catalog):
    """The stages of SmolLM3's programme, and what they come to."""
    project = shipped("smollm3-programme", catalog)
    return project.scenarios[0].stages, estimate(project, catalog)


def test_shares_add_up(programme):
    stages, result = programme
    shares = [plain_spaces(cost_share(stages, result, at)) for at in range(len(stages))]
    numbers = [float(text.split()[0]) for text in shares if not text.startswith("<")]
    assert sum(numbers) == pytest.approx(100, abs=0.5)


def test_a_stage_that_is_off_has_no_share_and_says_so(catalog):
    project = switch_stage(shipped("smollm3-programme", catalog), 0, False)
    stages, result = project.scenarios[0].stages, estimate(project, catalog)
    assert cost_share(stages, result, 0) == "off"
    assert row_in_words(stages, result, 0) == "Ablations and debugging, off"
    assert row_tip(stages, result, 0).endswith("off: left out of the sums")


def test_a_small_share_is_not_rounded_to_nothing(programme):
    stages, result = programme
    small = replace(result.stages[0], cost_usd=1.0)
    shown = cost_share(stages, replace(result, stages=(small, *result.stages[1:])), 0)
    assert plain_spaces(shown) == "< 0.1 %"


def test_an_estimate_of_other_stages_says_nothing(programme):
    stages, result = programme
    assert result_of(stages[1:], result, 0) is None
    assert result_of(stages, None, 0) is None
    assert cost_share(stages, None, 1) == ""
    assert row_tip(stages, None, 1) == "Pre-training · counted"
    assert result_of((stages[1], stages[0], *stages[2:]), result, 0) is None


def test_a_row_tells_kind_cost_and_whether_it_counts(programme):
    stages, result = programme
    assert row_in_words(stages, result, 0).startswith("Ablations and debugging, ")
    kind, cost, counted = row_tip(stages, result, 1).split(" · ")
    assert kind == "Pre-training"
    assert cost.startswith("$")
    assert counted == "counted"


def test_the_selected_stage_tells_size_and_driver(catalog):
    stage = estimated("deepseek-r1-first-principles", catalog).stages[0]
    line = size_line(stage)
    assert line.startswith("Reinforcement learning · ")
    assert " GPU-hours, " in line
    assert line.endswith("driven by the longest response")
    plain = size_line(estimated("startup-7b", catalog).stages[0])
    assert "driven" not in plain


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        (Detail("Driven by", "longest response", ""), "longest response"),
        (Detail("Rounds", 1234.0, "count"), "1,234"),
        (Detail("Bound", 1234.0, "count", "GPU-hours"), "1,234 GPU-hours"),
    ],
)
def test_a_fact_is_told_with_its_unit(detail, text):
    assert detail_value(detail) == text
    assert detail_in_words(detail) == f"{detail.label}: {text}. "


@pytest.mark.parametrize(
    ("group", "note", "text"),
    [
        ("", "", "none"),
        ("Base", "", "group"),
        ("", "A guess.", "note"),
        ("Base", "A guess.", "group and note"),
    ],
)
def test_the_notes_tell_which_are_written(group, note, text):
    assert notes_line(msgspec.structs.replace(new_stage("sft", CATALOG), group=group, note=note)) == text


def test_phases_tell_their_steps_together():
    (phase,) = new_stage("rl", CATALOG).rl.phases
    longer = msgspec.structs.replace(phase, steps=1000.0)
    assert steps_line((longer, longer)) == "2,000 steps"

"""Counts one can have: one rule for inputs, curves and files; a typed count changes with a sentence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.files.loading import parse_project
from isocost.plan.answer.estimate import estimate
from isocost.plan.physics.counts import LARGEST_COUNT, count_grid, obtainable, obtained, units_of
from isocost.plan.project.project import set_value

CATALOG = load()
PLAN = """
isocost: 1
name: LoRA
scenarios:
  - name: one
    model: {{name: Llama 3.1 {size}}}
    hardware: {{accelerator: {part}, count: {count}}}
    supply: {{mode: {mode}}}
    stages:
      - kind: sft
        name: LoRA
        data: {{tokens: 150M}}
        tuning: {{method: lora}}
"""


def plan(count, *, part="h100-sxm", size="8B", mode="on-demand"):
    return parse_project(PLAN.format(count=count, part=part, size=size, mode=mode), CATALOG)


@pytest.mark.parametrize(
    ("part", "owned", "typed", "used"),
    [
        ("h100-sxm", False, 1, 1),
        ("h100-sxm", False, 3, 4),
        ("h100-sxm", False, 12, 16),
        ("h100-sxm", True, 3, 3),
        ("h100-sxm", True, 12, 16),
        ("tpu-v6e", False, 1, 1),
        ("gb200", False, 1, 4),
        ("gb300", False, 5, 8),
        ("rtx4090", False, 3, 3),
        ("mi455x", False, LARGEST_COUNT, LARGEST_COUNT // 72 * 72),
    ],
)
def test_what_one_can_have(part, owned, typed, used):
    assert obtained(typed, units_of(CATALOG.accelerator(part), owned)) == used


@given(
    part=st.sampled_from(sorted(CATALOG.accelerators)),
    owned=st.booleans(),
    count=st.integers(1, LARGEST_COUNT),
)
def test_what_one_can_have_stays_and_is_on_its_curve(part, owned, count):
    units = units_of(CATALOG.accelerator(part), owned)
    used = obtained(count, units)
    assert obtained(used, units) == used <= LARGEST_COUNT
    grid = count_grid(units, count)
    assert used in grid
    assert np.array_equal(obtainable(grid, units), grid)


def test_a_count_one_cannot_have_is_rounded_in_the_plan_and_said():
    project = plan(12)
    assert project.scenarios[0].hardware.count == 16
    said = [n.message for n in estimate(project, CATALOG).warnings if n.code == "partial-node"]
    assert said == ["12 H100 are not rented: above one node of 8 they come in whole nodes; 16 is used."]


@pytest.mark.parametrize(("count", "mode"), [(1, "on-demand"), (2, "on-demand"), (3, "own"), (16, "own")])
def test_a_count_one_can_have_stays_without_a_word(count, mode):
    project = plan(count, mode=mode)
    result = estimate(project, CATALOG)
    assert project.scenarios[0].hardware.count == result.stages[0].count == count
    assert not any(n.code == "partial-node" for n in result.warnings)


def test_lora_of_70b_does_not_fit_on_one_and_says_the_smallest_count_that_does():
    stage = estimate(plan(1, size="70B"), CATALOG).stages[0]
    assert (stage.count, stage.fits, stage.smallest_count) == (1, False, 2)
    assert estimate(plan(2, size="70B"), CATALOG).stages[0].fits


def test_lora_of_8b_on_one_takes_hours():
    stage = estimate(set_value(plan(1), "efficiency.stack", "vendor"), CATALOG).stages[0]
    assert stage.fits
    assert 2.2 < stage.gpu_hours < 3.5
    assert stage.wall_days * 24 == pytest.approx(stage.gpu_hours)

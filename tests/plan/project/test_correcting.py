"""A correction by one's own runs: of a whole plan, or of one stage."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from isocost.catalog import load
from isocost.evidence.own_runs import calibrated
from isocost.evidence.table import predict
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.answer.estimate import estimate
from isocost.plan.project.correcting import correctable, correction_from, with_correction
from isocost.plan.project.project import efficiency_of
from isocost.plan.values import Correction

CATALOG = load(Path("no user files"))
PLAN = load_project(presets() / "deepseek-chain.yaml", CATALOG)
FOUND = Correction(0.9, 0.8, 1.0, 3, "runs.csv", "2026-11-29")


def corrections(plan):
    scenario = plan.scenarios[0]
    return [efficiency_of(scenario, scenario.stages[at]).correction for at in correctable(scenario)]


def test_one_stage_alone_is_corrected_and_the_whole_plan_is():
    places = correctable(PLAN.scenarios[0])
    assert len(places) > 1
    one = with_correction(PLAN, FOUND, stage=places[1])
    assert corrections(one) == [FOUND if at == places[1] else None for at in places]
    whole = with_correction(PLAN, FOUND)
    assert corrections(whole) == [FOUND] * len(places)
    assert with_correction(whole, None) == PLAN


def test_a_stage_with_an_efficiency_of_its_own_keeps_it():
    at = correctable(PLAN.scenarios[0])[0]
    own = with_correction(PLAN, None, stage=at)
    assert corrections(with_correction(own, FOUND))[0] is None


def test_a_claimed_plan_has_nothing_to_correct():
    claimed = load_project(presets() / "deepseek-r1.yaml", CATALOG)
    assert correctable(claimed.scenarios[0]) == ()


ROWS = [
    {"model": model, "gpu": gpu, "n_gpus": count, "seq_len": "4096"}
    for model, gpu, count in (
        ("Llama 3.1 8B", "h100-sxm", "8"),
        ("Llama 2 13B", "h100-sxm", "32"),
        ("Qwen2.5 7B", "a100-sxm-80gb", "8"),
        ("Mistral 7B", "h200-sxm", "64"),
    )
]
"""Runs as a team tells of them: of an open layout, so that they are predicted less surely than a plan."""


def spread(plan):
    """How many times the low end of a plan's cost the high end is, and of what the step model leaves open."""
    known = estimate(plan, CATALOG).range
    (steps,) = [part.cost_usd for part in known.parts if part.name == "Step model"]
    return tuple(each.p90 / each.p10 for each in (known.cost_usd, steps))


@pytest.mark.parametrize("preset", ["startup-7b", "rent-or-buy-64-h100", "eight-gpu-lab"])
def test_own_runs_never_widen_the_range_of_a_plan_and_more_that_agree_narrow_it(preset):
    plan = load_project(presets() / f"{preset}.yaml", CATALOG)
    spreads = [spread(plan)]
    for number in (1, 2, 4):
        rows = ROWS[:number]
        speeds = [run.tokens_per_s for run in predict(rows, CATALOG)]
        pairs = zip(rows, speeds, strict=True)
        told = [{**row, "tokens_per_s_per_gpu": str(speed * 1.02)} for row, speed in pairs]
        found = correction_from(calibrated(told, CATALOG, source="mine", date="2026-11-30"))
        assert 1.0 <= found.factor <= 1.02
        spreads.append(spread(with_correction(plan, found)))
    for before, after in pairwise(spreads):
        assert all(narrower < wider for narrower, wider in zip(after, before, strict=True))


def test_a_correction_without_its_runs_is_no_less_sure_than_the_plan():
    plan = load_project(presets() / "startup-7b.yaml", CATALOG)
    unsure = Correction(1.0, 0.3, 3.0, 2, "by hand")
    assert spread(with_correction(plan, unsure))[1] == pytest.approx(spread(plan)[1], rel=0.01)

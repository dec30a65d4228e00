"""A correction by one's own runs: of a whole plan, or of one stage."""

from __future__ import annotations

from pathlib import Path

from isocost.catalog import load
from isocost.files import load_project
from isocost.paths import presets
from isocost.plan.project.correcting import correctable, with_correction
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

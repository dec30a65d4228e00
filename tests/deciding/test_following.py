"""What is picked in a plan stays picked when that changes: keys of figures, points of other scenarios."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from isocost import paths
from isocost.catalog import load
from isocost.files import load_project
from isocost.files.loading import parse_project
from isocost.plan.answer.estimate import answer
from isocost.plan.compare.points import ghosts, ghosts_follow
from isocost.plan.explain.following import followed_key
from isocost.plan.inputs.billing import EXPERIMENTS, STAGES, counted
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds.ablations import AblationStage
from isocost.plan.project.editing import move_stage, remove_stage
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import replace_scenario, replace_stage, set_value
from tests.deciding.plans import CLAIMED

CATALOG = load()
CHAIN = load_project(paths.presets() / "deepseek-chain.yaml", CATALOG)
AT = 0


def answered(project, at=AT):
    return answer(project, CATALOG, at)


def test_the_key_of_a_figure_follows_its_stage():
    before = answered(CHAIN)
    assert len(before.reckoning.stages) >= 3
    shorter = answered(remove_stage(CHAIN, 0))
    assert followed_key("stages.1.mfu", before, shorter) == "stages.0.mfu"
    assert followed_key("late.stages.2.rent", before, shorter) == "late.stages.1.rent"
    assert followed_key("stage.2", before, shorter) == "stage.1"
    assert followed_key("stages.0.mfu", before, shorter) is None, "it is gone"
    moved = answered(move_stage(CHAIN, 0, 1))
    assert followed_key("stages.0.mfu", before, moved) == "stages.1.mfu"
    assert followed_key("stages.1.mfu", before, moved) == "stages.0.mfu"


def test_the_key_of_a_stage_that_is_edited_or_of_no_stage_stays():
    before = answered(CHAIN)
    edited = answered(replace_stage(CHAIN, replace(CHAIN.scenarios[AT].stages[1], name="Edited"), stage=1))
    assert followed_key("stages.1.mfu", before, edited) == "stages.1.mfu"
    assert followed_key("total.cost_usd", before, edited) == "total.cost_usd"
    assert followed_key("stages.99.mfu", before, edited) == "stages.99.mfu", "there was none"


def test_stages_that_count_are_numbered_apart_from_those_of_the_scenario():
    before = answered(CHAIN)
    off = replace(CHAIN.scenarios[AT].stages[0], enabled=False)
    now = answered(replace_stage(CHAIN, off, stage=0))
    assert followed_key("stages.0.mfu", before, now) is None, "it counts no more"
    assert followed_key("stages.1.mfu", before, now) == "stages.0.mfu"
    assert followed_key("stage.1", before, now) == "stage.1"
    assert followed_key("stages.0.mfu", now, before) == "stages.1.mfu"


def test_in_another_scenario_a_key_is_the_figure_in_the_same_place():
    project = parse_project(CLAIMED, CATALOG)
    assert followed_key("stages.0.rent", answered(project, 0), answered(project, 1)) == "stages.0.rent"


def test_the_other_scenarios_are_points_of_their_own_cost_and_time():
    project = parse_project(CLAIMED, CATALOG)
    (point,) = ghosts(answered(project, 0))
    assert (point.at, point.name, point.hardware) == (1, "After", "8 H100")
    other = answered(project, 1).estimate.total
    assert (point.cost_usd, point.days) == (pytest.approx(other.cost_usd), pytest.approx(other.wall_days))
    assert [each.name for each in ghosts(answered(project, 1))] == ["Before"]


def test_a_scenario_that_cannot_be_priced_is_no_point():
    project = parse_project(CLAIMED, CATALOG)
    hardware = replace(project.scenarios[1].hardware, accelerator="warp-9")
    broken = replace_scenario(project, replace(project.scenarios[1], hardware=hardware), scenario=1)
    assert ghosts(answered(broken, 0)) == ()


def test_points_follow_from_the_others_and_not_from_their_goals():
    project = parse_project(CLAIMED, CATALOG)
    now = ghosts_follow(answered(project, 0))
    for at, same in ((0, True), (1, False)):
        dearer = set_value(project, "price.usd_per_gpu_hour", 9.0, scenario=at)
        assert (ghosts_follow(answered(dearer, 0)) == now) is same
    aimed = replace(project.scenarios[1], goal=Goal(budget_usd=1.0))
    assert ghosts_follow(answered(replace_scenario(project, aimed, scenario=1), 0)) == now
    assert ghosts_follow(answered(project, 1)) != now


def test_what_a_bill_leaves_out_is_counted_at_its_first_value():
    project = parse_project(CLAIMED, CATALOG)
    with_stage = counted(project, STAGES, CATALOG, scenario=1)
    assert with_stage.scenarios[0] == project.scenarios[0]
    *held, added = with_stage.scenarios[1].stages
    assert tuple(held) == project.scenarios[1].stages
    assert isinstance(added, AblationStage)
    assert AblationStage.__struct_config__.tag == EXPERIMENTS
    known = [path for path, declared in NUMBERS.items() if declared.counted is not None]
    assert known
    for path in known:
        section, _, name = path.partition(".")
        changed = counted(project, path, CATALOG)
        assert getattr(getattr(changed.scenarios[0], section), name) == NUMBERS[path].counted
    unknown = next(path for path, declared in NUMBERS.items() if declared.counted is None)
    assert counted(project, unknown, CATALOG) == project

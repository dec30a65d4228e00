"""Changes of the lists of scenarios and of stages, as values."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.plan.inputs.defaults import default_of, new_stage
from isocost.plan.inputs.input import problem
from isocost.plan.inputs.table import CHOICES, NUMBERS
from isocost.plan.kinds import KINDS, uses
from isocost.plan.project import editing
from isocost.plan.project.project import Hardware, Price, Project, Scenario
from tests.declared import RECIPE_CHOICES

CATALOG = load()
PLACES = st.integers(min_value=0, max_value=3)


def project(*kinds: str) -> Project:
    """A plan with one stage of each kind given."""
    made = Scenario(
        name="Base",
        hardware=Hardware("h100-sxm", 64),
        price=Price(2.0),
        stages=tuple(new_stage(kind, CATALOG) for kind in kinds or ("ablations", "pretrain", "sft", "rl")),
    )
    return Project(name="Plan", scenarios=(made,))


def names(plan: Project) -> list[str]:
    return [stage.name for stage in plan.scenarios[0].stages]


@given(PLACES, PLACES)
def test_a_move_keeps_the_others_in_order_and_has_a_way_back(at, to):
    before = project()
    after = editing.move_stage(before, at, to)
    assert after.scenarios[0].stages[to] == before.scenarios[0].stages[at]
    moved = names(before)[at]
    assert [n for n in names(after) if n != moved] == [n for n in names(before) if n != moved]
    assert editing.move_stage(after, to, at) == before


@given(PLACES, st.sampled_from(sorted(KINDS)))
def test_removing_what_was_added_restores_the_plan(at, kind):
    before = project()
    after = editing.add_stage(before, new_stage(kind, CATALOG), at)
    assert len(set(names(after))) == 5
    assert editing.remove_stage(after, at) == before


def test_copies_are_numbered():
    once = editing.duplicate_stage(project("sft"), 0)
    twice = editing.duplicate_stage(once, 1)
    assert names(twice) == [f"Supervised fine-tuning{end}" for end in ("", " 2", " 3")]


def test_the_last_stage_stays():
    with pytest.raises(ValueError, match="at least one stage"):
        editing.remove_stage(project("sft"), 0)


@pytest.mark.parametrize("at", [-1, 4])
def test_a_place_there_is_not_is_refused(at):
    for change in (editing.remove_stage, editing.duplicate_stage):
        with pytest.raises(IndexError):
            change(project(), at)


def test_names_are_tidied_and_never_empty():
    assert names(editing.rename_stage(project("rl"), 0, "  R1-Zero\n run "))[0] == "R1-Zero run"
    with pytest.raises(ValueError, match="needs a name"):
        editing.rename_stage(project("rl"), 0, " \t")
    two = project("rl", "sft")
    first = names(two)[0]
    assert names(editing.rename_stage(two, 1, first)) == [first, f"{first} 2"]
    assert names(editing.rename_stage(two, 0, first)) == names(two)


def test_sections_are_held_and_released_without_loss():
    before = project()
    own = editing.hold_sections(before, ("hardware", "price"), 2)
    stage = own.scenarios[0].stages[2]
    assert (stage.hardware, stage.price) == (before.scenarios[0].hardware, before.scenarios[0].price)
    bigger = editing.choose_own_accelerator(own, "b200", Price(4.0), 2)
    assert bigger.scenarios[0].stages[2].hardware == Hardware("b200", 64)
    assert bigger.scenarios[0].stages[2].price == Price(4.0)
    assert bigger.scenarios[0].hardware == before.scenarios[0].hardware
    assert editing.release_sections(bigger, ("hardware", "price"), 2) == before


def test_a_shared_accelerator_is_not_chosen_for_one_stage():
    with pytest.raises(ValueError, match="no hardware of its own"):
        editing.choose_own_accelerator(project(), "b200", Price(4.0), 0)


@given(PLACES, PLACES, PLACES)
def test_the_selected_stage_is_followed(selected, at, to):
    before = project()
    stages = before.scenarios[0].stages
    moved = editing.move_stage(before, at, to).scenarios[0].stages
    assert moved[editing.followed(stages, selected, moved)] == stages[selected]
    fewer = editing.remove_stage(before, at).scenarios[0].stages
    kept = editing.followed(stages, selected, fewer)
    assert 0 <= kept < len(fewer)
    assert selected == at or fewer[kept] == stages[selected]


def test_an_edited_stage_stays_selected():
    stages = project().scenarios[0].stages
    edited = (*stages[:2], msgspec.structs.replace(stages[2], note="new"), stages[3])
    assert editing.followed(stages, 2, edited) == 2


def test_every_kind_is_offered_and_starts_within_the_limits_of_its_inputs():
    assert set(CATALOG.constants.templates) <= set(KINDS)
    for kind in KINDS:
        stage = new_stage(kind, CATALOG)
        for path, field in NUMBERS.items():
            section = getattr(stage, field.section, None)
            if section is None or not hasattr(section, field.name) or not uses(stage, path):
                continue
            value = getattr(section, field.name)
            default = default_of(stage, field, CATALOG)
            assert value == default.value, (kind, path)
            assert value is None or problem(field, value) is None, (kind, path)
            assert default.source, (kind, path)


@pytest.mark.parametrize("path", [path for path in RECIPE_CHOICES if CHOICES[path].options])
def test_every_word_offered_can_be_stored(path):
    choice = CHOICES[path]
    made = [new_stage(kind, CATALOG) for kind in KINDS]
    holders = [s for s in made if hasattr(getattr(s, choice.section, None), choice.name)]
    assert holders
    for stage in holders:
        section = getattr(stage, choice.section)
        assert getattr(section, choice.name) in choice.options
        for value in choice.options:
            changed = msgspec.structs.replace(section, **{choice.name: value})
            assert msgspec.convert(msgspec.to_builtins(changed), type(section)) == changed


@pytest.mark.parametrize(
    ("kind", "used", "unused"),
    [
        ("pretrain", ("data.tokens", "efficiency.mfu"), ("tuning.epochs", "rl.mfu", "stage.gpu_hours")),
        ("sft", ("tuning.epochs", "data.sequence"), ("tuning.rank", "preference.pairs")),
        ("rl", ("phases.steps", "rl.mfu", "model.parameters"), ("efficiency.mfu", "efficiency.goodput")),
        ("generation", ("generation.samples", "efficiency.goodput"), ("efficiency.mfu", "data.tokens")),
        ("distillation", ("distillation.keep_rate", "tuning.epochs"), ("distillation.longest_tokens",)),
        ("gpu-hours", ("stage.gpu_hours", "hardware.count"), ("stage.hours", "model.parameters")),
        ("ablations", ("ablations.share", "price.usd_per_gpu_hour"), ("model.parameters", "efficiency.mfu")),
    ],
)
def test_a_kind_uses_what_bears_on_it(kind, used, unused):
    stage = new_stage(kind, CATALOG)
    assert [path for path in used if not uses(stage, path)] == []
    assert [path for path in unused if uses(stage, path)] == []


def test_a_method_brings_its_own_inputs():
    stage = new_stage("distillation", CATALOG)
    own = msgspec.structs.replace(stage.distillation, method="on-policy")
    stage = msgspec.structs.replace(stage, distillation=own)
    assert uses(stage, "distillation.longest_tokens")
    assert not uses(stage, "distillation.keep_rate")
    assert not uses(stage, "efficiency.mfu")
    tuned = new_stage("sft", CATALOG)
    lora = msgspec.structs.replace(tuned, tuning=msgspec.structs.replace(tuned.tuning, method="lora"))
    assert uses(lora, "tuning.rank")
    assert uses(tuned, "tuning.optimizer")
    assert not uses(lora, "tuning.optimizer")


def test_a_logarithmic_slider_never_starts_at_zero():
    assert [field.path for field in NUMBERS.values() if field.scale == "log" and field.low <= 0] == []


# Scenarios


def scenarios(*called: str) -> Project:
    """A plan with a scenario of each name; no two alike but for that."""
    only = project("sft").scenarios[0]
    made = [
        msgspec.structs.replace(only, name=name, hardware=Hardware("h100-sxm", 8 * (at + 1)))
        for at, name in enumerate(called or ("A", "B", "C", "D"))
    ]
    return Project(name="Plan", scenarios=tuple(made))


def called(plan: Project) -> list[str]:
    return [each.name for each in plan.scenarios]


@given(PLACES, PLACES)
def test_moving_a_scenario_keeps_the_others_in_order_and_has_a_way_back(at, to):
    before = scenarios()
    after = editing.move_scenario(before, at, to)
    assert after.scenarios[to] == before.scenarios[at]
    moved = before.scenarios[at].name
    assert [n for n in called(after) if n != moved] == [n for n in called(before) if n != moved]
    assert editing.move_scenario(after, to, at) == before


@given(PLACES)
def test_a_copy_of_a_scenario_stands_after_it_and_goes_again(at):
    before = scenarios()
    after = editing.duplicate_scenario(before, at)
    assert after.scenarios[at + 1].hardware == before.scenarios[at].hardware
    assert len(set(called(after))) == 5
    assert editing.remove_scenario(after, at + 1) == before


def test_the_only_scenario_stays():
    with pytest.raises(ValueError, match="at least one"):
        editing.remove_scenario(scenarios("Base"), 0)


@pytest.mark.parametrize("name", ["", "   "])
def test_a_scenario_keeps_its_name_rather_than_none(name):
    with pytest.raises(ValueError, match="needs a name"):
        editing.rename_scenario(scenarios(), 1, name)


def test_two_scenarios_are_never_called_alike():
    with pytest.raises(ValueError, match="Another scenario is called A"):
        editing.rename_scenario(scenarios(), 1, " A ")
    assert called(editing.rename_scenario(scenarios(), 1, "  In   spring ")) == ["A", "In spring", "C", "D"]
    assert called(editing.rename_scenario(scenarios(), 1, "B")) == ["A", "B", "C", "D"]


@given(PLACES, PLACES)
def test_the_scenario_on_screen_is_followed_to_where_it_moved(at, to):
    before = scenarios()
    after = editing.move_scenario(before, at, to)
    assert editing.followed(before.scenarios, at, after.scenarios) == to

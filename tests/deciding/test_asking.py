"""What pressing Solve on an input asks, what locks keep, and what is said, drawn and taken of the answer."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocost.catalog import load
from isocost.cli import main
from isocost.files import load_project
from isocost.files.presets import find_plan
from isocost.files.saving import project_text
from isocost.plan.answer.estimate import answer
from isocost.plan.inputs.locks import LOCKABLE, is_locked, with_lock
from isocost.plan.inputs.ranging import with_range
from isocost.plan.project import editing
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Place, replace_scenario
from isocost.plan.solve.asking.asked import asked, case_asked, missing, proposed
from isocost.plan.solve.asking.tried import cut, taken, tried
from isocost.plan.solve.case import WishError
from isocost.plan.solve.solution import PATHS
from isocost.plan.solve.solve import solve
from isocost.quantities import plain_spaces
from isocost.report.decisions.solving.fields import AS_GOOD, Solving, solving

BOTH = Goal(300e3, 14.0)
HERE = Place(0, 0)
CATALOG = load()


def plan(name="startup-7b", goal=BOTH, locked=()):
    project = load_project(find_plan(name), CATALOG)
    changed = msgspec.structs.replace(project.scenarios[0], goal=goal, locked=tuple(locked))
    return replace_scenario(project, changed)


def found(path: str, stage=0, **of) -> Solving:
    return solving(answer(plan(**of), CATALOG), stage, path)


def asking(path: str, stage=0, **of):
    return asked(case_asked(answer(plan(**of), CATALOG), stage), path)


# What is asked


@pytest.mark.parametrize(
    ("path", "locked", "unknown", "moving"),
    [
        ("data.tokens", (), "tokens", ()),
        ("model.parameters", (), "model", ("data.tokens", "hardware.count")),
        ("model.parameters", ("hardware.count",), "model", ("data.tokens",)),
        ("model.parameters", ("data.tokens",), "parameters", ()),
        ("goal.budget_usd", (), "budget", ("hardware.count",)),
        ("goal.budget_usd", ("hardware.count",), "budget", ()),
        ("price.usd_per_gpu_hour", (), "price", ()),
    ],
)
def test_what_is_not_locked_moves_along_where_the_question_needs_it(path, locked, unknown, moving):
    question = asking(path, locked=locked)
    assert question.wish.unknown == unknown
    assert question.moving == moving
    assert question.wish.keep_count is ("hardware.count" not in moving)


@pytest.mark.parametrize(
    ("unknown", "goal", "wanted"),
    [
        ("tokens", Goal(), ("goal.budget_usd", "goal.deadline_days")),
        ("tokens", Goal(None, 3.0), ()),
        ("price", Goal(None, 3.0), ("goal.budget_usd",)),
        ("budget", Goal(3e5, None), ("goal.deadline_days",)),
        ("deadline", Goal(3e5, None), ()),
        ("count", Goal(), ()),
    ],
)
def test_what_is_missing_is_asked_for(unknown, goal, wanted):
    assert missing(unknown, goal) == wanted


def test_the_goal_proposed_is_just_held_by_the_plan_as_it_is():
    known = answer(plan(goal=Goal()), CATALOG)
    goal = proposed(known)
    cost, days = known.estimate.total.cost_usd, known.reckoning["programme_days"]
    assert cost <= goal.budget_usd <= 1.1 * cost
    assert goal.budget_usd == float(f"{goal.budget_usd:.2g}")
    assert days <= goal.deadline_days < days + 1.0
    assert goal.deadline_days == int(goal.deadline_days)


def test_a_stage_with_hardware_of_its_own_has_no_shared_count_to_solve_for():
    project = editing.hold_sections(plan(), ["hardware", "price"], 0)
    with pytest.raises(WishError, match="hardware of its own"):
        asked(case_asked(answer(project, CATALOG), 0), "hardware.count")


# Locks


def test_a_lock_is_the_stages_where_it_holds_the_input_and_shared_else():
    project = plan("deepseek-r1-first-principles")
    at = Place(0, 2)  # the supervised fine-tuning, whose text is its own
    locked = with_lock(with_lock(project, "data.tokens", True, at=at), "hardware.count", True, at=at)
    assert locked.scenarios[0].locked == ("Supervised fine-tuning/data.tokens", "hardware.count")
    assert is_locked(locked, "hardware.count", HERE)
    assert not is_locked(locked, "data.tokens", HERE)
    assert (
        with_lock(with_lock(locked, "data.tokens", False, at=at), "hardware.count", False, at=at) == project
    )


def test_locks_and_ranges_of_a_stage_follow_its_name_and_go_with_it():
    """Saved and opened again they would name a stage that is not there, and the plan would not open."""
    project = plan("deepseek-r1-first-principles")
    at = Place(0, 2)
    held = with_lock(project, "data.tokens", True, at=at)
    held = with_range(
        held, "data.tokens", (4e9, None, 5e9), 4.31e9, at=at, today=date(2026, 11, 29), catalog=CATALOG
    )
    named = editing.rename_stage(held, 2, "Tuning")
    assert named.scenarios[0].locked == ("Tuning/data.tokens",)
    assert [each.path for each in named.scenarios[0].ranges] == ["Tuning/data.tokens"]
    gone = editing.remove_stage(named, 2)
    assert gone.scenarios[0].locked == gone.scenarios[0].ranges == ()


def test_no_figure_depends_on_a_lock():
    known = answer(plan(), CATALOG)
    again = known.against(plan(locked=["data.tokens"]))
    assert again is not None
    assert again.estimate is known.estimate


def test_the_command_keeps_what_a_plan_has_locked(tmp_path, capsys):
    def told(locked) -> str:
        file = tmp_path / "plan.yaml"
        file.write_text(project_text(plan(goal=Goal(None, 20.0), locked=locked)))
        main(["solve", str(file), "--for", "budget"])
        return "".join(capsys.readouterr())

    assert "on 256 H100" not in told(())
    assert "on 256 H100" in told(["hardware.count"])


def test_what_is_locked_is_not_solved_for(capsys, tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(project_text(plan(locked=["data.tokens"])))
    for unknown in ("tokens", "model"):
        assert main(["solve", str(file), "--for", unknown]) == 2
        assert "The plan keeps tokens locked" in capsys.readouterr().err


def test_a_budget_or_a_time_that_cannot_be_is_told_without_itself():
    """ "No time does it within $300K and 14 days" held the answer against what was asked for."""
    told = found("goal.deadline_days", goal=Goal(280e3, 14.0))
    assert told.said.finding == "No time does it within $280K"
    assert all("14 days" not in each.note for each in told.others)


# What is said and drawn


@pytest.mark.parametrize("path", [*LOCKABLE, "goal.budget_usd"])
def test_what_is_taken_is_the_answer_and_keeps_what_it_is_held_against(path):
    goal = Goal(400e3, 20.0)
    told = found(path, goal=goal)
    assert told.at is not None
    point = told.point(None)
    project = plan(goal=goal)
    after = taken(project, told.solution.case, told.asked.wish, point)
    assert taken(project, tried(told.case, told.asked.wish, point), told.asked.wish, point) == after
    known = answer(after, CATALOG)
    held = after.scenarios[0].goal
    assert known.estimate.total.cost_usd <= held.budget_usd * 1.0001
    assert known.reckoning["programme_days"] <= held.deadline_days * 1.0001
    assert known.estimate.total.cost_usd == pytest.approx(point.choice.cost_usd, rel=1e-9)
    if path.startswith("goal."):
        assert held.budget_usd == pytest.approx(point.choice.cost_usd, rel=1e-2)


@pytest.mark.parametrize("path", ["data.tokens", "price.usd_per_gpu_hour", "efficiency.mfu"])
def test_what_is_shaded_is_what_keeps_the_limits(path):
    told = found(path)
    ((low, high),) = told.shaded
    crossed = low if path == "efficiency.mfu" else high
    assert told.values[told.at] == pytest.approx(crossed, rel=5e-3)
    assert low <= told.values[told.at] <= high
    inside = (told.values >= low) & (told.values <= high)
    assert np.array_equal(inside, told.good)
    assert inside.any()
    assert not inside.all()
    for panel in told.panels:
        within = panel.values <= panel.limit * 1.0001
        assert (within | ~inside).all()


def test_sizes_as_good_as_the_best_are_shaded_to_where_they_are_not():
    told = found("model.parameters")
    ((low, high),) = told.shaded
    loss = told.panels[0].values
    best = loss[told.at]
    edges = np.interp(np.log([low, high]), np.log(told.values), loss)
    assert edges == pytest.approx([best + AS_GOOD, best + AS_GOOD], abs=1e-6)
    assert low < told.values[told.at] < high


def test_a_count_held_against_nothing_is_where_doubling_stops_paying():
    told = found("hardware.count", goal=Goal())
    assert told.solution.binding == ("returns",)
    assert not told.shaded
    assert {panel.kind for panel in told.panels} == {"cost", "days"}


def test_what_cannot_be_says_what_is_nearest_and_offers_other_ways():
    told = found("hardware.count")
    assert told.at is None
    assert told.headline(None) == "No count does it"
    assert "256 H100" in told.line(None)
    assert told.take_words(None) == "Nothing to take"
    assert told.others
    assert told.headline(0)  # a value of the scan can be chosen all the same


def test_every_value_tried_says_what_it_keeps():
    told = found("data.tokens")
    last = len(told.points) - 1
    assert plain_spaces(told.words(told.at)).endswith("within $300K and 14 days.")
    assert told.words(last).endswith("over the budget and after the deadline.")
    assert len(told.table().rows) == len(told.points)


def test_every_answer_has_a_step_in_words():
    steps = {path: found(path, goal=Goal(400e3, 20.0)).step(None) for path in PATHS.values()}
    assert steps["data.tokens"].startswith("Solve for tokens: 2.")
    assert steps["efficiency.mfu"].startswith("Solve for MFU: ")
    assert steps["goal.budget_usd"].startswith("Solve for budget: $")


@pytest.mark.parametrize("path", ["data.tokens", "price.usd_per_gpu_hour", "efficiency.mfu"])
def test_the_answer_is_the_commands_to_the_digits_that_are_told(path):
    """What is taken is what is read: three digits, cut off towards what keeps the limits."""
    case = case_asked(answer(plan(), CATALOG), 0)
    exact = solve(case, asked(case, path).wish).value
    value = found(path).solution.value
    assert value == float(f"{value:.3g}")
    assert value == cut(exact, up=path == "efficiency.mfu")
    assert value == pytest.approx(exact, rel=1e-2)


@given(st.floats(1e-6, 1e18), st.booleans())
def test_digits_are_cut_off_to_one_side(value, up):
    short = cut(value, up=up)
    assert short == float(f"{short:.3g}")
    assert short >= value * (1 - 1e-8) if up else short <= value * (1 + 1e-8)
    assert short == pytest.approx(value, rel=1.0001e-2)


def test_a_budget_that_is_found_leaves_the_text_as_it_is():
    told = found("goal.budget_usd", goal=Goal(None, 13.7))
    assert told.point(None).choice.tokens == 2e12
    assert told.solution.case.tokens == 2e12

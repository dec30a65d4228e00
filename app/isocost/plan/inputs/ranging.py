"""Ranges of inputs put into a plan and taken out of it: as one types them, at the stage one looks at."""

from __future__ import annotations

from datetime import date

import msgspec

from isocost.catalog import Catalog
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import put
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.kinds import kind_of
from isocost.plan.project.project import Place, Project, replace_scenario
from isocost.plan.project.ranges import SEPARATOR, InputRange, halfway

Ends = tuple[float, float | None, float]
"""Low, middle and high of a range as it is typed; None = none was given."""


def range_path(project: Project, path: str, at: Place) -> str:
    """The path a range of the input has that a place shows: with the stage, where the stage holds its own."""
    scenario = project.scenarios[at.scenario]
    stage, section = scenario.stages[at.stage], path.partition(".")[0]
    shared = hasattr(scenario, section) and getattr(stage, section, None) is None
    return path if shared else f"{stage.name}{SEPARATOR}{path}"


def range_at(project: Project, path: str, at: Place) -> InputRange | None:
    """The range of the input that a place shows; None = it has none."""
    held = project.scenarios[at.scenario].ranges
    found = {each.path: each for each in held if each.path in _paths(project, path, at)}
    return next((found[each] for each in _paths(project, path, at) if each in found), None)


def _paths(project: Project, path: str, at: Place) -> tuple[str, ...]:
    """Under which a range of the input may stand that a place shows, the one that counts first.

    Files may name the stage of an input that stages share, and leave it out where one stage alone has it.
    """
    scenario = project.scenarios[at.scenario]
    stage, wanted = scenario.stages[at.stage], range_path(project, path, at)
    if wanted == path:
        return f"{stage.name}{SEPARATOR}{path}", path
    using = [each for each in scenario.stages if each.enabled and kind_of(each).uses(each, path)]
    alone = not hasattr(scenario, path.partition(".")[0]) and using == [stage]
    return (wanted, path) if alone else (wanted,)


def made_range(path: str, ends: Ends) -> InputRange:
    """A range as it is typed: 8 chances in 10 between its ends, or an even spread where it reaches 0."""
    low, _, high = ends
    return InputRange(path=path, low=low, high=high, shape="lognormal" if low > 0.0 else "uniform")


def middle_of(ends: Ends, value: float | None, declared: Input) -> float:
    """What the plan takes of a range: the middle that was typed, its own value within it, or halfway."""
    low, middle, high = ends
    if middle is None:
        if value is not None and low <= value <= high:
            return value
        middle = halfway(low, high)
    return min(high, max(low, float(round(middle)))) if declared.integer else middle


def with_range(
    project: Project, path: str, ends: Ends, value: float | None, *, at: Place, today: date, catalog: Catalog
) -> Project:
    """The project with a range of an input in place of the one it had, and with its middle as the value.

    ``value`` is what the plan takes now; where it lies within the ends it stays, filled in or not.
    """
    middle = middle_of(ends, value, NUMBERS[path])
    if middle != value:
        project = put(project, path, middle, at=at, today=today, catalog=catalog)
    held = made_range(range_path(project, path, at), ends)
    bare = without_range(project, path, at=at)
    scenario = bare.scenarios[at.scenario]
    ranged = msgspec.structs.replace(scenario, ranges=(*scenario.ranges, held))
    return replace_scenario(bare, ranged, scenario=at.scenario)


def with_ends(project: Project, path: str, low: float, high: float, *, at: Place) -> Project:
    """The project with other ends of the input's range, of the shape it had; the plan's value stays.

    An input without a range gets one.
    """
    held = range_at(project, path, at)
    if held is None:
        made = made_range(range_path(project, path, at), (low, None, high))
    else:
        mode = None if held.mode is None else min(high, max(low, held.mode))
        made = msgspec.structs.replace(held, low=low, high=high, mode=mode)
    bare = without_range(project, path, at=at)
    scenario = bare.scenarios[at.scenario]
    ranged = msgspec.structs.replace(scenario, ranges=(*scenario.ranges, made))
    return replace_scenario(bare, ranged, scenario=at.scenario)


def without_range(project: Project, path: str, *, at: Place) -> Project:
    """The project with the input as good as known."""
    scenario, dropped = project.scenarios[at.scenario], _paths(project, path, at)
    kept = tuple(held for held in scenario.ranges if held.path not in dropped)
    if len(kept) == len(scenario.ranges):
        return project
    return replace_scenario(project, msgspec.structs.replace(scenario, ranges=kept), scenario=at.scenario)

"""Ranges of inputs put into a plan and taken out of it: as one types them, at the stage one looks at."""

from __future__ import annotations

import math
from datetime import date

import msgspec

from isocost.catalog import Catalog
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.roads import put
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.project import Place, Project, replace_scenario
from isocost.plan.project.ranges import SEPARATOR, InputRange

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
    wanted = range_path(project, path, at)
    return next((held for held in project.scenarios[at.scenario].ranges if held.path == wanted), None)


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
        middle = math.sqrt(low * high) if low > 0.0 else (low + high) / 2.0
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


def without_range(project: Project, path: str, *, at: Place) -> Project:
    """The project with the input as good as known."""
    scenario, wanted = project.scenarios[at.scenario], range_path(project, path, at)
    kept = tuple(held for held in scenario.ranges if held.path != wanted)
    if len(kept) == len(scenario.ranges):
        return project
    return replace_scenario(project, msgspec.structs.replace(scenario, ranges=kept), scenario=at.scenario)

"""What a plan is with one of the values that were tried, and values tried where one looks closer."""

from __future__ import annotations

from datetime import date

import msgspec
import numpy as np

from isocost.catalog import CatalogError
from isocost.engine.scaling import ParametricLaw
from isocost.plan.inputs.roads import put
from isocost.plan.project.project import Project, replace_scenario
from isocost.plan.solve.case import Case, kept, with_text
from isocost.plan.solve.solution import PATHS, ScanPoint, Wish
from isocost.plan.solve.solve import VALUES, scanned, sizes_of, with_value

CLOSER = 14
"""Values tried where one looks closer."""


def looked_closer(
    case: Case, wish: Wish, ends: tuple[float, float], law: ParametricLaw
) -> tuple[ScanPoint, ...]:
    """More values of an unknown that is a number, even steps of its logarithm apart."""
    if wish.unknown == "model":
        sizes = sizes_of(case, wish, law)
        for value in np.geomspace(*ends, CLOSER).tolist():
            sizes.try_at(value)
        return tuple(scanned(each, law) for each in sizes.seen.values())
    found = []
    for value in np.geomspace(*ends, CLOSER).tolist() if wish.unknown in VALUES else ():
        try:
            changed = with_value(case, wish, value)
            on = changed.reach()
        except CatalogError:  # no model is so sparse
            continue
        choice = changed.choice(on, 0, law, of_stage=True)
        found.append(ScanPoint(value, choice, bool(kept(on, case.goal)[0])))
    return tuple(found)


def tried(case: Case, wish: Wish, point: ScanPoint) -> Case:
    """The plan with a value that was tried, and with all that moved along with it."""
    choice = point.choice
    if wish.unknown in VALUES:
        return with_value(case, wish, float(point.value))
    if wish.unknown == "model":
        sized = case.put(PATHS["parameters"], float(point.value))
        if choice.tokens is not None:
            sized = with_text(sized, choice.tokens, None)
        return sized.on(choice.price, choice.count)
    return case.on(choice.price, choice.count)


def taken(project: Project, case: Case, wish: Wish, point: ScanPoint | None) -> Project:
    """The project with a case's scenario in place of its own; a budget or a deadline asked for is its goal.

    Args:
        point: what is taken as the answer; None = the case is another way, and the goal stays.
    """
    scenario = msgspec.structs.replace(case.scenario, name=project.scenarios[case.at].name)
    after = replace_scenario(project, scenario, scenario=case.at)
    if point is None or wish.unknown not in ("budget", "deadline"):
        return after
    goal = point.choice.cost_usd if wish.unknown == "budget" else point.choice.span_days
    return put(after, PATHS[wish.unknown], goal, at=case.place, today=date.today(), catalog=case.catalog)

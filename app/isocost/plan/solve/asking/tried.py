"""What a plan is with one of the values that were tried, and values tried where one looks closer."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import msgspec
import numpy as np

from isocost.catalog import CatalogError
from isocost.engine.scaling import ParametricLaw
from isocost.plan.inputs.roads import put
from isocost.plan.project.project import Project, replace_scenario
from isocost.plan.solve.case import Case, kept, with_text
from isocost.plan.solve.solution import PATHS, ScanPoint, Solution, Wish
from isocost.plan.solve.solve import VALUES, scanned, sizes_of, with_value

CLOSER = 14
"""Values tried where one looks closer."""
DIGITS = 3
"""Digits that a value is told to, and taken to."""


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


def told(solution: Solution, case: Case, law: ParametricLaw) -> Solution:
    """The solution to as many digits as are told, so that what is taken is what is read.

    They are cut off towards what keeps the limits; where it does not keep them, all digits stay.
    """
    wish, choice, value = solution.wish, solution.choice, solution.value
    if not solution.feasible or choice is None or not isinstance(value, float):
        return solution
    try:
        if wish.unknown in VALUES:
            value = cut(value, up=wish.unknown == "mfu")
            changed = with_value(case, wish, value)
        elif wish.unknown == "model" and choice.tokens is not None:
            changed = with_text(solution.case, cut(choice.tokens), None)
        else:
            return solution
    except CatalogError:  # no model is so sparse
        return solution
    on = changed.reach()
    if not kept(on, case.goal)[0]:
        return solution
    again = changed.choice(on, 0, law, of_stage=wish.unknown in VALUES)
    return replace(solution, value=value, choice=again, case=changed)


def cut(value: float, *, up: bool = False) -> float:
    """A number to :data:`DIGITS` digits, down or up."""
    if value <= 0.0:
        return value
    unit = 10.0 ** (math.floor(math.log10(value)) + 1 - DIGITS)
    whole = math.ceil(value / unit - 1e-9) if up else math.floor(value / unit + 1e-9)
    return float(f"{whole * unit:.{DIGITS}g}")


def tried(case: Case, wish: Wish, point: ScanPoint) -> Case:
    """The plan with a value that was tried, to as many digits as are told, and with what moved along."""
    choice = point.choice
    if wish.unknown in VALUES:
        value = float(point.value)
        own = (case.tokens, case.parameters, case.card.usd_per_gpu_hour)
        return with_value(case, wish, value if value in own else float(f"{value:.{DIGITS}g}"))
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
    goal = cut(point.choice.cost_usd if wish.unknown == "budget" else point.choice.span_days, up=True)
    return put(after, PATHS[wish.unknown], goal, at=case.place, today=date.today(), catalog=case.catalog)

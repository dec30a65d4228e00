"""What is asked by pressing Solve on an input: the unknown, what moves along with it, what it is held to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.inputs.locks import is_locked
from isocost.plan.kinds import uses
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Place, Project
from isocost.plan.solve.case import Case, WishError
from isocost.plan.solve.solution import PATHS, Unknown, Wish, held_against

UNKNOWNS: dict[str, Unknown] = {path: unknown for unknown, path in PATHS.items()}
"""What is asked for by the input it stands in."""
TOKENS, COUNT = PATHS["tokens"], PATHS["count"]
DIGITS = 2
"""Digits of the goal that is proposed where there is none."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question put by a gesture."""

    path: str
    wish: Wish
    along: tuple[str, ...]
    """Inputs that move along unless they are locked, locked or not."""
    moving: tuple[str, ...]
    """Those of them that are not locked."""
    missing: tuple[str, ...]
    """Inputs of the goal of which it needs one that is not given; empty = it can be answered."""


def can_ask(project: Project, path: str, at: Place) -> bool:
    """Whether an input can be solved for as the plan stands: it is of the stage shown, and not locked."""
    stage = project.scenarios[at.scenario].stages[at.stage]
    fitting = path.startswith("goal.") or uses(stage, path)
    return path in UNKNOWNS and fitting and not is_locked(project, path, at)


def case_asked(answer: Answer, stage: int) -> Case:
    """The plan of an answer, its unknowns in one of its stages."""
    return Case(answer.project, answer.reckoning.catalog, answer.at, date.today(), stage)


def asked(case: Case, path: str) -> Asked:
    """The question that an input means.

    The size of a model that is made takes its text along, and with it the count; a budget or a deadline
    takes the count along. Everything else moves alone.

    Raises:
        WishError: the input stands where nothing that is solved for would change it.
    """
    unknown = UNKNOWNS[path]
    if unknown == "count" and case.apart:
        raise WishError(
            tr(
                "{name} has hardware of its own: Solve moves the count that stages share.",
                name=case.stage.name,
            )
        )
    along: tuple[str, ...] = ()
    if unknown == "parameters" and case.makes_model and not case.apart:
        along = (TOKENS, COUNT)
    elif unknown in ("budget", "deadline"):
        along = (COUNT,)
    moving = tuple(each for each in along if not case.is_locked(each))
    if unknown == "parameters" and TOKENS in moving:
        unknown = "model"
    elif unknown == "parameters" and along:  # the count moves with the text only
        along, moving = (TOKENS,), ()
    wish = Wish(unknown, keep_count=COUNT not in moving)
    return Asked(path, wish, along, moving, missing(unknown, case.goal))


def missing(unknown: Unknown, goal: Goal) -> tuple[str, ...]:
    """Inputs of the goal of which an unknown needs one that a plan does not give."""
    budget, deadline = PATHS["budget"], PATHS["deadline"]
    if unknown in ("deadline", "price"):
        return (budget,) if goal.budget_usd is None else ()
    if unknown == "budget":
        return (deadline,) if goal.deadline_days is None else ()
    if unknown == "count":  # held against nothing, it is where more stop paying
        return ()
    return (budget, deadline) if held_against(unknown, goal) == Goal() else ()


def proposed(answer: Answer) -> Goal:
    """A goal to begin with: what the plan costs and takes now, rounded up to two digits and to whole days."""
    cost, days = answer.estimate.total.cost_usd, answer.reckoning["programme_days"]
    return Goal(_rounded_up(cost) if cost > 0.0 else None, float(math.ceil(days)) if days > 0.0 else None)


def _rounded_up(value: float) -> float:
    unit = 10.0 ** (math.floor(math.log10(value)) + 1 - DIGITS)
    return float(f"{math.ceil(value / unit - 1e-9) * unit:.{DIGITS}g}")

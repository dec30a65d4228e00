"""Every scenario of a plan beside the first: what each comes to, its chances, and the inputs that differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from isocost.catalog import Catalog, CatalogError
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.compare.comparing import Pair, compared_pair
from isocost.plan.compare.differences import STAGE, Difference, joined
from isocost.plan.doubt.factors import FigureRanges, figure_factors
from isocost.plan.doubt.risk import Risk, risk
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Project, Scenario
from isocost.plan.project.ranges import SEPARATOR


@dataclass(frozen=True, slots=True)
class Odds:
    """What a scenario may come to, in USD, and the chances that it holds what it is held against."""

    p10_usd: float
    p90_usd: float
    plan_usd: float
    """The plan as the samples have it: without the reserve, unless the user gives a range of it."""
    with_reserve_usd: float
    budget_held: float | None
    """Chance of 0..1 that the budget is enough; None without a budget."""
    deadline_held: float | None
    """Chance that the deadline is kept; None without a deadline."""


@dataclass(frozen=True, slots=True)
class Side:
    """One scenario as it stands beside the others."""

    scenario: Scenario
    answer: Answer | None
    """None = it cannot be priced."""
    odds: Odds | None
    problem: str = ""
    """Why it cannot be priced."""
    ranges: FigureRanges | None = None
    """How far its figures may lie from what is planned; None = not known."""

    def is_of(self, scenario: Scenario) -> bool:
        """Whether it is of this scenario, whatever that is called."""
        return msgspec.structs.replace(scenario, name=self.scenario.name) == self.scenario


@dataclass(frozen=True, slots=True)
class Beside:
    """The scenarios of a plan side by side."""

    sides: tuple[Side, ...]
    explained: int
    """Place of the scenario whose difference to the first is laid to its inputs."""
    pair: Pair | None
    """The first beside that one; None where one of them, or what is between them, has no price."""
    problem: str = ""
    """Why there is no pair."""


def beside(project: Project, catalog: Catalog, explained: int, known: Sequence[Side] = ()) -> Beside:
    """Every scenario answered and sampled, and the difference of one to the first explained.

    Args:
        explained: place of that one, from 1.
        known: sides found before: those whose scenario has not changed are taken over.
    """
    sides = tuple(_side(project, at, catalog, known) for at in range(len(project.scenarios)))
    first, other = sides[0], sides[explained]
    if first.answer is None or other.answer is None:
        return Beside(sides, explained, None, first.problem or other.problem)
    try:
        return Beside(sides, explained, compared_pair(first.answer, other.answer, catalog))
    except CatalogError as error:
        return Beside(sides, explained, None, str(error))


def _side(project: Project, at: int, catalog: Catalog, known: Sequence[Side]) -> Side:
    scenario = project.scenarios[at]
    for each in known:
        held = each.answer
        if each.is_of(scenario) and held is not None and held.project.currency == project.currency:
            return replace(each, scenario=scenario)
    try:
        found = answer(project, catalog, at)
    except CatalogError as error:
        return Side(scenario, None, None, str(error))
    return side_of(found)


def side_of(found: Answer) -> Side:
    """An answered scenario with its chances."""
    sampled = risk(found.reckoning)
    odds = odds_of(sampled, found.scenario.goal)
    return Side(found.scenario, found, odds, ranges=figure_factors(sampled))


def odds_of(found: Risk, goal: Goal) -> Odds:
    """The chances of a sampled plan against its goal."""
    budget, days, cost = goal.budget_usd, goal.deadline_days, found.cost_usd
    return Odds(
        cost.p10,
        cost.p90,
        cost.base,
        found.with_reserve_usd,
        None if budget is None else 1.0 - found.chance_over(budget),
        None if days is None else 1.0 - found.chance_late(days),
    )


# Inputs


@dataclass(frozen=True, slots=True)
class Held:
    """What one scenario holds of an input."""

    value: Any
    differs: bool
    """From the first scenario's."""
    absent: bool = False
    """Whether it has no stage that could hold it."""


@dataclass(frozen=True, slots=True)
class Differing:
    """An input that not all scenarios hold the same value of."""

    path: str
    held: tuple[Held, ...]
    """By scenario."""
    lone: bool
    """Whether all hold one stage, the same: its name tells nothing."""


def differing(scenarios: Sequence[Scenario], catalog: Catalog) -> tuple[Differing, ...]:
    """Every input in which a scenario differs from the first, with what each holds."""
    base, *others = scenarios
    each_own = [joined(base, other, catalog).differences for other in others]
    lone = all(each.lone for own in each_own for each in own)
    rows: dict[str, Difference] = {}
    for own in each_own:
        for each in own:
            rows.setdefault(each.path, each)
    return tuple(
        Differing(
            path,
            (Held(row.a, False, _is_stage(row) and row.a is None), *(_held(row, own) for own in each_own)),
            lone,
        )
        for path, row in rows.items()
    )


def _held(row: Difference, own: Sequence[Difference]) -> Held:
    same = next((each for each in own if each.path == row.path), None)
    if same is not None:
        return Held(same.b, True, _is_stage(same) and same.b is None)
    wider = next((each for each in own if _covers(each, row)), None)
    if wider is None:
        return Held(row.a, False, _is_stage(row) and row.a is None)
    if wider.b is None or type(wider.b) is type(row.a):
        return Held(wider.b, True, absent=_is_stage(wider) and wider.b is None)
    # A named model leaves its size empty: what it holds in the size's place is the name.
    inside = getattr(wider.b, row.path.rpartition(".")[2], None)
    return Held(wider.b if inside is None else inside, True)


def _is_stage(each: Difference) -> bool:
    return each.path.endswith(f"{SEPARATOR}{STAGE}")


def _covers(wide: Difference, row: Difference) -> bool:
    """Whether a difference under another path takes in the input of a row: its stage or its record."""
    if wide.path.rpartition(SEPARATOR)[0] != row.path.rpartition(SEPARATOR)[0]:
        return False
    if _is_stage(wide):
        return True
    return wide.section == row.section and (not wide.names or bool(set(wide.names) & set(row.names)))

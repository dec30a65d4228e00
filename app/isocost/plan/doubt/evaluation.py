"""The whole programme at values of everything that is not known, in closed form on its declared figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from isocost.language import tr
from isocost.plan.doubt.doubtful import Doubtful, Effect
from isocost.plan.doubt.ours import is_share, own_doubts
from isocost.plan.doubt.ranged import placed
from isocost.plan.doubt.response import doubt_of
from isocost.plan.kinds import kind_of
from isocost.plan.money.figure import Values
from isocost.plan.money.reckoning import Reckoning, reckoned
from isocost.plan.physics.records import Array
from isocost.plan.project.project import Scenario
from isocost.plan.project.runs import run_as_planned

CONTINGENCY = "programme.contingency"


def reserve_apart(scenario: Scenario) -> bool:
    """Whether a scenario has a reserve that is held against what its cost may be, not part of it."""
    return scenario.programme.contingency > 0.0 and all(each.path != CONTINGENCY for each in scenario.ranges)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a programme comes to, at each of many values of what is not known."""

    cost_usd: Array
    """Without the reserve, which is held against the spread, unless the user gives a range of it."""
    wall_days: Array
    """Days of all stages."""
    programme_days: Array
    """From the first day of the programme to its last."""
    gpu_hours: Array
    energy_kwh: Array


FIGURES = Outcomes.__slots__
"""Names of the outcomes."""


@dataclass(frozen=True)
class Programme:
    """A programme with everything about it that is not known."""

    on: Reckoning
    """As the plan has it."""
    middle: Reckoning
    """With every range of the user's at its middle: what factors are factors of."""
    doubts: tuple[Doubtful, ...]
    problems: tuple[str, ...]
    """Ranges that are not sampled, and where in its range the plan does not fit: a sentence each."""

    @cached_property
    def reserve_ranged(self) -> bool:
        """Whether the user gives a range of the reserve, so that it is part of the cost."""
        return any(doubt.path == CONTINGENCY for doubt in self.doubts)

    @cached_property
    def cost(self) -> str:
        """The figure that is the cost."""
        return "total" if self.reserve_ranged else "everything_else"

    @cached_property
    def base(self) -> Outcomes:
        """The plan as it stands: computed, never sampled."""
        return _outcomes(self.on.values, self.cost, 1)

    def at(self, values: Sequence[Array]) -> Outcomes:
        """The outcomes at values of each doubt, in their order."""
        size = max((len(each) for each in values), default=1)
        return _outcomes(self.figures(values), self.cost, size)

    def figures(self, values: Sequence[Array]) -> Values:
        """Every figure of the bill at values of each doubt, by key: (values), or (stages, values)."""
        return self.middle.values.again(**self.given(values))

    @cached_property
    def ends(self) -> Outcomes:
        """The outcomes with each doubt at its low, then at its high, all others as the plan has them."""
        count = len(self.doubts)
        values = np.repeat(np.array([[doubt.base] for doubt in self.doubts]), 2 * count, axis=1)
        for i, doubt in enumerate(self.doubts):
            values[i, 2 * i : 2 * i + 2] = doubt.low, doubt.high
        return self.at(list(values))

    def given(self, values: Sequence[Array]) -> Mapping[str, Any]:
        """What figures are given at values of each doubt, by key: (stages, values), or (values)."""
        effects = [doubt.effect(each) for doubt, each in zip(self.doubts, values, strict=True)]
        held = self.middle.values
        given: dict[str, Any] = {}
        hours = self._hours(effects)
        days = np.asarray(held["stage.days"]) * hours
        for effect in effects:
            if effect.counts is not None:
                days = days * np.asarray(held["stage.count"]) / effect.counts
                given["stage.count"] = effect.counts
            given |= effect.given
        given["stage.gpu_hours"] = np.asarray(held["stage.gpu_hours"]) * hours
        given["stage.days"] = days
        given["stage.price"] = _times(held["stage.price"], [effect.price for effect in effects])
        given["held.price"] = _times(held["held.price"], [effect.held_price for effect in effects])
        return given

    def _hours(self, effects: Sequence[Effect]) -> Array:
        """(stages, values) factors on hours; shares of the final run move with all of it."""
        count = len(self.middle.stages)
        own = np.asarray(_times(np.ones((count, 1)), [effect.hours for effect in effects]))
        stages = [self.middle.scenario.stages[at] for at in self.middle.stages]
        shares = np.array([is_share(stage) for stage in stages], dtype=bool)
        final = np.array([kind_of(stage).group == "final run" for stage in stages], dtype=bool)
        hours = np.asarray(self.middle.values["stage.gpu_hours"])[final]
        if not shares.any() or not hours.sum() > 0.0:
            return own
        moved = (hours * own[final]).sum(axis=0) / hours.sum()
        return np.where(shares[:, None], own * moved, own)


def programme(on: Reckoning) -> Programme:
    """A reckoned scenario with its doubts: ours, and the user's in place of ours."""
    found = placed(on)
    scenario = found.middle
    middle = (
        on
        if scenario == on.scenario
        else reckoned(scenario, run_as_planned(scenario, on.catalog), on.catalog)
    )
    made = [doubt_of(held, middle) for held in found.held]
    ranged = {(held.declared.path, at) for held in found.held for at in held.stages}
    ours = _as_planned(on, middle, own_doubts(middle, lambda path, i: (path, middle.stages[i]) in ranged))
    problems = (*found.problems, *(problem for _, problem in made if problem))
    every = Programme(on, middle, (*ours, *(doubt for doubt, _ in made)), problems)
    idle = [doubt for doubt, moves in zip(every.doubts, _moving(every), strict=True) if not moves]
    if not idle:
        return every
    said = [tr("{path}: this changes nothing in the plan as it stands.", path=doubt.path) for doubt in idle]
    kept = tuple(doubt for doubt in every.doubts if doubt not in idle)
    return Programme(on, middle, kept, (*problems, *said))


OF_A_RUN = {"efficiency.mfu": "mfu", "efficiency.goodput": "goodput", "efficiency.waste": "waste"}
"""Figures of a stage's run that doubts of ours are shown as, by their inputs."""


def _as_planned(on: Reckoning, middle: Reckoning, doubts: Iterable[Doubtful]) -> Iterator[Doubtful]:
    """Doubts of ours with what the plan itself takes: a range of another input may change it."""
    for doubt in doubts:
        name = OF_A_RUN.get(doubt.path)
        if middle is on or name is None:
            yield doubt
            continue
        shown = doubt.shown_at(doubt.base)
        pairs = [
            (getattr(run, name), getattr(own, name)) for run, own in zip(middle.runs, on.runs, strict=True)
        ]
        own = next((own for run, own in pairs if run is not None and np.isclose(run[0], shown)), None)
        yield doubt if own is None else replace(doubt, planned=float(own[0]))


def _moving(of: Programme) -> list[bool]:
    """Which doubts change anything from one end to the other."""
    if not of.doubts:
        return []
    pairs = np.array([getattr(of.ends, name) for name in FIGURES]).reshape(len(FIGURES), -1, 2)
    moves: list[bool] = np.any(pairs[..., 0] != pairs[..., 1], axis=0).tolist()
    return moves


def _times(value: Any, factors: Sequence[Array | float]) -> Any:
    for factor in factors:
        if factor is not None and not (isinstance(factor, float) and factor == 1.0):
            value = value * factor
    return value


def _outcomes(values: Any, cost: str, size: int) -> Outcomes:
    def figure(key: str) -> Array:
        found: Array = np.broadcast_to(np.asarray(values[key], dtype=np.float64).reshape(-1), size)
        return found

    hours = np.asarray(values["stage.gpu_hours"], dtype=np.float64).sum(axis=0)
    return Outcomes(
        figure(cost),
        figure("days"),
        figure("programme_days"),
        np.broadcast_to(hours, size),
        figure("energy_kwh"),
    )

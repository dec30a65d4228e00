"""All that is said of a plan's chances in one value: its samples, what matters, and what to measure next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import msgspec
import numpy as np

from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.beside import beside
from isocost.plan.doubt.experiment import Experiment, next_experiment
from isocost.plan.doubt.factors import FigureRanges, figure_factors
from isocost.plan.doubt.risk import ASK, Risk, risk
from isocost.plan.doubt.tornado import Tornado, tornado
from isocost.plan.kinds import kind_of
from isocost.plan.money.reckoning import reckoned
from isocost.plan.physics.records import Array
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Scenario
from isocost.plan.project.ranges import SEPARATOR
from isocost.plan.project.runs import run_as_planned
from isocost.quantities import MoneyUnit, money_shown_in

DOTS = 100
"""Equally likely outcomes a plan is shown by: people count dots, and misread the height of a curve."""
SAFER = (0.5, 2.0 / 3.0, ASK, 0.9)
"""Chances that a budget is enough, each a sum of its own."""


@dataclass(frozen=True)
class Chances:
    """What is not known of a plan, and what that does to its cost."""

    risk: Risk = field(repr=False)
    tornado: Tornado
    experiment: Experiment | None
    """None = nothing is in doubt."""

    @cached_property
    def dots(self) -> Array:
        """USD of ``DOTS`` equally likely outcomes, rising."""
        return np.quantile(self.risk.outcomes.cost_usd, (np.arange(DOTS) + 0.5) / DOTS)

    @cached_property
    def safer_usd(self) -> tuple[float, ...]:
        """The budget that is enough with each chance of ``SAFER``."""
        return tuple(float(each) for each in np.quantile(self.risk.outcomes.cost_usd, SAFER))

    @property
    def in_doubt(self) -> bool:
        """Whether the cost may be another than the plan's."""
        cost = self.risk.outcomes.cost_usd
        return bool(cost.max() > cost.min())

    def asking(self, level: float) -> Chances:
        """The same samples with an ask that is enough with another chance, and what frees most of it."""
        if level == self.risk.level:
            return self
        asked = self.risk.asking(level)
        return replace(self, risk=asked, experiment=next_experiment(asked, self.tornado))


def chances(of: Answer, level: float = ASK) -> Chances:
    """The chances of an answered plan, its sentences in the plan's currency.

    Args:
        level: chance, from 0 to 1, that what is asked for is enough.
    """
    with money_shown_in(of.money):
        sampled = _sampled(of).asking(level)
        bars = tornado(sampled)
        return Chances(sampled, bars, next_experiment(sampled, bars))


def figure_ranges(of: Answer) -> FigureRanges:
    """How far the figures of an answered plan may lie from what is planned, by the same samples."""
    with money_shown_in(of.money):
        sampled = _sampled(of)
        return replace(figure_factors(sampled), beside=beside(sampled, of.estimate.ledger))


def _sampled(of: Answer) -> Risk:
    """An answered plan sampled, on a reckoning of its own.

    Figures are filled in when they are asked for, and while a worker does that the window asks the answer's.
    """
    catalog = of.reckoning.catalog
    return risk(reckoned(of.scenario, run_as_planned(of.scenario, catalog), catalog))


def chances_follow(of: Answer) -> tuple[Scenario, MoneyUnit]:
    """What the chances of an answer follow from: the scenario whatever it is held against."""
    return msgspec.structs.replace(of.scenario, goal=Goal()), of.money


def stage_with(scenario: Scenario, path: str, selected: int) -> tuple[int, str]:
    """The stage whose input settles a doubt, and the input's path in the table of inputs.

    Args:
        path: as a doubt has it: ``efficiency.mfu``, or ``Ablations/ablations.share`` of one stage.
        selected: stage that is taken where it holds the input as well as any.
    """
    name, _, declared = path.rpartition(SEPARATOR)
    stages = scenario.stages
    if name:
        return next((i for i, stage in enumerate(stages) if stage.name == name), selected), declared
    holding = [i for i, stage in enumerate(stages) if kind_of(stage).uses(stage, declared)]
    counted: Sequence[int] = [i for i in holding if stages[i].enabled] or holding
    return (counted[0] if counted and selected not in counted else selected), declared

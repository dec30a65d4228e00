"""The chances of a plan: what it may come to, over a budget, late, or both held."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from isocost.plan.doubt.evaluation import Outcomes, Programme, programme
from isocost.plan.doubt.sampling import SAMPLES, SEED
from isocost.plan.money.arithmetic import cents
from isocost.plan.money.reckoning import Reckoning
from isocost.plan.physics.records import Array

ASK = 0.8
"""Chance that what is asked for is enough, where nobody says another: four in five."""


@dataclass(frozen=True, slots=True)
class Spread:
    """One outcome: what 10, 50, 80 and 90 in 100 samples stay at or below, and where the plan stands."""

    p10: float
    p50: float
    p80: float
    p90: float
    base: float
    """The plan as it stands."""
    base_percentile: float
    """Samples in 100 below it."""


@dataclass(frozen=True)
class Risk:
    """Samples of a whole programme."""

    samples: int
    seed: int
    programme: Programme = field(repr=False)
    values: tuple[Array, ...] = field(repr=False)
    """Of each doubt, by sample."""
    outcomes: Outcomes = field(repr=False)
    level: float = ASK
    """Chance, from 0 to 1, that the ask is enough."""

    def asking(self, level: float) -> Risk:
        """The same samples with an ask that is enough with another chance."""
        return replace(self, level=level)

    def spread(self, figure: str) -> Spread:
        """The spread of an outcome by its name in :class:`Outcomes`."""
        found, base = getattr(self.outcomes, figure), float(getattr(self.programme.base, figure)[0])
        written = cents if figure == "cost_usd" else float
        p10, p50, p80, p90 = (written(each) for each in np.quantile(found, (0.1, 0.5, ASK, 0.9)))
        # Samples that equal the plan, as all do where nothing is in doubt, count half.
        below = float(np.mean(found < base) + np.mean(found == base) / 2.0)
        return Spread(p10, p50, p80, p90, base, 100.0 * below)

    @cached_property
    def cost_usd(self) -> Spread:
        """Without the reserve, unless the user gives a range of it."""
        return self.spread("cost_usd")

    @cached_property
    def wall_days(self) -> Spread:
        """Days of all stages."""
        return self.spread("wall_days")

    @cached_property
    def programme_days(self) -> Spread:
        """Days from the first of the programme to its last."""
        return self.spread("programme_days")

    @property
    def with_reserve_usd(self) -> float:
        """The plan with its reserve."""
        return self.programme.on["total"]

    @cached_property
    def ask_usd(self) -> float:
        """The sum that is enough with the chance of ``level``."""
        return float(np.quantile(self.outcomes.cost_usd, self.level))

    def chance_over(self, budget_usd: float) -> float:
        """Chance that the programme costs more than this."""
        return float(np.mean(self.outcomes.cost_usd > budget_usd))

    def excess_usd(self, budget_usd: float) -> float:
        """What is missing on average where the programme costs more than this; 0 where it never does."""
        over = self.outcomes.cost_usd[self.outcomes.cost_usd > budget_usd]
        return float(over.mean()) - budget_usd if len(over) else 0.0

    def chance_late(self, days: float) -> float:
        """Chance that the programme takes longer, from its first day to its last."""
        return float(np.mean(self.outcomes.programme_days > days))

    def chance_both(self, budget_usd: float, days: float) -> float:
        """Chance that budget and deadline are both held."""
        held = (self.outcomes.cost_usd <= budget_usd) & (self.outcomes.programme_days <= days)
        return float(np.mean(held))


def risk(on: Reckoning, samples: int = SAMPLES, seed: int = SEED) -> Risk:
    """The chances of a reckoned scenario: every doubt sampled through the whole bill."""
    found = programme(on)
    values = tuple(doubt.values(samples, seed) for doubt in found.doubts)
    outcomes = found.at(values) if values else _still(found, samples)
    return Risk(samples, seed, found, values, outcomes)


def _still(found: Programme, samples: int) -> Outcomes:
    """Nothing is in doubt: every sample is the plan."""
    base = found.base
    return Outcomes(*(np.repeat(getattr(base, name), samples) for name in Outcomes.__slots__))

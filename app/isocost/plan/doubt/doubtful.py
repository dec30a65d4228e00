"""One doubt: what an input may turn out to be, how likely, and what each value of it moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from isocost.plan.doubt.sampling import Z90, normal_scores, order, shaped
from isocost.plan.physics.records import Array
from isocost.plan.project.ranges import RangeShape
from isocost.quantities import Quantity

Whose = Literal["measured", "market", "yours"]
"""Whose range it is: seen on published or own runs, asked by suppliers, or given by the user."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What values of a doubt move. Arrays are (stages that count, or 1; values)."""

    hours: Array | float = 1.0
    """Factor on the hours of a stage, beside what the final run's hours do to a share of them."""
    counts: Array | None = None
    """Accelerators of each stage, where they change."""
    price: Array | float = 1.0
    """Factor on the rent of a stage's accelerator-hour."""
    held_price: Array | float = 1.0
    """The same of accelerators the scenario holds, which may stand idle."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Values of figures and inputs by key."""


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """An input, or an error of the model's, that is not known.

    Values are in the input's unit, or for errors of ours standard normal scores, of which higher ones are
    dearer; ``shown`` makes the input's value of a score.
    """

    name: str
    """As it is called in a table: "Step model", "Price of H100"."""
    identity: str
    """What it is in any language: its samples are ordered by it."""
    path: str
    """Input that settles it, with its stage where it is one stage's alone; empty = none does."""
    whose: Whose
    source: str
    low: float
    """One chance in ten below of a lognormal, else the end."""
    middle: float
    """Median of a lognormal, likeliest value of a triangle."""
    high: float
    base: float
    """What the plan takes."""
    effect: Callable[[Array], Effect]
    shape: RangeShape = "lognormal"
    scored: bool = False
    """Whether values are standard normal scores."""
    minimum: float = 0.0
    maximum: float = float("inf")
    """What the input may be at all."""
    shown: Callable[[Array], Array] = lambda values: values
    quantity: Quantity = "number"
    unit: str = ""
    whole: bool = False
    """Whether it is a whole number."""
    planned: float | None = None
    """What the plan itself takes, shown; None = ``base``, as no range of another input changes it."""
    said: str = ""
    """What has to be known of it beside its source, as a sentence."""

    @property
    def key(self) -> str:
        """What tells it from other doubts of a plan."""
        return f"{self.identity}|{self.path}"

    def values(self, samples: int, seed: int) -> Array:
        """A value for each sample."""
        return self.spread(samples)[order(self.key, samples, seed)]

    def spread(self, samples: int) -> Array:
        """Its values in the middle of equally likely slices, rising."""
        if self.scored:
            return normal_scores(samples)
        found = shaped(self.shape, self.low, self.middle, self.high, samples)
        found = np.clip(found, self.minimum, self.maximum)
        return np.rint(found) if self.whole else found

    @property
    def shown_in_plan(self) -> float:
        """What the plan takes, as the input it settles has it."""
        return self.shown_at(self.base) if self.planned is None else self.planned

    def shown_at(self, value: float) -> float:
        """A value as the input it settles has it."""
        return float(self.shown(np.array([value]))[0])


def factor_of_scores(slow: Array, fast: Array, scores: Array) -> Array:
    """Split lognormal factors of standard normal scores, (stages or 1, scores).

    Args:
        slow: factor at one chance in ten above, by stage, 1 or more.
        fast: factor at one chance in ten below, 1 or less.
    """
    # Stages are few kinds of run: each pair is worked out once, and none where a stage is not moved.
    pairs = list(zip(slow.tolist(), fast.tolist(), strict=True))
    place = {pair: at for at, pair in enumerate(dict.fromkeys(pairs))}
    found = np.ones((len(place), len(scores)))
    for row, (above, below) in zip(found, np.log(list(place)).tolist(), strict=True):
        if above != 0.0 or below != 0.0:
            np.exp(np.where(scores < 0.0, -below / Z90, above / Z90) * scores, out=row)
    return found if len(found) == 1 else found[[place[pair] for pair in pairs]]

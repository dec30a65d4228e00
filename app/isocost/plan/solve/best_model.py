"""The best model for a budget and a deadline: the size and the text that reach the least loss."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from isocost.catalog import CatalogError
from isocost.catalog.entries.prices import PriceCard
from isocost.engine.scaling import ParametricLaw, optimum
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.physics.counts import Counts
from isocost.plan.solve.case import Case, Choice, loss_of, tokens_paid, with_text
from isocost.plan.solve.reach import Reach

SPAN = 1.2
"""Orders of magnitude below and above the first guess of the size that are looked at, further if need be."""
NODES = 9
REFINED = 3
"""Sizes looked at between the best and its neighbours."""
SMALLER = 0.25
"""Times a size that no text is paid for, to find one that some is."""
DIGITS = 3
"""Sizes are told to so many digits, so they are solved to as many."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size of model, and the most text it can be trained on."""

    parameters: float
    tokens: float
    loss: float
    """Infinite where none is paid for."""
    at: int
    """Point of ``on`` that reads the most."""
    on: Reach
    case: Case
    """With this size and this text in it."""

    def choice(self, law: ParametricLaw) -> Choice:
        """The plan of it."""
        found = self.case.reach(
            [self.on.cards[int(self.on.which[self.at])]], [self.on.counts[self.at : self.at + 1]]
        )
        return self.case.choice(found, 0, law)


class Sizes:
    """Sizes of model that were looked at, each once."""

    def __init__(
        self,
        case: Case,
        law: ParametricLaw,
        cards: Sequence[PriceCard],
        counts: Sequence[Counts],
    ) -> None:
        self.case, self.law, self.cards, self.counts = case, law, cards, counts
        self.seen: dict[float, Size] = {}

    def at(self, parameters: float) -> Size:
        """The most text a model of a size is paid for, and the loss it reaches."""
        limits = NUMBERS["model.parameters"]
        parameters = min(max(parameters, limits.minimum), limits.maximum)
        known = self.seen.get(parameters)
        if known is None:
            known = self.seen[parameters] = self._look(parameters)
        return known

    def _look(self, parameters: float) -> Size:
        sized = self.case.put("model.parameters", parameters)
        near = min(self.seen.values(), key=lambda s: abs(math.log(s.parameters / parameters)), default=None)
        guess = self.case.tokens or 1e9
        if near is not None and near.tokens > 0.0:
            guess = near.tokens * near.parameters / parameters  # as much compute
        on, most = tokens_paid(sized, self.cards, self.counts, guess)
        at = int(np.argmax(most))
        tokens = float(most[at])
        size = parameters * sized.active
        unique = self.case.scenario.dataset.unique_tokens
        paid = loss_of(self.law, size, tokens, unique) if tokens >= 1.0 else math.inf
        return Size(parameters, tokens, paid, at, on, with_text(sized, max(tokens, 1.0), None))

    @property
    def best(self) -> Size:
        """Of those looked at the one of least loss."""
        return min(self.seen.values(), key=lambda size: size.loss)

    def scan(self) -> Size:
        """Look over all sizes worth looking at, then between the best and its neighbours; the best of them.

        Its size has as many digits as are told.
        """
        own = self.case.parameters or NUMBERS["model.parameters"].low
        first = self._first_paid(own)
        spent = 6.0 * first.parameters * self.case.active * max(first.tokens, 1.0)
        centre = math.log10(optimum(self.law, spent).parameters / self.case.active)
        for each in np.linspace(centre - SPAN, centre + SPAN, NODES):
            self.try_at(float(10.0**each))
        step = 2.0 * SPAN / (NODES - 1)
        while math.isfinite(self.best.loss) and (edge := self._edge()):
            if not self.try_at(self.best.parameters * 10.0 ** (edge * step)):
                break
        for _ in range(REFINED):
            if (between := self._vertex()) is None or not self.try_at(between):
                break
        told = float(f"{self.best.parameters:.{DIGITS}g}")
        return self.at(told) if self.try_at(told) or told in self.seen else self.best

    def _first_paid(self, own: float) -> Size:
        """The plan's own size, or the next smaller that any text is paid for; the plan's if none is."""
        first = size = self.at(own)
        while not math.isfinite(size.loss) and self.try_at(SMALLER * size.parameters):
            size = min(self.seen.values(), key=lambda each: each.parameters)
        return size if math.isfinite(size.loss) else first

    def try_at(self, parameters: float) -> bool:
        """Look at a size; whether there is such a model, not looked at before."""
        before = len(self.seen)
        try:
            self.at(parameters)
        except CatalogError:
            return False
        return len(self.seen) > before

    def _edge(self) -> int:
        """1 where the best is the largest looked at that text is paid for, -1 where the smallest, else 0."""
        sizes = sorted(size for size, found in self.seen.items() if math.isfinite(found.loss))
        return int(self.best.parameters == sizes[-1]) - int(self.best.parameters == sizes[0])

    def _vertex(self) -> float | None:
        """The lowest point of the parabola through the best and its neighbours; None at an end.

        Beside a size that no text is paid for, halfway to it.
        """
        sizes = sorted(self.seen)
        at = sizes.index(self.best.parameters)
        if not 0 < at < len(sizes) - 1:
            return None
        x = np.log([sizes[at - 1], sizes[at], sizes[at + 1]])
        y = np.array([self.seen[each].loss for each in sizes[at - 1 : at + 2]])
        lowest = x[1]
        if np.isfinite(y).all():
            left, right = (x[1] - x[0]) * (y[1] - y[2]), (x[1] - x[2]) * (y[1] - y[0])
            if left != right:
                lowest = x[1] - 0.5 * ((x[1] - x[0]) * left - (x[1] - x[2]) * right) / (left - right)
        wide = x[2] - x[0]
        if not np.isfinite(y).all():
            lowest = (x[1] + x[int(np.argmax(y))]) / 2.0
        elif abs(lowest - x[1]) < 0.05 * wide:  # beside the best: the wider side is looked into
            lowest = x[1] + (0.3 * (x[2] - x[1]) if x[2] - x[1] > x[1] - x[0] else -0.3 * (x[1] - x[0]))
        return math.exp(min(max(lowest, x[0] + 0.1 * wide), x[2] - 0.1 * wide))

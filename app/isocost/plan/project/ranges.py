"""Inputs that are not known: a range beside the value, by the input's path."""

from __future__ import annotations

import math
from typing import Literal

from isocost.plan.values import Value

RangeShape = Literal["lognormal", "uniform", "triangular"]
"""How likely the values of a range are.

``lognormal``: 8 chances in 10 that the value lies between the ends, one in ten below, one in ten above; the
``mode`` is then the median, and the two sides may differ in width. ``uniform`` and ``triangular``: never
beyond the ends; ``mode`` is the likeliest value of a triangle.
"""
SEPARATOR = "/"
"""Between a stage's name and a path, where a range is of one stage's input alone."""


class InputRange(Value, frozen=True, kw_only=True):
    """What an input may turn out to be."""

    path: str
    """``efficiency.mfu`` of all that share it, ``Ablations/ablations.share`` of one stage."""
    low: float
    high: float
    mode: float | None = None
    """None = the value the plan holds."""
    shape: RangeShape = "lognormal"

    @property
    def stage(self) -> str:
        """Name of the stage whose input alone it is; empty = the input the stages share."""
        return self.path.rpartition(SEPARATOR)[0]

    @property
    def input(self) -> str:
        """Path of the input in the table of inputs."""
        return self.path.rpartition(SEPARATOR)[2]

    def middle(self, value: float | None) -> float:
        """Median of a lognormal, likeliest value of a triangle.

        Args:
            value: what the plan takes, which is the middle where it lies within the ends and none is given.
        """
        wanted = value if self.mode is None else self.mode
        return (
            wanted if wanted is not None and self.low <= wanted <= self.high else halfway(self.low, self.high)
        )


def halfway(low: float, high: float) -> float:
    """The middle of two ends: of their logarithms where both have one."""
    return math.sqrt(low * high) if low > 0.0 else (low + high) / 2.0

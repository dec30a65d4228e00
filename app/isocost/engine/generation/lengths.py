"""Lengths of generated sequences: a lognormal clipped at a cap, and the few that loop until they reach it.

The tail matters more than the mean: a round of rollouts ends with its longest response.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from isocost.engine.arrays import Array
from isocost.quantities import format_fixed

REMEMBERED = 256
"""Distributions kept: a plan has a few phases, each cut into a few mean lengths."""

HALVINGS = 60
"""Bisections for the location of the lognormal: the bracket shrinks to the last digit of a double."""

FAR = 8.0
"""Standard deviations above the cap where the bracket ends: there every response would be clipped."""

GRID = 1025
"""Points along a response over which its survival is integrated."""


@dataclass(frozen=True, slots=True)
class Lengths:
    """Distribution of the tokens of one response."""

    mean: float
    """Mean tokens of a response as it would be logged: after clipping, loops included."""
    cap: float
    """Longest response allowed."""
    cv: float = 0.9
    """Standard deviation over mean of the unclipped lognormal (0.6-0.9 in published reasoning runs)."""
    loop_rate: float = 0.002
    """Share of responses that never stop and run into the cap. Assumed, not published."""


def lognormal(mean: float, cv: float) -> tuple[float, float]:
    """(mu, sigma) of the lognormal with this mean and coefficient of variation.

    >>> mu, sigma = lognormal(7000.0, cv=0.9)
    >>> round(mu, 3), round(sigma, 3)
    (8.557, 0.77)
    """
    sigma = math.sqrt(math.log1p(cv * cv))
    return math.log(mean) - sigma * sigma / 2.0, sigma


def normal_cdf(z: Array) -> Array:
    """Standard normal distribution function, to 1e-7 (Abramowitz and Stegun 26.2.17)."""
    # numpy has no erf, and the engine needs nothing else of scipy.
    k = 1.0 / (1.0 + 0.2316419 * np.abs(z))
    series = k * (0.319381530 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    upper = np.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi) * series
    return np.where(z >= 0.0, 1.0 - upper, upper)


def clipped_mean(mu: float, sigma: float, cap: float) -> float:
    """Mean of min(X, cap) for a lognormal X: e^(mu + sigma^2/2) Phi(d - sigma) + cap (1 - Phi(d)).

    d = (ln cap - mu) / sigma. Source: the limited expected value of a lognormal (Klugman, Panjer and Willmot,
    Loss Models, appendix A).
    """
    d = (math.log(cap) - mu) / sigma
    below = normal_cdf(np.array([d - sigma, d]))
    return float(math.exp(mu + sigma * sigma / 2.0) * below[0] + cap * (1.0 - below[1]))


@lru_cache(maxsize=REMEMBERED)
def location(lengths: Lengths) -> tuple[float, float]:
    """(mu, sigma) for which the clipped distribution, loops included, has the stated mean.

    Raises:
        ValueError: the mean is not below the cap, or loops alone exceed it.
    """
    if not 0.0 < lengths.mean < lengths.cap:
        raise ValueError(
            f"Mean length {lengths.mean:.0f} must lie between 0 and the longest length {lengths.cap:.0f}."
        )
    stopping = (lengths.mean - lengths.loop_rate * lengths.cap) / (1.0 - lengths.loop_rate)
    if stopping <= 0.0:
        raise ValueError(
            f"With {format_fixed(100.0 * lengths.loop_rate, 1)}% of responses looping to {lengths.cap:.0f} "
            f"tokens the mean cannot be as low as {lengths.mean:.0f}: lower the loop rate or raise the mean."
        )
    sigma = lognormal(stopping, lengths.cv)[1]
    # Clipping lowers the mean, so what is looked for lies above the location of the unclipped lognormal.
    low, high = math.log(stopping) - sigma * sigma, math.log(lengths.cap) + FAR * sigma
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if clipped_mean(middle, sigma, lengths.cap) < stopping:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0, sigma


def survival(lengths: Lengths, tokens: Array) -> Array:
    """Share of responses longer than ``tokens``; 0 from the cap on."""
    mu, sigma = location(lengths)
    # A response of no tokens has no logarithm; every response is longer than a billionth of one.
    longer = 1.0 - normal_cdf((np.log(np.maximum(tokens, 1e-9)) - mu) / sigma)
    alive = lengths.loop_rate + (1.0 - lengths.loop_rate) * longer
    return np.where(tokens < lengths.cap, alive, 0.0)


@lru_cache(maxsize=REMEMBERED)
def mean_position(lengths: Lengths) -> float:
    """Mean tokens a running response has generated, over a long steady state: E[X^2] / 2 E[X]."""
    grid = np.linspace(0.0, lengths.cap, GRID)
    return float(np.trapezoid(grid * survival(lengths, grid), grid) / lengths.mean)


def variation(lengths: Lengths) -> float:
    """Standard deviation over mean of the responses as they are, clipped and loops included.

    E[X^2] is twice the mean times ``mean_position``.
    """
    return math.sqrt(max(2.0 * mean_position(lengths) / lengths.mean - 1.0, 0.0))

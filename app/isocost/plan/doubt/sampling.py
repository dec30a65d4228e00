"""Latin hypercube samples: a value from each of many equally likely slices of an input, in shuffled order."""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from isocost.plan.physics.records import Array
from isocost.plan.project.ranges import RangeShape

SAMPLES, SEED = 10_000, 7
Z90 = NormalDist().inv_cdf(0.9)
"""Standard deviations of a normal that one chance in ten lies above."""


@lru_cache(maxsize=8)
def middles(samples: int) -> Array:
    """The middle of each slice of a probability from 0 to 1, rising."""
    return _kept((np.arange(samples) + 0.5) / samples)


@lru_cache(maxsize=8)
def normal_scores(samples: int) -> Array:
    """The same as standard normal values.

    By the standard library's rational approximation (Wichura's AS 241) one by one, not by a vectorised
    logarithm, whose last digit differs between processors.
    """
    return _kept(np.array([NormalDist().inv_cdf(u) for u in middles(samples).tolist()]))


@lru_cache(maxsize=64)
def order(name: str, samples: int, seed: int) -> NDArray[np.intp]:
    """The slice each sample of an input takes.

    An input's order depends on its name and the seed alone: two plans that share an input share its samples,
    so that what differs between them is the plans. The generator is numpy's PCG64.
    """
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, crc32(name.encode())])))
    found: NDArray[np.intp] = random.permutation(samples)
    found.setflags(write=False)
    return found


def shaped(shape: RangeShape, low: float, middle: float, high: float, samples: int) -> Array:
    """Values of a range in the middle of equally likely slices, rising.

    Args:
        middle: median of a lognormal, likeliest value of a triangle.
    """
    if shape == "uniform":
        return uniform(middles(samples), low, high)
    if shape == "triangular":
        return triangular(middles(samples), low, middle, high)
    return split_lognormal(normal_scores(samples), low, middle, high)


FARTHEST = 600.0
"""Of the exponents of a range as wide as the numbers of a file may be: 260 decades, before floats end."""


def split_lognormal(scores: Array, low: float, middle: float, high: float) -> Array:
    """Values with one chance in ten below ``low``, one above ``high`` and half of them below ``middle``.

    Args:
        scores: standard normal values.
    """
    below, above = math.log(middle / low) / Z90, math.log(high / middle) / Z90
    width = np.where(scores < 0.0, below, above)
    found: Array = middle * np.exp(np.clip(scores * width, -FARTHEST, FARTHEST))
    return found


def triangular(chances: Array, low: float, mode: float, high: float) -> Array:
    """Values of a triangle at these cumulative probabilities."""
    left = (mode - low) / (high - low)
    rising = low + np.sqrt(chances * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - chances) * (high - low) * (high - mode))
    return np.where(chances < left, rising, falling)


def uniform(chances: Array, low: float, high: float) -> Array:
    """Values of an even spread at these cumulative probabilities."""
    return low + chances * (high - low)


def _kept(values: Array) -> Array:
    values.setflags(write=False)
    return values

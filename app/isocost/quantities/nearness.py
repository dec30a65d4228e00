"""Whether two amounts are the same to within a factor, as sizes, hours and prices are compared."""

from __future__ import annotations


def within_factor(ratio: float, factor: float) -> bool:
    """Whether a ratio is between one over ``factor`` and ``factor``, which is 1 or more: either way round."""
    return 1.0 / factor <= ratio <= factor

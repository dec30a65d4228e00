"""The 10-90 % range of a predicted speed: that of its class of runs, narrowed by how near runs were measured.

Each measured run says how far off it is when its whole source is left out (``resources/left_out.csv``), as
a multiple of its class's own range. Those of runs near a plan weigh most, sources alike, beside one source
that nobody has seen, whose runs scatter as the class does. What is left beyond each end is the conformal
quantile of these (Tibshirani et al. 2019, arXiv 1904.06019: weights by nearness). A plan far from all runs is
left with its class's range, and more of it the further it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.constants.errors.spreads import EvidenceRule, run_class
from isocost.catalog.entries.measured_training import left_out_ratios
from isocost.evidence.points import (
    OTHER_FAMILY,
    SCALES,
    Array,
    Point,
    distances,
    format_measured,
    point_of,
    scales_of,
    table_of,
)

TAIL = 0.1
"""Share of runs beyond each end."""

UNSEEN = np.array([-1.28, -0.81, -0.53, -0.3, -0.1, 0.1, 0.3, 0.53, 0.81, 1.28])
"""Errors of the source nobody has seen, in multiples of its class's ends: the middles of the ten tenths of a
normal distribution whose first and last decile are those ends."""


@dataclass(frozen=True, slots=True)
class _Errors:
    """How far off measured runs are, left out by source; arrays over the runs of ``table_of``."""

    multiples: Array
    """Error over that end of its class's range on whose side it lies; NaN where it is not known."""
    owner: NDArray[np.intp]
    """Which source each run belongs to."""
    sources: int


def range_factors(plan: Point, catalog: Catalog, *, layout_known: bool = True) -> tuple[float, float]:
    """Factors on a predicted throughput for its 10th and 90th percentile.

    The number of accelerators says nothing here: a curve of counts has one range. ``layout_known`` is False
    for somebody's run whose layout can only be guessed.
    """
    spreads = catalog.constants.spreads
    spread = spreads.by_class[run_class(plan.transformer, plan.work, plan.accelerator, plan.stack)]
    width = _width(plan, catalog, layout_known=layout_known)
    low, high = _ends(plan, catalog)
    return math.exp(width * low * math.log(spread.low)), math.exp(width * high * math.log(spread.high))


def _width(plan: Point, catalog: Catalog, *, layout_known: bool) -> float:
    """Factor on the logarithm of a class's range: what is borrowed, and what is left unsaid, widens it."""
    spreads, rule = catalog.constants.spreads, catalog.constants.evidence
    width = spreads.width(plan.accelerator, layout_known=layout_known)
    borrowed = plan.accelerator.architecture in spreads.unmeasured_architectures
    return width if borrowed or format_measured(plan, catalog) else width * rule.new_format


def _ends(plan: Point, catalog: Catalog) -> tuple[float, float]:
    """The ends of a plan's range as multiples of its class's."""
    table, errors, rule = table_of(catalog), _errors(catalog), catalog.constants.evidence
    known = ~np.isnan(errors.multiples)
    counts = (SCALES[1] * np.abs(table.scales[1] - scales_of(plan)[1]))[known]
    relatives = catalog.constants.efficiency.relatives
    away = distances(plan, table, relatives)[known] - counts
    beyond = 1.0 + rule.further * max(float(away.min()) - rule.beside, 0.0)
    if lender := relatives.get(plan.accelerator.architecture):
        # Runs on the architecture that shares are borrowed from say nothing of what borrowing is off by.
        away += OTHER_FAMILY * (table.labels["family"][known] == lender)
    low, high = weighted_ends(errors.multiples[known], errors.owner[known], errors.sources, away, rule)
    return low * beyond, high * beyond


def weighted_ends(
    multiples: Array, owner: NDArray[np.intp], sources: int, away: Array, rule: EvidenceRule
) -> tuple[float, float]:
    """Ends of the range that measured runs give, as multiples of its class's, both positive.

    Args:
        multiples: error of each run over its class's range; negative = slower than predicted.
        owner: number of each run's source, below ``sources``.
        away: distance of each run from the plan.
    """
    near = 2.0 ** (-away / rule.halves)
    of_source = np.bincount(owner, near, sources)
    nearest = np.zeros(sources)
    np.maximum.at(nearest, owner, near)
    runs = np.divide(of_source, nearest, out=np.zeros(sources), where=nearest > 0)
    # A source weighs as its nearest run does, however many it has; one of few runs says less of itself.
    mass = nearest * runs / (runs + rule.repeats)
    weight = near * np.divide(mass, of_source, out=np.zeros(sources), where=of_source > 0)[owner]
    values = np.concatenate([multiples, UNSEEN])
    weights = np.concatenate([weight, np.full(len(UNSEEN), rule.unseen / len(UNSEEN))])
    low, high = weighted_quantiles(values, weights, (TAIL, 1.0 - TAIL))
    within = np.clip([-low, high], rule.least, rule.most)
    return float(within[0]), float(within[1])


def weighted_quantiles(values: Array, weights: Array, shares: Sequence[float]) -> Array:
    """The values below which ``shares`` of the weight lie, between two of them by their weights."""
    order = np.argsort(values, kind="stable")
    reached = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    found: Array = np.interp(shares, reached, values[order])
    return found


@lru_cache(maxsize=2)
def _errors(catalog: Catalog) -> _Errors:
    specs, ratios, spreads = table_of(catalog).specs, left_out_ratios(), catalog.constants.spreads
    multiples = []
    for spec in specs:
        ends = spreads.by_class[run_class(spec.transformer, spec.work, spec.accelerator, spec.stack)]
        width = _width(point_of(spec), catalog, layout_known=spec.mapping_given)
        multiples.append(ends.multiple(ratios.get(spec.run.id, math.nan) / width))
    names, owner = np.unique([spec.run.source for spec in specs], return_inverse=True)
    return _Errors(np.array(multiples), owner.astype(np.intp), len(names))

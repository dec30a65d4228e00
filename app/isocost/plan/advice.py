"""Where fewer accelerators would do better: beyond the knee more of them only add failures and traffic."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from isocost.catalog import Catalog
from isocost.plan.curves import CostCurve
from isocost.plan.project import Scenario
from isocost.plan.resolve import whole_nodes
from isocost.plan.results import Cure, Notice
from isocost.quantities import format_count, format_duration, format_money

WORTH_SAYING = 0.99
"""A smaller count is named when it takes at most this share of both the time and the money."""


def smaller_count(scenario: Scenario, curve: CostCurve, catalog: Catalog) -> Iterator[Notice]:
    """That a smaller count is both faster and cheaper, naming the fastest such.

    Args:
        curve: the scenario's own; its count is a point of it unless it takes too long.
    """
    count = whole_nodes(catalog.accelerator(curve.accelerator).spec, scenario.hardware.count)
    here = np.flatnonzero(curve.counts == count)
    shared = [i for i, stage in enumerate(scenario.stages) if stage.enabled and stage.hardware is None]
    if not len(here) or not shared or not curve.fits[here[0]]:
        return
    days, cost = float(curve.days[here[0]]), float(curve.cost_usd[here[0]])
    better = (curve.counts < count) & curve.fits
    better &= (curve.days <= WORTH_SAYING * days) & (curve.cost_usd <= WORTH_SAYING * cost)
    if not better.any():
        return
    at = int(np.argmin(np.where(better, curve.days, np.inf)))
    found = int(curve.counts[at])
    yield Notice(
        "past-the-knee",
        "hardware.count",
        f"{format_count(found)} {curve.label} are both faster and cheaper than {format_count(count)}: "
        f"{format_duration(float(curve.days[at]))} and {format_money(float(curve.cost_usd[at]))} instead of "
        f"{format_duration(days)} and {format_money(cost)}.",
        cure=Cure(found, shared[0]),
    )

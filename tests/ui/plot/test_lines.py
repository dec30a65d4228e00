"""Curves as they are drawn."""

from __future__ import annotations

import numpy as np

from isocost.catalog.entries.prices import PriceCard
from isocost.plan.answer.across.curves import CostCurve
from isocost.ui.plot.lines import Line


def curve(days: list[float], cost: list[float]) -> CostCurve:
    price = PriceCard("b300", 7.0, "a cloud", "single", "a page", "2026-11-01")
    counts = 8 * np.arange(1, len(days) + 1)
    return CostCurve(
        "b300", "B300", price, counts, np.array(days), np.array(cost), counts / 100, np.ones(len(days), bool)
    )


def test_a_curve_of_one_point_can_be_seen():
    x, y = Line.of(curve([10.0], [1e6]), whole=True).drawn()
    assert x[0] < 1.0 < x[1]
    assert y.tolist() == [6.0, 6.0]


def test_longer_curves_are_drawn_through_their_points():
    x, _ = Line.of(curve([10.0, 5.0, 2.5], [1e6, 1.1e6, 1.3e6]), whole=True).drawn()
    assert np.allclose(np.sort(10.0**x), [2.5, 5.0, 10.0])

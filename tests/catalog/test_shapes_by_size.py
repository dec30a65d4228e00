"""Shapes solved from a size alone against the shapes of published models: above all how long they take."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise
from statistics import median

import numpy as np
import pytest

from isocost.catalog import CatalogError, load
from isocost.catalog.constants.physics.shapes import read_usual_shapes, usual_shapes
from isocost.catalog.records import ModelEntry
from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer, Workload
from isocost.engine.search.best import best_layouts
from isocost.engine.search.precomputed import Constants
from isocost.engine.shapes import shape_for
from isocost.paths import resource

CATALOG = load()
USUAL = usual_shapes()
BATCH = 2.0**20
ACCELERATORS = [CATALOG.accelerator(name).spec for name in ("h100-sxm", "a100-sxm-80gb", "rtx4090")]


def constants() -> Constants:
    known = CATALOG.constants
    return Constants(known.efficiency.record(), known.memory.for_stack("open"), "open")


@cache
def seconds(t: Transformer, counts: tuple[float, ...]) -> np.ndarray:
    """Seconds of a step on each accelerator and count; NaN where nothing fits."""
    kinds = len(ACCELERATORS)
    work = [Workload(4096.0, BATCH / 4096.0)] * kinds
    found = best_layouts(t, work, ACCELERATORS, [np.array(counts)] * kinds, constants())
    return np.array([np.where(best.fits, best.seconds, np.nan) for best in found])


def published(low: float, high: float, *, moe: bool = False) -> list[ModelEntry]:
    """Models of the last years whose shape is known, by the parameters a token meets.

    Those people know, and below 100 million parameters, where none is, those of research.
    """
    found = []
    for model in CATALOG.models.values():
        t = model.exact
        if t is None or t.is_moe != moe or t.attention == "hybrid" or t.layer_table_width:
            continue
        known = model.named or parameters(t).total < 1e8
        if known and (model.released or "") >= "2023" and low <= parameters(t).active < high:
            found.append(model)
    return found


def apart(model: ModelEntry, counts: tuple[float, ...]) -> float:
    """Log of the time of the shape made from a model's size over the time of its own; NaN = neither fits."""
    held = parameters(model.transformer)
    made = shape_for(held.total, USUAL, held.active if model.transformer.is_moe else None)
    logs = np.log(seconds(made, counts) / seconds(model.transformer, counts))
    return float(np.nanmedian(logs)) if np.isfinite(logs).any() else math.nan


def middle(models: list[ModelEntry], counts: tuple[float, ...]) -> float:
    logs = [apart(model, counts) for model in models]
    return math.exp(median(log for log in logs if math.isfinite(log)))


@pytest.mark.parametrize(
    ("low", "high", "least"),
    [
        (1e7, 1e8, 8),
        (1e8, 3e8, 3),
        (3e8, 1e9, 9),
        (1e9, 2e9, 15),
        (2e9, 5e9, 15),
        (5e9, 2e10, 50),
    ],
)
def test_a_dense_size_alone_takes_as_long_as_models_of_it(low, high, least):
    models = published(low, high)
    assert len(models) >= least
    assert middle(models, (8.0, 64.0)) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("low", "high", "least"), [(2e10, 5e10, 15), (5e10, 1e12, 12)])
def test_large_sizes_too(low, high, least):
    models = published(low, high)
    assert len(models) >= least
    assert middle(models, (64.0, 1024.0)) == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize(("low", "high"), [(0.0, 5e9), (5e9, 2e10), (2e10, 1e12)])
def test_mixtures_of_a_size_are_as_fast_as_those_of_it_in_the_middle(low, high):
    models = published(low, high, moe=True)
    assert len(models) > 12
    assert middle(models, (64.0, 512.0)) == pytest.approx(1.0, abs=0.06)


def test_the_table_without_any_one_maker_says_the_same_of_135m():
    small = published(1e8, 5e8)
    assert len({model.organisation for model in small}) > 6
    depth = shape_for(134.5e6, USUAL).layers
    for maker in {model.organisation for model in small}:
        others = [model.transformer.layers for model in small if model.organisation != maker]
        assert depth == pytest.approx(median(others), rel=0.25), maker


def test_a_larger_size_never_takes_less_time():
    sizes = np.geomspace(1e7, 5e10, 40)
    taken = [seconds(shape_for(float(size), USUAL), (64.0,)) for size in sizes]
    for smaller, larger in pairwise(taken):
        assert np.all(np.log(larger / smaller)[np.isfinite(larger)] > 0.0)


def test_a_table_out_of_order_is_refused():
    text = resource("usual_shapes.yaml").read_text(encoding="utf-8")
    first = text.index("- parameters")
    row = text[first : text.index("- parameters", first + 1)]
    with pytest.raises(CatalogError, match="rising parameters"):
        read_usual_shapes(text.replace(row, row + row, 1))

"""Shapes solved from a size alone against the exact shapes of published dense models."""

from __future__ import annotations

import math
from statistics import median

import pytest

from isocost.catalog import load
from isocost.catalog.records import ModelEntry
from isocost.engine import shapes
from isocost.engine.architecture import parameters

CATALOG = load()


def published() -> list[ModelEntry]:
    """Gated dense models of known shape: what the family of solved shapes stands for."""
    named = [m for m in CATALOG.named_models if m.shape == "exact" and m.published_total is not None]
    plain = [m for m in named if not m.transformer.is_moe and m.transformer.attention == "mha"]
    return [m for m in plain if m.transformer.gated and not m.transformer.layer_table_width]


def off(model: ModelEntry, solved: float) -> float:
    return abs(math.log(solved / model.transformer.layers))


def test_depth_is_what_models_of_the_size_have():
    errors = [
        off(model, shapes.shape_for(parameters(model.transformer).total).layers) for model in published()
    ]
    assert len(errors) > 80
    assert math.exp(median(errors)) < 1.15


def test_small_models_are_as_deep_as_the_others_without_any_one_maker():
    small = [m for m in published() if parameters(m.transformer).total < 3.5e9]
    makers = {model.organisation for model in small}
    assert len(makers) > 10
    for maker in makers:
        others = [model.transformer.layers for model in small if model.organisation != maker]
        assert pytest.approx(median(others), rel=0.2) == shapes.SMALL_LAYERS, maker


def test_135m_is_deep_and_narrow():
    shape = shapes.shape_for(134.5e6)
    exact = CATALOG.model("SmolLM2 135M").transformer
    assert shape.layers == pytest.approx(exact.layers, rel=0.3)
    assert shape.hidden == pytest.approx(exact.hidden, rel=0.1)

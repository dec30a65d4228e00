"""Shapes made from a size with the shipped table, as plans make them."""

from isocost.catalog.constants.physics.shapes import usual_shapes
from isocost.engine import shapes
from isocost.engine.records import Transformer


def shape_for(total: float, active: float | None = None, vocabulary: float | None = None) -> Transformer:
    return shapes.shape_for(total, usual_shapes(), active, vocabulary)


def hybrid_for(total: float, active: float | None = None) -> Transformer:
    return shapes.hybrid_for(total, usual_shapes(), active)

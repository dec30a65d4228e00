"""An exact shape written in a plan: the transformer it means, and what is wrong with it."""

from __future__ import annotations

from functools import lru_cache

from isocost.catalog.models import LARGEST, SMALLEST
from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer
from isocost.plan.values import ModelChoice, Shape
from isocost.quantities import format_quantity


@lru_cache(maxsize=256)
def transformer_of_shape(shape: Shape) -> Transformer:
    """The transformer of a shape; left out are heads of equal width, as many of keys, and all layers."""
    mixture = shape.experts is not None
    moe_layers = (shape.layers if shape.moe_layers is None else shape.moe_layers) if mixture else 0
    windowed = 0 if shape.window is None else shape.windowed_layers or shape.layers
    return Transformer(
        "",
        layers=float(shape.layers),
        hidden=float(shape.hidden),
        heads=float(shape.heads),
        kv_heads=float(shape.kv_heads or shape.heads),
        head_dim=float(shape.head_dim or shape.hidden / shape.heads),
        ffn=float(shape.ffn),
        vocabulary=float(shape.vocabulary),
        gated=shape.gated,
        tied_embeddings=shape.tied_embeddings,
        window=None if shape.window is None else float(shape.window),
        windowed_layers=float(windowed),
        moe_layers=float(moe_layers),
        experts=float(shape.experts or 0),
        top_k=float(shape.top_k or 0),
        shared_experts=float(shape.shared_experts or 0),
        expert_ffn=float(shape.expert_ffn or 0),
    )


def shape_flaw(model: ModelChoice) -> str | None:
    """What is wrong with the shape of a model, as the field at fault and a sentence; None = nothing."""
    shape = model.shape
    if shape is None:
        return None
    for other in ("name", "parameters", "active_parameters"):
        if getattr(model, other) is not None:
            return f"{other}: a shape says it all; leave {other} or shape out."
    kv_heads = shape.kv_heads or shape.heads
    if kv_heads > shape.heads or shape.heads % kv_heads:
        return f"shape.kv_heads: must divide the {shape.heads} heads, got {kv_heads}."
    if shape.head_dim is None and shape.hidden % shape.heads:
        return f"shape.head_dim: is missing; {shape.hidden} does not divide into {shape.heads} heads."
    for name in ("moe_layers", "windowed_layers"):
        if (getattr(shape, name) or 0) > shape.layers:
            return f"shape.{name}: must be at most the {shape.layers} layers, got {getattr(shape, name)}."
    if shape.windowed_layers and shape.window is None:
        return "shape.window: is missing; layers with a window need its tokens."
    return _experts_flaw(shape) or _size_flaw(shape)


def _experts_flaw(shape: Shape) -> str | None:
    """What is wrong with the experts of a shape."""
    named = [name for name in ("top_k", "expert_ffn") if getattr(shape, name) is not None]
    others = [name for name in ("shared_experts", "moe_layers") if getattr(shape, name) is not None]
    if shape.experts is None:
        return f"shape.experts: is missing, but {(named + others)[0]} is given." if named + others else None
    if len(named) < 2:
        missing = "top_k" if shape.top_k is None else "expert_ffn"
        return f"shape.{missing}: is missing; experts need it."
    if shape.top_k is not None and shape.top_k > shape.experts:
        return f"shape.top_k: must be at most the {shape.experts} experts, got {shape.top_k}."
    return None


def _size_flaw(shape: Shape) -> str | None:
    """Whether a shape is of a size that can be planned."""
    total = parameters(transformer_of_shape(shape)).total
    if SMALLEST <= total <= LARGEST:
        return None
    return f"shape: comes to {format_quantity(total, 'number')} parameters; 100K to 1,000T can be planned."

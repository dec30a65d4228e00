"""An exact shape written in a plan: the transformer it means, and what is wrong with it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from isocost.catalog.entries.models import LARGEST, SMALLEST, SOME_LAYERS
from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer
from isocost.language import tr
from isocost.plan.values import ModelChoice, Shape
from isocost.quantities import format_quantity

_AS_WRITTEN = tuple(
    name
    for name in Transformer.__dataclass_fields__
    if name in Shape.__struct_fields__ and name not in ("window", "feedforward_layers")
)
"""Fields that a shape and a transformer share, and that are 0 where a shape leaves them out."""


@lru_cache(maxsize=256)
def transformer_of_shape(shape: Shape) -> Transformer:
    """The transformer of a shape; left out are heads of equal width, as many of keys, and all layers."""
    mixture = shape.experts is not None
    values: dict[str, Any] = {}
    for name in _AS_WRITTEN:
        value = getattr(shape, name)
        values[name] = value if isinstance(value, bool) else float(value or 0)
    values["kv_heads"] = float(shape.kv_heads or shape.heads)
    values["head_dim"] = float(shape.head_dim or shape.hidden / shape.heads)
    values["moe_layers"] = float((shape.layers if shape.moe_layers is None else shape.moe_layers) * mixture)
    windowed = 0 if shape.window is None else shape.windowed_layers or shape.layers
    fed = shape.feedforward_layers
    return Transformer(
        "",
        **values | {"windowed_layers": float(windowed)},
        attention="mla" if shape.kv_lora_rank else "hybrid" if shape.state_width else "mha",
        window=None if shape.window is None else float(shape.window),
        feedforward_layers=None if fed is None else float(fed),
    )


def shape_flaw(model: ModelChoice) -> str | None:
    """What is wrong with a model's shape, or beside its name: the field at fault and why; None = nothing."""
    shape = model.shape
    for other in ("parameters", "active_parameters"):
        if model.name is not None and getattr(model, other) is not None:
            return tr("{other}: a name says it all; leave {other} or name out.", other=other)
    if shape is None:
        return None
    for other in ("name", "parameters", "active_parameters"):
        if getattr(model, other) is not None:
            return tr("{other}: a shape says it all; leave {other} or shape out.", other=other)
    kv_heads = shape.kv_heads or shape.heads
    if kv_heads > shape.heads or shape.heads % kv_heads:
        return tr(
            "shape.kv_heads: must divide the {heads} heads, got {kv_heads}.",
            heads=shape.heads,
            kv_heads=kv_heads,
        )
    if shape.head_dim is None and shape.hidden % shape.heads:
        return tr(
            "shape.head_dim: is missing; {hidden} does not divide into {heads} heads.",
            hidden=shape.hidden,
            heads=shape.heads,
        )
    for name in (*SOME_LAYERS, "feedforward_layers"):
        if (getattr(shape, name) or 0) > shape.layers:
            return tr(
                "shape.{name}: must be at most the {layers} layers, got {getattr}.",
                name=name,
                layers=shape.layers,
                getattr=getattr(shape, name),
            )
    if shape.windowed_layers and shape.window is None:
        return tr("shape.window: is missing; layers with a window need its tokens.")
    return _companions_flaw(shape) or _experts_flaw(shape) or _size_flaw(shape)


_COMPANIONS = {
    "kv_lora_rank": ("qk_nope_dim", "v_head_dim"),
    "q_lora_rank": ("kv_lora_rank",),
    "qk_nope_dim": ("kv_lora_rank",),
    "v_head_dim": ("kv_lora_rank",),
    "qk_rope_dim": ("kv_lora_rank",),
    "state_width": ("state_projected", "window"),
    "state_projected": ("state_width",),
    "index_layers": ("index_heads", "index_dim", "window"),
    "expert_hidden": ("experts",),
}
"""Fields of a shape that say nothing without others."""


def _companions_flaw(shape: Shape) -> str | None:
    """A field that is missing beside another, as that one's place and a sentence."""
    for name, others in _COMPANIONS.items():
        for other in others:
            if getattr(shape, name) and not getattr(shape, other):
                return tr(
                    "shape.{other}: is missing; {name} says nothing without it.", other=other, name=name
                )
    fed = shape.layers if shape.feedforward_layers is None else shape.feedforward_layers
    if (shape.moe_layers or 0) > fed:
        return tr(
            "shape.moe_layers: must be at most the {fed} layers with a feed-forward, got {moe_layers}.",
            fed=fed,
            moe_layers=shape.moe_layers,
        )
    return None


def _experts_flaw(shape: Shape) -> str | None:
    """What is wrong with the experts of a shape."""
    named = [name for name in ("top_k", "expert_ffn") if getattr(shape, name) is not None]
    others = [name for name in ("shared_experts", "moe_layers") if getattr(shape, name) is not None]
    if shape.experts is None:
        return (
            tr("shape.experts: is missing, but {named} is given.", named=(named + others)[0])
            if named + others
            else None
        )
    if len(named) < 2:
        missing = "top_k" if shape.top_k is None else "expert_ffn"
        return tr("shape.{missing}: is missing; experts need it.", missing=missing)
    if shape.top_k is not None and shape.top_k > shape.experts:
        return tr(
            "shape.top_k: must be at most the {experts} experts, got {top_k}.",
            experts=shape.experts,
            top_k=shape.top_k,
        )
    return None


def _size_flaw(shape: Shape) -> str | None:
    """Whether a shape is of a size that can be planned."""
    total = parameters(transformer_of_shape(shape)).total
    if SMALLEST <= total <= LARGEST:
        return None
    return tr(
        "shape: comes to {quantity} parameters; 100K to 1,000T can be planned.",
        quantity=format_quantity(total, "number"),
    )

"""Shapes usual at each size (``resources/usual_shapes.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Annotated

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import read_text, yaml_record
from isocost.engine.shapes import UsualShapes
from isocost.language import tr
from isocost.paths import resource

Positive = Annotated[float, msgspec.Meta(gt=0)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class SizeRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is usual of models of one size; the columns are those of the engine's ``UsualShapes``."""

    parameters: Positive
    layers: Positive
    moe_layers: Positive
    attention: Positive
    vocabulary: Positive
    tied_embeddings: Share


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: Annotated[str, msgspec.Meta(min_length=1)]
    sizes: Annotated[tuple[SizeRow, ...], msgspec.Meta(min_length=2)]
    ffn: Positive
    kv_heads: Share
    moe_attention: Positive
    moe_ffn: Positive


def read_usual_shapes(text: str) -> UsualShapes:
    """The table from YAML. Raises CatalogError naming what is missing, unknown or out of order."""
    file = yaml_record(text, _File, "usual_shapes.yaml")
    if any(low.parameters >= high.parameters for low, high in pairwise(file.sizes)):
        raise CatalogError(tr("usual_shapes.yaml, sizes: expected rising parameters."))
    return UsualShapes(
        parameters=tuple(row.parameters for row in file.sizes),
        layers=tuple(row.layers for row in file.sizes),
        moe_layers=tuple(row.moe_layers for row in file.sizes),
        attention=tuple(row.attention for row in file.sizes),
        vocabulary=tuple(row.vocabulary for row in file.sizes),
        tied_embeddings=tuple(row.tied_embeddings for row in file.sizes),
        ffn=file.ffn,
        kv_heads=file.kv_heads,
        moe_attention=file.moe_attention,
        moe_ffn=file.moe_ffn,
    )


@lru_cache(maxsize=1)
def usual_shapes() -> UsualShapes:
    """The shipped table."""
    return read_usual_shapes(read_text(resource("usual_shapes.yaml")))

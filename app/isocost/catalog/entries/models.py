"""Models: a row of ``resources/models.csv`` or of a user's file becomes a named transformer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from isocost.catalog.entries.prices import IsoDay, PartialDate, Text
from isocost.catalog.errors import CatalogError
from isocost.catalog.records import ModelEntry
from isocost.catalog.table import read_rows
from isocost.engine.architecture import parameters
from isocost.engine.records import Transformer
from isocost.language import tr
from isocost.paths import resource

Positive = Annotated[float, msgspec.Meta(gt=0, le=1e15)]
Count = Annotated[float, msgspec.Meta(ge=0, le=1e12)]


class ModelRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of a model; the shape's are those of the engine's ``Transformer``."""

    name: Text
    source: Text
    sources_read: IsoDay
    organisation: str = ""
    named: bool = True
    shape: Literal["exact", "size", "hybrid", "undisclosed"] = "exact"
    layers: Positive | None = None
    hidden: Positive | None = None
    heads: Positive | None = None
    kv_heads: Positive | None = None
    head_dim: Positive | None = None
    ffn: Positive | None = None
    vocabulary: Positive | None = None
    gated: bool = True
    tied_embeddings: bool = False
    attention: Literal["mha", "mla", "hybrid"] = "mha"
    window: Positive | None = None
    windowed_layers: Count = 0.0
    chunked: bool = False
    index_layers: Count = 0.0
    index_heads: Count = 0.0
    index_dim: Count = 0.0
    full_head_dim: Count = 0.0
    full_kv_heads: Count = 0.0
    full_keys_as_values: bool = False
    shared_kv_layers: Count = 0.0
    layer_table_width: Count = 0.0
    state_width: Count = 0.0
    state_projected: Count = 0.0
    q_lora_rank: Count = 0.0
    kv_lora_rank: Count = 0.0
    qk_nope_dim: Count = 0.0
    qk_rope_dim: Count = 0.0
    v_head_dim: Count = 0.0
    moe_layers: Count = 0.0
    experts: Count = 0.0
    top_k: Count = 0.0
    shared_experts: Count = 0.0
    expert_ffn: Count = 0.0
    expert_biases: bool = False
    expert_hidden: Count = 0.0
    feedforward_layers: Positive | None = None
    mtp_layers: Count = 0.0
    learned_positions: Count = 0.0
    published_total: Positive | None = None
    published_active: Positive | None = None
    unmodelled: str = ""
    evidence: Literal["read", "recalled"] = "read"
    released: PartialDate | None = None
    """When it was first made public; of the shipped models in ``resources/model_releases.csv``."""
    notes: str = ""


class ModelRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a model was first made public: a row of ``resources/model_releases.csv``."""

    model: Text
    released: PartialDate
    evidence: Literal["read", "recalled"]
    source: Text


class NamePart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a model's name that says nothing of its shape, of ``resources/model_name_parts.csv``."""

    pattern: Text
    """Regular expression of the part, whatever its case."""
    what: Text
    """What it names."""

    def matches(self, name: str) -> bool:
        """Whether a name has the part."""
        return re.search(self.pattern, name, re.IGNORECASE) is not None


class NameRefusal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of things that are known and cannot be planned: a row of ``resources/name_refusals.csv``."""

    of: Literal["model", "accelerator"]
    pattern: Text
    """Regular expression of a part of the name, whatever its case."""
    why: Text
    """The end of a sentence that begins with the name."""


@cache
def _refusals() -> tuple[NameRefusal, ...]:
    return tuple(read_rows(resource("name_refusals.csv"), NameRefusal))


def refused(kind: Literal["model", "accelerator"], name: str) -> str:
    """Why nothing of a name can be planned, as the end of a sentence; empty = nothing is known of it."""
    rows = (row for row in _refusals() if row.of == kind)
    return next((row.why for row in rows if re.search(row.pattern, name, re.IGNORECASE)), "")


SMALLEST, LARGEST = 1e5, 1e15
"""Parameters a model can be planned with: the limits of a plan's own."""

REQUIRED = ("layers", "hidden", "heads", "kv_heads", "head_dim", "ffn", "vocabulary")
"""Fields an exact shape cannot do without."""

SOME_LAYERS = ("moe_layers", "windowed_layers", "index_layers", "shared_kv_layers")
"""Fields that say how many of the layers do something."""

SHAPE_FIELDS = tuple(name for name in Transformer.__dataclass_fields__ if name in ModelRow.__struct_fields__)


@cache
def encoders() -> tuple[NamePart, ...]:
    """Parts of names that say what a model has beside text: rows of ``resources/model_encoders.csv``."""
    return tuple(read_rows(resource("model_encoders.csv"), NamePart))


@cache
def from_scratch() -> tuple[NamePart, ...]:
    """Names of models that have the shape of another family and were not made out of one of it."""
    return tuple(read_rows(resource("model_scratch.csv"), NamePart))


@cache
def shipped_models() -> Mapping[str, ModelEntry]:
    """The shipped models by name, in file order."""
    path = resource("models.csv")
    rows = {row.name: row for row in read_rows(path, ModelRow)}
    for release in read_rows(resource("model_releases.csv"), ModelRelease):
        if release.model not in rows:
            raise CatalogError(
                tr("model_releases.csv: {model} is not in the catalogue.", model=release.model)
            )
        rows[release.model] = replace(rows[release.model], released=release.released)
    return {name: entry(row, f"{path.name} {name}") for name, row in rows.items()}


def entry(row: ModelRow, where: str) -> ModelEntry:
    """The model of a row. Raises CatalogError, naming ``where``, if its fields contradict each other."""
    _check(row, where)
    values = {name: getattr(row, name) for name in SHAPE_FIELDS}
    return ModelEntry(
        name=row.name,
        organisation=row.organisation,
        named=row.named,
        shape=row.shape,
        published_total=row.published_total,
        published_active=row.published_active,
        unmodelled=row.unmodelled,
        evidence=row.evidence,
        source=row.source,
        sources_read=row.sources_read,
        notes=row.notes,
        released=row.released,
        exact=Transformer(**values) if row.shape == "exact" else None,
    )


def own_entry(row: ModelRow, where: str) -> ModelEntry:
    """The model of a user's row, once its shape has been tried. Raises CatalogError naming ``where``."""
    made = entry(row, where)
    if made.shape == "undisclosed":
        return made
    _check_size(made.published_total, f"{where}, published_total")
    field = "published_total" if made.exact is None else "layers"
    try:
        counted = parameters(made.transformer).total
    except (ValueError, ArithmeticError) as error:
        field = "published_active" if made.published_active is not None else field
        raise CatalogError(f"{where}, {field}: {error}") from error
    _check_size(counted, f"{where}, {field}")
    return made


def _check_size(total: float | None, place: str) -> None:
    if total is not None and not SMALLEST <= total <= LARGEST:
        raise CatalogError(
            tr(
                "{place}: a model has {smallest:,.0f} to {largest:.0e} parameters, got {total:.3g}.",
                place=place,
                smallest=SMALLEST,
                largest=LARGEST,
                total=total,
            )
        )


def _check(row: ModelRow, where: str) -> None:
    if row.shape == "exact":
        for name in REQUIRED:
            if getattr(row, name) is None:
                raise CatalogError(
                    tr(
                        "{where}, {name}: is missing; give it, or write shape: size with published_total "
                        "alone.",
                        where=where,
                        name=name,
                    )
                )
        _check_experts(row, where)
    elif row.shape != "undisclosed" and row.published_total is None:
        raise CatalogError(
            tr(
                "{where}, published_total: is missing; a model without a shape needs its parameters.",
                where=where,
            )
        )
    total, active = row.published_total, row.published_active
    if total is not None and active is not None and active > total:
        raise CatalogError(
            tr(
                "{where}, published_active: expected at most published_total {total:g}, got {active:g}.",
                where=where,
                total=total,
                active=active,
            )
        )


def _check_experts(row: ModelRow, where: str) -> None:
    assert row.layers is not None
    for name in SOME_LAYERS:
        if getattr(row, name) > row.layers:
            raise CatalogError(
                tr(
                    "{where}, {name}: expected at most layers {layers:g}, got {getattr:g}.",
                    where=where,
                    name=name,
                    layers=row.layers,
                    getattr=getattr(row, name),
                )
            )
    if row.moe_layers > 0 and not (0 < row.top_k <= row.experts and row.expert_ffn > 0):
        raise CatalogError(
            tr(
                "{where}, experts: a mixture needs experts, top_k (not above experts) and expert_ffn.",
                where=where,
            )
        )
    if row.attention == "mla" and not (row.kv_lora_rank > 0 and row.v_head_dim > 0 and row.qk_nope_dim > 0):
        raise CatalogError(
            tr(
                "{where}, kv_lora_rank: latent attention needs kv_lora_rank, qk_nope_dim and v_head_dim.",
                where=where,
            )
        )

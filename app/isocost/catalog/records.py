"""What the catalogue hands out: accelerators, models and published runs, each with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from isocost.catalog.constants.physics.shapes import usual_shapes
from isocost.catalog.entries.prices import IsoDay, Text
from isocost.catalog.errors import CatalogError
from isocost.engine.records import Accelerator, Transformer
from isocost.engine.shapes import hybrid_for, shape_for
from isocost.language import capital, tr


@dataclass(frozen=True, slots=True)
class MatmulCeiling:
    """The largest share of the dense peak a matrix multiply has been measured to reach."""

    share: float
    source: str
    measured: bool
    """False when nobody has published this accelerator's: the best of any accelerator stands in."""

    @property
    def above_peak(self) -> str:
        """Why more than the peak was measured, as the end of a sentence; empty = less was."""
        return ", as it clocks above the rate its peak is stated at" if self.share > 1.0 else ""


@dataclass(frozen=True, slots=True)
class AcceleratorEntry:
    """An accelerator as the engine computes it, and what there is to know about it."""

    spec: Accelerator
    short_name: str
    """For tight places: "H100", "A100 80GB"."""
    noun: Literal["GPU", "chip"]
    """What people call one of them."""
    rent_units: tuple[int, ...]
    """Counts one can rent, rising: below the last these only, above it whole multiples of the last.

    ``(1, 2, 4, 8)`` of most servers of eight, ``(4,)`` of GB200, ``(1,)`` where any number is on offer.
    The last is a whole number of nodes.
    """
    announced: bool
    """Not sold yet: figures are promises, hidden unless asked for."""
    release_date: str
    """ISO day, month or year."""
    confidence: Literal["high", "medium", "low"]
    memory_type: str
    scaleup_link: str
    purchase_usd: float | None
    """Price of one, USD, on ``purchase_date``; None = not sold or not known."""
    purchase_date: str
    purchase_basis: str
    """What that price buys: a bare card, an eighth of a server..."""
    notes: str
    sources: Mapping[str, str]
    """Source per group of figures: compute, memory, scaleup, scaleout, node, power, server, purchase..."""
    sources_read: str
    """ISO day the sources were read."""
    measured_flops: Mapping[str, float]
    """Best matrix multiply measured, FLOP/s by number format."""


def shared_noun(nouns: Iterable[str]) -> str:
    """What accelerators are called together: "accelerator" where they are not all one thing."""
    each = set(nouns)
    return each.pop() if len(each) == 1 else "accelerator"


def named_for(noun: str, words: str, *, heading: bool = False) -> str:
    """Words written about GPUs, as people would say them of accelerators called ``noun``: "chip-hours".

    A ``heading`` starts with a capital: "Chip-hours".
    """
    said = words.replace("GPU", noun)
    return capital(said) if heading else said


ShapeKind = Literal["exact", "size", "hybrid", "undisclosed"]


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model by name: its exact shape, or a plausible one for its published size."""

    name: str
    organisation: str
    named: bool
    """Worth a place in a picker: a model people know, not a benchmark's grid point."""
    shape: ShapeKind
    """``exact`` from a published configuration; ``size`` and ``hybrid`` are solved from parameter counts."""
    published_total: float | None
    published_active: float | None
    evidence: Literal["read", "recalled"]
    """``read``: taken from the source named; ``recalled``: from memory of that source."""
    source: str
    sources_read: str
    notes: str
    released: str | None = None
    """ISO day, month or year it was first made public; None = not known."""
    exact: Transformer | None = None
    unmodelled: str = ""
    """What of the model the shape cannot say, and what stands in for it; empty = nothing."""

    @property
    def transformer(self) -> Transformer:
        """The shape to compute with. Raises CatalogError when no size has ever been published."""
        if self.exact is not None:
            return self.exact
        if self.published_total is None:
            raise CatalogError(
                tr(
                    "The size of {name} is not published: choose a custom model and type its parameters.",
                    name=self.name,
                )
            )
        return _solved(self.name, self.published_total, self.published_active, self.shape == "hybrid")


@lru_cache(maxsize=512)
def _solved(name: str, total: float, active: float | None, hybrid: bool) -> Transformer:
    make = hybrid_for if hybrid else shape_for
    return make(total, usual_shapes(), active, name=name)


Amount = Annotated[float, msgspec.Meta(ge=0, le=1e16)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class PublishedRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One training run as its makers, or others, describe it; None = not published."""

    label: Text
    """The run as its source calls it."""
    model: Text
    """Name of the model in the catalogue."""
    stage: Literal["pretrain", "total", "rl", "sft", "context-extension", "data-generation", "distill"]
    """``total`` sums other stages: never add it to them."""
    organisation: Text
    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}$")]
    """ISO month."""
    precision: Text
    trusted: bool
    """Hours, tokens and hardware agree with each other and with the source."""
    evidence: Literal["read", "data set", "recalled"]
    source: Text
    sources_read: IsoDay
    params_total: Amount | None = None
    params_active: Amount | None = None
    tokens: Amount | None = None
    accelerator: str | None = None
    """Accelerator id; None = not stated, several kinds, or one the catalogue does not have."""
    accelerator_label: str = ""
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    gpu_hours: Amount | None = None
    wall_days: Amount | None = None
    """Days on ``count`` accelerators; what follows from the hours where the source tells no days."""
    reported_mfu: Share | None = None
    """As printed, by the author's own convention."""
    energy_mwh: Amount | None = None
    tonnes_co2e: Amount | None = None
    cost_usd: Amount | None = None
    """As claimed."""
    usd_per_gpu_hour: Amount | None = None
    """The rate the claim assumes."""
    cost_kind: str = ""
    """Who says so: "reported", or whose estimate."""
    note: str = ""

"""Ways to spend less: what to know and what was measured of each (``resources/techniques.yaml``)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.language import tr

Said = Annotated[str, msgspec.Meta(min_length=1)]


class Measurement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody measured of a technique."""

    figure: Said
    subject: Said
    """What it was measured on."""
    source: Said
    date: Said
    """Day, month or year."""
    recalled: bool = False
    """Whether the source was not read again when it was written down."""


class TechniqueRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One technique, in words; its change of inputs is the code's."""

    id: Said
    label: Said
    group: Literal["same", "another"]
    """The same model for less, or another model, or one that can do something else."""
    catch: Said
    sources: Annotated[tuple[Measurement, ...], msgspec.Meta(min_length=1)]
    values: dict[str, float | Said] = {}
    """Figures its change of inputs takes from here."""
    unmodelled: str = ""
    """Why no change of inputs would be true to it; empty = one is."""


def read_techniques(text: str) -> tuple[TechniqueRow, ...]:
    """The techniques from YAML, in the order shown. Raises CatalogError: one is incomplete or named twice."""
    rows = yaml_record(text, tuple[TechniqueRow, ...], "techniques.yaml")
    names = [row.id for row in rows]
    if repeated := next((name for name in names if names.count(name) > 1), None):
        raise CatalogError(tr("techniques.yaml: {repeated} is there twice.", repeated=repeated))
    return rows

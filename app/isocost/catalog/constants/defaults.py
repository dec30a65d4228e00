"""What inputs start with where that is a figure of the world (``resources/defaults.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import read_text, yaml_record
from isocost.language import tr
from isocost.paths import resource

FILE = "defaults.yaml"

Said = Annotated[str, msgspec.Meta(min_length=1)]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One source and the inputs it sets, as in the file."""

    date: Said
    source: Said
    values: dict[str, float | Said] = {}
    counted: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class ShippedDefault:
    """What one input starts with, in the input's unit."""

    value: float | str
    date: str
    """Of the figure: a day, a month, a year or a span of years."""
    source: str
    """As the window says it."""


@lru_cache(maxsize=1)
def load_defaults() -> Mapping[str, ShippedDefault]:
    """The shipped defaults by the path of their input.

    Raises:
        CatalogError: an entry is incomplete, or two set the same input.
    """
    return _by_path(
        {name: (entry, entry.values) for name, entry in _entries(read_text(resource(FILE))).items()}
    )


@lru_cache(maxsize=1)
def load_counted() -> Mapping[str, ShippedDefault]:
    """What costs that are off come to when they are first counted, by the path of their input.

    Raises:
        CatalogError: an entry is incomplete, or two set the same input.
    """
    return _by_path(
        {name: (entry, entry.counted) for name, entry in _entries(read_text(resource(FILE))).items()}
    )


@lru_cache(maxsize=1)
def _entries(text: str) -> dict[str, _Entry]:
    """The entries of the file's text, parsed once for all that is asked of them."""
    return yaml_record(text, dict[str, _Entry], FILE)


def _by_path(entries: Mapping[str, tuple[_Entry, Mapping[str, float | str]]]) -> Mapping[str, ShippedDefault]:
    found: dict[str, ShippedDefault] = {}
    for name, (entry, values) in entries.items():
        for key, value in values.items():
            if key in found:
                raise CatalogError(
                    tr(
                        "{file}, {name}: {key} is set by another entry already.",
                        file=FILE,
                        name=name,
                        key=key,
                    )
                )
            found[key] = ShippedDefault(value, entry.date, entry.source)
    return found


def default_number(path: str) -> float:
    """The number an input starts with. Raises CatalogError when the file holds none."""
    value = _value(path)
    if isinstance(value, str):
        raise CatalogError(
            tr("defaults.yaml, {path}: expected a number, got {value!r}.", path=path, value=value)
        )
    return value


def default_text(path: str) -> str:
    """The text an input starts with. Raises CatalogError when the file holds none."""
    value = _value(path)
    if not isinstance(value, str):
        raise CatalogError(tr("defaults.yaml, {path}: expected text, got {value:g}.", path=path, value=value))
    return value


def _value(path: str) -> float | str:
    known = load_defaults().get(path)
    if known is None:
        raise CatalogError(
            tr("defaults.yaml: there is no {path}; give it a value, a date and a source.", path=path)
        )
    return known.value

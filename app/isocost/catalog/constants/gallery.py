"""The shelves of the gallery and the questions of the tour (``resources/gallery.yaml``)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from isocost.catalog.table import yaml_record

Said = Annotated[str, msgspec.Meta(min_length=1)]
Asks = Literal["share", "count", "budget"]


class Shelf(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shipped plans that stand together."""

    name: Said
    plans: tuple[Said, ...]


class TourStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One question of the tour."""

    asks: Asks
    plan: Said
    whole: str = ""
    """The plan that ``plan`` is a part of, where its share is asked."""
    times: Annotated[int, msgspec.Meta(ge=2)] = 2
    """How many times as many accelerators, where a count is asked."""
    covers: tuple[Said, ...] = ()
    """Plans whose card would tell the answer."""


class GalleryRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands where, and what is asked."""

    first: Said
    groups: tuple[Shelf, ...]
    tour: tuple[TourStep, ...]


def read_gallery_rules(text: str) -> GalleryRules:
    """The rules from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, GalleryRules, "gallery.yaml")

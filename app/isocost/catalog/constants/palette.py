"""How accelerators are drawn, the same everywhere (``resources/palette.yaml``)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.language import tr

Colour = Annotated[str, msgspec.Meta(pattern="^#[0-9a-f]{6}$")]


class Shade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One colour on light and on dark ground."""

    light: Colour
    dark: Colour
    text: Colour | None = None
    """Of words on light ground, where the line's own colour is too pale for them."""


@dataclass(frozen=True, slots=True)
class LineStyle:
    """How one accelerator is drawn."""

    shade: Shade
    dash: tuple[float, ...]
    """Dashes in widths of the pen; empty = solid."""


class Palette(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A maker's hue, an architecture's shade of it, a model's dash."""

    dashes: tuple[tuple[float, ...], ...]
    makers: Mapping[str, Mapping[str, Shade]]
    """Shades by architecture by maker; the first of a maker is that of architectures not named."""
    others: Shade
    """Of makers not named."""
    models: Mapping[str, int]
    """Places among the dashes, by id."""

    def style(self, id: str, maker: str, architecture: str) -> LineStyle:
        """The style of an accelerator, which depends on no other: one added later changes none."""
        shades = self.makers.get(maker, {})
        shade = shades.get(architecture) or next(iter(shades.values()), self.others)
        at = self.models.get(id)
        if at is None:
            at = 1 + zlib.crc32(id.encode()) % (len(self.dashes) - 1)
        return LineStyle(shade, self.dashes[at])


def read_palette(text: str) -> Palette:
    """The palette from YAML. Raises CatalogError naming what is missing, unknown or points nowhere."""
    palette = yaml_record(text, Palette, "palette.yaml")
    for id, at in palette.models.items():
        if not 0 <= at < len(palette.dashes):
            raise CatalogError(
                tr(
                    "palette.yaml, {id}: there is no dash {at}; there are {count}.",
                    id=id,
                    at=at,
                    count=len(palette.dashes),
                )
            )
    return palette

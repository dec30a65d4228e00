"""What a new stage of a kind starts with where that differs from its defaults (``resources/stages.yaml``)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record
from isocost.language import tr

Said = Annotated[str, msgspec.Meta(min_length=1)]


class StageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The values of one kind of stage."""

    kind: Said
    """As in a plan file: pretrain, sft, rl..."""
    values: dict[str, Any] = {}
    """Values that differ from the table of inputs, by section, as in a plan file."""
    source: str = ""
    """Where those values come from."""


def read_stage_templates(text: str) -> dict[str, StageTemplate]:
    """The templates from YAML by the kind's tag.

    Raises CatalogError: the text holds something else, or a value without a source.
    """
    templates = yaml_record(text, tuple[StageTemplate, ...], "stages.yaml")
    for each in templates:
        if each.values and not each.source:
            raise CatalogError(
                tr("stages.yaml, {kind}: values are given without their source.", kind=each.kind)
            )
    return {each.kind: each for each in templates}

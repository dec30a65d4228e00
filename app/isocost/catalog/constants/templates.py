"""What a new stage of each kind starts with (``resources/stages.yaml``)."""

from __future__ import annotations

from typing import Any

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.table import yaml_record


class StageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of stage."""

    kind: str
    """As in a plan file: pretrain, sft, rl..."""
    label: str
    name: str
    """Of a new stage."""
    help: str
    values: dict[str, Any] = {}
    """Values that differ from the table of inputs, by section, as in a plan file."""
    source: str = ""
    """Where those values come from."""


def read_stage_templates(text: str) -> dict[str, StageTemplate]:
    """The kinds of stage from YAML by their tag, in the order they are offered.

    Raises CatalogError: the text holds something else, or a value without a source.
    """
    templates = yaml_record(text, tuple[StageTemplate, ...], "stages.yaml")
    for each in templates:
        if each.values and not each.source:
            raise CatalogError(f"stages.yaml, {each.kind}: values are given without their source.")
    return {each.kind: each for each in templates}

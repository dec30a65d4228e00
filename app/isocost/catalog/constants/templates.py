"""What a new stage of each kind starts with (``resources/stages.yaml``)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import yaml

from isocost.catalog.errors import CatalogError
from isocost.paths import resource


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


@lru_cache(maxsize=1)
def load_stage_templates() -> dict[str, StageTemplate]:
    """The shipped kinds by their tag, in the order they are offered.

    Raises:
        CatalogError: the file holds something else, or a value without a source.
    """
    text = resource("stages.yaml").read_text(encoding="utf-8")
    try:
        templates = msgspec.convert(yaml.safe_load(text), tuple[StageTemplate, ...])
    except (msgspec.ValidationError, yaml.YAMLError) as error:
        raise CatalogError(f"stages.yaml: {error}") from error
    for each in templates:
        if each.values and not each.source:
            raise CatalogError(f"stages.yaml, {each.kind}: values are given without their source.")
    return {each.kind: each for each in templates}

"""What a new stage of each kind starts with, and what its inputs go back to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.catalog.constants.templates import StageTemplate
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import starting_number
from isocost.plan.kinds import KINDS, Stage, kind_of


@dataclass(frozen=True, slots=True)
class Default:
    """What an input starts with, and where that comes from."""

    value: Any
    source: str


@lru_cache(maxsize=32)
def new_stage(tag: str, catalog: Catalog) -> Any:
    """A stage of a kind with the values it starts with.

    Raises:
        KeyError: there is no such kind.
    """
    kind = KINDS[tag]
    values = dict(_template(tag, catalog).values)
    if "data" in kind.record.__struct_fields__:
        values["data"] = {"tokens": starting_number("data.tokens"), **values.get("data", {})}
    return msgspec.convert({"kind": tag, "name": kind.name or kind.label, **values}, kind.record)


def default_of(stage: Stage, declared: Input, catalog: Catalog) -> Default:
    """What an input starts with in a stage of this kind: the kind's own value, else the table's."""
    tag, section, name = kind_of(stage).tag, declared.section, declared.name
    template = _template(tag, catalog)
    held = template.values if section == "stage" else template.values.get(section, {})
    if name in held:
        return Default(float(held[name]), template.source)
    own = getattr(new_stage(tag, catalog), section, None)
    value = getattr(own, name, declared.default)
    return Default(declared.default if value is None else value, declared.default_source)


def slider_low(stage: Stage, declared: Input) -> float:
    """Where an input's slider starts for a stage: fine-tuning takes less data than pre-training."""
    return kind_of(stage).lows.get(declared.path, declared.low)


def _template(tag: str, catalog: Catalog) -> StageTemplate:
    """What new stages of a kind start with beside their defaults; most start with nothing else."""
    return catalog.constants.templates.get(tag, StageTemplate(tag))

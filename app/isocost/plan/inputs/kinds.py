"""What the inputs of each kind of stage start with, and which of them bear on what it takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import starting_number
from isocost.plan.project.stages import (
    AblationStage,
    DistillationStage,
    GenerationStage,
    GpuHoursStage,
    ModelStage,
    PreferenceStage,
    PretrainStage,
    RlStage,
    SftStage,
    Stage,
)

KINDS: dict[str, type] = {
    str(kind.__struct_config__.tag): kind
    for kind in Stage.__args__  # the members of the union
}
"""Kinds of stage by their tag, as in a plan file."""


@dataclass(frozen=True, slots=True)
class Default:
    """What an input starts with, and where that comes from."""

    value: Any
    source: str


def kind_of(stage: Stage) -> str:
    """The tag of a stage's kind: pretrain, sft, rl..."""
    return str(stage.__struct_config__.tag)


@lru_cache(maxsize=32)
def new_stage(kind: str, catalog: Catalog) -> Any:
    """A stage of a kind with the values it starts with.

    Raises:
        KeyError: there is no such kind.
    """
    template, made = catalog.constants.templates[kind], KINDS[kind]
    values = dict(template.values)
    if issubclass(made, PretrainStage):
        values["data"] = {"tokens": starting_number("data.tokens"), **values.get("data", {})}
    return msgspec.convert({"kind": kind, "name": template.name, **values}, made)


def default_of(stage: Stage, field: Input, catalog: Catalog) -> Default:
    """What an input starts with in a stage of this kind: the kind's own value, else the table's."""
    template = catalog.constants.templates[kind_of(stage)]
    held = template.values if field.section == "stage" else template.values.get(field.section, {})
    if field.name in held:
        return Default(float(held[field.name]), template.source)
    own = getattr(new_stage(template.kind, catalog), field.section, None)
    value = getattr(own, field.name, field.default)
    return Default(field.default if value is None else value, field.default_source)


_TUNING_LOWS = {"data.tokens": 1e5, "data.batch_tokens": 1e3}


def slider_low(stage: Stage, field: Input) -> float:
    """Where an input's slider starts: fine-tuning takes less data than pre-training."""
    return _TUNING_LOWS.get(field.path, field.low) if isinstance(stage, SftStage) else field.low


def uses(stage: Stage, path: str) -> bool:
    """Whether an input bears on what a stage takes; unused ones need not be shown.

    Inputs of what surrounds the run belong to the scenario and to no stage.
    """
    section, name = path.split(".")
    if section == "efficiency":
        return name in _efficiencies(stage)
    if section == "stage":
        wanted = "gpu_hours" if isinstance(stage, GpuHoursStage) and stage.hours is None else "hours"
        return isinstance(stage, GpuHoursStage) and name == wanted
    if section in ("hardware", "price"):
        return True
    if section == "layout":
        return _trains(stage)
    if section == "tuning":
        return _uses_tuning(stage, name)
    if section == "distillation":
        return isinstance(stage, DistillationStage) and _uses_distillation(stage, name)
    kind = _SECTIONS.get(section)
    return kind is not None and isinstance(stage, kind)


_SECTIONS: dict[str, type] = {
    "model": ModelStage,
    "data": PretrainStage,
    "preference": PreferenceStage,
    "rl": RlStage,
    "generation": GenerationStage,
    "ablations": AblationStage,
}


def _trains(stage: Stage) -> bool:
    """Whether the layout search times it."""
    if isinstance(stage, DistillationStage):
        return stage.distillation.method != "on-policy"
    return isinstance(stage, PretrainStage | PreferenceStage)


def _efficiencies(stage: Stage) -> tuple[str, ...]:
    if _trains(stage):
        return ("mfu", "goodput", "stack")
    return ("goodput",) if isinstance(stage, GenerationStage) else ()


def _uses_tuning(stage: Stage, name: str) -> bool:
    if not isinstance(stage, SftStage | PreferenceStage | DistillationStage):
        return False
    if not _trains(stage):
        return name == "epochs"
    frozen = stage.tuning.method != "full"
    return {"rank": frozen, "optimizer": not frozen}.get(name, True)


def _uses_distillation(stage: DistillationStage, name: str) -> bool:
    method, writes = stage.distillation.method, stage.distillation.generate
    return {
        "generate": method == "sequences",
        "keep_rate": method == "sequences" and writes,
        "teacher": method != "sequences" or writes,
        "longest_tokens": method == "on-policy",
        "stack": method == "on-policy",
        "precision": method != "on-policy",
    }.get(name, True)


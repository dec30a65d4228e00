"""Inputs and their values in words, wherever two of them stand side by side."""

from __future__ import annotations

from typing import Any

import msgspec

from isocost.catalog import Catalog
from isocost.language import in_sentence, tr
from isocost.plan.inputs.input import Input
from isocost.plan.inputs.table import CHOICES, INPUTS, NUMBERS
from isocost.plan.kinds import RolloutPhase, StageBase, kind_of
from isocost.plan.project.ranges import SEPARATOR, InputRange
from isocost.plan.values import Correction, Hardware, ModelChoice, Price, Value
from isocost.quantities import (
    SPACE,
    format_count,
    format_counted,
    format_money,
    format_quantity,
    format_significant,
)
from isocost.report.findings.inputs.captions import price_origin

AUTOMATIC = tr("automatic")
SHARED = tr("the plan's own")
NO_STAGE = tr("none")
RANGES = "ranges."
_LABELS = {
    "price.supplier": tr("Supplier"),
    "price.commitment": tr("Terms of the price"),
    "rl.phases": tr("Phases"),
}


def input_label(path: str, *, lone: bool = False) -> str:
    """What the input at a path is called: "Pre-training: Tokens", "Price"; of a ``lone`` stage "Tokens"."""
    stage, _, name = path.rpartition(SEPARATOR)
    if path.startswith(RANGES):
        return tr("Range of {input_label}", input_label=input_label(path.removeprefix(RANGES), lone=lone))
    if name in INPUTS:
        label = INPUTS[name].label
    elif stage and name == "stage":
        return stage
    else:
        label = _LABELS.get(name) or name.rpartition(".")[2].replace("_", " ").capitalize()
    return f"{stage}: {label}" if stage and not lone else label


def value_words(path: str, value: Any, catalog: Catalog) -> str:
    """A value of the input at a path, as people say it."""
    name = path.removeprefix(RANGES).rpartition(SEPARATOR)[2]
    if isinstance(value, InputRange):
        first, second = (_number(NUMBERS[name], end) for end in (value.low, value.high))
        return tr("{first} to {second}", first=first, second=second)
    if value is None:
        return _nothing(name, path)
    if isinstance(value, Value):
        return _record(name, value, catalog)
    if name in CHOICES:
        return _choice(name, value, catalog)
    if name in NUMBERS and isinstance(value, int | float) and not isinstance(value, bool):
        return _number(NUMBERS[name], value)
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, tuple) and value and isinstance(value[0], RolloutPhase):
        steps = format_count(sum(phase.steps for phase in value))
        return tr("{counted}, {steps} steps", counted=format_counted(len(value), "phase"), steps=steps)
    return format_quantity(value, "number") if isinstance(value, int | float) else str(value)


def plain_value(path: str, value: Any) -> Any:
    """The same for other programs: numbers and words as a plan file has them."""
    if isinstance(value, Price):
        return getattr(value, path.rpartition(".")[2])
    if isinstance(value, ModelChoice):
        return value.name if value.name is not None else value.parameters
    if isinstance(value, StageBase):
        return kind_of(value).tag
    return msgspec.to_builtins(value)


def _nothing(name: str, path: str) -> str:
    if path.startswith(RANGES):
        return tr("no range")
    if name == "stage" or name.startswith("goal."):
        return NO_STAGE
    return AUTOMATIC if name in INPUTS else SHARED


def _record(name: str, value: Value, catalog: Catalog) -> str:
    if isinstance(value, StageBase):
        return in_sentence(kind_of(value).label)
    if isinstance(value, ModelChoice):
        return model_words(value)
    if isinstance(value, Price):
        told = price_origin(value)
        return f"{format_money(value.usd_per_gpu_hour)}{f' ({told})' if told else ''}"
    if isinstance(value, Hardware):
        accelerator = catalog.accelerator(value.accelerator).short_name
        return f"{format_count(value.count)} {accelerator}"
    if isinstance(value, Correction):
        return tr(
            "x {significant} from {counted}",
            significant=format_significant(value.factor, 3),
            counted=format_counted(value.runs, "run"),
        )
    held = {field: getattr(value, field) for field in value.__struct_fields__}
    said = [value_words(f"{name}.{field}", each, catalog) for field, each in held.items() if each is not None]
    return ", ".join(said) or AUTOMATIC


def model_words(model: ModelChoice) -> str:
    """A model by its name, else by its size."""
    if model.name is not None:
        return model.name
    if model.shape is not None:
        return tr("a shape of {counted}", counted=format_counted(model.shape.layers, "layer"))
    if model.parameters is None:
        return AUTOMATIC
    total = format_quantity(model.parameters, "number")
    if model.active_parameters is None:
        return total
    return tr(
        "{total}, {quantity} active", total=total, quantity=format_quantity(model.active_parameters, "number")
    )


def _choice(name: str, value: Any, catalog: Catalog) -> str:
    if name == "hardware.accelerator":
        return catalog.accelerator(value).short_name
    if name == "site.region":
        region = catalog.constants.regions.get(value)
        return region.name.split(" (")[0] if region else tr("United States")
    if name == "site.operator":
        return catalog.constants.economics.operator(value).name
    return CHOICES[name].options.get(value, str(value)) or tr("none")


def _number(declared: Input, value: float) -> str:
    shown = format_quantity(value, declared.quantity)
    unit = declared.unit
    # A count is of whichever accelerator, an input of its own: chips are no GPUs.
    if not unit or unit in ("%", "$") or declared.quantity in ("money", "share", "hours"):
        return shown
    if declared is NUMBERS["hardware.count"]:
        return shown
    return f"{shown}{SPACE}{tr(unit)}"


def signed_money(usd: float) -> str:
    """A difference in USD with its sign: "+$371K"."""
    return f"{'+' if usd > 0 else ''}{format_money(usd)}"


def signed_share(share: float) -> str:
    """A difference as a share of what it is of, with its sign: "+26 %"."""
    return f"{'+' if share > 0 else ''}{format_quantity(share, 'share', digits=2)}"


def unsigned_share(share: float) -> str:
    """The same where a word tells more from less: "26 %"."""
    return format_quantity(abs(share), "share", digits=2)

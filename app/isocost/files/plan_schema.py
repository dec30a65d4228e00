"""The JSON Schema of plan files, for editors and other programs: from the types and the table of inputs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec

from isocost.catalog.schemas import DIALECT
from isocost.catalog.vocabulary import vocabulary
from isocost.files.migration import VERSION
from isocost.plan.inputs.input import Choice, Input
from isocost.plan.inputs.locks import LOCKABLE
from isocost.plan.inputs.table import INPUTS, NUMBERS, RECORDS
from isocost.plan.kinds import KINDS
from isocost.plan.project.project import Project
from isocost.plan.project.ranges import SEPARATOR, RangeShape

Schema = dict[str, Any]

_LEFT_OPEN = {"Scenario": "price", "Hardware": "count", "Price": "usd_per_gpu_hour"}
"""What a file may leave out though a plan has it: a price of the catalogue, or of a supplier that is named,
and the count of a named instance."""
_AS_PEOPLE_WRITE = {
    "type": "string",
    "pattern": "[0-9]",
    "description": "As people write it: 7B, 14.8T, 40 %, $2.00, 3 weeks.",
}


def plan_schema() -> Schema:
    """The schema of a whole plan file."""
    made = msgspec.json.schema(Project)
    defs: dict[str, Schema] = made["$defs"]
    for section, record in _records():
        _describe(defs[record.__name__]["properties"], section)
    for name, key in _LEFT_OPEN.items():
        defs[name]["required"].remove(key)
    # A model may be a word: its name, or its parameters.
    defs["ModelChoice"] = {"anyOf": [defs["ModelChoice"], {"type": ["string", "number"]}]}
    # So may a price (what an hour costs, or whose it is), hardware, supply and a site.
    defs["Price"] = {"anyOf": [defs["Price"], {"type": ["string", "number"]}]}
    for name in ("Hardware", "Supply", "Site"):
        defs[name] = {"anyOf": [defs[name], {"type": "string"}]}
    defs["Scenario"]["properties"]["ranges"] = _ranges()
    del defs["InputRange"]
    defs["Scenario"]["properties"]["locked"] = _locked()
    project = defs["Project"]
    project["title"] = "A plan of Isocost"
    project["properties"] = {
        "isocost": {"const": VERSION, "description": "Version of the file."},
        **project["properties"],
    }
    project["required"] = ["isocost", *project["required"]]
    return {"$schema": DIALECT, **made}


def _records() -> Iterator[tuple[str, type]]:
    """Every section of a plan with the record behind it; each kind of stage is one."""
    yield from RECORDS.items()
    yield from (("stage", kind.record) for kind in KINDS.values())


def _describe(properties: dict[str, Schema], section: str) -> None:
    """Give the values of a section their names, units, limits and help."""
    for name, held in properties.items():
        declared = INPUTS.get(f"{section}.{name}")
        if isinstance(declared, Input):
            properties[name] = _number(held, declared)
        elif isinstance(declared, Choice):
            held |= {"title": declared.label, "description": declared.help}
            if declared.options and _also_spelled(declared):
                own = [{"enum": held.pop("enum")}] if "enum" in held else held.pop("anyOf")
                held["anyOf"] = [*own, {"type": "string", "description": "Or as frameworks spell it."}]
        else:
            _allow_text(held)


def _also_spelled(declared: Choice) -> bool:
    """Whether a choice is taken in other spellings too, those of frameworks."""
    return any(field == declared.path for field, _ in vocabulary().words)


def _number(held: Schema, declared: Input) -> Schema:
    number: Schema = {"type": "number", "minimum": declared.minimum, "maximum": declared.maximum}
    if declared.integer:
        number["multipleOf"] = 1  # 1e6 is a whole number, and no integer to every reader
    kinds: list[Schema] = [number, _AS_PEOPLE_WRITE]
    if declared.optional:
        kinds.append({"type": "null"})
    unit = f" In {declared.unit}." if declared.unit not in ("", "%") else ""
    share = " A share of 1, or with its sign: 0.4 or 40 %." if declared.quantity == "share" else ""
    length = " 8K are 8,192." if declared.quantity == "length" else ""
    described: Schema = {"title": declared.label, "description": f"{declared.help}{unit}{share}{length}"}
    if "default" in held:
        described["default"] = held["default"]
    return {**described, "anyOf": kinds}


def _allow_text(held: Schema) -> None:
    """Numbers that no input is declared for may be written as people do."""
    for each in (held, *held.get("anyOf", ())):
        if each.get("type") in ("number", "integer"):
            each["type"] = ["number", "string"]


def _ranges() -> Schema:
    """Ranges by the path of their input."""
    numbers = {"type": ["number", "string"]}
    record = {
        "type": "object",
        "required": ["low", "high"],
        "properties": {
            "low": numbers,
            "mode": numbers,
            "high": numbers,
            "shape": {"enum": [*get_args(RangeShape)]},
        },
        "additionalProperties": False,
    }
    text = {"type": "string", "description": "2..3, 2 to 3, 30-50 %, 2.5 +- 20 %"}
    return {
        "type": "object",
        "description": "Inputs that are not known, by path: efficiency.mfu, or Pre-training/data.tokens.",
        "propertyNames": {"pattern": f"^(.*{SEPARATOR})?({_any_of(NUMBERS)})$"},
        "additionalProperties": {"anyOf": [text, record]},
    }


def _locked() -> Schema:
    """Locks by the path of their input."""
    return {
        "type": "array",
        "description": "Inputs that stay as they are when another is solved for, by path.",
        "items": {"type": "string", "pattern": f"^(.*{SEPARATOR})?({_any_of(LOCKABLE)})$"},
        "default": [],
    }


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in words)

"""A checker of the part of JSON Schema that ours are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}
KNOWN = {
    "$schema", "$defs", "$ref", "title", "description", "default", "discriminator", "type", "enum", "const",
    "anyOf", "required", "properties", "additionalProperties", "propertyNames", "items", "minItems",
    "maxItems", "minimum", "maximum", "exclusiveMinimum", "multipleOf", "pattern", "minLength",
}  # fmt: skip


def flaws(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str = "") -> Iterator[str]:
    """What of a value its schema does not allow; a keyword this does not know is a flaw of the schema."""
    if unknown := schema.keys() - KNOWN:
        yield f"{at}: the schema holds {unknown}"
    if "$ref" in schema:
        target = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        yield from flaws(value, target, root, at)
    if "type" in schema:
        kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
        if not any(is_of(value, kind) for kind in kinds):
            yield f"{at}: {value!r} is no {kinds}"
            return
    yield from of_values(value, schema, root, at)
    if isinstance(value, dict):
        yield from of_object(value, schema, root, at)
    if isinstance(value, list) and "items" in schema:
        for place, item in enumerate(value):
            yield from flaws(item, schema["items"], root, f"{at}[{place}]")
    if isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{at}: {value!r} is not like {schema['pattern']}"
    if is_of(value, "number"):
        yield from of_number(value, schema, at)


def of_values(value: Any, schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "anyOf" in schema:
        each = [list(flaws(value, option, root, at)) for option in schema["anyOf"]]
        if all(each):
            yield f"{at}: {min(each, key=len)[0]}"


def of_number(value: float, schema: dict[str, Any], at: str) -> Iterator[str]:
    if value < schema.get("minimum", value) or value > schema.get("maximum", value):
        yield f"{at}: {value} is beyond its limits"
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        yield f"{at}: {value} is beyond its limits"
    if "multipleOf" in schema and value % schema["multipleOf"]:
        yield f"{at}: {value} is not whole"


def is_of(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return number and (kind == "number" or value == int(value))
    return isinstance(value, TYPES[kind])


def of_object(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any], at: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}: {name} is missing"
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for name, each in value.items():
        if "propertyNames" in schema:
            yield from flaws(name, schema["propertyNames"], root, f"{at}.{name}")
        if name in known:
            yield from flaws(each, known[name], root, f"{at}.{name}")
        elif others is False:
            yield f"{at}: {name} is not known"
        elif isinstance(others, dict):
            yield from flaws(each, others, root, f"{at}.{name}")

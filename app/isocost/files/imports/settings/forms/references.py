"""References of OmegaConf within flat keys: ``${model.seq_length}``, ``${.x}``, ``${mul:a,b}``, ``???``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from isocost.files.imports.settings.forms.scalars import scalar

MOST_STEPS = 20
"""From a reference to a value that is none."""

_REFERENCE = re.compile(r"\$\{([^${}]{1,200})\}")
_WHOLE = re.compile(r"\$\{([^${}]{1,200})\}\Z")
_PRODUCTS = ("mul", "multiply")
_QUOTIENTS = ("div", "divide", "floordiv")


def resolved(flat: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The keys with plain references followed, and the others in words; those have no value."""
    named: list[str] = []
    made: dict[str, Any] = {}
    for key, value in flat.items():
        if value == "???":
            made[key] = None
            named.append(f"{key}: has to be given (???)")
        elif isinstance(value, str) and "${" in value:
            found = _followed(key, value, flat)
            made[key] = found
            if found is None:
                named.append(f"{key}: {value[:80]} is not resolved")
        else:
            made[key] = value
    return made, named


def _followed(key: str, value: str, flat: Mapping[str, Any]) -> Any:
    """What a value with references comes to; None = not known."""
    current: Any = value
    for _ in range(MOST_STEPS):
        if not isinstance(current, str) or "${" not in current:
            return current
        if whole := _WHOLE.match(current):
            current = _one(key, whole.group(1), flat)
            continue
        inner = _REFERENCE.search(current)
        if inner is None:
            return None
        put = _one(key, inner.group(1), flat)
        if put is None or isinstance(put, list | dict):
            return None
        current = f"{current[: inner.start()]}{put}{current[inner.end() :]}"[:2000]
        current = scalar(current)
    return None


def _one(key: str, inner: str, flat: Mapping[str, Any]) -> Any:
    resolver, colon, arguments = inner.partition(":")
    if not colon:
        return flat.get(_absolute(key, inner.strip()))
    parts = [scalar(each) for each in arguments.split(",")]
    if resolver == "oc.env":
        return parts[1] if len(parts) > 1 else None
    if resolver == "oc.select":
        held = flat.get(_absolute(key, str(parts[0])))
        return held if held is not None or len(parts) < 2 else parts[1]
    numbers = [each for each in parts if isinstance(each, int | float)]
    if len(parts) == 2 == len(numbers):
        if resolver in _PRODUCTS:
            return numbers[0] * numbers[1]
        if resolver in _QUOTIENTS and numbers[1]:
            return numbers[0] / numbers[1] if numbers[0] % numbers[1] else int(numbers[0] // numbers[1])
    return None


def _absolute(key: str, path: str) -> str:
    """A path from the top; each dot before a path is one level up from the key."""
    dots = len(path) - len(path.lstrip("."))
    if not dots:
        return path
    parents = key.split(".")[:-dots]
    return ".".join([*parents, path[dots:]])

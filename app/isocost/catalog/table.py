"""Reading and checking the catalogue's CSV and YAML files; every complaint names file, row and field."""

from __future__ import annotations

import csv
import difflib
import io
import re
import reprlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
import yaml

from isocost.catalog.errors import CatalogError

MAXIMUM_BYTES = 5_000_000
"""Far above any honest catalogue; a larger file is refused before it is read."""

MAXIMUM_DEPTH = 8
"""Levels of lists and mappings in a YAML file; records need three."""

Row = TypeVar("Row", bound=msgspec.Struct)

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_FIELD = re.compile(r" - at `\$\.?([^`]*)`")
_NAMED = re.compile(r"field `([^`]*)`")


def read_text(path: Path) -> str:
    """A UTF-8 text file. Raises CatalogError if it is too large, unreadable or not text."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise CatalogError(f"{path.name}: cannot be read ({error.strerror or error}).") from error
    if len(data) > MAXIMUM_BYTES:
        raise CatalogError(
            f"{path.name}: larger than {MAXIMUM_BYTES // 1_000_000} MB, too large for a catalogue."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path.name}: not UTF-8 text (byte {error.start}).") from error


def read_rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    """The records of a CSV file; empty cells count as absent. Row 1 is the header."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = next(reader, [])
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        where = f"{path.name} row {number}"
        if len(cells) != len(header):
            raise CatalogError(f"{where}: expected {len(header)} cells as in the header, got {len(cells)}.")
        values = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
        yield checked(values, kind, where)


def checked(values: Mapping[str, Any], kind: type[Row], where: str) -> Row:
    """``values`` as a record. Raises CatalogError naming ``where`` and the field, and what would be right."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise CatalogError(_complaint(str(error), values, kind, where)) from error


def _complaint(message: str, values: Mapping[str, Any], kind: type[msgspec.Struct], where: str) -> str:
    if message.startswith("Object missing") and (missing := _NAMED.search(message)):
        return f"{where}, {missing[1]}: is missing; give it a value."
    if message.startswith("Object contains unknown") and (unknown := _NAMED.search(message)):
        return f"{where}, {unknown[1]}: not a known field{suggestion(unknown[1], kind.__struct_fields__)}."
    found = _FIELD.search(message)
    field = found[1] if found else ""
    said = message[: found.start()] if found else message
    return f"{where}, {field}: expected {_wanted(said, kind, field)}, got {shown(_at(values, field))}."


def shown(value: Any) -> str:
    """A value as it is quoted in a complaint: short, whatever it is."""
    return reprlib.repr(value)


def _at(values: Any, path: str) -> Any:
    """The value at a path such as ``classes[0].date``."""
    for step in re.findall(r"[^.\[\]]+", path):
        values = values[int(step)] if isinstance(values, list) else values.get(step)
    return values


def _wanted(said: str, kind: type[msgspec.Struct], field: str) -> str:
    if "enum value" in said:
        return "one of " + ", ".join(_choices(kind, field))
    if "regex" in said:
        return "a date such as 2026-11-23"
    if "> 0" in said:
        return "a positive number"
    if "int" in said:
        return "a whole number" + (" in range" if "`int` " in said else "")
    if "float" in said:
        return "a number" + (" in range" if "`float` " in said else "")
    if "bool" in said:
        return "true or false"
    if "length >=" in said:
        return "some text"
    if "length <=" in said:
        return "a shorter text"
    return "text" if "str" in said else said.removeprefix("Expected ")


def _choices(kind: type[msgspec.Struct], field: str) -> list[str]:
    for known in msgspec.structs.fields(kind):
        if known.name == field:
            return [str(choice) for choice in get_args(known.type)]
    return ["the values of the documentation"]


def suggestion(name: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"`` for the closest known name, else nothing."""
    by_lower = {other.casefold(): other for other in known}
    close = difflib.get_close_matches(name.casefold(), by_lower, n=1, cutoff=0.6)
    return f"; did you mean {by_lower[close[0]]}?" if close else ""


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping at the top of a YAML file. Aliases and deep nesting are refused: they exhaust machines."""
    text = read_text(path)
    try:
        _refuse_traps(text, path)
        content = yaml.load(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        line = _line(getattr(error, "problem_mark", None))
        if beyond_parser(error):
            raise _too_deep(f"{path.name}{line}") from error
        raise CatalogError(f"{path.name}{line}: not readable as YAML ({_problem(error)}).") from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise CatalogError(f"{path.name}: expected a mapping with accelerators, models or prices at the top.")
    return content


def _refuse_traps(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        where = f"{path.name}{_line(event.start_mark)}"
        if isinstance(event, yaml.AliasEvent):
            raise CatalogError(f"{where}: YAML aliases (*) are not accepted.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MAXIMUM_DEPTH:
            raise _too_deep(where)


def _too_deep(where: str) -> CatalogError:
    return CatalogError(f"{where}: nested more than {MAXIMUM_DEPTH} levels deep.")


def beyond_parser(error: yaml.YAMLError) -> bool:
    """Whether the parser met its own limit of nesting, while it read ahead of ours."""
    return "nesting depth" in _problem(error)


def _line(mark: Any) -> str:
    return "" if mark is None else f" line {mark.line + 1}"


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error).splitlines()[0]

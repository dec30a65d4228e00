"""Reading and checking the catalogue's CSV and YAML files; every complaint names file, row and field."""

from __future__ import annotations

import csv
import io
import re
import reprlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec

from isocost.catalog.errors import CatalogError
from isocost.catalog.names import suggestion
from isocost.catalog.said import in_language
from isocost.catalog.yaml_text import YamlError, parse_yaml, typed
from isocost.language import tr

MAXIMUM_BYTES = 5_000_000
"""Far above any honest catalogue; a larger file is refused before it is read."""

MAXIMUM_DEPTH = 8
"""Levels of lists and mappings in a YAML file; records need three."""

Row = TypeVar("Row", bound=msgspec.Struct)
Record = TypeVar("Record")

_FIELD = re.compile(r" - at `\$\.?([^`]*)`")
_NAMED = re.compile(r"field `([^`]*)`")


def read_text(path: Path) -> str:
    """A UTF-8 text file. Raises CatalogError if it is too large, unreadable or not text."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise CatalogError(
            tr("{name}: cannot be read ({strerror}).", name=path.name, strerror=error.strerror or error)
        ) from error
    if len(data) > MAXIMUM_BYTES:
        raise CatalogError(
            tr(
                "{name}: larger than {maximum_bytes} MB, too large for a catalogue.",
                name=path.name,
                maximum_bytes=MAXIMUM_BYTES // 1000000,
            )
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CatalogError(
            tr("{name}: not UTF-8 text (byte {start}).", name=path.name, start=error.start)
        ) from error


def read_rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    """The records of a CSV file; empty cells count as absent. Row 1 is the header."""
    reader = csv.reader(io.StringIO(read_text(path), newline=""))
    header = next(reader, [])
    known: dict[str, str] = {}
    for number, cells in enumerate(reader, start=2):
        if not cells:
            continue
        where = f"{path.name} row {number}"
        if len(cells) != len(header):
            raise CatalogError(
                tr(
                    "{where}: expected {count} cells as in the header, got {count_2}.",
                    where=where,
                    count=len(header),
                    count_2=len(cells),
                )
            )
        # Rows name the same source, model or framework hundreds of times, and are kept.
        values = {
            name: known.setdefault(cell, cell) for name, cell in zip(header, cells, strict=True) if cell
        }
        yield checked(values, kind, where)


def checked(values: Mapping[str, Any], kind: type[Row], where: str) -> Row:
    """``values`` as a record. Raises CatalogError naming ``where`` and the field, and what would be right."""
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, ValueError):  # a record's own check, which names its field
            raise CatalogError(f"{where}, {error}") from error
        raise CatalogError(_complaint(str(error), values, kind, where)) from error


def _complaint(message: str, values: Mapping[str, Any], kind: type[msgspec.Struct], where: str) -> str:
    if message.startswith("Object missing") and (missing := _NAMED.search(message)):
        return f"{where}, {missing[1]}: is missing; give it a value."
    if message.startswith("Object contains unknown") and (unknown := _NAMED.search(message)):
        return (
            f"{where}, {unknown[1]}: not a known field{suggestion(unknown[1], kind.__struct_fields__) or '.'}"
        )
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
    if "out of range" in said:
        return "a number in range"
    if "> 0" in said or ">= 1e-06" in said:
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


def yaml_content(text: str, file: str) -> Any:
    """What the YAML text of a file holds. Raises CatalogError naming the file and the line."""
    try:
        return typed(parse_yaml(text, MAXIMUM_DEPTH))
    except YamlError as error:
        raise CatalogError(flaw_sentence(error, file)) from error


def flaw_sentence(error: YamlError, file: str) -> str:
    """What is wrong with the YAML of a file, naming the file and the line."""
    where = file if error.line is None else f"{file} line {error.line}"
    return f"{where}: {_flaw(error)}."


def _flaw(error: YamlError) -> str:
    return {
        "syntax": f"not readable as YAML ({error.found})",
        "character": "not readable as YAML (it holds a character that text files do not have)",
        "tag": "not readable as YAML (tags (!) are not accepted)",
        "alias": "YAML aliases (*) are not accepted",
        "anchor": "YAML anchors (&) are not accepted",
        "depth": f"nested more than {MAXIMUM_DEPTH} levels deep",
        "second document": "more than one YAML document",
        "key": "a key must be a word",
        "repeated key": f"the key {shown(error.found)} appears twice",
    }[error.flaw]


def yaml_record(text: str, kind: type[Record], file: str) -> Record:
    """The record the YAML text of a shipped file holds. Raises CatalogError naming the file and the field."""
    try:
        return msgspec.convert(in_language(yaml_content(text, file), file), kind)
    except msgspec.ValidationError as error:
        raise CatalogError(f"{file}: {error}") from error

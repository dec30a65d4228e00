"""The user's own catalogue files: accelerators, models and prices beside or instead of the shipped ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import msgspec
from msgspec import inspect

from isocost.catalog.entries.accelerators import AcceleratorRow
from isocost.catalog.entries.models import ModelRow
from isocost.catalog.entries.prices import IsoDay, PartialDate, PriceCard, Text, Usd
from isocost.catalog.errors import CatalogError
from isocost.catalog.names import suggestion
from isocost.catalog.table import MAXIMUM_DEPTH, Row, checked, flaw_sentence, read_text, shown
from isocost.catalog.yaml_text import Refused, Tree, Unquoted, YamlError, parse_yaml, typed
from isocost.language import tr
from isocost.paths import resource

OWN_FILE = "own.yaml"
WINDOW_FILE = "window.yaml"
"""What is added in the window: written whole by it, after the files people write (those are read first)."""
NONE = "none"
"""Written for a figure that a record lacks and the one it is ``like`` has."""
MAXIMUM_FILES = 100
SECTIONS = ("accelerators", "models", "prices")
DEFAULT_SOURCE_FIELDS = tuple(name for name in AcceleratorRow.__struct_fields__ if name.startswith("source_"))
NOT_EVERY = frozenset(
    field.name
    for field in msgspec.structs.fields(AcceleratorRow)
    if not field.required and field.name.endswith(("_tflops", "_usd"))
)
"""Figures that not every accelerator has: rates of some formats, what was measured, what one costs."""


class UserPrice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price of the user's own; as ``PriceCard``, checked."""

    accelerator: Text
    usd_per_gpu_hour: Usd
    supplier: Text
    commitment: Text
    source: Text
    date: IsoDay
    includes: str = ""


class UserRecords(msgspec.Struct, frozen=True):
    """What all of the user's files add."""

    accelerators: tuple[tuple[AcceleratorRow, str], ...]
    """Each with the place it was read from."""
    models: tuple[tuple[ModelRow, str], ...]
    prices: tuple[tuple[PriceCard, str], ...]
    problems: tuple[str, ...]
    """A sentence for every file and record that was left out."""
    digest: str
    """Of the files' names and texts, in their order."""


NOTHING_OWN = UserRecords((), (), (), (), sha256().hexdigest())
"""Of whoever has no files."""


def read_user_folder(folder: Path, shipped: Mapping[str, AcceleratorRow]) -> UserRecords:
    """Every ``*.yaml`` or ``*.yml`` of a folder, by name; nothing if there is no such folder.

    What is wrong is left out and said; the rest stands.
    """
    known = dict(shipped)
    accelerators: list[tuple[AcceleratorRow, str]] = []
    models: list[tuple[ModelRow, str]] = []
    prices: list[tuple[PriceCard, str]] = []
    problems: list[str] = []
    digest = sha256()
    first: dict[tuple[str, str], str] = {}

    def replaces(section: str, name: str, where: str) -> None:
        """Say that a second record of a name stands in place of the first."""
        if (before := first.get((section, name))) is not None:
            problems.append(
                tr(
                    "{before}: {name} stands in {where} again, which replaces it.",
                    before=before,
                    name=name,
                    where=where,
                )
            )
        first[section, name] = where

    for path in _files(folder, problems):
        with left_out(problems):
            text = read_text(path)
            digest.update(os.fsencode(path.name) + b"\0" + text.encode())
            content = _sections(text, shown_name(path), problems)
            for where, tree in _records(path, content, "accelerators", problems):
                with left_out(problems):
                    row = accelerator_row(_values(tree, AcceleratorRow, where), known, where)
                    replaces("accelerators", row.id, where)
                    known[row.id] = row
                    accelerators.append((row, where))
            for where, tree in _records(path, content, "models", problems):
                with left_out(problems):
                    model = _own(_values(tree, ModelRow, where), ModelRow, where)
                    replaces("models", model.name, where)
                    models.append((model, where))
            for where, tree in _records(path, content, "prices", problems):
                with left_out(problems):
                    price = _own(_values(tree, UserPrice, where), UserPrice, where)
                    prices.append((PriceCard(**msgspec.structs.asdict(price)), where))
    return UserRecords(tuple(accelerators), tuple(models), tuple(prices), tuple(problems), digest.hexdigest())


@contextmanager
def left_out(problems: list[str]) -> Iterator[None]:
    """Leave out a record the catalogue cannot take, and keep the sentence that says so."""
    try:
        yield
    except CatalogError as error:
        problems.append(str(error))


def shown_name(path: Path) -> str:
    """The file's name as it can be shown, whatever bytes the system allows in one."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def own_file(folder: Path) -> Path:
    """The file that holds, or is to hold, what the user writes: the first of a folder that is read."""
    written = (path for path in _files(folder, []) if path.name != WINDOW_FILE)
    return next(written, folder / OWN_FILE)


def make_own_file(path: Path) -> None:
    """Write a file of commented examples where none is. Raises OSError, naming what cannot be written."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(resource("templates", "own_catalog.yaml").read_bytes())


_READ = (".yaml", ".yml")
_TAKEN_FOR_READ = (".json", ".toml", ".csv", ".tsv", ".xlsx", ".ods")
"""Ends of names of data that is not read, which whoever puts such a file there should hear."""


def _files(folder: Path, problems: list[str]) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        problems.append(f"{shown_name(folder)}: the catalogue folder cannot be read ({reason}).")
        return []
    found = [path for path in inside if path.name.casefold().endswith(_READ)]
    problems += [
        tr("{file}: only YAML is read here; write its records into a .yaml file.", file=shown_name(path))
        for path in inside
        if path.name.casefold().endswith(_TAKEN_FOR_READ)
    ]
    files = []
    for path in found:
        # A pipe would be waited for, and a device read without end: only regular files are opened.
        if os.path.isfile(path):
            files.append(path)
        else:
            problems.append(f"{shown_name(path)}: not a file that can be read.")
    if len(files) > MAXIMUM_FILES:
        problems.append(
            f"{shown_name(folder)}: {len(files)} files; only the first {MAXIMUM_FILES} by name are read."
        )
    return files[:MAXIMUM_FILES]


def _sections(text: str, file: str, problems: list[str]) -> dict[str, Tree]:
    """The lists at the top of a file, by name."""
    try:
        content = parse_yaml(text, MAXIMUM_DEPTH, lenient=True)
    except YamlError as error:
        raise CatalogError(flaw_sentence(error, file)) from error
    if isinstance(content, Unquoted) and content.is_null:
        return {}
    if isinstance(content, Refused):
        raise CatalogError(flaw_sentence(content.flaw, file))
    if not isinstance(content, dict):
        raise CatalogError(
            tr("{file}: expected a mapping with accelerators, models or prices at the top.", file=file)
        )
    for name in content:
        if name not in SECTIONS:
            hint = suggestion(name, SECTIONS) or "; use accelerators, models or prices."
            problems.append(f"{file}, {name}: not a known section{hint}")
    return content


def _records(
    path: Path, content: dict[str, Tree], section: str, problems: list[str]
) -> Iterator[tuple[str, Tree]]:
    file, records = shown_name(path), content.get(section, [])
    if isinstance(records, Refused):
        problems.append(flaw_sentence(records.flaw, file))
    elif isinstance(records, list):
        for number, tree in enumerate(records, start=1):
            yield f"{file} {section}[{number}]", tree
    elif not (isinstance(records, Unquoted) and records.is_null):
        problems.append(f"{file}, {section}: expected a list, each record starting with a dash.")


def _values(tree: Tree, kind: type[msgspec.Struct], where: str) -> dict[str, Any]:
    """The fields of a record: text as written, so that 405 is a name, and all else as YAML reads it."""
    if isinstance(tree, Refused):
        raise CatalogError(flaw_sentence(tree.flaw, where))
    if not isinstance(tree, dict):
        raise CatalogError(
            tr("{where}: expected fields with values, got {shown}.", where=where, shown=shown(typed(tree)))
        )
    written = _texts(kind)
    values: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, Refused):
            raise CatalogError(flaw_sentence(value.flaw, f"{where}, {name}"))
        if isinstance(value, Unquoted) and value.is_null:
            continue
        as_text = isinstance(value, str) and name in written
        values[name] = str(value) if as_text else typed(value)
    return values


@lru_cache(maxsize=8)
def _texts(kind: type[msgspec.Struct]) -> frozenset[str]:
    """Fields that hold text, and those a record of the user's is told by."""
    info = inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    return frozenset(("like", "source", *(each.name for each in info.fields if _is_text(each.type))))


def _is_text(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(_is_text(each) for each in kind.types)
    return isinstance(kind, inspect.StrType)


@lru_cache(maxsize=8)
def _days(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """Fields that hold a day of the calendar, or its month or year alone."""
    return tuple(
        field.name
        for field in msgspec.structs.fields(kind)
        if any(each in (IsoDay, PartialDate) for each in (field.type, *get_args(field.type)))
    )


def _own(values: dict[str, Any], kind: type[Row], where: str) -> Row:
    """A record of the user's, its days looked up in the calendar. Raises CatalogError."""
    made = checked(values, kind, where)
    for name in _days(kind):
        held = getattr(made, name)
        if held is None or held == "":
            continue
        try:
            date.fromisoformat(held + "-01-01"[(len(held) - len("2026")) :])
        except ValueError:
            got = shown(getattr(made, name))
            raise CatalogError(
                tr(
                    "{where}, {name}: expected a day of the calendar such as 2026-11-23, got {got}.",
                    where=where,
                    name=name,
                    got=got,
                )
            ) from None
    return made


def accelerator_row(
    record: Mapping[str, Any], known: Mapping[str, AcceleratorRow], where: str
) -> AcceleratorRow:
    """A whole record, or changes to the one named by ``like`` (or by ``id``, to override it).

    ``none`` in place of a figure that not every accelerator has: this one has it not, whatever the other has.
    Raises CatalogError naming ``where`` and the field.
    """
    values = dict(record)
    base_id = values.pop("like", values.get("id"))
    base = known.get(str(base_id))
    if base is None and str(base_id) != str(values.get("id")):
        raise CatalogError(
            tr(
                "{where}, like: no accelerator has the id {shown}{suggestion}",
                where=where,
                shown=shown(base_id),
                suggestion=suggestion(str(base_id), known) or ".",
            )
        )
    source = values.pop("source", None)
    if source is None:
        raise CatalogError(tr("{where}, source: is missing; say where the figures come from.", where=where))
    merged = {} if base is None else {k: v for k, v in msgspec.structs.asdict(base).items() if v is not None}
    if "node_size" in values and "rent_units" not in values:
        # What one rents of the base's server says nothing of this one.
        merged |= {"rent_units": "", "source_rent": source}
    if isinstance(units := values.get("rent_units"), int | list):
        counts = units if isinstance(units, list) else [units]
        values["rent_units"] = ",".join(str(count) for count in counts)
    if base is None:
        merged.update(dict.fromkeys(DEFAULT_SOURCE_FIELDS, source))
    else:
        merged.update(dict.fromkeys(_groups_changed(values), source))
    absent = {name for name, value in values.items() if value == NONE and name in NOT_EVERY}
    every = {name: value for name, value in {**merged, **values}.items() if name not in absent}
    row = _own(every, AcceleratorRow, where)
    measured = (row.measured_bf16_tflops, row.measured_fp8_tflops)
    for field, figures in (("source_purchase", (row.purchase_usd,)), ("source_measured", measured)):
        if not getattr(row, field) and any(each is not None for each in figures):
            raise CatalogError(
                tr("{where}, {field}: is missing; say where the figures come from.", where=where, field=field)
            )
    return row


def _groups_changed(values: dict[str, Any]) -> Iterator[str]:
    """The source fields that a change of these figures makes untrue."""
    groups = {
        "source_compute": ("_tflops",),
        "source_memory": ("memory_",),
        "source_scaleup": ("scaleup_",),
        "source_scaleout": ("scaleout_",),
        "source_node": ("node_size",),
        "source_rent": ("rent_units",),
        "source_power": ("power_w",),
        "source_server": ("server_power_w",),
        "source_purchase": ("purchase_",),
        "source_measured": ("measured_",),
    }
    for field, parts in groups.items():
        for name in values:
            ends = parts[0].startswith("_") and name.endswith(parts[0]) and not name.startswith("measured_")
            if ends or name.startswith(parts[0]):
                yield field
                break

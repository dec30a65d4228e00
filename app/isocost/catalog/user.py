"""The user's own catalogue files: accelerators, models and prices beside or instead of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from isocost.catalog.accelerators import AcceleratorRow
from isocost.catalog.errors import CatalogError
from isocost.catalog.models import ModelRow
from isocost.catalog.names import suggestion
from isocost.catalog.prices import IsoDay, PriceCard, Text, Usd
from isocost.catalog.table import checked, read_text, shown, yaml_content

MAXIMUM_FILES = 100
SECTIONS = ("accelerators", "models", "prices")
DEFAULT_SOURCE_FIELDS = tuple(name for name in AcceleratorRow.__struct_fields__ if name.startswith("source_"))


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

    accelerators: tuple[AcceleratorRow, ...]
    models: tuple[tuple[ModelRow, str], ...]
    """Each with the place it was read from."""
    prices: tuple[tuple[PriceCard, str], ...]
    digest: str
    """Of the files' names and texts, in their order."""


def read_user_folder(folder: Path, shipped: dict[str, AcceleratorRow]) -> UserRecords:
    """Every ``*.yaml`` of a folder, in the order of their names; nothing if there is no such folder."""
    known = dict(shipped)
    accelerators: list[AcceleratorRow] = []
    models: list[tuple[ModelRow, str]] = []
    prices: list[tuple[PriceCard, str]] = []
    digest = sha256()
    for path in _files(folder):
        text = read_text(path)
        digest.update(f"{path.name}\0{text}\0".encode())
        content = _sections(text, path)
        for where, values in _records(path, content, "accelerators"):
            row = _accelerator(values, known, where)
            known[row.id] = row
            accelerators.append(row)
        for where, values in _records(path, content, "models"):
            models.append((checked(values, ModelRow, where), where))
        for where, values in _records(path, content, "prices"):
            price = checked(values, UserPrice, where)
            prices.append((PriceCard(**msgspec.structs.asdict(price)), where))
    return UserRecords(tuple(accelerators), tuple(models), tuple(prices), digest.hexdigest())


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    files = sorted(path for path in folder.glob("*.yaml") if path.is_file())
    if len(files) > MAXIMUM_FILES:
        raise CatalogError(f"{folder.name}: {len(files)} files; at most {MAXIMUM_FILES} are read.")
    return files


def _sections(text: str, path: Path) -> dict[str, Any]:
    """The lists at the top of a file, by name."""
    content = yaml_content(text, path.name)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise CatalogError(f"{path.name}: expected a mapping with accelerators, models or prices at the top.")
    for name in content:
        if name not in SECTIONS:
            hint = suggestion(str(name), SECTIONS) or "; use accelerators, models or prices"
            raise CatalogError(f"{path.name}, {name}: not a known section{hint}.")
    return content


def _records(path: Path, content: dict[str, Any], section: str) -> Iterator[tuple[str, dict[str, Any]]]:
    records = content.get(section) or []
    if not isinstance(records, list):
        raise CatalogError(f"{path.name}, {section}: expected a list, each record starting with a dash.")
    for number, values in enumerate(records, start=1):
        where = f"{path.name} {section}[{number}]"
        if not isinstance(values, dict):
            raise CatalogError(f"{where}: expected fields with values, got {shown(values)}.")
        yield where, {str(name): _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Any:
    # YAML reads 2026-11-23 as a date; records keep ISO text.
    return value.isoformat() if hasattr(value, "isoformat") else value


def _accelerator(values: dict[str, Any], known: dict[str, AcceleratorRow], where: str) -> AcceleratorRow:
    """A whole record, or changes to the one named by ``like`` (or by ``id``, to override it)."""
    base_id = values.pop("like", values.get("id"))
    base = known.get(str(base_id))
    if base is None and str(base_id) != str(values.get("id")):
        raise CatalogError(
            f"{where}, like: no accelerator has the id {shown(base_id)}{suggestion(str(base_id), known)}."
        )
    source = values.pop("source", None)
    if source is None:
        raise CatalogError(f"{where}, source: is missing; say where the figures come from.")
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
    return checked({**merged, **values}, AcceleratorRow, where)


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

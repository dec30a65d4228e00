"""Accelerators of one's own: what is typed in the form as a record of the user's catalogue, checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from isocost.catalog import Catalog, CatalogError
from isocost.catalog.entries.accelerators import FORMATS, AcceleratorRow
from isocost.catalog.names import normalised
from isocost.catalog.user import NONE, accelerator_row
from isocost.files.own.fields import FIELDS, RENT, FieldError, read_field
from isocost.language import capital
from isocost.quantities import format_significant

LONGEST_SHORT = 20
"""Letters of a name that charts have room for."""
PRICED_AS = "on demand"
OWN_SUPPLIER = "your own price"
SPARSE = (1.9, 2.1)
"""How many times the dense peak of its like a rate is that looks like one with sparsity."""
_NOT_OF_AN_ID = re.compile(r"[^a-z0-9.]+")
_WORD = re.compile(r"[A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Draft:
    """The form as it is typed."""

    like: str
    """Id of the accelerator whose figures stand where nothing is typed."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Text by field; what is not in it, or blank, is taken over."""
    id: str = ""
    """Of the one that is changed; empty = a new one."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that was read."""

    record: Mapping[str, Any]
    """As a file of the user's catalogue has it."""
    price: Mapping[str, Any] | None
    problems: Mapping[str, str]
    """What keeps it from being saved, by field."""
    remarks: Mapping[str, str]
    """What looks wrong and may be right, by field."""


def check(draft: Draft, rows: Mapping[str, AcceleratorRow], catalog: Catalog, today: date) -> Checked:
    """A draft as a record, with a sentence at each field that is wrong.

    Args:
        rows: every accelerator there is, by id, as ``own_parts`` reads them.
    """
    problems: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, text in draft.typed.items():
        if not text.strip():
            continue
        try:
            values[key] = read_field(FIELDS[key], text)
        except FieldError as error:
            problems[key] = str(error)
    rent = values.pop(RENT, None)
    name = values.get("name", "")
    values.setdefault("short_name", name)
    values.setdefault("sources_read", today.isoformat())
    own = draft.id or _free_id(values["short_name"] or "own", rows)
    _check_names(values, own, catalog, problems)
    if "source" not in values:
        problems.setdefault("source", "Say where the figures come from: a data sheet, an offer, a test.")
    base = rows[draft.like]
    record = _record(own, draft.like, values, base, today)
    if not problems:
        _check_whole(record, rows, problems)
    price = None
    if rent not in (None, NONE):
        price = {
            "accelerator": own,
            RENT: rent,
            "supplier": OWN_SUPPLIER,
            "commitment": PRICED_AS,
            "source": values.get("source", ""),
            "date": values["sources_read"],
        }
    return Checked(record, price, problems, _remarks(values, base))


def _check_names(values: Mapping[str, Any], own: str, catalog: Catalog, problems: dict[str, str]) -> None:
    if not values.get("name"):
        problems.setdefault("name", "Give it a name.")
        return
    if len(values["short_name"]) > LONGEST_SHORT:
        problems.setdefault("short_name", f"Charts have room for {LONGEST_SHORT} letters: shorten it.")
    for key in ("name",) if values["short_name"] == values["name"] else ("name", "short_name"):
        meant = catalog.accelerator_names.find(str(values[key]))
        if meant is not None and meant != own:
            known = catalog.accelerators.get(meant)
            called = known.spec.name if known is not None else meant
            problems.setdefault(key, f"Is a name of {called} already: add what tells yours apart.")


def _record(
    own: str, like: str, values: Mapping[str, Any], base: AcceleratorRow, today: date
) -> dict[str, Any]:
    """Its names, what differs from the one it is like, and where that comes from."""
    named = ("name", "short_name", "source", "sources_read")
    record: dict[str, Any] = {"id": own, "like": like}
    record |= {key: values[key] for key in ("name", "short_name") if key in values}
    for key, value in values.items():
        held = getattr(base, key) if key not in named else None
        if key not in named and value != (NONE if held is None else held):
            record[key] = value
    for kind in ("bf16", "fp8"):
        # What was measured on the other is a share of the other's peak.
        if f"{kind}_tflops" in record and getattr(base, f"measured_{kind}_tflops") is not None:
            record[f"measured_{kind}_tflops"] = NONE
    if isinstance(record.get("purchase_usd"), float):
        record |= {"purchase_date": values["sources_read"], "purchase_basis": "as typed"}
    record["notes"] = f"Figures that were not typed are those of {base.name}."
    record |= {key: values[key] for key in ("source", "sources_read") if key in values}
    return record


def _check_whole(
    record: Mapping[str, Any], rows: Mapping[str, AcceleratorRow], problems: dict[str, str]
) -> None:
    """What the catalogue itself says of the record, at the field it names."""
    where = "record"
    try:
        row = accelerator_row(record, rows, where)
    except CatalogError as error:
        named, _, said = str(error).removeprefix(f"{where}, ").partition(": ")
        problems[named if named in FIELDS else "name"] = capital(said)
        return
    if all(getattr(row, f"{kind}_tflops") is None for kind in FORMATS):
        problems["bf16_tflops"] = "It needs the peak of one format at least."
    if row.server_power_w < row.power_w:
        problems["server_power_w"] = (
            f"Less than the {format_significant(row.power_w)} W of the accelerator alone."
        )
    if row.scaleup_domain % row.node_size and row.node_size % row.scaleup_domain:
        problems["scaleup_domain"] = (
            f"Must be whole servers of {row.node_size}, or an equal part of one; got {row.scaleup_domain}."
        )


def _remarks(values: Mapping[str, Any], base: AcceleratorRow) -> dict[str, str]:
    """Rates that look like those with sparsity, and formats slower than a wider one."""
    found: dict[str, str] = {}
    for kind in FORMATS:
        key = f"{kind}_tflops"
        typed, held = values.get(key), getattr(base, key)
        if isinstance(typed, float) and held and SPARSE[0] <= typed / held <= SPARSE[1]:
            found[key] = f"Twice {base.short_name}'s: is it with sparsity? The dense rate is wanted."
    wide, narrow = values.get("bf16_tflops", base.bf16_tflops), values.get("fp8_tflops", base.fp8_tflops)
    if isinstance(wide, float) and isinstance(narrow, float) and narrow < wide:
        found.setdefault("fp8_tflops", "Slower than BF16: are the two swapped?")
    return found


def _free_id(name: str, rows: Mapping[str, AcceleratorRow]) -> str:
    """An id made of a name that no accelerator has."""
    stem = _NOT_OF_AN_ID.sub("-", name.casefold()).strip("-.")[:40] or "own"
    number, wanted = 2, stem
    while wanted in rows:
        wanted, number = f"{stem}-{number}", number + 1
    return wanted


def nearest_part(name: str, catalog: Catalog) -> str | None:
    """Id of the accelerator whose name stands in a name, the longest such one; None = none does.

    "H200 in our lab" begins with the H200's figures.
    """
    words = _WORD.findall(name)
    for size in range(min(4, len(words)), 0, -1):
        for at in range(len(words) - size + 1):
            phrase = " ".join(words[at : at + size])
            if len(normalised(phrase)) < 3:
                continue
            key = catalog.accelerator_names.find(phrase)
            if key is not None and key in catalog.accelerators:
                return key
    return None

"""The fields of an accelerator of one's own, as a form has them, and how what is typed in one is read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Literal

from isocost.catalog.entries.accelerators import AcceleratorRow
from isocost.catalog.user import NONE
from isocost.language import tr
from isocost.quantities import QuantityError, format_exact, marked, parse, without_idle_cents

Kind = Literal["text", "number", "count", "counts", "money", "day"]

LONGEST_NAME = 40
"""Letters of a name that lists have room for."""
LONGEST = 300
_NOTHING = frozenset((NONE, "-", "–", "—", "no", "0", "n/a"))
"""What people write for a figure there is none of."""
_SEPARATORS = re.compile(r"[\s,;/]+")


class FieldError(ValueError):
    """Text that a field cannot take; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class PartField:
    """One field of the form."""

    key: str
    """Column of ``accelerators.csv``; ``usd_per_gpu_hour`` is that of a price beside it."""
    label: str
    unit: str = ""
    kind: Kind = "number"
    help: str = ""
    optional: bool = False
    """Whether an accelerator may have none."""


RENT = "usd_per_gpu_hour"

GROUPS: tuple[tuple[str, tuple[PartField, ...]], ...] = (
    (
        tr("Name"),
        (
            PartField(
                "name", tr("Name"), kind="text", help=tr("As it stands in lists, with what tells it apart.")
            ),
            PartField("short_name", tr("Short name"), kind="text", help=tr("For charts and the headline.")),
            PartField("vendor", tr("Maker"), kind="text"),
        ),
    ),
    (
        tr("Speed"),
        tuple(
            PartField(
                f"{name.lower()}_tflops",
                name,
                "TFLOP/s",
                help=tr("Dense {name} peak of one, never with sparsity; none = it has no {name}.", name=name),
                optional=True,
            )
            for name in ("BF16", "FP16", "FP8", "FP4", "TF32", "FP32")
        ),
    ),
    (
        tr("Memory"),
        (
            PartField("memory_gb", tr("Size"), "GB", help=tr("As its label has it: 80 of an H100.")),
            PartField("memory_bandwidth_gb_s", tr("Bandwidth"), "GB/s"),
            PartField("memory_type", tr("Kind"), kind="text", help="HBM3, HBM3e, GDDR7…"),
        ),
    ),
    (
        tr("Links"),
        (
            PartField(
                "scaleup_link",
                tr("Inside a server"),
                kind="text",
                help=tr("The fast link's name; “full mesh” in it: each two have a link of their own."),
            ),
            PartField(
                "scaleup_gb_s_per_direction",
                tr("Its speed"),
                "GB/s",
                help=tr("Of one accelerator in one direction: half of what most data sheets print."),
            ),
            PartField(
                "scaleup_domain", tr("It joins"), kind="count", help=tr("Accelerators the fast link reaches.")
            ),
            PartField(
                "scaleout_gbit_s_per_direction",
                tr("Between servers"),
                "Gbit/s",
                help=tr("Network of one accelerator in one direction."),
            ),
        ),
    ),
    (
        tr("Server"),
        (
            PartField("node_size", tr("In a server"), kind="count", help=tr("Accelerators in one server.")),
            PartField(
                "rent_units",
                tr("One can rent"),
                kind="counts",
                help=tr("Counts on offer, with commas: 1, 2, 4, 8. Above the last, whole multiples of it."),
            ),
            PartField("power_w", tr("Power"), "W", help=tr("Rated power of one accelerator.")),
            PartField(
                "server_power_w",
                tr("With its server"),
                "W",
                help=tr("One accelerator with its share of server and network."),
            ),
        ),
    ),
    (
        tr("Money"),
        (
            PartField(
                RENT, tr("Rent"), tr("an hour"), "money", tr("Of one for an hour, before tax."), optional=True
            ),
            PartField("purchase_usd", tr("To buy"), tr("each"), "money", tr("Price of one."), optional=True),
        ),
    ),
    (
        tr("Where the figures come from"),
        (
            PartField("source", tr("Source"), kind="text", help=tr("A data sheet, an offer, a measurement.")),
            PartField("sources_read", tr("Read on"), kind="day", help=tr("The day, such as 2026-11-29.")),
        ),
    ),
)
"""The form, group by group."""

FIELDS = {field.key: field for _, fields in GROUPS for field in fields}

_UNITS = ("TFLOP/s", "TFLOPS", "GB", "GB/s", "Gbit/s", "Gb/s", "W", "GPUs", "chips")


def read_field(field: PartField, text: str) -> Any:
    """The value a record of the catalogue has for what is typed. Raises FieldError."""
    text = " ".join(text.split())
    if field.optional and text.casefold() in _NOTHING:
        return NONE
    if field.kind == "text":
        most = LONGEST_NAME if field.key in ("name", "short_name", "vendor") else LONGEST
        if len(text) > most:
            raise FieldError(tr("At most {most} letters, these are {count}.", most=most, count=len(text)))
        return text
    if field.kind == "day":
        return _day(text)
    if field.kind == "counts":
        return _counts(text)
    return _number(field, text)


def _number(field: PartField, text: str) -> float | int:
    try:
        if field.kind == "count":
            count = parse(text, "count", unit=_UNITS)
        else:
            count = parse(text, "money" if field.kind == "money" else "number", unit=_UNITS)
    except QuantityError as error:
        raise FieldError(str(error)) from None
    if not count > 0:
        raise FieldError(
            tr("Must be above 0{word}.", word=tr("; write none where it has none") if field.optional else "")
        )
    return int(count) if field.kind == "count" else count


def _counts(text: str) -> str:
    try:
        counts = [int(parse(each, "count")) for each in _SEPARATORS.split(text.strip(" ,;")) if each]
    except QuantityError:
        raise FieldError(
            tr("Write counts with commas, such as 1, 2, 4, 8; got {text!r}.", text=text[:40])
        ) from None
    if not counts or counts[0] < 1 or any(low >= high for low, high in pairwise(counts)):
        raise FieldError(tr("Write rising counts with commas, such as 1, 2, 4, 8."))
    return ",".join(map(str, counts))


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise FieldError(
            tr("Write a day of the calendar such as 2026-11-29; got {text!r}.", text=text[:40])
        ) from None


def field_text(field: PartField, value: Any) -> str:
    """A value of a record as the form writes it; empty = there is none."""
    if value is None or value == "":
        return ""
    if field.kind == "money" and value != NONE:
        return without_idle_cents(format_exact(float(value), "money"))
    if field.kind == "counts":
        return str(value).replace(",", ", ")
    if isinstance(value, float | int):
        return marked(f"{value:,.10g}")
    return str(value)


def base_text(field: PartField, base: AcceleratorRow) -> str:
    """What a field has of the accelerator one begins with, in its words; empty = nothing is taken over."""
    if field.key in ("name", "short_name", "source", "sources_read", RENT):
        return ""
    value = getattr(base, field.key)
    if value is None and field.optional:
        return NONE
    return field_text(field, value) or _halves(field, base)


def _halves(field: PartField, base: AcceleratorRow) -> str:
    """Counts on offer where a record names none: a server and its halves."""
    return "a server and its halves" if field.key == "rent_units" else ""

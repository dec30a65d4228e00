"""Accelerators: a row of ``resources/accelerators.csv`` or of a user's file becomes the engine's record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from isocost.catalog.entries.prices import IsoDay, PartialDate, Text, Usd
from isocost.catalog.records import AcceleratorEntry
from isocost.catalog.table import read_rows
from isocost.engine.records import Accelerator
from isocost.language import tr
from isocost.paths import resource
from isocost.quantities.units import BYTES_PER_GBIT, GIGA, TERA

Rate = Annotated[float, msgspec.Meta(ge=1e-6, le=1e9)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.\-]*$", max_length=60)]

_COUNT = re.compile(r"[0-9]{1,6}")

FORMATS = ("fp32", "tf32", "bf16", "fp16", "fp8", "fp4")
SOURCES_NEEDED = ("compute", "memory", "scaleup", "scaleout", "node", "rent", "power", "server")
SOURCES = (*SOURCES_NEEDED, "purchase", "measured")

MESHED = "full mesh"
"""Words of a scale-up link whose accelerators have one for each other accelerator of the domain."""


class AcceleratorRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of an accelerator, in the units their names state; rates are dense and per accelerator."""

    id: Name
    name: Text
    short_name: Text
    vendor: Text
    architecture: Text
    status: Literal["sold", "announced", "unrated"]
    """``unrated``: sold, but without a dense peak to plan with."""
    release_date: PartialDate
    confidence: Literal["high", "medium", "low"]
    memory_gb: Rate
    memory_type: Text
    memory_bandwidth_gb_s: Rate
    scaleup_link: Text
    scaleup_gb_s_per_direction: Rate
    scaleup_domain: Count
    scaleout_gbit_s_per_direction: Rate
    node_size: Count
    power_w: Rate
    server_power_w: Rate
    sources_read: IsoDay
    source_compute: Text
    source_memory: Text
    source_scaleup: Text
    source_scaleout: Text
    source_node: Text
    source_rent: Text
    source_power: Text
    source_server: Text
    noun: Literal["GPU", "chip"] = "GPU"
    """What people call one of them."""
    rent_units: str = ""
    """Counts one can rent, with commas, as ``AcceleratorEntry.rent_units``; empty = halves of a node."""
    source_purchase: str = ""
    source_measured: str = ""
    fp32_tflops: Rate | None = None
    tf32_tflops: Rate | None = None
    bf16_tflops: Rate | None = None
    fp16_tflops: Rate | None = None
    fp8_tflops: Rate | None = None
    fp4_tflops: Rate | None = None
    purchase_usd: Usd | None = None
    purchase_date: str = ""
    purchase_basis: str = ""
    measured_bf16_tflops: Rate | None = None
    measured_fp8_tflops: Rate | None = None
    notes: str = ""

    def __post_init__(self) -> None:
        if not self.rent_units:
            return
        units = [int(count) if _COUNT.fullmatch(count) else 0 for count in self.rent_units.split(",")]
        rising = all(low < high for low, high in pairwise([0, *units]))
        if not rising or units[-1] % self.node_size:
            raise ValueError(
                tr(
                    "rent_units: expected rising counts with commas, the last a multiple of node_size "
                    "({node_size}), got {rent_units!r}.",
                    node_size=self.node_size,
                    rent_units=self.rent_units,
                )
            )


@cache
def shipped_rows() -> Mapping[str, AcceleratorRow]:
    """The shipped accelerators by id."""
    return {row.id: row for row in read_rows(resource("accelerators.csv"), AcceleratorRow)}


class AliasRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another name of an accelerator, or of an instance of some (``accelerator_aliases.csv``)."""

    label: Text
    accelerator: Text
    """Id; several with semicolons where the name says too little to choose."""
    count: Count | None = None
    """How many an instance or system of this name holds; None = the name is one of the part itself."""
    note: str = ""
    """What else the name may stand for, as the middle of a sentence."""


def of_several(name: str, row: AliasRow) -> str:
    """Why a price under a name that holds several is not taken: what it asks for all would be that of one."""
    return tr(
        "{name} holds {count}; write the price of one, under {key}.",
        name=name,
        count=row.count,
        key=row.accelerator,
    )


@cache
def shipped_aliases() -> tuple[AliasRow, ...]:
    """The shipped aliases, in the order of the file."""
    return tuple(read_rows(resource("accelerator_aliases.csv"), AliasRow))


def entry(row: AcceleratorRow) -> AcceleratorEntry:
    """The accelerator of a row, in SI units."""
    spec = _spec(row)
    return AcceleratorEntry(
        spec=spec,
        short_name=row.short_name,
        noun=row.noun,
        rent_units=_rent_units(row),
        announced=row.status == "announced",
        release_date=row.release_date,
        confidence=row.confidence,
        memory_type=row.memory_type,
        scaleup_link=row.scaleup_link,
        purchase_usd=row.purchase_usd,
        purchase_date=row.purchase_date,
        purchase_basis=row.purchase_basis,
        notes=row.notes,
        sources={group: text for group in SOURCES if (text := getattr(row, f"source_{group}"))},
        sources_read=row.sources_read,
        measured_flops=spec.measured_flops,
    )


def _rent_units(row: AcceleratorRow) -> tuple[int, ...]:
    if row.rent_units:
        return tuple(int(count) for count in row.rent_units.split(","))
    halves = [row.node_size]
    while halves[0] % 2 == 0:
        halves.insert(0, halves[0] // 2)
    return tuple(halves)


def _spec(row: AcceleratorRow) -> Accelerator:
    rates = {kind: getattr(row, f"{kind}_tflops") for kind in FORMATS}
    measured = {"bf16": row.measured_bf16_tflops, "fp8": row.measured_fp8_tflops}
    return Accelerator(
        id=row.id,
        name=row.name,
        vendor=row.vendor,
        architecture=row.architecture,
        peak_flops={kind: rate * TERA for kind, rate in rates.items() if rate is not None},
        memory_bytes=row.memory_gb * GIGA,
        memory_bandwidth=row.memory_bandwidth_gb_s * GIGA,
        scaleup_bandwidth=row.scaleup_gb_s_per_direction * GIGA,
        scaleup_domain=row.scaleup_domain,
        scaleup_meshed=MESHED in row.scaleup_link,
        scaleout_bandwidth=row.scaleout_gbit_s_per_direction * BYTES_PER_GBIT,
        node_size=row.node_size,
        power_w=row.power_w,
        server_power_w=row.server_power_w,
        measured_flops={kind: rate * TERA for kind, rate in measured.items() if rate is not None},
    )

"""Published training runs (``resources/runs.csv``)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from isocost.catalog.prices import IsoDay, Text
from isocost.catalog.records import PublishedRun
from isocost.catalog.table import read_rows
from isocost.paths import resource

Amount = Annotated[float, msgspec.Meta(ge=0, le=1e16)]
Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class RunRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The columns of a published run, as in ``PublishedRun``."""

    label: Text
    model: Text
    stage: Literal["pretrain", "total", "rl", "sft", "context-extension", "data-generation", "distill"]
    organisation: Text
    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}$")]
    precision: Text
    trusted: bool
    evidence: Literal["read", "data set", "recalled"]
    source: Text
    sources_read: IsoDay
    params_total: Amount | None = None
    params_active: Amount | None = None
    tokens: Amount | None = None
    accelerator: str | None = None
    accelerator_label: str = ""
    count: Annotated[int, msgspec.Meta(ge=1)] | None = None
    gpu_hours: Amount | None = None
    wall_days: Amount | None = None
    reported_mfu: Share | None = None
    energy_mwh: Amount | None = None
    tonnes_co2e: Amount | None = None
    cost_usd: Amount | None = None
    usd_per_gpu_hour: Amount | None = None
    cost_kind: str = ""
    note: str = ""


def shipped_runs() -> tuple[PublishedRun, ...]:
    """Every run, trusted or not, in file order."""
    rows = read_rows(resource("runs.csv"), RunRow)
    return tuple(PublishedRun(**msgspec.structs.asdict(row)) for row in rows)

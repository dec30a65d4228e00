"""What others have said that training took: each claim with where it stands and what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from isocost.catalog.entries.prices import IsoDay, Text
from isocost.catalog.errors import CatalogError
from isocost.catalog.records import Amount, Share
from isocost.catalog.table import read_text, yaml_record
from isocost.language import tr
from isocost.paths import resource

ClaimJob = Literal["pretrain", "sft", "lora", "qlora", "rl", "total"]
"""What was done: all from nothing, every weight of an existing model, adapters of one, reinforcement
learning, or several of them together."""

Count = Annotated[int, msgspec.Meta(ge=1)]


class ClaimPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a run whose hours are told in parts: wall hours on a number, or accelerator-hours."""

    line: Text
    count: Count | None = None
    hours: Amount | None = None
    gpu_hours: Amount | None = None


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something the told amount does not contain."""

    line: Text
    usd: Amount | None = None
    """None = nobody has published it."""
    kind: Literal["published", "assumed"] = "published"
    """Where the amount comes from: its makers, or others' reckoning."""
    source: str = ""


class ComparedWith(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another model whose training work a claim is measured by."""

    model: Text
    tokens: Amount
    share: Annotated[float, msgspec.Meta(gt=0, le=100)]
    """Told: work of this model over that of the other."""


ClaimGroup = Literal[
    "headlines", "then and now", "whole programmes", "on a small budget", "guides and forums"
]
"""Where a claim stands in the library."""


class ClaimEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A claim as it was made (``resources/claims.yaml``); None = it does not tell."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    name: Text
    """What it is about, for a list."""
    group: ClaimGroup
    said: Text
    """The claim in its own terms, shortened."""
    by: Text
    date: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}$")]
    """ISO month."""
    source: Text
    sources_read: IsoDay
    evidence: Literal["read", "data set"]
    basis: Literal["makers", "press", "estimate"]
    """Who reckoned the amount: those who trained it, a report about them, or others from outside."""
    job: ClaimJob = "pretrain"
    model: str = ""
    """Name in the catalogue; empty = known by its size alone."""
    parameters: Amount | None = None
    active: Amount | None = None
    tokens: Amount | None = None
    epochs: Amount | None = None
    sequence: Count | None = None
    precision: str = ""
    accelerator: str = ""
    """Id in the catalogue."""
    count: Count | None = None
    hours: Amount | None = None
    """Of wall time."""
    days: Amount | None = None
    gpu_hours: Amount | None = None
    parts: tuple[ClaimPart, ...] = ()
    usd: Amount | None = None
    usd_per_gpu_hour: Amount | None = None
    mfu: Share | None = None
    bound: Literal["", "at most", "at least"] = ""
    """Whether the amount is told as a limit."""
    stack: Literal["vendor", "open", "research"] = "open"
    plan: str = ""
    """Preset that predicts it from first principles, where its fields alone cannot."""
    compared: ComparedWith | None = None
    includes: tuple[Text, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    note: str = ""


def shipped_claims() -> Mapping[str, ClaimEntry]:
    """The shipped claims by id, in the order of the file. Raises CatalogError for a wrong record."""
    path = resource("claims.yaml")
    found: dict[str, ClaimEntry] = {}
    for claim in yaml_record(read_text(path), tuple[ClaimEntry, ...], path.name):
        if claim.id in found:
            raise CatalogError(tr("{name}, {id}: the id appears twice.", name=path.name, id=claim.id))
        found[claim.id] = claim
    return found

"""A rental price with everything needed to judge it: who asks it, on what terms, and when it was read."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Usd = Annotated[float, msgspec.Meta(gt=0, le=1e6)]
IsoDay = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]

Commitment = Literal[
    "marketplace", "single", "specialist", "hyperscaler", "one-year", "capacity-block", "claim"
]
"""Terms of a default price: single cards from many hosts, single accelerators from a cloud, a GPU cloud's
on-demand price, a large cloud's list price, a year's contract, a short reserved block, or the price an
author's cost claim assumes."""

OFFERS: tuple[Commitment, ...] = (
    "specialist",
    "single",
    "hyperscaler",
    "one-year",
    "marketplace",
    "capacity-block",
)
"""Terms anybody can have, in the order a default is looked for."""

COMMITMENTS: tuple[Commitment, ...] = (*OFFERS, "claim")

NO_CLUSTER = ("single", "marketplace")
"""Terms of accelerators without a fast network between them: they say nothing of what a cluster costs."""


class PriceCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price per accelerator-hour, in USD before tax, as a project freezes it."""

    accelerator: str
    """Accelerator id of the catalogue, for example ``h100-sxm``."""
    usd_per_gpu_hour: float
    """USD per accelerator per hour."""
    supplier: str
    """Who asks the price: a cloud, several named clouds, or the author of a published claim."""
    commitment: str
    """Terms: one of ``COMMITMENTS``, or words of the user's own."""
    source: str
    """Where the price was read: page, data set or document."""
    date: str
    """ISO day (or first day of the month) the price was read or published."""
    includes: str = ""
    """What the hour buys besides the accelerator, in words; empty = not stated."""


class PriceQuote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price as one supplier asked it on one day: a row of ``resources/prices.csv``."""

    accelerator: Text
    supplier: Text
    usd_per_gpu_hour: Usd
    terms: Literal[
        "on-demand",
        "marketplace",
        "one-year",
        "three-year",
        "long-term",
        "short-term",
        "spot",
        "capacity-block",
        "serverless",
        "managed",
        "claim",
    ]
    tier: Literal["marketplace", "specialist", "hyperscaler", "index", "claim"]
    date: IsoDay
    """Day read; the first day of the window when ``date_precision`` is coarser than a day."""
    date_precision: Literal["day", "month", "year", "window"]
    standing: Literal["listed", "unverified", "variant-unknown", "floor"]
    """Anything but ``listed`` is shown, and never enters a default price."""
    source: Text
    instance: str = ""
    gpus_per_instance: Annotated[int, msgspec.Meta(ge=1, le=100_000)] | None = None
    region: str = ""
    read_via: str = ""
    """The data set the price was taken from, when the supplier's own page was not read."""
    note: str = ""

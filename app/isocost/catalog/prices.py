"""A rental price with everything needed to judge it: who asks it, on what terms, and when it was read."""

from __future__ import annotations

import msgspec


class PriceCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One price per accelerator-hour, in USD before tax, as a project freezes it."""

    accelerator: str
    """Accelerator id of the catalogue, for example ``h100-sxm``."""
    usd_per_gpu_hour: float
    """USD per accelerator per hour."""
    supplier: str
    """Who asks the price: a cloud, several named clouds, or the author of a published claim."""
    commitment: str
    """Terms: marketplace, specialist, hyperscaler, one-year, claim or typed."""
    source: str
    """Where the price was read: page, data set or document."""
    date: str
    """ISO day (or first day of the month) the price was read or published."""
    includes: str = ""
    """What the hour buys besides the accelerator, in words; empty = not stated."""

"""gpuhunt's catalogue: a CSV file a provider, whose name is the provider's."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from isocost.files.imports.prices.entries import MOST_PER_INSTANCE, PriceEntry, Rows, figure, usd
from isocost.files.imports.prices.providers import MARKETS
from isocost.files.imports.prices.tables import Line, lines_of

COLUMNS = {"instance_name", "location", "price", "gpu_count", "gpu_name"}
MARKET_SHARE = 0.25
"""Of the hosts of a market, that ask less than what is taken: the lowest are not to be had for long."""


def read(text: str, provider: str | None, date: str) -> Rows:
    """The prices of one provider."""
    found = Rows("gpuhunt")
    hosts: list[PriceEntry] = []
    for line in lines_of(text):
        found.read += 1
        entry = _entry(found, line, provider, date)
        if entry is None:
            continue
        if provider in MARKETS:
            hosts.append(entry)
        else:
            found.add(entry)
    for entry in _of_market(hosts):
        found.add(entry)
    return found


def _entry(found: Rows, line: Line, provider: str | None, date: str) -> PriceEntry | None:
    instance, name = line.get("instance_name"), line.get("gpu_name")
    count, price = figure(line.get("gpu_count")), usd(line.get("price"))
    if not name or not count or not 0.0 < count <= MOST_PER_INSTANCE:
        found.skip(line.place, f"{instance or 'the row'} has no accelerator.")
        return None
    if price is None:
        found.skip(line.place, f"{line.get('price')[:40]!r} is no price.")
        return None
    spot = line.get("spot").casefold() in ("true", "1", "yes")
    market = provider in MARKETS and not spot
    cpus, memory = figure(line.get("cpu")), figure(line.get("memory"))
    parts = [f"{cpus:.0f} vCPU" if cpus else "", f"{memory:.0f} GB" if memory else ""]
    return PriceEntry(
        accelerator=name,
        gpus=count,
        instance=instance or None,
        usd_per_gpu_hour=price / count,
        kind="spot" if spot else "marketplace" if market else "on-demand",
        region=line.get("location") or None,
        provider=provider,
        memory_gb=figure(line.get("gpu_memory")) or None,
        includes=", ".join(part for part in parts if part),
        date=date,
    )


def _of_market(hosts: Iterable[PriceEntry]) -> Iterable[PriceEntry]:
    """One price for the hosts that offer the same: what a quarter of them asks less than."""
    alike: dict[tuple[object, ...], list[PriceEntry]] = {}
    for each in hosts:
        alike.setdefault((each.accelerator, each.memory_gb, each.gpus, each.kind), []).append(each)
    for offers in alike.values():
        asked = [each.usd_per_gpu_hour for each in offers]
        first = offers[0]
        yield PriceEntry(
            accelerator=first.accelerator,
            gpus=first.gpus,
            instance=None,
            usd_per_gpu_hour=float(np.quantile(asked, MARKET_SHARE)),
            kind=first.kind,
            region=None,
            provider=first.provider,
            memory_gb=first.memory_gb,
            includes=f"lower quartile of {len(asked)} hosts, with their storage",
            date=first.date,
        )

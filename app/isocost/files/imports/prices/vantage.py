"""``instances.json`` of Vantage: a list of instances with their prices by region and terms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from isocost.files.imports.prices.entries import MOST_PER_INSTANCE, PriceEntry, Rows, figure, usd
from isocost.files.imports.source import one_line

_RESERVED = re.compile(r"yrTerm(?P<years>[13])(?:Standard|Convertible)?\.", re.IGNORECASE)
_COMMITTED = {"cud_1yr": "1-yr reserved", "cud_3yr": "3-yr reserved"}
SYSTEM = "linux"
LONGEST_NAME = 200


def is_instances(held: object) -> bool:
    """Whether something is such a list."""
    return isinstance(held, list) and any(
        isinstance(each, dict) and "instance_type" in each and isinstance(each.get("pricing"), dict)
        for each in held[:50]
    )


def read(held: list[Any]) -> Rows:
    """The prices of every instance with accelerators, for Linux."""
    found = Rows("vantage")
    for place, each in enumerate(held, 1):
        found.read += 1
        where = f"entry {place}"
        if not isinstance(each, dict):
            found.skip(where, "it is no instance.")
            continue
        _instance(found, where, each)
    return found


def _instance(found: Rows, where: str, held: Mapping[str, Any]) -> None:
    name = _text(held.get("instance_type")) or "the instance"
    count, model = figure(held.get("GPU")), _text(held.get("GPU_model"))
    if not count or not 0.0 < count <= MOST_PER_INSTANCE:
        found.skip(where, f"{name} has no accelerator.")
        return
    if not model:
        found.skip(where, f"which accelerator {name} has is not said.")
        return
    memory, cpus, ram = (figure(held.get(key)) for key in ("GPU_memory", "vCPU", "memory"))
    parts = [f"{cpus:.0f} vCPU" if cpus else "", f"{ram:.0f} GiB" if ram else ""]
    priced = 0
    for region, kind, price in _prices(held.get("pricing")):
        priced += 1
        found.add(
            PriceEntry(
                accelerator=re.sub(r"^(?:NVIDIA|AMD)\s+", "", model),
                gpus=count,
                instance=name,
                usd_per_gpu_hour=price / count,
                kind=kind,
                region=region,
                provider=_provider(name, held),
                memory_gb=memory / count if memory and memory > 0.0 else None,
                includes=", ".join(part for part in parts if part),
            )
        )
    if not priced:
        found.skip(where, f"{name} has no price for {SYSTEM}.")


def _prices(pricing: object) -> Iterator[tuple[str, str, float]]:
    """(region, terms, USD an hour of the instance)."""
    for region, systems in pricing.items() if isinstance(pricing, dict) else ():
        offers = systems.get(SYSTEM) if isinstance(systems, dict) else None
        if not isinstance(offers, dict):
            continue
        told = {
            "on-demand": usd(offers.get("ondemand")),
            "spot": usd(offers.get("spot_avg")) or usd(offers.get("spot")) or usd(offers.get("spot_min")),
            **{kind: usd(offers.get(key)) for key, kind in _COMMITTED.items()},
        }
        for key, price in _reserved(offers.get("reserved")):
            kind = f"{key}-yr reserved"
            told[kind] = min(price, told.get(kind) or price)
        for kind, asked in told.items():
            if asked is not None:
                yield _text(region), kind, asked


def _reserved(held: object) -> Iterator[tuple[str, float]]:
    """(years, USD an hour) of every way to pay a reservation; paid at once they are hourly as well."""
    for key, price in held.items() if isinstance(held, dict) else ():
        found, asked = _RESERVED.match(str(key)), usd(price)
        if found is not None and asked is not None:
            yield found["years"], asked


def _provider(name: str, held: Mapping[str, Any]) -> str:
    """The cloud, by how its instances are called: the site has a list a cloud, of one form."""
    if name.startswith("Standard_"):
        return "azure"
    gcp = any(
        isinstance(systems, dict)
        and isinstance(offers := systems.get(SYSTEM), dict)
        and any(key in offers for key in _COMMITTED)
        for systems in held["pricing"].values()
    )
    return "gcp" if gcp else "aws"


def _text(held: object) -> str:
    return one_line(held)[:LONGEST_NAME] if isinstance(held, str) else ""

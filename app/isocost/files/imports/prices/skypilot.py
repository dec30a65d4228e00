"""SkyPilot's catalogue: ``catalogs/v8/<cloud>/vms.csv``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from isocost.files.imports.prices.entries import PriceEntry, Rows, figure, usd
from isocost.files.imports.prices.tables import Line, lines_of
from isocost.quantities.units import KIBI

COLUMNS = {"instancetype", "acceleratorname", "acceleratorcount", "price"}
_TPU = re.compile(r"(?P<name>tpu-v\d+[a-z]*)-(?P<many>\d{1,6})", re.IGNORECASE)
_IN_CORES = ("tpu-v2", "tpu-v3", "tpu-v4", "tpu-v5p")
"""Slices whose names count cores, of which a chip has two."""
MEMORY_GB = {"A100": 40.0, "V100": 16.0}
"""Of names that leave it out where the catalogue means the smaller of two."""
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "A100": ("a2-highgpu-{n}g", "a2-megagpu-{n}g"),
    "A100-80GB": ("a2-ultragpu-{n}g",),
    "H100": ("a3-highgpu-{n}g",),
    "H100-MEGA": ("a3-megagpu-{n}g",),
    "H200": ("a3-ultragpu-{n}g",),
    "B200": ("a4-highgpu-{n}g",),
    "GB200": ("a4x-highgpu-{n}g",),
}
_L4_HOSTS = {1: (4, 8, 12, 16, 32), 2: (24,), 4: (48,), 8: (96,)}
"""GCP's machines by the accelerators they hold: their prices are rows apart, to be added."""
LONGEST_LITERAL = 5_000


def read(text: str, provider: str | None, date: str) -> Rows:
    """The prices of a file of one cloud. Azure writes 0 where it knows none: that is no price."""
    found = Rows("skypilot")
    lines = list(lines_of(text))
    hosts = _hosts(lines)
    used: set[str] = set()
    for line in lines:
        found.read += 1
        if line.get("acceleratorname"):
            _accelerator(found, line, hosts, used, provider, date)
    for line in lines:
        if not line.get("acceleratorname") and line.get("instancetype") not in used:
            found.skip(line.place, f"{line.get('instancetype') or 'the row'} has no accelerator.")
    return found


def _hosts(lines: Sequence[Line]) -> dict[str, list[Line]]:
    """Machines without an accelerator of their own, by name."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line.get("instancetype") and not line.get("acceleratorname"):
            found.setdefault(line.get("instancetype"), []).append(line)
    return found


def _accelerator(
    found: Rows,
    line: Line,
    hosts: Mapping[str, Sequence[Line]],
    used: set[str],
    provider: str | None,
    date: str,
) -> None:
    name, count = line.get("acceleratorname"), figure(line.get("acceleratorcount"))
    instance: str | None = line.get("instancetype") or None
    prices = {"on-demand": usd(line.get("price")), "spot": usd(line.get("spotprice"))}
    if (slice_ := _TPU.fullmatch(name)) is not None:
        name, count = slice_["name"].lower(), float(slice_["many"])
        count /= 2.0 if name in _IN_CORES else 1.0
    elif count and instance is None:
        host = _host_of(name, count, line, hosts)
        if host is None:
            found.skip(line.place, f"the price of the machine that holds {name} is not in the file.")
            return
        instance = host.get("instancetype")
        used.add(instance)
        for kind, column in (("on-demand", "price"), ("spot", "spotprice")):
            alone, shell = prices[kind], usd(host.get(column))
            prices[kind] = None if alone is None or shell is None else alone + shell
    if not count or count <= 0.0:
        found.skip(line.place, f"how many {name} it holds is not said.")
        return
    if not any(prices.values()):
        found.skip(line.place, f"no price is known of {instance or name}.")
        return
    for kind, price in prices.items():
        if price is not None:
            found.add(
                PriceEntry(
                    accelerator=name,
                    gpus=count,
                    instance=instance,
                    usd_per_gpu_hour=price / count,
                    kind=kind,
                    region=line.get("region") or None,
                    provider=provider,
                    memory_gb=_memory(line.get("gpuinfo")) or MEMORY_GB.get(name),
                    includes=_includes(line),
                    date=date,
                )
            )


def _host_of(name: str, count: float, line: Line, hosts: Mapping[str, Sequence[Line]]) -> Line | None:
    """The cheapest machine of a zone that holds so many of an accelerator."""
    names = [each.format(n=f"{count:.0f}") for each in _HOSTS.get(name, ())]
    if name == "L4":
        names = [f"g2-standard-{size}" for size in _L4_HOSTS.get(int(count), ())]
    possible = list(_there(names, line, hosts))
    return min(possible, key=lambda each: usd(each.get("price")) or float("inf"), default=None)


def _there(names: Sequence[str], line: Line, hosts: Mapping[str, Sequence[Line]]) -> Iterator[Line]:
    for each in (host for name in names for host in hosts.get(name, ())):
        zone, there = line.get("availabilityzone"), each.get("availabilityzone")
        if (zone == there) if zone and there else line.get("region") == each.get("region"):
            yield each


def _memory(info: str) -> float | None:
    """GB of one accelerator, as labels count them; the total beside it is often of one as well: not used."""
    if not info.startswith("{") or len(info) > LONGEST_LITERAL:
        return None
    try:
        held = ast.literal_eval(info)
        size = held["Gpus"][0]["MemoryInfo"]["SizeInMiB"]
    except (ValueError, SyntaxError, RecursionError, MemoryError, TypeError, LookupError):
        return None
    mib = figure(size)
    return mib / KIBI if mib and mib > 0.0 else None


def _includes(line: Line) -> str:
    cpus, memory = figure(line.get("vcpus")), figure(line.get("memorygib"))
    parts = [f"{cpus:.0f} vCPU" if cpus else "", f"{memory:.0f} GiB" if memory else ""]
    return ", ".join(part for part in parts if part)

"""Which counts of an accelerator one can have: part of a server, or whole ones."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.records import AcceleratorEntry

Counts = NDArray[np.int64]

LARGEST_COUNT = 131_072


def units_of(entry: AcceleratorEntry, owned: bool) -> tuple[int, ...]:
    """Counts one can have, rising: below the last these only, above it whole multiples of the last.

    What suppliers rent; of accelerators one owns any number within a server, and whole servers above it.
    """
    return tuple(range(1, entry.spec.node_size + 1)) if owned else entry.rent_units


MACHINES = ("node", "server", "machine", "box", "instance", "host")
"""What people call that which holds the accelerators of one node."""


def counted_by(entry: AcceleratorEntry, catalog: Catalog) -> dict[str, float]:
    """How many accelerators are meant by what people count: one of its names, an instance, a node, a rack."""
    counted: dict[str, float] = {}
    for name in catalog.accelerator_names.spellings(entry.spec.id):
        alias = catalog.alias(name)
        each = float(alias.count or 1) if alias else 1.0
        counted |= {name: each, f"{entry.spec.vendor} {name}": each}
    # "16 HGX H100 nodes" are no nodes of nodes.
    nodes = {f"{name} {machine}": each for name, each in counted.items() if each > 1 for machine in MACHINES}
    return counted | nodes | _held_by(entry)


def _held_by(entry: AcceleratorEntry) -> dict[str, float]:
    """How many accelerators stand in a node, by all its names, and in a rack.

    Cards of one's own stand in machines of any size. GPUs whose fast links join several nodes are sold by the
    rack: its backplane is as far as those links go. What another rack holds is its owner's choice.
    """
    node, domain = entry.spec.node_size, entry.spec.scaleup_domain
    held = dict.fromkeys(MACHINES, float(node)) if node > 1 or domain == 1 else {}
    return held | ({"rack": float(domain)} if entry.noun == "GPU" and domain > node > 1 else {})


def obtainable(counts: Counts, units: tuple[int, ...]) -> Counts:
    """The counts rounded up to what one can have; at the largest of all plans, down to it."""
    step = units[-1]
    whole = np.minimum(-(-counts // step), LARGEST_COUNT // step) * step
    part = np.array(units)[np.searchsorted(units, np.minimum(counts, step))]
    return np.where(counts <= step, part, whole).astype(np.int64)


def obtained(count: float, units: tuple[int, ...]) -> int:
    """One count rounded up to what one can have."""
    return int(obtainable(np.array([np.ceil(count)], dtype=np.int64), units)[0])


@lru_cache(maxsize=512)
def count_grid(units: tuple[int, ...], keep: int) -> Counts:
    """Counts as clusters are built, from the smallest one can have up; ``keep`` is among them.

    Parts of a server, then doublings of it with two steps between them: 1, 2, 4, 8, 16, 32, 40, 48, 64, 80...
    """
    step = units[-1]
    doublings = 2.0 ** np.arange(1 + int(np.log2(LARGEST_COUNT / step)))
    grid = np.outer(doublings, (1.0, 1.25, 1.5)).ravel()
    servers = grid[(grid % 1 == 0) & (grid * step <= LARGEST_COUNT)].astype(np.int64) * step
    counts = np.unique(np.concatenate([units, servers, [obtained(keep, units)]]).astype(np.int64))
    counts.setflags(write=False)  # everybody is given the same
    return counts

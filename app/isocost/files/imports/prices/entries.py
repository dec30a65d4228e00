"""Prices of a catalogue: one an instance, region and terms, for one accelerator and hour."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from isocost.catalog import Catalog
from isocost.evidence.rows.words import accelerator_spellings, memory_named
from isocost.quantities.units import GIGA

DEAREST = 1e6
"""USD an hour of an instance above which nothing is a price."""
MOST_PER_INSTANCE = 10_000
SAME_MEMORY = 0.15
"""Share by which the memory of a catalogue may differ from a part's: GB and GiB, what a driver keeps."""
LONGEST_NAME = 100
"""Letters of an accelerator's name that are looked at."""
MOST_REASONS = 200
"""Rows left out that are named each."""
KINDS = ("on-demand", "marketplace", "1-yr reserved", "3-yr reserved", "capacity-block", "spot")
"""Terms, in the order in which a plan takes them for usual."""


@dataclass(frozen=True, slots=True)
class PriceEntry:
    """One price."""

    accelerator: str
    """As the file calls it."""
    gpus: float | None
    """Of the instance; a fraction where one is shared."""
    instance: str | None
    usd_per_gpu_hour: float
    kind: str
    region: str | None
    provider: str | None
    memory_gb: float | None = None
    """Of one accelerator, where the file says."""
    includes: str = ""
    date: str = ""
    """Empty = the file does not say."""
    source: str = ""
    part: str | None = None
    """Id of the catalogue; None = it has no such part."""

    def as_json(self) -> dict[str, object]:
        """Every field by its name in commands."""
        gpus = self.gpus
        return {
            "accelerator": self.accelerator,
            "gpus_per_instance": int(gpus) if gpus is not None and gpus == int(gpus) else gpus,
            "instance": self.instance,
            "usd_per_gpu_hour": self.usd_per_gpu_hour,
            "kind": self.kind,
            "region": self.region,
            "provider": self.provider,
            "date": self.date or None,
            "part": self.part,
        }


@dataclass(slots=True)
class Rows:
    """What the rows of a file come to, while they are read."""

    format: str
    read: int = 0
    skipped: int = 0
    why: list[str] = field(default_factory=list)
    prices: dict[tuple[object, ...], PriceEntry] = field(default_factory=dict)
    """By what they are of: an instance in several zones of a region is one, at the lowest price."""

    def skip(self, place: str, reason: str) -> None:
        """Leave a row out, and say why."""
        self.skipped += 1
        if len(self.why) < MOST_REASONS:
            self.why.append(f"{place}: {reason}")

    def add(self, entry: PriceEntry) -> None:
        """One more price."""
        key = (entry.provider, entry.instance, entry.accelerator, entry.gpus, entry.region, entry.kind)
        held = self.prices.get(key)
        if held is None or entry.usd_per_gpu_hour < held.usd_per_gpu_hour:
            self.prices[key] = entry

    def reasons(self) -> tuple[str, ...]:
        """Why rows were left out; the last says how many more there are."""
        more = self.skipped - len(self.why)
        return (*self.why, *([f"and {more:,} more rows."] if more > 0 else []))


def usd(text: object) -> float | None:
    """A price as catalogues write it; None where there is none: empty, "N/A", 0 for "not known"."""
    value = figure(text)
    return value if value is not None and 0.0 < value <= DEAREST else None


def figure(text: object) -> float | None:
    """A number of a cell; None where it is none."""
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        return None
    try:
        value = float(text.strip().lstrip("$").replace(",", "") if isinstance(text, str) else text)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def with_parts(entries: Iterable[PriceEntry], catalog: Catalog) -> tuple[PriceEntry, ...]:
    """The prices with the parts of the catalogue that they are of."""
    known: dict[tuple[str, float | None], str | None] = {}
    found = []
    for entry in entries:
        key = (entry.accelerator, entry.memory_gb)
        if key not in known:
            known[key] = part_of(*key, catalog)
        found.append(replace(entry, part=entry.part or known[key]))
    return tuple(found)


def part_of(label: str, memory_gb: float | None, catalog: Catalog) -> str | None:
    """Id of the part that a label and the memory beside it name; None = there is none of that memory."""
    label = label.strip()[:LONGEST_NAME]
    plain = _MAKER.sub("", label)
    plain = _OTHER_NAMES.get(plain.casefold(), plain)
    named = memory_named(plain)
    spellings = [plain, label, *accelerator_spellings(plain)]
    if memory_gb is not None and named is None:
        spellings.insert(0, f"{plain}-{memory_gb:.0f}GB")
    wanted = memory_gb if memory_gb is not None else named
    for spelling in spellings:
        # Not by the lookup that says what an unknown name may mean: a catalogue has hundreds of them.
        entry = catalog.accelerators.get(catalog.accelerator_names.find(spelling) or spelling)
        if entry is None:
            continue
        held = entry.spec.memory_bytes / GIGA
        if wanted is None or abs(wanted / held - 1.0) <= SAME_MEMORY:
            return entry.spec.id
    return None


_MAKER = re.compile(r"^(?:NVIDIA|AMD|AWS|Intel|Google)\s+(?:Tesla\s+)?", re.IGNORECASE)
_OTHER_NAMES = {
    "tpu-v5litepod": "tpu-v5e",
    "h100-mega": "H100",
    "gaudi hl-205": "gaudi",
    "h100nvl": "H100-NVL",
}
"""Names of catalogues that are other words for a part: a machine with a faster network, a card's number."""

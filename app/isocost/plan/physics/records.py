"""What a stage is run on and what comes of it: arrays over the counts of one accelerator."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from isocost.catalog import Catalog
from isocost.catalog.records import named_for
from isocost.language import later, tr
from isocost.plan.physics.counts import Counts, obtained, units_of
from isocost.plan.physics.throughput import Throughput
from isocost.plan.values import Efficiency, Hardware, Layout, ModelChoice
from isocost.quantities import Quantity
from isocost.quantities.units import HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class FlopCount:
    """Floating-point operations of a stage: ours from the shapes, and the 6ND people quote."""

    matmul: float
    attention: float
    six_nd: float
    frozen: bool = False
    """Adapters are trained, the weights themselves are not: no gradients of theirs."""
    reference: bool = False
    """A frozen copy reads every token too."""

    @property
    def total(self) -> float:
        """Matmul and attention, recomputation left out."""
        return self.matmul + self.attention


@dataclass(frozen=True, slots=True)
class Part:
    """One share of a whole: bytes of an accelerator's memory, or seconds of a step."""

    name: str
    """What it is in any language."""
    amount: float

    @property
    def label(self) -> str:
        """What it is called."""
        return tr(self.name)


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A whole and what it is made of."""

    parts: tuple[Part, ...]
    limit: float | None = None
    """What the whole must stay below, when there is such a thing (an accelerator's usable bytes)."""
    low: float = 1.0
    high: float = 1.0
    """Measured wholes over those predicted: one in ten is below ``low``, one in ten above ``high``."""

    @property
    def close(self) -> bool:
        """Whether the whole is nearer to its limit than our error: it may be above or below."""
        limit = math.inf if self.limit is None else self.limit
        return self.total * self.low <= limit < self.total * self.high

    @property
    def too_much(self) -> bool:
        """Whether the whole is above its limit."""
        return self.limit is not None and self.total > self.limit

    @property
    def total(self) -> float:
        """Sum of the parts."""
        return sum(part.amount for part in self.parts)


DRIVER, REPLICA = later("Driven by"), later("Replica")
"""Facts that are told elsewhere too."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact about a stage worth showing beside its cost: what drives it, a bound, a rate."""

    label: str
    """What it is in any language, said where it is shown."""
    value: float | str
    quantity: Quantity | Literal[""]
    """How a number is shown; empty for words."""
    unit: str = ""
    note: str = ""
    """What it means, in a few words."""

    def called(self, noun: str) -> Detail:
        """The fact as it is said of accelerators that are called so."""
        return replace(self, unit=named_for(noun, self.unit), note=named_for(noun, self.note))


Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Job:
    """A stage with all it works on, its own or its scenario's, and what it is run on."""

    stage: Any
    """The record of one of the kinds of stage; each runner knows its own."""
    model: ModelChoice
    efficiency: Efficiency
    layout: Layout
    """Parts of the parallel layout that are pinned."""
    hardware: Hardware
    """What the plan runs it on."""
    accelerators: tuple[str, ...]
    """Those it is run on here, by id."""
    counts: tuple[Counts, ...]
    """How many of each, of those one can have."""
    owned: bool
    """Whether they are one's own, so that any number within a server can be had."""
    catalog: Catalog
    each_count: bool = False
    """Whether every count is worked out by itself, as what is chosen among them has to be; a curve may lay
    lines between a few."""

    @property
    def planned(self) -> int:
        """How many accelerators the plan has here."""
        units = units_of(self.catalog.accelerator(self.hardware.accelerator), self.owned)
        return obtained(self.hardware.count, units)

    @property
    def explained(self) -> bool:
        """Whether details are wanted: of one accelerator at one count, not along a curve."""
        return len(self.counts) == 1 and len(self.counts[0]) == 1


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason why hours may differ from the median: factors on them at two percentiles."""

    name: str
    """What it is in any language: "Step model", said where it is shown."""
    slow: float
    """At the 90th, 1 or more."""
    fast: float
    """At the 10th, 1 or less."""
    still: str = ""
    """Why it moves nothing, in a few words; empty where it does."""


STEP_MODEL, WASTE, GENERATED = later("Step model"), later("Whole-run waste"), later("Generation and rounds")
"""Names of doubts: one name is one error, which moves all stages it is in together."""


@dataclass(frozen=True, slots=True)
class StageRun:
    """A stage at each of several counts of one accelerator (arrays over the counts)."""

    accelerator: str
    counts: Counts
    gpu_hours: Array
    fits: NDArray[np.bool_]
    computed: bool = True
    """Whether physics was asked if it fits; hours taken as claimed were not."""
    goodput: Array | None = None
    mfu: Array | None = None
    mfu_source: str = ""
    tokens_per_s_per_gpu: Array | None = None
    speed: Throughput | None = None
    """Of the layout search; None for stages that do not train with it."""
    flops: FlopCount | None = None
    batch_tokens: float | None = None
    work: object = None
    """What its hours were worked out from, as its runner knows it (Training, Recipe, Writing, Lessons), for
    explanations; None = a claim, or a share of other stages."""
    waste: Array | None = None
    """Share of the hours that whole runs lose beyond goodput; None where no steps are predicted."""
    waste_source: str = ""
    wasted: Array | None = None
    """Hours of them that this takes, or that a share of such hours holds; None = none."""
    doubts: tuple[Doubt, ...] = ()
    """Why it may take longer or shorter; independent of each other."""
    details: tuple[Detail, ...] = field(default=())

    @property
    def slow(self) -> float:
        """Time at the 90th percentile over the central time."""
        return joint_factor(*(doubt.slow for doubt in self.doubts))

    @property
    def fast(self) -> float:
        """Time at the 10th percentile over the central time."""
        return 1.0 / joint_factor(*(1.0 / doubt.fast for doubt in self.doubts))

    def at(self, count: int) -> StageRun:
        """The run at one position in ``counts`` alone.

        A share of other stages on accelerators of its own has one count, and hours for each of theirs.
        """
        arrays = {f.name: v for f in fields(self) if isinstance(v := getattr(self, f.name), np.ndarray)}
        kept: dict[str, Any] = {name: v[count : count + 1] for name, v in arrays.items() if len(v) > 1}
        if self.speed is not None and len(self.counts) > 1:
            kept["speed"] = self.speed.at(count)
        return replace(self, **kept) if kept else self

    @property
    def wall_days(self) -> Array:
        """Days on all accelerators."""
        return self.gpu_hours / self.counts / HOURS_PER_DAY


def doubts_of_sum(hours: Sequence[float], doubts: Sequence[tuple[Doubt, ...]]) -> tuple[Doubt, ...]:
    """Doubts of a sum from those of its parts: one of a name moves all that have it."""
    total = sum(hours)
    if total <= 0:
        return ()
    shares = [part / total for part in hours]
    found = []
    for name in dict.fromkeys(doubt.name for part in doubts for doubt in part):
        own = [(s, d) for s, part in zip(shares, doubts, strict=True) for d in part if d.name == name]
        slow, fast = (1.0 + sum(s * (getattr(d, end) - 1.0) for s, d in own) for end in ("slow", "fast"))
        still = next((d.still for _, d in own if d.still), "") if slow == fast else ""
        found.append(Doubt(name, slow, fast, still))
    return tuple(found)


def joint_factor(*factors: float) -> float:
    """The 90th percentile's factor on a product of independent lognormal ones, each 1 or more."""
    return math.exp(math.hypot(*(math.log(f) for f in factors)))

"""What a log says: its records in columns, and facts that stand once."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MemoryKind = Literal["max allocated", "max active", "max reserved", "driver"]
MEMORY_KINDS: tuple[MemoryKind, ...] = ("max allocated", "max active", "max reserved", "driver")
"""From the least to the most that is counted; the first that a log tells is its figure."""

COLUMNS = (
    "step",
    "seconds",
    "rate",
    "total_rate",
    "sequences_rate",
    "batch",
    "step_tokens",
    "seen",
    "mfu",
)
"""Of a record: which step; seconds of one; tokens a second of one accelerator, and of all; sequences a second
of all; sequences of a step, and its tokens; sequences seen so far; model FLOP utilization as a share."""

LAYOUT = ("gpus", "tp", "pp", "vp", "cp", "ep", "microbatch", "batch", "sequence")
"""Facts of a run that its log may print."""
_OF_THE_RUN = ("gpus", "tp", "pp", "cp", "ep", "sequence")
"""Facts with which another run begins where they change."""
LARGEST = 1e18


@dataclass(slots=True)
class Run:
    """One run of a log: a file may hold several, one after another."""

    columns: dict[str, array[float]] = field(default_factory=lambda: {name: array("d") for name in COLUMNS})
    facts: dict[str, float] = field(default_factory=dict)
    memory: dict[MemoryKind, float] = field(default_factory=dict)
    """Bytes, the most of any process."""
    starts: list[int] = field(default_factory=lambda: [0])
    """Records that are the first after a start or a restart."""

    def __len__(self) -> int:
        return len(self.columns["step"])

    def column(self, name: str) -> Array:
        """A column; NaN where a record does not say."""
        return np.array(self.columns[name], dtype=np.float64)

    def add(self, values: dict[str, float]) -> None:
        """One more record; the same step again is another process's word, an earlier one a restart."""
        step = values.get("step", math.nan)
        if len(self) and not math.isnan(step):
            last = self.columns["step"][-1]
            if step == last:
                return
            if step < last:
                self.starts.append(len(self))
        for name, held in self.columns.items():
            held.append(values.get(name, math.nan))

    def uses(self, kind: MemoryKind, size: float) -> None:
        """So many bytes were in use."""
        if 0.0 < size < LARGEST:
            self.memory[kind] = max(size, self.memory.get(kind, 0.0))


@dataclass(slots=True)
class Series:
    """Everything a log says, before what is steady in it is chosen."""

    format: str
    runs: list[Run] = field(default_factory=lambda: [Run()])
    warm_up: int = 0
    """Steps after each start that the program itself leaves out of its averages."""
    drops_first: bool = True
    """Whether the first record after a start holds the warm-up; False = differences were taken already."""
    averaged: bool = False
    """Whether its one record is an average of the steady state already."""
    trains: bool = True
    """Whether a step is the training of its batch alone; False = text is generated in it as well."""
    notes: list[str] = field(default_factory=list)

    @property
    def run(self) -> Run:
        """The run that is being read."""
        return self.runs[-1]

    def fact(self, name: str, value: float) -> None:
        """A fact of the run; another value than before, once there are records, begins another run."""
        if not 0.0 < value < LARGEST:
            return
        known = self.run.facts.get(name)
        if name in _OF_THE_RUN and known not in (None, value) and len(self.run):
            self.runs.append(Run(facts=dict(self.run.facts)))
        self.run.facts[name] = value


def number(text: str | None) -> float | None:
    """A number as logs print it ("1,216,385", "1.2e3", "8.9K"); None where it is none that can be used."""
    if not text:
        return None
    scale = _SUFFIX.get(text[-1].upper(), 1.0)
    try:
        value = float((text[:-1] if scale > 1.0 else text).replace(",", "")) * scale
    except ValueError:
        return None
    return value if math.isfinite(value) and abs(value) < LARGEST else None


_SUFFIX = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def numeric(value: object) -> float | None:
    """A number that JSON or a Python literal holds, also as text; None for anything else."""
    if isinstance(value, str):
        return number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < LARGEST else None

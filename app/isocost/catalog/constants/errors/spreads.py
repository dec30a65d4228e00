"""How far off the step-time model has been on runs left out of its fit (``resources/accuracy.yaml``).

Beside it, by how near the measured runs are, what a prediction is called (``resources/evidence.yaml``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec

from isocost.catalog.table import yaml_record
from isocost.engine.records import Accelerator, Stack, Transformer, Workload

Platform = Literal["nvidia", "open", "elsewhere"]
"""NVIDIA's tuned stack on its accelerators, open-source code on them, and other makers' accelerators."""
Kind = Literal["dense-16bit", "dense-low", "moe-16bit", "moe-low", "hybrid", "tuning"]
RESEARCH = "research code"


class Spread(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Measured over predicted throughput of the left-out runs of one class."""

    runs: int
    sources: int
    low: float
    """10th percentile."""
    high: float
    """90th percentile."""

    def multiple(self, error: float) -> float:
        """A logarithm of measured over predicted as a multiple of the end on its side; negative = below 1."""
        return error / math.log(self.high if error > 0.0 else 1.0 / self.low)


class LeftOutScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Errors of one source's runs when none of them is in the fit."""

    runs: int
    median: float
    """Median absolute error, a share of the measured throughput."""
    p90: float
    bias: float
    """Median signed error."""


class Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Shares of left-out runs inside their 10-90 % range."""

    rows: float
    """Of the runs of trusted sources and of the measured grid, one by one."""
    sources: float
    """Of a source's runs inside ranges made without it, the mean over all sources."""
    never_fitted: float
    """The same over the sources kept out of every fit."""


class AccuracyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Errors on runs left out of the fit, by class of run and by source (``resources/accuracy.yaml``)."""

    spreads: dict[str, Spread]
    unmeasured: float
    """Factor on the logarithm of a spread for architectures without measured runs."""
    unstated: float
    """The same for runs whose layout is not known."""
    shared: float
    """Share of the variance of a class's errors that runs of one source have in common."""
    left_out: dict[str, LeftOutScore]
    macro: dict[str, float]
    coverage: Coverage

    def spreads_of(self, relatives: Mapping[str, str]) -> Spreads:
        """The ranges of predictions; those of architectures among ``relatives`` are widened."""
        return Spreads(dict(self.spreads), self.unmeasured, tuple(relatives), self.unstated)


@dataclass(frozen=True, slots=True)
class Spreads:
    """The 10-90 % range of each class of run."""

    by_class: dict[str, Spread]
    unmeasured: float
    """Factor on the logarithm of a spread for ``unmeasured_architectures``."""
    unmeasured_architectures: tuple[str, ...]
    """Architectures without runs in the fit."""
    unstated: float = 1.0
    """The same factor for runs whose layout is not known."""

    def width(self, accelerator: Accelerator, *, layout_known: bool) -> float:
        """Factor on the logarithm of a class's range."""
        width = self.unmeasured if accelerator.architecture in self.unmeasured_architectures else 1.0
        return width * (1.0 if layout_known else self.unstated)


class EvidenceRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a prediction is called measured, near, extrapolated or guessed."""

    alike: float
    """Factor up to which each size of a run is the plan's: *measured*."""
    close: float
    """Distance up to which a run is much like a plan: *near*."""
    counts: float
    """Share of a plan's rent from which on a stage's word can be the plan's."""
    halves: float
    """Distance over which what a measured run says of a plan's range halves."""
    unseen: float
    """Weight of a source that nobody has seen, beside 1 for one with runs as a plan's."""
    repeats: float
    """Runs of a source that say half of what can be known of it: the rest repeat its software and cluster."""
    least: float
    """Least share of its class's range that near runs can narrow a plan's to, on either side."""
    most: float
    """Most times that range near runs that are far off can widen it to."""
    beside: float
    """Distance to the nearest run up to which a range is not stretched."""
    further: float
    """Share by which it grows with each step of distance beyond."""
    new_format: float
    """Factor on the logarithm of a range where no run in the fit multiplies in the plan's number format on
    its architecture."""
    source: str
    date: str


def read_evidence_rule(text: str) -> EvidenceRule:
    """The rule from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, EvidenceRule, "evidence.yaml")


def run_class(t: Transformer, work: Workload, accelerator: Accelerator, stack: Stack) -> str:
    """The class of runs whose errors a plan shares: a platform and a kind, or ``RESEARCH``."""
    platform = platform_of(accelerator, stack)
    return RESEARCH if platform is None else f"{platform} {_kind(t, work)}"


def platform_of(accelerator: Accelerator, stack: Stack) -> Platform | None:
    """The platform of a class of runs; None for research code, which is a class of its own."""
    if stack == "research":
        return None
    if accelerator.vendor != "NVIDIA":
        return "elsewhere"
    return "open" if stack == "open" else "nvidia"


def _kind(t: Transformer, work: Workload) -> Kind:
    if t.attention == "hybrid":
        return "hybrid"
    if work.method != "full":
        return "tuning"
    low = work.precision in ("fp8", "mxfp8", "nvfp4")
    if t.is_moe:
        return "moe-low" if low else "moe-16bit"
    return "dense-low" if low else "dense-16bit"


def read_accuracy(text: str) -> AccuracyRecord:
    """The record of errors from YAML. Raises CatalogError naming what is missing or unknown."""
    return yaml_record(text, AccuracyRecord, "accuracy.yaml")

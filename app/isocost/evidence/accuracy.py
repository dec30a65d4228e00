"""Scores of predictions against measured runs: errors by source, memory, and ranking of layouts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.constants.physics.memory import MemoryProfiles
from isocost.catalog.entries.frameworks import frameworks
from isocost.engine.arrays import Array
from isocost.evidence.predict import reserved_gb
from isocost.evidence.rows.measured_rows import RunSpec
from isocost.quantities.units import GIGA

SMALLEST_GROUP = 4
"""Measured layouts of one model and count from which a ranking means something."""


@dataclass(frozen=True, slots=True)
class SourceScore:
    """Errors of one source's predictions, as shares of the measured throughput."""

    source: str
    trusted: bool
    """Whether the source counts in the macro-average."""
    runs: int
    median: float
    """Median absolute error."""
    p90: float
    bias: float
    """Median signed error: positive = predicted too fast."""


@dataclass(frozen=True, slots=True)
class RankScore:
    """How well the layouts of one model at one count are ordered."""

    model: str
    accelerators: float
    layouts: int
    spearman: float
    loss: float
    """Throughput lost by running the layout predicted fastest instead of the one measured fastest."""


def _errors(specs: Sequence[RunSpec], rates: Array) -> Array:
    measured = np.array([spec.run.tokens_per_s or np.nan for spec in specs])
    errors: Array = np.asarray(rates) / measured - 1.0
    return errors


def _label(spec: RunSpec, trusted: dict[str, bool]) -> str:
    """The source of a run; runs of a trusted source that are not trusted themselves are scored apart."""
    apart = trusted.get(spec.run.source, False) and spec.run.use != "fit"
    return f"{spec.run.source}, set aside" if apart else spec.run.source


def score_sources(specs: Sequence[RunSpec], rates: Array) -> list[SourceScore]:
    """Score predicted tokens per second, trusted sources first; sources without any are left out."""
    errors = _errors(specs, rates)
    trusted = {spec.run.source: True for spec in specs if spec.run.use == "fit"}
    sources = np.array([_label(spec, trusted) for spec in specs])
    scores = []
    for source in sorted(set(sources.tolist()), key=lambda s: (not trusted.get(s, False), s)):
        own = errors[(sources == source) & ~np.isnan(errors)]
        if not len(own):
            continue
        scores.append(
            SourceScore(
                source=source,
                trusted=trusted.get(source, False),
                runs=len(own),
                median=float(np.median(np.abs(own))),
                p90=float(np.quantile(np.abs(own), 0.9)),
                bias=float(np.median(own)),
            )
        )
    return scores


def macro_average(specs: Sequence[RunSpec], rates: Array) -> dict[str, float]:
    """Mean over trusted sources of the median absolute error, of all their runs and of classes of runs.

    ``dense BF16`` and the like pool each class over the trusted sources first by median per source.
    """
    trusted = np.array([spec.run.use == "fit" for spec in specs])
    moe = np.array([spec.transformer.is_moe for spec in specs])
    hybrid = np.array([spec.transformer.attention == "hybrid" for spec in specs])
    wide = np.array([spec.work.precision in ("bf16", "fp16") for spec in specs])
    whole = np.array([spec.work.method == "full" for spec in specs])
    errors = np.abs(_errors(specs, rates))
    sources = np.array([spec.run.source for spec in specs])
    dense = ~moe & ~hybrid
    groups: dict[str, NDArray[np.bool_]] = {
        "all": trusted,
        "dense 16-bit": trusted & dense & wide & whole,
        "dense low precision": trusted & dense & ~wide & whole,
        "mixture of experts": trusted & moe & ~hybrid,
        "hybrid": trusted & hybrid,
        "tuning": trusted & ~whole,
    }
    result = {}
    for name, rows in groups.items():
        medians = [
            float(np.median(errors[rows & (sources == s)])) for s in sorted(set(sources[rows].tolist()))
        ]
        if medians:
            result[name] = float(np.mean(medians))
    return result


def _ranks(values: Array) -> Array:
    """Ranks from 0, ties sharing their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    mean: Array = np.asarray(last - (counts + 1.0) / 2.0, dtype=np.float64)[inverse]
    return mean


def spearman(a: Array, b: Array) -> float:
    """Rank correlation of two arrays of one length; 0 where one of them is constant."""
    x, y = _ranks(np.asarray(a)), _ranks(np.asarray(b))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])


def score_ranking(specs: Sequence[RunSpec], rates: Array, source: str) -> list[RankScore]:
    """Order of the layouts within each (model, count) of a source that measured a grid of them."""
    groups: dict[tuple[str, float], list[int]] = {}
    for i, spec in enumerate(specs):
        if spec.run.source == source:
            groups.setdefault((spec.run.model, spec.run.accelerators), []).append(i)
    scores = []
    for (model, count), rows in sorted(groups.items()):
        if len(rows) < SMALLEST_GROUP:
            continue
        measured = np.array([specs[i].run.tokens_per_s or np.nan for i in rows])
        predicted = np.asarray(rates)[rows]
        loss = 1.0 - measured[np.argmax(predicted)] / measured.max()
        scores.append(RankScore(model, count, len(rows), spearman(measured, predicted), float(loss)))
    return scores


@dataclass(frozen=True, slots=True)
class MemoryScore:
    """Errors of predicted against measured peaks of one source."""

    source: str
    runs: int
    median: float
    p90: float
    bias: float


def as_reported(spec: RunSpec, peak_gb: float, profiles: MemoryProfiles, pooled_gb: float = 0.0) -> float:
    """A predicted peak, GB, as a run's source reports its own: what tensors fill, or what was taken for them.

    ``pooled_gb`` is what an allocator keeps in other pools (``Memory.pooled``).
    Some frameworks print what their allocator took, and notes say so of others ("reserved", "driver").
    """
    told, name = spec.run.notes.casefold(), spec.run.framework.casefold()
    if not frameworks().reserved_peaks.in_name(name) and "reserved" not in told and "driver" not in told:
        return peak_gb
    taken = reserved_gb(spec, peak_gb, profiles, pooled_gb)
    run, profile = spec.run, profiles.for_framework(spec.run.framework, spec.stack)
    outside = profile.outside(run.accelerators, run.ep or 1.0)
    return taken + outside / GIGA * ("driver" in told)


def score_memory(
    specs: Sequence[RunSpec], peaks_gb: Array, profiles: MemoryProfiles, pooled_gb: Array | None = None
) -> list[MemoryScore]:
    """Score predicted peaks, GB, of the runs that publish theirs, each as its source reports it.

    ``pooled_gb`` is what allocators keep in other pools (``Memory.pooled``); None = nothing.
    """
    pooled = np.zeros(len(specs)) if pooled_gb is None else pooled_gb
    measured = np.array([spec.run.peak_memory_gb or np.nan for spec in specs])
    expected = [
        as_reported(spec, peak, profiles, apart)
        for spec, peak, apart in zip(specs, peaks_gb.tolist(), pooled.tolist(), strict=True)
    ]
    errors = np.array(expected) / measured - 1.0
    sources = np.array([spec.run.source for spec in specs])
    scores = []
    for source in sorted(set(sources[~np.isnan(errors)].tolist())):
        own = errors[(sources == source) & ~np.isnan(errors)]
        quantile = float(np.quantile(np.abs(own), 0.9))
        scores.append(
            MemoryScore(source, len(own), float(np.median(np.abs(own))), quantile, float(np.median(own)))
        )
    return scores

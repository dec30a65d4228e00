"""The 10-90 % ranges of predicted throughput, from runs whose source was in no fit. Part of `make calibrate`.

A range is asked for by somebody whose runs the fit has not seen, so sources weigh alike in it however many
runs they publish (a source of two runs says half as much of itself as a large one), and the sources kept out
of every fit count too. How far into the tails it reaches is judged by ranges made without each source.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from isocost.catalog.constants.errors.spreads import RESEARCH, Kind, Platform, Spreads, run_class
from isocost.evidence.ranges import weighted_quantiles
from isocost.evidence.rows.measured_rows import RunSpec

TAILS = {"nvidia": 0.12, "open": 0.07, "elsewhere": 0.05, "research": 0.1}
"""Share of runs beyond each end, by platform: sources that differ more among themselves need the further ends
for a range made of the others to hold about four of five runs of one that is new."""
LEAST = 1.06
"""No range ends nearer than the noise of a configuration measured twice."""
ALIKE = 2.0
"""Runs of a source that say half of what can be known of it: the rest repeat its software and its cluster."""
ENOUGH = 4
"""Sources from which a class of runs has a range of its own; with fewer, its platform's is spanned too."""
UNMEASURED = 2.1
"""What borrowing the shares of another architecture widens a range by: each measured architecture predicted
with those of each other needs this power of a class's range for it to hold as many runs as it does with their
own (tools/borrowing.py)."""
UNSTATED = 1.5

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """Measured over predicted throughput of runs left out; arrays over runs."""

    classes: NDArray[np.str_]
    sources: NDArray[np.str_]
    logs: Array
    """Logarithm of the ratio, divided by what unmeasured architectures and unstated layouts widen it."""

    def __getitem__(self, rows: NDArray[np.bool_]) -> Residuals:
        return Residuals(self.classes[rows], self.sources[rows], self.logs[rows])

    def joined(self, other: Residuals) -> Residuals:
        """These runs, then those of ``other``."""
        return Residuals(
            np.concatenate((self.classes, other.classes)),
            np.concatenate((self.sources, other.sources)),
            np.concatenate((self.logs, other.logs)),
        )

    def of(self, name: str) -> Residuals:
        """The runs of one class, or of a platform when ``name`` is one."""
        platform = np.array([each.split(" ")[0] for each in self.classes.tolist()])
        return self[(self.classes == name) | (platform == name)]

    def inside(self, low: float, high: float) -> float:
        """Share of the runs between two factors."""
        return float(np.mean((self.logs >= math.log(low)) & (self.logs <= math.log(high))))


def residuals(specs: Sequence[RunSpec], rates: Array, unmeasured: tuple[str, ...]) -> Residuals:
    """Of runs with a measured throughput and the one predicted without their source.

    Architectures among ``unmeasured`` have no runs in the fit.
    """
    widths = Spreads({}, UNMEASURED, unmeasured, UNSTATED)
    measured = np.array([spec.run.tokens_per_s or math.nan for spec in specs])
    width = np.array([widths.width(s.accelerator, layout_known=s.mapping_given) for s in specs])
    return Residuals(
        np.array([run_class(s.transformer, s.work, s.accelerator, s.stack) for s in specs]),
        np.array([s.run.source for s in specs]),
        np.log(measured / rates) / width,
    )


def _weights(sources: NDArray[np.str_]) -> Array:
    """Weight of each run, so that sources weigh alike but for those of very few runs."""
    _, owner, runs = np.unique(sources, return_inverse=True, return_counts=True)
    weights: Array = (1.0 / (runs.astype(np.float64) + ALIKE))[owner]
    return weights


def _ends(of: Residuals, tail: float) -> tuple[float, float]:
    """Factors at the weighted quantiles of the residuals that leave a share beyond each."""
    low, high = np.exp(weighted_quantiles(of.logs, _weights(of.sources), (tail, 1.0 - tail)))
    return min(float(low), 1.0 / LEAST), max(float(high), LEAST)


def _range(every: Residuals, name: str) -> tuple[float, float]:
    """The range of a class; one of few sources spans that of all runs on its platform as well."""
    own, platform = every.of(name), name.split(" ")[0]
    tail = TAILS[platform]
    if len(set(own.sources.tolist())) >= ENOUGH or name == RESEARCH:
        return _ends(own, tail)
    low, high = _ends(every.of(platform), tail)
    if not len(own.logs):
        return low, high
    least, most = _ends(own, tail)
    return min(low, least), max(high, most)


def _names() -> Iterator[str]:
    yield from (f"{platform} {kind}" for platform in get_args(Platform) for kind in get_args(Kind))
    yield RESEARCH


def spreads_of(every: Residuals) -> dict[str, dict[str, float]]:
    """The range of each class, with the runs and sources it is made of."""
    table = {}
    for name in _names():
        own = every.of(name)
        low, high = _range(every, name)
        table[name] = {
            "runs": len(own.logs),
            "sources": len(set(own.sources.tolist())),
            "low": float(f"{low:.3f}"),
            "high": float(f"{high:.3f}"),
        }
    return table


def coverage(every: Residuals, trusted: NDArray[np.bool_], apart: NDArray[np.bool_]) -> dict[str, float]:
    """Share of runs inside their range.

    ``rows``: of the runs marked ``trusted``, one by one. ``sources``: of each source inside ranges made
    without it, the mean over all; ``never_fitted``: over the sources marked ``apart``.
    """
    spreads = spreads_of(every)
    low, high = (np.log([spreads[name][end] for name in every.classes]) for end in ("low", "high"))
    rows = ((every.logs >= low) & (every.logs <= high))[trusted]
    shares: dict[str, list[float]] = {"sources": [], "never_fitted": []}
    for source in sorted(set(every.sources.tolist())):
        own = every.sources == source
        others = every[~own]
        held = np.concatenate(
            [
                np.full(len(mine.logs), mine.inside(*_range(others, name)))
                for name in sorted(set(every.classes[own].tolist()))
                if len((mine := every[own].of(name)).logs) and len(others.of(name.split(" ")[0]).logs)
            ]
            or [np.empty(0)]
        )
        if len(held):
            shares["sources"].append(float(held.mean()))
            if apart[own].any():
                shares["never_fitted"].append(float(held.mean()))
    return {
        "rows": round(float(rows.mean()), 3),
        **{name: round(float(np.mean(found)), 3) for name, found in shares.items()},
    }


def shared_of(every: Residuals) -> float:
    """Share of the variance within a class of runs that those of one source have in common, sources alike.

    The mean over classes of two sources or more whose runs are several (those of one run say nothing of their
    own scatter): the variance of sources' means over that and the variance about them.
    """
    shares = []
    for name in sorted(set(every.classes.tolist())):
        own = every.of(name)
        groups = [own.logs[own.sources == source] for source in sorted(set(own.sources.tolist()))]
        groups = [logs for logs in groups if len(logs) > 1]
        if len(groups) < 2:
            continue
        within = float(np.mean([logs.var(ddof=1) for logs in groups]))
        between = float(np.var([logs.mean() for logs in groups], ddof=1))
        shares.append(between / (between + within))
    return round(float(np.mean(shares)), 2)

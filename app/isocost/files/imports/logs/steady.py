"""The steady state of a run: which of its records tell how fast it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.files.imports.logs.series import Array, Run, Series
from isocost.quantities import format_counted

STALL = 1.5
"""Times the median of a step above which something else was in it: evaluation, a checkpoint, a slow node."""
SETTLING = 0.1
"""Share of the median by which the leading records may be off that are still settling."""
LEAST = 5
"""Records below which a median says little, which is told."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steady:
    """The records that count."""

    mask: Mask
    speed: Array
    """Of every record, in a unit of its own: only ratios mean anything."""
    notes: tuple[str, ...]

    @property
    def used(self) -> int:
        """How many count."""
        return int(self.mask.sum())

    @property
    def left_out(self) -> int:
        """How many tell a speed and do not count."""
        return int(np.isfinite(self.speed).sum()) - self.used


def steady(series: Series, run: Run) -> Steady:
    """Which records of a run are its steady state.

    In order: those with the batch it came to; of every start the steps that the program itself leaves out,
    else the first record, and those behind it that are still settling; then none slower than ``STALL`` times
    the median.
    """
    speed = _speed(run)
    known = np.isfinite(speed)
    mask, notes = known.copy(), []
    if (batch := _batch(run)) is not None:
        ramp = known & ~batch
        if ramp.any():
            mask &= batch
            notes.append(f"{int(ramp.sum())} records with another batch are left out.")
    mask &= ~_warming(series, run, mask)
    if not mask.any() and known.any():
        mask = _only_later(series, run, known)
        notes.append(_only_warm_up(mask))
    if mask.any():
        mask = _settled(run, speed, mask)
        mask &= speed > np.median(speed[mask]) / STALL
        if (used := int(mask.sum())) < LEAST and not series.averaged:
            notes.append(f"Only {format_counted(used, 'record')} of steady state: a rough figure.")
    return Steady(mask, speed, tuple(note for note in notes if note))


def _speed(run: Run) -> Array:
    """The speed of every record, by what most records tell."""
    seconds, batch = run.column("seconds"), run.column("batch")
    if np.isfinite(batch).sum() == np.isfinite(seconds).sum():
        seconds = seconds / batch
    measures = [1.0 / seconds, run.column("rate"), run.column("total_rate"), run.column("sequences_rate")]
    best = max(measures, key=lambda each: int(np.isfinite(each).sum()))
    return np.where(np.isfinite(best) & (best > 0.0), best, np.nan)


def _batch(run: Run) -> Mask | None:
    """Records with the batch a run came to, which grows at its begin in some; None where none is told."""
    batch = run.column("batch")
    told = batch[np.isfinite(batch)]
    if not len(told):
        return None
    last = told[-1]
    if (told == last).sum() < LEAST:
        values, times = np.unique(told, return_counts=True)
        last = values[np.argmax(times)]
    same: Mask = np.isnan(batch) | (batch == last)
    return same


def _segments(run: Run) -> list[tuple[int, int]]:
    return list(zip(run.starts, [*run.starts[1:], len(run)], strict=True))


def _warming(series: Series, run: Run, mask: Mask) -> Mask:
    """Records of the warm-up after each start, by the program's own rule or else the first."""
    steps, warm = run.column("step"), np.zeros(len(run), dtype=np.bool_)
    for start, end in _segments(run):
        if series.warm_up and np.isfinite(steps[start:end]).any():
            first = np.nanmin(steps[start:end])
            warm[start:end] |= steps[start:end] - first < series.warm_up
        elif series.drops_first:
            inside = np.flatnonzero(mask[start:end])
            warm[start : start + (int(inside[0]) + 1 if len(inside) else 0)] = True
    return warm


def _only_later(series: Series, run: Run, known: Mask) -> Mask:
    """Records of a log that holds nothing else, where they are not of the very first steps."""
    steps = run.column("step")
    later = np.isnan(steps) | (steps > max(series.warm_up, 1))
    return known & later


def _only_warm_up(mask: Mask) -> str:
    return "" if mask.any() else "Only the warm-up is in this log: it tells no steady speed."


def _settled(run: Run, speed: Array, mask: Mask) -> Mask:
    """Without the leading records of each start that are still off the median."""
    middle = np.median(speed[mask])
    kept = mask.copy()
    for start, end in _segments(run):
        for at in np.flatnonzero(mask[start:end]) + start:
            if abs(speed[at] / middle - 1.0) <= SETTLING:
                break
            kept[at] = False
    return kept if kept.any() else mask

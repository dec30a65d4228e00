"""The figures of a log: its steady state, speed and memory in it, and what must be said beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isocost.files.imports.logs.series import LAYOUT, MEMORY_KINDS, Array, MemoryKind, Run, Series
from isocost.files.imports.source import Given
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


_GIVEN = ("gpus", "sequence", "batch")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a log says; None = it does not."""

    tokens_per_s_per_gpu: float | None
    low: float | None
    """10th percentile of the records of ``tokens_per_s_per_gpu``."""
    high: float | None
    step_seconds: float | None
    memory_bytes: float | None
    """The most of any accelerator."""
    memory_kind: MemoryKind | None
    mfu: float | None
    """By the program's own convention."""
    goodput: float | None
    records: int
    """That tell a speed."""
    used: int | None
    """In the steady state; None = the log holds an average already."""
    last_step: float | None
    layout: Mapping[str, float]
    """What the log says of the run: ``gpus``, ``tp``, ``pp``..., ``batch`` and ``sequence``."""
    given: Mapping[str, float]
    """The same where it was said beside the log and the log is silent."""
    step_tokens: float | None
    needs: tuple[str, ...]
    """``gpus``, ``sequence``, ``batch``: what must be said beside the log for the figures that are None."""
    notes: tuple[str, ...]

    def told(self, name: str) -> float | None:
        """A fact of the run, from the log or from beside it."""
        return self.layout.get(name, self.given.get(name))


def figures(series: Series, given: Given) -> Figures:
    """The figures of a log.

    Of several runs in one file the last with a steady state is taken, else the longest.
    """
    run, chosen, notes = _chosen(series)
    layout = {each: run.facts[each] for each in LAYOUT if each in run.facts}
    batch = run.column("batch")[chosen.mask]
    if np.isfinite(batch).any():
        layout["batch"] = float(np.nanmedian(batch))
    said = {key: float(value) for key in _GIVEN if (value := getattr(given, key)) and key not in layout}
    rates = _Rates(run, chosen, {**said, **layout}, trains=series.trains)
    per_gpu, seconds = rates.per_gpu(), rates.step_seconds()
    kind = next((each for each in MEMORY_KINDS if each in run.memory), None)
    steps = run.column("step")
    return Figures(
        tokens_per_s_per_gpu=_median(per_gpu),
        low=_quantile(per_gpu, 0.1),
        high=_quantile(per_gpu, 0.9),
        step_seconds=_median(seconds),
        memory_bytes=None if kind is None else run.memory[kind],
        memory_kind=kind,
        mfu=_median(run.column("mfu")[chosen.mask]),
        goodput=run.facts.get("goodput"),
        records=int(np.isfinite(chosen.speed).sum()),
        used=None if series.averaged else chosen.used,
        last_step=float(np.nanmax(steps)) if np.isfinite(steps).any() else None,
        layout=layout,
        given=said,
        step_tokens=rates.step_tokens(),
        needs=rates.needs(per_gpu, seconds),
        notes=(*series.notes, *notes, *chosen.notes),
    )


def _chosen(series: Series) -> tuple[Run, Steady, tuple[str, ...]]:
    """The run of a file that is read, its steady state, and what is left out for it."""
    found = [(run, steady(series, run)) for run in series.runs if len(run)]
    if not found:
        return series.run, steady(series, series.run), ("No record tells a speed.",)
    steadies = [each for each in found if each[1].used >= LEAST]
    run, chosen = steadies[-1] if steadies else max(found, key=lambda each: each[1].used)
    notes = []
    if len(found) > 1:
        at = next(at for at, each in enumerate(found, 1) if each[0] is run)
        notes.append(f"{len(found)} runs of different layouts stand in the file; number {at} is read.")
    if len(run.starts) > 1:
        notes.append(f"It was started {len(run.starts)} times; the records after each start are left out.")
    return run, chosen, tuple(notes)


class _Rates:
    """Speeds by every road a log allows, the most direct first."""

    def __init__(self, run: Run, chosen: Steady, facts: Mapping[str, float], *, trains: bool) -> None:
        self._column = {name: run.column(name)[chosen.mask] for name in run.columns}
        self._facts, self._trains = facts, trains
        self._once = run.facts.get("step_tokens")

    def step_tokens(self) -> float | None:
        """Tokens of a step of all accelerators."""
        told = _median(self._column["step_tokens"]) or self._once
        batch, sequence = self._facts.get("batch"), self._facts.get("sequence")
        return told or (batch * sequence if batch and sequence and self._trains else None)

    def per_gpu(self) -> Array:
        """Tokens a second of one accelerator, of each record; empty where it cannot be told."""
        column, facts = self._column, self._facts
        if _told(column["rate"]):
            return column["rate"]
        gpus, tokens = facts.get("gpus"), self.step_tokens()
        if not gpus:
            return _NOTHING
        if _told(column["seconds"]) and tokens:
            return tokens / column["seconds"] / gpus
        if _told(column["total_rate"]):
            return column["total_rate"] / gpus
        if _told(column["sequences_rate"]) and (sequence := facts.get("sequence")):
            return column["sequences_rate"] * sequence / gpus
        return _NOTHING

    def step_seconds(self) -> Array:
        """Seconds of a step, of each record; empty where it cannot be told."""
        column, facts, tokens = self._column, self._facts, self.step_tokens()
        if _told(column["seconds"]):
            return column["seconds"]
        if _told(column["sequences_rate"]) and (batch := facts.get("batch")):
            return batch / column["sequences_rate"]
        if not tokens or not self._trains:
            return _NOTHING
        if _told(column["total_rate"]):
            return tokens / column["total_rate"]
        if _told(column["rate"]) and (gpus := facts.get("gpus")):
            return tokens / (column["rate"] * gpus)
        return _NOTHING

    def needs(self, per_gpu: Array, seconds: Array) -> tuple[str, ...]:
        """What is missing for the figures that cannot be told."""
        column, wanted = self._column, set()
        if not any(_told(column[name]) for name in ("rate", "seconds", "total_rate", "sequences_rate")):
            return ()
        in_sequences = _told(column["sequences_rate"])
        if not _told(per_gpu):
            wanted.add("gpus")
            if in_sequences:
                wanted.add("sequence")
            elif not _told(column["total_rate"]) and self.step_tokens() is None:
                wanted |= {"batch", "sequence"}
        if not _told(seconds) and self._trains:
            if in_sequences:
                wanted.add("batch")
            else:
                wanted |= {"batch", "sequence"} if self.step_tokens() is None else set()
                wanted |= {"gpus"} if not _told(column["total_rate"]) else set()
        return tuple(name for name in ("gpus", "sequence", "batch") if name in wanted - set(self._facts))


_NOTHING: Array = np.empty(0)


def _told(column: Array) -> bool:
    return bool(np.isfinite(column).any())


def _median(column: Array) -> float | None:
    return _quantile(column, 0.5)


def _quantile(column: Array, share: float) -> float | None:
    told = column[np.isfinite(column)]
    if not len(told):
        return None
    found = float(np.quantile(told, share))
    return found if math.isfinite(found) else None

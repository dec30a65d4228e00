"""How far the run of a log was, by when: its record."""

from __future__ import annotations

import numpy as np

from isocost.files.imports.logs.run_log import RunLog
from isocost.files.imports.source import NotUnderstoodError
from isocost.files.records import Reading, Record
from isocost.language import tr
from isocost.quantities.units import SECONDS_PER_HOUR

MOST_READINGS = 2000
NO_STOPS = "A log tells no time between a stop and the next start: it is left out of the pace."


def record_of(log: RunLog) -> Record:
    """The readings of a log, in the steps it counts. Raises NotUnderstoodError: it tells no time, or no step.

    Every record counts, warm-up and stalls too: they are part of how long it took. Work that a restart does
    again takes its time and makes no progress until it is beyond where the run was.
    """
    run = max(log.series.runs, key=len)
    steps, seconds = run.column("step"), run.column("seconds")
    if not np.isfinite(seconds).any():
        seconds = _from_rates(log, run.column("rate"), run.column("total_rate"), run.column("sequences_rate"))
    known = np.isfinite(steps) & np.isfinite(seconds)
    if known.sum() < 2:
        needed = f" ({', '.join(log.figures.needs)} would have to be known)" if log.figures.needs else ""
        raise NotUnderstoodError(tr("the log does not tell how long its steps took{needed}.", needed=needed))
    steps, seconds = steps[known], seconds[known]
    went = np.diff(steps, prepend=0.0)
    usual = np.median(went[1:][went[1:] > 0.0]) if (went[1:] > 0.0).any() else 1.0
    # What lies before the first record, and the steps between a restart and its first, are the usual many.
    went[went <= 0.0] = usual
    went[0] = min(max(steps[0], 1.0), usual) if steps[0] < 2.0 * usual else usual
    start = steps[0] - went[0]
    hours = np.cumsum(went * seconds) / SECONDS_PER_HOUR
    reached = np.maximum.accumulate(steps) - max(start, 0.0)
    kept = np.unique(np.linspace(0, len(hours) - 1, min(len(hours), MOST_READINGS)).astype(int))
    tokens = log.figures.step_tokens  # else steps are counted in the plan's batch
    readings = tuple(
        Reading(
            line=int(at) + 1,
            hours=float(hours[at]),
            tokens=None if tokens is None else float(reached[at] * tokens),
            step=float(reached[at]),
        )
        for at in kept
        if reached[at] > 0.0
    )
    problems = [NO_STOPS] if len(run.starts) > 1 else []
    if start > 0.0:
        problems.append(f"The log begins at step {start:,.0f}: its readings count from there.")
    return Record(readings, None, tuple(problems))


def _from_rates(log: RunLog, rate: np.ndarray, total: np.ndarray, sequences: np.ndarray) -> np.ndarray:
    """Seconds of each step, of speeds and what a step holds; NaN where that is not known."""
    told = log.figures
    gpus, batch, tokens = told.told("gpus"), told.told("batch"), told.step_tokens
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.isfinite(sequences).any() and batch:
            return batch / sequences
        if tokens and np.isfinite(total).any():
            return tokens / total
        if tokens and gpus:
            return tokens / (rate * gpus)
    return np.full(len(rate), np.nan)

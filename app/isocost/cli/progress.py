"""A bar on a terminal's standard error for work that takes a while; nothing where that is no terminal."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from isocost.quantities import format_count, format_duration, plain_spaces
from isocost.quantities.units import HOURS_PER_DAY, SECONDS_PER_HOUR

WIDTH = 24
"""Letters of the bar."""
EVERY = 0.2
"""Seconds between two drawings."""
SECONDS_PER_DAY = SECONDS_PER_HOUR * HOURS_PER_DAY
MINUTE = 60.0


class Progress:
    """How much of some work is done, how fast it goes, and how long it still takes; a context."""

    def __init__(self, total: int, done: int, unit: str) -> None:
        """``done`` of ``total`` were there before; ``unit`` is what is counted, "points"."""
        self._total, self._first, self._unit = total, done, unit
        self._began = time.monotonic()
        self._drawn = 0.0
        self._shown = 0
        self._terminal = sys.stderr.isatty()

    def show(self, done: int) -> None:
        """Draw it, unless it was drawn a moment ago."""
        now = time.monotonic()
        if not self._terminal or (now - self._drawn < EVERY and done < self._total):
            return
        self._drawn = now
        line = bar(self._total, done, self._unit, self._speed(done, now))
        print("\r" + line.ljust(self._shown), end="", file=sys.stderr, flush=True)
        self._shown = len(line)

    def _speed(self, done: int, now: float) -> float:
        return (done - self._first) / max(now - self._began, 1e-3)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            print("\r" + " " * self._shown + "\r", end="", file=sys.stderr, flush=True)


def bar(total: int, done: int, unit: str, speed: float) -> str:
    """The bar and what is said beside it: "[=====     ] 412,000 of 1,000,000 points, 3 min left"."""
    full = int(WIDTH * done / total)
    words = f"[{'=' * full}{' ' * (WIDTH - full)}] {format_count(done)} of {format_count(total)} {unit}"
    if speed > 0.0 and done < total:
        words += f", {left((total - done) / speed)} left"
    return plain_spaces(words)


def left(seconds: float) -> str:
    """A time to wait: to the second, the minute, or as spans are written."""
    if seconds < MINUTE:
        return f"{max(1, round(seconds))} s"
    if seconds < SECONDS_PER_HOUR:
        return f"{round(seconds / MINUTE)} min"
    return format_duration(seconds / SECONDS_PER_DAY)

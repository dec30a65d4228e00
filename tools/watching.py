"""Watching a window that is played with: what went wrong, how long it did not answer, how its memory grew."""

from __future__ import annotations

import atexit
import ctypes
import gc
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, NamedTuple

from PySide6.QtCore import QAbstractEventDispatcher

MB = 1e6
GAPS = 12
"""As many of the longest are kept."""
LOOK_S = 0.01
"""Between two looks at what is at work, in processor time."""
LONG_S = 0.05
"""A turn of so much work is looked at: what nothing may block the window for."""
OF_THE_APP = f"{os.sep}app{os.sep}isocost{os.sep}"
OF_THE_PLATFORM = "This plugin does not support"
"""Said by Qt where there is no display."""


class Faults(logging.Handler):
    """Everything that went wrong, told with the events before it."""

    def __init__(self, trace: IO[str] | None) -> None:
        super().__init__(level=logging.WARNING)
        self.lately: deque[str] = deque(maxlen=8)
        self.met: Counter[str] = Counter()
        self._trace = trace
        sys.excepthook = self._caught
        sys.unraisablehook = lambda each: self._caught(
            each.exc_type, each.exc_value, each.exc_traceback, f"{each.err_msg} {each.object!r}"
        )
        threading.excepthook = lambda each: self._caught(
            each.exc_type, each.exc_value, each.exc_traceback, "on a thread"
        )
        logging.getLogger().addHandler(self)

    def did(self, words: str) -> None:
        """Note an event before it happens: it may be the last."""
        self.lately.append(words)
        if self._trace is not None:
            self._trace.write(f"{words}\n")

    def meet(self, kind: str, text: str) -> None:
        """Tell one fault."""
        self.met[kind] += 1
        print(f"[{kind}] after {list(self.lately)}\n{text[-4000:]}", flush=True)

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if text.startswith(OF_THE_PLATFORM):
            return
        if record.exc_info:
            text += "\n" + "".join(traceback.format_exception(*record.exc_info))
        self.meet(f"log {record.name}", text)

    def _caught(
        self,
        kind: type[BaseException],
        error: BaseException | None,
        trace: TracebackType | None,
        words: str = "",
    ) -> None:
        self.meet("exception", words + "".join(traceback.format_exception(kind, error, trace)))


class Gap(NamedTuple):
    """A time in which the window did not answer."""

    worked_ms: float
    """Of the processor; on a machine that others use as well the clock goes on while nothing is done."""
    clock_ms: float
    after: str
    """The events before it."""
    spent: tuple[str, ...]
    """Calls in which most of it was spent, the outermost first."""

    def __str__(self) -> str:
        figures = f"gap {self.worked_ms:.0f} ms at work, {self.clock_ms:.0f} ms by the clock: {self.after}"
        return "\n    ".join((figures, *self.spent))


class Pulse:
    """How long the window did not answer: the time between two turns of its event loop."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._since: tuple[float, float] | None = None
        self._met: list[tuple[str, ...]] = []
        self.worst: list[Gap] = []
        """The longest first, by the work of the processor."""
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        # A dialog turns the loop inside of an event.
        dispatcher.aboutToBlock.connect(self.rest)
        dispatcher.awake.connect(self.turn)
        if hasattr(signal, "setitimer"):
            # Not from a thread beside it: what that looks at it may be the last to hold, and widgets die on
            # the window's own thread.
            signal.signal(signal.SIGPROF, self._look)
            signal.setitimer(signal.ITIMER_PROF, LOOK_S, LOOK_S)
            atexit.register(signal.setitimer, signal.ITIMER_PROF, 0)

    def turn(self) -> None:
        """A turn ends and another begins."""
        self.rest()
        self._since = (time.perf_counter(), time.thread_time())

    def rest(self) -> None:
        """A turn ends, and nothing is to be done."""
        if self._since is None:
            return
        began, worked = self._since
        self._since = None
        met, self._met = self._met, []
        took = ((time.thread_time() - worked) * 1e3, (time.perf_counter() - began) * 1e3)
        if len(self.worst) < GAPS or took[0] > self.worst[-1].worked_ms:
            after = ", ".join(list(self._faults.lately)[-2:])
            self.worst.append(Gap(*took, after, _mostly(met)))
            self.worst.sort(reverse=True)
            del self.worst[GAPS:]

    def _look(self, _: int, frame: FrameType | None) -> None:
        """Note what is at work in a turn that takes long."""
        if self._since is not None and time.thread_time() - self._since[1] > LONG_S:
            self._met.append(_calls(frame))


def _calls(frame: FrameType | None) -> tuple[str, ...]:
    """The calls of the app that a thread is in, the outermost first."""
    calls: list[str] = []
    while frame is not None:
        code = frame.f_code
        if OF_THE_APP in code.co_filename:
            module = code.co_filename.rpartition(OF_THE_APP)[2].removesuffix(".py")
            calls.append(f"{module}:{frame.f_lineno} {code.co_qualname}")
        frame = frame.f_back
    return tuple(reversed(calls))


def _mostly(met: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """The calls that more than half of some stacks begin with."""
    path: tuple[str, ...] = ()
    while True:
        at = len(path)
        further = Counter(each[: at + 1] for each in met if len(each) > at and each[:at] == path)
        if not further:
            return path
        longer, times = further.most_common(1)[0]
        if times * 2 <= len(met):
            return path
        path = longer


def memory_mb() -> float | None:
    """Memory of this process, once all garbage was given back; None where the system does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return resident_mb()


def resident_mb() -> float | None:
    """Memory of this process as the system counts it; None where it does not tell."""
    if not sys.platform.startswith("linux"):
        return None
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MB

"""Watching a window that is played with: what went wrong, how long it did not answer, how its memory grew."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import sys
import threading
import time
import traceback
from collections import Counter, deque
from pathlib import Path
from types import TracebackType
from typing import IO

from PySide6.QtCore import QAbstractEventDispatcher

MB = 1e6
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


class Pulse:
    """How long the window did not answer: the time between two turns of its event loop."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._since: tuple[float, float] | None = None
        self.worst: list[tuple[float, float, str]] = []
        """Milliseconds at work, those on the clock, and what came before; the longest first. On a machine
        that others use as well the clock goes on while nothing is done."""
        dispatcher = QAbstractEventDispatcher.instance()
        assert dispatcher is not None
        # A dialog turns the loop inside of an event.
        dispatcher.aboutToBlock.connect(self.rest)
        dispatcher.awake.connect(self.turn)

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
        took = ((time.thread_time() - worked) * 1e3, (time.perf_counter() - began) * 1e3)
        if len(self.worst) < 12 or took[0] > self.worst[-1][0]:
            self.worst.append((*took, ", ".join(list(self._faults.lately)[-2:])))
            self.worst.sort(reverse=True)
            del self.worst[12:]


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

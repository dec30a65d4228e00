"""Work off the GUI thread where only the newest request matters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

from isocost.ui.session.memory import Hold, rest


class _Bell(QObject):
    """What tells the GUI thread that a job has ended."""

    # Owned by the job it would be destroyed on the pool's thread, which crashes Qt while a signal of it is on
    # its way.

    rung = Signal(int)
    """The job's number."""

    # No Python object: Qt copies it while it holds a lock of its connections, and for that needs the
    # interpreter. Whoever disconnects a signal meanwhile has the interpreter and waits for the lock.


RESTED_MS = 200
"""Without other work before garbage and memory are seen to: what the work came to has taken the place of the
last by then, and a drag that asks again keeps what it is about to fill."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    value: Any = None
    error: Exception | None = None


def _run(number: int, work: Callable[[], Any], outcomes: dict[int, _Outcome], bell: _Bell) -> None:
    try:
        outcomes[number] = _Outcome(work())
    except Exception as error:  # any failure of the work belongs to the window, as a sentence
        outcomes[number] = _Outcome(error=error)
    bell.rung.emit(number)


class LatestWorker(QObject):
    """A worker that runs one job at a time and keeps one waiting; a newer request takes that one's place."""

    ready = Signal(object)
    failed = Signal(object)
    """The exception of the work."""
    idle = Signal()
    """Nothing runs and nothing waits any more."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._outcomes: dict[int, _Outcome] = {}
        self._bell = _Bell(self)
        # Rung on the pool's thread; queued, it is heard on the thread of the window.
        self._bell.rung.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._generation = 0
        self._oldest_wanted = 0
        self._running = False
        self._waiting: Callable[[], Any] | None = None
        self._closed = False
        self._hold = Hold()
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.setInterval(RESTED_MS)
        self._rested.timeout.connect(rest)
        self.destroyed.connect(self._hold.release)  # of one that nobody closed

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._running or self._waiting is not None

    def request(self, work: Callable[[], Any]) -> None:
        """Run ``work`` as soon as the thread is free, unless a newer request comes first."""
        if self._closed:
            return
        self._waiting = work
        if not self._running:
            self._start()

    def discard(self) -> None:
        """Forget everything asked for so far: none of it is delivered."""
        # What runs cannot be stopped; when it ends, its number tells that nobody wants it any more.
        self._waiting = None
        self._oldest_wanted = self._generation + 1

    def close(self) -> None:
        """Forget what waits and wait for what runs; nothing is delivered any more."""
        self._closed = True
        self._rested.stop()
        self.discard()
        self._pool.clear()
        # A thread still in Python while the interpreter shuts down takes the process with it.
        self._pool.waitForDone()
        self._rest()

    def _start(self) -> None:
        work, self._waiting = self._waiting, None
        if work is None:
            self._rested.start()
            self.idle.emit()
            return
        self._rested.stop()
        self._generation += 1
        self._running = True
        self._hold.take()
        # Not a QRunnable: PySide hands one over to Qt only after Qt has started it, and never lets go of one
        # that has ended by then, with the answers its work was given.
        self._pool.start(partial(_run, self._generation, work, self._outcomes, self._bell))

    def _rest(self) -> None:
        self._running = False
        self._hold.release()

    def _finish(self, number: int) -> None:
        # The bell is rung from within the thread, which has yet to let go of its work. What is collected or
        # freed there may be of Qt, and must die on the window's thread.
        self._pool.waitForDone()
        self._rest()
        outcome = self._outcomes.pop(number)
        if number >= self._oldest_wanted and not self._closed:
            if outcome.error is None:
                self.deliver(outcome.value)
            else:
                self.failed.emit(outcome.error)
        self._start()

    def deliver(self, value: Any) -> None:
        """Tell what the work came to."""
        self.ready.emit(value)

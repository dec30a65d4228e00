"""Work off the GUI thread where only the newest request matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal


class _Results(QObject):
    """The carrier of results to the GUI thread."""

    # Owned by the job it would be destroyed on the pool's thread, which crashes Qt while a signal of it is on
    # its way.

    ready = Signal(int, object)
    failed = Signal(int, object)


class _Job(QRunnable):
    def __init__(self, generation: int, work: Callable[[], Any], results: _Results) -> None:
        super().__init__()
        self._generation = generation
        self._work = work
        self._results = results

    def run(self) -> None:
        try:
            value = self._work()
        except Exception as error:  # any failure of the work belongs to the window, as a sentence
            self._results.failed.emit(self._generation, error)
        else:
            self._results.ready.emit(self._generation, value)


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
        self._results = _Results(self)
        # Sent on the pool's thread; queued, they are taken on the thread of the window.
        self._results.ready.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._results.failed.connect(self._fail, Qt.ConnectionType.QueuedConnection)
        self._generation = 0
        self._oldest_wanted = 0
        self._running = False
        self._waiting: Callable[[], Any] | None = None
        self._closed = False

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
        self.discard()
        self._pool.clear()
        # A thread still in Python while the interpreter shuts down takes the process with it.
        self._pool.waitForDone()

    def _start(self) -> None:
        work, self._waiting = self._waiting, None
        if work is None:
            self.idle.emit()
            return
        self._generation += 1
        self._running = True
        self._pool.start(_Job(self._generation, work, self._results))

    def _finish(self, generation: int, value: object) -> None:
        self._running = False
        if generation >= self._oldest_wanted and not self._closed:
            self.ready.emit(value)
        self._start()

    def _fail(self, generation: int, error: Exception) -> None:
        self._running = False
        if generation >= self._oldest_wanted and not self._closed:
            self.failed.emit(error)
        self._start()

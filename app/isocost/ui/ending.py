"""Ends that come from outside, a signal, a log-off, a display that is gone: the plan is kept first."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from isocost.exit_codes import INTERRUPTED

if TYPE_CHECKING:  # imported by Ending.install
    import socket

_LOST = ("The X11 connection broke", "The Wayland connection broke", "The Wayland connection experienced")
"""How Qt's platforms begin their last words, after which they end the process."""
_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: 0} | (
    {signal.SIGHUP: 0} if sys.platform != "win32" else {}
)


class Ends(Protocol):
    """What is to be ended."""

    filled: bool
    documents: Any

    def end(self) -> None:
        """Go at once, keeping what is not saved."""


class Ending(QObject):
    """Turns what would end the process into an orderly end of its window."""

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self._window: Ends = window  # type: ignore[assignment]
        self._before: dict[int, Any] = {}
        self._ends: tuple[socket.socket, ...] = ()
        self._notifier: QSocketNotifier | None = None
        self._last_words = self._keep

    def install(self) -> None:
        """Take the signals over: once the window is there, before which there is no plan to keep."""
        import socket

        self._ends = woken, wakes = socket.socketpair()
        for end in self._ends:
            end.setblocking(False)
        # Qt waits in C, where Python's handlers are not called: the number arrives as a byte that wakes Qt.
        self._notifier = QSocketNotifier(woken.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._take)
        signal.set_wakeup_fd(wakes.fileno(), warn_on_full_buffer=False)
        for number in _CODES:
            self._before[number] = signal.signal(number, lambda *_: None)
        _WHEN_LOST.append(self._last_words)
        application = QApplication.instance()
        if isinstance(application, QGuiApplication):
            application.commitDataRequest.connect(self._log_off)

    def uninstall(self) -> None:
        """Give them back, where they were taken."""
        if self._notifier is None:
            return
        if self._last_words in _WHEN_LOST:
            _WHEN_LOST.remove(self._last_words)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()
        signal.set_wakeup_fd(-1)
        self._notifier.setEnabled(False)
        for end in self._ends:
            end.close()

    def _take(self) -> None:
        numbers = b""
        with contextlib.suppress(OSError):
            numbers = self._ends[0].recv(64)
        code = next((_CODES[signal.Signals(each)] for each in numbers if each in _CODES), None)
        if code is None:
            return
        self._window.end()
        QApplication.exit(code)  # out of a dialog as well

    def _keep(self) -> None:
        if self._window.filled:
            self._window.documents.end()

    def _log_off(self, _: object) -> None:
        # The desktop may still stay: the window is asked to close, and asks in turn.
        if self._window.filled:
            self._window.documents.keeping.keep_soon()


_WHEN_LOST: list[Callable[[], None]] = []


def display_lost(message: str) -> None:
    """Keep the plan where a message of Qt is its last: it ends the process as soon as it has said it."""
    if message.startswith(_LOST):
        for keep in list(_WHEN_LOST):
            keep()

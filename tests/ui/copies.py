"""A window made ready once: each test of it runs in a copy of the process it stands in.

To open a plan in a window takes longer than most tests of it. To copy a process takes some milliseconds,
whatever is in it; and whatever a test leaves behind ends with its copy. Only Linux copies a process in which
Qt runs: elsewhere, and under a debugger, each test makes its window anew.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import signal
import sys
import warnings
from collections.abc import Callable, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

import pytest
from _pytest.runner import runtestprotocol
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget


def can_copy(config: pytest.Config) -> bool:
    """Whether tests can run in copies of a process here."""
    return sys.platform == "linux" and not (config.option.usepdb or config.option.trace)


class Copies:
    """The process that holds the window, as seen by the one that runs the tests."""

    def __init__(self, items: Sequence[pytest.Item], make: Callable[[Path], None], home: Path) -> None:
        """Called before any test ran, and any thread: only the one that calls lives on in a copy.

        ``make`` makes what the tests of ``items`` ask for, with ``home`` as its home.
        """
        self._places = {id(item): at for at, item in enumerate(items)}
        self._orders, theirs = Pipe()
        self._process = _copy()
        if not self._process:
            self._orders.close()
            _serve(theirs, items, make, home)
        theirs.close()

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test in a copy, and report what came of it; False = there is no process to copy any more."""
        try:
            self._orders.send(self._places[id(item)])
            ended = self._orders.recv()
        except (EOFError, OSError):  # whoever ended it: the tests go on, and make their own windows
            return False
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        if isinstance(ended, str):
            reports = [pytest.TestReport(item.nodeid, item.location, {}, "failed", ended, "call")]
        else:
            read = item.config.hook.pytest_report_from_serializable
            reports = [read(config=item.config, data=report) for report in ended]
        for report in reports:
            item.ihook.pytest_runtest_logreport(report=report)
        # What a test before it left standing for this one, such as fixtures of its module.
        item.session._setupstate.teardown_exact(nextitem)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def end(self) -> None:
        """Let the process go."""
        self._orders.close()
        os.waitpid(self._process, 0)


class Original:
    """The process that holds the window, as seen by itself."""

    def __init__(self, orders: Connection) -> None:
        self._orders = orders

    def run(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        """Run a test in a copy, which tells whoever asked what came of it."""
        process = _copy()
        if not process:
            _run(item, self._orders)
        _, status = os.waitpid(process, 0)
        if status:
            code = os.waitstatus_to_exitcode(status)
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            self._orders.send(f"The process of the test ended with {how}.")
        return True


COPIES = pytest.StashKey[Copies | Original]()


def _serve(
    orders: Connection, items: Sequence[pytest.Item], make: Callable[[Path], None], home: Path
) -> NoReturn:
    """Make the window when the first test is asked for, and run each in a copy; ends with whoever asks."""
    try:
        at = orders.recv()
        items[at].config.stash[COPIES] = Original(orders)
        with contextlib.suppress(Exception):  # each test then tells it, which makes its own
            make(home)
        gc.collect()
        gc.freeze()  # a collection in a copy would have the system copy all it looks through
        untouched = home.with_name(f"{home.name}-untouched")
        shutil.copytree(home, untouched)
        while True:
            # With all that pytest and its plugins wrap around a test, such as the filters of warnings.
            items[at].ihook.pytest_runtest_protocol(item=items[at], nextitem=None)
            shutil.rmtree(home)
            shutil.copytree(untouched, home)
            at = orders.recv()
    except (EOFError, KeyboardInterrupt):
        os._exit(0)
    finally:
        os._exit(1)


def _run(item: pytest.Item, orders: Connection) -> NoReturn:
    """Run a test in this copy, and end."""
    try:
        reports = runtestprotocol(item, log=False, nextitem=None)
        told = item.config.hook.pytest_report_to_serializable
        orders.send([told(config=item.config, report=report) for report in reports])
        os._exit(0)
    finally:
        os._exit(1)


def _copy() -> int:
    """Copy this process, as :func:`os.fork`."""
    with warnings.catch_warnings():
        # Later Pythons warn of threads of the libraries, which wait, and none of which holds a lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def wind_up(window: QWidget) -> None:
    """Let timers run from now on: all those of a copy would be due at once, hours after they were started."""
    for timer in window.findChildren(QTimer):
        if timer.isActive():
            timer.start()


def rest(window: QWidget) -> None:
    """Wait until nothing is due."""
    while any(timer.isActive() and timer.isSingleShot() for timer in window.findChildren(QTimer)):
        QApplication.processEvents()

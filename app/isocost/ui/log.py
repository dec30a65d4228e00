"""What the window met, on disk: a log that never grows large, and a trace of whatever ends the process."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from isocost import paths

if TYPE_CHECKING:  # it imports sockets and pickles: 7 ms of each start, most of which log nothing
    from logging.handlers import RotatingFileHandler

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
LARGEST, KEPT = 1_000_000, 3
"""Bytes of a log, and how many older ones stay."""
LOG, TRACE = "isocost.log", "fatal.txt"

log = logging.getLogger(__name__)


class _Log(logging.Handler):
    """The log on disk, which is begun with the first that there is to write."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    @cached_property
    def _file(self) -> RotatingFileHandler:
        from logging.handlers import RotatingFileHandler

        made = RotatingFileHandler(
            self.path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8", delay=True
        )
        made.setFormatter(logging.Formatter(FORMAT))
        return made

    def emit(self, record: logging.LogRecord) -> None:
        self._file.emit(record)


def log_path() -> Path | None:
    """The log of this process; None where none is kept."""
    handlers = logging.getLogger().handlers
    return next((each.path for each in handlers if isinstance(each, _Log)), None)


def start_log() -> None:
    """Keep what is logged, and a trace of whatever ends the process, in the user's folder of logs.

    Where nothing can be written there, only the terminal is told.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    threading.excepthook, sys.unraisablehook = _log_thread, _log_unraisable
    folder = paths.user_logs()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _taken(folder / TRACE)
        # Never closed: when the process dies there is no opening a file any more.
        trace = (folder / TRACE).open("a", encoding="utf-8")
    except OSError as error:
        faulthandler.enable()
        log.warning("No log is kept: %s", error)
        return
    faulthandler.enable(trace)
    logging.getLogger().addHandler(_Log(folder / LOG))
    if before:
        log.error("A window before this one ended by a fatal error:\n%s", before)


def _taken(trace: Path) -> str:
    """What an earlier process left as it died, which is taken from there."""
    if not trace.exists():
        return ""
    text = trace.read_text(encoding="utf-8", errors="replace").strip()
    if text:
        trace.write_text("", encoding="utf-8")
    return text


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    """An error in a thread of work; what runs there has told the window already, as far as it can."""
    if failed.exc_value is not None and failed.exc_type is not SystemExit:
        told = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        log.error("Unexpected error in a thread", exc_info=told)


def _log_unraisable(failed: sys.UnraisableHookArgs) -> None:
    """An error where Python can raise none, such as while an object is freed."""
    if failed.exc_value is not None:
        told = (failed.exc_type, failed.exc_value, failed.exc_traceback)
        log.error("%s", failed.err_msg or "Unexpected error that was ignored", exc_info=told)

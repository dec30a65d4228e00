"""Processes of this machine that price parts of a sweep, and end with the one that began them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.connection import Connection
from threading import Thread


def cores() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """An executor over some processes, each a Python of its own; all have ended when the block has.

    They end at once where the block fails, and where this process is killed: each waits for the end of a
    pipe whose other end this process alone holds.
    """
    reader, writer = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("spawn")  # threads and locks of this process are not copied
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(reader,))
    try:
        yield pool
    except BaseException:
        writer.close()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        writer.close()
        reader.close()


def _begin(parent: Connection) -> None:
    # Ctrl+C reaches every process of a terminal: the first one decides, and says so once.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Connection) -> None:
    """Wait for the other end of the pipe to be closed, by the one that holds it or by its end."""
    with contextlib.suppress(EOFError, OSError):
        parent.recv_bytes()
    os._exit(1)

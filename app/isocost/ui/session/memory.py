"""What a thread of work must not do to memory: collect the window's garbage, keep what a search has freed."""

from __future__ import annotations

import ctypes
import gc
import linecache
import sys


class Collection:
    """Python's own collection of garbage, off while work is done on another thread.

    It runs on whatever thread asks for memory next, and what it finds there may be widgets: Qt crashes when
    they are destroyed on any thread but the window's. Called on the window's thread alone.
    """

    def __init__(self) -> None:
        self._held = 0

    def hold(self) -> None:
        """Collect nothing until :meth:`release` was called as often."""
        self._held += 1
        gc.disable()

    def release(self) -> None:
        """Collect again, once no other work is under way."""
        self._held -= 1
        if not self._held:
            gc.enable()


COLLECTION = Collection()


class Hold:
    """One worker's hold on the collection."""

    def __init__(self) -> None:
        self._on = False

    def take(self) -> None:
        """Collect nothing from now on."""
        if not self._on:
            self._on = True
            COLLECTION.hold()

    def release(self, _: object = None) -> None:
        """Collect again, as far as it lies with this worker."""
        if self._on:
            self._on = False
            COLLECTION.release()


M_ARENA_MAX, ONE = -8, 1
"""A parameter of glibc's ``mallopt`` (malloc.h), and how many heaps."""
M_MMAP_THRESHOLD, LARGE = -3, 1 << 20
"""From how many bytes on a block is the system's own, and goes back to it when it is freed."""
M_TRIM_THRESHOLD, KEPT = -1, 16 << 20
"""How many freed bytes a heap keeps at its end, for the next step of a drag."""


def share_heaps() -> None:
    """Let all threads have one heap; elsewhere than with glibc nothing is to be done.

    glibc gives each new thread a heap of its own, eight for each processor. What outlives a search lies on
    pages of the heap of its thread, which stay: after 600 random edits 390 MB were held, and 135 used. And
    it takes ever larger blocks from the heaps, the arrays of a search among them, between which such pages
    stay as well. Of a heap beside the window's own nothing below ``KEPT`` at its end ever goes back: after
    300 random edits two heaps held 12 MB more than one.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(M_ARENA_MAX, ONE)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
        libc.mallopt(M_TRIM_THRESHOLD, KEPT)


def keep_no_sources() -> None:
    """Let PySide not read the source of every module that is imported, nor Python keep it.

    It looks there for its own name, which matters to those who import its ``__feature__`` alone; and Python
    keeps what was read line by line, which came to 24 MB.
    """
    feature = sys.modules.get("PySide6.support.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        vars(feature)["_mod_uses_pyside"] = lambda _: False
    linecache.clearcache()


DUE = 5
"""From how many collections of younger objects on, since the last of all, garbage is looked for in a pause;
Python itself begins to think of it after ten."""


def rest() -> None:
    """Use a pause: collect what Python would soon collect, and let the system have what is free.

    To look through all objects takes 20 to 40 ms, which would else fall into a step of some drag; while other
    work is under way nothing is collected. What searches freed and glibc keeps came to 100 MB after some
    thousand edits; to give it back takes two milliseconds at most, and elsewhere nothing is to be done.
    Called on the window's thread alone.
    """
    if gc.isenabled() and gc.get_count()[2] >= DUE:
        gc.collect()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)

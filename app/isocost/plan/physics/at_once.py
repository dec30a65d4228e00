"""How much may be searched where somebody waits: within a frame of the window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LEFT: ContextVar[int | None] = ContextVar("left", default=None)
"""Searches that may still be made; None = as many as are needed."""


class NotAtOnce(Exception):  # noqa: N818 - nothing is wrong
    """More is to be searched than was allowed."""


@contextmanager
def at_once(searches: int) -> Iterator[None]:
    """Make so many searches of layouts at most: those remembered take no time, and the first beyond ends it.

    On other threads as many as are needed are made, and each is then remembered here.

    Raises:
        NotAtOnce: it takes more.
    """
    before = _LEFT.set(searches)
    try:
        yield
    finally:
        _LEFT.reset(before)


def begin_search() -> None:
    """Told before a search. Raises NotAtOnce where it may not be made."""
    left = _LEFT.get()
    if left == 0:
        raise NotAtOnce
    if left is not None:
        _LEFT.set(left - 1)

"""Remembering answers by how much they hold, not by how many they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from functools import wraps
from threading import Lock
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R", bound=Sized)


def remembered(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep a function's newest results, as long as their lengths add up to no more than ``most``.

    One result may be of thirty accelerators and the next of one: a bound on the number of results, as
    ``functools.lru_cache`` has, is either too much memory or too few results. Arguments are hashable and
    given by position; a longer result than ``most`` is handed out and not kept. Threads may call at once.
    """

    def remember(function: Callable[P, R]) -> Callable[P, R]:
        kept: OrderedDict[Hashable, R] = OrderedDict()
        lock = Lock()
        held = 0

        @wraps(function)
        def known(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal held
            with lock:
                if args in kept:
                    kept.move_to_end(args)
                    return kept[args]
            made = function(*args, **kwargs)  # not under the lock, which one search would hold for a second
            with lock:
                if args not in kept:
                    kept[args] = made
                    held += len(made)
                    while held > most:
                        held -= len(kept.popitem(last=False)[1])
            return made

        return known

    return remember

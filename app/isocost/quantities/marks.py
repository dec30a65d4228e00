"""The marks numbers are written with for people: point or comma, what groups thousands, the minus sign.

The window sets them once for the whole process, from the system, so that words made in a worker's thread
have them too. What other programs read is written and read in :data:`PLAIN` marks, which are those of a
process that nobody told: the command line. A block can be given others (:func:`numbers_marked`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"
"""Between groups of digits where they are set apart by a space, so that a line never breaks there."""
MINUS = "\N{MINUS SIGN}"
"""The sign of negative numbers on screen and on paper, as wide as the plus; a hyphen is half of that."""


@dataclass(frozen=True, slots=True)
class NumberMarks:
    """How the digits of a number are set apart."""

    decimal: str = "."
    """A point or a comma."""
    group: str = ","
    """After thousands, millions; empty where digits are not grouped."""
    most_ungrouped: int = 3
    """Digits of a whole number up to which they are not grouped: in Spanish four."""
    higher: int = 3
    """Digits of a group above the thousands: in India two, 12,34,567."""
    minus: str = "-"
    """Before a negative number."""

    def of(self, number: str) -> str:
        """A number written in plain marks ("-1,234.5", "2.5e23", "14.8T") in these."""
        if number.startswith("-"):
            return f"{self.minus}{self.of(number[1:])}"
        whole, point, part = number.partition(".")
        if "," in whole:
            whole = self._grouped(whole)
        return f"{whole}{self.decimal}{part}" if point else whole

    def _grouped(self, whole: str) -> str:
        if self.most_ungrouped == PLAIN.most_ungrouped and self.higher == PLAIN.higher:
            return whole.replace(",", self.group)
        sign = whole[:1] if whole[:1] in "+-" else ""
        digits = whole.removeprefix(sign).replace(",", "")
        if len(digits) <= self.most_ungrouped:
            return whole.replace(",", "")
        groups, rest = [digits[-3:]], digits[:-3]
        while rest:
            groups.insert(0, rest[-self.higher :])
            rest = rest[: -self.higher]
        return sign + self.group.join(groups)


PLAIN = NumberMarks()
"""Those of files, of other programs and of the command line: -1,234.5."""
PRINTED = NumberMarks(minus=MINUS)
"""Those of paper that nobody told others: −1,234.5."""

_everywhere = PLAIN
_HERE: ContextVar[NumberMarks | None] = ContextVar("number_marks", default=None)


def number_marks() -> NumberMarks:
    """The marks that numbers are written and read in here and now."""
    return _HERE.get() or _everywhere


def mark_numbers(marks: NumberMarks) -> None:
    """Write and read numbers in these marks from now on, in every thread."""
    global _everywhere
    _everywhere = marks


@contextmanager
def numbers_marked(marks: NumberMarks) -> Iterator[None]:
    """Write and read numbers in these marks inside the block."""
    before = _HERE.set(marks)
    try:
        yield
    finally:
        _HERE.reset(before)


def marked(number: str) -> str:
    """A number written in plain marks as it is shown here and now."""
    marks = number_marks()
    return number if marks is PLAIN else marks.of(number)


def remembered_words(most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the newest ``most`` results of a function that writes numbers, those of other marks apart.

    Arguments are hashable.
    """

    def remember(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(maxsize=most)
        def known(_: NumberMarks, args: tuple[Any, ...], named: tuple[tuple[str, Any], ...]) -> R:
            return function(*args, **dict(named))

        @wraps(function)
        def words(*args: P.args, **kwargs: P.kwargs) -> R:
            return known(number_marks(), args, tuple(kwargs.items()))

        return words

    return remember

"""Whether memory is enough, in the words every view, report and command uses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from isocost.language import later
from isocost.plan.physics.records import Breakdown

FitWord = Literal[
    "fits",
    "probably fits",
    "probably needs host memory",
    "needs host memory",
    "probably does not fit",
    "does not fit",
]

FIT_WORDS: tuple[FitWord, ...] = (
    later("fits"),
    later("probably fits"),
    later("probably needs host memory"),
    later("needs host memory"),
    later("probably does not fit"),
    later("does not fit"),
)  # type: ignore[assignment]
"""From the best to the gravest. What needs host memory runs all the same, slower than is reckoned: an update
of rounds, whose simulation does not ask for its memory."""


def fit_word(held: Breakdown, *, runs: bool = False) -> FitWord:
    """Whether a breakdown fits its limit, as sure as measured memory lets us be.

    Args:
        runs: whether what is beyond the limit moves to host memory, and the stage runs.
    """
    close, fits = held.close, held.total <= (held.limit or 0.0)
    if fits:
        return "probably fits" if close else "fits"
    if runs:
        return "probably needs host memory" if close else "needs host memory"
    return "probably does not fit" if close else "does not fit"


def gravest(words: Iterable[FitWord | None]) -> FitWord | None:
    """The word of a whole plan: the gravest of its stages'; None where nothing has to fit."""
    known = [each for each in words if each is not None]
    return max(known, key=FIT_WORDS.index, default=None)

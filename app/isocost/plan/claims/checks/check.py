"""What a check of a claim says, and words that several of them have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isocost.language import tr
from isocost.plan.claims.terms import Terms
from isocost.quantities import format_count, format_fixed, format_quantity, format_share

Status = Literal["holds", "doubtful", "impossible", "unknown"]
Outcome = Literal[
    "", "sums", "bounded", "asked", "priced", "share", "times", "bits", "below", "above", "near", "text"
]
"""Of money: its sum, its limit or its price is judged, or the price is one that is asked. Of work: a share or
a multiple of it is lacking, or fewer bits would do. Of sense: below or above what we estimate, or near it; or
above it unless more text was read than is usual."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one check says."""

    name: Literal["money", "memory", "work", "sense"]
    status: Status
    short: str
    """The outcome in two or three words."""
    words: tuple[str, ...] = ()
    """The arithmetic, a sentence each."""
    ratio: float | None = None
    """Told over recomputed; None = nothing to compare."""
    reproduces: bool = False
    """Whether told and recomputed are the same number."""
    outcome: Outcome = ""
    """What came out, for code that goes on from it; empty where nothing does."""
    lacking: str = ""
    """How much of the work the hours cannot do."""


def bounded(bound: str, ratio: float) -> bool:
    """Whether what is recomputed keeps to a limit that is told."""
    return (bound == "at most" and ratio >= 1.0) or (bound == "at least" and ratio <= 1.0)


def not_known(terms: Terms) -> str:
    """Which of the model and the accelerator is not known, as a sentence; empty = neither."""
    if terms.counted is None and terms.claim.sparse:
        return tr("How many parameters work on a token is not told.")
    if terms.counted is None:
        return tr("The model's size is not told.")
    return tr("The accelerator is not told, or not in the catalogue.") if terms.entry is None else ""


AS_TIMES = 2.0
"""From how many times as much the lack is told in times, not as a share."""


def lacking_words(ratio: float) -> str:
    """How much is lacking where so many times as much is needed: "17 %", "59 times"."""
    if ratio >= AS_TIMES:
        return times_words(ratio)
    return format_share(1.0 - 1.0 / ratio, decimals=0) if ratio >= 1.01 else "under 1 %"


FAR_LESS = 0.01
"""Times: so small a part is told as so many times less."""


def times_words(ratio: float) -> str:
    """How many times, in words: "2.4 times", "59 times", "3.5M times"."""
    if ratio >= 1e6:
        return tr("{fixed} times", fixed=format_quantity(float(f"{ratio:.1e}"), "number"))
    return tr("{fixed} times", fixed=format_fixed(ratio, 1) if ratio < 9.95 else format_count(ratio))

"""What views say has a few shapes: three sentences, or a figure with its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import NamedTuple

from isocost.language import tr
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.factors import FigureRanges
from isocost.report.decisions.doubting.doubt import ends_said


class Said(NamedTuple):
    """What a view says of what it shows."""

    finding: str
    """A claim, which stands as the title; it holds for everything shown."""
    subtitle: str
    """How to read the picture."""
    summary: str
    """Both and the figures as sentences, for those who cannot see the picture."""

    def of(self, estimate: Estimate) -> Said:
        """The same of a plan that may not fit: see :func:`fitted_words`."""
        if estimate.runs:
            return self
        finding = fitted_words(estimate, self.finding)
        told = self.summary.removeprefix(f"{self.finding}. ")
        return Said(finding, self.subtitle, f"{finding}. {told}")


def fitted_words(estimate: Estimate, words: str) -> str:
    """Words about a plan; of one that does not fit, which is worked out as though it did, said to be so."""
    return words if estimate.runs else tr("{words}, if it fitted", words=words)


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number worth a place of its own."""

    label: str
    value: str
    note: str
    """What it refers to."""
    figure: str = ""
    """Key by which it is explained; empty = it is not."""
    planned: float = 0.0
    """The number itself."""
    show: Callable[[float], str] = str
    """How such a number is written."""
    spread: str = ""
    """8 chances in 10 of it; empty = it is as good as known, or not shown."""

    @property
    def words(self) -> str:
        """All of it on one line."""
        likely = tr(", 8 chances in 10: {spread}", spread=self.spread) if self.spread else ""
        return f"{self.label}: {self.value}, {self.note}{likely}"

    def ranged(self, ranges: FigureRanges | None) -> KeyFigure:
        """The same with its range."""
        return replace(self, spread=spread_of(ranges, self.figure, self.planned, self.show))


def spread_of(ranges: FigureRanges | None, figure: str, planned: float, show: Callable[[float], str]) -> str:
    """8 chances in 10 of a figure as it is written; empty = it is as good as known, or not shown.

    Args:
        figure: key by which it is explained.
    """
    ends = None if ranges is None else ranges.of(figure, planned)
    if ends is None:
        return ""
    low, high = map(show, ends)
    return "" if low == high else ends_said(low, high)

"""What views say has a few shapes: three sentences, or a figure with its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Said(NamedTuple):
    """What a view says of what it shows."""

    finding: str
    """A claim, which stands as the title; it holds for everything shown."""
    subtitle: str
    """How to read the picture."""
    summary: str
    """Both and the figures as sentences, for those who cannot see the picture."""


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A number worth a place of its own."""

    label: str
    value: str
    note: str
    """What it refers to."""
    figure: str = ""
    """Key by which it is explained; empty = it is not."""

    @property
    def words(self) -> str:
        """All of it on one line."""
        return f"{self.label}: {self.value}, {self.note}"

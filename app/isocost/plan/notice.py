"""What is impossible, unlikely or out of date in a plan: a sentence at the input that causes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from isocost.language import tr
from isocost.quantities import format_count

RELEASE = tr("Let the search choose")
"""Takes the pins off a layout."""


@dataclass(frozen=True, slots=True)
class Cure:
    """What would settle a notice: a value for the input at fault, or letting go of the pinned layout."""

    value: int | None
    """None = release every pinned part of the layout."""
    stage: int
    """Index of the stage whose input it is."""

    @property
    def words(self) -> str:
        """What taking it does, for a button: "Use 96"."""
        return RELEASE if self.value is None else tr("Use {count}", count=format_count(self.value))


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning in words, at the input that causes it."""

    code: str
    """Stable name, for example ``does-not-fit``."""
    field: str
    """Path of the input at fault, for example ``hardware.count``."""
    message: str
    """One sentence with what would fix it."""
    severity: Literal["info", "care", "stop"] = "care"
    cure: Cure | None = None

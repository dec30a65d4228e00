"""One declared input: what it is called, which values make sense, and where its default comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantity = Literal["number", "count", "money", "share", "hours"]
"""How a value is typed and shown: 7B | 2,048 | $3.99 | 40 % | 198 h."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input: what it is called, which values make sense, and where its default comes from."""

    path: str
    label: str
    unit: str
    quantity: Quantity
    low: float
    high: float
    """Ends of the slider; typed values may lie beyond them, up to ``minimum`` and ``maximum``."""
    minimum: float
    maximum: float
    help: str
    default: float | None = None
    """None = estimated when the field may be empty, else no default of its own."""
    default_source: str = ""
    scale: Literal["log", "linear"] = "log"
    integer: bool = False
    optional: bool = False
    """Whether the value may be left out for the estimator to fill in."""

    @property
    def section(self) -> str:
        """The part of the project the value lives in."""
        return self.path.split(".")[0]

    @property
    def name(self) -> str:
        """The value's name within its section."""
        return self.path.split(".")[1]

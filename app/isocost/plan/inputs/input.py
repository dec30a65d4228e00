"""One declared input: what it is called, which values make sense, and where its default comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from isocost.language import tr
from isocost.quantities import (
    DOLLAR,
    WHOLE,
    MoneyUnit,
    Quantity,
    QuantityError,
    format_count,
    format_exact,
    format_quantity,
    parse,
)

_EXPERTS = re.compile(r"\s*[0-9]+\s*[x×]\s*[0-9.]+\s*[bm]\s*", re.IGNORECASE)
"""A mixture's size by its experts: "8x7B" has 46.7 billion weights, not 56."""
TRILLION = 1e12
LARGEST_SUFFIXED = 1000 * TRILLION
"""From here on other numbers are written with an exponent."""


class ExpertsError(QuantityError):
    """A number of experts and the size of a model made of one, where a number of weights is wanted."""


@dataclass(frozen=True, slots=True)
class _Declared:
    """What numbers and choices have in common; a path is ``section.name``, as in a plan."""

    path: str
    label: str

    @property
    def section(self) -> str:
        """The part of the project the value lives in."""
        return self.path.split(".")[0]

    @property
    def name(self) -> str:
        """The value's name within its section."""
        return self.path.split(".")[1]


@dataclass(frozen=True, slots=True)
class Input(_Declared):
    """A number."""

    unit: str
    quantity: Quantity
    low: float
    high: float
    """Ends of the slider; typed values may lie beyond them, up to ``minimum`` and ``maximum``."""
    minimum: float
    maximum: float
    help: str
    default_source: str = ""
    default: float | None = None
    """None = estimated when the input may be empty, else no default of its own."""
    scale: Literal["log", "linear"] = "log"
    integer: bool = False
    optional: bool = False
    """Whether the value may be left out for the estimator to fill in."""
    counted: float | None = None
    """What a cost that is off comes to when it is first counted; None = there is none, or no figure."""
    counted_source: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What may follow a number of it: its unit, and what its name counts ("2T tokens", "7B params")."""
        counted = self.name.rpartition("_")[2] if self.quantity in ("number", *WHOLE) else ""
        return (self.unit, counted, *(("params",) if counted == "parameters" else ()))

    def read(
        self,
        text: str,
        *,
        current: float | None = None,
        unit: str = "",
        money: Sequence[MoneyUnit] = (DOLLAR,),
        several: Mapping[str, float] | None = None,
    ) -> float:
        """The value typed for it, as :func:`isocost.quantities.parse` reads numbers; ``unit`` is a
        word more that may follow. Whether the input can have it, :func:`problem` says.

        Raises:
            QuantityError: it is no number, or a mixture's size told by its experts.
        """
        if self.path == "model.parameters" and _EXPERTS.fullmatch(text):
            raise ExpertsError(
                tr(
                    "{text!r} counts experts, which share the rest of their weights: write all "
                    "parameters and the active ones, or choose the model by its name.",
                    text=text.strip(),
                )
            )
        words = (*self.words, unit) if unit else self.words
        return parse(text, self.quantity, current=current, unit=words, money=money, several=several)


@dataclass(frozen=True, slots=True)
class Choice(_Declared):
    """One of a few words, or of the names a catalogue knows."""

    help: str
    options: Mapping[Any, str] = field(default_factory=dict)
    """What is stored -> how it is called, in the order offered; empty = the names come from the catalogue."""
    default_source: str = ""
    default: str | int | bool | None = None
    optional: bool = False
    """Whether it may be left to the search."""
    meanings: Mapping[str, str] = field(default_factory=dict)
    """A sentence on each option whose word does not tell enough."""


TIMES = ("days", "weeks", "months", "years")
"""Units without which a limit says nothing."""


def problem(declared: Input, value: float) -> str | None:
    """What is wrong with a value for an input, as a sentence without the place; None = fine."""
    got = format_exact(value, declared.quantity)
    if not declared.minimum <= value <= declared.maximum:
        low, high = _limit(declared, declared.minimum), _limit(declared, declared.maximum)
        unit = f" {declared.unit}" if declared.unit in TIMES else ""
        return tr(
            "{label} must lie between {low} and {high}{unit}, got {got}.",
            label=declared.label,
            low=low,
            high=high,
            unit=unit,
            got=got,
        )
    if declared.integer and value != int(value):
        return tr("{label} must be a whole number, got {got}.", label=declared.label, got=got)
    return None


def _limit(declared: Input, value: float) -> str:
    """A limit as people write it: the largest ones in trillions, not with an exponent."""
    if declared.quantity == "number" and value >= LARGEST_SUFFIXED:
        return f"{format_count(value / TRILLION)}T"
    if declared.unit in TIMES and value >= 1.0:
        return format_count(value)
    return format_quantity(value, declared.quantity, digits=6)

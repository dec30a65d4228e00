"""A line's arithmetic as people check it on paper: enough digits that the product is the amount shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from isocost.plan.money.surroundings import cents
from isocost.quantities import SPACE, format_cents, format_count

DOLLARS_FROM = 10_000.0
"""USD from which cents are not shown beside a product."""
CENTS_BELOW = 1000.0
"""USD up to which a round price is written with its cents."""
FEWEST, MOST = 3, 15
"""Significant digits of a factor."""


@dataclass(frozen=True, slots=True)
class Factor:
    """A number of a product, and how it is written."""

    value: float
    unit: Literal["number", "usd", "share"] = "number"

    def text(self, digits: int) -> str:
        """The number with at least its whole part, and a price below $1,000 with its cents."""
        size = math.floor(math.log10(abs(self._shown))) if self._shown else 0
        whole, _, part = f"{self._shown:,.{max(0, digits - 1 - size)}f}".partition(".")
        part = part.rstrip("0")
        if self.unit == "usd" and (part or self.value < CENTS_BELOW):
            part = part.ljust(2, "0")
        number = f"{whole}.{part}" if part else whole
        return {"number": number, "usd": f"${number}", "share": f"{number}{SPACE}%"}[self.unit]

    def read(self, digits: int) -> float:
        """The value of its text."""
        number = float(self.text(digits).strip("$%" + SPACE).replace(",", ""))
        return number / 100.0 if self.unit == "share" else number

    @property
    def _shown(self) -> float:
        return self.value * 100.0 if self.unit == "share" else self.value


def amount(usd: float) -> str:
    """A result: to the cent, as the line's own cost is rounded, or to the dollar from $10,000 on."""
    return f"${format_count(usd)}" if abs(usd) >= DOLLARS_FROM else format_cents(cents(usd))


def product(words: str, *factors: Factor) -> str:
    """``words`` with the factors in its braces and the USD they come to: "6 people x $9,000 = $54,000".

    Factors take the fewest digits whose product, as written, is the amount as written.
    """
    shown = amount(math.prod(factor.value for factor in factors))
    digits = next(
        (n for n in range(FEWEST, MOST) if amount(math.prod(f.read(n) for f in factors)) == shown), MOST
    )
    return f"{words.format(*(factor.text(digits) for factor in factors))} = {shown}"

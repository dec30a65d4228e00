"""The currency amounts of money are shown in. All amounts are held in USD: showing them is the last step.

What is shown is set where words are made for somebody, for a while (:func:`money_shown_in`) or for as long
as a document is open (:func:`show_money_in`); a thread that nobody told shows dollars. So the many functions
that write an amount have one road, and none hands on a currency that it does not need itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from decimal import Decimal

from isocost.language import tr
from isocost.quantities.marks import marked

SPACE = "\N{NO-BREAK SPACE}"
"""Between a number and its unit, so that a line never breaks there."""


@dataclass(frozen=True, slots=True)
class MoneyUnit:
    """A currency as amounts are written in it, at one rate."""

    code: str = "USD"
    """ISO 4217."""
    symbol: str = "$"
    digits: int = 2
    """After the decimal point, of the smallest coin."""
    per_usd: float = 1.0
    date: str = ""
    """Day of the rate, ISO 8601."""
    spellings: tuple[str, ...] = ("us$", "dollar", "dollars")
    """Other ways to type it, beside code and symbol; in small letters."""

    @property
    def prefix(self) -> str:
        """What stands before an amount: "$", "CHF "."""
        return f"{self.symbol}{SPACE}" if self.symbol[-1:].isalpha() else self.symbol

    @property
    def is_dollar(self) -> bool:
        """Whether amounts are shown as they are held."""
        return self.code == "USD"

    @property
    def rate_words(self) -> str:
        """The rate in a few words: "0.86 per $, 2026-11-27"."""
        return tr("{marked} per $", marked=marked(f"{self.per_usd:g}")) + (
            f", {self.date}" if self.date else ""
        )

    def shown(self, usd: float) -> float:
        """An amount of USD in this currency."""
        return usd * self.per_usd  # one of a dollar, which leaves every float as it is

    def usd(self, amount: float) -> float:
        """An amount of this currency in USD, so exactly that what was typed is shown again."""
        return amount if self.is_dollar else float(Decimal(repr(amount)) / Decimal(repr(self.per_usd)))


DOLLAR = MoneyUnit()

_SHOWN: ContextVar[MoneyUnit] = ContextVar("shown_money", default=DOLLAR)


def shown_money() -> MoneyUnit:
    """The currency that amounts are written in here and now."""
    return _SHOWN.get()


def show_money_in(unit: MoneyUnit) -> None:
    """Write amounts in a currency from now on, in this thread."""
    _SHOWN.set(unit)


@contextmanager
def money_shown_in(unit: MoneyUnit) -> Iterator[None]:
    """Write amounts in a currency inside the block."""
    before = _SHOWN.set(unit)
    try:
        yield
    finally:
        _SHOWN.reset(before)

"""Arithmetic as people check it on paper: words with values in them that come to their result as written.

Words are arithmetic with places for values, ``{people.heads} people x {people_months} months``. Signs are
``+``, ``-``, ``x``, ``/``, ``^`` and brackets; ``of`` multiplies and binds last ("5 % of $2 + $3"); "the
larger of A and B", "the smaller of A and B" and "A in whole days" are what they say; other words only name
what stands beside them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isocost.language import later, tr
from isocost.quantities import SPACE, format_count, format_fixed, marked, shown_money

Number = float | NDArray[np.float64]
Form = Literal["number", "usd", "share"]
"""How a value is written: 2,048 | $3.99 | 40 %."""

CENTS = 100
WHOLE_FROM = 10_000.0
"""Of the currency shown, from which cents are not shown beside arithmetic."""
CENTS_BELOW = 1000.0
"""Of the currency shown, up to which a round price is written with its cents."""
FEWEST, MOST = 3, 15
"""Significant digits of a value in arithmetic; floats have no more than fifteen that can be trusted."""

_PLACE = re.compile(r"{([^{}]+)}")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?")
_SPOKEN = (
    later("the larger of"),
    later("the smaller of"),
    later("in whole days"),
    later("of the main run's"),
    later("of everything else"),
    later("GPU-hours"),
    later("chip-hours"),
    later("tokens"),
    later("months"),
    later("people"),
    later("and"),
    later("of"),
)
"""Words of arithmetic, which is read in English, as languages have their own: longer ones first."""
_SAID = re.compile(
    rf"{_PLACE.pattern}|\b({'|'.join(_SPOKEN)})(?!\w)"
    r"|(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?(?![\w.])"
)
"""A place, a word, or a number that stands among them."""
_SIGN = r"(?:[A-Z]{0,3}[^\w\s(){}+/^%.,'-]|[A-Z]{3}\s)"
"""What stands before an amount: "$", "CN¥", "CHF "."""
_TOKEN = re.compile(rf"{{[^{{}}]+}}|{_SIGN}?{_NUMBER.pattern}\s?%?|[-+/^()]|[A-Za-z][\w-]*")
_AMOUNT = re.compile(rf"{_SIGN}?\d")
_PHRASES = {"the larger of": "larger", "the smaller of": "smaller", "in whole days": "ceil"}
_WORDS = frozenset({"x", "of", "and", *_PHRASES.values()})


@dataclass(frozen=True, slots=True)
class Factor:
    """A value in arithmetic, and how it is written."""

    value: float
    """Money in USD."""
    form: Form = "number"

    def text(self, digits: int) -> str:
        """The value with at least its whole part, and a price below $1,000 with its cents."""
        number = marked(self._digits(digits))
        prefix = shown_money().prefix if self.form == "usd" else ""
        return f"{prefix}{number}{SPACE}%" if self.form == "share" else f"{prefix}{number}"

    def _digits(self, digits: int) -> str:
        """The number of its text, in plain marks."""
        # After the point stands what is left of the significant digits: 120,966.4 keeps its whole part.
        size = math.floor(math.log10(abs(self._shown))) if self._shown else 0
        whole, _, part = f"{self._shown:,.{max(0, digits - 1 - size)}f}".partition(".")
        part = part.rstrip("0")
        if self.form == "usd" and (part or self._shown < CENTS_BELOW):
            part = part.ljust(shown_money().digits, "0")
        return f"{whole}.{part}" if part else whole

    def read(self, digits: int) -> float:
        """The value of its text."""
        number = float(self._digits(digits).replace(",", ""))
        return number / 100.0 if self.form == "share" else number

    @property
    def exact(self) -> float:
        """The value that its text stands for: money in the currency shown."""
        return shown_money().shown(self.value) if self.form == "usd" else self.value

    @property
    def _shown(self) -> float:
        return self.value * 100.0 if self.form == "share" else self.exact


def places(words: str) -> tuple[str, ...]:
    """Names of the values that words have places for, in their order."""
    return tuple(_PLACE.findall(words))


def with_values(words: str, said: Callable[[str], str]) -> str:
    """Words in the chosen language with what is said of each place by its name; numbers in shown marks."""

    def told(found: re.Match[str]) -> str:
        place, word = found.groups()
        return said(place) if place is not None else tr(word) if word is not None else marked(found[0])

    return _SAID.sub(told, words)


def filled(words: str, factors: Mapping[str, Sequence[Factor]], digits: int) -> str:
    """Words with their values; a place of several (one a stage) holds their sum."""

    return with_values(words, lambda name: " + ".join(x.text(digits) for x in factors[name]) or "0")


def on_paper(
    words: str, factors: Mapping[str, Sequence[Factor]], amount: Callable[[float], str], said: str = ""
) -> tuple[str, str]:
    """Words with values and what they come to, in the fewest digits that, read as written, come to it.

    Args:
        amount: writes a result; two results written alike are the same on paper.
        said: the same words in the chosen language, for people; empty = as they are.
    """
    said = said or words
    # From the values, not from the figure: a rent is in cents already, and rounding twice can differ.
    exact = amount(read(words, {name: sum(f.exact for f in each) for name, each in factors.items()}))
    for digits in range(FEWEST, MOST):
        values = {name: sum(f.read(digits) for f in each) for name, each in factors.items()}
        if amount(read(words, values)) == exact:
            return filled(said, factors, digits), exact
    return filled(said, factors, MOST), exact


def money_amount(amount: float) -> str:
    """A result in the currency shown: to its cent, or in whole units from 10,000 on."""
    unit = shown_money()
    if abs(amount) >= WHOLE_FROM:
        return f"{unit.prefix}{format_count(amount)}"
    rounded = cents(amount) if unit.digits == len(str(CENTS)) - 1 else amount
    return f"{'-' if rounded < 0 else ''}{unit.prefix}{format_fixed(abs(rounded), unit.digits)}"


def in_cents(usd: Number) -> Number:
    """Rounded to the cent."""
    rounded: NDArray[np.float64] = np.rint(np.asarray(usd, dtype=np.float64) * CENTS) / CENTS
    return rounded


def cents(usd: float) -> float:
    """One amount rounded to the cent."""
    return float(in_cents(usd))


def read(words: str, values: Mapping[str, float] | None = None) -> float:
    """What arithmetic comes to as it is written, with ``values`` in its places.

    Raises:
        ValueError: the words are no arithmetic.
    """
    reader = _Reader(_tokens(words), values or {})
    value = reader.shares()
    if reader.token is not None:
        raise ValueError(f"{words!r} is not arithmetic: {reader.token!r} is left over.")
    return value


@lru_cache(maxsize=512)
def _tokens(words: str) -> tuple[str, ...]:
    """Places, numbers and signs; words that only name things are passed over."""
    plain = words.replace(SPACE, " ")
    for phrase, word in _PHRASES.items():
        plain = plain.replace(phrase, word)
    found = (token.strip() for token in _TOKEN.findall(plain))
    return tuple(t for t in found if t in _WORDS or not t[0].isalpha() or _AMOUNT.match(t))


def _number(text: str) -> float:
    """The value of a number as it is written: "$3.99", "40 %"."""
    digits = _NUMBER.search(text)
    if digits is None:
        raise ValueError(f"A number is missing in {text!r}.")
    number = float(digits[0].replace(",", ""))
    return number / 100.0 if text.endswith("%") else number


class _Reader:
    """Reads arithmetic from left to right: shares, sums, products, powers, single values."""

    def __init__(self, tokens: tuple[str, ...], values: Mapping[str, float]) -> None:
        self._tokens = iter(tokens)
        self._values = values
        self.token: str | None = next(self._tokens, None)

    def _take(self) -> str | None:
        taken, self.token = self.token, next(self._tokens, None)
        return taken

    def shares(self) -> float:
        value = self._sum()
        while self.token == "of":
            self._take()
            value *= self._sum()
        return value

    def _sum(self) -> float:
        value = self._product()
        while self.token in ("+", "-"):
            value += self._product() if self._take() == "+" else -self._product()
        return value

    def _product(self) -> float:
        value = self._power()
        while self.token in ("x", "/"):
            value = value * self._power() if self._take() == "x" else value / self._power()
        return value

    def _power(self) -> float:
        value = self._single()
        if self.token == "^":
            self._take()
            return float(value ** self._power())
        if self.token == "ceil":
            self._take()
            return float(math.ceil(value))
        return value

    def _single(self) -> float:
        token = self._take()
        if token == "(":
            value = self.shares()
            if self._take() != ")":
                raise ValueError("A bracket is not closed.")
            return value
        if token in ("larger", "smaller"):
            first = self._sum()
            if self._take() != "and":
                raise ValueError(f"'The {token} of' needs two values joined by 'and'.")
            return float((np.maximum if token == "larger" else np.minimum)(first, self._sum()))
        if token == "-":
            return -self._power()
        if token is not None and token[0] == "{":
            return self._values[token[1:-1]]
        if token is None or token in "-+/^()" or token in _WORDS:
            raise ValueError(f"A number is missing before {token!r}.")
        return _number(token)

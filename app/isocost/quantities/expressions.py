"""Arithmetic with quantities as people write it: "7B*2", "3e9 + 4e9", "$20 - 5%", "(2+1) weeks * 2"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Literal, NamedTuple

from isocost.language import tr

_OPERAND = re.compile(r"(?:[^-+*/()]|(?<=[0-9.][eE])[-+](?=[0-9]))+")
"""Everything up to an operator; the sign of an exponent is none."""
_PERCENT = re.compile(r"\s*([0-9.,]+)\s*%\s*")

Read = Callable[[str], float]


class _Value(NamedTuple):
    """A part of an expression."""

    size: float
    kind: Literal["plain", "quantity", "percent"]
    """``plain`` has no unit, ``percent`` is a share of what it is added to."""


def evaluate(text: str, *, plain: Read, quantity: Read, as_quantity: Callable[[float], float]) -> float:
    """The value of an expression with + - * / and parentheses; products before sums.

    A percentage added or taken away is of what stands before it: ``$20 - 5%`` is 19. No code is run.

    Args:
        text: the expression, which an equals sign may open.
        plain: reads a number that has no unit; raises ValueError otherwise.
        quantity: reads an amount with its unit; raises ValueError otherwise.
        as_quantity: what a plain number means where an amount is wanted.

    Raises:
        ValueError: it is not an expression, or one that makes no sense (money times money).
    """
    reader = _Reader(text.strip().removeprefix("="), plain, quantity, as_quantity)
    found = reader.sum()
    if reader.rest:
        raise ValueError(tr("{rest!r} follows the expression", rest=reader.rest))
    size = as_quantity(found.size) if found.kind == "plain" else found.size
    if found.kind == "percent":
        size = as_quantity(100 * found.size)
    if not math.isfinite(size):
        raise ValueError(tr("too large"))
    return float(f"{size:.12g}")


class _Reader:
    """Reads an expression from the left by recursive descent."""

    def __init__(self, text: str, plain: Read, quantity: Read, as_quantity: Callable[[float], float]) -> None:
        self._text = text
        self._at = 0
        self._plain = plain
        self._quantity = quantity
        self._as_quantity = as_quantity

    @property
    def rest(self) -> str:
        """What is still to be read."""
        return self._text[self._at :].strip()

    def sum(self) -> _Value:
        """Products added and taken away."""
        found = self._product()
        while sign := self._next("+-"):
            found = self._added(found, self._product(), 1.0 if sign == "+" else -1.0)
        return found

    def _product(self) -> _Value:
        found = self._factor()
        while sign := self._next("*/"):
            found = _multiplied(found, self._factor(), sign)
        return found

    def _factor(self) -> _Value:
        if sign := self._next("+-"):
            if self._next("+-"):
                raise ValueError(tr("two signs in a row"))
            found = self._factor()
            return found._replace(size=-found.size) if sign == "-" else found
        if self._next("("):
            found = self.sum()
            if not self._next(")"):
                raise ValueError(tr("a parenthesis is not closed"))
            return found
        return self._operand()

    def _operand(self) -> _Value:
        match = _OPERAND.match(self._text, self._at)
        if match is None or not match[0].strip():
            raise ValueError(tr("a number is missing"))
        self._at = match.end()
        text = match[0].strip()
        if percent := _PERCENT.fullmatch(text):
            return _Value(self._plain(percent[1]) / 100, "percent")
        try:
            return _Value(self._plain(text), "plain")
        except ValueError:
            return _Value(self._quantity(text), "quantity")

    def _next(self, signs: str) -> str:
        """The next sign when it is one of these, which is then read; empty otherwise."""
        while self._text[self._at : self._at + 1] == " ":
            self._at += 1
        found = self._text[self._at : self._at + 1]
        if not found or found not in signs:
            return ""
        self._at += 1
        return found

    def _added(self, one: _Value, other: _Value, sign: float) -> _Value:
        if one.kind == other.kind:
            return one._replace(size=one.size + sign * other.size)
        if other.kind == "percent":
            return one._replace(size=one.size * (1.0 + sign * other.size))
        if one.kind == "percent":
            raise ValueError(tr("a percentage of nothing"))
        sizes = [self._as_quantity(each.size) if each.kind == "plain" else each.size for each in (one, other)]
        return _Value(sizes[0] + sign * sizes[1], "quantity")


def _multiplied(one: _Value, other: _Value, sign: str) -> _Value:
    if sign == "/" and other.size == 0:
        raise ValueError(tr("nothing can be divided by zero"))
    amounts = [each for each in (one, other) if each.kind == "quantity"]
    if len(amounts) == 2 and sign == "*":
        raise ValueError(tr("an amount times an amount is none"))
    if sign == "/" and other.kind == "quantity" and one.kind != "quantity":
        raise ValueError(tr("a number divided by an amount is none"))
    size = one.size * other.size if sign == "*" else one.size / other.size
    if len(amounts) == 1:
        return _Value(size, "quantity")
    if one.kind == other.kind == "percent":
        return _Value(size, "percent" if sign == "*" else "plain")
    return _Value(size, "plain")

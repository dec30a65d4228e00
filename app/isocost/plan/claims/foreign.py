"""Amounts of other currencies in a sentence, written in dollars at the catalogue's rate."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from isocost.catalog import Catalog
from isocost.language import tr
from isocost.plan.claims import patterns
from isocost.quantities import MoneyUnit, QuantityError


def in_dollars(text: str, catalog: Catalog) -> tuple[str, tuple[str, ...]]:
    """A sentence with its foreign amounts in dollars, and a sentence for each that says so.

    What is no number stays, and so does a sign that several currencies share: "¥".
    """
    written = _written(tuple(rate.unit for rate in catalog.constants.currencies.values()))
    said: list[str] = []

    def converted(found: re.Match[str]) -> str:
        unit = written.unit(found["before"] or found["after"])
        ends = _amounts(found)
        if not ends:
            return found[0]
        dollars = " to ".join(f"${unit.usd(end):,.2f}" for end in ends)
        said.append(
            tr(
                "{found!r} is taken as {dollars}, at {rate}.",
                found=found[0].strip(),
                dollars=dollars,
                rate=unit.rate_words,
            )
        )
        return f" {dollars} "

    return written.pattern.sub(converted, text), tuple(said)


def _amounts(found: re.Match[str]) -> list[float]:
    """The amount of a match, or both ends of its range; none where one of them is no number."""
    try:
        return [patterns.number(digits, scale) for digits, scale in patterns.ends(found)]
    except QuantityError:
        return []


@dataclass(frozen=True)
class _Written:
    """How the currencies of a table stand in a sentence."""

    units: dict[str, MoneyUnit]
    """By the word, in small letters."""
    pattern: re.Pattern[str]

    def unit(self, word: str) -> MoneyUnit:
        return self.units[word.casefold()]


@lru_cache(maxsize=4)
def _written(currencies: tuple[MoneyUnit, ...]) -> _Written:
    """Signs and codes before an amount or behind it, and words behind it: "won 3 prizes" is no amount."""
    foreign = [unit for unit in currencies if not unit.is_dollar]
    symbols = [unit.symbol for unit in currencies]
    shared = {each for each in symbols if any(other != each and other.endswith(each) for other in symbols)}
    signs = [(unit.symbol, unit) for unit in foreign if unit.symbol not in shared]
    words = [(word, unit) for unit in foreign for word in unit.spellings]
    # As they are capitalised, since "try" is no lira: codes, and what abbreviates like one, "RMB" or "Rs".
    signs += [(unit.code, unit) for unit in foreign]
    signs += [(word.upper(), unit) for word, unit in words if len(word) == 3]
    signs += [(word.title(), unit) for word, unit in words if len(word) == 2]
    sign, word = (_any(each for each, _ in pairs) for pairs in (signs, words))
    pattern = re.compile(
        rf"(?<![\w-])(?P<before>{sign})\.?\s?{patterns.SPAN_BEHIND}"
        rf"|{patterns.SPAN2}\s?(?P<after>{sign}|(?i:{word}))(?![A-Za-z])"
    )
    return _Written({each.casefold(): unit for each, unit in (*signs, *words)}, pattern)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(each) for each in sorted(set(words), key=len, reverse=True))

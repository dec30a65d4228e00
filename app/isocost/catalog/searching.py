"""What a text may mean among many names: words found apart, numbers only as whole numbers."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from isocost.catalog.names import NameIndex, normalised

NAMED, SAME, BEGUN, HELD, GLUED, INSIDE = range(6)
"""Ranks: a name, the same letters, what a name begins with, all words in any order, and the text as one
string at a name's beginning or within it, whatever its numbers are part of."""
SHORTEST = 2
"""Letters from which a part of a word says which is meant."""


class _Part(NamedTuple):
    """A run of letters, or a number with the letter after it: "qwen", "405b", "8x"."""

    letters: str
    number: float | None = None


_Word = tuple[_Part, ...]

_PARTS = re.compile(r"(?P<number>\d{1,15}(?:\.\d{1,15})?)(?P<unit>[a-z](?![a-z]))?|(?P<letters>[^\W\d_]+)")
_BETWEEN = re.compile(r"[\s_\-/,:;()·]+")


@lru_cache(maxsize=8192)
def _parts(text: str) -> _Word:
    return tuple(
        _Part(found["letters"]) if found["letters"] else _Part(found["unit"] or "", float(found["number"]))
        for found in _PARTS.finditer(text.casefold())
    )


def search_names(
    text: str, names: NameIndex, told: Mapping[str, Sequence[str]], dates: Mapping[str, str]
) -> dict[str, str]:
    """Keys that a text may mean, each with the spelling that says so, the likeliest first.

    Args:
        told: what else is known of a key and may be typed beside its name: its maker, its size.
        dates: ISO days or months; of equally likely ones the newest comes first.
    """
    words = [parts for word in _BETWEEN.split(text) if (parts := _parts(word))]
    whole, begins = normalised(text), _parts(text)

    @cache
    def held(each: str) -> frozenset[_Word]:
        # Once for all of a maker and all of a size: keys are ten times as many.
        return frozenset(word for word in words if _holds(word, _parts(each)))

    beside = {
        key: _untold(words, frozenset().union(*(held(each) for each in told.get(key, ()))))
        for key in names.every_key()
    }
    found: dict[str, tuple[int, int, str]] = {}
    named = names.find(text)
    if named is not None:
        found[named] = (NAMED, 0, text.strip())
    for known, key, spelling in names.meant():
        rank = _rank(known, spelling, whole, begins, beside[key] if words else None)
        if rank is None:
            continue
        more = _unasked(spelling, words) if rank in (BEGUN, HELD) else 0
        standing = (rank, more, key if rank == HELD and not beside[key] else spelling)
        if key not in found or standing[:2] < found[key][:2]:
            found[key] = standing
    newest = sorted(found, key=lambda key: dates.get(key, ""), reverse=True)
    return {key: found[key][2] for key in sorted(newest, key=lambda key: found[key][:2])}


def _untold(words: Sequence[_Word], told: Collection[_Word]) -> tuple[_Word, ...]:
    """Words that only a name can hold, as nothing told beside it does."""
    return tuple(word for word in words if word not in told)


def _rank(known: str, spelling: str, whole: str, begins: _Word, words: Sequence[_Word] | None) -> int | None:
    """How well a text says a spelling; None = not at all. ``words`` are those it must hold itself."""
    if known == whole:
        return SAME
    parts = _parts(spelling)
    if begins and _fits(begins, parts[: len(begins)]):
        return BEGUN
    if words is not None and all(_holds(word, parts) for word in words):
        return HELD
    if known.startswith(whole):
        return GLUED
    return INSIDE if whole in known else None


def _holds(word: _Word, parts: _Word) -> bool:
    """Whether parts hold a word's, one after another."""
    return any(_fits(word, parts[at : at + len(word)]) for at in range(len(parts) - len(word) + 1))


def _fits(typed: _Word, there: _Word) -> bool:
    """Whether what is typed stands there: numbers whole, of the last run of letters its beginning."""
    if len(there) != len(typed):
        return False
    one, other = typed[-1], there[-1]
    if one.number is None and other.number is None and len(one.letters) >= SHORTEST:
        ends = other.letters.startswith(one.letters)
    else:
        ends = _same(one, other)
    return ends and all(map(_same, typed[:-1], there[:-1]))


def _same(typed: _Part, there: _Part) -> bool:
    """A number without a unit is one of any."""
    if typed.number is None or there.number is None:
        return typed == there
    return typed.number == there.number and (not typed.letters or typed.letters == there.letters)


def _unasked(spelling: str, words: Sequence[_Word]) -> int:
    """Words of a spelling that nobody typed: "coder", "vl"."""
    typed = [part for word in words for part in word if part.number is None]
    words_there = [each for each in _parts(spelling) if each.number is None and len(each.letters) >= SHORTEST]
    return sum(not any(each.letters.startswith(part.letters) for part in typed) for each in words_there)

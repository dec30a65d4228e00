"""The abbreviations in a text, and what the glossary says of each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from isocost.report.help.pages import Section, manual, plain

DEGREES = ("TP", "CP", "PP", "VP", "EP", "DP")
"""Parts of a layout, which are written with their number: TP8."""
_SENTENCE = re.compile(r"^.*?[.:](?=\s|$)", re.DOTALL)


def entries_in(texts: Iterable[str]) -> dict[str, Section]:
    """The abbreviations in some texts, in their order, each with its entry; ordinary words are none."""
    found: dict[str, Section] = {}
    for text in texts:
        for met in _pattern().finditer(text):
            term = met["degree"] or met["term"]
            found.setdefault(term, manual().terms[term])
    return found


def short(entry: Section) -> str:
    """What an entry says first, without its marks."""
    text = " ".join(plain(entry.text.partition("\n\n")[0]).split())
    first = _SENTENCE.match(text)
    return text if first is None or first[0].endswith(":") else first[0]


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    terms = sorted(filter(is_short, manual().terms), key=len, reverse=True)
    words = "|".join(map(re.escape, terms))
    degrees = "|".join(DEGREES)
    return re.compile(rf"(?<![\w/.@-])(?:(?P<degree>{degrees})\d+|(?P<term>{words}))(?![\w/@]|\.\w|-\w)")


def is_short(term: str) -> bool:
    """Whether a term of the glossary is an abbreviation: two capitals or more."""
    return sum(letter.isupper() for letter in term) > 1


MOST_TOLD = 3
"""Abbreviations that a tip explains at most."""


def tip_of(text: str) -> str:
    """What the abbreviations in a text mean, a line each; empty where there are none."""
    found = list(entries_in([text]).items())[:MOST_TOLD]
    return "\n".join(f"{term}: {short(entry)}" for term, entry in found)

"""Words of training as frameworks and other languages spell them: what each is called here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import msgspec

from isocost.catalog.entries.prices import Text
from isocost.catalog.names import normalised
from isocost.catalog.table import read_rows
from isocost.paths import resource


class WordRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``resources/vocabulary.csv``."""

    field: Text
    """Path of the input the word is for, or ``kind`` of a stage."""
    word: Text
    value: str = ""
    """What it is in a plan; where ``word`` is in plans itself, what it is computed as."""
    said: str = ""
    """What of it is not computed, as a sentence; empty = nothing."""
    refused: str = ""
    """Why it is not taken, and what would be, as a sentence."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of every field by their spelling without case and separators."""

    words: Mapping[tuple[str, str], WordRow]

    def row(self, field: str, word: str) -> WordRow | None:
        """What is known of a word typed for a field; None = nothing."""
        place = _FIELDS.get(field, field)
        found = self.words.get((place, normalised(word)))
        if found is None and field == "layout.sharding":  # "MiCS 8": of a group of so many
            found = self.words.get((place, normalised(word.rstrip("0123456789"))))
        return found

    def said(self, field: str, word: str) -> str:
        """What of a plan's word is not computed, as a sentence; empty = nothing."""
        found = self.row(field, word)
        return found.said if found is not None else ""

    def computed(self, field: str, word: str) -> str:
        """The word a plan's word is computed as: itself, or one that stands in for it."""
        found = self.row(field, word)
        return found.value if found is not None else word


_FIELDS = {"preference.precision": "data.precision", "distillation.precision": "data.precision"}
"""Fields that share the words of another."""


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shipped vocabulary. Raises CatalogError naming the row that is wrong."""
    rows = read_rows(resource("vocabulary.csv"), WordRow)
    return Vocabulary({(row.field, normalised(row.word)): row for row in rows})


class ForeignWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``resources/claim_words.csv``: a word of amounts and time in another language."""

    language: Text
    word: Text
    english: Text
    after_number: bool = False
    """Whether it is one only right after a number: a short word that may be another elsewhere."""


@lru_cache(maxsize=1)
def foreign_words() -> tuple[ForeignWord, ...]:
    """The shipped words, the longest first. Raises CatalogError naming the row that is wrong."""
    rows = read_rows(resource("claim_words.csv"), ForeignWord)
    return tuple(sorted(rows, key=lambda row: -len(row.word)))

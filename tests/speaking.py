"""Languages of tests: those the app ships, and one of made-up letters.

For child processes: a language is chosen before any module that says something is read.
"""

from __future__ import annotations

import re

from isocost import paths
from isocost.language import choose_language, say_with

MADE_UP = "pseudo"
"""A language that has every sentence, each with its values, in letters of no alphabet that others use."""
PARTS = re.compile(r"(\{[^{}]*\}|<[^<>]*>|&[a-z]+;|%[a-z(])")
"""What of a message is no word: values, tags, entities."""
LETTERS = {ord(letter): chr(ord(letter) + 0xFEE0) for letter in map(chr, range(128)) if letter.isalpha()}
"""Letters twice as wide."""


def made_up(message: str) -> str:
    """A message in the letters of no language, its values where they were."""
    parts = PARTS.split(message)
    return "".join(part if PARTS.fullmatch(part) else part.translate(LETTERS) for part in parts)


def speak(language: str) -> None:
    """Say all that is said from now on in a language."""
    if language == MADE_UP:
        say_with(made_up)
    else:
        choose_language(language, paths.resource("languages"))

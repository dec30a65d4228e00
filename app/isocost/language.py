"""The language of what is shown: one catalogue of messages, keyed by the English sentence (gettext).

Modules say ``tr("{label} is cheapest at any pace", label=...)``: the English is written once, where it is
said, and stands where a language has no message for it. Only words change: plans keep what they hold.
Sentences in constants are made when their module is read, so a language is chosen before any other module is,
and another one needs a new start.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from string import Formatter
from typing import Any, Literal

DOMAIN = "isocost"
ENGLISH = "en"

_message: Callable[[str], str] = str
_chosen = ENGLISH


def tr(message: str, /, **values: object) -> str:
    """A message in the chosen language.

    Args:
        message: the English sentence; names in braces stand for values, as in ``str.format``.
        values: what stands for each name; without any the message is taken as it is, braces too.
    """
    said = _message(message)
    if not values:
        return said
    return said.format(**values) if DATIVE not in said else _INFLECTING.vformat(said, (), values)


DATIVE = "!d}"
"""Ends a field of a translation whose counted things stand in the dative: "in {time!d}" says "in 3 Tagen"."""
_COUNTED = re.compile(r"(\d(?:[\d.,’']|\s(?=\d{3}))*[KMBT]?)(\s)([A-ZÄÖÜ][a-zäöüß]*(?:e|el|er))(?![\w-])")
"""A number, a space, and a German noun that a dative plural adds an n to: it ends in none, and in no s."""


def dative(said: str) -> str:
    """Counted things of a German text as they stand after "in": "3 Tage" -> "3 Tagen", but "1 Woche"."""
    return _COUNTED.sub(lambda met: met[0] if met[1] == "1" else f"{met[0]}n", said)


class _Inflecting(Formatter):
    """Fills a message in, inflecting the fields that ask for it."""

    def convert_field(self, value: Any, conversion: Any) -> Any:
        return dative(str(value)) if conversion == "d" else super().convert_field(value, conversion)


_INFLECTING = _Inflecting()


def in_sentence(label: str) -> str:
    """A label as it stands within a sentence: without its capital in English, but for abbreviations."""
    small = _chosen == ENGLISH and (label[1:2].islower() or label[1:2] == " ")
    return label[:1].lower() + label[1:] if small else label


def listed(words: Iterable[str], joint: Literal["and", "or"] = "and") -> str:
    """Words as a list in the chosen language: "a", "a and b", "a, b or c"; empty without any."""
    *others, last = tuple(words) or ("",)
    if not others:
        return last
    values = {"list": ", ".join(others), "last": last}
    return tr("{list} and {last}", **values) if joint == "and" else tr("{list} or {last}", **values)


def capital(text: str) -> str:
    """A text with its first letter large, as a sentence begins."""
    return text[:1].upper() + text[1:]


def later(message: str) -> str:
    """A message that is looked up by its English words and put into the chosen language where it is shown."""
    return message


def languages(folder: Path) -> tuple[str, ...]:
    """The languages a folder of catalogues holds, English first, as two letters each."""
    shipped = folder.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (ENGLISH, *sorted(each.parent.parent.name for each in shipped))


def language() -> str:
    """The chosen language."""
    return _chosen


def choose_language(wanted: str, folder: Path) -> None:
    """Say all that is said from now on in a language of a folder; one it does not hold is said in English.

    Args:
        wanted: "de", or the name of a locale such as "de_AT.UTF-8".
        folder: catalogues as gettext keeps them, ``de/LC_MESSAGES/isocost.mo``.
    """
    global _chosen
    name = wanted.replace("-", "_").split("_")[0].lower()
    _chosen = name if name in languages(folder) else ENGLISH
    say_with(str if _chosen == ENGLISH else gettext.translation(DOMAIN, folder, [_chosen]).gettext)


def say_with(message: Callable[[str], str]) -> None:
    """Say all that is said from now on as a function of the English sentence has it."""
    global _message
    _message = message

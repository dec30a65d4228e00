"""The language of what is shown: one catalogue of messages, keyed by the English sentence (gettext).

Modules say ``tr("{label} is cheapest at any pace", label=...)``: the English is written once,
where it is said,
and stands where a language has no message for it. Only words change: plans keep what they hold. Sentences
that stand in constants are made when their module is read,
so a language is chosen before any other module is,
and another one needs a new start.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable

from isocost import paths

DOMAIN = "isocost"
ENGLISH = "en"
VARIABLE = "ISOCOST_LANGUAGE"
"""The environment's word for a language, which wins over every other."""

_message: Callable[[str], str] = str
_chosen = ENGLISH


def tr(message: str, /, **values: object) -> str:
    """A message in the chosen language.

    Args:
        message: the English sentence; names in braces stand for values, as in ``str.format``.
        values: what stands for each name; without any the message is taken as it is, braces too.
    """
    said = _message(message)
    return said.format(**values) if values else said


def in_sentence(label: str) -> str:
    """A label as it stands within a sentence: without its capital in English, but for abbreviations."""
    small = _chosen == ENGLISH and (label[1:2].islower() or label[1:2] == " ")
    return label[:1].lower() + label[1:] if small else label


def languages() -> tuple[str, ...]:
    """The languages there are, English first, as two letters each."""
    shipped = paths.resource("languages").glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (ENGLISH, *sorted(each.parent.parent.name for each in shipped))


def language() -> str:
    """The chosen language."""
    return _chosen


def choose_language(wanted: str) -> None:
    """Say all that is said from now on in a language; one that is not shipped is said in English."""
    global _chosen
    name = wanted.replace("-", "_").split("_")[0].lower()
    _chosen = name if name in languages() else ENGLISH
    if _chosen == ENGLISH:
        say_with(str)
    else:
        say_with(gettext.translation(DOMAIN, paths.resource("languages"), [_chosen]).gettext)


def say_with(message: Callable[[str], str]) -> None:
    """Say all that is said from now on as a function of the English sentence has it."""
    global _message
    _message = message


if os.environ.get(VARIABLE):
    choose_language(os.environ[VARIABLE])

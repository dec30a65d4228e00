"""The language of what is shown: one catalogue of messages, keyed by the English sentence (gettext).

Modules say ``tr("{label} is cheapest at any pace", label=...)``: the English is written once, where it is said,
and stands where a language has no message for it. Only words change: plans keep what they hold. Sentences
that stand in constants are made when their module is read, so a language is chosen before any other module is,
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


def languages() -> tuple[str, ...]:
    """The languages there are, English first, as two letters each."""
    shipped = paths.resource("languages").glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
    return (ENGLISH, *sorted(each.parent.parent.name for each in shipped))


def language() -> str:
    """The chosen language."""
    return _chosen


def choose_language(wanted: str) -> None:
    """Say all that is said from now on in a language; one that is not shipped is said in English."""
    global _message, _chosen
    name = wanted.replace("-", "_").split("_")[0].lower()
    _chosen = name if name in languages() else ENGLISH
    if _chosen == ENGLISH:
        _message = str
        return
    found = gettext.translation(DOMAIN, paths.resource("languages"), [_chosen])
    _message = found.gettext


if os.environ.get(VARIABLE):
    choose_language(os.environ[VARIABLE])

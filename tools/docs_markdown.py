"""Markdown as the written pages have it: tables, and text that stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_ADDRESS = re.compile(r"(?<![(<\w])https://[^\s()<>;,|]+[^\s()<>;,|.]")
_LITERAL = re.compile(r"``([^`]+)``")
_ROLE = re.compile(r":\w+:`~?([^`]+)`")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; empty where it has no rows."""
    lines = [f"| {' | '.join(cell(each) for each in row)} |" for row in rows]
    if not lines:
        return ""
    rule = f"|{'---|' * len(head)}"
    return "\n".join([f"| {' | '.join(head)} |", rule, *lines]) + "\n"


def cell(text: str) -> str:
    """A text that ends no cell."""
    return " ".join(text.replace("|", "\\|").split())


def prose(text: str) -> str:
    """A docstring's text as Markdown."""
    return _LITERAL.sub(r"`\1`", _ROLE.sub(lambda found: f"`{found[1].rpartition('.')[2]}`", text))


def escaped(text: str) -> str:
    """A text with no marks of its own; addresses become links."""
    plain = re.sub(r"([*_<\[\]`])", r"\\\1", text)
    return _ADDRESS.sub(lambda found: f"<{found[0]}>", plain.replace("\\_", "_"))

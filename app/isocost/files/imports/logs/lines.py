"""The lines of a log as its program wrote them: no colours, no wrapping of a collector, no redrawn bars."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

LONGEST_LINE = 50_000
"""Letters of a line that are looked at; a record of any framework is far shorter."""
_ANSI = re.compile(r"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")
_WRAPPED = ("log", "message", "msg", "textPayload", "line")
"""Keys under which collectors of containers' output keep a line."""
_RANK = re.compile(r"^\s*(?:\[(?:rank|default)\s?(\d{1,6})\]:?|(\d{1,6}):\s)")


def marked_lines(text: str, marks: Sequence[str]) -> Iterator[str]:
    """The lines that hold one of some marks, cleaned, in order; each part of a line drawn over counts alone.

    Nothing but one line is held at a time.
    """
    wanted = re.compile("|".join(map(re.escape, marks)))
    at, end = 0, len(text)
    while (found := wanted.search(text, at)) is not None:
        start = text.rfind("\n", at, found.start()) + 1 or at
        stop = text.find("\n", found.end())
        at = end if stop < 0 else stop + 1
        line = cleaned(text[start : min(at, start + LONGEST_LINE)].rstrip("\n"))
        if "\r" not in line:
            yield line
            continue
        for part in line.split("\r"):
            if wanted.search(part) is not None:
                yield part


def cleaned(line: str) -> str:
    """A line without colours and without the object that a collector of logs put it into."""
    if line.startswith("{") and any(f'"{key}"' in line for key in _WRAPPED):
        line = _unwrapped(line)
    return _ANSI.sub("", line) if "\x1b" in line else line


def _unwrapped(line: str) -> str:
    try:
        held = json.loads(line)
    except (ValueError, RecursionError):
        return line
    for key in _WRAPPED:
        if isinstance(held, dict) and isinstance(found := held.get(key), str):
            return found.rstrip("\n")
    return line


def rank_of(line: str) -> str | None:
    """Which of several processes wrote a line, where a launcher put that before it."""
    found = _RANK.match(line)
    return None if found is None else found[1] or found[2]


def without_rank(line: str) -> str:
    """A line without what a launcher put before it."""
    return _RANK.sub("", line, count=1)

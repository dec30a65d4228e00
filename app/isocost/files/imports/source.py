"""A file somebody brings, before anybody knows what it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from isocost.files.text import forgiving_text

LARGEST_FILE = 64_000_000
"""Bytes of a file that is read at all: a year of log lines, any catalogue of prices."""


LONGEST_LINE = 20_000
"""Letters of a name or a cell that are looked at."""


class NotUnderstoodError(ValueError):
    """Content that is none of the forms we read; the message is one sentence that says what was missing."""


def one_line(text: str) -> str:
    """A text without line breaks and control characters, which no plan may hold."""
    plain = " ".join(text[:LONGEST_LINE].split())
    return plain if plain.isprintable() else "".join(letter for letter in plain if letter.isprintable())


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The text of a file, under the name it came with."""

    name: str
    """Without folders: "config.json"."""
    text: str
    folder: str = ""
    """The name of the folder it lies in, which names the cloud of some catalogues."""

    @property
    def suffix(self) -> str:
        """The last suffix in lower case with its dot, or an empty text."""
        return Path(self.name).suffix.lower()

    @classmethod
    def load(cls, path: Path) -> SourceFile:
        """The file at a path. Raises FileError: no such text, too large."""
        text = forgiving_text(path, LARGEST_FILE, "a file to import", "a text file")
        return cls(path.name, text, path.absolute().parent.name)


@dataclass(frozen=True, slots=True)
class Given:
    """What the one who imports says beside the file: settings hardly ever hold the number of accelerators."""

    gpus: int | None = None
    sequence: int | None = None
    """Tokens of a sequence."""
    batch: int | None = None
    """Sequences of a step."""


Origin = Literal["file", "given", "default", "reckoned", "not said", "ignored"]
"""Where a value is from: the file, the one who imports, the framework's default, arithmetic on those."""


@dataclass(frozen=True, slots=True)
class Line:
    """One value of what a file says, for people."""

    label: str
    value: str
    origin: Origin

"""One door for every file: the first reader that knows the form reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isocost.files.errors import FileError
from isocost.files.imports.source import Given, NotUnderstoodError, SourceFile


class Imported(Protocol):
    """What a file turned out to be: a model, settings, a log, prices."""

    @property
    def kind(self) -> str:
        """ "model", "settings", "log" or "prices"."""

    def as_json(self) -> Mapping[str, object]:
        """Every field by its name in files and commands; what the file does not say is None."""


class Reader(Protocol):
    """A kind of file."""

    def knows(self, file: SourceFile) -> bool:
        """Whether the file is of this kind, told by its content more than by its name; never raises."""

    def read(self, file: SourceFile, given: Given) -> Imported:
        """The file's content. Raises NotUnderstoodError: a sentence naming the place."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, with the words that name it in sentences."""

    reader: Reader
    form: str
    """"a model's config.json"."""


KINDS: tuple[Kind, ...] = ()
"""Tried in this order."""


def read_file(path: Path, given: Given | None = None) -> Imported:
    """What a file says. Raises FileError, in one sentence: not readable, or none of the kinds known."""
    file = SourceFile.load(path)
    for kind in KINDS:
        if kind.reader.knows(file):
            try:
                return kind.reader.read(file, given or Given())
            except NotUnderstoodError as problem:
                raise FileError(path, str(problem)) from None
    known = ", ".join(kind.form for kind in KINDS)
    raise FileError(path, f"this is none of the files that can be imported: {known}.")

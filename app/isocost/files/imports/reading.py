"""One door for every file: the first reader that knows the form reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isocost.catalog import Catalog
from isocost.files.errors import FileError
from isocost.files.imports.logs import LogReader
from isocost.files.imports.model import ModelReader
from isocost.files.imports.prices import PriceReader
from isocost.files.imports.settings.joining import hosts_and_parts, joined
from isocost.files.imports.settings.reader import SettingsReader
from isocost.files.imports.settings.settled import Settings
from isocost.files.imports.source import Given, Line, NotUnderstoodError, SourceFile
from isocost.language import tr
from isocost.plan.project.project import Place, Project


class Imported(Protocol):
    """What a file turned out to be: a model, settings, a log, prices."""

    @property
    def kind(self) -> str:
        """ "model", "settings", "log" or "prices"."""

    def as_json(self) -> Mapping[str, object]:
        """Every field by its name in files and commands; what the file does not say is None."""

    def finding(self) -> str:
        """What the file is in one line, without a full stop: "torchtitan settings of llama3 70B"."""

    def lines(self) -> Sequence[Line]:
        """What was read, each value with where it is from, in the order shown."""

    def change(self, project: Project, catalog: Catalog, at: Place) -> Project:
        """The project with what was read put into it. Raises NotUnderstoodError: why it cannot."""


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


KINDS: tuple[Kind, ...] = (
    Kind(ModelReader(), tr("a model's config.json")),
    Kind(LogReader(), tr("a training log, or an export of its curves")),
    Kind(SettingsReader(), tr("the settings of a training run")),
    Kind(PriceReader(), tr("a catalogue of prices (SkyPilot, gpuhunt, Vantage, or a CSV of quotes)")),
)
"""Tried in this order."""


def read_file(path: Path, given: Given | None = None) -> Imported:
    """What a file says. Raises FileError, in one sentence: not readable, or none of the kinds known."""
    file = SourceFile.load(path)
    for kind in KINDS:
        if kind.reader.knows(file):
            return _read(kind.reader, file, path, given or Given())
    known = ", ".join(kind.form for kind in KINDS)
    raise FileError(path, tr("this is none of the files that can be imported: {known}.", known=known))


def read_as(reader: Reader, path: Path, given: Given | None = None) -> Imported:
    """What a file says to one reader, whatever it looks like. Raises FileError, in one sentence."""
    return _read(reader, SourceFile.load(path), path, given or Given())


def _read(reader: Reader, file: SourceFile, path: Path, given: Given) -> Imported:
    try:
        return reader.read(file, given)
    except NotUnderstoodError as problem:
        raise FileError(path, str(problem)) from None


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file says, or several that are parts of one thing."""

    paths: tuple[Path, ...]
    content: Imported

    @property
    def name(self) -> str:
        """The files without their folders."""
        return " + ".join(path.name for path in self.paths)


def read_files(paths: Sequence[Path], given: Given | None = None) -> tuple[Brought, ...]:
    """What several files say, in order; halves of one run's settings as one.

    Raises FileError for the first that is not understood.
    """
    found = [Brought((path,), read_file(path, given)) for path in paths]
    settings = {id(each.content): each for each in found if isinstance(each.content, Settings)}
    host, parts = hosts_and_parts([each.content for each in found if isinstance(each.content, Settings)])
    if host is None:
        return tuple(found)
    gone = [settings[id(part)] for part in parts]
    whole = joined(host, parts, given or Given())
    paths_of_all = (*settings[id(host)].paths, *(path for each in gone for path in each.paths))
    return tuple(
        Brought(paths_of_all, whole) if each.content is host else each for each in found if each not in gone
    )

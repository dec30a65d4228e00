"""Where training frameworks keep their settings, and what an absent one means (``resources/settings``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Literal

import msgspec

from isocost.catalog.entries.prices import IsoDay, Text
from isocost.catalog.table import read_rows, read_text, yaml_record
from isocost.paths import resource

SettingKind = Literal["count", "number", "flag", "word", "list"]


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One value of a framework's settings."""

    keys: tuple[str, ...]
    """What it was and is called; the first that a file has is read."""
    kind: SettingKind = "count"
    default: Any = None
    """What the framework does where no file says; None = nothing, or it is not known."""


class Trainer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A framework's settings."""

    name: Text
    """As results have it."""
    label: Text
    source: Text
    sources_read: IsoDay
    rules: Text
    """The family whose rules its values follow."""
    task: Literal["pretrain", "sft", "rl"] | None
    """What a run does unless its settings say; None = any."""
    marks: tuple[str, ...]
    """Keys, or beginnings of keys ending in a dot, that tell its files."""
    values: dict[str, Setting]
    programs: tuple[str, ...] = ()
    """Scripts, modules and tools that start it."""
    words: dict[str, dict[str, str]] = {}
    """What its words for a value mean here, by value and word in small letters."""
    rank: int = 0
    """Among those with as many marks in a file the highest is taken."""
    nested: bool = False
    """Whether groups of a file do not matter, only the last part of a key."""


@lru_cache(maxsize=1)
def trainers() -> tuple[Trainer, ...]:
    """Every framework whose settings are read. Raises CatalogError naming what is wrong."""
    files = sorted(resource("settings").glob("*.yaml"), key=lambda path: path.name)
    return tuple(yaml_record(read_text(path), Trainer, f"settings/{path.name}") for path in files)


class PythonCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``resources/python_calls.csv``: a class or function whose arguments are settings."""

    call: Text
    source: Text
    group: str = ""
    """What stands before the names of its arguments; empty = they are settings by their own names."""
    program: str = ""
    """The program that takes the same; the first row that a file calls tells which its is."""


@lru_cache(maxsize=1)
def python_calls() -> Mapping[str, PythonCall]:
    """Classes of settings in Python files by name, in the order of their say. Raises CatalogError."""
    return {row.call: row for row in read_rows(resource("python_calls.csv"), PythonCall)}


class UnreadSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``resources/settings_unread.csv``: a framework whose settings are known and not read."""

    label: Text
    marks: Text
    """Keys that tell its files, by blanks."""
    least: int
    """How many of them a file of its settings has."""
    source: Text

    def knows(self, keys: Collection[str]) -> bool:
        """Whether keys are those of its settings."""
        return sum(mark in keys for mark in self.marks.split()) >= self.least


@lru_cache(maxsize=1)
def unread_settings() -> tuple[UnreadSettings, ...]:
    """Frameworks whose settings would else be taken for another's. Raises CatalogError."""
    return tuple(read_rows(resource("settings_unread.csv"), UnreadSettings))

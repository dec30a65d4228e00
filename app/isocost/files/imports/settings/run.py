"""What settings say of a run while they are read: values with where they are from, and what is to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from isocost.catalog.entries.trainers import Setting, SettingKind, Trainer
from isocost.files.imports.source import Origin
from isocost.language import tr

LARGEST_COUNT = 10**15
LARGEST_RECKONED = 10**18
"""Of any product of counts: beyond it a file is wrong, whatever it says."""
LARGEST_NUMBER = 1e30
AUTO = ("auto", "")
"""Words that leave a value to somebody else."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, and where it is from."""

    value: Any
    origin: Origin
    key: str = ""
    """The file's own name of it."""


@dataclass(slots=True)
class Run:
    """A run as far as it is known; the rules of its framework fill it."""

    trainer: Trainer
    keys: Mapping[str, Any]
    facts: dict[str, Fact] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    """Keys of the file that its framework's table names."""
    asked: set[str] = field(default_factory=set)
    """Values that something was made of."""
    notes: list[str] = field(default_factory=list)
    """What is to be known about a value."""
    problems: list[str] = field(default_factory=list)
    """What is wrong with a key, as sentences."""
    needs: list[str] = field(default_factory=list)
    """What is missing for the rest to be reckoned."""
    model: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    """What only some runs have: a recipe of reinforcement learning."""

    # Reading

    def fill(self) -> None:
        """Take every value of the framework's table that the file has, and the defaults of the others."""
        last = _by_last_part(self.keys) if self.trainer.nested else {}
        for name, setting in self.trainer.values.items():
            fact = self._found(setting, last)
            if fact is None and setting.default is not None:
                fact = Fact(setting.default, "default")
            if fact is not None:
                self.facts[name] = fact

    def _found(self, setting: Setting, last: Mapping[str, str]) -> Fact | None:
        for key in setting.keys:
            place = key if key in self.keys else last.get(key)
            if place is None:
                continue
            self.used.add(place)
            value = self.keys[place]
            if value is None or (isinstance(value, str) and value.strip().lower() in AUTO):
                if isinstance(value, str) and value.strip():
                    return Fact(None, "not said", place)
                continue
            try:
                return Fact(converted(value, setting.kind), "file", place)
            except ValueError as expected:
                self.problems.append(f"{place}: {expected} is expected, got {shown(value)}.")
                return Fact(None, "not said", place)
        return None

    def get(self, name: str) -> Any:
        """A value; None where nobody says."""
        self.asked.add(name)
        fact = self.facts.get(name)
        return fact.value if fact is not None else None

    def count(self, name: str) -> int | None:
        """A positive count; None where nobody says, or it is left to the framework (0, -1)."""
        value = self.get(name)
        return value if isinstance(value, int) and value >= 1 else None

    def said(self, name: str) -> bool:
        """Whether the file itself has the value."""
        self.asked.add(name)
        fact = self.facts.get(name)
        return fact is not None and fact.origin == "file"

    def word(self, name: str) -> str:
        """A word in small letters; empty where nobody says."""
        value = self.get(name)
        return "" if value is None else str(value).strip().lower()

    # Writing

    def put(self, name: str, value: Any, *of: str, origin: Origin | None = None) -> None:
        """Set a value that follows from others: from the file if any of those is, else a default."""
        self.asked.update(of)
        facts = [self.facts[each] for each in of if each in self.facts]
        from_file = next((fact for fact in facts if fact.origin == "file"), None)
        if origin is None:
            origin = "file" if from_file is not None else "default"
        if isinstance(value, int) and abs(value) > LARGEST_RECKONED:
            self.problems.append(f"{name.replace('_', ' ')}: what the file says comes to more than 1e18.")
            value = None
        if value is None and origin != "file":
            origin = "not said"
        self.facts[name] = Fact(value, origin, from_file.key if from_file is not None else "")

    def note(self, text: str) -> None:
        """Something to be known."""
        if text not in self.notes:
            self.notes.append(text)

    def need(self, what: str) -> None:
        """Something that is missing."""
        if what not in self.needs:
            self.needs.append(what)

    def ignored(self) -> Iterator[str]:
        """Keys of the file that nothing is made of, in its order; one that is known but off is no loss."""
        named = self.trainer.values
        unasked = {
            fact.key
            for name, fact in self.facts.items()
            if fact.origin == "file" and fact.value and name in named and name not in self.asked
        }
        return (key for key in self.keys if key not in self.used or key in unasked)


def converted(value: Any, kind: SettingKind) -> Any:
    """A plain value as what a setting is. Raises ValueError that names what is expected."""
    if kind == "flag":
        if isinstance(value, bool):
            return value
        if value in (0, 1):
            return bool(value)
        words = {
            "true": True,
            "yes": True,
            "on": True,
            "false": False,
            "no": False,
            "off": False,
            "none": False,
        }
        if isinstance(value, str) and value.strip().lower() in words:
            return words[value.strip().lower()]
        raise ValueError(tr("true or false"))
    if kind == "count":
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ValueError(tr("a whole number"))
        if not -1 <= value <= LARGEST_COUNT:
            raise ValueError(tr("a whole number from 1 to 1e15"))
        return int(value)
    if kind == "number":
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST_NUMBER:
            raise ValueError("a number")
        return float(value)
    if kind == "list":
        return list(value) if isinstance(value, list) else [value]
    if isinstance(value, list | dict):
        raise ValueError(tr("one word"))
    return value


def shown(value: Any) -> str:
    """A value of a file in a sentence: quoted, and never long."""
    if isinstance(value, list):
        return "a list"
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}..."


def _by_last_part(keys: Mapping[str, Any]) -> dict[str, str]:
    """The first key with each last part."""
    found: dict[str, str] = {}
    for key in keys:
        found.setdefault(key.rpartition(".")[2], key)
    return found

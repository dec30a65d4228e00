"""Facts of a configuration file, asked for by name: found under one of a family's keys, or its default."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from isocost.catalog.entries.model_families import Family
from isocost.files.errors import got
from isocost.files.imports.source import NotUnderstoodError, Origin
from isocost.language import tr

LARGEST = 1_000_000_000
"""Of any width, count or vocabulary."""
MOST_LAYERS = 10_000
_ABSENT = object()


@dataclass(slots=True)
class Facts:
    """What a file says of one model, read once; remembers which keys were used and what came from where."""

    tree: Mapping[str, Any]
    family: Family
    place: str = ""
    """Where the tree stands in the file, with its dot: "text_config."."""
    around: Mapping[str, Any] = field(default_factory=dict)
    """The object around it, for what some files write there."""
    used: set[str] = field(default_factory=set)
    origins: dict[str, Origin] = field(default_factory=dict)

    def held(self, name: str) -> tuple[str, Any]:
        """The key that holds a fact and what stands there; an empty key = it is the family's default."""
        empty = ""
        for key in self.family.keys.get(name, ()):
            value = self._at(key)
            if value is _ABSENT:
                continue
            self.used.add(key.partition(".")[0])
            if value is not None:
                self.origins[name] = "file"
                return key, value
            empty = empty or key
        if empty and name in ("window", "q_rank"):  # null switches these off; elsewhere it says nothing
            self.origins[name] = "file"
            return empty, None
        self.origins[name] = "default"
        found = self.family.defaults.get(name)
        return "", self.family.inside.get(name) if found is None and self.place else found

    def whole(self, name: str, least: int = 0, most: int = LARGEST) -> int | None:
        """A whole number. Raises NotUnderstoodError naming its key."""
        key, value = self.held(name)
        if value is None:
            return None
        number = value
        if isinstance(value, float) and value == value and abs(value) < LARGEST * 10 and value == int(value):
            number = int(value)
        if isinstance(number, bool) or not isinstance(number, int):
            raise self._wrong(key, tr("expected a whole number, got {got}.", got=got(value)))
        if not least <= number <= most:
            raise self._wrong(
                key,
                tr(
                    "must be a whole number from {least:,} to {most:,}, got {got}.",
                    least=least,
                    most=most,
                    got=got(number),
                ),
            )
        return number

    def count(self, name: str, least: int = 0, most: int = LARGEST) -> int:
        """A whole number that is needed. Raises NotUnderstoodError: it is missing, or none."""
        found = self.whole(name, least, most)
        if found is None:
            raise NotUnderstoodError(self.missing(name))
        return found

    def missing(self, name: str) -> str:
        """The sentence about a fact that is not there."""
        key = next(iter(self.family.keys.get(name, ())), name)
        return f"{self.place}{key}: is missing; without it the model cannot be counted."

    def number(self, name: str) -> float:
        """A number. Raises NotUnderstoodError naming its key."""
        key, value = self.held(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < LARGEST:
            raise self._wrong(key or name, tr("expected a positive number, got {got}.", got=got(value)))
        return float(value)

    def flag(self, name: str) -> bool:
        """Whether something holds. Raises NotUnderstoodError naming its key."""
        key, value = self.held(name)
        if value in (0, 1) and isinstance(value, int):
            return bool(value)
        if value is None:
            return False
        raise self._wrong(key, tr("expected true or false, got {got}.", got=got(value)))

    def word(self, name: str) -> str:
        """A word, of the family's own facts."""
        return str(self.held(name)[1] or "")

    def words(self, name: str) -> list[str] | None:
        """A list of words, a layer each; None = there is none. Raises NotUnderstoodError naming its key."""
        found: list[str] | None = self._list(name, lambda each: isinstance(each, str), "words")
        return found

    def wholes(self, name: str) -> list[int] | None:
        """A list of whole numbers; None = there is none. Raises NotUnderstoodError naming its key."""
        found: list[int] | None = self._list(name, lambda each: type(each) is int, "whole numbers")
        return found

    def _list(self, name: str, right: Callable[[Any], bool], what: str) -> Any:
        key, value = self.held(name)
        if value is None or not key:
            return None
        if not isinstance(value, list) or not all(map(right, value)):
            raise self._wrong(key, tr("expected a list of {what}, got {got}.", what=what, got=got(value)))
        if len(value) > 2 * MOST_LAYERS:
            raise self._wrong(
                key,
                tr(
                    "a list may hold {most_layers:,} entries, got {count:,}.",
                    most_layers=2 * MOST_LAYERS,
                    count=len(value),
                ),
            )
        return value

    def has(self, name: str) -> bool:
        """Whether the file itself holds a fact."""
        return any(self._at(key) not in (_ABSENT, None) for key in self.family.keys.get(name, ()))

    def unused(self) -> Sequence[str]:
        """Keys of the file that no fact was read from."""
        return [key for key in self.tree if key not in self.used]

    def _at(self, path: str) -> Any:
        found: Any = self.tree
        for key in path.split("."):
            if not isinstance(found, Mapping) or key not in found:
                return _ABSENT
            found = found[key]
        return found

    def _wrong(self, key: str, sentence: str) -> NotUnderstoodError:
        return NotUnderstoodError(f"{self.place}{key}: {sentence}")

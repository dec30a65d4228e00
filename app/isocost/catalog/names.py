"""Finding a record by any of its names, or saying which name was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from isocost.catalog.errors import CatalogError

_SEPARATORS = re.compile(r"[\s_\-/]+")


def normalised(name: str) -> str:
    """The name without case, blanks, dashes, slashes and underscores: how two spellings are compared."""
    return _SEPARATORS.sub("", name).casefold()


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be; None = none is close."""
    by_lower = {other.casefold(): other for other in known}
    close = difflib.get_close_matches(name.casefold(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: ``"; did you mean X?"`` for the nearest known one."""
    near = nearest_name(name, known)
    return f"; did you mean {near}?" if near else ""


class NameIndex:
    """Spellings of names, each belonging to one key."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._keys: dict[str, str] = {}
        self._spellings: dict[str, str] = {}

    def add(self, spelling: str, key: str) -> None:
        """Let ``spelling`` mean ``key``. Raises CatalogError if it already means another."""
        known = normalised(spelling)
        if self._keys.setdefault(known, key) != key:
            raise CatalogError(f"{spelling}: {spelling} already means {self._keys[known]}.")
        self._spellings.setdefault(known, spelling)

    def add_all(self, spellings: Iterable[str], key: str, where: str) -> None:
        """Let all of ``spellings`` mean ``key``, or none: see :meth:`add`."""
        wanted = tuple(spellings)
        for spelling in wanted:
            if (meant := self._keys.get(normalised(spelling), key)) != key:
                raise CatalogError(f"{where}: {spelling} already means {meant}.")
        for spelling in wanted:
            self.add(spelling, key)

    def key(self, name: str) -> str:
        """The key ``name`` means. Raises CatalogError with the closest known name."""
        try:
            return self._keys[normalised(name)]
        except KeyError:
            hint = suggestion(name, self._spellings.values())
            raise CatalogError(f"No {self._kind} is called {name!r}{hint or '.'}") from None

    def extend(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add many (spelling, key) pairs."""
        for spelling, key in pairs:
            self.add(spelling, key)

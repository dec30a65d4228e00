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

    def add(self, spelling: str, key: str, where: str = "") -> None:
        """Let ``spelling`` mean ``key``. Raises CatalogError if it already means another."""
        known = normalised(spelling)
        if self._keys.setdefault(known, key) != key:
            raise CatalogError(f"{where or spelling}: {spelling} already means {self._keys[known]}.")
        self._spellings.setdefault(known, spelling)

    def key(self, name: str) -> str:
        """The key ``name`` means. Raises CatalogError with the closest known name."""
        try:
            return self._keys[normalised(name)]
        except KeyError:
            hint = suggestion(name, self._spellings.values())
            raise CatalogError(f"No {self._kind} is called {name!r}{hint or '.'}") from None

    def containing(self, text: str) -> list[str]:
        """Keys with a spelling that contains ``text``: what it names first, then what it begins."""
        wanted = normalised(text)
        found: dict[str, int] = {}
        for spelling, key in self._keys.items():
            if wanted in spelling:
                rank = 0 if spelling == wanted else 1 if spelling.startswith(wanted) else 2
                found[key] = min(rank, found.get(key, rank))
        return sorted(found, key=found.__getitem__)

    def extend(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add many (spelling, key) pairs."""
        for spelling, key in pairs:
            self.add(spelling, key)

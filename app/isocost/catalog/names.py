"""Finding a record by any of its names, or saying which name was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from isocost.catalog.errors import CatalogError
from isocost.language import listed, tr

_SEPARATORS = re.compile(r"[\s_\-/:]+")


def normalised(name: str) -> str:
    """The name without case, blanks, dashes, slashes, colons, underscores: how two spellings are compared."""
    return _SEPARATORS.sub("", name).casefold()


def nearest_name(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` was probably meant to be; None = none is close."""
    by_lower = {other.casefold(): other for other in known}
    close = difflib.get_close_matches(name.casefold(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else None


EXAMPLES = 3
"""Names told where none is near the one that was given."""


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name: ``"; did you mean X?"`` for the nearest known one."""
    near = nearest_name(name, known)
    return f"; did you mean {near}?" if near else ""


def shortened(name: str, drops: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """The name with ever more of what ``drops`` match taken away, itself first.

    Patterns apply in their order, each as often as it matches; after each the earlier ones are tried again,
    so that endings come off in whatever order they were put on.
    """
    yield name
    rest = name
    while True:
        shorter = next((cut for drop in drops if (cut := drop.sub("", rest)) not in ("", rest)), None)
        if shorter is None:
            return
        yield shorter
        rest = shorter


_NUMBERS = re.compile(r"[0-9]+")
_SIZE = re.compile(r"[0-9][bm](?![a-z])", re.IGNORECASE)


def _shares_a_number(name: str, other: str) -> bool:
    """Whether two names have a number in common, or one that begins the other's; a name without has all."""
    mine, theirs = _NUMBERS.findall(name), _NUMBERS.findall(other)
    return not mine or any(a.startswith(b) or b.startswith(a) for a in mine for b in theirs)


def _sorted_words(name: str) -> str:
    """The words of a name in the order of the alphabet, as they are compared."""
    return " ".join(sorted(_SEPARATORS.sub(" ", name).casefold().split()))


class NameIndex:
    """Spellings of names, each belonging to one key.

    A name is looked up as it is written, then without case and separators, then without the owner before its
    slash, then with the parts that ``drops`` match taken away, then with its words in another order; last,
    beside every spelling without its own, where those all mean one key: the base of a model is found by the
    name of its fine-tune.
    """

    def __init__(
        self,
        kind: str,
        drops: Sequence[re.Pattern[str]] = (),
        agrees: Callable[[str, str], bool] = lambda name, key: True,
        refused: Callable[[str], str] = lambda name: "",
    ) -> None:
        """``agrees`` tells whether what was taken away of a name is so of the key that the rest means.

        ``refused`` says why a name that is known has no key, as the end of a sentence; empty = unknown.
        """
        self._kind = kind
        self._drops = drops
        self._agrees = agrees
        self._refused = refused
        self._keys: dict[str, str] = {}
        self._spellings: dict[str, str] = {}
        self._exact: dict[str, str] = {}
        self._ambiguous: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._stems: dict[str, set[str]] = {}
        self._ordered: dict[str, set[str]] = {}
        self._prepared_of = 0

    def copy(self, agrees: Callable[[str, str], bool] | None = None) -> NameIndex:
        """One with the same spellings, to add others to; ``agrees`` in place of its own where given."""
        made = NameIndex(self._kind, self._drops, agrees or self._agrees, self._refused)
        made._keys, made._spellings = dict(self._keys), dict(self._spellings)
        made._exact, made._ambiguous = dict(self._exact), dict(self._ambiguous)
        made._stems = {stem: set(keys) for stem, keys in self._stems.items()}
        made._ordered = {words: set(keys) for words, keys in self._ordered.items()}
        made._prepared_of = self._prepared_of
        return made

    def add(self, spelling: str, key: str) -> None:
        """Let ``spelling`` mean ``key``. Raises CatalogError if it already means another."""
        known = normalised(spelling)
        if self._keys.setdefault(known, key) != key:
            raise CatalogError(
                tr("{spelling}: {spelling} already means {keys}.", spelling=spelling, keys=self._keys[known])
            )
        self._spellings.setdefault(known, spelling)

    def add_all(self, spellings: Iterable[str], key: str, where: str) -> None:
        """Let all of ``spellings`` mean ``key``, or none: see :meth:`add`."""
        wanted = tuple(spellings)
        for spelling in wanted:
            if (meant := self._keys.get(normalised(spelling), key)) != key:
                raise CatalogError(
                    tr(
                        "{where}: {spelling} already means {meant}.",
                        where=where,
                        spelling=spelling,
                        meant=meant,
                    )
                )
        for spelling in wanted:
            self.add(spelling, key)

    def add_ambiguous(self, spelling: str, meanings: Iterable[str]) -> None:
        """Let ``spelling`` be refused with the names it may mean, unless it means one of them already."""
        self._ambiguous.setdefault(normalised(spelling), (spelling, tuple(meanings)))

    def add_exactly(self, spelling: str, key: str) -> None:
        """Let ``spelling``, in any case, mean ``key``; where nothing else does, also what it comes to without
        separators, and without the owner before its slash.

        For names that differ from others in their separators alone: ``gpt2`` is the smallest of the models
        that papers call ``GPT-2``.
        """
        self._exact[spelling.casefold()] = key
        for free in (spelling, spelling.rpartition("/")[2]):
            known = normalised(free)
            self._keys.setdefault(known, key)
            self._spellings.setdefault(known, free)

    def find(self, name: str) -> str | None:
        """The key ``name`` means; None = none."""
        form = self.found_by(name)
        if form is not None:
            return self._meaning(form)
        self._prepare()
        return self._of_words(name.strip()) or self._of_stem(name.strip())

    def found_by(self, name: str) -> str | None:
        """The part of ``name`` that is a spelling of its key; None = none is."""
        for shorter in shortened(name.strip(), self._drops):
            for form in (shorter, shorter.rpartition("/")[2]):
                found = self._meaning(form)
                if found is not None and (shorter == name.strip() or self._agrees(name, found)):
                    return form
        return None

    def _meaning(self, spelling: str) -> str | None:
        return self._exact.get(spelling.casefold()) or self._keys.get(normalised(spelling))

    def _of_stem(self, name: str) -> str | None:
        """The one key of all spellings that come to the same when what ``drops`` match is taken away.

        Of names that tell a size: "MiMo" may be any of that name, its versions taken away.
        """
        if not _SIZE.search(name):
            return None
        meant = self._stems.get(self._stem(name), set())
        return next((key for key in meant if self._agrees(name, key)), None) if len(meant) == 1 else None

    def _of_words(self, name: str) -> str | None:
        """The one key of all spellings of the same words: "A100-80GB-SXM4" is "A100 SXM4 80GB"."""
        meant = self._ordered.get(_sorted_words(name), set())
        return next(iter(meant)) if len(meant) == 1 else None

    def _prepare(self) -> None:
        """Sort what was added since a name was last looked for that no spelling is."""
        # Spellings are only ever added: those of before stand sorted, at whatever pace names are looked for.
        added = islice(self._spellings.items(), self._prepared_of, None)
        self._prepared_of = len(self._spellings)
        for known, spelling in added:
            self._ordered.setdefault(_sorted_words(spelling), set()).add(self._keys[known])
            if self._drops:
                self._stems.setdefault(self._stem(spelling), set()).add(self._keys[known])

    def _stem(self, name: str) -> str:
        *_, last = shortened(name, self._drops)
        return normalised(last.rpartition("/")[2])

    def key(self, name: str) -> str:
        """The key ``name`` means. Raises CatalogError with the closest name, or all it may mean."""
        found = self.find(name)
        if found is not None:
            return found
        if meanings := self.meanings(name):
            raise CatalogError(
                tr("{name!r} may mean {list}: name one of them.", name=name, list=listed(meanings, "or"))
            )
        if why := self._refused(name):
            raise CatalogError(tr("{name}: {why}.", name=name, why=why))
        hint = self.hint(name)
        some = list(dict.fromkeys(self._keys.values()))[:EXAMPLES]
        known = f"; known are for example {', '.join(some)}." if some else "."
        raise CatalogError(
            tr("No {kind} is called {name!r}{hint}", kind=self._kind, name=name, hint=hint or known)
        )

    def meanings(self, name: str) -> tuple[str, ...]:
        """What a name may mean that says too little; empty = it is none of those."""
        return self._ambiguous.get(normalised(name), ("", ()))[1]

    def hint(self, name: str) -> str:
        """The end of a sentence about a name nothing is called by: which one is near; empty = none is."""
        return suggestion(name, self._likely(name))

    def _likely(self, name: str) -> Iterable[str]:
        """Spellings an unknown name may have been meant for: the shortest that begins with it, else any."""
        whole = normalised(name)
        begun = [known for known in self._spellings if whole and known.startswith(whole)]
        # What goes on with a digit after a digit has another number.
        begun = [known for known in begun if not (whole[-1:] + known[len(whole) : len(whole) + 1]).isdigit()]
        if not begun:
            return [each for each in self._spellings.values() if _shares_a_number(whole, each)]
        return [self._spellings[min(begun, key=len)]]

    def spellings(self, key: str) -> tuple[str, ...]:
        """Every name that was given to ``key``, as first written."""
        return tuple(self._spellings[known] for known, meant in self._keys.items() if meant == key)

    def every_key(self) -> frozenset[str]:
        """Every key that a spelling belongs to."""
        return frozenset(self._keys.values())

    def meant(self) -> Iterator[tuple[str, str, str]]:
        """Every spelling in its compared form, a key it may mean, and the spelling as first written."""
        for known, key in self._keys.items():
            yield known, key, self._spellings[known]
        for known, (spelling, meanings) in self._ambiguous.items():
            for meaning in meanings:
                yield known, self._keys[normalised(meaning)], spelling

    def extend(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Add many (spelling, key) pairs."""
        for spelling, key in pairs:
            self.add(spelling, key)

"""The pages of help: what the index names, their headings and anchors, and what is found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from isocost import paths

INDEX = "README.md"
"""The page that names all others, in their order."""
GLOSSARY = "glossary.md"

_HEADING = re.compile(r"(#{1,6})\s+(.+?)\s*$")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()\s]+)\)")
_MARKUP = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)|[`*|]")
_BULLET = re.compile(r"^\s*(?:[-*]|\d+\.|\|[-:|]+\|$)\s+", re.MULTILINE)
_NO_LETTER = re.compile(r"[^\w\- ]")


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return _NO_LETTER.sub("", plain(heading).lower()).replace(" ", "-")


def plain(text: str) -> str:
    """Markdown without its marks."""
    return _MARKUP.sub(lambda found: found[1] or "", text)


def links(text: str) -> list[tuple[str, str]]:
    """The links of some Markdown: what is written and where each leads; pictures are none."""
    return [(found[1], found[2]) for found in _LINK.finditer(text) if text[found.start() - 1] != "!"]


_AUTOLINK = re.compile(r"<(https://[^<>\s]+)>")
_TARGET = re.compile(r"\]\([^()]*\)")
_LONG = re.compile(r"[^\s|]{17,}")
_AFTER = re.compile(r"(?<=[/._=&?,:-])(?=\w)")
BREAK = "\N{ZERO WIDTH SPACE}"


def with_breaks(text: str) -> str:
    """Markdown as it is laid out: long words in tables may break after their marks, else an address is wider
    than its column; a number stays with its sign of per cent."""
    made, fenced = [], False
    for line in text.split("\n"):
        fenced ^= line.startswith("```")
        row = _broken(line) if line.startswith("|") else line
        made.append(line if fenced else row.replace(" %", "\N{NO-BREAK SPACE}%"))
    return "\n".join(made)


def _broken(row: str) -> str:
    row = _AUTOLINK.sub(r"[\1](\1)", row)
    parts, at = [], 0
    for target in _TARGET.finditer(row):
        parts += [_LONG.sub(lambda word: _AFTER.sub(BREAK, word[0]), row[at : target.start()]), target[0]]
        at = target.end()
    return "".join([*parts, _LONG.sub(lambda word: _AFTER.sub(BREAK, word[0]), row[at:])])


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, up to the next."""

    page: str
    title: str
    anchor: str
    level: int
    text: str
    """Markdown, the heading left out."""

    @property
    def place(self) -> str:
        """Where it is: ``inputs.md#mfu-efficiencymfu``; a page's first heading is the page."""
        return self.page if self.level == 1 else f"{self.page}#{self.anchor}"


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together, as the index has them: name and title of each."""

    title: str
    pages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a search has found."""

    section: Section
    extract: str
    """Some words around the first of what was looked for."""


def sections_of(page: str, text: str) -> Iterator[Section]:
    """The headings of a page with what stands under each; lines of code are no headings."""
    level, title, body, fenced = 1, "", list[str](), False
    seen: dict[str, int] = {}

    def made() -> Section:
        at = slug(title)
        seen[at] = seen.get(at, -1) + 1
        anchor = f"{at}-{seen[at]}" if seen[at] else at
        return Section(page, plain(title), anchor, level, "\n".join(body).strip())

    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else _HEADING.match(line)
        if heading is None:
            body.append(line)
            continue
        if title:
            yield made()
        level, title, body = len(heading[1]), heading[2], []
    if title:
        yield made()


class Manual:
    """All pages of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The pages by the headings of the index, each once; the index itself comes first."""
        seen, found = {INDEX}, []
        for section in sections_of(INDEX, self.text(INDEX)):
            named = [(INDEX, section.title)] if section.level == 1 else []
            for title, target in links(section.text):
                name = target.partition("#")[0]
                if name.endswith(".md") and name not in seen:
                    seen.add(name)
                    named.append((name, title))
            if named:
                found.append(Group(section.title, tuple(named)))
        return tuple(found)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every page, in the order of the index."""
        return tuple(name for group in self.groups for name, _ in group.pages)

    def text(self, name: str) -> str:
        """The Markdown of a page.

        Raises:
            OSError: there is no such page.
        """
        return (self.folder / name).read_text(encoding="utf-8")

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Every heading of every page."""
        return tuple(each for name in self.names for each in sections_of(name, self.text(name)))

    @cached_property
    def places(self) -> frozenset[str]:
        """Every page, and every heading of it: what a link may lead to."""
        return frozenset(
            (*self.names, *(f"{each.page}#{each.anchor}" for each in self.sections)),
        )

    @cached_property
    def terms(self) -> dict[str, Section]:
        """What the glossary has an entry of, each spelling by itself."""
        entries = [each for each in self.sections if each.page == GLOSSARY and each.level == 3]
        return {term: each for each in entries for term in each.title.split(", ")}

    def title(self, name: str) -> str:
        """What a page is called at its top."""
        return next(each.title for each in self.sections if each.page == name)

    @cached_property
    def _searched(self) -> tuple[_Searched, ...]:
        return tuple(
            _Searched(at, each, each.title.casefold(), self.title(each.page).casefold(), plain(each.text))
            for at, each in enumerate(self.sections)
        )

    def find(self, words: str, most: int = 40) -> list[Hit]:
        """Where all of some words stand: headings before text, the pages' order among equals."""
        wanted = words.casefold().split()
        if not wanted:
            return []
        found = [each for each in self._searched if all(each.has(word) for word in wanted)]
        found.sort(key=lambda each: each.rank(wanted))
        return [Hit(each.section, _extract(each.body, wanted)) for each in found[:most]]


@dataclass(frozen=True, slots=True)
class _Searched:
    """A section as it is looked through."""

    at: int
    section: Section
    title: str
    page: str
    """Title of its page; folded, as its own is."""
    body: str
    folded: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folded", self.body.casefold())

    def has(self, word: str) -> bool:
        """Whether a word stands in it, or in its title or its page's."""
        return word in self.title or word in self.page or word in self.folded

    def rank(self, wanted: list[str]) -> tuple[bool, bool, int, int, int]:
        """Smaller comes first: what is looked for, has it as it was typed, has its words in its title,
        at the beginning of one or inside."""
        begin = sum(_begins(word, self.title) for word in wanted)
        inside = sum(word in self.title for word in wanted)
        typed = " ".join(wanted)
        exact = typed in (self.title, *self.title.split(", "))
        whole = typed in self.title or typed in self.folded
        return not exact, not whole, -begin, -inside, self.at


def _begins(word: str, text: str) -> bool:
    """Whether a word of the text begins with this one."""
    return re.search(rf"\b{re.escape(word)}", text) is not None


AROUND = 40
"""Letters of an extract before what was found, and twice as many after it."""


def _extract(body: str, wanted: list[str]) -> str:
    """Words around the first that was looked for; else the first words."""
    text = " ".join(_BULLET.sub("", body).split())
    folded = text.casefold()
    first = min((at for word in wanted if (at := folded.find(word)) >= 0), default=0)
    start = text.rfind(" ", 0, max(0, first - AROUND)) + 1 if first > AROUND else 0
    end = text.find(" ", first + 2 * AROUND)
    cut = text[start : end if end > 0 else None]
    return f"{'… ' if start else ''}{cut}{' …' if end > 0 else ''}"


@lru_cache(maxsize=1)
def manual() -> Manual:
    """The pages that ship with the app."""
    return Manual(paths.docs())

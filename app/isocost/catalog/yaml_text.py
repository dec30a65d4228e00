"""The one reader of YAML: text to a tree of dicts, lists and scalars, refusing what no file of ours needs.

Aliases and deep nesting exhaust machines, tags make objects, anchors and repeated keys hide what is meant.
Plan files keep scalars as text, since what one means is for its field to decide; catalogue files take YAML's
types.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Literal, TypeAlias

import yaml

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str"

Flaw = Literal[
    "syntax", "character", "alias", "anchor", "tag", "depth", "second document", "key", "repeated key"
]

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(ValueError):
    """Text that is not YAML, or holds what is refused; each room words it for its own files."""

    def __init__(
        self, flaw: Flaw, line: int | None = None, column: int | None = None, *, found: Any = ""
    ) -> None:
        super().__init__(flaw)
        self.flaw: Flaw = flaw
        self.line = line
        """Counted from 1; None = not known."""
        self.column = column
        self.found = found
        """The parser's words for a flaw of syntax; the tree or text in the place of a key."""


class Unquoted(str):
    """A scalar written without quotes."""

    __slots__ = ()

    @property
    def is_null(self) -> bool:
        """Whether it stands for an absent value."""
        return self in ("", "~", "null", "Null", "NULL")


class Refused(str):
    """A place where a file holds what is refused, in a tree that is read for all the rest of it."""

    flaw: YamlError


def parse_yaml(text: str, deepest: int, *, lenient: bool = False) -> Tree:
    """The tree of one YAML document, its scalars as text, at most ``deepest`` collections in one another.

    When ``lenient``, a place with a tag, an anchor, an alias or a wrong key becomes :class:`Refused`, and all
    around it is read. Raises YamlError.
    """
    try:
        return _Builder(yaml.parse(text, Loader=LOADER), deepest, lenient).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        problem = error.problem or error.context or "unknown trouble"
        # libyaml reads ahead and may meet its own limit of nesting before we meet ours.
        flaw: Flaw = "depth" if "nesting depth" in problem else "syntax"
        if mark is None:
            raise YamlError(flaw, found=problem) from None
        raise YamlError(flaw, mark.line + 1, mark.column + 1, found=problem) from None
    except yaml.YAMLError:
        raise YamlError("character") from None


class _Builder:
    """Builds the tree from the parser's events, and stops at the first thing that is refused."""

    def __init__(self, events: Iterator[Any], deepest: int, lenient: bool) -> None:
        self._events = events
        self._deepest = deepest
        self._lenient = lenient

    def document(self) -> Tree:
        tree: Tree = Unquoted("")
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise YamlError("second document")
                tree = self._node(next(self._events), 0)
        return tree

    def _node(self, event: Any, depth: int) -> Tree:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return self._refused(YamlError("alias", line))
        if event.anchor or event.tag:
            refused = self._refused(YamlError("anchor" if event.anchor else "tag", line))
            self._content(event, depth, line)  # nobody wants it, but what comes after it
            return refused
        return self._content(event, depth, line)

    def _refused(self, flaw: YamlError) -> Refused:
        if not self._lenient:
            raise flaw
        place = Refused(flaw)
        place.flaw = flaw
        return place

    def _content(self, event: Any, depth: int, line: int) -> Tree:
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value) if event.style else Unquoted(event.value)
        if depth >= self._deepest:
            raise YamlError("depth", line)
        return self._list(depth) if isinstance(event, yaml.SequenceStartEvent) else self._dict(depth)

    def _list(self, depth: int) -> list[Tree]:
        items: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _dict(self, depth: int) -> dict[str, Tree] | Refused:
        mapping: dict[str, Tree] = {}
        refused: Refused | None = None
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            key = self._node(event, depth + 1)
            if not isinstance(key, str):
                refused = self._refused(YamlError("key", line, found=key))
            elif key in mapping:
                refused = self._refused(YamlError("repeated key", line, found=key))
            elif isinstance(key, Refused):
                refused = key
            value = self._node(next(self._events), depth + 1)
            mapping[str(key)] = value
        return refused or mapping


def typed(tree: Tree) -> Any:
    """The tree with its unquoted scalars as YAML reads them: numbers, true and false, null, dates."""
    if isinstance(tree, dict):
        return {key: typed(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [typed(value) for value in tree]
    return _scalar(str(tree)) if isinstance(tree, Unquoted) else tree


_TYPES: Any = yaml.SafeLoader("")
"""For its rules of what a scalar is; it loads nothing."""


@lru_cache(maxsize=4096)
def _scalar(text: str) -> Any:
    node = yaml.ScalarNode(_TYPES.resolve(yaml.ScalarNode, text, (True, False)), text)
    try:
        return _TYPES.construct_object(node)
    except (ValueError, yaml.YAMLError):  # looks like a date, and is no day of the calendar
        return text

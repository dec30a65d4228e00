"""YAML text <-> a tree of dicts, lists and text.

Scalars stay text: what a value means is decided by the field it is in, so ``7e10``, ``14.8T`` and ``no`` are
never misread. Anchors, aliases, tags, repeated keys and deep nesting have no place in a plan and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import yaml

from isocost.catalog.table import beyond_parser
from isocost.files.errors import ContentError, got

DEEPEST = 16

Tree = dict[str, "Tree"] | list["Tree"] | str

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBER_LIKE = re.compile(r"^[-+.]?[0-9][-+0-9.,_eE]*$")
_PLAIN_BELOW = 1e6
"""Whole numbers from here on are written with an exponent."""


class Unquoted(str):
    """A scalar written without quotes."""

    __slots__ = ()

    @property
    def is_null(self) -> bool:
        """Whether it stands for an absent value."""
        return self in ("", "~", "null", "Null", "NULL")


def parse_tree(text: str) -> Tree:
    """The tree of one YAML document. Raises ContentError."""
    try:
        return _Builder(yaml.parse(text, Loader=_Loader)).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = error.problem or error.context or "unknown trouble"
        if mark and beyond_parser(error):
            raise _too_deep(mark.line + 1) from None
        raise ContentError(f"not valid YAML{where}: {problem}.") from None
    except yaml.YAMLError:
        raise ContentError("not valid YAML: it holds a character that text files do not have.") from None


def dump_tree(tree: dict[str, Any]) -> str:
    """Readable YAML of plain values in their own order; floats are numbers to any YAML reader."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


def _too_deep(line: int) -> ContentError:
    return ContentError(f"line {line}: nested more than {DEEPEST} levels deep.")


class _Builder:
    """Builds the tree from the parser's events, and stops at the first thing a plan may not hold."""

    def __init__(self, events: Iterator[Any]) -> None:
        self._events = events

    def document(self) -> Tree:
        tree: Tree = Unquoted("")
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise ContentError("more than one YAML document; a plan file holds one.")
                tree = self._node(next(self._events), 0)
        return tree

    def _node(self, event: Any, depth: int) -> Tree:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise ContentError(f"line {line}: anchors and aliases (& and *) are not allowed in a plan file.")
        if getattr(event, "tag", None):
            raise ContentError(f"line {line}: tags (!) are not allowed in a plan file.")
        if depth > DEEPEST:
            raise _too_deep(line)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value) if event.style else Unquoted(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(depth)
        return self._dict(depth)

    def _list(self, depth: int) -> list[Tree]:
        items: list[Tree] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return items

    def _dict(self, depth: int) -> dict[str, Tree]:
        mapping: dict[str, Tree] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line + 1
            key = self._node(event, depth + 1)
            if not isinstance(key, str):
                raise ContentError(f"line {line}: a key must be a word, not {got(key)}.")
            if key in mapping:
                raise ContentError(f"line {line}: the key {got(key)} appears twice.")
            mapping[str(key)] = self._node(next(self._events), depth + 1)
        return mapping


class _Dumper(yaml.SafeDumper):
    """Writes plain structures readably; lists are indented under their key."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _float_node(dumper: yaml.SafeDumper, value: float) -> yaml.ScalarNode:
    """14.8e+12, 0.346, 198: the point and the sign of the exponent keep YAML 1.1 readers from seeing text."""
    exact = Decimal(repr(value))
    if value == int(value) and abs(value) < _PLAIN_BELOW:
        return dumper.represent_scalar("tag:yaml.org,2002:int", str(int(value)))
    power = exact.adjusted() // 3 * 3 if abs(value) >= _PLAIN_BELOW else exact.adjusted()
    if -5 < power < 6:
        text = f"{exact:f}"
    else:
        mantissa = f"{exact.scaleb(-power).normalize():f}"
        text = f"{mantissa if '.' in mantissa else mantissa + '.0'}e{power:+d}"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


def _text_node(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    """Text on several lines as a block; text that looks like a number in quotes."""
    if "\n" in value:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|")
    style = "'" if _NUMBER_LIKE.match(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


_Dumper.add_representer(float, _float_node)
_Dumper.add_representer(str, _text_node)

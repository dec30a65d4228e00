"""YAML text <-> the tree of a plan file.

Scalars stay text: what a value means is decided by the field it is in, so ``7e10``, ``14.8T`` and ``no`` are
never misread.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml

from isocost.catalog.yaml_text import Tree, YamlError, parse_yaml
from isocost.files.errors import ContentError, got

DEEPEST = 16

_NUMBER_LIKE = re.compile(r"^[-+.]?[0-9][-+0-9.,_eE]*$")
_PLAIN_BELOW = 1e6
"""Whole numbers from here on are written with an exponent."""


def parse_tree(text: str) -> Tree:
    """The tree of one YAML document. Raises ContentError."""
    try:
        return parse_yaml(text, DEEPEST)
    except YamlError as error:
        raise ContentError(_complaint(error)) from None


def _complaint(error: YamlError) -> str:
    if error.flaw == "syntax":
        where = f" at line {error.line}, column {error.column}" if error.line else ""
        return f"not valid YAML{where}: {error.found}."
    if error.flaw == "character":
        return "not valid YAML: it holds a character that text files do not have."
    if error.flaw == "second document":
        return "more than one YAML document; a plan file holds one."
    said = {
        "alias": "anchors and aliases (& and *) are not allowed in a plan file.",
        "anchor": "anchors and aliases (& and *) are not allowed in a plan file.",
        "tag": "tags (!) are not allowed in a plan file.",
        "depth": f"nested more than {DEEPEST} levels deep.",
        "key": f"a key must be a word, not {got(error.found)}.",
        "repeated key": f"the key {got(error.found)} appears twice.",
    }[error.flaw]
    return f"line {error.line}: {said}"


def dump_tree(tree: dict[str, Any]) -> str:
    """Readable YAML of plain values in their own order; floats are numbers to any YAML reader."""
    return yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)


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

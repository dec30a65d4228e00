"""Python files of settings, by their plain assignments and keyword arguments; nothing of them is run."""

from __future__ import annotations

import ast
import re
from typing import Any

from isocost.files.imports.settings.forms.arithmetic import parsed, whole_number_of

MOST_NODES = 200_000


def python_keys(text: str) -> dict[str, Any]:
    """``name = literal`` as it is, ``ParallelismConfig(tensor_parallel_degree=8)`` as
    ``parallelism.tensor_parallel_degree``; whatever is reckoned when the file runs is left out.
    """
    keys: dict[str, Any] = {}
    tree = parsed(text, "exec")
    for at, node in enumerate(ast.walk(tree) if tree is not None else ()):
        if at > MOST_NODES:
            break
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name = _dotted(node.targets[0])
            known, value = _literal(node.value)
            if name and known:
                keys[name] = value
        elif isinstance(node, ast.Call):
            keys.update(_arguments(node))
    return keys


def _arguments(call: ast.Call) -> dict[str, Any]:
    name = _dotted(call.func).rpartition(".")[2]
    group = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.removesuffix("Config")).lower()
    found = {}
    for each in call.keywords:
        known, value = _literal(each.value)
        if each.arg and known:
            found[f"{group}.{each.arg}" if group else each.arg] = value
    return found


def _dotted(node: ast.expr) -> str:
    """The name of a variable or of an attribute of one; empty for others."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 10:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _literal(node: ast.expr) -> tuple[bool, Any]:
    """Whether an expression is a plain value or a sum of whole numbers, and which."""
    if isinstance(node, ast.Constant):
        usual = node.value is None or isinstance(node.value, str | int | float | bool)
        return usual, node.value
    if isinstance(node, ast.List | ast.Tuple):
        items = [_literal(each) for each in node.elts]
        return all(known for known, _ in items), [value for _, value in items]
    number = whole_number_of(node)
    return number is not None, number

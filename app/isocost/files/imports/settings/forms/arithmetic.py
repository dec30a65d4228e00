"""Sums of whole numbers as shells and Python files write them: ``5 * 8``, ``$((NODES * 8))``."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable
from typing import Literal

LONGEST = 200
LARGEST = 10**18

_OPERATIONS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.floordiv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def whole_number(text: str) -> int | None:
    """The value of a sum of whole numbers; None for anything else. No names, calls or powers."""
    if len(text) > LONGEST:
        return None
    tree = parsed(text.strip(), "eval")
    return whole_number_of(tree.body) if isinstance(tree, ast.Expression) else None


def parsed(text: str, mode: Literal["eval", "exec"]) -> ast.AST | None:
    """The tree of Python text, which is not run; None where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's own remarks on odd literals
            return ast.parse(text, mode=mode)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def whole_number_of(node: ast.expr) -> int | None:
    """The value of a sum of whole numbers that Python has parsed; None for anything else."""
    if isinstance(node, ast.Constant):
        value = node.value
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = whole_number_of(node.operand)
        return None if value is None else -value
    if not isinstance(node, ast.BinOp) or type(node.op) not in _OPERATIONS:
        return None
    left, right = whole_number_of(node.left), whole_number_of(node.right)
    if left is None or right is None:
        return None
    try:
        found = _OPERATIONS[type(node.op)](left, right)
    except ZeroDivisionError:
        return None
    return found if abs(found) <= LARGEST else None

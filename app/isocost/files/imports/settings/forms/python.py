"""Python files of settings, by their plain assignments and keyword arguments; nothing of them is run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isocost.catalog.entries.trainers import PythonCall, python_calls
from isocost.files.imports.settings.forms.arithmetic import parsed, whole_number_of
from isocost.language import tr

MOST_NODES = 200_000
_MODEL = re.compile(r"Model|ForCausalLM")
"""Classes that load a model; tokenizers and data have a ``from_pretrained`` too."""
_SUPPORTED = re.compile(r"is_b(?:float|f)16_(?:supported|available)")
"""What a script asks of the machine it will run on: every accelerator since 2020 says yes."""


@dataclass(frozen=True, slots=True)
class PythonFile:
    """What a file of Python says."""

    keys: Mapping[str, Any]
    programs: tuple[str, ...] = ()
    """The program that takes what its classes of settings take; empty = none of them is known."""
    unsure: tuple[str, ...] = ()
    """Settings that are reckoned when the file runs, in words."""


def python_content(text: str) -> PythonFile:
    """``name = literal`` as it is, ``ParallelismConfig(tensor_parallel_degree=8)`` as
    ``parallelism.tensor_parallel_degree``; arguments of TRL's and Transformers' classes by their own names.

    Names that a file gives one value are that value. Whatever is reckoned when it runs is left out.
    """
    tree = parsed(text, "exec")
    nodes = [] if tree is None else [each for each, _ in zip(ast.walk(tree), range(MOST_NODES), strict=False)]
    values = _Values(nodes)
    keys: dict[str, Any] = {}
    unsure: list[str] = []
    called: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name = _dotted(node.targets[0])
            known, value = values.of(node.value)
            if name and known:
                keys[name] = value
        elif isinstance(node, ast.Call):
            call = python_calls().get(_called(node))
            if call is None and _called(node) != "add_argument":
                keys |= _arguments(node, values)
            elif call is not None:
                called.add(call.call)
                keys |= _settings(node, call, values, unsure)
    program = next(
        (row.program for name, row in python_calls().items() if name in called and row.program), ""
    )
    return PythonFile(keys, (program,) if program else (), tuple(unsure))


class _Values:
    """Values of expressions, with those that the file's names and its command's arguments have."""

    def __init__(self, nodes: list[ast.AST]) -> None:
        self._names: dict[str, ast.expr | None] = {}
        for name, value in _assigned(nodes):
            self._names[name] = None if name in self._names else value

    def of(self, node: ast.expr, depth: int = 0) -> tuple[bool, Any]:
        """Whether an expression is a plain value or a sum of whole numbers, and which."""
        if isinstance(node, ast.Constant):
            usual = node.value is None or isinstance(node.value, str | int | float | bool)
            return usual, node.value
        if isinstance(node, ast.List | ast.Tuple):
            items = [self.of(each, depth) for each in node.elts]
            return all(known for known, _ in items), [value for _, value in items]
        name = _dotted(node)
        if name.startswith("torch."):  # torch.bfloat16
            return True, name.removeprefix("torch.")
        if name and depth < 10 and (meant := self._names.get(name)) is not None:
            return self.of(meant, depth + 1)
        if isinstance(node, ast.Call) and _SUPPORTED.fullmatch(_called(node)):
            return True, True
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            known, value = self.of(node.operand, depth)
            return known, not value
        if isinstance(node, ast.BinOp):
            left, right = (ast.Constant(self.of(each, depth)[1]) for each in (node.left, node.right))
            node = ast.BinOp(left, node.op, right)
        number = whole_number_of(node)
        return number is not None, number


def _assigned(nodes: list[ast.AST]) -> Iterator[tuple[str, ast.expr]]:
    """Names with what they are set to; ``args.lr`` is the default of a command's ``--lr``."""
    parsers = [
        _dotted(node.targets[0])
        for node in nodes
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Call)
        and _called(node.value) == "parse_args"
    ]
    for node in nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((name, node.value) for each in targets if (name := _dotted(each)))
        elif isinstance(node, ast.Call) and _called(node) == "add_argument":
            flag = next((each.value for each in reversed(node.args) if isinstance(each, ast.Constant)), None)
            default = next((each.value for each in node.keywords if each.arg == "default"), None)
            if isinstance(flag, str) and default is not None:
                option = flag.lstrip("-").replace("-", "_")
                yield from ((f"{parser}.{option}", default) for parser in parsers)


def _settings(call: ast.Call, row: PythonCall, values: _Values, unsure: list[str]) -> dict[str, Any]:
    """The arguments of a class of settings; one that is reckoned as the file runs is named and left open."""
    if row.call == "from_pretrained":
        return _loaded(call, values)
    found: dict[str, Any] = {}
    for each in call.keywords:
        if each.arg is None or (isinstance(each.value, ast.Call) and python_calls().get(_called(each.value))):
            continue
        key = f"{row.group}.{each.arg}" if row.group else each.arg
        known, value = values.of(each.value)
        if known:
            found[key] = value
        elif row.program and not row.call.endswith("Trainer"):
            found[key] = "auto"
            unsure.append(tr("{key}: it is reckoned when the file runs, and not read", key=key))
    return found


def _loaded(call: ast.Call, values: _Values) -> dict[str, Any]:
    """The name of a model that is loaded, and what is said beside it."""
    if not _MODEL.search(_dotted(call.func)):
        return {}
    named = [*call.args[:1], *(each.value for each in call.keywords if "model_name" in (each.arg or ""))]
    found = _plain(call, values)
    for each in named:
        known, value = values.of(each)
        if known:
            found["model_name_or_path"] = value
    return {
        key: value
        for key, value in found.items()
        if key not in ("model_name", "pretrained_model_name_or_path")
    }


def _arguments(call: ast.Call, values: _Values) -> dict[str, Any]:
    group = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _called(call).removesuffix("Config")).lower()
    return {f"{group}.{key}" if group else key: value for key, value in _plain(call, values).items()}


def _plain(call: ast.Call, values: _Values) -> dict[str, Any]:
    """The named arguments of a call whose values are known."""
    told = ((each.arg, *values.of(each.value)) for each in call.keywords if each.arg)
    return {name: value for name, known, value in told if known}


def _called(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return _dotted(call.func).rpartition(".")[2]


def _dotted(node: ast.expr) -> str:
    """The name of a variable or of an attribute of one; empty for others."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute) and len(parts) < 10:
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""

"""Write docs/engine.md: the relations of the engine, as their docstrings say them."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
from importlib import import_module
from pathlib import Path

from docs_markdown import prose, table

import isocost.engine

ROOMS = {
    "": "Shapes, FLOPs, goodput and laws",
    "training": "A training step",
    "search": "The search for a layout",
    "generation": "Generation and reinforcement learning",
}


def page() -> str:
    """The whole page."""
    parts = [
        "# The engine\n\n*Written by `make docs` from the code's docstrings: change those, not this page.*\n",
        "The physics behind [Method](method.md): what a step of training, a token of text and a round of"
        " rollouts take. Constants have [a page of their own](constants.md).\n",
        "One function per physical relation: arrays in, arrays out, SI units. What each says of itself, with"
        " its source, is below; the code is in `app/isocost/engine`.\n",
    ]
    root = Path(isocost.engine.__file__).parent
    rooms: dict[str, list[str]] = {room: [] for room in ROOMS}
    for found in pkgutil.walk_packages([str(root)], "isocost.engine."):
        room, _, name = found.name.removeprefix("isocost.engine.").rpartition(".")
        if not found.ispkg:
            rooms[room].append(f"{room}.{name}".strip("."))
    for room, title in ROOMS.items():
        parts.append(f"## {title}\n")
        for module in rooms[room]:
            parts.append(_module(module))
    return "\n".join(parts)


def _module(name: str) -> str:
    module = import_module(f"isocost.engine.{name}")
    about = prose(" ".join((inspect.getdoc(module) or "").split()))
    rows = []
    for each in ast.parse(inspect.getsource(module)).body:
        told = ast.get_docstring(each) if isinstance(each, ast.FunctionDef) else None
        if isinstance(each, ast.FunctionDef) and told and not each.name.startswith("_"):
            rows.append((f"`{each.name}`", prose(_summary(told))))
    return f"### {name}\n\n{about}\n\n{table(('relation', 'what it says'), rows)}"


_PARTS = re.compile(r"\n\s*\n\s*(?:Args|Returns|Raises|Arguments):.*", re.DOTALL)


def _summary(docstring: str) -> str:
    """A docstring without its lists of arguments and its examples."""
    return re.sub(r">>>.*?(?=\n\s*\n|\Z)", "", _PARTS.sub("", docstring), flags=re.DOTALL)

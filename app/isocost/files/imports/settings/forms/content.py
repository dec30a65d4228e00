"""The text of a settings file as flat keys, whatever form it is written in."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal

from isocost.catalog.yaml_text import Refused, YamlError, parse_yaml, typed
from isocost.files.imports.settings.forms.commands import shell_content
from isocost.files.imports.settings.forms.python import python_content
from isocost.files.imports.settings.forms.references import resolved
from isocost.files.imports.settings.forms.scalars import scalar
from isocost.files.imports.source import NotUnderstoodError, SourceFile
from isocost.language import tr

LARGEST = 1_000_000
"""Letters of settings; longer text is a log or a table."""
DEEPEST = 40
MOST_KEYS = 20_000
LONGEST_KEY = 200

Form = Literal["yaml", "json", "toml", "shell", "python"]

_SECTION = re.compile(r"^\s*\[[\w.\"' -]+\]\s*(#.*)?$", re.MULTILINE)
_FLAGS = re.compile(r"(^|\s)--[a-zA-Z][\w.-]*([ =]|$)", re.MULTILINE)
_OVERRIDE = re.compile(r"^\s*[+~]{0,2}[\w.]+\.[\w.]+=\S", re.MULTILINE)
_PAIR = re.compile(r"^\s*[A-Za-z_][\w.-]*\s*:", re.MULTILINE)
_ASSIGNED = re.compile(r"^\s*[A-Za-z_]\w*\s*=", re.MULTILINE)
_MARK = re.compile(r"^[ \t]*#[ \t]*isocost:[ \t]*(\w{1,30})[ \t]+(\S{1,30})", re.MULTILINE)
"""What our own launch settings say in a comment, where a framework has no words for it."""
_COMMENT = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
_TOLD_SHELL = re.compile(r"\s*[!%]")
NOTEBOOK = ".ipynb"
_HANGING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')


@dataclass(frozen=True, slots=True)
class Content:
    """What a settings file says, key by key."""

    form: Form
    keys: Mapping[str, Any]
    """Dotted path, or flag without dashes -> plain value; lists stay lists."""
    programs: tuple[str, ...] = ()
    """Scripts and modules a shell text starts, without folders."""
    nodes: int | None = None
    per_node: int | None = None
    """Of the launcher; None = not said."""
    gpus: int | None = None
    """Processes of all nodes, where the launcher says that."""
    refused: tuple[str, ...] = ()
    """Places with anchors, tags, references that are not resolved, in words."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables a shell text sets."""
    config: str = ""
    """A file of settings that a shell text names; empty = none."""
    marks: Mapping[str, Any] = field(default_factory=dict)
    """Values in comments of our own launch settings."""


def read_content(file: SourceFile) -> Content:
    """The file as flat keys. Raises NotUnderstoodError naming the place."""
    if len(file.text) > LARGEST:
        raise NotUnderstoodError(
            tr("settings are at most {largest:,} letters, this text is longer.", largest=LARGEST)
        )
    text = file.text.removeprefix("\ufeff")
    if file.suffix == NOTEBOOK:
        text = _cells(text)
    form = form_of(file.suffix, text)
    marks = {name: scalar(value) for name, value in _MARK.findall(text)}
    if form == "shell":
        found = shell_content(text)
        return Content(
            "shell", dict(_bounded(iter(found.keys.items()))), found.programs, found.nodes, found.per_node,
            found.gpus, found.unsure, found.environment, found.config, marks,
        )  # fmt: skip
    if form == "python":
        python = python_content(text)
        keys = dict(_bounded(iter(python.keys.items())))
        return Content("python", keys, python.programs, refused=python.unsure, marks=marks)
    refused: list[str] = []
    tree = {"yaml": _yaml, "json": _json, "toml": _toml}[form](text)
    if not isinstance(tree, dict):
        raise NotUnderstoodError(tr("settings are a group of keys at the top, and this file is none."))
    flat, named = resolved(dict(_bounded(_flat(tree, "", 0, refused))))
    return Content(form, flat, refused=(*refused, *named), marks=marks)


def form_of(suffix: str, text: str) -> Form:
    """How a text is written: its suffix where that is one of a form, else what its lines look like."""
    by_suffix: dict[str, Form] = {
        ".yaml": "yaml", ".yml": "yaml", ".json": "json", ".toml": "toml", ".sh": "shell", ".bash": "shell",
        ".slurm": "shell", ".sbatch": "shell", ".py": "python", NOTEBOOK: "python",
    }  # fmt: skip
    if suffix in by_suffix:
        return by_suffix[suffix]
    start = text.lstrip()[:1]
    if start == "{":
        return "json"
    if text.startswith("#!") or _FLAGS.search(text) or _OVERRIDE.search(text):
        return "shell"
    if _SECTION.search(text) and _ASSIGNED.search(text):
        return "toml"
    if _PAIR.search(text):
        return "yaml"
    return "python" if _ASSIGNED.search(text) else "yaml"


def _yaml(text: str) -> Any:
    try:
        return typed(parse_yaml(text, DEEPEST, lenient=True))
    except YamlError as error:
        where = f" at line {error.line}" if error.line else ""
        what = {
            "syntax": f"it is not valid YAML: {error.found}",
            "depth": f"it is nested more than {DEEPEST} levels deep",
            "second document": "it holds more than one YAML document, and settings are one",
        }.get(error.flaw, "it is not valid YAML")
        raise NotUnderstoodError(
            tr("these settings cannot be read{where}: {what}.", where=where, what=what)
        ) from None


def _cells(text: str) -> str:
    """The code of a notebook, without what it tells its shell."""
    cells = _json(text).get("cells") if text.lstrip().startswith("{") else None
    code = [
        "".join(map(str, each["source"] if isinstance(each["source"], list) else [each["source"]]))
        for each in (cells if isinstance(cells, list) else [])
        if isinstance(each, dict) and each.get("cell_type") == "code" and "source" in each
    ]
    return "\n".join(line for cell in code for line in cell.splitlines() if not _TOLD_SHELL.match(line))


def _json(text: str) -> Any:
    # Comments and a last comma are not JSON, yet people have them.
    plain = _HANGING_COMMA.sub(lambda m: m.group(1) or "", _COMMENT.sub(lambda m: m.group(1) or " ", text))
    try:
        return json.loads(plain)
    except json.JSONDecodeError as error:
        raise NotUnderstoodError(
            tr(
                "this is not valid JSON at line {lineno}, column {colno}: {msg}.",
                lineno=error.lineno,
                colno=error.colno,
                msg=error.msg.lower(),
            )
        ) from None
    except (RecursionError, ValueError):
        raise NotUnderstoodError(
            tr("this is not valid JSON: it is nested too deep, or holds a number too long.")
        ) from None


def _toml(text: str) -> Any:
    try:
        return tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise NotUnderstoodError(tr("this is not valid TOML: {error}.", error=str(error)[:120])) from None
    except (RecursionError, ValueError):
        raise NotUnderstoodError(tr("this is not valid TOML: it is nested too deep.")) from None


def _flat(tree: Any, path: str, depth: int, refused: list[str]) -> Iterator[tuple[str, Any]]:
    """Every leaf with its dotted path."""
    if depth > DEEPEST:
        raise NotUnderstoodError(
            tr("these settings are nested more than {deepest} levels deep.", deepest=DEEPEST)
        )
    if isinstance(tree, Mapping):
        for key, value in tree.items():
            # Argument files of Megatron's own tests have flags as keys.
            name = str(key)[:LONGEST_KEY]
            name = name.lstrip("-").replace("-", "_") if name.startswith("--") else name
            yield from _flat(value, f"{path}.{name}" if path else name, depth + 1, refused)
    elif isinstance(tree, Refused):
        refused.append(f"{path}: anchors, aliases and tags are not read")
    else:
        yield path, _plain(tree)


def _plain(value: Any) -> Any:
    """A value as JSON has it; text that is a number in YAML 1.2 is that number."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(each) for each in value[:MOST_KEYS]]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return scalar(str(value)) if isinstance(value, str) else value


def _bounded(pairs: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    for at, pair in enumerate(pairs):
        if at >= MOST_KEYS:
            raise NotUnderstoodError(
                tr("settings hold at most {most_keys:,} keys, this file holds more.", most_keys=MOST_KEYS)
            )
        yield pair

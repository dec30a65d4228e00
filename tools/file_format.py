"""Write docs/file-format.md and docs/plan.schema.json from the types of a plan and the table of inputs.

Run with ``make file-format``; a test holds both pages against what this writes.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from isocost.files.keeping.writing import BACKUP
from isocost.files.loading import LARGEST_FILE
from isocost.files.migration import MIGRATIONS, VERSION
from isocost.files.plan_schema import plan_schema
from isocost.files.schema import LONGEST_LINE, LONGEST_LIST, LONGEST_PROSE
from isocost.files.tree import DEEPEST
from isocost.plan.inputs.input import Choice, Input
from isocost.plan.inputs.table import INPUTS
from isocost.plan.kinds import KINDS
from isocost.report.forms import json_of

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE, SCHEMA = DOCS / "file-format.md", DOCS / "plan.schema.json"
HAND = {"Project", "Scenario"}
"""Shown first; the others follow in the order of a file."""


def page() -> str:
    """The whole page."""
    defs = _schema()["$defs"]
    kinds = {kind.record.__name__: kind for kind in KINDS.values()}
    shared = [name for name in defs if name not in kinds and name not in HAND]
    parts = [_opening()]
    parts += [_record(name, defs[name]) for name in ("Project", "Scenario")]
    parts.append("## Stages\n\nA stage says its `kind`; the keys that all kinds share come first.\n")
    for name, kind in kinds.items():
        parts.append(_record(name, defs[name], f"### `kind: {kind.tag}`: {kind.label}", kind.help))
    parts.append("## Records\n")
    parts += [_record(name, defs[name], f"### {name}") for name in shared]
    parts.append(_ranges_and_locks())
    parts.append(_versions())
    return "\n".join(parts)


@cache
def _schema() -> dict[str, Any]:
    return plan_schema()


def _opening() -> str:
    return f"""# The plan file

*Written by `make file-format` from the types of a plan: change those, not this page.*

A plan is a YAML file in UTF-8, called `.yaml`, `.yml` or `.isocost`. The same is written for programs and
editors as JSON Schema in [plan.schema.json](plan.schema.json), which `isocost schema` prints for the
version that runs it.

```yaml
isocost: {VERSION}
name: A first model
scenarios:
  - name: 256 H100
    model:
      parameters: 7.0e+9
    hardware:
      accelerator: h100-sxm
      count: 256
    price:
      usd_per_gpu_hour: 3.99
    stages:
      - kind: pretrain
        name: Pre-training
        data:
          tokens: 2.0e+12
```

## Rules

- **Numbers** are plain, with a point, and money is in US dollars, whatever currency and language the window
  shows. Written by people they may also be `7B`, `14.8T`, `40 %`, `$2.00`, `3 weeks`; 8K of a
  context are 8,192. A number is read and written to its last digit: what was typed is what the file holds, as
  the shortest text that reads back the same.
- **Left out is default.** A key at its default is not written, and the keys stand in the order of this
  page: one input changed is one line changed in a diff (the first of a section adds the line of its
  section, and a price that is typed takes the lines of its old source away).
- **Prices left out** are the catalogue's: a plan that names none pays for each stage what its accelerators
  cost on the plan's terms, and says so. A price it names is that of all its stages.
- **An unknown key is refused**, with its place and the nearest known one; so is a value of the wrong kind
  or beyond the limits below. Nothing is guessed and nothing skipped.
- **Text is text.** `no`, `12:30` and `1_000` are what they say; what a value means is decided by its key.
- **Comments** above the plan stay when it is saved. Those inside are not kept: the window says so, and the
  version before, with them, is the file's `{BACKUP}`.
- **Limits**: {LARGEST_FILE / 1e6:g} MB, {DEEPEST} levels, {LONGEST_LIST} entries in a list, {LONGEST_LINE}
  characters in a line of text and {LONGEST_PROSE:,} in notes. Anchors, aliases and tags (`&`, `*`, `!`) are
  refused, and a key may stand once.
- **Saving** writes a new file beside the old one, flushes it to the disk and puts it in its place in one
  step. What the file held before stays beside it as `{BACKUP}`.
"""


def _record(name: str, held: dict[str, Any], heading: str = "", more: str = "") -> str:
    heading = heading or f"## {'The file' if name == 'Project' else name}"
    record = next((each for each in held.get("anyOf", ()) if "properties" in each), held)
    told = more or record.get("description", "")
    words = {
        "ModelChoice": "its name, or its parameters",
        "Price": "what an hour costs, or the supplier whose price it is",
        "Hardware": "an accelerator with its count, such as 8xH100, or an instance",
        "Supply": "its terms",
        "Site": "its region",
    }
    also = f"\n\nOr one word: {words[name]}.\n" if name in words else ""
    required = set(record.get("required", ()))
    notes = _notes(name)
    defs = _schema()["$defs"]
    for key, each in record["properties"].items():
        refs = [part["$ref"] for part in (each, *each.get("anyOf", ())) if "$ref" in part]
        if refs and key not in notes:
            notes = {**notes, key: _description(defs[refs[0].rpartition("/")[2]])}
    rows = "\n".join(
        _row(key, each, key in required, notes.get(key, "")) for key, each in record["properties"].items()
    )
    return f"{heading}\n\n{told}{also}\n\n| key | holds | default | meaning |\n|---|---|---|---|\n{rows}\n"


def _description(held: dict[str, Any]) -> str:
    """The first sentence of what a record is."""
    parts = [held, *held.get("anyOf", ())]
    told = next((each["description"] for each in parts if "description" in each), "")
    return " ".join(told.partition("\n\n")[0].split())


@cache
def _notes(name: str) -> dict[str, str]:
    """What the source says below each field of a record."""
    found: dict[str, str] = {}
    for record in reversed(_records()[name].__mro__):
        if not issubclass(record, msgspec.Struct) or record is msgspec.Struct:
            continue
        body = ast.parse(textwrap.dedent(inspect.getsource(record))).body[0]
        assert isinstance(body, ast.ClassDef)
        for field, after in zip(body.body, body.body[1:], strict=False):
            told = after.value if isinstance(after, ast.Expr) else None
            if not (isinstance(field, ast.AnnAssign) and isinstance(told, ast.Constant)):
                continue
            found[ast.unparse(field.target)] = " ".join(str(told.value).split())
    return found


@cache
def _records() -> dict[str, type]:
    """Every record by its name."""
    found: dict[str, type] = {}
    waiting: list[type] = [msgspec.Struct]
    while waiting:
        inner: list[type] = waiting.pop().__subclasses__()
        for each in inner:
            if each.__module__.startswith("isocost.plan") or each.__module__.startswith("isocost.catalog"):
                found.setdefault(each.__name__, each)
            waiting.append(each)
    return found


def _row(key: str, held: dict[str, Any], required: bool, note: str) -> str:
    default = "**needed**" if required else _default(held)
    label, told = held.get("title", ""), held.get("description", "")
    meaning = f"*{label}.* {told}" if label and told else told or note.replace("``", "`")
    return f"| `{key}` | {_cell(_holds(held))} | {default} | {_cell(meaning)} |"


SHORT = 2
"""Keys of a record whose default is written out; one of more has its own table."""


def _default(held: dict[str, Any]) -> str:
    default = held.get("default")
    if "default" in held and default is None:
        return "the scenario's" if any("$ref" in each for each in held.get("anyOf", ())) else "left open"
    if held.get("type") == "object" and "propertyNames" in held:
        return "none"
    if default is None:
        counted = any(each.get("multipleOf") == 1 for each in held.get("anyOf", ()))
        return "**needed**, but of an instance" if counted else "the catalogue's"
    if default in ("", {}, [], ()):
        return "empty" if default == "" else "its defaults" if default == {} else "none"
    if isinstance(default, dict) and len(default) > SHORT:
        return "its defaults"
    return f"`{_written(default)}`"


def _written(value: Any) -> str:
    """A default as a plan file has it: `{epochs: 2}`."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {_written(each)}' for key, each in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_written, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _holds(held: dict[str, Any]) -> str:
    return " or ".join(dict.fromkeys(_kinds(held)))


def _kinds(held: dict[str, Any]) -> Iterator[str]:
    for each in held.get("anyOf", ()):
        yield from _kinds(each)
    if "$ref" in held:
        name = held["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})"
    elif "const" in held:
        yield f"`{held['const']}`"
    elif "enum" in held:
        yield from (f"`{each}`" for each in held["enum"] if each is not None)
    elif held.get("type") == "array":
        inner = held.get("items", {})
        yield (
            "list of stages" if "anyOf" in inner and "discriminator" in inner else f"list of {_holds(inner)}"
        )
    elif held.get("type") == "object":
        yield "keys and values"
    elif "minimum" in held:
        whole = "whole number" if held.get("multipleOf") == 1 else "number"
        low, high = (
            f"{held[end]:,.15g}" if held[end] < 1e6 else f"{held[end]:g}" for end in ("minimum", "maximum")
        )
        yield f"{whole} from {low} to {high}"
    elif held.get("type") == "string" or ("pattern" not in held and "anyOf" not in held):
        if held.get("description", "").startswith("As people write it"):
            return
        types = held.get("type", [])
        words = {"string": "text", "boolean": "`true`, `false`", "null": ""}
        for each in [types] if isinstance(types, str) else types:
            if word := words.get(each, each):
                yield word


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _ranges_and_locks() -> str:
    numbers = [path for path, each in INPUTS.items() if isinstance(each, Input)]
    choices = [path for path, each in INPUTS.items() if isinstance(each, Choice)]
    return f"""## Ranges and locks

`ranges` of a scenario names inputs that are not known, by their path, as text or as a record:

```yaml
    ranges:
      efficiency.mfu: 0.35..0.45
      Pre-training/data.tokens:
        low: 1.5e+12
        mode: 2.0e+12
        high: 3.0e+12
        shape: triangular
```

A path is a section and a key, after the name of a stage where it is that stage's own. `locked` is a list of
such paths: inputs that stay as they are when another is solved for. There are {len(numbers)} numbers, which
may have ranges, and {len(choices)} choices.
"""


def _versions() -> str:
    steps = [f"| {version} | read, and written as {version + 1} |" for version in sorted(MIGRATIONS)]
    rows = "\n".join([*steps, f"| {VERSION} | read and written |"])
    return f"""## Versions

`isocost` is the version of the file, not of the app. A file of a newer version is refused in words; one of
an older is read through a migration for each version between, of which a sample is kept in
`tests/files/versions`. Keys are added without a new version, since a file without them means their
defaults.

| version | this app |
|---|---|
{rows}
"""


def schema_text() -> str:
    """The JSON Schema as ``isocost schema`` prints it."""
    return json_of(plan_schema()) + "\n"


def main() -> None:
    """Write both."""
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()

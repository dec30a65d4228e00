"""Gather what the app says into the catalogues of ``resources/languages``, and compile them.

Run with ``make messages``. A message is what stands in ``tr("...")`` and ``later("...")``, a noun or verb
that takes an s where English does (``format_counted(n, "layer")``: "layer" and "layers"), a word of a few
types shown as they are, the unit of an input, the arithmetic of a figure of money, and what the tables of
``resources`` say in words (:mod:`isocost.catalog.said`). Messages without a translation stay empty, and are
said in English.
``--check``
fails where one is, where a placeholder is not the message's, or where a file is stale.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Any

import yaml
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from isocost.catalog.said import SAID, in_language
from isocost.language import DATIVE, say_with
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.money.bill import FIGURES

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app" / "isocost"
LANGUAGES = ROOT / "resources" / "languages"
DOMAIN = "isocost"
DATE = datetime(2026, 12, 1, tzinfo=UTC)
"""A fixed one: the files change when what they say does."""
CALLS = ("tr", "later")
ENDING = ("format_counted", "agreeing")
"""Calls that put an s behind their second argument where English does."""
UNITS = {"kW", "kWh", "GB"}
"""Words of arithmetic that are the same in every language."""
WORDS = (
    "Provenance",
    "Verdict",
    "Status",
    "Regime",
    "Word",
    "Whose",
    "Origin",
    "End",
    "LedgerGroup",
    "ClaimGroup",
    "Recompute",
    "Driver",
)
"""Types of words that are shown as they are."""


def messages() -> dict[str, str]:
    """Every message, and the place it is first said at, in the order of places."""
    found: dict[str, str] = {}
    for path in sorted(APP.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        for said in _said(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(said, place)
    for field in NUMBERS.values():
        if re.search("[a-z]{3}", field.unit) and "$" not in field.unit:
            found.setdefault(field.unit, "app/isocost/plan/inputs/table.py")
    for figure in FIGURES:
        for words in (figure.words, figure.unknown):
            named = re.findall("[A-Za-z]{2,}", re.sub(r"{[^}]*}", "", words))
            if set(named) - UNITS:
                found.setdefault(words, "app/isocost/plan/money")
    for name in SAID:
        tree = yaml.safe_load((ROOT / "resources" / name).read_text(encoding="utf-8"))
        for said in _asked_for(tree, name):
            found.setdefault(said, f"resources/{name}")
    return found


def _said(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            at = 1 if node.func.id in ENDING else 0
            said = node.args[at] if len(node.args) > at else None
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                if node.func.id in CALLS:
                    yield said.value
                elif node.func.id in ENDING:
                    es = node.func.id == "agreeing" and said.value.endswith("o")
                    yield from (said.value, f"{said.value}{'es' if es else 's'}")
        elif isinstance(node, ast.Assign) and any(getattr(each, "id", "") in WORDS for each in node.targets):
            words = (each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant))
            yield from (word for word in words if isinstance(word, str) and word)


def _asked_for(tree: Any, name: str) -> list[str]:
    """What the app asks a translation of when it reads a table."""
    asked: list[str] = []

    def note(message: str) -> str:
        asked.append(message)
        return message

    say_with(note)
    in_language(tree, name)
    say_with(str)
    return asked


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it should be: every message, with the translations there are."""
    path = LANGUAGES / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    held = (
        read_po(io.BytesIO(path.read_bytes()), locale=language) if path.exists() else Catalog(locale=language)
    )
    made = Catalog(locale=language, project="Isocost", fuzzy=False)
    for said, place in messages().items():
        before = held.get(said)
        made.add(said, before.string if before is not None else "", locations=[(place, 1)])
    return made


def problems(made: Catalog) -> list[str]:
    """What is wrong with a catalogue, a sentence each."""
    wrong = []
    for each in made:
        said, put = str(each.id), str(each.string or "")
        if said and not put:
            wrong.append(f"{said!r} has no translation.")
        elif _names(said) != _names(put.replace(DATIVE, "}")):
            wrong.append(f"{said!r} is given other values than {put!r} names.")
    return wrong


def _names(text: str) -> set[str] | None:
    try:
        return {f"{name}!{how}:{spec}" for _, name, spec, how in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def written(made: Catalog) -> tuple[bytes, bytes]:
    """The text of a catalogue, and its compiled form."""
    made.creation_date = made.revision_date = DATE
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, made, width=110, sort_by_file=False, omit_header=False, include_lineno=False)
    write_mo(compiled, made)
    return text.getvalue(), compiled.getvalue()


def main(arguments: list[str]) -> int:
    """Write the catalogues, or check them."""
    wrong: list[str] = []
    for folder in sorted(each for each in LANGUAGES.iterdir() if each.is_dir()):
        made = catalogue(folder.name)
        wrong += [f"{folder.name}: {each}" for each in problems(made)]
        for suffix, content in zip(("po", "mo"), written(made), strict=True):
            path = folder / "LC_MESSAGES" / f"{DOMAIN}.{suffix}"
            if "--check" not in arguments:
                path.write_bytes(content)
            elif not path.exists() or path.read_bytes() != content:
                wrong.append(f"{path.relative_to(ROOT)} is stale: run make messages.")
    print("\n".join(wrong) or "Every message is translated.")
    return 1 if wrong and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

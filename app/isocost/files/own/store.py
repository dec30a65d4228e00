"""The file of accelerators that are added in the window, beside those the user writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isocost.catalog.entries.accelerators import AcceleratorRow, shipped_rows
from isocost.catalog.table import MAXIMUM_BYTES, MAXIMUM_DEPTH
from isocost.catalog.user import WINDOW_FILE, read_user_folder
from isocost.catalog.yaml_text import YamlError, parse_yaml, typed
from isocost.files.errors import FileError
from isocost.files.own.fields import FIELDS, RENT, field_text
from isocost.files.own.parts import Draft
from isocost.files.saving import write_atomically
from isocost.files.text import bounded_text, os_problem
from isocost.files.tree import dump_tree
from isocost.language import tr

HEADER = """\
# Accelerators added in the window of Isocost, which writes this file whole: comments of yours would not last.
# A file beside it, such as own.yaml, is yours to write.

"""


@dataclass(frozen=True, slots=True)
class OwnPart:
    """An accelerator of the user's."""

    row: AcceleratorRow
    file: str
    """Name of the file it stands in."""
    draft: Draft | None
    """As the form has it; None = it stands in a file that the window does not write."""


@dataclass(frozen=True, slots=True)
class OwnParts:
    """Every accelerator there is, and which of them are the user's own."""

    rows: Mapping[str, AcceleratorRow]
    own: tuple[OwnPart, ...]
    problems: tuple[str, ...]
    """What of the user's files was left out, a sentence each."""


def own_parts(folder: Path) -> OwnParts:
    """What a folder of the user's files holds beside the shipped accelerators. Raises CatalogError."""
    shipped = shipped_rows()
    read = read_user_folder(folder, shipped)
    rows = dict(shipped) | {row.id: row for row, _ in read.accelerators}
    try:
        content = _content(folder / WINDOW_FILE)
    except FileError:
        content = {}  # said among the problems
    drafts = {str(record.get("id")): record for record in _listed(content, "accelerators")}
    rents = {str(card.get("accelerator")): card.get(RENT) for card in _listed(content, "prices")}
    own = []
    for row, where in read.accelerators:
        file = where.partition(" accelerators[")[0]
        record = drafts.get(row.id) if file == WINDOW_FILE else None
        draft = None if record is None else _draft(record, rents.get(row.id), rows)
        own.append(OwnPart(row, file, draft))
    return OwnParts(rows, tuple(own), read.problems)


def _draft(record: Mapping[str, Any], rent: Any, rows: Mapping[str, AcceleratorRow]) -> Draft | None:
    """A record as the form has it; None where it is like nothing that is there."""
    like = str(record.get("like", ""))
    if like not in rows:
        return None
    held = {**record, RENT: rent}
    texts = {key: field_text(field, held.get(key)) for key, field in FIELDS.items()}
    return Draft(like, {key: text for key, text in texts.items() if text}, str(record["id"]))


def save_part(folder: Path, record: Mapping[str, Any], price: Mapping[str, Any] | None) -> None:
    """Put an accelerator, and what an hour of it costs, into the window's file in place of its last record.

    Raises FileError: the file is not what the window wrote, or cannot be written.
    """
    content = _content(folder / WINDOW_FILE)
    own = record["id"]
    parts = _listed(content, "accelerators")
    at = next((place for place, each in enumerate(parts) if each.get("id") == own), len(parts))
    content["accelerators"] = _in_order([*parts[:at], dict(record), *parts[at + 1 :]])
    prices = [each for each in _listed(content, "prices") if each.get("accelerator") != own]
    content["prices"] = [*prices, *([dict(price)] if price is not None else [])]
    _write(folder, content)


def _in_order(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records after those they are like, as they are read from the top; else in their order."""
    likes = {each.get("id"): each.get("like") for each in records}

    def depth(record: Mapping[str, Any]) -> int:
        behind, like = 0, record.get("like")
        while like in likes and behind <= len(likes):
            behind, like = behind + 1, likes[like]
        return behind

    return sorted(records, key=depth)


def begun_with(parts: OwnParts, own: str) -> tuple[OwnPart, ...]:
    """The user's accelerators that are like one of them, or like one that is."""
    found: list[OwnPart] = []
    wanted = {own}
    for part in parts.own:  # each stands after the one it is like
        if part.draft is not None and part.draft.like in wanted and part.row.id != own:
            wanted.add(part.row.id)
            found.append(part)
    return tuple(found)


def remove_part(folder: Path, own: str) -> None:
    """Take an accelerator and its price out of the window's file. Raises FileError."""
    content = _content(folder / WINDOW_FILE)
    for name, key in (("accelerators", "id"), ("prices", "accelerator")):
        content[name] = [each for each in _listed(content, name) if each.get(key) != own]
    _write(folder, content)


def _content(path: Path) -> dict[str, Any]:
    """What the window's file holds; nothing where there is none. Raises FileError."""
    if not path.exists():
        return {}
    try:
        content = typed(
            parse_yaml(bounded_text(path, MAXIMUM_BYTES, "a catalogue", "a YAML file"), MAXIMUM_DEPTH)
        )
    except YamlError as error:
        where = "" if error.line is None else f"line {error.line} "
        raise FileError(
            path, tr("{where}is not what Isocost wrote: put it right, or move it away.", where=where)
        ) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise FileError(path, tr("is not what Isocost wrote: put it right, or move it away."))
    return content


def _listed(content: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The records of a list; what is no record is left out, as the catalogue leaves it out."""
    return list(_records(content.get(name)))


def _records(listed: Any) -> Iterator[dict[str, Any]]:
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            yield each


def _write(folder: Path, content: Mapping[str, Any]) -> None:
    path = folder / WINDOW_FILE
    kept = {name: value for name, value in content.items() if value}
    text = HEADER + (dump_tree(kept) if kept else "")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, text.encode("utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(path, tr("cannot be saved: {os_problem}.", os_problem=os_problem(error))) from None

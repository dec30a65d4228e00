"""What a command says, once, for every form it may be written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isocost.quantities import plain_spaces
from isocost.report.forms import aligned, json_of, markdown
from isocost.report.table import Table, csv_of


@dataclass(frozen=True, slots=True)
class Section:
    """Sentences and perhaps a table beneath a heading."""

    heading: str = ""
    sentences: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer to one question."""

    title: str
    """What it is of: the plan and its scenario."""
    finding: str
    """The answer in one sentence, without its full stop."""
    sections: tuple[Section, ...]
    tree: Mapping[str, Any]
    """The same for other programs: keys are extended in later versions and never renamed."""
    rows: Table
    """The same for a spreadsheet."""


def text(told: Told) -> str:
    """Plain text for a terminal."""
    blocks = [[told.title, told.finding]]
    for section in told.sections:
        lines = [f"{section.heading}:"] if section.heading else []
        lines += [f"  {each}" if section.heading else each for each in section.sentences]
        if section.table is not None and section.table.rows:
            columns = section.table.columns
            words = [column.name for column in columns if not column.right]
            lines += aligned([column.name for column in columns], _shown(section.table), words)
        blocks.append(lines)
    return plain_spaces("\n\n".join("\n".join(lines) for lines in blocks if lines))


def markdown_text(told: Told) -> str:
    """The same sentences and tables for a document."""
    lines = [f"## {markdown(told.title)}", "", f"**{markdown(told.finding)}.**"]
    for section in told.sections:
        if section.heading:
            lines += ["", f"### {markdown(section.heading)}"]
        if section.sentences:
            lines += ["", *(f"- {markdown(each)}" for each in section.sentences)]
        if section.table is not None and section.table.rows:
            columns = section.table.columns
            lines += ["", f"| {' | '.join(markdown(column.name) for column in columns)} |"]
            lines.append(f"|{'|'.join('---:' if column.right else '---' for column in columns)}|")
            lines += [f"| {' | '.join(map(markdown, row))} |" for row in _shown(section.table)]
    return plain_spaces("\n".join(lines))


def json_text(told: Told) -> str:
    """JSON whose absent values are null."""
    return json_of(dict(told.tree))


def csv_text(told: Told) -> str:
    """The rows as plain values, their headings with units."""
    return csv_of(told.rows).rstrip("\n")


FORMS: Mapping[str, Callable[[Told], str]] = {
    "text": text,
    "json": json_text,
    "markdown": markdown_text,
    "csv": csv_text,
}
"""Every form by its name on the command line."""


def _shown(table: Table) -> list[list[str]]:
    """The rows in words; what is not known is left blank."""
    places = range(len(table.columns))
    return [
        ["" if row[i] is None else table.shown(at, i) for i in places] for at, row in enumerate(table.rows)
    ]

"""The tables of the page as they stand on paper: whole texts in lines, sources as numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from PySide6.QtGui import QFontMetricsF

from isocost.language import tr
from isocost.report.paper.content import Paper
from isocost.report.paper.prices import AGE
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of

ROW = 15.5
"""Height of a table's row."""
BETWEEN = 12.0
"""Pixels that stay free after each column."""
MOST_LINES = 3
"""Lines of a cell at most."""
ONE_LINE = 2
"""Rows of a bill of one line, with its total."""
HEADS = 2 * ROW + 10
"""Height of a table's heading and of its columns' names."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table as it stands on paper: its sources are numbers, which the foot of the page spells out."""

    heading: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    """Whether a column's values end at its right."""
    sources: tuple[str, ...] = ()
    """Of each row; none = the table tells no sources."""
    numbered: int = 0
    """Column that the number of the source stands in, behind its value."""
    warned: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """Severity of what is to stand out, by row and column."""

    def first(self, count: int) -> Rows:
        """The same with so many rows."""
        return replace(self, rows=self.rows[:count], sources=self.sources[:count])

    def with_numbers(self, sources: Sequence[str]) -> Rows:
        """The same with the number of each row's source behind its value."""
        if not self.sources:
            return self
        rows = []
        for row, source in zip(self.rows, self.sources, strict=True):
            cells = list(row)
            if source:
                cells[self.numbered] = f"{cells[self.numbered]} [{sources.index(source) + 1}]".lstrip()
            rows.append(tuple(cells))
        return replace(self, rows=tuple(rows))


_AGES = {"info": "care", "care": "stop"}
"""How an age stands out, by its gravity: as in the window."""


def tables_of(page: Paper) -> list[Rows]:
    """The tables that have rows, their rows all."""
    ages = {(row, AGE): _AGES[gravity] for row, gravity in enumerate(page.prices.gravity) if gravity}
    rests = _rows(tr("What it rests on, in order of weight"), page.assumptions, 4)
    prices = _rows(tr("Prices"), page.prices.table, 2)
    others = _rows(tr("What else we looked at"), page.others)
    return [each for each in (rests, replace(prices, warned=ages), others) if each.rows]


def bill_of(page: Paper) -> list[Rows]:
    """The bill of one line, which has no waterfall; none where it has more."""
    return [_rows(tr("The bill"), page.bill, columns=(0, 1, 3))] if len(page.bill.rows) == ONE_LINE else []


def _rows(
    heading: str,
    table: Table,
    numbered: int | None = None,
    columns: Sequence[int] = (),
) -> Rows:
    """A table in words.

    Args:
        numbered: column behind whose values stand the numbers of the sources, which are its last column.
        columns: those that are shown; none = all but the sources.
    """
    last = len(table.columns) - 1
    shown = columns or range(last + (numbered is None))
    return Rows(
        heading,
        tuple(table.columns[at].name for at in shown),
        tuple(tuple(table.shown(row, at) for at in shown) for row in range(len(table.rows))),
        tuple(table.columns[at].right for at in shown),
        () if numbered is None else tuple(table.shown(row, last) for row in range(len(table.rows))),
        numbered or 0,
    )


def sources_of(tables: Sequence[Rows]) -> list[str]:
    """The sources of tables, each once, in the order of their rows."""
    return list(dict.fromkeys(source for table in tables for source in table.sources if source))


@dataclass(frozen=True, slots=True)
class Laid:
    """A table with the places of its columns and the lines of its cells."""

    table: Rows
    edges: tuple[float, ...]
    """From the left of the table."""
    lines: tuple[tuple[tuple[str, ...], ...], ...]
    """By row and column."""
    spacing: float
    """From a line of a cell to the next."""

    def tall(self, row: int) -> float:
        """The height of a row."""
        return ROW + self.spacing * (max(map(len, self.lines[row])) - 1)

    @property
    def height(self) -> float:
        """With its heading and the names of its columns."""
        return HEADS + sum(self.tall(row) for row in range(len(self.lines)))


def laid_out(theme: Theme, width: float, tables: Sequence[Rows]) -> tuple[list[Laid], list[str]]:
    """Tables with whole texts in as many lines as they take, and the sources their numbers are of."""
    sources = sources_of(tables)
    return [_laid(theme, width, table.with_numbers(sources)) for table in tables], sources


def _laid(theme: Theme, room: float, table: Rows) -> Laid:
    """A table with whole texts; columns that say nothing are left out."""
    metrics = QFontMetricsF(font_of(theme, "quiet"))
    kept = [place for place in range(len(table.heads)) if any(row[place] for row in table.rows)]
    table = replace(
        table,
        heads=tuple(table.heads[place] for place in kept),
        rows=tuple(tuple(row[place] for place in kept) for row in table.rows),
        right=tuple(table.right[place] for place in kept),
        warned={(row, kept.index(place)): grave for (row, place), grave in table.warned.items()},
    )
    texts = zip(table.heads, *table.rows, strict=True)
    widths = _fitted([max(map(metrics.horizontalAdvance, each)) + BETWEEN for each in texts], room)
    edges = tuple(sum(widths[:place]) for place in range(len(widths) + 1))
    lines = tuple(
        tuple(_lines(text, width - BETWEEN, metrics) for text, width in zip(row, widths, strict=True))
        for row in table.rows
    )
    return Laid(table, edges, lines, metrics.lineSpacing())


def _fitted(widths: Sequence[float], room: float) -> list[float]:
    """Widths of columns that fill their room: what is to spare is shared out, the widest gives way first."""
    over = sum(widths) - room
    if over <= 0.0:
        return [width * room / sum(widths) for width in widths]
    found = list(widths)
    for place in sorted(range(len(found)), key=lambda each: -found[each]):
        given = min(over, max(0.0, found[place] - room / len(found)))
        found[place] -= given
        over -= given
    return found


def _lines(text: str, width: float, metrics: QFontMetricsF) -> tuple[str, ...]:
    """A text broken at spaces; the last line holds what is left."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and (metrics.horizontalAdvance(longer) <= width or len(lines) == MOST_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines) or ("",)

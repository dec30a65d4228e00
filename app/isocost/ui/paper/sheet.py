"""Painting the page: words, charts and tables from top to bottom, on one sheet whatever the plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter

from isocost.language import tr
from isocost.report.findings.said import KeyFigure
from isocost.report.paper.content import Paper
from isocost.report.table import Column, Table
from isocost.ui.look.theme import Role, Theme
from isocost.ui.paper.charts import Picture
from isocost.ui.plot.base import font_of, made_pen
from isocost.ui.plot.export import WRAPPED
from isocost.ui.widgets.rows import LEFT, RIGHT, write_text

MARGIN, GAP = 40.0, 24.0
"""Pixels of 1/96 inch around the page and between its columns."""
CHART, TALLEST, SHRUNK = 168.0, 216.0, 0.78
"""Height of a chart at least and at most, and its size against that on screen, where it has more room."""
ROW = 15.5
"""Height of a table's row."""
BETWEEN = 12.0
"""Pixels that stay free after each column."""
MOST_LINES = 3
"""Lines of a cell at most."""
_AFTER_MARK = re.compile(r"(?<=[/._?&=-])(?=\w)")
"""Where an address may be broken."""
LEAST_ROWS = 3
"""Rows that a table keeps however little room there is."""
HEADS = 2 * ROW + 10
"""Height of a table's heading and of its columns' names."""


@dataclass(slots=True)
class _Cursor:
    """Where the next line begins."""

    painter: QPainter
    theme: Theme
    left: float
    width: float
    y: float

    def text(self, words: str, role: Role, colour: str, *, lines: int = 0, bold: bool = False) -> None:
        """Words broken into lines, at most so many where ``lines`` is not 0."""
        font = font_of(self.theme, role, bold=bold)
        metrics = QFontMetricsF(font)
        room = QRectF(self.left, self.y, self.width, 1e4)
        height = metrics.boundingRect(room, WRAPPED, words).height() if words else 0.0
        if lines:
            height = min(height, lines * metrics.lineSpacing())
        self.painter.setFont(font)
        self.painter.setPen(QColor(colour))
        self.painter.drawText(QRectF(self.left, self.y, self.width, height), WRAPPED, words)
        self.y += height

    def column(self, at: int, of: int) -> _Cursor:
        """A cursor at the same height in one of several columns."""
        width = (self.width - (of - 1) * GAP) / of
        return _Cursor(self.painter, self.theme, self.left + at * (width + GAP), width, self.y)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page with its charts, as a drawing of pixels of 1/96 inch."""

    page: Paper
    pictures: tuple[Picture, ...]

    def paint(self, painter: QPainter, room: QRectF, theme: Theme, hover: int | None = None) -> None:
        """Paint the page from the room's top left on; nothing of it is pointed at."""
        painter.save()
        painter.translate(room.topLeft())
        _paint_page(painter, room.size(), self.page, self.pictures, theme)
        painter.restore()


def _paint_page(
    painter: QPainter, size: QSizeF, page: Paper, pictures: Sequence[Picture], theme: Theme
) -> None:
    at = _Cursor(painter, theme, MARGIN, size.width() - 2 * MARGIN, MARGIN - 8)
    foot = size.height() - MARGIN + 8
    _head(at, page)
    _figures(at, page.figures)
    named = [
        (tr("What it rests on, in order of weight"), page.assumptions),
        (tr("Prices"), page.prices),
        (tr("What else we looked at"), page.others),
    ]
    below = foot - ROW - _words_height(at, page)
    room = below - at.y - _charts_height(at, pictures, CHART)
    tables = _laid_out(at, [each for each in named if each[1].rows], room)
    _charts(at, pictures, below - at.y - sum(each.height for each in tables))
    for each, rows in zip(tables, _rows_of(tables, below - at.y), strict=True):
        _table(at, each, rows)
    _columns(at, page)
    _foot(at, page, foot)


def _head(at: _Cursor, page: Paper) -> None:
    theme, quiet = at.theme, font_of(at.theme, "small")
    line = QRectF(at.left, at.y, at.width, QFontMetricsF(quiet).height())
    write_text(at.painter, line, tr("Isocost · plan for approval"), quiet, theme.quiet)
    write_text(at.painter, line, page.foot[1], quiet, theme.quiet, RIGHT)
    at.y = line.bottom() + 10
    at.text(page.title, "headline", theme.text, lines=2)
    at.y += 4
    at.text(page.lead, "body", theme.text, lines=3)
    at.y += 12


def _figures(at: _Cursor, figures: Sequence[KeyFigure]) -> None:
    theme, bottom = at.theme, at.y
    for place, figure in enumerate(figures):
        part = at.column(place, len(figures))
        at.painter.setPen(made_pen(theme.line))
        inner = _Cursor(part.painter, theme, part.left + 10, part.width - 2, part.y)
        inner.text(figure.label, "small", theme.quiet)
        inner.text(figure.value, "figure", theme.text, lines=1)
        inner.text(figure.note, "quiet", theme.quiet, lines=2)
        at.painter.setPen(made_pen(theme.line))
        at.painter.drawLine(QPointF(part.left, at.y), QPointF(part.left, inner.y))
        bottom = max(bottom, inner.y)
    at.y = bottom + 14


def _charts(at: _Cursor, pictures: Sequence[Picture], room: float) -> None:
    """Two and two beside each other, as tall as the room lets them be."""
    rows = (len(pictures) + 1) // 2
    height = min(TALLEST, max(CHART, room / max(rows, 1) - _charts_height(at, pictures[:1], 0.0)))
    for first in range(0, len(pictures), 2):
        bottom = at.y
        beside = pictures[first : first + 2]
        for place, picture in enumerate(beside):
            part = at.column(place, len(beside))
            part.text(picture.title, "body", at.theme.text, lines=2, bold=True)
            part.text(picture.how, "quiet", at.theme.quiet, lines=1)
            part.y += 4
            _shrunk(part, picture, height)
            bottom = max(bottom, part.y)
        at.y = bottom + 10


def _shrunk(at: _Cursor, picture: Picture, height: float) -> None:
    """A chart a little smaller than on screen, in its own colours."""
    scale = min(SHRUNK, height / picture.tall) if picture.tall else SHRUNK
    room = QRectF(0, 0, at.width / scale, height / scale)
    at.painter.save()
    at.painter.translate(at.left, at.y)
    at.painter.setClipRect(QRectF(0, 0, at.width, height))
    at.painter.scale(scale, scale)
    picture.drawing.paint(at.painter, room, at.theme)
    at.painter.restore()
    at.y += height


def _charts_height(at: _Cursor, pictures: Sequence[Picture], each: float) -> float:
    """What charts of a height take, with their words."""
    line = QFontMetricsF(font_of(at.theme, "body")).lineSpacing()
    return (len(pictures) + 1) // 2 * (each + 3 * line + 14)


@dataclass(frozen=True, slots=True)
class _Laid:
    """A table with the places of its columns and the lines of its cells."""

    heading: str
    columns: tuple[Column, ...]
    edges: tuple[float, ...]
    cells: tuple[tuple[tuple[str, ...], ...], ...]
    """Lines by row and column."""
    spacing: float
    """From a line of a cell to the next."""

    def tall(self, row: int) -> float:
        """The height of a row."""
        return ROW + self.spacing * (max(map(len, self.cells[row])) - 1)

    @property
    def height(self) -> float:
        """With its heading and the names of its columns."""
        return HEADS + sum(self.tall(row) for row in range(len(self.cells)))


def _laid_out(at: _Cursor, named: Sequence[tuple[str, Table]], room: float) -> list[_Laid]:
    """Tables with whole texts in as many lines as they take; where that is too much, texts of the last rows
    are cut after their first line, as the first rows weigh most."""
    laid = [_laid(at, heading, table) for heading, table in named]
    rows = [(each, row) for each in range(len(laid)) for row in range(len(laid[each].cells))]
    over = sum(each.height for each in laid) - room
    for each, row in reversed(rows):
        if over <= 0.0:
            break
        over -= laid[each].tall(row) - ROW
        cells = list(laid[each].cells)
        cells[row] = tuple((" ".join(lines),) for lines in cells[row])
        laid[each] = replace(laid[each], cells=tuple(cells))
    return laid


def _laid(at: _Cursor, heading: str, table: Table) -> _Laid:
    """A table with whole texts; columns that say nothing are left out."""
    metrics = QFontMetricsF(font_of(at.theme, "quiet"))
    shown = [[table.shown(row, at) for at in range(len(table.columns))] for row in range(len(table.rows))]
    kept = [place for place in range(len(table.columns)) if any(row[place] for row in shown)]
    columns = tuple(table.columns[place] for place in kept)
    shown = [[row[place] for place in kept] for row in shown]
    texts = zip((column.name for column in columns), *shown, strict=True)
    widths = _fitted([max(map(metrics.horizontalAdvance, each)) + BETWEEN for each in texts], at.width)
    edges = tuple(at.left + sum(widths[:place]) for place in range(len(widths) + 1))
    cells = tuple(
        tuple(_lines(text, width - BETWEEN, metrics) for text, width in zip(row, widths, strict=True))
        for row in shown
    )
    return _Laid(heading, columns, edges, cells, metrics.lineSpacing())


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
    """A text broken at spaces, and within an address after its marks; the last line holds what is left."""
    words = [part for word in text.split(" ") for part in _parts(word, width, metrics)]
    lines: list[str] = []
    for word, joint in words:
        longer = f"{lines[-1]}{joint}{word}" if lines else word
        if lines and (metrics.horizontalAdvance(longer) <= width or len(lines) == MOST_LINES):
            lines[-1] = longer
        else:
            lines.append(word)
    return tuple(lines) or ("",)


def _parts(word: str, width: float, metrics: QFontMetricsF) -> list[tuple[str, str]]:
    """A word, or its parts where it is longer than a line, each with what stands before it."""
    if metrics.horizontalAdvance(word) <= width:
        return [(word, " ")]
    parts = [each for each in _AFTER_MARK.split(word) if each]
    return [(part, "" if at else " ") for at, part in enumerate(parts)]


def _rows_of(tables: Sequence[_Laid], room: float) -> list[int]:
    """How many rows of each table there is room for, the longest giving way first."""
    rows = [len(each.cells) for each in tables]
    if sum(each.height for each in tables) <= room:
        return rows
    while sum(rows) > LEAST_ROWS * len(rows) and sum(rows) * ROW + HEADS * len(rows) > room:
        longest = max(range(len(rows)), key=lambda i: rows[i])
        if rows[longest] <= LEAST_ROWS:
            break
        rows[longest] -= 1
    return rows


def _table(at: _Cursor, laid: _Laid, rows: int) -> None:
    theme, left_out = at.theme, len(laid.cells) - rows
    at.text(
        laid.heading + (tr(" ({left_out} more in the file)", left_out=left_out) if left_out else ""),
        "body",
        theme.text,
        bold=True,
    )
    _cells(at, laid, tuple((column.name,) for column in laid.columns), ROW, theme.quiet)
    for row in range(rows):
        _cells(at, laid, laid.cells[row], laid.tall(row), theme.text)
    at.y += 8


def _cells(at: _Cursor, laid: _Laid, cells: Sequence[Sequence[str]], tall: float, colour: str) -> None:
    font: QFont = font_of(at.theme, "quiet")
    for place, (column, lines) in enumerate(zip(laid.columns, cells, strict=True)):
        left, right = laid.edges[place], laid.edges[place + 1] - BETWEEN
        for line, text in enumerate(lines):
            room = QRectF(left, at.y + line * laid.spacing, right - left, ROW)
            write_text(at.painter, room, text, font, colour, RIGHT if column.right else LEFT)
    at.y += tall
    at.painter.setPen(made_pen(at.theme.grid))
    at.painter.drawLine(QPointF(at.left, at.y - 0.5), QPointF(at.left + at.width, at.y - 0.5))


def _texts(page: Paper) -> tuple[tuple[str, tuple[str, ...]], ...]:
    last = tuple(each for each in (page.now, page.stop) if each)
    return (
        (tr("Not in this bill"), (page.not_in,)),
        (tr("What could go wrong"), page.risks or (tr("Nothing in it is in doubt."),)),
        (tr("Next step, and when to stop"), last),
    )


def _words_height(at: _Cursor, page: Paper) -> float:
    metrics = QFontMetricsF(font_of(at.theme, "quiet"))
    width = (at.width - 2 * GAP) / 3
    return 20.0 + max(
        sum(metrics.boundingRect(QRectF(0, 0, width, 1e4), WRAPPED, each).height() + 2 for each in texts)
        for _, texts in _texts(page)
    )


def _columns(at: _Cursor, page: Paper) -> None:
    for place, (heading, texts) in enumerate(_texts(page)):
        part = at.column(place, 3)
        part.text(heading, "body", at.theme.text, bold=True)
        for each in texts:
            part.text(each, "quiet", at.theme.text)
            part.y += 2


def _foot(at: _Cursor, page: Paper, y: float) -> None:
    theme, font = at.theme, font_of(at.theme, "quiet")
    at.painter.setPen(made_pen(theme.line))
    at.painter.drawLine(QPointF(at.left, y - ROW - 3), QPointF(at.left + at.width, y - ROW - 3))
    room = QRectF(at.left, y - ROW, at.width, ROW)
    write_text(at.painter, room, page.foot[0], font, theme.quiet)

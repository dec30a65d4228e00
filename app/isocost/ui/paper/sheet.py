"""Painting the page: words, charts and tables from top to bottom, on one sheet whatever the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)

from isocost.language import tr
from isocost.plan.notice import Notice
from isocost.quantities import SPACE
from isocost.report.findings.said import KeyFigure
from isocost.report.paper.content import Paper, note_words
from isocost.report.paper.links import linked
from isocost.ui.look.theme import Role, Theme
from isocost.ui.paper.charts import Picture
from isocost.ui.paper.rows import BETWEEN, ROW, Laid, Rows, bill_of, laid_out, tables_of
from isocost.ui.plot.base import font_of, made_pen
from isocost.ui.plot.export import WRAPPED
from isocost.ui.widgets.rows import LEFT, RIGHT, write_text

MARGIN, GAP = 40.0, 24.0
"""Pixels of 1/96 inch around the page and between its columns."""
CHART, TALLEST, SHRUNK = 158.0, 320.0, 0.78
"""Height of a chart at least and at most, and its size against that on screen, where it has more room."""
LEAST_ROWS = 3
"""Rows that a table keeps however little room there is."""


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
    if page.figures:
        _figures(at, page.figures)
    _warnings(at, page.notes)
    tables = tables_of(page)
    below = foot - ROW - _words_height(at, page)
    if at.y + _least(at, pictures) + _tables_height(at, [*(bill := bill_of(page)), *tables]) <= below:
        tables = [*bill, *tables]
    _charts(at, pictures, below - at.y - _tables_height(at, tables))
    laid, sources = laid_out(at.theme, at.width, cut := _cut(at, tables, below - at.y))
    for whole, shown, each in zip(tables, cut, laid, strict=True):
        _table(at, each, len(whole.rows) - len(shown.rows))
    _columns(at, page)
    _sources(at, sources, foot - ROW - at.y)
    _foot(at, page, foot)


def _head(at: _Cursor, page: Paper) -> None:
    theme, quiet = at.theme, font_of(at.theme, "small")
    line = QRectF(at.left, at.y, at.width, QFontMetricsF(quiet).height())
    write_text(at.painter, line, tr("Isocost · plan for approval"), quiet, theme.quiet)
    write_text(at.painter, line, page.foot[1], quiet, theme.quiet, RIGHT)
    at.y = line.bottom() + 10
    at.text(_title(page, at), "headline", theme.text, lines=2)
    at.y += 4
    at.text(page.lead, "body", theme.text)
    at.y += 12


def _title(page: Paper, at: _Cursor) -> str:
    """The title in two lines at most: a long name of the plan gives way, never what is asked for."""
    metrics = QFontMetricsF(font_of(at.theme, "headline"))
    room = QRectF(0, 0, at.width, 1e4)
    name = page.project
    while len(name) > 1 and metrics.boundingRect(room, WRAPPED, page.titled(name)).height() > (
        2.1 * metrics.lineSpacing()
    ):
        name = f"{name.removesuffix('…')[: -max(1, len(name) // 20)].rstrip()}…"
    return page.titled(name)


def _figures(at: _Cursor, figures: Sequence[KeyFigure]) -> None:
    theme, bottom = at.theme, at.y
    for place, figure in enumerate(figures):
        part = at.column(place, len(figures))
        inner = _Cursor(part.painter, theme, part.left + 10, part.width - 10, part.y)
        inner.text(figure.label, "small", theme.quiet)
        # A word that is wider than its column may end in the gap beside it.
        inner.width += GAP - 10
        inner.text(figure.value, "figure", theme.text, lines=1)
        inner.width -= GAP - 10
        inner.text(figure.note, "quiet", theme.quiet, lines=3)
        at.painter.setPen(made_pen(theme.line))
        at.painter.drawLine(QPointF(part.left, at.y), QPointF(part.left, inner.y))
        bottom = max(bottom, inner.y)
    at.y = bottom + 14


def _warnings(at: _Cursor, notes: Sequence[Notice]) -> None:
    """What is wrong with the plan or out of date in it, the gravest first."""
    if not notes:
        return
    at.text(tr("Warnings"), "body", at.theme.text, bold=True)
    for note in notes:
        at.text(note_words(note), "quiet", at.theme.severity(note.severity))
    at.y += 10


def _charts(at: _Cursor, pictures: Sequence[Picture], room: float) -> None:
    """Those that fill any room above those of rows, each two beside each other; as tall as there is room."""
    kinds = [[each for each in pictures if not each.tall], [each for each in pictures if each.tall]]
    rows = [kind[first : first + 2] for kind in kinds for first in range(0, len(kind), 2)]
    for beside, height in zip(rows, _heights(rows, room - len(rows) * _titles(at)), strict=True):
        bottom = at.y
        for place, picture in enumerate(beside):
            part = at.column(place, len(beside))
            part.text(picture.title, "body", at.theme.text, lines=2, bold=True)
            part.text(picture.how, "quiet", at.theme.quiet, lines=2)
            part.y += 4
            _shrunk(part, picture, height)
            bottom = max(bottom, part.y)
        at.y = bottom + 10


def _titles(at: _Cursor) -> float:
    """What the words above a row of charts take at most."""
    return 4 * QFontMetricsF(font_of(at.theme, "body")).lineSpacing() + 14


def _least(at: _Cursor, pictures: Sequence[Picture]) -> float:
    """The least that charts take with their words."""
    rows = sum((sum(bool(each.tall) is tall for each in pictures) + 1) // 2 for tall in (False, True))
    return rows * (CHART + _titles(at))


def _heights(rows: Sequence[Sequence[Picture]], room: float) -> list[float]:
    """How tall each row of pictures is: what it needs at most, and an even part of what others leave."""
    most = [
        TALLEST
        if any(not each.tall for each in row)
        else min(TALLEST, SHRUNK * max(each.tall for each in row))
        for row in rows
    ]
    heights = [0.0] * len(rows)
    left, waiting = room, sorted(range(len(rows)), key=lambda i: most[i])
    for done, i in enumerate(waiting):
        heights[i] = min(most[i], max(CHART, left / (len(rows) - done)))
        left -= heights[i]
    return heights


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


def _cut(at: _Cursor, tables: Sequence[Rows], room: float) -> list[Rows]:
    """The tables with as many rows as there is room for with their sources, the longest giving way first."""
    cut = list(tables)
    while cut and _tables_height(at, cut) > room:
        longest = max(range(len(cut)), key=lambda i: len(cut[i].rows))
        if len(cut[longest].rows) <= LEAST_ROWS:
            break
        cut[longest] = cut[longest].first(len(cut[longest].rows) - 1)
    return cut


def _tables_height(at: _Cursor, tables: Sequence[Rows]) -> float:
    """What tables take with their sources, where these stand closest."""
    laid, sources = laid_out(at.theme, at.width, tables)
    return sum(each.height for each in laid) + _sources_height(at, sources)


def _table(at: _Cursor, laid: Laid, left_out: int) -> None:
    theme, table = at.theme, laid.table
    more = tr(" ({left_out} more in the file)", left_out=left_out) if left_out else ""
    at.text(table.heading + more, "body", theme.text, bold=True)
    quiet = [theme.quiet] * len(table.heads)
    _cells(at, laid, tuple((head,) for head in table.heads), ROW, quiet)
    for row, lines in enumerate(laid.lines):
        severities = [table.warned.get((row, column), "") for column in range(len(lines))]
        inks = [theme.severity(each) if each else theme.text for each in severities]
        _cells(at, laid, lines, laid.tall(row), inks)
    at.y += 8


def _cells(at: _Cursor, laid: Laid, cells: Sequence[Sequence[str]], tall: float, inks: Sequence[str]) -> None:
    font: QFont = font_of(at.theme, "quiet")
    for place, (lines, ink, right) in enumerate(zip(cells, inks, laid.table.right, strict=True)):
        left, end = (at.left + edge for edge in (laid.edges[place], laid.edges[place + 1] - BETWEEN))
        for line, text in enumerate(lines):
            room = QRectF(left, at.y + line * laid.spacing, end - left, ROW)
            write_text(at.painter, room, text, font, ink, RIGHT if right else LEFT)
    at.y += tall
    at.painter.setPen(made_pen(at.theme.grid))
    at.painter.drawLine(QPointF(at.left, at.y - 0.5), QPointF(at.left + at.width, at.y - 0.5))


def _texts(page: Paper) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What stands beside each other below the tables; nothing where nothing is asked for."""
    if page.stopped:
        return ()
    return (
        (tr("Not in this bill"), (page.not_in,)),
        (tr("What could go wrong"), page.wrong or (tr("Nothing in it is in doubt."),)),
        (tr("Next step, and when to stop"), page.next),
    )


def _words_height(at: _Cursor, page: Paper) -> float:
    metrics = QFontMetricsF(font_of(at.theme, "quiet"))
    width = (at.width - 2 * GAP) / 3
    heights = (
        sum(metrics.boundingRect(QRectF(0, 0, width, 1e4), WRAPPED, each).height() + 2 for each in texts)
        for _, texts in _texts(page)
    )
    return 20.0 + max(heights, default=0.0)


def _columns(at: _Cursor, page: Paper) -> None:
    bottom = at.y
    for place, (heading, texts) in enumerate(_texts(page)):
        part = at.column(place, 3)
        part.text(heading, "body", at.theme.text, bold=True)
        for each in texts:
            part.text(each, "quiet", at.theme.text)
            part.y += 2
        bottom = max(bottom, part.y)
    at.y = bottom + 8


RUN_IN, APART = "   ", "\N{LINE SEPARATOR}"
"""Between sources: on lines of their own where there is room."""


def _sources_height(at: _Cursor, sources: Sequence[str]) -> float:
    """How tall sources are where they stand closest."""
    if not sources:
        return 0.0
    heading = QFontMetricsF(font_of(at.theme, "body", bold=True)).height()
    return heading + 10.0 + _sources_laid(at, sources, RUN_IN)[1]


def _sources(at: _Cursor, sources: Sequence[str], room: float) -> None:
    """Where numbers come from, in full; their addresses can be followed."""
    if not sources:
        return
    top = at.y
    at.text(tr("Sources"), "body", at.theme.text, bold=True)
    laid, height = _sources_laid(at, sources, APART)
    if at.y - top + height + 10.0 > room:
        laid, height = _sources_laid(at, sources, RUN_IN)
    at.painter.setPen(QColor(at.theme.quiet))
    laid.draw(at.painter, QPointF(at.left, at.y))
    at.y += height


def _sources_laid(at: _Cursor, sources: Sequence[str], joint: str) -> tuple[QTextLayout, float]:
    """All sources as one paragraph, and how tall it is."""
    words = joint.join(f"[{number}]{SPACE}{source.rstrip('.')}." for number, source in enumerate(sources, 1))
    laid, formats, start = QTextLayout(words, font_of(at.theme, "quiet")), [], 0
    for part, address in linked(words):
        if address:
            # Qt: the text of an anchor becomes a link of the PDF.
            format_of = QTextCharFormat()
            format_of.setAnchor(True)
            format_of.setAnchorHref(address)
            found = QTextLayout.FormatRange()
            found.start, found.length, found.format = start, _units(part), format_of
            formats.append(found)
        start += _units(part)
    laid.setFormats(formats)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    laid.setTextOption(wrapping)
    laid.beginLayout()
    height = 0.0
    while (line := laid.createLine()).isValid():
        line.setLineWidth(at.width)
        line.setPosition(QPointF(0.0, height))
        height += line.height()
    laid.endLayout()
    return laid, height


def _units(text: str) -> int:
    """Letters of a text as Qt counts them: UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _foot(at: _Cursor, page: Paper, y: float) -> None:
    theme, font = at.theme, font_of(at.theme, "quiet")
    at.painter.setPen(made_pen(theme.line))
    at.painter.drawLine(QPointF(at.left, y - ROW - 3), QPointF(at.left + at.width, y - ROW - 3))
    room = QRectF(at.left, y - ROW, at.width, ROW)
    write_text(at.painter, room, page.foot[0], font, theme.quiet)

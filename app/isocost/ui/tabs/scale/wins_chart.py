"""Which accelerator wins where, drawn: a ground for each winner, the plan among them."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath

from isocost.language import tr
from isocost.plan.solve.hardware.wins import NOBODY, Axis
from isocost.report.findings.tabs.wins import WinsView, axis_title
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import ReadableChart
from isocost.ui.plot.frame import LogFrame, paint_axes, ticks_across, ticks_up
from isocost.ui.plot.styles import series_of
from isocost.ui.plot.ticks import LONGEST_TIMES, Scale, count_scale, money_scale, number_scale, time_scale

APART = 8.0
"""Pixels between two names in one line."""
LEFT, RIGHT, TOP, BELOW = 52, 10, 20, 42
"""Pixels beside the map, above and below it."""
HATCH = 7
"""Pixels between the lines where a winner is not certain."""
STRENGTHS = (0.30, 0.14, 0.38, 0.22)
"""Strength of a winner's colour on its ground; accelerators of one colour differ by it."""
ASIDE = (
    (0.0, 0.0), (0.0, -2.4), (0.0, -1.2), (0.0, 2.4), (0.0, 1.2), (-1.0, 0.0), (1.0, 0.0), (-2.0, 0.0),
)  # fmt: skip
"""Where a name is tried, in its own widths and heights from the middle of its part of the map."""
INSIDE = 0.85
"""Share of a name's cells that are to be its winner's."""
SCALES: dict[Axis, Scale] = {
    "tokens": number_scale,
    "parameters": number_scale,
    "count": count_scale,
    "price": money_scale,
    "budget": money_scale,
    "deadline": time_scale,
}


class Cells:
    """Where the cells of a map stand in a picture of some size."""

    def __init__(self, view: WinsView, size: QSizeF, theme: Theme) -> None:
        self.view, self.theme = view, theme
        px, found = theme.px, view.found
        words = LONGEST_TIMES if found.y.axis == "deadline" else ()
        font = font_of(theme, "quiet")
        left, top = max([float(px(LEFT)), *(text_size(font, each)[0] + 12.0 for each in words)]), px(TOP)
        area = QRectF(
            left, top, max(40.0, size.width() - left - px(RIGHT)), max(40.0, size.height() - top - px(BELOW))
        )
        self.frame = LogFrame(
            area, (float(found.xs[0]), float(found.xs[-1])), (float(found.ys[0]), float(found.ys[-1]))
        )
        # A cell lies around its value; those at the ends are cut in half.
        self.columns = _edges([self.frame.across(float(each)) for each in found.xs])
        self.rows = _edges([self.frame.up(float(each)) for each in found.ys])

    def box(self, row: int, column: int, until: int) -> QRectF:
        """Pixels of cells of a row, from a column up to another, which is left out."""
        top, bottom = self.rows[row + 1], self.rows[row]
        return QRectF(self.columns[column], top, self.columns[until] - self.columns[column], bottom - top)

    def centre(self, row: int, column: int) -> QPointF:
        """Pixel of a cell's value."""
        found = self.view.found
        return self.frame.at(float(found.xs[column]), float(found.ys[row]))

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Row and column at a pixel; None outside."""
        area = self.frame.area
        if not area.contains(at):
            return None
        up = bisect([-each for each in self.rows[1:-1]], -at.y())
        return up, bisect(self.columns[1:-1], at.x())

    def runs(self) -> Iterator[tuple[int, int, int, int]]:
        """Each stretch of a row that one winner has: winner, row, first column, the one after the last."""
        for row, winners in enumerate(self.view.found.place):
            starts = np.flatnonzero(np.append(True, winners[1:] != winners[:-1]))
            for first, last in zip(starts, np.append(starts[1:], len(winners)), strict=True):
                yield int(winners[first]), row, int(first), int(last)


def _edges(values: list[float]) -> list[float]:
    """The ends, and midway between one value and the next."""
    return [values[0], *((one + other) / 2 for one, other in pairwise(values)), values[-1]]


class WinsChart(ReadableChart[WinsView | None]):
    """The map; its parts are its cells, row by row from below."""

    @property
    def parts(self) -> int:
        return 0 if self.view is None else int(self.view.found.place.size)

    @property
    def first(self) -> int:
        return 0 if self.view is None else self.part(*self.view.cell)

    def part(self, row: int, column: int) -> int:
        """Number of a cell."""
        assert self.view is not None
        return row * len(self.view.found.xs) + column

    def cell(self, part: int) -> tuple[int, int]:
        """Row and column of a cell by its number."""
        assert self.view is not None
        return divmod(part, len(self.view.found.xs))

    def words(self, part: int) -> str:
        return "" if self.view is None else self.view.words(*self.cell(part))

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if self.view is None:
            return None
        cell = Cells(self.view, size, theme).cell_at(at)
        return None if cell is None else self.part(*cell)

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(240), theme.px(148))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is None:
            return
        cells = Cells(self.view, size, theme)
        _paint_grounds(painter, cells)
        _paint_doubtful(painter, cells)
        _paint_borders(painter, cells)
        found = self.view.found
        across = ticks_across(cells.frame, SCALES[found.x.axis], theme)
        paint_axes(painter, cells.frame, theme, across, ticks_up(cells.frame, SCALES[found.y.axis], theme))
        _paint_titles(painter, cells)
        taken = _paint_plan(painter, cells)
        _paint_names(painter, cells, taken)
        if hover is not None:
            _paint_hover(painter, cells, *self.cell(hover))


def _grounds(view: WinsView, theme: Theme) -> list[QColor]:
    """A colour for each winner: its accelerator's own, of another strength where two are of one colour."""
    seen: dict[str, int] = {}
    colours = []
    for each in view.found.winners:
        line = series_of(theme, view.styles, each.accelerator).line
        again = seen.get(line, 0)
        seen[line] = again + 1
        colours.append(mixed(line, theme.panel, STRENGTHS[again % len(STRENGTHS)]))
    return colours


def _paint_grounds(painter: QPainter, cells: Cells) -> None:
    colours = _grounds(cells.view, cells.theme)
    painter.save()
    # Smoothed edges of neighbours would let the ground shine through between them.
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for winner, row, first, last in cells.runs():
        ground = QColor(cells.theme.field) if winner == NOBODY else colours[winner]
        painter.fillRect(cells.box(row, first, last), ground)
    painter.restore()


def _paint_doubtful(painter: QPainter, cells: Cells) -> None:
    """Hatching where another may well be cheaper than the winner."""
    doubtful = cells.view.doubtful
    if doubtful is None:
        return
    path = QPainterPath()
    for row, column in np.argwhere(doubtful).tolist():
        if not column or not doubtful[row, column - 1]:
            last = column + int(np.argmin(np.append(doubtful[row, column:], False)))
            path.addRect(cells.box(row, column, last))
    painter.save()
    painter.setClipPath(path)
    painter.setPen(made_pen(mixed(cells.theme.quiet, cells.theme.panel, 0.55), 1.0))
    area, step = cells.frame.area, cells.theme.px(HATCH)
    for at in range(round(area.width() + area.height()) // step + 1):
        x = area.left() + at * step
        painter.drawLine(QPointF(x, area.top()), QPointF(x - area.height(), area.bottom()))
    painter.restore()


def _paint_borders(painter: QPainter, cells: Cells) -> None:
    """A line wherever two winners meet."""
    place, path = cells.view.found.place, QPainterPath()
    for row, column in np.argwhere(place[:, 1:] != place[:, :-1]).tolist():
        path.moveTo(cells.columns[column + 1], cells.rows[row])
        path.lineTo(cells.columns[column + 1], cells.rows[row + 1])
    for row, column in np.argwhere(place[1:] != place[:-1]).tolist():
        path.moveTo(cells.columns[column], cells.rows[row + 1])
        path.lineTo(cells.columns[column + 1], cells.rows[row + 1])
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(mixed(cells.theme.text, cells.theme.panel, 0.7), 1.2))
    painter.drawPath(path)


def _paint_titles(painter: QPainter, cells: Cells) -> None:
    theme, area, found = cells.theme, cells.frame.area, cells.view.found
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    painter.drawText(QPointF(0.0, metrics.ascent()), axis_title(found.y.axis, cells.view))
    across = axis_title(found.x.axis, cells.view)
    left = area.right() - metrics.horizontalAdvance(across)
    painter.drawText(QPointF(left, area.bottom() + theme.px(24) + metrics.ascent()), across)


def _paint_plan(painter: QPainter, cells: Cells) -> list[QRectF]:
    """The plan where its own values are, with lines to the axes; what its mark and its word take."""
    view, theme, frame = cells.view, cells.theme, cells.frame
    if not frame.holds(*view.found.plan):
        return []
    at = frame.at(*view.found.plan)
    painter.setPen(made_pen(theme.text, 1.2, (1.5, 2.5)))
    painter.drawLine(at, QPointF(frame.area.left(), at.y()))
    painter.drawLine(at, QPointF(at.x(), frame.area.bottom()))
    painter.setPen(made_pen(theme.panel, 2.0))
    painter.setBrush(QColor(series_of(theme, view.styles, view.own).line))
    painter.drawEllipse(at, 7.0, 7.0)
    font = font_of(theme, "quiet", bold=True)
    width, height = text_size(font, tr("the plan"))
    left = at.x() + 11 if at.x() + 11 + width < frame.area.right() else at.x() - 11 - width
    painter.setFont(font)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(left, at.y() - 5), tr("the plan"))
    return [
        QRectF(at.x() - 8, at.y() - 8, 16, 16), QRectF(left, at.y() - 5 - height, width, height),
        QRectF(frame.area.left(), at.y() - 1, at.x() - frame.area.left(), 2),
        QRectF(at.x() - 1, at.y(), 2, frame.area.bottom() - at.y()),
    ]  # fmt: skip


def _paint_names(painter: QPainter, cells: Cells, taken: list[QRectF]) -> None:
    """Each winner's name in its part of the map, where it has room."""
    view, theme = cells.view, cells.theme
    bold = font_of(theme, "small", bold=True)
    for region in view.regions:
        nobody = region.winner == NOBODY
        words = tr("nobody") if nobody else view.name(region.winner)
        font = font_of(theme, "quiet") if nobody else bold
        width, height = text_size(font, words)
        centre = cells.centre(region.row, region.column)
        # Aside where the plan stands in the way.
        for across, up in ASIDE:
            left = centre.x() - width / 2 + across * (width + 12.0)
            box = QRectF(left, centre.y() - height / 2 + up * height, width, height)
            around = box.adjusted(-APART, 0.0, APART, 0.0)
            if _is_inside(cells, box, region.winner) and not any(around.intersects(each) for each in taken):
                painter.setFont(font)
                painter.setPen(QColor(theme.quiet if nobody else theme.text))
                painter.drawText(QPointF(box.left(), box.top() + QFontMetricsF(font).ascent()), words)
                taken.append(box)
                break


def _is_inside(cells: Cells, box: QRectF, winner: int) -> bool:
    """Whether a box lies within a winner's part of the map, a corner aside."""
    place = cells.view.found.place
    first, last = cells.cell_at(box.topLeft()), cells.cell_at(box.bottomRight())
    if first is None or last is None:
        return False
    (high, left), (low, right) = first, last
    return float((place[low : high + 1, left : right + 1] == winner).mean()) >= INSIDE


def _paint_hover(painter: QPainter, cells: Cells, row: int, column: int) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width, size in ((cells.theme.panel, 3.4, 6.5), (cells.theme.text, 1.6, 6.5)):
        painter.setPen(made_pen(colour, width))
        painter.drawEllipse(cells.centre(row, column), size, size)

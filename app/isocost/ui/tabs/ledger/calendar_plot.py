"""Stages in time and the cash of every month, on one axis of days."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QPainter

from isocost.language import tr
from isocost.plan.money.cashflow import TimelineBar
from isocost.quantities import format_duration, format_money
from isocost.quantities.units import DAYS_PER_WEEK
from isocost.report.findings.tabs.ledger import (
    CalendarView,
    axis_label,
    late_words,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import ReadableChart
from isocost.ui.plot.crossings import money_steps
from isocost.ui.tabs.ledger.waterfall import group_brush, group_colour
from isocost.ui.widgets.labels import shorten

GUTTER = 172
"""Pixels of the names at the left."""

STRETCH, CASH, AXIS, GAP = 20, 92, 22, 26
"""Pixels: a stage's row, the bars of cash, the months below, the space between."""

WIDEST, WHISKERED = 72, 9.0
"""Pixels of the widest bar of a month, and between two whiskers: each would hide the bars beside it."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where everything of a view stands in a picture of some width, in pixels."""

    view: CalendarView
    width: float
    theme: Theme

    def x(self, day: float) -> float:
        """Place of a day."""
        left = self.theme.px(GUTTER)
        return left + day / self.view.last * max(1.0, self.width - left - 8)

    def row(self, index: int) -> QRectF:
        """Place of a stage's bar."""
        height = self.theme.px(STRETCH)
        bar = self.view.bars[index]
        left, right = self.x(bar.start_day), self.x(bar.end_day)
        # A stage of hours in a programme of months would be narrower than a pixel: it stays visible.
        return QRectF(left, index * height + height * 0.2, max(2.0, right - left), height * 0.6)

    def cash(self) -> QRectF:
        """Place of the bars of cash."""
        top = self.theme.px(self.view.rows * STRETCH + GAP)
        return QRectF(self.x(0.0), top, self.x(self.view.last) - self.x(0.0), self.theme.px(CASH))

    def month(self, index: int) -> QRectF:
        """Place of a month's bar, from the axis up to its sum."""
        edges, room = self.view.month_edges, self.cash()
        left, right = self.x(edges[index]), self.x(edges[index + 1])
        inset = 1.0 if right - left < 12 else 2.5
        dearest = self.view.dearest
        height = room.height() * self.view.paid(index) / dearest if dearest else 0.0
        wide = max(1.0, right - left - 2 * inset)
        later = self.view.onward and index == len(self.view.months) - 1
        width = wide if later else min(wide, float(self.theme.px(WIDEST)))
        return QRectF((left + right - width) / 2, room.bottom() - height, width, height)

    def whisker(self, index: int) -> tuple[float, float]:
        """Pixel of a month's whisker, and half of what its ends are wide."""
        box = self.month(index)
        return box.right() - min(10.0, box.width() / 4), min(4.0, box.width() / 6)

    def amount(self, index: int, width: float) -> float | None:
        """Pixel from which a month's sum is written: over the middle of its bar, clear of its whisker.

        None = there is no room.
        """
        box, middle = self.month(index), self.month(index).center().x() - width / 2
        if width > box.width() + 4:
            return None
        if index not in self.whiskered() or self.view.ends(index) is None:
            return middle
        x, cap = self.whisker(index)
        clear = x - cap - 3 - width
        return min(middle, clear) if clear >= box.left() - 4 else None

    def barred(self) -> Iterator[int]:
        """The months that are drawn: of those that share a pixel the dearest."""
        months = self.view.months
        step = max(1, math.ceil(len(months) / max(1.0, self.cash().width())))
        for first in range(0, len(months), step):
            shared = range(first, min(first + step, len(months)))
            yield max(shared, key=lambda at: months[at].total_usd)

    def whiskered(self) -> range:
        """The months whose range is drawn: of very many, every so many-th."""
        months = len(self.view.months)
        return range(0, months, max(1, math.ceil(WHISKERED * months / max(1.0, self.cash().width()))))


class CalendarChart(ReadableChart[CalendarView]):
    """The picture; its parts are the stages and then the months."""

    steps: ClassVar[Mapping[Qt.Key, int]] = {
        Qt.Key.Key_Right: 1,
        Qt.Key.Key_Down: 1,
        Qt.Key.Key_Left: -1,
        Qt.Key.Key_Up: -1,
    }
    greets = True

    @property
    def parts(self) -> int:
        return len(self.view.bars) + len(self.view.months)

    def least(self, theme: Theme) -> QSize:
        return QSize(280, self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(320, theme.px(self.view.rows * STRETCH + GAP + CASH + AXIS))

    def words(self, part: int) -> str:
        return self.view.words(part)

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        places = Places(self.view, size.width(), theme)
        row = int(at.y() // theme.px(STRETCH))
        if row < 0:  # dragged out at the top
            return None
        if row < len(self.view.bars):
            return row
        if at.y() >= places.cash().top() - 12:
            for index, (start, end) in enumerate(pairwise(self.view.month_edges)):
                if places.x(start) <= at.x() < places.x(end):
                    return len(self.view.bars) + index
        return None

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        places = Places(self.view, size.width(), theme)
        _paint_late(painter, places)
        _paint_grid(painter, places)
        for index, bar in enumerate(self.view.bars):
            _paint_stretch(painter, places, index, bar)
        for index in places.barred():
            _paint_month(painter, places, index)
        for index in places.whiskered():
            _paint_likely(painter, places, index)
        _paint_amounts(painter, places)
        _paint_axis(painter, places)
        if hover is not None:
            _paint_pointer(painter, places, hover)


def _paint_grid(painter: QPainter, places: Places) -> None:
    """Two rules with their amounts, and what the lower part shows."""
    room, theme = places.cash(), places.theme
    painter.setFont(font_of(theme, "quiet"))
    metrics = QFontMetricsF(painter.font())
    top = places.view.dearest
    for tick in money_steps(top, room.height(), metrics.height()) if top else ():
        y = round(room.bottom() - tick.value / top * room.height()) + 0.5
        painter.setPen(made_pen(theme.grid))
        painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
        painter.setPen(QColor(theme.quiet))
        left = room.left() - 8 - metrics.horizontalAdvance(tick.label)
        painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), tick.label)
    painter.setPen(made_pen(theme.line))
    painter.drawLine(QPointF(room.left(), room.bottom() + 0.5), QPointF(room.right(), room.bottom() + 0.5))
    painter.setPen(QColor(theme.quiet))
    painter.drawText(QPointF(8, room.top() - 10), tr("Cash by month"))


def _paint_stretch(painter: QPainter, places: Places, index: int, bar: TimelineBar) -> None:
    theme, box = places.theme, places.row(index)
    painter.setFont(font_of(theme, "small"))
    metrics = QFontMetricsF(painter.font())
    line = QRectF(8, index * theme.px(STRETCH), theme.px(GUTTER) - 18, theme.px(STRETCH))
    painter.setPen(QColor(theme.text))
    name = shorten(bar.name, metrics, line.width())
    painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), name)
    group = (places.view.groups or {}).get(bar.stage) if bar.stage is not None else None
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(group_brush(theme, group) if group else QBrush(mixed(theme.quiet, theme.panel, 0.45)))
    painter.drawRoundedRect(box, 2.5, 2.5)
    _paint_beside(painter, places, box, format_duration(bar.end_day - bar.start_day), theme.quiet)


def _paint_month(painter: QPainter, places: Places, index: int) -> None:
    """The groups of a month on top of each other, and a tick at what is owed whatever is used."""
    month, box, theme = places.view.months[index], places.month(index), places.theme
    if not month.total_usd:
        return
    per_usd = box.height() / month.total_usd
    bottom = box.bottom()
    for group, usd in month.by_group.items():
        height = usd * per_usd
        part = QRectF(box.left(), bottom - height, box.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(group_brush(theme, group))
        painter.drawRect(part)
        if group == "contingency":
            painter.setPen(made_pen(group_colour(theme, group)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(part.adjusted(0.5, 0.5, -0.5, 0))
        bottom -= height
    if month.committed_usd:
        y = box.bottom() - month.committed_usd * per_usd
        painter.setPen(made_pen(theme.text, 1.6))
        painter.drawLine(QPointF(box.left() - 1.5, y), QPointF(box.right() + 1.5, y))


def _paint_likely(painter: QPainter, places: Places, index: int) -> None:
    """8 chances in 10 of a month's sum, as a whisker beside the middle of its bar."""
    ends = places.view.ends(index)
    if ends is None:
        return
    room, theme = places.cash(), places.theme
    x, cap = places.whisker(index)
    top, bottom = (room.bottom() - usd / places.view.dearest * room.height() for usd in (ends[1], ends[0]))
    for colour, broad in ((theme.panel, 3.6), (theme.text, 1.4)):
        painter.setPen(made_pen(colour, broad))
        painter.drawLine(QPointF(x, top), QPointF(x, bottom))
        for y in (top, bottom):
            painter.drawLine(QPointF(x - cap, y), QPointF(x + cap, y))


def _paint_amounts(painter: QPainter, places: Places) -> None:
    """Each month's sum above its bar, where there is room for all of them."""
    theme = places.theme
    painter.setFont(font_of(theme, "quiet"))
    metrics = QFontMetricsF(painter.font())
    labels = []
    for index, month in enumerate(places.view.months):
        if not month.total_usd:
            continue
        box, label = places.month(index), format_money(month.total_usd)
        if (left := places.amount(index, metrics.horizontalAdvance(label))) is None:
            return
        labels.append((left, box.top() - 4, label))
    painter.setPen(QColor(theme.text))
    for left, below, label in labels:
        painter.drawText(QPointF(left, below), label)


def _paint_axis(painter: QPainter, places: Places) -> None:
    """Names of months, those that have room; the year where it begins."""
    theme, room, edges = places.theme, places.cash(), places.view.month_edges
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    free = 0.0
    for index, (start, end) in enumerate(pairwise(edges)):
        if places.x(end) < free:  # a century has more months than there is room for names
            continue
        label = axis_label(places.view.months[index].label, first=index == 0)
        width = metrics.horizontalAdvance(label)
        left = (places.x(start) + places.x(end)) / 2 - width / 2
        left = max(room.left() if index == 0 else left, min(left, places.width - width))
        if left >= free:
            painter.drawText(QPointF(left, room.bottom() + metrics.ascent() + 6), label)
            free = left + width + 10


def _paint_late(painter: QPainter, places: Places) -> None:
    """The delay, in a row of its own after the last bar."""
    view, theme = places.view, places.theme
    if not view.slips:
        return
    height = theme.px(STRETCH)
    top = len(view.bars) * height
    painter.setFont(font_of(theme, "small"))
    painter.setPen(QColor(theme.quiet))
    line = QRectF(8, top, theme.px(GUTTER) - 18, height)
    painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), tr("Slip"))
    left, right = places.x(view.finish), places.x(view.finish + view.late_weeks * DAYS_PER_WEEK)
    box = QRectF(left, top + height * 0.2, max(2.0, right - left), height * 0.6)
    painter.setPen(made_pen(theme.care, 1.0))
    painter.setBrush(QBrush(QColor(theme.care), Qt.BrushStyle.BDiagPattern))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
    _paint_beside(painter, places, box, late_words(view.late_weeks), theme.care)


def _paint_beside(painter: QPainter, places: Places, box: QRectF, text: str, colour: str) -> None:
    """A few words right of a bar, or left of it at the edge."""
    painter.setFont(font_of(places.theme, "quiet"))
    painter.setPen(QColor(colour))
    width = QFontMetricsF(painter.font()).horizontalAdvance(text)
    x = box.right() + 6 if box.right() + 6 + width <= places.width else box.left() - 6 - width
    painter.drawText(
        QRectF(x, box.top() - 4, width + 1, box.height() + 8), int(Qt.AlignmentFlag.AlignVCenter), text
    )


def _paint_pointer(painter: QPainter, places: Places, part: int) -> None:
    count = len(places.view.bars)
    box = places.row(part) if part < count else places.month(part - count)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(places.theme.text, 1.4))
    painter.drawRoundedRect(box.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)

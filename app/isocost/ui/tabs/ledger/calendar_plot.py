"""Stages in time and the cash of every month, on one axis of days."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from isocost.plan.money.cashflow import TimelineBar
from isocost.quantities import format_duration, format_money
from isocost.quantities.units import DAYS_PER_WEEK
from isocost.report.findings.ledger import (
    CalendarView,
    axis_label,
    late_words,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.crossings import money_steps
from isocost.ui.tabs.ledger.waterfall import group_brush, group_colour

GUTTER = 172
"""Pixels of the names at the left."""

STRETCH, CASH, AXIS, GAP = 20, 92, 22, 26
"""Pixels: a stage's row, the bars of cash, the months below, the space between."""

WIDEST = 72
"""Pixels of the widest bar of a month."""


class CalendarPlot(QWidget):
    """The picture; pointing at a bar, or stepping to it with the arrow keys, says what it is."""

    said = Signal(str)
    """What the bar pointed at is; empty = none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = CalendarView()
        self.theme = theme
        self._at: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def apply_theme(self, theme: Theme) -> None:
        """Draw from now on in this theme."""
        self.theme = theme
        self.updateGeometry()
        self.update()

    def show_view(self, view: CalendarView) -> None:
        """Draw another calendar."""
        taller = len(view.bars) != len(self.view.bars)
        self.view = view
        if self._at is not None and self._at >= len(view.bars) + len(view.months):
            self._point_at(None)
        if taller:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, self.theme.px(self.view.rows * STRETCH + GAP + CASH + AXIS))

    def minimumSizeHint(self) -> QSize:
        return QSize(280, self.sizeHint().height())

    # Places

    def _x(self, day: float) -> float:
        left = self.theme.px(GUTTER)
        return left + day / self.view.last * max(1.0, self.width() - left - 8)

    def _row(self, index: int) -> QRectF:
        height = self.theme.px(STRETCH)
        bar = self.view.bars[index]
        left, right = self._x(bar.start_day), self._x(bar.end_day)
        return QRectF(left, index * height + height * 0.2, max(2.0, right - left), height * 0.6)

    def _cash_room(self) -> QRectF:
        top = self.theme.px(self.view.rows * STRETCH + GAP)
        return QRectF(self._x(0.0), top, self._x(self.view.last) - self._x(0.0), self.theme.px(CASH))

    def _month(self, index: int) -> QRectF:
        """The place of a month's bar, from the axis up to its sum."""
        edges, room = self.view.month_edges, self._cash_room()
        left, right = self._x(edges[index]), self._x(edges[index + 1])
        inset = 1.0 if right - left < 12 else 2.5
        dearest = self.view.dearest
        height = room.height() * self.view.months[index].total_usd / dearest if dearest else 0.0
        width = min(max(1.0, right - left - 2 * inset), float(self.theme.px(WIDEST)))
        return QRectF((left + right - width) / 2, room.bottom() - height, width, height)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_late(painter)
        self._paint_grid(painter)
        for index, bar in enumerate(self.view.bars):
            self._paint_stretch(painter, index, bar)
        for index in range(len(self.view.months)):
            self._paint_month(painter, index)
        self._paint_amounts(painter)
        self._paint_axis(painter)
        self._paint_pointer(painter)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        """Two rules with their amounts, and what the lower part shows."""
        room, theme = self._cash_room(), self.theme
        painter.setFont(font_of(theme, "quiet"))
        metrics = QFontMetricsF(painter.font())
        top = self.view.dearest
        for tick in money_steps(top, room.height(), metrics.height()) if top else ():
            y = round(room.bottom() - tick.value / top * room.height()) + 0.5
            painter.setPen(made_pen(theme.grid))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(QColor(theme.quiet))
            left = room.left() - 8 - metrics.horizontalAdvance(tick.label)
            painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), tick.label)
        painter.setPen(made_pen(theme.line))
        painter.drawLine(
            QPointF(room.left(), room.bottom() + 0.5), QPointF(room.right(), room.bottom() + 0.5)
        )
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(8, room.top() - 10), "Cash by month")

    def _paint_stretch(self, painter: QPainter, index: int, bar: TimelineBar) -> None:
        theme, box = self.theme, self._row(index)
        painter.setFont(font_of(theme, "small"))
        metrics = QFontMetricsF(painter.font())
        line = QRectF(8, index * theme.px(STRETCH), theme.px(GUTTER) - 18, theme.px(STRETCH))
        painter.setPen(QColor(theme.text))
        name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideMiddle, line.width())
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), name)
        group = (self.view.groups or {}).get(bar.stage) if bar.stage is not None else None
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(
            group_brush(theme, group) if group else QBrush(mixed(theme.quiet, theme.panel, 0.45))
        )
        painter.drawRoundedRect(box, 2.5, 2.5)
        self._paint_beside(painter, box, format_duration(bar.end_day - bar.start_day), theme.quiet)

    def _paint_month(self, painter: QPainter, index: int) -> None:
        """The groups of a month on top of each other, and a tick at what is owed whatever is used."""
        month, box, theme = self.view.months[index], self._month(index), self.theme
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

    def _paint_amounts(self, painter: QPainter) -> None:
        """Each month's sum above its bar, where there is room for all of them."""
        theme = self.theme
        painter.setFont(font_of(theme, "quiet"))
        metrics = QFontMetricsF(painter.font())
        labels = [
            (box, format_money(month.total_usd))
            for index, month in enumerate(self.view.months)
            if month.total_usd and (box := self._month(index)).width() > 0
        ]
        if any(metrics.horizontalAdvance(label) > box.width() + 4 for box, label in labels):
            return
        painter.setPen(QColor(theme.text))
        for box, label in labels:
            width = metrics.horizontalAdvance(label)
            painter.drawText(QPointF(box.center().x() - width / 2, box.top() - 4), label)

    def _paint_axis(self, painter: QPainter) -> None:
        """Names of months, those that have room; the year where it begins."""
        theme, room, edges = self.theme, self._cash_room(), self.view.month_edges
        painter.setFont(font_of(theme, "quiet"))
        painter.setPen(QColor(theme.quiet))
        metrics = QFontMetricsF(painter.font())
        free = 0.0
        for index, (start, end) in enumerate(pairwise(edges)):
            label = axis_label(self.view.months[index].label, first=index == 0)
            width = metrics.horizontalAdvance(label)
            left = (self._x(start) + self._x(end)) / 2 - width / 2
            left = max(room.left() if index == 0 else left, min(left, self.width() - width))
            if left >= free:
                painter.drawText(QPointF(left, room.bottom() + metrics.ascent() + 6), label)
                free = left + width + 10

    def _paint_late(self, painter: QPainter) -> None:
        """The delay, in a row of its own after the last bar."""
        view, theme = self.view, self.theme
        height = theme.px(STRETCH)
        top = len(view.bars) * height
        painter.setFont(font_of(theme, "small"))
        painter.setPen(QColor(theme.quiet))
        line = QRectF(8, top, theme.px(GUTTER) - 18, height)
        painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter), "Slip")
        left, right = self._x(view.finish), self._x(view.finish + view.late_weeks * DAYS_PER_WEEK)
        box = QRectF(left, top + height * 0.2, max(2.0, right - left), height * 0.6)
        painter.setPen(made_pen(theme.care, 1.0))
        painter.setBrush(QBrush(QColor(theme.care), Qt.BrushStyle.BDiagPattern))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5)
        self._paint_beside(painter, box, late_words(view.late_weeks), theme.care)

    def _paint_beside(self, painter: QPainter, box: QRectF, text: str, colour: str) -> None:
        """A few words right of a bar, or left of it at the edge."""
        painter.setFont(font_of(self.theme, "quiet"))
        painter.setPen(QColor(colour))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        x = box.right() + 6 if box.right() + 6 + width <= self.width() else box.left() - 6 - width
        painter.drawText(
            QRectF(x, box.top() - 4, width + 1, box.height() + 8), int(Qt.AlignmentFlag.AlignVCenter), text
        )

    def _paint_pointer(self, painter: QPainter) -> None:
        if self._at is None:
            return
        count = len(self.view.bars)
        box = self._row(self._at) if self._at < count else self._month(self._at - count)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(made_pen(self.theme.text, 1.4))
        painter.drawRoundedRect(box.adjusted(-1.5, -1.5, 1.5, 1.5), 3, 3)

    # Events

    def _point_at(self, index: int | None) -> None:
        if index == self._at:
            return
        self._at = index
        self.said.emit("" if index is None else self.view.words(index))
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place, room = event.position(), self._cash_room()
        found = None
        rows = int(place.y() // self.theme.px(STRETCH))
        if rows < len(self.view.bars):
            found = rows
        elif place.y() >= room.top() - 12:
            for index, (start, end) in enumerate(pairwise(self.view.month_edges)):
                if self._x(start) <= place.x() < self._x(end):
                    found = len(self.view.bars) + index
        self._point_at(found)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self._point_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        count = len(self.view.bars) + len(self.view.months)
        step = steps.get(Qt.Key(event.key()))
        if step is None or not count:
            super().keyPressEvent(event)
            return
        at = -1 if self._at is None else self._at
        self._point_at(min(count - 1, max(0, at + step)))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point_at(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._at is None and self.view.bars and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._point_at(0)

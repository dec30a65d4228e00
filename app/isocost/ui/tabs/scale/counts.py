"""Time, MFU and cost against the count of the plan's accelerator: three small charts over one axis."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from datetime import date

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPolygonF
from PySide6.QtWidgets import QStackedLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.solve.case import Case
from isocost.plan.solve.knee import Knee, knee
from isocost.quantities import format_share
from isocost.report.findings.tabs.counts import LIKELY, SAME, TITLE, CountsView, Panel, said, table, view
from isocost.report.table import Table
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing, ReadableChart, ReadableWidget
from isocost.ui.plot.frame import LogFrame, path_of, ticks_across
from isocost.ui.plot.styles import BAND, series_of
from isocost.ui.plot.ticks import (
    LONGEST_TIMES,
    Tick,
    count_scale,
    even_ticks,
    fit_ticks,
    money_tick,
    time_scale,
)
from isocost.ui.session.ranging import Ranging
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.instead import Instead
from isocost.ui.widgets.labels import WrapLabel

log = logging.getLogger(__name__)
LEFT, RIGHT, TOP, BELOW, BETWEEN = 50, 44, 4, 24, 14
"""Pixels beside the panels, above and below them, and between two."""
NEAR = 3.0
"""Pixels between two labels of an axis."""
KEY = 20
"""Pixels of what is shaded before its words."""
HEAD = 1.08
"""Room above the largest value of an axis that begins at 0."""


class _Room:
    """Where counts and values stand."""

    def __init__(self, shown: CountsView, size: QSizeF, theme: Theme) -> None:
        self.shown, self.theme = shown, theme
        px = theme.px
        metrics = QFontMetricsF(font_of(theme, "quiet"))
        widest = max(metrics.horizontalAdvance(words) for words in (*LONGEST_TIMES, shown.dearest))
        names = QFontMetricsF(font_of(theme, "quiet", bold=True))
        named = max(names.horizontalAdvance(panel.name) for panel in shown.panels) + 12.0
        self.left, self.right = max(px(LEFT), widest + 12.0), size.width() - max(px(RIGHT), named)
        whole = QRectF(self.left, px(TOP), max(40.0, self.right - self.left), size.height() - px(TOP + BELOW))
        count = len(shown.panels)
        height = (whole.height() - (count - 1) * px(BETWEEN)) / count
        ends = float(shown.counts[0]), float(shown.counts[-1])
        self.whole = LogFrame(whole, ends, (1.0, 2.0))
        self.areas = [
            QRectF(whole.left(), whole.top() + at * (height + px(BETWEEN)), whole.width(), height)
            for at in range(count)
        ]

    def x(self, at: int) -> float:
        """Pixel of a count."""
        return self.whole.across(float(self.shown.counts[at]))

    def ends(self, panel: Panel) -> tuple[float, float]:
        """Lowest and highest value of a panel's axis."""
        known = panel.values[np.isfinite(panel.values)]
        low, high = panel.factors or (1.0, 1.0)
        least, most = float(known.min()) * min(1.0, low), float(known.max()) * max(1.0, high)
        if panel.kind == "days":
            return least / 1.3, most * 1.3
        if panel.kind == "mfu":
            most = min(1.0, most)
        return 0.0, max(most * HEAD, 1e-9)

    def y(self, at: int, value: float) -> float:
        """Pixel of a value of a panel."""
        panel, area = self.shown.panels[at], self.areas[at]
        low, high = self.ends(panel)
        if panel.kind == "days":
            share = math.log(value / low) / math.log(high / low)
        else:
            share = (value - low) / (high - low)
        return area.bottom() - share * area.height()

    def ticks(self, at: int) -> tuple[Tick, ...]:
        """Labels of a panel's axis."""
        panel, area = self.shown.panels[at], self.areas[at]
        low, high = self.ends(panel)
        height = QFontMetricsF(font_of(self.theme, "quiet")).height()
        extent: Callable[[str], float] = lambda _: height  # noqa: E731

        def apart(gap: float) -> tuple[Tick, ...]:
            if panel.kind == "days":
                return fit_ticks(time_scale, low, high, area.height(), extent, gap)
            tick = money_tick if panel.kind == "cost" else _share_tick
            return even_ticks(low, high, area.height(), extent, gap, tick)

        ticks = apart(NEAR)
        return ticks if len(ticks) > 1 else apart(0.0)  # one value alone is no scale


def _share_tick(value: float) -> Tick:
    return Tick(value, format_share(value, decimals=0))


class CountsChart(ReadableChart[CountsView | None]):
    """The panels below each other, the plan's count marked in each."""

    @property
    def parts(self) -> int:
        return len(self.view.counts) if self.view is not None else 0

    @property
    def first(self) -> int:
        return self.view.plan if self.view is not None else 0

    def words(self, part: int) -> str:
        return self.view.words(part) if self.view is not None else ""

    def part_at(self, at: QPointF, size: QSizeF, theme: Theme) -> int | None:
        if self.view is None:
            return None
        room = _Room(self.view, size, theme)
        if not room.whole.area.adjusted(-10, -10, 10, 10).contains(at):
            return None
        return min(range(self.parts), key=lambda part: abs(room.x(part) - at.x()))

    def place(self, part: int, size: QSizeF, theme: Theme) -> QPointF:
        """Where a count can be clicked."""
        assert self.view is not None
        room = _Room(self.view, size, theme)
        return QPointF(room.x(part), room.areas[0].center().y())

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(240), theme.px(160))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is None:
            return
        room = _Room(self.view, size, theme)
        series = series_of(theme, {self.view.accelerator: self.view.style}, self.view.accelerator)
        _paint_past(painter, room)
        _paint_counts(painter, room, hover)
        for at in range(len(self.view.panels)):
            _paint_panel(painter, room, at, series)
        if self.view.ranged and (place := key_place(self.view, size, theme)) is not None:
            _paint_key(painter, place, series, theme)
        if hover is not None:
            _paint_pointer(painter, room, hover, series)


def _paint_past(painter: QPainter, room: _Room) -> None:
    """The ground of counts beyond the knee."""
    shown, theme = room.shown, room.theme
    if shown.knee is None or shown.knee == len(shown.counts) - 1:
        return
    left, area = room.x(shown.knee), room.whole.area
    ground = QRectF(left, area.top(), area.right() - left, area.height())
    painter.fillRect(ground, mixed(theme.quiet, theme.panel, 0.09))
    words, font = tr("past the knee"), font_of(theme, "quiet")
    width, height = text_size(font, words)
    if width + 12 <= ground.width() and _highest(room, ground.right() - width - 12) > area.top() + height + 2:
        painter.setFont(font)
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(ground.right() - width - 6, area.top() + height), words)


def _highest(room: _Room, left: float) -> float:
    """Pixel of what is highest in the first panel right of a place."""
    panel = room.shown.panels[0]
    tall = max((1.0, *(panel.factors or ())))
    known = np.flatnonzero(np.isfinite(panel.values)).tolist()
    # A line that comes from further left is as high at that place as its end there.
    first = max((at for at in known if room.x(at) <= left), default=known[0])
    return min(room.y(0, float(panel.values[at]) * tall) for at in known if at >= first)


def _paint_counts(painter: QPainter, room: _Room, hover: int | None) -> None:
    """The axis of counts, the plan's own written bold."""
    theme, shown, area = room.theme, room.shown, room.whole.area
    own = room.x(shown.plan)
    bold, quiet = font_of(theme, "quiet", bold=True), font_of(theme, "quiet")
    words = f"{int(shown.counts[shown.plan]):,}"
    half = text_size(bold, words)[0] / 2
    baseline = area.bottom() + 8 + QFontMetricsF(quiet).ascent()
    painter.setFont(quiet)
    painter.setPen(QColor(theme.quiet))
    free = own - half - 8, own + half + 8
    for tick in ticks_across(room.whole, count_scale, theme):
        x, wide = room.whole.across(tick.value), text_size(quiet, tick.label)[0] / 2
        if x + wide < free[0] or x - wide > free[1]:
            painter.drawText(QPointF(x - wide, baseline), tick.label)
    painter.drawText(QPointF(area.right() + 12, baseline), f"{shown.noun}s")
    painter.setFont(bold)
    painter.setPen(QColor(theme.text))
    painter.drawText(QPointF(min(own - half, area.right() - 2 * half + 8), baseline), words)
    painter.setPen(made_pen(theme.quiet, 1.0, (2.0, 3.0)))
    painter.drawLine(QPointF(own, area.top()), QPointF(own, area.bottom()))


def _paint_panel(painter: QPainter, room: _Room, at: int, series: Series) -> None:
    theme, shown, area = room.theme, room.shown, room.areas[at]
    panel = shown.panels[at]
    if panel.factors is not None:
        _paint_band(painter, room, at, series)
    metrics = QFontMetricsF(font_of(theme, "quiet"))
    painter.setFont(font_of(theme, "quiet"))
    for tick in room.ticks(at):
        y = round(room.y(at, tick.value)) + 0.5
        painter.setPen(made_pen(theme.grid))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(theme.quiet))
        width = metrics.horizontalAdvance(tick.label)
        painter.drawText(QPointF(area.left() - 8 - width, y + metrics.ascent() / 2 - 1), tick.label)
    points = np.array(
        [
            (room.x(i), room.y(at, float(value)) if math.isfinite(value) else math.nan)
            for i, value in enumerate(panel.values)
        ]
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(series.line, 2.2))
    painter.drawPath(path_of(points))
    painter.setFont(font_of(theme, "quiet", bold=True))
    painter.setPen(QColor(series.text))
    last = points[np.isfinite(points).all(axis=1)][-1]
    painter.drawText(QPointF(area.right() + 10, last[1] + metrics.ascent() / 2 - 1), panel.name)
    if shown.knee is not None:
        _paint_diamond(painter, QPointF(*points[shown.knee].tolist()), series, theme)
    if np.isfinite(points[shown.plan]).all():
        painter.setPen(made_pen(theme.panel, 1.5))
        painter.setBrush(QColor(series.line))
        painter.drawEllipse(QPointF(*points[shown.plan].tolist()), 5.5, 5.5)


def _paint_band(painter: QPainter, room: _Room, at: int, series: Series) -> None:
    """8 chances in 10 along the counts."""
    panel, area = room.shown.panels[at], room.areas[at]
    assert panel.factors is not None
    known = np.flatnonzero(np.isfinite(panel.values))
    edges = [
        [(room.x(i), room.y(at, float(panel.values[i]) * factor)) for i in known.tolist()]
        for factor in panel.factors
    ]
    painter.save()
    painter.setClipRect(area)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(series.line, room.theme.panel, BAND))
    painter.drawPolygon(QPolygonF([QPointF(*each) for each in (*edges[0], *reversed(edges[1]))]))
    painter.restore()


def key_place(shown: CountsView, size: QSizeF, theme: Theme) -> QRectF | None:
    """Where it is said what is shaded; None where it has no room.

    Between the first two panels, where no curve runs, beside the line of the plan's count.
    """
    room = _Room(shown, size, theme)
    width, height = text_size(font_of(theme, "quiet"), LIKELY)
    area, own = room.areas[0], room.x(shown.plan)
    width += theme.px(KEY)
    top = area.bottom() + (theme.px(BETWEEN) - height) / 2
    if own + NEAR + width <= area.right():
        return QRectF(area.right() - width, top, width, height)
    return QRectF(area.left(), top, width, height) if area.left() + width + NEAR <= own else None


def _paint_key(painter: QPainter, place: QRectF, series: Series, theme: Theme) -> None:
    """What is shaded."""
    swatch = QRectF(place.left(), place.top() + 2, theme.px(KEY) - 6, place.height() - 4)
    painter.fillRect(swatch, mixed(series.line, theme.panel, 2 * BAND))
    font = font_of(theme, "quiet")
    painter.setFont(font)
    painter.setPen(QColor(theme.quiet))
    at = QPointF(place.left() + theme.px(KEY), place.top() + QFontMetricsF(font).ascent())
    painter.drawText(at, LIKELY)


def _paint_diamond(painter: QPainter, at: QPointF, series: Series, theme: Theme) -> None:
    painter.setPen(made_pen(series.line, 1.6))
    painter.setBrush(QColor(theme.panel))
    steps = ((0, -5.5), (5.5, 0), (0, 5.5), (-5.5, 0))
    painter.drawPolygon(QPolygonF([at + QPointF(*step) for step in steps]))


def _paint_pointer(painter: QPainter, room: _Room, part: int, series: Series) -> None:
    area, x = room.whole.area, room.x(part)
    painter.setPen(made_pen(room.theme.quiet))
    painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
    for at, panel in enumerate(room.shown.panels):
        if math.isfinite(panel.values[part]):
            painter.setPen(made_pen(room.theme.panel, 1.5))
            painter.setBrush(QColor(series.line))
            painter.drawEllipse(QPointF(x, room.y(at, float(panel.values[part]))), 4, 4)


class CountsPlot(ReadableWidget[CountsView | None]):
    """The panels on screen; a click or Enter takes the count pointed at."""

    chosen = Signal(int)

    chart: CountsChart

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(CountsChart(None), theme, parent)

    def place(self, part: int) -> QPointF:
        """Where a count can be clicked."""
        return self.chart.place(part, QSizeF(self.size()), self.theme)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        pointed = Qt.CursorShape.ArrowCursor if self.hover is None else Qt.CursorShape.PointingHandCursor
        self.setCursor(pointed)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._point_at(self.chart.part_at(event.position(), QSizeF(self.size()), self.theme))
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hover is not None:
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        if self.hover is not None and self.view is not None and self.hover != self.view.plan:
            self.chosen.emit(int(self.view.counts[self.hover]))


def _knee(answer: Answer) -> Knee:
    return knee(Case(answer.project, answer.reckoning.catalog, answer.at, date.today()))


class CountsCard(ChartCard):
    """The card: what is drawn follows at once, where doubling stops paying when the worker has found it."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("scale.counts", parent)
        self._session = session
        self.plot = CountsPlot(theme, self)
        self.plot.setObjectName("scale.counts.plot")
        self.pointed = WrapLabel(self, lines=2)
        self.pointed.setProperty("role", "quiet")
        self.instead = Instead("scale.counts.empty", self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.instead)
        self._stack.addWidget(self.plot)
        self.body.addLayout(self._stack, 1)
        self.body.addWidget(self.pointed)
        self.setTabOrder(self.plot, self.more)
        self.knee = session.later(_knee, lambda answer: (answer.scenario, answer.project.prices))
        self.knee.ready.connect(lambda _: self.refresh())
        self.knee.failed.connect(self._fail)
        self._ranging = Ranging(self, session, self.refresh)
        session.doubt_shown.connect(self.refresh)
        self.plot.said.connect(self._tell)
        self.plot.chosen.connect(self._choose)
        self.apply_theme(theme)
        self.show_nothing(tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Say in place of the panels why there are none."""
        self.explains("")
        self.plot.show_view(None)
        self.instead.offer(why)
        self._stack.setCurrentWidget(self.instead)
        self.pointed.hide()
        self.say(TITLE, "", why)

    def refresh(self) -> None:
        """Draw the newest answer."""
        if self._session.answer is not None and self.isVisible():
            self.show_answer(self._session.answer)

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer, with the last one's knee until its own has been asked for and has come."""
        shown = view(answer, self.knee.value, self._ranging.newest, ranged=self._session.doubt)
        if shown is None:
            self.show_nothing(SAME)
            return
        words = said(shown, self.knee.value)
        self.explains("total.wall_days")
        self.say(*words)
        self.plot.setAccessibleName(words.finding)
        self.plot.show_view(shown)
        self.pointed.show()
        if self.plot.hover is None:
            self._tell("")
        self._stack.setCurrentWidget(self.plot)

    def _tell(self, words: str) -> None:
        shown = self.plot.view
        self.pointed.say(words or (shown.words(shown.plan) if shown is not None else ""))
        self.plot.setAccessibleDescription(words or self.accessibleDescription())

    def _choose(self, count: int) -> None:
        answer = self._session.answer
        if answer is not None:
            self._session.choose_hardware(answer.curve.accelerator, count)

    def _fail(self, error: Exception) -> None:
        log.warning("No knee: %s", error, exc_info=error)

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view is not None else None

    def table(self) -> Table:
        return table(self.plot.view)

"""A hundred dots, each one chance in a hundred, on both sides of a budget."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF

from isocost.language import tr
from isocost.quantities import format_money, shown_money
from isocost.report.findings.tabs.risk import DotsView, Mark
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Chart
from isocost.ui.plot.ticks import Tick, even_ticks, money_tick
from isocost.ui.widgets.labels import shorten

PILL, COUNTS, AXIS, STRIP, LEGEND = 25, 64, 22, 26, 19
"""Pixels: the handle, the counts below it, the sums on the axis, the marks below that, a line of words."""
LEAST = 64
"""Pixels of the dots themselves at least, beneath the counts."""
SIDE = 8
"""Pixels left free at either end of the axis."""
LARGEST, ROOM = 36.0, 1.16
"""Pixels of a dot at most, and how much room it takes for its size."""
TAIL = 3.2
"""Distances from the middle to the dear end, beyond which dots share the last column."""
STEPS = 200
"""About how many steps of a drag the axis has."""
FINEST, COARSEST = 60, 4
"""Columns of dots, at most and at least."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the dots of a view stand, whatever the budget is; sums in the currency shown."""

    low: float
    high: float
    """Ends of the axis."""
    step: float
    """Width of a column."""
    size: float
    """Pixels of a dot."""
    stacks: tuple[tuple[int, ...], ...]
    """Dots of each column from below, each as (column, dots...)."""
    last_holds: float | None
    """What the dearest dot costs, where the last column holds what lies beyond it."""


def _round_step(span: float, parts: float) -> float:
    """The 1-2-5 step that is next below a part of a span."""
    wanted = span / parts
    size = 10.0 ** math.floor(math.log10(wanted))
    return max((m * size for m in (1.0, 2.0, 5.0) if m * size <= wanted * (1 + 1e-9)), default=size)


def _step_usd(steps: int, step: float) -> float:
    """USD of some steps of the currency shown, at least one: a budget is not nothing."""
    return shown_money().usd(float(f"{max(1, steps) * step:.12g}"))


@lru_cache(maxsize=16)
def columns(
    dots: tuple[float, ...], marks: tuple[float, ...], ends: tuple[float, float], width: float, height: float
) -> Columns:
    """The columns that make the dots largest; ``ends``: the middle and the dear end of their spread."""
    cap = max(ends[0] + TAIL * max(ends[1] - ends[0], 1e-9 * ends[1]), *marks)
    low, high = min(dots[0], *marks), max(min(dots[-1], cap), *marks)
    margin = max(0.04 * (high - low), 1e-4 * high)
    low, high = max(0.0, low - margin), high + 2.0 * margin
    best: Columns | None = None
    for parts in range(COARSEST, FINEST + 1):
        step = (high - low) / parts
        last = math.floor((min(dots[-1], cap) - low) / step)
        held: dict[int, list[int]] = {}
        for at, usd in enumerate(dots):
            held.setdefault(min(last, math.floor((usd - low) / step)), []).append(at)
        tallest = max(len(each) for each in held.values())
        fits = min(LARGEST, width / parts / ROOM, height / tallest / ROOM)
        # Of equal dots the most columns, for a fine shape; of the largest the fewest, to fill the height.
        if best is None or fits > best.size or fits == best.size < LARGEST:
            beyond = dots[-1] if math.floor((dots[-1] - low) / step) > last else None
            stacks = tuple((column, *each) for column, each in sorted(held.items()))
            best = Columns(low, high, step, fits, stacks, beyond)
    assert best is not None  # there are some numbers of columns
    return best


@dataclass(frozen=True)
class Places:
    """Where everything of a view stands in a picture of some size, in pixels."""

    view: DotsView
    width: float
    height: float
    theme: Theme

    @cached_property
    def legend(self) -> tuple[tuple[QPointF, Mark], ...]:
        """The marks in words, as many in a line as have room; places are within the legend."""
        px, placed, x, line = self.theme.px, [], 0.0, 0
        font = font_of(self.theme, "small")
        for mark in self.view.marks:
            width = px(18) + text_size(font, mark.words)[0] + px(18)
            if x > 0.0 and x + width - px(18) > self.width:
                x, line = 0.0, line + 1
            placed.append((QPointF(x, line * px(LEGEND)), mark))
            x += width
        return tuple(placed)

    @cached_property
    def base(self) -> float:
        """The axis, from above."""
        lines = len({place.y() for place, _ in self.legend})
        return self.height - self.theme.px(AXIS + STRIP + lines * LEGEND + 2)

    @cached_property
    def top(self) -> float:
        """The top of the dots, below the counts where there are any."""
        return float(self.theme.px(PILL if self.view.budget_usd is None else PILL + COUNTS))

    @cached_property
    def columns(self) -> Columns:
        """The dots in their columns."""
        view, unit = self.view, shown_money()
        return columns(
            tuple(map(unit.shown, view.dots)),
            tuple(unit.shown(mark.usd) for mark in view.marks),
            (unit.shown(view.middle), unit.shown(view.high)),
            self.width - 2 * SIDE,
            max(20.0, self.base - self.top - 4),
        )

    def x(self, usd: float) -> float:
        """Place of a sum, on the axis or at the end it lies beyond."""
        held = self.columns
        share = (shown_money().shown(usd) - held.low) / (held.high - held.low)
        return SIDE + min(1.0, max(0.0, share)) * (self.width - 2 * SIDE)

    def usd(self, x: float) -> float:
        """The sum at a place, in round steps: what a drag makes the budget."""
        held = self.columns
        share = min(1.0, max(0.0, (x - SIDE) / max(1.0, self.width - 2 * SIDE)))
        step = _round_step(held.high - held.low, STEPS)
        return _step_usd(round((held.low + share * (held.high - held.low)) / step), step)

    def stepped(self, usd: float, parts: float, by: int) -> float:
        """A sum some steps further, of which the axis has about ``parts``.

        From between two steps the first leads to the next one, as on a ruler.
        """
        held = self.columns
        step = _round_step(held.high - held.low, parts)
        steps = shown_money().shown(usd) / step
        return _step_usd((math.floor(steps + 1e-6) if by > 0 else math.ceil(steps - 1e-6)) + by, step)

    def beyond(self) -> int:
        """-1, 0 or 1: whether the budget lies below, on or above the axis."""
        if self.view.budget_usd is None:
            return 0
        amount, held = shown_money().shown(self.view.budget_usd), self.columns
        return -1 if amount < held.low else 1 if amount > held.high else 0

    @cached_property
    def line(self) -> float:
        """Place of the budget; of the ask while there is none."""
        budget = self.view.budget_usd
        return self.x(self.view.ask_usd if budget is None else budget)

    @cached_property
    def pill(self) -> QRectF:
        """The handle of the line."""
        width = text_size(font_of(self.theme, "small", bold=True), self.view.pill)[0] + self.theme.px(52)
        left = min(max(0.0, self.line - width / 2), max(0.0, self.width - width))
        return QRectF(left, 1.0, width, self.theme.px(PILL) - 2.0)

    def dots(self) -> Iterator[tuple[int, QRectF]]:
        """Each dot with its place; dots are numbered from the cheapest."""
        held = self.columns
        per = (self.width - 2 * SIDE) / (held.high - held.low)
        for column, *stack in held.stacks:
            x = SIDE + (column + 0.5) * held.step * per
            for level, dot in enumerate(stack):
                y = self.base - 3 - (level + 0.5) * held.size * ROOM
                yield dot, QRectF(x - held.size / 2, y - held.size / 2, held.size, held.size)


class DotsChart(Chart[DotsView | None]):
    """The picture; None = nothing to draw yet. ``hover`` 0 = the line has the keyboard."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(250), theme.px(PILL + COUNTS + LEAST + AXIS + STRIP + 3 * LEGEND))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is None:
            return
        places = Places(self.view, size.width(), size.height(), theme)
        _paint_beyond(painter, places)
        _paint_dots(painter, places)
        _paint_axis(painter, places)
        _paint_strip(painter, places)
        _paint_legend(painter, places)
        _paint_line(painter, places)
        _paint_counts(painter, places)
        _paint_pill(painter, places, focused=hover is not None)


def _paint_beyond(painter: QPainter, places: Places) -> None:
    """The ground of what costs more."""
    if places.view.budget_usd is None:
        return
    top, theme = places.pill.center().y(), places.theme
    room = QRectF(places.line, top, places.width - places.line, places.base - top)
    painter.fillRect(room, mixed(theme.series[1].line, theme.panel, 0.08))


def _paint_dots(painter: QPainter, places: Places) -> None:
    theme, view = places.theme, places.view
    painter.setPen(Qt.PenStyle.NoPen)
    colours = (QColor(theme.series[0].line), QColor(theme.series[1].line))
    last: QRectF | None = None
    for dot, room in places.dots():
        painter.setBrush(colours[dot >= view.within])
        painter.drawEllipse(room)
        last = room
    dearest = places.columns.last_holds
    if dearest is not None and last is not None:
        words = tr("up to {money}", money=format_money(shown_money().usd(dearest)))
        font = font_of(theme, "quiet")
        width, height = text_size(font, words)
        painter.setFont(font)
        painter.setPen(QColor(theme.quiet))
        right = min(places.width - SIDE, last.center().x() + width / 2)
        painter.drawText(QPointF(right - width, last.top() - height / 3), words)


def _paint_axis(painter: QPainter, places: Places) -> None:
    theme, held = places.theme, places.columns
    y = round(places.base) + 0.5
    painter.setPen(made_pen(theme.quiet))
    painter.drawLine(QPointF(0, y), QPointF(places.width, y))
    painter.setFont(font_of(theme, "quiet"))
    metrics = QFontMetricsF(painter.font())
    for tick in _ticks(held, places.width - 2 * SIDE, metrics):
        x, half = places.x(tick.value), metrics.horizontalAdvance(tick.label) / 2
        painter.setPen(made_pen(theme.quiet))
        painter.drawLine(QPointF(x, y), QPointF(x, y + 4))
        left = min(max(0.0, x - half), places.width - 2 * half)  # one at an end stands inside
        painter.setPen(QColor(theme.quiet))
        painter.drawText(QPointF(left, y + 6 + metrics.ascent()), tick.label)


def _ticks(held: Columns, length: float, metrics: QFontMetricsF) -> tuple[Tick, ...]:
    return even_ticks(held.low, held.high, length, metrics.horizontalAdvance, 26.0, money_tick)


def _paint_strip(painter: QPainter, places: Places) -> None:
    """The bar that 8 in 10 lie on, and the marks on it."""
    theme, view = places.theme, places.view
    middle = places.base + theme.px(AXIS) + theme.px(STRIP) / 2
    left, right = places.x(view.low), places.x(view.high)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.series[0].line, theme.panel, 0.35))
    painter.drawRoundedRect(QRectF(left, middle - 2, max(2.0, right - left), 4), 2, 2)
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    baseline = middle + metrics.ascent() / 2 - 1
    marks = [places.x(mark.usd) for mark in view.marks]
    low = format_money(view.low)
    start = min([left, *marks]) - 10 - metrics.horizontalAdvance(low)
    if start >= 0:
        painter.drawText(QPointF(start, baseline), low)
    high = format_money(view.high)
    end = max([right, *marks]) + 10
    for words in (tr("{high}  8 chances in 10 lie on this bar", high=high), high):
        if end + metrics.horizontalAdvance(words) <= places.width:
            painter.drawText(QPointF(end, baseline), words)
            break
    for mark in view.marks:
        paint_mark(painter, QPointF(places.x(mark.usd), middle), mark.name, theme)


def paint_mark(painter: QPainter, at: QPointF, name: str, theme: Theme) -> None:
    """The sign of a sum: filled diamond = the plan, hollow = with its reserve, line = the ask."""
    size = theme.px(6)
    ink = QColor(theme.text)
    if name == "ask":
        painter.setPen(made_pen(ink, 2.4))
        painter.drawLine(at - QPointF(0, size), at + QPointF(0, size))
        return
    corners = [QPointF(0, -size), QPointF(size, 0), QPointF(0, size), QPointF(-size, 0)]
    painter.setPen(made_pen(ink, 1.4))
    painter.setBrush(ink if name == "plan" else QColor(theme.panel))
    painter.drawPolygon(QPolygonF([at + corner for corner in corners]))


def _paint_legend(painter: QPainter, places: Places) -> None:
    theme = places.theme
    top = places.base + theme.px(AXIS + STRIP)
    for place, mark in places.legend:
        height = theme.px(LEGEND)
        middle = top + place.y() + height / 2
        paint_mark(painter, QPointF(place.x() + theme.px(7), middle), mark.name, theme)
        painter.setFont(font_of(theme, "small"))
        painter.setPen(QColor(theme.text))
        left = place.x() + theme.px(18)
        shown = shorten(mark.words, painter.fontMetrics(), int(places.width - left))
        room = QRectF(left, top + place.y(), places.width - left, height)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter), shown)


def _paint_line(painter: QPainter, places: Places) -> None:
    theme, x = places.theme, places.line
    set_one = places.view.budget_usd is not None and not places.beyond()
    dash: tuple[float, ...] = () if set_one else (3.0, 3.0)
    ink = theme.text if places.view.budget_usd is not None else theme.quiet
    painter.setPen(made_pen(ink, 1.8, dash))
    painter.drawLine(QPointF(x, places.pill.bottom()), QPointF(x, places.base))


def _paint_counts(painter: QPainter, places: Places) -> None:
    """How many dots lie on each side of the line; at an edge both counts stand on the side with room."""
    view, theme = places.view, places.theme
    if view.budget_usd is None:
        return
    large, small = theme.font("headline"), font_of(theme, "small")
    blocks = (
        (str(view.within), (view.within_words,), theme.series[0].text),
        (str(view.over), view.over_words, theme.series[1].text),
    )
    widths = [max(text_size(large, n)[0], *(text_size(small, w)[0] for w in words)) for n, words, _ in blocks]
    gap, line = float(theme.px(14)), places.line
    lefts, at_right = [line - gap - widths[0], line + gap], [True, False]
    if lefts[0] < 0.0:
        lefts, at_right = [line + gap, line + 2.5 * gap + widths[0]], [False, False]
    elif lefts[1] + widths[1] > places.width:
        lefts, at_right = [line - 2.5 * gap - sum(widths), line - gap - widths[1]], [True, True]
    # Without room beside the line, over it: words that are cut say nothing.
    lefts[1] = min(lefts[1], places.width - widths[1])
    lefts[0] = max(0.0, min(lefts[0], lefts[1] - gap - widths[0]))
    for block, left, width, right in zip(blocks, lefts, widths, at_right, strict=True):
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        _paint_count(painter, QRectF(left, theme.px(PILL) + 2.0, width + 1.0, 0.0), block, theme, side)


def _paint_count(
    painter: QPainter,
    room: QRectF,
    block: tuple[str, tuple[str, ...], str],
    theme: Theme,
    side: Qt.AlignmentFlag,
) -> None:
    """A count with the words below it, from the top of a room down."""
    number, words, colour = block
    painter.setFont(theme.font("headline"))
    painter.setPen(QColor(colour))
    height = painter.fontMetrics().height()
    painter.drawText(QRectF(room.left(), room.top(), room.width(), height), int(side), number)
    painter.setFont(font_of(theme, "small"))
    painter.setPen(QColor(theme.text))
    step = painter.fontMetrics().lineSpacing()
    for line, text in enumerate(words):
        top = room.top() + height - 2 + line * step
        painter.drawText(QRectF(room.left(), top, room.width(), step), int(side), text)


def _paint_pill(painter: QPainter, places: Places, *, focused: bool) -> None:
    theme, room, view = places.theme, places.pill, places.view
    empty = view.budget_usd is None
    radius = room.height() / 2
    if focused:
        painter.setPen(made_pen(theme.accent, 2.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(room.adjusted(-1, -1, 1, 1), radius + 1, radius + 1)
        room = room.adjusted(2, 2, -2, -2)
    painter.setPen(made_pen(theme.accent, 1.2) if empty else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(theme.panel if empty else theme.text))
    painter.drawRoundedRect(room, radius, radius)
    ink = QColor(theme.series[0].text if empty else theme.panel)
    painter.setPen(ink)
    painter.setFont(font_of(theme, "small", bold=True))
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), view.pill)
    if theme.printed:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    reach, beyond = theme.px(4), places.beyond()
    for side in (-1, 1):
        # Beyond the axis only the way out is shown.
        if beyond in (0, side):
            tip = room.center() + QPointF(side * (room.width() / 2 - theme.px(10)), 0)
            back = tip - QPointF(side * reach, 0)
            painter.drawPolygon(QPolygonF([tip, back + QPointF(0, -reach), back + QPointF(0, reach)]))

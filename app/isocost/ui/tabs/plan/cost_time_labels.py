"""The texts and marks of the cost and time plot, and how they are painted."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.across.comparison import Comparison
from isocost.quantities import format_count
from isocost.report.findings.tabs.plan import plan_lines, up_to
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import LogPlot, font_of, made_pen, text_size
from isocost.ui.plot.lines import Line, Lines
from isocost.ui.plot.placing import REACH, Box, Clutter, Points, joined, leader, place_near, spread
from isocost.ui.plot.styles import series_of
from isocost.ui.tabs.plan.goal_lines import GoalLines
from isocost.ui.tabs.plan.marks import Beside, PlacedMarks, place_marks, with_texts

DOT_GAP = 46.0
"""Pixels between two count dots that carry a number."""

ASIDE = 10.0
"""Pixels between the plot and the column of names right of it."""

STRONG, OWN = 40, 400
"""How much labels avoid a curve, and that of the plan, of which they tell, or the end of any."""

TIP = 12.0
"""Pixels of an end: how far a curve goes is what it tells."""


def place_labels(
    plot: LogPlot,
    lines: Lines,
    comparison: Comparison,
    styles: Mapping[str, LineStyle],
    theme: Theme,
    offset: tuple[float, float] | None,
    beside: Beside,
) -> Labels:
    """Place every text of the plot: names in the right margin, the plan, then counts that have room."""
    area = plot.area()
    clutter = Clutter(Box(area.left() + 2, area.top(), area.width() - 4, area.height() - 2))
    drawn = {name: _drawn(plot, line) for name, line in lines.shown()}
    clutter.add_lines(joined(drawn.values()), STRONG)
    clutter.add_lines(drawn.get(comparison.active.accelerator, np.empty((0, 2))), OWN)
    for points in drawn.values():
        if len(points) == 1:  # drawn as a dash, which no label may cover
            x, y = points[0].tolist()
            clutter.take(Box(x - 7, y - 4, 14, 8))
        elif (end := visible_end(points, area)) is not None and end[0] < area.right():
            clutter.add_lines(np.array([(end[0] - TIP, end[1]), end]), OWN)
    goal = GoalLines(plot, comparison, theme)
    for stroke in goal.strokes.values():
        clutter.add_lines(stroke, STRONG)
    active = comparison.active.accelerator
    marks = place_marks(plot, beside, comparison, clutter, theme, series_of(theme, styles, active))
    plan = _plan(plot, comparison, theme, clutter, offset)
    if plan.visible:
        clutter.take(plan.box)
        clutter.take(Box(plan.at[0] - 9, plan.at[1] - 9, 18, 18))
        if (joining := leader(plan.at, plan.box)) is not None:
            clutter.add_lines(joining, STRONG)
    names = _names(comparison, styles, theme, area, drawn, clutter)
    beyond = _beyond(comparison, lines, drawn, area, clutter, theme)
    marks = with_texts(marks, clutter)
    told = tuple(place for _, _, place in marks.texts)
    dots, counts = _counts(plot, lines, comparison, (plan.at, *told), clutter, theme)
    return Labels(
        theme=theme,
        styles=styles,
        room=clutter.room,
        area=area,
        plan=plan,
        names=names,
        dots=dots,
        counts=counts,
        marks=marks,
        active=active,
        goal=goal,
        out_of_reach=goal.words(clutter),
        beyond=beyond,
    )


def _drawn(plot: LogPlot, line: Line) -> Points:
    """What is drawn of a line: the part that fits in memory; all of it when nothing fits."""
    return plot.pixels(line.x[line.seen], line.y[line.seen])


def _plan(
    plot: LogPlot, comparison: Comparison, theme: Theme, clutter: Clutter, offset: tuple[float, float] | None
) -> Plan:
    """The plan's point, and its text beside it."""
    total = comparison.estimate.total
    at = _pixel(plot, total.wall_days, total.cost_usd)
    lines = plan_lines(comparison)
    sizes = [text_size(font, line) for font, line in zip(_plan_fonts(theme), lines, strict=False)]
    size = (max(width for width, _ in sizes) + 16, sum(height for _, height in sizes) + 8)
    box, _ = place_near(at, size, clutter, reach=float(theme.px(REACH)), prefer=offset)
    room = clutter.room
    visible = room.left - 3 <= at[0] <= room.right + 3 and room.top - 1 <= at[1] <= room.bottom + 3
    return Plan(at, visible, lines, box)


def _plan_fonts(theme: Theme) -> tuple[QFont, ...]:
    """Fonts of the lines beside the plan's point."""
    return font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")


def _pixel(plot: LogPlot, days: float, cost_usd: float) -> tuple[float, float]:
    decades = (np.array([math.log10(max(days, 1e-9))]), np.array([math.log10(max(cost_usd, 1e-9))]))
    x, y = plot.pixels(*decades)[0].tolist()
    return x, y


def _names(
    comparison: Comparison,
    styles: Mapping[str, LineStyle],
    theme: Theme,
    area: QRectF,
    drawn: Mapping[str, Points],
    clutter: Clutter,
) -> tuple[Name, ...]:
    """A name beside the end of a line that ends within the plot, others in one column right of it."""
    labels = {c.accelerator: c.label for c in comparison.curves}
    ends = {name: end for name in styles if name in drawn and (end := visible_end(drawn[name], area))}
    sizes = {name: text_size(font_of(theme, "small", bold=True), labels[name]) for name in ends}
    taken, boxes, column = len(clutter.taken), dict[str, Box](), dict[str, Box]()
    while True:
        # Each time the leaders of those in the column are known, which no name may stand on: it only grows.
        del clutter.taken[taken:]
        boxes = _beside_ends(ends, sizes, column, area, clutter)
        rest = [name for name in ends if name not in boxes]
        if set(rest) == set(column):
            break
        height = max((sizes[name][1] for name in rest), default=0.0) + 1
        middles = spread([ends[name][1] for name in rest], height, area.top(), area.bottom())
        column = {
            name: Box(area.right() + ASIDE, middle - height / 2, sizes[name][0], height)
            for name, middle in zip(rest, middles, strict=True)
        }
        for name, box in column.items():
            clutter.add_lines(np.array([ends[name], (box.left, box.top + height / 2)]), STRONG)
    boxes |= column
    return tuple(Name(name, labels[name], boxes[name], end) for name, end in ends.items())


def _beside_ends(
    ends: Mapping[str, tuple[float, float]],
    sizes: Mapping[str, tuple[float, float]],
    column: Collection[str],
    area: QRectF,
    clutter: Clutter,
) -> dict[str, Box]:
    """Places beside the ends of lines, for those that have room there and do not stand in the column."""
    boxes = {}
    for name, end in ends.items():
        if name in column or area.right() - end[0] <= sizes[name][0]:
            continue  # most lines leave the plot at its right: no place is looked for
        box, covered = place_near(end, sizes[name], clutter, 6.0, reach=12.0)
        if covered == 0:
            boxes[name] = box
            clutter.take(box)
    return boxes


def _beyond(
    comparison: Comparison,
    lines: Lines,
    drawn: Mapping[str, Points],
    area: QRectF,
    clutter: Clutter,
    theme: Theme,
) -> tuple[Beyond, ...]:
    """Every line that goes on above the plot, with how far the plan's own does."""
    found = []
    for name, points in drawn.items():
        if (x := leaves_above(points, area)) is None:
            continue
        text, box = "", Box(x, area.top(), 0.0, 0.0)
        line = lines.get(name)
        if name == comparison.active.accelerator and line is not None:
            text = up_to(line.curve, line.points[line.seen])
            box, covered = place_near(
                (x, area.top() + 6), text_size(font_of(theme, "quiet"), text), clutter, 7.0
            )
            if covered < STRONG:
                clutter.take(box)
            else:
                text = ""
        found.append(Beyond(name, x, text, box))
    return tuple(found)


def leaves_above(points: Points, area: QRectF) -> float | None:
    """Where a curve, from the right, leaves the area at its top for good; None where it does not."""
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order, 0], points[order, 1]
    inside = np.flatnonzero(y >= area.top())
    if not len(inside) or not inside[0]:
        return None
    at = int(inside[0])
    share = (area.top() - y[at]) / (y[at - 1] - y[at])
    across = float(x[at] + share * (x[at - 1] - x[at]))
    return across if area.left() <= across <= area.right() else None


def gutter(labels: list[str], theme: Theme) -> float:
    """Pixels right of the plot that these names need, in steps so that the plot seldom changes its width."""
    widest = max((text_size(font_of(theme, "small", bold=True), label)[0] for label in labels), default=8.0)
    return math.ceil((widest + 16) / 12) * 12.0


def visible_end(points: Points, area: QRectF) -> tuple[float, float] | None:
    """Where a curve ends on the right inside the area, or leaves it there; None when it is nowhere inside."""
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order, 0], points[order, 1]
    if len(x) and x[0] < area.right() < x[-1]:
        leave = float(np.interp(area.right(), x, y))
        if area.top() <= leave <= area.bottom():
            return area.right(), leave
    inside = (x >= area.left()) & (x <= area.right()) & (y >= area.top()) & (y <= area.bottom())
    if not inside.any():
        return None
    last = int(np.flatnonzero(inside)[-1])
    return float(x[last]), float(y[last])


def _counts(
    plot: LogPlot,
    lines: Lines,
    comparison: Comparison,
    told: Sequence[tuple[float, float]],
    clutter: Clutter,
    theme: Theme,
) -> tuple[Points, tuple[Placed, ...]]:
    """Dots at doublings of the node along the plan's curve, with their numbers where there is room.

    ``told``: the plan's own place, and others whose text tells their count.
    """
    line = lines.get(comparison.active.accelerator)
    if not comparison.depends_on_hardware or line is None:
        return np.empty((0, 2)), ()
    node = int(np.gcd.reduce(comparison.active.counts))
    counts = comparison.active.counts[line.points[line.bends]]
    points = plot.pixels(line.x[line.bends], line.y[line.bends])
    nodes = counts // node
    shown = (nodes & (nodes - 1)) == 0
    font = font_of(theme, "quiet")
    room = clutter.room
    dots: list[tuple[float, float]] = []
    numbers: list[Placed] = []
    last = -math.inf
    for (x, y), count in zip(points[shown].tolist(), counts[shown].tolist(), strict=True):
        inside = room.left <= x <= room.right and room.top <= y <= room.bottom
        if not inside or math.dist((x, y), told[0]) < 12:
            continue
        dots.append((x, y))
        if abs(x - last) < DOT_GAP or any(math.dist((x, y), each) < 3 for each in told[1:]):
            continue
        text = format_count(count)
        box, covered = place_near((x, y), text_size(font, text), clutter, 5.0, reach=14.0)
        if covered < STRONG:
            numbers.append((box, text))
            clutter.take(box)
            last = x
    return np.array(dots).reshape(-1, 2), tuple(numbers)


Placed = tuple[Box, str]


@dataclass(frozen=True, slots=True)
class Name:
    """A curve's name beside its end, or in the margin with a leader from it."""

    accelerator: str
    text: str
    box: Box
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Beyond:
    """Where a line leaves the plot at its top; the plan's own says up to what."""

    accelerator: str
    x: float
    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan's point, and the plate of text beside it."""

    at: tuple[float, float]
    visible: bool
    lines: tuple[str, ...]
    box: Box

    @property
    def offset(self) -> tuple[float, float]:
        """From the point to its text, to keep it there while the point moves."""
        return self.box.left - self.at[0], self.box.top - self.at[1]


@dataclass(frozen=True, slots=True)
class Labels:
    """Every text and mark of the plot with its place in pixels."""

    theme: Theme
    styles: Mapping[str, LineStyle]
    room: Box
    """Where texts may stand."""
    area: QRectF
    """The plot inside its axes."""
    plan: Plan
    names: tuple[Name, ...]
    dots: Points
    """Counts along the plan's curve."""
    counts: tuple[Placed, ...]
    """Their numbers, where there is room."""
    marks: PlacedMarks
    active: str
    goal: GoalLines
    out_of_reach: tuple[Placed, ...]
    beyond: tuple[Beyond, ...] = ()
    """Where lines go on above the plot."""

    def moved(self, plot: LogPlot, comparison: Comparison, beside: Beside) -> Labels:
        """The same with lines and marks where they are now; every text stays where it is."""
        marks = place_marks(
            plot, beside, comparison, Clutter(self.room), self.theme, self.series(self.active)
        )
        goal = GoalLines(plot, comparison, self.theme)
        return replace(self, goal=goal, marks=replace(marks, texts=self.marks.texts), out_of_reach=())

    def boxes(self) -> list[Box]:
        """The places of all texts."""
        own = [self.plan.box] if self.plan.visible else []
        own += [name.box for name in self.names]
        own += [box for box, *_ in self.marks.texts]
        return own + [box for box, _ in (*self.counts, *self.out_of_reach)]

    def pointed(self) -> Iterator[tuple[Box, tuple[float, float]]]:
        """The texts that are about a point, with that: the plan's, the knee's, those of other scenarios."""
        if self.plan.visible:
            yield self.plan.box, self.plan.at
        for box, _, at in self.marks.texts:
            yield box, at

    def joining(self) -> Iterator[Points]:
        """The lines from such points to the texts that stand apart from them."""
        lines = (leader(at, box) for box, at in self.pointed())
        return (each for each in lines if each is not None)

    def name_at(self, at: QPointF) -> str | None:
        """The accelerator whose name is at a position."""
        for name in self.names:
            if QRectF(name.box.left, name.box.top, name.box.width, name.box.height).contains(at):
                return name.accelerator
        return None

    def series(self, accelerator: str) -> Series:
        """The accelerator's line style."""
        return series_of(self.theme, self.styles, accelerator)

    def paint(self, painter: QPainter) -> None:
        """Paint everything that does not depend on the mouse."""
        self.goal.paint_strokes(painter)
        self._paint_names(painter)
        self._paint_dots(painter)
        self._paint_joining(painter)
        self.marks.paint(painter)
        self._paint_beyond(painter)
        if self.plan.visible:
            self._paint_plan(painter)
        for box, text in self.out_of_reach:
            _text(painter, box, text, font_of(self.theme, "quiet"), self.theme.quiet)
        self.goal.paint_flags(painter)

    def leaders(self) -> Iterator[tuple[Name, tuple[float, float], tuple[float, float]]]:
        """The names aside of the plot that stand apart from their lines, and what joins them: two ends."""
        for name in self.names:
            middle = name.box.top + name.box.height / 2
            aside = name.box.left >= self.area.right()
            if aside and (abs(middle - name.end[1]) > 5 or name.box.left - name.end[0] > 14):
                yield name, (name.end[0] + 2, name.end[1]), (name.box.left - 3, middle)

    def _paint_names(self, painter: QPainter) -> None:
        for name, begin, end in self.leaders():
            painter.setPen(made_pen(self.series(name.accelerator).line, 1.0, (1.0, 2.0)))
            painter.drawLine(QPointF(*begin), QPointF(*end))
        for name in self.names:
            bold = name.accelerator == self.active
            ink = self.series(name.accelerator).text
            _text(painter, name.box, name.text, font_of(self.theme, "small", bold=bold), ink)

    def _paint_dots(self, painter: QPainter) -> None:
        colour = QColor(self.series(self.active).line)
        painter.setPen(made_pen(colour, 1.6))
        painter.setBrush(QColor(self.theme.panel))
        for x, y in self.dots.tolist():
            painter.drawEllipse(QPointF(x, y), 2.6, 2.6)
        for box, text in self.counts:
            _text(painter, box, text, font_of(self.theme, "quiet"), self.theme.quiet)

    def _paint_plan(self, painter: QPainter) -> None:
        box, theme = self.plan.box, self.theme
        _plate(painter, box, theme)
        part = (box.height - 8) / len(self.plan.lines)
        inks = (theme.text, theme.text, theme.care)
        for at, (line, font, ink) in enumerate(zip(self.plan.lines, _plan_fonts(theme), inks, strict=False)):
            _text(painter, Box(box.left + 8, box.top + 4 + at * part, box.width - 16, part), line, font, ink)
        painter.setPen(made_pen(theme.panel, 2.5))
        painter.setBrush(QColor(self.series(self.active).line))
        painter.drawEllipse(QPointF(*self.plan.at), 7.5, 7.5)

    def _paint_joining(self, painter: QPainter) -> None:
        painter.setPen(made_pen(self.theme.quiet, 1.0))
        for begin, end in (each.tolist() for each in self.joining()):
            painter.drawLine(QPointF(*begin), QPointF(*end))

    def _paint_beyond(self, painter: QPainter) -> None:
        """An arrow where a line goes on above the plot, as far as its words say."""
        painter.setPen(Qt.PenStyle.NoPen)
        for beyond in self.beyond:
            painter.setBrush(QColor(self.series(beyond.accelerator).line))
            x, y = beyond.x, self.area.top() + 1
            painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x + 5, y + 8), QPointF(x - 5, y + 8)]))
        for beyond in self.beyond:
            if beyond.text:
                _text(
                    painter,
                    beyond.box,
                    beyond.text,
                    font_of(self.theme, "quiet"),
                    self.series(beyond.accelerator).text,
                )

    def paint_ring(self, painter: QPainter, point: tuple[float, float], accelerator: str) -> None:
        """Mark the point of a curve that the mouse is over."""
        painter.setPen(made_pen(self.series(accelerator).line, 2.0))
        painter.setBrush(QColor(self.theme.panel))
        painter.drawEllipse(QPointF(*point), 5, 5)

    def paint_readout(
        self, painter: QPainter, point: tuple[float, float], lines: Sequence[str], colour: str
    ) -> None:
        """What the mouse is over, on a small plate of text beside it; the first line in its own colour."""
        theme = self.theme
        fonts = [font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")]
        sizes = [text_size(font, line) for font, line in zip(fonts, lines, strict=True)]
        size = (max(width for width, _ in sizes) + 20, sum(height + 2 for _, height in sizes) + 12)
        around = Clutter(self.room)
        around.take(Box(point[0] - 6, point[1] - 6, 12, 12))
        if self.plan.visible:
            around.take(self.plan.box)
            around.take(Box(self.plan.at[0] - 9, self.plan.at[1] - 9, 18, 18))
        box, _ = place_near(point, size, around, 12.0)
        _plate(painter, box, theme)
        top = box.top + 6
        for font, line, (_, height), ink in zip(
            fonts, lines, sizes, (colour, theme.text, theme.quiet), strict=True
        ):
            _text(painter, Box(box.left + 10, top, box.width - 20, height + 2), line, font, ink)
            top += height + 2


def _plate(painter: QPainter, box: Box, theme: Theme) -> None:
    painter.setPen(made_pen(theme.line))
    painter.setBrush(QColor(theme.panel))
    painter.drawRoundedRect(QRectF(box.left, box.top, box.width, box.height), 6, 6)


def _text(painter: QPainter, box: Box, text: str, font: QFont, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
    painter.drawText(QRectF(box.left, box.top, box.width, box.height), int(flags), text)

"""Marks on cost against time beside the plan: offers, the knee, other scenarios, published runs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from isocost.plan.answer.across.comparison import Comparison, Published
from isocost.plan.compare.points import Ghost
from isocost.report.findings.tabs.plan import LegendMark, published_lines
from isocost.report.findings.tabs.plan_offers import KneeView, OfferView, ghost_lines, knee_hover, offer_lines
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import LogPlot, font_of, made_pen, mixed, text_size
from isocost.ui.plot.placing import Box, Clutter, leader, place_near
from isocost.ui.tabs.plan.cost_time_legend import paint_diamond, paint_ghost, paint_run

DISC, NEAR = 10.0, 11.0
"""Pixels of an offer's radius, and how near the mouse is to a mark that it means."""
LEAST = 40
"""What a text beside a mark may cover at most."""

Mark = OfferView | KneeView | Ghost | Published


@dataclass(frozen=True)
class Beside:
    """What is drawn beside a comparison's curves."""

    offers: tuple[OfferView, ...] = ()
    dimmed: bool = False
    """Whether the offers are those of another goal or plan, and newer ones are to come."""
    through: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """By accelerator, the counts of its offers, which its line is drawn through."""
    knee: KneeView | None = None
    ghosts: tuple[Ghost, ...] = ()
    ranged: bool = True
    """Whether the range of the plan's curve is drawn."""

    def marks(self, plot: LogPlot, comparison: Comparison) -> tuple[LegendMark, ...]:
        """Those of the legend's marks that are in view."""

        def seen(points: tuple[KneeView | Ghost | Published, ...]) -> bool:
            return any(plot.holds(math.log10(each.days), math.log10(each.cost_usd)) for each in points)

        found: list[LegendMark] = ["band"] if self.ranged else []
        if self.knee is not None and seen((self.knee,)):
            found.append("knee")
        if seen(self.ghosts):
            found.append("ghost")
        return (*found, "run") if seen(comparison.published) else tuple(found)


@dataclass(frozen=True, slots=True)
class PlacedMarks:
    """The marks that are in view, with their places in pixels, from the undermost on."""

    theme: Theme
    series: Series
    """Of the plan's own line, whose knee it is."""
    dimmed: bool
    placed: tuple[tuple[Mark, QPointF], ...]
    texts: tuple[tuple[Box, tuple[str, ...], tuple[float, float]], ...]
    """Places, lines and the pixels of the marks they are about."""

    def at(self, place: QPointF) -> Mark | None:
        """The mark that is meant at a place, the uppermost first."""
        for mark, at in reversed(self.placed):
            if math.hypot(place.x() - at.x(), place.y() - at.y()) <= NEAR:
                return mark
        return None

    def place_of(self, mark: Mark) -> QPointF:
        """Where a mark stands."""
        return next(at for each, at in self.placed if each == mark)

    def paint(self, painter: QPainter) -> None:
        """Paint every mark and what stands beside it."""
        for mark, at in self.placed:
            if isinstance(mark, Published):
                paint_run(painter, at, self.theme)
            elif isinstance(mark, Ghost):
                paint_ghost(painter, at, self.theme)
            elif isinstance(mark, KneeView):
                paint_diamond(painter, at, self.series.line, self.theme)
            else:
                paint_disc(painter, at, mark.number, self.theme, dimmed=self.dimmed)
        for box, lines, _ in self.texts:
            part = box.height / len(lines)
            for row, (line, font) in enumerate(zip(lines, _fonts(self.theme), strict=False)):
                painter.setFont(font)
                painter.setPen(QColor(self.theme.quiet if row else self.theme.text))
                room = QRectF(box.left, box.top + row * part, box.width, part)
                painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), line)


def paint_disc(painter: QPainter, at: QPointF, number: int, theme: Theme, *, dimmed: bool) -> None:
    """The number of an offer on a dark disc; a pale one while newer offers are worked out."""
    ground = mixed(theme.quiet, theme.panel, 0.55) if dimmed else QColor(theme.text)
    radius = DISC * theme.scale
    painter.setPen(made_pen(theme.panel, 2.0))
    painter.setBrush(ground)
    painter.drawEllipse(at, radius, radius)
    painter.setFont(font_of(theme, "small", bold=True))
    painter.setPen(QColor(theme.panel))
    room = QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)
    painter.drawText(room, int(Qt.AlignmentFlag.AlignCenter), str(number))


def _fonts(theme: Theme) -> tuple[QFont, QFont]:
    return font_of(theme, "small", bold=True), font_of(theme, "quiet")


def place_marks(
    plot: LogPlot, beside: Beside, comparison: Comparison, clutter: Clutter, theme: Theme, series: Series
) -> PlacedMarks:
    """Take the places of all marks in view; texts follow by :func:`with_texts`, where they have room."""
    area = plot.area()
    every: list[Mark] = [*comparison.published, *beside.ghosts]
    if beside.knee is not None:
        every.append(beside.knee)
    every += beside.offers
    placed = []
    for mark in every:
        days, usd = (mark.days, mark.cost_usd)
        if days <= 0.0 or usd <= 0.0:
            continue
        x, y = plot.pixels(np.array([math.log10(days)]), np.array([math.log10(usd)]))[0].tolist()
        if area.contains(QPointF(x, y)):
            size = DISC * theme.scale + 2 if isinstance(mark, OfferView) else 7.0
            clutter.take(Box(x - size, y - size, 2 * size, 2 * size))
            placed.append((mark, QPointF(x, y)))
    return PlacedMarks(theme, series, beside.dimmed, tuple(placed), ())


def with_texts(marks: PlacedMarks, clutter: Clutter) -> PlacedMarks:
    """The marks with what stands beside the knee and beside other scenarios, where there is room."""
    found = []
    for mark, at in marks.placed:
        lines = mark.lines if isinstance(mark, KneeView) else (mark.name,) if isinstance(mark, Ghost) else ()
        for shown in (lines, lines[:1]) if len(lines) > 1 else (lines,):  # all of it, else its name alone
            if not shown:
                break
            sizes = [text_size(font, line) for font, line in zip(_fonts(marks.theme), shown, strict=False)]
            size = max(width for width, _ in sizes), sum(height for _, height in sizes)
            place = (at.x(), at.y())
            box, covered = place_near(place, size, clutter, 10.0, reach=80.0)
            if covered < LEAST:
                clutter.take(box)
                if (joining := leader(place, box)) is not None:
                    clutter.add_lines(joining, LEAST)
                found.append((box, tuple(shown), place))
                break
    return replace(marks, texts=tuple(found))


def mark_lines(mark: Mark, *, dimmed: bool) -> tuple[str, ...]:
    """What the mouse over a mark is told: what it is, its figures, what a click does."""
    if isinstance(mark, Published):
        return published_lines(mark)
    if isinstance(mark, Ghost):
        return ghost_lines(mark)
    return knee_hover(mark) if isinstance(mark, KneeView) else offer_lines(mark, dimmed=dimmed)

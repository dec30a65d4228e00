"""Size against text, drawn: equal cost, equal loss, least loss for its money, published models, the plan."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from isocost.report.findings.tabs.scale import (
    LEGEND,
    Mark,
    Point,
    ScaleView,
    axis_titles,
    best_words,
    model_lines,
    point_words,
)
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.chart import Chart
from isocost.ui.plot.frame import (
    paint_axes,
    path_of,
    polygon_of,
    ticks_across,
    ticks_up,
)
from isocost.ui.plot.placing import REACH, Box, place_near
from isocost.ui.plot.styles import BAND
from isocost.ui.plot.ticks import number_scale
from isocost.ui.tabs.scale.isocost_places import ROW, SAMPLE, TITLE, Places, Written, places

DOT, PLAN, RING = 3.4, 8.0, 6.5
"""Pixels of half a model, half the plan, and half the place of least loss."""
CARD = 8
"""How many labels a card counts as for another, which covers them sooner."""
RIDGE, COST = 0.16, (5.0, 3.0)
"""Strength of the ridge's colour, and the dash of a line of equal cost."""


class IsocostChart(Chart[ScaleView | None]):
    """The picture; None = nothing to draw yet. ``hover`` is a published model."""

    def __init__(self, view: ScaleView | None) -> None:
        super().__init__(view)
        self.offset: tuple[float, float] | None = None
        """Where the words of the plan stood beside it, so that they do not jump while it moves."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(300), theme.px(340))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        if self.view is not None:
            self.draw_ground(painter, size, theme)
            self.draw_point(painter, size, theme, hover)

    def draw_ground(self, painter: QPainter, size: QSizeF, theme: Theme) -> None:
        """What stands still while the plan moves."""
        if self.view is None:
            return
        at = places(self.view.ground, size, theme)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(at.frame.area)
        _paint_band(painter, at)
        _paint_unfit(painter, at)
        _paint_ridge(painter, at)
        _paint_lines(painter, at)
        painter.restore()
        across, up = (f(at.frame, number_scale, theme) for f in (ticks_across, ticks_up))
        paint_axes(painter, at.frame, theme, across, up)
        _paint_titles(painter, at)
        _paint_legend(painter, at)
        for x, y, model in zip(*at.models.T.tolist(), at.ground.models, strict=True):
            _paint_model(painter, QPointF(x, y), theme, hollow=model.mixture)
        for written in at.labels:
            _paint_written(painter, written, theme)

    def draw_point(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        """The plan, the least loss for its bill, and what is pointed at."""
        if self.view is None:
            return
        at, point = places(self.view.ground, size, theme), self.view.point
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        where = at.at(point.size, point.tokens)
        taken = [Box(where.x() - 14, where.y() - 14, 28, 28)]
        words = best_words(point)
        ring = best_at(at, point) if words[0] else None
        if ring is not None:
            taken.append(Box(ring.x() - 10, ring.y() - 10, 20, 20))
        lines = point_words(point, held=point.on_line)
        cards = [(self._beside(at, where, lines, taken), lines)]
        if ring is not None:
            cards.append((_card_near(at, ring, words, [*taken, cards[0][0]], None), words))
        taken += [box for box, _ in cards]
        for name in at.names:
            if not any(name.box.overlaps(box) for box in taken):
                _paint_written(painter, name, theme)
        painter.save()
        painter.setClipRect(at.frame.area.adjusted(-10, -10, 10, 10))
        if ring is not None:
            painter.setPen(made_pen(at.series.line, 2.2))
            painter.setBrush(QColor(theme.panel))
            painter.drawEllipse(ring, RING, RING)
        _paint_plan(painter, at, where)
        painter.restore()
        for box, text in cards:
            _paint_card(painter, box, text, theme)
        if hover is not None and hover < len(at.ground.models):
            _paint_hover(painter, at, hover)

    def _beside(self, at: Places, where: QPointF, words: tuple[str, ...], taken: list[Box]) -> Box:
        box = _card_near(at, where, words, taken, self.offset)
        self.offset = box.left - where.x(), box.top - where.y()
        return box


def best_at(at: Places, point: Point) -> QPointF | None:
    """Where the least loss for the plan's bill is; None where that is beyond the map."""
    best = point.best
    if best is None or not at.frame.holds(best.size, best.tokens):
        return None
    return at.at(best.size, best.tokens)


def _card_size(words: tuple[str, ...], theme: Theme) -> tuple[float, float]:
    first, rest = font_of(theme, "small", bold=True), font_of(theme, "quiet")
    widths = [text_size(first if not at else rest, line)[0] for at, line in enumerate(words)]
    height = QFontMetricsF(first).height() + (len(words) - 1) * QFontMetricsF(rest).height()
    return max(widths) + theme.px(18), height + theme.px(10)


def _card_near(
    at: Places, where: QPointF, words: tuple[str, ...], taken: list[Box], prefer: tuple[float, float] | None
) -> Box:
    """A place for a card of words near a point, clear of labels and of what else moves."""
    clutter, before = at.clutter, len(at.clutter.taken)
    for box in taken:
        clutter.take(box, CARD)
    size, reach = _card_size(words, at.theme), float(at.theme.px(REACH))
    found, _ = place_near((where.x(), where.y()), size, clutter, 14.0, reach, prefer)
    del clutter.taken[before:]
    return found


def _paint_card(painter: QPainter, box: Box, words: tuple[str, ...], theme: Theme) -> None:
    painter.setPen(made_pen(theme.line))
    painter.setBrush(QColor(theme.panel))
    room = QRectF(box.left, box.top, box.width, box.height)
    painter.drawRoundedRect(room, 6, 6)
    y = box.top + theme.px(5)
    for at, line in enumerate(words):
        font = font_of(theme, "quiet") if at else font_of(theme, "small", bold=True)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        painter.setPen(QColor(theme.quiet if at else theme.text))
        painter.drawText(QPointF(box.left + theme.px(9), y + metrics.ascent()), line)
        y += metrics.height()


def _paint_hover(painter: QPainter, at: Places, model: int) -> None:
    where = QPointF(*at.models[model].tolist())
    painter.setPen(made_pen(at.theme.accent, 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(where, 7.0, 7.0)
    words = model_lines(at.ground, model)
    # Above whatever is there: it is read now, and gone when the mouse is.
    width, height = _card_size(words, at.theme)
    area = at.frame.area
    left = where.x() + 12 if where.x() + 12 + width <= area.right() else where.x() - 12 - width
    top = min(max(area.top(), where.y() - height - 8), area.bottom() - height)
    _paint_card(painter, Box(left, top, width, height), words, at.theme)


def _paint_band(painter: QPainter, at: Places) -> None:
    """What the bill buys with 8 chances in 10."""
    if at.ground.band is None:
        return
    below, above = (at.frame.pixels(edge.sizes, edge.tokens) for edge in at.ground.band)
    known = np.isfinite(below[:, 1]) | np.isfinite(above[:, 1])
    # One edge alone has a place where the other lies beyond the map.
    below, above = below[known], above[known]
    below[:, 1] = np.where(np.isfinite(below[:, 1]), below[:, 1], at.frame.area.bottom())
    above[:, 1] = np.where(np.isfinite(above[:, 1]), above[:, 1], at.frame.area.top())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(at.series.line, at.theme.panel, BAND))
    painter.drawPolygon(polygon_of(np.vstack((below, above[::-1]))))


def _paint_unfit(painter: QPainter, at: Places) -> None:
    most, area = at.ground.on.most, at.frame.area
    if most is not None and most < at.frame.x[1]:
        left = max(area.left(), at.frame.across(max(most, at.frame.x[0])))
        painter.fillRect(
            QRectF(left, area.top(), area.right() - left, area.height()),
            mixed(at.theme.quiet, at.theme.panel, 0.1),
        )


def _paint_ridge(painter: QPainter, at: Places) -> None:
    found, theme = at.ground.ridge, at.theme
    if found is None:
        return
    low, high = (
        at.frame.pixels(*edge) for edge in ((found.low, found.low_tokens), (found.high, found.high_tokens))
    )
    outline = np.vstack((low, high[::-1]))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.fine, theme.panel, RIDGE))
    painter.drawPolygon(polygon_of(outline[np.isfinite(outline).all(axis=1)]))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(theme.fine, 1.6))
    painter.drawPath(path_of(at.frame.pixels(found.sizes, found.tokens)))


def _paint_lines(painter: QPainter, at: Places) -> None:
    ground, theme = at.ground, at.theme
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(made_pen(mixed(theme.quiet, theme.panel, 0.5)))
    for line in ground.losses:
        painter.drawPath(path_of(at.frame.pixels(line.sizes, line.tokens)))
    painter.setPen(made_pen(mixed(at.series.line, theme.panel, 0.75), 1.3, COST))
    for line in ground.costs:
        painter.drawPath(path_of(at.frame.pixels(line.sizes, line.tokens)))
    if ground.budget is not None:
        painter.setPen(_budget_pen(theme))
        painter.drawPath(path_of(at.frame.pixels(ground.budget.sizes, ground.budget.tokens)))
    painter.setPen(made_pen(at.series.line, 2.6))
    painter.drawPath(path_of(at.bill))


def _budget_pen(theme: Theme) -> QPen:
    return made_pen(theme.text, 1.5, (4.0, 2.0))


def _paint_titles(painter: QPainter, at: Places) -> None:
    across, up = axis_titles()
    theme, area = at.theme, at.frame.area
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(QColor(theme.quiet))
    metrics = QFontMetricsF(painter.font())
    painter.drawText(QPointF(0.0, area.top() - theme.px(TITLE) + metrics.ascent() + 2), up)
    left = area.center().x() - metrics.horizontalAdvance(across) / 2
    painter.drawText(QPointF(left, area.bottom() + theme.px(26) + metrics.ascent()), across)


def _paint_legend(painter: QPainter, at: Places) -> None:
    theme, px = at.theme, at.theme.px
    for mark, place in at.legend:
        room = QRectF(place.x(), place.y(), px(SAMPLE), px(ROW))
        painter.save()
        _paint_sample(painter, mark, room, at)
        painter.restore()
        painter.setFont(font_of(theme, "quiet"))
        painter.setPen(QColor(theme.quiet))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(QRectF(room.right() + 6, room.top(), 10, room.height()), int(flags), LEGEND[mark])


def _paint_sample(painter: QPainter, mark: Mark, room: QRectF, at: Places) -> None:
    theme, middle = at.theme, room.center().y()
    ends = QPointF(room.left(), middle), QPointF(room.right(), middle)
    if mark in ("dense", "mixture"):
        _paint_model(painter, room.center(), theme, hollow=mark == "mixture")
        return
    fills = {
        "ridge": mixed(theme.fine, theme.panel, RIDGE),
        "band": mixed(at.series.line, theme.panel, 2 * BAND),
    }
    if mark in fills:
        bar = room.adjusted(0, room.height() / 2 - 5, 0, 5 - room.height() / 2)
        painter.fillRect(bar, fills[mark])
    if mark == "band":
        return
    pens = {
        "cost": made_pen(at.series.line, 1.6, COST),
        "loss": made_pen(mixed(theme.quiet, theme.panel, 0.6), 1.2),
        "ridge": made_pen(theme.fine, 1.6),
    }
    painter.setPen(pens[mark])
    painter.drawLine(*ends)


def _paint_model(painter: QPainter, at: QPointF, theme: Theme, *, hollow: bool) -> None:
    ink = QColor(theme.text)
    painter.setPen(made_pen(ink if hollow else theme.panel, 1.3 if hollow else 1.0))
    painter.setBrush(QColor(theme.panel) if hollow else ink)
    painter.drawEllipse(at, DOT, DOT)


def _paint_plan(painter: QPainter, at: Places, where: QPointF) -> None:
    """The disc, with arrows along its line."""
    found = at.on_bill(where)
    if found is not None and found[1] < 4.0:
        _paint_arrows(painter, at, where)
    painter.setPen(made_pen(at.theme.panel, 2.0))
    painter.setBrush(QColor(at.series.line))
    painter.drawEllipse(where, PLAN, PLAN)


def _paint_arrows(painter: QPainter, at: Places, where: QPointF) -> None:
    """Two heads on the line to either side, which say that the plan moves along it."""
    away = np.hypot(at.bill[:, 0] - where.x(), at.bill[:, 1] - where.y())
    painter.setPen(made_pen(at.theme.text, 1.8))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    centre = int(np.nanargmin(away))
    for side in (-1, 1):
        steps = np.flatnonzero(away[centre::side] > at.theme.px(34))
        if not len(steps) or steps[0] == 0:
            continue
        tip, tail = (at.bill[centre + side * (int(steps[0]) - back)] for back in (0, 1))
        if not np.isfinite(tip + tail).all() or not at.frame.area.contains(*tip.tolist()):
            continue
        angle = math.atan2(tip[1] - tail[1], tip[0] - tail[0])
        for turn in (2.5, -2.5):
            end = QPointF(tip[0] + 8 * math.cos(angle + turn), tip[1] + 8 * math.sin(angle + turn))
            painter.drawLine(QPointF(*tip.tolist()), end)


def _paint_written(painter: QPainter, written: Written, theme: Theme) -> None:
    font: QFont = font_of(theme, "quiet", bold=written.bold)
    metrics = QFontMetricsF(font)
    box = written.box
    width = metrics.horizontalAdvance(written.text)
    left = box.left + (box.width - width) / 2
    ground = QColor(theme.panel)
    ground.setAlpha(215)
    painter.fillRect(QRectF(left - 2, box.top, width + 4, box.height), ground)
    painter.setFont(font)
    painter.setPen(QColor(written.colour))
    painter.drawText(QPointF(left, box.top + metrics.ascent()), written.text)

"""The legend of cost against time, drawn in one row or more above the plot, and the titles of its axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from isocost.report.findings.tabs.plan import LegendKey, LegendMark
from isocost.ui.look.theme import Series, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed, text_size
from isocost.ui.plot.styles import BAND

ROW, SAMPLE, GAP = 18.0, 22.0, 14.0
"""Pixels of the design: a row's height, a sample's width, and between two entries."""
TITLE = 17.0
"""Pixels of the design that the title of an axis takes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry with its place, in pixels from the plot's left upper corner."""

    mark: LegendMark
    text: str
    left: float
    top: float


def arranged(keys: tuple[LegendKey, ...], width: float, theme: Theme) -> tuple[Entry, ...]:
    """The entries in as many rows as they need."""
    font, sample, gap = font_of(theme, "quiet"), theme.px(int(SAMPLE)), theme.px(int(GAP))
    entries: list[Entry] = []
    left, top = 0.0, 0.0
    for mark, text in keys:
        size = sample + 6 + text_size(font, text)[0]
        if entries and left > 0.0 and left + size > width:
            left, top = 0.0, top + theme.px(int(ROW))
        entries.append(Entry(mark, text, left, top))
        left += size + gap
    return tuple(entries)


def height_of(entries: tuple[Entry, ...], theme: Theme) -> float:
    """Pixels the legend takes, with the title of the axis of cost beneath it."""
    rows = entries[-1].top + theme.px(int(ROW)) if entries else 0.0
    return rows + theme.px(int(TITLE))


def paint_legend(painter: QPainter, entries: tuple[Entry, ...], series: Series, theme: Theme) -> None:
    """Paint every entry: a sample as it is drawn in the plot, and what it stands for."""
    height = theme.px(int(ROW))
    for entry in entries:
        room = QRectF(entry.left, entry.top, theme.px(int(SAMPLE)), height)
        painter.save()
        _SAMPLES[entry.mark](painter, room, series, theme)
        painter.restore()
        painter.setFont(font_of(theme, "quiet"))
        painter.setPen(QColor(theme.quiet))
        at = QRectF(room.right() + 6, room.top(), 10.0, height)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
        painter.drawText(at, int(flags), entry.text)


def paint_titles(
    painter: QPainter, area: QRectF, above: float, titles: tuple[str, str], theme: Theme
) -> None:
    """What the axes measure: cost ``above`` pixels from the top on the left, time in the middle below."""
    across, up = titles
    painter.setFont(font_of(theme, "quiet"))
    painter.setPen(QColor(theme.quiet))
    height = theme.px(int(TITLE))
    flags = Qt.TextFlag.TextDontClip | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(QRectF(0.0, above, 10.0, height), int(flags | Qt.AlignmentFlag.AlignLeft), up)
    beneath = QRectF(area.left(), area.bottom() + theme.px(26), area.width(), height)
    painter.drawText(beneath, int(flags | Qt.AlignmentFlag.AlignHCenter), across)


def _plan(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(series.line))
    painter.drawEllipse(room.center(), 5.0, 5.0)


def _counts(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    middle = room.center().y()
    painter.setPen(made_pen(series.line, 2.0))
    painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))
    painter.setPen(made_pen(series.line, 1.6))
    painter.setBrush(QColor(theme.panel))
    painter.drawEllipse(room.center(), 2.6, 2.6)


def _front(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    middle = room.center().y()
    painter.setPen(made_pen(front_colour(theme), 8.0))
    painter.drawLine(QPointF(room.left() + 4, middle), QPointF(room.right() - 4, middle))


def _band(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mixed(series.line, theme.panel, 2 * BAND))
    painter.drawRoundedRect(room.adjusted(1, room.height() / 2 - 5, -1, 5 - room.height() / 2), 2, 2)


def _run(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    paint_run(painter, room.center(), theme)


def _ghost(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    paint_ghost(painter, room.center(), theme)


def _knee(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    paint_diamond(painter, room.center(), series.line, theme, 5.0)


def _out(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    painter.setPen(made_pen(theme.line))
    painter.setBrush(reach_colour(theme))
    painter.drawRoundedRect(room.adjusted(1, room.height() / 2 - 5, -1, 5 - room.height() / 2), 2, 2)


def _unfit(painter: QPainter, room: QRectF, series: Series, theme: Theme) -> None:
    middle = room.center().y()
    painter.setPen(made_pen(mixed(series.line, theme.panel, 0.7), 1.8, (1.0, 3.0)))
    painter.drawLine(QPointF(room.left(), middle), QPointF(room.right(), middle))


_SAMPLES: dict[LegendMark, Callable[[QPainter, QRectF, Series, Theme], None]] = {
    "plan": _plan,
    "counts": _counts,
    "front": _front,
    "band": _band,
    "run": _run,
    "ghost": _ghost,
    "knee": _knee,
    "out": _out,
    "unfit": _unfit,
}


def front_colour(theme: Theme) -> QColor:
    """Of the broad line beneath what is cheapest at each speed."""
    return mixed(theme.text, theme.panel, 0.13)


def reach_colour(theme: Theme) -> QColor:
    """Of what lies beyond a budget or a deadline."""
    return mixed(theme.line, theme.panel, 0.5)


def paint_diamond(painter: QPainter, at: QPointF, colour: str, theme: Theme, size: float = 7.0) -> None:
    """The mark of the knee, in the colour of its line."""
    painter.setPen(made_pen(colour, 2.0))
    painter.setBrush(QColor(theme.panel))
    steps = ((0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0))
    painter.drawPolygon(QPolygonF([at + QPointF(*step) for step in steps]))


def paint_run(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """The mark of a published run."""
    painter.setPen(made_pen(theme.panel, 1.4))
    painter.setBrush(QColor(theme.quiet))
    painter.drawEllipse(at, 4.2, 4.2)


def paint_ghost(painter: QPainter, at: QPointF, theme: Theme) -> None:
    """The mark of another scenario of the plan."""
    painter.setPen(made_pen(theme.quiet, 1.6, (2.0, 1.4)))
    painter.setBrush(QColor(theme.panel))
    painter.drawEllipse(at, 6.0, 6.0)

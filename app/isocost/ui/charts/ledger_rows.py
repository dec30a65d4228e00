"""One row of the waterfall: name, a bar where it stands, amount and share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from isocost.quantities import format_money
from isocost.ui.charts.base import made_pen, mixed
from isocost.ui.charts.ledger_colours import group_brush
from isocost.ui.charts.ledger_words import short_name, whole_share
from isocost.ui.charts.rows import RIGHT, ROW, Index, RowDelegate, write_text
from isocost.ui.theme import Theme

HEIGHT = 26
NAME, MONEY, SHARE = 196, 62, 46
"""Pixels of a row's height, and of its columns of text."""

LEAST = 2.0
"""Pixels a bar is wide at least, so that every line is seen."""


@dataclass(frozen=True, slots=True)
class RowScale:
    """How long bars are."""

    full_usd: float
    """USD across the whole room for bars."""
    spread: tuple[float, float] | None
    """USD that 10 and 90 % of outcomes of the total stay below."""


class BillDelegate(RowDelegate):
    """Paints rows; holds the theme and the scale."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._scale = RowScale(0.0, None)

    def show(self, scale: RowScale) -> None:
        """Paint from now on at this scale."""
        self._scale = scale

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = index.data(ROW)
        room = QRectF(option.rect)
        theme = self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, room, option.state)
        if row.is_total:
            painter.setPen(made_pen(theme.line))
            painter.drawLine(room.topLeft() + QPointF(8, 0.5), room.topRight() + QPointF(-8, 0.5))
        name = QRectF(room.left() + 8, room.top(), theme.px(NAME) - 12, room.height())
        share = QRectF(room.right() - theme.px(SHARE) - 8, room.top(), theme.px(SHARE), room.height())
        money = QRectF(share.left() - theme.px(MONEY), room.top(), theme.px(MONEY), room.height())
        font = self.bold if row.is_total else self.small
        middle = Qt.TextElideMode.ElideMiddle
        write_text(painter, name, short_name(row.bar), font, theme.text, elide=middle)
        write_text(painter, money, format_money(row.bar.cost_usd), self.bold, theme.text, RIGHT)
        write_text(painter, share, whole_share(row.bar.share), self.quiet, theme.quiet, RIGHT)
        left = room.left() + theme.px(NAME)
        bars = QRectF(left, room.top(), max(20.0, money.left() - left - 8), room.height())
        self._paint_bar(painter, bars, row, index.row() + 1 < index.model().rowCount() - 1)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, row: Any, leads_on: bool) -> None:
        if self._scale.full_usd <= 0:
            return
        theme, bar = self.theme, row.bar
        per_usd = room.width() / self._scale.full_usd
        start, end = room.left() + bar.start_usd * per_usd, room.left() + bar.end_usd * per_usd
        middle, half = room.center().y(), 5.0 if not row.is_total else 6.0
        box = QRectF(min(start, room.right() - LEAST), middle - half, max(LEAST, end - start), 2 * half)
        brush = (
            QBrush(mixed(theme.text, theme.panel, 0.62)) if row.is_total else group_brush(theme, bar.group)
        )
        outlined = brush.style() is not Qt.BrushStyle.SolidPattern
        painter.setPen(made_pen(theme.quiet) if outlined else Qt.PenStyle.NoPen)
        painter.setBrush(brush)
        painter.drawRoundedRect(box, 2.5, 2.5)
        if not row.is_total and leads_on:
            painter.setPen(made_pen(theme.track))
            x = round(end) - 0.5
            painter.drawLine(QPointF(x, middle + half), QPointF(x, room.bottom() + room.height() / 2 - half))
        if row.is_total and self._scale.spread is not None:
            low, high = (room.left() + usd * per_usd for usd in self._scale.spread)
            self.paint_spread(painter, low, high, middle)

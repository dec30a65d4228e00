"""One row of the hardware ranking: name, count and days, a bar, the cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from isocost.plan.curves import RankedChoice
from isocost.quantities import format_count, format_duration, format_money
from isocost.ui.charts.base import made_pen, mixed
from isocost.ui.charts.comparison import Comparison
from isocost.ui.charts.rows import RIGHT, ROW, Index, RowDelegate, write_text
from isocost.ui.charts.styles import series_of
from isocost.ui.charts.wording import verdict
from isocost.ui.theme import Theme

LONGEST = 3.0
"""Times the cheapest a bar may be long; longer ones are broken off, so that the others stay apart."""

HEIGHT = 40
NAME, COST = 124, 62
"""Pixels of a row's height, and of its name and cost columns."""


def bar_scale(choices: Sequence[RankedChoice]) -> float:
    """USD of a full bar: the dearest possible choice, at most three times the cheapest that is not free."""
    possible = (choice.cost_usd for choice in choices if choice.fits and choice.in_time)
    costs = [cost for cost in possible if cost > 0]
    return min(max(costs), LONGEST * min(costs)) if costs else 0.0


class BarDelegate(RowDelegate):
    """Paints rows; holds the theme, the scale and the range of the plan's own cost."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._full = 0.0
        self._active = ""
        self._slots: Mapping[str, int] = {}
        self._spread: tuple[float, float] | None = None

    def show(self, comparison: Comparison, slots: Mapping[str, int], full: float) -> None:
        """Paint from now on for this comparison, with bars of ``full`` USD at most."""
        spread = comparison.spread
        self._active = comparison.active.accelerator
        self._slots = slots
        self._spread = spread
        high = comparison.estimate.total.cost_usd * spread[1] if spread else 0.0
        self._full = max(full, min(high, 1.25 * full))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice = index.data(ROW)
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, row, option.state, chosen=choice.accelerator == self._active)
        theme = self.theme
        out = verdict(choice)
        ink = theme.quiet if out else theme.text
        name = QRectF(row.left() + 8, row.top() + 3, theme.px(NAME) - 12, row.height() / 2 - 3)
        under = QRectF(name.left(), row.center().y(), name.width(), row.height() / 2 - 4)
        cost = QRectF(row.right() - theme.px(COST) - 8, row.top(), theme.px(COST), row.height())
        write_text(painter, name, choice.label, self.bold, ink)
        quiet = f"{format_count(choice.count)} · {format_duration(choice.days)}"
        write_text(painter, under, quiet, self.quiet, theme.quiet)
        weight = self.small if out else self.bold
        write_text(painter, cost, format_money(choice.cost_usd), weight, ink, RIGHT)
        bar = QRectF(
            row.left() + theme.px(NAME),
            row.center().y() - 6,
            cost.left() - row.left() - theme.px(NAME) - 8,
            12,
        )
        if out:
            write_text(painter, bar.adjusted(0, -4, 0, 4), out, self.quiet, theme.quiet)
        else:
            self._paint_bar(painter, bar, choice)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, choice: RankedChoice) -> None:
        if choice.cost_usd <= 0:
            return
        theme = self.theme
        share = choice.cost_usd / self._full
        bar = QRectF(room.left(), room.top(), max(2.0, min(1.0, share) * room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        series = series_of(theme, self._slots, choice.accelerator)
        painter.setBrush(mixed(series.line, theme.panel, 1.0 if choice.accelerator in self._slots else 0.4))
        painter.drawRoundedRect(bar, 3, 3)
        if share > 1.0 + 1e-9:
            painter.setPen(made_pen(theme.panel, 2.0))
            for shift in (12.0, 17.0):
                painter.drawLine(
                    QPointF(bar.right() - shift, bar.bottom() + 2),
                    QPointF(bar.right() - shift + 5, bar.top() - 2),
                )
        elif self._spread is not None and choice.accelerator == self._active:
            low, high = (min(1.0, share * factor) * room.width() + room.left() for factor in self._spread)
            self.paint_spread(painter, low, high, room.center().y())

"""From the final run to the programme's total: one row a line, each bar standing on those before it.

The techniques that would make it less are the card's third way to look at the bill.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QStyleOptionViewItem, QWidget

from isocost.language import tr
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.factors import FigureRanges
from isocost.plan.money.figure import LedgerGroup
from isocost.quantities import format_money
from isocost.report.decisions.comparing.techniques_card import RANGED, RANGED_BRIEF
from isocost.report.findings.tabs.ledger import (
    BillRow,
    BillView,
    bill_table,
    bill_view,
    row_description,
    row_explained,
    row_figure,
    row_in_words,
    row_sources,
    row_tip,
    short_name,
    whole_share,
)
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.base import made_pen, mixed, text_size
from isocost.ui.plot.chart import Drawing
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.rack import RackPanel
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines
from isocost.ui.widgets.rows import (
    RIGHT,
    ROW,
    BarDelegate,
    Index,
    Lines,
    RowList,
    RowsDrawing,
    write_text,
)

_SLOTS: dict[LedgerGroup, int] = {
    "final run": 0,
    "failures": 1,
    "experiments": 2,
    "data": 3,
    "people": 5,
    "infrastructure": 4,
}
"""Places among the theme's series; contingency is hatched instead."""


def group_colour(theme: Theme, group: LedgerGroup) -> str:
    """A group's colour."""
    slot = _SLOTS.get(group)
    return theme.quiet if slot is None else theme.series[slot].line


def group_brush(theme: Theme, group: LedgerGroup) -> QBrush:
    """A group's fill: a reserve that may never be spent is hatched."""
    if group == "contingency":
        return QBrush(QColor(theme.quiet), Qt.BrushStyle.BDiagPattern)
    return QBrush(QColor(group_colour(theme, group)))


HEIGHT = 26
NAME, MONEY, SHARE = 196, 62, 46
"""Pixels of a row's height, and of its columns of text."""

MOST_NAME, MOST_LONG = 0.65, 0.5
"""Share of the room beside the columns of figures that names take at most, and that longer ones may: the rest
is the bars', which stand beneath where that is not enough."""

LEAST = 2.0
"""Pixels a bar is wide at least, so that every line is seen."""
NARROWEST = 4.0
"""Pixels from which on a range is drawn: a narrower one would hide its bar."""


class BillDelegate(BarDelegate):
    """Paints rows; holds the theme and the scale."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        self._full_usd = 0.0
        self._rows: tuple[BillRow, ...] = ()
        self._longest: float | None = None
        super().__init__(theme, HEIGHT, parent)

    def show(self, full_usd: float, rows: Sequence[BillRow]) -> None:
        """Paint from now on these rows, with bars of ``full_usd`` at most."""
        names = [each.bar for each in self._rows]
        self._full_usd, self._rows = full_usd, tuple(rows)
        if [each.bar for each in self._rows] != names:
            self._longest = None

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._longest = None

    def _names(self, width: float) -> tuple[float, float]:
        """Pixels of the names' column in rows as wide as that, and of the longest name in it."""
        if self._longest is None:
            names = ((self._font(each), short_name(each.bar)) for each in self._rows)
            self._longest = max((text_size(*name)[0] for name in names), default=0.0) + 20.0
        room = width - 8 - self.theme.px(SHARE) - self.theme.px(MONEY)
        usual = min(float(self.theme.px(NAME)), room * MOST_NAME)
        return max(usual, min(self._longest, room * MOST_LONG)), self._longest

    def is_beneath(self, width: float) -> bool:
        column, longest = self._names(width)
        return longest > column

    def _font(self, row: BillRow) -> QFont:
        return self.bold if row.is_total else self.small

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
        line, bars = self.rooms(room)
        share = QRectF(line.right() - theme.px(SHARE) - 8, line.top(), theme.px(SHARE), line.height())
        money = QRectF(share.left() - theme.px(MONEY), line.top(), theme.px(MONEY), line.height())
        names = math.floor(self._names(line.width())[0]) if bars is None else money.left() - line.left()
        name = QRectF(line.left() + 8, line.top(), names - 12, line.height())
        write_text(painter, name, short_name(row.bar), self._font(row), theme.text)
        write_text(painter, money, format_money(row.bar.cost_usd), self.bold, theme.text, RIGHT)
        write_text(painter, share, whole_share(row.bar.share), self.quiet, theme.quiet, RIGHT)
        # A line to the next bar would cross the words above that.
        leads_on = bars is None and index.row() + 1 < index.model().rowCount() - 1
        left = line.left() + names
        beside = QRectF(left, line.top(), max(20.0, money.left() - left - 8), line.height())
        self._paint_bar(painter, bars or beside, row, leads_on)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, row: Any, leads_on: bool) -> None:
        if self._full_usd <= 0:
            return
        theme, bar = self.theme, row.bar
        per_usd = room.width() / self._full_usd
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
        if row.spread is not None:
            low, high = (room.left() + (bar.start_usd + usd) * per_usd for usd in row.spread)
            if high - low >= NARROWEST:
                beyond = high > room.right() + 1.0
                self.paint_spread(painter, low, min(high, room.right()), middle, beyond=beyond)


class Waterfall(ChartCard):
    """The card; pointing at a row, or choosing it with the keys, explains it below."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("waterfall", parent)
        self.by_line = self.choice_chip(tr("By line"), "waterfall.by_line")
        self.by_group = self.choice_chip(tr("By group"), "waterfall.by_group")
        self.by_technique = self.choice_chip(tr("Techniques"), "waterfall.techniques")
        self.rack = RackPanel(session, theme, self)
        self.rack.hide()
        self._chosen: bool | None = None
        self._estimate: Estimate | None = None
        self._ranged: tuple[bool, FigureRanges | None] = (True, None)
        self._view: BillView | None = None
        self.rows: Lines[BillRow] = Lines(
            row_in_words,
            self,
            tip=row_tip,
            more=row_description,
            figure=row_figure,
        )
        self._delegate = BillDelegate(theme, self)
        self.list = RowList("waterfall.list", self.rows, self._delegate, self)
        self.how, self.source = FewLines(self), FewLines(self)
        self._dress_list()
        self._lay_out()
        self.apply_theme(theme)
        self.explains("total.cost_usd")
        self.say(tr("The bill"), tr("Estimating…"), tr("Estimating…"))

    def _lay_out(self) -> None:
        chips = QHBoxLayout()
        chips.setSpacing(2 * SPACE)
        group = QButtonGroup(self)
        for chip in (self.by_line, self.by_group, self.by_technique):
            group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.by_line.clicked.connect(lambda: self._choose(True))
        self.by_group.clicked.connect(lambda: self._choose(False))
        self.by_technique.clicked.connect(self._show_rack)
        self.rack.changed.connect(self._say_rack)
        self.how.setProperty("role", "small")
        self.source.setProperty("role", "quiet")
        self.how.setObjectName("waterfall.how")
        self.source.setObjectName("waterfall.source")
        self.body.addLayout(chips)
        self.body.addWidget(self.list)
        self.body.addWidget(self.how)
        self.body.addWidget(self.source)
        self.body.addWidget(self.rack)
        self.body.addStretch(1)
        self.setTabOrder(self.list, self.more)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)
        self.list.show_all()
        self.rack.apply_theme(theme)

    @property
    def _with_rack(self) -> bool:
        """Whether techniques stand in the bill's place."""
        return self.by_technique.isChecked()

    def show_bill(
        self, estimate: Estimate, *, ranged: bool = True, ranges: FigureRanges | None = None
    ) -> None:
        """Draw an estimate's bill in place of the last one, ``ranged`` with what is known of its ranges."""
        self._estimate, self._ranged = estimate, (ranged, ranges)
        if self._with_rack:
            self.rack.refresh()
            self._say_rack()
            return
        view = bill_view(estimate, self._chosen, ranged=ranged, ranges=ranges)
        self._view = view
        (self.by_line if view.by_line else self.by_group).setChecked(True)
        said = view.said.of(estimate)
        self.say(*said)
        self._delegate.show(view.full_usd, view.rows)
        self.rows.show(view.rows)
        self.list.setAccessibleName(said.finding)
        self.list.show_all()
        self._explain(self.list.currentIndex())

    def drawing(self) -> Drawing | None:
        if self._with_rack:
            return self.rack.drawing()
        return RowsDrawing(self.rows, self._delegate) if self.rows.rows else None

    def footnote(self) -> str:
        return self.rack.view.result if self._with_rack and self.rack.view is not None else ""

    def export_data(self) -> None:
        self.export_table("techniques" if self._with_rack else self.objectName(), self.table)

    def table(self) -> Table:
        if self._with_rack:
            return self.rack.table()
        return bill_table(self._estimate.ledger if self._estimate is not None else (), self._ranged[1])

    def _choose(self, by_line: bool) -> None:
        self._chosen = by_line
        self._put(rack=False)
        if self._estimate is not None:
            self.show_bill(self._estimate, ranged=self._ranged[0], ranges=self._ranged[1])

    def _show_rack(self) -> None:
        """Put the techniques in the bill's place; they are worked out while they show."""
        self._put(rack=True)
        self.rack.refresh()

    def _put(self, *, rack: bool) -> None:
        for widget in (self.list, self.how, self.source):
            widget.setVisible(not rack)
        self.rack.setVisible(rack)
        self.explains("total.cost_usd", by_title=not rack)

    def _say_rack(self) -> None:
        if self._with_rack:
            said = self.rack.said
            finding, subtitle, summary = said if self._estimate is None else said.of(self._estimate)
            if self._ranged[0]:
                subtitle, summary = f"{RANGED_BRIEF} {subtitle}", f"{summary} {RANGED}"
            self.say(finding, subtitle, summary)

    def _explain(self, index: Index) -> None:
        """The arithmetic and the source of a row; of the largest one while none is chosen."""
        if self._view is not None:
            row = self._view.explained(index.row())
            self.how.say(row_explained(row))
            self.source.say(row_sources(row))

    def _dress_list(self) -> None:
        view = self.list
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.entered.connect(self._explain)
        view.selectionModel().currentChanged.connect(lambda index, _: self._explain(index))

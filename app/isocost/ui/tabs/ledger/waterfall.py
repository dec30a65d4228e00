"""From the final run to the programme's total: one row a line, each bar standing on those before it.

The techniques that would make it less are the card's third way to look at the bill.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter
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
from isocost.ui.plot.base import made_pen, mixed
from isocost.ui.plot.chart import Drawing
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.rack import RackPanel
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines
from isocost.ui.widgets.rows import RIGHT, ROW, Index, Lines, RowDelegate, RowList, RowsDrawing, write_text

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

MOST_NAME = 0.65
"""Share of the room beside the columns of figures that names take at most: the rest is the bars'."""

LEAST = 2.0
"""Pixels a bar is wide at least, so that every line is seen."""
NARROWEST = 4.0
"""Pixels from which on a range is drawn: a narrower one would hide its bar."""


class BillDelegate(RowDelegate):
    """Paints rows; holds the theme and the scale."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._full_usd = 0.0

    def show(self, full_usd: float) -> None:
        """Paint from now on with bars of ``full_usd`` at most."""
        self._full_usd = full_usd

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
        share = QRectF(room.right() - theme.px(SHARE) - 8, room.top(), theme.px(SHARE), room.height())
        money = QRectF(share.left() - theme.px(MONEY), room.top(), theme.px(MONEY), room.height())
        names = min(theme.px(NAME), round((money.left() - room.left()) * MOST_NAME))
        name = QRectF(room.left() + 8, room.top(), names - 12, room.height())
        font = self.bold if row.is_total else self.small
        write_text(painter, name, short_name(row.bar), font, theme.text)
        write_text(painter, money, format_money(row.bar.cost_usd), self.bold, theme.text, RIGHT)
        write_text(painter, share, whole_share(row.bar.share), self.quiet, theme.quiet, RIGHT)
        left = room.left() + names
        bars = QRectF(left, room.top(), max(20.0, money.left() - left - 8), room.height())
        self._paint_bar(painter, bars, row, index.row() + 1 < index.model().rowCount() - 1)
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
        self._delegate.show(view.full_usd)
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

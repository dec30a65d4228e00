"""From the base to another scenario: a bar for what each input that differs adds or saves."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QWidget

from isocost.language import tr
from isocost.report.decisions.comparing.why import Step, Why
from isocost.report.decisions.words import signed_share
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen, text_size
from isocost.ui.plot.chart import Drawing
from isocost.ui.tabs.compare.painting import BADGE, paint_badge, series_at
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.widgets.rows import (
    LEFT,
    RIGHT,
    ROW,
    ClickList,
    Index,
    Lines,
    RowDelegate,
    RowsDrawing,
    write_text,
)

HEIGHT = 24
MONEY, SHARE = 66, 52
"""Pixels of a row's height, and of its columns of figures."""
SLIM = 560
"""Pixels of a row below which the values of an input follow its name; else they stand in a column."""
NARROWEST, PART = 190, 0.68
"""Pixels that both texts may always have, and the part of what the figures leave that they may have."""
LEAST, BARS = 1.5, 20
"""Pixels that a bar, and the room of all, are wide at least."""


class StepDelegate(RowDelegate):
    """Paints a step; holds the scale and which scenario it leads to."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._floor, self._ceiling = 0.0, 0.0
        self._columns = (0, 1)
        self._steps: tuple[Step, ...] = ()
        self._measured: tuple[list[float], list[tuple[float, float]]] | None = None

    def show(self, found: Why, column: int) -> None:
        """Paint from now on for these steps, which lead to the scenario of this column."""
        self._floor, self._ceiling = found.floor, found.ceiling
        self._columns = (0, column)
        self._steps = tuple(found.steps)
        self._measured = None

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._measured = None

    def _sizes(self) -> tuple[list[float], list[tuple[float, float]]]:
        """Pixels of the scenarios' names; of each input's name and of its values. Every row asks."""
        if self._measured is None:
            self._measured = (
                [text_size(self.bold, each.label)[0] for each in self._steps if each.letter],
                [
                    (text_size(self.small, each.label)[0], text_size(self.quiet, each.change)[0])
                    for each in self._steps
                    if not each.letter
                ],
            )
        return self._measured

    def _widths(self, room: float, *, slim: bool) -> tuple[float, float]:
        """Pixels of both texts, as wide as they are where the bars keep room, and of the names alone; where
        the values follow each name, that may have all of them."""
        named, pairs = self._sizes()
        names, changes = (
            (max(each, default=0.0) for each in zip(*pairs, strict=True)) if pairs else (0.0, 0.0)
        )
        together = (
            max((one + 8 + other for one, other in pairs), default=0.0) if slim else names + 8 + changes
        )
        most = min(max(float(self.theme.px(NARROWEST)), room * PART), room - self.theme.px(BARS) - 16)
        wide = math.ceil(min(max(together, *named), most))
        return wide, wide if slim else min(names, max(wide / 2, wide - 8 - changes))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        step: Step = index.data(ROW)
        row, theme = QRectF(option.rect), self.theme
        last = index.row() == index.model().rowCount() - 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, row, option.state)
        side, indent = theme.px(BADGE), theme.px(BADGE) + 8
        slim = row.width() < theme.px(SLIM)
        share = QRectF(row.right() - theme.px(SHARE) - 8, row.top(), theme.px(SHARE), row.height())
        money = QRectF(share.left() - theme.px(MONEY), row.top(), theme.px(MONEY), row.height())
        begin = row.left() + 8 + indent
        wide, name = self._widths(money.left() - begin, slim=slim)
        words = QRectF(begin, row.top(), wide, row.height())
        name = min(name, text_size(self.small, step.label)[0]) if slim else name
        label, change = words.adjusted(0, 0, name - words.width(), 0), words.adjusted(name + 8, 0, 0, 0)
        if step.letter:
            column = self._columns[1 if last else 0]
            badge = QRectF(row.left() + 8, row.center().y() - side / 2, side, side)
            paint_badge(painter, theme, badge, step.letter, column)
            write_text(painter, words, step.label, self.bold, theme.text)
            write_text(painter, money.united(share), step.amount, self.bold, theme.text, RIGHT)
        else:
            # The stage's name comes first, and the input's last.
            middle = Qt.TextElideMode.ElideMiddle
            write_text(painter, label, step.label, self.small, theme.text, LEFT, middle)
            if change.width() > theme.px(24):
                write_text(painter, change, step.change, self.quiet, theme.quiet)
            ink = theme.care if step.usd > 0 else theme.fine if step.usd < 0 else theme.quiet
            write_text(painter, money, step.amount, self.bold, ink, RIGHT)
            if step.share is not None:
                write_text(painter, share, signed_share(step.share), self.quiet, theme.quiet, RIGHT)
        left = words.right() + 8
        bars = max(float(theme.px(BARS)), money.left() - left - 8)
        self._paint_bar(painter, QRectF(left, row.top(), bars, row.height()), step, last)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, step: Step, last: bool) -> None:
        theme, reach = self.theme, self._ceiling - self._floor
        if reach <= 0.0:
            return
        per_usd = room.width() / reach
        floor = max(step.start, self._floor) if step.letter else step.start
        start, end = (room.left() + (usd - self._floor) * per_usd for usd in (floor, step.end))
        middle = room.center().y()
        box = QRectF(min(start, end), middle - 6, max(LEAST, abs(end - start)), 12)
        if step.letter:
            colour = series_at(theme, self._columns[1 if last else 0]).line
        else:
            colour = theme.series[1].line if step.usd > 0 else theme.series[2].line
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(box, 3, 3)
        if not last:
            painter.setPen(made_pen(theme.quiet))
            x = round(end) - 0.5
            painter.drawLine(QPointF(x, middle + 6), QPointF(x, room.bottom() + room.height() / 2 - 6))


class WhyCard(ChartCard):
    """The card; a click on a step goes to its input in the scenario explained."""

    input_wanted = Signal(int, str)
    """A scenario, and the path of its input to go to."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("why", parent)
        self._found: Why | None = None
        self._column = 1
        self.steps: Lines[Step] = Lines(lambda step: step.words, self)
        self._delegate = StepDelegate(theme, self)
        self.list = ClickList("why.list", self.steps, self._delegate, self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.clicked.connect(self._go)
        self.notes = WrapLabel(self)
        self.notes.setProperty("role", "quiet")
        self.body.addWidget(self.list)
        self.body.addWidget(self.notes)
        self.body.addStretch(1)
        self.apply_theme(theme)
        self.say(tr("Why they differ"), tr("Comparing…"), tr("Comparing…"))

    def show_why(self, found: Why, column: int) -> None:
        """Draw the steps that lead to the scenario of this column."""
        self._found, self._column = found, column
        self.say(*found.said)
        self._delegate.show(found, column)
        self.steps.show(found.steps)
        self.list.setAccessibleName(found.said.finding)
        self.notes.say(" ".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.list.show_all()

    def show_nothing(self, why: str) -> None:
        """Say why there is nothing to explain."""
        self._found = None
        self.steps.show(())
        self.notes.hide()
        self.say(tr("Why they differ"), why, why)
        self.list.show_all()

    def drawing(self) -> Drawing | None:
        return RowsDrawing(self.steps, self._delegate) if self.steps.rows else None

    def footnote(self) -> str:
        return self.notes.whole if self._found is not None else ""

    def table(self) -> Table:
        return self._found.exact if self._found is not None else Table((), ())

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)
        self.list.show_all()

    def _go(self, index: QModelIndex) -> None:
        step: Step = index.data(ROW)
        if step.path:
            self.input_wanted.emit(self._column, step.path)

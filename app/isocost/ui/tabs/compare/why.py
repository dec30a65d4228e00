"""From the base to another scenario: a bar for what each input that differs adds or saves."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
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
    BarDelegate,
    ClickList,
    Index,
    Lines,
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
ARROW = " -> "
"""Between the values of an input that differs."""
LEAST, BARS = 1.5, 20
"""Pixels that a bar, and the room of all, are wide at least."""


def shorter(change: str, font: QFont, width: float) -> str:
    """From which value to which; where both have no room, to which alone."""
    _, arrow, after = change.partition(ARROW)
    return f"{arrow.lstrip()}{after}" if arrow and text_size(font, change)[0] > width + 1 else change


class StepDelegate(BarDelegate):
    """Paints a step; holds the scale and which scenario it leads to."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        self._floor, self._ceiling = 0.0, 0.0
        self._columns = (0, 1)
        self._steps: tuple[Step, ...] = ()
        self._measured: tuple[list[float], list[tuple[float, float]]] | None = None
        super().__init__(theme, HEIGHT, parent)

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

    def is_beneath(self, width: float) -> bool:
        room = self._room(width)
        return self._wanted(slim=width < self.theme.px(SLIM)) > self._most(room)

    def _room(self, width: float) -> float:
        """Pixels of both texts and the bar, in rows as wide as that."""
        return width - 16 - self.theme.px(SHARE) - self.theme.px(MONEY) - self.theme.px(BADGE) - 8

    def _most(self, room: float) -> float:
        """Pixels of it that both texts may have beside the bars."""
        return min(max(float(self.theme.px(NARROWEST)), room * PART), room - self.theme.px(BARS) - 16)

    def _wanted(self, *, slim: bool) -> float:
        """Pixels that both texts have where nothing is cut."""
        named, pairs = self._sizes()
        names, changes = self._columns_of(pairs)
        together = (
            max((one + 8 + other for one, other in pairs), default=0.0) if slim else names + 8 + changes
        )
        return max(together, *named, 0.0)

    @staticmethod
    def _columns_of(pairs: list[tuple[float, float]]) -> tuple[float, float]:
        return (max(one for one, _ in pairs), max(other for _, other in pairs)) if pairs else (0.0, 0.0)

    def _widths(self, most: float, *, slim: bool) -> tuple[float, float]:
        """Pixels of both texts, as wide as they are but no wider than ``most``, and of the names alone; where
        the values follow each name, that may have all of them."""
        names, changes = self._columns_of(self._sizes()[1])
        wide = math.ceil(min(self._wanted(slim=slim), most))
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
        line, beneath = self.rooms(row)
        share = QRectF(line.right() - theme.px(SHARE) - 8, line.top(), theme.px(SHARE), line.height())
        money = QRectF(share.left() - theme.px(MONEY), line.top(), theme.px(MONEY), line.height())
        begin, room = line.left() + 8 + indent, self._room(row.width())
        wide, name = self._widths(room if beneath is not None else self._most(room), slim=slim)
        words = QRectF(begin, line.top(), wide, line.height())
        name = min(name, text_size(self.small, step.label)[0]) if slim else name
        label, change = words.adjusted(0, 0, name - words.width(), 0), words.adjusted(name + 8, 0, 0, 0)
        if step.letter:
            column = self._columns[1 if last else 0]
            badge = QRectF(row.left() + 8, line.center().y() - side / 2, side, side)
            paint_badge(painter, theme, badge, step.letter, column)
            write_text(painter, words, step.label, self.bold, theme.text)
            write_text(painter, money.united(share), step.amount, self.bold, theme.text, RIGHT)
        else:
            # The stage's name comes first, and the input's last.
            middle = Qt.TextElideMode.ElideMiddle
            write_text(painter, label, step.label, self.small, theme.text, LEFT, middle)
            if change.width() > theme.px(24):
                fitting = shorter(step.change, self.quiet, change.width())
                write_text(painter, change, fitting, self.quiet, theme.quiet)
            ink = theme.care if step.usd > 0 else theme.fine if step.usd < 0 else theme.quiet
            write_text(painter, money, step.amount, self.bold, ink, RIGHT)
            if step.share is not None:
                write_text(painter, share, signed_share(step.share), self.quiet, theme.quiet, RIGHT)
        left = words.right() + 8
        beside = QRectF(left, line.top(), max(float(theme.px(BARS)), money.left() - left - 8), line.height())
        # A line to the next bar would cross the words above that.
        self._paint_bar(painter, beneath or beside, step, last, leads_on=beneath is None and not last)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, step: Step, last: bool, *, leads_on: bool) -> None:
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
        if leads_on:
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

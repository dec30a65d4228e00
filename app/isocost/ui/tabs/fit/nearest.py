"""The measured runs most like the plan: what they got, what we predict for them, and how far off that is."""

from __future__ import annotations

import math

from PySide6.QtCore import QModelIndex, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QPushButton,
    QStyle,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from isocost.evidence.nearest import NearRun
from isocost.language import tr
from isocost.plan.answer.fit import FitReport
from isocost.report.findings.tabs.nearest import (
    OWN_RUNS,
    far_off,
    near_doubts,
    near_error,
    near_facts,
    near_place,
    near_said,
    near_table,
    near_tip,
    near_words,
)
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.own.opening import open_own
from isocost.ui.plot.base import made_pen, mixed, text_size
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel, plain_tip, shorten
from isocost.ui.widgets.rows import ROW, ClickList, Index, Lines, RowDelegate
from isocost.ui.widgets.whole_rows import WholeRows

HEIGHT, GAP = 37, 8
"""Pixels of a row, and between its words and its error."""


class _Rows(RowDelegate):
    """Paints a run in two lines with its error at the right."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self.theme
        run: NearRun = index.data(ROW)
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        inner = row.adjusted(0.5, 1.5, -0.5, -1.5)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(made_pen(theme.accent, 1.4))
            painter.drawRoundedRect(inner, 6, 6)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.quiet, theme.panel, 0.08))
            painter.drawRoundedRect(inner, 6, 6)
        wide = math.ceil(text_size(self.bold, near_error(run))[0])
        error = QRectF(row.right() - wide - 6, row.top(), wide, row.height())
        left, half = row.left() + 6, row.height() / 2
        first = QRectF(left, row.top() + 2, error.left() - left - GAP, half - 2)
        second = QRectF(left, row.top() + half, error.left() - left - GAP, half - 3)
        _line(painter, first, run.run.model, self.bold, theme.text, near_place(run))
        facts = near_facts(run)
        if facts.endswith(")") and text_size(self.quiet, facts)[0] > second.width():
            facts = facts.rpartition(" (")[0]  # more of a source than its name, which the tip has
        _line(painter, second, facts, self.quiet, theme.quiet)
        ink = theme.care if far_off(run) else theme.text
        painter.setPen(QColor(ink))
        painter.setFont(self.bold)
        painter.drawText(
            error, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), near_error(run)
        )
        painter.restore()


def _line(painter: QPainter, room: QRectF, text: str, font: QFont, colour: str, whole: str = "") -> None:
    """A line of which ``text`` is cut where it has no room, and the ``whole`` after it never."""
    painter.setFont(font)
    painter.setPen(QColor(colour))
    metrics = painter.fontMetrics()
    left = int(room.width()) - metrics.horizontalAdvance(whole)
    shown = shorten(text, metrics, left) + whole
    painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), shown)


class NearestCard(ChartCard):
    """The evidence behind the prediction; a click on a run tells where its figure stands."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.nearest", parent)
        self.model: Lines[NearRun] = Lines(near_words, self, tip=near_tip, more=near_tip)
        self._rows = _Rows(theme, self)
        self.list = ClickList("fit.nearest.list", self.model, self._rows, self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.list.clicked.connect(self._tell)
        self.guessed = WrapLabel(self)
        self.guessed.setObjectName("fit.nearest.guesses")
        self.guessed.setProperty("role", "care")
        self.own = QPushButton(OWN_RUNS, self)
        self.own.setObjectName("fit.nearest.own")
        self.own.setProperty("role", "link")
        self.own.setProperty("tone", "go")
        self.own.setCursor(Qt.CursorShape.PointingHandCursor)
        self.own.clicked.connect(lambda: open_own(self, "calibrate"))
        self._room = WholeRows(self.list, self)
        self.body.addWidget(self._room, 1)
        self.body.addWidget(self.guessed)
        self.body.addWidget(self.own)
        self.setTabOrder(self.list, self.more)
        self.apply_theme(theme)
        self.show_nothing(tr("Looking for measured runs…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the list empty and say why."""
        self.model.show(())
        self.guessed.hide()
        self.say(tr("Measured runs"), why, why)

    def show_report(self, report: FitReport) -> None:
        """List a report's runs in place of the last ones."""
        self.model.show(report.near)
        self._room.arrange()
        said, doubts = near_said(report), near_doubts(report)
        self.guessed.setVisible(bool(doubts))
        self.guessed.say(doubts)
        self.say(*said)
        self.list.setAccessibleName(said.finding)

    def table(self) -> Table:
        return near_table(self.model.rows)

    def _tell(self, index: QModelIndex) -> None:
        """The whole reference, where the row is."""
        below = self.list.visualRect(index).bottomLeft()
        QToolTip.showText(
            self.list.viewport().mapToGlobal(below), plain_tip(near_tip(index.data(ROW))), self.list
        )

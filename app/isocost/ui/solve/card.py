"""The card of the scan, and the other ways beneath it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyleOptionViewItem, QVBoxLayout, QWidget

from isocost.report.decisions.solving.fields import OtherWay, Solving
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.solve.chart import Drawn, ScanPlot
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines, plain_label
from isocost.ui.widgets.rows import LEFT, ROW, ClickList, Index, Lines, RowDelegate, write_text

HEIGHT, ROW_HEIGHT = 300, 40
"""Pixels of the card at least, and of another way."""


class ScanCard(ChartCard):
    """The scan; a click, a drag or an arrow key chooses another value of it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("solve.scan", parent)
        self.plot = ScanPlot(theme, self)
        self.plot.setObjectName("solve.scan.plot")
        self.pointed = FewLines(self)
        self.pointed.setProperty("role", "quiet")
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.pointed)
        self.setTabOrder(self.plot, self.more)
        self.plot.said.connect(self._tell)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.hold_height(theme.px(HEIGHT))
        self.plot.apply_theme(theme)

    def show_scan(self, found: Solving, chosen: int | None) -> None:
        """Draw a scan in place of the last one."""
        self.say(*found.said)
        self.plot.setAccessibleName(found.said.finding)
        shown = self.plot.view
        # By being the same one: a scan holds arrays, which have no one truth.
        if shown is None or shown.solving is not found or shown.chosen != chosen:
            self.plot.show_view(Drawn(found, chosen))
        if self.plot.hover is None:
            self._tell("")

    def _tell(self, words: str) -> None:
        shown = self.plot.view
        at = None if shown is None else shown.at
        told = words or (shown.solving.words(at) if shown is not None and at is not None else "")
        self.pointed.say(told)
        self.plot.setAccessibleDescription(told or self.accessibleDescription())

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view is not None else None

    def table(self) -> Table:
        return self.plot.view.solving.table() if self.plot.view is not None else super().table()


class _WayDelegate(RowDelegate):
    """Two lines: the plan, and why it is told."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        way: OtherWay = index.data(ROW)
        room = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, room, option.state)
        inner = room.adjusted(8, 4, -8, -4)
        half = inner.height() / 2
        top = QRectF(inner.left(), inner.top(), inner.width(), half)
        write_text(painter, top, way.name, self.bold, self.theme.text, LEFT)
        write_text(painter, top.translated(0, half), way.note, self.quiet, self.theme.quiet, LEFT)
        painter.restore()


class Ways(QWidget):
    """Other plans beside the answer, or in place of one; a click or Enter takes one."""

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = plain_label(parent=self)
        self.heading.setProperty("role", "section")
        self.rows: Lines[OtherWay] = Lines(lambda way: way.words, self)
        self._delegate = _WayDelegate(theme, ROW_HEIGHT, self)
        self.list = ClickList("solve.ways", self.rows, self._delegate, self)
        self.list.clicked.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(self.list)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self.list.apply_theme(theme)
        self.list.show_all()

    def show_ways(self, ways: Sequence[OtherWay], *, feasible: bool) -> None:
        """Show other plans; none hides the list."""
        if tuple(ways) != tuple(self.rows.rows):
            self.rows.show(tuple(ways))
            self.list.show_all()
        title = "THE SAME BILL, ANOTHER SIZE" if feasible else "WHAT IS POSSIBLE"
        self.heading.setText(title)
        self.list.setAccessibleName(title.capitalize())
        self.setVisible(bool(ways))

    def _take(self, index: QModelIndex) -> None:
        self.chosen.emit(index.data(ROW))

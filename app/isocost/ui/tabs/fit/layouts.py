"""The layouts worth choosing between: a row each; a click, or Enter, holds the plan to one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from isocost.language import tr
from isocost.plan.answer.fit import NOTHING_PINNED, FitReport, LayoutRow
from isocost.plan.doubt.factors import Factors
from isocost.plan.notice import RELEASE
from isocost.report.findings.tabs.launch import BUTTON, BUTTON_TIP
from isocost.report.findings.tabs.layouts import (
    HEADINGS,
    LAYOUT_COLUMNS,
    cell_in_words,
    layout_cells,
    layout_tip,
    layouts_said,
    layouts_table,
    pins_line,
)
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines, plain_tip, shorten
from isocost.ui.widgets.rows import ROW, Index, clicked_by_key, rows_replaced
from isocost.ui.widgets.whole_rows import WholeRows


class LayoutsModel(QAbstractTableModel):
    """The rows of a report; rows are updated in place."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[LayoutRow, ...] = ()

    def show(self, rows: tuple[LayoutRow, ...]) -> None:
        """Replace the rows, adding and removing only at the end."""
        if rows == self.rows:
            return
        with rows_replaced(self, len(self.rows), len(rows), len(LAYOUT_COLUMNS)):
            self.rows = rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(LAYOUT_COLUMNS)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = int(Qt.ItemDataRole.DisplayRole)
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        column = LAYOUT_COLUMNS[section]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return column.name
        if role in (int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return HEADINGS[section]
        if role == int(Qt.ItemDataRole.TextAlignmentRole):
            return int(side_of(section) | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        column = LAYOUT_COLUMNS[index.column()]
        if role == int(Qt.ItemDataRole.DisplayRole):
            return column.show(layout_cells(row)[index.column()])
        if role == int(Qt.ItemDataRole.AccessibleTextRole):
            return cell_in_words(row, index.column())
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return plain_tip(layout_tip(row))
        return None


def side_of(column: int) -> Qt.AlignmentFlag:
    """The side a column's text keeps to."""
    return Qt.AlignmentFlag.AlignRight if LAYOUT_COLUMNS[column].right else Qt.AlignmentFlag.AlignLeft


HEIGHT = 23
"""Pixels of a row."""
CHOSEN = 0.12
"""Share of the accent behind the plan's own layout: more leaves coloured text too little contrast."""


class _Cells(QStyledItemDelegate):
    """Paints cells: the plan's row tinted, rows that do not fit pale, their memory in the stop colour."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(20, self.theme.px(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = self.theme
        row: LayoutRow = index.data(ROW)
        name = LAYOUT_COLUMNS[index.column()].name
        room = QRectF(option.rect)
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        if row.chosen:
            painter.fillRect(room, mixed(theme.accent, theme.panel, CHOSEN))
        focused = option.widget is not None and option.widget.hasFocus()
        view = self.parent()
        if focused and isinstance(view, QTableView) and view.currentIndex().row() == index.row():
            painter.setPen(made_pen(theme.accent, 1.4))
            painter.drawLine(room.topLeft(), room.topRight())
            painter.drawLine(room.bottomLeft(), room.bottomRight())
        elif isinstance(view, LayoutsView) and view.hovered == index.row() and not row.chosen:
            painter.fillRect(room, mixed(theme.quiet, theme.panel, 0.12))
        ink = theme.text if row.fits else theme.quiet
        if name == tr("Memory") and not row.fits:
            ink = theme.stop
        elif name == tr("Loses") and row.reason == "best":
            ink = theme.fine
        painter.setFont(font_of(theme, "small", bold=row.chosen))
        painter.setPen(QColor(ink))
        side = side_of(index.column())
        inner = room.adjusted(GAP if side is Qt.AlignmentFlag.AlignLeft else 0, 0, 0, 0)
        text = str(index.data())
        shown = shorten(text, QFontMetricsF(painter.font()), inner.width() + 1)
        painter.drawText(inner, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
        painter.restore()


class LayoutsView(QTableView):
    """A table where Enter, Space and a click mean the same."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.hovered = -1
        """The row under the mouse; -1 = none."""
        self.setObjectName("fit.layouts.table")
        self.setProperty("role", "inset")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(12)
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.horizontalHeader().setFont(font_of(theme, "quiet"))
        self.verticalHeader().setDefaultSectionSize(theme.px(HEIGHT))
        self.fit_columns()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Every column as wide as its longest possible entry; what is left goes to all alike."""
        cells = QFontMetricsF(font_of(self._theme, "small", bold=True))
        heads = QFontMetricsF(font_of(self._theme, "quiet"))
        wide = [
            max(cells.horizontalAdvance(text), heads.horizontalAdvance(column.name)) + GAP
            for text, column in zip(WIDEST, LAYOUT_COLUMNS, strict=True)
        ]
        spare = max(0.0, self.viewport().width() - sum(wide)) / len(wide)
        for at, width in enumerate(wide):
            self.setColumnWidth(at, int(width + spare))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            self.hovered = row
            self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not clicked_by_key(self, event):
            super().keyPressEvent(event)


WIDEST = ("16", "64", "4", "64", "64", "2,048", "32", "selective", "ZeRO-1", "27,365", "59.3 %", "99.9 GiB",
          "12.5 % recompute")  # fmt: skip
"""What decides the width of each column, beside its heading."""

NARROW = 430
"""Pixels of the card below which its buttons stand in a line of their own."""
GAP = 8
"""Pixels between columns."""


class LayoutsCard(ChartCard):
    """The table of layouts, what is pinned, and the way back to the search."""

    pinned = Signal(object)
    """The :class:`LayoutRow` the user wants the plan held to."""
    released = Signal()
    """The user lets the search choose again."""
    launch_wanted = Signal()
    """The user wants the plan's layout as launch settings."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("fit.layouts", parent)
        self._report: FitReport | None = None
        self._own: int | None = None
        self.model = LayoutsModel(self)
        self.view = LayoutsView(theme, self)
        self.view.setModel(self.model)
        self._cells = _Cells(theme, self.view)
        self.view.setItemDelegate(self._cells)
        self.view.clicked.connect(lambda index: self.pinned.emit(index.data(ROW)))
        self.pins = FewLines(self)
        self.pins.setObjectName("fit.layouts.pins")
        self.pins.setProperty("role", "small")
        self.release = QPushButton(RELEASE, self)
        self.release.setObjectName("fit.layouts.release")
        self.release.setProperty("role", "chip")
        self.release.setToolTip(tr("Release every pinned part of the layout"))
        self.release.clicked.connect(self.released)
        self.launch = QPushButton(BUTTON, self)
        self.launch.setObjectName("fit.layouts.launch")
        self.launch.setProperty("role", "chip")
        self.launch.setToolTip(BUTTON_TIP)
        self.launch.clicked.connect(self.launch_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(2 * SPACE)
        buttons.addWidget(self.release)
        buttons.addWidget(self.launch)
        buttons.addStretch(1)
        self._line = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._line.setSpacing(2 * SPACE)
        self._line.addWidget(self.pins, 1)
        self._line.addLayout(buttons)
        self.body.addLayout(self._line)
        self._rows = WholeRows(self.view, self)
        self.body.addWidget(self._rows, 1)
        self.setTabOrder(self.release, self.launch)
        self.setTabOrder(self.launch, self.view)
        self.setTabOrder(self.view, self.more)
        self.apply_theme(theme)
        self.show_nothing(tr("Comparing layouts…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self._cells.theme = theme
        self.view.set_theme(theme)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """What is pinned beside the buttons, or above them where it has no room."""
        directions = QBoxLayout.Direction
        narrow = self.width() < self.theme.px(NARROW)
        self._line.setDirection(directions.TopToBottom if narrow else directions.LeftToRight)

    def show_nothing(self, why_not: str) -> None:
        """Leave the table empty and say why."""
        self._report = None
        self.model.show(())
        self.pins.say("")
        self.release.setEnabled(False)
        self.launch.setEnabled(False)
        self.say(tr("Layouts"), why_not, why_not)

    def show_report(self, report: FitReport, likely: Factors | None = None) -> None:
        """List a report's layouts in place of the last ones; ``likely``: see :func:`layouts_said`."""
        self._report = report
        self.model.show(report.rows)
        self._rows.arrange()
        own = next((i for i, row in enumerate(report.rows) if row.chosen), None)
        if own is not None and own != self._own:
            self.view.doItemsLayout()
            self.view.scrollTo(self.model.index(own, 0))
        self._own = own
        self.pins.say(pins_line(report))
        self.release.setEnabled(report.pinned != NOTHING_PINNED)
        self.launch.setEnabled(own is not None)
        said = layouts_said(report, likely)
        self.say(*said)
        self.view.setAccessibleName(said.finding)

    def table(self) -> Table:
        return layouts_table(self.model.rows)

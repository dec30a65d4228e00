"""The table of scenarios: opened, pinned, copied, renamed, moved and removed by mouse and by keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QTableView,
    QToolButton,
    QWidget,
)

from isocost.language import tr
from isocost.report.decisions.doubting.beside import Columns, Row, alike_words
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen, mixed
from isocost.ui.tabs.compare.commands import ScenarioCommands
from isocost.ui.tabs.compare.model import NAME, STATUS, ColumnsModel
from isocost.ui.tabs.compare.painting import BELOW, GROUND, CellDelegate, LabelHeader, series_at
from isocost.ui.widgets.cards.figures import explain
from isocost.ui.widgets.drag import Drag

NARROWEST, WIDEST = 178, 420
"""Pixels of a scenario's column."""

KEYS = tr("Enter opens, P pins, Ctrl+D duplicates, F2 renames, Alt with Left or Right moves, Delete removes.")


class ColumnTools(QWidget):
    """What can be done to the scenario pointed at, as buttons under its name."""

    def __init__(self, commands: ScenarioCommands, rename: Callable[[int], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.column = 0
        self.pin = self._button("pin", tr("Pin"), tr("compare all others with it (P)"), commands.pin)
        self.copy = self._button(
            "copy", tr("Duplicate"), tr("put a copy beside it (Ctrl+D)"), commands.duplicate
        )
        self.edit = self._button("edit", tr("Rename"), tr("give it another name (F2)"), rename)
        self.trash = self._button(
            "trash", tr("Remove"), tr("take it out; undo brings it back (Del)"), commands.remove
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in self.buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.hide()

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """All of them, from the left."""
        return (self.pin, self.copy, self.edit, self.trash)

    def _button(self, picture: str, verb: str, tip: str, run: Callable[[int], object]) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"compare.{picture}")
        button.setProperty("verb", verb)
        button.setToolTip(f"{verb}: {tip}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda: run(self.column))
        return button

    def stand_for(self, column: int, name: str) -> None:
        """Act on this scenario from now on; the base is pinned already."""
        self.column = column
        self.pin.setEnabled(column > 0)
        for button in self.buttons:
            button.setAccessibleName(f"{button.property('verb')} {name}")

    def apply_theme(self, theme: Theme) -> None:
        """Draw the pictures in the theme's colours."""
        for button in self.buttons:
            button.setIcon(icon(button.objectName().partition(".")[2], theme.quiet, theme.px(14)))


_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ScenarioTable(QTableView):
    """A column for each scenario; the current one is what the chart below explains."""

    input_wanted = Signal(int, str)
    """A scenario, and the path of its input to go to."""
    current_changed = Signal(int)
    """Another scenario has the keyboard."""

    def __init__(
        self, theme: Theme, commands: ScenarioCommands, refused: Callable[[str], None], parent: QWidget
    ) -> None:
        """``refused`` says why a name was not taken."""
        super().__init__(parent)
        self._commands = commands
        self._refused = refused
        self.columns = ColumnsModel(self._rename, self)
        self.delegate = CellDelegate(theme, self.columns, self)
        self.labels = LabelHeader(theme, self.columns, self)
        self._theme = theme
        self._hovered: int | None = None
        self._pressed: QPoint | None = None
        self._dragged: int | None = None
        self._drag = Drag(self, self._let_go)
        # Of the figures that all have alike, the one the keyboard is on, and the one the mouse is over.
        self._part = 0
        self._over: int | None = None
        self._heights: tuple[int, ...] = ()
        self._dress()
        self.tools = ColumnTools(commands, self.rename, self.viewport())
        QApplication.instance().focusChanged.connect(self._place_tools)  # type: ignore[union-attr]

    def _dress(self) -> None:
        self.setObjectName("compare.table")
        self.setProperty("role", "inset")
        self.setAccessibleName(tr("Scenarios"))
        self.setAccessibleDescription(KEYS)
        self.setModel(self.columns)
        self.setItemDelegate(self.delegate)
        self.setVerticalHeader(self.labels)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.viewport().setAutoFillBackground(False)
        self.selectionModel().currentChanged.connect(self._tell_current)
        self.horizontalScrollBar().valueChanged.connect(self._place_tools)

    # Showing

    def show_columns(self, view: Columns, selected: int) -> None:
        """Show the scenarios; the current one stays where it is as long as there are as many."""
        before, another = self.currentIndex(), selected != self.columns.selected
        same = self.columns.view is not None and self.columns.view.names == view.names
        self.columns.show(view, selected)
        if not self.currentIndex().isValid():
            row = before.row() if before.isValid() else NAME
            column = min(max(before.column(), 0), len(view.names) - 1) if before.isValid() else selected
            self.setCurrentIndex(self.columns.index(min(row, self.columns.rowCount() - 1), column))
        if another:  # chosen elsewhere: the picker, a button
            self.go_to(selected)
        self._fit()
        if another or not same:
            # Qt knows of other widths only when it lays out, and would scroll by those before.
            self.updateGeometries()
            self.scrollTo(self.currentIndex())
            self._place_tools()
            self.viewport().update()

    def set_dense(self, dense: bool) -> None:
        """Whether rows are as low as their text lets them be."""
        if dense != self.delegate.dense:
            self.delegate.dense = dense
            self._fit()

    def go_to(self, column: int) -> None:
        """Make a scenario the current one, in the same row."""
        row = max(NAME, self.currentIndex().row())
        self.setCurrentIndex(self.columns.index(row, column))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = self.delegate.theme = self.labels.theme = theme
        self.tools.apply_theme(theme)
        self._heights = ()
        self._fit()
        self._place_tools()

    def _fit(self) -> None:
        """Rows as high as what they show, the table as high as its rows, columns as wide as there is room."""
        rows, count = self.columns.rowCount(), self.columns.columnCount()
        if not count:
            return
        px = self._theme.px
        named = self.labels.wanted(self.width())
        if self.labels.maximumWidth() != named:
            self.labels.setFixedWidth(named)
            self.updateGeometries()
        room = self.width() - named
        # One scenario is always seen whole, however large the text.
        wide = min(px(WIDEST), max(px(NARROWEST), room // count), max(room, px(NARROWEST) // 2))
        for column in range(count):
            if self.columnWidth(column) != wide:
                self.setColumnWidth(column, wide)
        heights = tuple(self.delegate.height(at, wide, room) for at in range(rows))
        if heights != self._heights:
            self._heights = heights
            for at, height in enumerate(heights):
                self.labels.resizeSection(at, height)
        scrolled = wide * count > room
        bar = self.horizontalScrollBar().sizeHint().height() if scrolled else 0
        if self.height() != sum(heights) + bar:
            self.setFixedHeight(sum(heights) + bar)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
        self._place_tools()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The base on grey, the one on screen outlined: both whole columns, under and over the cells."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = self._theme
        alike = [at for at in range(self.columns.rowCount()) if self._parts(at)]
        high = sum(each for at, each in enumerate(self._heights) if at not in alike)
        high += BELOW if alike else 0
        if self.columns.columnCount():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(mixed(theme.quiet, theme.panel, GROUND))
            painter.drawRoundedRect(self._column_rect(0, high), 6, 6)
        painter.end()
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at in range(self.columns.rowCount()):
            row = self.columns.row(at)
            if row is not None and row.kind == "heading":
                y = self.rowViewportPosition(at) + 8
                painter.setPen(made_pen(theme.line))
                painter.drawLine(0, y, self.viewport().width(), y)
        selected = self.columns.selected
        if selected < self.columns.columnCount():
            painter.setPen(made_pen(series_at(theme, selected).line, 1.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self._column_rect(selected, high), 6, 6)
        for at in alike:
            row, here = self.columns.row(at), self.hasFocus() and self.currentIndex().row() == at
            assert row is not None
            pointed = self._over if self._over is not None else self._part if here else None
            self.delegate.paint_alike(painter, self._across(at), row, pointed)
        painter.end()

    # Figures that all have alike

    def _parts(self, at: int) -> tuple[Row, ...]:
        """The figures that are told at once in a row; none in others."""
        row = self.columns.row(at)
        return row.parts if row is not None else ()

    def _across(self, at: int) -> QRectF:
        room = QRectF(0, self.rowViewportPosition(at), self.viewport().width(), self.rowHeight(at))
        return room.adjusted(0, BELOW, 0, 0)

    def _part_at(self, place: QPoint) -> int | None:
        """The figure alike in all at a place."""
        at = self.rowAt(place.y())
        row = self.columns.row(at) if at >= 0 else None
        if row is None or not row.parts:
            return None
        places = self.delegate.alike_places(row, self._across(at))
        return next((part for part, each in enumerate(places) if each.contains(QPointF(place))), None)

    def _open_part(self, part: int) -> None:
        """Explain a figure that all have alike, of the scenario on screen."""
        self._part = part
        found = self._parts(self.columns.rowCount() - 1)
        if part < len(found):
            explain(self, found[part].figure(self.columns.selected))

    def _step_part(self, by: int) -> None:
        found = self._parts(self.currentIndex().row())
        self._part = min(max(0, min(self._part, len(found) - 1) + by), len(found) - 1)
        self.setAccessibleDescription(f"{alike_words(found[self._part])}. {KEYS}")
        self.viewport().update()

    def _column_rect(self, column: int, high: int) -> QRectF:
        left, wide = self.columnViewportPosition(column), self.columnWidth(column)
        return QRectF(left + 1, 1, wide - 4, high - 2)

    # Buttons under the name

    def _place_tools(self, *_: object) -> None:
        """Under the name pointed at; else under the current one while the keyboard is here."""
        column = self._hovered
        if column is None and (
            self.hasFocus() or self.tools.isAncestorOf(QApplication.focusWidget() or self)
        ):
            column = self.currentIndex().column()
        view = self.columns.view
        shown = view is not None and column is not None and 0 <= column < len(view.names)
        self.delegate.covered = column if shown else None
        if shown and view is not None and column is not None:
            place = self.visualRect(self.columns.index(STATUS, column))
            self.tools.setGeometry(place.adjusted(8, 0, -8, 0))
            self.tools.stand_for(column, view.names[column])
        self.tools.setVisible(shown)
        self.viewport().update()

    def _hover(self, column: int | None) -> None:
        if column != self._hovered:
            self._hovered = column
            self._place_tools()

    # Doing

    def rename(self, column: int) -> None:
        """Edit a scenario's name in place; one that is edited already stays so."""
        if self.state() is QAbstractItemView.State.EditingState:
            return
        self.setCurrentIndex(self.columns.index(NAME, column))
        self.edit(self.currentIndex())

    def _rename(self, column: int, name: str) -> bool:
        refused = self._commands.rename(column, name)
        self._refused(refused)
        return not refused

    def _open(self, index: QModelIndex) -> None:
        """Show the scenario of a cell; from an input that differs on to that input, a figure opens there."""
        row = self.columns.row(index.row())
        if row is not None and row.parts:
            self._open_part(self._part)
            return
        if row is not None and row.kind == "input" and row.cells[index.column()].differs:
            self.input_wanted.emit(index.column(), row.path)
            return
        self._commands.open(index.column())
        if row is not None:
            explain(self, row.figure(index.column()))

    def _tell_current(self, now: QModelIndex, before: QModelIndex) -> None:
        if now.isValid() and now.column() != before.column():
            self.current_changed.emit(now.column())
        self._place_tools()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self._pressed, self._dragged = place, None
            self._drag.begin()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        index = self.indexAt(place)
        self._hover(index.column() if index.isValid() else None)
        self._point(index, place)
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            super().mouseMoveEvent(event)
            return
        if self._dragged is None:
            pressed = self.indexAt(self._pressed)
            far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if not far or pressed.row() not in (NAME, STATUS):
                return
            self._dragged = pressed.column()
        over = self.columnAt(place.x())
        if over >= 0 and over != self._dragged:
            self._dragged = self._commands.move(self._dragged, over, self._drag.gesture)
            self.go_to(self._dragged)

    def _point(self, index: QModelIndex, place: QPoint) -> None:
        """A hand over what leads somewhere."""
        over = self._part_at(place)
        if over != self._over:
            self._over = over
            self.viewport().update()
        named = index.isValid() and index.row() == NAME
        leads = over is not None or named or self._leads_on(index)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)

    def _leads_on(self, index: QModelIndex) -> bool:
        """Whether a cell opens a figure, or leads to an input that differs."""
        row = self.columns.row(index.row()) if index.isValid() else None
        if row is None:
            return False
        differs = row.kind == "input" and row.cells[index.column()].differs
        return differs or bool(row.figure(index.column()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, dragged = self._pressed, self._dragged
        self._drag.end()
        self._let_go()
        index = self.indexAt(event.position().toPoint())
        if pressed is None or dragged is not None or index != self.indexAt(pressed):
            return
        row = self.columns.row(index.row())
        if row is not None and row.parts:
            if (part := self._part_at(event.position().toPoint())) is not None:
                self._open_part(part)
            return
        if row is None or self._leads_on(index):
            self._open(index)

    def _let_go(self) -> None:
        self._pressed = self._dragged = None

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._over = None
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, held = Qt.Key(event.key()), event.modifiers()
        column, modifiers = self.currentIndex().column(), Qt.KeyboardModifier
        held &= ~modifiers.KeypadModifier
        if column < 0 or self.state() is QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)
        elif held == modifiers.AltModifier and key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.go_to(self._commands.move(column, column + (1 if key is Qt.Key.Key_Right else -1)))
        elif held == modifiers.ControlModifier and key is Qt.Key.Key_D:
            self._commands.duplicate(column)
            self.go_to(column + 1)
        elif held == modifiers.NoModifier and key in _SIDEWAYS and self._parts(self.currentIndex().row()):
            self._step_part(_SIDEWAYS[key])
        elif held == modifiers.NoModifier and key in self._plain_keys():
            self._plain_keys()[key](column)
        elif held == modifiers.NoModifier and event.text().isprintable() and event.text():
            event.ignore()  # Qt would look for a cell that begins with the letter
        else:
            super().keyPressEvent(event)

    def _plain_keys(self) -> dict[Qt.Key, Callable[[int], object]]:
        return {
            Qt.Key.Key_P: self._pin,
            Qt.Key.Key_F2: self.rename,
            Qt.Key.Key_Delete: self._commands.remove,
            Qt.Key.Key_Return: lambda _: self._open(self.currentIndex()),
            Qt.Key.Key_Enter: lambda _: self._open(self.currentIndex()),
        }

    def _pin(self, column: int) -> None:
        self._commands.pin(column)
        self.go_to(0)

    def event(self, event: QEvent) -> bool:
        """Keys of the table come before shortcuts of the window."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
                event.accept()
                return True
        handled: bool = super().event(event)
        return handled

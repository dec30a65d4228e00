"""The list of stages: a row each with its switch, name and share of the cost."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QKeyEvent, QMouseEvent, QPainter, QPalette, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from isocost.language import tr
from isocost.report.findings.inputs.stages import cost_share, row_in_words, row_tip
from isocost.ui.inputs.stage.commands import StageCommands
from isocost.ui.look.icons import icon
from isocost.ui.session.session import Session
from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.rows import shortened

Index = QModelIndex | QPersistentModelIndex
SHARE = Qt.ItemDataRole.UserRole
"""Role of the share of the cost, in words."""


class StageModel(QAbstractListModel):
    """The scenario's stages, as rows."""

    def __init__(self, session: Session, commands: StageCommands) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        self._rows = len(commands.stages)
        self._painted: tuple[tuple[str, bool, str], ...] = ()

    def refresh(self) -> None:
        """Follow the project or the estimate."""
        rows = len(self._commands.stages)
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        painted = tuple((s.name, s.enabled, self._share(row)) for row, s in enumerate(self._commands.stages))
        before, self._painted = self._painted, painted
        changed = [row for row in range(rows) if row >= len(before) or painted[row] != before[row]]
        if changed:
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else self._rows

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag
        return flags.ItemIsEnabled | flags.ItemIsSelectable | flags.ItemIsEditable | flags.ItemIsUserCheckable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        stages, roles = self._commands.stages, Qt.ItemDataRole
        if not 0 <= index.row() < len(stages):
            return None
        stage = stages[index.row()]
        if role in (roles.DisplayRole, roles.EditRole):
            return stage.name
        if role == roles.CheckStateRole:
            return Qt.CheckState.Checked if stage.enabled else Qt.CheckState.Unchecked
        if role == SHARE:
            return self._share(index.row())
        if role == roles.ToolTipRole:
            return plain_tip(self._told(index.row()))
        if role == roles.AccessibleDescriptionRole:
            return self._told(index.row())
        if role == roles.AccessibleTextRole:
            return row_in_words(stages, self._session.estimate, index.row())
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role == Qt.ItemDataRole.CheckStateRole:
            self._commands.switch(index.row(), Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole:
            self._commands.rename(index.row(), str(value))
            return True
        return False

    def _share(self, row: int) -> str:
        return cost_share(self._commands.stages, self._session.estimate, row)

    def _told(self, row: int) -> str:
        stages = self._commands.stages
        return row_tip(stages, self._session.estimate, row)


ROW = 26
SWITCH = 14
PADDING = 8


class StageDelegate(QStyledItemDelegate):
    """Draws a row and edits its name in place."""

    row = ROW

    def __init__(self) -> None:
        super().__init__()
        self._fonts: dict[tuple[str, bool], QFont] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, self.row)

    def switch_rect(self, row: QRect) -> QRect:
        """Place of the switch in a row."""
        side = round(SWITCH * self.row / ROW)
        return QRect(row.left() + PADDING, row.center().y() - side // 2 + 1, side, side)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row, colours, state = option.rect, option.palette, option.state
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            self._paint_ground(painter, row, colours, bool(state & QStyle.StateFlag.State_HasFocus))
        on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        self._paint_switch(painter, self.switch_rect(row), colours, on)
        quiet = colours.color(QPalette.ColorRole.PlaceholderText)
        share = str(index.data(SHARE))
        room = QRect(row)
        room.setLeft(self.switch_rect(row).right() + PADDING)
        room.setRight(row.right() - PADDING)
        painter.setPen(quiet)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, share)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(share) - PADDING)
        font = self._weighted(painter.font(), chosen)
        painter.setFont(font)
        painter.setPen(colours.color(QPalette.ColorRole.Text) if on else quiet)
        name = shortened(str(index.data()), font, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()

    def _weighted(self, font: QFont, bold: bool) -> QFont:
        """A font bold or not; made once, since Qt searches its fonts for each one that is new to it."""
        if (font.key(), bold) not in self._fonts:
            self._fonts = {key: made for key, made in self._fonts.items() if key[0] == font.key()}
            made = QFont(font)
            made.setBold(bold)
            self._fonts[font.key(), bold] = made
        return self._fonts[font.key(), bold]

    def _paint_ground(self, painter: QPainter, row: QRect, colours: QPalette, focused: bool) -> None:
        accent = colours.color(QPalette.ColorRole.Accent)
        ground = QColor(accent)
        ground.setAlphaF(0.12)
        painter.setBrush(ground)
        painter.setPen(QPen(accent, 1.0) if focused else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(QRectF(row).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _paint_switch(self, painter: QPainter, place: QRect, colours: QPalette, on: bool) -> None:
        accent = colours.color(QPalette.ColorRole.Accent)
        edge = accent if on else colours.color(QPalette.ColorRole.PlaceholderText)
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(accent if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(place).adjusted(0.6, 0.6, -0.6, -0.6), 4, 4)
        if on:
            name = colours.color(QPalette.ColorRole.HighlightedText).name()
            icon("check", name, place.width() - 2).paint(painter, place.adjusted(1, 1, -1, -1))

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802
        line = QLineEdit(parent)
        line.setObjectName("stages.name")
        line.setAccessibleName(tr("Name of the stage"))
        line.setMaxLength(120)
        return line

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802
        """A new estimate leaves what is being typed alone."""
        assert isinstance(editor, QLineEdit)
        if not editor.isModified():
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802
        assert isinstance(editor, QLineEdit)
        if editor.isModified():
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        place = QRect(option.rect)
        place.setLeft(self.switch_rect(place).right() + 2)
        editor.setGeometry(place)


class StageList(QListView):
    """Selects, switches and drags rows; the drag moves the stage as it goes and is one undo step."""

    def __init__(self, session: Session, commands: StageCommands) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        # Where a press began, until the mouse has left it.
        self._pressed: QPoint | None = None
        self._dragged: int | None = None
        self._drag = Drag(self, self._let_go)
        self.rows = StageModel(session, commands)
        self.delegate = StageDelegate()
        self.setObjectName("stages.list")
        self.setAccessibleName(tr("Stages"))
        self.setAccessibleDescription(
            tr("Space switches a stage on or off, F2 renames, Alt with Up or Down moves, Delete removes it.")
        )
        self.setProperty("role", "plain")
        self.setModel(self.rows)
        self.setItemDelegate(self.delegate)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.selectionModel().currentChanged.connect(self._select)

    def refresh(self) -> None:
        """Show the project's stages and the selected one."""
        self.rows.refresh()
        chosen = self.rows.index(self._session.stage)
        if self.currentIndex() != chosen:
            self.setCurrentIndex(chosen)

    def _select(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self._session.select_stage(current.row())

    def rename(self) -> None:
        """Edit the selected stage's name in place; one that is edited already stays so."""
        if self.state() is not QAbstractItemView.State.EditingState:
            self.edit(self.currentIndex())

    # Mouse

    def _switch_at(self, place: QPoint) -> int | None:
        """The row whose switch is at a place."""
        index = self.indexAt(place)
        if not index.isValid():
            return None
        target = self.delegate.switch_rect(self.visualRect(index)).adjusted(-PADDING, -6, 4, 6)
        return index.row() if target.contains(place) else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        row = self._switch_at(place)
        if event.button() is Qt.MouseButton.LeftButton and row is not None:
            self._commands.switch(row, not self._commands.stages[row].enabled)
            return
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.indexAt(place).isValid():
            self._pressed, self._dragged = place, self.indexAt(place).row()
            self._drag.begin()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._dragged is None:
            return
        if self._pressed is not None:
            if (place - self._pressed).manhattanLength() < QApplication.startDragDistance():
                return
            self._pressed = None  # from here on it is a drag, wherever it leads
        over = self.indexAt(QPoint(self.width() // 2, place.y()))
        if over.isValid() and over.row() != self._dragged:
            self._commands.move(self._dragged, over.row(), self._drag.gesture)
            self._dragged = over.row()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag.end()
        self._let_go()
        super().mouseReleaseEvent(event)

    def _let_go(self) -> None:
        self._pressed = self._dragged = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Quick clicks on a switch are clicks; elsewhere the name is edited."""
        if self._switch_at(event.position().toPoint()) is not None:
            self.mousePressEvent(event)
        else:
            super().mouseDoubleClickEvent(event)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at = self._commands.selected
        alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if alt and event.key() in steps:
            self._commands.move(at, at + steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Space:
            self._commands.switch(at, not self._commands.stages[at].enabled)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keys of the list come before shortcuts of the window."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            alt = event.modifiers() & Qt.KeyboardModifier.AltModifier
            if alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
                event.accept()
                return True
        return super().event(event)

"""The palette: a line that finds whatever has a name, and a list of what was found; Enter takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QSettings,
    QSize,
    Qt,
    Signal,
    SignalInstance,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from isocost.language import tr
from isocost.report.findings.finder import HINT, NOTHING, FinderLine, Found, lines_of, search
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.palette.rows import FinderDelegate
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.rows import ROW, Lines, RowList

WIDTH, HEIGHT, TOP = 640, 604, 72
"""Pixels of the palette at most, and of what is above it."""
MOST_RECENT = 6
RECENT = "palette/recent"
"""Where ids of what was taken lately are kept among the settings."""
SHADE = 110
"""How dark the window behind it is, of 255."""
KEYS = tr("↑↓ choose   Enter take   Ctrl+Enter in a copy, to compare   Esc close")


class Finds(Protocol):
    """What there is to find."""

    def found(self, text: str) -> Sequence[Found]:
        """Everything that a text may mean, in no order."""


class Palette(QWidget):
    """Lies over the whole of its parent, darkened; gone once something is taken or Escape is pressed."""

    taken = Signal(object)
    """The :class:`Found` that was chosen; the palette is closed and the keyboard back where it was."""
    compared = Signal(object)
    """The :class:`Found` that is to be taken in a copy of the plan beside it; closed as well."""

    def __init__(self, finds: Finds, settings: QSettings, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._finds, self._settings = finds, settings
        self._came_from: QWidget | None = None
        self.setObjectName("palette")
        self.card = QFrame(self)
        self.card.setObjectName("palette.card")
        self.card.setProperty("role", "card")
        self.line = QLineEdit()
        self.line.setObjectName("palette.line")
        self.line.setProperty("role", "search")
        self.line.setPlaceholderText(HINT)
        self.line.setAccessibleName(tr("Find anything"))
        self.rows: Lines[FinderLine] = Lines(lambda line: line.words, self)
        self._delegate = FinderDelegate(theme, self)
        self.list = RowList("palette.list", self.rows, self._delegate, self.card)
        self.nothing = plain_label(NOTHING)
        self.nothing.setProperty("role", "small")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.keys = QLabel(KEYS)
        self.keys.setProperty("role", "quiet")
        self._dress_list()
        self._lay_out()
        self.line.textChanged.connect(self.refresh)
        self.hide()
        self.apply_theme(theme)
        for watched in (self.line, parent):
            watched.installEventFilter(self)

    def _dress_list(self) -> None:
        self.list.setAccessibleName(tr("What was found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(False)  # headings are lower
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.clicked.connect(lambda index: self._take(index, self.taken))

    def _lay_out(self) -> None:
        foot = QFrame()
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(14, 8, 14, 8)
        row.addWidget(self.keys)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(0, 14, 0, 0)
        column.setSpacing(8)
        inside = QVBoxLayout()
        inside.setContentsMargins(14, 0, 14, 0)
        inside.setSpacing(8)
        inside.addWidget(self.line)
        inside.addWidget(self.list, 1)
        inside.addWidget(self.nothing, 1)
        column.addLayout(inside, 1)
        column.addWidget(foot)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self.list.apply_theme(theme)
        for action in self.line.actions():
            self.line.removeAction(action)
        self.line.addAction(icon("search", theme.quiet, 16), QLineEdit.ActionPosition.LeadingPosition)
        self._place()

    # Opening

    def open(self, text: str = "") -> None:
        """Show everything, or what is found for a text, the keyboard in the line; open already, what stands
        there is selected."""
        if self.isHidden():
            self._came_from = QApplication.focusWidget()
            self.line.setText(text)
            self.show()
            self._place()
            self.refresh()
        self.raise_()
        if not text:
            self.line.selectAll()
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)

    def leave(self) -> None:
        """Close; the keyboard goes back to where it was."""
        before, self._came_from = self._came_from, None
        self.hide()
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)

    def give_way(self) -> None:
        """Close after a command that was given by its key meanwhile; the keyboard stays where that put it."""
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.leave()
        else:
            self.hide()
            self._came_from = None

    @property
    def recent(self) -> list[str]:
        """Ids of what was taken lately, the newest first."""
        stored = self._settings.value(RECENT, [])
        names = stored if isinstance(stored, list) else [stored]
        return [each for each in names if isinstance(each, str) and ":" in each]

    def refresh(self) -> None:
        """Look again for what is typed: there may be more by now."""
        if self.isHidden():
            return
        text, recent = self.line.text(), self.recent
        found = search(text, self._finds.found(text), recent)
        lately = 0 if text.strip() else sum(each.id in recent for each in found)
        lines = lines_of(found, lately)
        self._delegate.text = text.strip().casefold()
        self.rows.show(lines)
        self.list.scheduleDelayedItemsLayout()
        self.list.setVisible(bool(lines))
        self.nothing.setVisible(not lines)
        self.list.scrollToTop()
        self._go_to(self._next(-1, 1))

    # Moving and taking

    def found_at(self, at: int) -> Found | None:
        """What a line holds; None of a heading, or where there is no line."""
        return self.rows.rows[at].found if 0 <= at < len(self.rows.rows) else None

    def _next(self, at: int, step: int) -> int:
        """The next line that is no heading, the same where there is none."""
        to = at + step
        while 0 <= to < len(self.rows.rows):
            if self.found_at(to) is not None:
                return to
            to += 1 if step > 0 else -1
        return at

    def _go_to(self, at: int) -> None:
        index, found = self.rows.index(at, 0), self.found_at(at)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.list.selectionModel().setCurrentIndex(index, flags)
        if at == self._next(-1, 1):
            self.list.scrollToTop()  # with its heading
        self.line.setAccessibleDescription(found.words if found is not None else NOTHING)

    def _take(self, index: QModelIndex, how: SignalInstance) -> None:
        line = index.data(ROW) if index.isValid() else None
        found = line.found if line is not None else None
        if found is None:
            return
        others = [each for each in self.recent if each != found.id]
        self._settings.setValue(RECENT, [found.id, *others][:MOST_RECENT])
        self.leave()
        how.emit(found)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.parent():
            if event.type() is QEvent.Type.Resize:
                self._place()
        elif event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Ctrl+Return is a command of the window too; while the palette is open it is meant here.
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                event.accept()
                return True
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._press(Qt.Key(event.key()), event.modifiers())
        return False

    def _press(self, key: Qt.Key, held: Qt.KeyboardModifier) -> bool:
        """Keys of the list, which the line hands on."""
        at = self.list.currentIndex().row()
        page = max(1, self.list.height() // self._theme.px(46))
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: page, Qt.Key.Key_PageUp: -page}
        if key in moves:
            last = len(self.rows.rows) - 1
            wanted = min(max(at + moves[key], 0), last) - (1 if moves[key] > 0 else -1)
            self._go_to(self._next(wanted, 1 if moves[key] > 0 else -1) if last >= 0 else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            beside = bool(held & Qt.KeyboardModifier.ControlModifier)
            self._take(self.list.currentIndex(), self.compared if beside else self.taken)
        elif key == Qt.Key.Key_Escape:
            self.leave()
        else:
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)  # the keyboard stays here
        return True

    # Its place

    def _place(self) -> None:
        over = self.parentWidget()
        if over is None or self.isHidden():
            return
        self.setGeometry(over.rect())
        px = self._theme.px
        size = QSize(px(WIDTH), px(HEIGHT)).boundedTo(over.size() - QSize(48, 48))
        top = min(px(TOP), max(24, (over.height() - size.height()) // 2))
        self.card.setGeometry((over.width() - size.width()) // 2, top, size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, SHADE))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the card closes it."""
        if not self.card.geometry().contains(event.position().toPoint()):
            self.leave()

"""The window of help: its pages, a search over them, and the way back."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QHideEvent, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.report.help.pages import INDEX, Manual
from isocost.ui.help.contents import Contents
from isocost.ui.help.page import HelpPage, Standing
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.labels import ElidedLabel
from isocost.ui.widgets.sections import upright_rule

SIZE, SIDE = QSize(1020, 720), 272
"""Pixels of the design: of the window, and the width of its list."""
EDGE = 40
"""Pixels of a screen that stay free at least."""
WEB = ("https://", "http://", "mailto:")


class _Visit(NamedTuple):
    place: str
    read: Standing | None = None
    """How far, where it was left; None = to its anchor."""


class HelpWindow(QDialog):
    """A page and the list of all; made once and hidden when closed."""

    keys_wanted = Signal()
    """The list of all keys is to be shown."""

    def __init__(self, manual: Manual, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._manual = manual
        self._trail: list[_Visit] = []
        self._at = -1
        self._sized = 0.0
        self._narrow = SIDE
        self.setObjectName("help")
        self.setProperty("role", "own")
        self.setWindowTitle(tr("Isocost Help"))
        self.setSizeGripEnabled(True)
        self.page = HelpPage(manual, theme, self)
        self.contents = Contents(manual, theme, self)
        self.line = QLineEdit()
        self.line.setObjectName("help.line")
        self.line.setProperty("role", "search")
        self.line.setPlaceholderText(tr("Search all pages (Ctrl+F)"))
        self.line.setAccessibleName(tr("Search help"))
        self.line.setClearButtonEnabled(True)
        self.back_button = self._tool("help.back", tr("Back"), tr("The page before (Alt+Left)"))
        self.forward_button = self._tool("help.forward", tr("Forward"), tr("The page after (Alt+Right)"))
        self.keys_button = QPushButton(tr("Keyboard shortcuts"))
        self.keys_button.setObjectName("help.keys")
        self.keys_button.setToolTip(tr("Every key that does something (Ctrl+F1)"))
        self.keys_button.setAutoDefault(False)
        self.target = ElidedLabel()
        self.target.setProperty("role", "quiet")
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    def _tool(self, name: str, says: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(says)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        self._side = side = QFrame()
        beside = QVBoxLayout(side)
        beside.setContentsMargins(12, 12, 12, 8)
        beside.setSpacing(8)
        beside.addWidget(self.line)
        beside.addWidget(self.contents, 1)
        top = QHBoxLayout()
        top.setContentsMargins(14, 12, 14, 8)
        top.setSpacing(6)
        for part in (self.back_button, self.forward_button):
            top.addWidget(part)
        top.addWidget(self.target, 1)
        top.addWidget(self.keys_button)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.page, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addWidget(upright_rule())
        row.addLayout(column, 1)

    def _connect(self) -> None:
        self.page.wanted.connect(self.turn_to)
        self.page.highlighted.connect(lambda url: self._say_target(url.toString()))
        self.contents.wanted.connect(self.turn_to)
        self.contents.left_at_top.connect(lambda: self.line.setFocus(Qt.FocusReason.TabFocusReason))
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.back_button.clicked.connect(self.back)
        self.forward_button.clicked.connect(self.forward)
        self.keys_button.clicked.connect(self.keys_wanted)
        keys = QKeySequence.StandardKey
        for sequence, do in (
            (QKeySequence(keys.Back), self.back),
            (QKeySequence(keys.Forward), self.forward),
            (QKeySequence(keys.Find), self._begin_search),
            (QKeySequence("Alt+Home"), lambda: self.turn_to(INDEX)),
        ):
            QShortcut(sequence, self, do)

    # Opening

    @property
    def place(self) -> str:
        """The page that is open, with its anchor; empty = none yet."""
        return self._trail[self._at].place if self._at >= 0 else ""

    def bring(self, place: str) -> None:
        """Show the window at a place, or bring it to the front."""
        self.show()
        self.activateWindow()
        self.line.clear()
        self.turn_to(place)
        self.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def turn_to(self, place: str) -> None:
        """Go to a page, to its anchor after a #; an address of the web opens where the system opens it."""
        if place.startswith(WEB):
            QDesktopServices.openUrl(QUrl(place))
            return
        if place.partition("#")[0] not in self._manual.names:
            return  # of the repository, and not shipped
        if place != self.place:
            self._leave()
            self._trail[self._at + 1 :] = [_Visit(place)]
            self._at = len(self._trail) - 1
        self._show(_Visit(place))

    def _leave(self) -> None:
        """Remember how far the page was read."""
        if self._at >= 0 and self.page.name:
            self._trail[self._at] = self._trail[self._at]._replace(read=self.page.standing)

    def _show(self, visit: _Visit) -> None:
        name, _, anchor = visit.place.partition("#")
        if name != self.page.name:
            self.page.open(name)
        if visit.read is None:
            self.page.go(anchor)
        else:
            self.page.stand(visit.read)
        self._say_target("")
        self.back_button.setEnabled(self._at > 0)
        self.forward_button.setEnabled(self._at + 1 < len(self._trail))
        if not self.line.text():
            self.contents.show_pages(name)

    def back(self) -> None:
        """The page before."""
        self._step(-1)

    def forward(self) -> None:
        """The page one went back from."""
        self._step(1)

    def _step(self, by: int) -> None:
        if 0 <= self._at + by < len(self._trail):
            self._leave()
            self._at += by
            self._show(self._trail[self._at])

    def _say_target(self, link: str) -> None:
        """Where the link under the mouse leads; without one, the page's title."""
        name = self.page.name
        self.target.say(self.page.resolved(link) if link else self._manual.title(name) if name else "")

    # Searching

    def _begin_search(self) -> None:
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line.selectAll()

    def _search(self, text: str) -> None:
        if text.strip():
            self.contents.show_hits(self._manual.find(text))
        else:
            self.contents.show_pages(self.page.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search line Down goes into the list and Enter opens what is marked there."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Down:
                self.contents.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.contents.open_current()
                return True
            if event.key() == Qt.Key.Key_Escape and self.line.text():
                self.line.clear()
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Closed, it holds no page: a long one takes megabytes, and time at each change of theme."""
        super().hideEvent(event)
        if not event.spontaneous():  # iconified by the system it is still open
            self._leave()
            self.page.rest()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list is a third of a narrow window."""
        self._side.setFixedWidth(min(self._narrow, event.size().width() // 3))
        super().resizeEvent(event)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme; with another size of text another size of the window."""
        for button, picture in ((self.back_button, "chevron-left"), (self.forward_button, "chevron-right")):
            put_icon(button, picture, theme.text, theme.px(18))
        self._narrow = theme.px(SIDE)
        if theme.scale != self._sized:
            self._sized = theme.scale
            room = self.screen().availableSize()
            width, height = theme.px(SIZE.width()), theme.px(SIZE.height())
            self.resize(min(width, room.width() - EDGE), min(height, room.height() - EDGE))
        self.contents.apply_theme(theme)
        self.page.apply_theme(theme)

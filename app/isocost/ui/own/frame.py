"""What the dialogs of one's own have in common: a heading, a body, and a foot that says how it went."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from isocost.ui.look.theme import LIGHT, Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_label, restyle

MARGIN = 20
EDGE = 40
"""Pixels of a screen that a dialog leaves free at least."""


class OwnDialog(QDialog):
    """A dialog beside the plan, which it changes by steps that can be undone here as well.

    It is made once and hidden when closed, so that what was typed is still there.
    """

    size_wanted = (720, 560)
    """Pixels at the design's text size."""

    def __init__(self, session: Session, name: str, title: str, how: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.session = session
        self.theme: Theme = LIGHT
        self._sized = 0.0
        self.setObjectName(name)
        self.setProperty("role", "own")
        self.setWindowTitle(title)
        self.setSizeGripEnabled(True)
        self.title = plain_label(title)
        self.title.setProperty("role", "figure")
        self.how = WrapLabel()
        self.how.setProperty("role", "small")
        self.how.say(how)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.message = WrapLabel()
        self.message.setObjectName(f"{name}.message")
        self.message.setProperty("role", "small")
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self._lay_out()
        stack = session.undo_stack
        for keys, step in (("Ctrl+Z", stack.undo), ("Ctrl+Shift+Z", stack.redo), ("Ctrl+Y", stack.redo)):
            QShortcut(QKeySequence(keys), self, step)

    def _lay_out(self) -> None:
        top = QVBoxLayout()
        top.setContentsMargins(MARGIN, 16, MARGIN, 0)
        top.setSpacing(4)
        top.addWidget(self.title)
        top.addWidget(self.how)
        inner = QVBoxLayout()
        inner.setContentsMargins(MARGIN, 0, MARGIN, 0)
        inner.addLayout(self.body)
        foot = QFrame()
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 12, MARGIN, 14)
        row.setSpacing(12)
        row.addWidget(self.message, 1)
        row.addLayout(self.buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top)
        column.addLayout(inner, 1)
        column.addWidget(foot)

    def add_button(self, name: str, text: str, *, primary: bool = False) -> QPushButton:
        """A button of the foot; Enter presses none of them, as it ends a field."""
        made = QPushButton(text)
        made.setObjectName(f"{self.objectName()}.{name}")
        made.setAutoDefault(False)
        if primary:
            made.setProperty("role", "primary")
        self.buttons.addWidget(made)
        return made

    def say(self, words: str, tone: str = "small") -> None:
        """How it went: plain, ``fine``, ``care`` or ``stop``."""
        restyle(self.message, "role", tone)
        self.message.say(words)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme; with another size of text another size of the dialog."""
        self.theme = theme
        if theme.scale != self._sized:
            self._sized = theme.scale
            room = self.screen().availableSize()
            width, height = (theme.px(each) for each in self.size_wanted)
            self.resize(min(width, room.width() - EDGE), min(height, room.height() - EDGE))

    def bring(self) -> None:
        """Show it, or bring it to the front."""
        self.show()
        self.activateWindow()
        self.arrive()

    def arrive(self) -> None:
        """Look at the plan as it now is; the keyboard goes where one begins."""

    def waiting(self, busy: bool) -> None:
        """Show that a file is being worked at: the buttons wait for it."""
        for at in range(self.buttons.count()):
            item = self.buttons.itemAt(at)
            if item is not None and (part := item.widget()) is not None:
                part.setEnabled(not busy)
        self.setCursor(Qt.CursorShape.BusyCursor if busy else Qt.CursorShape.ArrowCursor)


class InTurn(QStackedWidget):
    """Pages of which the one that shows asks for the room: what scrolls them does not for the others."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def sizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().sizeHint() if page is None else page.sizeHint()

    def minimumSizeHint(self) -> QSize:
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint()


def page_of_words(label: QWidget, above: int = 0) -> QWidget:
    """A page that holds words alone, at its top: what a dialog shows before there is anything to show."""
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, above, 0, 0)
    column.addWidget(label)
    column.addStretch(1)
    return page

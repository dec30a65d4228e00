"""Plans that were not saved when a window ended: a card each, to open, to leave or to throw away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from isocost.files.keeping.autosave import Copy
from isocost.language import tr
from isocost.report.findings.recovery import KEPT, NOTHING, TITLE, CopySaid, found_said
from isocost.ui.widgets.labels import WrapLabel, plain_label

MARGIN = 20
WIDTH, MOST_HEIGHT = 560, 620
"""Pixels; more cards than have room are scrolled to."""


class Recovery(QDialog):
    """The copies that were left, the newest first."""

    opened = Signal(object)
    """The :class:`Copy` to go on with."""
    unwanted = Signal(object)
    """A :class:`Copy` to throw away."""

    def __init__(self, copies: Sequence[tuple[Copy, CopySaid]], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("recovery")
        self.setProperty("role", "own")
        self.setWindowTitle(TITLE)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._cards: dict[str, QFrame] = {}
        self._heading = WrapLabel()
        self._heading.setProperty("role", "card")
        self._list = QVBoxLayout()
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(10)
        self._inside = QWidget()
        self._inside.setLayout(self._list)
        self._lay_out()
        for copy, said in copies:
            self._add(copy, said)
        self._list.addStretch(1)
        self._tell()
        height = self._inside.sizeHint().height() + 170
        self.resize(WIDTH, min(MOST_HEIGHT, max(240, height)))

    def _lay_out(self) -> None:
        scroll = QScrollArea()
        scroll.setObjectName("recovery.copies")
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inside)
        for part in (self._inside, scroll.viewport()):  # else it has the colour of the window behind
            part.setAutoFillBackground(False)
        kept = WrapLabel()
        kept.setProperty("role", "small")
        kept.say(KEPT)
        self.later = QPushButton(tr("Not now"))
        self.later.setObjectName("recovery.later")
        self.later.setAutoDefault(False)
        self.later.clicked.connect(self.reject)
        foot = QFrame()
        foot.setProperty("role", "foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(MARGIN, 12, MARGIN, 14)
        row.setSpacing(12)
        row.addWidget(kept, 1)
        row.addWidget(self.later)
        top = QVBoxLayout()
        top.setContentsMargins(MARGIN, 16, MARGIN, 0)
        top.setSpacing(12)
        top.addWidget(self._heading)
        top.addWidget(scroll, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(top, 1)
        column.addWidget(foot)

    def _add(self, copy: Copy, said: CopySaid) -> None:
        card = QFrame()
        card.setProperty("role", "card")
        card.setAccessibleName(said.words)
        column = QVBoxLayout(card)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(4)
        name = plain_label(said.name)
        name.setProperty("strong", True)
        column.addWidget(name)
        for text in (said.when, said.of):
            line = WrapLabel()
            line.setProperty("role", "small")
            line.say(text)
            column.addWidget(line)
        column.addSpacing(4)
        for text in said.changes:
            line = WrapLabel()
            line.say(text)
            column.addWidget(line)
        column.addSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self._button("throw_away", tr("Throw away"), said, lambda: self.unwanted.emit(copy)))
        if copy.project is not None:
            wanted = self._button("open", tr("Open this copy"), said, lambda: self.opened.emit(copy))
            if not self._cards:  # the newest
                wanted.setProperty("role", "primary")
            row.addWidget(wanted)
        column.addLayout(row)
        self._cards[str(copy.file)] = card
        self._list.addWidget(card)

    def _button(self, name: str, text: str, said: CopySaid, do: Callable[[], None]) -> QPushButton:
        made = QPushButton(text)
        made.setObjectName(f"recovery.{name}")
        made.setAccessibleName(f"{text}: {said.name}, {said.when}")
        made.setAutoDefault(False)
        made.clicked.connect(lambda _=False: do())
        return made

    def drop(self, copy: Copy) -> None:
        """Take a copy off the list: it is opened, or thrown away."""
        card = self._cards.pop(str(copy.file), None)
        if card is not None:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self._tell()

    def _tell(self) -> None:
        self._heading.say(found_said(len(self._cards)) if self._cards else NOTHING)

"""The Scale page: size against text, what a count brings, who wins where."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from isocost.plan.answer.estimate import Answer
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.tabs.scale.isocost import IsocostCard
from isocost.ui.widgets.card import ChartCard
from isocost.ui.widgets.sections import ScrollBody, keep_bar

SIDE, WIDE = 372, 800
"""Pixels of the right column, and of the page from which on there are two."""
TALL = (430, 250, 300)
"""Pixels of each card at least."""
UNLIMITED = 16_777_215
"""Qt's own limit: no maximum."""


class ScalePage(QScrollArea):
    """A view of the answer; rests while hidden."""

    field_wanted = Signal(str)
    """Path of an input that is not on this page."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("scale_page")
        self.setAccessibleName("Scale")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        keep_bar(self)
        self._session = session
        self._theme = theme
        self.isocost = IsocostCard(session, theme, self)
        self._build()
        self._follower = Follower(self, session, ("estimate", "project"), self.show_answer)
        session.selection_changed.connect(self._follower.again)
        session.failed.connect(self._fail)

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        """Every card, in reading order."""
        return (self.isocost,)

    def _build(self) -> None:
        body = ScrollBody()
        body.setAutoFillBackground(False)
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(16, 12, 10, 14)
        self._grid.setSpacing(12)
        self.setWidget(body)
        self.viewport().setAutoFillBackground(False)
        self._arrange()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for card in self.cards:
            card.apply_theme(theme)
        self._arrange()

    def _arrange(self) -> None:
        """The map with the others beside it, or all below each other where they have no room."""
        px, grid = self._theme.px, self._grid
        wide = self.width() >= px(WIDE)
        grid.addWidget(self.isocost, 0, 0, 2 if wide else 1, 1)
        for at, card in enumerate(self.cards[1:]):
            grid.addWidget(card, at if wide else at + 1, int(wide))
            card.setMinimumWidth(px(SIDE) if wide else 0)
            card.setMaximumWidth(px(SIDE) if wide else UNLIMITED)
        for card, height in zip(self.cards, TALL, strict=False):
            card.setMinimumHeight(px(height))
        grid.setColumnStretch(0, 1)
        for row in range(3):
            grid.setRowStretch(row, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer; what takes longer follows from the worker."""
        self.isocost.show_answer(answer)

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            self.isocost.show_nothing(why)

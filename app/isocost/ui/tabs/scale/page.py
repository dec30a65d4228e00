"""The Scale page: size against text, what a count brings, who wins where."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.report.findings.tabs.scale import no_map
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.tabs.scale.counts import CountsCard
from isocost.ui.tabs.scale.isocost import IsocostCard
from isocost.ui.tabs.scale.wins import WinsCard
from isocost.ui.widgets.sections import CardPage, hold_width, side_width

SIDE, WIDE = 372, 800
"""Pixels of the right column, and of the page from which on there are two."""
TALL = (430, 270, 300)
"""Pixels of each card at least."""
PAUSE_MS = 120
"""After a change, in which another only moves the plan: a drag of a slider keeps the processor for itself."""


class ScalePage(CardPage):
    """A view of the answer; rests while hidden."""

    field_wanted = Signal(str)
    """Path of an input that is not on this page."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("scale_page", tr("Scale"), theme, parent)
        self._session = session
        self.isocost = IsocostCard(session, theme, self)
        self.counts = CountsCard(session, theme, self)
        self.wins = WinsCard(session, theme, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._catch_up)
        self._behind = False
        self._opened = True
        self._arrange()
        self._follower = Follower(self, session, ("estimate", "project"), self.show_answer)
        session.selection_changed.connect(self._follower.again)
        session.path_changed.connect(self._open)
        self.isocost.released.connect(self._release)
        session.failed.connect(self._fail)
        for later in (self.isocost.surveyed, self.counts.knee):
            later.ready.connect(self._go_on)
            later.failed.connect(self._go_on)

    @property
    def cards(self) -> tuple[IsocostCard, CountsCard, WinsCard]:
        return self.isocost, self.counts, self.wins

    def _arrange(self) -> None:
        """The map with the others beside it, or all below each other where they have no room."""
        px, grid = self._theme.px, self._grid
        wide = self.width() >= px(WIDE)
        grid.addWidget(self.isocost, 0, 0, 2 if wide else 1, 1)
        for at, card in enumerate(self.cards[1:]):
            grid.addWidget(card, at if wide else at + 1, int(wide))
            hold_width(card, side_width(self.width(), px(SIDE)) if wide else None)
        for each, height in zip(self.cards, TALL, strict=True):
            each.hold_height(px(height))
        grid.setColumnStretch(0, 1)
        for row, stretch in enumerate((4, 5, 0) if wide else (4, 2, 3)):
            grid.setRowStretch(row, stretch)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._opened = True
        self._follower.again()

    def _open(self) -> None:
        """Another document has come, which nobody has changed yet."""
        self._opened = not self._session.undo_stack.count()

    def _led_on(self) -> bool:
        """Whether the page, just opened on a stage without a map, chose one that has it."""
        opened, self._opened = self._opened, False
        lacking = no_map(self._session.current_scenario, self._session.stage)
        if not opened or lacking is None or lacking.step.does != "show":
            return False
        self._session.select_stage(lacking.step.at)
        return True

    @property
    def pending(self) -> bool:
        """Whether what rests while changes come fast is still to follow."""
        return self._pause.isActive()

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer; of many in a row the plan's place at once, all the rest when they have ended."""
        if self._led_on():
            return
        rests = self._pause.isActive() or self.isocost.plot.dragging
        self._pause.start()
        self._behind = rests
        self.isocost.show_answer(answer, still=rests)
        if not rests:
            self.counts.show_answer(answer)
            self.wins.show_answer(answer)
            self._ask(answer)

    def _ask(self, answer: Answer) -> None:
        """Let the other cards ask, each once what the one before it asked for has come.

        All of it searches the same layouts, which are remembered: at once each would search them all.
        """
        if self.isocost.surveyed.awaited:
            return
        self.counts.knee.ask(answer)
        if not self.counts.knee.awaited:
            self.wins.ask(answer)

    def _go_on(self) -> None:
        answer = self._session.answer
        if answer is not None and self.isVisible() and not self._behind:
            self._ask(answer)

    def _catch_up(self) -> None:
        answer = self._session.answer
        if self._behind and answer is not None and self.isVisible() and not self.isocost.plot.dragging:
            self.show_answer(answer)

    def _release(self) -> None:
        """A drag over the map has ended: what rested follows."""
        self._pause.stop()
        self._follower.again()

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            for card in self.cards:
                card.show_nothing(why)

"""The ranges of an answer's figures, for views that show them: worked out while somebody does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from isocost.ui.session.session import COMPARISON_PAUSE_MS, Session

if TYPE_CHECKING:
    from isocost.plan.doubt.factors import FigureRanges

log = logging.getLogger(__name__)


class Ranging(QObject):
    """Asks for the ranges of the newest answer while a view is visible, and tells it when they are others."""

    def __init__(self, view: QWidget, session: Session, show: Callable[[], object]) -> None:
        """``show`` draws the newest answer again, with :attr:`newest`."""
        super().__init__(view)
        self._view, self._session, self._show = view, session, show
        self._shown: FigureRanges | None = None
        session.answered.connect(self.follow)
        session.doubt_shown.connect(self.follow)
        session.ranges.ready.connect(self._tell)
        session.ranges.failed.connect(self._fail)
        view.installEventFilter(self)

    @property
    def newest(self) -> FigureRanges | None:
        """The last ranges that have come; None = none yet, or they are not to be shown."""
        found: FigureRanges | None = self._session.ranges.value
        return found if self._session.doubt else None

    def follow(self) -> None:
        """Ask for the ranges of the newest answer where they are to be seen; a drag goes first."""
        answer = self._session.answer
        if answer is None or not self._view.isVisible():
            return
        if self._session.doubt:
            self._session.ranges.ask(answer, rest_ms=COMPARISON_PAUSE_MS)
        self._tell()

    def _tell(self) -> None:
        if self._view.isVisible() and self.newest is not self._shown:
            self._shown = self.newest
            self._show()

    def _fail(self, error: Exception) -> None:
        log.warning("No ranges: %s", error, exc_info=error)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self.follow()
        return False

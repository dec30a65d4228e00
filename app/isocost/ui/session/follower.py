"""Handing a view the newest answer while it is visible."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from isocost.plan.answer.estimate import Answer
    from isocost.ui.session.session import Session


class Follower(QObject):
    """Gives a view each new answer while it is visible, and only where a part it reads is another object.

    Parts of an answer are frozen and remembered, so that being the same object is the whole comparison.
    """

    def __init__(
        self, view: QWidget, session: Session, reads: tuple[str, ...], show: Callable[[Answer], None]
    ) -> None:
        """``reads`` are names of parts of the answer; ``show`` makes the view one of it."""
        super().__init__(view)
        self._view = view
        self._session = session
        self._reads = reads
        self._show = show
        self._shown: tuple[Any, ...] = ()
        session.answered.connect(self.follow)
        view.installEventFilter(self)

    def follow(self) -> None:
        """Show the newest answer, if the view is visible and has not shown it."""
        answer = self._session.answer
        if answer is None or not self._view.isVisible():
            return
        parts = tuple(getattr(answer, name) for name in self._reads)
        if len(parts) != len(self._shown) or any(a is not b for a, b in zip(parts, self._shown, strict=True)):
            self._shown = parts
            self._show(answer)

    def again(self) -> None:
        """Show the newest answer whether or not it was shown: something else that the view tells changed."""
        self._shown = ()
        self.follow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show:
            self.follow()
        return False

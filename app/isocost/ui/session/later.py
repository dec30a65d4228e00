"""What takes longer than a frame and only one view wants: worked out of the newest answer, in the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from isocost.ui.session.worker import LatestWorker

if TYPE_CHECKING:
    from isocost.plan.answer.estimate import Answer


class Later(LatestWorker):
    """A function of an answer, and of what the view chose; its last value stands until the next has come."""

    def __init__(self, work: Callable[..., Any], follows: Callable[..., object], parent: QObject) -> None:
        """Both are given an answer and what the view chose. ``follows`` is what the value follows from: asked
        again for an equal one, nothing is worked out again."""
        super().__init__(parent)
        self._work = work
        self._follows = follows
        self._asked: object = None
        self.value: Any = None
        """The newest value; None before the first one of a document."""
        self.ready.connect(self._keep)

    def ask(self, answer: Answer, *chosen: object) -> None:
        """Work the value out for an answer; ``ready`` tells when it has come."""
        wanted = self._follows(answer, *chosen)
        if wanted != self._asked:
            self._asked = wanted
            self.request(lambda: self._work(answer, *chosen))

    def discard(self) -> None:
        super().discard()
        self._asked = None
        self.value = None

    def _keep(self, value: Any) -> None:
        self.value = value

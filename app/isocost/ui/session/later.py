"""What takes longer than a frame and only one view wants: worked out of the newest answer, in the worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

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
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._begin)
        self._wanted: tuple[Any, ...] | None = None
        self._kept: object = None
        self.value: Any = None
        """The newest value; None before the first one of a document."""

    def ask(self, answer: Answer, *chosen: object, rest_ms: int = 0) -> None:
        """Work the value out for an answer; ``ready`` tells when it has come, which ``value`` then holds.

        Args:
            rest_ms: without another answer before the work begins: a drag then keeps the processor to itself.
        """
        wanted = self._follows(answer, *chosen)
        if wanted == self._asked:
            return
        self._asked, self._wanted = wanted, (answer, *chosen)
        if rest_ms:
            self._pause.start(rest_ms)
        else:
            self._begin()

    def is_done(self, answer: Answer, *chosen: object) -> bool:
        """Whether all work for an answer has ended, or failed."""
        return self._follows(answer, *chosen) == self._asked and not self.busy

    @property
    def busy(self) -> bool:
        return self._pause.isActive() or super().busy

    @property
    def awaited(self) -> bool:
        """Whether a value was asked for that has not come: ``ready`` or ``failed`` will tell."""
        return self._asked is not None and self.busy

    def is_of(self, answer: Answer, *chosen: object) -> bool:
        """Whether the value is that of an answer, not of one before it."""
        return self.value is not None and self._follows(answer, *chosen) == self._kept

    def discard(self) -> None:
        super().discard()
        self._pause.stop()
        self._asked = self._kept = self._wanted = None
        self.value = None

    def _begin(self) -> None:
        self._pause.stop()
        wanted, asked, self._wanted = self._wanted, self._asked, None
        if wanted is not None:
            self.request(lambda: (asked, self._work(*wanted)))

    def deliver(self, value: Any) -> None:
        """Keep the value with what it follows from, and tell it."""
        self._kept, self.value = value
        super().deliver(self.value)

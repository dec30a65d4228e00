"""A step of the undo history."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from isocost.plan.project.project import Project


class Step(QUndoCommand):
    """One change of the project; changes of one gesture melt into one step."""

    def __init__(
        self,
        reach: Callable[[Project], None],
        before: Project,
        after: Project,
        words: str,
        gesture: object | None,
    ) -> None:
        super().__init__(words)
        self._reach = reach
        self.before = before
        self.after = after
        self.gesture = gesture

    def id(self) -> int:
        return -1 if self.gesture is None else 1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(other, Step) or other.gesture is not self.gesture:
            return False
        self.after = other.after
        self.setText(other.text())
        self.setObsolete(self.after == self.before)
        # Qt deletes it within the push, and PySide lets go of no command that was deleted there: each move of
        # a drag would leave two plans in memory.
        vars(other).clear()
        return True

    def undo(self) -> None:
        self._reach(self.before)

    def redo(self) -> None:
        self._reach(self.after)

"""A line of the goal for the keyboard: what the arrow keys move, with a ring around its flag."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from isocost.plan.project.programme import Goal
from isocost.report.findings.goal import BUDGET
from isocost.report.findings.tabs.plan_goal import flag_words
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import made_pen
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot

_STEPS = {
    True: {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 5, Qt.Key.Key_PageDown: -5},
    False: {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_PageUp: 5, Qt.Key.Key_PageDown: -5},
}
"""Keys by whether the line is the budget's, which moves up and down."""
RING = 3
"""Pixels around a flag that the ring needs."""


class GoalHandle(QWidget):
    """Lies over a flag and leaves the mouse to the plot; only the ring of the focus is its own."""

    moved = Signal(str, float, object)
    """Path, value, and None: a step of its own."""
    cleared = Signal(str)
    typing_wanted = Signal(str)

    def __init__(self, path: str, plot: CostTimePlot, theme: Theme) -> None:
        super().__init__(plot.viewport())
        self.path = path
        self._plot = plot
        self._theme = theme
        self.setObjectName(f"cost_time.{path}")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        plot.rearranged.connect(self.follow)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def tell(self, goal: Goal) -> None:
        """Say in words where the line stands and what moves it."""
        name, description = flag_words(self.path, goal)
        if name != self.accessibleName():
            self.setAccessibleName(name)
            self.setAccessibleDescription(description)

    def follow(self) -> None:
        """Stay over the flag. While nobody has the focus there is nothing to see, and the place can wait."""
        if self.hasFocus() and self._plot.goal is not None:
            room = self._plot.goal.flag(self.path).room
            self.setGeometry(room.adjusted(-RING, -RING, RING, RING).toAlignedRect())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        goal, key = self._plot.goal, Qt.Key(event.key())
        step = _STEPS[self.path == BUDGET].get(key)
        if goal is None:
            super().keyPressEvent(event)
        elif step is not None:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.moved.emit(self.path, goal.stepped(self.path, step, fine=fine), None)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit(self.path)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typing_wanted.emit(self.path)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(made_pen(self._theme.accent, 2.0))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
        painter.end()

"""A hundred dots with the budget's line among them: the card, and what can be done in it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.results import Estimate
from isocost.report.decisions.doubting.doubt import samples_table
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.risk import DotsView, dots_said, dots_table, dots_view, nothing_said
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import ChartWidget, Drawing
from isocost.ui.tabs.risk.dots_chart import DotsChart, Places
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.drag import Drag
from isocost.ui.widgets.fields.instead import Instead

REACH = 6
"""Pixels beside the line that still take hold of it."""
KEY_STEPS = 40
"""About how many steps of the arrow keys the axis has."""
_KEYS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_PageDown: -5,
    Qt.Key.Key_PageUp: 5,
}
KEYS = tr("Arrow keys move the budget, Enter types one.")


class DotsWidget(ChartWidget[DotsView | None]):
    """The dots on screen; the line is dragged, or moved by keys."""

    moved = Signal(float, object)
    """A budget in USD, and the gesture it is part of (None = a step of its own)."""
    typing_wanted = Signal()
    """The handle was clicked: a budget is to be typed."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(DotsChart(None), theme, parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._held: tuple[float, object] | None = None
        self._pressed: QPointF | None = None
        self._drag = Drag(self, self._let_go)

    @property
    def hover(self) -> int | None:
        return 0 if self.hasFocus() else None

    @property
    def places(self) -> Places | None:
        """Where everything stands on screen."""
        if self.view is None:
            return None
        return Places(self.view, float(self.width()), float(self.height()), self.theme)

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        places, at = self.places, event.position()
        if event.button() is Qt.MouseButton.LeftButton and places is not None and _takes_hold(places, at):
            self._pressed = at
            # The line keeps its distance from the mouse, which seldom takes hold of its very middle.
            self._held = (places.line - at.x(), self._drag.begin())
        else:
            # A press that nobody takes is the window's: it leaves the field that is typed in.
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        places, at = self.places, event.position()
        if places is None:
            return
        if self._held is None or self._pressed is None:
            over = _takes_hold(places, at)
            self.setCursor(Qt.CursorShape.SplitHCursor if over else Qt.CursorShape.ArrowCursor)
            return
        if self._pressed != at:
            offset, gesture = self._held
            self.moved.emit(places.usd(at.x() + offset), gesture)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        clicked = self._pressed is not None and self._pressed == event.position()
        self._drag.end()
        self._let_go()
        places = self.places
        if not clicked or places is None or not places.pill.contains(event.position()):
            return
        if places.view.budget_usd is None:
            self.moved.emit(places.usd(places.line), None)
        else:
            self.typing_wanted.emit()

    def _let_go(self) -> None:
        self._held = self._pressed = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = self.places
        step = _KEYS.get(Qt.Key(event.key()))
        if places is None:
            super().keyPressEvent(event)
        elif step is not None:
            budget = places.view.budget_usd
            held = places.view.ask_usd if budget is None else budget
            self.moved.emit(places.stepped(held, KEY_STEPS, step), None)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typing_wanted.emit()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.unsetCursor()


def _takes_hold(places: Places, at: QPointF) -> bool:
    """Whether a press here takes hold of the line."""
    on_line = abs(at.x() - places.line) <= REACH and at.y() <= places.base
    return on_line or places.pill.contains(at)


class DotsCard(ChartCard):
    """The chance that the budget is enough, as a hundred dots."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk.dots", parent)
        self._chances: Chances | None = None
        self.plot = DotsWidget(theme, self)
        self.plot.setObjectName("risk.dots.plot")
        self.nothing = Instead("risk.dots.empty", self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.plot)
        self.body.addLayout(self._stack, 1)
        self.setTabOrder(self.plot, self.more)
        self._samples = QAction(tr("Export samples…"), self)
        self._samples.setEnabled(False)
        self._samples.triggered.connect(self.export_samples)
        self.menu.addAction(self._samples)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)

    def show_nothing(self, said: Said, why: str, step: NextStep | None = None) -> None:
        """Say in place of the dots why there are none, and what would give some."""
        self.plot.show_view(None)
        self.nothing.offer(why, step)
        self._stack.setCurrentWidget(self.nothing)
        self.say(*said)

    def show_chances(self, found: Chances, budget_usd: float | None, step: NextStep, of: Estimate) -> None:
        """Draw the dots of an estimate against a budget in place of the last ones; ``step``: out of having
        none."""
        self._chances = found
        self._samples.setEnabled(True)
        if not found.in_doubt:
            said, why = nothing_said(found, step)
            self.show_nothing(said.of(of), why, step)
            return
        view = dots_view(found, budget_usd)
        said = dots_said(found, view).of(of)
        self.say(said.finding, said.subtitle, f"{said.summary} {KEYS}")
        self.plot.setAccessibleName(f"{view.pill}. {said.finding}")
        self.plot.setAccessibleDescription(self.accessibleDescription())
        self.plot.show_view(view)
        self._stack.setCurrentWidget(self.plot)

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view is not None else None

    def table(self) -> Table:
        return dots_table(self.plot.view) if self.plot.view is not None else super().table()

    def export_samples(self) -> None:
        """Ask for a file and write every sample with its inputs as CSV."""
        found = self._chances
        if found is not None:
            self.export_table("samples", lambda: samples_table(found.risk))

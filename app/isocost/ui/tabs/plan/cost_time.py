"""Cost against wall-clock time, a curve per accelerator over its counts: the card around the plot."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.across.comparison import Comparison, View
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.tabs.plan import time_said, time_table
from isocost.report.findings.tabs.plan_goal import goal_finding
from isocost.report.table import Table
from isocost.ui.inputs.goal_input import GoalInput
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.session.session import Session
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.tabs.plan.goal_handle import GoalHandle
from isocost.ui.tabs.plan.marks import Beside
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.instead import Instead
from isocost.ui.widgets.flow import Flow

KEYS = tr("Left and right arrows change the count, up and down the accelerator; Tab leads to the goal.")
FIELD = 258
"""Pixels of the budget's and the deadline's field with its label."""


class CostTime(ChartCard):
    """The card; a click, a drag of the plan's point or an arrow key chooses hardware."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and the gesture it is part of (None = a step of its own)."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("cost_time", parent)
        self.plot = CostTimePlot(theme, self)
        self.plot.setObjectName("cost_time.plot")
        self.plot.chosen.connect(self.chosen)
        self.nothing = Instead("cost_time.empty", self)
        self.handles = tuple(GoalHandle(path, self.plot, theme) for path in (BUDGET, DEADLINE))
        self.fields = tuple(GoalInput(path, session) for path in (BUDGET, DEADLINE))
        self._stack = QStackedLayout()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self._with_foot())
        self.body.addLayout(self._stack, 1)
        order: tuple[QWidget, ...] = (self.plot, *self.handles, self.fields[0].edit)
        for first, second in pairwise(order):
            self.setTabOrder(first, second)
        self._comparison: Comparison | None = None
        self.apply_theme(theme)
        self.show_nothing(tr("Estimating…"))

    def _with_foot(self) -> QWidget:
        """The plot above the two fields."""
        self._drawn = QWidget(self)
        column = QVBoxLayout(self._drawn)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * SPACE)
        column.addWidget(self.plot, 1)
        foot = Flow(self._drawn, spacing=4 * SPACE)
        foot.hold(self.fields)
        for each in self.fields:  # what is said of what is typed stands below its field
            foot.align(each, Qt.AlignmentFlag.AlignTop)
        column.addWidget(foot)
        return self._drawn

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)
        for handle in self.handles:
            handle.apply_theme(theme)
        for field in self.fields:
            field.apply_theme(theme)
            field.setMaximumWidth(theme.px(FIELD))

    def refresh(self) -> None:
        """Show the project's budget and deadline in their fields."""
        for field in self.fields:
            field.refresh()

    def field(self, path: str) -> GoalInput:
        """The field of the budget or of the deadline."""
        return next(each for each in self.fields if each.field.path == path)

    def show_nothing(self, why: str, step: NextStep | None = None) -> None:
        """Say in place of the plot why there is none, and what would give one."""
        self._comparison = None
        self.nothing.offer(why, step)
        self._stack.setCurrentWidget(self.nothing)
        self.explains("")
        self.say(tr("Cost against time"), "", why)

    def show_comparison(self, comparison: Comparison, view: View, beside: Beside | None = None) -> None:
        """Draw a comparison in place of the last one; ``beside`` = what else is drawn, None = what was."""
        self._comparison = comparison
        self.explains("total.cost_usd", by_title=False)
        self.plot.show_comparison(comparison, view, beside)
        if self.plot.dragging:
            # Who listens is told when the drag has ended; who looks sees the title move with the line.
            self.title.say(goal_finding(comparison) or self.title.text())
            return
        said = time_said(comparison, view.front, self.plot.marks, view.days[0])
        self.say(said.finding, said.subtitle, f"{said.summary} {KEYS}")
        self.plot.setAccessibleName(tr("Cost against wall-clock time"))
        self.plot.setAccessibleDescription(self.accessibleDescription())
        for handle in self.handles:
            handle.tell(comparison.goal)
        self._stack.setCurrentWidget(self._drawn)

    def drawing(self) -> Drawing | None:
        return self.plot if self._comparison is not None else None

    def table(self) -> Table:
        return time_table(self._comparison) if self._comparison else super().table()

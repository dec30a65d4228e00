"""Cost against wall-clock time, a curve per accelerator over its counts: the card around the plot."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from isocost.plan.answer.comparison import Comparison, View
from isocost.report.findings.plan import time_said, time_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.widgets.card import ChartCard
from isocost.ui.widgets.labels import plain_label

KEYS = "Left and right arrows change the count, up and down the accelerator."


class CostTime(ChartCard):
    """The card; a click, a drag of the plan's point or an arrow key chooses hardware."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and the gesture it is part of (None = a step of its own)."""
    deadline_moved = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("cost_time", parent)
        self.plot = CostTimePlot(theme, self)
        self.plot.setObjectName("cost_time.plot")
        self.plot.chosen.connect(self.chosen)
        self.plot.deadline_moved.connect(self.deadline_moved)
        self.nothing = plain_label(parent=self)
        self.nothing.setProperty("role", "small")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setWordWrap(True)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.plot)
        self.body.addLayout(self._stack, 1)
        self.setTabOrder(self.plot, self.more)
        self._comparison: Comparison | None = None
        self.apply_theme(theme)
        self.show_nothing("Estimating…")

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Say in place of the plot why there is none."""
        self._comparison = None
        self.nothing.setText(why)
        self._stack.setCurrentWidget(self.nothing)
        self.explains("")
        self.say("Cost against time", "", why)

    def show_comparison(self, comparison: Comparison, view: View) -> None:
        """Draw a comparison in place of the last one."""
        self._comparison = comparison
        self.explains("total.cost_usd", by_title=False)
        self.plot.show_comparison(comparison, view)
        said = time_said(comparison, view.front, diamonds=self.plot.shows_published)
        self.say(said.finding, said.subtitle, f"{said.summary} {KEYS}")
        self.plot.setAccessibleName("Cost against wall-clock time")
        self.plot.setAccessibleDescription(self.accessibleDescription())
        self._stack.setCurrentWidget(self.plot)

    def drawing(self) -> Drawing | None:
        return self.plot if self._comparison is not None else None

    def table(self) -> Table:
        return time_table(self._comparison) if self._comparison else super().table()

"""The Plan page: cost against time, and cost by hardware beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QWidget

from isocost.plan.answer.comparison import (
    in_logarithms,
    worth_showing,
)
from isocost.plan.answer.estimate import Answer
from isocost.report.findings.plan import FREE, not_compared
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.tabs.plan.by_hardware import ByHardware
from isocost.ui.tabs.plan.cost_time import CostTime

NAMED = 6
"""Accelerators that get a curve and a name; more would not be told apart."""

SIDE = 380
"""Pixels of the right column."""

READS = ("estimate", "curve", "others", "deadline_days")
"""Parts of the answer."""

BESIDE, NARROWEST = 760, 300
"""Pixels of the page from which the charts stand beside each other, not in a column, and of it at least."""

TALL = 320
"""Pixels of a chart's height at least in a column, which scrolls."""

UNLIMITED = 16_777_215
"""Qt's own limit: no maximum."""


class PlanPage(QScrollArea):
    """A view of the answer; holds no plan of its own and rests while hidden."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_page")
        self.setAccessibleName("Plan")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._theme = theme
        self._session = session
        self.cost_time = CostTime(theme, self)
        self.by_hardware = ByHardware(theme, self)
        body = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, body)
        self._beside.setContentsMargins(16, 12, 16, 14)
        self._beside.setSpacing(12)
        self._beside.addWidget(self.cost_time, 1)
        self._beside.addWidget(self.by_hardware, 1)
        self.setWidget(body)
        self._arrange()
        self._follower = Follower(self, session, READS, self.show_answer)
        session.failed.connect(self._fail)
        for chart in (self.cost_time, self.by_hardware):
            chart.chosen.connect(session.choose_hardware)
        self.cost_time.deadline_moved.connect(self._set_deadline)
        self.by_hardware.deadline_wanted.connect(self._set_deadline)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self._arrange()
        self.cost_time.apply_theme(theme)
        self.by_hardware.apply_theme(theme)

    def _arrange(self) -> None:
        """The charts beside each other, or in a column where that leaves the first no room."""
        px, across = self._theme.px, QBoxLayout.Direction.LeftToRight
        beside = self.width() >= px(BESIDE)
        self.setMinimumWidth(px(NARROWEST))
        self._beside.setDirection(across if beside else QBoxLayout.Direction.TopToBottom)
        self.by_hardware.setMinimumWidth(px(SIDE) if beside else 0)
        self.by_hardware.setMaximumWidth(px(SIDE) if beside else UNLIMITED)
        for chart in (self.cost_time, self.by_hardware):
            chart.setMinimumHeight(0 if beside else px(TALL))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _set_deadline(self, days: float | None) -> None:
        self._session.deadline_days = days

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            self._show_nothing(why)

    def _show_nothing(self, why: str) -> None:
        self.cost_time.show_nothing(why)
        self.by_hardware.show_nothing(why)

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer in place of the last one."""
        comparison = answer.comparison
        if why := not_compared(comparison):
            self._show_nothing(why)
            return
        drawn = in_logarithms(comparison)
        if drawn is None:
            self.cost_time.show_nothing(FREE)
            self.by_hardware.show_comparison(comparison)
        else:
            view = worth_showing(drawn, NAMED)
            self.cost_time.show_comparison(drawn, view)
            self.by_hardware.show_comparison(comparison)

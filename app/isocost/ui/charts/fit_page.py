"""The Fit page: memory, where a step's time goes, the layouts side by side, and the evidence behind them."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from isocost.plan.fit import FitReport, LayoutRow, fit_report
from isocost.plan.results import Estimate, StageEstimate
from isocost.ui.charts.fit_layouts import LayoutsCard
from isocost.ui.charts.fit_memory import MemoryCard
from isocost.ui.charts.fit_nearest import NearestCard
from isocost.ui.charts.fit_step import StepCard
from isocost.ui.charts.fit_words import degrees
from isocost.ui.inputs.bindings import stage_estimate
from isocost.ui.inputs.layout import release
from isocost.ui.labels import WrapLabel
from isocost.ui.session import Session
from isocost.ui.theme import Theme

LEFT, RIGHT = 312, 560
"""Pixels of the left column, and of the right one at least; in a narrower window all cards are in one."""
TOP, BOTTOM = 268, 300
"""Pixels of the rows at least; in a lower window the page scrolls."""
PAUSE_MS = 40
"""Between two requests for a report, so that a drag keeps the processor for itself."""

QWIDGETSIZE_MAX = 16_777_215
"""Qt's own limit: no maximum."""

CLAIMED = "The hours of this stage are taken as claimed: there is no layout, memory or step behind them."
NO_LAYOUT = "This stage does not train with a layout of its own; its figures come from simulating its rounds."


class FitPage(QScrollArea):
    """Shows the selected stage of the newest estimate; holds no plan of its own and rests while hidden."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fit_page")
        self.setAccessibleName("Fit")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._session = session
        self._theme = theme
        self.report: FitReport | None = None
        self.memory = MemoryCard(theme, self)
        self.step = StepCard(theme, self)
        self.nearest = NearestCard(theme, self)
        self.layouts = LayoutsCard(theme, self)
        self.empty = _Empty(self)
        self._build()
        self._worker = session.new_worker()
        self._worker.ready.connect(self._take_report)
        self._worker.failed.connect(self._fail_report)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._connect()
        self.apply_theme(theme)
        self._show()

    def _build(self) -> None:
        body = QWidget()
        body.setObjectName("fit_body")
        cards = QWidget()
        self._grid = QGridLayout(cards)
        self._grid.setContentsMargins(16, 12, 16, 14)
        self._grid.setSpacing(12)
        self._stack = QStackedLayout(body)
        self._stack.addWidget(cards)
        self._stack.addWidget(self.empty)
        self.setWidget(body)

    def _connect(self) -> None:
        session = self._session
        session.estimate_changed.connect(self._take_estimate)
        session.selection_changed.connect(self._show)
        session.failed.connect(self._fail)
        self.layouts.pinned.connect(self._pin)
        self.layouts.released.connect(lambda: release(session))
        self.empty.wanted.clicked.connect(self._select_searched)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self._arrange()
        for card in (self.memory, self.step, self.nearest, self.layouts):
            card.apply_theme(theme)

    @property
    def pending(self) -> bool:
        """Whether the table and the runs are still to be asked for."""
        return self._pause.isActive()

    def _arrange(self) -> None:
        """Two columns, or one where they have no room."""
        grid, theme = self._grid, self._theme
        wide = self.viewport().width() >= theme.px(LEFT + RIGHT) + 44
        cards: tuple[QWidget, ...] = (self.memory, self.step, self.nearest, self.layouts)
        cells = [(0, 0), (0, 1), (1, 0), (1, 1)] if wide else [(0, 0), (1, 0), (3, 0), (2, 0)]
        for card, (row, column) in zip(cards, cells, strict=True):
            grid.addWidget(card, row, column)
        for row, (height, stretch) in enumerate(
            [(TOP, 2), (BOTTOM, 3), (0, 0), (0, 0)] if wide else [(TOP, 2), (TOP, 2), (BOTTOM, 3), (TOP, 2)]
        ):
            grid.setRowMinimumHeight(row, theme.px(height))
            grid.setRowStretch(row, stretch)
        grid.setColumnStretch(0, 0 if wide else 1)
        grid.setColumnStretch(1, 1 if wide else 0)
        for card in (self.memory, self.nearest):
            card.setMaximumWidth(theme.px(LEFT) if wide else QWIDGETSIZE_MAX)
            card.setMinimumWidth(theme.px(LEFT) if wide else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    # Showing

    def _take_estimate(self, estimate: Estimate) -> None:
        self._show()

    def _show(self) -> None:
        """The bars at once; the table and the runs when the worker has them."""
        if not self.isVisible():
            return
        stage = stage_estimate(self._session)
        if stage is None:
            return
        searched = stage.memory is not None
        self._stack.setCurrentIndex(0 if searched else 1)
        if not searched:
            other = self._searched_stage()
            name = self._session.current_scenario.stages[other].name if other is not None else ""
            self.empty.show_stage(stage, name)
            return
        self.memory.show_stage(stage)
        self.step.show_stage(stage)
        if not self._pause.isActive():
            self._pause.start()

    def _ask(self) -> None:
        session = self._session
        project, catalog = session.project, session.catalog
        scenario, stage = session.scenario, session.stage
        self._worker.request(lambda: (stage, fit_report(project, catalog, scenario, stage)))

    def _take_report(self, answer: tuple[int, FitReport]) -> None:
        stage, report = answer
        if stage == self._session.stage and report.searched:
            self.report = report
            self.layouts.show_report(report)
            self.nearest.show_report(report)

    def _fail_report(self, error: Exception) -> None:
        self.layouts.show_nothing(f"The layouts could not be compared: {error}")
        self.nearest.show_nothing("")

    def _fail(self, why: str) -> None:
        if why and self._session.estimate is None:
            for card in (self.memory, self.step, self.nearest, self.layouts):
                card.show_nothing(why)

    # Changing

    def _pin(self, row: LayoutRow) -> None:
        values = msgspec.structs.asdict(row.pins)
        self._session.set_section("layout", f"Pin {degrees(row)}", None, **values)

    def _searched_stage(self) -> int | None:
        """The first stage that has a layout."""
        estimate = self._session.estimate
        stages = estimate.stages if estimate is not None else ()
        return next((i for i, stage in enumerate(stages) if stage.memory is not None), None)

    def _select_searched(self) -> None:
        other = self._searched_stage()
        if other is not None:
            self._session.select_stage(other)


class _Empty(QFrame):
    """What the page says of a stage that has nothing to fit."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fit.empty")
        self.title = QLabel(self)
        self.title.setProperty("role", "figure")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wanted = QPushButton(self)
        self.wanted.setObjectName("fit.empty.show")
        column = QVBoxLayout(self)
        column.setContentsMargins(80, 40, 80, 80)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.reason)
        column.addSpacing(8)
        column.addWidget(self.wanted, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def show_stage(self, stage: StageEstimate, other: str) -> None:
        """Say why a stage has no fit, and offer another stage that has one (empty = none)."""
        self.title.setText(f"{stage.name}: nothing to fit")
        reason = CLAIMED if stage.kind == "gpu-hours" else NO_LAYOUT
        self.reason.say(reason)
        self.setAccessibleName(f"{stage.name}: nothing to fit. {reason}")
        self.wanted.setVisible(bool(other))
        self.wanted.setText(f"Show {other}")

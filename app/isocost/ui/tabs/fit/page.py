"""The Fit page: memory, where a step's time goes, the layouts side by side, and the evidence behind them."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.fit import FitReport, LayoutRow
from isocost.plan.answer.predicted import Prediction, predicted
from isocost.plan.answer.results import StageEstimate
from isocost.plan.doubt.factors import Factors
from isocost.report.findings import next_step
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.fit import (
    dearest_searched,
    in_rounds,
    nothing_runs,
    unsearched,
    unsearched_rounds,
)
from isocost.report.findings.tabs.layouts import degrees
from isocost.report.launch import wanted
from isocost.ui.inputs.selected import selected_figure, selected_result
from isocost.ui.inputs.stage.commands import predict_claimed, take_step
from isocost.ui.inputs.stage.layout import release
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.ranging import Ranging
from isocost.ui.session.session import ESTIMATING, Session
from isocost.ui.tabs.fit.launch import LaunchDialog
from isocost.ui.tabs.fit.layouts import LayoutsCard
from isocost.ui.tabs.fit.memory import EngineCard, MemoryCard
from isocost.ui.tabs.fit.nearest import NearestCard
from isocost.ui.tabs.fit.step import StepCard
from isocost.ui.tabs.fit.unsearched import UnsearchedStage
from isocost.ui.widgets.sections import BAR, hold_width, keep_bar, see_through, side_width

LEFT, RIGHT = 312, 560
"""Pixels of the left column, and of the right one at least; in a narrower window all cards are in one."""
TOP, BOTTOM = 268, 300
"""Pixels of the rows at least; in a lower window the page scrolls."""
PAUSE_MS = 40
"""Between two requests for a report, so that a drag keeps the processor for itself."""


class FitPage(QScrollArea):
    """Shows the selected stage of the newest estimate; holds no plan of its own and rests while hidden."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fit_page")
        self.setAccessibleName(tr("Fit"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keep_bar(self)
        self._session = session
        self._theme = theme
        self.report: FitReport | None = None
        self._opened = False
        self.launch: LaunchDialog | None = None
        """Made when it is first wanted."""
        self.memory = MemoryCard(theme, self)
        self.step = StepCard(theme, self)
        self.engine = EngineCard(theme, self)
        self.nearest = NearestCard(theme, self)
        self.layouts = LayoutsCard(theme, self)
        self.empty = UnsearchedStage(self)
        self._build()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(session.ask_fit)
        self._connect()
        self.apply_theme(theme)

    def _build(self) -> None:
        body = QWidget()
        body.setObjectName("fit_body")
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(16, 12, 16 - BAR, 14)
        self._grid.setSpacing(12)
        self.setWidget(body)
        see_through(self, body)

    def _connect(self) -> None:
        session = self._session
        self._follower = Follower(self, session, ("estimate", "fit"), self.show_answer)
        self._ranging = Ranging(self, session, self._follower.again)
        session.selection_changed.connect(self._follower.again)
        session.failed.connect(self._fail)
        session.fit_failed.connect(self._fail_report)
        self.layouts.pinned.connect(self._pin)
        self.layouts.released.connect(lambda: release(session))
        self.layouts.launch_wanted.connect(self._launch)
        self.empty.step_wanted.connect(lambda step: take_step(session, step))
        self.empty.predict.clicked.connect(lambda: predict_claimed(session))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self._arrange()
        for card in self._cards:
            card.apply_theme(theme)
        if self.launch is not None:
            self.launch.apply_theme(theme)

    @property
    def pending(self) -> bool:
        """Whether the table and the runs are still to be asked for."""
        return self._pause.isActive()

    @property
    def _cards(self) -> tuple[MemoryCard, StepCard, NearestCard, LayoutsCard, EngineCard]:
        return self.memory, self.step, self.nearest, self.layouts, self.engine

    def _arrange(self) -> None:
        """Two columns, or one where they have no room; what is not shown takes none."""
        grid, theme = self._grid, self._theme
        wide = self.viewport().width() >= theme.px(LEFT + RIGHT) + 44
        cards = self._cards
        # Never both: a stage has a layout, or an engine that generates for it.
        cells = [(0, 0), (0, 1), (1, 0), (1, 1), (1, 0)] if wide else [(0, 0), (1, 0), (3, 0), (2, 0), (2, 0)]
        for card, (row, column) in zip(cards, cells, strict=True):
            grid.addWidget(card, row, column)
        beside = wide and not self.engine.isHidden()
        grid.addWidget(self.empty, *((1, 1, 1, 1) if beside else (4, 0, 1, 2 if wide else 1)))
        heights = [TOP, BOTTOM, 0, 0] if wide else [TOP, TOP, BOTTOM, TOP]
        shown = {row for card, (row, _) in zip(cards, cells, strict=True) if not card.isHidden()}
        for row, height in enumerate(heights):
            grid.setRowMinimumHeight(row, theme.px(height) if row in shown else 0)
            grid.setRowStretch(row, (3 if height == BOTTOM else 2) if row in shown else 0)
        grid.setRowStretch(4, 0 if beside or self.empty.isHidden() else 2)
        grid.setColumnStretch(0, 0 if wide else 1)
        grid.setColumnStretch(1, 1 if wide else 0)
        for card in (self.memory, self.nearest, self.engine):
            hold_width(card, side_width(self.viewport().width(), theme.px(LEFT)) if wide else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._opened = True
        self._follower.again()

    # Showing

    def show_answer(self, answer: Answer) -> None:
        """The bars at once; the table and the runs when they have come."""
        stage = selected_result(self._session)
        if stage is None or self._led_on(stage):
            return
        if not any(each.enabled for each in answer.estimate.stages):
            self._lay_open()
            self.empty.offer(nothing_runs(), next_step.nothing_runs(answer.scenario))
            return
        if stage.memory is not None:
            self._lay_open(self.memory, self.step, self.nearest, self.layouts)
            self.memory.show_stage(stage, selected_figure(self._session, "memory_bytes"))
            figure = selected_figure(self._session, "step_seconds")
            self.step.show_stage(stage, figure, self._ranging.newest)
        elif not in_rounds(stage):
            self._lay_open()
            foretold = self._predicted()
            self.empty.offer(unsearched(stage), self._other(), foretold.words if foretold else "")
            return
        if answer.fit is not None and answer.fit.place == self._session.stage:
            self._show_report(answer.fit, stage)
            return
        if stage.memory is None and self.engine.isHidden():  # what stands there is of a stage of another kind
            self._lay_open()
            self._say_instead(ESTIMATING)
        if not self._pause.isActive():
            self._pause.start()

    def _led_on(self, stage: StageEstimate) -> bool:
        """Whether the page, just opened on a stage with nothing to show, chose the dearest with a layout."""
        opened, self._opened = self._opened, False
        other = dearest_searched(self._stages())
        if not opened or stage.memory is not None or in_rounds(stage) or other is None:
            return False
        self._session.select_stage(other)
        return True

    def _lay_open(self, *cards: QWidget) -> None:
        """Show these cards, and what is said instead of the others."""
        for card in self._cards:
            card.setVisible(card in cards)
        self.empty.setVisible(self.layouts not in cards)
        self._arrange()

    def _show_report(self, report: FitReport, stage: StageEstimate) -> None:
        self.report = report
        if report.searched:
            self.layouts.show_report(report, self._speed_range())
            self.nearest.show_report(report)
            if self.launch is not None and self.launch.isVisible():
                self._show_launch(self.launch)
        elif report.rounds is not None:
            self._lay_open(self.memory, self.step, self.engine)
            self.memory.show_rounds(stage, report.rounds)
            self.engine.show_rounds(report.rounds)
            self.step.show_rounds(report.rounds)
            self.empty.offer(unsearched_rounds(stage, report.rounds), self._other())
        else:
            self._lay_open()
            self.empty.offer(unsearched(stage), self._other())

    def _speed_range(self) -> Factors | None:
        """How far the speed of the stage may lie from what is predicted; None = not known, or not shown."""
        ranges = self._ranging.newest
        return None if ranges is None else ranges.factors.get(selected_figure(self._session, "tokens_per_s"))

    def _fail_report(self, why: str) -> None:
        self.layouts.show_nothing(why)
        self.nearest.show_nothing("")

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            for card in self._cards:
                card.show_nothing(why)
            self._say_instead(why)

    def _say_instead(self, why: str) -> None:
        """In place of what is said of a stage without layouts, while nothing is known of the one selected."""
        name = self._session.current_stage.name
        self.empty.offer(Said(name, why, f"{name}. {why}"))

    # Changing

    def _pin(self, row: LayoutRow) -> None:
        values = msgspec.structs.asdict(row.pins)
        self._session.set_section("layout", tr("Pin {degrees}", degrees=degrees(row)), None, **values)

    def _launch(self) -> None:
        """Show the plan's layout as launch settings."""
        if self.launch is None:
            self.launch = LaunchDialog(self._session, self)
            self.launch.apply_theme(self._theme)
        self._show_launch(self.launch)
        self.launch.bring()

    def _show_launch(self, dialog: LaunchDialog) -> None:
        if self.report is not None:
            dialog.show_run(wanted(self.report, self._session.project.name, self._session.catalog))

    def _predicted(self) -> Prediction | None:
        """The stage that would take the place of the selected one, where that is a claim."""
        session = self._session
        return predicted(session.project, session.stage, session.catalog, session.scenario)

    def _stages(self) -> tuple[StageEstimate, ...]:
        estimate = self._session.estimate
        return estimate.stages if estimate is not None else ()

    def _other(self) -> NextStep | None:
        """The way to the dearest stage that has a layout; None where there is none."""
        other = dearest_searched(self._stages())
        return None if other is None else next_step.show(self._session.current_scenario, other)

"""The Risk page: a budget among a hundred dots, what a safer one costs, what matters, what to measure."""

from __future__ import annotations

import logging

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.chances import chances, chances_follow, stage_with
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.predicted import predicted
from isocost.plan.doubt.along import rounded_end
from isocost.plan.project.project import Place
from isocost.report.findings.goal import BUDGET
from isocost.report.findings.next_step import PREDICT, RANGE, NextStep, nothing_runs
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.risk import SAMPLING, DoubtRow, SaferRow, Side, budget_words
from isocost.ui.inputs.bindings import write, write_number
from isocost.ui.inputs.ranges import drop_range, held_range, move_ends
from isocost.ui.inputs.stage.commands import take_step
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import Session
from isocost.ui.tabs.risk.dots import DotsCard
from isocost.ui.tabs.risk.experiment import ExperimentCard
from isocost.ui.tabs.risk.safer import SaferCard
from isocost.ui.tabs.risk.tornado_card import TornadoCard
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.sections import CardPage, hold_width, side_width

log = logging.getLogger(__name__)
SIDE, WIDE = 336, 820
"""Pixels of the right column, and of the page from which on there are two."""
TALL = 336
"""Pixels of the dots' card at least."""


class RiskPage(CardPage):
    """A view of the chances of an answer, which are sampled in the worker; rests while hidden."""

    field_wanted = Signal(str)
    """Path of an input that is not on this page."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk_page", tr("Risk"), theme, parent)
        self._session = session
        self.dots = DotsCard(theme, self)
        self.safer = SaferCard(session, theme, self)
        self.tornado = TornadoCard(theme, self)
        self.experiment = ExperimentCard(theme, self)
        self.sampled = session.later(chances, chances_follow)
        for card in self.cards:
            card.explains("total.cost_usd", by_title=card is not self.experiment)
        self._arrange()
        self._connect()
        self._show_nothing(SAMPLING)

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        return self.dots, self.safer, self.tornado, self.experiment

    def _connect(self) -> None:
        session = self._session
        self._follower = Follower(self, session, ("estimate",), self.show_answer)
        session.project_changed.connect(self._show_goal)
        session.selection_changed.connect(self._follower.again)
        session.failed.connect(self._fail)
        self.sampled.ready.connect(self._show)
        self.dots.nothing.wanted.connect(self._take)
        self.sampled.failed.connect(self._fail_sampling)
        self.dots.plot.moved.connect(lambda usd, gesture: write_number(session, BUDGET, usd, gesture))
        self.dots.plot.typing_wanted.connect(lambda: self.reveal(BUDGET))
        self.safer.chosen.connect(self._choose)
        self.tornado.field_wanted.connect(self._lead_to)
        self.tornado.end_moved.connect(self._move_end)
        self.tornado.dropped.connect(self._drop)

    def _arrange(self) -> None:
        """Two columns, or one where they have no room."""
        px, grid = self._theme.px, self._grid
        wide = self.width() >= px(WIDE)
        cells = [(0, 0), (0, 1), (1, 0), (1, 1)] if wide else [(0, 0), (1, 0), (2, 0), (3, 0)]
        for card, (row, column) in zip(self.cards, cells, strict=True):
            grid.addWidget(card, row, column)
        for card in (self.safer, self.experiment):
            hold_width(card, side_width(self.width(), px(SIDE)) if wide else None)
        self.dots.hold_height(px(TALL))
        grid.setColumnStretch(0, 1)
        grid.setRowStretch(0, 1)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.safer.refresh()
        self._show()  # what has come, or was held against another goal, while the page was hidden

    # Inputs

    def holds(self, path: str) -> bool:
        """Whether an input is on this page."""
        return any(path == each.field.path for each in (self.safer.budget, self.safer.deadline))

    def reveal(self, path: str) -> None:
        """Put the cursor into the budget or the deadline."""
        field = self.safer.budget if path == BUDGET else self.safer.deadline
        self.ensureWidgetVisible(field, 0, 24)
        field.focus()

    def _choose(self, row: SaferRow) -> None:
        write(self._session, BUDGET, row.budget_usd, budget_words(row))

    def _lead_to(self, path: str) -> None:
        """Select the stage whose input settles a doubt, and put the cursor into that."""
        session = self._session
        stage, declared = stage_with(session.current_scenario, path, session.stage)
        session.select_stage(stage)
        self.field_wanted.emit(declared)

    def _place_of(self, row: DoubtRow) -> tuple[Place, str]:
        """The stage that holds the input of a doubt, and the input."""
        session = self._session
        stage, declared = stage_with(session.current_scenario, row.path, session.stage)
        return Place(session.scenario, stage), declared

    def _move_end(self, row: DoubtRow, side: Side, value: float, gesture: object) -> None:
        """Make the ends of a bar the range of its input."""
        at, declared = self._place_of(row)
        held = held_range(self._session, declared, at)
        if held is not None:
            low, high = held.low, held.high
        else:  # ours, of more digits than anybody means
            planned = row.bar.doubt.shown_in_plan
            low, high = (rounded_end(row.at(each).number, planned) for each in ("low", "high"))
        ends = (value, high) if side == "low" else (low, value)
        if not move_ends(self._session, declared, *ends, gesture, at=at):
            self._show()

    def _drop(self, row: DoubtRow) -> None:
        at, declared = self._place_of(row)
        drop_range(self._session, declared, at=at)

    # Showing

    def show_answer(self, answer: Answer) -> None:
        """Sample an answer; until its samples have come the last ones stand."""
        self.safer.refresh()
        self.sampled.ask(answer)
        if self.sampled.value is None:
            self._show_nothing(SAMPLING)

    def _show(self) -> None:
        """Draw the newest chances in place of the last ones."""
        found, answer = self.sampled.value, self._session.answer
        if answer is None or found is None or not self.isVisible():
            return
        self.tornado.show_chances(found, answer)
        self.experiment.show_chances(found, answer.estimate)
        for card in (self.tornado, self.experiment):
            card.setVisible(found.in_doubt)  # that nothing is in doubt is said once, where it can be changed
        self._show_goal()

    def _show_goal(self) -> None:
        """Hold what is drawn against the newest goal: it moves no sample, and a drag waits for none."""
        if not self.isVisible():
            return
        self.safer.refresh()
        found, estimate = self.sampled.value, self._session.estimate
        if found is not None and estimate is not None:
            goal = self._session.current_scenario.goal
            self.dots.show_chances(found, goal.budget_usd, self._step(), estimate)
            self.safer.show_chances(found, goal, estimate)

    def _step(self) -> NextStep:
        """What would put something of the plan in doubt."""
        session = self._session
        if (step := nothing_runs(session.current_scenario)) is not None:
            return step
        foretold = predicted(session.project, session.stage, session.catalog, session.scenario)
        return RANGE if foretold is None else PREDICT

    def _take(self, step: NextStep) -> None:
        if step.does == "type":
            self.field_wanted.emit(step.path)
        else:
            take_step(self._session, step)

    def _show_nothing(self, why: str) -> None:
        self.dots.show_nothing(Said(tr("Chances of the budget"), why, why), why)
        for card in (self.safer, self.tornado, self.experiment):
            card.show_nothing(why)

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            self._show_nothing(why)

    def _fail_sampling(self, error: Exception) -> None:
        log.warning("No chances: %s", error, exc_info=error)
        self._show_nothing(
            tr("The chances could not be worked out: {error}.", error=error or type(error).__name__)
        )

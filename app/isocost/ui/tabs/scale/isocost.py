"""The card of size against text: what the same money buys, live while the plan moves over the map."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from isocost.catalog import CatalogError
from isocost.engine.architecture import TRAIN_FLOPS
from isocost.engine.scaling import ParametricLaw, optimum
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.predicted import predicted
from isocost.plan.answer.results import StageEstimate, result_of
from isocost.plan.project.project import Project
from isocost.plan.solve.case import Case
from isocost.plan.solve.scale import Extent, Survey, costs_follow, place_of, survey
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.scale import (
    EMPTY_TITLE,
    FREE,
    KEYS,
    MAPPING,
    NO_SIZES,
    Ground,
    ScaleView,
    ground,
    laws,
    no_map,
    point,
    said,
    table,
)
from isocost.report.table import Table
from isocost.ui.inputs.pickers import Picker
from isocost.ui.inputs.stage.commands import take_step
from isocost.ui.look.theme import Theme
from isocost.ui.plot.base import Span, snapped
from isocost.ui.plot.chart import Drawing
from isocost.ui.session.session import Session
from isocost.ui.tabs.scale.isocost_plot import IsocostPlot
from isocost.ui.tabs.scale.mover import Mover
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.instead import Instead

log = logging.getLogger(__name__)
AROUND, LEAST = 0.75, (2.6, 2.4)
"""Decades that the map shows beyond the plan and beyond the best split of its compute, and at least."""


@dataclass(frozen=True)
class _Known:
    """A map of a stage, and what it was worked out of."""

    of: object
    stage: int
    found: Survey | None
    """None where there are no such models, or they cost nothing."""


def _surveyed(answer: Answer, stage: int, extent: Extent, law: ParametricLaw) -> _Known:
    found = survey(_case_of(answer, stage), extent, law)
    return _Known(_surveyed_by(answer, stage, extent, law), stage, found)


def _surveyed_by(answer: Answer, stage: int, extent: Extent, law: ParametricLaw) -> object:
    return costs_follow(_case_of(answer, stage)), extent, law


def _case_of(answer: Answer, stage: int) -> Case:
    return Case(answer.project, answer.reckoning.catalog, answer.at, date.today(), stage)


class IsocostCard(ChartCard):
    """The map of the selected stage. What other places cost is worked out in the worker; the plan moves at
    once."""

    released = Signal()
    """A drag has ended: what rested during it may follow."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("scale.isocost", parent)
        self._session = session
        self.mover = Mover(session)
        self.plot = IsocostPlot(theme, self)
        self.plot.setObjectName("scale.isocost.plot")
        self.instead = Instead("scale.empty", self)
        self.law_picker = Picker(session, "scale.law", tr("Law of loss"), tr("By which law losses are told"))
        self.law_picker.flatten()
        for id, name in laws(session.catalog).items():
            self.law_picker.addItem(name, id)
        self.heading.insertWidget(1, self.law_picker)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.instead)
        self._stack.addWidget(self.plot)
        self.body.addLayout(self._stack, 1)
        self.setTabOrder(self.plot, self.law_picker)
        self.setTabOrder(self.law_picker, self.more)
        self._spans: tuple[Span, Span] | None = None
        self.surveyed = session.later(_surveyed, _surveyed_by)
        self._connect()
        self.apply_theme(theme)
        self.show_nothing(MAPPING)

    def _connect(self) -> None:
        session, plot = self._session, self.plot
        session.project_changed.connect(self._follow)
        session.doubt_shown.connect(self.refresh)
        self.surveyed.ready.connect(lambda _: self.refresh())
        self.surveyed.failed.connect(self._fail)
        plot.along.connect(self._along)
        plot.freely.connect(self._freely)
        plot.released.connect(self.released)
        plot.best_wanted.connect(self._take_best)
        plot.model_wanted.connect(self._offer_model)
        self.instead.wanted.connect(lambda step: take_step(session, step))
        self.law_picker.currentIndexChanged.connect(lambda _: self.refresh())

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)

    @property
    def law(self) -> ParametricLaw:
        """The law losses are told by."""
        return self._session.catalog.constants.laws.law(self.law_picker.currentData())

    # Showing

    def show_nothing(self, why: str, said_of: Said | None = None, step: NextStep | None = None) -> None:
        """Say in place of the map why there is none."""
        self.explains("")
        self.plot.show_view(None)
        self.instead.offer(why, step)
        self._stack.setCurrentWidget(self.instead)
        self.law_picker.hide()
        self.say(*(said_of or Said(EMPTY_TITLE, "", why)))

    def refresh(self) -> None:
        """Draw the newest answer."""
        if self._session.answer is not None and self.isVisible():
            self.show_answer(self._session.answer)

    def show_answer(self, answer: Answer, *, still: bool = False) -> None:
        """Draw an answer; what other places cost is asked for where it has become another.

        ``still``: only the plan moves, on the ground that is there.
        """
        session = self._session
        result = result_of(session.current_scenario.stages, answer.estimate, session.stage)
        if answer.at != session.scenario or result is None:
            return
        foretold = predicted(session.project, session.stage, session.catalog, session.scenario)
        lacking = no_map(answer.scenario, session.stage, foretold)
        if lacking is not None:
            self._forget()
            self.show_nothing(lacking.reason, lacking.said, lacking.step)
            return
        if answer.estimate.total.cost_usd <= 0.0:
            self._forget()
            self.show_nothing(FREE)
            return
        case, law = self._case(answer.project), self.law
        if self.surveyed.value is None or self.surveyed.value.stage != session.stage:
            # Of another plan, or of another stage of it.
            self.show_nothing(MAPPING)
            self._spans = None
        elif still and self.plot.view is not None:
            self._show(case, self.plot.view.ground, answer.estimate.total.cost_usd)
            self.mover.settle(answer, dragging=self.plot.dragging)
            return
        chosen = session.stage, self._extent(case, law), law
        self.surveyed.ask(answer, *chosen)
        if self.plot.view is not None or self.surveyed.value is not None:
            self._draw(answer, case, result, _surveyed_by(answer, *chosen))

    def _case(self, project: Project) -> Case:
        session = self._session
        return Case(project, session.catalog, session.scenario, date.today(), session.stage)

    def _extent(self, case: Case, law: ParametricLaw) -> Extent:
        """The plan and the best split of its compute, with room around; it stands still during a drag."""
        if self._spans is None or not self.plot.dragging:
            size, tokens = place_of(case)
            best = optimum(law, TRAIN_FLOPS * size * tokens)
            x, y = self._spans or (None, None)
            ends = [
                sorted((math.log10(one), math.log10(other)))
                for one, other in ((size, best.parameters), (tokens, best.tokens))
            ]
            self._spans = (
                snapped(ends[0][0] - AROUND, ends[0][1] + AROUND, x, LEAST[0]),
                snapped(ends[1][0] - AROUND, ends[1][1] + AROUND, y, LEAST[1]),
            )
        across, up = self._spans
        return Extent((10.0**across.low, 10.0**across.high), (10.0**up.low, 10.0**up.high))

    def _draw(self, answer: Answer, case: Case, result: StageEstimate, wanted: object) -> None:
        """The picture of an answer; the last one's ground stands while its own is worked out."""
        usd, shown, known = answer.estimate.total.cost_usd, self.plot.view, self.surveyed.value
        if known is not None and known.of == wanted and known.found is None:
            self.show_nothing(NO_SIZES)
            return
        if known is not None and known.of == wanted and not self.plot.dragging:
            spread = answer.comparison.spread if self._session.doubt else None
            on = ground(case, known.found, result, self.mover.bill or usd, spread)
            self._show(case, on if shown is None or not _alike(on, shown.ground) else shown.ground, usd)
        elif shown is not None:
            self._show(case, shown.ground, usd)
        self.mover.settle(answer, dragging=self.plot.dragging)

    def _show(self, case: Case, on: Ground, usd: float) -> None:
        view = ScaleView(on, point(case, on, usd))
        words = said(view)
        self.explains("total.cost_usd")
        self.say(words.finding, words.subtitle, f"{words.summary} {KEYS}")
        self.plot.setAccessibleName(words.finding)
        self.plot.setAccessibleDescription(self.accessibleDescription())
        self.plot.show_view(view)
        self.law_picker.show()
        self._stack.setCurrentWidget(self.plot)

    def _follow(self) -> None:
        """Move the plan with every change, before its answer has come."""
        view, session = self.plot.view, self._session
        if view is None or not self.isVisible() or no_map(session.current_scenario, session.stage):
            return
        try:
            case = self._case(session.project)
            size, tokens = place_of(case)
        except CatalogError:  # the session says what is wrong with it
            return
        bill = self.mover.bill or view.ground.on.cost(size, tokens)
        if (size, tokens) != (view.point.size, view.point.tokens) and math.isfinite(bill):
            self._show(case, view.ground, bill)

    def _fail(self, error: Exception) -> None:
        log.warning("No map: %s", error, exc_info=error)
        self.show_nothing(
            tr("The map could not be worked out: {error}.", error=error or type(error).__name__)
        )

    def _forget(self) -> None:
        self.surveyed.discard()
        self._spans = None

    # Moving

    def _along(self, size: float, gesture: object) -> None:
        view = self.plot.view
        if view is not None:
            on, usd = view.ground.on, view.ground.usd
            size = min(max(size, float(on.sizes[0])), float(on.sizes[-1]))
            self.mover.along(on, usd, size, on.total(size), gesture)

    def _freely(self, size: float, tokens: float, gesture: object) -> None:
        view = self.plot.view
        if view is not None:
            same = math.isclose(size, view.point.size, rel_tol=1e-6)
            total = view.point.total if same else view.ground.on.total(size)
            self.mover.freely(total, float(f"{tokens:.3g}"), gesture)

    def _take_best(self) -> None:
        view = self.plot.view
        if view is not None and view.point.best is not None:
            on, size = view.ground.on, view.point.best.size
            self.mover.along(on, view.point.usd, size, on.total(size), object())

    def _offer_model(self, model: int, at: QPointF) -> None:
        """A menu beside the dot: train it, or read as much."""
        view = self.plot.view
        if view is None:
            return
        chosen = view.ground.models[model]
        menu = QMenu(self)
        menu.setObjectName("scale.model_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, text_only in ((chosen.offer, False), (chosen.text_offer, True)):
            action = menu.addAction(text.replace("&", "&&"))
            action.triggered.connect(partial(self._take_model, model, text_only=text_only))
        menu.popup(self.plot.mapToGlobal(at.toPoint()))
        menu.setActiveAction(menu.actions()[0])

    def _take_model(self, model: int, _: bool = False, *, text_only: bool) -> None:
        view = self.plot.view
        if view is not None:
            self.mover.take(view.ground.models[model], text_only=text_only)

    # Elsewhere

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view is not None else None

    def table(self) -> Table:
        return table(self.plot.view) if self.plot.view is not None else super().table()


def _alike(one: Ground, other: Ground) -> bool:
    """Whether two grounds are the same picture."""
    same = one.survey is other.survey and one.usd == other.usd and one.hardware == other.hardware
    budgets = [each.budget.label if each.budget is not None else "" for each in (one, other)]
    bands = [None if each.band is None else [edge.label for edge in each.band] for each in (one, other)]
    return same and budgets[0] == budgets[1] and bands[0] == bands[1] and one.bill.label == other.bill.label

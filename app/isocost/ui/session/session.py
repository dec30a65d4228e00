"""The one place that owns the open project; every change goes through :meth:`Session.apply`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QUndoStack

from isocost.catalog import Catalog, CatalogError
from isocost.engine.search.best import TURNS
from isocost.language import tr
from isocost.plan.answer.across.curves import CostCurve, is_quick, other_curves, searched_alike
from isocost.plan.answer.chances import chances_follow, figure_ranges
from isocost.plan.answer.estimate import Answer, answer
from isocost.plan.answer.fit import FitReport, fit_report
from isocost.plan.answer.results import Estimate
from isocost.plan.physics.at_once import NotAtOnce, at_once
from isocost.plan.project.choosing import names, with_choice
from isocost.plan.project.currency import typed_in, with_currency
from isocost.plan.project.editing import add_scenario, duplicate_scenario, followed
from isocost.plan.project.obtainable import with_obtainable_counts
from isocost.plan.project.project import Project, Scenario, Stage, get_value, set_section, set_value
from isocost.plan.values import Currency
from isocost.quantities import MoneyUnit, format_count, show_money_in
from isocost.report.decisions.choices import moved_words
from isocost.report.findings.tabs.layouts import not_searched
from isocost.ui.session.later import Later
from isocost.ui.session.step import Step
from isocost.ui.session.worker import LatestWorker

Change = Callable[[Project], Project]
log = logging.getLogger(__name__)
COMPARISON_PAUSE_MS = 100
"""Without a change before the other accelerators are searched: a drag keeps the processor for itself."""
SEARCHES = 2
"""Searches of layouts in one frame at most: a plan's counts as clusters are built, and its own beside them. A
range of a searched input takes one at each of its nodes."""
UNDO_STEPS = 1000
"""Steps that can be undone; each keeps two projects, and a window may stay open for weeks."""


ESTIMATING = tr("Estimating…")
"""Said where a plan that was opened takes longer than a frame."""


class Session(QObject):
    """The newest project, its undo history and the newest estimate of it."""

    project_changed = Signal(object)
    """The new :class:`Project`, at once after every change."""
    answered = Signal(object)
    """The newest :class:`Answer`, also each time a part of it that takes longer has come: the curves of other
    accelerators, the layouts of a stage."""
    shown = Signal()
    """Whoever follows the answers has shown the newest one."""
    selection_changed = Signal()
    """Another scenario or stage is selected."""
    catalog_changed = Signal()
    """The catalogue is another: the user's own files changed."""
    path_changed = Signal(object)
    dirty_changed = Signal(bool)
    failed = Signal(str)
    """The newest project has no estimate, and why, in one sentence; empty when it has one again."""
    fit_failed = Signal(str)
    """The layouts of the selected stage could not be compared, and why."""
    doubt_shown = Signal(bool)
    """Whether figures show their ranges from now on."""
    comparison_failed = Signal(str)
    """The plan has its estimate, but the other accelerators could not be compared, and why."""
    settled = Signal()
    """Everything asked for so far has been computed and delivered."""
    _due = Signal()
    """Queued, it comes before the next paint: a step of a drag paints its input and its answer together."""

    def __init__(self, project: Project, catalog: Catalog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        TURNS.take()  # a curve, a knee and a ranking are searched at once, each in its own worker
        self.catalog = catalog
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self.undo_stack.cleanChanged.connect(self._tell_dirty)
        # Told once for a jump over many steps, each of which would take as long to show as the last.
        self.undo_stack.indexChanged.connect(self._arrive)
        self._reached: Project | None = None
        self.answer: Answer | None = None
        self._project = project
        self._show_money()
        self._path: Path | None = None
        self._scenario = 0
        self._stage = 0
        self._workers: list[LatestWorker] = []
        self._of_plan: list[LatestWorker] = []
        self._compared: Scenario | None = None
        self._standing: tuple[CostCurve, ...] = ()
        self._another = True
        self._problem = ""
        self._doubt = True
        self._asked = False
        self._due.connect(self._compute, Qt.ConnectionType.QueuedConnection)
        self._comparison = QTimer(self)
        self._comparison.setSingleShot(True)
        self._comparison.setInterval(COMPARISON_PAUSE_MS)
        self._comparison.timeout.connect(self._compare)
        self._answers = self.worker(self._take, self._report)
        self._comparer = self.worker(self._take_curves, self._report_comparison)
        self._fitter = self.worker(self._take_fit, self._report_fit)
        self.ranges = self.later(figure_ranges, chances_follow)
        """Of the newest answer's figures; see :class:`isocost.ui.session.ranging.Ranging`."""

    # Properties

    @property
    def estimate(self) -> Estimate | None:
        """What the newest answer says; None before the first one."""
        return self.answer.estimate if self.answer is not None else None

    @property
    def project(self) -> Project:
        """The newest project."""
        return self._project

    @property
    def path(self) -> Path | None:
        """The file the project was opened from or saved to."""
        return self._path

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return not self.undo_stack.isClean()

    @property
    def scenario(self) -> int:
        """Index of the selected scenario."""
        return self._scenario

    @property
    def stage(self) -> int:
        """Index of the selected stage within its scenario."""
        return self._stage

    @property
    def current_scenario(self) -> Scenario:
        """The selected scenario."""
        return self._project.scenarios[self._scenario]

    @property
    def current_stage(self) -> Stage:
        """The selected stage."""
        return self.current_scenario.stages[self._stage]

    @property
    def doubt(self) -> bool:
        """Whether figures show their ranges."""
        return self._doubt

    @doubt.setter
    def doubt(self, shown: bool) -> None:
        if shown != self._doubt:
            self._doubt = shown
            self.doubt_shown.emit(shown)

    # Changing the project

    def apply(self, change: Change, words: str, gesture: object | None = None) -> None:
        """Replace the project by ``change`` of it: one undo step called ``words``.

        Changes made with the same ``gesture`` object, one after another, are one step.
        """
        after = with_obtainable_counts(change(self._project), self.catalog)
        if after != self._project:
            self.undo_stack.push(Step(self._reach, self._project, after, words, gesture))

    def value(self, path: str) -> Any:
        """The value at a path such as ``hardware.count`` of the selected stage."""
        return get_value(self._project, path, scenario=self._scenario, stage=self._stage)

    def set_value(self, path: str, value: Any, words: str, gesture: object | None = None) -> None:
        """Replace the value at a path of the selected stage."""
        at = {"scenario": self._scenario, "stage": self._stage}
        self.apply(lambda project: set_value(project, path, value, **at), words, gesture)

    def set_section(self, section: str, words: str, gesture: object | None = None, **values: Any) -> None:
        """Replace several values of one section of the selected stage together."""
        at = {"scenario": self._scenario, "stage": self._stage}
        self.apply(lambda project: set_section(project, section, **at, **values), words, gesture)

    def choose_hardware(self, accelerator: str, count: int, gesture: object | None = None) -> None:
        """Make an accelerator and count the scenario's own, at its frozen or usual price."""
        name = self.catalog.accelerator(accelerator).short_name
        step = tr("Choose {count} {name}", count=format_count(count), name=name)
        words = moved_words(step, self.current_scenario, count)
        at, catalog = self._scenario, self.catalog
        self.apply(lambda project: with_choice(project, accelerator, count, catalog, at), words, gesture)

    def open_scenario(self, scenario: Scenario, words: str) -> None:
        """Add a scenario to the plan and show it: one undo step called ``words``."""
        self.open_scenarios((scenario,), words)

    def open_scenarios(self, scenarios: Sequence[Scenario], words: str) -> None:
        """Add scenarios to the plan and show the first of them: one undo step called ``words``."""
        last = len(self._project.scenarios)

        def change(project: Project) -> Project:
            for at, each in enumerate(scenarios, last):
                project = add_scenario(project, each, at)
            return project

        self.apply(change, words)
        self.select_scenario(last)

    def duplicate_scenario(self, at: int, name: str = "") -> None:
        """Put a copy of a scenario after it, called otherwise where a name is given, and show the copy."""
        copied = self._project.scenarios[at].name
        self.apply(
            lambda project: duplicate_scenario(project, at, name), tr("Duplicate {copied}", copied=copied)
        )
        self.select_scenario(at + 1)

    def show_in(self, code: str) -> None:
        """Show the plan's amounts in another currency, at the catalogue's rate, which is frozen."""
        catalog = self.catalog
        self.apply(lambda project: with_currency(project, code, catalog), tr("Amounts in {code}", code=code))

    # The catalogue

    def take_catalog(self, catalog: Catalog) -> None:
        """Go on with another catalogue: the user's own files changed. Nothing worked out before holds."""
        self.catalog = catalog
        self._compared, self._standing = None, ()
        for worker in self._of_plan:
            worker.discard()
        self.catalog_changed.emit()
        self.apply(
            lambda project: project, tr("Counts that can be had")
        )  # a server may hold others than before
        self.refresh()

    def holds(self, accelerator: str) -> bool:
        """Whether the plan, or a step of its history, names an accelerator."""
        stack = self.undo_stack
        steps = (stack.command(at) for at in range(stack.count()))
        every = {
            id(each): each for step in steps if isinstance(step, Step) for each in (step.before, step.after)
        }
        return any(names(each, accelerator) for each in (self._project, *every.values()))

    # Selecting

    def select_scenario(self, index: int) -> None:
        """Show another scenario of the plan, its first stage selected."""
        if index == self._scenario or not 0 <= index < len(self._project.scenarios):
            return
        self._scenario = index
        self._show_another()

    def select_stage(self, index: int) -> None:
        """Show the inputs of another stage."""
        if index != self._stage and 0 <= index < len(self.current_scenario.stages):
            self._stage = index
            self.selection_changed.emit()

    # Documents

    def open(self, project: Project, path: Path | None) -> None:
        """Replace the document: a new history, the first stage selected."""
        self.undo_stack.clear()
        self._scenario = 0
        self._project = project
        self._show_money()
        self._set_path(path)
        self._show_another()

    def _show_another(self) -> None:
        """Nothing on screen holds any more: another document, or another scenario of it."""
        self._comparison.stop()
        for worker in self._of_plan:
            worker.discard()
        self._stage = 0
        self._standing = ()
        self._compared = None
        self._another = True
        self._show(self._project, another=True)
        self.selection_changed.emit()

    def mark_saved(self, path: Path) -> None:
        """The newest project is what the file holds."""
        self._set_path(path)
        self.undo_stack.setClean()

    def close(self) -> None:
        """Stop computing; call before the window goes."""
        self._asked = False
        self._comparison.stop()
        for worker in self._workers:
            worker.close()
        # Each step knows the session and its history knows it: left to Python's collection of garbage, which
        # destroys them in any order, Qt deletes some of them twice.
        self.undo_stack.clear()

    def _set_path(self, path: Path | None) -> None:
        self._path = path
        self.path_changed.emit(path)

    def _tell_dirty(self, clean: bool) -> None:
        self.dirty_changed.emit(not clean)

    # Computing

    def refresh(self) -> None:
        """Ask for the estimate of the newest project; many calls in one frame are one computation."""
        if not self._asked:
            self._asked = True
            self._due.emit()

    @property
    def busy(self) -> bool:
        """Whether an estimate or a curve is still to come."""
        working = any(worker.busy for worker in self._workers)
        return self._asked or self._comparison.isActive() or working

    def later(self, work: Callable[..., Any], follows: Callable[..., object]) -> Later:
        """Something of an answer that takes longer than a frame, for a view that asks for it while it shows.

        It is closed and discarded with the session, which settles only when it has come; see :class:`Later`.
        """
        made = Later(work, follows, self)
        self._keep(made, of_plan=True)
        return made

    def worker(
        self, take: Callable[[Any], None], fail: Callable[[Exception], None], *, of_plan: bool = True
    ) -> LatestWorker:
        """A worker that is closed with the session and waited for before it settles.

        ``of_plan``: what it works at is of the scenario on screen, and is dropped when that is another.
        """
        worker = LatestWorker(self)
        worker.ready.connect(take)
        worker.failed.connect(fail)
        self._keep(worker, of_plan=of_plan)
        return worker

    def _keep(self, worker: LatestWorker, *, of_plan: bool) -> None:
        worker.idle.connect(self._settle)
        self._workers.append(worker)
        if of_plan:
            self._of_plan.append(worker)

    def _settle(self) -> None:
        if not self.busy:
            self.settled.emit()

    def _reach(self, project: Project) -> None:
        """A step was done or undone, of one or of many on the way."""
        self._reached = project

    def _arrive(self, _: int) -> None:
        """Show the project that the history has come to."""
        if self._reached is not None:
            project, self._reached = self._reached, None
            self._show(project)

    def _show(self, project: Project, *, another: bool = False) -> None:
        before, at, place = self._project.scenarios, self._scenario, self._stage
        stages = self.current_scenario.stages
        self._scenario = followed(before, at, project.scenarios)
        gone = len(project.scenarios) < len(before) and before[at] not in project.scenarios
        self._project = project
        if gone:  # with the undo of a copy goes back to what it was a copy of; of several, to what is left
            self._scenario = min(max(0, at - 1), len(project.scenarios) - 1)
            self._show_another()
            return
        self._show_money()
        self._stage = 0 if another else followed(stages, place, self.current_scenario.stages)
        self.project_changed.emit(project)
        if (self._scenario, self._stage) != (at, place):
            self.selection_changed.emit()
        self.refresh()

    def _show_money(self) -> None:
        """Whatever the window says of an amount, it says in the open project's currency."""
        show_money_in(self.money[0])

    @property
    def money(self) -> tuple[MoneyUnit, ...]:
        """Currencies an amount can be typed in, the project's own first."""
        try:
            return typed_in(self._project.currency, self.catalog)
        except CatalogError:  # without a rate there is no answer either, which says so
            return typed_in(Currency(), self.catalog)

    def _compute(self) -> None:
        """Answer within the frame, or in the worker where that takes longer; the last answer then stands."""
        if not self._asked:
            return
        self._asked = False
        project, scenario, catalog = self._project, self._scenario, self.catalog
        another, self._another = self._another, False
        standing = None if another or self._answers.busy or self.answer is None else self.answer
        if standing is not None and standing.reckoning.catalog is not catalog:
            standing = None
        if standing is not None and (held := standing.against(project)) is not None:
            self._say("")
            self._publish(held)
            self._settle()
            return
        self._comparison.stop()
        try:
            if not is_quick(self.current_scenario):
                raise NotAtOnce
            with at_once(SEARCHES):
                found = answer(project, catalog, scenario)
        except NotAtOnce:
            if another:  # the answer on screen is of another plan, and may not stand meanwhile
                self.answer = None
                self._say(ESTIMATING)
            self._answers.request(lambda: answer(project, catalog, scenario))
        except Exception as error:  # whatever the engine refuses is said in the window, which stays usable
            self._answers.discard()
            self._report(error)
            self._settle()
        else:
            self._answers.discard()
            self._take(found)

    def _take(self, found: Answer) -> None:
        """Publish an answer with the curves that go with it, at once or when they are searched."""
        self._say("")
        compared = self._compare_at_once()
        others = tuple(c for c in self._standing if c.accelerator != found.curve.accelerator)
        self._standing = (*others, found.curve)
        self._publish(replace(found, others=others, awaited=not compared and not others))
        if compared:
            self._settle()
        else:
            self._comparison.start()

    def once_answered(self, do: Callable[[Answer], None]) -> None:
        """Do something with the answer of the newest project, which may have yet to come."""
        asked = self._project
        if self.answer is not None and self.answer.project == asked:
            do(self.answer)
            return

        def come() -> None:
            if self.answer is not None and self.answer.project == asked:
                do(self.answer)

        self.shown.connect(come, Qt.ConnectionType.SingleShotConnection)

    def _publish(self, found: Answer) -> None:
        self.answer = found
        self.answered.emit(found)
        self.shown.emit()

    def _compare_at_once(self) -> bool:
        """Bring the other accelerators' curves along with the answer if no layouts must be searched."""
        newest = self.current_scenario
        if self._compared is None or not is_quick(newest):
            return False
        if not searched_alike(self._compared, newest, self.catalog):
            return False
        try:
            with at_once(0):
                self._standing = other_curves(self._project, self.catalog, self._scenario)
        except Exception:  # it is no more remembered, or fails: the worker finds or reports that
            return False
        self._comparison.stop()
        self._comparer.discard()
        return True

    def _compare(self) -> None:
        """Ask for the other accelerators' curves of the newest project."""
        project, scenario, catalog = self._project, self._scenario, self.catalog
        chosen = self.current_scenario
        self._comparer.request(lambda: (chosen, other_curves(project, catalog, scenario)))

    def _take_curves(self, compared: tuple[Scenario, tuple[CostCurve, ...]]) -> None:
        self._compared, self._standing = compared
        if self.answer is not None:
            active = self.answer.curve.accelerator
            others = tuple(curve for curve in self._standing if curve.accelerator != active)
            self._publish(replace(self.answer, others=others, awaited=False))

    def ask_fit(self) -> None:
        """Ask for the layouts and the nearest runs of the selected stage; they come with an answer."""
        project, scenario, stage, catalog = self._project, self._scenario, self._stage, self.catalog
        self._fitter.request(lambda: fit_report(project, catalog, scenario, stage))

    def _take_fit(self, report: FitReport) -> None:
        if self.answer is not None:
            self._publish(replace(self.answer, fit=report))

    def _report_fit(self, error: Exception) -> None:
        log.warning("No layouts: %s", error, exc_info=error)
        self.fit_failed.emit(not_searched(error))

    def _report(self, error: Exception) -> None:
        expected = isinstance(error, CatalogError)
        sentence = (
            str(error)
            if expected
            else tr("The estimate failed: {error}.", error=error or type(error).__name__)
        )
        if sentence != self._problem:
            log.warning("No estimate: %s", error, exc_info=None if expected else error)
        self._say(sentence)

    def _report_comparison(self, error: Exception) -> None:
        log.warning("No comparison: %s", error, exc_info=error)
        if self.answer is not None and self.answer.awaited:
            self._publish(replace(self.answer, awaited=False))
        self.comparison_failed.emit(tr("Other accelerators could not be compared: {error}", error=error))

    def _say(self, problem: str) -> None:
        if problem != self._problem:
            self._problem = problem
            self.failed.emit(problem)

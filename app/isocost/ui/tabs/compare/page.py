"""The Compare page: the plan's scenarios side by side, why one costs more, and what other suppliers ask."""

from __future__ import annotations

import logging
from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from isocost.catalog import CatalogError
from isocost.plan.answer.estimate import Answer
from isocost.plan.compare.beside import Beside, Side, beside
from isocost.plan.compare.suppliers import SupplierPrice, priced_by_suppliers
from isocost.plan.project.choosing import with_price
from isocost.plan.project.project import Project, Scenario
from isocost.report.decisions.comparing.compare import letters
from isocost.report.decisions.comparing.suppliers import THE_PLAN, adopted_words
from isocost.report.decisions.comparing.why import why
from isocost.report.decisions.doubting.beside import columns, input_place
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.ranging import Ranging
from isocost.ui.session.session import Session
from isocost.ui.tabs.compare.card import Alone, ColumnsCard
from isocost.ui.tabs.compare.commands import ScenarioCommands
from isocost.ui.tabs.compare.suppliers import SuppliersCard
from isocost.ui.tabs.compare.why import WhyCard
from isocost.ui.widgets.sections import BESIDE, ScrollBody, scrolling

MARGIN, GAP = 16, 12
LOW = 600
"""Pixels of the page's height below which its table is dense, so that what is below begins in sight."""
TWO_COLUMNS = 860
"""Pixels from which on the two lower cards stand side by side."""
PAUSE_MS = 60
"""Without a change before the chances and the shares are asked for: a drag keeps the processor for itself."""

log = logging.getLogger(__name__)


class ComparePage(QWidget):
    """A view of the answer and of the scenarios beside it; rests while hidden."""

    field_wanted = Signal(str)
    """Path of an input to go to."""
    plan_wanted = Signal()
    """A plan of another file is to stand beside these."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compare_page")
        self._session = session
        self._theme = theme
        self._found: Beside | None = None
        self._known: tuple[Side, ...] = ()
        self._explained = 1
        self._names: tuple[str, ...] = ()
        self._wide: bool | None = None
        self.commands = ScenarioCommands(session)
        self.columns = ColumnsCard(theme, self.commands, self)
        self.alone = Alone(lambda: self.commands.duplicate(0), self)
        self.why = WhyCard(theme, self)
        self.suppliers = SuppliersCard(theme, self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._lay_out()
        self._connect()
        self.apply_theme(theme)

    def _lay_out(self) -> None:
        body = ScrollBody()
        self._grid = QGridLayout(body)
        self._grid.setContentsMargins(0, 0, 6, 0)
        self._grid.setSpacing(GAP)
        self._grid.addWidget(self.columns, 0, 0, 1, 2)
        self._grid.addWidget(self.alone, 0, 0, 1, 2)
        self.alone.hide()
        self.area = scrolling(body, "compare_page.area", self)
        outer = QGridLayout(self)
        outer.setContentsMargins(MARGIN, 12, MARGIN - BESIDE, 14)
        outer.addWidget(self.area)

    def _connect(self) -> None:
        session = self._session
        self._worker = session.worker(self._take, self._report)
        self._follower = Follower(self, session, ("project", "estimate"), self.show_answer)
        session.selection_changed.connect(self._follower.again)
        session.project_changed.connect(self._show_names)
        self._ranging = Ranging(self, session, self._follower.again)
        session.doubt_shown.connect(self._follower.again)
        self._pause.timeout.connect(self._ask)
        self.columns.table_view.input_wanted.connect(self.go_to)
        self.columns.table_view.current_changed.connect(self._explain)
        self.columns.add.clicked.connect(self.plan_wanted)
        self.alone.add.clicked.connect(self.plan_wanted)
        self.why.input_wanted.connect(self.go_to)
        self.suppliers.adopted.connect(self._adopt)

    @property
    def found(self) -> Beside | None:
        """What was found last of the scenarios together; None before anybody looked."""
        return self._found

    @property
    def pending(self) -> bool:
        """Whether the chances and the shares are still to be asked for."""
        return self._pause.isActive()

    def _arrange(self) -> None:
        """The two lower cards side by side where they have room."""
        several = self.alone.isHidden()
        wide = several and self.width() - 2 * MARGIN >= self._theme.px(TWO_COLUMNS)
        if wide == self._wide:
            return
        self._wide = wide
        self._grid.addWidget(self.why, 1, 0, 1, 1 if wide else 2)
        self._grid.addWidget(self.suppliers, 1 if wide else 2, 1 if wide else 0, 1, 1 if wide else 2)
        self._grid.setColumnStretch(0, 5)
        self._grid.setColumnStretch(1, 4)
        self._grid.setRowStretch(3, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
        self.columns.table_view.set_dense(self.height() < self._theme.px(LOW))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        for card in (self.columns, self.why, self.suppliers):
            card.apply_theme(theme)
        self._arrange()

    # Showing

    def show_answer(self, answer: Answer) -> None:
        """The figures of the scenario on screen at once; chances and shares when they have come."""
        several = len(answer.project.scenarios) > 1
        called = letters(answer.project.scenarios)[answer.at] if several else THE_PLAN
        ranges = self._ranging.newest
        by_price = None if ranges is None else ranges.beside.by_price
        found = priced_by_suppliers(answer, self._session.catalog)
        self.suppliers.show_cards(found, called, answer.estimate, by_price)
        self._show(self._session.project)
        scenarios = self._session.project.scenarios
        if len(scenarios) > 1 and not self._is_newest(scenarios):
            self._pause.start()

    def _show_names(self, project: Project) -> None:
        """Other names or another order stand at once, whatever is still to be computed."""
        if self.isVisible() and tuple(each.name for each in project.scenarios) != self._names:
            self._show(project)

    def _show(self, project: Project) -> None:
        scenarios = project.scenarios
        self._names = tuple(each.name for each in scenarios)
        several = len(scenarios) > 1
        left_alone = several and self.alone.isAncestorOf(self.focusWidget())
        left_table = not several and self.columns.isAncestorOf(self.focusWidget())
        # The one that comes before the one that goes, and the keyboard with it: else it would go wherever Qt
        # finds the next widget.
        for card in (self.columns, self.why) if several else (self.alone,):
            card.show()
        if left_alone:
            self.columns.seek()
        elif left_table:
            self.alone.copy.setFocus(Qt.FocusReason.OtherFocusReason)
        for card in (self.alone,) if several else (self.columns, self.why):
            card.hide()
        self._arrange()
        if not several:
            return
        self._explained = min(max(1, self._explained), len(scenarios) - 1)
        sides = [self._side(scenario, at) for at, scenario in enumerate(scenarios)]
        shown = columns(scenarios, sides, self._session.catalog, ranged=self._session.doubt)
        self.columns.show_columns(shown, self._session.scenario)
        self._show_why(scenarios)

    def _side(self, scenario: Scenario, at: int) -> Side | None:
        """What is known of a scenario: of the one on screen the newest answer, with the last chances."""
        known = next((each for each in self._known if each.is_of(scenario)), None)
        known = known or next((each for each in self._known if each.scenario.name == scenario.name), None)
        newest = self._session.answer
        if newest is not None and at == self._session.scenario == newest.at and newest.scenario == scenario:
            odds, ranges = (None, None) if known is None else (known.odds, known.ranges)
            return Side(scenario, newest, odds, ranges=ranges)
        return replace(known, scenario=scenario) if known is not None else None

    def _is_newest(self, scenarios: tuple[Scenario, ...]) -> bool:
        """Whether what was found is of these scenarios, and of the one to be explained."""
        found = self._found
        return (
            found is not None
            and found.explained == self._explained
            and len(found.sides) == len(scenarios)
            and all(side.is_of(each) for side, each in zip(found.sides, scenarios, strict=True))
        )

    def _show_why(self, scenarios: tuple[Scenario, ...]) -> None:
        found = self._found
        if found is None or found.explained >= len(scenarios):
            return
        if found.pair is None:
            self.why.show_nothing(found.problem)
            return
        at = found.explained
        names = (found.sides[0].scenario.name, found.sides[at].scenario.name)
        self.why.show_why(why(found.pair, names, letters(self._names)[at], self._session.catalog), at)

    def _take(self, found: Beside) -> None:
        self._found, self._known = found, found.sides
        self._follower.again()

    def _report(self, error: Exception) -> None:
        expected = isinstance(error, CatalogError)
        log.warning("Nothing to compare: %s", error, exc_info=None if expected else error)
        self.why.show_nothing(str(error) or type(error).__name__)

    # Asking

    def _ask(self) -> None:
        """Ask for what is not known of the newest project."""
        project, catalog, known = self._session.project, self._session.catalog, self._known
        explained = self._explained
        if self.isVisible() and explained < len(project.scenarios):
            self._worker.request(lambda: beside(project, catalog, explained, known))

    def _explain(self, column: int) -> None:
        """Explain the scenario the keyboard is on; on the base, the one explained before stays."""
        if column and column != self._explained:
            self._explained = column
            self._pause.start()

    # Doing

    def go_to(self, column: int, path: str) -> None:
        """Open a scenario and put the cursor into one of its inputs."""
        session = self._session
        self.commands.open(column)
        place, field = input_place(session.current_scenario, path, session.stage)
        if place is not None:
            session.select_stage(place)
        if field:
            self.field_wanted.emit(field)

    def _adopt(self, card: SupplierPrice) -> None:
        at = self._session.scenario
        self._session.apply(lambda project: with_price(project, card.card, at), adopted_words(card))

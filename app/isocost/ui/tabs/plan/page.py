"""The Plan page: offers at the edge of the goal, cost against time, and cost by hardware beside it."""

from __future__ import annotations

import logging

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.across.comparison import Comparison, View, in_logarithms, worth_showing
from isocost.plan.answer.across.curves import is_quick
from isocost.plan.answer.estimate import Answer
from isocost.plan.claims.published import as_published
from isocost.plan.compare.points import Ghost, ghosts, ghosts_follow
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.project.programme import Goal
from isocost.plan.project.project import Scenario, replace_scenario
from isocost.plan.solve.case import Case
from isocost.plan.solve.hardware.edge import (
    Edge,
    doublings,
    doublings_follow,
    edge,
    edge_follows,
    ranks,
    ranks_follow,
    taken,
)
from isocost.plan.solve.hardware.ranks import Ranking, sureness_of
from isocost.report.decisions.choices import moved_words
from isocost.report.decisions.solving.rank import change_words
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.next_step import nothing_runs
from isocost.report.findings.tabs.plan import FREE, not_compared
from isocost.report.findings.tabs.plan_offers import (
    KneeView,
    OffersView,
    OfferView,
    knee_view,
    offers_view,
    take_words,
)
from isocost.ui.inputs.bindings import reset, write_number
from isocost.ui.inputs.stage.commands import take_step
from isocost.ui.look.theme import Theme
from isocost.ui.session.follower import Follower
from isocost.ui.session.session import COMPARISON_PAUSE_MS, Session
from isocost.ui.tabs.plan.by_hardware import ByHardware
from isocost.ui.tabs.plan.cost_time import CostTime
from isocost.ui.tabs.plan.marks import Beside, Mark
from isocost.ui.tabs.plan.offers import MOST, OfferRow
from isocost.ui.widgets.sections import BAR, ScrollBody, hold_width, keep_bar, see_through, side_width

log = logging.getLogger(__name__)

GOAL_PAUSE_MS = 60
"""Without a move of a line before offers are looked for: they follow a drag where it lingers."""

NAMED = 6
"""Accelerators that get a curve and a name; more would not be told apart."""

SIDE = 380
"""Pixels of the right column."""

READS = ("project", "estimate", "curve", "others")
"""Parts of the answer."""

BESIDE, NARROWEST = 760, 300
"""Pixels of the page from which the charts stand beside each other, not in a column, and of it at least."""

TALL, LIST = 420, 320
"""Pixels of the height of the plot's card and of the list's at least in a column, which scrolls."""


class PlanPage(QScrollArea):
    """A view of the answer; holds no plan of its own and rests while hidden."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plan_page")
        self.setAccessibleName(tr("Plan"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        keep_bar(self)
        self._theme = theme
        self._session = session
        self.offers = OfferRow(theme, self)
        self.cost_time = CostTime(session, theme, self)
        self.by_hardware = ByHardware(theme, self)
        self.edge = session.later(edge, edge_follows)
        self.knee = session.later(doublings, doublings_follow)
        self.ghosts = session.later(ghosts, ghosts_follow)
        self.ranks = session.later(ranks, ranks_follow)
        self._view: View | None = None
        self._said: tuple[Edge | None, OffersView | None] = (None, None)
        self._build()
        self._arrange()
        self._connect()

    def _build(self) -> None:
        body = ScrollBody()
        column = QVBoxLayout(body)
        column.setContentsMargins(16, 12, 16 - BAR, 14)
        column.setSpacing(12)
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._beside.setSpacing(12)
        self._beside.addWidget(self.cost_time, 1)
        self._beside.addWidget(self.by_hardware, 1)
        column.addWidget(self.offers)
        column.addLayout(self._beside, 1)
        self.offers.hide()
        self.setWidget(body)
        see_through(self, body)

    def _connect(self) -> None:
        session, plot = self._session, self.cost_time.plot
        self._follower = Follower(self, session, READS, self.show_answer)
        session.failed.connect(self._fail)
        session.project_changed.connect(self._follow_goal)
        session.doubt_shown.connect(self._draw)
        for later in (self.edge, self.knee, self.ghosts, self.ranks):
            later.ready.connect(self._go_on)
            later.failed.connect(self._fail_later)
        for chart in (self.cost_time, self.by_hardware):
            chart.chosen.connect(session.choose_hardware)
        for source in (plot.goal_moved, *(handle.moved for handle in self.cost_time.handles)):
            source.connect(self._move)
        for handle in self.cost_time.handles:
            handle.cleared.connect(lambda path: reset(session, path))
            handle.typing_wanted.connect(self.reveal)
        plot.goal_typing.connect(self.reveal)
        plot.mark_chosen.connect(self._choose)
        plot.released.connect(self._draw)
        self.by_hardware.reranked.connect(self._draw)
        self.cost_time.nothing.wanted.connect(lambda step: take_step(session, step))
        self.offers.chosen.connect(self._choose)
        for number in range(1, MOST + 1):
            key = QShortcut(QKeySequence(str(number)), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(lambda number=number: self.offers.take(number))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        self._theme = theme
        self._arrange()
        self.offers.apply_theme(theme)
        self.cost_time.apply_theme(theme)
        self.by_hardware.apply_theme(theme)

    def _arrange(self) -> None:
        """The charts beside each other, or in a column where that leaves the first no room."""
        px, across = self._theme.px, QBoxLayout.Direction.LeftToRight
        beside = self.width() >= px(BESIDE)
        self.setMinimumWidth(px(NARROWEST))
        self._beside.setDirection(across if beside else QBoxLayout.Direction.TopToBottom)
        hold_width(self.by_hardware, side_width(self.width(), px(SIDE)) if beside else None)
        self.cost_time.hold_height(0 if beside else px(TALL))
        self.by_hardware.hold_height(0 if beside else px(LIST))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()  # what has come, or was held against another goal, while the page was hidden

    # Inputs

    def holds(self, path: str) -> bool:
        """Whether an input is on this page."""
        return path in (BUDGET, DEADLINE)

    def reveal(self, path: str) -> None:
        """Put the cursor into the budget or the deadline."""
        field = self.cost_time.field(path)
        self.ensureWidgetVisible(field, 0, 24)
        field.focus()

    def _move(self, path: str, value: float, gesture: object | None) -> None:
        declared = NUMBERS[path]
        write_number(self._session, path, min(max(value, declared.minimum), declared.maximum), gesture)

    def _choose(self, mark: Mark) -> None:
        """Take an offer or the knee, or show another scenario."""
        session = self._session
        if isinstance(mark, OfferView):
            if not self.cost_time.plot.beside.dimmed:
                self._take(mark)
        elif isinstance(mark, KneeView):
            session.choose_hardware(mark.accelerator, mark.count)
        elif isinstance(mark, Ghost):
            session.select_scenario(mark.at)
        elif mark.run is not None and (scenario := as_published(mark.run)) is not None:
            session.open_scenario(scenario, tr("Open {name}", name=scenario.name))

    def _take(self, view: OfferView) -> None:
        session, at, other = self._session, self._session.scenario, view.alternative
        if other is not None and other.changed == "tokens":
            name = session.current_scenario.name
            scenario = msgspec.structs.replace(other.case.scenario, name=name)
            session.apply(lambda project: replace_scenario(project, scenario, scenario=at), take_words(view))
            return
        catalog, scenario = session.catalog, session.current_scenario
        words = moved_words(take_words(view), scenario, view.choice.count)
        session.apply(lambda project: taken(project, view.choice, catalog, at), words)

    # Showing

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            self._show_nothing(why)

    def _fail_later(self, error: Exception) -> None:
        log.warning("Nothing beside the curves: %s", error, exc_info=error)
        self._go_on()

    def _show_nothing(self, why: str) -> None:
        self.offers.hide()
        self.cost_time.show_nothing(why, nothing_runs(self._session.current_scenario))
        self.by_hardware.show_nothing(why)

    def show_answer(self, answer: Answer) -> None:
        """Draw an answer in place of the last one, and ask for what takes longer."""
        self._ask(answer)
        self._draw()

    def _ask(self, answer: Answer, rest_ms: int = COMPARISON_PAUSE_MS) -> None:
        """Ask for the first that has not come of what takes longer.

        All of it searches the same layouts, which are remembered: at once each would search them all.
        """
        if not_compared(answer.comparison):
            return
        held = answer.scenario.goal != Goal()
        wanted = [self.edge] if held else []
        wanted += [self.knee, *([self.ghosts] if len(answer.project.scenarios) > 1 else []), self.ranks]
        found: Edge | None = self.edge.value
        if held and found is not None and _same_plan(found.case.scenario, answer.scenario):
            rest_ms = min(rest_ms, GOAL_PAUSE_MS)
        for each in wanted:
            if not each.is_done(answer):
                each.ask(answer, rest_ms=rest_ms)
                return

    def _go_on(self) -> None:
        """Draw what has come, and ask for what comes after it."""
        answer = self._session.answer
        if answer is not None and self.isVisible():
            self._ask(answer, 0)
        self._draw()

    def _follow_goal(self) -> None:
        """Hold what is drawn against the newest goal where its answer takes longer than a frame."""
        if self.isVisible():
            self.cost_time.refresh()
            if not is_quick(self._session.current_scenario):
                self._draw()

    def _draw(self) -> None:
        """Draw the newest answer held against the newest goal, with what has come of what takes longer."""
        answer = self._session.answer
        if answer is None or not self.isVisible():
            return
        self.cost_time.refresh()
        goal = self._session.current_scenario.goal
        found = self._edge_of(answer.scenario, goal)
        comparison = answer.comparison.against(goal).with_curves(found.curves if found is not None else ())
        if why := not_compared(comparison):
            self._show_nothing(why)
            return
        self.by_hardware.show_comparison(comparison, ranged=self._session.doubt)
        self._show_changes(answer, comparison)
        self._show_offers(goal)
        drawn = in_logarithms(comparison)
        if drawn is None:
            self.cost_time.show_nothing(FREE)
            return
        beside = self._marks(answer, drawn, goal, on_lines=found is not None)
        offered = list(dict.fromkeys(each.choice.accelerator for each in beside.offers))
        view = self._view
        if view is None or not self.cost_time.plot.dragging or not view.styles.keys() >= set(offered):
            view = self._view = worth_showing(drawn, NAMED, offered)
        self.cost_time.show_comparison(drawn, view, beside)

    def _edge_of(self, scenario: Scenario, goal: Goal) -> Edge | None:
        """The newest offers, while their curves are those of this plan, whatever they are held against."""
        found: Edge | None = self.edge.value
        if found is None or goal == Goal() or not _same_plan(found.case.scenario, scenario):
            return None
        return found

    def _show_changes(self, answer: Answer, comparison: Comparison) -> None:
        """What would change the winner, where the card ranks as the words do: by the deadline that stands."""
        found: tuple[Ranking, Case] | None = self.ranks.value
        moved = answer.comparison.deadline_days != comparison.deadline_days
        if found is None or moved or not self.ranks.is_of(answer):
            self.by_hardware.show_changes(None)
            self.by_hardware.show_sureness({})
            return
        self.by_hardware.show_sureness(sureness_of(found[0]))
        rows, dated = found[0].rows, comparison.deadline_days is not None
        as_shown = rows and self.by_hardware.at_deadline.isChecked() is dated
        winner = (rows[0].choice.accelerator, rows[0].choice.count) if as_shown else None
        self.by_hardware.show_changes(change_words(*found), winner)

    def _offers_said(self) -> OffersView | None:
        """What the newest offers say; None before the first."""
        found: Edge | None = self.edge.value
        if self._said[0] is not found:
            self._said = found, None if found is None else offers_view(found)
        return self._said[1]

    def _is_current(self, goal: Goal) -> bool:
        """Whether the offers are those of the goal that stands."""
        found, answer = self.edge.value, self._session.answer
        return answer is not None and self.edge.is_of(answer) and found.case.goal == goal

    def _show_offers(self, goal: Goal) -> None:
        # A row that came in the middle of a drag would move the plot under the mouse.
        if not self.cost_time.plot.dragging:
            self.offers.setVisible(goal != Goal())
        self.offers.show_view(self._offers_said(), dimmed=not self._is_current(goal))

    def _marks(self, answer: Answer, comparison: Comparison, goal: Goal, *, on_lines: bool) -> Beside:
        """What is drawn beside the curves: offers only while a goal stands.

        Args:
            on_lines: whether the offers are points of these curves.
        """
        said = self._offers_said() if goal != Goal() else None
        knee = knee_view(self.knee.value, comparison.active, current=self.knee.is_of(answer))
        points = [] if knee is None else [(knee.accelerator, knee.count)]
        if said is not None and on_lines:
            points += [(card.choice.accelerator, card.choice.count) for card in said.cards]
        through = {name: frozenset(count for each, count in points if each == name) for name, _ in points}
        ghosts = self.ghosts.value if self.ghosts.is_of(answer) else ()
        return Beside(
            () if said is None else said.cards,
            not self._is_current(goal),
            through,
            knee,
            # What takes no time or costs nothing has no place on axes of decades.
            tuple(each for each in ghosts if each.days > 0.0 and each.cost_usd > 0.0),
            self._session.doubt,
        )


def _same_plan(one: Scenario, other: Scenario) -> bool:
    """Whether two scenarios are the same but for their name and what they are held against."""
    return msgspec.structs.replace(one, name="", goal=Goal()) == msgspec.structs.replace(
        other, name="", goal=Goal()
    )

"""The Ledger page: what a whole programme costs, when it is paid, and what else the money could do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.warnings.badges import badges, spokesman
from isocost.plan.inputs.billing import STAGES, counted
from isocost.plan.money.ledger import Omission
from isocost.report.findings.facts import counted_words
from isocost.ui.look.theme import Theme
from isocost.ui.look.wardrobe import Worn, lay_out
from isocost.ui.session.follower import Follower
from isocost.ui.session.ranging import Ranging
from isocost.ui.session.session import Session
from isocost.ui.tabs.ledger.calendar import Calendar
from isocost.ui.tabs.ledger.choices import OptionsCard, RentOrBuyCard
from isocost.ui.tabs.ledger.facts import BadgeCard, EnergyCard, ScopeCard
from isocost.ui.tabs.ledger.inputs import WIDTH as INPUTS_WIDTH
from isocost.ui.tabs.ledger.inputs import ProgrammeInputs
from isocost.ui.tabs.ledger.waterfall import Waterfall
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.sections import BAR, BESIDE, CardColumns, ScrollBody, hold_width, scrolling

MARGIN, GAP, CARD_GAP = 16, 8, 12
TWO_COLUMNS, NARROW = 1040, 400
"""Pixels from which on the cards stand in two columns, and below which the inputs stand under them."""

TALL = 520
"""Pixels of the inputs' height under the cards."""


class LedgerPage(QWidget):
    """A view of the answer; holds no plan of its own and rests while hidden."""

    field_wanted = Signal(str)
    """Path of an input that is not on this page."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledger_page")
        self._session = session
        self._arranged: tuple[int, bool] | None = None
        self.waterfall = Waterfall(session, theme, self)
        self.calendar = Calendar(theme, self)
        self.rent_or_buy = RentOrBuyCard(theme, self)
        self.api_or_own = OptionsCard(theme, self)
        self.energy = EnergyCard(theme, self)
        self.scope = ScopeCard(theme, session.catalog, self)
        self.badges = BadgeCard(theme, self)
        self.inputs = ProgrammeInputs(session, theme)
        self._theme = theme
        self._lay_out()
        self._follower = Follower(self, session, ("estimate",), self.show_answer)
        self._ranging = Ranging(self, session, self._follower.again)
        session.doubt_shown.connect(self._follower.again)
        session.selection_changed.connect(self._follower.again)
        session.failed.connect(self._fail)
        self.calendar.slip_wanted.connect(self._show_slip)
        for card in (self.rent_or_buy, self.api_or_own):
            card.field_wanted.connect(self.reveal)
        self.scope.count_wanted.connect(self._count)

    @property
    def cards(self) -> tuple[ChartCard, ...]:
        """Every card, in reading order."""
        return (
            self.waterfall,
            self.calendar,
            self.scope,
            self.rent_or_buy,
            self.energy,
            self.api_or_own,
            self.badges,
        )

    def _lay_out(self) -> None:
        self._cards = QWidget()  # which wears the theme; what may stand below wears it by itself
        self._columns = CardColumns(CARD_GAP, self._cards)
        self._columns.setContentsMargins(0, 0, 0, 0)
        self._body = ScrollBody()
        self._column = QVBoxLayout(self._body)
        self._column.addWidget(self._cards)
        self._column.addStretch(1)
        self._body.grown.connect(self._unroll)
        self.area = scrolling(self._body, "ledger_page.area", self)
        # One place for both, which scrolls where they stand below each other: moved from one place to another
        # the inputs would be styled anew, all of them in one turn.
        both = ScrollBody()
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight, both)
        self._both.setContentsMargins(MARGIN, 12, MARGIN - BAR, 14)
        self._both.addWidget(self.area, 1)
        self._both.addWidget(self.inputs)
        self.around = scrolling(both, "ledger_page.around", self)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.around)
        self._arrange()

    def _arrange(self) -> None:
        """Cards in two columns where there is room; the inputs beside them, or below where there is none."""
        px = self._theme.px
        beside = self.width() - MARGIN * 2 - GAP - px(INPUTS_WIDTH)
        stacked = beside < px(NARROW)
        hold_width(self.inputs, None if stacked else px(INPUTS_WIDTH))
        self.inputs.setMinimumHeight(px(TALL) if stacked else 0)
        columns = 2 if not stacked and beside >= px(TWO_COLUMNS) else 1
        if (columns, stacked) != self._arranged:
            self._arranged = (columns, stacked)
            self._columns.deal(self.cards, columns)
            along = QBoxLayout.Direction
            self._both.setDirection(along.TopToBottom if stacked else along.LeftToRight)
            self._both.setSpacing(CARD_GAP if stacked else GAP)
            self._unroll()
            lay_out()  # else what stood below is painted beside once, and as tall as it was

    def _unroll(self) -> None:
        """As tall as the cards are where the inputs stand below them: what is around then scrolls both."""
        stacked = self._arranged is not None and self._arranged[1]
        self.area.setMinimumHeight(self._body.minimumHeight() if stacked else 0)
        bars = Qt.ScrollBarPolicy
        self.area.setVerticalScrollBarPolicy(bars.ScrollBarAlwaysOff if stacked else bars.ScrollBarAlwaysOn)
        self._column.setContentsMargins(0, 0, 0 if stacked else BESIDE - BAR, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    @property
    def worn(self) -> tuple[Worn, ...]:
        """The cards, and each group of inputs by itself: unfolded, all are too many widgets for one turn."""
        inner, outer = self.area.verticalScrollBar(), self.around.verticalScrollBar()
        return ((self._cards, self._dress_cards), *self.inputs.worn, (inner, None), (outer, self.apply_theme))

    def _dress_cards(self, theme: Theme) -> None:
        for card in self.cards:
            card.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Arrange what wears the theme by itself."""
        self._theme = theme
        self._arrange()

    def holds(self, path: str) -> bool:
        """Whether an input is on this page."""
        return self.inputs.holds(path)

    def reveal(self, path: str) -> None:
        """Put the cursor into an input of the ledger; others are the window's."""
        if not self.inputs.reveal(path):
            self.field_wanted.emit(path)

    def _count(self, omission: Omission) -> None:
        """Count what the bill left out, and show the value with its source: its input, or its stage."""
        session, path = self._session, omission.path
        at, catalog = session.scenario, session.catalog
        session.apply(lambda project: counted(project, path, catalog, scenario=at), counted_words(omission))
        if path == STAGES:
            session.select_stage(len(session.current_scenario.stages) - 1)
            path = "ablations.share"
        self.reveal(path)

    def _fail(self, why: str) -> None:
        if why and self._session.answer is None:
            for card in self.cards:
                card.say(card.title.text(), why, why)

    def show_answer(self, answer: Answer) -> None:
        """Show an answer in place of the last one."""
        scenario, catalog = answer.scenario, self._session.catalog
        ranged, ranges = self._session.doubt, self._ranging.newest
        self.waterfall.show_bill(answer.estimate, ranged=ranged, ranges=ranges)
        self.calendar.show_calendar(
            answer.estimate,
            answer.timeline,
            answer.cash,
            answer.slip(self.calendar.weeks),
            None if ranges is None else ranges.of("programme_days", answer.reckoning["programme_days"]),
            None if ranges is None else ranges.beside.cash,
        )
        buying = None if ranges is None else ranges.beside.buying
        self.rent_or_buy.show_answer(answer, buying)
        self.api_or_own.show_answer(answer)
        self.energy.show_answer(answer, ranges)
        self.scope.show_omissions(answer.omissions)
        self.badges.show_badges(badges(scenario, answer.estimate.stages, catalog, spokesman(scenario)))

    def _show_slip(self, weeks: float) -> None:
        if self._session.answer is not None:
            self.calendar.show_slip(self._session.answer.slip(weeks))

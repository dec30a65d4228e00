"""The card of accelerators that win: two inputs to choose, some to leave out, a click takes the winner."""

from __future__ import annotations

import logging
from datetime import date
from itertools import pairwise

from PySide6.QtCore import QPointF, QSignalBlocker, QSizeF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QToolButton, QWidget

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.project.choosing import with_choice, with_price
from isocost.plan.project.project import Project
from isocost.plan.solve.case import Case, WishError
from isocost.plan.solve.hardware.wins import Axis, Span, wins
from isocost.report.decisions.choices import moved_words
from isocost.report.findings.said import Said
from isocost.report.findings.tabs.wins import (
    TITLE,
    WAITING,
    WinsView,
    adopted,
    axes,
    labels,
    said,
    table,
    view,
    without_words,
)
from isocost.report.table import Table
from isocost.ui.inputs.pickers import Picker
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing, ReadableWidget
from isocost.ui.session.session import Session
from isocost.ui.tabs.scale.wins_chart import Cells, WinsChart
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.instead import Instead
from isocost.ui.widgets.flow import Flow
from isocost.ui.widgets.labels import WrapLabel, plain_label

log = logging.getLogger(__name__)
ACROSS: Axis = "deadline"
UP: Axis = "price"
CELLS = 97
"""Places along each input: their steps are then hardly seen; odd, as in the search."""
READING = 3
"""Lines kept for what is said of a place: a map that grew and shrank would move under the mouse."""
OWNED: Axis = "tokens"
"""Upwards where nobody rents what the plan runs on."""


def _mapped(answer: Answer, x: Axis, y: Axis, without: frozenset[str], ranged: bool) -> WinsView:
    case = Case(answer.project, answer.reckoning.catalog, answer.at, date.today())
    return view(wins(case, Span(x), Span(y), without, CELLS, ranged=ranged), case)


def _mapped_by(answer: Answer, *chosen: object) -> object:
    """What a map follows from; its words are in a currency."""
    return answer.scenario, answer.project.prices, answer.project.currency, chosen


class WinsPlot(ReadableWidget[WinsView | None]):
    """The map on screen; a click or Enter takes the accelerator that wins there."""

    chosen = Signal(int, int)
    """Row and column."""

    chart: WinsChart

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(WinsChart(None), theme, parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def place(self, row: int, column: int) -> QPointF:
        """Pixel of a cell."""
        assert self.view is not None
        return Cells(self.view, QSizeF(self.size()), self.theme).centre(row, column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._point_at(self.chart.part_at(event.position(), QSizeF(self.size()), self.theme))
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (1, 0),
            Qt.Key.Key_Down: (-1, 0),
        }
        if self.view is not None and key in steps:
            row, column = self.chart.cell(self.chart.first if self.hover is None else self.hover)
            up, across = steps[key] if self.hover is not None else (0, 0)
            rows, columns = self.view.found.place.shape
            self._point_at(
                self.chart.part(min(max(row + up, 0), rows - 1), min(max(column + across, 0), columns - 1))
            )
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.hover is not None:
            self._choose()
        else:
            super().keyPressEvent(event)

    def _choose(self) -> None:
        if self.hover is not None:
            self.chosen.emit(*self.chart.cell(self.hover))


class WinsCard(ChartCard):
    """The card. The map is worked out in the worker; the last one stands meanwhile."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("scale.wins", parent)
        self._session = session
        self._without: frozenset[str] = frozenset()
        self._chosen = False
        self.mapped = session.later(_mapped, _mapped_by)
        session.doubt_shown.connect(self.refresh)
        self.plot = WinsPlot(theme, self)
        self.plot.setObjectName("scale.wins.plot")
        self.up, self.across = (
            Picker(session, f"scale.wins.{name}", text, tr("An input that the map is drawn over"))
            for name, text in (("up", tr("Input upwards")), ("across", tr("Input to the right")))
        )
        self.without = QToolButton(self)
        self.without.setObjectName("scale.wins.without")
        self.without.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.without.setToolTip(tr("Leave accelerators out of the map"))
        self.without.setMenu(QMenu(self.without))
        self.pointed = WrapLabel(self, lines=READING)
        self.pointed.setProperty("role", "quiet")
        self.instead = Instead("scale.wins.empty", self)
        self._build()
        self._connect()
        self.apply_theme(theme)
        self.show_nothing(WAITING)

    def _build(self) -> None:
        for picker, axis in ((self.up, UP), (self.across, ACROSS)):
            for each, name in axes().items():
                picker.addItem(name, each)
            picker.setCurrentIndex(picker.findData(axis))
            picker.flatten()
        against = plain_label(tr("against"), self)
        against.setProperty("role", "quiet")
        self._row = Flow(self)
        self._row.hold((self.up, against, self.across, self.without))
        self._stack = QStackedLayout()
        self._stack.addWidget(self.instead)
        self._stack.addWidget(self.plot)
        self.body.addWidget(self._row)
        self.body.addLayout(self._stack, 1)
        self.body.addWidget(self.pointed)
        order = (self.up, self.across, self.without, self.plot, self.more)
        for one, other in pairwise(order):
            self.setTabOrder(one, other)

    def _connect(self) -> None:
        self.mapped.ready.connect(self._take)
        self.mapped.failed.connect(self._fail)
        for picker, other in ((self.up, self.across), (self.across, self.up)):
            picker.activated.connect(lambda _, picker=picker, other=other: self._pick(picker, other))
        self.plot.said.connect(self._tell)
        self.plot.chosen.connect(self._adopt)
        self.without.menu().aboutToShow.connect(self._fill_menu)
        self._name_button()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.without.setFont(theme.font("quiet"))
        self.plot.apply_theme(theme)

    # Choosing what is compared

    def _pick(self, picker: Picker, other: Picker) -> None:
        """Another input; where the other axis has it, the two change places."""
        self._chosen = True
        if picker.currentData() == other.currentData() and self.plot.view is not None:
            spans = self.plot.view.found.x.axis, self.plot.view.found.y.axis
            left = next(axis for axis in spans if axis != picker.currentData())
            with QSignalBlocker(other):
                other.setCurrentIndex(other.findData(left))
        self.refresh()

    def _fill_menu(self) -> None:
        """The winners and those left out, each to be left out or let in again."""
        menu, catalog = self.without.menu(), self._session.catalog
        menu.clear()
        won = self.plot.view.found.winners if self.plot.view is not None else ()
        ids = {each.accelerator for each in won} | self._without
        for id in sorted(ids, key=lambda each: catalog.accelerator(each).short_name):
            action = menu.addAction(tr("Without {short_name}", short_name=catalog.accelerator(id).short_name))
            action.setCheckable(True)
            action.setChecked(id in self._without)
            action.toggled.connect(lambda out, id=id: self.leave_out(id, out))

    def leave_out(self, accelerator: str, out: bool) -> None:
        """Compare without an accelerator, or with it again."""
        self._without = self._without | {accelerator} if out else self._without - {accelerator}
        self._name_button()
        self.refresh()

    def _name_button(self) -> None:
        names = labels(self._session.catalog, self._without)
        self.without.setText(without_words([]) if len(names) > 1 else without_words(names))
        self.without.setAccessibleName(without_words(names))
        if len(names) > 1:
            self.without.setText(tr("Without {count}", count=len(names)))

    # Showing

    def show_nothing(self, why: str) -> None:
        """Say in place of the map why there is none."""
        self.plot.show_view(None)
        self.instead.offer(why)
        self._stack.setCurrentWidget(self.instead)
        self.pointed.say("")
        self.say(*Said(TITLE, "", why))

    def refresh(self) -> None:
        """Ask for the map of the newest answer."""
        if self._session.answer is not None and self.isVisible():
            self.show_answer(self._session.answer)
            self.ask(self._session.answer)

    def show_answer(self, answer: Answer) -> None:
        """Let the last map stand for an answer until its own has been asked for and has come."""
        self._suit(answer)
        if self.mapped.value is None:
            self.show_nothing(WAITING)

    def ask(self, answer: Answer) -> None:
        """Ask for the map of an answer."""
        axes = self.across.currentData(), self.up.currentData()
        self.mapped.ask(answer, *axes, self._without, self._session.doubt)

    def _suit(self, answer: Answer) -> None:
        """Begin with inputs that decide something: no rent does where the accelerators are owned."""
        if not self._chosen:
            up = OWNED if answer.scenario.supply.owns else UP
            with QSignalBlocker(self.up):
                self.up.setCurrentIndex(self.up.findData(up))

    def _take(self, shown: WinsView) -> None:
        words = said(shown, ranged=self._session.doubt)
        self.say(*words)
        self.plot.setAccessibleName(words.finding)
        self.plot.show_view(shown)
        self._stack.setCurrentWidget(self.plot)
        if self.plot.hover is None:
            self._tell("")

    def _fail(self, error: Exception) -> None:
        if not isinstance(error, WishError):
            log.warning("No map of winners: %s", error, exc_info=error)
        self.show_nothing(str(error) or type(error).__name__)

    def _tell(self, words: str) -> None:
        shown = self.plot.view
        self.pointed.say(words or (shown.words(*shown.cell) if shown is not None else ""))
        self.plot.setAccessibleDescription(words or self.accessibleDescription())

    def _adopt(self, row: int, column: int) -> None:
        """Take the accelerator, the count and the price that win in a cell."""
        shown, session = self.plot.view, self._session
        winner = shown.winner(row, column) if shown is not None else None
        if shown is None or winner is None:
            return
        count, at, catalog = int(shown.found.count[row, column]), session.scenario, session.catalog

        def change(project: Project) -> Project:
            return with_price(with_choice(project, winner.accelerator, count, catalog, at), winner.card, at)

        words = moved_words(adopted(shown, row, column), session.current_scenario, count)
        session.apply(change, words)

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view is not None else None

    def table(self) -> Table:
        return table(self.plot.view)

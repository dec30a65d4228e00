"""The calendar of a programme: stages, cash by month, and what a delay costs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.results import Estimate
from isocost.plan.doubt.beside import CashRanges
from isocost.plan.money.cashflow import CashMonth, TimelineBar
from isocost.plan.money.slip import Slip
from isocost.report.findings.tabs.ledger import (
    CalendarView,
    calendar_said,
    cash_doubt,
    cash_table,
    slip_words,
    stage_groups,
)
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.chart import Drawing, ReadableWidget
from isocost.ui.tabs.ledger.calendar_plot import CalendarChart
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.fields.scale import Scale
from isocost.ui.widgets.fields.slider import LogSlider
from isocost.ui.widgets.labels import FewLines, WrapLabel, plain_label

LONGEST_SLIP, MONTH = 52.0, 4.0
"""Weeks: the longest delay asked about, and what the first third of the slider is, where most delays lie."""
SLIDER = 168


class Calendar(ChartCard):
    """The card; its slider asks what a delay would cost."""

    slip_wanted = Signal(float)
    """Weeks of delay."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("calendar", parent)
        self.plot = ReadableWidget(CalendarChart(CalendarView()), theme, self)
        self.plot.setObjectName("calendar.plot")
        self.pointed = FewLines(self)
        self.pointed.setProperty("role", "quiet")
        self.slip = LogSlider(Scale(0.0, LONGEST_SLIP, "linear", integer=True, third=MONTH), self)
        self.words = WrapLabel(self)
        self.doubt = WrapLabel(self)
        self.doubt.setProperty("role", "small")
        self.doubt.hide()
        self._months: tuple[CashMonth, ...] = ()
        self._ranges: CashRanges | None = None
        self.weeks = 0.0
        """The delay asked about; none unless somebody asks."""
        self._before: tuple[object, float] | None = None
        """The newest gesture of the slider, and the delay before it."""
        self._lay_out()
        self.slip.moved.connect(self._drag)
        self.slip.reset.connect(lambda _: self._move(0.0))
        self.plot.said.connect(self._tell)
        self.apply_theme(theme)
        self.explains("total.wall_days")
        self.say(tr("The calendar"), tr("Estimating…"), tr("Estimating…"))
        self._tell("")

    def _lay_out(self) -> None:
        self.slip.setObjectName("calendar.slip")
        self.slip.setAccessibleName(tr("Delay in weeks"))
        self.slip.setToolTip(
            tr("What it costs when everything ends some weeks later and no more work is done.")
        )
        self.words.setObjectName("calendar.slip_words")
        self.label = plain_label(tr("Slip"))
        self.label.setBuddy(self.slip)
        row = QHBoxLayout()
        row.setSpacing(3 * SPACE)
        row.addWidget(self.label)
        row.addWidget(self.slip)
        row.addWidget(self.words, 1)
        self.body.addWidget(self.plot)
        self.body.addWidget(self.pointed)
        self.body.addWidget(self.doubt)
        self.body.addSpacing(SPACE)
        self.body.addLayout(row)
        self.body.addStretch(1)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)
        self.slip.setFixedWidth(theme.px(SLIDER))

    def show_calendar(
        self,
        estimate: Estimate,
        bars: tuple[TimelineBar, ...],
        months: tuple[CashMonth, ...],
        slip: Slip,
        days: tuple[float, float] | None = None,
        ranges: CashRanges | None = None,
    ) -> None:
        """Draw a programme's calendar in place of the last one.

        Args:
            days: 8 chances in 10 of its length; ``ranges``: those of its cash. None = not shown.
        """
        self._months, self._ranges = months, ranges
        said = calendar_said(bars, months, days, ranges).of(estimate)
        self.doubt.say(cash_doubt(ranges, months))
        self.doubt.setVisible(bool(self.doubt.whole))
        self.say(*said)
        self.plot.setAccessibleName(said.finding)
        self.plot.show_view(CalendarView(bars, months, stage_groups(estimate.ledger), slip.weeks, ranges))
        self.show_slip(slip)

    def show_slip(self, slip: Slip) -> None:
        """Say what a delay costs."""
        self.words.say(slip_words(slip))
        self.slip.setAccessibleDescription(self.words.whole)
        view = self.plot.view
        self.plot.show_view(replace(view, late_weeks=slip.weeks))

    def drawing(self) -> Drawing | None:
        return self.plot.chart if self.plot.view.bars else None

    def footnote(self) -> str:
        return self.words.whole

    def table(self) -> Table:
        return cash_table(self._months, self._ranges)

    def _drag(self, weeks: float, gesture: object) -> None:
        if self._before is None or self._before[0] is not gesture:
            self._before = gesture, self.weeks
        self._move(weeks)

    def take_back(self, gesture: object) -> None:
        """The delay that was before a gesture: it is no part of the plan, nor of its history."""
        if self._before is not None and self._before[0] is gesture:
            self._move(self._before[1])

    def _move(self, weeks: float) -> None:
        self.weeks = weeks
        self.slip.show_value(self.weeks)
        self.slip_wanted.emit(self.weeks)

    def _tell(self, words: str) -> None:
        self.pointed.say(words or tr("Point at a bar, or step through them with the arrow keys, to read it."))
        self.plot.setAccessibleDescription(words)

"""The charts of the page, painted by those of the tabs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from isocost.language import tr
from isocost.plan.answer.across.comparison import in_logarithms, worth_showing
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.report.findings.tabs.ledger import (
    BillRow,
    CalendarView,
    bill_view,
    calendar_said,
    row_in_words,
    stage_groups,
)
from isocost.report.findings.tabs.plan import time_said, time_subtitle
from isocost.report.findings.tabs.risk import dots_said, dots_view
from isocost.report.paper.content import Paper
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.tabs.ledger.calendar_plot import CalendarChart
from isocost.ui.tabs.ledger.waterfall import BillDelegate
from isocost.ui.tabs.plan.cost_time_plot import CostTimePlot
from isocost.ui.tabs.risk.dots_chart import DotsChart
from isocost.ui.widgets.rows import Lines, RowsDrawing

BESIDE = 440
"""Pixels of width that a chart beside another has on the page at least, at the size of the screen."""
NAMED = 4
"""Accelerators besides the plan's that the curves are drawn of."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart beneath its finding."""

    title: str
    how: str
    """How it is read."""
    drawing: Drawing
    tall: float = 0.0
    """Pixels it needs at the size of the screen; 0 = it fills its room."""


def pictures(found: Answer, chances: Chances, page: Paper, theme: Theme) -> Iterator[Picture]:
    """What stands on the page, in reading order; what a plan has nothing of is left out."""
    if page.stopped:
        return
    goal = found.scenario.goal.budget_usd
    if chances.in_doubt:
        line = page.ask_usd if goal is None else goal
        dots = replace(dots_view(chances, line), line=tr("Ask") if goal is None else tr("Budget"))
        title = dots_said(chances, dots).finding
        yield Picture(title, tr("Each dot is one chance in a hundred."), DotsChart(dots))
    yield from _bill(found, theme)
    yield from _curves(found, theme)
    if len(found.timeline) > 1 or len(found.cash) > 1:
        calendar = CalendarView(found.timeline, found.cash, stage_groups(found.estimate.ledger), slips=False)
        said = calendar_said(found.timeline, found.cash).of(found.estimate)
        chart = CalendarChart(calendar)
        reading = tr("Stages, and below them the cash of each month.")
        yield Picture(said.finding, reading, chart, float(chart.wanted(theme).height()))


def _bill(found: Answer, theme: Theme) -> Iterator[Picture]:
    """The bill as a waterfall; one line and its total would be the same bar twice."""
    bill = bill_view(found.estimate)
    if len(bill.rows) <= 2:
        return
    rows: Lines[BillRow] = Lines(row_in_words)
    rows.show(bill.rows)
    delegate = BillDelegate(theme)
    delegate.show(bill.full_usd, bill.rows)
    tall = float(len(bill.rows) * delegate.height(BESIDE))
    yield Picture(
        bill.said.of(found.estimate).finding,
        tr("From the final run outwards; hatched: held back."),
        RowsDrawing(rows, delegate),
        tall,
    )


def _curves(found: Answer, theme: Theme) -> Iterator[Picture]:
    drawn = in_logarithms(found.comparison)
    if drawn is not None:
        plot = CostTimePlot(theme)
        view = worth_showing(drawn, NAMED)
        plot.show_comparison(drawn, view)
        said = time_said(drawn, view.front, plot.marks, view.days[0])
        yield Picture(said.finding, time_subtitle(drawn), plot)

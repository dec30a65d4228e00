"""What a safer budget costs, and when it is done: the two lines a plan is held against, to be typed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.results import Estimate
from isocost.plan.project.programme import Goal
from isocost.quantities import format_money
from isocost.report.decisions.words import signed_money
from isocost.report.findings.goal import BUDGET, DEADLINE
from isocost.report.findings.tabs.risk import (
    DeadlineView,
    SaferRow,
    deadline_said,
    deadline_view,
    safer_rows,
    safer_said,
    safer_table,
)
from isocost.report.table import Table
from isocost.ui.inputs.goal_input import GoalInput
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.base import font_of, made_pen, mixed
from isocost.ui.plot.chart import Chart, ChartWidget, Drawing, RowsChart
from isocost.ui.plot.ticks import even_times
from isocost.ui.session.session import Session
from isocost.ui.tabs.risk.dots_chart import paint_mark
from isocost.ui.tabs.risk.picking import PickWidget
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.widgets.rows import RIGHT, write_text

ROW, HEAD = 24, 20
"""Pixels of a row and of the headings."""
CHANCE, MORE, BUDGET_WIDTH = 68, 62, 70
"""Pixels of the columns of text."""
TRACK, BELOW = 22, 18
"""Pixels of the bar of days, and of the days below it."""


class SaferChart(RowsChart[tuple[SaferRow, ...]]):
    """A row for each chance that the budget is enough."""

    row_height = ROW

    @property
    def rows(self) -> tuple[SaferRow, ...]:
        return self.view

    def top(self, theme: Theme) -> float:
        return theme.px(HEAD)

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(CHANCE + MORE + BUDGET_WIDTH + 30), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(300), theme.px(HEAD + 4 * ROW))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        head = QRectF(0, 0, size.width(), theme.px(HEAD) - 3)
        write_text(painter, head, tr("Chance that it is enough"), font_of(theme, "quiet"), theme.quiet)
        write_text(painter, head, tr("Budget"), font_of(theme, "quiet"), theme.quiet, RIGHT)
        painter.setPen(made_pen(theme.line))
        painter.drawLine(QPointF(0, head.bottom() + 1.5), QPointF(size.width(), head.bottom() + 1.5))
        most = max((row.budget_usd for row in self.view), default=0.0)
        for at, row in enumerate(self.view):
            room = QRectF(0, theme.px(HEAD) + at * theme.px(ROW), size.width(), theme.px(ROW))
            _paint_row(painter, room, theme, row, most, hovered=at == hover)


def _paint_row(
    painter: QPainter, room: QRectF, theme: Theme, row: SaferRow, most: float, *, hovered: bool
) -> None:
    painter.setPen(made_pen(theme.accent, 1.4) if hovered else Qt.PenStyle.NoPen)
    painter.setBrush(mixed(theme.accent, theme.panel, 0.10) if row.is_budget else Qt.BrushStyle.NoBrush)
    if hovered or row.is_budget:
        painter.drawRoundedRect(room.adjusted(0.5, 1.5, -0.5, -1.5), 6, 6)
    inner = room.adjusted(theme.px(6), 0, -theme.px(6), 0)
    bold, small, quiet = font_of(theme, "small", bold=True), font_of(theme, "small"), font_of(theme, "quiet")
    write_text(painter, inner, row.chance, bold if row.is_budget else small, theme.text)
    write_text(painter, inner, format_money(row.budget_usd), bold, theme.text, RIGHT)
    more = QRectF(inner.left(), inner.top(), inner.width() - theme.px(BUDGET_WIDTH), inner.height())
    if row.more_usd:
        write_text(painter, more, signed_money(row.more_usd), quiet, theme.quiet, RIGHT)
    left = inner.left() + theme.px(CHANCE)
    length = max(0.0, more.right() - theme.px(MORE) - left)
    width = length * row.budget_usd / most if most > 0.0 else 0.0
    painter.setPen(Qt.PenStyle.NoPen)
    share = 1.0 if row.is_budget else 0.35
    painter.setBrush(mixed(theme.series[0].line, theme.panel, share))
    painter.drawRoundedRect(QRectF(left, inner.center().y() - 4, max(2.0, width), 8), 3, 3)


class DeadlineChart(Chart[DeadlineView | None]):
    """When it is done: 8 chances in 10 as a bar, the plan as a diamond, the deadline as a line."""

    def least(self, theme: Theme) -> QSize:
        return QSize(theme.px(200), self.wanted(theme).height())

    def wanted(self, theme: Theme) -> QSize:
        return QSize(theme.px(300), theme.px(TRACK + BELOW))

    def draw(self, painter: QPainter, size: QSizeF, theme: Theme, hover: int | None) -> None:
        view = self.view
        if view is None:
            return
        shown = [view.low, view.high, view.plan, *([] if view.deadline is None else [view.deadline])]
        low, high = min(shown), max(shown)
        margin = max(0.12 * (high - low), 0.02 * high) or 1.0  # of a plan that takes no time as well
        low, high = max(0.0, low - margin), high + margin
        side = float(theme.px(8))
        middle = theme.px(TRACK) / 2

        def x(days: float) -> float:
            return side + (days - low) / (high - low) * (size.width() - 2 * side)

        def bar(start: float, end: float, colour: QColor) -> None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(x(start), middle - 3, max(0.0, x(end) - x(start)), 6), 2, 2)

        bar(low, high, QColor(theme.track))
        late = view.high if view.deadline is None else min(view.high, max(view.low, view.deadline))
        bar(view.low, late, QColor(theme.series[0].line))
        bar(late, view.high, QColor(theme.series[1].line))
        if view.deadline is not None:
            painter.setPen(made_pen(theme.text, 2.2))
            top, bottom = QPointF(x(view.deadline), middle - 9), QPointF(x(view.deadline), middle + 9)
            painter.drawLine(top, bottom)
        paint_mark(painter, QPointF(x(view.plan), middle), "plan", theme)
        painter.setFont(font_of(theme, "quiet"))
        painter.setPen(QColor(theme.quiet))
        metrics = QFontMetricsF(painter.font())
        for tick in even_times(low, high, size.width() - 2 * side, metrics.horizontalAdvance, 14.0):
            half = metrics.horizontalAdvance(tick.label) / 2
            if half <= x(tick.value) <= size.width() - half:
                at = QPointF(x(tick.value) - half, theme.px(TRACK) + metrics.ascent() + 2)
                painter.drawText(at, tick.label)


class SaferCard(ChartCard):
    """The budget with what a safer one costs, and the deadline with its chance."""

    chosen = Signal(object)
    """The row whose budget is to be the plan's."""

    def __init__(self, session: Session, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk.safer", parent)
        self._chances: Chances | None = None
        self.budget = GoalInput(BUDGET, session)
        self.deadline = GoalInput(DEADLINE, session)
        self.rows = PickWidget[tuple[SaferRow, ...]](SaferChart(()), theme, self)
        self.rows.setObjectName("risk.safer.rows")
        self.rows.picked.connect(lambda at: self.chosen.emit(self.rows.view[at]))
        self.done = ChartWidget[DeadlineView | None](DeadlineChart(None), theme, self)
        self.done.setObjectName("risk.safer.done")
        self.words = WrapLabel(self)
        self.words.setObjectName("risk.safer.words")
        self.words.setProperty("role", "small")
        self.body.addWidget(self.budget)
        self.body.addWidget(self.rows)
        self.body.addSpacing(2 * SPACE)
        for part in (self.deadline, self.done, self.words):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        for each in (self.budget, self.deadline, self.rows, self.done):
            each.apply_theme(theme)

    def refresh(self) -> None:
        """Show the project's budget and deadline."""
        self.budget.refresh()
        self.deadline.refresh()

    def show_nothing(self, why: str) -> None:
        """Leave the tables empty and say why."""
        self._chances = None
        self.rows.setVisible(False)
        self.done.setVisible(False)
        self.words.say("")
        self.say(tr("What a safer budget costs"), why, why)

    def show_chances(self, found: Chances, goal: Goal, of: Estimate) -> None:
        """Show the chances of an estimate against a goal in place of the last ones."""
        self._chances = found
        said = safer_said(found).of(of)
        done = deadline_said(found, goal)
        self.say(said.finding, said.subtitle, f"{said.summary} {' '.join(done)}")
        self.rows.setVisible(found.in_doubt)
        self.rows.setAccessibleName(said.finding)
        self.rows.show_view(safer_rows(found, goal.budget_usd))
        self.done.setVisible(True)
        self.done.setAccessibleName(done[0])
        self.done.show_view(deadline_view(found, goal.deadline_days))
        self.words.say(" ".join(done))

    def drawing(self) -> Drawing | None:
        return self.rows.chart if self.rows.view else None

    def footnote(self) -> str:
        return self.words.whole

    def table(self) -> Table:
        return safer_table(self.rows.view) if self._chances is not None else super().table()

"""Cost by hardware: accelerators ranked at the plan's count or at a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import is_

from PySide6.QtCore import QModelIndex, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QStyleOptionViewItem, QWidget

from isocost.catalog.constants.palette import LineStyle
from isocost.language import tr
from isocost.plan.answer.across.comparison import JUST, Comparison, ranked
from isocost.plan.answer.across.curves import RankedChoice
from isocost.plan.solve.hardware.ranks import Sureness
from isocost.quantities import format_money, shown_duration
from isocost.report.findings.tabs.plan import (
    bar_scale,
    beyond_scale,
    choice_pace,
    choice_tip,
    in_words,
    ranking_said,
    ranking_table,
    row_name,
    why_out,
)
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.base import made_pen, mixed
from isocost.ui.plot.chart import Drawing
from isocost.ui.plot.styles import series_of
from isocost.ui.tabs.plan.goal_lines import DASH
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel
from isocost.ui.widgets.rows import (
    RIGHT,
    ROW,
    ClickList,
    Index,
    Lines,
    RowDelegate,
    RowsDrawing,
    write_text,
)
from isocost.ui.widgets.whole_rows import WholeRows

MOST_CHANGES = 3
"""Lines beneath the list at most."""
HEIGHT = 40
OVER = 0.4
"""Strength of a bar's colour where it is beyond the budget."""
NAME, COST = 124, 62
"""Pixels of a row's height, and of its name and cost columns."""


class HardwareDelegate(RowDelegate):
    """Paints rows; holds the theme, the scale and the range of the plan's own cost."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._full = 0.0
        self._active = ""
        self._styles: Mapping[str, LineStyle] = {}
        self._spread: tuple[float, float] | None = None
        self._choices: Sequence[RankedChoice] = ()
        self._budget: float | None = None
        self._ranged = True
        self.sureness: Mapping[str, Sureness] = {}
        """How far to trust each accelerator's cost; empty = nobody has asked yet."""

    def show(self, comparison: Comparison, choices: Sequence[RankedChoice], *, ranged: bool = True) -> bool:
        """Paint from now on for this comparison and these rows, ``ranged`` with their ranges.

        Returns:
            Whether the budget is another than before.
        """
        full = bar_scale(choices)
        self._choices = choices
        spread = comparison.spread if ranged else None
        moved = comparison.budget_usd != self._budget
        self._budget, self._ranged = comparison.budget_usd, ranged
        self._active = comparison.active.accelerator
        self._styles = comparison.styles
        self._spread = spread
        high = comparison.estimate.total.cost_usd * spread[1] if spread else 0.0
        self._full = max(full, min(high, 1.25 * full), min(self._budget or 0.0, 1.25 * full))
        return moved

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        choice = index.data(ROW)
        row = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_ground(painter, row, option.state, chosen=choice.accelerator == self._active)
        theme = self.theme
        out = why_out(choice)
        ink = theme.quiet if out else theme.text
        name = QRectF(row.left() + 8, row.top() + 3, theme.px(NAME) - 12, row.height() / 2 - 3)
        under = QRectF(name.left(), row.center().y(), name.width(), row.height() / 2 - 4)
        cost = QRectF(row.right() - theme.px(COST) - 8, row.top(), theme.px(COST), row.height())
        write_text(painter, name, row_name(choice, self.sureness), self.bold, ink)
        write_text(painter, under, choice_pace(choice), self.quiet, theme.quiet)
        weight = self.small if out else self.bold
        write_text(painter, cost, format_money(choice.cost_usd), weight, ink, RIGHT)
        bar = QRectF(
            row.left() + theme.px(NAME),
            row.center().y() - 6,
            cost.left() - row.left() - theme.px(NAME) - 8,
            12,
        )
        if out:
            write_text(painter, bar.adjusted(0, -4, 0, 4), out, self.quiet, theme.quiet)
        else:
            self._paint_bar(painter, bar, choice, row)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, choice: RankedChoice, row: QRectF) -> None:
        if choice.cost_usd <= 0:
            return
        theme = self.theme
        share = choice.cost_usd / self._full
        bar = QRectF(room.left(), room.top(), max(2.0, min(1.0, share) * room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        series = series_of(theme, self._styles, choice.accelerator)
        over = self._budget is not None and choice.cost_usd > self._budget * JUST
        painter.setBrush(mixed(series.line, theme.panel, OVER) if over else QColor(series.line))
        painter.drawRoundedRect(bar, 3, 3)
        self._paint_budget(painter, room, row)
        if share > 1.0 + 1e-9:
            self._paint_break(painter, bar, beyond_scale(choice, self._choices))
        elif (ends := self._ends(choice)) is not None:
            low, high = (min(1.0, usd / self._full) * room.width() + room.left() for usd in ends)
            self.paint_spread(painter, low, high, room.center().y(), beyond=ends[1] > self._full * JUST)

    def _ends(self, choice: RankedChoice) -> tuple[float, float] | None:
        """The 10th and the 90th percentile of a choice's cost; None where it is not known, or not shown."""
        if self._spread is not None and choice.accelerator == self._active:
            return choice.cost_usd * self._spread[0], choice.cost_usd * self._spread[1]
        known = self.sureness.get(choice.accelerator) if self._ranged else None
        if known is None or known.spread is None:
            return None
        return choice.cost_usd * known.spread[0], choice.cost_usd * known.spread[1]

    def _paint_budget(self, painter: QPainter, room: QRectF, row: QRectF) -> None:
        """The budget's line, which goes on from row to row."""
        if self._budget is not None and self._full > 0.0 and self._budget <= self._full:
            x = room.left() + self._budget / self._full * room.width()
            painter.setPen(made_pen(self.theme.text, 1.5, DASH))
            painter.drawLine(QPointF(x, row.top()), QPointF(x, row.bottom()))

    def _paint_break(self, painter: QPainter, bar: QRectF, words: str) -> None:
        """A gap in a bar that is longer than its room; the words in it say how long it would be."""
        width = QFontMetricsF(self.quiet).horizontalAdvance(words) + 10
        right = bar.right() - 8
        left, slant = right - width, 5.0
        top, bottom = bar.top() - 3, bar.bottom() + 3
        gap = QPolygonF(
            [
                QPointF(left + slant, top), QPointF(right + slant, top),
                QPointF(right, bottom), QPointF(left, bottom),
            ]
        )  # fmt: skip
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.panel))
        painter.drawPolygon(gap)
        room = QRectF(left + 6, bar.top() - 4, width, bar.height() + 8)
        write_text(painter, room, words, self.quiet, self.theme.text)


class ByHardware(ChartCard):
    """The card; a click on a bar, or Enter on a row, chooses its accelerator and count."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and None: a step of its own."""
    reranked = Signal()
    """Accelerators are compared at something else from now on."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("by_hardware", parent)
        self.at_count = self.choice_chip(tr("Same count"), "by_hardware.at_count")
        self.at_deadline = self.choice_chip(tr("Same time"), "by_hardware.at_deadline")
        group = QButtonGroup(self)
        chips = QHBoxLayout()
        chips.setSpacing(2 * SPACE)
        for chip in (self.at_count, self.at_deadline):
            group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.at_count.setChecked(True)
        self.at_count.clicked.connect(lambda: self._rank(in_time=False))
        self.at_deadline.clicked.connect(lambda: self._rank(in_time=True))
        self.ranking: Lines[RankedChoice] = Lines(
            lambda choice: in_words(choice, self._told_sureness()),
            self,
            tip=lambda choice: choice_tip(choice, self._told_sureness()),
            figure=self._figure_of,
        )
        self._delegate = HardwareDelegate(theme, self)
        self.list = ClickList("by_hardware.list", self.ranking, self._delegate, self)
        self._dress_list()
        self.body.addLayout(chips)
        self.body.addSpacing(SPACE)
        self._rows = WholeRows(self.list, self)
        self.body.addWidget(self._rows, 1)
        self.changes = tuple(WrapLabel(self) for _ in range(MOST_CHANGES + 1))
        for at, label in enumerate(self.changes):
            label.setProperty("role", "small" if at else "")
            label.setProperty("strong", not at)
            label.setObjectName(f"by_hardware.change.{at}")
            label.hide()
            self.body.addWidget(label)
        self.setTabOrder(self.list, self.more)
        self._comparison: Comparison | None = None
        self._shown: Comparison | None = None
        self._ranged = True
        self._in_time: bool | None = None
        self._parts: tuple[object, ...] = ()
        self._told: tuple[object, ...] | None = None
        self._with_deadline = False
        self.apply_theme(theme)
        self.show_nothing(tr("Estimating…"))

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the list empty and say why."""
        self._comparison = self._shown = self._told = None
        self.ranking.show(())
        self.at_count.setVisible(False)
        self.at_deadline.setVisible(False)
        self.show_changes(())
        self.say(tr("Cost by hardware"), why, why)

    def show_comparison(self, comparison: Comparison, *, ranged: bool = True) -> None:
        """Rank a comparison in place of the last one, in the colours of the other chart.

        By its deadline where it has one, until somebody chooses otherwise.

        Args:
            ranged: whether the range of the plan's own cost is drawn.
        """
        self._comparison, self._ranged = comparison, ranged
        dated = comparison.deadline_days is not None
        if dated != self._with_deadline:
            self._with_deadline, self._in_time = dated, None
        in_time = dated if self._in_time is None else self._in_time
        comparison = replace(comparison, deadline_days=self._days(comparison) if in_time else None)
        parts = (*comparison.curves, *comparison.unsold, comparison.estimate)
        told = comparison.deadline_days, ranged
        if told == self._told and len(parts) == len(self._parts) and all(map(is_, parts, self._parts)):
            # A budget moves no row but its own line: a drag ranks nothing in vain.
            if self._delegate.show(comparison, self.ranking.rows, ranged=ranged):
                self.list.viewport().update()
            return
        self._parts, self._told = parts, told
        choices = ranked(comparison)
        self.at_count.setVisible(True)
        self.at_deadline.setVisible(True)
        (self.at_deadline if in_time else self.at_count).setChecked(True)
        self._shown = comparison
        said = ranking_said(comparison, choices, self._told_sureness())
        self.say(*said)
        self._delegate.show(comparison, choices, ranged=ranged)
        self.ranking.show(choices)
        self.list.viewport().update()
        self._rows.arrange()
        self.list.setAccessibleName(said.finding)

    def show_sureness(self, sureness: Mapping[str, Sureness]) -> None:
        """Draw the range of other accelerators' costs too, and mark what deserves doubt."""
        if sureness == self._delegate.sureness:
            return
        self._delegate.sureness = sureness
        if self._shown is not None:
            self.say(*ranking_said(self._shown, self.ranking.rows, self._told_sureness()))
        self.list.viewport().update()

    def _told_sureness(self) -> Mapping[str, Sureness]:
        """How far to trust each, as it is told: without ranges where the window shows none."""
        known = self._delegate.sureness
        if self._comparison is None or self._ranged:
            return known
        return {name: replace(each, spread=None, ranged=False) for name, each in known.items()}

    def show_changes(self, changes: Sequence[str] | None, winner: tuple[str, int] | None = None) -> None:
        """Say beneath the list what would change its first row.

        Args:
            changes: None = not known yet: the lines keep their place, and the list its height.
            winner: the first of the ranking that the words are of; of another they are not said.
        """
        if changes is None:
            for label in self.changes:
                label.say("")
            return
        choices = self.ranking.rows
        first = (choices[0].accelerator, choices[0].count) if choices else None
        said = (tr("What would change the winner"), *changes) if changes and winner == first else ()
        for at, label in enumerate(self.changes):
            label.say(said[at] if at < len(said) else "")
            label.setVisible(at < len(said))

    def drawing(self) -> Drawing | None:
        return RowsDrawing(self.ranking, self._delegate) if self.ranking.rows else None

    def drawn_size(self) -> QSize:
        """As high as the card with all its rows, which scrolls in steps of pixels."""
        return self.size() + QSize(0, self.list.verticalScrollBar().maximum())

    def table(self) -> Table:
        return ranking_table(self.ranking.rows, self._told_sureness())

    @staticmethod
    def _days(comparison: Comparison) -> float:
        """Days to compare at: those of the deadline, else the plan's own as they are shown."""
        if comparison.deadline_days is not None:
            return comparison.deadline_days
        beside = comparison.beside_days
        return shown_duration(comparison.estimate.total.wall_days + beside) - beside

    def _rank(self, *, in_time: bool) -> None:
        self._in_time = in_time
        if self._comparison is not None:
            self.show_comparison(self._comparison, ranged=self._ranged)
            self.reranked.emit()

    def _figure_of(self, choice: RankedChoice) -> str:
        """The plan's own cost is one; the others are what it would cost on another accelerator."""
        own = self._comparison is not None and choice.accelerator == self._comparison.active.accelerator
        return "total.cost_usd" if own else ""

    def _choose(self, index: QModelIndex) -> None:
        choice: RankedChoice = index.data(ROW)
        self.chosen.emit(choice.accelerator, choice.count, None)

    def _dress_list(self) -> None:
        view = self.list
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        view.clicked.connect(self._choose)

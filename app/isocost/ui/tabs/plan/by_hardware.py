"""Cost by hardware: accelerators ranked at the plan's count or at a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QStyleOptionViewItem, QWidget

from isocost.catalog.constants.palette import LineStyle
from isocost.plan.answer.comparison import Comparison, ranked
from isocost.plan.answer.curves import RankedChoice
from isocost.quantities import format_money, shown_duration
from isocost.report.findings.plan import (
    bar_scale,
    beyond_scale,
    choice_pace,
    choice_tip,
    in_words,
    ranking_said,
    ranking_table,
    why_out,
)
from isocost.report.table import Table
from isocost.ui.look.theme import SPACE, Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.plot.styles import series_of
from isocost.ui.widgets.card import ChartCard
from isocost.ui.widgets.figures import FIGURE
from isocost.ui.widgets.labels import plain_tip
from isocost.ui.widgets.rows import (
    RIGHT,
    ROW,
    ClickList,
    Index,
    RowDelegate,
    RowsDrawing,
    rows_replaced,
    write_text,
)
from isocost.ui.widgets.whole_rows import WholeRows

HEIGHT = 40
NAME, COST = 124, 62
"""Pixels of a row's height, and of its name and cost columns."""


class BarDelegate(RowDelegate):
    """Paints rows; holds the theme, the scale and the range of the plan's own cost."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(theme, HEIGHT, parent)
        self._full = 0.0
        self._active = ""
        self._styles: Mapping[str, LineStyle] = {}
        self._spread: tuple[float, float] | None = None
        self._choices: tuple[RankedChoice, ...] = ()

    def show(self, comparison: Comparison, choices: tuple[RankedChoice, ...]) -> None:
        """Paint from now on for this comparison and these rows."""
        full = bar_scale(choices)
        self._choices = choices
        spread = comparison.spread
        self._active = comparison.active.accelerator
        self._styles = comparison.styles
        self._spread = spread
        high = comparison.estimate.total.cost_usd * spread[1] if spread else 0.0
        self._full = max(full, min(high, 1.25 * full))

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
        write_text(painter, name, choice.label, self.bold, ink)
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
            self._paint_bar(painter, bar, choice)
        painter.restore()

    def _paint_bar(self, painter: QPainter, room: QRectF, choice: RankedChoice) -> None:
        if choice.cost_usd <= 0:
            return
        theme = self.theme
        share = choice.cost_usd / self._full
        bar = QRectF(room.left(), room.top(), max(2.0, min(1.0, share) * room.width()), room.height())
        painter.setPen(Qt.PenStyle.NoPen)
        series = series_of(theme, self._styles, choice.accelerator)
        painter.setBrush(QColor(series.line))
        painter.drawRoundedRect(bar, 3, 3)
        if share > 1.0 + 1e-9:
            self._paint_break(painter, bar, beyond_scale(choice, self._choices))
        elif self._spread is not None and choice.accelerator == self._active:
            low, high = (min(1.0, share * factor) * room.width() + room.left() for factor in self._spread)
            self.paint_spread(painter, low, high, room.center().y())

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


class Ranking(QAbstractListModel):
    """The ranked choices; rows are updated in place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: tuple[RankedChoice, ...] = ()
        self._active = ""

    def show(self, choices: tuple[RankedChoice, ...], active: str = "") -> None:
        """Replace the rows, adding and removing only at the end; ``active`` is the plan's accelerator."""
        self._active = active
        with rows_replaced(self, len(self.choices), len(choices)):
            self.choices = choices

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self.choices)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid() or index.row() >= len(self.choices):
            return None
        choice = self.choices[index.row()]
        if role == ROW:
            return choice
        if role == FIGURE:  # the others are what the plan would cost on another accelerator
            return "total.cost_usd" if choice.accelerator == self._active else ""
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return in_words(choice)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return plain_tip(choice_tip(choice))
        return None


class ByHardware(ChartCard):
    """The card; a click on a bar, or Enter on a row, chooses its accelerator and count."""

    chosen = Signal(str, int, object)
    """An accelerator, a count, and None: a step of its own."""
    deadline_wanted = Signal(object)
    """Days to compare at, or None for the plan's count."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("by_hardware", parent)
        self.at_count = self.choice_chip("Same count", "by_hardware.at_count")
        self.at_deadline = self.choice_chip("Same time", "by_hardware.at_deadline")
        group = QButtonGroup(self)
        chips = QHBoxLayout()
        chips.setSpacing(2 * SPACE)
        for chip in (self.at_count, self.at_deadline):
            group.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        self.at_count.setChecked(True)
        self.at_count.clicked.connect(lambda: self.deadline_wanted.emit(None))
        self.at_deadline.clicked.connect(self._want_deadline)
        self.ranking = Ranking(self)
        self._delegate = BarDelegate(theme, self)
        self.list = ClickList("by_hardware.list", self.ranking, self._delegate, self)
        self._dress_list()
        self.body.addLayout(chips)
        self.body.addSpacing(SPACE)
        self._rows = WholeRows(self.list, self)
        self.body.addWidget(self._rows, 1)
        self.setTabOrder(self.list, self.more)
        self._comparison: Comparison | None = None
        self.apply_theme(theme)
        self.show_nothing("Estimating…")

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.list.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the list empty and say why."""
        self._comparison = None
        self.ranking.show(())
        self.at_count.setVisible(False)
        self.at_deadline.setVisible(False)
        self.say("Cost by hardware", why, why)

    def show_comparison(self, comparison: Comparison) -> None:
        """Rank a comparison in place of the last one, in the colours of the other chart."""
        self._comparison = comparison
        choices = ranked(comparison)
        deadline = comparison.deadline_days
        self.at_count.setVisible(True)
        self.at_deadline.setVisible(True)
        (self.at_count if deadline is None else self.at_deadline).setChecked(True)
        said = ranking_said(comparison, choices)
        self.say(*said)
        self._delegate.show(comparison, choices)
        self.ranking.show(choices, comparison.active.accelerator)
        self._rows.arrange()
        self.list.setAccessibleName(said.finding)

    def drawing(self) -> Drawing | None:
        return RowsDrawing(self.ranking, self._delegate) if self.ranking.choices else None

    def drawn_size(self) -> QSize:
        """As high as the card with all its rows, which scrolls in steps of pixels."""
        return self.size() + QSize(0, self.list.verticalScrollBar().maximum())

    def table(self) -> Table:
        return ranking_table(self.ranking.choices)

    def _want_deadline(self) -> None:
        if self._comparison is not None and self._comparison.deadline_days is None:
            days = self._comparison.estimate.total.wall_days
            self.deadline_wanted.emit(shown_duration(days))

    def _choose(self, index: QModelIndex) -> None:
        choice: RankedChoice = index.data(ROW)
        self.chosen.emit(choice.accelerator, choice.count, None)

    def _dress_list(self) -> None:
        view = self.list
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        view.clicked.connect(self._choose)

    def minimumSizeHint(self) -> QSize:
        return QSize(260, 200)

"""Cost by hardware: accelerators ranked at the plan's count or at a deadline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QButtonGroup, QHBoxLayout, QWidget

from isocost.plan.curves import RankedChoice
from isocost.ui.charts.bars import BarDelegate, bar_scale
from isocost.ui.charts.card import ChartCard
from isocost.ui.charts.comparison import Comparison, ranked
from isocost.ui.charts.rows import ROW, ClickList, Index, rows_replaced
from isocost.ui.charts.table import Table
from isocost.ui.charts.whole_rows import WholeRows
from isocost.ui.charts.wording import in_words, ranking_finding, ranking_subtitle, ranking_table
from isocost.ui.theme import SPACE, Theme


class Ranking(QAbstractListModel):
    """The ranked choices; rows are updated in place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choices: tuple[RankedChoice, ...] = ()

    def show(self, choices: tuple[RankedChoice, ...]) -> None:
        """Replace the rows, adding and removing only at the end."""
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
        if role in (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole)):
            return in_words(choice)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return f"{in_words(choice)}. Click to plan with it."
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
        self._delegate.set_theme(theme)
        self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()

    def show_nothing(self, why: str) -> None:
        """Leave the list empty and say why."""
        self._comparison = None
        self.ranking.show(())
        self.at_count.setVisible(False)
        self.at_deadline.setVisible(False)
        self.say("Cost by hardware", why, why)

    def show_comparison(self, comparison: Comparison, slots: Mapping[str, int]) -> None:
        """Rank a comparison in place of the last one, in the line styles of the other chart."""
        self._comparison = comparison
        choices = ranked(comparison)
        deadline = comparison.deadline_days
        self.at_count.setVisible(True)
        self.at_deadline.setVisible(True)
        (self.at_count if deadline is None else self.at_deadline).setChecked(True)
        finding = ranking_finding(comparison, choices)
        drawn = ranking_subtitle(comparison, choices)
        rows = ". ".join(in_words(choice) for choice in choices)
        self.say(finding, drawn, f"{finding}. {drawn} {rows}.")
        self._delegate.show(comparison, slots, bar_scale(choices))
        self.ranking.show(choices)
        self._rows.arrange()
        self.list.setAccessibleName(finding)

    def table(self) -> Table:
        return ranking_table(self.ranking.choices)

    def _want_deadline(self) -> None:
        if self._comparison is not None and self._comparison.deadline_days is None:
            days = self._comparison.estimate.total.wall_days
            self.deadline_wanted.emit(max(days, float(round(days))))

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

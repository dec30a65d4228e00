"""What moves the cost most: the card around the bars."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.estimate import Answer
from isocost.report.findings.tabs.risk import MOVE_ENDS, doubt_rows, doubts_noted, doubts_said, doubts_table
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing
from isocost.ui.tabs.risk.ends import TornadoRows
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import WrapLabel, plain_tip


class TornadoCard(ChartCard):
    """The card; a row leads to its input, and its ends are that input's range."""

    field_wanted = Signal(str)
    """Path of the input that settles a doubt, with its stage where it is one stage's alone."""
    end_moved = Signal(object, str, float, object)
    """A row, which end of its range the user moved, to which value, and the gesture."""
    dropped = Signal(object)
    """A row whose range the user wants no more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk.tornado", parent)
        self._chances: Chances | None = None
        self.rows = TornadoRows(theme, self)
        self.rows.setObjectName("risk.tornado.rows")
        self.rows.picked.connect(self._pick)
        self.rows.said.connect(self._tell)
        self.rows.end_moved.connect(self.end_moved)
        self.rows.dropped.connect(self.dropped)
        self.pointed = WrapLabel(self, lines=2)
        self.pointed.setObjectName("risk.tornado.pointed")
        self.pointed.setProperty("role", "quiet")
        self.body.addWidget(self.rows)
        self.body.addWidget(self.pointed)
        self.body.addStretch(1)
        self.setTabOrder(self.rows, self.more)
        self._noted = ""
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.rows.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Leave the rows empty and say why."""
        self._chances = None
        self.rows.show_rows((), None)
        self._noted = ""
        self._tell("")
        self.say(tr("What moves the cost most"), why, why)

    def show_chances(self, found: Chances, answered: Answer) -> None:
        """Draw the bars in place of the last ones."""
        self._chances = found
        said = doubts_said(found).of(answered.estimate)
        self.say(*said)
        self.rows.setAccessibleName(f"{said.finding}. {MOVE_ENDS}")
        self.rows.show_rows(doubt_rows(found), found)
        self._noted = doubts_noted(found, answered)
        if self.rows.hover is None:
            self._tell("")

    def drawing(self) -> Drawing | None:
        return self.rows.chart if self.rows.chart.rows else None

    def footnote(self) -> str:
        return self._noted

    def table(self) -> Table:
        return doubts_table(self._chances) if self._chances is not None else super().table()

    def _tell(self, words: str) -> None:
        """The row pointed at with its source; what is to be known of all while none is."""
        self.pointed.say(words or self._noted, in_full=not words)
        self.pointed.setToolTip(plain_tip(self._noted))

    def _pick(self, at: int) -> None:
        if path := self.rows.chart.rows[at].path:
            self.field_wanted.emit(path)

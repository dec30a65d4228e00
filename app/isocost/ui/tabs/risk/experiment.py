"""What measuring the most doubtful input would be worth."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.answer.chances import Chances
from isocost.plan.answer.results import Estimate
from isocost.report.findings.tabs.risk import experiment_table, experiment_view
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines, WrapLabel, plain_label, set_text

CHANGES = 2
"""Figures that are said before and after."""


class ExperimentCard(ChartCard):
    """The cheapest next experiment, in one line and with its reasons."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("risk.experiment", parent)
        self._chances: Chances | None = None
        self._rows = [(FewLines(self), plain_label(parent=self)) for _ in range(CHANGES)]
        for label, value in self._rows:
            label.setProperty("role", "small")
            value.setProperty("role", "fact")
            line = QHBoxLayout()
            line.addWidget(label, 1)
            line.addWidget(value)
            self.body.addLayout(line)
        self.words = WrapLabel(self)
        self.words.setObjectName("risk.experiment.words")
        self.words.setProperty("role", "small")
        self.body.addWidget(self.words)
        self.body.addStretch(1)
        self.apply_theme(theme)

    def show_nothing(self, why: str) -> None:
        """Say why there is no experiment."""
        self._chances = None
        self._show_changes(())
        self.words.say("")
        self.say(tr("What to measure next"), why, why)

    def show_chances(self, found: Chances, estimate: Estimate) -> None:
        """Say what the next experiment would free."""
        self._chances = found
        view = experiment_view(found)
        self.say(*view.said.of(estimate))
        self._show_changes(view.changes)
        self.words.say(" ".join(view.reasons))

    def _show_changes(self, changes: tuple[tuple[str, str], ...]) -> None:
        for at, (label, value) in enumerate(self._rows):
            name, figures = changes[at] if at < len(changes) else ("", "")
            label.setVisible(bool(name))
            value.setVisible(bool(name))
            label.say(name)
            set_text(value, figures)

    def table(self) -> Table:
        return experiment_table(self._chances) if self._chances is not None else super().table()

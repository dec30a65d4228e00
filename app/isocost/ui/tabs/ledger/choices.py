"""Two questions beside the bill: rent or buy; call an API, tune a model, or train this one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.doubt.beside import Buying
from isocost.plan.money.options import OptionComparison
from isocost.plan.money.rent_or_buy import RentOrBuy
from isocost.report.findings.inputs.choices import (
    LinesView,
    Unanswered,
    options_note,
    options_said,
    options_table,
    options_unanswered,
    options_view,
    rent_note,
    rent_said,
    rent_table,
    rent_unanswered,
    rent_view,
)
from isocost.report.findings.said import Said
from isocost.report.table import Table
from isocost.ui.look.theme import Theme
from isocost.ui.plot.chart import Drawing, ReadableWidget
from isocost.ui.plot.crossings import LinesChart
from isocost.ui.widgets.cards.card import ChartCard
from isocost.ui.widgets.labels import FewLines, WrapLabel


class QuestionCard(ChartCard):
    """A plot of lines, what they come to where one points, and a note; or why there is nothing to draw."""

    field_wanted = Signal(str)
    """Path of the input that would answer the question."""

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.plot = ReadableWidget(LinesChart(LinesView()), theme, self)
        self.plot.setObjectName(f"{name}.plot")
        self.pointed = FewLines(self)
        self.pointed.setProperty("role", "quiet")
        self.note = WrapLabel(self)
        self.note.setProperty("role", "small")
        self.ask = QPushButton(self)
        self.ask.setProperty("role", "chip")
        self.ask.setObjectName(f"{name}.ask")
        self._wanted = ""
        row = QHBoxLayout()
        row.addWidget(self.ask)
        row.addStretch(1)
        self.body.addWidget(self.plot)
        self.body.addWidget(self.pointed)
        self.body.addWidget(self.note)
        self.body.addLayout(row)
        self.body.addStretch(1)
        self.ask.clicked.connect(lambda: self.field_wanted.emit(self._wanted))
        self.plot.said.connect(self._tell)
        self.ask.hide()
        self.apply_theme(theme)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's type and colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)

    def _arrive(self) -> None:
        """Come into sight, the cursor in the input that is missing where one is."""
        super()._arrive()
        if self.ask.isVisible():
            self.ask.click()

    def drawing(self) -> Drawing | None:
        return self.plot.chart if len(self.plot.view.x) else None

    def footnote(self) -> str:
        return self.note.whole

    def _draw(self, view: LinesView, said: Said, note: str) -> None:
        self._show_plot(True)
        self.ask.hide()
        self.say(*said)
        self.note.say(note)
        self.plot.setAccessibleName(said.finding)
        self.plot.show_view(view)

    def _ask(self, lacking: Unanswered) -> None:
        """Say what is missing, with the way to it."""
        self._wanted = lacking.path
        self._show_plot(False)
        self.plot.show_view(LinesView())
        self.say(*lacking.said)
        self.note.say(lacking.note)
        self.ask.setText(lacking.button)
        self.ask.show()

    def _show_plot(self, shown: bool) -> None:
        self.plot.setVisible(shown)
        self.pointed.setVisible(shown)

    def _tell(self, words: str) -> None:
        self.pointed.say(words)
        self.plot.setAccessibleDescription(words)


class RentOrBuyCard(QuestionCard):
    """Cash of renting and of buying, month by month."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("rent_or_buy", theme, parent)
        self._shown: RentOrBuy | None = None
        self.say(tr("Rent or buy"), tr("Estimating…"), tr("Estimating…"))

    def show_answer(self, answer: Answer, buying: Buying | None = None) -> None:
        """Draw another comparison, or what it lacks. ``buying``: with its doubt."""
        reckoning = answer.reckoning
        question = self._shown = reckoning.rent_or_buy
        if question is None:
            self.explains("")
            self._ask(rent_unanswered(reckoning.scenario, reckoning.catalog))
            return
        crosses = question.crossover_month is not None
        self.explains(f"rent_or_buy.{'crossover_month' if crosses else 'plan_rented_usd'}")
        said = rent_said(question, buying).of(answer.estimate)
        self._draw(rent_view(question, buying), said, rent_note(question, buying))

    def table(self) -> Table:
        return rent_table(self._shown)


class OptionsCard(QuestionCard):
    """What an API, a hosted fine-tune and a model of one's own cost, against tokens a day."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("api_or_own", theme, parent)
        self._shown: OptionComparison | None = None
        self.say(tr("API, fine-tune or train?"), tr("Estimating…"), tr("Estimating…"))

    def show_answer(self, answer: Answer) -> None:
        """Draw another comparison, or what it lacks."""
        question, scenario = answer.options, answer.scenario
        self._shown = question
        if question is None:
            self.explains("")
            self._ask(options_unanswered())
            return
        cheapest = [each.key for each in question.options].index(question.cheapest)
        self.explains(f"api_or_own.options.{cheapest}.total_usd")
        said = options_said(question, scenario).of(answer.estimate)
        self._draw(options_view(question, scenario), said, options_note(question, scenario))

    def table(self) -> Table:
        return options_table(self._shown)

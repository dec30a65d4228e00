"""The answer on top: one sentence, how sure it is, what stands against it, and a few figures."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout

from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import Estimate
from isocost.plan.notice import Notice
from isocost.plan.project.project import released, set_value
from isocost.report.findings.goal import goal_line
from isocost.report.findings.header import (
    NO_ESTIMATE,
    Remark,
    copied,
    headline_figures,
    key_figures,
    plain,
    range_rows,
    remarks,
    title_line,
)
from isocost.report.findings.said import KeyFigure
from isocost.ui.header.range_card import RangeCard
from isocost.ui.header.remark_line import RemarkLine
from isocost.ui.header.warnings import WarningLine
from isocost.ui.look.icons import put_icon
from isocost.ui.look.theme import Theme
from isocost.ui.look.wardrobe import lay_out
from isocost.ui.own.opening import open_own
from isocost.ui.session.ranging import Ranging
from isocost.ui.session.session import ESTIMATING, Session
from isocost.ui.widgets.cards.figures import RING, FigureSentence
from isocost.ui.widgets.cards.key_figure import KeyFigureBlock
from isocost.ui.widgets.labels import plain_label, plain_tip, restyle, set_text

BLOCKS = 4
MARGIN = 18
GAP = 16
"""Pixels between the figures beside those they keep around themselves."""


class Headline(QFrame):
    """The header of the window; a click on a figure opens it, one beside it copies the sentence."""

    field_wanted = Signal(str)
    """Path of the input a warning is about."""
    copied = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._remarks: tuple[Remark, ...] = ()
        self._figures: tuple[KeyFigure, ...] = ()
        self._shown: Estimate | None = None
        self._theme: Theme | None = None
        self.setObjectName("header")
        self.title = plain_label()
        self.sentence = FigureSentence()
        self.doubt = RemarkLine()
        self.warnings = WarningLine()
        self.blocks = tuple(KeyFigureBlock() for _ in range(BLOCKS))
        self.copy_button = QToolButton()
        self._name_parts()
        self._lay_out()
        self.sentence.clicked.connect(self.copy)
        self.copy_button.clicked.connect(self.copy)
        self.warnings.field_wanted.connect(self.field_wanted)
        self.warnings.cure_wanted.connect(self._take_cure)
        session.answered.connect(self._take)
        session.doubt_shown.connect(self._show_doubt)
        self._ranging = Ranging(self, session, self._show_doubt)
        session.failed.connect(self._show_problem)
        session.comparison_failed.connect(self._add_problem)
        session.project_changed.connect(self._show_title)
        session.path_changed.connect(self._show_title)

    def _name_parts(self) -> None:
        self.title.setProperty("role", "small")
        self.title.setObjectName("headline.title")
        self.sentence.setProperty("role", "headline")
        self.sentence.setObjectName("headline.sentence")
        self.doubt.wanted.connect(self._open)
        self.copy_button.setObjectName("headline.copy")
        self.copy_button.setAccessibleName(tr("Copy the headline"))
        self.copy_button.setToolTip(tr("Copy the headline (Ctrl+Shift+C)"))

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.sentence)
        line.addWidget(self.copy_button)
        line.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(1)
        left.addWidget(self.title)
        left.addLayout(line)
        left.addWidget(self.doubt)
        left.addSpacing(4)
        left.addWidget(self.warnings)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(self)
        row.setContentsMargins(16 - RING, 10, 20, 8)
        for part in (self.title, self.doubt, self.warnings):  # under the words of the sentence
            part.setContentsMargins(RING, 0, 0, 0)
        row.setSpacing(GAP)
        row.addLayout(left, 1)
        for block in self.blocks:
            row.addWidget(block, 0, Qt.AlignmentFlag.AlignTop)

    def text(self) -> str:
        """What is copied: the answer, how sure it is, and whether it fits, as one line."""
        return copied(self.sentence.text(), self._remarks)

    def copy(self) -> None:
        """Put the answer on the clipboard."""
        self._session.once_answered(self._copy)

    def _copy(self, _: object = None) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self.copied.emit(self.text())

    def copy_estimate(self) -> None:
        """Put all of the estimate on the clipboard as Markdown: the bill, its prices, what it leaves out."""
        self._session.once_answered(self._copy_estimate)

    def _copy_estimate(self, found: Answer) -> None:
        from isocost.report.estimate_questions import questions
        from isocost.report.estimate_tables import markdown_text

        QGuiApplication.clipboard().setText(markdown_text(found.estimate, questions(found)))
        self.copied.emit(tr("the whole estimate, as Markdown"))

    def _take_cure(self, notice: Notice) -> None:
        """Give the input at fault the value that settles the warning, in one step to undo."""
        cure, scenario = notice.cure, self._session.scenario
        if cure is not None:
            at = {"scenario": scenario, "stage": cure.stage}
            self._session.apply(
                lambda project: (
                    released(project, **at)
                    if cure.value is None
                    else set_value(project, notice.field, cure.value, **at)
                ),
                cure.words,
            )

    def apply_theme(self, theme: Theme) -> None:
        """Redraw what has colours of its own."""
        self._theme = theme
        put_icon(self.copy_button, "copy", theme.quiet, theme.px(16))
        self.warnings.apply_theme(theme)
        self.doubt.apply_theme(theme)
        self._fit()

    def _show_title(self, _: object = None) -> None:
        path = self._session.path
        self.title.setText(title_line(self._session.project.name, path))
        self.title.setToolTip(plain_tip(str(path) if path else tr("Not saved yet")))

    def _take(self, answer: Answer) -> None:
        """Show an answer, unless only what comes later of it is new."""
        if answer.estimate is not self._shown:
            self._shown = answer.estimate
            self._show(answer)
        else:  # a goal moves without it
            self._show_warnings(answer)
        # Painted before the page behind it is drawn, which takes twice as long: what a drag is watched by.
        lay_out()
        self.sentence.repaint()

    def _show(self, answer: Answer) -> None:
        estimate = answer.estimate
        set_text(self.sentence, estimate.headline)
        figures = headline_figures(estimate)
        self.sentence.show_figures([(each.start, each.text, each.figure) for each in figures])
        self._show_doubt()
        self.warnings.setVisible(True)

    def _show_doubt(self) -> None:
        """The remarks and the figures, with their ranges while these are shown."""
        answer, estimate = self._session.answer, self._shown
        if answer is not None and estimate is not None and answer.estimate is estimate:
            said = remarks(estimate, answer.project, answer.at, self._session.catalog)
            self._remarks = said if self._session.doubt else plain(said)
            self._figures = key_figures(estimate, self._ranging.newest)
            self._show_remarks()
            self._show_warnings(answer)

    def _show_warnings(self, answer: Answer) -> None:
        """What stands against the plan, its budget and deadline too; that it holds these, if nothing does."""
        warnings = answer.estimate.warnings
        line = goal_line(answer, self._ranging.newest)
        if line is None:
            self.warnings.show_notices(warnings)
        elif line.broken:
            self.warnings.show_notices((Notice("goal", line.broken, f"{line.words}."), *warnings))
        else:
            self.warnings.show_notices(warnings, line.words)

    def _fit(self) -> None:
        """Show as many figures as leave the sentence, and what is to be seen with it, their place."""
        self._fit_sentence()
        said = self.sentence.sizeHint().width() + self.copy_button.width()
        room = self.width() - 2 * MARGIN - max(said, self.doubt.needed) - GAP
        for index, block in enumerate(self.blocks):
            figure = self._figures[index] if index < len(self._figures) else None
            if figure is not None:
                block.fill(figure)
                room -= block.sizeHint().width() + GAP
            block.setVisible(figure is not None and room >= 0)

    def _fit_sentence(self) -> None:
        """Write the sentence smaller where it would lose its end: large text in a small window."""
        if self._theme is None:
            return
        room = self.width() - 2 * MARGIN - self.copy_button.sizeHint().width()
        wide = QFontMetrics(self._theme.font("headline")).horizontalAdvance(self.sentence.text())
        restyle(self.sentence, "role", "figure" if wide > room else "headline")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _show_remarks(self) -> None:
        self.doubt.show_remarks(self._remarks)
        self._fit()

    def _open(self, what: str) -> None:
        """Open what a remark is about: what the range is made of, or one's own runs beside the model."""
        if what == "evidence":
            open_own(self, "calibrate")
        elif self._shown is not None and self._shown.range is not None:
            RangeCard(range_rows(self._shown.range), self).stand_below(self.doubt)

    def _add_problem(self, problem: str) -> None:
        self._remarks = (Remark(problem, "care"), *self._remarks)
        self._show_remarks()

    def _show_problem(self, problem: str) -> None:
        """The engine refused the project, or is still at it: say so where the answer would be."""
        if problem:
            self._shown, waiting = None, problem == ESTIMATING
            self._remarks = () if waiting else (Remark(problem, "stop"),)
            self.sentence.setText(ESTIMATING if waiting else NO_ESTIMATE)
            self.sentence.show_figures(())
            self._figures = ()
            self._show_remarks()
            self.warnings.setVisible(False)

"""Correcting the plan by one's own runs: a file, what the model makes of it before and after, applying it."""

from __future__ import annotations

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from isocost.evidence.own_runs import Calibration
from isocost.files.imports.logs import RunLog
from isocost.files.imports.own import calibration_in
from isocost.files.imports.source import NotUnderstoodError
from isocost.language import tr
from isocost.plan.answer.estimate import Answer
from isocost.plan.answer.results import Estimate
from isocost.plan.project.correcting import correction_from, with_correction
from isocost.plan.project.project import Place
from isocost.plan.values import Correction
from isocost.report.decisions import calibration as words
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.look.theme import Theme
from isocost.ui.own.frame import OwnDialog, page_of_words
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.table import TableView
from isocost.ui.widgets.labels import WrapLabel, plain_label

NAME = "own_calibration"
ROW = 26
"""Pixels of a row."""
LEAST_NOTE = 80
"""Pixels of the column of notes at least; it has what is left."""


class CalibrateDialog(OwnDialog):
    """The runs of a file beside the model, and what they correct."""

    size_wanted = (900, 600)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, words.HOW, parent)
        self._found: Calibration | None = None
        self._log: RunLog | None = None
        self._before: Estimate | None = None
        self.choose = QPushButton(tr("Choose a file…"))
        self.file = plain_label()
        self.finding, self.errors = WrapLabel(), WrapLabel()
        self.table = TableView(self)
        self.nothing = WrapLabel()
        self.stage = DropDown(
            f"{NAME}.stage", tr("What is corrected"), tr("All stages of the plan, or one of them.")
        )
        self._name_parts()
        self._lay_out_parts()
        self.buttons.addWidget(self.stage)
        self.take_off = self.add_button("take_off", tr("Take off"))
        self.apply = self.add_button("apply", tr("Apply"), primary=True)
        self._worker = session.worker(self._take, self._fail, of_plan=False)
        self.choose.clicked.connect(self._choose)
        self.apply.clicked.connect(self._apply)
        self.take_off.clicked.connect(self._take_off)
        self.stage.activated.connect(lambda _: self._show_held())
        session.answered.connect(self._tell_cost)
        for signal in (session.project_changed, session.selection_changed):
            signal.connect(lambda *_: self._refresh())

    def _name_parts(self) -> None:
        self.choose.setObjectName(f"{NAME}.choose")
        self.choose.setAutoDefault(False)
        self.file.setProperty("role", "small")
        self.finding.setObjectName(f"{NAME}.finding")
        self.finding.setProperty("strong", True)
        self.errors.setObjectName(f"{NAME}.errors")
        self.errors.setProperty("role", "small")
        self.table.setObjectName(f"{NAME}.table")
        self.table.setProperty("role", "read")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.nothing.setProperty("role", "small")
        self.nothing.say(words.COLUMNS_WANTED)
        self.stage.setMinimumContentsLength(14)

    def _lay_out_parts(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.choose)
        top.addWidget(self.file, 1)
        self.body.addLayout(top)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for part in (self.finding, self.errors):
            column.addWidget(part)
        column.addSpacing(6)
        column.addWidget(self.table, 1)
        empty = page_of_words(self.nothing)
        self.pages = QStackedWidget()
        for page in (empty, shown):
            self.pages.addWidget(page)
        self.body.addWidget(self.pages, 1)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.table.verticalHeader().setDefaultSectionSize(theme.px(ROW))
        self._show_table()

    def arrive(self) -> None:
        self._refresh()
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        """Offer the plan's stages, while anybody looks."""
        if not self.isVisible():
            return
        session, kept = self.session, self._at()
        self.stage.clear()
        self.stage.addItem(words.WHOLE, None)
        for at, name in words.stages_to_correct(session.project, session.scenario):
            self.stage.addItem(name, at)
        self.stage.setCurrentIndex(max(0, self.stage.findData(kept)))
        self._show_held()

    def _show_held(self) -> None:
        """What the plan, or the stage, is corrected by now."""
        session = self.session
        possible = self.stage.count() > 1
        held = words.correction_of(session.project, session.scenario, self._at())
        self.take_off.setVisible(held is not None)
        self.apply.setEnabled(possible and self._found is not None)
        self.say(words.held_said(held) if possible else words.NOTHING_TO_CORRECT)

    def _at(self) -> int | None:
        at: int | None = self.stage.currentData()
        return at

    # The file

    def _choose(self) -> None:
        """Let the user choose a table of runs."""
        name, _ = QFileDialog.getOpenFileName(self, words.TITLE, str(Path.home()), words.FILE_KINDS)
        if name:
            self.file.setText(Path(name).name)
            self.waiting(True)
            self.say(words.READING)
            session, stage = self.session, self._at()
            at = Place(session.scenario, session.stage if stage is None else stage)
            today = date.today().isoformat()
            self._worker.request(
                partial(calibration_in, Path(name), session.project, at, session.catalog, today)
            )

    def _take(self, read: tuple[Calibration, RunLog | None]) -> None:
        self.waiting(False)
        found, self._log = read
        self._found = found
        self.finding.say(f"{words.calibration_said(found)}.")
        self.errors.say(words.errors_said(found))
        self._show_table()
        self.pages.setCurrentIndex(1)
        self._show_held()

    def _fail(self, error: Exception) -> None:
        self.waiting(False)
        self._found = None
        self.pages.setCurrentIndex(0)
        self._show_held()
        self.say(str(error), "stop")

    def _show_table(self) -> None:
        if self._found is None:
            return
        self.table.show_table(words.calibration_said(self._found), words.calibration_table(self._found))
        last = self.table.model().columnCount() - 1
        self.table.setColumnWidth(last, self.theme.px(LEAST_NOTE))

    # Changing the plan

    def _apply(self) -> None:
        if self._found is not None:
            self._before = self.session.estimate
            said = words.applied_words(self._found, self._name())
            if self._log is None:
                self._correct(correction_from(self._found), said)
            else:
                self._apply_log(self._log, said)

    def _apply_log(self, log: RunLog, said: str) -> None:
        """Correct what is chosen by the log's run, beside those it is corrected by already."""
        session, stage = self.session, self._at()
        at = Place(session.scenario, session.stage if stage is None else stage)
        try:
            found = log.beside(session.project, session.catalog, at).found.after
        except NotUnderstoodError as problem:
            self._before = None
            self.say(str(problem), "stop")
            return
        self._correct(found, said)

    def _tell_cost(self, answer: Answer) -> None:
        """What the correction has changed, once the plan is estimated anew."""
        before, self._before = self._before, None
        if before is answer.estimate:
            self._before = before
        elif before is not None:
            said = words.applied_said(answer.project, answer.at, self._at(), before, answer.estimate)
            self.say(said, "fine")

    def _take_off(self) -> None:
        self._correct(None, words.taken_off_words(self._name()))

    def _correct(self, found: Correction | None, said: str) -> None:
        at, scenario = self._at(), self.session.scenario
        self.session.apply(lambda project: with_correction(project, found, scenario=scenario, stage=at), said)

    def _name(self) -> str:
        """The stage that is meant; empty = the whole plan."""
        return "" if self._at() is None else self.stage.currentText()

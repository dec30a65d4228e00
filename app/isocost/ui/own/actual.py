"""A run under way against its plan: typed or imported, with where it will end and how that differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from isocost.files.imports.own import record_in
from isocost.files.own.fields import PartField
from isocost.files.records import Record, progress_in
from isocost.language import capital, tr
from isocost.plan.answer.actual import Actual, NoRunError, actual, typed_progress
from isocost.plan.answer.estimate import Answer
from isocost.plan.project.underway import underway_of, with_underway
from isocost.plan.values import Underway
from isocost.report.decisions.actual import actual_said, sentences
from isocost.report.findings.own import actual as words
from isocost.ui.inputs.pickers import DropDown
from isocost.ui.look.theme import Theme
from isocost.ui.own.field import FormField
from isocost.ui.own.forecast import ForecastBars
from isocost.ui.own.frame import InTurn, OwnDialog, page_of_words
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_label
from isocost.ui.widgets.sections import ScrollBody, scrolling

NAME = "own_actual"
MOST_SENTENCES = 9


@dataclass(frozen=True, slots=True)
class _Read:
    """A record that was imported, by the name of its file."""

    record: Record
    file: str


class ActualDialog(OwnDialog):
    """What is done and spent, and the forecast it gives; follows the plan."""

    size_wanted = (820, 540)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, words.HOW, parent)
        self._record: _Read | None = None
        self.found: Actual | None = None
        self.stage = DropDown(f"{NAME}.stage", tr("Stage"), tr("The stage that is under way."))
        self.fields = {
            label: FormField(NAME, PartField(key, label, kind="text", help=words.HELP[label]))
            for key, label in (("done", words.DONE), ("after", words.AFTER), ("spent", words.SPENT))
        }
        self.import_ = QPushButton(tr("Import a record…"))
        self.forget = QPushButton(tr("Type instead"))
        self.file = plain_label()
        self.finding = WrapLabel()
        self.bars = ForecastBars()
        self.told = tuple(WrapLabel() for _ in range(MOST_SENTENCES))
        self.nothing = WrapLabel()
        self.copy = self.add_button("copy", tr("Copy as text"))
        self._worker = session.worker(self._take, self._fail, of_plan=False)
        self._files = session.worker(self._take_record, self._fail, of_plan=False)
        self._name_parts()
        self._lay_out_parts()
        self._connect()

    def _name_parts(self) -> None:
        for button, name in ((self.import_, "import"), (self.forget, "forget")):
            button.setObjectName(f"{NAME}.{name}")
            button.setAutoDefault(False)
        self.forget.hide()
        self.file.setProperty("role", "small")
        self.finding.setObjectName(f"{NAME}.finding")
        self.finding.setProperty("strong", True)
        for label in (*self.told, self.nothing):
            label.setProperty("role", "small")
        self.nothing.say(f"{words.TYPE_FIRST} {words.RECORD_COLUMNS}")
        for key, example in ((words.DONE, "45 %"), (words.AFTER, "6 days"), (words.SPENT, tr("as planned"))):
            self.fields[key].offer(example)
        self.stage.setMinimumContentsLength(16)

    def _lay_out_parts(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        stage = plain_label(tr("Stage"))
        stage.setBuddy(self.stage)
        for part in (stage, self.stage, self.import_, self.forget):
            top.addWidget(part)
        top.addWidget(self.file, 1)
        line = QHBoxLayout()
        line.setSpacing(24)
        for field in self.fields.values():
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(top)
        self.body.addLayout(line)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.finding)
        column.addSpacing(4)
        column.addWidget(self.bars)
        column.addSpacing(8)
        for label in self.told:
            column.addWidget(label)
        column.addStretch(1)
        empty = page_of_words(self.nothing, above=6)
        self.pages = InTurn()
        for page in (empty, shown):
            self.pages.addWidget(page)
        inside = ScrollBody()
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)
        self.body.addWidget(scrolling(inside, "actual.area", self), 1)

    def _connect(self) -> None:
        self.stage.activated.connect(lambda _: self._show_stored())
        self.import_.clicked.connect(self._import)
        self.forget.clicked.connect(self._type_instead)
        self.copy.clicked.connect(self._copy)
        for field in self.fields.values():
            field.edited.connect(self._ask)
            field.left.connect(self._store)
        self.session.answered.connect(lambda _: self._refresh())

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        self.bars.apply_theme(theme)
        for field in self.fields.values():
            field.apply_theme(theme)
            field.label.setFixedWidth(field.label.fontMetrics().horizontalAdvance(field.label.text()) + 4)

    def arrive(self) -> None:
        self._refresh()
        self.fields[words.DONE].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        """Follow the plan while anybody looks: its stages, and what they were planned to take."""
        answer = self.session.answer
        if answer is None or not self.isVisible():
            return
        kept = self.stage.currentText()
        known = words.stages_under_way(answer)
        self.stage.clear()
        for at, name in known:
            self.stage.addItem(name, at)
        self.stage.setCurrentIndex(max(0, self.stage.findText(kept)))
        self._show_stored()

    # What the plan keeps

    def _show_stored(self) -> None:
        """Put what the plan keeps of the stage into the fields, unless it is what they say already."""
        at, typed = self.stage.currentData(), self._typed()
        answer = self.session.answer
        if at is not None and answer is not None and not self._typing():
            stored = underway_of(answer.scenario.stages[at])
            if typed is None or typed != (stored or Underway()):
                for field, text in zip(self.fields.values(), words.underway_texts(stored), strict=True):
                    field.show_text(text)
        self._ask()

    def _typed(self) -> Underway | None:
        """What the fields say; None = one of them cannot be read."""
        try:
            return words.told_underway(*(field.text for field in self.fields.values()))
        except words.TypedError:
            return None

    def _typing(self) -> bool:
        return any(field.edit.isModified() for field in self.fields.values())

    def _store(self) -> None:
        """Keep what is typed in the plan, once a field is left; what cannot be read is kept nowhere."""
        told, at, answer = self._typed(), self.stage.currentData(), self.session.answer
        if told is None or at is None or answer is None:
            return
        for field in self.fields.values():
            field.edit.setModified(False)
        scenario = self.session.scenario
        said = words.stored_words(self.stage.currentText())
        self.session.apply(lambda project: with_underway(project, told, scenario=scenario, stage=at), said)

    # Reading

    def _ask(self) -> None:
        """Forecast from what is typed, or from the record; what cannot be read is said at its field."""
        answer, at = self.session.answer, self.stage.currentData()
        for field in self.fields.values():
            field.say("", wrong=False)
        if answer is None or at is None:
            self._show(None)
            self.say(tr("No stage of this plan trains on tokens of its own.") if answer is not None else "")
            return
        try:
            work = self._work(answer, at)
        except words.TypedError as error:
            self.fields[error.field].say(str(error), wrong=True)
            work = None
        if work is None:
            self._worker.discard()
            self._show(None)
            return
        self._worker.request(work)

    def _work(self, answer: Answer, at: int) -> Callable[[], Actual] | None:
        done, after, spent = (field.text for field in self.fields.values())
        if self._record is not None:
            return partial(_from_record, answer, at, self._record.record, words.read_spent(spent))
        typed = words.read_typed(answer, at, done, after, spent)
        return None if typed is None else partial(_from_typed, answer, at, typed)

    def _take(self, found: Actual) -> None:
        self.say(" ".join(self._record.record.problems[:2]) if self._record is not None else "", "care")
        self._show(found)

    def _fail(self, error: Exception) -> None:
        self.import_.setEnabled(True)
        self._show(None)
        said = str(error)
        self.say(capital(said) if isinstance(error, NoRunError) else said, "stop")

    def _show(self, found: Actual | None) -> None:
        self.found = found
        self.pages.setCurrentIndex(0 if found is None else 1)
        self.copy.setEnabled(found is not None)
        if found is None:
            return
        self.finding.say(f"{actual_said(found)}.")
        self.bars.show_run(found)
        told = list(sentences(found))
        for at, label in enumerate(self.told):
            label.setVisible(at < len(told))
            label.say(told[at] if at < len(told) else "")

    def _copy(self) -> None:
        """Put what is said on the clipboard, a sentence a line."""
        if self.found is not None:
            lines = (f"{actual_said(self.found)}.", *sentences(self.found))
            QGuiApplication.clipboard().setText("\n".join(lines))
            self.say(tr("Copied."))

    # The record

    def _import(self) -> None:
        """Let the user choose the record of a run."""
        name, _ = QFileDialog.getOpenFileName(self, words.TITLE, str(Path.home()), words.FILE_KINDS)
        if name:
            self.import_.setEnabled(False)
            self._files.request(lambda: _Read(record_in(Path(name)), Path(name).name))

    def _take_record(self, read: _Read) -> None:
        self.import_.setEnabled(True)
        self._keep(read)

    def _type_instead(self) -> None:
        self._keep(None)
        self.fields[words.DONE].edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _keep(self, read: _Read | None) -> None:
        self._record = read
        self.file.setText("" if read is None else read.file)
        self.forget.setVisible(read is not None)
        for label in (words.DONE, words.AFTER):  # the record tells both
            self.fields[label].setVisible(read is None)
        self.say("")
        self._ask()


def _from_typed(answer: Answer, at: int, typed: words.Typed) -> Actual:
    return actual(answer, at, typed_progress(typed.tokens, typed.hours), None, typed.spent_usd)


def _from_record(answer: Answer, at: int, record: Record, spent_usd: float | None) -> Actual:
    progress = progress_in(record, answer.estimate.stages[at].batch_tokens)
    return actual(answer, at, progress, record.start, spent_usd)

"""Importing a file: what it says is shown first, what is missing is asked for, then it goes into the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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

from isocost.catalog import Catalog
from isocost.files import FileError
from isocost.files.imports import Brought, Given, read_files
from isocost.language import capital
from isocost.plan.project.project import Place, Project
from isocost.report.decisions.importing import put_in
from isocost.report.findings.own import imports as words
from isocost.ui.look.theme import Theme
from isocost.ui.own.field import FormField
from isocost.ui.own.frame import OwnDialog, page_of_words
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.table import TableView
from isocost.ui.widgets.labels import WrapLabel, plain_label

NAME = "own_import"
LEAST_VALUE = 80
"""Pixels of the column of values at least; it has what is left."""


@dataclass(frozen=True, slots=True)
class _Said:
    """Files to be read, and what is said beside them."""

    paths: tuple[Path, ...]
    given: Given


@dataclass(frozen=True, slots=True)
class _Read:
    """What files say."""

    wanted: _Said
    found: tuple[Brought, ...]


@dataclass(frozen=True, slots=True)
class _Applied:
    """A plan with files in it, and the plan they were put into."""

    before: Project
    after: Project
    found: tuple[Brought, ...]
    said: tuple[str, ...]
    """What that changed."""


class ImportDialog(OwnDialog):
    """What files say, until they are put into the plan."""

    size_wanted = (860, 600)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, words.HOW, parent)
        self.found: tuple[Brought, ...] = ()
        self._paths: tuple[Path, ...] = ()
        self._wanted: _Said | None = None
        self._asked: set[str] = set()
        self.choose = QPushButton(words.CHOOSE)
        self.file = plain_label()
        self.finding = WrapLabel()
        self.asking = WrapLabel()
        self.fields = {name: FormField(NAME, field) for name, field in words.FIELDS.items()}
        self.table = TableView(self)
        self.nothing = WrapLabel()
        self.apply = self.add_button("apply", words.APPLY, primary=True)
        self._reader = session.worker(self._take, self._fail, of_plan=False)
        self._applier = session.worker(self._take_applied, self._fail_applied, of_plan=False)
        self._name_parts()
        self._lay_out_parts()
        self.choose.clicked.connect(self._choose)
        self.apply.clicked.connect(self._apply)
        for field in self.fields.values():
            field.edited.connect(self._read)

    def _name_parts(self) -> None:
        self.choose.setObjectName(f"{NAME}.choose")
        self.choose.setAutoDefault(False)
        self.file.setProperty("role", "small")
        self.finding.setObjectName(f"{NAME}.finding")
        self.finding.setProperty("strong", True)
        self.asking.setProperty("role", "small")
        self.asking.say(words.ASKED)
        self.table.setObjectName(f"{NAME}.table")
        self.table.setProperty("role", "read")
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.nothing.setObjectName(f"{NAME}.nothing")
        self.nothing.setProperty("role", "small")
        self.nothing.say(words.nothing_yet())

    def _lay_out_parts(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.choose)
        top.addWidget(self.file, 1)
        line = QHBoxLayout()
        line.setSpacing(24)
        for field in self.fields.values():
            line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.finding)
        column.addWidget(self.asking)
        column.addLayout(line)
        column.addSpacing(4)
        column.addWidget(self.table, 1)
        self.pages = QStackedWidget()
        for page in (page_of_words(self.nothing), shown):
            self.pages.addWidget(page)
        self.body.addLayout(top)
        self.body.addWidget(self.pages, 1)

    def apply_theme(self, theme: Theme) -> None:
        super().apply_theme(theme)
        for field in self.fields.values():
            field.apply_theme(theme)
            field.label.setFixedWidth(field.label.fontMetrics().horizontalAdvance(field.label.text()) + 4)
        self._show_table()

    def arrive(self) -> None:
        """Begin where there is something to do."""
        self.apply.setEnabled(bool(self.found))
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    # Reading

    def import_files(self, paths: Sequence[Path]) -> None:
        """Read files and show what they say; another choice before that is done takes its place."""
        self._paths = tuple(paths)
        self._asked.clear()
        for field in self.fields.values():
            field.show_text("")
        self.file.setText(", ".join(path.name for path in self._paths))
        self._read()

    def _choose(self) -> None:
        start = self._paths[0].parent if self._paths else Path.home()
        names, _ = QFileDialog.getOpenFileNames(self, words.TITLE, str(start), words.FILE_KINDS)
        if names:
            self.import_files([Path(name) for name in names])

    def _read(self) -> None:
        """Read the files with what is said beside them; what cannot be read of that is said at its field."""
        for field in self.fields.values():
            field.say("", wrong=False)
        try:
            given = words.given({name: self.fields[name].text for name in self._asked})
        except words.AskedError as error:
            self.fields[error.field].say(str(error), wrong=True)
            self._wanted = None
            self.apply.setEnabled(False)
            return
        self._wanted = _Said(self._paths, given)
        self.waiting(True)
        self.say(words.READING)
        self._reader.request(partial(_read, self._wanted))

    def _take(self, read: _Read) -> None:
        if read.wanted != self._wanted:
            return  # more was typed meanwhile: what is shown is what will be applied
        found = read.found
        self.waiting(False)
        self.say("")
        self.found = found
        for each in found:
            self._asked.update(words.asked(each.content))
        self.asking.setVisible(bool(self._asked))
        for name, field in self.fields.items():
            field.setVisible(name in self._asked)
        self.finding.say(words.finding(found))
        self.pages.setCurrentIndex(1)
        self._show_table()
        if not any(field.edit.hasFocus() for field in self.fields.values()):
            first = next((self.fields[name].edit for name in self.fields if name in self._asked), self.apply)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _fail(self, error: Exception) -> None:
        """Say why the files are not understood; the plan stays as it is."""
        self.waiting(False)
        self.found = ()
        self.apply.setEnabled(False)
        self.pages.setCurrentIndex(0)
        said = error.problem if isinstance(error, FileError) else str(error)
        where = f"{error.path.name}: " if isinstance(error, FileError) else ""
        self.say(f"{where}{said}", "stop")
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_table(self) -> None:
        if not self.found:
            return
        self.table.show_table(words.finding(self.found), words.table(self.found))
        self.table.setColumnWidth(self.table.model().columnCount() - 1, self.theme.px(LEAST_VALUE))
        self.table.resizeRowsToContents()

    # Changing the plan

    def _apply(self) -> None:
        """Make the plan that holds what was read: a log is compared with the plan's own speed for that."""
        session = self.session
        at = Place(session.scenario, session.stage)
        self.waiting(True)
        self._applier.request(partial(_with_files, session.project, session.catalog, at, self.found))

    def _take_applied(self, made: _Applied) -> None:
        self.waiting(False)
        if made.before is not self.session.project:  # it was changed meanwhile
            self._apply()
        elif made.after == made.before:
            self.say(words.NOTHING)
        else:
            self.session.apply(lambda _: made.after, words.applied_words(made.found))
            if made.said:
                self.say(" ".join(made.said), "fine")
            else:
                self.hide()

    def _fail_applied(self, error: Exception) -> None:
        self.waiting(False)
        said = str(error)
        self.say(capital(said), "stop")


def _read(wanted: _Said) -> _Read:
    return _Read(wanted, read_files(wanted.paths, wanted.given))


def _with_files(project: Project, catalog: Catalog, at: Place, found: tuple[Brought, ...]) -> _Applied:
    """The plan with every file in it. Raises FileError: one of them cannot go into it, and why."""
    after, said = put_in(found, project, catalog, at)
    return _Applied(project, after, found, said)

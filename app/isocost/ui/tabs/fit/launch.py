"""The plan's layout as launch settings: a framework to choose, its text to copy or save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPlainTextEdit, QPushButton, QWidget

from isocost.files.saving import write_atomically
from isocost.files.text import os_problem
from isocost.language import tr
from isocost.report.findings.tabs import launch as words
from isocost.report.launch import LABELS, Wanted, Written, written
from isocost.ui.look.theme import Theme
from isocost.ui.own.frame import OwnDialog
from isocost.ui.session.session import Session
from isocost.ui.widgets.cards.saving import ask_where, with_suffix

NAME = "launch"


class LaunchDialog(OwnDialog):
    """Text for each framework; follows the layout while it is open."""

    size_wanted = (860, 620)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(session, NAME, words.TITLE, "", parent)
        self._run: Wanted | None = None
        self.made: Written | None = None
        self.choices = {target: QPushButton(label) for target, label in LABELS.items()}
        self._group = QButtonGroup(self)
        self.text = QPlainTextEdit()
        self.copy = self.add_button("copy", tr("Copy"), primary=True)
        self.save = self.add_button("save", tr("Save…"))
        self._worker = session.worker(self._take, self._fail, of_plan=False)
        self._lay_out_parts()
        self._connect()

    def _lay_out_parts(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        for target, button in self.choices.items():
            button.setObjectName(f"{NAME}.for.{target}")
            button.setProperty("role", "chip")
            button.setCheckable(True)
            button.setAutoDefault(False)
            self._group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        next(iter(self.choices.values())).setChecked(True)
        self.text.setObjectName(f"{NAME}.text")
        self.text.setAccessibleName(words.TITLE)
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.body.addLayout(row)
        self.body.addWidget(self.text, 1)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(lambda _: self._ask())
        self.copy.clicked.connect(self._copy)
        self.save.clicked.connect(self._save)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme; code stands in letters of one width."""
        super().apply_theme(theme)
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(theme.px(12))
        self.text.setFont(font)

    @property
    def target(self) -> str:
        """The framework that is chosen."""
        return next(target for target, button in self.choices.items() if button.isChecked())

    # Showing

    def show_run(self, run: Wanted | None) -> None:
        """Write another layout; None = there is none any more."""
        if run == self._run:
            return
        self._run = run
        self.how.say(words.how(run) if run is not None else words.NOTHING)
        self._ask()

    def arrive(self) -> None:
        """The keyboard goes to the text, so that it can be read and marked at once."""
        self.text.setFocus()

    def _ask(self) -> None:
        run, target = self._run, self.target
        if run is None:
            self._worker.discard()
            self._show("", None)
        else:
            self._worker.request(lambda: written(run, target))

    def _take(self, made: Written) -> None:
        self._show(made.text, made)
        self.say(*words.told(made))

    def _fail(self, problem: Exception) -> None:
        self._show("", None)
        self.say(str(problem), "stop")

    def _show(self, text: str, made: Written | None) -> None:
        self.made = made
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        for button in (self.copy, self.save):
            button.setEnabled(made is not None)
        if made is None:
            self.say("")

    # Taking away

    def _copy(self) -> None:
        if self.made is not None:
            QGuiApplication.clipboard().setText(self.made.text)
            self.say(words.COPIED, "fine")

    def _save(self) -> None:
        made = self.made
        if made is None:
            return
        suffix = Path(made.name).suffix
        path = ask_where(
            self, words.TITLE, made.name, tr("Settings (*{suffix})", suffix=suffix), with_suffix(suffix)
        )
        if path is None:
            return
        try:
            write_atomically(path, made.text.encode("utf-8"))
        except (OSError, ValueError) as problem:
            self.say(
                tr("{name} cannot be saved: {os_problem}.", name=path.name, os_problem=os_problem(problem)),
                "stop",
            )
        else:
            self.say(tr("Saved as {name}.", name=path.name), "fine")

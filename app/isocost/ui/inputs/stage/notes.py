"""What a stage belongs to and what is known of it, in the user's words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout

from isocost.language import tr
from isocost.report.findings.inputs.stages import notes_line
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.disclosure import Disclosure
from isocost.ui.widgets.fields.typing import WindowKeys
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.sections import labelled

LONGEST_NOTE = 20_000
LONGEST_GROUP = 500
GROUP_WIDTH = 178
NOTE_HEIGHT = 96


class StageNotes(QFrame):
    """Group and note of the selected stage, folded away."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.group = QLineEdit()
        self.note = NoteEdit()
        self.fold = Disclosure("stage.details", tr("Group and note of the stage"))
        self._name_parts()
        self._lay_out()
        self.group.editingFinished.connect(self._take_group)
        self.group.returnPressed.connect(self.group.clearFocus)
        WindowKeys(self.group, self.group.isModified)
        WindowKeys(self.note, self.note.document().isModified)
        self.note.left.connect(self._take_note)

    def _name_parts(self) -> None:
        told = tr("Stages of one group are summed together in the results.")
        self.group.setObjectName("stage.group")
        self.group.setAccessibleName(tr("Group"))
        self.group.setAccessibleDescription(told)
        self.group.setToolTip(told)
        self.group.setMaxLength(LONGEST_GROUP)
        self.note.setObjectName("stage.note")
        self.note.setAccessibleName(tr("Note"))
        self.note.setPlaceholderText(tr("Sources and assumptions"))

    def _lay_out(self) -> None:
        heading = plain_label(tr("Notes").upper())
        heading.setProperty("role", "section")
        top = QHBoxLayout()
        top.addWidget(heading)
        top.addStretch(1)
        top.addWidget(self.fold)
        row = labelled(tr("Group"), self.group)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 2)
        column.setSpacing(6)
        column.addLayout(top)
        for part in (row, self.note):
            column.addWidget(part)
            self.fold.add(part)

    def refresh(self) -> None:
        """Show the selected stage's words, unless others are being typed."""
        stage = self._session.current_stage
        if not self.group.isModified():
            self.group.setText(stage.group)
        if not self.note.document().isModified() and self.note.toPlainText() != stage.note:
            self.note.setPlainText(stage.note)
            self.note.document().setModified(False)
        self.fold.say(notes_line(stage))

    def _take_group(self) -> None:
        if self.group.isModified():
            self.group.setModified(False)
            name = " ".join(self.group.text().split())
            self._session.set_value(
                "stage.group", name, tr("Group {name}", name=name) if name else tr("No group")
            )
            self.refresh()

    def _take_note(self) -> None:
        if self.note.document().isModified():
            self.note.document().setModified(False)
            self._session.set_value("stage.note", self.note.toPlainText()[:LONGEST_NOTE], tr("Note"))
            self.refresh()

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the arrow and grow with the text."""
        self.fold.apply_theme(theme)
        self.group.setFixedWidth(theme.px(GROUP_WIDTH))
        self.note.setFixedHeight(theme.px(NOTE_HEIGHT))


class NoteEdit(QPlainTextEdit):
    """A few lines of text; Tab leaves them, and leaving applies them. Escape gives them up."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self._before = ""

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._before = self.toPlainText()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.document().isModified():
            self.setPlainText(self._before)
            self.document().setModified(False)
        else:
            super().keyPressEvent(event)

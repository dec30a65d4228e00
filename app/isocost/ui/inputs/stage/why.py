"""What a stage comes to and why: its facts in a few lines."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from isocost.language import tr
from isocost.plan.physics.records import Detail
from isocost.report.findings.inputs.stages import detail_in_words, detail_value
from isocost.ui.inputs.selected import selected_result
from isocost.ui.session.session import Session
from isocost.ui.widgets.labels import WrapLabel, plain_label


class WhyCard(QFrame):
    """The details of the selected stage's estimate; hidden while it has none."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._rows: list[_Row] = []
        self.setObjectName("why")
        self.setAccessibleName(tr("Why this stage takes what it takes"))
        heading = plain_label(tr("Why").upper())
        heading.setProperty("role", "section")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 2)
        self._column.setSpacing(3)
        self._column.addWidget(heading)

    def refresh(self) -> None:
        """Show the newest estimate of the selected stage."""
        found = selected_result(self._session)
        details = found.details if found is not None else ()
        while len(self._rows) < len(details):
            self._rows.append(_Row())
            self._column.addWidget(self._rows[-1])
        for index, row in enumerate(self._rows):
            row.setVisible(index < len(details))
            if index < len(details):
                row.say(details[index])
        self.setVisible(bool(details))


class _Row(QWidget):
    """A fact: label and value, and what it means below."""

    def __init__(self) -> None:
        super().__init__()
        self._label = WrapLabel()
        self._value = plain_label()
        self._note = WrapLabel()
        self._value.setProperty("role", "fact")
        self._note.setProperty("role", "quiet")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._label, 1)
        top.addWidget(self._value, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._note)

    def say(self, detail: Detail) -> None:
        """Show a fact."""
        self._label.say(tr(detail.label))
        self._value.setText(detail_value(detail))
        self._note.say(detail.note)
        self._note.setVisible(bool(detail.note))
        self.setAccessibleName(detail_in_words(detail))

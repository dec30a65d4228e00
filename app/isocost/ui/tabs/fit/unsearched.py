"""What the Fit page says of a stage whose layout is not searched."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from isocost.language import in_sentence, tr
from isocost.report.findings.next_step import NextStep
from isocost.report.findings.said import Said
from isocost.ui.widgets.labels import WrapLabel


class UnsearchedStage(QFrame):
    """Why a stage has no layouts to compare, what is known of it, and the way to a stage that has some."""

    step_wanted = Signal(object)
    """The :class:`NextStep` that was offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step: NextStep | None = None
        self.setObjectName("fit.empty")
        self.title = WrapLabel(self)  # a stage may be called anything
        self.title.setProperty("role", "figure")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wanted = QPushButton(self)
        self.wanted.setObjectName("fit.empty.show")
        self.wanted.clicked.connect(lambda: self.step_wanted.emit(self._step))
        self.predict = QPushButton(tr("Predict it instead"), self)
        self.predict.setObjectName("fit.empty.predict")
        self.foretold = WrapLabel(self)
        self.foretold.setProperty("role", "quiet")
        self.foretold.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(80, 24, 80, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.reason)
        column.addSpacing(8)
        for button in (self.predict, self.wanted):
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.insertWidget(column.indexOf(self.wanted), self.foretold)
        column.addStretch(2)

    def offer(self, said: Said, step: NextStep | None = None, instead: str = "") -> None:
        """Say why there is no fit; offer the step to one, and what would have one (empty = none)."""
        self._step = step
        self.title.say(said.finding)
        self.reason.say(said.subtitle)
        self.setAccessibleName(said.summary)
        self.predict.setVisible(bool(instead))
        self.predict.setAccessibleDescription(instead)
        self.foretold.setVisible(bool(instead))
        self.foretold.say(tr("As {instead}", instead=in_sentence(instead)) if instead else "")
        self.wanted.setVisible(step is not None)
        self.wanted.setText(step.words if step is not None else "")

"""What stands in the place of a chart: why there is none, and the next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from isocost.report.findings.next_step import NextStep
from isocost.ui.widgets.labels import WrapLabel


class Instead(QWidget):
    """Why there is nothing to draw, and a button for what would give something."""

    wanted = Signal(object)
    """The :class:`NextStep` on the button."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._step: NextStep | None = None
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(self)
        self.button.setObjectName(f"{name}.show")
        self.button.clicked.connect(lambda: self.wanted.emit(self._step))
        column = QVBoxLayout(self)
        column.setContentsMargins(40, 24, 40, 24)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self.reason)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def offer(self, reason: str, step: NextStep | None = None) -> None:
        """Say why; without a step there is no button."""
        self._step = step
        self.reason.say(reason)
        self.button.setText(step.words if step is not None else "")
        self.button.setVisible(step is not None)

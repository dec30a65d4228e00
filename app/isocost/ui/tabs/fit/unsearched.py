"""What the Fit page says of a stage whose layout is not searched."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from isocost.report.findings.said import Said
from isocost.ui.widgets.labels import WrapLabel, plain_label


class UnsearchedStage(QFrame):
    """Why a stage has no layouts to compare, what is known of it, and the way to a stage that has some."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("fit.empty")
        self.title = plain_label(parent=self)
        self.title.setProperty("role", "figure")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.reason = WrapLabel(self)
        self.reason.setProperty("role", "small")
        self.reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.wanted = QPushButton(self)
        self.wanted.setObjectName("fit.empty.show")
        column = QVBoxLayout(self)
        column.setContentsMargins(80, 24, 80, 24)
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.title)
        column.addWidget(self.reason)
        column.addSpacing(8)
        column.addWidget(self.wanted, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def offer(self, said: Said, other: str = "") -> None:
        """Say why there is no fit, and offer another stage that has one (empty = none)."""
        self.title.setText(said.finding)
        self.reason.say(said.subtitle)
        self.setAccessibleName(said.summary)
        self.wanted.setVisible(bool(other))
        self.wanted.setText(f"Show {other}")

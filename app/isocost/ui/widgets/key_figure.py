"""A number worth a place of its own, with its name above and what it refers to below."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from isocost.report.findings.said import KeyFigure
from isocost.ui.widgets.labels import plain_label, set_text


class KeyFigureBlock(QWidget):
    """A small label, a figure, and what it refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.label, self.value, self.note = plain_label(), plain_label(), plain_label()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for part, role in ((self.label, "quiet"), (self.value, "figure"), (self.note, "quiet")):
            part.setProperty("role", role)
            column.addWidget(part)

    def fill(self, figure: KeyFigure) -> None:
        """Show a figure."""
        set_text(self.label, figure.label)
        set_text(self.value, figure.value)
        set_text(self.note, figure.note)
        self.setAccessibleName(figure.words)

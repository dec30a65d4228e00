"""A field of a form: its label, what is typed, its unit, and beneath it what is wrong with that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from isocost.files.own.fields import PartField
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.labels import WrapLabel, plain_label, plain_tip, restyle

LABEL, UNIT = 110, 52
"""Pixels of the label's column and of the unit's."""


class FormField(QWidget):
    """One line of text; what stands in grey is taken where nothing is typed."""

    edited = Signal()
    """Something was typed."""
    left = Signal()
    """The cursor left it, or Enter was pressed."""

    def __init__(self, form: str, field: PartField) -> None:
        super().__init__()
        self.field = field
        self.label = plain_label(field.label)
        self.edit = QLineEdit()
        self.edit.setObjectName(f"{form}.{field.key}")
        self.edit.setAccessibleName(f"{field.label}, {field.unit}".rstrip(", "))
        self.label.setBuddy(self.edit)
        self.unit = QLabel(field.unit)
        self.unit.setProperty("role", "quiet")
        self.message = WrapLabel()
        self.message.setObjectName(f"{form}.{field.key}.message")
        self.message.setProperty("role", "stop")
        self.message.hide()
        self.setToolTip(plain_tip(field.help))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.label, 0, 0)
        figure = field.kind in ("number", "count", "money")
        grid.addWidget(self.edit, 0, 1, 1, 1 if figure else 2)
        if figure:
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
            # Figures stand under one another, with a unit or without.
            grid.addWidget(self.unit, 0, 2)
        grid.addWidget(self.message, 1, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        self._grid = grid
        self.edit.textEdited.connect(self.edited)
        self.edit.editingFinished.connect(self.left)
        self.say("", wrong=False)

    @property
    def text(self) -> str:
        """What is typed."""
        return self.edit.text()

    def show_text(self, text: str) -> None:
        """Put a text into it."""
        self.edit.setText(text)
        self.edit.setCursorPosition(0)

    def offer(self, text: str) -> None:
        """What is taken where nothing is typed."""
        self.edit.setPlaceholderText(text)

    def say(self, words: str, *, wrong: bool) -> None:
        """What is wrong with it, or only looks so; empty = nothing."""
        self.message.setVisible(bool(words))
        restyle(self.message, "role", "stop" if wrong else "care")
        self.message.say(words)
        self.edit.setAccessibleDescription(words or self.field.help)
        restyle(self.edit, "wrong", bool(words) and wrong)

    def apply_theme(self, theme: Theme) -> None:
        """Keep labels and units of all fields under one another."""
        self.label.setFixedWidth(theme.px(LABEL))
        self.unit.setFixedWidth(theme.px(UNIT))

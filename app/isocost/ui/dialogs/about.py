"""About box and keyboard map."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from isocost import __version__
from isocost.ui.look.icons import app_icon

KEYS = (
    ("← → ↑ ↓", "Slider: next step, 1-2-5 a decade"),
    ("Shift + arrow", "Slider: fine step"),
    ("Page Up / Down", "Slider: ten times more or less"),
    ("Home / End", "Slider: lowest or highest"),
    ("Double click", "Slider: back to its default"),
    ("Alt+↑ / Alt+↓", "Stages: move the selected one"),
    ("Space / F2", "Stages: switch on or off, rename"),
    ("Ctrl+D / Delete", "Stages: duplicate, remove"),
    ("Enter / Esc", "Field: apply or restore"),
    ("*1.2   +10%", "Field: change the value by a factor"),
    ("Ctrl+Z / Ctrl+Shift+Z", "Undo, redo"),
    ("Ctrl+N / O / S", "New, open, save"),
    ("Ctrl+G", "Presets"),
    ("Ctrl+Shift+C", "Copy the headline"),
    ("Ctrl+1", "Plan"),
    ("Ctrl+Plus / Minus / 0", "Text larger, smaller, as designed"),
    ("F1", "This map"),
)


def versions() -> str:
    """What is running, for a report."""
    return (
        f"Isocost {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
    )


class AboutBox(QDialog):
    """What this is, what it promises, what is running."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Isocost")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(56, 56))
        name = QLabel(f"Isocost {__version__}")
        name.setProperty("role", "headline")
        text = QLabel(
            "What it costs to train a language model, with the arithmetic shown and the doubt stated.\n\n"
            "It works without a network and sends nothing anywhere. Your plans stay in your files.\n\n"
            "MIT licence. Set in Inter, SIL Open Font License."
        )
        text.setWordWrap(True)
        text.setFixedWidth(380)
        running = QLabel(versions())
        running.setProperty("role", "quiet")
        running.setWordWrap(True)
        running.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (picture, name, text, running):
            column.addWidget(part)
        column.addWidget(_close_button(self))


class KeyboardMap(QDialog):
    """Every key that does something."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(14)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(7)
        for row, (keys, meaning) in enumerate(KEYS):
            key = QLabel(f"<b>{keys}</b>")
            grid.addWidget(key, row, 0)
            grid.addWidget(QLabel(meaning), row, 1)
        column.addLayout(grid)
        column.addWidget(_close_button(self))


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    box.rejected.connect(dialog.reject)
    return box

"""About box and keyboard map."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from isocost import __version__
from isocost.ui.log import log_path
from isocost.ui.look.icons import app_icon
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.typing import window_actions

COLUMNS = 2

KEYS = (
    ("← → ↑ ↓", "Slider: next step, 1-2-5 a decade"),
    ("Shift + arrow", "Slider: fine step"),
    ("Page Up / Down", "Slider: ten times more or less"),
    ("Home / End", "Slider: lowest or highest"),
    ("Double click", "Slider: back to its default"),
    ("L / S", "Slider: lock, solve for it"),
    ("R / Tab, arrow", "Slider: a range or none, move its ends"),
    ("Home, End, arrow", "Risk: choose an end of a bar, move it"),
    ("Space / F2", "Stages: switch on or off, rename"),
    ("Arrows, Shift", "Scale: along the line of the bill, freely"),
    ("Page Up / Down", "Scale: walk over published models"),
    ("P / Ctrl+D", "Compare: pin as the base, duplicate"),
    ("Alt + arrow", "Stages, Compare: move"),
    ("Enter / Esc", "Field: apply or restore"),
    ("Space / Delete", "Quotes: use, remove"),
    ("*1.2   +10%", "Field: change the value by a factor"),
    ("7B*2   $20 - 5%", "Field: work it out"),
    ("Ctrl+Enter", "Find anything: take it in a copy, to compare"),
    ("Ctrl+V", "Claims: check the sentence copied"),
    ("Enter", "Figure: where it comes from"),
    ("E / Alt+← / Esc", "Figure: change, back, close"),
    ("Esc", "Presets: back to the plan"),
)
"""Keys of single widgets; those of the commands are read from the commands."""


def command_keys(window: QWidget) -> list[tuple[str, str]]:
    """Every command of a window that has a key: the keys and what they do."""
    native = QKeySequence.SequenceFormat.NativeText
    found = []
    for action in window_actions(window):
        named = str(action.property("command") or action.text().replace("&", "").rstrip("…"))
        keys = " or ".join(each.toString(native) for each in action.shortcuts())
        found.append((keys, named))
    return found


def versions() -> str:
    """What is running, for a report."""
    return (
        f"Isocost {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
    )


class AboutBox(QDialog):
    """What this is, what it promises, what is running."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.finished.connect(self.deleteLater)
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
        path = log_path()
        running = QLabel(versions() if path is None else f"{versions()}\n\nLog: {path}")
        running.setProperty("role", "quiet")
        running.setTextFormat(Qt.TextFormat.PlainText)
        running.setWordWrap(True)
        running.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (picture, name, text, running):
            column.addWidget(part)
        column.addWidget(_close_button(self))


class KeyboardMap(QDialog):
    """Every key that does something."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.finished.connect(self.deleteLater)
        self.setWindowTitle("Keyboard")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(14)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(7)
        every = (*command_keys(parent), *KEYS)
        rows = -(-len(every) // COLUMNS)
        for place, (keys, meaning) in enumerate(every):
            side, row = divmod(place, rows)
            key = plain_label(keys)
            key.setProperty("role", "fact")
            grid.addWidget(key, row, 2 * side)
            grid.addWidget(QLabel(meaning), row, 2 * side + 1)
        column.addLayout(grid)
        column.addWidget(_close_button(self))


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox()
    # Not the standard button, which some desktops give a picture.
    box.addButton("Close", QDialogButtonBox.ButtonRole.RejectRole)
    box.rejected.connect(dialog.reject)
    return box

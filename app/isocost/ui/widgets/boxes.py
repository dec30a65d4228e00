"""Questions and messages in a dialog, whose buttons say what they do."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from isocost.language import tr

Icon = QMessageBox.Icon
Role = QMessageBox.ButtonRole
LINGER_MS = 100
"""Until a box that was answered is gone."""


def message_box(
    parent: QWidget | None, name: str, icon: QMessageBox.Icon, text: str, more: str = ""
) -> QMessageBox:
    """A dialog without buttons, not yet shown; texts are shown letter by letter."""
    box = QMessageBox(parent)
    box.setObjectName(name)
    box.setIcon(icon)
    box.setWindowTitle("Isocost")
    # Left to guess, Qt reads a name with < in it as HTML.
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    # Else every box ever shown would live on, hidden, as a child of its window. Not at once: what was posted
    # meanwhile is sent in the same turn of the box's own loop, before anybody has read the answer.
    box.finished.connect(lambda: QTimer.singleShot(LINGER_MS, box, box.deleteLater))
    return box


def warning_box(parent: QWidget | None, sentence: str) -> QMessageBox:
    """What went wrong, in a dialog not yet shown."""
    box = message_box(parent, "error", Icon.Warning, sentence)
    # Else the button that shows details, where there is one, is what Enter presses.
    box.setDefaultButton(box.addButton(tr("Close"), Role.RejectRole))
    return box

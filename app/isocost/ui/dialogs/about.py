"""About box and keyboard map."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtGui import QKeySequence, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QVBoxLayout, QWidget

from isocost import __version__
from isocost.language import listed, tr
from isocost.ui.log import log_path
from isocost.ui.look.icons import app_icon
from isocost.ui.widgets.fields.typing import window_actions
from isocost.ui.widgets.labels import plain_label
from isocost.ui.widgets.sections import BESIDE, scrolling

COLUMNS = 2
EDGE = 40
"""Pixels of a screen that a dialog leaves free at least."""

KEYS = (
    ("← → ↑ ↓", tr("Slider: next step, 1-2-5 a decade")),
    (tr("Shift + arrow"), tr("Slider: fine step")),
    (tr("Page Up / Down"), tr("Slider: ten times more or less")),
    (tr("Home / End"), tr("Slider: lowest or highest")),
    (tr("Double click"), tr("Slider: back to its default")),
    ("L / S", tr("Slider: lock, solve for it")),
    (tr("R / Tab, arrow"), tr("Slider: a range or none, move its ends")),
    (tr("Home, End, arrow"), tr("Risk: choose an end of a bar, move it")),
    ("Space / F2", tr("Stages: switch on or off, rename")),
    (tr("Arrows, Shift"), tr("Scale: along the line of the bill, freely")),
    (tr("Page Up / Down"), tr("Scale: walk over published models")),
    ("P / Ctrl+D", tr("Compare: pin as the base, duplicate")),
    (tr("Alt + arrow"), tr("Stages, Compare: move")),
    (tr("Enter / Esc"), tr("Field: apply or restore")),
    (tr("Space / Delete"), tr("Quotes: use, remove")),
    ("*1.2   +10%", tr("Field: change the value by a factor")),
    ("7B*2   $20 - 5%", tr("Field: work it out")),
    ("Ctrl+Enter", tr("Find anything: take it in a copy, to compare")),
    ("Ctrl+V", tr("Claims: check the sentence copied")),
    ("Enter", tr("Figure: where it comes from")),
    (tr("E / Alt+← / Esc"), tr("Figure: change, back, close")),
    (tr("Esc"), tr("Presets: back to the plan")),
    (tr("Esc"), tr("Dragging: as it was before")),
)
"""Keys of single widgets; those of the commands are read from the commands."""


def command_keys(window: QWidget) -> list[tuple[str, str]]:
    """Every command of a window that has a key: the keys and what they do."""
    native = QKeySequence.SequenceFormat.NativeText
    found = []
    for action in window_actions(window):
        named = str(action.property("command") or action.text().replace("&", "").rstrip("…"))
        keys = listed((each.toString(native) for each in action.shortcuts()), "or")
        found.append((keys, named))
    return found


def versions() -> str:
    """What is running, for a report."""
    import platform  # a start asks for none of it

    return tr(
        "Isocost {version}, Python {python_version}, Qt {qversion}, {platform}",
        version=__version__,
        python_version=platform.python_version(),
        qversion=qVersion(),
        platform=platform.platform(),
    )


class AboutBox(QDialog):
    """What this is, what it promises, what is running."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.finished.connect(self.deleteLater)
        self.setWindowTitle(tr("About Isocost"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        picture = QLabel()
        picture.setPixmap(app_icon().pixmap(56, 56))
        name = QLabel(tr("Isocost {version}", version=__version__))
        name.setProperty("role", "headline")
        text = QLabel(
            tr(
                "What it costs to train a language model, with the arithmetic shown and the doubt "
                "stated.\n\nIt works without a network and sends nothing anywhere. Your plans stay in "
                "your files.\n\nMIT licence. Set in Inter, SIL Open Font License."
            )
        )
        text.setWordWrap(True)
        text.setFixedWidth(380)
        path = log_path()
        running = QLabel(
            versions() if path is None else tr("{versions}\n\nLog: {path}", versions=versions(), path=path)
        )
        running.setProperty("role", "quiet")
        running.setTextFormat(Qt.TextFormat.PlainText)
        running.setWordWrap(True)
        running.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for part in (picture, name, text, running):
            column.addWidget(part)
        column.addWidget(_close_button(self))


class KeyboardMap(QDialog):
    """Every key that does something, in two columns where the screen has room."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.finished.connect(self.deleteLater)
        self.setWindowTitle(tr("Keyboard"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(14)
        self._keys = [
            (plain_label(keys), QLabel(meaning)) for keys, meaning in (*command_keys(parent), *KEYS)
        ]
        for key, _ in self._keys:
            key.setProperty("role", "fact")
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(28)
        self._grid.setVerticalSpacing(7)
        self._deal(COLUMNS)
        self.area = scrolling(self._inside, "keyboard.area", self)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column.addWidget(self.area, 1)
        column.addWidget(_close_button(self))

    def _deal(self, columns: int) -> None:
        rows = -(-len(self._keys) // columns)
        for place, labels in enumerate(self._keys):
            side, row = divmod(place, rows)
            for beside, label in enumerate(labels):
                self._grid.addWidget(label, row, 2 * side + beside)

    def showEvent(self, event: QShowEvent) -> None:
        """As large as all the keys, as far as the screen has room; what has none is scrolled to."""
        super().showEvent(event)
        around = self.sizeHint() - self.area.sizeHint() + QSize(BESIDE, 0)
        room = self.screen().availableSize() - QSize(EDGE, EDGE)
        if (self._inside.sizeHint() + around).width() > room.width():
            self._deal(1)
        self.resize((self._inside.sizeHint() + around).boundedTo(room))


def _close_button(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox()
    # Not the standard button, which some desktops give a picture.
    box.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
    box.rejected.connect(dialog.reject)
    return box

"""What columns of inputs and cards are laid out with."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from isocost.ui.widgets.labels import plain_label


class ScrollBody(QWidget):
    """The body of a scroll area, which tells its height once nested layouts have settled."""

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        layout = self.layout()
        # Qt's scroll area reads the height before that, and would cut off what came last.
        if event.type() is QEvent.Type.LayoutRequest and layout is not None:
            self.setMinimumHeight(layout.minimumSize().height())
        return handled


def section(title: str, at_right: QWidget | None, *parts: QWidget) -> QFrame:
    """Inputs that belong together under a small heading, with an optional widget at its right."""
    frame = QFrame()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 0, 0, 2)
    column.setSpacing(6)
    # Qt's style sheets have no capitals of their own.
    heading = plain_label(title.upper())
    heading.setProperty("role", "section")
    top = QHBoxLayout()
    top.addWidget(heading)
    if at_right is not None:
        top.addStretch(1)
        top.addWidget(at_right)
    column.addLayout(top)
    for part in parts:
        column.addWidget(part)
    return frame


def beside(*parts: QWidget) -> QWidget:
    """Several parts in one line."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    for part in parts:
        line.addWidget(part)
    return row


def labelled(label: str, part: QWidget) -> QWidget:
    """A part with its label before it."""
    row = QWidget()
    line = QHBoxLayout(row)
    line.setContentsMargins(0, 0, 0, 0)
    text = plain_label(label)
    text.setBuddy(part)
    line.addWidget(text, 1)
    line.addWidget(part)
    return row

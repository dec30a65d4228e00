"""Every step of the open plan in words: a click, or the arrow keys, go to one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QUndoView, QVBoxLayout, QWidget

from isocost.language import tr

SIZE = (340, 440)
AS_OPENED = tr("As it was opened")


class History(QDialog):
    """The steps, the newest last; the marked one is the plan on screen, those after it are undone."""

    def __init__(self, stack: QUndoStack, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("history")
        self.setWindowTitle(tr("History"))
        told = QLabel(tr("The plan after each step. Choose one to go there."))
        told.setProperty("role", "small")
        self.view = QUndoView(stack, self)
        self.view.setObjectName("history.steps")
        self.view.setProperty("role", "history")
        self.view.setAccessibleName(tr("Steps of the plan"))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setEmptyLabel(AS_OPENED)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(10)
        column.addWidget(told)
        column.addWidget(self.view)
        self.resize(*SIZE)
        self.view.setFocus()

"""The card of a question: the guess is typed, then the answer stands in its place."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from isocost.language import tr
from isocost.report.findings.tour import COMING, DONE, NEXT, SHOW, SKIP, Question
from isocost.ui.look.theme import Theme
from isocost.ui.widgets.labels import WrapLabel, plain_label

WIDTH, FIELD = 340, 132
"""Pixels of a card that stands beside what it points at, and of the field for the guess."""
APART = 14
"""Pixels between a card and what it points at."""


class TourCard(QFrame):
    """One question; the window tells it where to be."""

    guessed = Signal(float)
    next_wanted = Signal()
    skipped = Signal()

    def __init__(self, name: str, *, wide: bool) -> None:
        """``wide``: words and field beside each other, for a place of its own above others."""
        super().__init__()
        self.setObjectName(name)
        self.setProperty("role", "tour")
        self.setAccessibleName(tr("Tour"))
        self._wide = wide
        self._question: Question | None = None
        self._last = False
        self.count = plain_label()
        self.asked, self.how = WrapLabel(), WrapLabel()
        self.verdict = plain_label() if wide else WrapLabel()
        parts = (self.count, self.asked, self.how, self.verdict)
        for label, role in zip(parts, ("quiet", "card", "small", "go"), strict=True):
            label.setProperty("role", role)
        self._build()
        self.hide()

    def _build(self) -> None:
        direction = QBoxLayout.Direction.LeftToRight if self._wide else QBoxLayout.Direction.TopToBottom
        whole = QBoxLayout(direction, self)
        whole.setContentsMargins(16, 10, 16, 10)
        whole.setSpacing(10)
        words = QVBoxLayout()
        words.setSpacing(3)
        for label in (self.count, self.asked, self.how):
            words.addWidget(label)
        self.line = QLineEdit()
        self.line.setObjectName(f"{self.objectName()}.guess")
        self.line.setAccessibleName(tr("Your guess"))
        # Queued: the press of Enter, which a line hands on, must not press the button that takes its place.
        self.line.returnPressed.connect(self._guess, Qt.ConnectionType.QueuedConnection)
        self.line.textEdited.connect(self._mend)
        self.go = QPushButton(SHOW)
        self.go.setObjectName(f"{self.objectName()}.go")
        self.go.setProperty("role", "primary")
        self.go.clicked.connect(self._go)
        self.skip = QPushButton(SKIP)
        self.skip.setObjectName(f"{self.objectName()}.skip")
        self.skip.setProperty("role", "link")
        self.skip.setProperty("severity", "info")
        self.skip.clicked.connect(self.skipped)
        row = QHBoxLayout()
        row.setSpacing(10)
        for part in (self.line, self.go, self.skip):
            row.addWidget(part)
        whole.addLayout(words, 1)
        if self._wide:  # in the place of the field, so that nothing beneath moves
            row.insertWidget(0, self.verdict)
        else:
            words.addWidget(self.verdict)
            row.addStretch(1)
        whole.addLayout(row)

    def apply_theme(self, theme: Theme) -> None:
        """Grow with the text."""
        self.line.setFixedWidth(theme.px(FIELD))
        if not self._wide:
            self.setFixedWidth(theme.px(WIDTH))

    # What it says

    def wait(self, place: str) -> None:
        """Say that a question is being worked out."""
        self._question = None
        self.count.setText(place)
        self.asked.say(COMING)
        self._say("", "")
        self._take_guesses(False)

    def ask(self, question: Question, place: str) -> None:
        """Ask; the answer waits for a guess."""
        self._question = question
        self.count.setText(place)
        self.asked.say(question.asked)
        self._say(question.how, "")
        self.line.clear()
        self.line.setPlaceholderText(question.placeholder)
        self.go.setText(SHOW)
        self._take_guesses(True)
        self.setAccessibleDescription(f"{place}. {question.asked} {question.how}")

    def answer(self, question: Question, guess: float, *, last: bool) -> None:
        """Show what it comes to beside the guess."""
        self._last = last
        self._say(question.answered, question.verdict(guess))
        self.go.setText(DONE if last else NEXT)
        self._take_guesses(False)
        self.go.setVisible(True)
        self.skip.setVisible(not last)
        self.setAccessibleDescription(f"{question.answered} {question.verdict(guess)}")
        self.go.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_focus(self) -> None:
        """Put the keyboard where the next thing is done."""
        part = self.line if self.line.isVisible() else self.go
        part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_guesses(self, taken: bool) -> None:
        self.line.setVisible(taken)
        self.go.setVisible(taken)
        self.skip.setVisible(True)

    def _say(self, how: str, verdict: str) -> None:
        """``verdict``: of the guess; empty = there is none, and ``how`` is not the answer yet."""
        self.how.setProperty("role", "told" if verdict else "small")
        self.how.style().polish(self.how)
        self.how.say(how)
        if isinstance(self.verdict, WrapLabel):
            self.verdict.say(verdict)
        else:
            self.verdict.setText(verdict)
        self.verdict.setVisible(bool(verdict))

    # What is done

    def _go(self) -> None:
        if self.line.isVisible():
            self._guess()
        else:
            self.next_wanted.emit()

    def _guess(self) -> None:
        if self._question is None:
            return
        read = self._question.read(self.line.text())
        if isinstance(read, float):
            self.guessed.emit(read)
            return
        self.how.say(read)
        self.line.setProperty("wrong", True)
        self.line.style().polish(self.line)
        self.line.setFocus(Qt.FocusReason.OtherFocusReason)

    def _mend(self) -> None:
        if self.line.property("wrong"):
            self.line.setProperty("wrong", False)
            self.line.style().polish(self.line)
            self.how.say(self._question.how if self._question is not None else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the tour."""
        if event.key() == Qt.Key.Key_Escape:
            self.skipped.emit()
        else:
            super().keyPressEvent(event)


class Ring(QWidget):
    """A frame around what a card points at, which leaves the mouse to it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("tour.ring")
        self.setProperty("role", "ring")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()


def beside(target: QRect, size: QSize, room: QRect) -> QRect:
    """A place of a size within a room that leaves a target free: at its right, beneath, at its left or above.

    Where none of them has room, the corner of the room that covers least of it.
    """
    width, height = size.width(), size.height()
    right, below = target.right() + 1 + APART, target.bottom() + 1 + APART
    left, above = target.left() - APART - width, target.top() - APART - height
    within_x = max(room.left() + APART, min(target.left(), room.right() + 1 - APART - width))
    within_y = max(room.top() + APART, min(target.top(), room.bottom() + 1 - APART - height))
    for x, y in ((right, within_y), (within_x, below), (left, within_y), (within_x, above)):
        place = QRect(x, y, width, height)
        if room.contains(place):
            return place
    xs = (room.left() + APART, room.right() + 1 - APART - width)
    ys = (room.bottom() + 1 - APART - height, room.top() + APART)
    corners = [QRect(x, y, width, height) for y in ys for x in xs]

    def covered(place: QRect) -> int:
        over = place.intersected(target)
        return over.width() * over.height()

    return min(corners, key=covered)

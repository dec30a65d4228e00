"""The lock and the target of an input: what is fixed, and what is to be solved for."""

from __future__ import annotations

from itertools import pairwise
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QToolButton, QWidget

from isocost.language import in_sentence, tr
from isocost.plan.inputs.locks import LOCKABLE, is_locked, with_lock
from isocost.plan.inputs.table import NUMBERS
from isocost.plan.solve.asking.asked import can_ask
from isocost.ui.inputs.bindings import place
from isocost.ui.inputs.field_input import FieldInput
from isocost.ui.look.icons import icon
from isocost.ui.look.theme import Theme
from isocost.ui.session.session import Session
from isocost.ui.widgets.keys import LOCK_KEY, SOLVE_KEY

SIZE, PICTURE = 18, 14
"""Pixels of a mark, and of its picture."""


@runtime_checkable
class SolvesInputs(Protocol):
    """The window: solves the plan for an input."""

    def solve(self, path: str) -> None:
        """Solve for an input of the selected stage."""


def toggle_lock(session: Session, path: str) -> None:
    """Lock an input of the selected stage, or unlock it: one step of undo."""
    at = place(session)
    locked = not is_locked(session.project, path, at)
    words = f"{(tr('Lock') if locked else tr('Unlock'))} {NUMBERS[path].label}"
    session.apply(lambda project: with_lock(project, path, locked, at=at), words)


class InputMarks(QWidget):
    """Before the field of an input a lock where it is locked, else a target; both while it is in use."""

    def __init__(self, field: FieldInput, session: Session) -> None:
        super().__init__()
        self._field, self._session = field, session
        self._path = path = field.field.path
        self._theme: Theme | None = None
        self._inside = False
        self._shown: object = None
        self._solving = False
        self.lock = self._button(f"{path}.lock")
        self.target = self._button(f"{path}.solve")
        self.lock.clicked.connect(self.toggle)
        self.target.clicked.connect(self.ask)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addStretch(1)
        row.addWidget(self.lock)
        row.addWidget(self.target)
        at = field.beside_label.indexOf(field.edit)
        field.beside_label.insertWidget(at, self)
        for part in (field, field.edit, field.slider, self.lock, self.target):
            part.installEventFilter(self)
        for first, second in pairwise((field.edit, self.lock, self.target)):
            self.setTabOrder(first, second)
        session.project_changed.connect(self.refresh)
        session.selection_changed.connect(self.refresh)
        self.refresh()

    def _button(self, name: str) -> QToolButton:
        made = QToolButton(self)
        made.setObjectName(name)
        made.setIconSize(QSize(PICTURE, PICTURE))
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        return made

    def apply_theme(self, theme: Theme) -> None:
        """Redraw the pictures and grow with the text."""
        self._theme = theme
        for button in (self.lock, self.target):
            button.setFixedSize(theme.px(SIZE), theme.px(SIZE))
            button.setIconSize(QSize(theme.px(PICTURE), theme.px(PICTURE)))
        # Room for both: nothing beside them may move when the mouse comes.
        self.setFixedWidth(theme.px(SIZE) * (2 if self._path in LOCKABLE else 1))
        self._show()

    def toggle(self) -> None:
        """Lock the input, or unlock it."""
        toggle_lock(self._session, self._path)

    def ask(self) -> None:
        """Let whoever can solve for the input do so."""
        around = self.parentWidget()
        while around is not None:
            if isinstance(around, SolvesInputs):
                around.solve(self._path)
                return
            around = around.parentWidget()

    def show_solving(self, solving: bool) -> None:
        """Mark the input that is solved for."""
        self._solving = solving
        self._show()

    @property
    def locked(self) -> bool:
        """Whether the input is locked."""
        return is_locked(self._session.project, self._path, place(self._session))

    def refresh(self) -> None:
        """Show what the project holds."""
        locked, label = self.locked, self._field.field.label
        name = f"{(tr('Unlock') if locked else tr('Lock'))} {in_sentence(label)}"
        if self.lock.accessibleName() != name:
            keeps = (
                tr("Locked: Solve leaves it as it is")
                if locked
                else tr("Lock: Solve is to leave it as it is")
            )
            self.lock.setAccessibleName(name)
            self.lock.setToolTip(f"{keeps} ({LOCK_KEY})")
            self.target.setAccessibleName(tr("Solve for {label}", label=in_sentence(label)))
            self.target.setToolTip(
                tr(
                    "Solve for it: what budget and deadline allow ({solve_key})",
                    solve_key=SOLVE_KEY.replace("Return", "Enter"),
                )
            )
        self._show()

    def _show(self) -> None:
        locked = self.locked
        may = can_ask(self._session.project, self._path, place(self._session))
        state = (locked, may, self._inside, self._solving, self._theme)
        if state == self._shown:  # asked at every step of a drag
            return
        self._shown = state
        self.lock.setVisible(self._path in LOCKABLE and (locked or self._inside))
        self.target.setVisible(not locked and may)
        if self._theme is not None:
            colour = self._theme.text if locked else self._theme.quiet
            self.lock.setIcon(icon("lock" if locked else "unlock", colour, self._theme.px(PICTURE)))
            aimed = self._theme.accent if self._solving else self._theme.quiet
            self.target.setIcon(icon("target", aimed, self._theme.px(PICTURE)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Enter, QEvent.Type.Leave, QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._come_and_go(event)
        elif kind is QEvent.Type.KeyPress and watched is self._field.slider and isinstance(event, QKeyEvent):
            return self._press(event)
        return False

    def _come_and_go(self, event: QEvent) -> None:
        focused = QApplication.focusWidget()
        within = focused is not None and (focused is self._field or self._field.isAncestorOf(focused))
        over = self._field.underMouse() and event.type() is not QEvent.Type.Leave
        inside = within or over or event.type() is QEvent.Type.Enter
        if inside != self._inside:
            self._inside = inside
            self._show()

    def _press(self, event: QKeyEvent) -> bool:
        """On a slider, where nothing is typed, a letter is enough."""
        if event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        if event.key() == Qt.Key.Key_L and self._path in LOCKABLE:
            self.toggle()
        elif event.key() == Qt.Key.Key_S and self.target.isVisible():
            self.ask()
        else:
            return False
        return True

"""The parts of a window and the theme they wear, so that a change of it never holds the window up."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from isocost.ui.look.theme import Dress, Theme, ThemeManager

Restyle = Callable[[Theme], None]
Worn = tuple[QWidget, Restyle | None]
"""A part that wears the theme, and what gives it the theme it draws with."""

AT_ONCE = 250
"""Widgets that are dressed in one turn at most: Qt takes a fifth of a millisecond for each."""

LAYOUT_ROUNDS = 6
"""As deep as what an estimate changes stands in the window."""


class Wardrobe(QObject):
    """Dresses what is in sight of a window, and the rest when it is shown."""

    settled = Signal()
    """All that is in sight wears the theme that was chosen."""

    def __init__(self, window: QWidget, themes: ThemeManager) -> None:
        super().__init__(window)
        self._window = window
        self._themes = themes
        self._dresses: list[Dress] = []
        # One part in each turn of the event loop: all of them take as long as ten frames of a drag.
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._next)

    def add(self, part: QWidget, restyle: Restyle | None = None) -> Dress:
        """Care for a part of the window from now on; ``restyle`` gives it the theme it draws with."""
        made = Dress(part, restyle)
        self._dresses.append(made)
        return made

    def worn_by(self, part: QWidget) -> Dress | None:
        """What a part wears; None = nobody cares for it."""
        return next((each for each in self._dresses if each.part is part), None)

    def forget(self, *parts: QWidget) -> None:
        """Care no more for parts that are taken away."""
        self._dresses = [each for each in self._dresses if each.part not in parts]

    @property
    def busy(self) -> bool:
        """Whether a part in sight is still to be dressed."""
        return self._turns.isActive()

    def dress(self) -> None:
        """Put all that is in sight into the theme, now; during a change of it, with what else is in sight."""
        if self.busy:
            return  # nothing is painted before what has come to sight had its turn as well
        changed = [each.wear(self._themes.theme) for each in self._seen()]
        if any(changed):
            lay_out()

    def dress_page(self) -> None:
        """Put a page that has come to sight into the theme: now, or as a change of it where that is much."""
        if self.busy:
            return
        lacking = [each.part for each in self._seen() if not each.wears(self._themes.theme)]
        if sum(len(part.findChildren(QWidget)) for part in lacking) > AT_ONCE:
            self.change()
        else:
            self.dress()

    def dress_ahead(self) -> bool:
        """Dress one part still out of sight, which is then shown sooner; False = all wear the theme."""
        for each in self._dresses:
            if each.wear(self._themes.theme):
                for part in each.part.findChildren(QWidget):
                    part.ensurePolished()  # else Qt reads the style sheet as it shows the part
                return True
        return False

    def change(self) -> None:
        """Put all that is in sight into the theme, part by part; the window shows it when all wear it."""
        if not self.busy:
            self._window.setUpdatesEnabled(False)
            self._turns.start()

    def _next(self) -> None:
        if any(each.wear(self._themes.theme) for each in self._seen()):
            return  # the first that was not dressed yet: the others have turns of their own
        lay_out()
        self._turns.stop()
        self._window.setUpdatesEnabled(True)
        # A paint that was due as updates were disabled was dropped. Qt asks for no other before it has come:
        # it would paint nothing any more.
        QCoreApplication.postEvent(self._window, QEvent(QEvent.Type.UpdateRequest))
        self.settled.emit()

    def _seen(self) -> list[Dress]:
        return [each for each in self._dresses if each.part.isVisibleTo(self._window)]


def lay_out() -> None:
    """Find the places of what an estimate or a theme changed before it is painted: found after, it is painted
    twice, and the first time with words cut off.

    A widget that finds its place asks the one around it to do the same, which takes another round. And what
    has come to sight asks to be painted by an event of its own, while a plot paints the window before that is
    sent: as soon as anything in its scene changed.
    """
    for _ in range(LAYOUT_ROUNDS):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateLater)

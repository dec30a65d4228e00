"""What moves in the window, and whether anything may: the one place where animations are made."""

from __future__ import annotations

import sys
from typing import Literal, get_args

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation, QSettings, Qt
from PySide6.QtWidgets import QApplication, QWidget

MotionChoice = Literal["system", "reduced", "full"]
SETTING = "motion"
GLIDE_MS = 220
"""Long enough for the eye to follow, too short to wait for."""
_EFFECTS = (
    Qt.UIEffect.UI_AnimateMenu,
    Qt.UIEffect.UI_FadeMenu,
    Qt.UIEffect.UI_AnimateCombo,
    Qt.UIEffect.UI_AnimateTooltip,
    Qt.UIEffect.UI_FadeTooltip,
)


class Motion:
    """Whether things move, by the user's setting or the system's."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self._system = {each: QApplication.isEffectEnabled(each) for each in _EFFECTS}
        self._still = system_is_still()
        stored, known = str(settings.value(SETTING, "system")), get_args(MotionChoice)
        self._choice: MotionChoice = next((each for each in known if each == stored), "system")
        self._obey()

    @property
    def choice(self) -> MotionChoice:
        """What the user asked for: to follow the system, or less or all of the motion."""
        return self._choice

    @property
    def reduced(self) -> bool:
        """Whether nothing is to move that needs not."""
        return self._still if self._choice == "system" else self._choice == "reduced"

    def choose(self, choice: MotionChoice) -> None:
        """Follow the system, or move less, or not; remembered."""
        self._choice = choice
        self._settings.setValue(SETTING, choice)
        self._obey()

    def _obey(self) -> None:
        """Menus, lists and tips, which Qt moves, as well."""
        for effect, shown in self._system.items():
            QApplication.setEffectEnabled(effect, shown and not self.reduced)

    def glide(self, part: QWidget, to: QPoint) -> None:
        """Bring a part to a place of its parent, at once where nothing is to move."""
        running = part.findChild(QPropertyAnimation, "glide")
        if running is not None:
            if running.endValue() == to:
                return
            running.stop()
        if self.reduced or not part.isVisible():
            part.move(to)
            return
        moving = running or QPropertyAnimation(part, b"pos", part)
        moving.setObjectName("glide")
        moving.setDuration(GLIDE_MS)
        moving.setEasingCurve(QEasingCurve.Type.OutCubic)
        moving.setStartValue(part.pos())
        moving.setEndValue(to)
        moving.start()


def system_is_still() -> bool:
    """Whether the system is set to move nothing, as far as Qt 6.10 tells.

    Only of Windows does it tell: it takes over "show animations" as its own general effect. Elsewhere that is
    off where no theme of a desktop is known, which says nothing.
    """
    return sys.platform == "win32" and not QApplication.isEffectEnabled(Qt.UIEffect.UI_General)
